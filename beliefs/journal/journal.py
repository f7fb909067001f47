"""`Journal`: the memory of an agent, in one file or on a server that many share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

from sqlalchemy import Connection, and_, bindparam, func, insert, not_, or_, select

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.errors import BaseError, JournalCorruptError, JournalError, LanguageError
from beliefs.journal import schema
from beliefs.journal.chain import ChainFault, StoredEntry, audit, genesis, hash_of
from beliefs.journal.codec import (
    Effects,
    Record,
    canonical,
    digest,
    effects,
    pack,
    read_decision,
    read_effects,
    unpack,
    write_decision,
)
from beliefs.journal.database import Database, damage, let_readers_in, open_database, open_memory
from beliefs.journal.entry import Decision, Entry, Seal, StaleHead
from beliefs.journal.migrations import prepare
from beliefs.journal.replay import EMPTY, MisfitError, State, follow
from beliefs.journal.state import (
    Step,
    Tip,
    base_after,
    index_faults,
    settings,
    state_after,
    touched,
    whole_witness,
    witness_after,
    write_step,
)
from beliefs.journal.stored import found

__all__ = ["ChainFault", "Decision", "Entry", "Journal", "Moved", "Present", "StaleHead"]

Moved: TypeAlias = Literal["given up", "taken in"]
"""What an entry did to a belief."""

_PAGE = 64
"""How many entries are read in one go."""


_CERTIFICATE = (
    select(schema.entry.c.certificate, schema.certificate.c.body)
    .outerjoin(schema.certificate, schema.certificate.c.entry == schema.entry.c.number)
    .where(schema.entry.c.number == bindparam("number"))
)
"""The digest of the certificate of an entry, and what is stored of it."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Present:
    """The present state as of one moment.

    Attributes:
        head: the number of the last entry; 0 where there is none.
        base: the base it left, with its witness.
    """

    head: int
    base: BeliefBase


