"""What commands do alike: open the agent, write a change, find the exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from beliefs.agent import Agent
from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Change
from beliefs.cli.faults import REFUSED, UNKNOWN
from beliefs.cli.output import progress, write_json, write_text
from beliefs.cli.settings import Settings
from beliefs.errors import JournalNotFoundError
from beliefs.journal.journal import Journal
from beliefs.reasoning.verdict import Budget
from beliefs.render import data, text
from beliefs.render.layout import visible

ALTERNATIVES = 100
"""How many equally good answers a change counts before it says "at least"."""

SECOND_THOUGHTS = 5_000
"""Milliseconds that it may take to count them, once the change itself is made."""


@contextmanager
def reading(settings: Settings, what: str) -> Iterator[Agent]:
    """Open the base of a command that changes nothing; see `opened`."""
    with progress(what), opened(settings, read_only=True) as agent:
        yield agent


@contextmanager
def writing(settings: Settings, what: str, *, dry_run: bool) -> Iterator[Agent]:
    """Open the base of a command that changes it; for a dry run, for reading only; see `opened`."""
    with progress(what), opened(settings, read_only=dry_run) as agent:
        yield agent


def opened(settings: Settings, *, read_only: bool) -> Agent:
    """Open the base that is there, which takes a while where it is large.

    `reading` and `writing` show a progress bar from here to the end of their block, so nothing is to be written
    in it.

    Raises:
        JournalNotFoundError: there is none.
    """
    try:
        return Agent.open(settings.place, create=False, read_only=read_only, budget=_budget(settings))
    except JournalNotFoundError:
        raise JournalNotFoundError(
            f"there is no base at {settings.place}; `beliefs init` makes one"
        ) from None


def rehearsal(settings: Settings, *, unique_names: bool = True) -> Agent:
    """Return an agent that commits nothing: of the base that is there, or of an empty one."""
    try:
        return opened(settings, read_only=True)
    except JournalNotFoundError:
        return Agent.in_memory(unique_names=unique_names, budget=_budget(settings))


def making(settings: Settings, *, unique_names: bool = True) -> Agent:
    """Open the base, and make it where there is none."""
    return Agent.open(settings.place, unique_names=unique_names, budget=_budget(settings))


def _budget(settings: Settings) -> Budget:
    return Budget(milliseconds=settings.milliseconds)


def begin(settings: Settings, operate: Callable[[Agent, bool], Change], *, dry_run: bool) -> Change:
    """Return a change that makes the base where there is none.

    It is tried in memory first then, so that what fails or is refused leaves no empty base behind.

    Args:
        settings: where the base is.
        operate: makes the change with an agent, and commits it unless the second argument says dry run.
        dry_run: whether to commit nothing.
    """
    if dry_run or not exists(settings):
        with rehearsal(settings) as agent:
            change = operate(agent, True)
        if dry_run or change.status in ("refused", "unknown"):
            return change
    with making(settings) as agent:
        return operate(agent, False)


def exists(settings: Settings) -> bool:
    """Return whether there is a base, without reading the beliefs in it.

    Raises:
        JournalError: there is something, but not a base that can be opened.
    """
    try:
        with Journal.open(settings.place, create=False, read_only=True):
            return True
    except JournalNotFoundError:
        return False


def state(agent: Agent, as_of: int | None) -> BeliefBase:
    """Return the base as it is now, or as it was after an entry."""
    return agent.base if as_of is None else agent.as_of(as_of)


def conclude(
    settings: Settings,
    change: Change,
    *,
    dry_run: bool = False,
    hint: str | None = None,
    listed: int | None = None,
    further: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    code: int = 0,
) -> None:
    """Write what became of a change and leave: 0 done or vacuous, 1 refused or rejected, 3 unknown.

    Args:
        settings: how to write it.
        change: the change, committed or not.
        dry_run: whether it was only tried.
        hint: what to do about it where it is refused.
        listed: list so many of the answers that are as good; None to count them only.
        further: what its JSON has besides, in place of what it would have.
        notes: lines that follow its text.
        code: what to leave with in place of 0.
    """
    if change.entry is not None and change.entry not in settings.committed:
        settings.committed.append(change.entry)
    patience = SECOND_THOUGHTS if listed is None else settings.milliseconds
    budget = Budget(milliseconds=min(settings.milliseconds, patience))
    with progress("counting the answers as good"):
        alternatives = change.alternatives(max(ALTERNATIVES, listed or 0), budget)
    if settings.as_json:
        result = data.change(change, alternatives)
        if listed is not None:
            result["equally_good"] = data.equally_good(alternatives, listed)
        write_json(result | dict(further or {}))
    else:
        shown: list[RenderableType] = [text.change(change, alternatives, dry_run=dry_run)]
        if listed is not None and change.removed:
            shown.append(text.equally_good(alternatives, listed))
        if hint is not None and change.status == "refused" and any(change.kernels):
            shown.append(Text(hint))
        shown += (Text(visible(note)) for note in notes)
        write_text(Group(*shown))
    leave({"refused": REFUSED, "rejected": REFUSED, "unknown": UNKNOWN}.get(change.status, code))


def leave(code: int) -> None:
    """End the command with an exit code."""
    click.get_current_context().exit(code)
