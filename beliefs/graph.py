"""A belief base seen as a graph: which beliefs feed which, which conflict, what displaced what.

The graph is a frozen value of nodes and edges, so that pictures can be drawn of it without a graph library;
`to_networkx` hands it to networkx for everything else.

    node kinds    fact, rule          a belief; a fact is literals without variables, all else is a rule
                  symbol              a function that comparisons in several beliefs speak of
                  conflict            beliefs that contradict one another: a kernel
                  change              an entry of the journal that gave beliefs up
                  given up            a belief that is believed no more
    edge kinds    feeds               belief -> belief: what the one may conclude, the other may use
                  speaks of           belief -> symbol
                  in conflict         belief -> conflict
                  displaced           belief -> change, for a belief that the change brought
                  gave up             change -> given up
                  weakened from       belief -> given up, for a belief in place of one that said more
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal, TypeAlias

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import CERTAIN
from beliefs.errors import UnknownBeliefError
from beliefs.language import clauses, printer
from beliefs.language.clauses import Pattern, unify
from beliefs.language.semantics import Element
from beliefs.language.syntax import (
    And,
    Application,
    Atom,
    Comparison,
    Constant,
    Formula,
    Not,
    subformulas,
    subterms,
)

NodeKind: TypeAlias = Literal["fact", "rule", "symbol", "conflict", "change", "given up"]
EdgeKind: TypeAlias = Literal["feeds", "speaks of", "in conflict", "displaced", "gave up", "weakened from"]


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a graph.

    Attributes:
        id: what edges call it; for a belief that is held, its name.
        kind: what it stands for.
        label: what to show: the formula of a belief, the name of a symbol, what a change was.
        belief: the belief it stands for, held or given up; None for all other kinds.
    """

    id: str
    kind: NodeKind
    label: str
    belief: Belief | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from one node to another; `label` names the predicate by which one belief feeds another."""

    tail: str
    head: str
    kind: EdgeKind
    label: str = ""


@dataclass(frozen=True, slots=True)
class Displacement:
    """A change of the past, as lineage needs it: what was given up, and what was taken in with it.

    Attributes:
        entry: the number of the journal entry.
        operation: what was done, in one word.
        input: what it was done by, or None.
        removed: the beliefs given up.
        added: the beliefs taken in.
        weakened: for each of those taken in that is a weaker form of one given up, the names of both.
    """

    entry: int
    operation: str
    input: Formula | None
    removed: tuple[Belief, ...]
    added: tuple[Belief, ...]
    weakened: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BeliefGraph:
    """A directed graph with several kinds of nodes and edges. Every edge joins two nodes of the graph."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    def to_networkx(self) -> Any:
        """Return the same as a `networkx.MultiDiGraph`.

        Nodes carry the attributes `kind` and `label`; those of beliefs also `name`, `level` (-1 where
        certain), `certain`, `weight` and, where there is one, `source`. Edges carry `kind` and `label`. All
        of them are texts, numbers or truth values, so that every writer of networkx takes them.
        """
        import networkx

        graph = networkx.MultiDiGraph()
        for node in self.nodes:
            graph.add_node(node.id, kind=node.kind, label=node.label, **_attributes(node.belief))
        for edge in self.edges:
            graph.add_edge(edge.tail, edge.head, kind=edge.kind, label=edge.label)
        return graph

    def restricted(self, ids: Iterable[str]) -> BeliefGraph:
        """Return the part of the graph that lies on some of its nodes."""
        kept = frozenset(ids)
        return BeliefGraph(
            tuple(node for node in self.nodes if node.id in kept),
            tuple(edge for edge in self.edges if edge.tail in kept and edge.head in kept),
        )


def view(
    base: BeliefBase,
    *,
    kernels: Iterable[Sequence[str]] = (),
    past: Iterable[Displacement] = (),
) -> BeliefGraph:
    """Return the graph of a base: its support, the conflicts given and, from its past, what displaced what.

    Args:
        base: the base.
        kernels: sets of names of its beliefs that contradict one another.
        past: changes that gave beliefs up; those that gave none up are passed over.
    """
    return with_lineage(with_conflicts(support(base), kernels), past)


