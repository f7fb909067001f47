"""How labels are put in order: keys that can be compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from beliefs.reasoning.verdict import Label


class SupportsLessThan(Protocol):
    """A value that can be sorted among its like."""

    def __lt__(self, other: Any, /) -> bool: ...


Priority: TypeAlias = Callable[[Label], SupportsLessThan]
"""A key that puts labels in order, the first to be given up first. No two labels share a key."""
