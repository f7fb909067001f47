"""What would help a formula to follow: the ground literals to which chains of beliefs lead from it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from beliefs.language.clauses import Pattern, literals
from beliefs.language.semantics import Element, Ground
from beliefs.language.syntax import Comparison, Formula, negation, subformulas
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.grounding import Domain, ground, instances_touching
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import Unknown

INSTANCES: Final = 10_000
"""How many instances of beliefs are looked at before the walk ends: some tenths of a second of work."""

_NAMELESS: Final = "!"
"""What the individuals end in that stand for those without names; no name of the language does."""

GroundLiteral: TypeAlias = tuple[Ground, bool]
"""A ground atom, and whether it is to be true or false."""


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """Literals that may help a formula to follow.

    Attributes:
        literals: the literals, those that fewer beliefs lead to first.
        complete: whether these are all; False where a limit ended the walk, or it came to a comparison.
    """

    literals: tuple[GroundLiteral, ...]
    complete: bool


def hypotheses(theory: Theory, goal: Formula, *, limit: int, deadline: Deadline) -> Hypotheses:
    """Return the ground literals of predicates that can have a part in a proof of a formula.

    The walk is that of `relevance.cone`, literal by literal: from each literal of the negated goal to every instance
    of a belief that holds its complement, and on through the other literals of that instance. The complement of each
    literal reached is a hypothesis. Where the theory, with some of them, is consistent and entails the goal, there is
    a refutation of the negated goal that starts from it, since it is a *set of support* (Wos, Robinson and Carson,
    JACM 1965), and each hypothesis that it needs resolves against a literal that the walk reaches. So no literal about
    individuals that have names is missing, unless the walk comes to a comparison: what bears on equality, functions
    and numbers is not followed, and the answer then says that it is not complete.

    Cost: linear in the individuals that have names, and in the instances that are looked at.

    Args:
        theory: formulas under a signature that covers the goal's symbols.
        goal: the formula, elaborated.
        limit: how many literals to return at most.
        deadline: when to end.
    """
    walk = _Walk(theory)
    found: dict[GroundLiteral, None] = {}
    for pattern, positive in walk.outwards(negation(goal)):
        if len(found) >= limit or isinstance(deadline.remaining(), Unknown):
            return Hypotheses(tuple(found), complete=False)
        found[pattern, not positive] = None
    return Hypotheses(tuple(found), complete=walk.complete)


class _Walk:
    """One walk over a theory, breadth first."""

    def __init__(self, theory: Theory) -> None:
        self.complete = True
        self._theory = theory
        self._domain = _individuals(theory)
        self._left = INSTANCES

    def outwards(self, formula: Formula) -> Iterator[GroundLiteral]:
        """Yield the ground literals that are reached from a formula, each once, nearest first."""
        frontier = deque(self._settled(ground(formula, self._domain)))
        seen = set(frontier)
        while frontier:
            literal = frontier.popleft()
            if not any(_is_nameless(part) for part in literal[0]):
                yield literal
            for instance in self._instances_against(*literal):
                reached = [each for each in self._settled(instance) if each not in seen]
                seen.update(reached)
                frontier += reached

    def _instances_against(self, atom: Ground, positive: bool) -> Iterator[Formula]:
        """Yield the instances of beliefs that hold the complement of a literal, until too many have been seen."""
        for name in sorted(self._theory.touching(atom)):
            for instance in instances_touching(self._theory.formula(name), atom, self._domain):
                if not self._left:
                    self.complete = False
                    return
                self._left -= 1
                if (atom, not positive) in literals(instance, self._theory.signature):
                    yield instance

    def _settled(self, formula: Formula) -> list[GroundLiteral]:
        """The literals of a formula whose arguments are individuals, in an order that is always the same."""
        if any(isinstance(part, Comparison) for part in subformulas(formula)):
            self.complete = False
        found = literals(formula, self._theory.signature)
        return sorted(self._ground(found), key=lambda each: ([str(part) for part in each[0]], each[1]))

    def _ground(self, found: Iterable[tuple[Pattern, bool]]) -> Iterator[GroundLiteral]:
        for pattern, positive in found:
            atom = tuple(part for part in pattern if part is not None)
            if len(atom) == len(pattern):
                yield atom, positive


def _individuals(theory: Theory) -> Domain:
    """The individuals that have names, by sort, and for each open sort one that stands for all others."""
    signature = theory.signature
    names: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, sort in sorted(signature.constants.items()):
        names[sort][name] = None
    for sort, members in signature.sorts.items():
        if members is None:
            names[sort][sort + _NAMELESS] = None
    return dict(names)


def _is_nameless(part: Element) -> bool:
    return isinstance(part, str) and part.endswith(_NAMELESS)
