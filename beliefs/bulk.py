"""A base of many clauses at once, known to be consistent or not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from beliefs.base.belief_base import BeliefBase
from beliefs.base.clausal_base import Truths, clausal_base
from beliefs.base.dimacs import Clause, Cnf, Wcnf
from beliefs.base.entrenchment import DEFAULT_LEVEL, Level
from beliefs.garbage import put_off
from beliefs.language.semantics import Model
from beliefs.layered import Layered
from beliefs.reasoning.sat_oracle import PatientSolver
from beliefs.reasoning.verdict import UNLIMITED, Budget, Unknown

_SPARSE = 10
"""So many times the number of literals, the greatest variable leaves most of those below it out."""


def base_of_clauses(
    clauses: Cnf | Wcnf,
    *,
    level: Level = DEFAULT_LEVEL,
    source: str | None = None,
    budget: Budget = UNLIMITED,
) -> BeliefBase:
    """Return the base of the beliefs of clauses, with its witness if they can all be true together.

    Its beliefs are those that `beliefs import` makes of a DIMACS file: `c1`, `c2`, … of a CNF, and of a WCNF the
    certain `h1`, `h2`, … and the soft `s1`, `s2`, … with their weight, about propositions `x1`, `x2`, …. Each is made
    of its clause where it is looked at, so a million of them are there in a few seconds; operators work on them as on
    any others.

    Args:
        clauses: what `read_cnf` or `read_wcnf` read, or what a program has put together.
        level: that of the beliefs of a CNF, or of the soft ones of a WCNF.
        source: who or what said so.
        budget: what the search for a model may spend. If it ends there, `consistent` is None, and the first operator
            that needs to know finds out.

    Raises:
        BaseError: a literal is none, or soft clauses are to be certain.

    Cost: linear in the number of literals, and one SAT search over all clauses.

    Examples:
        >>> from beliefs.base.dimacs import Cnf
        >>> base = base_of_clauses(Cnf(3, ((1, -2), (2, 3), (-3,))))
        >>> print(base["c1"])
        [c1 @1] x1 | !x2
        >>> base.consistent
        True
    """
    with put_off():
        base = clausal_base(clauses, level, source)
        every = (
            clauses.clauses
            if isinstance(clauses, Cnf)
            else (*clauses.hard, *(each for _, each in clauses.soft))
        )
        model = _model(every, budget)
        if isinstance(model, Unknown):
            return base
        if model is None:
            return base.knowing(None, consistent=False)
        return base.knowing(Model(true=Layered(Truths(model))), consistent=True)


def _model(clauses: Sequence[Clause], budget: Budget) -> frozenset[int] | Unknown | None:
    """The variables that are true in a model of clauses; None where they have none."""
    if max(map(abs, chain.from_iterable(clauses)), default=0) > _SPARSE * sum(map(len, clauses)):
        # A solver makes room for every variable below the greatest: here they are numbered as they come.
        numbers = {
            variable: number
            for number, variable in enumerate(dict.fromkeys(map(abs, chain.from_iterable(clauses))), start=1)
        }
        signed = numbers | {-variable: -number for variable, number in numbers.items()}
        found = _model([tuple(signed[literal] for literal in clause) for clause in clauses], budget)
        if found is None or isinstance(found, Unknown):
            return found
        return frozenset(variable for variable, number in numbers.items() if number in found)
    solver = PatientSolver(clauses=map(list, clauses))
    try:
        satisfiable = solver.solve([], budget)
        if isinstance(satisfiable, Unknown):
            return satisfiable
        return frozenset(literal for literal in solver.model() if literal > 0) if satisfiable else None
    finally:
        solver.close()
