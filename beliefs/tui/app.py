"""The terminal interface: its tabs, its keys, and how they work together."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Footer, Input, Static, TabbedContent

from beliefs.agent import Agent
from beliefs.render import words
from beliefs.render.layout import STYLES, visible
from beliefs.tui.asking import ConflictsPane, WhyPane
from beliefs.tui.browsing import BeliefsPane, LogPane
from beliefs.tui.engine import Engine, Failed, Stopped
from beliefs.tui.panes import Pane
from beliefs.tui.revising import READ_ONLY, RevisePane
from beliefs.tui.screens import Question, help_page
from beliefs.tui.trial import Request, Trial, attempt, make, shown

TABS = ("beliefs", "why", "conflicts", "log", "revise")


class BeliefsApp(App[None]):
    """What an agent believes, why, and what it would come to believe."""

    TITLE = "beliefs"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(place), f"go('{tab}')", show=False) for place, tab in enumerate(TABS, start=1)),
        Binding("escape", "step_back", "Back"),
        Binding("r", "reread", "Reread", show=False),
        Binding("u", "undo", "Undo"),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("f1", "help", "Help", show=False),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(self, engine: Engine) -> None:
        """Take the engine that answers."""
        super().__init__()
        self.engine = engine

    def compose(self) -> ComposeResult:
        """Make the tabs, a line about the base, and the footer."""
        with TabbedContent(initial=TABS[0]):
            yield BeliefsPane(self.engine)
            yield WhyPane(self.engine)
            yield ConflictsPane(self.engine)
            yield LogPane(self.engine)
            yield RevisePane(self.engine)
        with Horizontal(id="status"):
            yield Static(id="about", markup=False)
            yield Static(id="doing", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Begin with what is believed."""
        self.engine.on_change = self._show_doing
        self._show_about(None)
        self._read_about()

    @property
    def pane(self) -> Pane:
        """The tab that is shown."""
        return self.query_one(f"#{self.query_one(TabbedContent).active}", Pane)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what the keys do just now: in an input, `/` is a letter like others."""
        writing = isinstance(self.focused, Input)
        match action:
            case "write":
                return not writing
            case "step_back":
                return writing or self.engine.stoppable
        return True

    def base_changed(self) -> None:
        """Have everything read anew, as soon as it is looked at."""
        for pane in self.query(Pane):
            pane.outdate()
        self._read_about()

    def ask_why(self, formula: str) -> None:
        """Go to where reasons are shown, and ask for those of a formula."""
        self.query_one(WhyPane).ask(formula)
        self.action_go("why")

    def try_contraction(self, formula: str) -> None:
        """Go to where changes are tried, and try to give a formula up."""
        self.action_go("revise")
        self.query_one(RevisePane).start(Request("contract", formula))

    def try_consolidation(self) -> None:
        """Go to where changes are tried, and try to settle all conflicts."""
        self.action_go("revise")
        self.query_one(RevisePane).start(Request("consolidate"))

    @on(TabbedContent.TabActivated)
    def enter_pane(self) -> None:
        """Let the user begin in the tab that is shown now."""
        self.pane.enter()

    def action_go(self, tab: str) -> None:
        """Show a tab."""
        tabs = self.query_one(TabbedContent)
        if tabs.active == tab:
            self.pane.enter()
        tabs.active = tab

    def action_write(self) -> None:
        """Go to the input of the tab."""
        self.pane.write()

    def action_step_back(self) -> None:
        """Stop what is being worked out; if nothing is, leave the input."""
        if not self.engine.stop() and isinstance(self.focused, Input):
            self.pane.main().focus()

    def action_help(self) -> None:
        """Show what the keys do."""
        self.push_screen(help_page())

    def action_reread(self) -> None:
        """Read anew what others may have changed."""
        self.base_changed()
        self.pane.enter()

    @work(group="undo", exclusive=True)
    async def action_undo(self) -> None:
        """Take the last change back, if the user agrees to what that does."""
        if self.engine.read_only:
            self.notify(READ_ONLY, severity="warning", markup=False)
            return
        try:
            trial = await self.engine.call("undoing", lambda agent: attempt(agent, Request("undo")))
            while trial.can_be_made and await self.push_screen_wait(
                Question("Take this back?", shown(trial))
            ):
                made = await self.engine.call("undoing", partial(make, trial=trial), stoppable=False)
                if not isinstance(made, Trial):
                    self.base_changed()
                    self.pane.enter()
                    self.notify(words.headline(made), markup=False)
                    return
                trial = made
        except Failed as error:
            self.notify(str(error), severity="error", markup=False)
        except Stopped:
            return
        else:
            if not trial.can_be_made:
                self.notify(words.headline(trial.change), markup=False)

    @work(group="about", exclusive=True)
    async def _read_about(self) -> None:
        try:
            self._show_about(await self.engine.call("reading", _size, stoppable=False))
        except (Failed, Stopped):
            self._show_about(None)

    def _show_about(self, size: str | None) -> None:
        # The place comes last, since it may be long.
        parts = [size, "read-only" if self.engine.read_only else None, visible(self.engine.place)]
        about = Text("  ·  ".join(part for part in parts if part), no_wrap=True, overflow="ellipsis")
        self.query_one("#about", Static).update(about)

    def _show_doing(self) -> None:
        if not self.is_running:
            return
        doing = self.engine.doing
        said = "" if doing is None else f"{doing}…  Esc stops" if self.engine.stoppable else f"{doing}…"
        self.query_one("#doing", Static).update(Text(said, style=STYLES["open"]))
        self.refresh_bindings()


def _size(agent: Agent) -> str:
    """How much is believed, and whether it can all be true, as far as that is known."""
    base = agent.base
    known = {True: ", consistent", False: ", with conflicts", None: ""}[base.consistent]
    return words.count(len(base), "belief") + known
