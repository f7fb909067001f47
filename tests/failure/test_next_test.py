"""The next best test, against truth tables and entropy reckoned outcome by outcome."""

from __future__ import annotations

from fractions import Fraction
from math import log2
from random import Random

import pytest
from support.situations import Case, base_of, formulas

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment
from beliefs.errors import SortError
from beliefs.failure import next_test
from beliefs.failure.diagnosis import Diagnosis, diagnose
from beliefs.failure.next_test import Test, best_test
from beliefs.failure.searches import OneByOne, Together
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Formula, Not
from beliefs.reasoning.verdict import Budget, Unknown

TESTS = formulas("a", "b", "p", "q", "a & p", "p | !q")


def predicted(case: Case, diagnosis: Diagnosis, formula: Formula, situation: int | None) -> bool | None:
    kept = frozenset(case.held) - frozenset(diagnosis.labels)
    if not case.agrees(kept, Not(formula), situation):
        return True
    return None if case.agrees(kept, formula, situation) else False


def entropy(shares: list[Fraction | float]) -> float:
    return -sum(float(share) * log2(share) for share in shares if share > 0)


def information(found: list[Diagnosis], said: list[bool | None]) -> float:
    """By Bayes: the entropy before, less what is to be expected of it after."""
    odds = [
        0.1 ** float(sum((weight * (level + 1) for level, weight in each.cost.by_level), Fraction(0)))
        for each in found
    ]
    before: list[Fraction | float] = [each / sum(odds) for each in odds]
    after = 0.0
    for outcome in (True, False):
        likely = [1.0 if each is outcome else 0.5 if each is None else 0.0 for each in said]
        joint = [share * chance for share, chance in zip(before, likely, strict=True)]
        if sum(joint) > 0:
            after += sum(joint) * entropy([each / sum(joint) for each in joint])
    return entropy(before) - after


@pytest.mark.parametrize("solver", [OneByOne, Together])
def test_no_test_tells_more_than_the_best_one(solver: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_test, "search", solver)
    told = left_open = situated = none = 0
    for seed in range(800):
        case = Case(seed)
        tests = Random(seed).sample(TESTS, 2)
        diagnoses = case.diagnose()
        found = list(diagnoses)
        if len(found) < 2:
            assert best_test(diagnoses, candidates=tests) is None
            continue
        numbers = [number for number, _ in enumerate(case.observations or [None], start=1)]
        worth = {}
        for formula in tests:
            about = [name for name in case.situated if name in print_formula(formula)]
            for situation in numbers if about else [None]:
                said = [predicted(case, each, formula, situation) for each in found]
                if len(set(said)) > 1:
                    worth[formula, situation] = information(found, said)
        best = best_test(diagnoses, candidates=tests)
        if not worth:
            assert best is None
            none += 1
            continue
        assert isinstance(best, Test)
        assert best.information == pytest.approx(max(worth.values()), abs=1e-8)
        assert worth[best.formula, best.situation] == pytest.approx(best.information, abs=1e-8)
        for each in found:
            said = predicted(case, each, best.formula, best.situation)
            assert each in {True: best.so, False: best.not_so, None: best.open}[said]
        assert len(best.so) + len(best.not_so) + len(best.open) == len(found)
        assert best == best_test(case.diagnose(), found, tests)
        told += 1
        left_open += bool(best.open)
        situated += best.situation is not None and best.situation > 1
    assert told > 60
    assert left_open > 5
    assert situated > 10
    assert none > 0


def test_without_candidates_the_atoms_of_what_is_involved_are_looked_at() -> None:
    base = base_of("""
        [doors @3] forall x, y. door(x, y) & !locked(y) -> way(x, y)
        [plan @2]  door(hall, lab)
        [open @2]  !locked(lab)
        [far @1]   door(attic, roof)
    """)
    diagnoses = diagnose(base, formulas("!way(hall, lab)"))
    assert [str(each) for each in diagnoses] == ["open", "plan", "doors"]
    best = best_test(diagnoses)
    assert isinstance(best, Test)
    assert print_formula(best.formula) == "locked(lab)"
    assert best.situation is None
    assert [str(each) for each in best.so] == ["open"]
    assert [str(each) for each in best.not_so] == ["plan", "doors"]
    assert best.open == ()


