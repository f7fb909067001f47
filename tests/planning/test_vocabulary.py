"""The symbols of an action model, and what they are read back as."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beliefs.base.belief_base import BeliefBase
from beliefs.errors import PlanError
from beliefs.planning.actions import OBJECT, Domain, Ground, Literal, Predicate, Schema, Type
from beliefs.planning.vocabulary import Vocabulary, candidates, may_be_needed

OBJECTS = (Type(OBJECT, None, OBJECT),)


def domain(predicates, actions, constants=(), requirements=("strips",)) -> Domain:
    return Domain(
        "d",
        OBJECTS,
        tuple(Predicate(name, (OBJECT,) * arity) for name, arity in predicates.items()),
        tuple((name, OBJECT) for name in constants),
        tuple(
            Schema(
                name,
                tuple((f"p{place}", OBJECT) for place in range(arity)),
                tuple(Literal(OBJECT, (place,)) for place in range(arity)),
            )
            for name, arity in actions.items()
        ),
        frozenset(requirements),
    )


def vocabulary(known: Domain, base: BeliefBase | None = None) -> Vocabulary:
    base = BeliefBase() if base is None else base
    return Vocabulary.of(base.declare(*Vocabulary.of(base).declarations(known)))


def test_symbols_read_well():
    known = vocabulary(domain({"clear": 1, "hand-empty": 0, "on": 2}, {"pick-up": 1, "stack": 2}))
    assert [action.symbol for action in known.actions.values()] == ["pick_up", "stack"]
    assert known.predicates["hand-empty"] == ("hand_empty", 0)
    assert list(known.candidates("pick-up")) == ["object_1", "clear_1", "hand_empty_holds", "on_1_1"]
    assert known.conditions["on_2_1"] == Literal("on", (1, 0))


def test_negative_conditions_and_equality_follow_the_requirements():
    wide = domain({"red": 1}, {"go": 2}, requirements=("negative-preconditions", "equality"))
    assert list(vocabulary(wide).conditions) == [
        "object_1", "object_2", "red_1", "red_2", "not_red_1", "not_red_2", "same_1_2", "not_same_1_2",
    ]  # fmt: skip
    assert list(vocabulary(replace(wide, requirements=frozenset({"adl"}))).conditions) == list(
        vocabulary(wide).conditions
    )


def test_what_an_action_is_known_to_need_is_a_candidate_whatever_the_requirements():
    plain = domain({"red": 1}, {"go": 1})
    schema = replace(plain.schemas[0], conditions=(Literal("red", (0,), False),))
    assert "not_red_1" in vocabulary(replace(plain, schemas=(schema,))).conditions


def test_constants_are_arguments_too():
    known = vocabulary(domain({"at": 1}, {"go": 1}, constants=["home"]))
    assert known.conditions["at_home"] == Literal("at", ("home",))
    assert known.fact(Ground("at", ("home",))).arguments[0].name == known.constants["home"]


NASTY = [
    domain({"on": 2, "on-1": 1, "on-1-1": 0}, {"on": 2, "not": 1}, ["1", "on"], ["adl"]),
    domain({"same": 2, "not-same": 2, "not": 1}, {"same": 2}, ["2", "x"], ["adl"]),
    domain({"p": 1, "not-p": 1, "p-holds": 0, "P-holds": 1}, {"p": 1, "needs-p": 1}, [], ["adl"]),
    domain(
        {"a-b": 1, "a_b": 1, "a--b": 1, "a": 2}, {"a-b": 2, "a_b": 2, "a": 0}, ["b", "b-1", "1-b"], ["adl"]
    ),
    domain({"forall": 1, "Condition": 1, "Thing": 0}, {"exists": 1, "true": 0}, ["u"]),
]


@pytest.mark.parametrize("known", NASTY)
def test_names_that_clash_are_read_back(known):
    read = vocabulary(known)
    assert list(read.actions) == [schema.name for schema in known.schemas]
    assert {name: arity for name, (_, arity) in read.predicates.items()} == {
        OBJECT: 1,
        **{each.name: each.arity for each in known.predicates},
    }
    assert list(read.conditions.values()) == list(candidates(known))
    assert all(read.conditions[read.symbol_of(each)] == each for each in read.conditions.values())
    assert list(read.constants) == [name for name, _ in known.constants]


NAME = st.text("on-_1", min_size=1, max_size=4)


@given(
    st.dictionaries(NAME, st.integers(0, 2), max_size=4),
    st.dictionaries(NAME, st.integers(0, 2), max_size=3),
    st.lists(NAME, max_size=2, unique=True),
    st.dictionaries(st.text("xy-", min_size=1, max_size=3), st.integers(0, 2), max_size=2),
)
def test_any_two_domains_are_read_back(predicates, actions, constants, further):
    first = domain(predicates, actions, constants, ["adl"])
    base = BeliefBase()
    base = base.declare(*Vocabulary.of(base).declarations(first))
    further = {name: arity for name, arity in further.items() if actions.get(name, arity) == arity}
    second = domain(predicates, {**further, "another": 1}, (), ["adl"])
    base = base.declare(*Vocabulary.of(base).declarations(second))
    read = Vocabulary.of(base)
    assert set(read.actions) == {*actions, *further, "another"}
    assert set(read.conditions.values()) == {*candidates(first), *candidates(second)}
    facts = [
        Ground(name, arguments)
        for name, arity in predicates.items()
        for arguments in product("xon", repeat=arity)
    ]
    assert [read.ground(read.fact(fact)) for fact in facts] == facts


def test_the_symbols_of_others_are_left_alone():
    from beliefs.agent import Agent

    with Agent.in_memory() as agent:
        agent.load("clear(tom)\npred pick_up(Int)\nneeds_stack & on_1_1\n")
        known = domain({"clear": 1, "on": 2}, {"pick-up": 1, "stack": 2})
        read = vocabulary(known, agent.base)
        assert read.actions["stack"].symbol == "stack'"
        assert list(read.conditions.values()) == list(candidates(known))


def test_what_is_known_with_another_arity_is_named():
    base = BeliefBase()
    base = base.declare(*Vocabulary.of(base).declarations(domain({"on": 2}, {"go": 1})))
    with pytest.raises(
        PlanError, match="predicate on is about 1 individuals in d, and about 2 in what is believed"
    ):
        Vocabulary.of(base).declarations(domain({"on": 1}, {}))
    with pytest.raises(PlanError, match="action go takes 2 arguments in d, and 1 in what is believed"):
        Vocabulary.of(base).declarations(domain({}, {"go": 2}))


def test_what_is_not_in_the_vocabulary_is_named():
    known = vocabulary(domain({"on": 2}, {"go": 1}))
    with pytest.raises(
        PlanError, match=r"no action is believed to have to do with the condition \(on \?1 \?3\)"
    ):
        known.symbol_of(Literal("on", (0, 2)))
    with pytest.raises(PlanError, match=r"\(on a\): the base has no predicate on about 1"):
        known.fact(Ground("on", ("a",)))


def test_types_rule_candidates_out():
    types = (Type(OBJECT, None, OBJECT), Type("van", OBJECT, "van"), Type("place", OBJECT, "place"))
    go = Schema(
        "go",
        (("v", "van"), ("p", "place")),
        (Literal("van", (0,)), Literal("place", (1,))),
        (Literal("at", (0, 1)),),
    )
    known = Domain(
        "d", types, (Predicate("at", ("van", "place")), Predicate("same-as", (OBJECT, OBJECT))), (), (go,),
        frozenset({"equality"}),
    )  # fmt: skip
    assert may_be_needed(Literal("at", (0, 1)), known, go)
    assert not may_be_needed(Literal("at", (1, 0)), known, go)
    assert not may_be_needed(Literal("place", (0,)), known, go)
    shown = [str(each) for each in candidates(known)]
    assert shown == [
        "(place ?1)", "(place ?2)", "(van ?1)", "(van ?2)", "(at ?1 ?2)",
        "(same-as ?1 ?1)", "(same-as ?1 ?2)", "(same-as ?2 ?1)", "(same-as ?2 ?2)",
    ]  # fmt: skip
