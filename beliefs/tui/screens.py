"""Screens that lie over the tabs: one thing in full, a question, the help."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from beliefs.agent import Agent
from beliefs.render.layout import STYLES
from beliefs.tui.engine import Engine, Failed, Stopped


class Scroll(VerticalScroll):
    """Something to read, moved by the keys of a pager as well."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("space", "page_down", show=False),
    ]


class Reader(ModalScreen[None]):
    """Something to be read, until the user goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "leave", "Back", key_display="esc")]

    def __init__(self, title: str, shown: RenderableType = "") -> None:
        """Take what to show; a title is plain text."""
        super().__init__()
        self._title = title
        self._shown = shown

    def compose(self) -> ComposeResult:
        """Make the page, and its footer."""
        with Scroll(classes="page") as page:
            page.border_title = Text(self._title)
            yield Static(self._shown, id="content", markup=False)
        yield Footer()

    def show(self, shown: RenderableType) -> None:
        """Show something else."""
        self.query_one("#content", Static).update(shown)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()


class Lookup(Reader):
    """Something that has to be looked up first."""

    def __init__(
        self, engine: Engine, title: str, what: str, find: Callable[[Agent], RenderableType]
    ) -> None:
        """Take how to look it up, and what that is called meanwhile."""
        super().__init__(title, Text(f"{what}…", style=STYLES["quiet"]))
        self.engine = engine
        self._what = what
        self._find = find

    def on_mount(self) -> None:
        """Begin to look."""
        self.look(self._what, self._find)

    def action_leave(self) -> None:
        """Go back; what is still looked up is looked up in vain."""
        self.workers.cancel_node(self)
        super().action_leave()

    @work(exclusive=True)
    async def look(
        self, what: str, find: Callable[[Agent], RenderableType], above: RenderableType = ""
    ) -> None:
        """Look something up, and show it, below something else if need be."""
        try:
            found = await self.engine.call(what, find)
        except Failed as error:
            found = Text(str(error), style=STYLES["bad"])
        except Stopped:
            found = Text("stopped", style=STYLES["quiet"])
        self.show(found)


class Question(ModalScreen[bool]):
    """A change that is made only if the user agrees."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes, do it"),
        Binding("n,escape,q", "answer(False)", "No, leave it", key_display="n"),
    ]

    def __init__(self, title: str, shown: RenderableType) -> None:
        """Take what would happen."""
        super().__init__()
        self._title = title
        self._shown = shown

    def compose(self) -> ComposeResult:
        """Make the page, and its footer."""
        with Scroll(classes="page") as page:
            page.border_title = Text(self._title)
            yield Static(self._shown, markup=False)
        yield Footer()

    def action_answer(self, answer: bool) -> None:
        """Go back with the answer."""
        self.dismiss(answer)


KEYS = {
    "Everywhere": {
        "1 – 5": "go to a tab; from an input, press Esc first",
        "Tab, Shift+Tab": "go to the next, or the former, part of a tab",
        "arrows, j k, Space": "go up and down; in a table also g and G, or Home and End",
        "Esc": "stop what is being worked out; else leave an input, or go back",
        "u": "take the last change back, after a look at what that does",
        "r": "read anew what other processes may have changed",
        "? or F1": "this help",
        "q": "leave",
    },
    "Beliefs": {
        "/": "show only beliefs whose name, formula or source holds a text",
        "Enter": "one belief: its record, its history, and what lies around it",
        "w": "why it is believed",
        "x": "try to give it up",
    },
    "Why": {"Enter": "ask whether the formula is believed, and why, with proofs"},
    "Conflicts": {"s": "try to settle them, giving up as little as possible"},
    "Log": {
        "Enter": "one change: what it did, the conflicts behind it, its cost, its episode",
        "c": "there: check its certificate with a solver of its own",
        "e": "show only failures and what was learned from them; again: everything",
    },
    "Revise": {
        "↑ ↓": "in the input: choose what to do with the formula",
        "Enter": "try it: show what would change, and change nothing",
        "c": "commit what was tried",
        "d": "discard it",
    },
}
"""What keys do, by the place where they do it."""


def help_page() -> Reader:
    """Return the help."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style=STYLES["name"], no_wrap=True)
    table.add_column()
    for place, keys in KEYS.items():
        if table.row_count:
            table.add_row("", "")
        table.add_row(Text(place, style=STYLES["title"]), "")
        for key, does in keys.items():
            table.add_row(Text(f"  {key}"), Text(does))
    about = Text(
        'A formula to tell, observe or revise by may have a header: [name @2 "source"] formula. '
        "tell is refused where it contradicts what is believed; observe gives way to what was seen, mends rules and "
        "learns from it; revise gives way and learns nothing; contract stops believing a formula."
    )
    return Reader("Help", Group(about, Text(""), table))
