"""Clauses of DIMACS: CNF, WCNF and GCNF, for SAT solvers and for programs that extract what is unsatisfiable.

What comes in are propositions `x1`, `x2`, …. What goes out are the ground atoms of a base, with a comment that says
which number is which. Rules are spelt out over the individuals there are; so nothing but the meaning comes back.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Literal, TypeAlias

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.clausal import beliefs_of_cnf, beliefs_of_gcnf, beliefs_of_wcnf
from beliefs.base.dimacs import (
    Clause,
    Cnf,
    Gcnf,
    Wcnf,
    observation_formula,
    read_cnf,
    read_gcnf,
    read_wcnf,
    write_cnf,
    write_gcnf,
    write_wcnf,
)
from beliefs.base.entrenchment import CERTAIN
from beliefs.errors import FormatError
from beliefs.formats.contents import Contents, Fitting, Options, Placed, Progress, Source, Written
from beliefs.language.clauses import ground_atom, nnf
from beliefs.language.semantics import Ground
from beliefs.language.syntax import And, Atom, Formula, Not, Or, Truth
from beliefs.reasoning.features import Features, features
from beliefs.reasoning.grounding import ground

Form: TypeAlias = Literal["cnf", "wcnf", "gcnf"]


class _Stream(io.BytesIO):
    """The bytes of a file under its name, which messages show."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.data)
        self.name = source.name


def read_cnf_file(source: Source, options: Options, progress: Progress) -> Contents:
    """Read a CNF file: each clause is a belief, `c1`, `c2`, ….

    Raises:
        DimacsError: it is malformed.
    """
    cnf = read_cnf(_Stream(source))
    return _contents(beliefs_of_cnf(cnf, level=options.level_or(), source=options.source), cnf.observations)


def read_wcnf_file(source: Source, options: Options, progress: Progress) -> Contents:
    """Read a WCNF file: hard clauses are certain, `h1`, `h2`, …, soft ones beliefs with their weight, `s1`, `s2`, ….

    Raises:
        DimacsError: it is malformed.
        FormatError: soft clauses are to be certain.
    """
    level = options.level_or()
    if level == CERTAIN:
        raise FormatError("soft clauses cannot be certain; give --level an integer from 0")
    wcnf = read_wcnf(_Stream(source))
    return _contents(beliefs_of_wcnf(wcnf, level=level, source=options.source), wcnf.observations)


def read_gcnf_file(source: Source, options: Options, progress: Progress) -> Contents:
    """Read a GCNF file: the clauses of group 0 are certain, `h1`, `h2`, …, every other group is one belief, `g1`, ….

    Raises:
        DimacsError: it is malformed.
        FormatError: the groups are to be certain.
    """
    level = options.level_or()
    if level == CERTAIN:
        raise FormatError("groups cannot be certain, but group 0; give --level an integer from 0")
    gcnf = read_gcnf(_Stream(source))
    return _contents(beliefs_of_gcnf(gcnf, level=level, source=options.source), gcnf.observations)


def _contents(beliefs: Iterable[Belief], observations: Iterable[Clause]) -> Contents:
    return Contents(
        beliefs=tuple(Placed(belief, None, belief.name) for belief in beliefs),
        observations=tuple(map(observation_formula, observations)),
    )


def write_cnf_file(base: BeliefBase, options: Options) -> Written:
    """Return a base as a CNF file: every belief a clause, or several.

    Raises:
        FormatError: a belief is not propositional and cannot be made so, and is not to be skipped.
    """
    return _written(base, "cnf", options)


def write_wcnf_file(base: BeliefBase, options: Options) -> Written:
    """Return a base as a WCNF file: what is certain is hard, all else soft, and weights keep the order of the levels.

    Raises:
        FormatError: a belief is not propositional and cannot be made so, and is not to be skipped.
    """
    return _written(base, "wcnf", options)


def write_gcnf_file(base: BeliefBase, options: Options) -> Written:
    """Return a base as a GCNF file: what is certain is of group 0, every other belief a group of its own.

    Raises:
        FormatError: a belief is not propositional and cannot be made so, and is not to be skipped.
    """
    return _written(base, "gcnf", options)


def _written(base: BeliefBase, form: Form, options: Options) -> Written:
    fitting = Fitting("DIMACS", options.skip)
    stream = io.StringIO()
    if form == "wcnf":
        weighted, names = wcnf(base, fitting)
        write_wcnf(stream, weighted, names)
    elif form == "gcnf":
        grouped, names = gcnf(base, fitting)
        write_gcnf(stream, grouped, names)
    else:
        plain, names = cnf(base, fitting)
        write_cnf(stream, plain, names)
    return Written(stream.getvalue(), tuple(fitting.skipped))


def wcnf(base: BeliefBase, fitting: Fitting) -> tuple[Wcnf, dict[int, str]]:
    """Return a base as weighted clauses, and what its variables stand for.

    What is certain is hard. Every other belief has one soft clause: its own, or, where it makes several, a
    variable that implies them. A weight at one level outweighs all the levels below it, so that the least
    cost of clauses given up is the least in the lexicographic order of levels.

    Raises:
        FormatError: a belief is not propositional and cannot be made so, and is not to be skipped.
    """
    clausifier = _Clausifier()
    factor = _factors(base)
    hard: list[Clause] = []
    soft: list[tuple[int | Fraction, Clause]] = []
    for belief, clauses in _clauses(base, clausifier, fitting):
        level = belief.entrenchment.level
        if level == CERTAIN:
            hard += clauses
            continue
        weight = belief.entrenchment.weight * factor[level]
        if len(clauses) == 1:
            soft.append((weight, clauses[0]))
        elif clauses:
            whole = clausifier.fresh()
            hard += [(-whole, *clause) for clause in clauses]
            soft.append((weight, (whole,)))
    hard += clausifier.definitions
    return Wcnf(clausifier.variables, tuple(hard), tuple(soft)), clausifier.names()


