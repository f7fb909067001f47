"""The page of `beliefs explore`, clicked through and typed at in a headless Chromium."""

from __future__ import annotations

import importlib.util
import re
from contextlib import contextmanager

import pytest
from support import browser

from beliefs import Agent
from beliefs.base.belief import Belief
from beliefs.base.track_record import TrackRecord
from beliefs.graph import Event, timeline
from beliefs.language.parser import parse_formula
from beliefs.language.signature import Signature
from beliefs.render.explorer import Past, contents, page

if browser.CHROMIUM is None:
    pytest.skip("no Chromium here (the package is called chromium in Debian)", allow_module_level=True)
if importlib.util.find_spec("playwright") is None:
    pytest.skip("playwright is not installed; the extra `dev` has it", allow_module_level=True)

# One browser for all of these: in one process, whatever the others do.
pytestmark = pytest.mark.xdist_group("browser")

BIRDS = """
[fly @1 "field guide"] forall x. bird(x) -> flies(x)
[penguins @2 "field guide"] forall x. penguin(x) -> bird(x)
[tweety_is @2 keeper] penguin(tweety)
[eggs @certain] forall x. bird(x) -> lays_eggs(x)
"""

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<!--<script>",
    "line\u2028and\u2029paragraph",
    "\"double\" 'single' `back` ${alert(3)} \\",
    "&lt;b&gt; &amp; javascript:alert(4)",
    "]]><svg onload=alert(5)>",
    "__proto__",
)


@pytest.fixture(scope="module")
def chromium():
    with browser.browser() as running:
        yield running


