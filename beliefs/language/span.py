"""Where in a text something stands."""

from __future__ import annotations

from typing import NamedTuple


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

        Tabs before the span are kept as tabs on the caret line, so that the carets align in any terminal.
        """
        line_start = text.rfind("\n", 0, self.start) + 1
        line_end = text.find("\n", line_start)
        line = text[line_start:] if line_end < 0 else text[line_start:line_end]
        before = text[line_start : self.start]
        indent = "".join("\t" if character == "\t" else " " for character in before)
        width = max(1, min(self.end, line_start + len(line)) - self.start)
        return f"    {line}\n    {indent}{'^' * width}"
