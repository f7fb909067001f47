"""A formula said with other symbols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from beliefs.language.syntax import (
    And,
    Application,
    Arithmetic,
    Atom,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Minus,
    Not,
    Or,
    Term,
)


def renamed(formula: Formula, names: Mapping[str, str]) -> Formula:
    """Return a formula with other names for its predicates, functions and individuals; variables stay.

    A name that `names` does not have stays too. Cost: linear.
    """
    match formula:
        case Atom(predicate, arguments):
            terms = tuple(_renamed(term, names) for term in arguments)
            return replace(formula, predicate=names.get(predicate, predicate), arguments=terms)
        case Comparison(_, left, right):
            return replace(formula, left=_renamed(left, names), right=_renamed(right, names))
        case Not(operand):
            return Not(renamed(operand, names))
        case And(operands):
            return And(tuple(renamed(operand, names) for operand in operands))
        case Or(operands):
            return Or(tuple(renamed(operand, names) for operand in operands))
        case Implies(premise, conclusion):
            return Implies(renamed(premise, names), renamed(conclusion, names))
        case Iff(left, right):
            return Iff(renamed(left, names), renamed(right, names))
        case ForAll(_, body) | Exists(_, body):
            return replace(formula, body=renamed(body, names))
    return formula


def _renamed(term: Term, names: Mapping[str, str]) -> Term:
    match term:
        case Constant(name):
            return replace(term, name=names.get(name, name))
        case Application(function, arguments):
            terms = tuple(_renamed(argument, names) for argument in arguments)
            return replace(term, function=names.get(function, function), arguments=terms)
        case Minus(operand):
            return replace(term, operand=_renamed(operand, names))
        case Arithmetic(_, left, right):
            return replace(term, left=_renamed(left, names), right=_renamed(right, names))
    return term
