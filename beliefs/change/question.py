"""What an operator asks of a base: which beliefs must go, so that the rest agrees with some formulas."""

from __future__ import annotations

from dataclasses import dataclass

from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment
from beliefs.change.choice import Choice, Outcome, Seniority
from beliefs.language.sorts import elaborate
from beliefs.language.syntax import Formula, negation
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import Budget, Label


@dataclass(frozen=True)
class Question:
    """A base, and the formulas that should be true together with what is left of it.

    Attributes:
        base: the base before the change, its signature covering the tests.
        plain: the same base as it was given: symbols that only the tests have are none of its own.
        tests: the formulas, elaborated.
        suspects: the beliefs that the witness of the base may falsify; none where it is one of them all.
    """

    base: BeliefBase
    plain: BeliefBase
    tests: tuple[Formula, ...] = ()
    suspects: tuple[str, ...] = ()

    @staticmethod
    def of(base: BeliefBase, *formulas: Formula, origin: str = "input", negated: bool = False) -> Question:
        """Return the question whether formulas, or their negations, can be true together with a base.

        Raises:
            SortError: a formula does not fit the symbols of the base; `origin` names it in the message.
        """
        understanding = base.understanding(*formulas, origin=origin)
        tests = (elaborate(formula, understanding.signature) for formula in formulas)
        return Question(understanding, base, tuple(negation(test) if negated else test for test in tests))

    def inquiry(self, budget: Budget) -> Inquiry:
        """Put the question to a solver."""
        return Inquiry(self.base, *self.tests, suspects=self.suspects, budget=budget)

    def answered_by(self, choice: Choice, budget: Budget) -> Outcome:
        """Put the question to a solver, and have a choice made of what to give up."""
        return choice(self.inquiry(budget), self.entrenchment, self.seniority, budget=budget)

    def entrenchment(self, name: Label) -> Entrenchment:
        """Return how firmly a belief is held."""
        return self.base.held(str(name))

    def seniority(self, name: Label) -> Seniority:
        """Return the place of a belief among equals: what comes first is given up first."""
        belief = self.base[str(name)]
        return (-belief.age, belief.name)

    def certain_last(self, name: Label) -> tuple[bool, int]:
        """Return the place of a belief when a core is shrunk: what comes first is spared first.

        What is certain comes last. So a kernel holds as few beliefs as possible that can be given up, and
        then as few certain ones as these need.
        """
        belief = self.base[str(name)]
        return (belief.entrenchment.is_certain, -belief.age)
