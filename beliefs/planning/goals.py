"""Goals as they are given: a text of the language, a formula, literals, or a PDDL problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from beliefs.base.belief_base import BeliefBase
from beliefs.errors import LanguageError, PlanError
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import And, Atom, Comparison, Constant, Formula, Not, Truth
from beliefs.language.wellformed import check_formula
from beliefs.planning.actions import EQUAL, OBJECT, Literal, Problem, State, as_state
from beliefs.planning.model import believed_state
from beliefs.planning.names import to_pddl
from beliefs.planning.vocabulary import Vocabulary
from beliefs.reasoning.verdict import UNLIMITED, Budget

Goal: TypeAlias = str | Formula | Problem | tuple[Literal, ...]
"""What should hold in the end: a conjunction of literals, written in any of these ways."""


def problem_of(
    base: BeliefBase, goal: Goal, state: State | None = None, *, budget: Budget = UNLIMITED
) -> Problem:
    """Return the problem of reaching a goal.

    The individuals are those of the problem, where the goal is one; otherwise all that the state, the goal or an
    action model of the base speaks of.

    Args:
        base: what is believed.
        goal: what should hold in the end; of a problem, its goal.
        state: where to start; by default where the problem does, if the goal is one, and otherwise the facts that are
            believed, all else being false.
        budget: what asking for these facts may spend.

    Raises:
        LanguageError: the text of the goal is malformed.
        PlanError: the goal is no conjunction of literals, speaks of what no action model of the base knows, or the
            facts could not be asked for; or the state is no set of facts.
    """
    goal = _goal(goal)
    state = None if state is None else as_state(state)
    vocabulary = Vocabulary.of(base)
    if not vocabulary.actions:
        raise PlanError("no action is known, so there is nothing to plan with; take in a PDDL domain first")
    if isinstance(goal, Problem):
        return goal if state is None else replace(goal, initial=state)
    start = believed_state(base, budget=budget) if state is None else state
    wishes = goal if isinstance(goal, tuple) else tuple(_literals(goal, vocabulary))
    individuals = {name for fact in start for name in fact.arguments}
    individuals.update(str(name) for literal in wishes for name in literal.arguments)
    individuals.update(vocabulary.constants)
    return Problem("goal", tuple((name, OBJECT) for name in sorted(individuals)), start, wishes)


def _goal(given: Goal) -> Goal:
    """Return a goal, having made sure that it is of one of the kinds that are read."""
    if isinstance(given, str | Problem):
        return given
    if isinstance(given, tuple):
        for each in given:
            if not isinstance(each, Literal):
                raise PlanError(f"{each!r} is no part of a goal; write Literal('at', ('home',))")
        return given
    try:
        return check_formula(given)
    except LanguageError as error:
        raise PlanError(
            f"a goal is a text such as on(a, b) & !holding(c), a formula, a tuple of literals or a problem; {error}"
        ) from error


def _literals(goal: str | Formula, vocabulary: Vocabulary) -> Iterator[Literal]:
    waiting = [parse_formula(goal) if isinstance(goal, str) else goal]
    while waiting:
        formula = waiting.pop()
        match formula:
            case And(operands):
                waiting.extend(reversed(operands))
            case Truth(True):
                pass
            case Not(Atom() as atom):
                yield _literal(atom, vocabulary).negated
            case Atom():
                yield _literal(formula, vocabulary)
            case Comparison("=" | "!=", Constant(left), Constant(right)):
                yield Literal(EQUAL, (to_pddl(left), to_pddl(right)), formula.operator == "=")
            case _:
                raise PlanError(
                    f"the goal {print_formula(formula)} is no conjunction of facts and negated facts, "
                    "such as on(a, b) & !holding(c)"
                )


def _literal(atom: Atom, vocabulary: Vocabulary) -> Literal:
    fact = vocabulary.ground(atom)
    if fact is None:
        known = ", ".join(f"{symbol}/{arity}" for symbol, arity in sorted(vocabulary.predicates.values()))
        raise PlanError(
            f"the goal speaks of {print_formula(atom)}, and the actions that are known change no such fact; "
            f"they know {known}"
        )
    return Literal(*fact)
