"""A budget of time that is running out."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from time import monotonic

from beliefs.reasoning.verdict import Budget, Unknown


class Deadline:
    """Shares out one budget over the many checks that a question takes; the clock starts at once."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._end = None if budget.milliseconds is None else monotonic() + budget.milliseconds / 1000

    def rest(self) -> Budget:
        """Return what is left for a part of the work that keeps a deadline of its own; at worst, no time at all."""
        if self._end is None:
            return self._budget
        return replace(self._budget, milliseconds=max(0, ceil((self._end - monotonic()) * 1000)))

    def remaining(self) -> Budget | Unknown:
        """Return what one more check may spend, or `Unknown` once the time is up."""
        rest = self.rest()
        if rest.milliseconds == 0:
            return Unknown(f"the time limit of {self._budget.milliseconds} ms ran out; allow more time")
        return rest
