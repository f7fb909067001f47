"""Propositional logic by truth tables: slow, obvious, and sharing nothing with the package but the syntax tree."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import Entrenchment
from beliefs.language.syntax import And, Atom, Formula, Iff, Implies, Not, Or, Truth


def subsets(items: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield all subsets, the smaller before the larger."""
    items = list(items)
    return map(frozenset, chain.from_iterable(combinations(items, size) for size in range(len(items) + 1)))


def holds(formula: Formula, true: frozenset[str]) -> bool:
    """Whether a formula holds when just these propositions do."""
    match formula:
        case Truth(value):
            return value
        case Atom(name):
            return name in true
        case Not(operand):
            return not holds(operand, true)
        case And(operands):
            return all(holds(operand, true) for operand in operands)
        case Or(operands):
            return any(holds(operand, true) for operand in operands)
        case Implies(premise, conclusion):
            return not holds(premise, true) or holds(conclusion, true)
        case Iff(left, right):
            return holds(left, true) == holds(right, true)
    raise TypeError(formula)


def satisfiable(formulas: Iterable[Formula], propositions: Sequence[str]) -> bool:
    """Whether some assignment makes all formulas hold."""
    formulas = list(formulas)
    return any(all(holds(formula, true) for formula in formulas) for true in subsets(propositions))


def kernels(
    beliefs: Sequence[Belief], test: Sequence[Formula], propositions: Sequence[str]
) -> set[frozenset[str]]:
    """All minimal sets of beliefs, by name, that contradict the test formulas: by power set and truth table."""
    by_name = {belief.name: belief.formula for belief in beliefs}
    found: list[frozenset[str]] = []
    for names in subsets(by_name):
        if any(kernel <= names for kernel in found):
            continue
        if not satisfiable([*test, *(by_name[name] for name in names)], propositions):
            found.append(names)
    return set(found)


def best_incisions(beliefs: Sequence[Belief], conflicts: set[frozenset[str]]) -> list[frozenset[str]]:
    """All sets of beliefs that cut every kernel at least cost, the one that ties are broken for first; by power set."""
    revisable = {belief.name: belief for belief in beliefs if not belief.entrenchment.is_certain}
    cutting = [names for names in subsets(revisable) if all(names & kernel for kernel in conflicts)]
    if not cutting:
        return []

    def cost(names: frozenset[str]) -> list[Fraction]:
        levels = sorted({int(belief.entrenchment.level) for belief in revisable.values()}, reverse=True)
        return [
            sum(
                (
                    revisable[name].entrenchment.weight
                    for name in names
                    if revisable[name].entrenchment.level == level
                ),
                Fraction(0),
            )
            for level in levels
        ]

    least = min(map(cost, cutting))
    newest_first = sorted(revisable.values(), key=lambda belief: (-belief.age, belief.name))

    def newest_goes(names: frozenset[str]) -> list[bool]:
        return [belief.name not in names for belief in newest_first]

    return sorted((names for names in cutting if cost(names) == least), key=newest_goes)


def random_formula(rng: random.Random, propositions: Sequence[str], depth: int = 2) -> Formula:
    """A random formula; most are short, some mention nothing twice, a few are constant."""
    if depth == 0 or rng.random() < 0.25:
        if rng.random() < 0.03:
            return Truth(rng.random() < 0.5)
        atom = Atom(rng.choice(propositions))
        return atom if rng.random() < 0.6 else Not(atom)
    parts = tuple(random_formula(rng, propositions, depth - 1) for _ in range(rng.choice((2, 2, 3))))
    match rng.randrange(6):
        case 0:
            return And(parts)
        case 1 | 2:
            return Or(parts)
        case 3 | 4:
            return Implies(parts[0], parts[1])
        case _:
            return Iff(parts[0], parts[1])


def random_entrenchment(rng: random.Random) -> Entrenchment:
    """A random entrenchment: some certain, few levels, few weights, so that ties are common."""
    if rng.random() < 0.15:
        return Entrenchment("certain")
    return Entrenchment(
        rng.choice((0, 1, 1, 1, 2)), rng.choice((Fraction(1), Fraction(1), Fraction(2), Fraction(1, 2)))
    )
