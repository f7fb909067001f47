"""The terminal interface, used as a user does: by keys alone, looking at what stands on the screen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from time import monotonic

import pytest

pytest.importorskip("textual")

from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Input, Static

from beliefs.agent import Agent
from beliefs.tui.app import BeliefsApp
from beliefs.tui.engine import Engine
from beliefs.tui.panes import Pane
from beliefs.tui.tables import PAGE, PagedTable

BIRDS = """\
[fly @2 "field guide"] forall x. bird(x) -> flies(x)
[penguin] forall x. penguin(x) -> bird(x)
[tweety @3] penguin(tweety)
"""
PATIENCE = 30.0
"""Seconds after which something that should have happened has not."""


class User:
    """Somebody at the keyboard."""

    def __init__(self, app: BeliefsApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys one by one, and wait until all that they begin is done."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def write(self, text: str, *keys: str) -> None:
        """Write into the line that has the focus, and press keys."""
        line = self.app.focused
        assert isinstance(line, Input), f"{line} is no line to write in"
        line.value = text
        await self.pilot.pause(0.2)
        await self.settle()
        await self.press(*keys)

    async def settle(self) -> None:
        end = monotonic() + PATIENCE
        while True:
            await self.pilot.pause()
            await self.pilot.pause(0.02)
            if self.app.engine.doing is None and not any(
                worker.is_running for worker in self.app.workers if worker.group != "undo"
            ):
                break
            assert monotonic() < end, f"still {self.app.engine.doing}"
        await self.pilot.pause()

    @property
    def pane(self) -> Pane:
        return self.app.pane

    @property
    def screen(self) -> str:
        """Everything that can be seen, as text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    def told(self) -> str:
        """What the notifications say."""
        return "\n".join(notification.message for notification in self.app._notifications)


def use(agent: Agent, scenario: Callable[[User], Awaitable[None]], size: tuple[int, int] = (100, 40)) -> None:
    """Let a user do something with the beliefs of an agent."""

    async def session() -> None:
        with Engine(agent) as engine:
            app = BeliefsApp(engine)
            async with app.run_test(size=size) as pilot:
                user = User(app, pilot)
                await user.settle()
                await scenario(user)

    asyncio.run(asyncio.wait_for(session(), 4 * PATIENCE))


@pytest.fixture
def birds(tmp_path):
    with Agent.open(tmp_path / "birds.db") as agent:
        agent.load(BIRDS)
        yield agent


@pytest.fixture
def refuted(birds) -> Agent:
    birds.observe("[seen] !flies(tweety)", source="eyes")
    return birds


