"""Belief graphs drawn: SVG and PNG by Graphviz, its DOT, Mermaid for Markdown, GraphML and JSON for other programs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Literal, TypeAlias

from beliefs.errors import DrawingError, MissingExtraError
from beliefs.graph import BeliefGraph, EdgeKind, Node, NodeKind, graphml
from beliefs.render import data, words
from beliefs.render.layout import visible

Format: TypeAlias = Literal["dot", "svg", "png", "mermaid", "graphml", "json"]

PATIENCE = 60.0
"""Seconds that Graphviz may take."""

_DOT_SHAPES: dict[NodeKind, str] = {
    "fact": 'shape=box, style="rounded"',
    "rule": "shape=box",
    "symbol": "shape=ellipse",
    "conflict": 'shape=octagon, color="#c0392b", fontcolor="#c0392b"',
    "change": "shape=hexagon",
    "source": "shape=cds",
    "conclusion": "shape=box, peripheries=2",
    "expectation": 'shape=box, style="rounded,dashed"',
    "observation": 'shape=box, style="rounded,bold"',
    "episode": "shape=note",
    "given up": 'shape=box, style="dashed", color="#7f8c8d", fontcolor="#7f8c8d"',
}

_DOT_LINES: dict[EdgeKind, str] = {
    "feeds": "",
    "speaks of": 'style="dotted", dir=none',
    "told by": 'style="dotted"',
    "supports": "penwidth=2",
    "refutes": 'penwidth=2, color="#c0392b"',
    "needs": 'style="dotted"',
    "in conflict": 'color="#c0392b", dir=none',
    "settled in": 'color="#c0392b"',
    "led to": "",
    "taken in by": 'style="dashed"',
    "given up in": 'style="dashed"',
    "weakened from": 'style="dashed", arrowhead=empty',
    "tells of": 'style="dotted"',
}

_MERMAID_SHAPES: dict[NodeKind, tuple[str, str]] = {
    "fact": ("(", ")"),
    "rule": ("[", "]"),
    "symbol": ("([", "])"),
    "conflict": ("{{", "}}"),
    "change": ("[[", "]]"),
    "source": (">", "]"),
    "conclusion": ("[(", ")]"),
    "expectation": ("(", ")"),
    "observation": ("([", "])"),
    "episode": ("[\\", "\\]"),
    "given up": ("[/", "/]"),
}

_MERMAID_LINES: dict[EdgeKind, str] = {
    "feeds": "-->",
    "speaks of": "-.-",
    "told by": "-.->",
    "supports": "==>",
    "refutes": "==>",
    "needs": "-.->",
    "in conflict": "---",
    "settled in": "-->",
    "led to": "-->",
    "taken in by": "-.->",
    "given up in": "-.->",
    "weakened from": "-.->",
    "tells of": "-.->",
}


def draw(graph: BeliefGraph, form: Format) -> str | bytes:
    """Return a graph in one of the formats: a text that ends with a line break, or the bytes of a PNG picture.

    Raises:
        MissingExtraError: SVG or PNG is wanted, and Graphviz is not there.
        DrawingError: Graphviz failed, or took too long.
    """
    return _WRITERS[form](graph)


def dot(graph: BeliefGraph) -> str:
    """Return a graph in the DOT language of Graphviz.

    Nodes are numbered, and names stand in labels only, so that no name can be mistaken for DOT.
    """
    ids = _numbered(graph)
    lines = ["digraph beliefs {", "  rankdir=LR;", '  node [fontname="Helvetica"];']
    for node in graph.nodes:
        lines.append(f"  {ids[node.id]} [label={_dot_text(_caption(node))}, {_DOT_SHAPES[node.kind]}];")
    for edge in graph.edges:
        attributes = [f"label={_dot_text(edge.label)}"] if edge.label else []
        if _DOT_LINES[edge.kind]:
            attributes.append(_DOT_LINES[edge.kind])
        ending = f" [{', '.join(attributes)}]" if attributes else ""
        lines.append(f"  {ids[edge.tail]} -> {ids[edge.head]}{ending};")
    return "\n".join((*lines, "}")) + "\n"


def svg(graph: BeliefGraph, patience: float = PATIENCE) -> str:
    """Return a graph as an SVG picture, laid out by Graphviz; the errors are those of `draw`."""
    return _by_graphviz(graph, "svg", patience).decode()


def png(graph: BeliefGraph, patience: float = PATIENCE) -> bytes:
    """Return a graph as a PNG picture, laid out by Graphviz; the errors are those of `draw`."""
    return _by_graphviz(graph, "png", patience)


def _by_graphviz(graph: BeliefGraph, form: str, patience: float) -> bytes:
    try:
        made = subprocess.run(
            ["dot", f"-T{form}"],
            input=dot(graph).encode(),
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except FileNotFoundError:
        raise MissingExtraError(
            f"{form} is drawn by Graphviz, whose command `dot` is not there; install Graphviz (the package is called "
            "graphviz in most systems), or draw with --format dot, mermaid or graphml"
        ) from None
    except subprocess.TimeoutExpired:
        raise DrawingError(
            f"Graphviz did not lay out {len(graph.nodes)} nodes in {patience:g} s; draw less, around one thing"
        ) from None
    if made.returncode:
        raise DrawingError(f"Graphviz failed: {made.stderr.decode(errors='replace').strip()}")
    return made.stdout


def mermaid(graph: BeliefGraph) -> str:
    """Return a graph as a Mermaid flowchart, which Markdown on many sites shows as a picture."""
    ids = _numbered(graph)
    lines = ["flowchart LR"]
    for node in graph.nodes:
        begin, end = _MERMAID_SHAPES[node.kind]
        lines.append(f"  {ids[node.id]}{begin}{_mermaid_text(_caption(node))}{end}")
    for edge in graph.edges:
        label = f"|{_mermaid_text(edge.label)}|" if edge.label else ""
        lines.append(f"  {ids[edge.tail]} {_MERMAID_LINES[edge.kind]}{label} {ids[edge.head]}")
    return "\n".join(lines) + "\n"


def json_text(graph: BeliefGraph) -> str:
    """Return a graph as JSON in node-link form."""
    return json.dumps(data.graph(graph), ensure_ascii=False, indent=2) + "\n"


def _numbered(graph: BeliefGraph) -> dict[str, str]:
    return {node.id: f"n{number}" for number, node in enumerate(graph.nodes, start=1)}


def _caption(node: Node) -> str:
    """What stands in a node: for a belief its name and entrenchment, and below what it says."""
    if node.belief is None:
        return visible(node.label)
    return f"{visible(node.id)} @{words.firmness(node.belief.entrenchment)}\n{visible(node.label)}"


def _dot_text(text: str) -> str:
    r"""A text in quotes for a DOT label, in which a backslash begins an escape such as `\l`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


_MERMAID_CODES = {ord(mark): f"#{ord(mark)};" for mark in '"#&;<>`|%\\'} | {ord("\n"): "<br/>"}
"""What Mermaid, or the HTML it makes, would read as its own, by code."""


def _mermaid_text(text: str) -> str:
    return '"' + text.translate(_MERMAID_CODES) + '"'


_WRITERS: dict[Format, Callable[[BeliefGraph], str | bytes]] = {
    "dot": dot,
    "svg": svg,
    "png": png,
    "mermaid": mermaid,
    "graphml": graphml,
    "json": json_text,
}
