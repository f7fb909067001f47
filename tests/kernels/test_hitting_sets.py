"""Hitting sets of least cost and their canonical order, against every set of labels."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from support.conflicts import minimal, subsets

from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.kernels.hitting_set import HittingSets, MinimalHittingSets
from beliefs.reasoning.verdict import Budget, Label, Unknown

CERTAIN = Entrenchment("certain")
Family = list[frozenset[Label]]


def random_entrenchment(random: Random, plain: bool) -> Entrenchment:
    if random.random() < 0.12:
        return CERTAIN
    if plain:
        return Entrenchment()
    return Entrenchment(
        random.choice((0, 1, 1, 7)), Fraction(random.randint(1, 4), random.choice((1, 1, 2, 3)))
    )


def random_family(random: Random, size: int) -> tuple[Family, dict[Label, Entrenchment], list[Label]]:
    """Return kernels, entrenchments and the labels in the order of priority."""
    labels = [f"b{number}" for number in range(random.randint(2, size))]
    plain = random.random() < 0.6
    held = {label: random_entrenchment(random, plain) for label in labels}
    family = [
        frozenset(random.sample(labels, random.randint(1, min(4, len(labels)))))
        for _ in range(random.randint(0, 6))
    ]
    return family, held, random.sample(labels, len(labels))


def least_by_looking(
    family: Family, held: dict[Label, Entrenchment], order: list[Label], out: Family | None = None
) -> list[frozenset[Label]]:
    """Return the hitting sets of least cost in the canonical order, by looking at every set."""
    free = [label for label in order if not held[label].is_certain]
    hitting = [each for each in subsets(free) if all(each & kernel for kernel in family)]
    hitting = [each for each in hitting if not any(gone <= each for gone in out or ())]
    if not hitting:
        return []
    costs = {each: Cost.of(held[label] for label in each) for each in hitting}
    least = min(costs.values())
    ties = [each for each in hitting if costs[each] == least]
    return sorted(ties, key=lambda each: sorted(order.index(label) for label in each))


@pytest.mark.parametrize("block", range(5))
def test_all_of_least_cost_come_in_the_canonical_order(block: int) -> None:
    several = 0
    for seed in range(300 * block, 300 * (block + 1)):
        family, held, order = random_family(Random(seed), 8)
        expected = least_by_looking(family, held, order)
        hitting_sets = HittingSets(held.__getitem__, order.index)
        for kernel in family:
            hitting_sets.add(kernel)
        least = hitting_sets.least()
        if expected:
            assert least in expected
            assert hitting_sets.canonical() == expected[0]
            assert hitting_sets.cost == Cost.of(held[label] for label in expected[0])
        else:
            assert least is None
            assert hitting_sets.canonical() is None
            assert hitting_sets.cost is None
        assert list(hitting_sets.all_least()) == expected
        several += len(expected) > 1
    assert several > 40


def test_kernels_may_come_between_questions() -> None:
    for seed in range(800):
        random = Random(seed)
        family, held, order = random_family(random, 8)
        hitting_sets = HittingSets(held.__getitem__, order.index)
        for count, kernel in enumerate(family, 1):
            hitting_sets.add(kernel)
            expected = least_by_looking(family[:count], held, order)
            question = random.choice(("least", "canonical", "following", "none"))
            if question == "least":
                least = hitting_sets.least()
                assert least in expected if expected else least is None
            elif question == "canonical":
                assert hitting_sets.canonical() == (expected[0] if expected else None)
            elif question == "following" and expected:
                place = random.randrange(len(expected))
                following = expected[place + 1] if place + 1 < len(expected) else None
                assert hitting_sets.following(expected[place]) == following


def test_the_canonical_one_does_not_hang_on_the_order_of_kernels() -> None:
    for seed in range(300):
        random = Random(seed)
        family, held, order = random_family(random, 9)
        answers = set()
        for _ in range(4):
            random.shuffle(family)
            hitting_sets = HittingSets(held.__getitem__, order.index)
            for kernel in family:
                hitting_sets.add(kernel)
                hitting_sets.least()
            answers.add(hitting_sets.canonical())
        assert len(answers) == 1


def test_a_higher_level_outweighs_any_number_below_it() -> None:
    # Kernels join the one label of level 2 to each of many of level 1, whose weights outgrow any first guess.
    low = [f"low {number}" for number in range(60)]
    held = {label: Entrenchment(1, Fraction(10**number, 7)) for number, label in enumerate(low)}
    held["high"] = Entrenchment(2, Fraction(1, 10**9))
    hitting_sets = HittingSets(held.__getitem__, ["high", *low].index)
    for label in low:
        hitting_sets.add(frozenset({"high", label}))
        assert hitting_sets.least() == set(low[: low.index(label) + 1])
    assert list(hitting_sets.all_least()) == [frozenset(low)]


def test_levels_met_later_take_their_place() -> None:
    held = {
        "a": Entrenchment(5),
        "b": Entrenchment(5),
        "c": Entrenchment(9),
        "d": Entrenchment(0),
        "e": Entrenchment(7),
    }
    hitting_sets = HittingSets(held.__getitem__, "abcde".index)
    hitting_sets.add(frozenset("ab"))
    hitting_sets.add(frozenset("bc"))
    assert hitting_sets.least() == {"b"}
    hitting_sets.add(frozenset("ad"))
    assert hitting_sets.least() == {"b", "d"}
    hitting_sets.add(frozenset("de"))
    hitting_sets.add(frozenset("ae"))
    assert hitting_sets.canonical() == {"a", "b", "d"}
    assert hitting_sets.cost == Cost(((5, Fraction(2)), (0, Fraction(1))))


def test_what_no_incision_can_hit() -> None:
    hitting_sets = HittingSets(lambda label: CERTAIN if label == "law" else Entrenchment(), str)
    hitting_sets.add(frozenset({"a"}))
    hitting_sets.add(frozenset({"law"}))
    hitting_sets.add(frozenset({"b"}))
    assert hitting_sets.least() is None
    assert list(hitting_sets.all_least()) == []
    assert hitting_sets.following(frozenset({"a"})) is None


def hard_family() -> HittingSets:
    random = Random(3)
    hitting_sets = HittingSets(lambda label: Entrenchment(), int, Budget(resources=20_000))
    for _ in range(120):
        hitting_sets.add(frozenset(random.sample(range(100), 6)))
    return hitting_sets


def test_a_budget_is_kept_and_unknown_comes_back() -> None:
    hitting_sets = hard_family()
    assert isinstance(hitting_sets.least(), Unknown)
    assert isinstance(hitting_sets.canonical(), Unknown)
    assert isinstance(hitting_sets.cost, Unknown)
    assert [type(each) for each in hitting_sets.all_least()] == [Unknown]


def test_a_question_that_ran_out_of_budget_may_be_asked_again() -> None:
    random = Random(4)
    family = [frozenset(random.sample(range(14), 4)) for _ in range(24)]
    held = dict.fromkeys(range(14), Entrenchment())
    expected = least_by_looking(family, held, list(range(14)))
    hitting_sets = HittingSets(held.__getitem__, int, Budget(resources=300))
    for kernel in family:
        hitting_sets.add(kernel)
    answers = [hitting_sets.least() for _ in range(200)]
    assert isinstance(answers[0], Unknown)
    assert answers[-1] in expected


def test_after_an_interrupt_all_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    hitting_sets = HittingSets(lambda label: Entrenchment(), str)
    hitting_sets.add(frozenset("ab"))
    hitting_sets.add(frozenset("bc"))
    with monkeypatch.context() as patch:
        patch.setattr("pysat.solvers.Minisat22.solve_limited", interrupted)
        with pytest.raises(KeyboardInterrupt):
            hitting_sets.least()
    assert hitting_sets.least() == {"b"}


def test_hundreds_of_kernels_are_cut_at_the_least_cost() -> None:
    random = Random(5)
    held = {
        label: Entrenchment(random.randint(1, 5), Fraction(random.randint(1, 10))) for label in range(1000)
    }
    hitting_sets = HittingSets(held.__getitem__, int)
    family = [frozenset(random.sample(range(1000), random.randint(5, 10))) for _ in range(300)]
    for kernel in family:
        hitting_sets.add(kernel)
    canonical = hitting_sets.canonical()
    assert isinstance(canonical, frozenset)
    assert all(canonical & kernel for kernel in family)
    assert Cost.of(held[label] for label in canonical) == hitting_sets.cost
    # Every label has a kernel that only it hits, or it would not be of least cost.
    assert all(any(canonical & kernel == {label} for kernel in family) for label in canonical)


def test_minimal_hitting_sets_are_those_of_every_set() -> None:
    for seed in range(600):
        random = Random(seed)
        family, held, order = random_family(random, 8)
        expected = minimal(each for each in subsets(held) if all(each & kernel for kernel in family))
        hitting_sets = MinimalHittingSets(order.index)
        for kernel in family:
            hitting_sets.add(kernel)
        found = []
        while (hitting_set := hitting_sets.find()) is not None:
            found.append(hitting_set)
            hitting_sets.settle(hitting_set)
        assert len(found) == len(expected)
        assert set(found) == expected


def test_what_is_ruled_out_comes_no_more() -> None:
    held = {"a": Entrenchment(1), "b": Entrenchment(1), "c": Entrenchment(2)}
    hitting_sets = HittingSets(held.__getitem__, "abc".index)
    hitting_sets.add(frozenset("abc"))
    found = []
    while isinstance(least := hitting_sets.canonical(), frozenset):
        found.append(least)
        hitting_sets.rule_out(least)
    assert found == [{"a"}, {"b"}, {"c"}]
    assert hitting_sets.least() is None
    assert hitting_sets.cost is None
    assert list(hitting_sets.all_least()) == []


def test_hitting_sets_that_include_none_ruled_out_are_those_of_every_set() -> None:
    exhausted = blocked = 0
    for seed in range(900):
        random = Random(seed)
        family, held, order = random_family(random, 7)
        hitting_sets = HittingSets(held.__getitem__, order.index)
        known: Family = []
        out: Family = []
        for kernel in [*family, *family[:2]]:
            known.append(kernel)
            hitting_sets.add(kernel)
            spoken_of = set().union(*known)
            open_labels = [label for label in order if label in spoken_of and not held[label].is_certain]
            if open_labels and random.random() < 0.7:
                out.append(frozenset(random.choices(open_labels, k=random.choice((1, 1, 2, 3)))))
                hitting_sets.rule_out(out[-1])
            expected = least_by_looking(known, held, order, out)
            if random.random() < 0.5:
                least = hitting_sets.least()
                assert least in expected if expected else least is None
            assert list(hitting_sets.all_least()) == expected
            exhausted += bool(out) and not expected
            blocked += bool(expected) and expected != least_by_looking(known, held, order)
    assert exhausted > 100
    assert blocked > 100


def test_to_rule_out_nothing_is_to_rule_out_all() -> None:
    hitting_sets = HittingSets(lambda label: Entrenchment(), str)
    assert hitting_sets.canonical() == frozenset()
    hitting_sets.rule_out(frozenset())
    assert hitting_sets.canonical() is None
    hitting_sets.add(frozenset("a"))
    assert hitting_sets.least() is None


def test_only_labels_of_kernels_are_ruled_out() -> None:
    hitting_sets = HittingSets(lambda label: Entrenchment(), str)
    hitting_sets.add(frozenset("ab"))
    with pytest.raises(ValueError, match="only labels of kernels can be ruled out, not c, d"):
        hitting_sets.rule_out(frozenset("acd"))


def test_what_is_ruled_out_outlives_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    hitting_sets = HittingSets(lambda label: Entrenchment(), str)
    hitting_sets.add(frozenset("ab"))
    hitting_sets.rule_out(frozenset("a"))
    with monkeypatch.context() as patch:
        patch.setattr("pysat.solvers.Minisat22.solve_limited", interrupted)
        with pytest.raises(KeyboardInterrupt):
            hitting_sets.least()
    assert hitting_sets.least() == {"b"}
