"""A base whose parts are read from the database when they are looked at, and as they were after one entry.

Rows of the state are never changed but to say that they hold no longer (see `schema`), so what is read late is what
would have been read early, whatever has been written meanwhile. What was read is kept.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, bindparam, func, or_, select

from beliefs.base.belief import Belief
from beliefs.base.index import Key
from beliefs.journal import schema
from beliefs.journal.codec import Record, belief
from beliefs.journal.database import Database
from beliefs.journal.items import Sorts, Symbol, ground_of, ground_text, key_text, symbol_of
from beliefs.language.semantics import Ground

K = TypeVar("K")
V = TypeVar("V")

KEPT: Final = 200_000
"""How many items of a mapping are kept once they were read; when there are more, all are let go."""

_UNREAD: Final = object()
_ABSENT: Final = object()


def holding(table: Table) -> ColumnElement[bool]:
    """The condition that a row of the state holds after the entry `at`."""
    at: Any = bindparam("at")
    return and_(table.c.since <= at, or_(table.c.until.is_(None), table.c.until > at))


_RECORD = [schema.belief.c[name] for name in Record._fields]
_BY_NAME = select(*_RECORD).where(schema.belief.c.name == bindparam("name"), holding(schema.belief))
ALL_BELIEFS = select(*_RECORD).where(holding(schema.belief)).order_by(schema.belief.c.age)
_COUNT = select(func.count()).select_from(schema.belief).where(holding(schema.belief))
_FILED = (
    select(*_RECORD)
    .join(schema.mention, schema.mention.c.belief == schema.belief.c.number)
    .where(schema.mention.c.key == bindparam("key"), holding(schema.belief))
)
_SOME_FILED = _FILED.limit(bindparam("limit"))
ALL_SYMBOLS = select(schema.symbol.c.name, schema.symbol.c.kind, schema.symbol.c.sorts).where(
    holding(schema.symbol)
)
_ONE_SYMBOL = ALL_SYMBOLS.where(schema.symbol.c.name == bindparam("name"))
_KIND_OF_SYMBOL = ALL_SYMBOLS.where(schema.symbol.c.kind == bindparam("kind"))
_ITEM = select(schema.witness.c.key).where(
    schema.witness.c.kind == bindparam("kind"), holding(schema.witness)
)
_COUNT_ITEMS = (
    select(func.count())
    .select_from(schema.witness)
    .where(schema.witness.c.kind == bindparam("kind"), holding(schema.witness))
)
_ONE_ITEM = _ITEM.where(schema.witness.c.key == bindparam("key"))


class Snapshot:
    """The state of a journal as it was after one entry, to be read for as long as the journal is open."""

    def __init__(self, database: Database, at: int) -> None:
        """Take the state after the entry of that number."""
        self._database = database
        self.at = at

    def rows(self, query: Select[Any], **values: object) -> list[Row[Any]]:
        """Return what a query finds.

        Raises:
            JournalError: it cannot be read, or the journal was closed.
        """
        with self._database.reading() as connection:
            return list(read(connection, query, self.at, **values))


def read(connection: Connection, query: Select[Any], at: int, **values: object) -> Iterable[Row[Any]]:
    """Return what a query finds that holds after one entry."""
    return connection.execute(query, {"at": at, **values})


def found(
    connection: Connection, at: int, containing: str, after: Belief | None, limit: int
) -> tuple[Belief, ...]:
    """Return beliefs held after one entry whose name, formula or source holds a text; see `Journal.find`."""
    table = schema.belief
    query = ALL_BELIEFS.order_by(table.c.name).limit(limit)
    if after is not None:
        query = query.where(
            or_(table.c.age > after.age, and_(table.c.age == after.age, table.c.name > after.name))
        )
    if containing:
        literally = re.sub(r"([\\%_])", r"\\\1", containing)
        pattern = func.lower(f"%{literally}%")
        columns = (table.c.name, table.c.formula, table.c.source)
        query = query.where(or_(*(func.lower(column).like(pattern, escape="\\") for column in columns)))
    return tuple(belief(Record._make(row)) for row in read(connection, query, at))


class _Shelf(Mapping[K, V], Generic[K, V]):
    """A mapping that is read item by item where it is looked at."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._read: dict[K, Any] = {}

    @abstractmethod
    def _fetch(self, key: K) -> V | Any:
        """Read the value of a key, or `_ABSENT`."""

    @abstractmethod
    def _fetch_all(self) -> Iterator[tuple[K, V]]:
        """Read all there is."""

    def _look(self, key: K) -> V | Any:
        value = self._read.get(key, _UNREAD)
        if value is _UNREAD:
            if len(self._read) >= KEPT:
                self._read.clear()
            value = self._read[key] = self._fetch(key)
        return value

    def __getitem__(self, key: K) -> V:
        value = self._look(key)
        if value is _ABSENT:
            raise KeyError(key)
        return value

    def get(self, key: K, default: Any = None) -> Any:
        """Return the value of a key, or the default where there is none."""
        value = self._look(key)
        return default if value is _ABSENT else value

    def __contains__(self, key: object) -> bool:
        return self._look(key) is not _ABSENT  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[K]:
        return (key for key, _ in self._fetch_all())

    def __len__(self) -> int:
        return sum(1 for _ in self._fetch_all())


