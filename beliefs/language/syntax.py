"""The syntax tree: what a belief says, as frozen values.

Two trees are equal when they say the same thing in the same way; where in a text they stood (`span`) does not
count. The canonical printer (`printer.py`) and the parser are inverse to each other on the trees built here.

    Term     Variable | Constant | Number | Application | Minus | Arithmetic
    Formula  Truth | Atom | Comparison | Not | And | Or | Implies | Iff | ForAll | Exists
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal, TypeAlias, cast

from beliefs.language.span import Span

ArithmeticOperator: TypeAlias = Literal["+", "-", "*"]
ComparisonOperator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]

MAX_NESTING: Final = 200
"""How deep a formula may nest. Whatever walks a tree by recursion stays far from Python's own limit."""

MAX_DIGITS: Final = 1000
"""How many characters a number may have; Python refuses to read a few thousand digits."""


def _span() -> Span | None:
    """A span field: kept for messages, left out of equality, hashing and repr."""
    result: Span | None = field(default=None, compare=False, repr=False, kw_only=True)
    return result


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, bound by the innermost quantifier around it that names it."""

    name: str
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Constant:
    """A bare name where a term stands: an individual, or a declared function of no arguments."""

    name: str
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Number:
    """A number, not negative. `real` tells `3.0` (of sort Real) from `3` (of sort Int, or Real where Real is meant).

    A value without a finite decimal expansion is written as a fraction, `1/3`, and is of sort Real.
    """

    value: Fraction
    real: bool = False
    span: Span | None = _span()

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError(f"a Number is not negative; write Minus(Number({-self.value}))")
        if self.value.denominator != 1 and not self.real:
            raise ValueError(f"{self.value} is not an integer; give real=True")


@dataclass(frozen=True, slots=True)
class Application:
    """A function applied to one or more arguments: `battery(r2)`."""

    function: str
    arguments: tuple[Term, ...]
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Minus:
    """The negative of a term: `-x`."""

    operand: Term
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A sum, difference or product of two terms."""

    operator: ArithmeticOperator
    left: Term
    right: Term
    span: Span | None = _span()


