"""How firmly a belief is held, and what giving beliefs up costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering
from typing import Literal, TypeAlias

Level: TypeAlias = int | Literal["certain"]
"""A level of entrenchment: an integer from 0, or "certain" for what no operation gives up."""

CERTAIN: Literal["certain"] = "certain"
DEFAULT_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Entrenchment:
    """A level, and the weight inside it.

    Levels compare lexicographically: one belief of level 3 outweighs any number of level 2. Inside a level the
    cost of giving beliefs up is the sum of their weights. The weight of a certain belief means nothing.
    """

    level: Level = DEFAULT_LEVEL
    weight: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        if self.level != CERTAIN and (type(self.level) is not int or self.level < 0):
            raise ValueError(f"a level is an integer from 0, or 'certain'; not {self.level!r}")
        if self.weight <= 0:
            raise ValueError(f"a weight is a positive number; not {self.weight}")

    @property
    def is_certain(self) -> bool:
        """Whether no operation gives the belief up."""
        return self.level == CERTAIN

    @property
    def rank(self) -> tuple[bool, int]:
        """Where its level stands among all levels: the larger, the firmer, and certain above every integer."""
        return (True, 0) if self.level == "certain" else (False, self.level)

    def __str__(self) -> str:
        if self.weight == 1 or self.is_certain:
            return str(self.level)
        return f"{self.level}*{self.weight}"


@total_ordering
@dataclass(frozen=True, slots=True)
class Cost:
    """What an incision costs: for each level it touches, the sum of the weights given up there.

    Costs compare lexicographically from the highest level down.

    Attributes:
        by_level: (level, weight) pairs, the highest level first, no weight zero.
    """

    by_level: tuple[tuple[int, Fraction], ...] = ()

    @staticmethod
    def of(entrenchments: Iterable[Entrenchment]) -> Cost:
        """Return the cost of giving up beliefs so entrenched.

        Raises:
            ValueError: one of them is certain, which no cost can pay for.
        """
        sums: dict[int, Fraction] = {}
        for entrenchment in entrenchments:
            if entrenchment.level == "certain":
                raise ValueError("a certain belief is never given up")
            spent = sums.get(entrenchment.level)
            sums[entrenchment.level] = entrenchment.weight if spent is None else spent + entrenchment.weight
        return Cost(tuple(sorted(sums.items(), reverse=True)))

    @property
    def total(self) -> Fraction:
        """The sum of all weights given up, whatever their level."""
        return sum((weight for _, weight in self.by_level), Fraction(0))

    def __lt__(self, other: Cost) -> bool:
        # Tuples of (level, weight) compare as the levels do: the first difference is at the highest level on
        # which the two disagree, and touching a higher level, or more of it, costs more.
        return self.by_level < other.by_level

    def __str__(self) -> str:
        if not self.by_level:
            return "nothing"
        return ", ".join(f"{weight} at level {level}" for level, weight in self.by_level)