@pytest.fixture(scope="module")
def birds(tmp_path_factory):
    """Four beliefs; an expectation, refuted, so that a rule is repaired; a fact come and gone; an undoing."""
    agent = Agent.in_memory()
    agent.load(BIRDS.replace("keeper", '"keeper"'))
    agent.expect("flies(tweety)")
    agent.observe("!flies(tweety)", source="eye")
    agent.tell("[sunny @1] sunny")
    agent.contract("sunny")
    agent.tell("[wet] wet")
    agent.undo()
    path = tmp_path_factory.mktemp("birds") / "birds.html"
    path.write_text(agent.explore(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Three thousand beliefs, and a change that gave one up."""
    agent = Agent.in_memory()
    rules = [f"[rule{k} @3] forall x. kind{k}(x) -> kind{k + 1}(x)" for k in range(20)]
    facts = [f'[fact{k} @{1 + k % 3} "sensor {k % 7}"] kind{k % 20}(thing{k // 3})' for k in range(2980)]
    agent.load("\n".join(rules + facts))
    agent.observe("!kind20(thing5)")
    path = tmp_path_factory.mktemp("many") / "many.html"
    path.write_text(agent.explore(), encoding="utf-8")
    return path


@pytest.fixture
def shown(chromium, birds):
    with browser.opened(chromium, birds) as page:
        yield page


def listed(page) -> list[str]:
    return page.locator("#list .row .name").all_inner_texts()


def focus(page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.innerText")


def detail(page) -> str:
    return page.locator("#details").inner_text()


def at_node(page, name: str) -> tuple[float, float]:
    """Where a node is on the screen, as the drawing that cytoscape put on its container has it."""
    return page.evaluate(
        """name => {
            const box = document.getElementById("graph").getBoundingClientRect();
            const nodes = document.getElementById("graph")._cyreg.cy.nodes();
            const found = nodes.filter(node => node.data("caption").split(/\\s/)[0] === name)[0];
            const { x, y } = found.renderedPosition();
            return [box.left + x, box.top + y];
        }""",
        name,
    )


def visible_nodes(page) -> set[str]:
    return set(
        page.evaluate(
            """[...document.getElementById("graph")._cyreg.cy.nodes().not(".away")]
               .map(node => node.data("caption").split(/\\s/)[0])"""
        )
    )


class TestFinding:
    def test_all_is_listed(self, shown):
        assert [name.split()[0] for name in listed(shown)][:3] == ["fly", "penguins", "tweety_is"]
        assert "fly @1, given up" in listed(shown)

    def test_search(self, shown):
        shown.fill("#search", "PENGUIN")
        assert "penguins @2" in listed(shown)
        assert "sunny" not in " ".join(listed(shown))
        assert shown.locator("#list mark").first.inner_text() == "penguin"
        shown.fill("#search", "nothing like it")
        assert "No beliefs here: nothing has what you search for." in shown.inner_text("#list")

    def test_search_looks_through_sources(self, shown):
        shown.fill("#search", "keeper")
        assert listed(shown) == ["tweety_is @2"]

    def test_filters(self, shown):
        shown.click("#filters summary")
        shown.select_option("#source", label="field guide")
        assert {name.split()[0] for name in listed(shown)} == {"fly", "penguins"} | {
            name.split()[0] for name in listed(shown) if name.startswith("fly.")
        }
        assert "not all is shown" in shown.inner_text("#filtered")
        shown.click("#reset")
        shown.select_option("#level", label="certain")
        assert listed(shown) == ["eggs certain"]
        shown.click("#reset")
        shown.select_option("#status", label="given up")
        assert all("given up" in name or "taken back" in name for name in listed(shown))
        assert "fly" in visible_nodes(shown)
        assert "penguins" not in visible_nodes(shown)
        shown.click("#reset")
        assert shown.inner_text("#filtered") == ""

    def test_filter_by_kind(self, shown):
        assert "conflict" in visible_nodes(shown)
        shown.click("#filters summary")
        shown.uncheck("#kinds input[value=conflict]")
        assert "conflict" not in visible_nodes(shown)
        shown.check("#kinds input[value=source]")
        assert "field" in visible_nodes(shown)


class TestTime:
    def test_the_slider_goes_back(self, shown):
        shown.locator("#slider").fill("1")
        assert "4 beliefs held, 0 episodes" in shown.inner_text("#summary")
        assert [name.split()[0] for name in listed(shown)] == ["fly", "penguins", "tweety_is", "eggs"]
        assert not any("given up" in name for name in listed(shown))
        assert "conflict" not in visible_nodes(shown)
        assert shown.inner_text("#moment").startswith("After entry 1 of 7")
        shown.click("#now")
        assert "conflict" in visible_nodes(shown)

    def test_before_the_first_entry_nothing_is_believed(self, shown):
        shown.locator("#slider").fill("0")
        assert "0 beliefs held" in shown.inner_text("#summary")
        assert listed(shown) == []
        assert shown.is_disabled("#earlier")

    def test_buttons_go_by_one(self, shown):
        shown.click("#earlier")
        assert shown.inner_text("#moment").startswith("After entry 6 of 7")
        assert "wet @1" in listed(shown)
        shown.click("#later")
        assert "wet @1, taken back" in listed(shown)


class TestDetails:
    def test_a_belief(self, shown):
        shown.locator("#list .row", has_text="penguins").click()
        told = detail(shown)
        assert "forall x. penguin(x) -> bird(x)" in told
        assert "level 2 (@2)" in told
        assert "held" in told
        assert "Fed by" in told
        assert "tweety_is" in told
        assert "taken in 1: " in told
        assert shown.locator("#list [aria-current=true] .name").inner_text() == "penguins @2"

    def test_what_became_of_one_given_up(self, shown):
        shown.locator("#list .row", has_text="given up").first.click()
        told = detail(shown)
        for part in ("given up", "Replaced by", "In conflict", "blamed 1", "History"):
            assert part in told

    def test_from_one_to_the_next(self, shown):
        shown.locator("#list .row", has_text="penguins").click()
        shown.locator("#details .row", has_text="tweety_is").click()
        assert shown.inner_text("#details h2") == "tweety_is"

    def test_a_change(self, shown):
        shown.click("#tab-changes")
        shown.locator("#list .row", has_text="3: ").click()
        told = detail(shown)
        for part in (
            "Entry 3",
            "!flies(tweety)",
            "source\neye",
            "Before: given up",
            "Before: in conflict, and kept",
            "After: taken in",
            "Kernel",
            "Certificate",
            "would not without any one of its beliefs",
            "nothing that settles the conflicts costs less",
        ):
            assert part in told, part
        shown.click("#details summary:has-text('The certificate')")
        assert '"outcome": "done"' in shown.inner_text("#details pre")
        shown.click("text=See before")
        assert shown.inner_text("#moment").startswith("After entry 2 of 7")
        assert shown.locator("#details .row .name").first.inner_text() == "fly @1"
        assert "not yet" in detail(shown)
        shown.click("text=See after")
        assert shown.inner_text("#moment").startswith("After entry 3 of 7")

    def test_a_source_leads_to_what_it_said(self, shown):
        shown.locator("#list .row", has_text="tweety_is").click()
        shown.locator("#details dd button", has_text="keeper").click()
        assert listed(shown) == ["tweety_is @2"]

    def test_an_episode_is_a_story(self, shown):
        shown.click("#tab-episodes")
        shown.locator("#list .row").click()
        stages = [block.split("\n")[0] for block in shown.locator("#details .story").all_inner_texts()]
        assert stages[0].startswith("Expected: flies(tweety)")
        assert stages[1] == "Seen: !flies(tweety), told by eye."
        assert stages[2] == "Together these contradict it:"
        assert "`fly` said too much" in stages[3]

    def test_a_click_in_the_graph(self, shown):
        shown.mouse.click(*at_node(shown, "penguins"))
        assert shown.inner_text("#details h2") == "penguins"
        shown.mouse.click(*at_node(shown, "conflict"))
        assert "conflict 3.1" in detail(shown)
        assert "Between" in detail(shown)


class TestKeyboard:
    """No mouse anywhere."""

    def test_search_and_go_on_to_what_was_found(self, shown):
        shown.keyboard.press("/")
        assert focus(shown) == "search"
        shown.keyboard.type("tweety_is")
        shown.keyboard.press("ArrowDown")
        assert focus(shown).startswith("tweety_is")
        shown.keyboard.press("Enter")
        assert shown.inner_text("#details h2") == "tweety_is"
        shown.keyboard.press("ArrowUp")
        assert focus(shown) == "search"
        shown.keyboard.press("Escape")
        assert shown.input_value("#search") == ""

    def test_lists(self, shown):
        shown.focus("#tab-beliefs")
        shown.keyboard.press("Tab")
        shown.keyboard.press("ArrowDown")
        assert focus(shown).startswith("penguins")

    def test_tabs(self, shown):
        shown.focus("#tab-beliefs")
        shown.keyboard.press("ArrowRight")
        assert focus(shown) == "tab-changes"
        assert shown.get_attribute("#tab-changes", "aria-selected") == "true"
        assert listed(shown)[0].startswith("7: ")
        shown.keyboard.press("ArrowLeft")
        shown.keyboard.press("ArrowLeft")
        assert focus(shown) == "tab-episodes"

    def test_time(self, shown):
        shown.keyboard.press("[")
        shown.keyboard.press("[")
        assert shown.inner_text("#moment").startswith("After entry 5 of 7")
        shown.keyboard.press("]")
        assert shown.inner_text("#moment").startswith("After entry 6 of 7")
        shown.keyboard.press("{")
        shown.keyboard.press("{")
        assert shown.inner_text("#moment").startswith("After entry 3 of 7")
        shown.keyboard.press("}")
        assert shown.inner_text("#moment").startswith("After entry 5 of 7")

    def test_the_graph(self, shown):
        shown.locator("#list .row", has_text="tweety_is").focus()
        shown.keyboard.press("Enter")
        shown.focus("#graph")
        met = []
        for key in ("ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowRight"):
            shown.keyboard.press(key)
            met.append(shown.inner_text("#details h2"))
        assert len(set(met)) > 1, "the arrows lead nowhere"
        assert shown.inner_text("#spoken")
        for key in ("+", "-", "0"):
            shown.keyboard.press(key)

    def test_help(self, shown):
        shown.keyboard.press("?")
        assert shown.is_visible("#help")
        assert "Permission is hereby granted" in shown.text_content("#licences")
        shown.keyboard.press("Escape")
        assert not shown.is_visible("#help")
        shown.click("#show-help")
        shown.click("#help button")
        assert not shown.is_visible("#help")

    def test_all_of_it_can_be_reached(self, shown):
        shown.evaluate("document.activeElement.blur()")
        met = set()
        for _ in range(40):
            shown.keyboard.press("Tab")
            met.add(
                shown.evaluate(
                    "document.activeElement.closest('#list, #details')?.id || document.activeElement.id"
                )
            )
        assert {
            "theme",
            "show-help",
            "search",
            "tab-beliefs",
            "list",
            "fit",
            "graph",
            "slider",
            "details",
        } <= met

    def test_what_has_the_focus_is_seen(self, shown):
        shown.keyboard.press("/")
        assert shown.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


class TestLooks:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1300, 700, 360])
    def test_texts_contrast_and_nothing_overflows(self, chromium, birds, scheme, width):
        with browser.opened(chromium, birds, scheme=scheme, width=width) as page:
            page.locator("#list .row", has_text="given up").first.click()
            assert page.evaluate("document.documentElement.dataset.theme") == scheme
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.evaluate(CONTRASTS) == []

    def test_the_theme_can_be_chosen(self, shown):
        before = shown.evaluate("getComputedStyle(document.body).backgroundColor")
        shown.click("#theme")
        assert shown.inner_text("#theme") == "Light"
        assert shown.evaluate("getComputedStyle(document.body).backgroundColor") != before

    def test_kinds_differ_in_more_than_colour(self, shown):
        looks = shown.evaluate(
            """Object.fromEntries(document.getElementById("graph")._cyreg.cy.nodes().map(node => [
               node.data("kind") + (node.hasClass("past") ? " past" : ""),
               node.style("shape") + node.style("border-style"),
            ]))"""
        )
        assert len(set(looks.values())) >= len(looks) - 1, looks  # what was seen is a fact too

    def test_the_legend_has_all_kinds(self, shown):
        shown.click("#legend summary")
        told = shown.inner_text("#legend")
        for kind in ("fact", "rule", "conflict", "change", "given up", "feeds", "weakened from"):
            assert kind in told


CONTRASTS = """() => {
    const channels = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const colour = channels(getComputedStyle(e).backgroundColor);
            if (colour.length < 4 || colour[3] === 1) return colour;
        }
    };
    const faults = [];
    for (const element of document.querySelectorAll("body *")) {
        if (!element.checkVisibility() || element.disabled) continue;
        if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
        const [one, other] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
        const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (contrast < 4.5) faults.push(`${element.tagName} ${element.textContent}: ${contrast.toFixed(2)}`);
        if (parseFloat(getComputedStyle(element).fontSize) < 12) faults.push(`${element.textContent}: tiny`);
    }
    return faults;
}"""


@contextmanager
def page_of(chromium, tmp_path, html: str):
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    with browser.opened(chromium, path) as page:
        yield page


class TestHostileTexts:
    """Whatever the base holds is shown as text; none of it runs, and none of it breaks the page."""

    def test_names_formulas_and_sources(self, chromium, tmp_path):
        atom = parse_formula("p")
        beliefs = tuple(Belief(name, atom, source=name, age=age) for age, name in enumerate(HOSTILE, start=1))
        events = (
            Event(1, "expand", HOSTILE[0], (), beliefs),
            Event(
                2,
                HOSTILE[1],
                HOSTILE[1],
                beliefs[:3],
                (),
                kernels=(HOSTILE[:3],),
                observed=True,
                source=HOSTILE[0],
                episode=1,
            ),
        )
        told = contents(timeline(events, Signature()), Past((), 2, len(beliefs)), (), TrackRecord())
        with page_of(chromium, tmp_path, page(told)) as shown:
            names = "\n".join(shown.locator("#list .row .name").all_text_contents())
            for name in HOSTILE:
                assert name in names
            for number in range(len(HOSTILE)):
                shown.locator("#list .row").nth(number).click()
                assert shown.locator("#details h2").text_content() == HOSTILE[number]
            shown.click("#filters summary")
            assert shown.locator("#source option", has_text=HOSTILE[0]).count() == 1
            shown.check("#kinds input[value=source]")
            shown.check("#kinds input[value=episode]")
            shown.fill("#search", "<img")
            assert shown.locator("#list mark").first.text_content() == "<img"
            assert shown.locator("img, svg[onload], b").count() == 0
            assert shown.locator("script").count() == 4

    def test_through_the_agent(self, chromium, tmp_path):
        agent = Agent.in_memory()
        for number, source in enumerate(HOSTILE):
            agent.tell(f"p{number}", source=source)
        agent.observe("!p0", source=HOSTILE[1])
        with page_of(chromium, tmp_path, agent.explore()) as shown:
            for tab in ("changes", "episodes"):
                shown.click(f"#tab-{tab}")
                shown.locator("#list .row").first.click()
                assert HOSTILE[1] in shown.locator("#details").text_content()
            assert shown.locator("img").count() == 0

    def test_the_policy_forbids_scripts_and_requests(self, chromium, birds):
        page = chromium.new_page()
        page.goto(birds.as_uri())
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.evaluate(
            """async () => {
                const script = document.createElement("script");
                script.textContent = "window.ran = true";
                document.body.append(script);
                const image = "<img src='http://127.0.0.1:9/' onerror='window.ran = true'>";
                document.body.insertAdjacentHTML("beforeend", image);
                await fetch("http://127.0.0.1:9/").catch(() => {});
            }"""
        )
        assert page.evaluate("window.ran") is None
        refused = [text for text in complaints if "Content Security Policy" in text]
        assert len(refused) >= 3, complaints
        page.close()


class TestSize:
    def test_it_begins_with_what_is_near(self, chromium, many):
        with browser.opened(chromium, many) as page:
            begun = page.evaluate("performance.timing.domInteractive - performance.timing.navigationStart")
            assert begun < 10_000
            assert re.fullmatch(r"[0-9]+ of 3,0[0-9]+ nodes", page.inner_text("#drawn"))
            assert 5 < len(visible_nodes(page)) < 100
            assert page.locator("#list .row").count() == 200
            page.click("text=/^[0-9,]+ more$/")
            assert page.locator("#list .row").count() == 400
            page.fill("#search", "thing500")
            assert len(listed(page)) == 3

    def test_a_click_draws_more(self, chromium, many):
        with browser.opened(chromium, many) as page:
            page.fill("#search", "rule3 ")
            page.fill("#search", "fact500")
            page.locator("#list .row").first.click()
            before = len(visible_nodes(page))
            assert "fact500" in visible_nodes(page)
            page.mouse.click(*at_node(page, "rule0"))
            assert len(visible_nodes(page)) > before

    def test_all_can_be_drawn(self, chromium, many):
        with browser.opened(chromium, many) as page:
            page.click("#extent")
            assert page.inner_text("#drawn").startswith("3,0")
            assert page.inner_text("#extent") == "Draw what is near"
            page.keyboard.press("[")
            assert "3,000 beliefs held" in page.inner_text("#summary")

    def test_nothing_at_all(self, chromium, tmp_path):
        with page_of(chromium, tmp_path, Agent.in_memory().explore()) as page:
            assert "0 beliefs held" in page.inner_text("#summary")
            assert "No beliefs here" in page.inner_text("#list")
