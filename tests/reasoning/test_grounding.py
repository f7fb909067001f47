"""Grounding says the same over its domain as the formula did, and finds the instances an atom stands in."""

from __future__ import annotations

import random

import pytest
from immutables import Map
from support.structures import ROOMS, SIGNATURE, Structure, holds, random_sentence, structures

from beliefs.language.clauses import atoms
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.signature import Signature
from beliefs.language.sorts import elaborate, infer
from beliefs.language.syntax import (
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Implies,
    Not,
    Truth,
    Variable,
    conjunction,
    subformulas,
)
from beliefs.reasoning.features import PROPOSITIONAL, Features, features
from beliefs.reasoning.grounding import ground, individuals, instances, instances_touching, skolemized

DOMAIN = {"Thing": ("a", "b"), "Room": ROOMS}
HEAD = """
sort Room = {k, h}
sort Robot
pred at(Robot, Room)
pred likes(Robot, Robot)
func battery(Robot): Real
func leader: Robot
"""


def understood(text: str) -> tuple[Formula, Signature]:
    document = parse_document(HEAD + text)
    signature = infer(document.declarations, [("it", document.statements[0].formula)])
    return elaborate(document.statements[0].formula, signature), signature


def worlds(count: int, rng: random.Random) -> list[Structure]:
    return rng.sample([*structures(("a", "b"), {})], count)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p & (q -> !r) <-> true", PROPOSITIONAL),
        ("at(r2, k)", PROPOSITIONAL),
        ("forall x: Robot. at(x, k)", Features(ground=False, sorts=frozenset({"Robot"}))),
        ("forall x: Robot. exists y: Room. at(x, y)", Features(ground=False, sorts=frozenset({"Robot"}))),
        ("!(exists x: Robot. at(x, k))", Features(ground=False, sorts=frozenset({"Robot"}))),
        ("exists x: Robot. at(x, k)", Features(ground=False, skolem=True)),
        ("forall y: Room. exists x: Robot. at(x, y)", Features(ground=False, skolem=True)),
        ("(forall x: Robot. at(x, k)) -> p", Features(ground=False, skolem=True)),
        (
            "exists x: Robot. forall y: Robot. likes(x, y)",
            Features(ground=False, skolem=True, sorts=frozenset({"Robot"})),
        ),
        (
            "forall x: Robot. exists y: Robot. likes(x, y)",
            Features(ground=False, groundable=False, skolem=True, sorts=frozenset({"Robot"})),
        ),
        (
            "p <-> (forall x: Robot. at(x, k))",
            Features(ground=False, skolem=True, sorts=frozenset({"Robot"})),
        ),
        (
            "p <-> (forall x: Robot. forall y: Robot. likes(x, y))",
            Features(ground=False, skolem=True, sorts=frozenset({"Robot"})),
        ),
        (
            "forall x: Robot. at(x, k) <-> (exists y: Robot. likes(x, y))",
            Features(ground=False, groundable=False, skolem=True, sorts=frozenset({"Robot"})),
        ),
        (
            "p -> !(forall x: Robot. !(forall y: Robot. likes(x, y)))",
            Features(ground=False, skolem=True, sorts=frozenset({"Robot"})),
        ),
        (
            "forall x, y: Robot. at(x, k) & at(y, k) -> x = y",
            Features(ground=False, equality=True, sorts=frozenset({"Robot"})),
        ),
        ("forall x: Room. x = k | x = h", Features(ground=False)),
        ("r2 != r3 & at(r2, k) & at(r3, k)", Features(equality=True)),
        ("at(leader, k)", Features(groundable=False)),
        ("leader = r2 & at(r2, k)", Features(groundable=False, equality=True)),
        ("battery(r2) >= 0", Features(groundable=False)),
        ("1 = 2", Features(groundable=False)),
        ("limit(3)", Features(groundable=False)),
        ("forall n: Int. limit(n)", Features(ground=False, groundable=False)),
        ("forall n: Int, m: Int. n = m", Features(ground=False, groundable=False)),
    ],
)
def test_features(text: str, expected: Features) -> None:
    assert features(*understood(text)) == expected


def test_individuals_come_once_with_their_sorts() -> None:
    formula, signature = understood("at(r2, k) & at(r3, h) & likes(r2, leader) & battery(r2) > 1")
    assert list(individuals(formula, signature)) == [
        ("Robot", "r2"),
        ("Room", "k"),
        ("Robot", "r3"),
        ("Room", "h"),
    ]


