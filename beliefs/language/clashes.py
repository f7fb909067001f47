"""What does not fit together, in words: the messages of sort inference.

A formula does not carry the text it was read from. Where its origin does, a message shows a use in that text, by
the span it has there. Else the formula is printed canonically and read again: the two trees have the same shape, so
the place of the use in one is its place in the other, and there it has a span.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from beliefs.errors import ParseError, SortError
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.signature import Signature, declared_name
from beliefs.language.span import Origin, Span
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


class Location(NamedTuple):
    """A stretch of a text; `given` tells a text that a caller gave from one that was printed for the message."""

    text: str
    span: Span
    given: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A place in a formula where a symbol is used."""

    origin: str
    formula: Formula
    node: Formula | Term | Binding

    def describe(self) -> str:
        """Return the name of where this is: a belief, or the input."""
        return "the input" if self.origin == "input" else f"`{self.origin}`"

    def locate(self) -> Location:
        """Return where the use stands in the text of its origin, or else in the canonical text of the formula."""
        text = _text(self.origin)
        span: Span | None = getattr(self.node, "span", None)
        if text is not None and span is not None:
            return Location(text, span, given=True)
        text = print_formula(self.formula)
        return Location(text, _find(self.formula, self.node, text) or Span(0, len(text)), given=False)


@dataclass(frozen=True, slots=True)
class Declared:
    """A place in a declaration: its name, or one of the names that follow it, counted from 0."""

    declaration: Declaration
    index: int | None = None
    origin: str = "input"

    def describe(self) -> str:
        """Return what this is, in words."""
        return "its declaration"

    def locate(self) -> Location:
        """Return where the place stands in the text of its origin, or else in that of the declaration, printed."""
        text, span = _text(self.origin), self.declaration.span
        if text is not None and span is not None:
            return Location(text, self._span(text, span.start), given=True)
        text = print_declaration(self.declaration)
        return Location(text, self._span(text, text.index(" ") + 1), given=False)

    def _span(self, text: str, start: int) -> Span:
        """Return where the place stands in a text, in which the declared name begins at `start`."""
        first, *others = _names(self.declaration)
        if self.index is None:
            return Span(start, start + len(first))
        code = text[:start] + _COMMENT.sub(lambda comment: " " * len(comment[0]), text[start:])
        start += len(first)
        if isinstance(
            self.declaration, ConstantDeclaration
        ):  # other names may share the sort: `const a, b: Room`
            start = code.index(":", start)
        for name in others[: self.index]:
            start = code.index(name, start) + len(name)
        start = code.index(others[self.index], start)
        return Span(start, start + len(others[self.index]))


@dataclass(frozen=True, slots=True)
class Known:
    """A symbol of a signature, or one of its arguments, counted from 0, or its value, counted last."""

    signature: Signature
    name: str
    index: int | None = None
    origins: Mapping[Declaration, str] = field(default_factory=dict)

    def describe(self) -> str:
        """Return where this is known from, in words."""
        return "its declaration" if self._declaration() else "what is believed so far"

    def locate(self) -> Location:
        """Return where the place stands in a declaration that says what is known."""
        declaration = self._declaration()
        if declaration is None:
            return Declared(self._as_declared(), self.index).locate()
        origin = self.origins.get(declaration, "input")
        if isinstance(declaration, SortDeclaration):
            return Declared(declaration, (declaration.members or ()).index(self.name), origin).locate()
        return Declared(declaration, self.index, origin).locate()

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
    """Return the error, showing each of the places once, the first as where the error lies.

    A line and column are those of a text that the caller gave, if any of the places stands in one: where the error
    lies elsewhere then, it has none.
    """
    known = [(place.describe(), place.locate()) for place in places if place is not None]
    shown = dict.fromkeys(_excerpt(description, location) for description, location in known)
    context = "\n".join(shown)
    text, span, given = known[0][1]
    if not given and any(location.given for _, location in known):
        return SortError(message, context=context, hint=hint)
    line, column = span.position(text)
    return SortError(message, line=line, column=column, context=context, hint=hint)


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


_COMMENT = re.compile(r"#[^\n]*")


def _text(origin: str) -> str | None:
    return origin.text if isinstance(origin, Origin) else None


def _excerpt(description: str, location: Location) -> str:
    text, span, given = location
    line = f", line {span.position(text)[0]}" if given and "\n" in text.strip() else ""
    return f"in {description}{line}:\n{span.excerpt(text)}"


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
        twin = parse_formula(text, canonical=True, spans=True)
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
