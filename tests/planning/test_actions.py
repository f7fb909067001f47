"""States, steps and what actions do to states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beliefs.errors import PlanError
from beliefs.planning.actions import (
    Domain,
    Ground,
    Literal,
    Problem,
    Schema,
    Step,
    as_plan,
    parse_plan,
    parse_step,
)

STACK = Schema(
    "stack",
    (("x", "object"), ("y", "object")),
    (Literal("holding", (0,)), Literal("clear", (1,)), Literal("=", (0, 1), False)),
    (Literal("on", (0, 1)), Literal("clear", (1,), False), Literal("holding", (0,), False)),
)


def state(*facts: str) -> frozenset[Ground]:
    return frozenset(Ground(words[0], tuple(words[1:])) for words in map(str.split, facts))


def test_what_is_not_in_the_state_is_false():
    assert STACK.executable(state("holding a", "clear b"), ("a", "b"))
    assert STACK.unmet(state("holding a"), ("a", "b")) == (Literal("clear", (1,)),)
    assert STACK.unmet(state("holding a", "clear a"), ("a", "a")) == (Literal("=", (0, 1), False),)


def test_effects_change_what_they_name_and_nothing_else():
    before = state("holding a", "clear b", "clear c")
    assert STACK.after(before, ("a", "b")) == state("on a b", "clear c")


def test_what_is_added_and_deleted_is_added():
    move = Schema(
        "move", (("x", "object"), ("y", "object")), (), (Literal("at", (0,), False), Literal("at", (1,)))
    )
    assert move.after(state("at a"), ("a", "a")) == state("at a")
    assert move.after(state("at a"), ("a", "b")) == state("at b")


def test_a_goal_may_say_what_is_to_be_false():
    problem = Problem("p", goal=(Literal("on", ("a", "b")), Literal("clear", ("b",), False)))
    assert problem.solved(state("on a b"))
    assert not problem.solved(state("on a b", "clear b"))


@pytest.mark.parametrize("text", ["(pick-up a b)", " (Pick-Up A B) ", "pick-up a b", "(pick-up  a\tb)"])
def test_a_step_is_read(text):
    assert parse_step(text) == Step("pick-up", ("a", "b"))
    assert str(parse_step(text)) == "(pick-up a b)"


@pytest.mark.parametrize("text", ["", "()", "(a", "a)", "(a (b))", "(a b) (c d)", "a ; b"])
def test_what_is_no_step_is_named(text):
    with pytest.raises(PlanError, match="a step is an action and its arguments") as caught:
        parse_step(text)
    assert repr(text.strip()) in str(caught.value)


def test_a_plan_is_read_line_by_line():
    assert parse_plan("; a tower\n(a b)\n\n(c) ; last\n") == (Step("a", ("b",)), Step("c"))
    with pytest.raises(PlanError, match="line 2: "):
        parse_plan("(a)\n(b\n")


def test_a_plan_may_be_texts_and_steps():
    assert as_plan(["(a b)", Step("c")]) == (Step("a", ("b",)), Step("c"))
    with pytest.raises(PlanError, match="step 2: "):
        as_plan(["(a)", "(b"])


@given(st.lists(st.text("ab-", min_size=1, max_size=3), min_size=1, max_size=4))
def test_a_step_is_printed_as_it_is_read(words):
    step = Step(words[0], tuple(words[1:]))
    assert parse_step(str(step)) == step


def test_a_step_that_does_not_fit_is_named():
    domain = Domain("d", schemas=(STACK,))
    assert domain.fits(Step("stack", ("a", "b")))
    assert not domain.fits(Step("stack", ("a",)))
    assert not domain.fits(Step("fly", ("a",)))
    with pytest.raises(PlanError, match=r"\(stack a\): stack takes 2 arguments, and here are 1"):
        domain.schema_of(Step("stack", ("a",)))
    with pytest.raises(PlanError, match="there is no action fly; there are stack"):
        domain.schema_of(Step("fly"))


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (Literal("on", (0, "b")), "(on ?1 b)"),
        (Literal("handempty"), "(handempty)"),
        (Literal("=", (0, 1), False), "(not (= ?1 ?2))"),
    ],
)
def test_a_literal_is_printed_in_pddl(literal, text):
    assert str(literal) == text
    assert literal.negated.negated == literal
    assert Literal("on", (0, "b")).told(("a",)) == "(on a b)"
