"""A database becomes a journal, and an older journal a newer one: wholly, or not at all."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, Table, create_engine, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from support.journal_cases import ListModel, random_decision, same, some_belief, telling

from beliefs.errors import JournalCorruptError, JournalError, JournalReadOnlyError, JournalVersionError
from beliefs.journal import migrations, schema
from beliefs.journal.journal import Journal
from beliefs.journal.migrations import MIGRATIONS, Migration


def add_column(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE entry ADD COLUMN place TEXT"))
    connection.execute(text("UPDATE entry SET place = 'here'"))


def fail_half_way(connection: Connection) -> None:
    add_column(connection)
    raise RuntimeError("the dog ate it")


def fail_at_the_start(connection: Connection) -> None:
    schema.metadata.create_all(connection)
    raise RuntimeError("the dog ate it")


def fail_in_the_database(connection: Connection) -> None:
    add_column(connection)
    connection.execute(text("SELECT nonsense FROM nowhere"))


PRESENT = len(MIGRATIONS)
PLACES = Migration(PRESENT + 1, "where each entry was written", add_column)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal of format 1, with an entry in it."""
    path = tmp_path / "j.db"
    with Journal.open(path) as opened:
        opened.append(telling(some_belief("a", 1)), expected_head=0)
    return path


def form(path: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT number, name FROM migration ORDER BY number").fetchall()


def columns(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[1] for row in connection.execute("PRAGMA table_info(entry)")]


def use(monkeypatch: pytest.MonkeyPatch, *steps: Migration) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)


def test_migrations_are_numbered_without_gaps() -> None:
    assert [step.number for step in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def _described(tables: MetaData) -> dict[str, list[str]]:
    def column_texts(table: Table) -> Sequence[str]:
        return [
            f"{column.name} {column.type.as_generic()} null={column.nullable} key={column.primary_key} "
            f"to={sorted(key.target_fullname for key in column.foreign_keys)}"
            for column in table.columns
        ]

    return {
        name: [
            *column_texts(table),
            *sorted(
                f"index {index.name} {[column.name for column in index.columns]}" for index in table.indexes
            ),
        ]
        for name, table in tables.tables.items()
    }


def test_all_migrations_together_make_the_schema(journal: Path, tmp_path: Path) -> None:
    migrated, declared = MetaData(), MetaData()
    migrated.reflect(create_engine(f"sqlite:///{journal}"))
    engine = create_engine(f"sqlite:///{tmp_path / 'declared.db'}")
    schema.metadata.create_all(engine)
    declared.reflect(engine)
    assert _described(migrated) == _described(declared)


def test_schema_can_be_said_to_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    said = "".join(
        str(CreateTable(table).compile(dialect=dialect)) for table in schema.metadata.sorted_tables
    )
    assert "BYTEA" in said
    assert "WITHOUT ROWID" not in said


def test_new_journal_runs_them_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, *MIGRATIONS, PLACES)
    with Journal.open(tmp_path / "new.db"):
        pass
    assert [number for number, _ in form(tmp_path / "new.db")] == [*range(1, PRESENT + 2)]
    assert "place" in columns(tmp_path / "new.db")


def test_every_earlier_format_is_brought_up_to_date(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    third = Migration(PRESENT + 2, "nothing", lambda _: None)
    for steps in ((*MIGRATIONS, PLACES), (*MIGRATIONS, PLACES, third)):
        use(monkeypatch, *steps)
        with Journal.open(journal) as opened:
            assert [entry.number for entry in opened.entries()] == [1]
            assert list(opened.check_chain()) == []
        assert [number for number, _ in form(journal)] == [step.number for step in steps]
    added = [(PRESENT + 1, "where each entry was written"), (PRESENT + 2, "nothing")]
    assert form(journal)[PRESENT:] == added


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (
            fail_half_way,
            f"from format {PRESENT} to format {PRESENT + 1} .a bad step.: the dog ate it; it is as it was",
        ),
        (fail_in_the_database, "damaged: no such table: nowhere"),
    ],
)
def test_failing_migration_leaves_the_old_format(
    journal: Path, monkeypatch: pytest.MonkeyPatch, step: object, message: str
) -> None:
    use(monkeypatch, *MIGRATIONS, Migration(PRESENT + 1, "a bad step", step))  # type: ignore[arg-type]
    with pytest.raises(JournalError, match=message):
        Journal.open(journal)
    assert [number for number, _ in form(journal)] == [*range(1, PRESENT + 1)]
    assert "place" not in columns(journal)
    monkeypatch.undo()
    with Journal.open(journal) as opened:
        opened.append(telling(some_belief("b", 2)), expected_head=1)
        assert list(opened.check_chain()) == []


