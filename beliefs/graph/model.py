"""A graph of beliefs as a frozen value: its nodes and edges, and the ways out of it.

What nodes and edges there are:

    node kinds    fact, rule          a belief; a fact is literals without variables, all else is a rule
                  given up            a belief that is believed no more
                  symbol              a function that comparisons in several beliefs speak of
                  source              who or what said so
                  conclusion          a formula that was asked about
                  expectation         what is expected, and not settled yet
                  conflict            beliefs that contradict one another, or what was seen: a kernel
                  observation         what was seen, where it contradicted what was believed
                  change              an entry of the journal that gave beliefs up, or rejected an observation
                  episode             a failure, as it is told by `beliefs episode`
    edge kinds    feeds               belief -> belief: what the one may conclude, the other may use
                  speaks of           belief -> symbol
                  told by             belief, observation -> source
                  supports            belief -> conclusion, which follows from it and others; the label is the number
                                      of the reason that it is part of
                  refutes             belief -> conclusion, whose negation follows from it and others
                  needs               expectation -> belief that it rests on
                  in conflict         belief, observation -> conflict
                  settled in          conflict -> change
                  led to              observation -> change
                  taken in by         belief -> change
                  given up in         given up -> change
                  weakened from       belief -> given up, for a belief in place of one that said more
                  tells of            episode -> change
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import CERTAIN
from beliefs.errors import UnknownBeliefError
from beliefs.notebook import Shown

NodeKind: TypeAlias = Literal[
    "fact",
    "rule",
    "given up",
    "symbol",
    "source",
    "conclusion",
    "expectation",
    "conflict",
    "observation",
    "change",
    "episode",
]
EdgeKind: TypeAlias = Literal[
    "feeds",
    "speaks of",
    "told by",
    "supports",
    "refutes",
    "needs",
    "in conflict",
    "settled in",
    "led to",
    "taken in by",
    "given up in",
    "weakened from",
    "tells of",
]


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a graph.

    Attributes:
        id: what edges call it; for a belief that is held, its name.
        kind: what it stands for.
        label: what to show: the formula of a belief, the name of a symbol, what a change was.
        belief: the belief it stands for, held or given up; None for all other kinds.
        entry: the number of the entry of the journal that it stands for or comes from; None where it is of none.
    """

    id: str
    kind: NodeKind
    label: str
    belief: Belief | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from one node to another; `label` names the predicate by which one belief feeds another."""

    tail: str
    head: str
    kind: EdgeKind
    label: str = ""


@dataclass(frozen=True, slots=True)
class BeliefGraph(Shown):
    """A directed graph with several kinds of nodes and edges. Every edge joins two nodes of the graph.

    Attributes:
        nodes: the nodes, none twice.
        edges: the edges.
        complete: whether it is all that was asked for; False where there was too much of it.
    """

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    complete: bool = True

    def to_networkx(self) -> Any:
        """Return the same as a `networkx.MultiDiGraph`.

        Nodes carry the attributes `kind` and `label`; those of beliefs also `name`, `level` (-1 where
        certain), `certain`, `weight` and, where there is one, `source`; those of the journal `entry`. Edges carry
        `kind` and `label`. All of them are texts, numbers or truth values, so that every writer of networkx takes
        them.
        """
        import networkx

        graph = networkx.MultiDiGraph()
        for node in self.nodes:
            graph.add_node(node.id, kind=node.kind, label=node.label, **_attributes(node))
        for edge in self.edges:
            graph.add_edge(edge.tail, edge.head, kind=edge.kind, label=edge.label)
        return graph

    def restricted(self, ids: Iterable[str]) -> BeliefGraph:
        """Return the part of the graph that lies on some of its nodes."""
        kept = frozenset(ids)
        return BeliefGraph(
            tuple(node for node in self.nodes if node.id in kept),
            tuple(edge for edge in self.edges if edge.tail in kept and edge.head in kept),
            self.complete,
        )

    def of_kinds(self, kinds: Iterable[NodeKind]) -> BeliefGraph:
        """Return the part of the graph that lies on nodes of some kinds."""
        kept = frozenset(kinds)
        return self.restricted(node.id for node in self.nodes if node.kind in kept)


def find(graph: BeliefGraph, name: str) -> Node:
    """Return the node of that id or, of the beliefs of that name, the one given up last.

    Raises:
        UnknownBeliefError: the graph has neither.
    """
    found: Node | None = None
    for node in graph.nodes:
        if node.id == name:
            return node
        if node.belief is not None and node.belief.name == name:
            found = node
    if found is None:
        raise UnknownBeliefError(
            f"there is no belief named {name!r}, held or given up, and nothing else of that name"
        )
    return found


def graphml(graph: BeliefGraph) -> str:
    """Return the graph as a GraphML document, which yEd, Gephi and Cytoscape read.

    Characters that XML cannot hold are replaced by U+FFFD.
    """
    import networkx

    whole = networkx.MultiDiGraph()
    source = graph.to_networkx()
    whole.add_nodes_from((_xml(node), _xml_values(data)) for node, data in source.nodes(data=True))
    whole.add_edges_from((_xml(a), _xml(b), _xml_values(data)) for a, b, data in source.edges(data=True))
    lines: Iterator[str] = networkx.generate_graphml(whole)
    return "\n".join(lines) + "\n"


def _attributes(node: Node) -> dict[str, str | int | float | bool]:
    attributes: dict[str, str | int | float | bool] = {}
    if node.entry is not None:
        attributes["entry"] = node.entry
    if node.belief is not None:
        level = node.belief.entrenchment.level
        attributes |= {
            "name": node.belief.name,
            "level": -1 if level == CERTAIN else level,
            "certain": level == CERTAIN,
            "weight": float(node.belief.entrenchment.weight),
        }
        if node.belief.source is not None:
            attributes["source"] = node.belief.source
    return attributes


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The characters that no XML 1.0 document may hold, not even escaped."""


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _xml_values(data: dict[str, Any]) -> dict[str, Any]:
    return {key: _xml(value) if isinstance(value, str) else value for key, value in data.items()}
