"""Lines of time: what they say is what was believed after each entry."""

from __future__ import annotations

import random

import pytest
from support.journal_cases import ListModel, random_decision

from beliefs.cli.output import plain_text
from beliefs.journal.journal import Journal
from beliefs.render.timeline import WIDEST, Lifetime, lifetimes, timeline


@pytest.mark.parametrize("seed", range(12))
def test_lifetimes_are_when_beliefs_are_held(seed: int) -> None:
    lots = random.Random(seed)
    model = ListModel()
    with Journal.in_memory() as journal:
        for _ in range(lots.randrange(1, 25)):
            decision = random_decision(lots, model.bases[-1])
            journal.append(decision, expected_head=len(model.decisions))
            model.append(decision)
        first = lots.randrange(1, journal.head + 1)
        lives = lifetimes(journal.entries(first))
        touched = {life.belief.name for life in lives}
        for number in range(first, journal.head + 1):
            held = {
                life.belief.name
                for life in lives
                if (life.since or 0) <= number and (life.until is None or number < life.until)
            }
            assert held == {belief.name for belief in model.bases[number] if belief.name in touched}
        some = sorted(touched)[::2]
        if some:
            assert lifetimes(journal.entries(first), some) == tuple(
                life for life in lives if life.belief.name in some
            )


def lines_of(lives: list[Lifetime], first: int, last: int) -> list[str]:
    return plain_text(timeline(lives, first, last)).splitlines()


def life(name: str, since: int | None, until: int | None) -> Lifetime:
    from beliefs import Belief, parse_formula

    return Lifetime(Belief(name, parse_formula("p")), since, until)


def test_one_column_an_entry() -> None:
    lives = [life("a", None, 4), life("b", 3, None), life("c", 5, 6), life("d", None, None)]
    assert lines_of(lives, 3, 6) == [
        "belief   3  6",
        "a       <-x     p",
        "b        +--->  p",
        "c          +x   p",
        "d       <---->  p",
    ]


def test_entries_share_columns_where_there_are_many() -> None:
    lines = lines_of([life("a", 1, 1_000), life("b", 10, 11)], 1, 1_000)
    assert max(map(len, lines)) < WIDEST + 15
    assert "*" in lines[2]
    assert lines[0].split() == ["belief", "1", "1000"]


def test_nothing_came_or_went() -> None:
    assert lines_of([], 1, 2) == ["nothing came or went"]
