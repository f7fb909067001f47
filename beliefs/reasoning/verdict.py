"""The three answers of an oracle, and the budget it may spend on one."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TypeAlias

from beliefs.language.semantics import Model

Label: TypeAlias = Hashable
"""What names a formula to an oracle: the name of a belief, or any other value that can be hashed."""


@dataclass(frozen=True, slots=True)
class Sat:
    """The formulas are satisfiable.

    Attributes:
        model: one model of them; None where the solver has one that cannot be read back as a finite structure.
    """

    model: Model | None = None


@dataclass(frozen=True, slots=True)
class Unsat:
    """The formulas are unsatisfiable.

    Attributes:
        core: labels whose formulas are unsatisfiable together; not always a minimal set.
    """

    core: frozenset[Label]


@dataclass(frozen=True, slots=True)
class Unknown:
    """The oracle could not tell: a budget ran out, or the theory is incomplete.

    Attributes:
        reason: why, in words a user understands.
    """

    reason: str


Verdict: TypeAlias = Sat | Unsat | Unknown


@dataclass(frozen=True, slots=True)
class Budget:
    """What one call may spend before it answers `Unknown`. None means no limit.

    Attributes:
        milliseconds: wall-clock time.
        resources: units of work of the solver: Z3's resource count, or propagations of the SAT solver. The same
            call with the same budget of resources gives the same answer on any machine.
        megabytes: memory of the solver.
        whole: the milliseconds of the call of which this is the rest, for messages; None for a budget of its own.
    """

    milliseconds: int | None = None
    resources: int | None = None
    megabytes: int | None = None
    whole: int | None = None


UNLIMITED = Budget()