class Journal:
    """An append-only history of decisions with the present state beside it.

    Any number of processes may read while one writes; writers take turns. An entry that `append` returned is
    there for ever, whatever happens to the process or the machine; one that it did not return is there whole
    or not at all.

    Errors of the database come as a JournalError of the kind that tells what to do, never as their own. After
    any error, the journal holds what it held before, and can be used on.

    Attributes:
        place: where it is, for messages; no password in it.
        read_only: whether it can be read but not written.
    """

    def __init__(
        self, database: Database, *, create: bool, unique_names: bool, clock: Callable[[], datetime]
    ) -> None:
        """Make a journal of an open database; see `open`, which most callers want."""
        self.place = database.place
        self.read_only = not database.writable
        self._open_database: Database | None = database
        self._clock = clock
        try:
            prepare(database, create=create, unique_names=unique_names)
            let_readers_in(database)
            with database.reading() as connection:
                self._settings = settings(connection)
        except BaseException:
            database.close()
            raise

    @classmethod
    def open(
        cls,
        place: str | os.PathLike[str],
        *,
        create: bool = True,
        read_only: bool = False,
        unique_names: bool = True,
        clock: Callable[[], datetime] = _now,
        busy_seconds: float = 10,
    ) -> Self:
        """Open the journal at a path, or at an SQLAlchemy URL of SQLite or PostgreSQL.

        A journal of an older format is brought up to date. One that cannot be written is open for reading.

        Args:
            place: where it is.
            create: whether to create it where there is none.
            read_only: whether to open it for reading only.
            unique_names: the setting of a journal that is created; one that exists keeps its own.
            clock: tells the time of entries.
            busy_seconds: how long to wait for another process that is writing.

        Raises:
            JournalNotFoundError: there is none, and none is to be created.
            JournalVersionError: a newer version wrote it.
            JournalCorruptError: it is damaged.
            JournalReadOnlyError: it has to be created or brought up to date, and cannot be written.
            JournalFullError: there is no space left to create it.
            JournalBusyError: another process kept it to itself for too long.
            JournalError: something else is there. In every case nothing was changed.
        """
        create = create and not read_only
        database = open_database(place, create=create, read_only=read_only, busy_seconds=busy_seconds)
        return cls(database, create=create, unique_names=unique_names, clock=clock)

    @classmethod
    def in_memory(cls, *, unique_names: bool = True, clock: Callable[[], datetime] = _now) -> Self:
        """Return a new journal that is gone when it is closed."""
        return cls(open_memory(busy_seconds=10), create=True, unique_names=unique_names, clock=clock)

    def close(self) -> None:
        """Close the journal; closing it again does nothing."""
        database, self._open_database = self._open_database, None
        if database is not None:
            database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Journal {self.place}>"

    @property
    def unique_names(self) -> bool:
        """Whether different individuals of its base are distinct, as was settled when it was created."""
        return self._settings.unique_names

    @property
    def head(self) -> int:
        """The number of the last entry; 0 where there is none."""
        with self._reading() as connection:
            return _head(connection)

    def base(self) -> BeliefBase:
        """Return the present base, with its witness.

        Raises:
            JournalCorruptError: it is not the one that the last entry left.
        """
        return self.present().base

    def present(self, known: Present | None = None) -> Present:
        """Return the present state.

        Args:
            known: a state that this journal returned before. Then only what came after it is read.

        Raises:
            JournalCorruptError: what is stored is not what the last entry left.
        """
        with self._reading() as connection:
            tip = self._last(connection)
            if known is None or known.head > tip.number:
                return Present(tip.number, self._base_after(connection, tip))
            newer = [_entry(stored) for stored in _stored(connection, known.head + 1)]
            witness = known.base.witness
            if newer:
                witness = witness_after(connection, self._database(), tip, self._settings)
        base = known.base
        for entry in newer:
            base = follow(base, entry.decision, entry.seal.next_age)
        return Present(tip.number, base.knowing(witness, base.consistent))

    def find(
        self, containing: str = "", *, after: Belief | None = None, limit: int = 100
    ) -> tuple[Belief, ...]:
        """Return some of the present beliefs, the oldest first.

        Args:
            containing: a text that their name, formula or source holds, in capitals or not; all hold the empty one.
            after: only those that come after this one.
            limit: how many at most.

        Raises:
            JournalCorruptError: a belief cannot be read.

        Cost: the database looks through all beliefs; only those that are returned are read.
        """
        with self._reading() as connection:
            return found(connection, _head(connection), containing, after, limit)

    def append(
        self,
        decision: Decision,
        *,
        expected_head: int,
        before: BeliefBase | None = None,
        after: BeliefBase | None = None,
    ) -> Entry:
        """Add an entry, and bring the state to what it decides, in one transaction.

        When this returns, the entry is on the disk.

        Args:
            decision: what to enter.
            expected_head: the number of the entry after which it was decided.
            before: the base after that entry, where the caller has it.
            after: the base that the decision makes of it, where the caller has both.

        Raises:
            StaleHead: another entry has come in since; read on, decide again, and append.
            JournalError: the decision does not fit the present state, or cannot be written as text.
            JournalReadOnlyError: the journal cannot be written.
            JournalFullError: there is no space left.
            JournalBusyError: another process kept the journal to itself for too long. In every case nothing
                was written.

        Cost: that of the decision, and of what its witness changes in the one before where it was made from that; with
        the logarithm of the base and of the history.
        """
        draft = _draft(decision)
        time = _timestamp(self._clock())
        if before is None or after is None:
            before, after = self._around(decision, draft.effects, expected_head)
        step = Step.of(decision, draft.effects, before, after)
        with self._writing() as connection:
            last = self._expected(connection, expected_head)
            state = _fitting(connection, draft.effects, last)
            stored = _sealed(draft, last, state, step.seal_of_witness(last), time)
            _write_entry(connection, stored, draft, decision.consistent)
            write_step(connection, step, stored.number)
        return Entry(stored.number, stored.time, decision, stored.seal)

    def _around(self, decision: Decision, does: Effects, expected_head: int) -> tuple[BeliefBase, BeliefBase]:
        """The bases before and after a decision.

        Raises:
            StaleHead, JournalError: as in `append`.
        """
        with self._reading() as connection:
            last = self._expected(connection, expected_head)
            state = _fitting(connection, does, last)
            before = self._base_after(connection, last)
            try:
                return before, follow(before, decision, state.next_age)
            except (BaseError, LanguageError) as error:
                raise _misfit(error) from error

    def entries(
        self, first: int = 1, last: int | None = None, *, newest_first: bool = False
    ) -> Iterator[Entry]:
        """Yield the entries from number `first` to number `last`, or to the end.

        They are read a few at a time; the journal can be used, and written, in between.

        Raises:
            JournalCorruptError: an entry is not as it was written; the message names it.
        """
        final = self.head
        first, last = max(first, 1), final if last is None else min(last, final)
        while first <= last:
            low, high = (
                (max(first, last - _PAGE + 1), last)
                if newest_first
                else (first, min(last, first + _PAGE - 1))
            )
            with self._reading() as connection:
                page = list(_stored(connection, low, high))
            for stored in reversed(page) if newest_first else page:
                yield _entry(stored)
            if newest_first:
                last = low - 1
            else:
                first = high + 1

    def turning_points(self, last: int | None = None) -> Iterator[Entry]:
        """Yield the entries, up to number `last` or to the end, that say more than that something was taken in.

        These gave something up, met kernels, settled expectations against what was expected, or took an entry back.

        Raises:
            JournalCorruptError: one of them is not as it was written; the message names it.

        Cost: linear in the text of the history, which only the database looks through; and that of these entries.
        """
        with self._reading() as connection:
            numbers = _turning_points(connection, self.head if last is None else last)
        for place in range(0, len(numbers), _PAGE):
            page = numbers[place : place + _PAGE]
            with self._reading() as connection:
                found = [self._stored_entry(connection, number) for number in page]
            yield from map(_entry, found)

    def history(self, name: str, last: int | None = None) -> Iterator[tuple[Entry, Moved, Belief]]:
        """Yield the entries, up to number `last` or to the end, that took a belief of that name in or gave it up.

        Each comes with which of the two it did, and with the belief as it was; what was given up comes before what
        took its place.

        Raises:
            JournalCorruptError: one of them is not as it was written; the message names it.

        Cost: linear in the text of the history, which only the database looks through; and that of these entries.
        """
        with self._reading() as connection:
            numbers = _speaking_of(connection, name, self.head if last is None else last)
        for number in numbers:
            with self._reading() as connection:
                stored = self._stored_entry(connection, number)
            entry, does = _entry(stored), read_effects(stored.decision)
            sides: tuple[tuple[Moved, Sequence[Record], Sequence[Belief]], ...] = (
                ("given up", does.removed, entry.decision.removed),
                ("taken in", does.added, entry.decision.added),
            )
            for moved, records, beliefs in sides:
                for place, record in enumerate(records):
                    if record.name == name:
                        yield entry, moved, beliefs[place]

    def entry(self, number: int) -> Entry:
        """Return the entry of that number.

        Raises:
            JournalError: there is none.
            JournalCorruptError: it is not as it was written.
        """
        with self._reading() as connection:
            return _entry(self._stored_entry(connection, number))

    def changes_since(self, head: int) -> Iterator[Entry]:
        """Yield the entries after a given one, the oldest first."""
        return self.entries(first=head + 1)

    def certificate(self, number: int) -> dict[str, Any] | None:
        """Return the certificate of the entry of that number; None where it has none.

        Raises:
            JournalError: there is no such entry.
            JournalCorruptError: the certificate is not the one that was written.
        """
        with self._reading() as connection:
            found = connection.execute(_CERTIFICATE, {"number": number}).first()
            if found is None:
                self._stored_entry(connection, number)
                raise JournalCorruptError(f"entry {number} of {self.place} cannot be read")
        expected, body = found
        if expected is None:
            return None
        if body is None:
            raise JournalCorruptError(f"the certificate of entry {number} is missing")
        certificate: dict[str, Any] = unpack(body, expected, f"the certificate of entry {number}")
        return certificate

    def base_at(self, number: int) -> BeliefBase:
        """Return the base as it was after the entry of that number; 0 is before the first.

        Raises:
            JournalError: there is no such entry.
            JournalCorruptError: the history does not lead to what the entry says.

        Cost: as for the present one. From before the journal was brought to its present format, it comes without its
        witness, and all of it is read.
        """
        with self._reading() as connection:
            tip = self._tip(connection, number)
            try:
                return self._base_after(connection, tip)
            except JournalCorruptError:
                state = _replayed(connection, number)
        if state.fingerprint != tip.state:
            raise JournalCorruptError(
                f"{self.place} is damaged: its history does not lead to the base that entry {number} left; "
                f"`beliefs verify` tells more"
            )
        return state.to_base(self.unique_names, tip.consistent)

    def check_chain(self) -> Iterator[ChainFault]:
        """Yield everything that is not as it was written: nothing, if the journal is intact.

        Every entry's number, hash and certificate is checked, that replaying the decisions leads to the state
        that each entry says, and that the last of these is the present state. Entries that come in meanwhile
        are not waited for.

        Cost: reads the whole journal; parses no formula and calls no solver.
        """
        try:
            head = self.head
        except JournalCorruptError as error:
            yield ChainFault(None, str(error))
            return
        state = yield from audit(self._legible(head), self.unique_names, self.certificate)
        yield from self._found(lambda connection: self._compare(connection, state, head))
        yield from self._found(_damage)

    def check_index(self, base: BeliefBase) -> Iterator[ChainFault]:
        """Yield where index and signature, as they are stored, are not those of the present base.

        Args:
            base: the base that the history led to.

        Cost: linear in the base.
        """
        yield from self._found(
            lambda connection: (ChainFault(None, fault) for fault in index_faults(connection, base))
        )

    def _found(self, look: Callable[[Connection], Iterator[ChainFault]]) -> list[ChainFault]:
        """Return the faults that a look at the database finds, the one that stops it among them."""
        faults: list[ChainFault] = []
        try:
            with self._reading() as connection:
                faults += look(connection)
        except JournalCorruptError as error:
            faults.append(ChainFault(None, str(error)))
        return faults

    def _database(self) -> Database:
        if self._open_database is None:
            raise JournalError(f"{self.place} is closed")
        return self._open_database

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._database().reading()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self._database().writing()

    def _stored_entry(self, connection: Connection, number: int) -> StoredEntry:
        for stored in _stored(connection, number, number):
            return stored
        raise JournalError(f"{self.place} has no entry {number}; its last is {_head(connection)}")

    def _tip(self, connection: Connection, number: int) -> Tip:
        """What there is to be known of an entry, without its decision; 0 is before the first.

        Raises:
            JournalError: there is none of that number.
        """
        if number == 0:
            return Tip(0, 1, EMPTY, None, genesis(self.unique_names), True)
        table = schema.entry
        columns = [table.c[name] for name in Tip._fields]
        row = connection.execute(select(*columns).where(table.c.number == number)).one_or_none()
        if row is None:
            raise JournalError(f"{self.place} has no entry {number}; its last is {_head(connection)}")
        return Tip(*row)

    def _last(self, connection: Connection) -> Tip:
        return self._tip(connection, _head(connection))

    def _expected(self, connection: Connection, expected_head: int) -> Tip:
        """The last entry, which is to be the one of that number.

        Raises:
            StaleHead: it is another.
        """
        last = self._last(connection)
        if last.number != expected_head:
            raise StaleHead(expected_head, last.number)
        return last

    def _base_after(self, connection: Connection, tip: Tip) -> BeliefBase:
        return base_after(connection, self._database(), tip, self._settings)

    def _compare(self, connection: Connection, state: State | None, head: int) -> Iterator[ChainFault]:
        """Yield how the present state differs from the one that the history led to by entry `head`."""
        last = self._last(connection)
        stored = state_after(connection, last, present=True)
        if state is None:
            if stored.fingerprint != last.state:
                yield ChainFault(None, f"the present state is not the one that entry {last.number} says")
            return
        for newer in _stored(connection, head + 1):
            _take(state, read_effects(newer.decision))
        for name in sorted(state.beliefs.keys() | stored.beliefs.keys()):
            wanted, found = state.beliefs.get(name), stored.beliefs.get(name)
            if wanted != found:
                yield ChainFault(None, f"belief {name!r} of the present state is not what the history left")
        for place in sorted(state.marks.keys() | stored.marks.keys()):
            if state.marks.get(place) != stored.marks.get(place):
                yield ChainFault(
                    None, f"the mark of {place[1]!r} in the track record is not what the history left"
                )
        if list(state.declarations) != list(stored.declarations):
            yield ChainFault(None, "the declarations of the present state are not what the history left")
        if last.witness is not None:
            whole_witness(connection, last)

    def _legible(self, head: int) -> Iterator[StoredEntry | ChainFault]:
        """Yield the entries up to `head`, and a fault for each that cannot be read."""
        for first in range(1, head + 1, _PAGE):
            last = min(head, first + _PAGE - 1)
            try:
                yield from self._page(first, last)
            except JournalCorruptError:
                yield from self._one_by_one(first, last)

    def _page(self, first: int, last: int) -> list[StoredEntry]:
        with self._reading() as connection:
            return list(_stored(connection, first, last))

    def _one_by_one(self, first: int, last: int) -> Iterator[StoredEntry | ChainFault]:
        for number in range(first, last + 1):
            try:
                yield from self._page(number, number)
            except JournalCorruptError as error:
                yield ChainFault(number, f"it cannot be read: {error}")


