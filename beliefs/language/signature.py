"""The symbols of a base and their sorts, as one frozen value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from immutables import Map

from beliefs.language.syntax import (
    ConstantDeclaration,
    Declaration,
    FunctionDeclaration,
    PredicateDeclaration,
    SortDeclaration,
)
from beliefs.layered import PersistentMap

INT = "Int"
REAL = "Real"
THING = "Thing"
"""The open sort of every individual of which nothing says more."""

NUMERIC = frozenset({INT, REAL})


@dataclass(frozen=True)
class Signature:
    """What every symbol is: declared, or inferred from its use over a whole base.

    A name is one symbol of one kind. Inference leaves no sort open: what nothing settles is `Thing`, and a
    number that nothing makes Real is Int.

    Attributes:
        sorts: each sort but Int and Real, with the names of its members where it is closed, or None.
        predicates: each predicate with the sorts of its arguments; a proposition has none.
        functions: each function with the sorts of its arguments and of its value. Declared functions without
            arguments are here too; they are terms whose value the beliefs may fix.
        constants: each individual with its sort, the members of closed sorts among them.
        declarations: what was declared, in order; all else was inferred.
    """

    sorts: Map[str, tuple[str, ...] | None] = field(default_factory=lambda: Map({THING: None}))
    predicates: PersistentMap[str, tuple[str, ...]] = field(default_factory=Map)
    functions: PersistentMap[str, tuple[tuple[str, ...], str]] = field(default_factory=Map)
    constants: PersistentMap[str, str] = field(default_factory=Map)
    declarations: tuple[Declaration, ...] = ()

    def is_closed(self, sort: str) -> bool:
        """Return whether the sort has just the members its declaration lists."""
        return self.sorts.get(sort) is not None

    def functions_among(self, names: Iterable[str]) -> list[str]:
        """Return those names that are functions. Cost: that of the names, however many functions there are."""
        return [name for name in names if name in self.functions]

    def kind(self, name: str) -> str | None:
        """Return what a name is, in words ("a predicate"), or None where it is not in use."""
        if name in self.predicates:
            return "a predicate" if self.predicates[name] else "a proposition"
        if name in self.functions:
            return "a function"
        if name in self.constants:
            return "an individual"
        if name in self.sorts or name in NUMERIC:
            return "a sort"
        return None


def declared_name(declaration: Declaration) -> str:
    """Return the name that a declaration introduces."""
    match declaration:
        case (
            SortDeclaration(name=name)
            | PredicateDeclaration(name=name)
            | FunctionDeclaration(name=name)
            | ConstantDeclaration(name=name)
        ):
            return name
