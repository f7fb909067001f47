"""The track record: what it counts, the weight that gives, and that marks say all of it."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beliefs.base.belief import Belief
from beliefs.base.case import Case
from beliefs.base.entrenchment import CERTAIN, Entrenchment
from beliefs.base.expectation import Expectation
from beliefs.base.track_record import Experience, Mark, Tally, TrackRecord
from beliefs.errors import BeliefsError
from beliefs.language.parser import parse_formula

P, Q, RULE = map(parse_formula, ("p", "q", "forall x. bird(x) -> flies(x)"))
WEIGHTS = st.fractions(Fraction(1, 10), 20, max_denominator=100)
COUNTS = st.integers(0, 50)


def recorded(tallies: dict[tuple[str, str], Tally]) -> TrackRecord:
    marks = (Mark(kind, subject, "", str(tally)) for (kind, subject), tally in tallies.items())  # type: ignore[arg-type]
    return TrackRecord().marked((), marks)


def weight(told: Fraction, tally: Tally, source: Tally = Tally()) -> Fraction:  # noqa: B008
    record = recorded({("belief", "p"): tally, ("source", "s"): source})
    return record.weighed(Belief("a", P, Entrenchment(1, told), "s")).weight


@given(WEIGHTS, COUNTS, COUNTS)
def test_weight_is_the_surprise_at_its_falsity(told: Fraction, blamed: int, confirmed: int) -> None:
    odds = (2 ** float(told) - 1) * (confirmed + 1) / (blamed + 1)
    found = weight(told, Tally(Fraction(blamed), Fraction(confirmed)))
    if blamed == confirmed:
        assert found == told
    else:
        assert abs(float(found) - max(math.log2(1 + odds), 0.001)) < 0.000_51


@given(WEIGHTS, COUNTS, COUNTS)
def test_blame_never_makes_heavier_nor_confirmation_lighter(
    told: Fraction, blamed: int, confirmed: int
) -> None:
    here = weight(told, Tally(Fraction(blamed), Fraction(confirmed)))
    assert here > 0
    grain = Fraction(1, 1000)  # a weight as told is exact, one worked out is rounded
    assert weight(told, Tally(Fraction(blamed + 1), Fraction(confirmed))) <= here + grain
    assert weight(told, Tally(Fraction(blamed), Fraction(confirmed + 1))) >= here - grain


@pytest.mark.parametrize("told", [Fraction(1, 10_000), Fraction(1, 1500), Fraction(10**7), Fraction(10**30)])
def test_a_record_of_the_lightest_and_the_heaviest_points_the_right_way(told: Fraction) -> None:
    assert 0 < weight(told, Tally(Fraction(5))) <= told <= weight(told, Tally(Fraction(0), Fraction(5)))


@pytest.mark.parametrize("told", [Fraction(10_001), Fraction(10**30), Fraction(10**9, 7)])
def test_what_is_very_heavy_loses_and_gains_bits_all_the_same(told: Fraction) -> None:
    assert weight(told, Tally(Fraction(3), Fraction(0))) == told - 2
    assert weight(told, Tally(Fraction(0), Fraction(7))) == told + 3


def test_heavy_and_very_heavy_agree_where_they_meet() -> None:
    tally = Tally(Fraction(4), Fraction(1))
    assert weight(Fraction(10_001), tally) - weight(Fraction(10_000), tally) == 1


def test_source_counts_as_the_belief_does() -> None:
    tally = Tally(Fraction(3), Fraction(1))
    assert weight(Fraction(1), tally) == weight(Fraction(1), Tally(), tally)
    assert weight(Fraction(1), tally, tally) < weight(Fraction(1), tally)


def test_nothing_on_record_leaves_what_was_told() -> None:
    for entrenchment in (Entrenchment(2, Fraction(7, 3)), Entrenchment(CERTAIN)):
        assert TrackRecord().weighed(Belief("a", P, entrenchment)) == entrenchment
        assert (
            recorded({("belief", "q"): Tally(Fraction(9))}).weighed(Belief("a", P, entrenchment))
            == entrenchment
        )


def test_certain_is_certain_whatever_happened() -> None:
    record = recorded({("belief", "p"): Tally(Fraction(100))})
    assert record.weighed(Belief("a", P, Entrenchment(CERTAIN))) == Entrenchment(CERTAIN)


def test_a_record_never_moves_a_level() -> None:
    record = recorded(
        {("belief", "p"): Tally(Fraction(1000)), ("belief", "q"): Tally(Fraction(0), Fraction(1000))}
    )
    assert record.weighed(Belief("a", P, Entrenchment(2))).level == 2
    assert record.weighed(Belief("b", Q, Entrenchment(1))).level == 1


def test_what_is_said_is_what_is_tallied() -> None:
    record = recorded({("belief", "p"): Tally(Fraction(1))})
    assert (
        record.weighed(Belief("one", P))
        == record.weighed(Belief("other", P))
        != record.weighed(Belief("one", Q))
    )


def test_older_experience_fades() -> None:
    half = Fraction(1, 2)
    tally = Tally(Fraction(4), Fraction(2))
    assert tally.counting(blamed=1, decay=half) == Tally(Fraction(3), Fraction(1))
    record = TrackRecord()
    for confirmed in (False, False, False, True):
        experience = Experience(record, half)
        experience.count({Belief("a", P, source="s"): Fraction(1)}, confirmed=confirmed)
        gone, come = experience.changes()
        record = record.marked(gone, come)
    assert record.of_belief(P) == Tally(Fraction(7, 8), Fraction(1)) == record.of_source("s")


def test_one_observation_fades_what_was_before_once() -> None:
    record = recorded({("source", "s"): Tally(Fraction(8), Fraction(8))})
    experience = Experience(record, Fraction(1, 2))
    experience.count({Belief("a", P, source="s"): Fraction(1)}, confirmed=False)
    experience.count({Belief("b", Q, source="s"): Fraction(1)}, confirmed=True)
    gone, come = experience.changes()
    assert record.marked(gone, come).of_source("s") == Tally(Fraction(5), Fraction(5))


def test_a_source_is_counted_once_for_the_most_of_its_beliefs() -> None:
    experience = Experience(TrackRecord())
    experience.count(
        {Belief("a", P, source="s"): Fraction(1, 3), Belief("b", Q, source="s"): Fraction(1)}, confirmed=False
    )
    _, come = experience.changes()
    assert TrackRecord().marked((), come).of_source("s") == Tally(Fraction(1))


def test_cases_are_inherited() -> None:
    weaker, weakest = map(
        parse_formula, ("forall x. bird(x) & a(x) -> flies(x)", "forall x. a(x) & bird(x) -> flies(x)")
    )
    experience = Experience(TrackRecord())
    robin, opus, rio = (
        Case((name,), (f"bird({name})",), f"flies({name})", False, 1) for name in ("robin", "opus", "rio")
    )
    experience.note(RULE, robin)
    experience.note(weaker, opus)
    experience.note(weakest, rio)
    experience.descend(weaker, RULE)
    experience.descend(weakest, weaker)
    record = TrackRecord().marked(*experience.changes())
    assert record.cases_of(RULE) == (robin,)
    assert record.cases_of(weaker) == (robin, opus)
    assert record.cases_of(weakest) == (robin, opus, rio)


def test_lineage_in_a_circle_ends() -> None:
    record = TrackRecord().marked((), [Mark("lineage", "p", "", "q"), Mark("lineage", "q", "", "p")])
    assert record.cases_of(P) == ()


@pytest.mark.parametrize("seed", range(60))
def test_marks_say_all_of_it_and_take_it_back(seed: int) -> None:
    """A record read from its marks is the same; undone step by step in reverse, it is each of those it was."""
    rng = random.Random(seed)
    formulas = [P, Q, RULE, parse_formula("forall x. bird(x) -> wings(x)")]
    record = TrackRecord()
    steps = []
    for number in range(1, 15):
        experience = Experience(record, rng.choice([Fraction(1), Fraction(9, 10)]))
        for confirmed in (False, True):
            tested = {
                Belief("x", rng.choice(formulas), source=rng.choice([None, "s", "t"])): Fraction(
                    1, rng.randrange(1, 4)
                )
                for _ in range(rng.randrange(3))
            }
            experience.count(tested, confirmed=confirmed)
        if rng.random() < 0.5:
            individual = rng.choice("abc")
            experience.note(rng.choice(formulas), Case((individual,), (), "p", rng.random() < 0.5))
        if rng.random() < 0.3:
            experience.descend(rng.choice(formulas), rng.choice(formulas))
        if rng.random() < 0.4:
            experience.expect(Expectation(number, rng.choice(formulas), ("a", "b")[: rng.randrange(3)]))
        if record.expectations and rng.random() < 0.4:
            experience.settle(rng.choice(list(record.expectations.values())))
        gone, come = experience.changes()
        steps.append((record, gone, come))
        record = record.marked(gone, come)
        assert TrackRecord().marked((), record.marks()) == record
        assert len({mark[:3] for mark in record.marks()}) == len(list(record.marks()))
    for before, gone, come in reversed(steps):
        record = record.marked(come, gone)
        assert record == before


@pytest.mark.parametrize(
    "mark",
    [
        Mark("belief", "p", "", "much"),
        Mark("case", "p", "[]", ""),
        Mark("expectation", "seven", "", '["p"]'),
        Mark("expectation", "7", "", '["p &"]'),
        Mark("mood", "p", "", "good"),  # type: ignore[arg-type]
    ],
)
def test_a_mark_that_cannot_be_read_is_refused(mark: Mark) -> None:
    with pytest.raises((BeliefsError, ValueError, KeyError, TypeError)):
        TrackRecord().marked((), [mark])
