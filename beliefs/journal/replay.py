"""What entries do to the state: forward from the start, or backward from the present."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from beliefs.base.belief_base import BeliefBase
from beliefs.base.track_record import Mark, Place, TrackRecord
from beliefs.errors import BeliefsError, JournalCorruptError
from beliefs.journal.codec import Effects, Record, belief, canonical, declaration
from beliefs.journal.entry import Decision

Stored: TypeAlias = str | tuple[str | int | None, ...]
"""What a fingerprint is taken of: a declaration, a record, a mark or an item, as it is stored."""

_MODULUS = 2**256

EMPTY = f"{0:064x}"
"""The fingerprint of no beliefs and no declarations."""


class MisfitError(Exception):
    """A decision does not fit the state it is applied to; the message names the belief or declaration."""


@dataclass
class State:
    """Beliefs and declarations as they are stored: replay works on text, and parses only what is left.

    The fingerprint is the sum of the SHA-256 of every item, modulo 2^256. So a step changes it by what it
    adds and removes, whatever else is believed, and it does not depend on the order of the steps. It is there
    to tell that stored rows were damaged. Against forgery stands the chain, whose audit replays every step.

    Attributes:
        declarations: texts of the declarations, in order.
        beliefs: the beliefs by name.
        marks: the track record, by place.
        next_age: the age that the next belief to enter will have.
        fingerprint: of the declarations, beliefs and marks. A state that holds only the part of another that a
            decision is about can carry the fingerprint of the whole, and keeps it right.

    References:
        M. Bellare, D. Micciancio, A New Paradigm for Collision-Free Hashing: Incrementality at Reduced Cost
        (1997), the construction AdHash.
    """

    declarations: dict[str, None] = field(default_factory=dict)
    beliefs: dict[str, Record] = field(default_factory=dict)
    marks: dict[Place, Mark] = field(default_factory=dict)
    next_age: int = 1
    fingerprint: str = EMPTY

    def apply(self, effects: Effects) -> None:
        """Take a step.

        Raises:
            MisfitError: it removes what is not there just so, or adds what is there. The state is then of no
                use.
        """
        for old in effects.removed:
            if self.beliefs.pop(old.name, None) != old:
                raise MisfitError(f"it removes belief {old.name!r}, which is not in the base as it says")
        for text in effects.undeclared:
            if text not in self.declarations:
                raise MisfitError(f"it takes back the declaration {text!r}, which is not in the base")
            del self.declarations[text]
        for text in effects.declared:
            if text in self.declarations:
                raise MisfitError(f"it declares {text!r}, which is declared already")
            self.declarations[text] = None
        for new in effects.added:
            if new.name in self.beliefs:
                raise MisfitError(f"it adds belief {new.name!r}, but the base has a belief of that name")
            self.beliefs[new.name] = new
            self.next_age = max(self.next_age, new.age + 1)
        for mark in effects.unmarked:
            if self.marks.pop(mark[:3], None) != mark:
                raise MisfitError(f"it takes back a mark of {mark.subject!r}, which is not there as it says")
        for mark in effects.marked:
            if mark[:3] in self.marks:
                raise MisfitError(f"it marks {mark.subject!r}, which is marked already")
            self.marks[mark[:3]] = mark
        come: Iterable[Stored] = (*effects.declared, *effects.added, *effects.marked)
        gone: Iterable[Stored] = (*effects.undeclared, *effects.removed, *effects.unmarked)
        self.fingerprint = shifted(self.fingerprint, gone, come)

    def to_base(self, unique_names: bool, consistent: bool | None) -> BeliefBase:
        """Return the base that is stored so.

        Raises:
            JournalCorruptError: something stored cannot be parsed.
        """
        oldest_first = sorted(self.beliefs.values(), key=lambda record: record.age)
        base = BeliefBase(unique_names=unique_names)
        with _nothing_to_collect():
            base = base.declare(*map(declaration, self.declarations)).add(*map(belief, oldest_first))
        return replace(base, next_age=self.next_age, record=self.record()).knowing(None, consistent)

    def record(self) -> TrackRecord:
        """Return the track record that is stored so.

        Raises:
            JournalCorruptError: a mark cannot be read.
        """
        return marked(TrackRecord(), (), self.marks.values())


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Keep the collector of cycles away from a block that builds much and discards little.

    It would walk all that is built, again and again: of the time a large base takes to load, a third.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def shifted(fingerprint: str, gone: Iterable[Stored], come: Iterable[Stored]) -> str:
    """Return what the fingerprint of a set becomes when some items go and others come."""
    number = int(fingerprint, 16) - sum(map(_number, gone)) + sum(map(_number, come))
    return f"{number % _MODULUS:064x}"


def follow(base: BeliefBase, decision: Decision, next_age: int) -> BeliefBase:
    """Return the base that a decision made of the one before it, without a witness.

    Cost: what the decision touches. Where it takes a declaration back, the whole base: it is built anew,
    because between the old declarations and the new there may be none that its beliefs fit.
    """
    base = base.remove(*(belief.name for belief in decision.removed))
    if decision.undeclared:
        former = tuple(base)
        kept = [declaration for declaration in base.declarations if declaration not in decision.undeclared]
        fresh = BeliefBase(unique_names=base.unique_names)
        base = replace(fresh, record=base.record).declare(*kept, *decision.declared)
        base = base.add(*former, *decision.added)
    else:
        base = base.declare(*decision.declared).add(*decision.added)
    record = marked(base.record, decision.unmarked, decision.marked)
    return replace(base, next_age=next_age, record=record).knowing(None, decision.consistent)


def marked(record: TrackRecord, unmarked: Iterable[Mark], come: Iterable[Mark]) -> TrackRecord:
    """Return a track record with some marks taken away, and others put in their place.

    Raises:
        JournalCorruptError: a mark cannot be read.
    """
    try:
        return record.marked(unmarked, come)
    except (BeliefsError, ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        raise JournalCorruptError(f"a stored mark of the track record cannot be read: {error}") from error


def _number(item: Stored) -> int:
    return int.from_bytes(hashlib.sha256(canonical(item).encode()).digest(), "big")
