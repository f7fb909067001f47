"""The tabs that ask: why a formula is believed, and where beliefs contradict one another."""

from __future__ import annotations

from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from beliefs.agent import Agent
from beliefs.proof import prove
from beliefs.render import text
from beliefs.render.layout import STYLES
from beliefs.tui.engine import Engine, Failed, Stopped
from beliefs.tui.panes import Pane
from beliefs.tui.prompts import Prompt
from beliefs.tui.screens import Scroll


class WhyPane(Pane):
    """A formula, whether it is believed, and every reason with a proof."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("slash", "app.write", "Ask", key_display="/")]

    def __init__(self, engine: Engine) -> None:
        """Take the engine that answers."""
        super().__init__("2 Why", engine, id="why")
        self._prompt = Prompt("why", "a formula, such as flies(tweety); Enter asks", id="why-prompt")
        self._answer = Static(markup=False)
        self._asked: str | None = None

    def compose(self) -> ComposeResult:
        """Make the line to write in, and room for the answer."""
        yield self._prompt
        with Scroll(classes="result"):
            yield self._answer

    def main(self) -> Widget:
        """Return the answer."""
        return self.query_one(Scroll)

    def first(self) -> Widget:
        """Begin with the formula, until one was asked."""
        return self._prompt.query_one(Input) if self._asked is None else self.main()

    def write(self) -> None:
        """Let the user write a formula."""
        self._prompt.focus_line()

    def read(self) -> None:
        """Ask again what was asked last."""
        if self._asked is not None:
            self.answer(self._asked)

    def ask(self, formula: str) -> None:
        """Ask why a formula is believed, as if the user had written it."""
        self._prompt.value = formula
        self._asked = formula
        self._current = False

    @on(Input.Submitted)
    def submit(self) -> None:
        """Ask what is written."""
        if self._prompt.value:
            self.answer(self._prompt.value)

    @work(exclusive=True)
    async def answer(self, formula: str) -> None:
        """Show why a formula is believed; or what is wrong with it, next to where it was written."""

        def why(agent: Agent) -> RenderableType:
            found = agent.why(formula)
            base = agent.base
            proofs = [prove(base, found.proven, reason) for reason in found.reasons]
            return text.explanation(found, base, proofs)

        self._prompt.tell(None)
        try:
            answer = await self.engine.call("looking for reasons", why)
        except Failed as error:
            self._prompt.tell(str(error))
            self._answer.update("")
            self._prompt.focus_line()
            return
        except Stopped:
            self._answer.update(Text("stopped", style=STYLES["quiet"]))
            return
        self._asked = formula
        self._answer.update(answer)
        self.main().focus()


class ConflictsPane(Pane):
    """Where the beliefs contradict one another."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "settle", "Settle them")]

    def __init__(self, engine: Engine) -> None:
        """Take the engine that answers."""
        super().__init__("3 Conflicts", engine, id="conflicts")
        self._answer = Static(markup=False)

    def compose(self) -> ComposeResult:
        """Make room for the answer."""
        with Scroll(classes="result"):
            yield self._answer

    def main(self) -> Widget:
        """Return the answer."""
        return self.query_one(Scroll)

    def action_settle(self) -> None:
        """Try to settle them."""
        self.beliefs_app.try_consolidation()

    def read(self) -> None:
        """Begin to look for conflicts."""
        self.look()

    @work(exclusive=True)
    async def look(self) -> None:
        """Show every conflict."""

        def conflicts(agent: Agent) -> RenderableType:
            return text.conflicts(agent.conflicts(), agent.base)

        try:
            self._answer.update(await self.engine.call("looking for conflicts", conflicts))
        except Failed as error:
            self._answer.update(Text(str(error), style=STYLES["minus"]))
        except Stopped:
            self.outdate()
            self._answer.update(Text("stopped; r looks again", style=STYLES["quiet"]))
