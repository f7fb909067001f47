"""An episode: what was expected, what was seen instead, why, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from beliefs.base.belief import Belief
from beliefs.base.expectation import Expectation
from beliefs.base.track_record import Mark, read_expectation
from beliefs.notebook import Shown


class Observed(Protocol):
    """What a journal says of an observation."""

    @property
    def policy(self) -> str:
        """How it was met."""

    @property
    def rejected(self) -> Belief | None:
        """The observation, where it was not taken in."""

    @property
    def weakened(self) -> tuple[tuple[str, str], ...]:
        """Names of beliefs taken in as weaker forms of others, each with that other's."""

    @property
    def refuted(self) -> tuple[int, ...]:
        """The numbers of the expectations that it contradicts."""


class Decision(Protocol):
    """What an entry of a journal decided."""

    @property
    def input(self) -> str | None:
        """What was seen."""

    @property
    def source(self) -> str | None:
        """Who saw it."""

    @property
    def added(self) -> Sequence[Belief]:
        """What was taken in."""

    @property
    def removed(self) -> Sequence[Belief]:
        """What was given up."""

    @property
    def kernels(self) -> tuple[tuple[str, ...], ...]:
        """What it contradicted."""

    @property
    def unmarked(self) -> tuple[Mark, ...]:
        """The marks of the track record that it took away."""

    @property
    def observed(self) -> Observed | None:
        """What there is to say of an observation."""

    @property
    def undoes(self) -> int | None:
        """The entry that it takes back."""


class Entry(Protocol):
    """An entry of a journal."""

    @property
    def number(self) -> int:
        """Its place."""

    @property
    def time(self) -> str:
        """When it was made, in UTC."""

    @property
    def decision(self) -> Decision:
        """What it decided."""


@dataclass(frozen=True)
class Episode(Shown):
    """A failure: an observation that contradicts what was believed, or expected, and what came of it.

    Attributes:
        number: its place among the episodes, from 1.
        entry: the number of the entry of the journal that tells of it.
        time: when it was, in UTC.
        observation: what was seen, as text.
        source: who or what saw it.
        policy: how it was met: "prioritized", "screened" or "weighed".
        expectations: what had been expected instead, where that was said beforehand.
        kernels: the smallest sets of beliefs, by name, that contradict what was seen; with the observation among
            them where it was weighed and rejected.
        diagnosis: the beliefs held responsible: those given up, or the observation itself where it was rejected.
        added: what was taken in: the observation, and the weaker forms of what was given up.
        weakened: names of those weaker forms, each with that of the belief it replaces.
        rejected: whether the observation was not believed.
        undone: whether the change was taken back later.
    """

    number: int
    entry: int
    time: str
    observation: str
    source: str | None
    policy: str
    expectations: tuple[Expectation, ...]
    kernels: tuple[tuple[str, ...], ...]
    diagnosis: tuple[Belief, ...]
    added: tuple[Belief, ...]
    weakened: tuple[tuple[str, str], ...]
    rejected: bool
    undone: bool = False

    @property
    def repairs(self) -> tuple[tuple[Belief, Belief], ...]:
        """The beliefs given up that a weaker one replaces, each with that one."""
        given_up = {belief.name: belief for belief in self.diagnosis}
        taken_in = {belief.name: belief for belief in self.added}
        return tuple((given_up[old], taken_in[new]) for new, old in self.weakened)


def episodes(entries: Iterable[Entry]) -> Iterator[Episode]:
    """Yield the episodes of a history, the oldest first. Cost: linear in the history."""
    history = list(entries)
    undone = {entry.decision.undoes for entry in history}
    failures = (entry for entry in history if _is_failure(entry.decision))
    for number, entry in enumerate(failures, start=1):
        yield _episode(number, entry, entry.number in undone)


def _is_failure(decision: Decision) -> bool:
    observed = decision.observed
    return observed is not None and bool(decision.kernels or observed.refuted)


def _episode(number: int, entry: Entry, undone: bool) -> Episode:
    decision = entry.decision
    observed = decision.observed
    assert observed is not None
    settled = (read_expectation(mark) for mark in decision.unmarked if mark.kind == "expectation")
    return Episode(
        number=number,
        entry=entry.number,
        time=entry.time,
        observation=decision.input or "",
        source=decision.source if observed.rejected is None else observed.rejected.source,
        policy=observed.policy,
        expectations=tuple(each for each in settled if each.number in observed.refuted),
        kernels=decision.kernels,
        diagnosis=tuple(decision.removed) if observed.rejected is None else (observed.rejected,),
        added=tuple(decision.added),
        weakened=observed.weakened,
        rejected=observed.rejected is not None,
        undone=undone,
    )