class StoredBeliefs(Mapping[str, Belief]):
    """The beliefs by name. The formula of one is parsed when the belief is looked at."""

    def __init__(self, snapshot: Snapshot, records: Iterable[Record] | None = None) -> None:
        """Take the beliefs of a snapshot; where all their records are given, no more is ever read."""
        self._snapshot = snapshot
        self._beliefs: dict[str, Belief] = {}
        self._complete = records is not None
        self._records: dict[str, Record | None] = {record.name: record for record in records or ()}
        self._count = len(self._records) if self._complete else None

    def remember(self, record: Record) -> None:
        """Take in a record that was read on another occasion."""
        self._make_room()
        self._records[record.name] = record

    def _record(self, name: str) -> Record | None:
        if name in self._records or self._complete:
            return self._records.get(name)
        self._make_room()
        rows = self._snapshot.rows(_BY_NAME, name=name)
        record = self._records[name] = Record._make(rows[0]) if rows else None
        return record

    def _make_room(self) -> None:
        if len(self._records) >= KEPT:
            self._records.clear()
            self._beliefs.clear()

    def __getitem__(self, name: str) -> Belief:
        found = self._beliefs.get(name)
        if found is None:
            record = self._record(name)
            if record is None:
                raise KeyError(name)
            found = self._beliefs[name] = belief(record)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._record(name) is not None

    def __iter__(self) -> Iterator[str]:
        if self._complete:
            yield from self._records
            return
        for row in self._snapshot.rows(ALL_BELIEFS):
            record = Record._make(row)
            self.remember(record)
            yield record.name

    def __len__(self) -> int:
        if self._count is None:
            self._count = int(self._snapshot.rows(_COUNT)[0][0])
        return self._count


class StoredFiles:
    """The index of the stored beliefs. Whoever asks for the beliefs filed under a key will look at them next."""

    def __init__(
        self, snapshot: Snapshot, beliefs: StoredBeliefs, files: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """Take the index of a snapshot; where all of it is given, no more is ever read."""
        self._snapshot = snapshot
        self._beliefs = beliefs
        self._complete = files is not None
        self._files: dict[str, Collection[str]] = dict(files or {})

    def names(self, key: Key) -> Collection[str]:
        """Return the names of the beliefs filed under a key."""
        text = key_text(key)
        found = self._files.get(text)
        if found is None:
            if self._complete:
                return ()
            if len(self._files) >= KEPT:
                self._files.clear()
            found = self._files[text] = dict.fromkeys(self._read(_FILED, key=text))
        return found

    def some(self, key: Key, limit: int) -> Collection[str]:
        """Return so many of them at most."""
        text = key_text(key)
        if text in self._files or self._complete:
            return self.names(key)
        found = list(self._read(_SOME_FILED, key=text, limit=limit))
        if len(found) < limit:
            self._files[text] = dict.fromkeys(found)
        return found

    def _read(self, query: Select[Any], **values: object) -> Iterator[str]:
        for row in self._snapshot.rows(query, **values):
            record = Record._make(row)
            self._beliefs.remember(record)
            yield record.name


class StoredSymbols(_Shelf[str, Any]):
    """The symbols of one kind with their sorts. One reading tells of a name what it is in any of them."""

    def __init__(self, snapshot: Snapshot, kind: str, siblings: dict[str, StoredSymbols]) -> None:
        """Take the symbols of a kind, to be put among those of the other kinds."""
        super().__init__(snapshot)
        self._kind = kind
        self._siblings = siblings
        siblings[kind] = self

    def _fetch(self, name: str) -> Sorts | Any:
        for sibling in self._siblings.values():
            sibling._read[name] = _ABSENT
        for row in self._snapshot.rows(_ONE_SYMBOL, name=name):
            kind, sorts = symbol_of(Symbol._make(row))
            self._siblings[kind]._read[name] = sorts
        return self._read[name]

    def _fetch_all(self) -> Iterator[tuple[str, Sorts]]:
        for row in self._snapshot.rows(_KIND_OF_SYMBOL, kind=self._kind):
            yield row.name, symbol_of(Symbol._make(row))[1]


class StoredTruths(_Shelf[Ground, None]):
    """The ground atoms that hold in the witness."""

    def _fetch(self, key: Ground) -> Any | None:
        rows = self._snapshot.rows(_ONE_ITEM, kind="true", key=ground_text(key))
        return None if rows else _ABSENT

    def __len__(self) -> int:
        return int(self._snapshot.rows(_COUNT_ITEMS, kind="true")[0][0])

    def _fetch_all(self) -> Iterator[tuple[Ground, None]]:
        for row in self._snapshot.rows(_ITEM, kind="true"):
            yield ground_of(row.key), None
