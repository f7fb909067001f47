"""Normal forms, and the literals of which a formula is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from beliefs.language.semantics import Element, Ground, Model, value
from beliefs.language.signature import Signature
from beliefs.language.syntax import (
    FALSE,
    TRUE,
    And,
    Atom,
    Comparison,
    ComparisonOperator,
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
    subformulas,
)

Pattern: TypeAlias = tuple[Element | None, ...]
"""A predicate and its arguments, None for those that are not individuals: `("at", None, "hall")`."""

OPPOSITE: dict[ComparisonOperator, ComparisonOperator] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    ">=": "<",
    "<=": ">",
    ">": "<=",
}
"""The comparison that holds just where another does not."""


def all_of(formulas: Iterable[Formula]) -> Formula:
    """Return the conjunction of formulas, flat and without `true`; just `false` if that is one of them."""
    parts: list[Formula] = []
    for formula in formulas:
        if isinstance(formula, And):
            parts.extend(formula.operands)
        elif not isinstance(formula, Truth):
            parts.append(formula)
        elif not formula.value:
            return FALSE
    return conjunction(tuple(parts))


def any_of(formulas: Iterable[Formula]) -> Formula:
    """Return the disjunction of formulas, flat and without `false`; just `true` if that is one of them."""
    parts: list[Formula] = []
    for formula in formulas:
        if isinstance(formula, Or):
            parts.extend(formula.operands)
        elif not isinstance(formula, Truth):
            parts.append(formula)
        elif formula.value:
            return TRUE
    return disjunction(tuple(parts))


def nnf(formula: Formula) -> Formula:
    """Return the negation normal form of a formula, which is true in just the same models.

    It holds no connectives but conjunction, disjunction and the negation of atoms; a negated comparison is
    the opposite comparison. No conjunction is an operand of a conjunction, no disjunction one of a
    disjunction, and a truth constant stands only alone or as the body of a quantifier.

    Cost: linear, but for equivalences: each one inside another doubles what it holds.
    """
    return _nnf(formula, True)


def _nnf(formula: Formula, positive: bool) -> Formula:
    match formula:
        case Atom():
            return formula if positive else Not(formula)
        case Not(operand):
            return _nnf(operand, not positive)
        case And(operands) | Or(operands):
            parts = [_nnf(operand, positive) for operand in operands]
            return all_of(parts) if isinstance(formula, And) is positive else any_of(parts)
        case Implies(premise, conclusion):
            parts = [_nnf(premise, not positive), _nnf(conclusion, positive)]
            return any_of(parts) if positive else all_of(parts)
        case Iff(left, right):
            there = any_of((_nnf(left, False), _nnf(right, positive)))
            back = any_of((_nnf(left, True), _nnf(right, not positive)))
            return all_of((there, back))
        case ForAll(bindings, body) | Exists(bindings, body):
            quantifier = ForAll if isinstance(formula, ForAll) is positive else Exists
            return quantifier(bindings, _nnf(body, positive))
        case Comparison(operator, left, right):
            return formula if positive else Comparison(OPPOSITE[operator], left, right)
        case Truth(constant):
            return formula if positive else Truth(not constant)
    raise TypeError(f"not a formula: {formula!r}")


Literals: TypeAlias = tuple[tuple[Ground, bool], ...]
"""A ground clause: its atoms, each with whether it stands there as it is or negated."""


def ground_clauses(formula: Formula) -> tuple[Literals, ...] | None:
    """Return the clauses of a ground formula that is a conjunction of clauses once negations are moved inwards.

    None for any other formula. Cost: linear.

    Raises:
        KeyError: an atom holds a variable or a function.
    """
    clauses = _ground_clauses(formula, True)
    return None if clauses is None else tuple(clauses)


def _ground_clauses(formula: Formula, positive: bool) -> list[Literals] | None:
    """Return the clauses of a formula, or of its negation."""
    if isinstance(formula, Atom):
        return [((ground_atom(formula), positive),)]
    if isinstance(formula, Not):
        return _ground_clauses(formula.operand, not positive)
    parts: list[tuple[Formula, bool]]
    if isinstance(formula, Or | And):
        parts = [(operand, positive) for operand in formula.operands]
        disjunctive = isinstance(formula, Or) is positive
    elif isinstance(formula, Implies):
        parts = [(formula.premise, not positive), (formula.conclusion, positive)]
        disjunctive = positive
    else:
        return None
    clauses: list[Literals] = []
    for part, sign in parts:
        of_part = _ground_clauses(part, sign)
        if of_part is None or (disjunctive and len(of_part) != 1):
            return None
        clauses += of_part
    return [tuple([literal for clause in clauses for literal in clause])] if disjunctive else clauses


def atoms(formula: Formula) -> Iterator[Ground]:
    """Yield the ground atoms of a formula without variables or functions, once for each place, left to right.

    Raises:
        KeyError: the formula holds a variable or a function that stands in an atom.
    """
    for part in subformulas(formula):
        if isinstance(part, Atom):
            yield ground_atom(part)


def ground_atom(atom: Atom) -> Ground:
    """Return an atom without variables or functions as a tuple; sums of numbers are worked out.

    Raises:
        KeyError: the atom holds a variable or a function.
    """
    if not atom.arguments:
        return (atom.predicate,)
    return (
        atom.predicate,
        *[term.name if isinstance(term, Constant) else value(term, _EMPTY) for term in atom.arguments],
    )


def unify(one: Pattern, other: Pattern) -> bool:
    """Return whether two patterns may stand for one atom: of one length, and alike wherever both are settled."""
    return len(one) == len(other) and all(
        left is None or right is None or left == right for left, right in zip(one, other, strict=True)
    )


def literals(formula: Formula, signature: Signature | None = None) -> frozenset[tuple[Pattern, bool]]:
    """Return the atoms of a formula, as patterns, each with the polarity in which it stands.

    An atom is positive where the formula, made truer there, can only become truer; under an equivalence it is
    both. Comparisons are left out, and what stands inside functions too. A formula can become false, its
    quantifiers ranging over the same universe, only by losing an atom that matches one of its positive
    patterns or gaining one that matches a negative: the index of beliefs rests on that.

    Args:
        formula: any formula.
        signature: tells declared functions without arguments from individuals; without it, every bare name is
            taken for an individual.
    """
    found: set[tuple[Pattern, bool]] = set()
    functions = signature.functions if signature is not None else ()
    stack: list[tuple[Formula, bool, bool]] = [(formula, True, False)]
    while stack:
        part, positive, both = stack.pop()
        match part:
            case Atom(predicate, arguments):
                pattern: Pattern = (predicate,)
                if arguments:
                    pattern += tuple(
                        term.name if isinstance(term, Constant) and term.name not in functions else None
                        for term in arguments
                    )
                found.add((pattern, positive))
                if both:
                    found.add((pattern, not positive))
            case Not(operand):
                stack.append((operand, not positive, both))
            case And(operands) | Or(operands):
                stack.extend((operand, positive, both) for operand in operands)
            case Implies(premise, conclusion):
                stack.append((premise, not positive, both))
                stack.append((conclusion, positive, both))
            case Iff(left, right):
                stack.append((left, positive, True))
                stack.append((right, positive, True))
            case ForAll(_, body) | Exists(_, body):
                stack.append((body, positive, both))
    return frozenset(found)


_EMPTY = Model()
