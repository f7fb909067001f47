"""First-order logic by enumeration of structures: slow, obvious, sharing nothing but the syntax tree.

One small signature serves all: an open sort `Thing` with the individuals a and b, a closed sort `Room` with
the members k and h, the predicates p(Thing) and at(Thing, Room), the proposition q. A structure is a universe
of things, the set of atoms that hold, and what a and b denote.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from immutables import Map

from beliefs.language.signature import Signature
from beliefs.language.syntax import (
    And,
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Term,
    Truth,
    Variable,
)

ROOMS = ("k", "h")
INDIVIDUALS = ("a", "b")
SIGNATURE = Signature(
    sorts=Map({"Thing": None, "Room": ROOMS}),
    predicates=Map({"p": ("Thing",), "at": ("Thing", "Room"), "q": ()}),
    constants=Map({"a": "Thing", "b": "Thing", "k": "Room", "h": "Room"}),
)


class Structure(NamedTuple):
    """A universe of things, the atoms that hold, and what individuals denote if not themselves."""

    things: tuple[str, ...]
    true: frozenset[tuple[str, ...]]
    denotes: Mapping[str, str]


def holds(formula: Formula, structure: Structure, variables: Mapping[str, str] | None = None) -> bool:
    """Whether a sentence holds in a structure, by the book."""
    scope = variables or {}

    def element(term: Term) -> str:
        if isinstance(term, Variable):
            return scope[term.name]
        assert isinstance(term, Constant)
        return structure.denotes.get(term.name, term.name)

    match formula:
        case Truth(value):
            return value
        case Atom(predicate, arguments):
            return (predicate, *map(element, arguments)) in structure.true
        case Comparison("=", left, right):
            return element(left) == element(right)
        case Comparison("!=", left, right):
            return element(left) != element(right)
        case Not(operand):
            return not holds(operand, structure, scope)
        case And(operands):
            return all(holds(operand, structure, scope) for operand in operands)
        case Or(operands):
            return any(holds(operand, structure, scope) for operand in operands)
        case Implies(premise, conclusion):
            return not holds(premise, structure, scope) or holds(conclusion, structure, scope)
        case Iff(left, right):
            return holds(left, structure, scope) == holds(right, structure, scope)
        case ForAll(bindings, body) | Exists(bindings, body):
            universes = [structure.things if binding.sort == "Thing" else ROOMS for binding in bindings]
            cases = (
                holds(
                    body, structure, {**scope, **dict(zip([b.name for b in bindings], chosen, strict=True))}
                )
                for chosen in product(*universes)
            )
            return all(cases) if isinstance(formula, ForAll) else any(cases)
    raise TypeError(formula)


def structures(things: Sequence[str], denotes: Mapping[str, str]) -> Iterator[Structure]:
    """Yield every structure over a universe of things."""
    atoms = [("q",), *(("p", thing) for thing in things), *(("at", *pair) for pair in product(things, ROOMS))]
    for chosen in product((False, True), repeat=len(atoms)):
        true = frozenset(atom for atom, true in zip(atoms, chosen, strict=True) if true)
        yield Structure(tuple(things), true, denotes)


def satisfiable(formulas: Sequence[Formula], names: Sequence[str], most: int, unique: bool) -> bool:
    """Whether sentences hold together in a structure of at most so many things, by enumeration.

    Args:
        formulas: sentences over `SIGNATURE`.
        names: the individuals in them.
        most: the largest universe to try.
        unique: whether individuals are distinct.
    """
    for size in range(max(1, len(names) if unique else 1), most + 1):
        things = [*names[:size], *(f"thing{index}" for index in range(size - len(names[:size])))]
        denotations = [dict(zip(names, names, strict=True))] if unique else _denotations(names, things)
        for denotes in denotations:
            if any(all(holds(each, one) for each in formulas) for one in structures(things, denotes)):
                return True
    return False


def _denotations(names: Sequence[str], things: Sequence[str]) -> list[dict[str, str]]:
    return [dict(zip(names, chosen, strict=True)) for chosen in product(things, repeat=len(names))]


def random_sentence(
    rng: random.Random, depth: int = 3, scope: Mapping[str, str] | None = None, equality: bool = True
) -> Formula:
    """A random sentence over `SIGNATURE`; `scope` has the variables that may occur, with their sorts."""
    scope = scope or {}
    if depth == 0 or rng.random() < 0.2:
        return _random_atom(rng, scope, equality)
    kind = rng.randrange(9)
    if kind < 3:
        sorts = [rng.choice(("Thing", "Thing", "Room")) for _ in range(rng.choice((1, 1, 2)))]
        names = rng.sample(("x", "y", "z"), len(sorts))
        bindings = tuple(Binding(name, sort) for name, sort in zip(names, sorts, strict=True))
        inner = {**scope, **dict(zip(names, sorts, strict=True))}
        quantifier = rng.choice((ForAll, ForAll, Exists))
        return quantifier(bindings, random_sentence(rng, depth - 1, inner, equality))
    parts = tuple(random_sentence(rng, depth - 1, scope, equality) for _ in range(rng.choice((2, 2, 3))))
    match kind:
        case 3:
            return Not(parts[0])
        case 4:
            return And(parts)
        case 5 | 6:
            return Or(parts)
        case 7:
            return Implies(parts[0], parts[1])
        case _:
            return Iff(parts[0], parts[1])


def _random_atom(rng: random.Random, scope: Mapping[str, str], equality: bool) -> Formula:
    def term(sort: str) -> Term:
        variables = [name for name, of in scope.items() if of == sort]
        if variables and rng.random() < 0.75:
            return Variable(rng.choice(variables))
        return Constant(rng.choice(INDIVIDUALS if sort == "Thing" else ROOMS))

    match rng.randrange(10):
        case 0:
            return Atom("q")
        case 1:
            return Truth(rng.random() < 0.5)
        case 2 if equality:
            sort = rng.choice(("Thing", "Room"))
            return Comparison(rng.choice(("=", "!=")), term(sort), term(sort))
        case 3 | 4 | 5:
            return Atom("p", (term("Thing"),))
        case _:
            return Atom("at", (term("Thing"), term("Room")))
