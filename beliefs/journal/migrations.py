"""How a database becomes a journal, and how one of an older form is brought up to date.

A migration and its record are one transaction: a journal is always of one whole form. Migrations are history
and are never edited: each spells out its own tables, so that it does tomorrow what it did on the day it was
written, whatever `schema.py` has become. A test holds that all of them together make what `schema.py` says.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
)

from beliefs.errors import (
    BeliefsError,
    JournalCorruptError,
    JournalError,
    JournalReadOnlyError,
    JournalVersionError,
)
from beliefs.journal import schema
from beliefs.journal.codec import Record, belief, declaration
from beliefs.journal.database import Database
from beliefs.journal.faults import is_of_database
from beliefs.journal.items import filed_under, symbol_items, witness_items
from beliefs.language.semantics import Model
from beliefs.language.sorts import infer


@dataclass(frozen=True)
class Migration:
    """One step from a form of the journal to the next.

    Attributes:
        number: the form it leads to.
        name: what it brings, in a few words.
        run: does it, in the transaction of the connection it is given.
    """

    number: int
    name: str
    run: Callable[[Connection], None]


def _first(connection: Connection) -> None:
    tables = MetaData()
    Table(
        "migration",
        tables,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("name", Text, nullable=False),
        Column("time", Text, nullable=False),
    )
    Table("meta", tables, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
    Table(
        "entry",
        tables,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("time", Text, nullable=False),
        Column("decision", Text, nullable=False),
        Column("next_age", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("certificate", Text),
        Column("witness", Text),
        Column("previous", Text, nullable=False),
        Column("hash", Text, nullable=False),
    )
    for name in ("certificate", "witness"):
        Table(
            name,
            tables,
            Column("entry", ForeignKey("entry.number"), primary_key=True, autoincrement=False),
            Column("body", LargeBinary, nullable=False),
        )
    Table(
        "declaration",
        tables,
        Column("position", Integer, primary_key=True, autoincrement=False),
        Column("text", Text, nullable=False, unique=True),
    )
    Table(
        "belief",
        tables,
        Column("name", Text, primary_key=True),
        Column("formula", Text, nullable=False),
        Column("level", Text, nullable=False),
        Column("weight", Text, nullable=False),
        Column("source", Text),
        Column("age", BigInteger, nullable=False),
        Index("belief_by_age", "age"),
        sqlite_with_rowid=False,
    )
    tables.create_all(connection)
    connection.execute(insert(tables.tables["meta"]), [{"name": "kind", "value": schema.KIND}])


def _second(connection: Connection) -> None:
    tables = MetaData()
    Table(
        "mark",
        tables,
        Column("kind", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("value", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    tables.create_all(connection)


def _third(connection: Connection) -> None:
    rows = _Rows()
    entries = connection.execute(text("SELECT number, decision FROM entry ORDER BY number")).all()
    for number, decision in entries:
        rows.take(number, json.loads(decision))
    head = entries[-1].number if entries else 0
    model = connection.execute(text("SELECT body FROM witness")).scalar()
    for table in ("belief", "declaration", "mark", "witness"):
        connection.execute(text(f"DROP TABLE {table}"))
    tables = _tables_of_the_third()
    tables.create_all(connection)
    connection.execute(text("ALTER TABLE entry ADD COLUMN consistent BOOLEAN"))
    for number, decision in entries:
        values = {"number": number, "consistent": json.loads(decision)["consistent"]}
        connection.execute(text("UPDATE entry SET consistent = :consistent WHERE number = :number"), values)
    for name, found in rows.finished(head, model).items():
        if found:
            connection.execute(insert(tables.tables[name]), found)
    connection.execute(
        text("INSERT INTO meta (name, value) VALUES ('indexed_from', :head)"), {"head": str(head)}
    )


def _tables_of_the_third() -> MetaData:
    tables = MetaData()
    Table(
        "declaration",
        tables,
        Column("position", Integer, primary_key=True, autoincrement=False),
        Column("text", Text, nullable=False),
        Column("since", Integer, nullable=False),
        Column("until", Integer),
    )
    Table(
        "belief",
        tables,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("name", Text, nullable=False),
        Column("formula", Text, nullable=False),
        Column("level", Text, nullable=False),
        Column("weight", Text, nullable=False),
        Column("source", Text),
        Column("age", BigInteger, nullable=False),
        Column("since", Integer, nullable=False),
        Column("until", Integer),
        Index("belief_by_name", "name"),
    )
    Table(
        "mark",
        tables,
        Column("kind", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("since", Integer, primary_key=True, autoincrement=False),
        Column("value", Text, nullable=False),
        Column("until", Integer),
        sqlite_with_rowid=False,
    )
    Table(
        "mention",
        tables,
        Column("key", Text, primary_key=True),
        Column("belief", Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    Table(
        "symbol",
        tables,
        Column("name", Text, primary_key=True),
        Column("since", Integer, primary_key=True, autoincrement=False),
        Column("kind", Text, nullable=False),
        Column("sorts", Text, nullable=False),
        Column("until", Integer),
        sqlite_with_rowid=False,
    )
    Table(
        "witness",
        tables,
        Column("kind", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("since", Integer, primary_key=True, autoincrement=False),
        Column("value", Text, nullable=False),
        Column("until", Integer),
        sqlite_with_rowid=False,
    )
    return tables


class _Rows:
    """The rows of the state tables of the third form, as a history makes them."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {"declaration": [], "belief": [], "mark": []}
        self._holding: dict[tuple[str, ...], dict[str, Any]] = {}

    def take(self, number: int, decision: dict[str, Any]) -> None:
        """Take a step of the history.

        Raises:
            JournalCorruptError: it ends what does not hold, or begins what does.
        """
        for name, *_ in decision["removed"]:
            self._end(number, "belief", name)
        for said in decision["undeclared"]:
            self._end(number, "declaration", said)
        for said in decision["declared"]:
            position = len(self._rows["declaration"]) + 1
            self._begin(number, {"position": position, "text": said}, "declaration", said)
        for record in decision["added"]:
            columns = ("name", "formula", "level", "weight", "source", "age")
            row = {"number": len(self._rows["belief"]) + 1, **dict(zip(columns, record, strict=True))}
            self._begin(number, row, "belief", record[0])
        for *place, _ in decision.get("unmarked", ()):
            self._end(number, "mark", *place)
        for mark in decision.get("marked", ()):
            self._begin(
                number, dict(zip(("kind", "subject", "key", "value"), mark, strict=True)), "mark", *mark[:3]
            )

    def _begin(self, number: int, row: dict[str, Any], *place: str) -> None:
        if place in self._holding:
            raise JournalCorruptError(f"entry {number} adds {place[1]!r}, which is there already")
        row.update(since=number, until=None)
        self._holding[place] = row
        self._rows[place[0]].append(row)

    def _end(self, number: int, *place: str) -> None:
        if place not in self._holding:
            raise JournalCorruptError(f"entry {number} takes away {place[1]!r}, which is not there")
        self._holding.pop(place)["until"] = number

    def finished(self, head: int, model: bytes | None) -> dict[str, list[dict[str, Any]]]:
        """Return all rows, those of index, signature and witness as of the last entry among them."""
        present = [row for row in self._rows["belief"] if row["until"] is None]
        declared = [row for row in self._rows["declaration"] if row["until"] is None]
        said = {row["number"]: belief(_record(row)) for row in self._rows["belief"]}
        signature = infer(
            [declaration(row["text"]) for row in declared],
            [(row["name"], said[row["number"]].formula) for row in present],
        )
        items = () if model is None else witness_items(Model.from_json(json.loads(zlib.decompress(model))))
        return {
            **self._rows,
            "mention": [
                {"key": key, "belief": number}
                for number, each in said.items()
                for key in filed_under(each.formula)
            ],
            "symbol": [
                {**symbol._asdict(), "since": head, "until": None} for symbol in symbol_items(signature)
            ],
            "witness": [{**item._asdict(), "since": head, "until": None} for item in items],
        }


