"""A table that is read page by page, as far as the user has come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from rich.text import Text
from textual import events, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable

from beliefs.render.layout import visible
from beliefs.tui.engine import Failed, Stopped

PAGE: Final = 100
"""How many rows are read at once."""

AHEAD: Final = 40
"""More rows are read when fewer than this lie below the one that the user has come to."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its heading, its style, how many cells it takes, and how much of those that are left over."""

    label: str
    style: str = ""
    width: int = 0
    share: int = 0
    right: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row: a text for each column, and what it stands for."""

    cells: tuple[str, ...]
    value: Any


Fetch = Callable[[], Awaitable[Sequence[Line]]]
"""Reads the next rows; none where there are no more."""


class PagedTable(DataTable[Text]):
    """Rows that are fetched when the user comes near the last of those read; columns as wide as the table allows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open"),
        Binding("home,g", "scroll_top", show=False),
        Binding("end,G", "scroll_bottom", show=False),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    class Grown(Message):
        """More rows were read, or the table was begun anew."""

    class Fault(Message):
        """Rows could not be read."""

        def __init__(self, message: str) -> None:
            """Take the message for the user."""
            super().__init__()
            self.message = message

    def __init__(self, headings: Sequence[Heading], *, id: str) -> None:  # noqa: A002  (textual calls it so)
        """Make a table without rows; see `begin`."""
        super().__init__(id=id, cursor_type="row", zebra_stripes=False, cell_padding=1)
        self._headings = tuple(headings)
        self._lines: list[Line] = []
        self._fetch: Fetch | None = None
        self._drawn = 0

    @property
    def lines(self) -> Sequence[Line]:
        """The rows that were read so far."""
        return self._lines

    @property
    def complete(self) -> bool:
        """Whether these are all."""
        return self._fetch is None

    @property
    def current(self) -> Line | None:
        """The row under the cursor."""
        return self._lines[self.cursor_row] if self._lines else None

    def begin(self, fetch: Fetch) -> None:
        """Read the rows anew, the first page at once."""
        self._fetch = fetch
        self._more(anew=True)

    @work(exclusive=True)
    async def _more(self, *, anew: bool = False) -> None:
        """Read the next page."""
        fetch = self._fetch
        if fetch is None:
            return
        try:
            lines = await fetch()
        except Failed as error:
            self.post_message(self.Fault(str(error)))
            return
        except Stopped:
            return
        if len(lines) < PAGE:
            self._fetch = None
        if anew:
            self._lines = list(lines)
            self._redraw()
        else:
            self._lines += lines
            self._draw()
        self.post_message(self.Grown())
        # The page may be shorter than the screen.
        self.call_after_refresh(self._read_on, int(self.scroll_y) + self.size.height)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the columns to the new width."""
        if event.size.width != self._drawn:
            self._redraw()

    def _redraw(self) -> None:
        """Draw all rows anew, in columns that fill the width; the cursor stays where it is."""
        row = self.cursor_row
        self._drawn = self.size.width
        self.clear(columns=True)
        for heading, width in zip(self._headings, self._widths(), strict=True):
            label = Text(heading.label, justify="right" if heading.right else "left")
            self.add_column(label, width=width)
        self._draw()
        self.move_cursor(row=min(row, max(0, len(self._lines) - 1)))

    def _draw(self) -> None:
        """Draw the rows that are not drawn yet."""
        for line in self._lines[self.row_count :]:
            self.add_row(*map(_cell, self._headings, line.cells))

    def _widths(self) -> list[int]:
        """The width of each column: what it takes, and its share of what is left over."""
        beside = 2 * self.cell_padding * len(self._headings) + self.scrollbar_size_vertical
        left = max(0, self.size.width - beside - sum(heading.width for heading in self._headings))
        shares = sum(heading.share for heading in self._headings)
        return [max(1, heading.width + left * heading.share // shares) for heading in self._headings]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read on where the user scrolls to the end."""
        super().watch_scroll_y(old_value, new_value)
        self._read_on(int(new_value) + self.size.height)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Read on where the cursor comes to the end."""
        self._read_on(event.cursor_row)

    def _read_on(self, row: int) -> None:
        reading = any(worker.node is self and worker.is_running for worker in self.app.workers)
        if self._fetch is not None and not reading and row + AHEAD >= len(self._lines):
            self._more()


def _cell(heading: Heading, text: str) -> Text:
    """A text of a row, cut off where the column ends."""
    cell = Text(visible(text), style=heading.style, no_wrap=True, overflow="ellipsis")
    cell.justify = "right" if heading.right else "left"
    return cell