@dataclass(frozen=True)
class _Draft:
    """A decision as text, ready to be written, but without its place in the chain."""

    effects: Effects
    decision: str
    certificate: str | None


def _draft(decision: Decision) -> _Draft:
    try:
        does = effects(decision)
        certificate = None if decision.certificate is None else canonical(decision.certificate)
        draft = _Draft(does, write_decision(decision, does), certificate)
        for text in (draft.decision, certificate or ""):
            text.encode()
    except (TypeError, ValueError) as error:
        raise JournalError(f"the decision cannot be written down: {error}; nothing was written") from error
    return draft


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _sealed(draft: _Draft, last: Tip, state: State, witness: str | None, time: str) -> StoredEntry:
    number = last.number + 1
    certificate = None if draft.certificate is None else digest(draft.certificate)
    seal = Seal(state.next_age, state.fingerprint, certificate, witness, last.hash, "")
    unsealed = StoredEntry(number, time, draft.decision, seal)
    return replace(unsealed, seal=replace(seal, hash=hash_of(unsealed)))


def _fitting(connection: Connection, does: Effects, last: Tip) -> State:
    """The part of the state that some effects are about, as they make it.

    Raises:
        JournalError: they do not fit.
    """
    state = touched(connection, does, last)
    try:
        state.apply(does)
    except MisfitError as error:
        raise _misfit(error) from error
    return state


