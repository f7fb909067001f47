"""Small worlds of random rules and literals, in which every question is decided by the enumeration of structures.

A formula stands for the set of the structures in which it is true, as the bits of one integer: connectives are then
operations on integers, and a quantifier is a conjunction over the universe. Besides the individuals there may be
someone without a name, for each variable of a rule: a universal formula is refuted by so many, if at all.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import product
from operator import and_, or_

from beliefs.language.syntax import (
    TRUE,
    And,
    Atom,
    Comparison,
    Constant,
    ForAll,
    Formula,
    Implies,
    Not,
    Or,
    Term,
    Truth,
    Variable,
)


@dataclass(frozen=True)
class _Structures:
    """All structures over one universe."""

    predicates: tuple[tuple[str, int], ...]
    universe: tuple[str, ...]

    @cached_property
    def atoms(self) -> dict[tuple[str, ...], int]:
        """Each ground atom, as the set of the structures in which it is true."""
        names = [
            (predicate, *arguments)
            for predicate, arity in self.predicates
            for arguments in product(self.universe, repeat=arity)
        ]
        return {name: self._column(place, len(names)) for place, name in enumerate(names)}

    @cached_property
    def all(self) -> int:
        return (1 << (1 << len(self.atoms))) - 1

    @staticmethod
    def _column(place: int, count: int) -> int:
        """Bit `i` is bit `place` of `i`, for all i below 2^count: runs of zeros and ones, again and again."""
        width = 1 << place
        column = ((1 << width) - 1) << width
        while 2 * width < 1 << count:
            width *= 2
            column |= column << width
        return column

    def models(self, formula: Formula, scope: Mapping[str, str] | None = None) -> int:
        """The set of the structures in which a formula is true."""
        scope = scope or {}

        def element(term: Term) -> str:
            if isinstance(term, Variable):
                return scope[term.name]
            assert isinstance(term, Constant)
            return term.name

        match formula:
            case Truth(value):
                return self.all if value else 0
            case Atom(predicate, arguments):
                return self.atoms[predicate, *map(element, arguments)]
            case Comparison(operator, left, right):
                return self.all if (element(left) == element(right)) is (operator == "=") else 0
            case Not(operand):
                return self.all & ~self.models(operand, scope)
            case And(operands):
                return reduce(and_, (self.models(each, scope) for each in operands))
            case Or(operands):
                return reduce(or_, (self.models(each, scope) for each in operands))
            case Implies(premise, conclusion):
                return (self.all & ~self.models(premise, scope)) | self.models(conclusion, scope)
            case ForAll(bindings, body):
                names = [binding.name for binding in bindings]
                chosen = product(self.universe, repeat=len(names))
                return reduce(
                    and_,
                    (self.models(body, {**scope, **dict(zip(names, each, strict=True))}) for each in chosen),
                )
        raise TypeError(formula)


@dataclass(frozen=True)
class World:
    """Predicates by their arity, individuals, and at most so many more who have no name."""

    predicates: tuple[tuple[str, int], ...]
    individuals: tuple[str, ...]
    nameless: int

    @cached_property
    def sizes(self) -> tuple[_Structures, ...]:
        """The structures over each universe: the individuals alone, and with more and more others."""
        others = [f"#{number}" for number in range(self.nameless)]
        return tuple(
            _Structures(self.predicates, (*self.individuals, *others[:more]))
            for more in range(self.nameless + 1)
        )

    def models(self, formula: Formula, scope: Mapping[str, str] | None = None) -> int:
        """The set of the structures in which a formula is true, those of each size behind one another."""
        found = 0
        for structures in self.sizes:
            found = (found << (1 << len(structures.atoms))) | structures.models(formula, scope)
        return found

    def of(self, formulas: Iterable[Formula]) -> int:
        """The set of the structures in which formulas are true together."""
        return reduce(and_, map(self.models, formulas), self.models(TRUE))

    def entails(self, premises: Iterable[Formula], conclusion: Formula) -> bool:
        return not self.of([*premises, Not(conclusion)])


UNARY = World((("p", 1), ("q", 1), ("r", 1)), ("a", "b", "c"), 1)
BINARY = World((("p", 1), ("s", 2)), ("a", "b"), 2)


def literal(rng: random.Random, world: World, terms: Sequence[str], negative: float = 0.3) -> str:
    predicate, arity = rng.choice(world.predicates)
    sign = "!" if rng.random() < negative else ""
    return f"{sign}{predicate}({', '.join(rng.choice(terms) for _ in range(arity))})"


def rule(rng: random.Random, world: World) -> str:
    """A rule with one or two premises and conclusions; now and then with an exception or without premises."""
    variables = ["x"] if world is UNARY else rng.choice((["x"], ["x", "y"]))
    terms = variables if rng.random() < 0.9 else [*variables, "a"]
    premises = [literal(rng, world, terms) for _ in range(rng.choice((0, 1, 1, 1, 2, 2)))]
    if rng.random() < 0.2:
        premises.append(f"x != {rng.choice(world.individuals)}")
    conclusions = " & ".join(literal(rng, world, terms) for _ in range(rng.choice((1, 1, 1, 2, 3))))
    body = f"{' & '.join(premises)} -> {conclusions}" if premises else conclusions
    return f"forall {', '.join(variables)}. {body}"
