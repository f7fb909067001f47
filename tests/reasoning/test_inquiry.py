"""What was loaded answers for the whole base: the two searches against a solver that is given everything."""

from __future__ import annotations

import random

import pytest

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.language.parser import parse_document
from beliefs.language.semantics import truth
from beliefs.language.sorts import elaborate
from beliefs.language.syntax import Formula
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.relevance import cone
from beliefs.reasoning.verdict import Sat, Unknown, Unsat
from beliefs.reasoning.z3_oracle import Z3Oracle

PRELUDE = """
sort Room = {hall, lab, attic}
sort Robot
pred at(Robot, Room)
pred busy(Robot)
pred open(Room)
pred knows(Robot, Robot)
"""

TEMPLATES = [
    "at({a}, {r})",
    "!at({a}, {r})",
    "busy({a})",
    "!busy({a})",
    "open({r})",
    "!open({r})",
    "knows({a}, {b})",
    "!knows({a}, {b})",
    "alarm",
    "!alarm",
    "alarm -> busy({a})",
    "at({a}, {r}) | at({b}, {s})",
    "forall x: Robot. at(x, {r}) -> busy(x)",
    "forall x: Robot. busy(x) -> !at(x, {r})",
    "forall x, y: Robot. knows(x, y) -> knows(y, x)",
    "forall x: Robot, r: Room. at(x, r) -> open(r)",
    "forall x: Robot. exists r: Room. at(x, r)",
    "exists x: Robot. at(x, {r}) & !busy(x)",
    "(exists x: Robot. busy(x)) -> alarm",
    "forall x: Robot. !knows(x, x)",
    "forall x: Robot. busy(x) | knows(x, {a})",
    "!(forall x: Robot. busy(x))",
]

WITH_EQUALITY = [
    "forall x, y: Robot. busy(x) & busy(y) -> x = y",
    "forall x: Robot. at(x, {r}) -> x = {a} | x = {b}",
    "forall x: Robot. x != {a} -> !busy(x)",
]

WITH_NUMBERS = [
    "load({a}) > 3",
    "load({a}) <= 5",
    "forall x: Robot. load(x) > 4 -> busy(x)",
    "load({a}) + load({b}) < 9",
]


def random_sentence(rng: random.Random, templates: list[str]) -> Formula:
    words = {"a": rng.choice(("c3", "r2")), "b": rng.choice(("c3", "r2", "bb"))}
    rooms = {"r": rng.choice(("hall", "lab")), "s": rng.choice(("hall", "attic"))}
    text = PRELUDE + "func load(Robot): Int\n" + rng.choice(templates).format(**words, **rooms)
    return parse_document(text).statements[0].formula


def random_base(rng: random.Random, templates: list[str], size: int) -> BeliefBase:
    declarations = parse_document(PRELUDE + "func load(Robot): Int\n").declarations
    base = BeliefBase().declare(*declarations)
    return base.add(*(Belief(f"k{number}", random_sentence(rng, templates)) for number in range(size)))


def whole_answer(base: BeliefBase, inputs: list[Formula], excluded: set[str]) -> bool | None:
    """Whether everything but what is excluded is satisfiable, by a Z3 that is given all of it."""
    oracle = Z3Oracle(base.signature, unique_names=base.unique_names)
    for formula in inputs:
        oracle.add("input", formula)
    kept = [name for name in base.names() if name not in excluded]
    for name in kept:
        oracle.add(name, base.formula(name))
    verdict = oracle.check([*(["input"] if inputs else []), *kept])
    return None if isinstance(verdict, Unknown) else isinstance(verdict, Sat)


def compare(base: BeliefBase, rng: random.Random, templates: list[str], *, models_expected: bool) -> None:
    """Ask one question several times over, leaving out different beliefs, and compare with the whole-base answer."""
    sentence = random_sentence(rng, templates)
    understanding = base.understanding(sentence)
    formula = elaborate(sentence, understanding.signature)
    inquiry = Inquiry(understanding, formula)
    names = sorted(base.names())
    for _ in range(4):
        excluded = set(rng.sample(names, rng.randrange(len(names) // 2 + 1)))
        verdict = inquiry.without(excluded)
        expected = whole_answer(understanding, [formula], excluded)
        assert not isinstance(verdict, Unknown)
        if expected is not None:
            assert isinstance(verdict, Sat) == expected
        if isinstance(verdict, Unsat):
            assert verdict.core <= set(names) - excluded
            assert isinstance(inquiry.check(verdict.core), Unsat)
            assert whole_answer(understanding, [formula], set(names) - verdict.core) is not True
        elif verdict.model is not None:
            kept = [understanding.formula(name) for name in names if name not in excluded]
            assert all(truth(one, verdict.model) is True for one in (*kept, formula))
        else:
            assert not models_expected


@pytest.mark.parametrize("seed", range(25))
def test_without_a_witness(seed: int) -> None:
    rng = random.Random(seed)
    compare(random_base(rng, TEMPLATES, 8), rng, TEMPLATES, models_expected=True)


@pytest.mark.parametrize("seed", range(25))
def test_from_a_witness(seed: int) -> None:
    rng = random.Random(seed)
    base = random_base(rng, TEMPLATES, 9)
    while not isinstance(verdict := Inquiry(base).without(()), Sat):
        base = base.remove(rng.choice(sorted(base.names())))
    base = base.knowing(verdict.model, consistent=True)
    for _ in range(3):
        compare(base, rng, TEMPLATES, models_expected=True)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("extra", [WITH_EQUALITY, WITH_NUMBERS], ids=["equality", "numbers"])
def test_from_a_witness_where_some_of_it_is_beyond_grounding(seed: int, extra: list[str]) -> None:
    rng = random.Random(seed)
    templates = [*TEMPLATES, *extra, *extra]
    base = random_base(rng, templates, 8)
    while not isinstance(verdict := Inquiry(base).without(()), Sat):
        base = base.remove(rng.choice(sorted(base.names())))
    for witness in (verdict.model, None):
        compare(base.knowing(witness, consistent=True), rng, templates, models_expected=False)


@pytest.mark.parametrize("seed", range(30))
def test_the_cone_answers_for_a_consistent_base(seed: int) -> None:
    rng = random.Random(seed)
    templates = TEMPLATES + WITH_NUMBERS
    base = random_base(rng, templates, 9)
    while whole_answer(base, [], set()) is not True:
        base = base.remove(rng.choice(sorted(base.names())))
    base = base.knowing(None, consistent=True)
    sentence = random_sentence(rng, templates)
    understanding = base.understanding(sentence)
    formula = elaborate(sentence, understanding.signature)
    reached = cone(understanding, [formula])
    outside = set(base.names()) - reached
    assert whole_answer(understanding, [formula], outside) == whole_answer(understanding, [formula], set())


def test_the_cone_leaves_out_what_the_input_cannot_reach() -> None:
    text = "a\n[rule] a -> b\n[far] c -> d\n[same] !b | e\n"
    statements = parse_document(text).statements
    base = BeliefBase().add(*(Belief(item.header.name or "fact", item.formula) for item in statements))
    consistent = base.knowing(None, consistent=True)
    (question,) = parse_document("!b").statements
    assert cone(consistent, [question.formula]) == {"rule", "fact"}
    assert cone(base, [question.formula]) == set(base.names())
