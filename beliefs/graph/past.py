"""What became of beliefs: the changes that gave some up, the kernels they settled, and what led to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.graph.model import BeliefGraph, Edge, Node
from beliefs.language.printer import print_formula

SOURCE = "source "
"""What the ids of sources begin with. No name of a belief has a space in it."""


@dataclass(frozen=True, slots=True)
class Event:
    """A change of the past, as the graph needs it.

    Attributes:
        entry: the number of the journal entry.
        operation: what was done, in one word.
        input: what it was done by, as text, or None.
        removed: the beliefs given up.
        added: the beliefs taken in.
        weakened: for each of those taken in that is a weaker form of one given up, the names of both.
        kernels: the sets of beliefs, by name, that contradicted the input, or one another.
        observed: whether the input is something that was seen.
        source: who or what brought the input.
        episode: the number of the episode that it is, or None.
        undoes: the number of the entry that it takes back, or None.
    """

    entry: int
    operation: str
    input: str | None
    removed: tuple[Belief, ...]
    added: tuple[Belief, ...]
    weakened: tuple[tuple[str, str], ...] = ()
    kernels: tuple[tuple[str, ...], ...] = ()
    observed: bool = False
    source: str | None = None
    episode: int | None = None
    undoes: int | None = None

    @property
    def title(self) -> str:
        """What was done, and by what."""
        return self.operation if self.input is None else f"{self.operation} {self.input}"

    @property
    def is_told(self) -> bool:
        """Whether a graph has a node for it: it gave something up, or settled kernels, and takes nothing back.

        An expansion settles none: where it was allowed to contradict what is believed, it still does.
        """
        settled = self.kernels and self.operation != "expand"
        return bool(self.removed or settled) and self.undoes is None and self.operation != "undo"


def history(base: BeliefBase, past: Iterable[Event]) -> BeliefGraph:
    """Return a node for each change that gave beliefs up or met kernels, with all that it is joined to.

    A belief that was given up, learnt again and given up again has a node for each time. A change is joined to the
    beliefs it gave up, to those it brought, held or given up later, and to the kernels that it settled; a kernel to its
    beliefs as they are or were; what was seen to all of these; and a belief that took the place of another to that.
    Undoings are passed over: they give nothing up for anything new. Beliefs that are held have no node here.

    Args:
        base: what is believed after all of them.
        past: the changes, in order; one that was undone is best left out.

    Cost: linear in the changes, however much is believed.
    """
    events = [event for event in past if event.is_told]
    story = _Story(base, events)
    # From the last to the first: a kernel is joined to its beliefs as they were, which is as they next were given up.
    for event in reversed(events):
        story.tell(event)
    return BeliefGraph(tuple(reversed(story.nodes)), tuple(reversed(story.edges)))


class _Story:
    """The nodes and edges of changes, told from the last to the first."""

    def __init__(self, base: BeliefBase, events: Iterable[Event]) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self._base = base
        # A belief is told from a later one of the same name by its age.
        self._lost = {
            (belief.name, belief.age): lost_id(event.entry, belief.name)
            for event in events
            for belief in event.removed
        }
        self._next_lost: dict[str, str] = {}

    def tell(self, event: Event) -> None:
        """Add what there is to say of a change, the last thing first."""
        for belief in reversed(event.removed):
            lost = lost_id(event.entry, belief.name)
            self._next_lost[belief.name] = lost
            self.nodes.append(Node(lost, "given up", print_formula(belief.formula), belief, event.entry))
        taken_in = {belief.name: self._where(belief) for belief in event.added}
        kernels = [
            [
                self._next_lost.get(name, name)
                for name in kernel
                if name in self._next_lost or name in self._base
            ]
            for kernel in event.kernels
        ]
        told = told_of(
            event,
            taken_in={name: node for name, node in taken_in.items() if node is not None},
            given_up={belief.name: lost_id(event.entry, belief.name) for belief in event.removed},
            kernels=kernels,
        )
        self.nodes += reversed(told.nodes)
        self.edges += reversed(told.edges)

    def _where(self, belief: Belief) -> str | None:
        """Where a belief is: held, or among those given up; nowhere, where an undoing took it away."""
        held = self._base.beliefs.get(belief.name)
        if held is not None and held.age == belief.age:
            return belief.name
        return self._lost.get((belief.name, belief.age))


def told_of(
    event: Event,
    *,
    taken_in: Mapping[str, str],
    given_up: Mapping[str, str],
    kernels: Iterable[Sequence[str]],
) -> BeliefGraph:
    """Return the nodes of a change, of what was seen, of its kernels and its episode, and all edges from and to them.

    The beliefs are no nodes of it: which node each of them is, the caller knows.

    Args:
        event: the change.
        taken_in: the nodes of the beliefs that it took in, by their names.
        given_up: the nodes of those that it gave up.
        kernels: for each kernel of the event, the nodes of its beliefs.
    """
    change = f"entry {event.entry}"
    nodes = [Node(change, "change", f"{event.entry}: {event.title}", entry=event.entry)]
    edges: list[Edge] = []
    if event.episode is not None:
        episode = f"episode {event.episode}"
        nodes.append(Node(episode, "episode", episode, entry=event.entry))
        edges.append(Edge(episode, change, "tells of"))
    seen: tuple[str, ...] = ()
    if event.observed and event.input is not None:
        seen = (f"seen in {event.entry}",)
    for number, kernel in enumerate(kernels, start=1):
        conflict = f"conflict {event.entry}.{number}"
        nodes.append(Node(conflict, "conflict", conflict, entry=event.entry))
        edges += (Edge(member, conflict, "in conflict") for member in (*kernel, *seen))
        edges.append(Edge(conflict, change, "settled in"))
    for observation in seen:
        nodes.append(Node(observation, "observation", str(event.input), entry=event.entry))
        if event.source is not None:
            edges.append(Edge(observation, source_id(event.source), "told by"))
        edges.append(Edge(observation, change, "led to"))
    edges += (Edge(new, change, "taken in by") for new in taken_in.values())
    edges += (
        Edge(taken_in[new], given_up[old], "weakened from")
        for new, old in event.weakened
        if new in taken_in and old in given_up
    )
    edges += (Edge(old, change, "given up in") for old in given_up.values())
    return BeliefGraph(tuple(nodes), tuple(edges))


def source_id(source: str) -> str:
    """Return what the node of a source is called."""
    return f"{SOURCE}{source}"


def lost_id(entry: int, name: str) -> str:
    """Return what the node of a belief is called that an entry gave up."""
    return f"{name} (given up in {entry})"
