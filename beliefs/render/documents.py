"""A base written out whole: in the language, and as DIMACS for solvers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Literal, TypeAlias

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.dimacs import Clause, Cnf, Wcnf, write_cnf, write_wcnf
from beliefs.base.entrenchment import CERTAIN, Entrenchment
from beliefs.errors import BaseError, UnsupportedFormulaError
from beliefs.language.clauses import ground_atom, nnf
from beliefs.language.printer import print_document
from beliefs.language.semantics import Ground
from beliefs.language.syntax import LABEL, And, Atom, Document, Formula, Header, Not, Or, Statement, Truth
from beliefs.reasoning.features import Features, features
from beliefs.reasoning.grounding import ground

Form: TypeAlias = Literal["language", "wcnf", "cnf"]

NOT_UNIQUE = """\
# Two names may stand for one individual here: load this into a base made by `beliefs init --no-unique-names`.
"""
"""What stands above the text of a base whose names are not unique, which the language itself cannot say."""


def write(base: BeliefBase, form: Form) -> str:
    """Return the text of a base in one of the forms.

    Raises:
        BaseError: a belief has a name that the language cannot write.
        UnsupportedFormulaError: a belief is not propositional and cannot be made so (for "wcnf" and "cnf").
    """
    if form == "language":
        return ("" if base.unique_names else NOT_UNIQUE) + print_document(document(base))
    stream = io.StringIO()
    if form == "wcnf":
        contents, names = wcnf(base)
        write_wcnf(stream, contents, names)
    else:
        plain, names = cnf(base)
        write_cnf(stream, plain, names)
    return stream.getvalue()


def document(base: BeliefBase) -> Document:
    """Return the document that says what a base holds: loaded into an empty base, it gives back an equal one.

    What it cannot say is whether names are unique.

    Raises:
        BaseError: a belief has a name that the language cannot write.
    """
    for belief in base:
        if not LABEL.fullmatch(belief.name):
            raise BaseError(
                f"the language cannot write the name {belief.name!r}; give that belief another name"
            )
    return Document(base.declarations, tuple(Statement(header(belief), belief.formula) for belief in base))


def header(belief: Belief) -> Header:
    """Return the header of a belief, without what goes without saying."""
    own, usual = belief.entrenchment, Entrenchment()
    weight = own.weight if own.weight != usual.weight and not own.is_certain else None
    level = own.level if own.level != usual.level or weight is not None else None
    return Header(belief.name, level, weight, belief.source)


def wcnf(base: BeliefBase) -> tuple[Wcnf, dict[int, str]]:
    """Return a base as weighted clauses, and what its variables stand for.

    What is certain is hard. Every other belief has one soft clause: its own, or, where it makes several, a
    variable that implies them. A weight at one level outweighs all the levels below it, so that the least
    cost of clauses given up is the least in the lexicographic order of levels.

    Raises:
        UnsupportedFormulaError: a belief is not propositional and cannot be made so.
    """
    clausifier = _Clausifier()
    factor = _factors(base)
    hard: list[Clause] = []
    soft: list[tuple[int | Fraction, Clause]] = []
    for belief, clauses in _clauses(base, clausifier):
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


def cnf(base: BeliefBase) -> tuple[Cnf, dict[int, str]]:
    """Return a base as clauses, all alike, and what its variables stand for.

    Raises:
        UnsupportedFormulaError: a belief is not propositional and cannot be made so.
    """
    clausifier = _Clausifier()
    clauses = [clause for _, clauses in _clauses(base, clausifier) for clause in clauses]
    return Cnf(clausifier.variables, tuple(clauses + clausifier.definitions)), clausifier.names()


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


def _clauses(base: BeliefBase, clausifier: _Clausifier) -> Iterator[tuple[Belief, list[Clause]]]:
    """Yield each belief with its clauses, quantifiers spelt out over the names there are."""
    signature = base.signature
    domain: dict[str, list[str]] = {sort: list(members or ()) for sort, members in signature.sorts.items()}
    for name, sort in signature.constants.items():
        if name not in domain.setdefault(sort, []):
            domain[sort].append(name)
    domain = {sort: sorted(members) or ["someone"] for sort, members in domain.items()}
    for belief in base:
        formula = base.formula(belief.name)
        _check(belief, features(formula, signature), base.unique_names)
        yield belief, clausifier.clauses(nnf(ground(formula, domain)))


def _check(belief: Belief, needed: Features, unique_names: bool) -> None:
    if needed.skolem or not needed.groundable:
        fault = "has functions, numbers or open existential quantifiers in it"
    elif needed.equality and not unique_names:
        fault = "speaks of equality, where names are not unique"
    else:
        return
    raise UnsupportedFormulaError(
        f"belief {belief.name!r} {fault}, which DIMACS cannot say; export the language"
    )


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
