"""What would help a formula to follow: the ground literals to which chains of beliefs lead from it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from beliefs.language.clauses import Pattern, literals
from beliefs.language.semantics import Element, Ground
from beliefs.language.signature import Signature
from beliefs.language.syntax import Comparison, Formula, negation, subformulas
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.grounding import Domain, ground, individuals, instances_touching, prefix
from beliefs.reasoning.theory import Theory
from beliefs.reasoning.verdict import Unknown

INSTANCES: Final = 10_000
"""How many instances of beliefs are looked at before the walk ends, and over how many individuals one is spelt out."""

LONG: Final = 100
"""An instance counts once more for each so many literals in it."""

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

    Cost: linear in the instances that are looked at, of which there are at most `INSTANCES`, and in the individuals
    that have names; if these are more, variables that nothing settles range over those of the goal alone.

    Args:
        theory: formulas under a signature that covers the goal's symbols.
        goal: the formula, elaborated.
        limit: how many literals to return at most.
        deadline: when to end.
    """
    walk = _Walk(theory, goal, deadline)
    found: dict[GroundLiteral, None] = {}
    for pattern, positive in walk.outwards():
        if len(found) >= limit:
            return Hypotheses(tuple(found), complete=False)
        found[pattern, not positive] = None
    return Hypotheses(tuple(found), complete=walk.complete)


class _Walk:
    """One walk over a theory, breadth first.

    Attributes:
        complete: whether nothing was passed over so far.
    """

    def __init__(self, theory: Theory, goal: Formula, deadline: Deadline) -> None:
        self.complete = True
        self._deadline = deadline
        self._theory = theory
        self._goal = goal
        self._domain = self._individuals()
        self._left = INSTANCES

    def outwards(self) -> Iterator[GroundLiteral]:
        """Yield the ground literals that are reached from the negated goal, each once, nearest first."""
        refuted = negation(self._goal)
        frontier = deque(self._settled(ground(refuted, self._few_for(refuted))))
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
            formula = self._theory.formula(name)
            domain = self._few_for(prefix(formula, self._domain)[1])
            for instance in instances_touching(formula, atom, domain):
                if self._left <= 0 or isinstance(self._deadline.remaining(), Unknown):
                    self.complete = False
                    return
                found = literals(instance, self._theory.signature)
                self._left -= max(1, len(found) // LONG)
                if (atom, not positive) in found:
                    yield instance

    def _settled(self, formula: Formula) -> list[GroundLiteral]:
        """The literals of a formula whose arguments are individuals, in an order that is always the same."""
        if any(isinstance(part, Comparison) for part in subformulas(formula)):
            self.complete = False
        found = literals(formula, self._theory.signature)
        return sorted(_ground(found), key=lambda each: ([str(part) for part in each[0]], each[1]))

    def _individuals(self) -> dict[str, _Names]:
        """The individuals that variables range over: of very many, just those that the goal names."""
        signature = self._theory.signature
        listed: defaultdict[str, list[str]] = defaultdict(list)
        if len(signature.constants) <= INSTANCES:
            for name, sort in sorted(signature.constants.items()):
                listed[sort].append(name)
        else:
            self.complete = False
            for sort, name in sorted(individuals(self._goal, signature)):
                listed[sort].append(name)
        for sort, members in signature.sorts.items():
            if members is None:
                listed[sort].append(sort + _NAMELESS)
        return {sort: _Names(names, sort, signature) for sort, names in listed.items()}

    def _few_for(self, formula: Formula) -> Domain:
        """As many individuals as all quantifiers in a formula can be spelt out over at once."""
        variables = sum(len(getattr(part, "bindings", ())) for part in subformulas(formula))
        most = int(INSTANCES ** (1 / variables)) if variables else INSTANCES
        if all(len(names) <= most for names in self._domain.values()):
            return self._domain
        self.complete = False
        return {sort: names.up_to(most) for sort, names in self._domain.items()}


class _Names(Collection[str]):
    """The individuals of a sort: all of them can be looked up, and some are listed."""

    def __init__(self, listed: Sequence[str], sort: str, signature: Signature) -> None:
        self._listed = listed
        self._sort = sort
        self._signature = signature

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (
            self._signature.constants.get(name) == self._sort or name == self._sort + _NAMELESS
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def up_to(self, most: int) -> _Names:
        """Return the same, with so many listed at most; the last, which may stand for those without names, first."""
        return _Names([*self._listed[-1:], *self._listed[:-1]][:most], self._sort, self._signature)


def _ground(found: Iterable[tuple[Pattern, bool]]) -> Iterator[GroundLiteral]:
    for pattern, positive in found:
        atom = tuple(part for part in pattern if part is not None)
        if len(atom) == len(pattern):
            yield atom, positive


def _is_nameless(part: Element) -> bool:
    return isinstance(part, str) and part.endswith(_NAMELESS)
