"""One question put to a theory: can these inputs be true together with it, or with parts of it?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import Protocol

from beliefs.language.semantics import Model
from beliefs.language.syntax import Formula
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.ground_search import GroundSearch
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Verdict
from beliefs.reasoning.witness import INPUT, AllBut, OutsideFragment, WitnessSearch


class Search(Protocol):
    """A way to decide which parts of a theory are true together with the inputs of one inquiry."""

    def decide(self, active: Callable[[Label], bool]) -> Verdict:
        """Decide whether the inputs and all formulas whose label is active can be true together."""

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether the inputs and just the formulas of these labels can be true together; needs no model."""


class Inquiry:
    """Tells which parts of a theory can be true together with some inputs, over and over.

    The solver is kept between answers. It starts from the theory's witness with a SAT solver
    (`witness.WitnessSearch`), which looks at no more than the question touches; where no witness is known, a ground
    theory is handed to the solver whole (`ground_search.GroundSearch`). Once something is touched that grounding does
    not decide, it goes over to Z3: first from the witness as well (`numeric.NumericSearch`), and once that does not
    decide it either, with all that can matter (`general.GeneralSearch`). Any way the answer is that of
    the whole theory.
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
        self._start = theory.witness if hypothesis is None else hypothesis
        self._suspects = tuple(suspects)
        self._numeric_tried = False
        self._search: Search
        try:
            self._search = self._first()
        except OutsideFragment:
            self._search = self._next()

    def numbered(self) -> GroundSearch | None:
        """Return the same question in numbers, where it is in one solver as a whole; else None."""
        return self._search if isinstance(self._search, GroundSearch) else None

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether the inputs and just the formulas of these labels can be true together.

        `Sat` may come without a model, which `within` looks for: to shrink a core, none is needed.
        """
        return self._asked(lambda search: search.check(labels))

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
        return self._asked(lambda search: search.decide(active))

    def _asked(self, question: Callable[[Search], Verdict]) -> Verdict:
        while True:
            try:
                return question(self._search)
            except OutsideFragment:
                self._search = self._next()

    def _first(self) -> Search:
        """The search to begin with."""
        if self._start is None:
            with suppress(OutsideFragment):
                return GroundSearch(self._theory, self._inputs, self._deadline)
        return WitnessSearch(self._theory, self._inputs, self._start, self._suspects, self._deadline)

    def _next(self) -> Search:
        """The search to go over to when something is touched that the one before does not decide."""
        # Z3 takes longer to import than most questions take to answer.
        from beliefs.reasoning.general import GeneralSearch
        from beliefs.reasoning.numeric import NumericSearch

        if not self._numeric_tried:
            self._numeric_tried = True
            with suppress(OutsideFragment):
                return NumericSearch(self._theory, self._inputs, self._start, self._suspects, self._deadline)
        return GeneralSearch(self._theory, self._inputs, self._deadline)
