"""A belief-revision engine: beliefs in, a failure in, a consistent base and its proof out.

`Agent` keeps beliefs that last; `BeliefBase` with `expand`, `revise`, `contract`, `consolidate`, `ask`, `why`,
`why_not` and `conflicts` does the same on values, without a journal. The names in `__all__` are the public ones.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from beliefs.notebook import draw_with

if TYPE_CHECKING:
    from beliefs.agent import Agent
    from beliefs.answers import Answer, Conflicts, Explanation, Missing, WhyNot, ask, conflicts, why, why_not
    from beliefs.base.belief import Belief
    from beliefs.base.belief_base import BeliefBase
    from beliefs.base.difference import Difference
    from beliefs.base.dimacs import Cnf, Wcnf, read_cnf, read_wcnf
    from beliefs.base.entrenchment import Cost, Entrenchment
    from beliefs.base.expectation import Expectation
    from beliefs.base.track_record import Tally, TrackRecord
    from beliefs.bulk import base_of_clauses
    from beliefs.certificates.certificate import Certificate
    from beliefs.certificates.checker import check
    from beliefs.certificates.report import Report
    from beliefs.change import Alternatives, Change, consolidate, contract, expand, revise, semi_revise
    from beliefs.errors import BeliefsError, JournalError, LanguageError
    from beliefs.failure.episode import Episode
    from beliefs.failure.observation import observe
    from beliefs.graph import BeliefGraph
    from beliefs.language.parser import parse_document, parse_formula
    from beliefs.language.printer import print_document, print_formula
    from beliefs.proof import prove
    from beliefs.reasoning.verdict import Budget
    from beliefs.verification import Verification

_HOMES = {
    "Agent": "agent",
    "Alternatives": "change",
    "Answer": "answers",
    "Belief": "base.belief",
    "BeliefBase": "base.belief_base",
    "BeliefGraph": "graph",
    "BeliefsError": "errors",
    "Budget": "reasoning.verdict",
    "Certificate": "certificates.certificate",
    "Change": "change",
    "Cnf": "base.dimacs",
    "Conflicts": "answers",
    "Cost": "base.entrenchment",
    "Difference": "base.difference",
    "Entrenchment": "base.entrenchment",
    "Episode": "failure.episode",
    "Expectation": "base.expectation",
    "Explanation": "answers",
    "LanguageError": "errors",
    "Missing": "answers",
    "JournalError": "errors",
    "Report": "certificates.report",
    "Tally": "base.track_record",
    "TrackRecord": "base.track_record",
    "Verification": "verification",
    "Wcnf": "base.dimacs",
    "WhyNot": "answers",
    "ask": "answers",
    "base_of_clauses": "bulk",
    "check": "certificates.checker",
    "conflicts": "answers",
    "consolidate": "change",
    "contract": "change",
    "expand": "change",
    "observe": "failure.observation",
    "parse_document": "language.parser",
    "parse_formula": "language.parser",
    "print_document": "language.printer",
    "print_formula": "language.printer",
    "prove": "proof",
    "read_cnf": "base.dimacs",
    "read_wcnf": "base.dimacs",
    "revise": "change",
    "semi_revise": "change",
    "why": "answers",
    "why_not": "answers",
}
"""Where each public name is defined. It is imported when it is first used, so that a command starts at once."""

__all__ = [
    "Agent",
    "Alternatives",
    "Answer",
    "Belief",
    "BeliefBase",
    "BeliefGraph",
    "BeliefsError",
    "Budget",
    "Certificate",
    "Change",
    "Cnf",
    "Conflicts",
    "Cost",
    "Difference",
    "Entrenchment",
    "Episode",
    "Expectation",
    "Explanation",
    "JournalError",
    "LanguageError",
    "Missing",
    "Report",
    "Tally",
    "TrackRecord",
    "Verification",
    "Wcnf",
    "WhyNot",
    "ask",
    "base_of_clauses",
    "check",
    "conflicts",
    "consolidate",
    "contract",
    "expand",
    "observe",
    "parse_document",
    "parse_formula",
    "print_document",
    "print_formula",
    "prove",
    "read_cnf",
    "read_wcnf",
    "revise",
    "semi_revise",
    "why",
    "why_not",
]


def _drawn(value: object) -> str:
    """Return the HTML of a value; how to draw is imported when a notebook first asks."""
    from beliefs.render.html import html

    return html(value)


draw_with(_drawn)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
