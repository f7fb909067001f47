"""What people read: nothing is cut off, nothing reaches the terminal raw, long lists stay fast and say so."""

from __future__ import annotations

import io
import re
import time
from collections import Counter
from fractions import Fraction

import pytest
from rich.console import Console

from beliefs.agent import Agent
from beliefs.base.belief import Belief
from beliefs.base.entrenchment import Entrenchment
from beliefs.graph import BeliefGraph, Edge, Node, view
from beliefs.language.parser import parse_formula
from beliefs.render import layout, text


def shown(result, width=80) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, highlight=False, markup=False, emoji=False).print(result, crop=False)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


LONG = "forall x, y, z. " + " & ".join(f"reaches(x, place{n}, y)" for n in range(12)) + " -> reaches(x, z, y)"


@pytest.mark.parametrize("width", [40, 80, 120, 400])
def test_long_formulas_are_broken_but_never_cut(width):
    belief = Belief(
        "a-rather-long-name.for-a-belief", parse_formula(LONG), source="a source of many words " * 5
    )
    for result in (text.beliefs([belief]), text.belief(belief, [], held=True)):
        page = shown(result, width)
        assert max(map(len, page.splitlines())) <= width
        assert "…" not in page
        said = f"{belief.name}{LONG}{belief.source}".replace(" ", "")
        assert not Counter(said) - Counter(page)


def test_where_there_is_room_nothing_is_broken():
    belief = Belief("b", parse_formula(LONG), source="a source of many words " * 5)
    assert f"b     1  {LONG}  a source" in re.sub(" +1 ", "     1 ", shown(text.beliefs([belief]), 4_000))


def test_control_characters_are_written_out():
    belief = Belief("odd", parse_formula("p"), source="\x1b[31mred\x07\u202e")
    assert r"\x1b[31mred\x07\u202e" in shown(text.beliefs([belief]))
    assert layout.visible("a\tb\n") == "a\tb\\x0a"


def test_markup_is_not_read():
    belief = Belief("odd", parse_formula("p"), source="[bold]not bold[/bold] :smile:")
    assert "[bold]not bold[/bold] :smile:" in shown(text.beliefs([belief]))


def test_an_empty_base():
    assert shown(text.beliefs([])) == "no beliefs"
    assert shown(text.graph(BeliefGraph())) == "no beliefs"
    assert shown(text.log([])) == "nothing has happened yet"


def test_sources_have_a_column_only_where_there_are_any():
    belief = Belief("b", parse_formula("p"), Entrenchment(2, Fraction(1, 2)))
    assert shown(text.beliefs([belief])).splitlines() == ["name  level  formula", "b     2*0.5  p"]


def test_a_long_table_is_written_fast_and_whole():
    said = parse_formula(LONG)
    beliefs = [Belief(f"b{n}", said, source="here") for n in range(20_000)]
    begin = time.perf_counter()
    lines = shown(text.beliefs(beliefs)).splitlines()
    assert time.perf_counter() - begin < 10
    assert len(lines) == 20_001
    assert lines[0].split() == ["name", "level", "formula", "source"]
    assert lines[-1].split() == ["b19999", "1", *LONG.split(), "here"]


def test_a_change_of_very_many_says_how_many_more():
    agent = Agent.in_memory()
    change = agent.load("\n".join(f"[b{n}] p{n}" for n in range(50)))
    page = shown(text.change(change, change.alternatives()))
    assert page.splitlines()[0] == "Now believed: 50 beliefs  (entry 1)"
    assert page.splitlines()[-1] == "  … and + 40 more; --json lists them all"
    change = agent.observe(" & ".join(f"!p{n}" for n in range(50)))
    page = shown(text.change(change, change.alternatives()), 200)
    assert page.count("Gave up `") == 20
    assert "… and - 40 more; --json lists them all" in page
    assert "… and 30 more; --json lists every one of them." in page


def test_a_tree_tells_every_node_once_even_round_a_circle():
    base = Agent.in_memory().base.add(
        Belief("a", parse_formula("p -> q")),
        Belief("b", parse_formula("q -> p")),
        Belief("c", parse_formula("p")),
    )
    page = shown(text.graph(view(base)))
    assert page.splitlines() == [
        "c @1  p",
        "└── feeds (p) a @1  p -> q",
        "    └── feeds (q) b @1  q -> p",
        "        └── feeds (p) a (above)",
    ]
    circle = shown(text.graph(view(base.remove("c"))))
    assert circle.splitlines() == [
        "a @1  p -> q",
        "└── feeds (q) b @1  q -> p",
        "    └── feeds (p) a (above)",
    ]


def test_a_tree_from_a_root_tells_what_leads_to_it_first():
    base = Agent.in_memory().base.add(
        Belief("c", parse_formula("p")),
        Belief("a", parse_formula("p -> q")),
        Belief("d", parse_formula("q -> r")),
    )
    assert shown(text.graph(view(base), "a")).splitlines() == [
        "a @1  p -> q",
        "├── fed by (p) c @1  p",
        "└── feeds (q) d @1  q -> r",
    ]


def test_a_long_chain_does_not_exhaust_the_stack():
    nodes = tuple(Node(f"n{n}", "fact", "p", Belief(f"n{n}", parse_formula("p"))) for n in range(300))
    edges = tuple(Edge(f"n{n}", f"n{n + 1}", "feeds", "p") for n in range(299))
    page = shown(text.graph(BeliefGraph(nodes, edges)), 100_000)
    assert len(page.splitlines()) == 300


def test_difference_shows_what_is_held_otherwise():
    from beliefs.base.difference import Difference

    base = Agent.in_memory().base
    before = base.add(Belief("a", parse_formula("p")), Belief("b", parse_formula("q")))
    after = base.add(Belief("a", parse_formula("p"), Entrenchment(3)), Belief("b", parse_formula("!q")))
    assert shown(text.difference(Difference.between(before, after))).splitlines() == [
        "~  a  @1 → @3  p",
        "~  b  @1       q → !q",
    ]
    assert shown(text.difference(Difference.between(before, before))) == "no difference"
