"""What lies between two states of a base."""

from __future__ import annotations

from dataclasses import dataclass

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase


@dataclass(frozen=True)
class Difference:
    """The beliefs in which two bases differ.

    Attributes:
        added: beliefs that only the later one holds, oldest first.
        removed: beliefs that only the earlier one holds, oldest first.
        changed: beliefs that both hold under one name, but not alike: as they were, and as they became.
    """

    added: tuple[Belief, ...]
    removed: tuple[Belief, ...]
    changed: tuple[tuple[Belief, Belief], ...]

    @staticmethod
    def between(earlier: BeliefBase, later: BeliefBase) -> Difference:
        """Return the difference of two bases. Cost: linear in both."""
        return Difference(
            added=tuple(belief for belief in later if belief.name not in earlier),
            removed=tuple(belief for belief in earlier if belief.name not in later),
            changed=tuple(
                (earlier[belief.name], belief)
                for belief in later
                if belief.name in earlier and earlier[belief.name] != belief
            ),
        )
