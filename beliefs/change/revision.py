"""Revision: take in a formula, and give up as little as possible of what contradicts it."""

from __future__ import annotations

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Change
from beliefs.change.choice import Choice, least_incision
from beliefs.change.conclusion import conclude, held_already
from beliefs.change.question import Question
from beliefs.reasoning.verdict import UNLIMITED, Budget


def revise(
    base: BeliefBase, belief: Belief, *, choice: Choice = least_incision, budget: Budget = UNLIMITED
) -> Change:
    """Return the revision of a base by a belief.

    Kernel revision by the Levi identity (Hansson 1999, "A Textbook of Belief Dynamics", ch. 3): cut every
    kernel that contradicts the input, then add the input.

    After a change that is done: the belief is in the base (success); the base is consistent, even if it was
    not before; nothing else was added (inclusion); nothing was given up where the input contradicts nothing
    (vacuity); each belief given up is in a kernel that only it cuts (relevance); with the default choice, no
    other incision costs less. It is vacuous where the base says the same already, at least as firmly.

    It is refused where the input contradicts itself, or certain beliefs; `kernels` then holds the one kernel
    of nothing but certain beliefs that shows why.

    Raises:
        SortError: the formula does not fit the symbols of the base.
        DuplicateNameError: the name is taken by another belief.
    """
    question = Question.of(base, belief.formula, origin=belief.name)
    outcome = question.answered_by(choice, budget)
    added = () if held_already(base, belief) else (belief,)
    base.expect_free(*(each.name for each in added))  # even where what has the name would be given up
    return conclude("revise", belief.formula, question, outcome, added)
