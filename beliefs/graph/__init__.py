"""What is believed, and what became of it, as a graph: what feeds what, who said so, what gave way to what."""

from beliefs.graph.model import BeliefGraph, Edge, EdgeKind, Node, NodeKind, find, graphml
from beliefs.graph.past import Event
from beliefs.graph.timeline import Timeline, timeline
from beliefs.graph.views import MOST, Conclusion, Surroundings, around, view

__all__ = [
    "MOST",
    "BeliefGraph",
    "Conclusion",
    "Edge",
    "EdgeKind",
    "Event",
    "Node",
    "NodeKind",
    "Surroundings",
    "Timeline",
    "around",
    "find",
    "graphml",
    "timeline",
    "view",
]
