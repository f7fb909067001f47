"""One question put to a theory: can these inputs be true together with it, or with parts of it?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from beliefs.language.semantics import Model
from beliefs.language.syntax import Formula
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Verdict
from beliefs.reasoning.witness import INPUT, AllBut, OutsideFragment, WitnessSearch


class Search(Protocol):
    """A way to decide which parts of a theory are true together with the inputs of one inquiry."""

    def decide(self, active: Callable[[Label], bool]) -> Verdict:
        """Decide whether the inputs and all formulas whose label is active can be true together."""


class Inquiry:
    """Tells which parts of a theory can be true together with some inputs, over and over.

    The solver is kept between answers. It starts from the theory's witness with a SAT solver
    (`witness.WitnessSearch`), which looks at no more than the question touches, and goes over to Z3
    (`general.GeneralSearch`) once something is touched that grounding does not decide. Either way the answer is
    that of the whole theory.
    """

    def __init__(
        self,
        theory: Theory,
        *inputs: Formula,
        hypothesis: Model | None = None,
        suspects: Iterable[str] = (),
        budget: Budget = UNLIMITED,
    ) -> None:
        """Put a question.

        Args:
            theory: the labelled formulas.
            inputs: formulas, elaborated under the theory's signature, that hold throughout.
            hypothesis: a model of all the theory but the suspects, where one is known; by default its
                witness.
            suspects: the labels of formulas that the hypothesis may falsify.
            budget: what all answers together may spend; the clock starts now.
        """
        self._theory = theory
        self._inputs = inputs
        self._deadline = Deadline(budget)
        start = theory.witness if hypothesis is None else hypothesis
        self._search: Search
        try:
            self._search = WitnessSearch(theory, inputs, start, suspects, self._deadline)
        except OutsideFragment:
            self._search = self._general()

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether the inputs and just the formulas of these labels can be true together.

        `Sat` may come without a model, which `within` looks for: to shrink a core, none is needed.
        """
        if isinstance(self._search, WitnessSearch):
            verdict = self._search.decide_among(labels)
            if verdict is not None:
                return verdict
        return self._decide(frozenset(labels).__contains__)

    def without(self, excluded: Collection[Label]) -> Verdict:
        """Decide whether the inputs and all the theory but these labels can be true together.

        A model in `Sat` is one of all of them.
        """
        return self._decide(AllBut(frozenset(excluded)))

    def within(self, active: Callable[[Label], bool]) -> Verdict:
        """Decide whether the inputs and just those formulas can be true together whose label is active.

        A model in `Sat` is one of all of them.
        """
        return self._decide(lambda label: label != INPUT and active(label))

    def _decide(self, active: Callable[[Label], bool]) -> Verdict:
        try:
            return self._search.decide(active)
        except OutsideFragment:
            self._search = self._general()
            return self._search.decide(active)

    def _general(self) -> Search:
        # Z3 takes longer to import than most questions take to answer.
        from beliefs.reasoning.general import GeneralSearch

        return GeneralSearch(self._theory, self._inputs, self._deadline)
