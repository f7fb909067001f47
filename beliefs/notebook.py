"""How values show themselves in a notebook: as a layer above them, which knows how to draw, has them drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Drawing: TypeAlias = Callable[[object], str]
"""From a value to its HTML."""

_drawing: list[Drawing] = []


def draw_with(drawing: Drawing) -> None:
    """Have all values drawn by a function from now on. The package itself calls this when it is imported."""
    _drawing[:] = [drawing]


class Shown:
    """A value that a notebook shows as HTML, once it is known how to draw it."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """Return the value as HTML; None leaves the notebook to show its `repr`."""
        return _drawing[0](self) if _drawing else None
