"""The general search: everything that can matter, handed to Z3."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from beliefs.language.syntax import TRUE, Formula
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.relevance import cone
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict
from beliefs.reasoning.z3_oracle import Z3Oracle

INPUT: Label = ("input",)

_BATCH = 50
"""Formulas are loaded in batches with a check after each: 1,000 densely coupled constraints that took one
cold check 470 s took 0.29 s so, since each check starts from the last one's solution."""


class GeneralSearch:
    """Decides whether parts of a theory are true together with some inputs, in the full language.

    Cost: each call is one check by Z3 of the part of the theory that the inputs can reach (`relevance.cone`);
    the first also loads it.
    """

    def __init__(self, theory: Theory, inputs: Sequence[Formula], deadline: Deadline) -> None:
        """Take up a theory and inputs that hold throughout, elaborated under the theory's signature."""
        self._theory = theory
        self._deadline = deadline
        self._oracle = Z3Oracle(theory.signature, unique_names=theory.unique_names)
        for formula in (TRUE, *inputs):
            self._oracle.add(INPUT, formula)
        self._cone = sorted(cone(theory, inputs))
        self._waiting = iter(self._cone)
        self._loaded: list[str] = []

    def decide(self, active: Callable[[Label], bool]) -> Verdict:
        """Decide whether the inputs and all formulas whose label is active can be true together.

        Returns:
            `Sat`, with a model where Z3's covers the whole theory and can be read; `Unsat` with a core of
            active labels (the inputs go without saying); `Unknown` with the reason.
        """
        while True:
            verdict = self._check(active)
            if not isinstance(verdict, Sat):
                return verdict
            batch = list(islice(self._waiting, _BATCH))
            if not batch:
                covers_all = len(self._cone) == len(self._theory)
                return verdict if covers_all else Sat(None)
            for name in batch:
                self._oracle.add(name, self._theory.formula(name))
            self._loaded += batch

    def _check(self, active: Callable[[Label], bool]) -> Verdict:
        allowance = self._deadline.remaining()
        if isinstance(allowance, Unknown):
            return allowance
        self._oracle.budget = allowance
        verdict = self._oracle.check([INPUT, *filter(active, self._loaded)])
        return Unsat(verdict.core - {INPUT}) if isinstance(verdict, Unsat) else verdict
