"""Where in a text something stands, and what the text is called."""

from __future__ import annotations

from typing import Final, NamedTuple

_WIDTH: Final = 80
"""How many characters before a span an excerpt shows, and half of how many it shows at most."""


class Span(NamedTuple):
    """A stretch of a text: character offsets from `start`, inclusive, to `end`, exclusive."""

    start: int
    end: int

    def position(self, text: str) -> tuple[int, int]:
        """Return the line and column, both from 1, at which this span begins in `text`."""
        line_start = text.rfind("\n", 0, self.start) + 1
        return text.count("\n", 0, self.start) + 1, self.start - line_start + 1

    def excerpt(self, text: str) -> str:
        """Return the line of `text` in which this span begins, with carets under the span.

        Tabs before the span are kept as tabs on the caret line, so that the carets align in any terminal. Of a
        very long line only the part around the span is shown.
        """
        line_start = text.rfind("\n", 0, self.start) + 1
        line_end = text.find("\n", line_start)
        line_end = len(text) if line_end < 0 else line_end
        first = line_start if self.start - line_start <= _WIDTH else self.start - _WIDTH // 2
        last = line_end if line_end - first <= 2 * _WIDTH else first + 2 * _WIDTH
        before = "…" if first > line_start else ""
        after = "…" if last < line_end else ""
        line = before + text[first:last].rstrip("\r") + after
        indent = "".join(
            "\t" if character == "\t" else " " for character in before + text[first : self.start]
        )
        width = max(1, min(self.end, last) - self.start)
        return f"    {line}\n    {indent}{'^' * width}"


class Origin(str):
    """Where a formula or declaration comes from: a belief's name, or "input"; and the text it was read from.

    It is equal to the plain name. A plain name can stand wherever an origin can; what comes from there is printed
    when a message has to show it.

    Attributes:
        text: the whole text that was read, in which the spans of the nodes are offsets; None where none is known.
    """

    __slots__ = ("text",)

    text: str | None

    def __new__(cls, name: str, text: str | None = None) -> Origin:
        """Return an origin of that name."""
        origin = super().__new__(cls, name)
        origin.text = text
        return origin
