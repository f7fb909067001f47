"""What the page to explore a base in is made of: a graph of all times, its data, and the safe writing of both."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from beliefs import Agent
from beliefs.base.belief import Belief
from beliefs.errors import BaseError, UnknownBeliefError
from beliefs.exploration import events
from beliefs.graph import EdgeKind, Event, NodeKind, timeline
from beliefs.language.parser import parse_formula
from beliefs.language.signature import Signature
from beliefs.render.explorer import page
from beliefs.render.explorer.claims import claims
from beliefs.render.explorer.page import LICENCES, as_data

TOOL = Path(__file__).resolve().parent.parent / "tools" / "explorer_libraries.py"

RULES = "[fly @1] forall x. bird(x) -> flies(x)\n[tweety_is @2 keeper] bird(tweety)".replace(
    "keeper", '"keeper"'
)


class Reader(HTMLParser):
    """The texts of the scripts and styles of a page, and its policy, as a strict reader finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.parts: list[tuple[str, dict[str, str | None], str]] = []
        self.policy = ""
        self._open: tuple[str, dict[str, str | None]] | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag in ("script", "style"):
            self._open = (tag, given)
            self.parts.append((tag, given, ""))

    def handle_data(self, data):
        if self._open is not None:
            tag, given, text = self.parts[-1]
            self.parts[-1] = (tag, given, text + data)

    def handle_endtag(self, tag):
        self._open = None


def data_of(text: str):
    (found,) = (part for _, given, part in Reader(text).parts if given.get("id") == "data")
    return json.loads(found)


def by_id(data) -> dict:
    return {node["id"]: node for node in data["nodes"]}


@pytest.fixture
def birds():
    agent = Agent.in_memory()
    agent.load(RULES)
    agent.expect("flies(tweety)")
    agent.observe("!flies(tweety)", source="eye", repair=False)
    return agent


class TestTimeline:
    def test_beliefs_have_their_time(self):
        old, new = Belief("a", parse_formula("p(x0)"), age=1), Belief("a", parse_formula("q(x0)"), age=2)
        rule = Belief("r", parse_formula("forall x. p(x) -> q(x)"), age=3)
        told = timeline(
            [
                Event(1, "expand", None, (), (old,)),
                Event(2, "contract", "p(x0)", (old,), ()),
                Event(3, "expand", None, (), (new, rule)),
            ],
            Signature(),
        )
        assert told.spans["a (given up in 2)"] == ((1, 2),)
        assert told.spans["a"] == ((3, None),)
        assert told.spans["entry 2"] == ((2, None),)
        feeds = {(edge.tail, edge.head) for edge in told.graph.edges if edge.kind == "feeds"}
        assert ("a (given up in 2)", "r") in feeds
        assert told.given_up[2] == ("a (given up in 2)",)

    def test_an_undoing_gives_the_same_belief_back(self):
        belief = Belief("a", parse_formula("p"), age=1)
        told = timeline(
            [
                Event(1, "expand", None, (), (belief,)),
                Event(2, "contract", "p", (belief,), ()),
                Event(3, "undo", "p", (), (belief,), undoes=2),
            ],
            Signature(),
        )
        assert told.spans["a"] == ((1, 2), (3, None))
        assert told.spans["entry 2"] == ((2, 3),)
        assert "entry 3" not in told.spans

    def test_every_edge_joins_two_nodes(self, birds):
        told = timeline(events(birds.log()), birds.base.signature)
        ids = {node.id for node in told.graph.nodes}
        assert len(ids) == len(told.graph.nodes)
        assert all({edge.tail, edge.head} <= ids for edge in told.graph.edges)


