"""Truth in a finite model: against the book, in three values, and there and back through JSON."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest
from immutables import Map
from support.structures import ROOMS, Structure, holds, random_sentence, structures

from beliefs.language.parser import parse_formula
from beliefs.language.semantics import Ground, Model, truth, value
from beliefs.language.syntax import (
    FALSE,
    TRUE,
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    Variable,
)

X = Variable("x")
UNKNOWN = ForAll((Binding("n", "Int"),), Atom("f", (Variable("n"),)))


def as_model(structure: Structure) -> Model:
    return Model(
        universe=Map({"Thing": structure.things, "Room": ROOMS}),
        true=Map(dict.fromkeys(structure.true)),
        values=Map({(name,): thing for name, thing in structure.denotes.items() if name != thing}),
    )


def test_truth_is_that_of_the_book() -> None:
    rng = random.Random(1)
    worlds = [
        *structures(("a", "b"), {}),
        *rng.sample([*structures(("a", "b", "c"), {})], 100),
        *structures(("a",), {"b": "a"}),
    ]
    seen = set()
    for _ in range(3_000):
        sentence = random_sentence(rng)
        world = rng.choice(worlds)
        seen.add(expected := holds(sentence, world))
        assert truth(sentence, as_model(world)) is expected, (sentence, world)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (UNKNOWN, None),
        (Not(UNKNOWN), None),
        (And((UNKNOWN, TRUE)), None),
        (And((UNKNOWN, FALSE)), False),
        (Or((UNKNOWN, FALSE)), None),
        (Or((UNKNOWN, TRUE)), True),
        (Implies(UNKNOWN, FALSE), None),
        (Implies(UNKNOWN, UNKNOWN), None),
        (Implies(UNKNOWN, TRUE), True),
        (Implies(FALSE, UNKNOWN), True),
        (Implies(TRUE, UNKNOWN), None),
        (Iff(UNKNOWN, TRUE), None),
        (ForAll((Binding("x", "Real"),), Or((Comparison("<", X, Number(Fraction(1))), TRUE))), True),
        (Exists((Binding("x", "Int"),), And((Comparison("<", X, Number(Fraction(1))), FALSE))), False),
        (Exists((Binding("x", "Nowhere"),), Atom("p", (X,))), None),
        (ForAll((Binding("x", "Thing"),), Exists((Binding("x", "Nowhere"),), Atom("p", (X,)))), None),
        (Atom("p", (Application("mother", (Constant("a"),)),)), None),
        (Atom("p", (X,)), None),
    ],
)
def test_unknown_parts_leave_unknown_what_the_others_do_not_decide(
    formula: Formula, expected: bool | None
) -> None:
    model = Model(universe=Map({"Thing": ("a",)}), true=Map({("p", "a"): None}))
    assert truth(formula, model) is expected


@pytest.mark.parametrize("connective", [And, Or])
def test_strong_kleene_is_the_most_cautious_extension(connective: type[And] | type[Or]) -> None:
    constants = {True: TRUE, False: FALSE, None: UNKNOWN}
    for left in constants:
        for right in constants:
            outcomes = {
                truth(connective((constants[one], constants[two])), Model())
                for one in ((True, False) if left is None else (left,))
                for two in ((True, False) if right is None else (right,))
            }
            expected = outcomes.pop() if len(outcomes) == 1 else None
            assert truth(connective((constants[left], constants[right])), Model()) is expected


def test_numbers_are_exact() -> None:
    model = Model(values=Map({("battery", "r2"): Fraction(1, 3)}), defaults=Map({"battery": Fraction(1)}))
    battery = Application("battery", (Constant("r2"),))
    thrice = Arithmetic("*", Number(Fraction(3)), battery)
    assert value(thrice, model) == 1
    assert value(Arithmetic("-", Minus(thrice), battery), model) == Fraction(-4, 3)
    assert value(Application("battery", (Constant("r3"),)), model) == 1
    for operator, expected in [
        ("<", False),
        ("<=", True),
        ("=", True),
        ("!=", False),
        (">=", True),
        (">", False),
    ]:
        assert truth(Comparison(operator, thrice, Number(Fraction(1))), model) is expected


def test_integers_and_reals_of_one_value_are_one_element() -> None:
    model = Model(true=Map({("at", Fraction(3)): None}))
    assert truth(parse_formula("at(3)"), model) is True
    assert truth(parse_formula("at(3.0)"), model) is True
    assert truth(parse_formula("at(1 + 2)"), model) is True
    assert truth(parse_formula("at(-3)"), model) is False


def test_a_declared_name_denotes_its_value() -> None:
    model = Model(true=Map({("p", "r2"): None}), defaults=Map({"leader": "r2"}))
    assert truth(parse_formula("p(leader)"), model) is True
    assert truth(parse_formula("leader = r2"), model) is True
    assert truth(parse_formula("p(r3)"), model) is False


def test_a_term_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        value(Application("mother", (Constant("a"),)), Model())
    with pytest.raises(KeyError):
        value(X, Model())
    assert value(X, Model(), {"x": "a"}) == "a"


def test_formulas_must_be_elaborated() -> None:
    with pytest.raises(ValueError, match="variable x has no sort"):
        truth(ForAll((Binding("x"),), Atom("p", (X,))), Model())


def test_order_of_individuals_is_an_error() -> None:
    with pytest.raises(TypeError, match="compares numbers"):
        truth(Comparison("<", Constant("a"), Constant("b")), Model())


def test_flipping_changes_just_those_atoms() -> None:
    model = Model(true=Map({("p",): None, ("q",): None}))
    flipped = model.flipped([("p",), ("r",)])
    assert set(flipped.true) == {("q",), ("r",)}
    assert set(model.true) == {("p",), ("q",)}
    assert flipped.flipped([("p",), ("r",)]) == model
    assert model.flipped([("p",), ("p",)]) == model
    assert model.holds(("p",))
    assert not flipped.holds(("p",))


def test_updating_sets_truths() -> None:
    model = Model(true=Map({("p",): None}))
    updates: dict[Ground, bool] = {("p",): True, ("q",): True, ("r",): False}
    assert set(model.updated(updates).true) == {("p",), ("q",)}
    assert set(model.updated({("p",): False}).true) == set()


def test_an_element_is_added_once() -> None:
    model = Model().with_element("Robot", "r2").with_element("Robot", "r3").with_element("Robot", "r2")
    assert model.universe["Robot"] == ("r2", "r3")


def test_json_there_and_back() -> None:
    rng = random.Random(2)
    for _ in range(200):
        model = Model(
            universe=Map({"Robot": ("r2", "Robot#1", "b!1"), "Room": ROOMS}),
            true=Map(
                {
                    ("at", rng.choice("abc"), Fraction(rng.randrange(-9, 9), rng.randrange(1, 5))): None
                    for _ in "1234"
                }
            ),
            values=Map({("battery", "r2"): Fraction(-1, 3), ("tweety",): "Thing#1"}),
            defaults=Map({"battery": Fraction(2), "leader": "r2"}),
        )
        text = json.dumps(model.to_json())
        assert Model.from_json(json.loads(text)) == model
        reordered = Model(
            Map(sorted(model.universe.items(), reverse=True)),
            Map(sorted(model.true.items(), key=str, reverse=True)),
            model.values,
            model.defaults,
        )
        assert json.dumps(reordered.to_json()) == text


def test_json_writes_numbers_as_strings() -> None:
    model = Model(
        true=Map({("at", "r2", Fraction(1, 3)): None, ("p",): None}), defaults=Map({"f": Fraction(-2)})
    )
    assert model.to_json() == {
        "universe": {},
        "true": [["at", "r2", "1/3"], ["p"]],
        "values": [],
        "defaults": {"f": "-2"},
    }
