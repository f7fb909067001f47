"""For which individuals a rule was put to the test: by example, and against the enumeration of structures."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import product

import pytest
from support.worlds import BINARY, UNARY, World, literal, rule

from beliefs.base.belief_base import BeliefBase
from beliefs.base.case import Case
from beliefs.errors import SortError
from beliefs.failure.cases import case_of
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.syntax import ForAll, Formula, Not
from beliefs.reasoning.verdict import Budget, Unknown


def asked(text: str, given: Sequence[str], outcome: str, *, failed: bool) -> Case | Unknown | None:
    document = parse_document(text)
    base = BeliefBase().declare(*document.declarations)
    return case_of(
        base,
        document.statements[0].formula,
        [parse_formula(each, base.signature) for each in given],
        parse_formula(outcome, base.signature),
        failed=failed,
    )


ROOMS = "sort Room = {hall, lab}\nsort Robot\npred at(Robot, Room)\n"


@pytest.mark.parametrize(
    ("text", "given", "outcome", "failed", "individuals"),
    [
        ("forall x. bird(x) -> flies(x)", ["bird(sam)"], "flies(sam)", False, ("sam",)),
        ("forall x. bird(x) -> flies(x)", ["bird(sam)"], "!flies(sam)", True, ("sam",)),
        ("forall x. bird(x) -> flies(x)", ["bird(sam)"], "!flies(tim)", True, None),
        ("forall x. bird(x) -> flies(x)", ["bird(sam)"], "flies(sam)", True, None),
        ("forall x. bird(x) -> flies(x)", ["flies(sam)"], "flies(sam)", False, None),
        ("forall x. bird(x) -> flies(x)", ["bird(sam)", "!bird(sam)"], "!flies(sam)", True, None),
        ("forall x. bird(x)", [], "!bird(sam)", True, ("sam",)),
        ("forall x. forall y. on(x, y) -> !on(y, x)", ["on(a, b)"], "on(b, a)", True, ("a", "b")),
        ("forall x. p(x) -> q(x)", ["p(a)", "forall y. q(y) -> r(y)"], "r(a)", False, ("a",)),
        (ROOMS + "forall r. at(r, hall) -> busy(r)", ["at(d2, hall)"], "busy(d2)", False, ("d2",)),
        (
            ROOMS + "forall r: Robot. forall s: Room. at(r, s) -> warm(s)",
            ["at(d2, lab)"],
            "!warm(lab)",
            True,
            ("d2", "lab"),
        ),
        (
            "func level(Thing): Int\nforall x. forall n: Int. level(x) = n & n > 3 -> full(x)",
            ["level(jar) = 5"],
            "!full(jar)",
            True,
            ("jar",),
        ),
        ("func level(Thing): Int\nforall n: Int. n < 3 -> p", [], "!p", True, None),
        ("p -> q", ["p"], "q", False, None),
        ("exists x. p(x)", [], "p(a)", False, None),
        ("forall x. p(x) -> exists y. q(x, y)", ["p(a)"], "!q(a, b)", True, None),
        ("forall x. p(x) -> exists y. q(x, y)", ["p(a)"], "!exists y. q(a, y)", True, ("a",)),
    ],
)
def test_by_example(
    text: str, given: list[str], outcome: str, failed: bool, individuals: tuple[str, ...] | None
) -> None:
    case = asked(text, given, outcome, failed=failed)
    if individuals is None:
        assert case is None
    else:
        assert case == Case(individuals, tuple(given), outcome, failed)


def test_no_time_is_unknown() -> None:
    case = case_of(
        BeliefBase(),
        parse_formula("forall x. bird(x) -> flies(x)"),
        [parse_formula("bird(sam)")],
        parse_formula("flies(sam)"),
        failed=False,
        budget=Budget(milliseconds=0),
    )
    assert isinstance(case, Unknown)


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(SortError, match="bird"):
        asked("forall x. bird(x) -> flies(x)", ["bird(sam, tim)"], "flies(sam)", failed=False)


@pytest.mark.parametrize(("world", "number"), [(UNARY, 400), (BINARY, 80)], ids=["unary", "binary"])
def test_against_all_instances(world: World, number: int) -> None:
    rng = random.Random(7)
    seen: Counter[object] = Counter()
    for _ in range(number):
        formula = parse_formula(rule(rng, world))
        given = [parse_formula(literal(rng, world, world.individuals)) for _ in range(rng.randint(0, 3))]
        outcome = parse_formula(literal(rng, world, world.individuals))
        failed = rng.random() < 0.5
        missed = outcome if failed else Not(outcome)
        assert isinstance(formula, ForAll)
        names = [binding.name for binding in formula.bindings]

        def contradicts(
            individuals: Sequence[str],
            formula: ForAll = formula,
            names: Sequence[str] = names,
            others: Sequence[Formula] = (*given, missed),
        ) -> bool:
            scope = dict(zip(names, individuals, strict=True))
            return not world.models(formula.body, scope) & world.of(others)

        case = case_of(BeliefBase(), formula, given, outcome, failed=failed)
        assert not isinstance(case, Unknown)
        possible = bool(world.of([*given, missed]))
        if case is not None:
            assert possible
            assert contradicts(case.individuals)
        elif possible:
            said = {name for each in (*given, outcome) for name in world.individuals if name in str(each)}
            assert not any(map(contradicts, product(sorted(said), repeat=len(names))))
        seen[case is not None, failed] += 1
    assert all(seen[each] > 5 for each in product((True, False), repeat=2)), seen