def test_failing_creation_leaves_no_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Migration(1, "a bad start", fail_at_the_start))
    with pytest.raises(JournalError, match="could not be brought"):
        Journal.open(tmp_path / "j.db")
    assert inspect(create_engine(f"sqlite:///{tmp_path / 'j.db'}")).get_table_names() == []
    monkeypatch.undo()
    with Journal.open(tmp_path / "j.db") as opened:
        assert opened.head == 0


def test_newer_format_is_refused(journal: Path) -> None:
    with closing(sqlite3.connect(journal)) as connection:
        connection.execute("INSERT INTO migration VALUES (7, 'from the future', '2040-01-01')")
        connection.commit()
    before = journal.read_bytes()
    expected = (
        rf"j\.db was written by a newer version \(format 7; this one reads up to {len(MIGRATIONS)}\): "
        r"upgrade beliefs; nothing was changed$"
    )
    for read_only in (True, False):
        with pytest.raises(JournalVersionError, match=expected):
            Journal.open(journal, read_only=read_only)
    assert journal.read_bytes() == before


def test_a_journal_that_has_lost_its_format_is_damaged(journal: Path) -> None:
    with closing(sqlite3.connect(journal)) as connection:
        connection.execute("DELETE FROM migration")
        connection.commit()
    with pytest.raises(JournalCorruptError, match="the record of its format is gone"):
        Journal.open(journal)
    assert form(journal) == []


def test_older_format_cannot_be_read_where_it_cannot_be_written(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, *MIGRATIONS, PLACES)
    with pytest.raises(
        JournalReadOnlyError,
        match=f"of format {PRESENT} and must be brought to format {PRESENT + 1} first",
    ):
        Journal.open(journal, read_only=True)
    assert [number for number, _ in form(journal)] == [*range(1, PRESENT + 1)]


def put_back(path: Path) -> None:
    """Give a journal without a witness the second form again: what is past stands in its entries alone."""
    with closing(sqlite3.connect(path)) as connection:
        kept = {
            "belief": "SELECT name, formula, level, weight, source, age FROM belief WHERE until IS NULL",
            "declaration": "SELECT position, text FROM declaration WHERE until IS NULL",
            "mark": "SELECT kind, subject, key, value FROM mark WHERE until IS NULL",
        }
        rows = {table: connection.execute(query).fetchall() for table, query in kept.items()}
        for table in (*kept, "mention", "symbol", "witness"):
            connection.execute(f"DROP TABLE {table}")
        connection.executescript(
            """
            CREATE TABLE belief (name TEXT PRIMARY KEY, formula TEXT, level TEXT, weight TEXT, source TEXT, age BIGINT);
            CREATE INDEX belief_by_age ON belief (age);
            CREATE TABLE declaration (position INTEGER PRIMARY KEY, text TEXT UNIQUE);
            CREATE TABLE mark (kind TEXT, subject TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, subject, key));
            CREATE TABLE witness (entry INTEGER PRIMARY KEY, body BLOB);
            ALTER TABLE entry DROP COLUMN consistent;
            DELETE FROM migration WHERE number = 3;
            DELETE FROM meta WHERE name = 'indexed_from';
            """
        )
        for table, found in rows.items():
            for row in found:
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        connection.commit()


@pytest.mark.parametrize("seed", range(12))
def test_a_journal_of_the_second_form_keeps_its_past_and_goes_on(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    model = ListModel()
    path = tmp_path / "j.db"

    def go_on(journal: Journal) -> None:
        for _ in range(rng.randrange(1, 9)):
            decision = replace(random_decision(rng, model.bases[-1]), witness=None)
            journal.append(decision, expected_head=len(model.decisions))
            model.append(decision)

    with Journal.open(path) as journal:
        go_on(journal)
    put_back(path)
    with Journal.open(path) as journal:
        for _ in range(2):
            assert list(journal.check_chain()) == []
            assert list(journal.check_index(model.bases[-1])) == []
            for number, base in enumerate(model.bases):
                assert same(journal.base_at(number), base, witness=False)
            go_on(journal)