class TestContents:
    def test_all_there_was(self, birds):
        data = data_of(birds.explore())
        nodes = by_id(data)
        assert nodes["fly (given up in 3)"]["spans"] == [[1, 3]]
        assert nodes["fly (given up in 3)"]["name"] == "fly"
        assert nodes["tweety_is"]["source"] == "keeper"
        assert {"conflict 3.1", "entry 3", "seen in 3", "episode 1", "source eye"} <= nodes.keys()
        assert data["last"] == 3
        assert data["complete"] is True
        change = data["changes"][2]
        named = [[data["nodes"][place]["name"] for place in kernel] for kernel in change["kernels"]]
        assert named == [["fly", "tweety_is"]]
        assert change["source"] == "eye"
        assert change["cost"] == "1 at level 1"
        assert any("costs less" in claim for claim in change["certificate"]["claims"])
        assert change["certificate"]["whole"]["removed"] == ["fly"]
        assert [part["stage"] for part in data["episodes"][0]["story"]] == [
            "expected",
            "seen",
            "contradicted",
            "learned",
        ]

    def test_as_of(self, birds):
        data = data_of(birds.explore(as_of=2))
        assert by_id(data)["fly"]["spans"] == [[1, None]]
        assert data["last"] == 2
        assert data["episodes"] == []
        assert data_of(birds.explore(as_of=0))["nodes"] == []

    def test_where_to_begin(self, birds):
        data = data_of(birds.explore("fly"))
        assert data["nodes"][data["start"]]["id"] == "fly (given up in 3)"
        assert data_of(birds.explore())["start"] is None
        with pytest.raises(UnknownBeliefError, match="no belief named 'nobody'"):
            birds.explore("nobody")
        with pytest.raises(BaseError, match="not 0"):
            birds.explore(most=0)

    def test_what_is_asked(self, birds):
        data = data_of(birds.explore(asked=["!flies(tweety)"]))
        kinds = data["edgeKinds"]
        (asked,) = (place for place, node in enumerate(data["nodes"]) if node["kind"] == "conclusion")
        assert any(head == asked and kinds[kind] == "supports" for _, head, kind, _ in data["edges"])
        assert data["start"] == asked
        with pytest.raises(BaseError, match="what is asked is a list"):
            birds.explore(asked="p")

    def test_conflicts_of_an_inconsistent_base(self):
        agent = Agent.in_memory()
        agent.load("[a] p\n[b] !p", allow_conflict=True)
        nodes = by_id(data_of(agent.explore()))
        assert nodes["conflict 1"]["spans"] == [[1, None]]

    @pytest.mark.parametrize("start", [None, "entry 2", "near7"])
    def test_of_many_beliefs_those_that_are_near(self, start):
        agent = Agent.in_memory()
        lines = [f"[far{k}] far{k}(c{k})" for k in range(60)] + [
            f"[near{k}] p{k} -> p{k + 1}" for k in range(10)
        ]
        agent.load("\n".join([*lines, "[root] p0"]))
        agent.observe("!p10")
        agent.undo()
        agent.observe("!p10")
        data = data_of(agent.explore(None if start == "entry 2" else start, most=30))
        assert data["complete"] is False
        assert data["believed"] > 70
        nodes = by_id(data)
        assert 5 < len(nodes) < 45
        assert not any(node.startswith("far") for node in nodes)
        (given_up,) = (node for node in nodes.values() if len(node.get("spans", ())) == 2)
        assert given_up["spans"] == [[1, 2], [3, 4]]
        assert data["changes"][0]["notShown"] >= 60

    def test_long_certificates_are_told_not_shown(self):
        agent = Agent.in_memory()
        agent.load("\n".join(f"[a{k}] p{k} | q{k}" for k in range(400)))
        agent.contract(" & ".join(f"(p{k} | q{k})" for k in range(400)))
        certificate = data_of(agent.explore())["changes"][0]["certificate"]
        assert certificate["whole"] is None
        assert certificate["size"] > 20_000
        assert certificate["claims"]


class TestClaims:
    """A sentence for each thing that a certificate claims, and none for what does not apply."""

    def of(self, change) -> list[str]:
        return list(claims(change.certificate))

    def test_a_revision(self):
        agent = Agent.in_memory()
        agent.load(RULES)
        assert self.of(agent.revise("!flies(tweety)")) == [
            "It speaks of what the change touches: 2 beliefs of those held before. The others stay true as they were.",
            "The conflict contradicts what was told, and would not without any one of its beliefs.",
            "Every conflict loses a belief. Each belief given up has a conflict that nothing else given up settles.",
            "What was given up costs 1 at level 1; nothing that settles the conflicts costs less.",
            "All that is believed after can be true together: a model with 1 atom true in it is shown.",
        ]

    def test_nothing_given_up(self):
        agent = Agent.in_memory()
        told = self.of(agent.tell("p"))
        assert "Nothing was given up." in told
        assert not any("conflict" in claim for claim in told)

    def test_a_contraction_and_a_consolidation(self):
        agent = Agent.in_memory()
        agent.load("[a] p\n[b] p -> q\n[c] !q", allow_conflict=True)
        assert any("contradicts itself, and would not" in claim for claim in self.of(agent.consolidate()))
        agent = Agent.in_memory()
        agent.load("[a] p\n[b] p -> q")
        assert any(
            "entails what is to be believed no more" in claim for claim in self.of(agent.contract("q"))
        )

    def test_a_repair(self):
        agent = Agent.in_memory()
        agent.load(RULES + "\n[robin @3] bird(robin)")
        agent.observe("flies(robin)")
        told = self.of(agent.observe("!flies(tweety)"))
        assert "What is weaker (`fly.2`) follows from what it replaces, and still says something." in told

    def test_what_cannot_be(self):
        agent = Agent.in_memory()
        assert "By itself, without any belief, what it is about cannot be true." in self.of(
            agent.revise("p & !p")
        )
        assert "By itself, without any belief, what it is about is always true." in self.of(
            agent.contract("p | !p")
        )


