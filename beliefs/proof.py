"""A proof that a person can follow: how a formula comes out of a few beliefs, one step after the other.

Which beliefs entail a formula, the solvers have found out already; here it is shown how. The beliefs are spelt out over
the individuals that they and the formula name, as clauses. A clause all of whose literals but one are refuted concludes
that one: so conclusions are drawn from facts, as a person would (unit resolution). Where that does not lead to the
formula, its negation is supposed, and where that leads to no contradiction either, an alternative is gone through case
by case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod
from typing import Literal, TypeAlias

from beliefs.base.belief_base import BeliefBase
from beliefs.language.clauses import ground_atom, nnf
from beliefs.language.printer import print_formula
from beliefs.language.semantics import Ground
from beliefs.language.signature import Signature
from beliefs.language.sorts import elaborate
from beliefs.language.syntax import (
    And,
    Atom,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Truth,
    conjunction,
    disjunction,
    negation,
)
from beliefs.reasoning.features import features, sort_of
from beliefs.reasoning.grounding import Domain, individuals, instances

How: TypeAlias = Literal["believed", "supposed", "follows", "cases", "contradiction", "together"]

MOST_CLAUSES = 20_000
"""How many clauses beliefs may become; where they would become more, it is only told that they lead there together."""

MOST_LITERALS = 200_000
"""How many literals beliefs may have, spelt out and in negation normal form."""

MOST_CASES = 64
"""How many cases a proof may go through."""

_WIDE = 64
"""How many clauses one instance of a belief may become."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of a proof, with the steps that it rests on.

    Attributes:
        says: what is concluded, or supposed; `false` for a contradiction.
        how: how it is: "believed", a belief says so; "supposed", for the sake of the argument; "follows", by a belief
            from the steps below; "contradiction", a belief cannot be true if the steps below are; "cases", it holds in
            each of the cases below, of which a belief says that one holds; "together", the beliefs entail it, but step
            by step it is not shown.
        by: the names of the beliefs that it rests on at once; none for what is supposed.
        clause: what the belief says about the individuals at hand; None where `says` says it all.
        because: the steps that it follows from.
    """

    says: Formula
    how: How
    by: tuple[str, ...] = ()
    clause: Formula | None = None
    because: tuple[Step, ...] = ()

    # Steps share what they rest on: told or compared as trees, a short proof could take forever.

    def __repr__(self) -> str:
        """Return the step without those it rests on."""
        return f"<Step {print_formula(self.says)}: {self.how}, from {len(self.because)} others>"


def prove(base: BeliefBase, formula: Formula, reason: Sequence[str]) -> Step:
    """Return a proof that some beliefs entail a formula, which they are known to do.

    Args:
        base: the base.
        formula: what they entail.
        reason: the names of the beliefs.

    Returns:
        The last step. It is a single one, "together", where they speak of numbers or functions, where an existential
        quantifier would have to be opened, or where they become too many clauses or cases.

    Raises:
        SortError: the formula does not fit the symbols of the base.
        UnknownBeliefError: a belief is not there.

    Cost: linear in the instances of the beliefs over the individuals that they and the formula name, for each case.
    """
    understanding = base.understanding(formula)
    signature = understanding.signature
    goal = elaborate(formula, signature)
    together = Step(formula, "together", tuple(reason))
    contrary = negation(goal)
    beliefs = {name: understanding.formula(name) for name in reason}
    if not _are_spelt_out((*beliefs.values(), contrary), signature, unique_names=base.unique_names):
        return together
    domain = _domain((*beliefs.values(), contrary), signature)
    if sum(_size(formula, domain) for formula in (*beliefs.values(), contrary)) > MOST_LITERALS:
        return together
    clauses = list(islice(_clauses(beliefs.items(), domain), MOST_CLAUSES + 1))
    supposed = list(islice(_clauses([(None, contrary)], domain), _WIDE + 1))
    if None in clauses or None in supposed or len(clauses) > MOST_CLAUSES or len(supposed) > _WIDE:
        return together
    told = [clause for clause in clauses if clause is not None]
    denied = [clause for clause in supposed if clause is not None]
    return _proof(formula, told, denied) or together


@dataclass(frozen=True, slots=True)
class _Clause:
    """A ground clause: of which of its literals, each atom with whether it is to hold, one is true at least.

    Attributes:
        literals: the literals.
        by: the belief that says so; None for what is supposed.
    """

    literals: tuple[tuple[Ground, bool], ...]
    by: str | None

    def names(self) -> tuple[str, ...]:
        """Return the belief that says so, if any."""
        return () if self.by is None else (self.by,)

    def formula(self, but: Collection[tuple[Ground, bool]] = ()) -> Formula:
        """Return the clause; with some of its literals given, as the rule that concludes these."""
        premises = tuple(
            _literal((atom, not holds)) for atom, holds in self.literals if (atom, holds) not in but
        )
        conclusions = disjunction(tuple(_literal(each) for each in self.literals if each in but or not but))
        return Implies(conjunction(premises), conclusions) if premises and but else conclusions


def _proof(formula: Formula, told: list[_Clause], contrary: list[_Clause]) -> Step | None:
    """A proof from clauses; None where there is none within bounds."""
    steps = _Propagation(told).steps()
    for clause in contrary:
        # The contrary says of each way in which the formula may hold that something in it does not.
        wanted = [(atom, not holds) for atom, holds in clause.literals]
        if all(literal in steps for literal in wanted):
            found = tuple(steps[literal] for literal in wanted)
            return (
                found[0]
                if len(found) == 1 and found[0].says == formula
                else Step(formula, "follows", because=found)
            )
    refuted = _refutation([*told, *contrary], (), _Attempts())
    return None if refuted is None else Step(formula, "contradiction", because=(refuted,))


class _Attempts:
    """How many cases have been gone through."""

    def __init__(self) -> None:
        self.made = 0


def _refutation(
    clauses: list[_Clause], assumed: tuple[tuple[Ground, bool], ...], attempts: _Attempts
) -> Step | None:
    """A step that contradicts clauses and literals; None where there is none within bounds."""
    attempts.made += 1
    if attempts.made > MOST_CASES:
        return None
    known = _Propagation([*clauses, *(_Clause((literal,), None) for literal in assumed)])
    steps = known.steps()
    if known.conflict is not None:
        refuted = tuple(steps[atom, not holds] for atom, holds in known.conflict.literals)
        return Step(Truth(False), "contradiction", known.conflict.names(), known.conflict.formula(), refuted)
    open_ones = [(clause, rest) for clause in clauses if (rest := known.open_in(clause))]
    if not open_ones:
        return None
    clause, rest = min(open_ones, key=lambda each: len(each[1]))
    cases = []
    for literal in rest:
        case = _refutation(clauses, (*assumed, literal), attempts)
        if case is None:
            return None
        cases.append(Step(_literal(literal), "supposed", because=(case,)))
    refuted = tuple(steps[atom, not holds] for atom, holds in clause.literals if (atom, holds) not in rest)
    return Step(Truth(False), "cases", clause.names(), clause.formula(rest), (*refuted, *cases))


class _Propagation:
    """What follows from clauses by unit resolution, and from what."""

    def __init__(self, clauses: Sequence[_Clause]) -> None:
        self.reasons: dict[tuple[Ground, bool], _Clause] = {}
        self.conflict: _Clause | None = None
        waiting: defaultdict[tuple[Ground, bool], list[_Clause]] = defaultdict(list)
        for clause in clauses:
            for atom, holds in clause.literals:
                waiting[atom, not holds].append(clause)
        # In order of discovery, so that a proof is as short as the first one found.
        due = [clause for clause in clauses if len(clause.literals) <= 1]
        place = 0
        while place < len(due) and self.conflict is None:
            clause = due[place]
            place += 1
            rest = self.open_in(clause)
            if rest is None or any(literal in self.reasons for literal in clause.literals):
                continue
            if not rest:
                self.conflict = clause
            elif len(rest) == 1:
                self.reasons[rest[0]] = clause
                due += waiting[rest[0]]

    def open_in(self, clause: _Clause) -> tuple[tuple[Ground, bool], ...] | None:
        """Return the literals of a clause that are not refuted; None where one of them holds."""
        if any(literal in self.reasons for literal in clause.literals):
            return None
        return tuple(
            literal for literal in clause.literals if (literal[0], not literal[1]) not in self.reasons
        )

    def steps(self) -> dict[tuple[Ground, bool], Step]:
        """Return the proof of each literal that follows."""
        found: dict[tuple[Ground, bool], Step] = {}
        # A literal comes after those that it was concluded from.
        for literal, clause in self.reasons.items():
            says = _literal(literal)
            refuted = tuple(
                found[atom, not holds] for atom, holds in clause.literals if (atom, holds) != literal
            )
            if clause.by is None and not refuted:
                found[literal] = Step(says, "supposed")
            elif not refuted:
                found[literal] = Step(says, "believed", clause.names())
            else:
                found[literal] = Step(says, "follows", clause.names(), clause.formula((literal,)), refuted)
        return found


def _literal(literal: tuple[Ground, bool]) -> Formula:
    (predicate, *arguments), holds = literal
    atom = Atom(str(predicate), tuple(Constant(str(argument)) for argument in arguments))
    return atom if holds else Not(atom)


def _are_spelt_out(formulas: Iterable[Formula], signature: Signature, *, unique_names: bool) -> bool:
    """Whether formulas can be spelt out over the individuals that they name."""
    kinds = [features(formula, signature) for formula in formulas]
    return all(kind.groundable and not kind.skolem and (unique_names or not kind.equality) for kind in kinds)


def _size(formula: Formula, domain: Domain) -> int:
    """How many literals a formula has at most, once its quantifiers are spelt out and its negations moved inwards."""
    match formula:
        case Iff(left, right):
            return 2 * (_size(left, domain) + _size(right, domain))
        case ForAll(bindings, body) | Exists(bindings, body):
            return _size(body, domain) * prod(len(domain.get(sort_of(each), ("",))) for each in bindings)
        case Not(operand):
            return _size(operand, domain)
        case Implies(premise, conclusion):
            return _size(premise, domain) + _size(conclusion, domain)
        case And(operands) | Or(operands):
            return sum(_size(operand, domain) for operand in operands)
    return 1


def _domain(formulas: Iterable[Formula], signature: Signature) -> Domain:
    """The individuals that formulas name, by sort; all members of closed sorts; and of each other sort at least one."""
    domain: dict[str, dict[str, None]] = {}
    for formula in formulas:
        for sort, name in individuals(formula, signature):
            domain.setdefault(sort, {})[name] = None
        for sort in features(formula, signature).sorts:
            domain.setdefault(sort, {})
    for sort, members in signature.sorts.items():
        if members is not None:
            domain[sort] = dict.fromkeys(members)
    return {sort: names or {f"some {sort}": None} for sort, names in domain.items()}


def _clauses(said: Iterable[tuple[str | None, Formula]], domain: Domain) -> Iterator[_Clause | None]:
    """Yield the clauses of formulas, spelt out; None where one becomes too many of them."""
    for by, formula in said:
        for instance in instances(formula, domain):
            normal = _normal(nnf(instance))
            if normal is None:
                yield None
                return
            for literals in normal:
                yield _Clause(tuple(dict.fromkeys(literals)), by)


_Literals: TypeAlias = tuple[tuple[Ground, bool], ...]


def _normal(formula: Formula) -> list[_Literals] | None:
    """The conjunctive normal form of a ground formula in negation normal form; None where it is too wide."""
    match formula:
        case Atom():
            return [((ground_atom(formula), True),)]
        case Not(Atom() as atom):
            return [((ground_atom(atom), False),)]
        case Truth(value):
            return [] if value else [()]
        case And(operands):
            parts = [_normal(operand) for operand in operands]
            found = [clause for part in parts if part is not None for clause in part]
            return None if None in parts or len(found) > _WIDE else found
        case Or(operands):
            parts = [_normal(operand) for operand in operands]
            wide = 1
            for part in parts:
                wide *= _WIDE + 1 if part is None else len(part)
            if wide > _WIDE:
                return None
            combined = (sum(choice, ()) for choice in product(*(part or [] for part in parts)))
            return [clause for clause in combined if not _is_tautology(clause)]
    return None


def _is_tautology(clause: _Literals) -> bool:
    return any((atom, not holds) in clause for atom, holds in clause)