class TestBeliefs:
    def test_they_are_listed(self, birds):
        async def scenario(user: User) -> None:
            for said in ("fly", "forall x. bird(x) -> flies(x)", "field guide", "3 beliefs", "consistent"):
                assert said in user.screen

        use(birds, scenario)

    def test_an_empty_base_says_where_to_begin(self):
        async def scenario(user: User) -> None:
            assert "nothing is believed yet" in user.screen
            await user.press("enter", "w", "x")
            assert "nothing is believed yet" in user.screen

        with Agent.in_memory() as agent:
            use(agent, scenario)

    @pytest.mark.parametrize(
        ("text", "name"), [("FIELD", "fly"), ("penguin(tw", "tweety"), ("twee", "tweety")]
    )
    def test_a_filter_finds_source_formula_and_name(self, birds, text, name):
        async def scenario(user: User) -> None:
            await user.press("slash")
            await user.write(text, "enter")
            table = user.app.query_one("#belief-table", PagedTable)
            assert [line.value.name for line in table.lines] == [name]
            assert user.app.focused is table
            assert "1 belief matching" in user.screen

        use(birds, scenario)

    def test_one_is_shown_with_its_history_and_what_lies_around_it(self, refuted):
        async def scenario(user: User) -> None:
            await user.press("enter")
            for said in ("at level 2", "field guide", "taken in", "Around it", "fed by (bird)"):
                assert said in user.screen
            await user.press("escape")
            assert "Around it" not in user.screen

        use(refuted, scenario)

    def test_why_one_is_believed(self, birds):
        async def scenario(user: User) -> None:
            await user.press("w")
            assert user.pane.id == "why"
            assert "believed: forall x. bird(x) -> flies(x)" in user.screen

        use(birds, scenario)

    def test_one_can_be_given_up(self, birds):
        async def scenario(user: User) -> None:
            await user.press("down", "down", "x")
            assert user.pane.id == "revise"
            assert "No longer believed: penguin(tweety)" in user.screen
            assert "tweety" in birds.base
            await user.press("c")
            assert "tweety" not in birds.base

        use(birds, scenario)

    def test_more_are_read_as_the_user_goes_down(self):
        async def scenario(user: User) -> None:
            table = user.app.query_one("#belief-table", PagedTable)
            assert len(table.lines) == PAGE
            assert f"the first {PAGE} of 250 beliefs" in user.screen
            await user.press("end", "end", "end")
            assert [line.value.name for line in table.lines] == [f"f{number}" for number in range(250)]
            assert "250 beliefs" in user.screen
            await user.press("slash")
            await user.write("p(a24", "enter")
            assert len(table.lines) == 11

        with Agent.in_memory() as agent:
            agent.load("\n".join(f"[f{number}] p(a{number})" for number in range(250)))
            use(agent, scenario)

    def test_a_screen_taller_than_a_page_is_filled(self):
        async def scenario(user: User) -> None:
            assert len(user.app.query_one("#belief-table", PagedTable).lines) > PAGE

        with Agent.in_memory() as agent:
            agent.load("\n".join(f"[f{number}] p(a{number})" for number in range(250)))
            use(agent, scenario, size=(80, 140))

    def test_columns_fill_a_terminal_that_changes(self, birds):
        async def scenario(user: User) -> None:
            await user.press("down")
            for width in (60, 140, 80):
                await user.pilot.resize_terminal(width, 24)
                await user.settle()
                assert "tweety" in user.screen
                table = user.app.query_one("#belief-table", PagedTable)
                assert table.cursor_row == 1
                assert table.virtual_size.width <= table.size.width

        use(birds, scenario)


class TestWhy:
    def test_reasons_and_proofs(self, birds):
        async def scenario(user: User) -> None:
            await user.press("2")
            await user.write("flies(tweety)", "enter")
            for said in ("believed: flies(tweety)", "reason for it:", "as `tweety` says"):
                assert said in user.screen

        use(birds, scenario)

    def test_a_mistake_is_shown_where_it_was_written(self, birds):
        async def scenario(user: User) -> None:
            await user.press("2")
            await user.write("flies(tweety) &&& p", "enter")
            for said in ("line 1, column 15", "^^", "hint: write `&` for and"):
                assert said in user.screen
            assert user.app.focused is user.pane.query_one(Input)
            await user.write("flies(tweety)", "enter")
            assert "column" not in user.screen
            assert "believed: flies(tweety)" in user.screen

        use(birds, scenario)

    def test_an_answer_is_not_kept_when_the_base_has_changed(self, birds):
        async def scenario(user: User) -> None:
            await user.press("2")
            await user.write("flies(tweety)", "enter")
            with Agent.open(birds.place) as other:
                other.contract("flies(tweety)")
            await user.press("r")
            assert "undecided: flies(tweety)" in user.screen

        use(birds, scenario)


class TestConflicts:
    def test_none(self, birds):
        async def scenario(user: User) -> None:
            await user.press("3")
            assert "No conflicts" in user.screen

        use(birds, scenario)

    def test_they_are_shown_and_settled(self, birds):
        birds.tell("[ghost @0] !flies(tweety)", allow_conflict=True)

        async def scenario(user: User) -> None:
            assert "with conflicts" in user.screen
            await user.press("3")
            assert "these cannot all be true" in user.screen
            await user.press("s")
            assert "Consistent again." in user.screen
            assert "ghost" in birds.base
            await user.press("c", "3")
            assert "No conflicts" in user.screen

        use(birds, scenario)
        assert "ghost" not in birds.base


