"""What the page to explore a base in has to know, as plain data: nodes, edges, changes and episodes.

Nodes are called by their place in the list of nodes, which keeps the page small.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from beliefs.base.track_record import TrackRecord
from beliefs.certificates.certificate import Certificate
from beliefs.failure.episode import Episode
from beliefs.graph import Node, Timeline
from beliefs.language.printer import print_declaration
from beliefs.render import data, experience, text, words
from beliefs.render.data import Data
from beliefs.render.explorer.claims import claims, cost
from beliefs.render.shapes import Entry

WHOLE = 20_000
"""A certificate of up to so many characters of JSON is on the page whole; of a longer one, what it claims."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of the journal, with its certificate as plain JSON data where it has one."""

    entry: Entry
    certificate: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What happened.

    Attributes:
        moments: the entries to be told of, in order.
        last: the number of the last entry there is.
        believed: how many beliefs there are or were, whether they are on the page or not.
        complete: whether all beliefs and entries are told of.
    """

    moments: Sequence[Moment]
    last: int
    believed: int
    complete: bool = True


def contents(
    told: Timeline, past: Past, episodes: Iterable[Episode], record: TrackRecord, start: str | None = None
) -> Data:
    """Return all that the page shows.

    Args:
        told: what was believed, and when.
        past: the entries of the journal.
        episodes: the failures among them.
        record: what is on record of beliefs at the end.
        start: the id of the node to begin with, if the reader asked for one.
    """
    places = {node.id: place for place, node in enumerate(told.graph.nodes)}
    failures = {episode.entry: episode for episode in episodes}
    undone = {each.entry.decision.undoes: each.entry.number for each in past.moments}
    kinds = list(dict.fromkeys(edge.kind for edge in told.graph.edges))
    kind_of = {kind: place for place, kind in enumerate(kinds)}
    return {
        "last": past.last,
        "believed": past.believed,
        "complete": past.complete,
        "start": None if start is None else places[start],
        "nodes": [_node(node, told, record) for node in told.graph.nodes],
        "edgeKinds": kinds,
        "edges": [
            [places[edge.tail], places[edge.head], kind_of[edge.kind], edge.label]
            for edge in told.graph.edges
        ],
        "changes": [
            _change(each, told, places, undone.get(each.entry.number), failures.get(each.entry.number))
            for each in past.moments
        ],
        "episodes": [_episode(episode, told, places) for episode in failures.values()],
    }


def _node(node: Node, told: Timeline, record: TrackRecord) -> Data:
    said: Data = {"id": node.id, "kind": node.kind, "label": node.label}
    if node.id in told.spans:
        said["spans"] = told.spans[node.id]
    if node.entry is not None:
        said["entry"] = node.entry
    if node.belief is not None:
        level = node.belief.entrenchment.level
        said |= {
            "name": node.belief.name,
            "level": level,
            "at": words.at(node.belief.entrenchment),
            "source": node.belief.source,
        }
        on_record = words.on_record(node.belief, record)
        if on_record:
            said["record"] = on_record
            said["blamed"] = data.number(record.of_belief(node.belief.formula).blamed)
    return said


def _change(
    moment: Moment, told: Timeline, places: dict[str, int], undone: int | None, failure: Episode | None
) -> Data:
    entry = moment.entry
    decision = entry.decision
    added, removed = told.taken_in.get(entry.number, ()), told.given_up.get(entry.number, ())
    said: Data = {
        "entry": entry.number,
        "time": entry.time,
        "operation": decision.operation,
        "title": text.deed(entry),
        "added": [places[name] for name in added],
        "removed": [places[name] for name in removed],
        "notShown": len(decision.added) + len(decision.removed) - len(added) - len(removed),
        "kernels": [[places[name] for name in kernel] for kernel in told.kernels.get(entry.number, ())],
    }
    optional: Data = {
        "input": decision.input,
        "declared": [print_declaration(declaration) for declaration in decision.declared],
        "cost": cost(decision.cost) if decision.cost.by_level else None,
        "source": decision.source,
        "reason": decision.reason,
        "undoes": decision.undoes,
        "undone": undone,
        "episode": None if failure is None else failure.number,
        "certificate": None if moment.certificate is None else _certificate(moment.certificate),
    }
    return said | {key: value for key, value in optional.items() if value}


def _certificate(certificate: dict[str, Any]) -> Data:
    whole = json.dumps(certificate, ensure_ascii=False)
    return {
        "claims": list(claims(Certificate.from_json(certificate))),
        "size": len(whole),
        "whole": certificate if len(whole) <= WHOLE else None,
    }


def _episode(episode: Episode, told: Timeline, places: dict[str, int]) -> Data:
    kernels = iter(told.kernels.get(episode.entry, ()))
    return {
        "episode": episode.number,
        "entry": episode.entry,
        "time": episode.time,
        "title": episode.observation,
        "undone": episode.undone,
        "story": [
            {
                "stage": part.stage,
                "said": part.said,
                "beliefs": [places[name] for name in next(kernels, ())]
                if part.stage == "contradicted"
                else [],
            }
            for part in experience.story(episode)
        ],
    }
