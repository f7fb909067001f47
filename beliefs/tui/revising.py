"""The tab that changes: a change is tried, looked at, and committed or discarded."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from beliefs.render import text
from beliefs.render.layout import STYLES
from beliefs.tui.engine import Engine, Failed, Stopped
from beliefs.tui.panes import Pane
from beliefs.tui.prompts import Line, Prompt
from beliefs.tui.screens import Scroll
from beliefs.tui.trial import SPOKEN, Request, Spoken, Trial, attempt, make, shown

READ_ONLY = "The base is open for reading only: changes can be tried, and not committed."


class _Line(Line):
    """A line whose arrows up and down choose what is done with the formula."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Operation", key_display="↑↓"),
        Binding("down", "choose(1)", show=False),
    ]

    class Chosen(Message):
        """Another operation was chosen."""

        def __init__(self, step: int) -> None:
            """Take which way to go."""
            super().__init__()
            self.step = step

    def action_choose(self, step: int) -> None:
        """Choose the next operation, or the former one."""
        self.post_message(self.Chosen(step))


class RevisePane(Pane):
    """A change that is tried first, and then committed or discarded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "app.write", "Write", key_display="/"),
        Binding("c", "commit", "Commit"),
        Binding("d", "discard", "Discard"),
    ]

    def __init__(self, engine: Engine) -> None:
        """Take the engine that answers."""
        super().__init__("5 Revise", engine, id="revise")
        self._operation: Select[Spoken] = Select(
            [(operation, operation) for operation in SPOKEN],
            value="observe",
            allow_blank=False,
            compact=True,
            id="operation",
        )
        hint = '[name @2 "source"] formula; Enter tries it, ↑↓ choose what to do'
        self._prompt = Prompt(self._operation, hint, id="revise-prompt", line=_Line())
        self._result = Static(markup=False)
        self._trial: Trial | None = None
        self._begun = False

    def compose(self) -> ComposeResult:
        """Make the line to write in, room for what comes of it, and buttons."""
        yield self._prompt
        with Scroll(classes="result"):
            yield self._result
        with Horizontal(classes="buttons"):
            yield Button("Commit (c)", id="commit", variant="success", compact=True)
            yield Button("Discard (d)", id="discard", compact=True)

    def on_mount(self) -> None:
        """Begin without anything tried."""
        self._hold(None)

    def main(self) -> Widget:
        """Return what came of the last trial."""
        return self.query_one(Scroll)

    def first(self) -> Widget:
        """Begin with the formula, or with what is being tried."""
        return self.main() if self._begun else self._prompt.query_one(Input)

    def outdate(self) -> None:
        """Show no longer what was done before."""
        super().outdate()
        if self._trial is None:
            self._result.update("")
            self._begun = False

    def write(self) -> None:
        """Let the user write a formula."""
        self._prompt.focus_line()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to commit and to discard only what was tried."""
        return self._trial is not None if action in ("commit", "discard") else True

    def start(self, request: Request) -> None:
        """Try something, as if the user had asked for it."""
        self._prompt.value = request.said
        if request.operation in SPOKEN:
            self._operation.value = request.operation
        self.attempt(request)

    @on(_Line.Chosen)
    def choose(self, event: _Line.Chosen) -> None:
        """Choose the next operation, or the former one."""
        place = SPOKEN.index(self._chosen()) + event.step
        self._operation.value = SPOKEN[place % len(SPOKEN)]

    @on(Select.Changed)
    def forget_fault(self) -> None:
        """What was wrong with the formula need not be wrong for another operation."""
        self._prompt.tell(None)

    @on(Input.Submitted)
    def submit(self) -> None:
        """Try what is written."""
        if self._prompt.value:
            self.attempt(Request(self._chosen(), self._prompt.value))

    def _chosen(self) -> Spoken:
        chosen = self._operation.selection
        assert chosen is not None, "one is chosen always"
        return chosen

    @work(exclusive=True, group="trial")
    async def attempt(self, request: Request) -> None:
        """Show what a request would come to; or what is wrong with it, next to where it was written."""
        self._hold(None)
        self._prompt.tell(None)
        self._begun = True
        try:
            trial = await self.engine.call("trying it", lambda agent: attempt(agent, request))
        except Failed as error:
            self._result.update("")
            self._prompt.tell(str(error))
            self._begun = False
            self._prompt.focus_line()
            return
        except Stopped:
            self._result.update(Text("stopped; nothing was changed", style=STYLES["quiet"]))
            return
        self._offer(trial)

    def _offer(self, trial: Trial, warning: str | None = None) -> None:
        """Show a trial, and let the user decide."""
        above = [] if warning is None else [Text(warning, style=STYLES["open"]), Text("")]
        below = [Text(""), Text(READ_ONLY, style=STYLES["open"])] if self.engine.read_only else []
        self._result.update(Group(*above, shown(trial), *(below if trial.can_be_made else [])))
        self._hold(trial if trial.can_be_made else None)
        self.main().focus()

    @on(Button.Pressed, "#commit")
    async def action_commit(self) -> None:
        """Make the change that was tried."""
        trial = self._trial
        if trial is None:
            return
        if self.engine.read_only:
            self.app.notify(READ_ONLY, severity="warning", markup=False)
            return
        self._hold(None)
        self.commit(trial)

    @work(group="commit")
    async def commit(self, trial: Trial) -> None:
        """Make a change, and show what came of it; or the new trial, where the base has changed since."""
        try:
            made = await self.engine.call("committing", lambda agent: make(agent, trial), stoppable=False)
        except Failed as error:
            self._prompt.tell(str(error))
            self._hold(trial)
            return
        if isinstance(made, Trial):
            self._offer(made, "The base has changed meanwhile, and this is what it would come to now:")
            return
        self.beliefs_app.base_changed()
        self._result.update(text.change(made, trial.alternatives))
        self._prompt.value = ""
        self.main().focus()

    @on(Button.Pressed, "#discard")
    def action_discard(self) -> None:
        """Forget what was tried."""
        self._hold(None)
        self._begun = False
        self._result.update(Text("discarded; nothing was changed", style=STYLES["quiet"]))
        self._prompt.focus_line()

    def _hold(self, trial: Trial | None) -> None:
        """Keep a trial that can be committed, or none."""
        self._trial = trial
        self.query_one(".buttons").display = trial is not None
        self.refresh_bindings()
