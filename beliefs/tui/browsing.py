"""The tabs that list: what is believed, and what has happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Input, Label

from beliefs.agent import Agent
from beliefs.base.belief import Belief
from beliefs.graph import find as find_node
from beliefs.journal.entry import Entry
from beliefs.language.printer import print_formula
from beliefs.render import entries, experience, text, words
from beliefs.render.layout import STYLES, local_time
from beliefs.tui.engine import Engine
from beliefs.tui.panes import Pane
from beliefs.tui.prompts import Prompt
from beliefs.tui.screens import Lookup
from beliefs.tui.tables import PAGE, Heading, Line, PagedTable

SETTLED = 0.15
"""Seconds after the last letter of a filter before it is looked for."""

NEIGHBOURS = 60
"""So many things around a belief are shown at most."""


class BeliefsPane(Pane):
    """What is believed, or what of it holds a text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "app.write", "Filter", key_display="/"),
        Binding("w", "why", "Why"),
        Binding("x", "give_up", "Give up"),
    ]

    def __init__(self, engine: Engine) -> None:
        """Take the engine that answers."""
        super().__init__("1 Beliefs", engine, id="beliefs")
        self._filter = Prompt("/", "filter by name, formula or source", id="filter")
        self._table = PagedTable(
            [
                Heading("name", STYLES["name"], width=8, share=1),
                Heading("level", STYLES["number"], width=7, right=True),
                Heading("formula", width=20, share=6),
                Heading("source", STYLES["quiet"], width=6, share=2),
            ],
            id="belief-table",
        )
        self._count = Label("", classes="count", markup=False)
        self._total = 0
        self._typing: Timer | None = None

    def compose(self) -> ComposeResult:
        """Make the filter, the table and its count."""
        yield self._filter
        yield self._table
        yield self._count

    def main(self) -> PagedTable:
        """Return the table."""
        return self._table

    def write(self) -> None:
        """Let the user write into the filter."""
        self._filter.focus_line()

    def read(self) -> None:
        """Begin with the first beliefs that the filter lets through."""
        containing = self._filter.value
        last: Belief | None = None

        async def fetch() -> Sequence[Line]:
            nonlocal last
            page = partial(_page, containing=containing, after=last)
            lines, self._total = await self.engine.call("reading", page, stoppable=False)
            last = lines[-1].value if lines else None
            return lines

        self._table.begin(fetch)

    @on(Input.Changed)
    def filter_later(self, event: Input.Changed) -> None:
        """Filter as soon as the user pauses."""
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(SETTLED, self.read)

    @on(Input.Submitted)
    def go_to_table(self) -> None:
        """Go on among what the filter lets through."""
        self._table.focus()

    @on(PagedTable.Grown)
    def count(self) -> None:
        """Say how much is shown."""
        shown = len(self._table.lines)
        kind = f"matching “{self._filter.value}”" if self._filter.value else ""
        if not self._table.complete:
            said = f"the first {shown} {kind or f'of {self._total} beliefs'}; more come as you go down"
        elif kind:
            said = f"{words.count(shown, 'belief')} {kind}, of {self._total}"
        else:
            said = words.count(shown, "belief") if shown else "nothing is believed yet; 5 is where to begin"
        self._count.update(Text(" ".join(said.split()), style=STYLES["quiet"]))

    @on(PagedTable.Fault)
    def tell_fault(self, event: PagedTable.Fault) -> None:
        """Say why nothing could be read."""
        self._filter.tell(event.message)

    @on(PagedTable.RowSelected)
    def open(self) -> None:
        """Show the belief under the cursor in full."""
        if (line := self._table.current) is not None:
            belief: Belief = line.value
            about = partial(_about, belief=belief)
            self.app.push_screen(Lookup(self.engine, belief.name, "looking around", about))

    def action_why(self) -> None:
        """Ask why the belief under the cursor is believed."""
        if (line := self._table.current) is not None:
            self.beliefs_app.ask_why(print_formula(line.value.formula))

    def action_give_up(self) -> None:
        """Try to stop believing the belief under the cursor."""
        if (line := self._table.current) is not None:
            self.beliefs_app.try_contraction(print_formula(line.value.formula))


def _page(agent: Agent, containing: str, after: Belief | None) -> tuple[list[Line], int]:
    """The next beliefs, and how many there are in all."""
    base = agent.base
    found = agent.find(containing, after=after, limit=PAGE)
    return [
        Line(
            (
                belief.name,
                words.firmness(base.record.weighed(belief)),
                print_formula(belief.formula),
                belief.source or "",
            ),
            belief,
        )
        for belief in found
    ], len(base)


