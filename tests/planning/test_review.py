"""What a review says, and why."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from support.planning import random_domain, random_state, random_step

from beliefs.agent import Agent
from beliefs.answers import ask
from beliefs.base.cut import cut
from beliefs.errors import PlanError
from beliefs.language.syntax import Or
from beliefs.planning.actions import (
    OBJECT,
    Domain,
    Ground,
    Literal,
    Predicate,
    Problem,
    Schema,
    State,
    Step,
    Type,
)
from beliefs.planning.levels import EVIDENCE
from beliefs.planning.review import entries_of, review
from beliefs.planning.world import Outcome
from beliefs.reasoning.verdict import Budget

BLOCKS = Domain(
    "blocks",
    (Type(OBJECT, None, OBJECT),),
    (Predicate("clear", (OBJECT,)), Predicate("holding", (OBJECT,)), Predicate("hand-empty")),
    (),
    (
        Schema(
            "pick-up",
            (("x", OBJECT),),
            (Literal(OBJECT, (0,)), Literal("clear", (0,)), Literal("hand-empty")),
            (Literal("holding", (0,)), Literal("clear", (0,), False), Literal("hand-empty", (), False)),
        ),
        Schema(
            "put-down",
            (("x", OBJECT),),
            (Literal(OBJECT, (0,)), Literal("holding", (0,))),
            (Literal("holding", (0,), False), Literal("clear", (0,)), Literal("hand-empty")),
        ),
    ),
    frozenset({"strips"}),
)
START = frozenset(
    (
        Ground("object", ("a",)),
        Ground("object", ("b",)),
        Ground("clear", ("a",)),
        Ground("clear", ("b",)),
        Ground("hand-empty"),
    )
)
PROBLEM = Problem("two", (("a", OBJECT), ("b", OBJECT)), START)


def after(state: State, *steps: str) -> State:
    for text in steps:
        action, *arguments = text.strip("()").split()
        state = BLOCKS.schema(action).after(state, arguments)
    return state


@pytest.fixture
def agent():
    with Agent.in_memory() as agent:
        agent.learn_actions(BLOCKS, problem=PROBLEM, empty=True)
        yield agent


def test_nothing_is_refused_before_anything_failed(agent):
    plan = ["(pick-up a)", "(pick-up b)", "(put-down a)"]
    found = agent.review(plan)
    assert found.finding == "passed"
    assert not found.refused
    assert str(found) == "passed"
    assert [str(step) for step in found.plan] == plan


def test_the_step_the_reason_and_the_beliefs_are_told(agent):
    held = after(START, "(pick-up a)")
    agent.record("(pick-up a)", START, Outcome(True, held))
    agent.record("(pick-up b)", held, Outcome(False, held))
    found = agent.review("(put-down a)\n(pick-up b)\n(pick-up a)\n", after(START, "(pick-up a)"))
    assert found.refused
    assert (found.number, str(found.step)) == (3, "(pick-up a)")
    assert found.conditions == (Literal("hand-empty"),)
    assert found.because == ("pick-up-executed-1", "pick-up-refused-1")
    assert str(found) == (
        "refused: step 3, (pick-up a), needs (hand-empty), because of pick-up-executed-1, pick-up-refused-1"
    )
    entries = entries_of(agent.log(newest_first=True), found.because)
    assert entries == {"pick-up-executed-1": 2, "pick-up-refused-1": 3}
    assert entries_of(agent.log(newest_first=True), ["no-such-belief"]) == {}


def test_several_conditions_may_be_meant(agent):
    held = after(START, "(pick-up a)")
    agent.record("(pick-up a)", held, Outcome(False))
    found = agent.review("(pick-up b)\n(pick-up b)")
    assert (found.number, found.conditions) == (2, (Literal("clear", (0,)), Literal("hand-empty")))
    assert "needs (clear b) or (hand-empty)" in str(found)
    assert not agent.review("(pick-up b)").refused


def test_assumptions_and_what_was_read_refuse_nothing(agent):
    with Agent.in_memory() as reader:
        reader.learn_actions(BLOCKS, problem=PROBLEM, level=8)
        assert reader.ask("needs_pick_up(clear_1)").verdict == "believed"
        assert not reader.review("(pick-up a)\n(pick-up a)").refused
        assert review(reader.base, (Step("pick-up", ("a",)),) * 2, level=8).refused


def test_the_state_is_what_is_believed_unless_it_is_given(agent):
    agent.record("(put-down a)", START, Outcome(False))
    assert agent.review("(put-down b)").refused
    assert not agent.review("(put-down b)", after(START, "(pick-up b)")).refused


def test_no_steps_pass(agent):
    assert agent.review("").finding == "passed"


def test_what_could_not_be_asked_is_unknown(agent):
    held = after(START, "(pick-up a)")
    agent.record("(pick-up a)", held, Outcome(False))
    agent.load("lit -> clear(c)\nlit\n")  # so that the state is more than what is said word for word
    for state in (held, None):
        found = review(agent.base, (Step("pick-up", ("b",)),), state, budget=Budget(milliseconds=0))
        assert found.finding == "unknown"
        assert not found.refused
        assert found.reason
        assert str(found) == f"unknown: {found.reason}"


@pytest.mark.parametrize("seed", range(6))
def test_the_reasons_are_of_the_evidence_and_none_in_vain(seed):
    chance = Random(seed)
    domain = random_domain(chance)
    with Agent.in_memory() as agent:
        agent.learn_actions(domain, empty=True)
        for _ in range(12):
            state, step = random_state(chance, domain), random_step(chance, domain)
            executed = domain.schema_of(step).executable(state, step.arguments)
            agent.record(step, state, Outcome(executed))
        base = agent.base
        refused = 0
        for _ in range(40):
            state, step = random_state(chance, domain), random_step(chance, domain)
            found = agent.review((step,), state)
            if not found.refused:
                continue
            refused += 1
            evidence = cut(base, EVIDENCE)
            assert set(found.because) <= set(evidence.names())
            assert found.conditions
            assert all(not each.holds(state, step.arguments) for each in found.conditions)
            told = agent._reviewing().evidence
            action = told.vocabulary.actions[step.action]
            atoms = tuple(action.needs(told.vocabulary.symbol_of(each)) for each in found.conditions)
            failure = atoms[0] if len(atoms) == 1 else Or(atoms)
            alone = base.remove(*(name for name in base.names() if name not in found.because))
            assert ask(alone, failure).verdict == "believed"
            for name in found.because:
                assert ask(alone.remove(name), failure).verdict != "believed"
    assert refused or seed == 2


@pytest.mark.parametrize("seed", range(30))
def test_beliefs_about_effects_refuse_no_plan_that_works(seed):
    """The effects that are believed are those of another domain, at a level below the evidence."""
    chance = Random(seed)
    true = random_domain(chance, predicates=2)
    wrong = replace(
        true,
        schemas=tuple(
            replace(schema, effects=tuple(each for each in schema.effects if chance.random() < 0.5))
            for schema in true.schemas
        ),
    )
    with Agent.in_memory() as agent:
        agent.learn_actions(wrong, empty=True, effects=2)
        for _ in range(25):
            start = random_state(chance, true)
            plan = tuple(random_step(chance, true) for _ in range(3))
            found = agent.review(plan, start)
            now = start
            for number, step in enumerate(plan, start=1):
                schema = true.schema_of(step)
                executed = schema.executable(now, step.arguments)
                after = schema.after(now, step.arguments) if executed else now
                if chance.random() < 0.5:
                    agent.record(step, now, Outcome(executed, after if chance.random() < 0.5 else None))
                now = after
                if not executed:
                    assert found.number is None or number <= found.number
                    break
            else:
                assert not found.refused


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"clear a"}, r"a state is a set of facts such as Ground\('at', \('home',\)\); 'clear a' is none"),
        ({("clear", ("a",))}, r"\('clear', \('a',\)\) is none"),
        ({Ground("clear a")}, "is none"),
        ({Ground("clear", "a")}, "is none"),
        ({Ground("clear", (1,))}, "is none"),
        ({Ground("clear", ("a", "b"))}, r"\(clear a b\): clear is about 1 individual, and here are 2"),
        ("clear(a)", r"a state is a set of facts .* not 'clear\(a\)'"),
        (5, "a state is a set of facts .* not 5"),
    ],
)
def test_a_state_that_is_none_refuses_no_plan(agent, state, message):
    with pytest.raises(PlanError, match=message):
        agent.review("(pick-up a)", state)


@pytest.mark.parametrize("plan", [None, 5, [None], ["(pick-up a)", 5]])
def test_a_plan_that_is_none_is_told(agent, plan):
    with pytest.raises(PlanError, match=r"a plan is a text with a step a line|step [12]: a step is a text"):
        agent.review(plan)


def test_a_stranger_is_told(agent):
    found = agent.review("(pick-up nobody)", START)
    assert found.refused
    assert found.reason == "the state says nothing of an individual nobody"
    assert str(found).endswith(f"; {found.reason}")
    assert agent.review("(pick-up a)", START).reason is None


@pytest.mark.parametrize(
    ("step", "before", "outcome", "message"),
    [
        (5, START, Outcome(True), "a step is a text such as"),
        ("(pick-up a)", {"clear a"}, Outcome(True), "'clear a' is none"),
        ("(pick-up a)", START, None, r"\(pick-up a\): what comes of a step is an Outcome, .* not None"),
        ("(pick-up a)", START, Outcome(True, {"held a"}), r"what came of \(pick-up a\): .* 'held a' is none"),
    ],
)
def test_what_cannot_be_recorded_is_told(agent, step, before, outcome, message):
    with pytest.raises(PlanError, match=message):
        agent.record(step, before, outcome)