def support(base: BeliefBase) -> BeliefGraph:
    """Return which beliefs feed which.

    A belief feeds another when an atom that is positive in the one is negative in the other: `bird(tweety)`
    feeds `forall x. bird(x) -> flies(x)`. In each place, both have the same individual, or one of them
    something else than an individual. Beliefs whose comparisons speak of the same function are joined by a
    node for that function rather than with one another: k beliefs make k edges.

    Cost: linear in the total length of the beliefs, and in the edges as far as one argument of an atom picks
    out its counterparts; an atom is never compared with one of another predicate.
    """
    beliefs = tuple(base)
    signature = base.signature
    literals = {belief.name: _in_order(clauses.literals(belief.formula, signature)) for belief in beliefs}
    symbols = _shared_symbols(base)
    nodes = (
        *(_belief_node(belief) for belief in beliefs),
        *(Node(f"symbol {symbol}", "symbol", symbol) for symbol in symbols),
    )
    feeds = _feeds(literals)
    speaks = (
        Edge(name, f"symbol {symbol}", "speaks of") for symbol, names in symbols.items() for name in names
    )
    return BeliefGraph(nodes, (*feeds, *speaks))


def with_conflicts(graph: BeliefGraph, kernels: Iterable[Sequence[str]]) -> BeliefGraph:
    """Return the graph with a node for each kernel, and an edge to it from each belief in it."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for number, kernel in enumerate(kernels, start=1):
        conflict = f"conflict {number}"
        nodes.append(Node(conflict, "conflict", conflict))
        edges.extend(Edge(name, conflict, "in conflict") for name in kernel)
    return BeliefGraph(graph.nodes + tuple(nodes), graph.edges + tuple(edges))


def with_lineage(graph: BeliefGraph, past: Iterable[Displacement]) -> BeliefGraph:
    """Return the graph with a node for each change that gave beliefs up, and one for each belief it gave up.

    A belief that was given up, learnt again and given up again has a node for each time. A change is joined
    to the beliefs it brought, those held and those that a later change gave up; and a belief that it weakened, to what
    took its place. Undoings are passed over: they give nothing up for anything new.

    Args:
        graph: a graph of the base as it is now.
        past: changes of its past in order; one that was undone is best left out.
    """
    displacements = [each for each in past if each.removed and each.operation != "undo"]
    nodes = list(graph.nodes)
    where = {_identity(node.belief): node.id for node in graph.nodes if node.belief is not None}
    for displacement in displacements:
        nodes.append(Node(_entry_id(displacement), "change", _title(displacement)))
        for belief in displacement.removed:
            lost = _lost_id(displacement, belief.name)
            where[_identity(belief)] = lost
            nodes.append(Node(lost, "given up", _text(belief.formula), belief))
    edges = list(graph.edges)
    for displacement in displacements:
        change = _entry_id(displacement)
        edges.extend(
            Edge(where[_identity(belief)], change, "displaced")
            for belief in displacement.added
            if _identity(belief) in where
        )
        edges.extend(Edge(change, where[_identity(belief)], "gave up") for belief in displacement.removed)
        edges.extend(
            Edge(where[_identity(belief)], _lost_id(displacement, former), "weakened from")
            for belief in displacement.added
            for name, former in displacement.weakened
            if name == belief.name and _identity(belief) in where
        )
    return BeliefGraph(tuple(nodes), tuple(edges))


def around(graph: BeliefGraph, name: str, depth: int = 2) -> BeliefGraph:
    """Return the part of a graph within `depth` edges of a belief, followed in either direction.

    Cost: linear in the graph.

    Raises:
        UnknownBeliefError: the graph has no belief of that name.
    """
    centre = find(graph, name).id
    neighbours: defaultdict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        neighbours[edge.tail].append(edge.head)
        neighbours[edge.head].append(edge.tail)
    seen = {centre}
    rim = [centre]
    for _ in range(depth):
        rim = list({near: None for node in rim for near in neighbours[node] if near not in seen})
        seen.update(rim)
    return graph.restricted(seen)


def find(graph: BeliefGraph, name: str) -> Node:
    """Return the node of a belief: the one that is held, else the one given up last.

    Raises:
        UnknownBeliefError: the graph has no belief of that name.
    """
    found: Node | None = None
    for node in graph.nodes:
        if node.belief is not None and node.belief.name == name:
            if node.id == name:
                return node
            found = node
    if found is None:
        raise UnknownBeliefError(f"there is no belief named {name!r}, held or given up")
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


@dataclass(slots=True)
class _Shelf:
    """Patterns of one predicate with their owners, filed by what stands in each argument place."""

    all: list[tuple[Pattern, str]] = field(default_factory=list)
    places: defaultdict[tuple[int, Element | None], list[tuple[Pattern, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def put(self, pattern: Pattern, owner: str) -> None:
        self.all.append((pattern, owner))
        for place, argument in enumerate(pattern):
            self.places[place, argument].append((pattern, owner))

    def meeting(self, pattern: Pattern) -> Iterator[str]:
        """Yield the owners of the patterns that unify with this one, from the shortest file that has them."""
        candidates: Iterable[tuple[Pattern, str]] = self.all
        fewest = len(self.all)
        for place, argument in enumerate(pattern):
            if argument is None:
                continue
            same, open_ = self.places.get((place, argument), []), self.places.get((place, None), [])
            if len(same) + len(open_) < fewest:
                fewest = len(same) + len(open_)
                candidates = chain(same, open_)
        return (owner for other, owner in candidates if unify(pattern, other))


def _feeds(literals: dict[str, list[tuple[Pattern, bool]]]) -> Iterator[Edge]:
    users: defaultdict[Element | None, _Shelf] = defaultdict(_Shelf)
    for name, own in literals.items():
        for (predicate, *arguments), positive in own:
            if not positive:
                users[predicate].put(tuple(arguments), name)
    for name, own in literals.items():
        fed: dict[tuple[str, str], None] = {}
        for (predicate, *arguments), positive in own:
            if positive and predicate in users:
                fed.update(
                    ((user, str(predicate)), None) for user in users[predicate].meeting(tuple(arguments))
                )
        yield from (Edge(name, user, "feeds", label) for user, label in fed if user != name)


def _in_order(literals: Iterable[tuple[Pattern, bool]]) -> list[tuple[Pattern, bool]]:
    """Literals in an order that does not change from run to run, as that of a set of texts does."""
    return sorted(literals, key=lambda literal: ([str(part or "") for part in literal[0]], literal[1]))


def _shared_symbols(base: BeliefBase) -> dict[str, list[str]]:
    """The functions that comparisons of two or more beliefs speak of, with the names of those beliefs."""
    functions = base.signature.functions
    speakers: defaultdict[str, list[str]] = defaultdict(list)
    if not functions:
        return speakers
    for belief in base:
        for symbol in dict.fromkeys(_compared(belief.formula)):
            if symbol in functions:
                speakers[symbol].append(belief.name)
    return {symbol: names for symbol, names in speakers.items() if len(names) > 1}


def _compared(formula: Formula) -> Iterator[str]:
    """Yield the symbols in the comparisons of a formula."""
    for part in subformulas(formula):
        if isinstance(part, Comparison):
            for term in subterms(part):
                if isinstance(term, Application):
                    yield term.function
                elif isinstance(term, Constant):
                    yield term.name


def _belief_node(belief: Belief) -> Node:
    return Node(belief.name, "fact" if _is_fact(belief.formula) else "rule", _text(belief.formula), belief)


def _is_fact(formula: Formula) -> bool:
    match formula:
        case Atom() | Comparison():
            return True
        case Not(operand):
            return isinstance(operand, Atom | Comparison)
        case And(operands):
            return all(_is_fact(operand) for operand in operands)
    return False


def _identity(belief: Belief) -> tuple[str, int]:
    """What tells a belief from a later one of the same name."""
    return belief.name, belief.age


def _entry_id(displacement: Displacement) -> str:
    return f"entry {displacement.entry}"


def _lost_id(displacement: Displacement, name: str) -> str:
    return f"{name} (given up in {displacement.entry})"


def _title(displacement: Displacement) -> str:
    by = "" if displacement.input is None else f" {_text(displacement.input)}"
    return f"{displacement.entry}: {displacement.operation}{by}"


def _text(formula: Formula) -> str:
    return printer.print_formula(formula)


def _attributes(belief: Belief | None) -> dict[str, str | int | float | bool]:
    if belief is None:
        return {}
    level = belief.entrenchment.level
    attributes: dict[str, str | int | float | bool] = {
        "name": belief.name,
        "level": -1 if level == CERTAIN else level,
        "certain": level == CERTAIN,
        "weight": float(belief.entrenchment.weight),
    }
    if belief.source is not None:
        attributes["source"] = belief.source
    return attributes


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The characters that no XML 1.0 document may hold, not even escaped."""


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _xml_values(data: dict[str, Any]) -> dict[str, Any]:
    return {key: _xml(value) if isinstance(value, str) else value for key, value in data.items()}
