"""Consolidation: give up as little as possible, so that the base is consistent."""

from __future__ import annotations

from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Change
from beliefs.change.choice import Choice, least_incision
from beliefs.change.conclusion import conclude
from beliefs.change.question import Question
from beliefs.reasoning.verdict import UNLIMITED, Budget


def consolidate(base: BeliefBase, *, choice: Choice = least_incision, budget: Budget = UNLIMITED) -> Change:
    """Return the consolidation of a base.

    Contraction by falsity (Hansson 1994): cut every minimal set of beliefs that contradicts itself.

    After a change that is done: the base is consistent; nothing was added; each belief given up is in a
    kernel that only it cuts; with the default choice, no other incision costs less. It is vacuous where the
    base is consistent.

    It is refused where certain beliefs contradict one another; `kernels` then holds one minimal set of them
    that does.
    """
    question = Question.of(base)
    outcome = question.answered_by(choice, budget)
    return conclude("consolidate", None, question, outcome)
