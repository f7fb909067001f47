"""Individuals with names that look like variables are stored, and read back as individuals."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from support.journal_cases import declarations

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import Entrenchment
from beliefs.errors import JournalCorruptError
from beliefs.journal import codec
from beliefs.journal.codec import Record
from beliefs.journal.entry import Decision
from beliefs.journal.journal import Journal
from beliefs.language.mistakes import LOOK_LIKE_VARIABLES
from beliefs.language.parser import parse_document
from beliefs.language.syntax import Atom, Constant, Formula


def entrenched(name: str, formula: Formula, age: int = 1) -> Belief:
    return Belief(name, formula, Entrenchment(1, Fraction(1)), None, age)


@pytest.mark.parametrize("letter", sorted(LOOK_LIKE_VARIABLES))
def test_every_letter_is_read_back_as_an_individual(letter: str) -> None:
    belief = entrenched("b1", Atom("p", (Constant(letter),)))
    assert codec.belief(codec.record(belief)) == belief


@pytest.mark.parametrize(
    "declared",
    [("const x, y: Thing",), ("sort L = {x, y, z}",), ("func x: Int", "func y: Int")],
    ids=["const", "members", "func"],
)
def test_journal_with_letters_is_read_back(declared: tuple[str, ...], tmp_path: Path) -> None:
    document = parse_document("\n".join((*declared, "x = y", "forall w. w = x -> y = w")))
    beliefs = tuple(
        entrenched(f"b{age}", statement.formula, age) for age, statement in enumerate(document.statements, 1)
    )
    place = tmp_path / "letters.db"
    with Journal.open(place) as journal:
        journal.append(Decision("expand", declared=declarations(*declared), added=beliefs), expected_head=0)
    with Journal.open(place) as journal:
        assert list(journal.base()) == list(beliefs)
        assert journal.base().declarations == document.declarations
        assert tuple(journal.entry(1).decision.added) == beliefs
        assert list(journal.check_chain()) == []


def test_a_text_that_the_printer_cannot_have_written_is_refused() -> None:
    record = Record("b1", "p(x) & (forall x. q(x))", "1", "1", None, 1)
    with pytest.raises(JournalCorruptError, match="the stored belief 'b1' cannot be read"):
        codec.belief(record)