class TestLog:
    def test_entries_the_last_first(self, refuted):
        async def scenario(user: User) -> None:
            await user.press("4")
            table = user.app.query_one("#log-table", PagedTable)
            assert [line.value for line in table.lines] == [2, 1]
            assert "revise !flies(tweety)" in user.screen

        use(refuted, scenario)

    def test_one_change_in_full(self, refuted):
        async def scenario(user: User) -> None:
            await user.press("4", "enter")
            for said in (
                "Entry 2: revise !flies(tweety)",
                "eyes",
                "1 at level 1",
                "3 beliefs",
                "4 beliefs: can all be true together",
                "`penguin.2` is a weaker form of `penguin`",
                "Together these contradicted it",
                "certificate  kept",
                "Episode 1: !flies(tweety)",
            ):
                assert said in user.screen
            await user.press("c")
            assert "The certificate holds" in user.screen
            await user.press("q")
            assert "Entry 2" not in user.screen

        use(refuted, scenario, size=(100, 60))

    def test_failures_only(self, refuted):
        async def scenario(user: User) -> None:
            await user.press("4", "e")
            table = user.app.query_one("#log-table", PagedTable)
            assert [line.value for line in table.lines] == [2]
            assert "episode 1: !flies(tweety)" in user.screen
            await user.press("e")
            assert len(table.lines) == 2

        use(refuted, scenario)

    def test_nothing_yet(self):
        async def scenario(user: User) -> None:
            await user.press("4", "enter")
            assert "0 entries" in user.screen

        with Agent.in_memory() as agent:
            use(agent, scenario)


class TestRevise:
    def test_a_change_is_tried_and_committed(self, birds):
        async def scenario(user: User) -> None:
            await user.press("5")
            await user.write('[seen @2 "eyes"] !flies(tweety)', "enter")
            assert "dry run: nothing was committed" in user.screen
            assert "Gave up `penguin`" in user.screen
            assert [entry.number for entry in birds.log()] == [1]
            await user.press("c")
            assert "(entry 2)" in user.screen
            assert birds.base["seen"].source == "eyes"
            await user.press("1")
            assert "seen" in user.screen

        use(birds, scenario)
        assert [entry.number for entry in birds.log()] == [1, 2]

    @pytest.mark.parametrize(
        ("steps", "operation", "said"),
        [
            (["up"], "tell", "Refused: it contradicts what is believed"),
            (["down"], "revise", "Gave up `penguin`"),
            (["down", "down"], "contract", "Nothing to give up"),
            (["up", "up"], "contract", "Nothing to give up"),
        ],
    )
    def test_the_arrows_choose_what_is_done(self, birds, steps, operation, said):
        async def scenario(user: User) -> None:
            await user.press("5")
            await user.write("!flies(tweety)", *steps, "enter")
            assert operation in user.screen
            assert said in user.screen

        use(birds, scenario)

    def test_a_refused_change_cannot_be_committed(self, birds):
        async def scenario(user: User) -> None:
            await user.press("5")
            await user.write("!flies(tweety)", "up", "enter")
            assert "Refused" in user.screen
            assert "To revise by it, or to observe it" in user.screen
            assert "Commit" not in user.screen
            await user.press("c")

        use(birds, scenario)
        assert len(list(birds.log())) == 1

    def test_answers_as_good_are_listed(self):
        async def scenario(user: User) -> None:
            await user.press("5")
            await user.write("!(p & q)", "down", "enter")
            assert "Each of these gives up as little" in user.screen
            assert "as good  first" in user.screen

        with Agent.in_memory() as agent:
            agent.load("[first] p\n[second] q")
            use(agent, scenario)

    def test_a_change_is_discarded(self, birds):
        async def scenario(user: User) -> None:
            await user.press("5")
            await user.write("!flies(tweety)", "enter", "d")
            assert "discarded; nothing was changed" in user.screen
            await user.press("escape", "c")
            assert "Commit" not in user.screen

        use(birds, scenario)
        assert len(list(birds.log())) == 1

    @pytest.mark.parametrize("text", ["flies(", "[a] p [b]", "flies(tweety, x)", "[tweety] q", "sort A"])
    def test_mistakes_are_shown_and_change_nothing(self, birds, text):
        async def scenario(user: User) -> None:
            await user.press("5")
            await user.write(text, "enter")
            assert user.pane.query_one(".fault", Static).has_class("told")
            assert user.app.focused is user.pane.query_one(Input)
            assert "Traceback" not in user.screen
            await user.press("down")
            assert not user.pane.query_one(".fault", Static).has_class("told")

        use(birds, scenario)
        assert len(list(birds.log())) == 1

    def test_a_declaration_can_be_told(self, birds):
        async def scenario(user: User) -> None:
            await user.press("5")
            await user.write("sort Robot", "up", "enter", "c")

        use(birds, scenario)
        assert len(birds.base.declarations) == 1

    def test_a_base_that_has_changed_elsewhere_is_looked_at_again(self, birds):
        async def scenario(user: User) -> None:
            await user.press("5")
            await user.write("[seen] !flies(tweety)", "down", "enter")
            assert "Gave up `penguin`" in user.screen
            with Agent.open(birds.place) as other:
                other.contract("penguin(tweety)")
            await user.press("c")
            assert "The base has changed meanwhile" in user.screen
            assert "Gave up" not in user.screen
            assert "seen" not in birds.base
            await user.press("c")
            assert "(entry 3)" in user.screen

        use(birds, scenario)
        assert "penguin" in birds.base

    def test_a_base_that_has_changed_where_it_does_not_matter_is_no_reason_to_ask(self, birds):
        async def scenario(user: User) -> None:
            await user.press("5")
            await user.write("!flies(tweety)", "down", "enter")
            with Agent.open(birds.place) as other:
                other.tell("sun")
            await user.press("c")
            assert "(entry 3)" in user.screen

        use(birds, scenario)


