"""`Journal`: the memory of an agent, in one file or on a server that many share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, func, insert, select

from beliefs.base.belief_base import BeliefBase
from beliefs.base.track_record import Mark, Place
from beliefs.errors import JournalCorruptError, JournalError
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
from beliefs.journal.replay import EMPTY, MisfitError, State, fingerprint, follow
from beliefs.language.semantics import Model

__all__ = ["ChainFault", "Decision", "Entry", "Journal", "Present", "StaleHead"]

T = TypeVar("T")

_PAGE = 64
"""How many entries are read in one go."""

_CERTIFICATE = (
    select(schema.entry.c.certificate, schema.certificate.c.body)
    .outerjoin(schema.certificate, schema.certificate.c.entry == schema.entry.c.number)
    .where(schema.entry.c.number == bindparam("number"))
)
"""The digest of the certificate of an entry, and what is stored of it."""

_BATCH = 500
"""How many rows are named in one statement."""


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
        unique_names: whether different individuals of its base are distinct, as was settled when it was
            created.
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
                self.unique_names = _settings(connection).get("unique_names") == "true"
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
            last = self._last(connection)
            if known is not None and known.head <= last.number:
                newer = [_entry(stored) for stored in _stored(connection, known.head + 1)]
                base = known.base
            else:
                newer, base = [], None
                state = _stored_state(connection)
            witness = _witness(connection, last.seal.witness) if newer or base is None else base.witness
        if base is None:
            _expect_state(state, last, self.place)
            state.next_age = last.seal.next_age
            base = state.to_base(self.unique_names, _consistent(last))
        for entry in newer:
            base = follow(base, entry.decision, entry.seal.next_age)
        return Present(last.number, base.knowing(witness, base.consistent))

    def append(self, decision: Decision, *, expected_head: int) -> Entry:
        """Add an entry, and bring the present state to what it decides, in one transaction.

        When this returns, the entry is on the disk.

        Args:
            decision: what to enter.
            expected_head: the number of the entry after which it was decided.

        Raises:
            StaleHead: another entry has come in since; read on, decide again, and append.
            JournalError: the decision does not fit the present state, or cannot be written as text.
            JournalReadOnlyError: the journal cannot be written.
            JournalFullError: there is no space left.
            JournalBusyError: another process kept the journal to itself for too long. In every case nothing
                was written.

        Cost: grows with the decision and its witness; with the logarithm of the base and of the history.
        """
        draft = _draft(decision)
        time = _timestamp(self._clock())
        with self._writing() as connection:
            last = self._last(connection)
            if last.number != expected_head:
                raise StaleHead(expected_head, last.number)
            state = _touched(connection, draft.effects, last)
            try:
                state.apply(draft.effects)
            except MisfitError as error:
                raise JournalError(
                    f"the decision does not fit the journal: {error}; nothing was written"
                ) from error
            stored = _sealed(draft, last, state, time)
            _write_entry(connection, stored, draft)
            _write_state(connection, draft.effects)
            if stored.seal.witness != last.seal.witness:
                _write_witness(connection, stored, draft)
        return Entry(stored.number, stored.time, decision, stored.seal)

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

        A past base comes without its witness.

        Raises:
            JournalError: there is no such entry.
            JournalCorruptError: the history does not lead to what the entry says.

        Cost: grows with the entries between there and the nearer end of the history, and with the base.
        """
        with self._reading() as connection:
            head = _head(connection)
            target = self._stored_entry(connection, number) if number else self._origin()
            state = _wound_back(connection, number) if head - number < number else None
            if state is None:
                state = _replayed(connection, number)
        _expect_state(state, target, self.place)
        state.next_age = target.seal.next_age
        return state.to_base(self.unique_names, _consistent(target))

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
        yield from self._found(lambda connection: _compare(connection, state, head, self._last(connection)))
        yield from self._found(_damage)

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

    def _origin(self) -> StoredEntry:
        """What stands before the first entry."""
        return StoredEntry(0, "", "", Seal(1, EMPTY, None, None, "", genesis(self.unique_names)))

    def _last(self, connection: Connection) -> StoredEntry:
        head = _head(connection)
        return self._stored_entry(connection, head) if head else self._origin()

    def _stored_entry(self, connection: Connection, number: int) -> StoredEntry:
        for stored in _stored(connection, number, number):
            return stored
        raise JournalError(f"{self.place} has no entry {number}; its last is {_head(connection)}")

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
    witness: str | None


def _draft(decision: Decision) -> _Draft:
    try:
        does = effects(decision)
        certificate = None if decision.certificate is None else canonical(decision.certificate)
        witness = None if decision.witness is None else canonical(decision.witness.to_json())
        draft = _Draft(does, write_decision(decision, does), certificate, witness)
        for text in (draft.decision, certificate or "", witness or ""):
            text.encode()
    except (TypeError, ValueError) as error:
        raise JournalError(f"the decision cannot be written down: {error}; nothing was written") from error
    return draft


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _sealed(draft: _Draft, last: StoredEntry, state: State, time: str) -> StoredEntry:
    number = last.number + 1
    certificate = None if draft.certificate is None else digest(draft.certificate)
    witness = None if draft.witness is None else digest(draft.witness)
    seal = Seal(state.next_age, state.fingerprint, certificate, witness, last.seal.hash, "")
    unsealed = StoredEntry(number, time, draft.decision, seal)
    return replace(unsealed, seal=replace(seal, hash=hash_of(unsealed)))


def _settings(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(schema.meta))}


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


def _entry(stored: StoredEntry) -> Entry:
    """Read an entry, provided that it is as it was written."""
    return Entry(stored.number, stored.time, read_decision(_intact(stored).decision), stored.seal)


