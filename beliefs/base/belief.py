"""One belief: a formula with a name, an entrenchment and a source."""

from __future__ import annotations

from dataclasses import dataclass

from beliefs.base.entrenchment import Entrenchment
from beliefs.errors import BaseError
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Formula


@dataclass(frozen=True, slots=True)
class Belief:
    """A formula that is believed.

    Attributes:
        name: what the belief is called; no two beliefs of a base share a name.
        formula: what is believed, as it was written.
        entrenchment: how firmly.
        source: who or what said so, or None.
        age: when the base took it in, counted from 1; the larger, the newer. 0 before it is in a base.
    """

    name: str
    formula: Formula
    entrenchment: Entrenchment = Entrenchment()
    source: str | None = None
    age: int = 0

    def __post_init__(self) -> None:
        """Make sure of the source: a journal gives back text, whatever was written, and would seem damaged.

        Raises:
            BaseError: the source is no text.
        """
        if self.source is not None and not isinstance(self.source, str):
            raise BaseError(f"a source is a text; write {str(self.source)!r} rather than {self.source!r}")

    def __str__(self) -> str:
        """Return the belief as a line of the language, without its source."""
        return f"[{self.name} @{self.entrenchment}] {print_formula(self.formula)}"