class TestUndo:
    def test_only_when_the_user_agrees(self, refuted):
        async def scenario(user: User) -> None:
            await user.press("u")
            assert "Undone: entry 2." in user.screen
            await user.press("n")
            assert "seen" in refuted.base
            await user.press("u", "y")
            assert "seen" not in refuted.base
            assert user.told() == "Undone: entry 2."
            assert "3 beliefs" in user.screen

        use(refuted, scenario)

    def test_nothing_to_undo(self):
        async def scenario(user: User) -> None:
            await user.press("u")
            assert user.told() == "Nothing to undo."

        with Agent.in_memory() as agent:
            use(agent, scenario)

    def test_of_another_change_only_when_asked_again(self, refuted):
        async def scenario(user: User) -> None:
            await user.press("u")
            with Agent.open(refuted.place) as other:
                other.tell("[sun] shines")
            await user.press("y")
            assert "Undone: entry 3." in user.screen
            assert "sun" in refuted.base
            await user.press("n")

        use(refuted, scenario)
        assert "sun" in refuted.base
        assert "seen" in refuted.base


class TestReadOnly:
    def test_changes_are_tried_and_not_committed(self, refuted):
        async def scenario(user: User) -> None:
            assert "read-only" in user.screen
            await user.press("5")
            await user.write("flies(tweety)", "enter")
            assert "dry run" in user.screen
            await user.press("c", "escape", "u")
            assert user.told().count("open for reading only") == 2

        with Agent.open(refuted.place, read_only=True) as reader:
            use(reader, scenario)
        assert len(list(refuted.log())) == 2


