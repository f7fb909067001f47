"""The simulated world, beside the simulator of unified-planning."""

from __future__ import annotations

from random import Random

import pytest

from beliefs.errors import PlanError
from beliefs.planning.actions import Ground, Problem, Step
from beliefs.planning.pddl import parse_domain, parse_problem
from beliefs.planning.world import SimulatedWorld

DOMAIN = """
(define (domain ferry) (:requirements :strips :typing :negative-preconditions :equality)
  (:types car shore) (:constants home - shore)
  (:predicates (at ?c - car ?s - shore) (boat ?s - shore) (on ?c - car) (full))
  (:action sail :parameters (?from ?to - shore)
    :precondition (and (boat ?from) (not (= ?from ?to))) :effect (and (not (boat ?from)) (boat ?to)))
  (:action board :parameters (?c - car ?s - shore)
    :precondition (and (at ?c ?s) (boat ?s) (not (full))) :effect (and (on ?c) (full) (not (at ?c ?s))))
  (:action leave :parameters (?c - car ?s - shore)
    :precondition (and (on ?c) (boat ?s)) :effect (and (not (on ?c)) (not (full)) (at ?c ?s)))
  (:action swap :parameters (?c ?d - car ?s - shore)
    :precondition (and (on ?c) (at ?d ?s)) :effect (and (not (on ?c)) (at ?c ?s) (not (at ?d ?s)) (on ?d))))
"""
PROBLEM = """
(define (problem p) (:domain ferry) (:objects a b - car far - shore)
  (:init (at a home) (at b far) (boat home)) (:goal (and (at a far) (at b home))))
"""


@pytest.fixture(scope="module")
def simulator():
    from unified_planning.engines.sequential_simulator import UPSequentialSimulator
    from unified_planning.environment import get_environment
    from unified_planning.io import PDDLReader

    problem = PDDLReader(get_environment()).parse_problem_string(DOMAIN, PROBLEM)
    return problem, UPSequentialSimulator(problem)


@pytest.mark.parametrize("seed", range(6))
def test_steps_are_executed_as_unified_planning_executes_them(simulator, seed):
    from unified_planning.exceptions import UPInvalidActionError

    problem, theirs = simulator
    domain = parse_domain(DOMAIN)
    ours = SimulatedWorld(domain, parse_problem(PROBLEM, domain))
    state = theirs.get_initial_state()
    chance = Random(seed)
    executed = 0
    for _ in range(60):
        action = chance.choice(problem.actions)
        objects = [chance.choice(list(problem.objects(each.type))) for each in action.parameters]
        outcome = ours.execute(Step(action.name, tuple(each.name for each in objects)))
        try:
            following = theirs.apply(state, action, objects)
        except UPInvalidActionError:  # what these arguments can never satisfy
            following = None
        assert outcome.executed is (following is not None)
        state = state if following is None else following
        executed += outcome.executed
        facts = {
            Ground(atom.fluent().name, tuple(each.object().name for each in atom.args))
            for atom in problem.initial_values
            if state.get_value(atom).is_true()
        }
        assert {fact for fact in ours.state if fact.predicate not in domain.type_predicates} == facts
        assert outcome.state == ours.state
        assert ours.solved is theirs.is_goal(state)
    assert executed


def test_a_refused_step_changes_nothing():
    domain = parse_domain(DOMAIN)
    world = SimulatedWorld(domain, parse_problem(PROBLEM, domain))
    before = world.state
    outcome = world.execute(Step("sail", ("home", "home")))
    assert not outcome.executed
    assert outcome.state == world.state == before
    assert outcome.reason == "(sail home home) cannot be executed here"
    assert not world.execute(Step("sail", ("home", "mars"))).executed
    world.execute(Step("sail", ("home", "far")))
    assert world.state != before
    world.reset()
    assert world.state == before


def test_a_step_that_does_not_fit_is_named():
    domain = parse_domain(DOMAIN)
    world = SimulatedWorld(domain, Problem("p"))
    with pytest.raises(PlanError, match="there is no action fly"):
        world.execute(Step("fly"))
    with pytest.raises(PlanError, match=r"\(sail home\): sail takes 2 arguments, and here are 1"):
        world.execute(Step("sail", ("home",)))
