"""Normal forms keep truth; literals and atoms are just those of the formula."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from immutables import Map
from support.structures import holds, random_sentence, structures

from beliefs.language.clauses import OPPOSITE, all_of, any_of, atoms, literals, nnf, unify
from beliefs.language.parser import parse_formula
from beliefs.language.semantics import Model, truth
from beliefs.language.signature import Signature
from beliefs.language.syntax import (
    FALSE,
    TRUE,
    And,
    Atom,
    Comparison,
    Exists,
    ForAll,
    Formula,
    Not,
    Number,
    Or,
    Truth,
    subformulas,
)

P, Q, R = Atom("p"), Atom("q"), Atom("r")
WORLDS = [*structures(("a", "b"), {}), *structures(("a",), {"b": "a"})]


def faults(formula: Formula) -> Iterator[Formula]:
    """The parts that have no place in a negation normal form."""
    for part in subformulas(formula):
        match part:
            case Atom() | Comparison() | Not(Atom()) | ForAll() | Exists():
                pass
            case And(operands) | Or(operands):
                if any(isinstance(operand, type(part) | Truth) for operand in operands):
                    yield part
            case Truth() if part is not formula:
                if not any(
                    isinstance(around, ForAll | Exists) and around.body == part
                    for around in subformulas(formula)
                ):
                    yield part
            case Truth():
                pass
            case _:
                yield part


def test_nnf_keeps_truth_in_every_model() -> None:
    rng = random.Random(3)
    for _ in range(1_500):
        sentence = random_sentence(rng)
        normal = nnf(sentence)
        assert not list(faults(normal)), normal
        for world in rng.sample(WORLDS, 30):
            assert holds(normal, world) is holds(sentence, world), sentence


@pytest.mark.parametrize(("operator", "opposite"), OPPOSITE.items())
def test_nnf_turns_comparisons_round(operator: str, opposite: str) -> None:
    one, two = Number(Fraction(1)), Number(Fraction(2))
    comparison = Comparison(operator, one, two)  # type: ignore[arg-type]
    assert nnf(Not(comparison)) == Comparison(opposite, one, two)  # type: ignore[arg-type]
    for left, right in ((one, two), (two, one), (one, one)):
        there = truth(Comparison(operator, left, right), Model())  # type: ignore[arg-type]
        back = truth(Comparison(opposite, left, right), Model())  # type: ignore[arg-type]
        assert there is not back


def test_nnf_flattens() -> None:
    assert nnf(parse_formula("p -> q -> r")) == Or((Not(P), Not(Q), R))
    assert nnf(parse_formula("!(p | q | !r)")) == And((Not(P), Not(Q), R))
    assert nnf(parse_formula("p & true | false")) == P
    assert nnf(parse_formula("!(forall x: Thing. p(x) -> q)")) == parse_formula("exists x: Thing. p(x) & !q")


def test_combining_simplifies() -> None:
    assert all_of([]) == TRUE
    assert any_of([]) == FALSE
    assert all_of([P, TRUE, And((Q, R))]) == And((P, Q, R))
    assert any_of([P, FALSE, Or((Q, R))]) == Or((P, Q, R))
    assert all_of([P, FALSE]) == FALSE
    assert any_of([P, TRUE]) == TRUE
    assert all_of([P]) == any_of([P]) == P


def test_atoms_are_yielded_where_they_stand() -> None:
    formula = parse_formula("at(r2, hall) -> !p | at(r2, hall) & limit(-3 + 1, 0.5)")
    assert list(atoms(formula)) == [
        ("at", "r2", "hall"),
        ("p",),
        ("at", "r2", "hall"),
        ("limit", Fraction(-2), Fraction(1, 2)),
    ]


@pytest.mark.parametrize("text", ["forall x. p(x)", "p(mother(ann))"])
def test_atoms_of_formulas_that_are_not_ground_are_refused(text: str) -> None:
    with pytest.raises(KeyError):
        list(atoms(parse_formula(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p & !q", {(("p",), True), (("q",), False)}),
        ("p -> q", {(("p",), False), (("q",), True)}),
        ("!(p -> q)", {(("p",), True), (("q",), False)}),
        ("p <-> q", {(("p",), True), (("p",), False), (("q",), True), (("q",), False)}),
        ("p | p", {(("p",), True)}),
        ("p & !p", {(("p",), True), (("p",), False)}),
        (
            "forall x: Robot. at(x, hall) -> !at(r2, x)",
            {(("at", None, "hall"), False), (("at", "r2", None), False)},
        ),
        ("p(3) & ann = bob & p(f(ann))", {(("p", None), True)}),
        ("true", set()),
    ],
)
def test_literals_have_the_polarity_of_their_place(text: str, expected: set[object]) -> None:
    assert literals(parse_formula(text)) == expected


def test_literals_tell_functions_from_individuals_by_the_signature() -> None:
    signature = Signature(functions=Map({"leader": ((), "Robot")}))
    formula = parse_formula("at(leader, hall)")
    assert literals(formula, signature) == {(("at", None, "hall"), True)}
    assert literals(formula) == {(("at", "leader", "hall"), True)}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("p",), ("p",), True),
        (("p",), ("q",), False),
        (("at", None, "hall"), ("at", "r2", None), True),
        (("at", None, "hall"), ("at", "r2", "lab"), False),
        (("at", None), ("at", "r2", "lab"), False),
    ],
)
def test_patterns_unify_where_both_may_stand_for_one_atom(one, other, expected) -> None:
    assert unify(one, other) is unify(other, one) is expected


def test_a_sentence_turns_false_only_through_its_literals() -> None:
    rng = random.Random(4)
    falsified = 0
    for _ in range(2_000):
        sentence = random_sentence(rng)
        world = rng.choice(WORLDS)
        if not holds(sentence, world):
            continue
        atom = rng.choice(sorted({*WORLDS[-1].true, ("p", "a"), ("at", "a", "k"), ("q",)}))
        flipped = world._replace(true=world.true ^ {atom})
        if holds(sentence, flipped):
            continue
        falsified += 1
        lost = atom in world.true
        denoted = {name for name in ("a", "b") if world.denotes.get(name, name) == "a"}
        assert any(
            positive is lost
            and pattern[0] == atom[0]
            and len(pattern) == len(atom)
            and all(
                given is None or given == element or (given in denoted and element == "a")
                for given, element in zip(pattern[1:], atom[1:], strict=True)
            )
            for pattern, positive in literals(sentence)
        ), (sentence, atom)
    assert falsified > 100
