"""OpenAI Agents: the memory as an MCP server, told of every tool call that fails.

Needs: pip install 'beliefs[mcp]' openai-agents. The model is scripted; leave `model` out for a live one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, Model, ModelResponse, RunConfig, RunContextWrapper, Runner, Usage, function_tool
from agents.mcp import MCPServerStdio
from agents.tool_context import ToolContext
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

EXPECTED = {"deploy": "deployable({service})"}
"""What each tool is expected to bring about, or to find, as a formula with the tool's arguments in it."""

KNOWN = """
[runbook @2 "handbook"] forall s. healthy(s) & !frozen(s) -> deployable(s)
[monitor @3 "monitor"] healthy(shop)
[hearsay @1 "chat"] !frozen(shop)
"""


def memory_server(place: str) -> MCPServerStdio:
    """Return the server of a memory; the framework starts and ends its process."""
    command = [sys.executable, "-m", "beliefs", "mcp", "--base", place]
    return MCPServerStdio(
        {"command": command[0], "args": command[1:]}, name="memory", client_session_timeout_seconds=60
    )


def build(memory: MCPServerStdio, model: Model | None = None) -> Agent[Any]:
    """Return an agent with the tools of the memory, and one that does something in the world."""

    async def report_failure(context: RunContextWrapper[Any], error: Exception) -> str:
        """Tell the memory of a call that failed, and the model what was learned."""
        assert isinstance(context, ToolContext)
        arguments = json.loads(context.tool_arguments)
        report = {
            "action": context.tool_name,
            "arguments": arguments,
            "expected": EXPECTED[context.tool_name].format(**arguments),
        }
        learned = await memory.call_tool("report_failure", report)
        return f"{error}. The memory learned: {learned.content[0].text}"

    @function_tool(failure_error_function=report_failure)
    def deploy(service: str) -> str:
        """Deploy a service."""
        raise RuntimeError(f"{service} is frozen until Monday")

    return Agent(
        name="Deployer",
        instructions="Ask the memory before you act. Its language_help explains how to write formulas.",
        tools=[deploy],
        mcp_servers=[memory],
        model=model,
    )


class Scripted(Model):
    """A model that says one thing after the other."""

    def __init__(self, *replies: Any) -> None:
        self._replies = list(replies)

    async def get_response(self, *_: Any, **__: Any) -> ModelResponse:
        """Return what comes next."""
        return ModelResponse(output=[self._replies.pop(0)], usage=Usage(), response_id=None)

    def stream_response(self, *_: Any, **__: Any) -> AsyncIterator[Any]:
        """Refuse: nothing is streamed here."""
        raise NotImplementedError


def call(number: int, name: str, **arguments: str) -> ResponseFunctionToolCall:
    """Return the call of a tool."""
    return ResponseFunctionToolCall(
        type="function_call", call_id=f"call_{number}", name=name, arguments=json.dumps(arguments)
    )


def said(text: str) -> ResponseOutputMessage:
    """Return an answer in words."""
    content = ResponseOutputText(type="output_text", text=text, annotations=[])
    return ResponseOutputMessage(
        id="message", type="message", role="assistant", status="completed", content=[content]
    )


async def play(place: str) -> None:
    """Play it, and print what was said."""
    model = Scripted(
        call(1, "tell", belief=KNOWN),
        call(2, "deploy", service="shop"),
        call(3, "ask", formula="frozen(shop)"),
        said("shop is frozen, so I did not try again."),
    )
    async with memory_server(place) as memory:
        result = await Runner.run(
            build(memory, model), "Deploy shop.", run_config=RunConfig(tracing_disabled=True)
        )
        for item in result.new_items:
            print(f"{item.type}: {getattr(item, 'output', '')}")
        print(result.final_output)


def main(place: str = "memory.db") -> None:
    """Play it in a loop of its own."""
    asyncio.run(play(place))


if __name__ == "__main__":
    main()
