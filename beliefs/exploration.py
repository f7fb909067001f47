"""Collects what a page to explore a journal in has to tell: all that was ever believed, or what is near one thing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.failure.episode import episodes
from beliefs.graph import BeliefGraph, Event, Surroundings, around, find, timeline
from beliefs.journal.entry import Entry
from beliefs.journal.journal import Journal
from beliefs.render.explorer import Moment, Past, contents, page

MOST = 10_000
"""How many beliefs are on a page at most, unless it is told otherwise."""

FAR = 8
"""Of more beliefs, those are shown that lie within so many steps of where the page begins."""


def explore(
    journal: Journal,
    base: BeliefBase,
    surroundings: Surroundings,
    start: str | None = None,
    most: int = MOST,
    last: int | None = None,
) -> str:
    """Return a page of HTML in which what is and was believed can be explored.

    Args:
        journal: the journal.
        base: the base that it leads to.
        surroundings: what else there is in a graph of that base: its past, its conflicts, what is asked about it.
        start: the name of a belief, or what else a node is called, to begin with; by default what is asked about it,
            or else the last change.
        most: how many beliefs to tell of at most; of more, those that lie nearest to where it begins.
        last: the number of the entry to which the base belongs; by default the last.

    Raises:
        UnknownBeliefError: there is nothing of the name given.

    Cost: linear in the history.
    """
    if start is None and surroundings.conclusions:
        start = "asked 1"
    now = journal.head if last is None else last
    believed = journal.entry(now).seal.next_age - 1 if now else 0
    complete = believed <= most and now <= most
    beside = replace(surroundings, past=()).of(base)
    if complete:
        entries = list(journal.entries(last=now))
        happened = list(events(entries))
    else:
        centre_of_it = start or _newest(surroundings, base)
        near = BeliefGraph() if centre_of_it is None else around(base, centre_of_it, FAR, surroundings, most)
        kept = {node.belief for node in near.nodes if node.belief is not None}
        beside = beside.restricted(node.id for node in near.nodes)
        entries, moved = _concerned(journal.entries(last=now), kept, most)
        happened = [
            replace(event, added=came, removed=went)
            for event, (came, went) in zip(events(entries), moved, strict=True)
        ]
    told = timeline(happened, base.signature, beside, now)
    centre = None if start is None else find(told.graph, start).id
    moments = [Moment(entry, journal.certificate(entry.number)) for entry in entries]
    return page(
        contents(told, Past(moments, now, believed, complete), episodes(entries), base.record, centre)
    )


def events(history: Iterable[Entry]) -> Iterator[Event]:
    """Yield the entries of a history as a graph needs them."""
    entries = list(history)
    failures = {episode.entry: episode.number for episode in episodes(entries)}
    for entry in entries:
        decision, observed = entry.decision, entry.decision.observed
        yield Event(
            entry.number,
            decision.operation,
            decision.input,
            tuple(decision.removed),
            tuple(decision.added),
            () if observed is None else observed.weakened,
            decision.kernels,
            observed is not None,
            decision.source,
            failures.get(entry.number),
            decision.undoes,
        )


def _newest(surroundings: Surroundings, base: BeliefBase) -> str | None:
    """What happened last: the last change that gave something up, or else the newest belief; None, if there is none."""
    for event in reversed(surroundings.past):
        if event.is_told:
            return f"entry {event.entry}"
    newest = max(base.beliefs.values(), key=lambda belief: belief.age, default=None)
    return None if newest is None else newest.name


def _concerned(
    history: Iterable[Entry], kept: Collection[Belief], most: int
) -> tuple[list[Entry], list[tuple[tuple[Belief, ...], tuple[Belief, ...]]]]:
    """The entries that took in or gave up some of these beliefs, or more than took in; each with those of these.

    What an entry took in is told by its age, so that of many beliefs only these are parsed.
    """
    by_age = {belief.age: belief for belief in kept}
    ages = sorted(by_age)
    entries: list[Entry] = []
    moved: list[tuple[tuple[Belief, ...], tuple[Belief, ...]]] = []
    first = 1
    for entry in history:
        decision = entry.decision
        if decision.undoes is None:
            new = ages[bisect_left(ages, first) : bisect_left(ages, entry.seal.next_age)]
            came = tuple(by_age[age] for age in new)
        else:
            came = _these(decision.added, by_age, most)
        first = entry.seal.next_age
        went = _these(decision.removed, by_age, most)
        if came or went or decision.kernels or decision.observed or decision.undoes is not None:
            entries.append(entry)
            moved.append((came, went))
    return entries, moved


def _these(beliefs: Sequence[Belief], by_age: Mapping[int, Belief], most: int) -> tuple[Belief, ...]:
    """Those of some beliefs that are among these; of a change of very many, none."""
    return tuple(each for each in beliefs if each.age in by_age) if len(beliefs) <= most else ()
