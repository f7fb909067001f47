"""What the tabs have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.widget import Widget
from textual.widgets import TabPane

from beliefs.tui.engine import Engine

if TYPE_CHECKING:
    from beliefs.tui.app import BeliefsApp


class Pane(TabPane):
    """One tab. What it shows is read when the user first comes to it, and anew when the base has changed."""

    def __init__(self, title: str, engine: Engine, *, id: str) -> None:  # noqa: A002  (textual calls it so)
        """Take the engine that answers."""
        super().__init__(title, id=id)
        self.engine = engine
        self._current = False

    @property
    def beliefs_app(self) -> BeliefsApp:
        """The app around it."""
        return cast("BeliefsApp", self.app)

    def enter(self) -> None:
        """Be shown: read what is not current, and let the user begin."""
        if not self._current:
            self._current = True
            self.read()
        self.first().focus()

    def outdate(self) -> None:
        """Note that the base has changed."""
        self._current = False

    def read(self) -> None:
        """Begin to read what is shown."""

    def first(self) -> Widget:
        """Return where the user begins."""
        return self.main()

    def main(self) -> Widget:
        """Return the part that is not an input."""
        raise NotImplementedError

    def write(self) -> None:
        """Let the user write into the input, if there is one."""
