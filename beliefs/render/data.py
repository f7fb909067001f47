"""Plain data for programs: what every command prints with `--json`.

The keys here are a contract. A key may be added; none is renamed, dropped or given another meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from beliefs.answers import Answer, Conflicts, Explanation, WhyNot
from beliefs.base.belief import Belief
from beliefs.base.difference import Difference
from beliefs.base.entrenchment import Cost
from beliefs.base.expectation import Expectation
from beliefs.base.track_record import Tally, TrackRecord
from beliefs.change.change import Alternatives, Change
from beliefs.errors import LanguageError, RejectedError
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.syntax import Formula
from beliefs.proof import Step
from beliefs.render import words
from beliefs.render.shapes import Entry, Verification

if TYPE_CHECKING:
    from beliefs.failure.episode import Episode
    from beliefs.graph import BeliefGraph, Node
    from beliefs.render.timeline import Lifetime

Data: TypeAlias = dict[str, Any]
"""An object of JSON: texts, numbers, truth values, None, and lists and objects of these."""


def belief(value: Belief) -> Data:
    """Return a belief: `{"name", "formula", "entrenchment", "weight", "source"}`."""
    return {
        "name": value.name,
        "formula": print_formula(value.formula),
        "entrenchment": value.entrenchment.level,
        "weight": number(value.entrenchment.weight),
        "source": value.source,
    }


def on_record(value: Belief, record: TrackRecord) -> Data:
    """Return a belief with its record: the keys of `belief`, then `blamed`, `confirmed` and `counts`.

    `counts` is the weight that it has once the records of what it says, and of its source, are reckoned in.
    """
    tally = record.of_belief(value.formula)
    return {
        **belief(value),
        "blamed": number(tally.blamed),
        "confirmed": number(tally.confirmed),
        "counts": number(record.weighed(value).weight),
    }


def expectation(value: Expectation) -> Data:
    """Return an expectation: `{"entry", "formula", "because"}`."""
    return {"entry": value.number, "formula": print_formula(value.formula), "because": list(value.because)}


def episode(value: Episode) -> Data:
    """Return an episode.

    Its `diagnosis` names what was held responsible, `given_up` tells those beliefs whole; `lesson` is in words.
    """
    return {
        "episode": value.number,
        "entry": value.entry,
        "time": value.time,
        "observation": value.observation,
        "source": value.source,
        "policy": value.policy,
        "expectations": [expectation(each) for each in value.expectations],
        "kernels": _sets(value.kernels),
        "diagnosis": [belief.name for belief in value.diagnosis],
        "given_up": [] if value.rejected else [given_up(gone) for gone in value.diagnosis],
        "added": [belief(new) for new in value.added],
        "repairs": [{"from": old.name, **belief(new)} for old, new in value.repairs],
        "outcome": "rejected" if value.rejected else "learned",
        "undone": value.undone,
        "lesson": " ".join(words.lesson(value)),
    }


def source(name: str, held: int, tally: Tally) -> Data:
    """Return a source: `{"source", "beliefs", "blamed", "confirmed", "odds"}`."""
    return {
        "source": name,
        "beliefs": held,
        "blamed": number(tally.blamed),
        "confirmed": number(tally.confirmed),
        "odds": number(tally.odds),
    }


def given_up(value: Belief) -> Data:
    """Return a belief that was given up: `{"name", "formula", "entrenchment"}`."""
    return {
        "name": value.name,
        "formula": print_formula(value.formula),
        "entrenchment": value.entrenchment.level,
    }


def change(value: Change, alternatives: Alternatives) -> Data:
    """Return a change.

    Its `alternatives` is how many answers are as good, the one taken included; at least, unless
    `alternatives_complete`.
    """
    return {
        "operation": value.operation,
        "input": _said(value.input),
        "status": value.status,
        "added": [belief(new) for new in value.added],
        "removed": [given_up(gone) for gone in value.removed],
        "kernels": _sets(value.kernels),
        "cost": number(value.cost.total),
        "cost_by_level": cost_by_level(value.cost),
        "alternatives": alternatives.count,
        "alternatives_complete": alternatives.complete,
        "entry": value.entry,
        "reason": value.reason,
        "weakened": [
            {"name": each.name, "from": each.of, "kind": each.kind, "assumed": list(each.assumed)}
            for each in value.repairs
        ],
    }


def equally_good(value: Alternatives, limit: int) -> list[list[str]]:
    """Return what the equally good answers to a question give up, up to a limit, the one taken first."""
    return _sets(value.incisions[:limit])


def answer(value: Answer) -> Data:
    """Return an answer: `{"formula", "verdict", "because", "reason"}`."""
    return {
        "formula": print_formula(value.formula),
        "verdict": value.verdict,
        "because": list(value.because),
        "reason": value.reason,
    }


def explanation(value: Explanation, proofs: Sequence[Step] = ()) -> Data:
    """Return all reasons: `{"formula", "verdict", "reasons", "proofs", "complete", "reason"}`."""
    return {
        "formula": print_formula(value.formula),
        "verdict": value.verdict,
        "reasons": _sets(value.reasons),
        "proofs": list(map(proof, proofs)),
        "complete": value.complete,
        "reason": value.reason,
    }


def proof(value: Step) -> list[Data]:
    """Return a proof as its steps, each after those it is from: `[{"says", "how", "by", "clause", "because"}]`.

    `because` has the places of these steps, from 0; a step that others share is there once.
    """
    places: dict[int, int] = {}
    steps: list[Data] = []
    waiting: list[tuple[Step, bool]] = [(value, False)]
    while waiting:
        step, ready = waiting.pop()
        if id(step) in places:
            continue
        if not ready:
            waiting.append((step, True))
            waiting += ((each, False) for each in reversed(step.because))
            continue
        places[id(step)] = len(steps)
        steps.append(
            {
                "says": print_formula(step.says),
                "how": step.how,
                "by": list(step.by),
                "clause": None if step.clause is None else print_formula(step.clause),
                "because": [places[id(each)] for each in step.because],
            }
        )
    return steps


def why_not(value: WhyNot) -> Data:
    """Return why a formula is not believed.

    The keys are `formula`, `verdict`, `blocked_by`, `given_up`, `missing`, a list of `{"believe", "because"}`,
    `complete` and `reason`.
    """
    return {
        "formula": print_formula(value.formula),
        "verdict": value.verdict,
        "blocked_by": _sets(value.blocked_by),
        "given_up": list(value.given_up),
        "missing": [
            {"believe": [print_formula(literal) for literal in way.literals], "because": list(way.because)}
            for way in value.missing
        ],
        "complete": value.complete,
        "reason": value.reason,
    }


def conflicts(value: Conflicts) -> Data:
    """Return all conflicts: `{"kernels", "complete", "reason"}`."""
    return {"kernels": _sets(value.kernels), "complete": value.complete, "reason": value.reason}


def entry(value: Entry) -> Data:
    """Return an entry of the journal; `undoes` is the entry it took back, or None."""
    decision = value.decision
    return {
        "entry": value.number,
        "time": value.time,
        "operation": decision.operation,
        "input": decision.input,
        "added": [belief(new) for new in decision.added],
        "removed": [given_up(gone) for gone in decision.removed],
        "declared": [print_declaration(declaration) for declaration in decision.declared],
        "undeclared": [print_declaration(declaration) for declaration in decision.undeclared],
        "kernels": _sets(decision.kernels),
        "cost": number(decision.cost.total),
        "cost_by_level": cost_by_level(decision.cost),
        "source": decision.source,
        "reason": decision.reason,
        "undoes": decision.undoes,
    }


def lifetime(value: Lifetime) -> Data:
    """Return how long a belief was held: the belief, `"since"` and `"until"`, the numbers of entries, or None."""
    return {**belief(value.belief), "since": value.since, "until": value.until}


def difference(value: Difference) -> Data:
    """Return what changed: `{"added", "removed", "changed": [{"before", "after"}]}`."""
    return {
        "added": [belief(new) for new in value.added],
        "removed": [belief(gone) for gone in value.removed],
        "changed": [{"before": belief(was), "after": belief(now)} for was, now in value.changed],
    }


def verification(value: Verification) -> Data:
    """Return what came of a check: `{"entries", "checked", "failed": [{"entry", "reason"}], "chain"}`."""
    return {
        "entries": value.entries,
        "checked": value.checked,
        "failed": [{"entry": fault.entry, "reason": fault.reason} for fault in value.failed],
        "chain": value.chain,
    }


def shown(value: Belief, history: Iterable[tuple[Entry, str]], record: TrackRecord, *, held: bool) -> Data:
    """Return one belief with its history: the keys of `on_record`, then `cases`, `age`, `believed` and `history`."""
    return {
        **on_record(value, record),
        "cases": [case.to_json() for case in record.cases_of(value.formula)],
        "age": value.age,
        "believed": held,
        "history": [
            {"entry": event.number, "time": event.time, "operation": event.decision.operation, "what": what}
            for event, what in history
        ],
    }


def graph(value: BeliefGraph) -> Data:
    """Return a graph in the node-link form that networkx, D3 and others read."""
    return {
        "directed": True,
        "multigraph": True,
        "graph": {"complete": value.complete},
        "nodes": [_node(node) for node in value.nodes],
        "edges": [
            {"source": edge.tail, "target": edge.head, "key": key, "kind": edge.kind, "label": edge.label}
            for key, edge in enumerate(value.edges)
        ],
    }


def error(kind: str, message: str, cause: BaseException | None = None) -> Data:
    """Return an error: `{"error", "kind", "line", "column", "context", "expected", "hint"}`.

    What is not known of it is None. Where lines of a file were rejected, `rejected` lists all of them.
    """
    language = cause if isinstance(cause, LanguageError) else None
    told = {"rejected": rejected(cause.rejected)} if isinstance(cause, RejectedError) else {}
    return {
        "error": language.message if language else message,
        "kind": kind,
        "line": language.line if language else None,
        "column": language.column if language else None,
        "context": language.context if language else None,
        "expected": list(language.expected) if language else [],
        "hint": language.hint if language else None,
        **told,
    }


def rejected(lines: Iterable[tuple[int | None, str, str]]) -> list[Data]:
    """Return lines of a file that were rejected: `[{"line", "text", "reason"}]`."""
    return [{"line": line, "text": text, "reason": reason} for line, text, reason in lines]


def number(value: Fraction) -> int | float:
    """Return a number as JSON has it: an integer where it is whole, else the nearest decimal."""
    return int(value) if value.denominator == 1 else float(value)


def cost_by_level(cost: Cost) -> list[Data]:
    """Return what was given up at each level, the highest first: `[{"level", "weight"}]`."""
    return [{"level": level, "weight": number(weight)} for level, weight in cost.by_level]


def _node(node: Node) -> Data:
    data: Data = {"id": node.id, "kind": node.kind, "label": node.label}
    if node.entry is not None:
        data["entry"] = node.entry
    if node.belief is not None:
        data.update((key, value) for key, value in belief(node.belief).items() if key != "formula")
    return data


def _said(formula: Formula | None) -> str | None:
    return None if formula is None else print_formula(formula)


def _sets(sets: Iterable[Sequence[str]]) -> list[list[str]]:
    return [list(names) for names in sets]
