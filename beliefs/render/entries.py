"""One entry of the journal in full: what it did, against what, at what cost, and how far that is proven."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Cost
from beliefs.certificates.report import Report
from beliefs.render import text, words
from beliefs.render.layout import STYLES, Column, grid, local_time, sentence, visible
from beliefs.render.shapes import Entry

_CONSISTENT = {True: "can all be true together", False: "contradict one another", None: "not looked into"}


def entry(value: Entry, before: BeliefBase, after: BeliefBase, *, certified: bool) -> RenderableType:
    """Return what one entry did, the conflicts that made it give something up, and what that cost.

    Args:
        value: the entry.
        before: the base as it was before the entry.
        after: the base as it was after it.
        certified: whether it has a certificate.
    """
    decision = value.decision
    parts: list[RenderableType] = [
        Text(f"Entry {value.number}: {visible(text.deed(value))}", style=STYLES["title"]),
        grid([Column(style=STYLES["quiet"]), Column(breaks=True)], _facts(value, before, after, certified)),
    ]
    moved = list(text.moved(decision.added, decision.removed))
    if moved:
        parts += [Text(""), Text("Taken in (+) and given up (-):"), *moved]
    if decision.observed is not None:
        parts += [
            sentence(f"`{new}` is a weaker form of `{old}`.") for new, old in decision.observed.weakened
        ]
    for place, kernel in enumerate(decision.kernels, start=1):
        numbered = f" ({place} of {len(decision.kernels)})" if len(decision.kernels) > 1 else ""
        parts += [Text(""), Text(f"{_against(decision.operation)}{numbered}:")]
        parts.append(text.said_by(before, [name for name in kernel if name in before], indent=2))
    return Group(*parts)


def _facts(value: Entry, before: BeliefBase, after: BeliefBase, certified: bool) -> list[list[str]]:
    decision = value.decision
    facts = [["when", local_time(value.time)]]
    if decision.source is not None:
        facts.append(["source", decision.source])
    if decision.reason is not None:
        facts.append(["reason", decision.reason])
    observed = decision.observed
    if observed is not None:
        outcome = " and not believed" if observed.rejected is not None else ""
        facts.append(["observed", f"by the policy {observed.policy}{outcome}"])
    facts.append(["cost", _cost(decision.cost)])
    facts.append(["before", words.count(len(before), "belief")])
    facts.append(["after", f"{words.count(len(after), 'belief')}: {_CONSISTENT[decision.consistent]}"])
    facts.append(["certificate", "kept" if certified else "none"])
    return facts


def _cost(cost: Cost) -> str:
    """What was given up, level by level, the highest first."""
    if not cost.by_level:
        return "nothing given up"
    return ", ".join(f"{words.decimal(weight)} at level {level}" for level, weight in cost.by_level)


def _against(operation: str) -> str:
    return {
        "contract": "Together these entailed it",
        "consolidate": "These could not all be true",
    }.get(operation, "Together these contradicted it")


def report(value: Report) -> RenderableType:
    """Return what came of checking a certificate, claim by claim."""
    if value.valid:
        title = Text("The certificate holds: a solver of its own has checked every claim.", STYLES["good"])
    elif value.failed:
        title = Text("The certificate does NOT hold.", STYLES["bad"])
    else:
        title = Text("Not every claim of the certificate could be decided in time.", STYLES["open"])
    rows = [[_ANSWERS[claim.holds], claim.name, claim.detail] for claim in value.claims]
    columns = [Column(), Column(style=STYLES["name"]), Column(breaks=True)]
    return Group(title, grid(columns, rows, indent=2, styles=_STYLES))


_ANSWERS = {True: "holds", False: "fails", None: "unknown"}
_STYLES = {"holds": STYLES["plus"], "fails": STYLES["minus"], "unknown": STYLES["open"]}
