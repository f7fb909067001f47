"""What an agent expects to see, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass

from beliefs.language.printer import print_formula
from beliefs.language.syntax import Formula


@dataclass(frozen=True, slots=True)
class Expectation:
    """A prediction that no observation has settled yet.

    Attributes:
        number: the number of the journal entry that recorded it.
        formula: what is expected.
        because: the names of the beliefs that it rests on, in the order of their age; empty for a guess.
    """

    number: int
    formula: Formula
    because: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the expectation in a line."""
        rests = f", because of {', '.join(self.because)}" if self.because else ""
        return f"expected: {print_formula(self.formula)}{rests}"
