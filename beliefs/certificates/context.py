"""The Z3 context in which certificates are checked, and nothing else is done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import z3

CHECKS = 1_000
"""How many certificates are checked in one context, before what these left in it is thrown away with it."""


class _Kept(threading.local):
    """The context of a thread: Z3 does not let two threads into one at a time."""

    context: z3.Context | None = None
    left: int = 0


_kept = _Kept()


@contextmanager
def checking() -> Iterator[z3.Context]:
    """Run the block, which checks one certificate, with a context that no search ever sees.

    A context takes longer to make than most certificates to check, so many are checked in one. It holds no assertions:
    these belong to solvers, and every certificate has its own. What is left of one in the context are expressions,
    which mean nothing until a solver is told them, and symbols, which are equal where their names and sorts are. After
    an exception, such as an interrupt, the context is not used again.
    """
    context, left = _kept.context, _kept.left
    _kept.context = None
    if context is None or left == 0:
        context, left = z3.Context(), CHECKS
    yield context
    _kept.context, _kept.left = context, left - 1