def _intact(stored: StoredEntry) -> StoredEntry:
    if hash_of(stored) != stored.seal.hash:
        raise JournalCorruptError(f"entry {stored.number} is not as it was written: its hash differs")
    return stored


def _consistent(stored: StoredEntry) -> bool | None:
    """Whether the base after an entry is consistent; before the first it is empty, and so it is."""
    return read_decision(_intact(stored).decision).consistent if stored.number else True


def _batches(items: Iterable[T]) -> Iterator[Sequence[T]]:
    everything = list(items)
    return (everything[start : start + _BATCH] for start in range(0, len(everything), _BATCH))


def _declarations(connection: Connection) -> dict[str, None]:
    table = schema.declaration
    return dict.fromkeys(connection.execute(select(table.c.text).order_by(table.c.position)).scalars())


def _stored_state(connection: Connection) -> State:
    """Read the present state; its fingerprint is that of what was read, and its next age is not known."""
    table = schema.belief
    columns = [table.c[name] for name in Record._fields]
    records = [Record(*row) for row in connection.execute(select(*columns).order_by(table.c.age))]
    declarations = _declarations(connection)
    beliefs = {record.name: record for record in records}
    marks = [_mark(row) for row in connection.execute(select(schema.mark))]
    return State(
        declarations,
        beliefs,
        {mark[:3]: mark for mark in marks},
        fingerprint=fingerprint(declarations, records, marks),
    )


def _mark(row: Row[Any]) -> Mark:
    return Mark(row.kind, row.subject, row.key, row.value)


def _at_place(place: Place) -> ColumnElement[bool]:
    """The condition that a row of the track record stands at a place."""
    kind, subject, key = place
    columns = schema.mark.c
    return and_(columns.kind == kind, columns.subject == subject, columns.key == key)


def _touched(connection: Connection, does: Effects, last: StoredEntry) -> State:
    """Read the part of the present state that some effects are about, under the fingerprint of the whole."""
    table = schema.belief
    columns = [table.c[name] for name in Record._fields]
    names = {record.name for record in (*does.removed, *does.added)}
    state = State(next_age=last.seal.next_age, fingerprint=last.seal.state)
    for batch in _batches(names):
        for row in connection.execute(select(*columns).where(table.c.name.in_(batch))):
            state.beliefs[row.name] = Record(*row)
    if does.declared or does.undeclared:
        state.declarations = _declarations(connection)
    for place in dict.fromkeys(mark[:3] for mark in (*does.unmarked, *does.marked)):
        for row in connection.execute(select(schema.mark).where(_at_place(place))):
            state.marks[place] = _mark(row)
    return state


def _expect_state(state: State, after: StoredEntry, place: str) -> None:
    if state.fingerprint != after.seal.state:
        raise JournalCorruptError(
            f"{place} is damaged: what is stored is not the base that entry {after.number} left; "
            f"`beliefs verify` tells more"
        )


def _witness(connection: Connection, expected: str | None) -> Model | None:
    if expected is None:
        return None
    body = connection.execute(select(schema.witness.c.body)).scalar()
    if body is None:
        raise JournalCorruptError("the witness of the present base is missing")
    data = unpack(body, expected, "the witness of the present base")
    try:
        return Model.from_json(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise JournalCorruptError(f"the witness of the present base cannot be read: {error!r}") from error


def _wound_back(connection: Connection, number: int) -> State | None:
    """Take the present state back to the entry of that number.

    None where a declaration was taken back since: its place among the others is known from the front only.
    """
    since = [read_effects(_intact(stored).decision) for stored in _stored(connection, number + 1)]
    if any(does.undeclared for does in since):
        return None
    state = _stored_state(connection)
    for does in reversed(since):
        _take(state, does.reverse())
    return state


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


def _write_entry(connection: Connection, stored: StoredEntry, draft: _Draft) -> None:
    row = {"number": stored.number, "time": stored.time, "decision": stored.decision, **vars(stored.seal)}
    connection.execute(insert(schema.entry), [row])
    if draft.certificate is not None:
        body = pack(draft.certificate)
        connection.execute(insert(schema.certificate), [{"entry": stored.number, "body": body}])


def _write_state(connection: Connection, does: Effects) -> None:
    beliefs, declarations = schema.belief, schema.declaration
    for names in _batches(record.name for record in does.removed):
        connection.execute(delete(beliefs).where(beliefs.c.name.in_(names)))
    for texts in _batches(does.undeclared):
        connection.execute(delete(declarations).where(declarations.c.text.in_(texts)))
    if does.declared:
        last = connection.execute(select(func.max(declarations.c.position))).scalar() or 0
        rows = [
            {"position": position, "text": text} for position, text in zip(count(last + 1), does.declared)
        ]
        connection.execute(insert(declarations), rows)
    if does.added:
        connection.execute(insert(beliefs), [record._asdict() for record in does.added])
    for mark in does.unmarked:
        connection.execute(delete(schema.mark).where(_at_place(mark[:3])))
    if does.marked:
        connection.execute(insert(schema.mark), [mark._asdict() for mark in does.marked])


def _write_witness(connection: Connection, stored: StoredEntry, draft: _Draft) -> None:
    connection.execute(delete(schema.witness))
    if draft.witness is not None:
        connection.execute(insert(schema.witness), [{"entry": stored.number, "body": pack(draft.witness)}])


def _damage(connection: Connection) -> Iterator[ChainFault]:
    return (ChainFault(None, f"the file is damaged: {what}") for what in damage(connection))


def _compare(
    connection: Connection, state: State | None, head: int, last: StoredEntry
) -> Iterator[ChainFault]:
    """Yield how the present state differs from the one that the history led to by entry `head`."""
    stored = _stored_state(connection)
    if state is None:
        if stored.fingerprint != last.seal.state:
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
    _witness(connection, last.seal.witness)
