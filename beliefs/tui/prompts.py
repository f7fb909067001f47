"""An input of one line, with what is wrong with it below."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from beliefs.render.layout import STYLES, visible


class Line(Input):
    """A line to write in, where what is pasted cannot reach the terminal as control characters."""

    def __init__(self) -> None:
        """Make an empty line."""
        super().__init__(compact=True, select_on_focus=False)

    def validate_value(self, value: str) -> str:
        """Return a text with its control characters written out."""
        return visible(value)


class Prompt(Vertical):
    """A line to write in, after a label; and below it, only where something is wrong, what."""

    DEFAULT_CSS: ClassVar[str] = """
    Prompt { height: auto; }
    Prompt > Horizontal { height: 1; }
    Prompt Label { color: $text-muted; padding: 0 1; }
    Prompt Input { width: 1fr; }
    Prompt Input:focus { background: $boost; }
    Prompt .fault { padding: 0 1; display: none; }
    Prompt .fault.told { display: block; }
    """

    def __init__(self, label: str | Widget, hint: str, *, id: str, line: Line | None = None) -> None:  # noqa: A002
        """Make an empty line.

        Args:
            label: what stands before it.
            hint: what it shows while it is empty.
            id: its name on the screen.
            line: the line, where it is not a plain one.
        """
        super().__init__(id=id)
        self._label = Label(label, markup=False) if isinstance(label, str) else label
        self._line = Line() if line is None else line
        self._line.placeholder = hint
        self._fault = Static(classes="fault", markup=False)

    def compose(self) -> ComposeResult:
        """Make the line, and the place below it."""
        with Horizontal():
            yield self._label
            yield self._line
        yield self._fault

    @property
    def value(self) -> str:
        """What is written there."""
        return self._line.value.strip()

    @value.setter
    def value(self, text: str) -> None:
        self._line.value = text
        self._line.cursor_position = len(text)

    def focus_line(self) -> None:
        """Let the user write."""
        self._line.focus()

    def tell(self, fault: str | None) -> None:
        """Show what is wrong, as plain text; or, for None, that nothing is."""
        self._fault.update(Text(fault or "", style=STYLES["minus"]))
        self._fault.set_class(fault is not None, "told")
