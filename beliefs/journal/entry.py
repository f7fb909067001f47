"""What one entry of the journal holds: a decision, and its place in the chain. Imports no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import Cost
from beliefs.base.track_record import NO_DECAY, Mark
from beliefs.language.semantics import Model
from beliefs.language.syntax import Declaration


class StaleHead(Exception):  # noqa: N818  (not a misuse: the writer reads on, decides again, and appends)
    """Someone else appended to the journal since the writer last read it; nothing was written.

    Attributes:
        expected: the number of the entry that the writer took for the last.
        found: the number of the entry that is the last.
    """

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"the journal has grown from entry {expected} to entry {found} since it was read")
        self.expected = expected
        self.found = found


@dataclass(frozen=True)
class Observed:
    """What an entry says of an observation, besides what it changed.

    Attributes:
        policy: how it was met: "prioritized", "screened" or "weighed".
        rejected: the observation as the belief it would have been, where it was not taken in.
        weakened: names of beliefs that were taken in as weaker forms of others, each with that other's.
        refuted: the numbers of the expectations that it contradicts.
        met: the numbers of the expectations that it fulfils.
        supports: the sets of beliefs, by name, from which what came true had been predicted.
        decay: the factor by which older experience faded.
    """

    policy: str = "prioritized"
    rejected: Belief | None = None
    weakened: tuple[tuple[str, str], ...] = ()
    refuted: tuple[int, ...] = ()
    met: tuple[int, ...] = ()
    supports: tuple[tuple[str, ...], ...] = ()
    decay: Fraction = NO_DECAY


@dataclass(frozen=True)
class Decision:
    """What one entry decides: enough to repeat the step, and to take it back, without any solver.

    The effects apply in this order: beliefs are removed, symbols undeclared, symbols declared, beliefs added, marks of
    the track record taken away, marks put there.

    An entry that is read back has the same decision but for `certificate` and `witness`, which are large and
    seldom wanted: those are None, stay out of equality, and are asked of the journal. Its sequences are
    parsed when looked at.

    Attributes:
        operation: what was done: "expand", "revise", "semi-revise", "contract", "consolidate", "expect", "undo" or any
            other word.
        input: the formula the operation was about, as text.
        declared: symbols that were declared.
        undeclared: symbols whose declaration was taken back.
        added: beliefs that came in, each with the age the base gave it.
        removed: beliefs that went, whole, just as they were in the base.
        marked: what was marked in the track record.
        unmarked: what was marked there before, and is no more.
        observed: what there is to say of an observation; None for all else.
        kernels: the names of the beliefs in each kernel that was met.
        cost: what was given up.
        source: who or what brought the input.
        reason: why, in words.
        undoes: the number of the entry that this one takes back.
        consistent: whether the base that results is consistent; None where nobody has found out.
        certificate: the certificate of the change, as plain JSON data.
        witness: a model of the base that results, where one is known.
    """

    operation: str
    input: str | None = None
    declared: Sequence[Declaration] = ()
    undeclared: Sequence[Declaration] = ()
    added: Sequence[Belief] = ()
    removed: Sequence[Belief] = ()
    marked: tuple[Mark, ...] = ()
    unmarked: tuple[Mark, ...] = ()
    observed: Observed | None = None
    kernels: tuple[tuple[str, ...], ...] = ()
    cost: Cost = Cost()
    source: str | None = None
    reason: str | None = None
    undoes: int | None = None
    consistent: bool | None = None
    certificate: dict[str, Any] | None = field(default=None, compare=False, repr=False)
    witness: Model | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Seal:
    """What ties an entry to all that came before it, and to the state it left behind.

    Attributes:
        next_age: the age that the next belief to enter will have.
        state: the fingerprint of all beliefs and declarations after the entry.
        certificate: the digest of the entry's certificate, or None.
        witness: the digest of the entry's witness, or None.
        previous: the hash of the entry before; for entry 1, that of the journal's settings.
        hash: SHA-256 of `previous` and of all else in the entry.
    """

    next_age: int
    state: str
    certificate: str | None
    witness: str | None
    previous: str
    hash: str


@dataclass(frozen=True)
class Entry:
    """One entry of the journal.

    Attributes:
        number: its place, counted from 1 without gaps.
        time: when it was appended, in UTC: `2026-03-01T12:00:00.000Z`.
        decision: what it decides.
        seal: its hash, and what the hash covers besides.
    """

    number: int
    time: str
    decision: Decision
    seal: Seal

    @property
    def previous(self) -> str:
        """The hash of the entry before."""
        return self.seal.previous

    @property
    def hash(self) -> str:
        """The hash of this entry."""
        return self.seal.hash
