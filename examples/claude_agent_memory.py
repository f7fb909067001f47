"""Claude Agent SDK: hooks that ask the memory before a tool runs, and report to it when one fails.

Needs: pip install 'beliefs[mcp]' claude-agent-sdk. The agent also has the memory as an MCP server, on the same file.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from claude_agent_sdk import ClaudeAgentOptions, HookMatcher, Transport, query

from beliefs import Agent

EXPECTED = {"Deploy": "deployable({service})"}
"""What each tool is expected to bring about, or to find, as a formula with the tool's arguments in it."""

KNOWN = """
[runbook @2 "handbook"] forall s. healthy(s) & !frozen(s) -> deployable(s)
[monitor @3 "monitor"] healthy(shop)
[hearsay @1 "chat"] !frozen(shop)
"""


def options(place: str) -> ClaudeAgentOptions:
    """Return options for an agent with a memory in a file."""

    async def ask_first(given: Any, tool_use_id: str | None, context: Any) -> Any:
        """Stop a tool whose expected result is believed to be false, and say why."""
        expected = _expected(given)
        with Agent.open(place) as memory:
            answer = None if expected is None else memory.ask(expected)
        if answer is None or answer.verdict != "disbelieved":
            return {}
        return {
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": "deny",
                "permissionDecisionReason": str(answer),
            }
        }

    async def report_failure(given: Any, tool_use_id: str | None, context: Any) -> Any:
        """Tell the memory of a tool that failed, and the agent what was learned."""
        expected = _expected(given)
        if expected is None:
            return {}
        with Agent.open(place) as memory:
            memory.expect(expected)
            learned = memory.observe(f"!({expected})", source=given["tool_name"])
        return {
            "hookSpecificOutput": {
                "hookEventName": "PostToolUseFailure",
                "additionalContext": f"Your memory learned: {learned}",
            }
        }

    command = [sys.executable, "-m", "beliefs", "mcp", "--base", place]
    return ClaudeAgentOptions(
        mcp_servers={"memory": {"command": command[0], "args": command[1:]}},
        hooks={
            "PreToolUse": [HookMatcher(hooks=[ask_first])],
            "PostToolUseFailure": [HookMatcher(hooks=[report_failure])],
        },
    )


def _expected(given: Any) -> str | None:
    formula = EXPECTED.get(given["tool_name"])
    return None if formula is None else formula.format(**given["tool_input"])


async def play(place: str, transport: Transport | None = None) -> None:
    """Ask the agent for something that fails, and print what comes back."""
    with Agent.open(place) as memory:
        memory.load(KNOWN)
    async for message in query(prompt="Deploy shop.", options=options(place), transport=transport):
        print(message)


def main(place: str = "memory.db") -> None:
    """Play it with a live model; it needs an account."""
    asyncio.run(play(place))


if __name__ == "__main__":
    main()
