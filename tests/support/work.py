"""Counts what the engine does, not how long it takes: the same on every machine, and busy ones too.

Nothing in the engine counts; the solvers are watched from outside, by the two methods that every oracle has.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any
from unittest.mock import patch

from beliefs.reasoning.sat_oracle import SatOracle
from beliefs.reasoning.z3_oracle import Z3Oracle


@dataclass
class Work:
    """What was done.

    Attributes:
        checks: how often a solver was asked, each a round of a search.
        formulas: how many formulas were given to a solver.
        z3_checks: how many of these checks were by Z3.
        z3_formulas: how many of these formulas were given to Z3.
        calls: how many functions were called, those of C as well: whatever walks over the whole base shows here.
    """

    checks: int = 0
    formulas: int = 0
    z3_checks: int = 0
    z3_formulas: int = 0
    calls: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    """Count the work of a block."""
    work = Work()

    def counting(method: Any, *kinds: str) -> Any:
        @wraps(method)
        def counted(*arguments: Any, **options: Any) -> Any:
            for kind in kinds:
                setattr(work, kind, getattr(work, kind) + 1)
            return method(*arguments, **options)

        return counted

    def called(_frame: object, event: str, _argument: object) -> None:
        if event in ("call", "c_call"):
            work.calls += 1

    with (
        patch.object(SatOracle, "check", counting(SatOracle.check, "checks")),
        patch.object(SatOracle, "add", counting(SatOracle.add, "formulas")),
        patch.object(Z3Oracle, "check", counting(Z3Oracle.check, "checks", "z3_checks")),
        patch.object(Z3Oracle, "add", counting(Z3Oracle.add, "formulas", "z3_formulas")),
    ):
        before = sys.getprofile()
        sys.setprofile(called)
        try:
            yield work
        finally:
            sys.setprofile(before)