class TestHostileText:
    SOURCE = "[bold red]x[/] \x1b[31m\x07 \u202egnp [@click=app.quit]y"

    def test_it_is_shown_as_it_is(self, birds):
        birds.tell("[odd] p(oddity)", source=self.SOURCE)

        async def scenario(user: User) -> None:
            await user.press("slash")
            await user.write("odd", "enter")
            await user.press("enter")
            assert "[bold red]x[/] \\x1b[31m\\x07 \\u202egnp [@click=app.quit]y" in user.screen
            self.expect_clean(user)
            await user.press("escape", "4", "enter")
            assert "[bold red]x[/]" in user.screen
            self.expect_clean(user)
            await user.press("escape", "5")
            await user.write('[a "[bold]s[/bold] \x1b[2J"] [/] p(', "enter")
            self.expect_clean(user)
            await user.press("escape", "2", "slash")
            await user.write("[/nothing] \x1b]0;title\x07", "enter")
            assert "[/nothing]" in user.screen
            self.expect_clean(user)

        use(birds, scenario, size=(140, 40))

    def expect_clean(self, user: User) -> None:
        assert not {"\x1b", "\x07", "\u202e"} & set(user.screen)
        assert isinstance(user.app, BeliefsApp)


class TestKeys:
    def test_every_tab_has_its_number(self, birds):
        async def scenario(user: User) -> None:
            for key, name in enumerate(["beliefs", "why", "conflicts", "log", "revise"], start=1):
                await user.press("escape", str(key))
                assert user.pane.id == name

        use(birds, scenario)

    @pytest.mark.parametrize("size", [(80, 24), (40, 10), (140, 40)])
    def test_help_on_any_terminal(self, birds, size):
        async def scenario(user: User) -> None:
            await user.press("question_mark")
            assert "Help" in user.screen
            await user.press("space", "j", "k", "escape")
            assert "Help ─" not in user.screen

        use(birds, scenario, size)

    def test_in_an_input_letters_are_letters(self, birds):
        async def scenario(user: User) -> None:
            await user.press("2", "q", "u", "slash", "question_mark", "1")
            assert user.pane.query_one(Input).value == "qu/?1"
            await user.press("f1")
            assert "Help" in user.screen
            await user.press("escape", "escape")
            assert isinstance(user.app.focused, VerticalScroll)

        use(birds, scenario)

    def test_q_leaves(self, birds):
        async def scenario(user: User) -> None:
            await user.pilot.press("q")
            await user.pilot.pause()
            assert not user.app.is_running or user.app._exit

        use(birds, scenario)


class TestStopping:
    def test_escape_stops_what_takes_long(self, birds):
        """The screen goes on meanwhile, and the next question is answered."""
        begun = threading.Event()

        def endless(*arguments: object, **rest: object) -> None:
            begun.set()
            while True:
                threading.Event().wait(0.01)

        async def scenario(user: User) -> None:
            await user.press("2")
            birds.why = endless
            await user.pilot.press(*"flies", "enter")
            assert begun.wait(PATIENCE)
            await user.pilot.pause()
            assert "looking for reasons…  Esc stops" in user.screen
            await user.pilot.press("escape")
            await user.settle()
            assert "stopped" in user.screen
            del birds.why
            await user.press("slash")
            await user.write("flies(tweety)", "enter")
            assert "believed: flies(tweety)" in user.screen

        use(birds, scenario)

    def test_leaving_stops_it_too(self, birds):
        begun = threading.Event()

        def endless(*arguments: object, **rest: object) -> None:
            begun.set()
            while True:
                threading.Event().wait(0.01)

        async def scenario(user: User) -> None:
            birds.conflicts = endless
            await user.pilot.press("3")
            assert begun.wait(PATIENCE)

        use(birds, scenario)

    def test_a_fault_of_the_program_is_told_in_a_line(self, birds):
        def broken(*arguments: object, **rest: object) -> None:
            raise ZeroDivisionError("\x1b[1m")

        async def scenario(user: User) -> None:
            birds.why = broken
            await user.press("2")
            await user.write("flies(tweety)", "enter")
            assert "ZeroDivisionError: \\x1b[1m" in user.screen
            assert "fault of the program" in user.screen

        use(birds, scenario)