def test_a_test_is_about_one_of_the_situations() -> None:
    base = base_of("[rule @2] raining -> wet\n[dry] !wet\n[wipers] works | !raining")
    diagnoses = diagnose(base, formulas("true", "raining & !works", "true"), situated=("raining", "wet"))
    assert [str(each) for each in diagnoses] == ["dry@2, wipers", "rule, wipers"]
    best = best_test(diagnoses)
    assert isinstance(best, Test)
    assert (print_formula(best.formula), best.situation) == ("wet", 2)
    assert (list(map(str, best.so)), list(map(str, best.not_so))) == (["dry@2, wipers"], ["rule, wipers"])


def test_the_wires_between_parts_are_found_though_no_kernel_speaks_of_them() -> None:
    # Two inverters in a row, healthy as far as is known; the wire between them tells which one is not.
    base = base_of("""
        [first @certain]  ok1 -> (wire <-> !in)
        [second @certain] ok2 -> (out <-> !wire)
        [one] ok1
        [two] ok2
    """)
    diagnoses = diagnose(base, formulas("in & !out"))
    assert [str(each) for each in diagnoses] == ["two", "one"]
    best = best_test(diagnoses, candidates=formulas("wire", "in", "out"))
    assert isinstance(best, Test)
    assert print_formula(best.formula) == "wire"
    assert best.information == pytest.approx(1.0)
    default = best_test(diagnoses)
    assert isinstance(default, Test)
    assert print_formula(default.formula) in ("ok1", "ok2", "wire")
    assert default.information == pytest.approx(1.0)


def test_numbers_are_predicted_too() -> None:
    base = base_of("""
        func battery: Int
        func load: Int
        [full] battery = 90
        [light] load = 10
        [law @certain] moves <-> battery > load
    """)
    diagnoses = diagnose(base, formulas("!moves"))
    assert [str(each) for each in diagnoses] == ["light", "full"]
    best = best_test(diagnoses, candidates=[parse_formula("battery > 50", base.signature)])
    assert isinstance(best, Test)
    assert ([str(each) for each in best.so], [str(each) for each in best.not_so]) == (["light"], ["full"])


def test_nothing_tells_diagnoses_apart_that_are_of_one_mind() -> None:
    base = base_of("[x] a\n[y] a -> b")
    diagnoses = diagnose(base, formulas("!b"))
    list(diagnoses)
    assert best_test(diagnoses, candidates=formulas("b", "c", "true")) is None
    assert best_test(diagnoses, candidates=()) is None
    assert best_test(diagnoses, diagnoses.found[:1]) is None


def test_a_diagnosis_that_costs_far_more_is_still_told_from_the_others() -> None:
    base = BeliefBase().add(
        Belief("x", parse_formula("a"), Entrenchment(900)),
        Belief("y", parse_formula("a -> b"), Entrenchment(0)),
    )
    diagnoses = diagnose(base, formulas("!b"))
    assert len(list(diagnoses)) == 2
    best = best_test(diagnoses)
    assert isinstance(best, Test)
    assert print_formula(best.formula) == "a"
    assert best.information < 1e-9


def test_time_runs_out() -> None:
    base = base_of("[x] a\n[y] a -> b")
    diagnoses = diagnose(base, formulas("!b"))
    list(diagnoses)
    best = best_test(diagnoses, budget=Budget(milliseconds=0))
    assert isinstance(best, Unknown)
    assert "time limit of 0 ms" in best.reason


def test_a_limit_is_kept() -> None:
    base = base_of("[x] a\n[y] a -> b")
    diagnoses = diagnose(base, formulas("!b"))
    list(diagnoses)
    assert best_test(diagnoses, candidates=formulas("c", "a"), limit=1) is None


def test_a_candidate_that_does_not_fit_is_named() -> None:
    base = base_of("[x] a\n[y] a -> b")
    diagnoses = diagnose(base, formulas("!b"))
    list(diagnoses)
    with pytest.raises(SortError, match="test"):
        best_test(diagnoses, candidates=formulas("a(c)"))
