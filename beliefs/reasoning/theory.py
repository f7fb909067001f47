"""What reasoning needs to know of a belief base: labelled formulas, and which of them speak of what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from beliefs.language.semantics import Ground, Model
from beliefs.language.signature import Signature
from beliefs.language.syntax import Formula


class Theory(Protocol):
    """Labelled formulas under one signature, and which of them mention what."""

    @property
    def signature(self) -> Signature:
        """The symbols of the formulas and their sorts."""

    @property
    def unique_names(self) -> bool:
        """Whether different individuals are distinct from one another."""

    @property
    def witness(self) -> Model | None:
        """A model of all the formulas, where one is known."""

    @property
    def consistent(self) -> bool | None:
        """Whether all the formulas can be true together; None where that is not known."""

    def __len__(self) -> int:
        """Return the number of formulas."""

    def names(self) -> Iterable[str]:
        """Return the labels of all formulas."""

    def formula(self, name: str) -> Formula:
        """Return the formula of that label, elaborated under the signature."""

    def touching(self, atom: Ground) -> Iterable[str]:
        """Return the labels of those that mention a ground atom or term, or have instances that may; none twice."""

    def mentioning(self, symbol: str) -> Iterable[str]:
        """Return the labels of the formulas that mention a predicate, function or individual; none twice."""

    def rules(self) -> Iterable[str]:
        """Return the labels of the formulas with quantifiers, functions, numbers or equality in them."""

    def quantified(self) -> Iterable[str]:
        """Return the labels of the formulas with quantifiers in them: only these may speak of whoever there is."""
