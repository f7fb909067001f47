"""The tree of what may cut the kernels met, against every set of labels and against the search by MaxSAT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from random import Random

import pytest
from support.conflicts import of_family
from support.incisions import Case

from beliefs.base.entrenchment import Entrenchment
from beliefs.kernels import tree
from beliefs.kernels.incision import Incision, Irrefutable, KernelSearch, incisions_by_cost
from beliefs.kernels.kernel import kernel_without
from beliefs.kernels.tree import PATIENCE, cheapest_first
from beliefs.reasoning.verdict import Budget, Label, Sat, Unknown

PATIENCES = (0, 3, 30, PATIENCE)


def search_of(case: Case) -> KernelSearch:
    return partial(
        kernel_without,
        case.conflict,
        spare=case.order.index,
        is_certain=lambda label: case.held[label].is_certain,
    )


def by_tree(case: Case, **options: object) -> Iterator[Incision | Irrefutable | Unknown]:
    return cheapest_first(search_of(case), case.held.__getitem__, case.order.index, **options)  # type: ignore[arg-type]


def expected_of(case: Case) -> list[frozenset[Label]]:
    possible = case.conflict.incisions(lambda label: not case.held[label].is_certain)
    return sorted(possible, key=lambda each: (case.cost(each), case._places(each)))


@pytest.mark.parametrize("patience", PATIENCES)
def test_all_minimal_incisions_come_in_the_order_of_cost(patience: int) -> None:
    several = unequal = refuted = 0
    for seed in range(1500):
        case = Case(seed)
        found = list(by_tree(case, patience=patience))
        expected = expected_of(case)
        if not expected:
            (answer,) = found
            assert isinstance(answer, Irrefutable)
            case.assert_right(answer)
            refuted += 1
            continue
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


@pytest.mark.parametrize("patience", PATIENCES)
def test_it_goes_on_from_what_was_found(patience: int) -> None:
    resumed = 0
    for seed in range(400):
        case = Case(seed)
        expected = expected_of(case)
        for count in range(len(expected)):
            first = list(islice(by_tree(case), count))
            kernels = first[-1].kernels if first and isinstance(first[-1], Incision) else ()
            others = list(by_tree(case, known=kernels, found=expected[:count], patience=patience))
            assert [each.removed for each in others if isinstance(each, Incision)] == expected[count:]
            resumed += count > 0
    assert resumed > 200


def test_what_contradicts_the_input_will_do_for_a_kernel() -> None:
    for seed in range(300):
        case = Case(seed)

        def find(excluded: frozenset[Label], case: Case = case) -> frozenset[Label] | Sat | Unknown:
            verdict = case.conflict.without(excluded)
            return verdict if isinstance(verdict, Sat | Unknown) else verdict.core

        found = list(cheapest_first(find, case.held.__getitem__, case.order.index))
        assert [each.removed for each in found if isinstance(each, Incision)] == expected_of(case)


def test_incisions_are_looked_for_when_they_are_asked_for() -> None:
    conflict = of_family(range(8), [{1, 2}, {3, 4}, {5, 6}])
    found = cheapest_first(partial(kernel_without, conflict), lambda label: Entrenchment(), int)
    assert conflict.questions == 0
    first = next(found)
    asked = conflict.questions
    assert isinstance(first, Incision)
    assert first.removed == {1, 3, 5}
    assert len(list(found)) == 7
    assert conflict.questions > asked


def test_an_unknown_ends_the_incisions() -> None:
    for seed in range(60):
        whole = list(by_tree(Case(seed)))
        case = Case(seed)
        begun = case.conflict.questions
        list(by_tree(case))
        for question in range(1, case.conflict.questions - begun + 1):
            case = Case(seed)
            case.conflict.unknown_at = {question}
            found = list(by_tree(case))
            if any(isinstance(each, Unknown) for each in found):
                assert isinstance(found[-1], Unknown)
                found = found[:-1]
            assert [each.removed for each in found if isinstance(each, Incision)] == [
                each.removed for each in whole if isinstance(each, Incision)
            ][: len(found)]


def test_a_tree_too_large_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over: list[int] = []

    def by_maxsat(*arguments: object, **options: object) -> Iterator[Incision | Irrefutable | Unknown]:
        handed_over.append(len(options["known"]))  # type: ignore[arg-type]
        search: Callable[..., Iterator[Incision | Irrefutable | Unknown]] = incisions_by_cost
        return search(*arguments, **options)

    monkeypatch.setattr(tree, "incisions_by_cost", by_maxsat)
    random = Random(3)
    conflict = of_family(range(100), [random.sample(range(100), 6) for _ in range(40)])
    find = partial(kernel_without, conflict)
    found = list(islice(cheapest_first(find, lambda label: Entrenchment(), int, patience=300), 5))
    expected = list(islice(incisions_by_cost(find, lambda label: Entrenchment(), int), 5))
    assert [each.removed for each in found if isinstance(each, Incision)] == [
        each.removed for each in expected if isinstance(each, Incision)
    ]
    assert handed_over[0] > 1
    *_, end = cheapest_first(
        find, lambda label: Entrenchment(), int, budget=Budget(resources=2_000), patience=300
    )
    assert isinstance(end, Unknown)


def test_after_the_empty_incision_there_is_no_other() -> None:
    for seed in range(20):
        assert list(by_tree(Case(seed), found=[frozenset()])) == []