class TestPage:
    def test_the_policy_allows_what_is_on_it_alone(self, birds):
        read = Reader(birds.explore())
        rules = dict(rule.strip().split(" ", 1) for rule in read.policy.split(";"))
        assert rules["default-src"] == "'none'"
        for tag in ("script", "style"):
            texts = [
                text
                for name, given, text in read.parts
                if name == tag and given.get("type") != "application/json"
            ]
            hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts}
            assert set(rules[f"{tag}-src"].split()) == {f"'sha256-{each}'" for each in hashes}

    def test_it_names_no_address(self, birds):
        """None that a browser would go to, that is: those in comments and licences are only read."""
        text = birds.explore()
        assert not re.search(
            r"""(?:src|href|action)\s*=\s*["']?(?!data:)[a-z/]""", text.split("<script", 1)[0]
        )
        assert "sourceMappingURL" not in text

    @pytest.mark.parametrize(
        "value", ["</script>", "<!--", "a\u2028b\u2029c", "\ud800", "&amp;<b>", '"\\', {"<k>": [None, 1.5]}]
    )
    def test_data_is_never_markup(self, value):
        written = as_data(value)
        assert json.loads(written) == value
        assert not set("<>&\u2028\u2029\ud800") & set(written)
        written.encode()

    def test_the_same_base_makes_the_same_page(self, birds):
        assert birds.explore() == birds.explore()

    def test_own_scripts_make_no_markup_of_data(self):
        folder = Path(page.__code__.co_filename).parent
        for script in folder.glob("*.js"):
            text = script.read_text(encoding="utf-8")
            for way in (
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "fetch(",
                "XMLHttpRequest",
            ):
                assert way not in text, f"{script.name}: {way}"


class TestDrawing:
    """What the drawing knows is what the graph has, and colours are never all that tells two things apart."""

    @staticmethod
    def looks(table: str) -> dict[str, str]:
        folder = Path(page.__code__.co_filename).parent
        text = (folder / "drawing.js").read_text(encoding="utf-8")
        _, _, rest = text.partition(f"const {table} = {{")
        body, _, _ = rest.partition("};")
        return dict(re.findall(r'^  "?([a-z ]+)"?: \[(.*?), "--', body, re.MULTILINE))

    def test_every_kind_of_node_has_a_shape(self):
        assert self.looks("SHAPES").keys() == set(get_args(NodeKind)) - {"given up"}

    def test_every_kind_of_edge_has_a_line_of_its_own(self):
        looks = self.looks("LINES")
        assert looks.keys() == set(get_args(EdgeKind))
        assert len(set(looks.values())) == len(looks)


class TestLibraries:
    @pytest.fixture
    def tool(self):
        spec = importlib.util.spec_from_file_location("explorer_libraries", TOOL)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def test_they_are_as_they_were_published(self, tool):
        assert tool.faults() == []

    def test_all_licences_are_on_the_page(self, tool):
        texts = {name for name in tool.FILES if name.startswith("LICENSE")}
        assert texts == {path.removeprefix("vendor/") for path in LICENCES.values()}

    def test_an_altered_one_is_found_out(self, tool, tmp_path, monkeypatch):
        for path in tool.FOLDER.iterdir():
            (tmp_path / path.name).write_bytes(path.read_bytes())
        (tmp_path / "dagre.min.js").write_text("alert(1)")
        (tmp_path / "extra.js").write_text("")
        monkeypatch.setattr(tool, "FOLDER", tmp_path)
        assert tool.faults() == [
            "dagre.min.js is not what @dagrejs/dagre 3.1.3 has as dist/dagre.min.js",
            "extra.js belongs to no library",
        ]


def test_a_large_history_that_left_nothing_is_explored_too() -> None:
    with Agent.in_memory() as agent:
        agent.load("p\nq")
        agent.undo()
        assert "</html>" in agent.explore(most=1)
