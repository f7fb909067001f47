"""Contraction: give up as little as possible, so that a formula is no longer entailed."""

from __future__ import annotations

from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Change
from beliefs.change.choice import Choice, least_incision
from beliefs.change.conclusion import conclude
from beliefs.change.question import Question
from beliefs.language.syntax import Formula
from beliefs.reasoning.verdict import UNLIMITED, Budget


def contract(
    base: BeliefBase, formula: Formula, *, choice: Choice = least_incision, budget: Budget = UNLIMITED
) -> Change:
    """Return the contraction of a base by a formula.

    Kernel contraction (Hansson 1994, "Kernel contraction", Journal of Symbolic Logic 59): cut every minimal
    set of beliefs that entails the formula.

    After a change that is done: the base does not entail the formula (success); nothing was added
    (inclusion); each belief given up is in a kernel that only it cuts (relevance); with the default choice,
    no other incision costs less. It is vacuous where the base does not entail the formula in the first place.

    It is refused where the formula is a tautology, or certain beliefs entail it; `kernels` then holds the one
    kernel of nothing but certain beliefs (none, for a tautology) that shows why.

    Raises:
        SortError: the formula does not fit the symbols of the base.
    """
    question = Question.of(base, formula, negated=True)
    outcome = question.answered_by(choice, budget)
    return conclude("contract", formula, question, outcome)
