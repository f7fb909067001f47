"""One time that a rule was put to the test: what it was applied to, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from beliefs.errors import BaseError


@dataclass(frozen=True, slots=True)
class Case:
    """One time that a rule was put to the test.

    Attributes:
        individuals: what the variables of its outermost universal quantifiers stood for, in their order; those over
            numbers are left out.
        given: what else it was applied with, as canonical text.
        outcome: what was seen, as canonical text: the prediction that came true, or what contradicted it.
        failed: whether the rule failed.
        number: its place in time among the observations that put the rule to the test, or what it was weakened from;
            from 1, and 0 where it is not known.
    """

    individuals: tuple[str, ...]
    given: tuple[str, ...]
    outcome: str
    failed: bool
    number: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the case as plain JSON data: `from_json` gives back an equal one."""
        data: dict[str, Any] = {
            "individuals": list(self.individuals),
            "given": list(self.given),
            "outcome": self.outcome,
            "failed": self.failed,
        }
        return data | {"number": self.number} if self.number else data

    def is_same_test(self, other: Case) -> bool:
        """Return whether another case is the same but for its place in time."""
        return replace(self, number=other.number) == other

    @staticmethod
    def from_json(data: object) -> Case:
        """Return the case that JSON data describes.

        Raises:
            BaseError: the data is malformed; the message names the part.
        """
        if not isinstance(data, dict) or set(data) - {"number"} != {
            "individuals",
            "given",
            "outcome",
            "failed",
        }:
            raise BaseError(
                "a case is an object with the keys individuals, given, outcome and failed, and number where it is"
                f" known; not {data!r}"
            )
        for key in ("individuals", "given"):
            if not isinstance(data[key], list) or not all(isinstance(each, str) for each in data[key]):
                raise BaseError(f"the {key} of a case should be a list of texts; not {data[key]!r}")
        if not isinstance(data["outcome"], str):
            raise BaseError(f"the outcome of a case should be a text; not {data['outcome']!r}")
        if not isinstance(data["failed"], bool):
            raise BaseError(f"whether a case failed should be true or false; not {data['failed']!r}")
        number = data.get("number", 0)
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise BaseError(f"the number of a case should be an integer from 0; not {number!r}")
        return Case(tuple(data["individuals"]), tuple(data["given"]), data["outcome"], data["failed"], number)
