"""How an operator chooses which beliefs to give up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from beliefs.base.entrenchment import Entrenchment
from beliefs.kernels.incision import Incision, Irrefutable, least_incision
from beliefs.kernels.kernel import Conflict
from beliefs.reasoning.verdict import Budget, Label, Unknown

Seniority: TypeAlias = tuple[int, str]
"""What decides between equally good answers: the newer belief goes first, then the first by name."""

Outcome: TypeAlias = Incision | Irrefutable | Unknown


class Choice(Protocol):
    """An incision function: it cuts every kernel (Hansson 1994, definition 2.2).

    `least_incision`, the default of every operator, returns the incision of least cost.
    """

    def __call__(
        self,
        conflict: Conflict,
        entrenchment: Callable[[Label], Entrenchment],
        seniority: Callable[[Label], Seniority],
        /,
        *,
        budget: Budget,
    ) -> Outcome:
        """Return an incision, with kernels that make each part of it necessary.

        Args:
            conflict: what is asked.
            entrenchment: how firmly a belief is held; a certain one must not be given up.
            seniority: its place among equals: what comes first is given up first.
            budget: what the choice itself may spend, besides what the questions to the conflict cost.

        Returns:
            The incision; the kernel that cannot be cut, where certain beliefs alone make one; or `Unknown`.
        """


__all__ = ["Choice", "Outcome", "Seniority", "least_incision"]
