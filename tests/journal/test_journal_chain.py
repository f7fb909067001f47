"""The audit: whatever is changed behind the journal's back, it says so and names the entry."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from immutables import Map
from support.journal_cases import declarations, some_belief, telling

from beliefs.errors import JournalCorruptError
from beliefs.journal.entry import Decision
from beliefs.journal.journal import Journal
from beliefs.language.semantics import Model

A, B, C = some_belief("a", 1), some_belief("b", 2), some_belief("c", 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of four entries: two beliefs come, one goes, one more comes."""
    place = tmp_path / "j.db"
    with Journal.open(place) as journal:
        first = replace(telling(A, B), declared=declarations("sort Robot", "pred snow"), certificate={"n": 1})
        journal.append(first, expected_head=0)
        journal.append(
            replace(telling(), operation="contract", removed=(A,), certificate={"n": 2}), expected_head=1
        )
        journal.append(Decision("note", reason="nothing happened", consistent=True), expected_head=2)
        witness = Model(true=Map({("rain",): None}))
        journal.append(replace(telling(C), witness=witness), expected_head=3)
    return place


def damage(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement
        connection.commit()


def faults(path: Path) -> list[str]:
    with Journal.open(path) as journal:
        return [str(fault) for fault in journal.check_chain()]


def test_intact(path: Path) -> None:
    assert faults(path) == []


COLUMNS = [
    ("time", "'2020-01-01T00:00:00.000Z'"),
    ("decision", "replace(decision, 'null', '\"x\"')"),
    ("decision", "decision || ' '"),
    ("next_age", "next_age + 1"),
    ("state", "'0' || substr(state, 2)"),
    ("certificate", "'00'"),
    ("witness", "'00'"),
    ("previous", "'00'"),
    ("hash", "'00'"),
]


@pytest.mark.parametrize(("column", "value"), COLUMNS)
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_column_of_every_entry_counts(path: Path, number: int, column: str, value: str) -> None:
    damage(path, f"UPDATE entry SET {column} = {value} WHERE number = {number}")
    told = faults(path)
    assert any(fault.startswith(f"entry {number}: ") for fault in told), told
    with (
        Journal.open(path) as journal,
        pytest.raises(JournalCorruptError, match=f"entry {number} is not as it was"),
    ):
        list(journal.entries())


def test_damage_is_told_once(path: Path) -> None:
    damage(path, "UPDATE entry SET time = 'noon' WHERE number = 2")
    assert faults(path) == ["entry 2: it is not as it was written: its hash differs"]


def test_missing_entry(path: Path) -> None:
    damage(path, "DELETE FROM certificate WHERE entry = 2", "DELETE FROM entry WHERE number = 2")
    assert faults(path) == ["entry 2: it is missing: entry 3 follows entry 1"]


def test_missing_first_entry(path: Path) -> None:
    damage(path, "DELETE FROM certificate WHERE entry = 1", "DELETE FROM entry WHERE number = 1")
    assert "entry 1: it is missing: entry 2 follows entry 0" in faults(path)


def test_missing_last_entry(path: Path) -> None:
    damage(path, "DELETE FROM witness", "DELETE FROM entry WHERE number = 4")
    assert faults(path) == ["belief 'c' of the present state is not what the history left"]


def test_other_settings(path: Path) -> None:
    damage(path, "UPDATE meta SET value = 'false' WHERE name = 'unique_names'")
    assert faults(path) == [
        "entry 1: it was written after something else than the settings of the journal as it is now"
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE belief SET formula = 'wet' WHERE name = 'b'",
        "UPDATE belief SET level = '7' WHERE name = 'b'",
        "UPDATE belief SET weight = '1/2' WHERE name = 'b'",
        "UPDATE belief SET source = NULL WHERE name = 'b'",
        "UPDATE belief SET age = 9 WHERE name = 'b'",
        "UPDATE belief SET name = 'd' WHERE name = 'b'",
        "DELETE FROM belief WHERE name = 'b'",
        "INSERT INTO belief VALUES (9, 'd', 'wet', '1', '1', NULL, 4, 1, NULL)",
        "UPDATE declaration SET text = 'sort Rover' WHERE text = 'sort Robot'",
        "DELETE FROM declaration WHERE text = 'sort Robot'",
        "INSERT INTO declaration VALUES (9, 'sort Rover', 1, NULL)",
    ],
)
def test_damage_to_the_present_state(path: Path, statement: str) -> None:
    damage(path, statement)
    told = faults(path)
    assert told
    assert all("of the present state" in fault for fault in told)
    with Journal.open(path) as journal:
        with pytest.raises(JournalCorruptError, match="not the base that entry 4 left"):
            journal.base()
        assert set(journal.base_at(1).beliefs) == {"a", "b"}, "the past does not need the present state"


def test_order_of_declarations_counts(path: Path) -> None:
    damage(path, "UPDATE declaration SET position = 9 WHERE text = 'sort Robot'")
    assert faults(path) == ["the declarations of the present state are not what the history left"]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE witness SET key = '['", "cannot be read"),
        ("UPDATE witness SET kind = 'maybe'", "cannot be read"),
        ("UPDATE witness SET key = '[\"snow\"]'", "is not the one that was written"),
        ("UPDATE witness SET until = 4", "is not the one that was written"),
        ("DELETE FROM witness", "is not the one that was written"),
    ],
)
def test_damage_to_the_witness(path: Path, statement: str, message: str) -> None:
    damage(path, statement)
    (told,) = faults(path)
    assert told.startswith("the witness of the present base")
    assert message in told
    with Journal.open(path) as journal, pytest.raises(JournalCorruptError, match=message):
        journal.base()


def test_a_forged_step_is_found_by_replay(path: Path) -> None:
    """A whole new chain, hashes and all, over a decision that its effects do not bear out."""
    from beliefs.journal import journal as module

    with Journal.open(path) as journal:
        stored = list(journal._page(1, 4))
    forged = replace(stored[1], decision=stored[1].decision.replace('"rain -> wet"', '"rain"'))
    rows = []
    previous = stored[0].seal.hash
    for entry in [forged, *stored[2:]]:
        entry = replace(entry, seal=replace(entry.seal, previous=previous))
        previous = module.hash_of(entry)
        rows.append((entry.decision, entry.seal.previous, previous, entry.number))
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("UPDATE entry SET decision = ?, previous = ?, hash = ? WHERE number = ?", rows)
        connection.commit()
    assert faults(path) == ["entry 2: it removes belief 'a', which is not in the base as it says"]


def test_entries_that_come_in_during_the_audit(path: Path) -> None:
    with Journal.open(path) as journal, Journal.open(path) as writer:
        assert list(_interrupted(journal, writer)) == []


def _interrupted(journal: Journal, writer: Journal) -> Iterator[object]:
    original = journal.certificate

    def certificate(number: int) -> object:
        if number == 2:
            writer.append(telling(some_belief("late", 4)), expected_head=4)
        return original(number)

    journal.certificate = certificate  # type: ignore[method-assign, assignment]
    yield from journal.check_chain()
    assert journal.head == 5
