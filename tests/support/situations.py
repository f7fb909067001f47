"""Random bases and observations of several situations, with all that is to be said of them, by truth tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from immutables import Map

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.base.telling import Told
from beliefs.base.track_record import Tally, TrackRecord
from beliefs.failure.diagnosis import Diagnoses, diagnose
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import And, Atom, Formula, Not, Or, PredicateDeclaration
from support.truth_tables import holds, random_entrenchment, random_formula, subsets

SHARED = ("a", "b")
SITUATED = ("p", "q")
CERTAIN = Entrenchment("certain")

Labels = frozenset[str]


def base_of(text: str) -> BeliefBase:
    """A base of a text."""
    base = BeliefBase()
    told = Told.all_of(text, base)
    base = told.declared_in(base)
    return base.add(*told.beliefs(base))


def formulas(*texts: str) -> list[Formula]:
    """Formulas of texts."""
    return [parse_formula(text) for text in texts]


class Case:
    """A random base and observations, and what the answer must be, by looking at every set of candidates.

    Where it is one-sided, nothing but beliefs that are `a`, or `!a`, speaks of `a` with both polarities; so of `b`.
    """

    def __init__(self, seed: int, *, one_sided: bool = False) -> None:
        rng = random.Random(seed)
        self._side = {name: rng.random() < 0.5 for name in SHARED} if one_sided else {}
        self.situated = rng.choice(((), SITUATED, SITUATED, SITUATED[:1]))
        shared = (*SHARED, *(name for name in SITUATED if name not in self.situated))
        count = rng.randint(0, 3) if rng.random() < 0.8 else 2
        propositions = SHARED + SITUATED
        plain = rng.random() < 0.5
        self.base = BeliefBase().add(
            *(
                Belief(
                    f"c{rng.randrange(10)}{number}",
                    self._formula(rng, propositions),
                    Entrenchment() if plain and rng.random() < 0.9 else random_entrenchment(rng),
                )
                for number in range(rng.randint(2, 7))
            )
        )
        # The signature is to know what is situated.
        if one_sided:
            self.base = self.base.declare(*map(PredicateDeclaration, propositions))
        else:
            self.base = self.base.add(
                Belief("about", parse_formula("(a | !a) & (b | !b) & (p | !p) & (q | !q)"), CERTAIN)
            )
        self.base = replace(self.base, record=self._record(random.Random(f"record of {seed}")))
        self.observations = [self._said(rng, propositions, rng.choice((0, 0, 1))) for _ in range(count)]
        situations = range(1, max(1, count) + 1) if self.situated else (1,)
        # Of each situation, by candidate: which rows of its truth table agree; rows are grouped by shared part.
        groups = [[(*part, *own) for own in subsets(self.situated)] for part in subsets(shared)]
        rows = [frozenset(row) for group in groups for row in group]
        self.rows = rows
        self._width = len(groups[0])
        self._groups = len(groups)
        everything = (1 << len(rows)) - 1
        self._tables: list[tuple[int, dict[str, int]]] = []
        self.held: dict[str, Belief] = {}
        self.situation_of: dict[str, int] = {}
        for situation in situations:
            given, tables = everything, {}
            seen = [self.observations[situation - 1]] if self.situated and count else self.observations
            for formula in seen:
                given &= self._table(formula, rows)
            for belief in self.base:
                table = self._table(belief.formula, rows)
                if belief.entrenchment.is_certain:
                    given &= table
                    continue
                momentary = self._is_literal(belief.formula) and self._names(belief.formula) <= set(
                    self.situated
                )
                label = f"{belief.name}@{situation}" if momentary else belief.name
                tables[label] = table
                self.held[label] = belief
                self.situation_of[label] = situation if momentary else 0
            self._tables.append((given, tables))
        self.possible = self._diagnoses()

    def _formula(self, rng: random.Random, propositions: Sequence[str]) -> Formula:
        if rng.random() < 0.3:
            atom = Atom(rng.choice(propositions if self._side else SITUATED))
            return atom if rng.random() < 0.5 else Not(atom)
        return self._said(rng, propositions, rng.choice((0, 1, 1, 2)))

    def _said(self, rng: random.Random, propositions: Sequence[str], depth: int) -> Formula:
        """A random formula; where the case is one-sided, none that says more of a shared atom than it may."""
        if not self._side:
            return random_formula(rng, propositions, depth)
        if depth == 0 or rng.random() < 0.1:
            name = rng.choice(propositions)
            positive = self._side[name] if name in self._side else rng.random() < 0.5
            return Atom(name) if positive else Not(Atom(name))
        connective = rng.choice((And, Or, Or))
        count = rng.choice((2, 2, 3))
        return connective(tuple(self._said(rng, propositions, depth - 1) for _ in range(count)))

    def _record(self, rng: random.Random) -> TrackRecord:
        """What may be on record of the beliefs: most often nothing."""
        tallies = {
            ("belief", print_formula(belief.formula)): Tally(
                Fraction(rng.randrange(4)), Fraction(rng.randrange(4))
            )
            for belief in self.base
            if rng.random() < 0.2
        }
        return TrackRecord(Map(tallies))

    @staticmethod
    def _is_literal(formula: Formula) -> bool:
        return isinstance(formula.operand if isinstance(formula, Not) else formula, Atom)

    @staticmethod
    def _names(formula: Formula) -> set[str]:
        atom = formula.operand if isinstance(formula, Not) else formula
        return {atom.predicate} if isinstance(atom, Atom) else set()

    @staticmethod
    def _table(formula: Formula, rows: Sequence[Labels]) -> int:
        return sum(1 << place for place, row in enumerate(rows) if holds(formula, row))

    def agrees(self, kept: Labels, said: Formula | None = None, situation: int | None = None) -> bool:
        """Whether some values of what is shared can be completed in each situation.

        A further formula may be said of one situation, or of all.
        """
        shared = range(self._groups)
        for number, (given, tables) in enumerate(self._tables, start=1):
            left = given
            if said is not None and situation in (None, number):
                left &= self._table(said, self.rows)
            for label, table in tables.items():
                if label in kept:
                    left &= table
            group = (1 << self._width) - 1
            shared = [each for each in shared if left >> each * self._width & group]  # type: ignore[assignment]
        return bool(shared)

    def _diagnoses(self) -> list[Labels]:
        everything = frozenset(self.held)
        found: list[Labels] = []
        for removed in subsets(self.held):
            if not any(each <= removed for each in found) and self.agrees(everything - removed):
                found.append(removed)
        return sorted(found, key=lambda each: (self.cost(each), sorted(map(self._place, each))))

    def _place(self, label: str) -> tuple[int, str, int]:
        belief = self.held[label]
        return (-belief.age, belief.name, self.situation_of[label])

    def cost(self, labels: Labels) -> Cost:
        return Cost.of(self.base.record.weighed(self.held[label]) for label in labels)

    def diagnose(self, **options: object) -> Diagnoses:
        return diagnose(self.base, self.observations, situated=self.situated, **options)  # type: ignore[arg-type]
