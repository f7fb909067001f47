"""The examples for agent frameworks, run with a scripted model, where the framework is installed."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from beliefs import Agent

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
SECONDS = 60


def example(name: str) -> ModuleType:
    """An example, as a module."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def play(name: str, folder: Path) -> str:
    """Run an example as a program of its own, in a folder, and return what it printed."""
    result = subprocess.run(
        [sys.executable, str(EXAMPLES / f"{name}.py")],
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def check_memory(place: Path) -> None:
    """The rumour is gone, what follows is believed, and the failure is an episode."""
    with Agent.open(place, create=False) as memory:
        assert "hearsay" not in memory.base
        assert memory.ask("frozen(shop)").verdict == "believed"
        (episode,) = memory.episodes()
        assert [belief.name for belief in episode.diagnosis] == ["hearsay"]
        assert memory.verify().failed == ()


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("langgraph_memory", "langgraph"),
        ("openai_agents_memory", "agents.mcp"),
        ("pydantic_ai_memory", "pydantic_ai"),
    ],
)
def test_it_learns_from_a_tool_that_fails(name, package, tmp_path):
    pytest.importorskip(package, reason=f"{package} is not installed; the extra examples has it")
    said = play(name, tmp_path)
    assert "shop is frozen until Monday" in said
    assert "shop is frozen, so I did not try again." in said
    check_memory(tmp_path / "memory.db")


def test_pydantic_ai_gives_a_mistake_back_to_the_model(tmp_path):
    pytest.importorskip("pydantic_ai", reason="pydantic_ai is not installed; the extra examples has it")
    assert "hint: write `forall x." in play("pydantic_ai_memory", tmp_path)


def test_the_hooks_of_the_claude_agent_sdk_ask_first_and_report(tmp_path, capsys):
    sdk = pytest.importorskip("claude_agent_sdk", reason="the extra examples has it, and it is not installed")

    class Scripted(sdk.Transport):
        """What the program of the SDK would say, if the model tried to deploy twice."""

        def __init__(self) -> None:
            self.answers: list[dict[str, Any]] = []
            self._said: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
            self._hooks: dict[str, str] = {}

        async def connect(self) -> None:
            pass

        def is_ready(self) -> bool:
            return True

        async def end_input(self) -> None:
            pass

        async def close(self) -> None:
            await self._said.put(None)

        async def write(self, data: str) -> None:
            for line in data.splitlines():
                await self._hear(json.loads(line))

        async def _hear(self, message: dict[str, Any]) -> None:
            if message["type"] == "control_request":
                hooks = message["request"].get("hooks") or {}
                self._hooks = {event: each[0]["hookCallbackIds"][0] for event, each in hooks.items()}
                response = {"subtype": "success", "request_id": message["request_id"], "response": {}}
                await self._said.put({"type": "control_response", "response": response})
            elif message["type"] == "user":
                await self._call_hook("PreToolUse")
            elif message["type"] == "control_response":
                self.answers.append(message["response"]["response"])
                match len(self.answers):
                    case 1:
                        await self._call_hook("PostToolUseFailure", error="shop is frozen until Monday")
                    case 2:
                        await self._call_hook("PreToolUse")
                    case 3:
                        await self._said.put(
                            {
                                "type": "result",
                                "subtype": "success",
                                "duration_ms": 1,
                                "duration_api_ms": 1,
                                "is_error": False,
                                "num_turns": 1,
                                "session_id": "s",
                                "result": "shop is frozen, so I did not try again.",
                            }
                        )
                        await self._said.put(None)

        async def _call_hook(self, event: str, **more: Any) -> None:
            given = {
                "hook_event_name": event,
                "tool_name": "Deploy",
                "tool_input": {"service": "shop"},
                **more,
            }
            request = {
                "subtype": "hook_callback",
                "callback_id": self._hooks[event],
                "input": given,
                "tool_use_id": "t",
            }
            await self._said.put(
                {"type": "control_request", "request_id": f"r{len(self.answers)}", "request": request}
            )

        async def read_messages(self) -> AsyncIterator[dict[str, Any]]:
            while (message := await self._said.get()) is not None:
                yield message

    place = tmp_path / "memory.db"

    async def scenario() -> list[dict[str, Any]]:
        transport = Scripted()
        async with asyncio.timeout(SECONDS):
            await example("claude_agent_memory").play(str(place), transport)
        return transport.answers

    allowed, learned, denied = asyncio.run(scenario())
    assert allowed == {}
    assert "gave up hearsay" in learned["hookSpecificOutput"]["additionalContext"]
    assert denied["hookSpecificOutput"]["permissionDecision"] == "deny"
    assert denied["hookSpecificOutput"]["permissionDecisionReason"].startswith(
        "disbelieved: deployable(shop)"
    )
    assert "shop is frozen, so I did not try again." in capsys.readouterr().out
    check_memory(place)


def test_the_memory_is_among_the_servers_of_the_claude_agent(tmp_path):
    pytest.importorskip("claude_agent_sdk", reason="the extra examples has it, and it is not installed")
    options = example("claude_agent_memory").options(str(tmp_path / "memory.db"))
    assert options.mcp_servers["memory"]["args"][:3] == ["-m", "beliefs", "mcp"]
