"""The agent behind the server: asked by one client at a time, in a thread of its own, and within limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio
import anyio.to_thread
from mcp.server.mcpserver.exceptions import ToolError

from beliefs.agent import Agent
from beliefs.errors import BeliefsError
from beliefs.reasoning.verdict import Budget

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What one call may ask for.

    Attributes:
        characters: how long a text may be.
        milliseconds: how long the engine may think before the answer is unknown.
        patience: how many seconds a call waits for those before it.
    """

    characters: int = 20_000
    milliseconds: int = 30_000
    patience: float = 120.0


class Memory:
    """An agent that many clients share.

    Calls are made one after the other, each in a worker thread, so that the server goes on listening. A call that is
    cancelled while it waits for its turn is never made; one that has begun is finished, in no more than its budget of
    time, so that what it changes is changed as a whole.
    """

    def __init__(self, agent: Agent, limits: Limits | None = None) -> None:
        """Take over an agent; its budget becomes that of the limits."""
        self.limits = Limits() if limits is None else limits
        self._agent = agent
        self._turn = anyio.Lock()
        agent.budget = Budget(milliseconds=self.limits.milliseconds)

    async def ask(self, call: Callable[[Agent], T]) -> T:
        """Return what a call comes to.

        Raises:
            ToolError: it cannot be carried out, with the place, what was expected there and a hint; or others took
                too long before it.
        """
        try:
            with anyio.fail_after(self.limits.patience):
                await self._turn.acquire()
        except TimeoutError:
            raise ToolError(
                f"the memory was busy with other calls for {self.limits.patience:g} s; nothing was changed; try again"
            ) from None
        try:
            return await anyio.to_thread.run_sync(self._called, call)
        finally:
            self._turn.release()

    def _called(self, call: Callable[[Agent], T]) -> T:
        try:
            return call(self._agent)
        except BeliefsError as error:
            raise ToolError(str(error)) from error
        except RecursionError:
            raise ToolError(
                "the formula is nested too deeply; name its parts by beliefs of their own"
            ) from None

    def read(self, text: str, what: str) -> str:
        """Return a text that is not too long, without white space around it.

        Raises:
            ToolError: it is too long, or empty.
        """
        if len(text) > self.limits.characters:
            raise ToolError(
                f"{what} has {len(text):,} characters, and may have {self.limits.characters:,}; say it in parts"
            )
        if not text.strip():
            raise ToolError(
                f"{what} is empty; give a formula, such as bird(tweety); see the tool language_help"
            )
        return text.strip()
