"""Clauses as beliefs: what a DIMACS file says, taken for what is believed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from beliefs.base.belief import Belief
from beliefs.base.dimacs import Cnf, Gcnf, Wcnf, clause_formula
from beliefs.base.entrenchment import CERTAIN, DEFAULT_LEVEL, Entrenchment, Level
from beliefs.language.syntax import conjunction


def beliefs_of_cnf(cnf: Cnf, *, level: Level = DEFAULT_LEVEL, source: str | None = None) -> Iterator[Belief]:
    """Yield each clause as a belief of one level, called `c1`, `c2`, …, about propositions `x1`, `x2`, …."""
    entrenchment = Entrenchment(level)
    for number, clause in enumerate(cnf.clauses, start=1):
        yield Belief(f"c{number}", clause_formula(clause), entrenchment, source)


def beliefs_of_wcnf(wcnf: Wcnf, *, level: int = DEFAULT_LEVEL, source: str | None = None) -> Iterator[Belief]:
    """Yield hard clauses as certain beliefs `h1`, `h2`, …, and soft ones with their weight as `s1`, `s2`, ….

    The propositions are called `x1`, `x2`, ….
    """
    for number, clause in enumerate(wcnf.hard, start=1):
        yield Belief(f"h{number}", clause_formula(clause), Entrenchment(CERTAIN), source)
    for number, (weight, clause) in enumerate(wcnf.soft, start=1):
        yield Belief(f"s{number}", clause_formula(clause), Entrenchment(level, Fraction(weight)), source)


def beliefs_of_gcnf(
    gcnf: Gcnf, *, level: Level = DEFAULT_LEVEL, source: str | None = None
) -> Iterator[Belief]:
    """Yield the clauses of group 0 as certain beliefs `h1`, `h2`, …, and each other group as one belief, `g1`, `g2`, ….

    The propositions are called `x1`, `x2`, ….
    """
    for number, clause in enumerate(gcnf.hard, start=1):
        yield Belief(f"h{number}", clause_formula(clause), Entrenchment(CERTAIN), source)
    for number, group in gcnf.groups.items():
        formula = conjunction(tuple(map(clause_formula, group)))
        yield Belief(f"g{number}", formula, Entrenchment(level), source)
