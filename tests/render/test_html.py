"""Values in a notebook: drawn whole, and nothing in them is taken for HTML."""

from __future__ import annotations

import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from beliefs import Agent, BeliefBase
from beliefs.base.belief import Belief
from beliefs.graph import view
from beliefs.language.syntax import Atom
from beliefs.render.html import LARGE, LISTED, html

HOSTILE = "<script>alert('1')</script>\"&\x1b[31m"


class Reader(HTMLParser):
    """Collects the tags and the text of a page, and makes sure that tags match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)
        assert {name for name, _ in attrs} <= {"style"}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


ALLOWED = {"div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td"}


@pytest.fixture
def agent():
    agent = Agent.in_memory()
    agent.tell("[fly @2*1/2] forall x. bird(x) -> flies(x)", source=HOSTILE)
    agent.tell("[tweety @3] bird(tweety)", source=HOSTILE)
    return agent


def shown(value: object) -> Reader:
    page = value._repr_html_()
    reader = Reader(page)
    assert reader.tags <= ALLOWED
    assert "<script" not in page
    assert "\x1b" not in page
    return reader


def test_a_base(agent):
    text = shown(agent.base).text
    assert "2 beliefs" in text
    assert "forall x. bird(x) -> flies(x)" in text
    assert "2*1/2" in text
    assert "<script>alert('1')</script>" in text


def test_changes_and_episodes(agent):
    change = agent.observe("!flies(tweety)", source=HOSTILE)
    told = shown(change).text
    assert "Revised by !flies(tweety) (entry 3)" in told
    assert "fly.2" in told
    (episode,) = agent.episodes()
    told = shown(episode).text
    assert "Episode 1: !flies(tweety)" in told
    assert "fly, tweety" in told
    assert "<script>" in told
    refused = agent.tell("flies(tweety)")
    assert refused.status == "refused"
    assert "Refused" in shown(refused).text


def test_names_that_no_header_could_hold():
    base = BeliefBase().add(Belief(HOSTILE, Atom("p")))
    assert "alert" in shown(base).text


def test_a_base_that_contradicts_itself(agent):
    agent.tell("!flies(tweety)", allow_conflict=True)
    assert "contradict one another" in shown(agent.base).text


def test_of_many_beliefs_some_are_shown():
    base = BeliefBase().add(*(Belief(f"b{n}", Atom(f"p{n}")) for n in range(LISTED + 5)))
    reader = shown(base)
    assert "and 5 more" in reader.text
    assert f"p{LISTED}" not in reader.text
    large = BeliefBase().add(*(Belief(f"b{n}", Atom(f"p{n}")) for n in range(LARGE + 1)))
    assert "too many to show" in shown(large).text


def test_other_values_have_none():
    with pytest.raises(TypeError, match="a str has no form in HTML"):
        html("p")


def test_how_to_draw_is_imported_only_when_asked():
    code = "import sys, beliefs; beliefs.Agent; assert 'beliefs.render.html' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


class TestGraph:
    def graph(self):
        belief = Belief("p", Atom("p"), source=HOSTILE)
        return view(BeliefBase().add(belief))

    def test_drawn_by_graphviz(self, monkeypatch):
        svg = '<?xml version="1.0"?>\n<svg><text>p</text></svg>\n'
        monkeypatch.setattr("beliefs.render.pictures.svg", lambda graph, patience: svg)
        assert "<svg><text>p</text></svg>" in html(self.graph())
        assert "<?xml" not in html(self.graph())

    @pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
    def test_graphviz_takes_nothing_for_markup(self):
        page = html(self.graph())
        assert "<svg" in page
        assert "<script" not in page

    def test_a_tree_without_graphviz(self, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        reader = Reader(html(self.graph()))
        assert "script" not in reader.tags
        assert "p @1  p" in reader.text

    def test_a_notebook_asks_for_it(self):
        assert "<div" in self.graph()._repr_html_()
