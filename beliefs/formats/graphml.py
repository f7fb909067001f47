"""GraphML: the graph of a base, which beliefs feed which, for other programs to draw; it is only written."""

from __future__ import annotations

from beliefs.base.belief_base import BeliefBase
from beliefs.formats.contents import Options, Written
from beliefs.graph import graphml, view


def write(base: BeliefBase, options: Options) -> Written:
    """Return the graph of a base as GraphML; `beliefs graph` shows conflicts and the past in it as well."""
    return Written(graphml(view(base)))
