"""Observations: the policies against truth tables and power sets, expectations, and what is counted."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from support.truth_tables import best_incisions, kernels, random_entrenchment, random_formula, satisfiable

from beliefs.answers import settled
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.base.expectation import Expectation
from beliefs.base.track_record import Experience, Tally, TrackRecord, expectation_mark
from beliefs.certificates.checker import check
from beliefs.change import consolidate, revise, semi_revise
from beliefs.errors import BaseError
from beliefs.failure.observation import observe, settles
from beliefs.language.parser import parse_formula
from beliefs.reasoning.verdict import Budget, Unknown

PROPOSITIONS = ("p", "q", "r", "s")


def random_base(rng: random.Random, *, consistent: bool = True) -> BeliefBase:
    while True:
        beliefs = [
            Belief(
                f"k{number}",
                random_formula(rng, PROPOSITIONS),
                random_entrenchment(rng),
                rng.choice([None, "s", "t"]),
            )
            for number in range(rng.randrange(1, 7))
        ]
        base = settled(BeliefBase().add(*beliefs))
        assert not isinstance(base, Unknown)
        if base.consistent or not consistent:
            return base


@pytest.mark.parametrize("seed", range(600))
def test_semi_revision_is_consolidation_with_the_observation(seed: int) -> None:
    """Against the definition: the least incision of the base with the observation, by power set and truth table."""
    rng = random.Random(seed)
    base = random_base(rng, consistent=seed % 3 > 0)
    observation = Belief("seen", random_formula(rng, PROPOSITIONS), random_entrenchment(rng), "s")
    change = semi_revise(base, observation)
    extended = base.add(observation)
    if any(held.formula == observation.formula for held in base):
        return
    incisions = best_incisions(tuple(extended), kernels(tuple(extended), [], PROPOSITIONS))
    if not incisions:
        assert change.status == "refused"
        assert change.after == base
        return
    given_up = {belief.name for belief in change.removed} | ({"seen"} if change.rejected else set())
    assert given_up == set(incisions[0])
    assert (change.status == "rejected") == ("seen" in incisions[0])
    assert {belief.name for belief in change.after} == {belief.name for belief in extended} - set(
        incisions[0]
    )
    assert change.certificate is not None
    assert check(change.certificate).valid
    assert satisfiable((belief.formula for belief in change.after), PROPOSITIONS)


def test_a_weighed_observation_is_kept_just_where_it_outweighs_what_it_refutes() -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(500):
        rng = random.Random(seed)
        base = random_base(rng)
        observation = Belief("seen", random_formula(rng, PROPOSITIONS), random_entrenchment(rng))
        if any(held.formula == observation.formula for held in base):
            continue
        change = observe(base, observation, policy="weighed", repairs=False).change
        direct, definition = revise(base, observation), semi_revise(base, observation)
        outcomes[change.status] += 1
        assert (change.status, change.removed) == (definition.status, definition.removed)
        if change.status == "done":
            assert change.removed == direct.removed
            assert (
                observation.entrenchment.is_certain
                or not direct.kernels
                or (direct.cost < Cost.of([observation.entrenchment]))
            )
        elif change.status == "rejected":
            assert change.after == base
            assert direct.status == "refused" or direct.cost >= Cost.of([observation.entrenchment])
        else:
            assert observation.entrenchment.is_certain
            assert change.status == "refused"
    assert min(outcomes["done"], outcomes["rejected"]) > 10
    assert outcomes["refused"] > 0


def test_screening_rejects_just_what_contradicts_the_certain() -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(400):
        rng = random.Random(seed)
        base = random_base(rng)
        observation = Belief("seen", random_formula(rng, PROPOSITIONS), random_entrenchment(rng))
        change = observe(base, observation, policy="screened", repairs=False).change
        certain = [belief.formula for belief in base if belief.entrenchment.is_certain]
        outcomes[change.status] += 1
        if not satisfiable([observation.formula], PROPOSITIONS):
            assert change.status == "refused"
        elif not satisfiable([*certain, observation.formula], PROPOSITIONS):
            assert change.status == "rejected"
            assert change.after == base
        else:
            assert change.removed == revise(base, observation).removed
    assert min(outcomes[status] for status in ("done", "rejected", "refused")) > 2


def base_of(*texts: str, source: str | None = None, level: int = 1) -> BeliefBase:
    beliefs = (
        Belief(f"b{number}", parse_formula(text), Entrenchment(level), source)
        for number, text in enumerate(texts, 1)
    )
    base = settled(BeliefBase().add(*beliefs))
    assert isinstance(base, BeliefBase)
    return base


def expecting(base: BeliefBase, text: str, *because: str) -> BeliefBase:
    expectation = Expectation(len(base.record.expectations) + 1, parse_formula(text), because)
    return replace(base, record=base.record.marked((), [expectation_mark(expectation)]))


def seen_in(base: BeliefBase, text: str, source: str | None = "eye", **options: object):
    return observe(base, Belief("seen", parse_formula(text), source=source), **options)  # type: ignore[arg-type]


def tallies(base: BeliefBase, seen) -> dict[tuple[str, str], Tally]:
    return dict(base.record.marked(seen.unmarked, seen.marked).tallies)


HALF = Fraction(1, 2)


def test_a_kernel_shares_blame_and_what_is_given_up_bears_it_whole() -> None:
    base = base_of("p", "p -> q", source="manual")
    seen = seen_in(base, "!q")
    assert tallies(base, seen) == {
        ("belief", "p"): Tally(HALF),
        ("belief", "p -> q"): Tally(Fraction(1)),
        ("source", "manual"): Tally(Fraction(1)),
    }


def test_who_is_firmer_is_blamed_less() -> None:
    beliefs = ((0, "p"), (1, "q"), (1, "r"), (9, "s"))
    said = parse_formula("p & q & r & s -> z")
    base = settled(
        BeliefBase().add(
            *(Belief(f"b{text}", parse_formula(text), Entrenchment(level)) for level, text in beliefs),
            Belief("rule", said, Entrenchment("certain")),
        )
    )
    assert isinstance(base, BeliefBase)
    blamed = {subject: tally.blamed for (_, subject), tally in tallies(base, seen_in(base, "!z")).items()}
    assert blamed["p"] == 1
    assert blamed["q"] == blamed["r"] == Fraction(100_000, 1_200_001)
    assert blamed["s"] == Fraction(1, 1_200_001)
    assert set(blamed) == {"p", "q", "r", "s"}


def test_what_is_certain_is_not_blamed() -> None:
    base = BeliefBase().add(
        Belief("a", parse_formula("p")), Belief("b", parse_formula("p -> q"), Entrenchment("certain"))
    )
    known = settled(base)
    assert isinstance(known, BeliefBase)
    assert tallies(known, seen_in(known, "!q")) == {("belief", "p"): Tally(Fraction(1))}


def test_what_came_true_confirms_what_foretold_it() -> None:
    base = base_of("p", "p -> q", "r", source="manual")
    one = Fraction(1)
    assert tallies(base, seen_in(base, "q")) == {
        ("belief", "p"): Tally(confirmed=one),
        ("belief", "p -> q"): Tally(confirmed=one),
        ("source", "manual"): Tally(confirmed=one),
    }


@pytest.mark.parametrize(("source", "counted"), [("eye", 0), (None, 2), ("other", 2)])
def test_no_source_confirms_itself(source: str | None, counted: int) -> None:
    base = base_of("p", source="eye")
    assert len(tallies(base, seen_in(base, "p", source))) == counted


def test_who_says_no_source_does_not_confirm_the_same_words() -> None:
    base = base_of("p", source=None)
    assert tallies(base, seen_in(base, "p", None)) == {}
    assert tallies(base, seen_in(base, "p | q", None)) != {}


def test_a_rejected_observation_is_blamed_alone() -> None:
    base = base_of("p", "p -> q", level=3, source="manual")
    seen = seen_in(base, "!q", policy="weighed")
    assert seen.change.status == "rejected"
    assert tallies(base, seen) == {
        ("belief", "!q"): Tally(Fraction(1)),
        ("source", "eye"): Tally(Fraction(1)),
    }


def test_an_expectation_is_met_or_refuted_or_stays_open() -> None:
    base = expecting(expecting(expecting(base_of("p -> q"), "q"), "r", "b1"), "!q", "b1")
    seen = seen_in(base, "q & !r")
    assert [expectation.number for expectation in seen.met] == [1]
    assert [expectation.number for expectation in seen.refuted] == [2, 3]
    left = base.record.marked(seen.unmarked, seen.marked)
    assert not left.expectations
    assert seen_in(base, "s").met == seen_in(base, "s").refuted == ()


def test_a_guess_that_fails_blames_what_it_rested_on() -> None:
    base = expecting(base_of("p", "r"), "q", "b1", "b2")
    seen = seen_in(base, "!q")
    assert not seen.change.kernels
    assert tallies(base, seen) == {("belief", "p"): Tally(HALF), ("belief", "r"): Tally(HALF)}


def test_what_is_certain_helps_to_settle_an_expectation_and_what_is_not_does_not() -> None:
    law = parse_formula("at(hall) -> !at(lab)")
    for entrenchment, verdict in ((Entrenchment("certain"), "refuted"), (Entrenchment(5), None)):
        base = settled(BeliefBase().add(Belief("law", law, entrenchment)))
        assert isinstance(base, BeliefBase)
        assert settles(base, parse_formula("at(hall)"), parse_formula("at(lab)")) == verdict


def test_what_is_decided_without_the_observation_is_not_settled_by_it() -> None:
    base = expecting(expecting(base_of("p"), "q | !q", "b1"), "q & !q", "b1")
    seen = seen_in(base, "r")
    assert (seen.met, seen.refuted) == ((), ())
    assert tallies(base, seen) == {}


def test_a_source_that_misleads_loses_against_one_that_does_not() -> None:
    """Two sources contradict each other on equal terms: the record decides, though age would decide otherwise."""
    base = base_of("w1", "w2", source="gossip")
    for number in (1, 2):
        seen = observe(base, Belief(f"o{number}", parse_formula(f"!w{number}"), source="eye"))
        base = replace(seen.change.after, record=base.record.marked(seen.unmarked, seen.marked))
    base = base.add(
        Belief("g", parse_formula("z"), source="gossip"), Belief("h", parse_formula("z -> y"), source="book")
    )
    known = settled(base)
    assert isinstance(known, BeliefBase)
    assert [gone.name for gone in seen_in(known, "!y").change.removed] == ["g"]
    fresh = base_of("z", "z -> y")
    assert [gone.name for gone in seen_in(fresh, "!y").change.removed] == ["b2"]


def test_weights_learned_enter_the_certificate() -> None:
    experience = Experience(TrackRecord())
    experience.count({Belief("x", parse_formula("p")): Fraction(3)}, confirmed=False)
    base = base_of("p", "p -> q")
    base = replace(base, record=TrackRecord().marked(*experience.changes()))
    change = seen_in(base, "!q", repairs=False).change
    assert [gone.name for gone in change.removed] == ["b1"]
    assert change.cost == Cost.of([Entrenchment(1, Fraction(322, 1000))])
    assert change.certificate is not None
    assert check(change.certificate).valid


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"policy": "trusting"},
            "there is no policy 'trusting'; choose one of prioritized, screened, weighed",
        ),
        (
            {"decay": Fraction(0)},
            "a decay is a number above 0 and at most 1, which is none, and at least a millionth; not 0",
        ),
        (
            {"decay": Fraction(3, 2)},
            "a decay is a number above 0 and at most 1, which is none, and at least a millionth; not 3/2",
        ),
    ],
)
def test_bad_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(BaseError) as caught:
        seen_in(base_of("p"), "!p", **options)
    assert str(caught.value) == message


def test_unknown_teaches_nothing() -> None:
    base = base_of("p", "p -> q")
    for policy in ("prioritized", "screened", "weighed"):
        seen = seen_in(base, "!q", policy=policy, budget=Budget(milliseconds=0))
        assert seen.change.status == "unknown"
        assert (seen.marked, seen.unmarked, seen.change.after) == ((), (), base)


def test_the_observation_of_an_inconsistent_base_is_weighed_with_all_that_contradicts_itself() -> None:
    base = base_of("p", "!p", "q")
    change = seen_in(base, "!q", policy="weighed").change
    assert change.status == "rejected"
    assert [gone.name for gone in change.removed] == ["b2"]
    assert consolidate(base).removed == change.removed
