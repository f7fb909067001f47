"""One time that a rule was put to the test: on whom, with what, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One time that a rule was put to the test.

    Attributes:
        individuals: what the variables of its outermost universal quantifiers stood for, in their order.
        given: what else it was applied with, as canonical text, in alphabetical order.
        outcome: what was seen, as canonical text: the prediction that came true, or what contradicted the rule.
        failed: whether it was a failure.
    """

    individuals: tuple[str, ...]
    given: tuple[str, ...]
    outcome: str
    failed: bool

    def to_json(self) -> dict[str, Any]:
        """Return the case as plain JSON data: `from_json` gives back an equal one."""
        return {
            "individuals": list(self.individuals),
            "given": list(self.given),
            "outcome": self.outcome,
            "failed": self.failed,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Case:
        """Return the case that `to_json` wrote.

        Raises:
            KeyError, TypeError: the data is not of that form.
        """
        individuals, given = tuple(map(str, data["individuals"])), tuple(map(str, data["given"]))
        return Case(individuals, given, str(data["outcome"]), bool(data["failed"]))
