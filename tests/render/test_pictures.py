"""Drawings: every format is read back by a strict reader of its own, whatever the names in it."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from typing import get_args

import networkx
import pytest

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.expectation import Expectation
from beliefs.graph import BeliefGraph, Conclusion, Edge, EdgeKind, Event, Node, NodeKind, Surroundings, view
from beliefs.language.parser import parse_formula
from beliefs.render import pictures

ODD = 'a<b> & "c" \\d|e`;#{x}[y](z)%% -->\ttab'
"""What the formats have a meaning of their own for, all in one name."""


def full_graph() -> BeliefGraph:
    """A graph with every kind of node and edge in it."""
    old = Belief("old", parse_formula("!p"), age=9)
    base = BeliefBase().add(
        Belief("fact", parse_formula("bird(tweety)")),
        Belief("rule", parse_formula("forall x. bird(x) -> p"), source='the "guide"'),
        Belief("heavy", parse_formula("1 < 2")),
    )
    seen = Event(
        4,
        "observe",
        "p",
        (old,),
        (base["rule"],),
        weakened=(("rule", "old"),),
        kernels=(("old",),),
        observed=True,
        source="eye",
        episode=1,
    )
    expected = Expectation(2, parse_formula("q"), ("fact",))
    base = replace(base, record=replace(base.record, expectations=base.record.expectations.set(2, expected)))
    asked = (
        Conclusion(parse_formula("q"), "supports", (("rule",),)),
        Conclusion(parse_formula("r"), "refutes", (("fact",),)),
    )
    graph = view(base, Surroundings((("fact", "rule"),), (seen,), asked))
    symbol = Node("symbol f", "symbol", "f")
    return BeliefGraph((*graph.nodes, symbol), (*graph.edges, Edge("heavy", "symbol f", "speaks of")))


def odd_graph() -> BeliefGraph:
    belief = Belief(ODD, parse_formula("p"), source=ODD)
    nodes = (Node(ODD, "fact", ODD, belief), Node("other", "rule", "two\nlines", belief))
    return BeliefGraph(nodes, (Edge(ODD, "other", "feeds", ODD), Edge("other", ODD, "feeds")))


GRAPHS = pytest.mark.parametrize(
    "graph", [full_graph(), odd_graph(), BeliefGraph()], ids=["full", "odd", "empty"]
)

DOT_TEXT = r'"(?:[^"\\]|\\.)*"'
DOT_NODE = re.compile(rf"  (n\d+) \[label=({DOT_TEXT}), [a-z]+=[^;]*\];")
DOT_EDGE = re.compile(rf"  (n\d+) -> (n\d+)(?: \[(?:label=({DOT_TEXT}))?(?:, )?(?:[a-z]+=[^;]*)?\])?;")


def read_dot(text: str) -> tuple[list[str], list[tuple[int, int, str]]]:
    """Read DOT as far as it is written here: the labels of the nodes, and the edges between them by number."""
    first, *lines, last = text.splitlines()
    assert (first, last) == ("digraph beliefs {", "}")
    assert lines[:2] == ["  rankdir=LR;", '  node [fontname="Helvetica"];']
    labels: list[str] = []
    edges: list[tuple[int, int, str]] = []

    def plain(quoted: str | None) -> str:
        return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], (quoted or '""')[1:-1])

    for line in lines[2:]:
        if match := DOT_NODE.fullmatch(line):
            labels.append(plain(match[2]))
            assert match[1] == f"n{len(labels)}"
        else:
            match = DOT_EDGE.fullmatch(line)
            assert match, line
            edges.append((int(match[1][1:]), int(match[2][1:]), plain(match[3])))
    return labels, edges


MERMAID_NODE = re.compile(
    r'  (n\d+)(?:\(|\[|\(\[|\{\{|\[\[|\[/|>|\[\(|\[\\)"([^"]*)"(?:\)|\]|\]\)|\}\}|\]\]|/\]|\)\]|\\\])'
)
MERMAID_EDGE = re.compile(r'  (n\d+) (?:-->|-\.-|---|-\.->|==>)(?:\|"([^"]*)"\|)? (n\d+)')


def read_mermaid(text: str) -> tuple[list[str], list[tuple[int, int, str]]]:
    """Read a Mermaid flowchart as far as it is written here."""
    first, *lines = text.splitlines()
    assert first == "flowchart LR"
    labels: list[str] = []
    edges: list[tuple[int, int, str]] = []

    def plain(text: str) -> str:
        codes = text.replace("<br/>", "\n")
        assert not re.search(r'["`<>|%\\&]', codes), "what Mermaid would read as its own is left"
        assert not re.search(r"#(?!\d+;)", codes), "a # that begins no code"
        return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), codes)

    for line in lines:
        if match := MERMAID_NODE.fullmatch(line):
            labels.append(plain(match[2]))
            assert match[1] == f"n{len(labels)}"
        else:
            match = MERMAID_EDGE.fullmatch(line)
            assert match, line
            edges.append((int(match[1][1:]), int(match[3][1:]), plain(match[2] or "")))
    return labels, edges


def expected(graph: BeliefGraph) -> tuple[list[str], list[tuple[int, int, str]]]:
    number = {node.id: place for place, node in enumerate(graph.nodes, start=1)}

    def legible(text: str) -> str:
        return "".join(f"\\x{ord(mark):02x}" if ord(mark) < 32 and mark != "\t" else mark for mark in text)

    labels = [
        legible(node.label) if node.belief is None else f"{legible(node.id)} @1\n{legible(node.label)}"
        for node in graph.nodes
    ]
    return labels, [(number[edge.tail], number[edge.head], edge.label) for edge in graph.edges]


@GRAPHS
def test_dot_reads_back(graph):
    assert read_dot(pictures.dot(graph)) == expected(graph)


@GRAPHS
def test_mermaid_reads_back(graph):
    assert read_mermaid(pictures.mermaid(graph)) == expected(graph)


@GRAPHS
def test_graphml_reads_back(graph):
    read = networkx.read_graphml(io.BytesIO(pictures.draw(graph, "graphml").encode()), force_multigraph=True)
    assert sorted(read.nodes) == sorted(node.id for node in graph.nodes)
    assert sorted((a, b, data["label"]) for a, b, data in read.edges(data=True)) == sorted(
        (edge.tail, edge.head, edge.label) for edge in graph.edges
    )


@GRAPHS
def test_json_reads_back_as_the_same_graph(graph):
    read = networkx.node_link_graph(json.loads(pictures.draw(graph, "json")), edges="edges")
    written = graph.to_networkx()
    assert isinstance(read, networkx.MultiDiGraph)
    assert set(read.nodes) == set(written.nodes)
    assert sorted((a, b, data["kind"]) for a, b, data in read.edges(data=True)) == sorted(
        (a, b, data["kind"]) for a, b, data in written.edges(data=True)
    )


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@GRAPHS
def test_graphviz_reads_it(graph):
    subprocess.run(["dot", "-Tsvg"], input=pictures.dot(graph).encode(), capture_output=True, check=True)


def test_every_kind_has_a_shape():
    kinds = {node.kind for node in full_graph().nodes}
    lines = {edge.kind for edge in full_graph().edges}
    assert kinds == pictures._DOT_SHAPES.keys() == pictures._MERMAID_SHAPES.keys()
    assert lines == pictures._DOT_LINES.keys() == pictures._MERMAID_LINES.keys()


def test_the_full_graph_has_every_kind_of_node_and_edge():
    graph = full_graph()
    assert {node.kind for node in graph.nodes} == set(get_args(NodeKind))
    assert {edge.kind for edge in graph.edges} == set(get_args(EdgeKind))
