"""Random conflicts with what the least incision of each must be, worked out from every set of labels."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.kernels.incision import Incision, Irrefutable, least_incision
from beliefs.reasoning.verdict import Label, Unknown
from support.conflicts import random_conflict

CERTAIN = Entrenchment("certain")


class Case:
    """A random conflict, how its labels are held, in which order they go, and what the answer must be."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        self.conflict = random_conflict(random, size=8, cores=Random(seed) if seed % 4 else None)
        plain = random.random() < 0.6
        self.held = {label: self._entrenchment(random, plain) for label in self.conflict.labels}
        self.order = random.sample(self.conflict.labels, len(self.conflict.labels))
        possible = self.conflict.incisions(lambda label: not self.held[label].is_certain)
        least = min(map(self.cost, possible), default=None)
        self.best = sorted((each for each in possible if self.cost(each) == least), key=self._places)

    def _entrenchment(self, random: Random, plain: bool) -> Entrenchment:
        if random.random() < 0.12:
            return CERTAIN
        if plain:
            return Entrenchment()
        return Entrenchment(
            random.choice((0, 1, 1, 3)), Fraction(random.randint(1, 3), random.choice((1, 1, 2)))
        )

    def _places(self, removed: frozenset[Label]) -> list[int]:
        return sorted(self.order.index(label) for label in removed)

    def cost(self, removed: frozenset[Label]) -> Cost:
        return Cost.of(self.held[label] for label in removed)

    def solve(self) -> Incision | Irrefutable | Unknown:
        return least_incision(self.conflict, self.held.__getitem__, self.order.index)

    def assert_right(self, answer: Incision | Irrefutable | Unknown) -> None:
        assert not isinstance(answer, Unknown)
        if isinstance(answer, Irrefutable):
            assert not self.best
            assert answer.kernel in self.conflict.kernels()
            assert all(self.held[label].is_certain for label in answer.kernel)
            return
        assert answer.removed == self.best[0]
        assert answer.cost == self.cost(answer.removed)
