"""The times that a rule proved right, and how each of them follows still from a weaker one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from beliefs.base.belief_base import BeliefBase
from beliefs.base.case import Case
from beliefs.change.weakening import Kept
from beliefs.errors import SortError
from beliefs.failure.rule import Individuals
from beliefs.failure.standing import Standing
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.sorts import symbols
from beliefs.language.syntax import Formula, Not, negation
from beliefs.reasoning.verdict import Sat, Unknown

KeptSuccesses: TypeAlias = tuple[tuple[Kept, tuple[str, ...]], ...]
"""How each success on record still follows, with the names of the beliefs that this needs."""


@dataclass(frozen=True, slots=True)
class Success:
    """A success on record, its texts read."""

    individuals: Individuals
    given: tuple[Formula, ...]
    outcome: Formula

    @staticmethod
    def of(case: Case) -> Success:
        """Read a case of a rule that did not fail.

        Raises:
            LanguageError: one of its texts cannot be read.
        """
        given = tuple(parse_formula(text, canonical=True) for text in case.given)
        return Success(case.individuals, given, parse_formula(case.outcome, canonical=True))

    def is_known_to(self, base: BeliefBase) -> bool:
        """Return whether a base knows all that the success speaks of, as what that takes it for.

        An individual is known while a belief mentions it, and a member of a closed sort always.
        """
        formulas = (*self.given, self.outcome)
        spoken = frozenset(self.individuals).union(*map(symbols, formulas))
        if not all(_is_known(name, base) for name in spoken):
            return False
        try:
            return base.understanding(*formulas).signature is base.signature
        except SortError:
            return False

    def told(self) -> Kept:
        """Return the success as repairs tell it, with nothing that it needs."""
        return Kept(tuple(map(print_formula, self.given)), print_formula(self.outcome))


class Successes:
    """The successes on record of a belief that was given up."""

    def __init__(self, standing: Standing, cases: Iterable[Case]) -> None:
        """Take up the record of a belief: of its cases, those that did not fail."""
        self._standing = standing
        # When it proved right does not matter here, nor how often.
        self._cases = dict.fromkeys(replace(case, number=0) for case in cases if not case.failed)

    @cached_property
    def to_keep(self) -> tuple[Success, ...]:
        """The successes on record that are to be kept."""
        return tuple(success for success in self._recorded if success not in self.overtaken)

    @cached_property
    def overtaken(self) -> tuple[Success, ...]:
        """The successes on record that nothing can keep.

        What they were given is believed, and so is that their outcome is false: they would not come true now.
        """
        return tuple(
            success
            for success in self._recorded
            if self._standing.entailed(negation(success.outcome), self._standing.after) is True
            and all(self._standing.entailed(given, self._standing.after) is True for given in success.given)
        )

    def kept_by(self, formula: Formula, shared: Formula | None) -> KeptSuccesses | Unknown | None:
        """Return how each success on record still follows, and which beliefs that needs; None where one does not."""
        kept: list[tuple[Kept, tuple[str, ...]]] = []
        for success in self.to_keep:
            found = self._kept(formula, shared, success)
            if found is None or isinstance(found, Unknown):
                return found
            kept.append(found)
        return tuple(kept)

    @cached_property
    def _recorded(self) -> tuple[Success, ...]:
        """The successes on record that can be told of what is believed now, and that the rule had a part in."""
        return tuple(
            success
            for success in map(Success.of, self._cases)
            if success.is_known_to(self._standing.after)
            and self._standing.entails(success.given, success.outcome) is not True
        )

    def _kept(
        self, formula: Formula, shared: Formula | None, success: Success
    ) -> tuple[Kept, tuple[str, ...]] | Unknown | None:
        """Return how one success still follows from a formula, with the guard of which it needs to know if need be."""
        premises = (formula, *success.given)
        told = success.told()
        follows = self._standing.entails(premises, success.outcome)
        if isinstance(follows, Unknown):
            return follows
        if follows:
            return told, ()
        if shared is None or len(success.individuals) != len(self._standing.rule.variables):
            return None
        guard = negation(self._standing.rule.said_at(shared, success.individuals))
        enough = self._standing.entails((*premises, guard), success.outcome)
        if isinstance(enough, Unknown):
            return enough
        if not enough:
            return None
        proof = self._standing.proof(self._standing.after, negation(guard))
        if isinstance(proof, Unknown):
            return proof
        if proof is not None:
            return replace(told, believed=(print_formula(guard),)), proof
        # Closed world: what is not known to be so is taken not to be so, and never the other way round.
        possible = self._standing.agrees(guard)
        if isinstance(possible, Unknown):
            return possible
        if isinstance(guard, Not) and isinstance(possible, Sat):
            return replace(told, assumed=(print_formula(guard),)), ()
        return None


def _is_known(name: str, base: BeliefBase) -> bool:
    """Whether a base knows a symbol; an individual that is merely declared, it does not."""
    signature = base.signature
    sort = signature.constants.get(name)
    if sort is None or signature.is_closed(sort):
        return signature.kind(name) is not None
    return any(base.mentioning(name))
