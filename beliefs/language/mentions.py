"""What a formula speaks of: its symbols and its ground atoms."""

from __future__ import annotations

from dataclasses import dataclass

from beliefs.language.memo import remembered
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
        # Tests of types, not patterns: whatever is believed passes here several times.
        for part in subformulas(formula):
            kind = type(part)
            if kind is Atom:
                if part.arguments:  # type: ignore[union-attr]
                    walk.atom(part)  # type: ignore[arg-type]
                else:
                    walk.propositions.append(part.predicate)  # type: ignore[union-attr]
            elif kind is Comparison:
                walk.is_rule = True
                walk.terms(part)  # type: ignore[arg-type]
            elif kind is ForAll or kind is Exists:
                walk.is_rule = walk.quantified = True
                bindings = part.bindings  # type: ignore[union-attr]
                walk.sorts.update(binding.sort for binding in bindings if binding.sort is not None)
        walk.symbols.update(walk.propositions)
        walk.atoms.update((name,) for name in walk.propositions)
        return Mentions(
            frozenset(walk.symbols),
            frozenset(walk.atoms),
            frozenset(walk.applied),
            frozenset(walk.patterns),
            frozenset(walk.sorts),
            walk.is_rule,
            walk.quantified,
        )


@remembered(1 << 16)
def mentions(formula: Formula) -> Mentions:
    """Return what the formula of a belief speaks of, which is worked out once."""
    return Mentions.of(formula)


class _Walk:
    """What has been met so far on the way through a formula."""

    def __init__(self) -> None:
        self.propositions: list[str] = []
        self.symbols: set[str] = set()
        self.atoms: set[Ground] = set()
        self.applied: set[Ground] = set()
        self.patterns: set[str] = set()
        self.sorts: set[str] = set()
        self.is_rule = False
        self.quantified = False

    def atom(self, atom: Atom) -> None:
        self.symbols.add(atom.predicate)
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