Term: TypeAlias = Variable | Constant | Number | Application | Minus | Arithmetic


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Atom:
    """A predicate of some terms; without arguments, a proposition."""

    predicate: str
    arguments: tuple[Term, ...] = ()
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two terms compared: `=` and `!=` on any sort, the order relations on numbers."""

    operator: ComparisonOperator
    left: Term
    right: Term
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    operand: Formula


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction of two or more formulas, in the order written."""

    operands: tuple[Formula, ...]

    def __post_init__(self) -> None:
        _at_least_two(self.operands, "And")


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction of two or more formulas, in the order written."""

    operands: tuple[Formula, ...]

    def __post_init__(self) -> None:
        _at_least_two(self.operands, "Or")


@dataclass(frozen=True, slots=True)
class Implies:
    """Material implication; `a -> b -> c` is `a -> (b -> c)`."""

    premise: Formula
    conclusion: Formula


@dataclass(frozen=True, slots=True)
class Iff:
    """Equivalence; `a <-> b <-> c` is `(a <-> b) <-> c`."""

    left: Formula
    right: Formula


@dataclass(frozen=True, slots=True)
class Binding:
    """One variable of a quantifier, with its sort where that is written or has been inferred."""

    name: str
    sort: str | None = None
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class ForAll:
    """Universal quantification over one or more variables.

    In `forall x, y: Room. …` the sort is that of both variables; so within one quantifier, variables with a
    sort come before those without.
    """

    bindings: tuple[Binding, ...]
    body: Formula

    def __post_init__(self) -> None:
        _well_ordered(self.bindings, "ForAll")


@dataclass(frozen=True, slots=True)
class Exists:
    """Existential quantification over one or more variables; the order of variables is as for `ForAll`."""

    bindings: tuple[Binding, ...]
    body: Formula

    def __post_init__(self) -> None:
        _well_ordered(self.bindings, "Exists")


Quantified: TypeAlias = ForAll | Exists
Formula: TypeAlias = Truth | Atom | Comparison | Not | And | Or | Implies | Iff | ForAll | Exists

TRUE = Truth(True)
FALSE = Truth(False)


@dataclass(frozen=True, slots=True)
class SortDeclaration:
    """`sort Robot` (open), or `sort Room = {kitchen, hall}` (closed: these members and no others)."""

    name: str
    members: tuple[str, ...] | None = None
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class PredicateDeclaration:
    """`pred at(Robot, Room)`; without arguments, a proposition."""

    name: str
    arguments: tuple[str, ...] = ()
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class FunctionDeclaration:
    """`func battery(Robot): Real`; without arguments, a term whose value the beliefs may fix: `func leader: Robot`."""

    name: str
    arguments: tuple[str, ...]
    result: str
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class ConstantDeclaration:
    """`const r2d2: Robot`: an individual, distinct from every other."""

    name: str
    sort: str
    span: Span | None = _span()


Declaration: TypeAlias = SortDeclaration | PredicateDeclaration | FunctionDeclaration | ConstantDeclaration


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in brackets before a belief: `[name @level*weight "source"]`, every part optional.

    `level` is an integer from 0, the word "certain", or None where the header does not say.
    """

    name: str | None = None
    level: int | Literal["certain"] | None = None
    weight: Fraction | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One belief of a document: its header and what it says. `span` covers both."""

    header: Header
    formula: Formula
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Document:
    """A text of the language, parsed: its declarations and its beliefs, each in the order written."""

    declarations: tuple[Declaration, ...]
    statements: tuple[Statement, ...]


def conjunction(formulas: tuple[Formula, ...]) -> Formula:
    """Return the conjunction of any number of formulas: `true` of none, the formula itself of one."""
    if len(formulas) < 2:
        return formulas[0] if formulas else TRUE
    return And(formulas)


def disjunction(formulas: tuple[Formula, ...]) -> Formula:
    """Return the disjunction of any number of formulas: `false` of none, the formula itself of one."""
    if len(formulas) < 2:
        return formulas[0] if formulas else FALSE
    return Or(formulas)


def conjuncts(formula: Formula) -> Iterator[Formula]:
    """Yield what a formula says outright: the operands of a conjunction, or of one within it, and else the formula."""
    if isinstance(formula, And):
        for operand in formula.operands:
            yield from conjuncts(operand)
    else:
        yield formula


def negation(formula: Formula) -> Formula:
    """Return the negation of a formula, without stacking a second `!` on a first."""
    if isinstance(formula, Not):
        return formula.operand
    if isinstance(formula, Truth):
        return Truth(not formula.value)
    return Not(formula)


def subformulas(formula: Formula) -> Iterator[Formula]:
    """Yield a formula and all the formulas in it, the outer before the inner, from left to right."""
    # Tests of types, not patterns: whatever is believed passes here several times.
    stack = [formula]
    while stack:
        current = stack.pop()
        yield current
        kind = type(current)
        if kind is Atom:
            continue
        if kind is Not:
            stack.append(current.operand)  # type: ignore[union-attr]
        elif kind is And or kind is Or:
            stack.extend(reversed(current.operands))  # type: ignore[union-attr]
        elif isinstance(current, Implies):
            stack += (current.conclusion, current.premise)
        elif isinstance(current, Iff):
            stack += (current.right, current.left)
        elif isinstance(current, ForAll | Exists):
            stack.append(current.body)


def is_quantified(formula: Formula) -> bool:
    """Return whether there is a quantifier in a formula."""
    stack = [formula]
    while stack:
        current = stack.pop()
        kind = type(current)
        # The commonest come first: every belief passes here whenever it is looked at.
        if kind is Not:
            stack.append(current.operand)  # type: ignore[union-attr]
        elif kind is Or or kind is And:
            stack += [each for each in current.operands if type(each) is not Atom]  # type: ignore[union-attr]
        elif kind is ForAll or kind is Exists:
            return True
        elif kind is not Atom and kind is not Comparison:
            stack += cast("tuple[Formula, ...]", parts(current))
    return False


def subterms(formula: Formula | Term) -> Iterator[Term]:
    """Yield every term in a formula or term (a term itself included), the outer before the inner."""
    stack: list[Term] = []
    if isinstance(formula, Variable | Constant | Number | Application | Minus | Arithmetic):
        stack.append(formula)
    else:
        for part in subformulas(formula):
            match part:
                case Atom(_, arguments):
                    stack.extend(arguments)
                case Comparison(_, left, right):
                    stack.extend((left, right))
    stack.reverse()
    while stack:
        current = stack.pop()
        yield current
        match current:
            case Application(_, arguments):
                stack.extend(reversed(arguments))
            case Minus(operand):
                stack.append(operand)
            case Arithmetic(_, left, right):
                stack.extend((right, left))


def nesting(formula: Formula) -> int:
    """Return how deep a formula nests: the number of nodes on the longest way from it down to a leaf."""
    deepest = 0
    stack: list[tuple[Formula | Term, int]] = [(formula, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((part, depth + 1) for part in parts(node))
    return deepest


def parts(node: Formula | Term) -> tuple[Formula | Term, ...]:
    """Return what a formula or term is immediately made of, from left to right."""
    match node:
        case Not(operand) | Minus(operand):
            return (operand,)
        case And(operands) | Or(operands):
            return operands
        case Implies(left, right) | Iff(left, right):
            return (left, right)
        case Comparison(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case Atom(_, arguments) | Application(_, arguments):
            return arguments
        case ForAll(_, body) | Exists(_, body):
            return (body,)
    return ()


NAME = re.compile(r"[^\W\d]\w*'*")
"""What a name looks like: a letter or underscore of any script, then letters, digits, underscores; primes last."""

LABEL = re.compile(r"\w+([-.:]\w+)*'*")
"""What the name of a belief looks like in a header: freer than a name, and a word of the language is fine too."""

KEYWORDS = frozenset(
    (
        "forall",
        "exists",
        "true",
        "false",
        "not",
        "and",
        "or",
        "implies",
        "iff",
        "sort",
        "pred",
        "func",
        "const",
    )
)
"""The words of the language, none of which can be a name."""


def is_name(text: str) -> bool:
    """Return whether a text can name a symbol: it looks like a name and is not a word of the language."""
    return text not in KEYWORDS and NAME.fullmatch(text) is not None


def _at_least_two(operands: tuple[Formula, ...], node: str) -> None:
    if len(operands) < 2:
        raise ValueError(f"{node} takes two or more formulas, not {len(operands)}")


def _well_ordered(bindings: tuple[Binding, ...], node: str) -> None:
    if not bindings:
        raise ValueError(f"{node} binds one or more variables")
    sorts = [binding.sort is None for binding in bindings]
    if sorts != sorted(sorts):
        raise ValueError(f"in one {node}, variables with a sort come before those without")
    if len({binding.name for binding in bindings}) < len(bindings):
        raise ValueError(f"{node} binds one variable twice")
