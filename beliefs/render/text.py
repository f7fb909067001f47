"""What people read: every result of the engine as tables, trees and sentences for a terminal or a pipe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from beliefs.answers import Answer, Conflicts, Explanation, WhyNot
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.difference import Difference
from beliefs.base.track_record import NO_TALLY, TrackRecord
from beliefs.change.change import Alternatives, Change
from beliefs.language.printer import print_declaration, print_formula
from beliefs.proof import Step
from beliefs.render import proofs, words
from beliefs.render.layout import STYLES, Column, grid, local_time, sentence, visible
from beliefs.render.shapes import Entry, Verification

if TYPE_CHECKING:
    from beliefs.graph import BeliefGraph, Edge, EdgeKind, Node, NodeKind

NO_RECORD = TrackRecord()

LISTED = 20
"""A change shows this many beliefs of each kind, and says how many more there are."""

_NAME = Column("name", STYLES["name"])
_FORMULA = Column("formula", breaks=True)
_SOURCE = Column("source", STYLES["quiet"], breaks=True)
_BLAMED = Column("blamed", STYLES["number"], right=True)
_CONFIRMED = Column("confirmed", STYLES["number"], right=True)
_SAID = (Column(style=STYLES["name"]), Column(style=STYLES["number"]), Column(breaks=True))
_SIGNED = (Column(), *_SAID)
_SIGNS = {"+": STYLES["plus"], "-": STYLES["minus"], "~": STYLES["open"]}


def beliefs(values: Sequence[Belief], record: TrackRecord = NO_RECORD) -> RenderableType:
    """Return beliefs as a table; with columns for sources and records only where there are any."""
    if not values:
        return Text("no beliefs", style=STYLES["quiet"])
    columns = [_NAME, Column("level", STYLES["number"], right=True), _FORMULA]
    sourced = any(value.source is not None for value in values)
    if sourced:
        columns.append(_SOURCE)
    tallies = [record.of_belief(value.formula) for value in values]
    recorded = any(tally != NO_TALLY for tally in tallies)
    if recorded:
        columns += [_BLAMED, _CONFIRMED]
    rows = [
        [value.name, words.firmness(record.weighed(value)), print_formula(value.formula)]
        + ([value.source or ""] if sourced else [])
        + ([_counted(tally.blamed), _counted(tally.confirmed)] if recorded else [])
        for value, tally in zip(values, tallies, strict=True)
    ]
    return grid(columns, rows)


def _counted(number: Fraction) -> str:
    return words.decimal(number) if number else ""


def change(value: Change, alternatives: Alternatives, *, dry_run: bool = False) -> RenderableType:
    """Return what a change did: a headline, the beliefs taken in and given up, and why."""
    parts: list[RenderableType] = [_headline(value, dry_run)]
    if value.status in ("refused", "rejected"):
        parts.extend(_contradicting(value))
        return Group(*parts)
    parts.extend(moved(value.added, value.removed))
    why = [sentence(text) for text in words.reasons(value)]
    if len(why) > LISTED:
        more = f"… and {len(why) - LISTED} more; --json lists every one of them."
        why = [*why[:LISTED], Text(more, style=STYLES["quiet"])]
    others = words.also_possible(alternatives)
    if others is not None:
        why.append(Text(others))
    if value.status == "done" and value.after.consistent is False:
        why.append(sentence(words.left_inconsistent(value)))
    if why:
        parts.extend((Text(""), *why))
    return Group(*parts)


def equally_good(value: Alternatives, limit: int) -> RenderableType:
    """Return what the equally good answers to a question give up, a line each, up to a limit."""
    rows = [
        ["as good" if place else "taken", ", ".join(given_up)]
        for place, given_up in enumerate(value.incisions[:limit])
    ]
    if len(rows) == 1 and value.complete and value.count == 1:
        return Text("No other answer would have been as good.")
    return grid([Column(style=STYLES["quiet"]), Column(style=STYLES["minus"], breaks=True)], rows, indent=2)


def _headline(value: Change, dry_run: bool) -> Text:
    style = _HEADLINES[value.status]
    line = Text(visible(words.headline(value)), style=STYLES[style])
    if value.status == "done" and dry_run:
        line.append("  (dry run: nothing was committed)", style=STYLES["open"])
    elif value.entry is not None:
        line.append(f"  (entry {value.entry})", style=STYLES["quiet"])
    return line


_HEADLINES = {"done": "good", "vacuous": "quiet", "rejected": "bad", "refused": "bad", "unknown": "open"}


def moved(added: Sequence[Belief], removed: Sequence[Belief]) -> Iterable[RenderableType]:
    """Yield beliefs taken in and given up, a line each; of very many, some, and how many more there are."""
    rows: list[list[str]] = []
    more: list[str] = []
    for sign, values in (("+", added), ("-", removed)):
        shown = values if len(values) <= LISTED else values[: LISTED // 2]
        rows += [[sign, belief.name, _at(belief), print_formula(belief.formula)] for belief in shown]
        if len(shown) < len(values):
            more.append(f"{sign} {len(values) - len(shown)} more")
    if rows:
        yield grid(_SIGNED, rows, indent=2, styles=_SIGNS)
    if more:
        yield Text(f"  … and {', '.join(more)}; --json lists them all", style=STYLES["quiet"])


def _at(belief: Belief) -> str:
    return words.at(belief.entrenchment)


def _contradicting(value: Change) -> Iterable[RenderableType]:
    """The beliefs that stand in the way of a change that was refused, kernel by kernel."""
    for names in value.kernels:
        kernel = [name for name in names if name in value.before]
        if kernel:
            yield said_by(value.before, kernel, indent=2)
        if len(value.kernels) > 1:
            yield Text("")


def answer(value: Answer, base: BeliefBase) -> RenderableType:
    """Return whether a formula is believed, and the beliefs that settle it."""
    said = print_formula(value.formula)
    parts: list[RenderableType] = [_verdict(value.verdict, said)]
    match value.verdict:
        case "believed":
            parts.append(Text("It follows from:" if value.because else "It is a tautology."))
        case "disbelieved":
            parts.append(Text("Its negation follows from:" if value.because else "It contradicts itself."))
        case "undecided":
            parts.append(Text("Neither it nor its negation follows from what is believed."))
            if value.reason is not None:
                parts.append(sentence(_full_stop(value.reason)))
        case _:
            parts.append(sentence(_full_stop(value.reason or "the solver could not tell")))
    if value.because:
        parts.append(said_by(base, value.because, indent=2))
    return Group(*parts)


def explanation(value: Explanation, base: BeliefBase, shown: Sequence[Step] = ()) -> RenderableType:
    """Return every reason found for a formula, or against it, as a tree, with a proof from each where it is given."""
    said = print_formula(value.formula)
    tree = Tree(_verdict(value.verdict, said), guide_style=STYLES["quiet"])
    against = value.verdict == "disbelieved"
    for number, kernel in enumerate(value.reasons, start=1):
        if not kernel:
            tree.add(Text("it contradicts itself" if against else "it is a tautology"))
            continue
        numbered = f" {number}" if len(value.reasons) > 1 else ""
        branch = tree.add(Text(f"reason{numbered} {'against' if against else 'for'} it:"))
        branch.add(said_by(base, kernel))
        if len(shown) >= number and not proofs.is_plain(shown[number - 1]):
            step = shown[number - 1]
            branch.add(proofs.lines(step) if proofs.is_deep(step) else proofs.proof(step))
    parts: list[RenderableType] = [tree]
    if value.verdict == "undecided":
        parts.append(Text("Neither it nor its negation follows from what is believed."))
    elif value.verdict == "unknown":
        parts.append(sentence(_full_stop(value.reason or "the solver could not tell")))
    elif not value.complete:
        parts.append(_incomplete(value.reason, "reasons"))
    return Group(*parts)


def why_not(value: WhyNot, base: BeliefBase) -> RenderableType:
    """Return what blocks a formula, and the ways in which it would follow, as a tree."""
    tree = Tree(_verdict(value.verdict, print_formula(value.formula)), guide_style=STYLES["quiet"])
    for number, kernel in enumerate(value.blocked_by, start=1):
        if kernel:
            numbered = f" {number}" if len(value.blocked_by) > 1 else ""
            tree.add(Text(f"blocked{numbered} by:")).add(said_by(base, kernel))
        else:
            tree.add(Text("it contradicts itself"))
    if value.given_up:
        tree.add(sentence(f"nothing would stand against it without {words.names(value.given_up)}"))
    then = "then " if value.given_up else ""
    for way in value.missing:
        needed = words.conjoined([print_formula(literal) for literal in way.literals])
        tree.add(Text(f"it would {then}follow from {needed}, because of:")).add(said_by(base, way.because))
    parts: list[RenderableType] = [tree]
    if value.verdict == "unknown":
        parts.append(sentence(_full_stop(value.reason or "the solver could not tell")))
    elif value.verdict == "believed":
        parts.append(Text("Nothing is missing: it is believed."))
    elif not value.complete:
        parts.append(_incomplete(value.reason, "ways"))
    else:
        if not value.missing and (value.given_up or value.verdict == "undecided"):
            parts.append(Text("Nothing that is believed leads to it: it would have to be told itself."))
        if value.reason is not None:
            parts.append(sentence(_full_stop(value.reason)))
    return Group(*parts)


def conflicts(value: Conflicts, base: BeliefBase) -> RenderableType:
    """Return every conflict found among the beliefs, as a tree."""
    if not value.kernels and value.complete:
        return Text("No conflicts: what is believed can all be true together.", style=STYLES["good"])
    parts: list[RenderableType] = []
    if value.kernels:
        number = words.count(len(value.kernels), "conflict")
        tree = Tree(Text(number if value.complete else f"{number} so far", style=STYLES["bad"]))
        tree.guide_style = STYLES["quiet"]
        for place, kernel in enumerate(value.kernels, start=1):
            title = f"conflict {place}: " if len(value.kernels) > 1 else ""
            tree.add(Text(f"{title}these cannot all be true")).add(said_by(base, kernel))
        parts.append(tree)
    if not value.complete:
        parts.append(_incomplete(value.reason, "conflicts"))
    else:
        parts.append(sentence("`beliefs consolidate` settles them, and gives up as little as possible."))
    return Group(*parts)


def log(entries: Sequence[Entry]) -> RenderableType:
    """Return entries of the journal as a table, the oldest first."""
    if not entries:
        return Text("nothing has happened yet", style=STYLES["quiet"])
    columns = [
        Column("entry", STYLES["number"], right=True),
        Column("when", STYLES["quiet"]),
        Column("what", breaks=True),
        Column("took in", STYLES["plus"], breaks=True),
        Column("gave up", STYLES["minus"], breaks=True),
    ]
    return grid(
        columns,
        [
            [
                str(entry.number),
                local_time(entry.time),
                deed(entry),
                few(entry.decision.added),
                few(entry.decision.removed),
            ]
            for entry in entries
        ],
    )


def difference(value: Difference) -> RenderableType:
    """Return what was taken in (+), given up (-) and held differently (~) between two states."""
    rows = [["-", belief.name, _at(belief), print_formula(belief.formula)] for belief in value.removed]
    rows += [["+", belief.name, _at(belief), print_formula(belief.formula)] for belief in value.added]
    for was, now in value.changed:
        same = was.formula == now.formula
        said = print_formula(now.formula)
        rows.append(
            [
                "~",
                now.name,
                _at(now) if was.entrenchment == now.entrenchment else f"{_at(was)} → {_at(now)}",
                said if same else f"{print_formula(was.formula)} → {said}",
            ]
        )
    if not rows:
        return Text("no difference", style=STYLES["quiet"])
    return grid(_SIGNED, rows, styles=_SIGNS)


def verification(value: Verification) -> RenderableType:
    """Return what came of checking a journal."""
    parts: list[RenderableType] = []
    good = not value.failed and value.chain == "intact"
    entries, checked = words.count(value.entries, "entry"), words.count(value.checked, "certificate")
    outcome = (
        f"{'Verified' if good else 'NOT verified'}: {entries}, {checked} checked, the chain is {value.chain}."
    )
    parts.append(Text(outcome, style=STYLES["good" if good else "bad"]))
    if value.failed:
        rows = [
            ["journal" if fault.entry is None else f"entry {fault.entry}", fault.reason]
            for fault in value.failed
        ]
        parts.append(grid([Column(style=STYLES["number"]), Column(breaks=True)], rows, indent=2))
    return Group(*parts)


def belief(
    value: Belief, history: Sequence[tuple[Entry, str]], record: TrackRecord = NO_RECORD, *, held: bool
) -> RenderableType:
    """Return one belief, what is on record of it, and what has become of it entry by entry."""
    title = Text.assemble((visible(value.name), STYLES["name"]), "  ", visible(print_formula(value.formula)))
    facts = [["held", _held(value) if held else "no more"]]
    if not held:
        facts.append(["was held", _held(value)])
    if value.source is not None:
        facts.append(["source", value.source])
    facts += [["record", line] for line in words.on_record(value, record)]
    facts += [
        [f"entry {event.number}", f"{what} {local_time(event.time)} by {deed(event)}"]
        for event, what in history
    ]
    return Group(title, grid([Column(style=STYLES["quiet"]), Column(breaks=True)], facts, indent=2))


def graph(value: BeliefGraph, root: str | None = None) -> RenderableType:
    """Return a graph as a tree: under each node what it leads to; a node met again is named, not repeated.

    It tells of beliefs, what they feed and contradict, and what gave way to what. Sources, what was seen, settled
    conflicts and episodes would hide that in a tree: they are drawn only about a root.

    Args:
        value: the graph.
        root: begin at this node, and tell under it first what leads to it.
    """
    if not value.nodes:
        return Text("no beliefs", style=STYLES["quiet"])
    forest = _Forest(value if root is not None else _in_brief(value))
    trees: list[RenderableType] = list(forest.from_root(root) if root is not None else forest.trees())
    if not value.complete:
        trees.append(_incomplete("there is too much to draw all of it", "around it"))
    return Group(*trees)


class _Forest:
    """Trees that span a graph, each node told in full once."""

    def __init__(self, graph: BeliefGraph) -> None:
        self._nodes = {node.id: node for node in graph.nodes}
        self._out: defaultdict[str, list[Edge]] = defaultdict(list)
        self._in: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in graph.edges:
            turned = _TURNED.get(edge.kind)
            told = edge if turned is None else replace(edge, tail=edge.head, head=edge.tail)
            self._out[told.tail].append(told)
            self._in[told.head].append(told)
        self._told: set[str] = set()

    def trees(self) -> list[Tree]:
        """Return trees from the nodes that nothing leads to; then from the oldest left, round the circles."""
        first = [node for node in self._nodes if not self._in[node]]
        return [self._tree(root) for root in (*first, *self._nodes) if root not in self._told]

    def from_root(self, root: str) -> list[Tree]:
        """Return the tree of one node, what leads to it included, and then of what is left."""
        self._told.add(root)
        tree = Tree(self._label(self._nodes[root]), guide_style=STYLES["quiet"])
        for edge in self._in[root]:
            branch = tree.add(self._step(edge, edge.tail, _link(edge, backwards=True)))
            self._told.add(edge.tail)
            self._grow(branch, edge.tail, self._in, backwards=True)
        self._grow(tree, root, self._out)
        return [tree, *(self._tree(node) for node in self._nodes if node not in self._told)]

    def _tree(self, root: str) -> Tree:
        self._told.add(root)
        tree = Tree(self._label(self._nodes[root]), guide_style=STYLES["quiet"])
        self._grow(tree, root, self._out)
        return tree

    def _grow(self, tree: Tree, node: str, edges: dict[str, list[Edge]], *, backwards: bool = False) -> None:
        """Add to a tree all that can be reached from a node; with a stack, for chains may be long."""
        stack = [(tree, node)]
        while stack:
            branch, here = stack.pop()
            for edge in edges[here]:
                there = edge.tail if backwards else edge.head
                again = there in self._told
                link = _link(edge, backwards=backwards)
                twig = branch.add(self._step(edge, there, link, again=again))
                if not again:
                    self._told.add(there)
                    stack.append((twig, there))

    def _step(self, edge: Edge, there: str, link: str, *, again: bool = False) -> Text:
        """One line of a tree: by which link which node is reached."""
        by = f"{link} ({edge.label}) " if edge.label else f"{link} "
        line = Text(visible(by), style=STYLES["quiet"])
        node = self._nodes[there]
        if again:
            called = there if node.belief is not None else node.label
            return line.append_text(Text(visible(called), style=STYLES["name"])).append(" (above)")
        return line.append_text(self._label(node))

    def _label(self, node: Node) -> Text:
        if node.belief is None:
            return Text(visible(node.label), style=STYLES["bad" if node.kind == "conflict" else "title"])
        name = Text(visible(node.id), style=STYLES["minus" if node.kind == "given up" else "name"])
        level = f" {_at(node.belief)}"
        return name.append(level, style=STYLES["number"]).append("  " + visible(node.label), style="default")


_BRIEF: frozenset[NodeKind] = frozenset(
    ("fact", "rule", "given up", "symbol", "conclusion", "expectation", "conflict", "change")
)


def _in_brief(graph: BeliefGraph) -> BeliefGraph:
    """A graph without what would hide in a tree how beliefs hang together."""
    return graph.restricted(
        node.id
        for node in graph.nodes
        if node.kind in _BRIEF and not (node.kind == "conflict" and node.entry is not None)
    )


def _link(edge: Edge, *, backwards: bool) -> str:
    """What an edge is called, told from its tail, or from its head."""
    turned = _TURNED.get(edge.kind)
    if turned is not None:
        return edge.kind if backwards else turned
    return _BACKWARDS[edge.kind] if backwards else edge.kind


_TURNED: dict[EdgeKind, str] = {"given up in": "gave up", "settled in": "settled", "tells of": "told in"}
"""Edges that a tree tells from their head, so that what came of a change stands under it."""

_BACKWARDS: dict[EdgeKind, str] = {
    "feeds": "fed by",
    "speaks of": "spoken of by",
    "told by": "told",
    "supports": "follows from",
    "refutes": "refuted by",
    "needs": "needed by",
    "in conflict": "of",
    "led to": "after",
    "taken in by": "took in",
    "weakened from": "weakened to",
}
"""What an edge is called, told from its head."""


def said_by(base: BeliefBase, names: Iterable[str], *, indent: int = 0) -> RenderableType:
    """Return beliefs of a base by name, with how firmly they are held and what they say."""
    rows = [[name, _at(base[name]), print_formula(base[name].formula)] for name in names]
    return grid(_SAID, rows, indent=indent)


def _verdict(verdict: str, said: str) -> Text:
    style = {"believed": "good", "disbelieved": "bad", "undecided": "open", "unknown": "open"}[verdict]
    return Text.assemble((verdict, STYLES[style]), ": ", visible(said))


def _incomplete(reason: str | None, what: str) -> Text:
    return Text(f"There may be more {what}" + (f": {reason}." if reason else "."), style=STYLES["open"])


def _held(value: Belief) -> str:
    if value.entrenchment.is_certain:
        return "certain: never given up"
    return f"at level {words.firmness(value.entrenchment)}"


def deed(entry: Entry) -> str:
    """Return what an entry did, as `revise !flies(tweety)`."""
    decision = entry.decision
    if decision.undoes is not None:
        return f"{decision.operation} entry {decision.undoes}"
    if decision.input is not None:
        return f"{decision.operation} {decision.input}"
    if decision.declared and not decision.added:
        return "declare " + "; ".join(map(print_declaration, decision.declared))
    return decision.operation


def few(values: Sequence[Belief]) -> str:
    """Return the names of beliefs; of many, some, and how many more there are. No other belief is looked at."""
    if len(values) <= words.MENTIONED:
        return ", ".join(value.name for value in values)
    return ", ".join(value.name for value in values[:3]) + f" and {len(values) - 3} more"


def _full_stop(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
