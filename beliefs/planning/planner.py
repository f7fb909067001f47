"""Plans for a goal under a model, by Fast Downward."""

from __future__ import annotations

from dataclasses import dataclass

from beliefs.base.belief_base import BeliefBase
from beliefs.errors import PlanError
from beliefs.planning.actions import Domain, Plan, Problem, State
from beliefs.planning.downward import UNSOLVABLE, search
from beliefs.planning.goals import Goal, problem_of
from beliefs.planning.grounding import ground
from beliefs.planning.model import believed_actions
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import UNLIMITED, Budget, Unknown


@dataclass(frozen=True, slots=True)
class NoPlan:
    """No sequence of steps leads to the goal: that is proven.

    Attributes:
        reason: how it was proven, in words.
    """

    reason: str


def plan(domain: Domain, problem: Problem, *, budget: Budget = UNLIMITED) -> Plan | NoPlan | Unknown:
    """Return a plan for a problem, `NoPlan` where it is proven that there is none, or `Unknown`.

    A plan that is returned has been executed by `Schema.after`: every condition holds at its step, and the goal
    holds in the end. It is not always a shortest one. The same call gives the same answer, but for its budget.

    Args:
        domain: what actions need and do.
        problem: where to start and where to get.
        budget: what the planner may spend: time and memory. Resources are not counted.

    Raises:
        MissingExtraError: the planner is not installed.
        PlanError: the planner broke down, or gave a plan that does not work.
    """
    deadline = Deadline(budget)
    if problem.solved(problem.initial):
        return ()
    grounded = ground(domain, problem)
    if grounded is None:
        return NoPlan(
            "even if nothing that was made true were ever made false again, the goal would not come about"
        )
    found = search(grounded.task, deadline.rest())
    if isinstance(found, Unknown):
        return found
    if found == UNSOLVABLE:
        return NoPlan("the planner searched every state that can be reached")
    steps = tuple(grounded.steps[number] for number in found)
    if not works(domain, problem, steps):
        told = ", ".join(map(str, steps))
        raise PlanError(f"the planner gave a plan that does not work: {told}")
    return steps


def plan_believed(
    base: BeliefBase, goal: Goal, state: State | None = None, *, budget: Budget = UNLIMITED
) -> Plan | NoPlan | Unknown:
    """Return a plan for a goal by what a base believes of actions; see `plan` and `problem_of`.

    Raises:
        LanguageError: the text of the goal is malformed.
        PlanError: the goal does not fit what is believed, or the base contradicts itself.
        MissingExtraError: the planner is not installed.
    """
    deadline = Deadline(budget)
    problem = problem_of(base, goal, state, budget=budget)
    return plan(believed_actions(base, budget=deadline.rest()), problem, budget=deadline.rest())


def works(domain: Domain, problem: Problem, steps: Plan) -> bool:
    """Return whether a plan works: every condition holds at its step, and the goal holds in the end.

    Raises:
        PlanError: a step does not fit the domain.
    """
    state = problem.initial
    for step in steps:
        schema = domain.schema_of(step)
        if not schema.executable(state, step.arguments):
            return False
        state = schema.after(state, step.arguments)
    return problem.solved(state)
