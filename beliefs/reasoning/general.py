"""The general search: everything that can matter, handed to Z3."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from beliefs.language.syntax import TRUE, Comparison, Constant, Formula
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.relevance import compares_individuals, cone
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict
from beliefs.reasoning.witness import INPUT
from beliefs.reasoning.z3_oracle import Z3Oracle


class GeneralSearch:
    """Decides whether parts of a theory are true together with some inputs, in the full language.

    Cost: each call is one check by Z3 of the part of the theory that the inputs can reach (`relevance.cone`);
    the first also loads it.
    """

    def __init__(self, theory: Theory, inputs: Sequence[Formula], deadline: Deadline) -> None:
        """Take up a theory and inputs that hold throughout, elaborated under its signature."""
        self._theory = theory
        self._deadline = deadline
        self._oracle = Z3Oracle(theory.signature, unique_names=theory.unique_names)
        for formula in (TRUE, *inputs, *_existence(theory, inputs)):
            self._oracle.add(INPUT, formula)
        self._cone = sorted(cone(theory, inputs))
        for name in self._cone:
            self._oracle.add(name, theory.formula(name))

    def decide(self, active: Callable[[Label], bool]) -> Verdict:
        """Decide whether the inputs and all formulas whose label is active can be true together.

        Returns:
            `Sat`, with a model where Z3's covers the whole theory and can be read; `Unsat` with a core of active
            labels (the inputs go without saying); `Unknown` with the reason.
        """
        allowance = self._deadline.remaining()
        if isinstance(allowance, Unknown):
            return allowance
        self._oracle.budget = allowance
        verdict = self._oracle.check([INPUT, *filter(active, self._cone)])
        match verdict:
            case Unknown():
                return self._deadline.told(verdict)
            case Unsat(core):
                return Unsat(core - {INPUT})
            case Sat() if len(self._cone) < len(self._theory):
                return Sat(None)
        return verdict

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether the inputs and just the formulas of these labels can be true together."""
        return self.decide(frozenset(labels).__contains__)


def _existence(theory: Theory, inputs: Sequence[Formula]) -> Iterator[Formula]:
    """Formulas that name every individual of the theory, where it matters how many there are.

    An individual exists whether or not the beliefs that name it are asked about.
    """
    if compares_individuals(theory, inputs):
        for name in sorted(theory.signature.constants):
            yield Comparison("=", Constant(name), Constant(name))
