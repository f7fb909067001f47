"""Conflicts in numbers, on a ground theory in one solver, against every set of beliefs."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from support.conflicts import SmallConflict, of_clauses, subsets

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.dimacs import clause_formula
from beliefs.kernels.enumerate import incisions, kernels
from beliefs.kernels.kernel import kernel_without, shrink
from beliefs.kernels.marco import minimal_kernels
from beliefs.kernels.numbered import Numbering, numbered_conflict
from beliefs.kernels.remainder import remainders
from beliefs.language.parser import parse_formula
from beliefs.language.syntax import Formula, Iff, Not, conjunction
from beliefs.reasoning.ground_search import GroundSearch
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import Budget, Label, Sat, Unknown

VARIABLES = 4


class Case:
    """A random base of ground beliefs, some of several clauses, and the same as a conflict that is enumerated."""

    def __init__(self, seed: int, *, size: int = 7, definitions: bool = False) -> None:
        random = Random(seed)

        def clause() -> tuple[int, ...]:
            return tuple(
                random.choice((-1, 1)) * random.randint(1, VARIABLES) for _ in range(random.randint(1, 3))
            )

        names = [f"b{number}" for number in range(random.randint(1, size))]
        groups = {name: [clause() for _ in range(random.choice((1, 1, 2, 3)))] for name in names}
        given = [clause() for _ in range(random.choice((0, 0, 1, 2)))]
        if random.random() < 0.05:
            groups[names[0]] = [()]
        if random.random() < 0.02:
            given.append(())
        self.labels: list[Label] = list(names)
        self.small: SmallConflict = of_clauses(VARIABLES, dict(groups), given)
        self.certain = frozenset(name for name in names if random.random() < 0.3)
        self.order = random.sample(self.labels, len(names))
        said = _roundabout if definitions else _plainly
        base = BeliefBase().add(*(Belief(name, said(clauses)) for name, clauses in groups.items()))
        base = base.understanding(*map(clause_formula, given))
        self.base, self.inputs = base, [said([each]) for each in given]

    def inquiry(self, budget: Budget | None = None) -> Inquiry:
        given = {} if budget is None else {"budget": budget}
        inquiry = Inquiry(self.base, *self.inputs, **given)
        assert isinstance(numbered_conflict(inquiry), GroundSearch)
        return inquiry

    def is_revisable(self, label: Label) -> bool:
        return label not in self.certain


def _plainly(clauses: list[tuple[int, ...]]) -> Formula:
    return conjunction(tuple(map(clause_formula, clauses)))


def _roundabout(clauses: list[tuple[int, ...]]) -> Formula:
    """Say the same so that the solver needs variables of its own to be told of it."""
    formula = _plainly(clauses)
    return Not(Iff(Iff(formula, parse_formula("x1")), Not(parse_formula("x1"))))


@pytest.mark.parametrize("definitions", [False, True])
@pytest.mark.parametrize("block", range(5))
def test_kernels_and_incisions_are_those_of_every_set(block: int, definitions: bool) -> None:
    for seed in range(150 * block, 150 * (block + 1)):
        case = Case(seed, definitions=definitions)
        found = list(kernels(case.inquiry(), spare=case.order.index))
        assert len(found) == len(set(found))
        assert set(found) == case.small.kernels()
        cuts = list(incisions(case.inquiry(), spare=case.order.index))
        assert len(cuts) == len(set(cuts))
        assert set(cuts) == case.small.incisions()
        assert {each.excluded for each in remainders(case.inquiry())} == set(cuts)


@pytest.mark.parametrize("share", [1, 10**9])
def test_all_kernels_are_found_whatever_share_of_the_work_incisions_have(
    share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beliefs.kernels.marco._SHARE_OF_INCISIONS", share)
    for seed in range(800):
        case = Case(seed, size=8)
        found = list(kernels(case.inquiry()))
        assert len(found) == len(set(found))
        assert set(found) == case.small.kernels()


@pytest.mark.parametrize("share", [1, 10, 10**9])
def test_certain_labels_are_in_no_incision(share: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beliefs.kernels.marco._SHARE_OF_INCISIONS", share)
    blocked = 0
    for seed in range(700):
        case = Case(seed, definitions=seed % 3 == 0)
        revisable, certain = case.is_revisable, case.certain
        cuts = list(incisions(case.inquiry(), revisable=revisable))
        assert len(cuts) == len(set(cuts))
        assert set(cuts) == case.small.incisions(revisable)
        found = list(kernels(case.inquiry(), revisable=revisable))
        everything = case.small.kernels()
        assert set(found) <= everything
        if any(kernel <= certain for kernel in everything):
            assert found[-1] <= certain
            assert not any(kernel <= certain for kernel in found[:-1])
            blocked += 1
        else:
            free = set(case.labels) - certain
            smallest = {part for part in subsets(free) if case.small.contradicts(part | certain)}
            smallest = {part for part in smallest if not any(other < part for other in smallest)}
            parts = [kernel - certain for kernel in found]
            assert len(parts) == len(set(parts))
            assert smallest <= set(parts)
    assert blocked > 20


def test_what_is_left_of_a_core_is_a_kernel() -> None:
    shrunk = 0
    for seed in range(2000):
        case = Case(seed, definitions=seed % 3 == 0)
        if not case.small.contradicts(frozenset(case.labels)):
            continue
        inquiry = case.inquiry()
        assert shrink(inquiry, case.labels, spare=case.order.index) in case.small.kernels()
        kernel = shrink(inquiry, case.labels, is_certain=case.certain.__contains__)
        assert kernel in case.small.kernels()
        for label in kernel - case.certain:
            assert not case.small.contradicts((kernel - {label}) | case.certain)
        shrunk += bool(kernel & case.certain) and bool(kernel - case.certain)
    assert shrunk > 100


def test_a_kernel_without_some_labels_and_the_model_where_there_is_none() -> None:
    for seed in range(500):
        case = Case(seed)
        excluded = frozenset(Random(seed).sample(case.labels, Random(seed).randint(0, len(case.labels))))
        found = kernel_without(case.inquiry(), excluded)
        possible = {kernel for kernel in case.small.kernels() if not kernel & excluded}
        if possible:
            assert found in possible
        else:
            assert isinstance(found, Sat)
            assert found.model is not None


def test_rotation_finds_only_what_is_needed() -> None:
    rotated = 0
    for seed in range(3000):
        case = Case(seed, definitions=seed % 3 == 0)
        search = numbered_conflict(case.inquiry())
        everything = frozenset(search.numbers(case.labels))
        for number in everything:
            rest = everything - {number}
            if search.solve(sorted(everything)) or not search.solve(sorted(rest)):
                continue
            search.focus(everything)
            search.look()
            for other in search.necessary(number, everything, {number}):
                assert not case.small.contradicts(frozenset(search.named(everything - {other})))
                rotated += 1
            # The flips were taken back.
            assert not set(search.falsified(rest))
    assert rotated > 300


def test_enumerations_on_one_inquiry_do_not_disturb_one_another() -> None:
    for seed in range(400):
        case = Case(seed)
        inquiry = case.inquiry()
        first, second, third = kernels(inquiry), incisions(inquiry), incisions(inquiry)
        some = [list(islice(each, 1)) for each in (second, first, third)]
        assert isinstance(inquiry.check(case.labels), Sat) is (not case.small.kernels())
        assert {*some[1], *first} == case.small.kernels()
        assert {*some[2], *third} == case.small.incisions()
        assert {*some[0], *second} == case.small.incisions()


def test_equal_calls_give_equal_answers() -> None:
    for seed in range(100):
        once, again = Case(seed), Case(seed)
        assert list(kernels(once.inquiry())) == list(kernels(again.inquiry()))
        assert list(incisions(once.inquiry())) == list(incisions(again.inquiry()))


class Faltering:
    """A conflict in numbers, one of whose answers is `Unknown`."""

    def __init__(self, search: GroundSearch, unknown_at: int) -> None:
        self._search = search
        self._left = unknown_at

    def __getattr__(self, name: str) -> object:
        return getattr(self._search, name)

    def numbered(self) -> Faltering:
        return self

    def solve(self, numbers: list[int]) -> bool | Unknown:
        self._left -= 1
        return Unknown("told to be unknown") if self._left == 0 else self._search.solve(numbers)

    def remaining(self) -> Budget | Unknown:
        """What a search for a seed may spend; it is counted as well."""
        self._left -= 1
        return Unknown("told to be unknown") if self._left == 0 else self._search.remaining()

    @property
    def asked(self) -> bool:
        return self._left <= 0


def test_unknown_ends_the_enumeration_and_spoils_nothing() -> None:
    met = 0
    for seed in range(1000):
        case = Case(seed)
        revisable = case.is_revisable if seed % 2 else None
        for enumerated in (kernels, incisions):
            conflict = Faltering(numbered_conflict(case.inquiry()), Random(seed).randint(1, 12))
            found = list(enumerated(conflict, revisable=revisable))
            whole = set(enumerated(case.inquiry(), revisable=revisable))
            if conflict.asked:
                met += 1
                assert isinstance(found.pop(), Unknown)
                assert not any(isinstance(each, Unknown) for each in found)
                expected = case.small.kernels() if enumerated is kernels else whole
                assert set(found) <= expected
            else:
                assert set(found) == whole
    assert met > 100


def test_a_budget_that_is_spent_is_unknown() -> None:
    case = Case(3)
    inquiry = case.inquiry(Budget(milliseconds=0))
    assert isinstance(next(kernels(inquiry)), Unknown)
    assert isinstance(next(incisions(inquiry)), Unknown)


def test_nothing_is_asked_before_it_is_needed() -> None:
    clauses = [f"x{number}" for number in range(20)] + [f"!x{number}" for number in range(20)]
    base = BeliefBase().add(*(Belief(f"b{place}", parse_formula(text)) for place, text in enumerate(clauses)))
    search = numbered_conflict(Inquiry(base))
    numbering = Numbering(search, repr, None)
    found = minimal_kernels(numbering)
    assert numbering.work == 0
    next(found)
    assert numbering.work <= 100
    assert len(list(islice(remainders(Inquiry(base)), 5))) == 5
    assert len(list(islice(kernels(Inquiry(base)), 20))) == 20
