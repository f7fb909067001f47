"""The journal as its callers see it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest
from immutables import Map
from sqlalchemy import create_engine
from support.journal_cases import declarations, same, some_belief, telling

from beliefs.base.belief_base import BeliefBase
from beliefs.errors import JournalCorruptError, JournalError
from beliefs.journal import schema
from beliefs.journal.entry import Decision, StaleHead
from beliefs.journal.journal import Journal, Present
from beliefs.language.semantics import Model

WITNESS = Model(true=Map({("at", "r2", "hall"): None}))


SERVER = os.environ.get("BELIEFS_TEST_POSTGRESQL")
"""The URL of a PostgreSQL database to test with as well; everything in it is dropped."""


@pytest.fixture(params=["file", "memory", "server"] if SERVER else ["file", "memory"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    match request.param:
        case "file":
            opened = Journal.open(tmp_path / "a journal?#%.db")
        case "memory":
            opened = Journal.in_memory()
        case "server":
            assert SERVER is not None
            schema.metadata.drop_all(create_engine(SERVER))
            opened = Journal.open(SERVER)
    with opened:
        yield opened


def test_new_journal_is_empty(journal: Journal) -> None:
    assert journal.head == 0
    assert journal.base() == BeliefBase()
    assert journal.base().consistent is True
    assert list(journal.entries()) == []
    assert list(journal.check_chain()) == []
    assert not journal.read_only


def test_what_is_appended_is_read_back(journal: Journal) -> None:
    certificate = {"claims": ["success"], "beliefs": {"b1": "rain"}}
    decision = Decision(
        "revise",
        input="rain",
        declared=declarations("sort Robot", "pred at(Robot, Room)", "sort Room = {hall, lab}"),
        added=(some_belief("b1", 1, level=3, weight=Fraction(22, 7)),),
        kernels=(("b1", "b2"),),
        source="camera",
        reason="it was seen",
        consistent=True,
        certificate=certificate,
        witness=WITNESS,
    )
    entry = journal.append(decision, expected_head=0)
    assert entry.number == journal.head == 1
    assert journal.entry(1) == entry
    assert journal.entry(1).decision == decision
    assert journal.entry(1).decision.certificate is None, "large, so it is fetched when asked for"
    assert journal.certificate(1) == certificate
    base = journal.base()
    assert list(base) == list(decision.added)
    assert base.declarations == decision.declared
    assert base.witness == WITNESS
    assert base.consistent is True
    assert base.next_age == 2


def test_stale_head_writes_nothing(journal: Journal) -> None:
    journal.append(telling(some_belief("a", 1)), expected_head=0)
    with pytest.raises(StaleHead, match="from entry 0 to entry 1") as caught:
        journal.append(telling(some_belief("b", 1)), expected_head=0)
    assert (caught.value.expected, caught.value.found) == (0, 1)
    assert journal.head == 1
    assert list(journal.base().beliefs) == ["a"]
    assert list(journal.check_chain()) == []


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (telling(some_belief("a", 2)), "it adds belief 'a', but the base has a belief of that name"),
        (
            Decision("contract", removed=(some_belief("z", 1),)),
            "it removes belief 'z', which is not in the base",
        ),
        (
            Decision("contract", removed=(some_belief("a", 1, level=2),)),
            "it removes belief 'a', which is not in",
        ),
        (
            Decision("declare", declared=declarations("sort Robot")),
            "it declares 'sort Robot', which is declared",
        ),
        (
            Decision("undo", undeclared=declarations("sort Room")),
            "takes back the declaration 'sort Room', which",
        ),
        (telling(some_belief("b", 0)), "belief 'b' has no age"),
        (telling(replace(some_belief("b", 2), source="\ud800")), "cannot be written down"),
        (Decision("revise", certificate={"x": object()}), "cannot be written down"),
        (Decision("revise", certificate={"x": float("nan")}), "cannot be written down"),
        (telling(some_belief("b", 2**63)), "belief 'b' has no age"),
    ],
)
def test_decision_that_does_not_fit_is_refused(journal: Journal, decision: Decision, message: str) -> None:
    first = replace(telling(some_belief("a", 1)), declared=declarations("sort Robot"))
    journal.append(first, expected_head=0)
    before = journal.present()
    with pytest.raises(JournalError, match=message):
        journal.append(decision, expected_head=1)
    assert same(journal.base(), before.base)
    assert journal.head == 1
    journal.append(telling(some_belief("c", 2)), expected_head=1)
    assert list(journal.check_chain()) == []


def test_removed_and_put_back_keeps_its_age(journal: Journal) -> None:
    old, new = some_belief("old", 1), some_belief("new", 2)
    journal.append(telling(old, new), expected_head=0)
    journal.append(Decision("contract", removed=(old,)), expected_head=1)
    assert journal.base().next_age == 3
    journal.append(Decision("undo", added=(old,), undoes=2), expected_head=2)
    assert list(journal.base()) == [old, new]
    assert journal.entry(3).decision.undoes == 2


def test_the_newest_may_go_and_its_age_is_not_given_again(journal: Journal) -> None:
    belief = some_belief("a", 1)
    journal.append(telling(belief), expected_head=0)
    journal.append(Decision("contract", removed=(belief,)), expected_head=1)
    assert journal.base().next_age == 2
    assert journal.base_at(2).next_age == 2
    assert journal.base_at(0).next_age == 1


def test_replacing_a_belief_in_one_step(journal: Journal) -> None:
    before, after = some_belief("a", 1), some_belief("a", 2, "rain")
    journal.append(telling(before), expected_head=0)
    journal.append(Decision("repair", removed=(before,), added=(after,)), expected_head=1)
    assert list(journal.base()) == [after]
    assert list(journal.base_at(1)) == [before]


def test_listing(journal: Journal) -> None:
    for number in range(150):
        journal.append(telling(some_belief(f"b{number}", number + 1)), expected_head=number)
    assert [entry.number for entry in journal.entries()] == list(range(1, 151))
    assert [entry.number for entry in journal.entries(newest_first=True)] == list(range(150, 0, -1))
    assert [entry.number for entry in journal.entries(60, 140)] == list(range(60, 141))
    assert [entry.number for entry in journal.entries(60, 140, newest_first=True)] == list(range(140, 59, -1))
    assert [entry.number for entry in journal.entries(-5, 2)] == [1, 2]
    assert list(journal.entries(151)) == []
    assert [entry.number for entry in journal.changes_since(148)] == [149, 150]


def test_journal_can_be_written_while_it_is_listed(journal: Journal) -> None:
    for number in range(70):
        journal.append(telling(some_belief(f"b{number}", number + 1)), expected_head=number)
    seen = []
    for entry in journal.entries():
        seen.append(entry.number)
        if entry.number == 1:
            journal.append(telling(some_belief("late", 71)), expected_head=70)
    assert seen == list(range(1, 71)), "the listing ends where the journal ended when it began"


def test_catching_up_reads_only_what_is_new(journal: Journal) -> None:
    start = journal.present()
    assert start.head == 0
    journal.append(
        replace(telling(some_belief("a", 1)), declared=declarations("pred snow", "sort Robot")),
        expected_head=0,
    )
    one = journal.present(start)
    assert same(one.base, journal.base())
    snow = declarations("pred snow")
    journal.append(Decision("undo", undeclared=snow, consistent=True, witness=WITNESS), expected_head=1)
    two = journal.present(one)
    assert two.head == 2
    assert same(two.base, journal.base())
    assert two.base.declarations == declarations("sort Robot")
    assert same(journal.present(two).base, two.base)
    assert same(journal.present(Present(99, BeliefBase())).base, two.base), (
        "a state it never had is read anew"
    )


def test_there_is_no_such_entry(journal: Journal) -> None:
    journal.append(telling(some_belief("a", 1)), expected_head=0)
    for number in (0, 2, -1):
        with pytest.raises(JournalError, match=f"no entry {number}; its last is 1"):
            journal.entry(number)
        with pytest.raises(JournalError, match=f"no entry {number}"):
            journal.certificate(number)
    for number in (2, -1):
        with pytest.raises(JournalError, match=f"no entry {number}"):
            journal.base_at(number)
    assert journal.certificate(1) is None


def test_closed(journal: Journal) -> None:
    journal.close()
    journal.close()
    for use in (lambda: journal.head, journal.base, lambda: journal.append(Decision("x"), expected_head=0)):
        with pytest.raises(JournalError, match="is closed"):
            use()


def test_time_is_utc_with_milliseconds() -> None:
    moment = datetime(2026, 3, 1, 1, 30, 0, 123_987, tzinfo=timezone(timedelta(hours=2)))
    with Journal.in_memory(clock=lambda: moment) as journal:
        entry = journal.append(Decision("init"), expected_head=0)
        assert entry.time == journal.entry(1).time == "2026-02-28T23:30:00.123Z"
        assert datetime.fromisoformat(entry.time).tzinfo == UTC


def test_same_calls_give_the_same_hashes() -> None:
    def history() -> list[str]:
        with Journal.in_memory(clock=lambda: datetime(2026, 3, 1, tzinfo=UTC)) as journal:
            atoms = {("p", str(number)): None for number in range(50)}
            witness = Model(true=Map(atoms))
            journal.append(replace(telling(some_belief("a", 1)), witness=witness), expected_head=0)
            return [entry.hash for entry in journal.entries()]

    assert history() == history()


def test_unique_names_are_a_setting_of_the_journal(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j.db", unique_names=False) as journal:
        assert journal.unique_names is False
        journal.append(telling(some_belief("a", 1)), expected_head=0)
    with Journal.open(tmp_path / "j.db", unique_names=True) as journal:
        assert journal.unique_names is False
        assert journal.base().unique_names is False
        assert journal.base_at(0).unique_names is False
        assert list(journal.check_chain()) == []


def test_by_url(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'u.db'}"
    with Journal.open(url) as journal:
        journal.append(telling(some_belief("a", 1)), expected_head=0)
    with Journal.open(tmp_path / "u.db") as journal:
        assert journal.head == 1
    with Journal.open("sqlite://") as journal:
        assert journal.head == 0


def test_at_rest_it_is_one_file(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j.db") as journal:
        journal.append(telling(some_belief("a", 1)), expected_head=0)
    assert [path.name for path in tmp_path.iterdir()] == ["j.db"]


def test_logging_parses_no_formula(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.append(telling(*(some_belief(f"b{age}", age) for age in range(1, 100))), expected_head=0)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a formula was parsed")

    monkeypatch.setattr("beliefs.language.parser.parse_formula", forbidden)
    (entry,) = journal.entries()
    assert len(entry.decision.added) == 99
    assert list(journal.check_chain()) == []
    with pytest.raises(AssertionError, match="parsed"):
        _ = entry.decision.added[0]


def test_stored_sequences_behave_like_tuples(journal: Journal) -> None:
    beliefs = tuple(some_belief(f"b{age}", age) for age in range(1, 4))
    journal.append(telling(*beliefs), expected_head=0)
    added = journal.entry(1).decision.added
    assert added == beliefs
    assert beliefs == added
    assert added != beliefs[:2]
    assert added != beliefs[::-1]
    assert added != "b1"
    assert added[1:] == beliefs[1:]
    assert added[-1] == beliefs[-1]
    assert hash(added) == hash(beliefs)
    assert repr(added) == repr(beliefs)
    assert (*added, 1) == (*beliefs, 1)


def test_damaged_certificate_is_told(tmp_path: Path) -> None:
    from sqlalchemy import text

    with Journal.open(tmp_path / "j.db") as journal:
        journal.append(replace(telling(some_belief("a", 1)), certificate={"a": 1}), expected_head=0)
        for damage, message in [
            ("UPDATE certificate SET body = x'00'", "the certificate of entry 1 cannot be read"),
            ("DELETE FROM certificate", "the certificate of entry 1 is missing"),
        ]:
            with journal._writing() as connection:
                connection.execute(text(damage))
            with pytest.raises(JournalCorruptError, match=message):
                journal.certificate(1)
            assert next(str(fault) for fault in journal.check_chain()).startswith(f"entry 1: {message}")


def test_the_types_import_no_database() -> None:
    code = "import sys, beliefs.journal.entry; print('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize("large", [False, True])
def test_a_base_after_its_journal_was_closed(
    large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr("beliefs.journal.state.SMALL", 0)
    for opened in (Journal.open(tmp_path / "j.db"), Journal.in_memory()):
        with opened as journal:
            journal.append(telling(some_belief("a", 1), some_belief("b", 2)), expected_head=0)
            base = journal.base()
            assert base["a"].formula == base["b"].formula
            assert len(base) == 2
        assert base["a"].age == 1, "what was looked at is kept"
        if not large:
            assert sorted(base.mentioning("wet")) == ["a", "b"]
        else:
            with pytest.raises(JournalError, match="is closed: keep it open while you use a base"):
                sorted(base.mentioning("wet"))
