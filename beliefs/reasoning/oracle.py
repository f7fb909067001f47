"""The contract between the engine and a solver."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from beliefs.language.semantics import Model
from beliefs.language.syntax import Formula
from beliefs.reasoning.verdict import Label, Verdict


class Oracle(Protocol):
    """A solver that holds labelled formulas and tells whether some of them are satisfiable together.

    Contract, for every implementation:

    - `add` only ever adds; a label may be given several formulas and then stands for all of them together.
    - `check(labels)` decides the conjunction of just the formulas of those labels (and of nothing else that was
      added). It never raises on a hard problem: it answers `Unknown` with the reason.
    - `Sat.model`, where there is one, is a model of those formulas, elaborated under the oracle's signature.
    - `Unsat.core` is a subset of the labels asked for; it need not be minimal.
    - The answer to a check does not depend on earlier checks, but for `Unknown`.
    - An interrupt (Ctrl-C) during `check` raises KeyboardInterrupt and leaves the oracle usable.
    - Formulas are elaborated (`language.sorts.elaborate`): every variable carries its sort.
    """

    def add(self, label: Label, formula: Formula) -> None:
        """Add a formula under a label.

        Raises:
            UnsupportedFormulaError: the formula lies outside the fragment this oracle decides; nothing was added.
        """

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether the formulas of these labels are satisfiable together, within the oracle's budget."""

    def suggest(self, model: Model) -> None:
        """Prefer models close to this one in later checks. A hint: it changes no verdict."""
