"""Syntax tree out to text: one canonical way to write every tree, to which the parser is inverse.

Connectives are written in ASCII, brackets only where the tree needs them, one space around binary operators:
`forall r: Robot. at(r, kitchen) -> !at(r, lab)`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from beliefs.language.syntax import (
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    Constant,
    ConstantDeclaration,
    Declaration,
    Document,
    Exists,
    ForAll,
    Formula,
    FunctionDeclaration,
    Header,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    PredicateDeclaration,
    SortDeclaration,
    Statement,
    Term,
    Truth,
    Variable,
)

DEFAULT_LEVEL: Final = 1
"""The level a weight is written with where a header gives none; what a belief without a level has anyway."""

# How tightly the outermost operator of a formula or term binds. What stands where something tighter is needed
# gets brackets.
_QUANTIFIER: Final = 0
_IFF: Final = 1
_IMPLIES: Final = 2
_OR: Final = 3
_AND: Final = 4
_NOT: Final = 5

_SUM: Final = 0
_PRODUCT: Final = 1
_FACTOR: Final = 2


def print_formula(formula: Formula) -> str:
    """Return the canonical text of a formula.

    `parse_formula(print_formula(f)) == f` for every tree whose names are names of the language and in which a
    variable is bound where it is used and no individual is named like a variable around it. Cost: linear in the
    size of the tree.
    """
    return _formula(formula, _QUANTIFIER, rightmost=True)


def print_term(term: Term) -> str:
    """Return the canonical text of a term."""
    return _term(term, _SUM)


def print_number(value: Fraction, real: bool) -> str:
    """Return the canonical text of a number: `3`, `3.0`, `0.25`, or `1/3` where decimals would not end."""
    if not real:
        return str(value.numerator)
    places = _decimal_places(value.denominator)
    if places is None:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def print_declaration(declaration: Declaration) -> str:
    """Return the canonical text of a declaration."""
    match declaration:
        case SortDeclaration(name, None):
            return f"sort {name}"
        case SortDeclaration(name, members):
            return f"sort {name} = {{{', '.join(members or ())}}}"
        case PredicateDeclaration(name, ()):
            return f"pred {name}"
        case PredicateDeclaration(name, arguments):
            return f"pred {name}({', '.join(arguments)})"
        case FunctionDeclaration(name, (), result):
            return f"func {name}: {result}"
        case FunctionDeclaration(name, arguments, result):
            return f"func {name}({', '.join(arguments)}): {result}"
        case ConstantDeclaration(name, sort):
            return f"const {name}: {sort}"


def print_header(header: Header) -> str:
    """Return the canonical text of a header, brackets included; nothing for a header that says nothing."""
    parts: list[str] = []
    if header.name is not None:
        parts.append(header.name)
    if header.level == "certain":
        parts.append("@certain")
    elif header.weight is not None:
        parts.append(f"@{DEFAULT_LEVEL if header.level is None else header.level}*{_weight(header.weight)}")
    elif header.level is not None:
        parts.append(f"@{header.level}")
    if header.source is not None:
        escaped = header.source.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        parts.append(f'"{escaped}"')
    return f"[{' '.join(parts)}]" if parts else ""


def print_statement(statement: Statement) -> str:
    """Return the canonical text of a belief with its header."""
    header = print_header(statement.header)
    return f"{header} {print_formula(statement.formula)}".lstrip()


def print_document(document: Document) -> str:
    """Return the canonical text of a document: its declarations, then its beliefs, one a line."""
    lines = [print_declaration(declaration) for declaration in document.declarations]
    lines += [print_statement(statement) for statement in document.statements]
    return "".join(line + "\n" for line in lines)


def _weight(weight: Fraction) -> str:
    return print_number(weight, weight.denominator != 1)


def _decimal_places(denominator: int) -> int | None:
    """Return how many decimals a fraction of this denominator needs, at least 1; None where they never end."""
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(1, twos, fives) if rest == 1 else None


def _formula(formula: Formula, needed: int, *, rightmost: bool) -> str:
    """Return the text of a formula where something at least as tight as `needed` must stand.

    A quantifier takes all that follows it into its body. So it needs brackets unless nothing follows: unless it
    is `rightmost` in the text, or in the brackets around it.
    """
    match formula:
        case Atom(predicate, ()):
            return predicate
        case Atom(predicate, arguments):
            return f"{predicate}({', '.join([_term(argument, _SUM) for argument in arguments])})"
        case Comparison(operator, left, right):
            return f"{_term(left, _SUM)} {operator} {_term(right, _SUM)}"
        case Truth(value):
            return "true" if value else "false"
        case Not(Comparison() as operand):
            return f"!({_formula(operand, _QUANTIFIER, rightmost=True)})"  # not needed, but `!a = b` is hard to read
        case Not(operand):
            return "!" + _formula(operand, _NOT, rightmost=rightmost)
        case ForAll(bindings, body):
            return _quantified("forall", bindings, body, rightmost=rightmost)
        case Exists(bindings, body):
            return _quantified("exists", bindings, body, rightmost=rightmost)
        case And(operands):
            own, sign, tightness = _AND, " & ", [_NOT] * len(operands)
            chain: tuple[Formula, ...] = operands
        case Or(operands):
            own, sign, tightness = _OR, " | ", [_AND] * len(operands)
            chain = operands
        case Implies(premise, conclusion):
            own, sign, tightness = _IMPLIES, " -> ", [_OR, _IMPLIES]
            chain = (premise, conclusion)
        case Iff(left, right):
            own, sign, tightness = _IFF, " <-> ", [_IFF, _IMPLIES]
            chain = (left, right)
    brackets = own < needed
    last = len(chain) - 1
    text = sign.join(
        [
            _formula(part, tight, rightmost=index == last and (rightmost or brackets))
            for index, (part, tight) in enumerate(zip(chain, tightness, strict=True))
        ]
    )
    return f"({text})" if brackets else text


def _quantified(word: str, bindings: tuple[Binding, ...], body: Formula, *, rightmost: bool) -> str:
    text = f"{word} {_bindings(bindings)}. {_formula(body, _QUANTIFIER, rightmost=True)}"
    return text if rightmost else f"({text})"


def _bindings(bindings: tuple[Binding, ...]) -> str:
    """Return the variables of a quantifier; a sort is written once, after the last of its variables in a row."""
    texts: list[str] = []
    for index, binding in enumerate(bindings):
        following = bindings[index + 1] if index + 1 < len(bindings) else None
        shared = following is not None and following.sort == binding.sort
        texts.append(binding.name if binding.sort is None or shared else f"{binding.name}: {binding.sort}")
    return ", ".join(texts)


def _term(term: Term, needed: int) -> str:
    """Return the text of a term where something at least as tight as `needed` must stand."""
    match term:
        case Variable(name) | Constant(name):
            return name
        case Number(value, real):
            return print_number(value, real)
        case Application(function, arguments):
            return f"{function}({', '.join([_term(argument, _SUM) for argument in arguments])})"
        case Minus(operand):
            return "-" + _term(operand, _FACTOR)
        case Arithmetic("*", left, right):
            text = f"{_term(left, _PRODUCT)} * {_term(right, _FACTOR)}"
            return f"({text})" if needed > _PRODUCT else text
        case Arithmetic(operator, left, right):
            text = f"{_term(left, _SUM)} {operator} {_term(right, _PRODUCT)}"
            return f"({text})" if needed > _SUM else text
