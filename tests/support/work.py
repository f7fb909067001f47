"""Counts what the engine does, not how long it takes: the same on every machine, and busy ones too.

Nothing in the engine counts. The solvers are watched from outside, as low down as can be, so that another way to reach
them is counted as well.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any
from unittest.mock import patch

from pysat.solvers import Solver

from beliefs.reasoning.z3_oracle import Z3Oracle


@dataclass
class Work:
    """What was done.

    Attributes:
        solved: how often a SAT solver was called, each a round of some search.
        clauses: how many clauses were given to SAT solvers: what was loaded of the base, and what was learned of it.
        z3_checks: how often Z3 was asked.
        z3_formulas: how many formulas were given to Z3.
        calls: how many functions were called, those of C as well: whatever walks over the whole base shows here.
    """

    solved: int = 0
    clauses: int = 0
    z3_checks: int = 0
    z3_formulas: int = 0
    calls: int = 0


def _one(*_: object) -> int:
    return 1


def _length(_solver: object, formula: Any, *_: object) -> int:
    return len(getattr(formula, "clauses", formula))


_WATCHED: tuple[tuple[type, str, str, Callable[..., int]], ...] = (
    (Solver, "solve", "solved", _one),
    (Solver, "solve_limited", "solved", _one),
    (Solver, "propagate", "solved", _one),
    (Solver, "add_clause", "clauses", _one),
    (Solver, "append_formula", "clauses", _length),
    (Z3Oracle, "check", "z3_checks", _one),
    (Z3Oracle, "add", "z3_formulas", _one),
)


@contextmanager
def counted() -> Iterator[Work]:
    """Count the work of a block."""
    work = Work()

    def counting(method: Any, kind: str, amount: Callable[..., int]) -> Any:
        @wraps(method)
        def counted(*arguments: Any, **options: Any) -> Any:
            setattr(work, kind, getattr(work, kind) + amount(*arguments))
            return method(*arguments, **options)

        return counted

    def called(_frame: object, event: str, _argument: object) -> None:
        if event in ("call", "c_call"):
            work.calls += 1

    with ExitStack() as watching:
        for owner, name, kind, amount in _WATCHED:
            method = counting(getattr(owner, name), kind, amount)
            watching.enter_context(patch.object(owner, name, method))
        before = sys.getprofile()
        sys.setprofile(called)
        try:
            yield work
        finally:
            sys.setprofile(before)
