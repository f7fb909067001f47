"""The server: the tools, resources and prompt of one agent, over standard input and output or HTTP."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from mcp.server.mcpserver import MCPServer

from beliefs.agent import Agent
from beliefs.mcp_server import teaching
from beliefs.mcp_server.memory import Limits, Memory
from beliefs.mcp_server.resources import Resources
from beliefs.mcp_server.tools import Tools


def make_server(agent: Agent, *, limits: Limits | None = None, dry_run_first: bool = False) -> MCPServer[Any]:
    """Return a server of the memory of an agent, for any transport.

    It is the caller's to close the agent once the server has ended. Until then, only the server uses it.

    Args:
        agent: whose memory it is; the time that its calls may take becomes that of the limits.
        limits: what one call may ask for.
        dry_run_first: whether what gives beliefs up is to be confirmed by a second call.
    """
    memory = Memory(agent, limits)
    server: MCPServer[Any] = MCPServer(
        "beliefs",
        title="Beliefs: a memory that learns from failure",
        instructions=teaching.instructions(),
        version=version("beliefs"),
        log_level="WARNING",
        tools=Tools(memory, dry_run_first=dry_run_first).offered(),
    )
    Resources(memory).register(server)
    return server