def _misfit(error: Exception) -> JournalError:
    return JournalError(f"the decision does not fit the journal: {error}; nothing was written")


def _head(connection: Connection) -> int:
    return int(connection.execute(select(func.max(schema.entry.c.number))).scalar() or 0)


def _stored(connection: Connection, first: int, last: int | None = None) -> Iterator[StoredEntry]:
    """Yield the rows of some entries, in order."""
    table = schema.entry
    query = select(table).where(table.c.number >= first).order_by(table.c.number)
    if last is not None:
        query = query.where(table.c.number <= last)
    for row in connection.execute(query.execution_options(yield_per=_PAGE)):
        seal = Seal(row.next_age, row.state, row.certificate, row.witness, row.previous, row.hash)
        yield StoredEntry(row.number, row.time, row.decision, seal)


def _turning_points(connection: Connection, last: int) -> list[int]:
    """Return the numbers of the entries, up to the last one, that did not merely take something in."""
    table = schema.entry
    said = table.c.decision
    # A decision is canonical JSON; inside its texts, the quotes of these patterns have backslashes before them.
    merely = and_(
        said.contains('"removed":[]'),
        said.contains('"kernels":[]'),
        said.contains('"undoes":null'),
        or_(not_(said.contains('"refuted":')), said.contains('"refuted":[]')),
    )
    query = select(table.c.number).where(table.c.number <= last, not_(merely)).order_by(table.c.number)
    return [row.number for row in connection.execute(query)]


