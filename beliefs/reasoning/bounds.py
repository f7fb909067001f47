"""Numeric bounds in formulas, and how far one has to move: Z3 Optimize finds the least shift."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from beliefs.language.signature import INT, REAL, Signature
from beliefs.language.syntax import (
    And,
    Application,
    Comparison,
    ComparisonOperator,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    Term,
    Variable,
    subformulas,
    subterms,
)
from beliefs.reasoning.verdict import UNLIMITED, Budget, Unknown

BOUND = "bound!"
"""The symbol for a bound that is sought; no name of the language looks like that."""

_MIRRORED: dict[ComparisonOperator, ComparisonOperator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_STRICT: dict[ComparisonOperator, ComparisonOperator] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
"""The same comparison with its bound taken in, or left out."""

Rebuild: TypeAlias = Callable[[Formula], Formula]


@dataclass(frozen=True, slots=True)
class Bound:
    """A numeric bound in a formula: a comparison of a term with a number.

    Attributes:
        term: what is bounded.
        operator: how it compares to the bound, the bound being on the right.
        value: the bound.
        sort: Int, or Real.
        rises: whether the formula gets weaker as the bound rises; otherwise, as it falls.
        mirrored: whether the bound was written on the left.
        real: whether it was written with a decimal point.
        rebuild: the formula with something else in place of the comparison.
    """

    term: Term
    operator: ComparisonOperator
    value: Fraction
    sort: str
    rises: bool
    mirrored: bool
    real: bool
    rebuild: Rebuild

    def at(self, value: Fraction) -> Formula:
        """Return the formula with the bound moved."""
        return self.rebuild(self.comparison(value))

    def comparison(self, value: Fraction) -> Comparison:
        """Return the comparison with the bound moved, written as it was."""
        number = Number(abs(value), self.real or value.denominator != 1)
        return self._comparison(Minus(number) if value < 0 else number)

    def sought(self) -> Formula:
        """Return the formula with the symbol `BOUND` in place of the bound."""
        return self.rebuild(self._comparison(Constant(BOUND)))

    def variants(self) -> tuple[Bound, ...]:
        """Return this bound; where it is a real number, also the one that takes in or leaves out the bound itself."""
        if self.sort == INT:
            return (self,)
        return (self, replace(self, operator=_STRICT[self.operator]))

    def _comparison(self, bound: Term) -> Comparison:
        if self.mirrored:
            return Comparison(_MIRRORED[self.operator], bound, self.term)
        return Comparison(self.operator, self.term, bound)


def bounds(formula: Formula, signature: Signature) -> Iterator[Bound]:
    """Yield the numeric bounds of an elaborated formula that make it weaker when they move, from left to right.

    Passed over are comparisons in an equivalence, which moving a bound makes neither weaker nor stronger.
    """
    reals = {
        binding.name
        for part in subformulas(formula)
        if isinstance(part, ForAll | Exists)
        for binding in part.bindings
        if binding.sort == REAL
    }
    for comparison, positive, rebuild in _comparisons(formula, True, lambda part: part):
        if comparison.operator in ("=", "!="):
            continue
        left, right = _numeral(comparison.left), _numeral(comparison.right)
        if (left is None) == (right is None):
            continue
        mirrored = left is not None
        number, term = (left, comparison.right) if left is not None else (right, comparison.left)
        assert number is not None
        operator = _MIRRORED[comparison.operator] if mirrored else comparison.operator
        real = any(isinstance(each, Number) and each.real for each in (comparison.left, comparison.right))
        yield Bound(
            term=term,
            operator=operator,
            value=number,
            sort=REAL if real or _is_real(term, signature, reals) else INT,
            rises=(operator in ("<", "<=")) is positive,
            mirrored=mirrored,
            real=real,
            rebuild=rebuild,
        )


def least_shift(
    bound: Bound,
    formulas: Sequence[Formula],
    signature: Signature,
    *,
    unique_names: bool = True,
    budget: Budget = UNLIMITED,
) -> Fraction | Unknown | None:
    """Return the bound nearest to the present one with which formulas can be true together.

    Args:
        bound: the bound, which moves in the direction in which its formula gets weaker.
        formulas: elaborated formulas, some with the symbol `BOUND` in them.
        signature: the symbols of the formulas.
        unique_names: whether different individuals are distinct from one another.
        budget: what Z3 Optimize may spend.

    Returns:
        The bound; None where there is none, or none that is nearest: where it can come as near as one likes to a
        number that will not do.
    """
    from beliefs.reasoning.z3_oracle import Z3Oracle  # only here: Z3 takes long to import

    extended = replace(signature, functions=signature.functions.set(BOUND, ((), bound.sort)))
    oracle = Z3Oracle(extended, unique_names, budget)
    sought, start = Constant(BOUND), bound.comparison(bound.value)
    present = start.left if bound.mirrored else start.right
    for formula in (Comparison(">=" if bound.rises else "<=", sought, present), *formulas):
        oracle.add("formula", formula)
    return oracle.optimum(["formula"], sought, least=bound.rises)


def _numeral(term: Term) -> Fraction | None:
    match term:
        case Number(value):
            return value
        case Minus(Number(value)):
            return -value
    return None


def _is_real(term: Term, signature: Signature, reals: set[str]) -> bool:
    for part in subterms(term):
        match part:
            case Application(name) | Constant(name) if name in signature.functions:
                if signature.functions[name][1] == REAL:
                    return True
            case Number(_, real) if real:
                return True
            case Variable(name) if name in reals:
                return True
    return False


def _comparisons(
    formula: Formula, positive: bool, rebuild: Rebuild
) -> Iterator[tuple[Comparison, bool, Rebuild]]:
    """Yield each comparison with its polarity, and with what makes of another formula the whole around it."""
    match formula:
        case Comparison():
            yield formula, positive, rebuild
        case Not(operand):
            yield from _comparisons(operand, not positive, lambda part: rebuild(Not(part)))
        case And(operands) | Or(operands):
            join = And if isinstance(formula, And) else Or
            for place, operand in enumerate(operands):
                yield from _comparisons(operand, positive, _operand(join, operands, place, rebuild))
        case Implies(premise, conclusion):
            yield from _comparisons(premise, not positive, lambda part: rebuild(Implies(part, conclusion)))
            yield from _comparisons(conclusion, positive, lambda part: rebuild(Implies(premise, part)))
        case ForAll(bindings, body):
            yield from _comparisons(body, positive, lambda part: rebuild(ForAll(bindings, part)))
        case Exists(bindings, body):
            yield from _comparisons(body, positive, lambda part: rebuild(Exists(bindings, part)))
        case Iff():
            return


def _operand(
    join: type[And] | type[Or], operands: tuple[Formula, ...], place: int, rebuild: Rebuild
) -> Rebuild:
    return lambda part: rebuild(join((*operands[:place], part, *operands[place + 1 :])))
