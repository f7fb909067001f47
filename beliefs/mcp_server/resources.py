"""What clients can read: a belief and its history, the graph around it, and the log; and the prompt that teaches."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer, ResourceSecurity
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from pydantic import Field

from beliefs.agent import Agent
from beliefs.errors import JournalError, UnknownBeliefError
from beliefs.mcp_server import teaching
from beliefs.mcp_server.memory import Memory
from beliefs.mcp_server.results import LISTED
from beliefs.render import data

NODES = 500
"""How many nodes of a graph a client is given at most; the graph says where there are more."""

FAR = 5
"""How many steps about a belief its graph reaches at most."""

JSON = "application/json"

NO_PATH = ResourceSecurity(exempt_params=frozenset({"name"}))
"""The name of a belief is looked up among names, and may look like a path: `a:b`."""


class Resources:
    """The resources of a memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def register(self, server: MCPServer[Any]) -> None:
        """Offer the resources and the prompt to the clients of a server."""
        server.resource(
            "belief://{name}",
            name="belief",
            title="A belief",
            description="One belief, held now or given up: what it says, how firmly it is held, what is on record of "
            "it, and its history.",
            mime_type=JSON,
            security=NO_PATH,
        )(self.belief)
        server.resource(
            "belief://{name}/graph{?depth}",
            name="graph",
            title="The graph around a belief",
            description="What feeds a belief, what it feeds, conflicts, and what gave way to what, within some steps "
            f"(depth, 2 by default, {FAR} at most); in node-link form.",
            mime_type=JSON,
            security=NO_PATH,
        )(self.graph)
        server.resource(
            "log://latest",
            name="log",
            title="The log",
            description=f"The latest {LISTED} changes, the newest first.",
            mime_type=JSON,
        )(self.log)
        server.resource(
            "log://{entry}",
            name="entry",
            title="An entry of the log",
            description="One change: what was done, what was taken in and given up, and why.",
            mime_type=JSON,
        )(self.entry)
        server.prompt(
            name="teach_language",
            title="Learn the language of the memory",
            description="Teaches the language of the memory by examples, and how to use its tools.",
        )(self.teach)

    async def belief(self, name: str) -> str:
        """Return one belief with its history."""
        return await self._read(lambda agent: _shown(agent, name))

    async def graph(self, name: str, depth: str = "2") -> str:
        """Return the graph around a belief."""
        steps = _number(depth)
        if steps is None or steps > FAR:
            raise ResourceError(f"depth is a number of steps from 0 to {FAR}, not {depth}")

        return await self._read(lambda agent: data.graph(agent.graph(name, depth=steps, most=NODES)))

    async def log(self) -> str:
        """Return the latest changes."""
        return await self._read(
            lambda agent: [data.entry(entry) for entry in islice(agent.log(newest_first=True), LISTED)]
        )

    async def entry(self, entry: str) -> str:
        """Return one change."""
        number = _number(entry)

        def call(agent: Agent) -> Any:
            try:
                return data.entry(agent.entry(-1 if number is None else number))
            except JournalError:
                raise JournalError(
                    f"there is no entry {entry} in the log; log://latest has the latest"
                ) from None

        return await self._read(call)

    async def teach(
        self,
        task: Annotated[str, Field(description="What to do with the memory afterwards, if anything.")] = "",
    ) -> str:
        """Return a text that teaches the language."""
        return teaching.lesson(task)

    async def _read(self, call: Callable[[Agent], Any]) -> str:
        try:
            return json.dumps(await self._memory.ask(call), indent=2, ensure_ascii=False)
        except ToolError as error:
            missing = isinstance(error.__cause__, UnknownBeliefError | JournalError)
            raise (ResourceNotFoundError if missing else ResourceError)(str(error)) from error


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _shown(agent: Agent, name: str) -> data.Data:
    base = agent.base
    events = agent.history(name)
    if name in base:
        belief = base[name]
    elif events:
        belief = events[-1][2]
    else:
        raise UnknownBeliefError(f"there never was a belief named {name!r}; the tool list_beliefs lists them")
    return data.shown(belief, [(entry, what) for entry, what, _ in events], base.record, held=name in base)