def test_ground_says_the_same_over_its_domain() -> None:
    rng = random.Random(5)
    for _ in range(1_000):
        sentence = random_sentence(rng)
        spelt_out = ground(sentence, DOMAIN)
        parts = list(subformulas(spelt_out))
        assert not any(isinstance(part, ForAll | Exists | Comparison) for part in parts)
        assert spelt_out == parts[0]
        assert len(parts) == 1 or not any(isinstance(part, Truth) for part in parts)
        for world in worlds(20, rng):
            assert holds(spelt_out, world) is holds(sentence, world), sentence


def test_instances_together_say_the_same() -> None:
    rng = random.Random(6)
    several = 0
    for _ in range(1_000):
        sentence = random_sentence(rng)
        each = list(instances(sentence, DOMAIN))
        several += len(each) > 1
        assert Truth(True) not in each
        for world in worlds(10, rng):
            assert holds(conjunction(tuple(each)), world) is holds(sentence, world), sentence
    assert several > 100


def test_instances_touching_an_atom_are_those_it_stands_in() -> None:
    rng = random.Random(7)
    some = 0
    for _ in range(2_000):
        sentence = random_sentence(rng)
        atom = rng.choice([("q",), ("p", "a"), ("at", "b", "k"), ("at", "a", "h"), ("p", "elsewhere")])
        touching = list(instances_touching(sentence, atom, DOMAIN))
        expected = [each for each in instances(sentence, DOMAIN) if atom in set(atoms(each))]
        some += 0 < len(touching) < len(list(instances(sentence, DOMAIN)))
        assert sorted(touching, key=repr) == sorted(expected, key=repr), (sentence, atom)
    assert some > 50


def test_quantifiers_over_sorts_outside_the_domain_stay() -> None:
    formula, _ = understood("forall x: Robot. forall y: Room. at(x, y) -> p")
    assert ground(formula, {"Room": ("k",)}) == parse_formula("forall x: Robot. at(x, k) -> p")
    assert list(instances(formula, {"Room": ("k",)})) == [parse_formula("forall x: Robot. at(x, k) -> p")]


def test_a_hidden_variable_binds_nothing() -> None:
    x = Binding("x", "Thing")
    inner = Atom("p", (Variable("x"),))
    hidden = ForAll((x,), ForAll((x,), inner))
    assert list(instances(hidden, DOMAIN)) == [Atom("p", (Constant("a"),)), Atom("p", (Constant("b"),))]
    beside = ForAll((x,), Implies(inner, Not(Exists((x,), inner))))
    assert len(list(instances_touching(beside, ("p", "a"), DOMAIN))) == 2


def test_skolemized_formulas_are_satisfiable_just_where_the_formula_is() -> None:
    # Each structure with a and b only, with every choice of witnesses among them: no other is needed, as the
    # structure stays the same.
    rng = random.Random(8)
    witnessed = 0
    for _ in range(600):
        sentence = random_sentence(rng, equality=False)
        if not features(sentence, SIGNATURE).groundable:
            continue
        formula, fresh = skolemized(sentence, "it", SIGNATURE)
        witnessed += bool(fresh)
        assert set(fresh.values()) <= {"Thing"}
        assert all(name.startswith("it!") for name in fresh)
        if len(fresh) > 5:
            continue
        for world in worlds(6, rng):
            possible = any(
                holds(formula, world._replace(denotes=dict(zip(fresh, chosen, strict=True))))
                for chosen in _choices(len(fresh))
            )
            assert possible is holds(sentence, world), sentence
    assert witnessed > 100


def _choices(count: int) -> list[tuple[str, ...]]:
    choices: list[tuple[str, ...]] = [()]
    for _ in range(count):
        choices = [(*choice, thing) for choice in choices for thing in ("a", "b")]
    return choices


def test_each_member_of_a_closed_sort_has_a_witness_of_its_own() -> None:
    formula, signature = understood("forall y: Room. exists x: Robot. at(x, y)")
    skolem, fresh = skolemized(formula, "b7", signature)
    assert fresh == {"b7!1": "Robot", "b7!2": "Robot"}
    assert set(atoms(skolem)) == {("at", "b7!1", "k"), ("at", "b7!2", "h")}


def test_a_witness_that_depends_on_an_open_sort_is_refused() -> None:
    formula, signature = understood("forall x: Robot. exists y: Robot. likes(x, y)")
    with pytest.raises(ValueError, match="depends on x"):
        skolemized(formula, "it", signature)


def test_formulas_must_be_elaborated() -> None:
    with pytest.raises(ValueError, match="x has no sort"):
        features(parse_formula("forall x. p(x)"), Signature())
    with pytest.raises(ValueError, match="x is free"):
        features(Comparison("=", Variable("x"), Constant("a")), Signature(constants=Map({"a": "Thing"})))