def _speaking_of(connection: Connection, name: str, last: int) -> list[int]:
    """Return the numbers of the entries, up to the last one, that hold a name, and perhaps of some others."""
    table = schema.entry
    said = table.c.decision.contains(canonical(name), autoescape=True)
    query = select(table.c.number).where(table.c.number <= last, said).order_by(table.c.number)
    return [row.number for row in connection.execute(query)]


def _entry(stored: StoredEntry) -> Entry:
    """Read an entry, provided that it is as it was written."""
    return Entry(stored.number, stored.time, read_decision(_intact(stored).decision), stored.seal)


def _intact(stored: StoredEntry) -> StoredEntry:
    if hash_of(stored) != stored.seal.hash:
        raise JournalCorruptError(f"entry {stored.number} is not as it was written: its hash differs")
    return stored


def _replayed(connection: Connection, number: int) -> State:
    """Take the first steps of the history, up to the entry of that number."""
    state = State()
    for stored in _stored(connection, 1, number):
        _take(state, read_effects(_intact(stored).decision))
    return state


def _take(state: State, does: Effects) -> None:
    try:
        state.apply(does)
    except MisfitError as error:
        raise JournalCorruptError(
            f"the history cannot be replayed: {error}; `beliefs verify` tells more"
        ) from error


def _write_entry(connection: Connection, stored: StoredEntry, draft: _Draft, consistent: bool | None) -> None:
    row = {
        "number": stored.number,
        "time": stored.time,
        "decision": stored.decision,
        **vars(stored.seal),
        "consistent": consistent,
    }
    connection.execute(insert(schema.entry), [row])
    if draft.certificate is not None:
        body = pack(draft.certificate)
        connection.execute(insert(schema.certificate), [{"entry": stored.number, "body": body}])


def _damage(connection: Connection) -> Iterator[ChainFault]:
    return (ChainFault(None, f"the file is damaged: {what}") for what in damage(connection))
