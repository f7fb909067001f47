"""Linear comparisons of ground numeric terms: what they speak of, and where they turn from true to false."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from beliefs.language.semantics import Ground, Model
from beliefs.language.syntax import (
    Application,
    Arithmetic,
    Comparison,
    Constant,
    Formula,
    Minus,
    Number,
    Term,
    subformulas,
)


def cells(formula: Formula) -> dict[Ground, None]:
    """Return the ground terms that a formula compares, or adds up to compare them, in order of appearance."""
    found: dict[Ground, None] = {}
    stack = [
        term
        for part in subformulas(formula)
        if isinstance(part, Comparison)
        for term in (part.right, part.left)
    ]
    while stack:
        match stack.pop():
            case Arithmetic(_, left, right):
                stack += (right, left)
            case Minus(operand):
                stack.append(operand)
            case Application(function, arguments):
                found[function, *(each.name for each in arguments if isinstance(each, Constant))] = None
            case Constant(name):
                found[name,] = None
    return found


def turning_points(formula: Formula, cell: Ground, model: Model, integral: bool) -> Iterator[Fraction]:
    """Yield the values of a cell at which comparisons of a formula change their truth, and the integers beside them.

    Everything but the cell is as in a model. Where the cell may be any real number, and a comparison is strict, there
    is no first value at which it has turned: the points at a distance of 1 stand for those beyond.
    """
    for part in subformulas(formula):
        if not isinstance(part, Comparison):
            continue
        try:
            slope, offset = _minus(_linear(part.left, cell, model), _linear(part.right, cell, model))
        except (KeyError, TypeError):
            continue
        if slope:
            point = -offset / slope
            if integral:
                yield from map(Fraction, range(floor(point) - 1, ceil(point) + 2))
            else:
                yield from (point, point - 1, point + 1)


def _linear(term: Term, cell: Ground, model: Model) -> tuple[Fraction, Fraction]:
    """Return slope and offset of a term as a function of a cell.

    Raises:
        TypeError: the term is no number, or not linear.
        KeyError: the model gives a part of it no value.
    """
    match term:
        case Number(value):
            return Fraction(0), value
        case Minus(operand):
            slope, offset = _linear(operand, cell, model)
            return -slope, -offset
        case Arithmetic(operator, left, right):
            first, second = _linear(left, cell, model), _linear(right, cell, model)
            if operator == "*":
                return _times(first, second)
            if operator == "-":
                return _minus(first, second)
            return first[0] + second[0], first[1] + second[1]
        case Application(function, arguments):
            ground: Ground = (function, *(each.name for each in arguments if isinstance(each, Constant)))
        case Constant(name):
            ground = (name,)
        case _:
            raise TypeError
    if ground == cell:
        return Fraction(1), Fraction(0)
    found = model.value_of(ground)
    if found is None:
        raise KeyError(ground)
    if isinstance(found, str):
        raise TypeError
    return Fraction(0), found


def _minus(one: tuple[Fraction, Fraction], other: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    return one[0] - other[0], one[1] - other[1]


def _times(one: tuple[Fraction, Fraction], other: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    if one[0] and other[0]:
        raise TypeError
    return one[0] * other[1] + one[1] * other[0], one[1] * other[1]
