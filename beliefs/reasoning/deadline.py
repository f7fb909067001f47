"""A budget of time that is running out."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from time import monotonic

from beliefs.reasoning.verdict import Budget, Unknown

_NEARLY_UP = 20
"""Milliseconds by which the clock of an oracle that had all the time there was may be ahead."""


class Deadline:
    """Shares out one budget over the many checks that a question takes; the clock starts at once."""

    def __init__(self, budget: Budget) -> None:
        self._budget = replace(budget, whole=budget.milliseconds if budget.whole is None else budget.whole)
        self._end = None if budget.milliseconds is None else monotonic() + budget.milliseconds / 1000

    def rest(self) -> Budget:
        """Return what is left for a part of the work that keeps a deadline of its own; at worst, no time at all."""
        if self._end is None:
            return self._budget
        return replace(self._budget, milliseconds=max(0, ceil((self._end - monotonic()) * 1000)))

    def remaining(self) -> Budget | Unknown:
        """Return what one more check may spend, or `Unknown` once the time is up."""
        rest = self.rest()
        return self._time_is_up() if rest.milliseconds == 0 else rest

    def told(self, unknown: Unknown) -> Unknown:
        """Return why an oracle could not tell: if the time is up, that it is, whatever part of it the oracle had."""
        left = self.rest().milliseconds
        return unknown if left is None or left > _NEARLY_UP else self._time_is_up()

    def _time_is_up(self) -> Unknown:
        return Unknown(f"the time limit of {self._budget.whole} ms ran out; allow more time")
