"""Garbage collection put off while many values are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_off() -> Iterator[None]:
    """Let Python not look for cycles among objects inside the block.

    It would look through all of them again and again as they become more, which takes a third of the time in which
    a hundred thousand beliefs are loaded, and finds nothing: immutable values have no cycles. What is no longer
    referred to is freed as ever. Functions may be decorated with it. Blocks may be nested, and entered by several
    threads: whoever came first lets the collection go on.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
