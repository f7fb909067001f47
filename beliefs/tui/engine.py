"""One agent, asked from one thread, a call at a time, so that the screen never waits for a solver."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock, get_ident
from types import TracebackType
from typing import Generic, Self, TypeVar

from beliefs.agent import Agent
from beliefs.errors import BeliefsError
from beliefs.render.layout import visible

T = TypeVar("T")


class Failed(Exception):  # noqa: N818  (what a user is told, and no fault of the caller)
    """A call came to nothing; the message says why, and is safe to show."""


class Stopped(Exception):  # noqa: N818
    """A call was stopped before it had an answer; nothing was changed."""


@dataclass(eq=False)
class _Call:
    """A call that waits or runs.

    Attributes:
        what: what it does, as "thinking".
        stoppable: whether it may be stopped: not where it writes.
        stopped: whether it was.
        thread: the thread that runs it, while it does.
    """

    what: str
    stoppable: bool
    stopped: bool = False
    thread: int | None = None


@dataclass(frozen=True)
class _Answer(Generic[T]):
    """What a call returned."""

    value: T


class Engine:
    """Puts calls to an agent, one after the other, in a thread of its own.

    An agent may be asked by one thread at a time. `call` is for the thread of the event loop, which goes on meanwhile.
    """

    def __init__(self, agent: Agent) -> None:
        """Take an agent, to be used by nobody else until the engine is closed."""
        self._agent = agent
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="beliefs")
        self._lock = Lock()
        self._calls: list[_Call] = []
        self.read_only = agent.read_only
        self.place = agent.place
        self.on_change: Callable[[], None] = lambda: None
        """Called by `call` where `doing` may have changed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def doing(self) -> str | None:
        """What the call that runs, or is the next to, does; None where there is none."""
        return self._calls[0].what if self._calls else None

    @property
    def stoppable(self) -> bool:
        """Whether `stop` would stop anything."""
        return any(call.stoppable for call in self._calls)

    async def call(self, what: str, work: Callable[[Agent], T], *, stoppable: bool = True) -> T:
        """Return what some work with the agent returns.

        Args:
            what: what it does, for the user to see, as "thinking".
            work: the work; nothing in it may touch the screen.
            stoppable: whether `stop` ends it. Not to be set for what commits a change.

        Raises:
            Failed: the work raised an exception.
            Stopped: it was stopped.
        """
        call = _Call(what, stoppable)
        self._calls.append(call)
        self.on_change()
        try:
            outcome = await asyncio.wrap_future(self._thread.submit(self._run, call, work))
        except asyncio.CancelledError:
            self._stop(call)
            raise
        finally:
            self._calls.remove(call)
            self.on_change()
        if isinstance(outcome, _Answer):
            return outcome.value
        raise outcome

    def stop(self) -> bool:
        """Stop all calls that may be stopped; return whether there were any.

        They end soon, but not at once where a solver does not listen.
        """
        stopped = [call for call in self._calls if call.stoppable]
        for call in stopped:
            self._stop(call)
        return bool(stopped)

    def close(self) -> None:
        """Stop what may be stopped, and wait for the rest."""
        self.stop()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _stop(self, call: _Call) -> None:
        with self._lock:
            if not call.stoppable or call.stopped:
                return
            call.stopped = True
            if call.thread is not None:
                # It is met like Ctrl-C, which every part of the engine is made for.
                _raise_in(call.thread, KeyboardInterrupt)

    def _run(self, call: _Call, work: Callable[[Agent], T]) -> _Answer[T] | Failed | Stopped:
        """Do some work in the thread of the engine."""
        # An interrupt may come at any place in here before `_end` is through, but only once.
        try:
            outcome = self._attempt(call, work)
            self._end(call)
        except KeyboardInterrupt:
            self._end(call)
            outcome = Stopped()
        return outcome

    def _attempt(self, call: _Call, work: Callable[[Agent], T]) -> _Answer[T] | Failed | Stopped:
        # Exceptions stay here: their tracebacks would keep solvers alive, to be freed by another thread.
        with self._lock:
            if call.stopped:
                return Stopped()
            call.thread = get_ident()
        try:
            return _Answer(work(self._agent))
        except BeliefsError as error:
            message = str(error)
        except RecursionError:
            message = "the formula is nested too deeply; name its parts by beliefs of their own"
        except Exception as error:
            message = f"{type(error).__name__}: {error}\nThis is a fault of the program; please report it."
        return Failed("\n".join(map(visible, message.splitlines())))

    def _end(self, call: _Call) -> None:
        """Let no interrupt come any more."""
        with self._lock:
            if call.thread is not None:
                _raise_in(call.thread, None)
                call.thread = None


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    """Have a thread raise an exception as soon as it runs Python; or, for None, take back one still to come."""
    value = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), value)