def _about(agent: Agent, belief: Belief) -> RenderableType:
    """A belief with its history, and what lies around it."""
    base = agent.base
    history = [(entry, moved) for entry, moved, _ in agent.history(belief.name)]
    held = belief.name in base
    told = text.belief(base[belief.name] if held else belief, history, base.record, held=held)
    graph = agent.graph(belief.name, depth=1, most=NEIGHBOURS)
    around = text.graph(graph, find_node(graph, belief.name).id)
    return Group(told, Text(""), Text("Around it", style=STYLES["title"]), around)


class LogPane(Pane):
    """What has happened, the last first: every change, or failures alone."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("e", "episodes", "Failures / all")]

    def __init__(self, engine: Engine) -> None:
        """Take the engine that answers."""
        super().__init__("4 Log", engine, id="log")
        self._table = PagedTable(
            [
                Heading("entry", STYLES["number"], width=5, right=True),
                Heading("when", STYLES["quiet"], width=16),
                Heading("what", width=12, share=2),
                Heading("took in", STYLES["plus"], width=10, share=1),
                Heading("gave up", STYLES["minus"], width=8, share=1),
            ],
            id="log-table",
        )
        self._count = Label("", classes="count", markup=False)
        self._failures = False

    def compose(self) -> ComposeResult:
        """Make the table and its count."""
        yield self._table
        yield self._count

    def main(self) -> PagedTable:
        """Return the table."""
        return self._table

    def read(self) -> None:
        """Begin with the last entries."""
        rows: Iterator[Line] | None = None
        begin = _failures if self._failures else _entries

        def page(agent: Agent) -> list[Line]:
            nonlocal rows
            if rows is None:
                rows = begin(agent)
            return list(islice(rows, PAGE))

        self._table.begin(lambda: self.engine.call("reading the log", page, stoppable=False))

    def action_episodes(self) -> None:
        """Show failures only, or everything again."""
        self._failures = not self._failures
        self.read()

    @on(PagedTable.Grown)
    def count(self) -> None:
        """Say how much is shown."""
        shown = words.count(len(self._table.lines), "episode" if self._failures else "entry")
        kind = ": what failed, and what was learned; e shows everything" if self._failures else ""
        more = "" if self._table.complete else "; more come as you go down"
        self._count.update(Text(f"{shown}{kind}{more}", style=STYLES["quiet"]))

    @on(PagedTable.Fault)
    def tell_fault(self, event: PagedTable.Fault) -> None:
        """Say why nothing could be read."""
        self._count.update(Text(event.message, style=STYLES["minus"]))

    @on(PagedTable.RowSelected)
    def open(self) -> None:
        """Show the entry under the cursor in full."""
        if (line := self._table.current) is not None:
            self.app.push_screen(EntryPage(self.engine, line.value))


def _entries(agent: Agent) -> Iterator[Line]:
    for entry in agent.log(newest_first=True):
        yield _line(entry, text.deed(entry))


def _failures(agent: Agent) -> Iterator[Line]:
    for episode in reversed(tuple(agent.episodes())):
        undone = " (undone)" if episode.undone else ""
        yield _line(agent.entry(episode.entry), f"episode {episode.number}: {episode.observation}{undone}")


def _line(entry: Entry, what: str) -> Line:
    decision = entry.decision
    moved = (text.few(decision.added), text.few(decision.removed))
    return Line((str(entry.number), local_time(entry.time), what, *moved), entry.number)


class EntryPage(Lookup):
    """One entry of the log in full."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "check", "Check its certificate")]

    def __init__(self, engine: Engine, number: int) -> None:
        """Take the number of the entry."""
        super().__init__(engine, f"Entry {number}", "reading it", partial(_entry, number=number))
        self._number = number

    def action_check(self) -> None:
        """Check its certificate, and say above all else what came of that."""

        def check(agent: Agent) -> RenderableType:
            return Group(_checked(agent, self._number), Text(""), _entry(agent, self._number))

        self.look("checking the certificate", check)


def _entry(agent: Agent, number: int) -> RenderableType:
    """An entry, and the story of it where it was a failure."""
    entry = agent.entry(number)
    before = agent.as_of(number - 1)
    certified = entry.seal.certificate is not None
    told = entries.entry(entry, before, agent.as_of(number), certified=certified)
    episode = next((episode for episode in agent.episodes() if episode.entry == number), None)
    return told if episode is None else Group(told, Text(""), experience.episode(episode, before))


def _checked(agent: Agent, number: int) -> RenderableType:
    certificate = agent.certificate(number)
    if certificate is None:
        return Text("This entry has no certificate to check.")
    from beliefs.certificates.checker import check  # with it comes Z3, which takes long to import

    return entries.report(check(certificate, milliseconds=agent.budget.milliseconds))
