"""Graphs of all that is believed, or of what lies around one thing, put together from their parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Literal

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.errors import BaseError
from beliefs.graph.model import BeliefGraph, Edge, Node, find
from beliefs.graph.past import SOURCE, Event, history, source_id
from beliefs.graph.support import (
    SYMBOL,
    neighbours,
    shared_functions,
    speakers_of,
    support,
    support_among,
    symbol_id,
)
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Formula

MOST = 1_000
"""How many nodes a graph around something has at most, unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What was found out about a formula that was asked.

    Attributes:
        formula: the formula.
        follows: "supports" where it follows, "refutes" where its negation does.
        reasons: the sets of beliefs, by name, from which that follows.
    """

    formula: Formula
    follows: Literal["supports", "refutes"]
    reasons: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What there is to be drawn beside the beliefs of a base.

    Attributes:
        kernels: the sets of its beliefs, by name, that contradict one another.
        past: the changes that gave beliefs up, in order.
        conclusions: what was asked.
    """

    kernels: tuple[tuple[str, ...], ...] = ()
    past: tuple[Event, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()

    def of(self, base: BeliefBase) -> BeliefGraph:
        """Return the graph of these alone; beliefs of the base to which its edges lead are no nodes of it.

        Cost: linear in them, however much is believed.
        """
        nodes: list[Node] = []
        edges: list[Edge] = []
        for number, kernel in enumerate(self.kernels, start=1):
            conflict = f"conflict {number}"
            nodes.append(Node(conflict, "conflict", conflict))
            edges += (Edge(name, conflict, "in conflict") for name in kernel)
        for number, asked in enumerate(self.conclusions, start=1):
            conclusion = f"asked {number}"
            nodes.append(Node(conclusion, "conclusion", print_formula(asked.formula)))
            for place, reason in enumerate(asked.reasons, start=1):
                edges += (Edge(name, conclusion, asked.follows, str(place)) for name in reason)
        for expectation in base.record.expectations.values():
            expected = f"expectation {expectation.number}"
            label = print_formula(expectation.formula)
            nodes.append(Node(expected, "expectation", label, entry=expectation.number))
            edges += (Edge(expected, name, "needs") for name in expectation.because if name in base)
        told = history(base, self.past)
        return BeliefGraph((*nodes, *told.nodes), (*edges, *told.edges))


def view(base: BeliefBase, surroundings: Surroundings = Surroundings()) -> BeliefGraph:
    """Return the graph of a base: which beliefs feed which, who told them, and what there is beside them.

    Cost: linear in the total length of the beliefs, in the past, and in the edges; see `support`.
    """
    return with_sources(_joined(support(base), surroundings.of(base)))


def around(
    base: BeliefBase,
    centre: str,
    depth: int = 2,
    surroundings: Surroundings = Surroundings(),
    most: int = MOST,
) -> BeliefGraph:
    """Return the part of the graph of a base within so many edges of something, followed in either direction.

    From a source one does not go on to all that it told, unless it is the centre.

    Args:
        base: the base.
        centre: the name of a belief, held or given up; or what a node of the graph is called: `entry 7`, `source r2`.
        depth: how many edges to go.
        surroundings: what there is beside the beliefs.
        most: how many nodes there may be. Where there would be more, the farthest are left out, and the graph says
            that it is not complete; and no more beliefs than that are looked at to find those that one feeds.

    Raises:
        UnknownBeliefError: there is nothing of that name.
        BaseError: the depth is negative, or nothing may be there.

    Cost: that of what lies around, however much is believed; linear in the past.
    """
    if depth < 0 or most < 1:
        raise BaseError(
            f"a graph has a depth from 0 and at least one node, not depth {depth} and {most} nodes"
        )
    beside = surroundings.of(base)
    near = _Near(base, beside, most)
    names, complete = near.within(near.named(centre), depth)
    held = sorted((base[name] for name in names if name in base), key=lambda each: (each.age, each.name))
    symbols = [name.removeprefix(SYMBOL) for name in names if name in near.symbols]
    sources = (name for name in names if name.startswith(SOURCE))
    whole = with_sources(_joined(support_among(held, symbols, base.signature), beside), sources)
    return replace(whole.restricted(names), complete=complete)


class _Near:
    """What is joined to what, found out where it is looked at."""

    def __init__(self, base: BeliefBase, beside: BeliefGraph, most: int) -> None:
        self._base = base
        self._beside = beside
        self._most = most
        self._complete = True
        self._nodes = {node.id: node for node in beside.nodes}
        self._joined: defaultdict[str, list[str]] = defaultdict(list)
        for edge in beside.edges:
            self._joined[edge.tail].append(edge.head)
            self._joined[edge.head].append(edge.tail)
        self.symbols: set[str] = set()

    def named(self, centre: str) -> str:
        """Return the id of the node that is meant by a name."""
        base = self._base
        if centre in base or centre in self._nodes:
            return centre
        if centre.startswith(SOURCE) and (centre in self._joined or any(self._told_by(centre))):
            return centre
        if (
            centre.startswith(SYMBOL)
            and len(list(islice(speakers_of(base, centre.removeprefix(SYMBOL)), 2))) > 1
        ):
            self.symbols.add(centre)
            return centre
        return find(self._beside, centre).id

    def within(self, centre: str, depth: int) -> tuple[dict[str, None], bool]:
        """Return the nodes within some edges, the nearest first, and whether these are all of them."""
        found = {centre: None}
        rim = [centre]
        for _ in range(depth):
            wider: list[str] = []
            for node in rim:
                if node.startswith(SOURCE) and node != centre:
                    continue
                for near in self._next_to(node):
                    if near not in found:
                        if len(found) >= self._most:
                            return found, False
                        found[near] = None
                        wider.append(near)
            rim = wider
        return found, self._complete

    def _next_to(self, node: str) -> Iterator[str]:
        base = self._base
        yield from self._joined.get(node, ())
        if node in base:
            fed, complete = neighbours(base, node, self._most)
            self._complete &= complete
            yield from fed
            for function in shared_functions(base, node):
                self.symbols.add(symbol_id(function))
                yield symbol_id(function)
        elif node in self.symbols:
            yield from speakers_of(base, node.removeprefix(SYMBOL))
        elif node.startswith(SOURCE):
            yield from self._told_by(node)
        source = self._source(node)
        if source is not None:
            yield source_id(source)

    def _source(self, node: str) -> str | None:
        if node in self._base:
            return self._base[node].source
        known = self._nodes.get(node)
        return None if known is None or known.belief is None else known.belief.source

    def _told_by(self, source: str) -> Iterator[str]:
        """The beliefs, held or given up, that a source told."""
        held: Iterator[tuple[str, Belief]] = ((belief.name, belief) for belief in self._base.beliefs.values())
        lost = ((node.id, node.belief) for node in self._beside.nodes if node.belief is not None)
        return (
            node
            for node, belief in chain(held, lost)
            if belief.source is not None and source_id(belief.source) == source
        )


def _joined(one: BeliefGraph, other: BeliefGraph) -> BeliefGraph:
    return BeliefGraph((*one.nodes, *other.nodes), (*one.edges, *other.edges))


def with_sources(graph: BeliefGraph, others: Iterable[str] = ()) -> BeliefGraph:
    """Return the graph with a node for each source, given ones among them, and edges to it from what it told."""
    told = [
        Edge(node.id, source_id(node.belief.source), "told by")
        for node in graph.nodes
        if node.belief is not None and node.belief.source is not None
    ]
    tellers = (edge.head for edge in chain(graph.edges, told) if edge.kind == "told by")
    sources = dict.fromkeys(chain(tellers, others))
    nodes = (Node(source, "source", source.removeprefix(SOURCE)) for source in sources)
    return BeliefGraph((*graph.nodes, *nodes), (*graph.edges, *told))
