"""All that was ever believed as one graph, with the entries of the journal between which each thing was there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from beliefs.base.belief import Belief
from beliefs.graph.model import BeliefGraph, Edge, Node
from beliefs.graph.past import Event, lost_id, told_of
from beliefs.graph.support import functions_spoken_of, support_among
from beliefs.graph.views import with_sources
from beliefs.language.signature import Signature

Span: TypeAlias = tuple[int, int | None]
"""The entry with which something came, and the one with which it went; None where it is there still."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A graph of all times.

    Beliefs that were given up are facts and rules here, as they were when they were held. One that was given up and
    came back by an undoing is the same node; one that was learnt anew is another.

    Attributes:
        graph: all nodes and edges. A belief that is held at the end is called by its name; one that is not, by its
            name and the entry that gave it up last: "fly (given up in 7)".
        spans: when each node was there: a belief, when it was held; a change, and all that belongs to it, as long as
            it was not undone. Nodes of no time, such as sources, are not in it.
        taken_in: for each event, by its entry, the ids of the beliefs that it took in.
        given_up: for each event, by its entry, the ids of the beliefs that it gave up.
        kernels: for each event, by its entry, the ids of the beliefs in each kernel, as far as they are nodes.
    """

    graph: BeliefGraph
    spans: dict[str, tuple[Span, ...]]
    taken_in: dict[int, tuple[str, ...]]
    given_up: dict[int, tuple[str, ...]]
    kernels: dict[int, tuple[tuple[str, ...], ...]]


NOTHING = BeliefGraph()
"""What there is beside a history, where nothing is."""


def timeline(
    events: Iterable[Event], signature: Signature, beside: BeliefGraph = NOTHING, now: int = 0
) -> Timeline:
    """Return the graph of a history.

    Args:
        events: all that happened, in order; what was undone as well, and the undoings.
        signature: the symbols of the base at the end.
        beside: what else there is at the end, such as formulas that were asked; its edges may lead to beliefs that
            are held then, by their names.
        now: the number of the entry at the end.

    Cost: linear in all that was ever believed, and in the edges.
    """
    return _Telling(tuple(events), signature).with_(beside, now)


class _Telling:
    """What is found out on the way through a history."""

    def __init__(self, events: Sequence[Event], signature: Signature) -> None:
        self._events = events
        self._signature = signature
        self._undone = {event.undoes: event.entry for event in events if event.undoes is not None}
        # A belief is told from a later one of the same name by its age, which an undoing gives back to it.
        self._came: dict[tuple[str, int], list[int]] = {}
        self._went: dict[tuple[str, int], list[int]] = {}
        self._beliefs: dict[tuple[str, int], Belief] = {}
        for event in events:
            for old in event.removed:
                self._went.setdefault((old.name, old.age), []).append(event.entry)
                self._beliefs.setdefault((old.name, old.age), old)
            for new in event.added:
                self._came.setdefault((new.name, new.age), []).append(event.entry)
                self._beliefs[new.name, new.age] = new
        self._ids = {key: self._id(key) for key in self._beliefs}

    def _id(self, key: tuple[str, int]) -> str:
        came, went = self._came.get(key, [0]), self._went.get(key, [])
        return key[0] if len(came) > len(went) else lost_id(went[-1], key[0])

    def _spans(self, key: tuple[str, int]) -> tuple[Span, ...]:
        went = [*self._went.get(key, ()), None]
        return tuple(zip(self._came.get(key, [0]), went, strict=False))

    def with_(self, beside: BeliefGraph, now: int) -> Timeline:
        """Return all of it."""
        beliefs = [replace(belief, name=self._ids[key]) for key, belief in self._beliefs.items()]
        fed = support_among(beliefs, functions_spoken_of(beliefs, self._signature), self._signature)
        own = {self._ids[key]: belief for key, belief in self._beliefs.items()}
        nodes = [
            node if node.belief is None else replace(node, belief=own[node.id])
            for node in (*fed.nodes, *beside.nodes)
        ]
        edges = [*fed.edges, *beside.edges]
        spans = {self._ids[key]: self._spans(key) for key in self._beliefs}
        spans |= {node.id: ((node.entry or now, None),) for node in beside.nodes}
        told = Timeline(NOTHING, spans, {}, {}, {})
        held: dict[str, str] = {}
        for event in self._events:
            self._tell(event, held, told, nodes, edges)
        known = {node.id for node in nodes}
        edges = [
            edge for edge in edges if edge.tail in known and (edge.head in known or edge.kind == "told by")
        ]
        return replace(told, graph=with_sources(BeliefGraph(tuple(nodes), tuple(edges))))

    def _tell(
        self, event: Event, held: dict[str, str], told: Timeline, nodes: list[Node], edges: list[Edge]
    ) -> None:
        """Add an event to what is told, and bring up to date which node a name of a belief stands for."""
        kernels = tuple(tuple(held[name] for name in kernel if name in held) for kernel in event.kernels)
        gone = {old.name: self._ids[old.name, old.age] for old in event.removed}
        come = {new.name: self._ids[new.name, new.age] for new in event.added}
        for name in gone:
            held.pop(name, None)
        held |= come
        told.taken_in[event.entry] = tuple(come.values())
        told.given_up[event.entry] = tuple(gone.values())
        told.kernels[event.entry] = kernels
        if not event.is_told:
            return
        story = told_of(event, taken_in=come, given_up=gone, kernels=kernels)
        nodes += story.nodes
        edges += story.edges
        told.spans.update((node.id, ((event.entry, self._undone.get(event.entry)),)) for node in story.nodes)
