"""How an operator chooses which beliefs to give up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from beliefs.base.entrenchment import Entrenchment
from beliefs.change.question import Outcome, Seniority
from beliefs.kernels.incision import least_incision
from beliefs.kernels.kernel import Conflict
from beliefs.reasoning.verdict import Label

Choice: TypeAlias = Callable[
    [Conflict, Callable[[Label], Entrenchment], Callable[[Label], Seniority]],
    Outcome,
]
"""An incision function.

Given the conflict, the entrenchment of each belief and its place among equals, it returns an incision that cuts
every kernel, with the kernels that make each part of it necessary. `least_incision`, the default of every
operator, returns the one of least cost.
"""

__all__ = ["Choice", "least_incision"]
