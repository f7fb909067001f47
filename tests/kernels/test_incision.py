"""The least incision, its proof and its equals, against every set of labels."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from random import Random

import pytest
from support.conflicts import SmallConflict, of_family
from support.incisions import CERTAIN, Case

from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.kernels.hitting_set import HittingSets
from beliefs.kernels.incision import (
    Incision,
    Irrefutable,
    equally_good,
    incisions_by_cost,
    least_incision,
)
from beliefs.kernels.kernel import kernel_without
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Unknown, Unsat, Verdict


@pytest.mark.parametrize("block", range(8))
def test_the_answer_is_the_canonical_one_of_every_set(block: int) -> None:
    for seed in range(300 * block, 300 * (block + 1)):
        case = Case(seed)
        case.assert_right(case.solve())


def test_the_cases_are_varied() -> None:
    cases = [Case(seed) for seed in range(600)]
    assert sum(not case.best for case in cases) > 20
    assert sum(len(case.best) > 1 for case in cases) > 60
    assert sum(len(case.best) > 3 for case in cases) > 5
    assert sum(case.best == [frozenset()] for case in cases) > 20
    assert sum(bool(case.best) and len(case.best[0]) > 2 for case in cases) > 20


def test_the_kernels_prove_the_cost_and_the_relevance() -> None:
    for seed in range(1000):
        case = Case(seed)
        answer = case.solve()
        if isinstance(answer, Incision):
            assert len(set(answer.kernels)) == len(answer.kernels)
            assert set(answer.kernels) <= case.conflict.kernels()
            hitting_sets = HittingSets(case.held.__getitem__, case.order.index)
            for kernel in answer.kernels:
                hitting_sets.add(kernel)
            assert hitting_sets.cost == answer.cost
            for label in answer.removed:
                assert any(kernel & answer.removed == {label} for kernel in answer.kernels)


def test_the_equally_good_are_all_there_in_order() -> None:
    for seed in range(1000):
        case = Case(seed)
        answer = case.solve()
        if isinstance(answer, Incision):
            found = equally_good(case.conflict, answer, case.held.__getitem__, case.order.index)
            assert list(found) == case.best


def test_the_answer_does_not_hang_on_the_cores() -> None:
    for seed in range(150):
        case = Case(seed)
        for other in range(4):
            case.conflict._cores = Random(other)
            answer = case.solve()
            case.assert_right(answer)


def test_unknown_is_never_taken_for_an_answer() -> None:
    met = 0
    for seed in range(1500):
        case = Case(seed)
        case.conflict.unknown_at = {Random(seed).randint(1, 14)}
        answer = case.solve()
        if isinstance(answer, Unknown):
            assert case.conflict.questions >= min(case.conflict.unknown_at)
            met += 1
        else:
            case.assert_right(answer)
    assert met > 300


def test_unknown_ends_the_equally_good() -> None:
    met = 0
    for seed in range(600):
        case = Case(seed)
        answer = case.solve()
        if isinstance(answer, Incision):
            case.conflict.unknown_at = {case.conflict.questions + Random(seed).randint(1, 6)}
            found = list(equally_good(case.conflict, answer, case.held.__getitem__, case.order.index))
            if isinstance(found[-1], Unknown):
                found.pop()
                met += 1
                assert found == case.best[: len(found)]
            else:
                assert found == case.best
    assert met > 30


def solve(conflict: SmallConflict, **held: Entrenchment) -> Incision | Irrefutable | Unknown:
    return least_incision(conflict, lambda label: held.get(str(label), Entrenchment()), conflict.labels.index)


def test_vacuity() -> None:
    conflict = of_family("abc", [])
    assert solve(conflict) == Incision(frozenset(), Cost(), ())
    assert conflict.questions == 1


def test_certain_labels_that_contradict_the_input_are_shown() -> None:
    conflict = of_family("abc", ["ab", "bc"])
    assert solve(conflict, a=CERTAIN, b=CERTAIN, c=CERTAIN) in (
        Irrefutable(frozenset("ab")),
        Irrefutable(frozenset("bc")),
    )
    assert solve(conflict, b=CERTAIN, c=CERTAIN) == Irrefutable(frozenset("bc"))
    assert solve(of_family("abc", [[]])) == Irrefutable(frozenset())


def test_ties_go_to_the_label_that_comes_first() -> None:
    conflict = of_family(["new", "newer name", "old"], [["new", "old", "newer name"]])
    answer = solve(conflict)
    assert isinstance(answer, Incision)
    assert answer.removed == {"new"}
    others = list(equally_good(conflict, answer, lambda label: Entrenchment(), conflict.labels.index))
    assert others == [{"new"}, {"newer name"}, {"old"}]


def test_a_limit_on_the_equally_good_is_kept_without_asking_on() -> None:
    conflict = of_family(range(40), [{each, each + 20} for each in range(20)])
    answer = solve(conflict)
    assert isinstance(answer, Incision)
    conflict.questions = 0
    assert list(equally_good(conflict, answer, lambda label: Entrenchment(), int, 1)) == [answer.removed]
    assert conflict.questions == 0
    assert len(list(equally_good(conflict, answer, lambda label: Entrenchment(), int, 7))) == 7
    assert conflict.questions == 6
    assert list(equally_good(conflict, answer, lambda label: Entrenchment(), int, 0)) == []


def test_one_kernel_costs_few_questions() -> None:
    conflict = of_family(range(1000), [{1, 400, 900}])
    answer = solve(conflict)
    assert isinstance(answer, Incision)
    assert answer.removed == {1}
    assert conflict.questions <= 55


def test_a_search_beyond_the_budget_is_unknown() -> None:
    random = Random(3)
    family = [random.sample(range(100), 6) for _ in range(120)]
    conflict = of_family(range(100), family)
    answer = least_incision(conflict, lambda label: Entrenchment(), int, budget=Budget(resources=5_000))
    assert isinstance(answer, Unknown)
    assert "budget" in answer.reason


def test_one_kernel_is_cut_without_looking_for_more() -> None:
    left_out: list[frozenset[Label]] = []

    class Noting(SmallConflict):
        def without(self, excluded: Collection[Label]) -> Verdict:
            left_out.append(frozenset(excluded))
            return super().without(excluded)

    solve(Noting("abcd", lambda asked: asked >= set("bc")))
    assert left_out == [frozenset(), {"b"}]


def by_cost(case: Case, budget: Budget = UNLIMITED) -> list[Incision | Irrefutable | Unknown]:
    find = partial(
        kernel_without,
        case.conflict,
        spare=case.order.index,
        is_certain=lambda label: case.held[label].is_certain,
    )
    return list(incisions_by_cost(find, case.held.__getitem__, case.order.index, budget=budget))


def test_all_minimal_incisions_come_in_the_order_of_cost() -> None:
    several = unequal = refuted = 0
    for seed in range(1500):
        case = Case(seed)
        found = by_cost(case)
        possible = case.conflict.incisions(lambda label, held=case.held: not held[label].is_certain)
        if not possible:
            (answer,) = found
            assert isinstance(answer, Irrefutable)
            case.assert_right(answer)
            refuted += 1
            continue
        expected = sorted(possible, key=lambda each, case=case: (case.cost(each), case._places(each)))
        assert [each.removed for each in found if isinstance(each, Incision)] == expected
        assert len(found) == len(expected)
        for each in found:
            assert isinstance(each, Incision)
            assert each.cost == case.cost(each.removed)
            assert set(each.kernels) <= case.conflict.kernels()
        several += len(expected) > 2
        unequal += len({str(case.cost(each)) for each in expected}) > 1
    assert several > 150
    assert unequal > 100
    assert refuted > 30


def test_what_contradicts_the_input_will_do_for_a_kernel() -> None:
    # A search that never shrinks: all that is not excluded is its "kernel".
    for seed in range(300):
        case = Case(seed)

        def find(excluded: frozenset[Label], case: Case = case) -> frozenset[Label] | Verdict:
            verdict = case.conflict.without(excluded)
            return verdict.core if isinstance(verdict, Unsat) else verdict

        found = list(incisions_by_cost(find, case.held.__getitem__, case.order.index))  # type: ignore[arg-type]
        possible = case.conflict.incisions(lambda label, held=case.held: not held[label].is_certain)
        expected = sorted(possible, key=lambda each, case=case: (case.cost(each), case._places(each)))
        assert [each.removed for each in found if isinstance(each, Incision)] == expected


def test_incisions_by_cost_are_looked_for_when_they_are_asked_for() -> None:
    conflict = of_family(range(8), [{1, 2}, {3, 4}, {5, 6}])
    find = partial(kernel_without, conflict)
    found = incisions_by_cost(find, lambda label: Entrenchment(), int)
    assert conflict.questions == 0
    first = next(found)
    asked = conflict.questions
    assert isinstance(first, Incision)
    assert first.removed == {1, 3, 5}
    assert len(list(found)) == 7
    assert conflict.questions > asked


def test_an_unknown_ends_the_incisions_by_cost() -> None:
    for seed in range(60):
        whole = by_cost(Case(seed))
        case = Case(seed)
        last = case.conflict.questions
        by_cost(case)
        for question in range(1, case.conflict.questions - last + 1):
            case = Case(seed)
            case.conflict.unknown_at = {question}
            found = by_cost(case)
            if any(isinstance(each, Unknown) for each in found):
                assert isinstance(found[-1], Unknown)
                found = found[:-1]
            assert [each.removed for each in found if isinstance(each, Incision)] == [
                each.removed for each in whole if isinstance(each, Incision)
            ][: len(found)]
    random = Random(3)
    conflict = of_family(range(100), [random.sample(range(100), 6) for _ in range(120)])
    *_, end = incisions_by_cost(
        partial(kernel_without, conflict), lambda label: Entrenchment(), int, budget=Budget(resources=5_000)
    )
    assert isinstance(end, Unknown)
