"""What does not fit together, in words: the messages of sort inference.

A formula does not carry the text it was read from. Where a message needs to show a use, the formula is printed
canonically and read again: the two trees have the same shape, so the place of the use in one is its place in the
other, and there it has a span.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from beliefs.errors import ParseError, SortError
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.signature import Signature, declared_name
from beliefs.language.span import Span
from beliefs.language.syntax import (
    Binding,
    ConstantDeclaration,
    Declaration,
    Exists,
    ForAll,
    Formula,
    FunctionDeclaration,
    PredicateDeclaration,
    SortDeclaration,
    Term,
    parts,
)


@dataclass(frozen=True, slots=True)
class Use:
    """A place in a formula where a symbol is used."""

    origin: str
    formula: Formula
    node: Formula | Term | Binding

    def describe(self) -> str:
        """Return the name of where this is: a belief, or the input."""
        return "the input" if self.origin == "input" else f"`{self.origin}`"

    def locate(self) -> tuple[str, Span]:
        """Return the canonical text of the formula, and where in it the use stands."""
        text = print_formula(self.formula)
        return text, _find(self.formula, self.node, text) or Span(0, len(text))


@dataclass(frozen=True, slots=True)
class Declared:
    """A place in a declaration: its name, or one of the names that follow it, counted from 0."""

    declaration: Declaration
    index: int | None = None

    def describe(self) -> str:
        """Return what this is, in words."""
        return "its declaration"

    def locate(self) -> tuple[str, Span]:
        """Return the canonical text of the declaration, and where in it the place stands."""
        text = print_declaration(self.declaration)
        names = _names(self.declaration)
        start = text.index(" ") + 1
        if self.index is None:
            return text, Span(start, start + len(names[0]))
        for name in names[: self.index + 1]:
            start = text.index(name, start) + len(name)
        wanted = names[self.index + 1]
        start = text.index(wanted, start)
        return text, Span(start, start + len(wanted))


@dataclass(frozen=True, slots=True)
class Known:
    """A symbol of a signature, or one of its arguments, counted from 0, or its value, counted last."""

    signature: Signature
    name: str
    index: int | None = None

    def describe(self) -> str:
        """Return where this is known from, in words."""
        return "its declaration" if self._declaration() else "what is believed so far"

    def locate(self) -> tuple[str, Span]:
        """Return a declaration that says what is known, and where in it the place stands."""
        declaration = self._declaration()
        if isinstance(declaration, SortDeclaration):
            return Declared(declaration, (declaration.members or ()).index(self.name)).locate()
        return Declared(declaration or self._as_declared(), self.index).locate()

    def _declaration(self) -> Declaration | None:
        for declaration in self.signature.declarations:
            if isinstance(declaration, SortDeclaration):
                if self.name in (declaration.members or ()):
                    return declaration
            elif declared_name(declaration) == self.name:
                return declaration
        return None

    def _as_declared(self) -> Declaration:
        signature, name = self.signature, self.name
        if name in signature.predicates:
            return PredicateDeclaration(name, signature.predicates[name])
        if name in signature.functions:
            return FunctionDeclaration(name, *signature.functions[name])
        return ConstantDeclaration(name, signature.constants[name])


Place = Use | Declared | Known


def clash(message: str, *places: Place | None, hint: str | None = None) -> SortError:
    """Return the error, showing each of the places once, the first as where the error lies."""
    shown = list(dict.fromkeys(_excerpt(place) for place in places if place is not None))
    first = next(place for place in places if place is not None)
    text, span = first.locate()
    line, column = span.position(text)
    return SortError(message, line=line, column=column, context="\n".join(shown), hint=hint)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "did you mean …? or " where a known name is close to this one, else nothing."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`? or " if close else ""


def article(noun: str) -> str:
    """Return a noun with its indefinite article."""
    return f"{'an' if noun[:1] in 'AEIOUaeiou' else 'a'} {noun}"


def count(number: int, noun: str) -> str:
    """Return a number of things, in words: "1 argument", "2 arguments"."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _excerpt(place: Place) -> str:
    text, span = place.locate()
    return f"in {place.describe()}:\n{span.excerpt(text)}"


def _names(declaration: Declaration) -> tuple[str, ...]:
    """Return the names in a declaration, in the order they are written."""
    match declaration:
        case SortDeclaration(name, members):
            return (name, *(members or ()))
        case PredicateDeclaration(name, arguments):
            return (name, *arguments)
        case FunctionDeclaration(name, arguments, result):
            return (name, *arguments, result)
        case ConstantDeclaration(name, sort):
            return (name, sort)


def _find(formula: Formula, node: Formula | Term | Binding, text: str) -> Span | None:
    """Return where in the canonical text of a formula one of its nodes stands, or None where it has no place."""
    from beliefs.language.parser import parse_formula  # slow to import, and few programs meet an error

    try:
        twin = parse_formula(text, canonical=True)
    except ParseError:  # a name that is not one: the tree was built by hand
        return None
    stack: list[tuple[Formula | Term, Formula | Term]] = [(formula, twin)]
    while stack:
        original, copy = stack.pop()
        if original is node:
            return getattr(copy, "span", None)
        if isinstance(original, ForAll | Exists) and isinstance(copy, ForAll | Exists):
            for binding, bound in zip(original.bindings, copy.bindings, strict=True):
                if binding is node:
                    return bound.span
        stack.extend(reversed(list(zip(parts(original), parts(copy), strict=True))))
    return None
