"""Clients of the MCP server: in this process, of a subprocess, and over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from beliefs import Agent
from beliefs.mcp_server.memory import Limits
from beliefs.mcp_server.server import make_server

SECONDS = 60
TOKEN = "a-token-for-tests-only"


class Caller:
    """Calls tools, and takes their results apart."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def __call__(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return what a tool returns, having checked that it is no error."""
        result = await self.client.call_tool(tool, arguments)
        assert not result.is_error, result.content
        assert isinstance(result.structured_content, dict)
        assert json.loads(result.content[0].text) == result.structured_content
        return result.structured_content

    async def error(self, tool: str, **arguments: Any) -> str:
        """Return the message of a tool that fails."""
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error, result.structured_content
        return result.content[0].text

    async def read(self, uri: str) -> Any:
        """Return what a resource holds."""
        return json.loads((await self.client.read_resource(uri)).contents[0].text)


def in_process(
    agent: Agent,
    scenario: Callable[[Caller], Awaitable[None]],
    *,
    limits: Limits | None = None,
    dry_run_first: bool = False,
) -> None:
    """Play a scenario with a client of a server in this process."""

    async def play() -> None:
        server = make_server(agent, limits=limits, dry_run_first=dry_run_first)
        async with asyncio.timeout(SECONDS), Client(server) as client:
            await scenario(Caller(client))

    asyncio.run(play())


def command(place: Path, *options: str) -> list[str]:
    """The command that serves a base."""
    return [sys.executable, "-m", "beliefs", "mcp", "--base", str(place), *options]


def over_stdio(place: Path, scenario: Callable[[Caller], Awaitable[None]], *options: str) -> None:
    """Play a scenario with a client that starts the server as a process and talks to it as MCP clients do."""
    program, *arguments = command(place, *options)

    async def play() -> None:
        parameters = StdioServerParameters(command=program, args=arguments, env=dict(os.environ))
        # Whatever stands for standard error while a test runs is no file that a process can write to.
        transport = stdio_client(parameters, errlog=sys.__stderr__)
        async with asyncio.timeout(SECONDS), Client(transport) as client:
            await scenario(Caller(client))

    asyncio.run(play())


@contextmanager
def serving(place: Path, *options: str, token: str | None = TOKEN) -> Iterator[tuple[str, list[str]]]:
    """Serve a base over HTTP on a free port; give the address, and what was written on standard error so far."""
    environment = {name: value for name, value in os.environ.items() if name != "BELIEFS_MCP_TOKEN"}
    if token is not None:
        environment["BELIEFS_MCP_TOKEN"] = token
    process = subprocess.Popen(
        command(place, "--http", "--port", "0", *options),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        said = [process.stderr.readline()]
        assert said[0].startswith("Serving at http://127.0.0.1:"), said
        if token is None:
            said.append(process.stderr.readline())
        yield said[0].removeprefix("Serving at ").strip(), said
    finally:
        process.terminate()
        try:
            process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@asynccontextmanager
async def over_http(url: str, token: str = TOKEN):
    """Connect a client over HTTP."""
    async with (
        create_mcp_http_client(headers={"Authorization": f"Bearer {token}"}) as http_client,
        Client(streamable_http_client(url, http_client=http_client)) as client,
    ):
        yield Caller(client)
