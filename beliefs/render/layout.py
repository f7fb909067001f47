"""How text is laid out for people: grids of columns, names and formulas in their colours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

LONG = 500
"""A grid of more rows than this is written line by line: a table would have to measure every cell first."""

LONG_NAME = 24
"""Names of more characters than this may be broken as formulas are; else they leave no room for these."""

STYLES = {
    "name": "cyan",
    "number": "magenta",
    "quiet": "dim",
    "good": "bold green",
    "bad": "bold red",
    "open": "bold yellow",
    "plus": "green",
    "minus": "red",
    "title": "bold",
}
"""What the kinds of text look like on a terminal that has colours."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a grid: its heading ("" for none), its style, and whether its text may be broken."""

    heading: str = ""
    style: str = ""
    breaks: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows too many for a table: columns padded to their widest cell, a line each, never broken or cut."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    indent: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the lines as they are, one segment each."""
        headings = [column.heading for column in self.columns]
        rows = [headings, *self.rows] if any(headings) else self.rows
        widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
        for row in rows:
            cells = (
                cell.rjust(width) if column.right else cell.ljust(width)
                for column, cell, width in zip(self.columns, row, widths, strict=True)
            )
            yield Segment(" " * self.indent + "  ".join(cells).rstrip() + "\n")


def grid(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    indent: int = 0,
    styles: Mapping[str, str] | None = None,
) -> RenderableType:
    """Return rows of text set in columns, two spaces apart, under their headings where there are any.

    Only columns that may be broken are, and only where the terminal is too narrow; nothing is cut off.

    Args:
        columns: the columns, in order.
        rows: a text for each column.
        indent: how many spaces to leave on the left.
        styles: the style of the first cell of a row, by what that says.
    """
    rows = [[visible(cell) for cell in row] for row in rows]
    if len(rows) > LONG:
        return Lines(tuple(columns), rows, indent)
    table = Table(
        box=None,
        show_header=any(column.heading for column in columns),
        header_style="bold",
        padding=(0, 2, 0, 0),
        pad_edge=False,
    )
    for place, column in enumerate(columns):
        long = column.style == STYLES["name"] and any(len(row[place]) > LONG_NAME for row in rows)
        table.add_column(
            column.heading,
            style=column.style,
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=not column.breaks and not long,
        )
    for row in rows:
        first, *others = row
        table.add_row(Text(first, style=(styles or {}).get(first, "")), *map(Text, others))
    return Padding(table, (0, 0, 0, indent), expand=False) if indent else table


def visible(text: str) -> str:
    r"""Return a text with its control characters written out, as `\x1b`, so that none reaches a terminal."""
    return _CONTROL.sub(_written_out, text)


def sentence(text: str, style: str = "") -> Text:
    """Return a plain sentence as text for a terminal; what stands in backticks has the colour of names."""
    shown = Text(visible(text), style=style)
    shown.highlight_regex(r"`[^`]+`", STYLES["name"])
    return shown


def local_time(time: str) -> str:
    """Return a moment in the reader's time zone, to the minute; as it stands where it is not understood."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return time
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _written_out(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
