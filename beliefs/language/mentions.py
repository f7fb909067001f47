"""What a formula speaks of: its symbols and its ground atoms."""

from __future__ import annotations

from dataclasses import dataclass

from beliefs.language.semantics import Ground
from beliefs.language.syntax import (
    Application,
    Arithmetic,
    Atom,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Minus,
    Number,
    subformulas,
    subterms,
)


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a formula speaks of, by the look of it: no signature is asked.

    Attributes:
        symbols: its predicates, functions and individuals.
        atoms: its ground atoms, any bare name in them taken for an individual.
        terms: its functions applied to bare names, these taken for individuals.
        patterns: the predicates and functions that it applies to something other than bare names.
        sorts: the sorts that its quantifiers name.
        is_rule: whether it has quantifiers, functions, numbers or equality in it. If not, it is a combination
            of its ground atoms.
        quantified: whether it has quantifiers in it.
    """

    symbols: frozenset[str]
    atoms: frozenset[Ground]
    terms: frozenset[Ground]
    patterns: frozenset[str]
    sorts: frozenset[str]
    is_rule: bool
    quantified: bool

    @staticmethod
    def of(formula: Formula) -> Mentions:
        """Return what a formula speaks of. Cost: linear."""
        walk = _Walk()
        for part in subformulas(formula):
            kind = type(part)
            if kind is Atom:
                walk.atom(part)  # type: ignore[arg-type]
            elif kind is Comparison:
                walk.is_rule = True
                walk.terms(part)  # type: ignore[arg-type]
            elif isinstance(part, ForAll | Exists):
                walk.is_rule = walk.quantified = True
                walk.sorts.update(binding.sort for binding in part.bindings if binding.sort is not None)
        return Mentions(
            frozenset(walk.symbols),
            frozenset(walk.atoms),
            frozenset(walk.applied),
            frozenset(walk.patterns),
            frozenset(walk.sorts),
            walk.is_rule,
            walk.quantified,
        )


class _Walk:
    """What has been met so far on the way through a formula."""

    def __init__(self) -> None:
        self.symbols: set[str] = set()
        self.atoms: set[Ground] = set()
        self.applied: set[Ground] = set()
        self.patterns: set[str] = set()
        self.sorts: set[str] = set()
        self.is_rule = False
        self.quantified = False

    def atom(self, atom: Atom) -> None:
        self.symbols.add(atom.predicate)
        if not atom.arguments:
            self.atoms.add((atom.predicate,))
            return
        names = [argument.name for argument in atom.arguments if isinstance(argument, Constant)]
        if len(names) == len(atom.arguments):
            self.symbols.update(names)
            self.atoms.add((atom.predicate, *names))
            return
        self.patterns.add(atom.predicate)
        self.terms(atom)

    def terms(self, part: Atom | Comparison) -> None:
        for term in subterms(part):
            match term:
                case Constant(name):
                    self.symbols.add(name)
                case Application(function, arguments):
                    self.symbols.add(function)
                    self.is_rule = True
                    names = [argument.name for argument in arguments if isinstance(argument, Constant)]
                    if len(names) == len(arguments):
                        self.applied.add((function, *names))
                    else:
                        self.patterns.add(function)
                case Number() | Minus() | Arithmetic():
                    self.is_rule = True
