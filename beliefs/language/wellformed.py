"""What is asked of a syntax tree that was built by hand, so that it can be printed and read back.

The classes of `syntax.py` take what they are given, as Python does. A tree that the parser built satisfies all that
is checked here; so it is worth checking what comes from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, cast, get_args

from beliefs.errors import LanguageError, ParseError
from beliefs.language.printer import print_number
from beliefs.language.syntax import (
    KEYWORDS,
    LABEL,
    MAX_DIGITS,
    MAX_NESTING,
    And,
    Application,
    Arithmetic,
    ArithmeticOperator,
    Atom,
    Binding,
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
    Truth,
    Variable,
    is_name,
)

_FORMULAS: Final = get_args(Formula)
_TERMS: Final = get_args(Term)
_COMPARISONS: Final = get_args(ComparisonOperator)
_ARITHMETIC: Final = get_args(ArithmeticOperator)

_BITS: Final = 4 * MAX_DIGITS
"""A number of more bits has more than `MAX_DIGITS` digits."""

_LENGTH: Final = 60
"""How much of a value a message shows at most."""

_NAMES: Final = (
    "a name is a letter or underscore, then letters, digits and underscores, and no word of the language"
)
_LABELS: Final = (
    "the name of a belief is letters, digits and underscores, or several such words joined by `-`, `.` or `:`"
)


def check_formula(value: object) -> Formula:
    """Return a value, once it is certain that it is a formula that can be printed and read back.

    So `parse_formula(print_formula(value), canonical=True) == value`. Sorts are not looked at: `sorts.infer` does
    that. Cost: linear in the size of the tree.

    Raises:
        ParseError: the formula nests too deep, a name in it is none, a variable is not bound by a quantifier, a
            name is a variable and an individual, or a number is too long to be read.
        LanguageError: it is no formula, or not everything in it is of the kind that belongs there.
    """
    if not isinstance(value, (*_FORMULAS, *_TERMS)):
        raise LanguageError(f"a formula is a text or a syntax tree, not {_shown(value)}")
    _Check().formula(value)
    return cast("Formula", value)


def check_name(name: object) -> str:
    """Return a name, once it is certain that a header can hold it as the name of a belief.

    Raises:
        ParseError: it cannot.
        LanguageError: it is no text.
    """
    if not isinstance(name, str):
        raise LanguageError(f"the name of a belief is a text, not {_shown(name)}")
    if LABEL.fullmatch(name) is None:
        raise ParseError(f"{_shown(name)} cannot be the name of a belief", hint=_LABELS)
    return name


class _Check:
    """One walk over a tree, from the root down, without recursion."""

    def __init__(self) -> None:
        self._quantified: set[str] = set()
        self._individuals: set[str] = set()

    def formula(self, root: object) -> None:
        """Check everything in a formula."""
        nothing: frozenset[str] = frozenset()
        stack: list[tuple[object, bool, int, frozenset[str]]] = [(root, True, 1, nothing)]
        while stack:
            node, is_formula, depth, bound = stack.pop()
            if depth > MAX_NESTING:
                raise ParseError(
                    f"the formula nests more than {MAX_NESTING} deep",
                    hint="say it in several beliefs, or with fewer brackets",
                )
            if not isinstance(node, _FORMULAS if is_formula else _TERMS):
                raise _misplaced(node, is_formula=is_formula)
            if isinstance(node, ForAll | Exists):
                bound = bound.union(self._bindings(node))
            elif is_formula:
                _check_formula_node(node, bound)
            else:
                self._check_term_node(node, bound)
            stack.extend((part, kind, depth + 1, bound) for part, kind in _parts(node))
        both = self._quantified & self._individuals
        if both:
            raise ParseError(
                f"`{min(both)}` is an individual and also a variable of a quantifier in the same formula",
                hint="give one of them another name, or write Variable where the quantifier is meant",
            )

    def _bindings(self, node: ForAll | Exists) -> frozenset[str]:
        """Check the variables of a quantifier, and return their names."""
        for binding in _tuple(node.bindings, node, "bindings"):
            if not isinstance(binding, Binding):
                raise LanguageError(f"a quantifier binds a Binding, not {_shown(binding)}")
            _check_symbol(binding.name, "a variable")
            if binding.sort is not None:
                _check_symbol(binding.sort, "a sort")
        names = frozenset(binding.name for binding in node.bindings)
        self._quantified |= names
        return names

    def _check_term_node(self, node: object, bound: frozenset[str]) -> None:
        match node:
            case Variable(name):
                _check_symbol(name, "a variable")
                if name not in bound:
                    raise ParseError(
                        f"the variable `{name}` is not bound by a quantifier",
                        hint=f"put a quantifier around its use, or write Constant({name!r}) for an individual",
                    )
            case Constant(name):
                _check_symbol(name, "an individual")
                self._individuals.add(name)
            case Application(function, arguments):
                _check_symbol(function, "a function", bound)
                if not _tuple(arguments, node, "arguments"):
                    raise LanguageError(
                        f"the function {_shown(function)} is applied to nothing",
                        hint=f"write Constant({function!r}) for a function of no arguments",
                    )
            case Arithmetic(operator):
                _check_operator(operator, _ARITHMETIC, node)
            case Number(value, real):
                _check_number(value, real)


def _check_formula_node(node: object, bound: frozenset[str]) -> None:
    match node:
        case Atom(predicate, arguments):
            _tuple(arguments, node, "arguments")
            _check_symbol(predicate, "a predicate" if arguments else "a proposition", bound)
        case Comparison(operator):
            _check_operator(operator, _COMPARISONS, node)
        case And(operands) | Or(operands):
            _tuple(operands, node, "operands")
        case Truth(value):
            if not isinstance(value, bool):
                raise LanguageError(f"Truth has True or False, not {_shown(value)}")


def _parts(node: object) -> Iterator[tuple[object, bool]]:
    """Yield what should be the parts of a node, from right to left, each with whether it should be a formula."""
    match node:
        case Not(part) | ForAll(_, part) | Exists(_, part):
            yield part, True
        case And(operands) | Or(operands):
            yield from ((part, True) for part in reversed(operands))
        case Implies(left, right) | Iff(left, right):
            yield from ((right, True), (left, True))
        case Comparison(_, first, second) | Arithmetic(_, first, second):
            yield from ((second, False), (first, False))
        case Minus(term):
            yield term, False
        case Atom(_, arguments) | Application(_, arguments):
            yield from ((part, False) for part in reversed(arguments))


def _misplaced(node: object, *, is_formula: bool) -> LanguageError:
    """Return the error for what is not the formula, or the term, that it should be."""
    wanted = "formula" if is_formula else "term"
    if isinstance(node, _TERMS):
        return LanguageError(f"{_shown(node)} is a term, and stands where a formula is expected")
    if isinstance(node, _FORMULAS):
        return LanguageError(f"{_shown(node)} is a formula, and stands where a term is expected")
    return LanguageError(
        f"{_shown(node)} stands where a {wanted} is expected, and is no syntax tree",
        hint="write Constant for an individual, and Number for a number" if not is_formula else None,
    )


def _check_symbol(name: object, what: str, bound: frozenset[str] = frozenset()) -> None:
    """Raise if a name cannot be that of a symbol, or is that of a variable bound here."""
    if not isinstance(name, str):
        raise LanguageError(f"the name of {what} is a text, not {_shown(name)}")
    if not is_name(name):
        why = "it is a word of the language" if name in KEYWORDS else "it is not a name"
        raise ParseError(f"{_shown(name)} cannot be the name of {what}: {why}", hint=_NAMES)
    if name in bound:
        raise ParseError(
            f"`{name}` is a variable here, and cannot be {what}", hint="give one of them another name"
        )


def _check_operator(operator: object, known: tuple[str, ...], node: object) -> None:
    if operator not in known:
        listed = " ".join(known)
        raise LanguageError(f"{type(node).__name__} has one of {listed}, not {_shown(operator)}")


def _check_number(value: object, real: object) -> None:
    if not isinstance(value, Fraction | int) or not isinstance(real, bool):
        raise LanguageError(
            f"Number has a Fraction, and real=True or False, not {_shown(value)} and {real!r}"
        )
    bits = max(value.numerator.bit_length(), value.denominator.bit_length())
    if bits > _BITS or len(print_number(Fraction(value), real)) > MAX_DIGITS:
        raise ParseError(f"a number of more than {MAX_DIGITS} characters")


def _tuple(value: Any, node: object, what: str) -> tuple[Any, ...]:
    if not isinstance(value, tuple):
        raise LanguageError(f"the {what} of {type(node).__name__} are a tuple, not {_shown(value)}")
    return value


def _shown(value: object) -> str:
    """Return what a value looks like in Python; of a long one, the beginning."""
    try:
        text = repr(value)
    except RecursionError:
        text = f"{type(value).__name__}(…)"
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…"