def cnf(base: BeliefBase, fitting: Fitting) -> tuple[Cnf, dict[int, str]]:
    """Return a base as clauses, all alike, and what its variables stand for.

    Raises:
        FormatError: a belief is not propositional and cannot be made so, and is not to be skipped.
    """
    clausifier = _Clausifier()
    clauses = [clause for _, clauses in _clauses(base, clausifier, fitting) for clause in clauses]
    return Cnf(clausifier.variables, tuple(clauses + clausifier.definitions)), clausifier.names()


def gcnf(base: BeliefBase, fitting: Fitting) -> tuple[Gcnf, dict[int, str]]:
    """Return a base as groups of clauses, what is certain in group 0, and what its variables stand for.

    Comments say which belief is which group.

    Raises:
        FormatError: a belief is not propositional and cannot be made so, and is not to be skipped.
    """
    clausifier = _Clausifier()
    hard: list[Clause] = []
    groups: dict[int, tuple[Clause, ...]] = {}
    comments: list[str] = []
    for belief, clauses in _clauses(base, clausifier, fitting):
        if belief.entrenchment.is_certain:
            hard += clauses
            continue
        comments.append(f"group {len(groups) + 1} = {belief.name}")
        groups[len(groups) + 1] = tuple(clauses)
    hard += clausifier.definitions
    return Gcnf(clausifier.variables, tuple(hard), groups, comments=tuple(comments)), clausifier.names()


def _factors(base: BeliefBase) -> dict[int, Fraction]:
    """For each level, what to multiply its weights by so that the least outweighs all levels below."""
    weights: dict[int, list[Fraction]] = {}
    for belief in base:
        if belief.entrenchment.level != CERTAIN:
            weights.setdefault(belief.entrenchment.level, []).append(belief.entrenchment.weight)
    factors: dict[int, Fraction] = {}
    below = Fraction(0)
    for level in sorted(weights):
        granularity = lcm(*(weight.denominator for weight in weights[level]))
        factors[level] = (below + 1) * granularity if below else Fraction(1)
        below += factors[level] * sum(weights[level])
    return factors


def _clauses(
    base: BeliefBase, clausifier: _Clausifier, fitting: Fitting
) -> Iterator[tuple[Belief, list[Clause]]]:
    """Yield each belief with its clauses, quantifiers spelt out over the names there are."""
    signature = base.signature
    members: dict[str, set[str]] = {sort: set(named or ()) for sort, named in signature.sorts.items()}
    for name, sort in signature.constants.items():
        members.setdefault(sort, set()).add(name)
    domain = {sort: sorted(names) or ["someone"] for sort, names in members.items()}
    for belief in base:
        formula = base.formula(belief.name)
        fault = _fault(features(formula, signature), base.unique_names)
        if fault is None:
            yield belief, clausifier.clauses(nnf(ground(formula, domain)))
        else:
            fitting.misfit(belief, fault)


def _fault(needed: Features, unique_names: bool) -> str | None:
    """Why a belief does not fit into clauses; None if it does."""
    if needed.skolem or not needed.groundable:
        return "has functions, numbers or open existential quantifiers in it"
    if needed.equality and not unique_names:
        return "speaks of equality, where names are not unique"
    return None


@dataclass(slots=True)
class _Clausifier:
    """Numbers ground atoms, and turns formulas in negation normal form into clauses.

    A conjunction inside a disjunction is named by a fresh variable that implies it (Plaisted and Greenbaum
    1986), which is enough as nothing here is negated but atoms.
    """

    atoms: dict[Ground, int] = field(default_factory=dict)
    variables: int = 0
    definitions: list[Clause] = field(default_factory=list)

    def fresh(self) -> int:
        """Return a variable that is not in use."""
        self.variables += 1
        return self.variables

    def names(self) -> dict[int, str]:
        """Return what the variables stand for, those of atoms alone."""
        return {
            variable: str(atom[0]) + (f"({', '.join(map(str, atom[1:]))})" if len(atom) > 1 else "")
            for atom, variable in self.atoms.items()
        }

    def clauses(self, formula: Formula) -> list[Clause]:
        """Return clauses that say what the formula says, given the definitions."""
        match formula:
            case Truth(value):
                return [] if value else [()]
            case And(operands):
                return [clause for operand in operands for clause in self.clauses(operand)]
            case Or(operands):
                return [tuple(self._literal(operand) for operand in operands)]
        return [(self._literal(formula),)]

    def _literal(self, formula: Formula) -> int:
        match formula:
            case Atom():
                return self._atom(formula)
            case Not(Atom() as atom):
                return -self._atom(atom)
        named = self.fresh()
        self.definitions += [(-named, *clause) for clause in self.clauses(formula)]
        return named

    def _atom(self, atom: Atom) -> int:
        ground_form = ground_atom(atom)
        if ground_form not in self.atoms:
            self.atoms[ground_form] = self.fresh()
        return self.atoms[ground_form]