def _record(row: Mapping[str, Any]) -> Record:
    return Record(**{name: row[name] for name in Record._fields})


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "history, certificates and the present state", _first),
    Migration(2, "track record", _second),
    Migration(3, "a state that is read bit by bit, with its index", _third),
)


def prepare(database: Database, *, create: bool, unique_names: bool) -> None:
    """Make sure that a database is a journal of the present form.

    Afterwards every migration has been run. A new journal has the given setting of unique names; one that
    exists keeps its own.

    Raises:
        JournalError: the database holds something else, or a migration failed. It is as it was.
        JournalVersionError: a newer version wrote it. It is as it was.
        JournalCorruptError: it does not say of which form it is. It is as it was.
        JournalReadOnlyError: it needs a migration and cannot be written.
    """
    with database.reading() as connection:
        form = _form(connection, database.place)
    if form == 0 and not (create and database.writable):
        raise JournalError(f"{database.place} is an empty database, not a journal; nothing was changed")
    if form == len(MIGRATIONS):
        return
    if not database.writable:
        raise JournalReadOnlyError(
            f"{database.place} is a journal of format {form} and must be brought to format {len(MIGRATIONS)} "
            f"first: open it once where it can be written"
        )
    for step in MIGRATIONS:
        _run(step, database, unique_names)


def _form(connection: Connection, place: str) -> int:
    """The form of the journal in a database: 0 where there is nothing at all.

    Raises:
        JournalError: it holds something else; or a journal that is damaged, or of a newer form.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return 0
    if not {"meta", "migration"} <= set(tables) or _kind(connection) != schema.KIND:
        raise JournalError(
            f"{place} is a database of something else (it has a table {min(tables)!r}), "
            f"not a beliefs journal; nothing was changed"
        )
    form = connection.execute(select(func.max(schema.migration.c.number))).scalar_one()
    if form is None:
        raise JournalCorruptError(
            f"{place} is damaged: the record of its format is gone; nothing was changed: restore it from a copy"
        )
    if form > len(MIGRATIONS):
        raise JournalVersionError(
            f"{place} was written by a newer version "
            f"(format {form}; this one reads up to {len(MIGRATIONS)}): upgrade beliefs; nothing was changed"
        )
    return int(form)


def _kind(connection: Connection) -> str | None:
    columns = {column["name"] for column in inspect(connection).get_columns("meta")}
    if not {"name", "value"} <= columns:
        return None
    return connection.execute(select(schema.meta.c.value).where(schema.meta.c.name == "kind")).scalar()


def _run(step: Migration, database: Database, unique_names: bool) -> None:
    """Run one migration, unless another process has done so by the time the journal can be written."""
    with database.writing() as connection:
        form = _form(connection, database.place)
        if form >= step.number:
            return
        try:
            step.run(connection)
        except Exception as error:
            if isinstance(error, BeliefsError) or is_of_database(error):
                raise
            raise JournalError(
                f"{database.place} could not be brought from format {form} to format {step.number} "
                f"({step.name}): {error}; it is as it was"
            ) from error
        if form == 0:
            setting = {"name": "unique_names", "value": str(unique_names).lower()}
            connection.execute(insert(schema.meta), [setting])
        record = {
            "number": step.number,
            "name": step.name,
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        connection.execute(insert(schema.migration), [record])
