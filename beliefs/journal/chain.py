"""The audit of a journal: every hash, every number, every step, and the state that each leads to."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

from beliefs.errors import JournalCorruptError
from beliefs.journal.codec import canonical, digest, read_effects
from beliefs.journal.entry import Seal
from beliefs.journal.replay import MisfitError, State


@dataclass(frozen=True)
class ChainFault:
    """One thing that is not as it was written.

    Attributes:
        entry: the number of the entry at fault; None where the present state is.
        message: what is wrong, in one sentence.
    """

    entry: int | None
    message: str

    def __str__(self) -> str:
        return self.message if self.entry is None else f"entry {self.entry}: {self.message}"


@dataclass(frozen=True)
class StoredEntry:
    """An entry as it is stored: its decision as text."""

    number: int
    time: str
    decision: str
    seal: Seal


def genesis(unique_names: bool) -> str:
    """Return what the first entry has for the hash of the entry before: a hash of the journal's settings."""
    return digest(canonical({"journal": "beliefs", "unique_names": unique_names}))


def entry_hash(
    number: int,
    time: str,
    decision: str,
    *,
    next_age: int,
    state: str,
    certificate: str | None,
    witness: str | None,
    previous: str,
) -> str:
    """Return the hash of an entry: SHA-256 of the hash before it and of the text of all else in it."""
    rest = [number, time, next_age, state, certificate, witness]
    return digest(previous, canonical(rest), decision)


def hash_of(stored: StoredEntry) -> str:
    """Return the hash that a stored entry ought to have."""
    seal = stored.seal
    return entry_hash(
        stored.number,
        stored.time,
        stored.decision,
        next_age=seal.next_age,
        state=seal.state,
        certificate=seal.certificate,
        witness=seal.witness,
        previous=seal.previous,
    )


def audit(
    entries: Iterable[StoredEntry | ChainFault],
    unique_names: bool,
    certificate: Callable[[int], object],
) -> Generator[ChainFault, None, State | None]:
    """Yield every fault of a history, the earliest first.

    Each fault is told once: after it the audit goes on from what the entry says. Replay stops at the first
    step that cannot be taken, for nothing is known after it.

    Whoever can write the database can also write a whole new chain: keep the hash of an entry elsewhere, and
    compare.

    Args:
        entries: the history in order; a fault in it stands for an entry that could not be read.
        unique_names: the setting the history began with.
        certificate: reads the certificate of an entry, and raises JournalCorruptError where it is damaged.

    Returns:
        As the value of the generator, the state that the history leads to; None where it could not be
        replayed.
    """
    previous: str | None = genesis(unique_names)
    number = 0
    state: State | None = State()
    for stored in entries:
        if isinstance(stored, ChainFault):
            yield stored
            number, previous, state = stored.entry or number + 1, None, None
            continue
        yield from _links(stored, number, previous)
        yield from _certificate(stored, certificate)
        if stored.number != number + 1:
            state = None
        if state is not None:
            wrong = _step(stored, state)
            if wrong is not None:
                yield ChainFault(stored.number, wrong)
                state = None
        number, previous = stored.number, stored.seal.hash
    return state


def _links(stored: StoredEntry, number: int, previous: str | None) -> Iterator[ChainFault]:
    if stored.number > number + 1:
        yield ChainFault(number + 1, f"it is missing: entry {stored.number} follows entry {number}")
    elif previous is not None and stored.seal.previous != previous:
        what = "the settings of the journal" if number == 0 else f"entry {number}"
        yield ChainFault(stored.number, f"it was written after something else than {what} as it is now")
    if hash_of(stored) != stored.seal.hash:
        yield ChainFault(stored.number, "it is not as it was written: its hash differs")


def _certificate(stored: StoredEntry, certificate: Callable[[int], object]) -> Iterator[ChainFault]:
    try:
        certificate(stored.number)
    except JournalCorruptError as error:
        yield ChainFault(stored.number, str(error))


def _step(stored: StoredEntry, state: State) -> str | None:
    """Take the step of an entry; return what is wrong with it."""
    try:
        state.apply(read_effects(stored.decision))
    except (MisfitError, JournalCorruptError) as error:
        return str(error)
    if state.fingerprint != stored.seal.state:
        return "it does not lead to the state that it says"
    if state.next_age != stored.seal.next_age:
        return "it does not lead to the age that it says"
    return None
