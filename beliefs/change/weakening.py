"""A weaker belief that takes the place of one that a change gave up, and why it may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from beliefs.base.belief import Belief
from beliefs.language.syntax import Formula

RepairKind: TypeAlias = Literal["individual", "property", "bound", "conjunct"]
"""How a belief is weakened: by an exception for individuals, by a guard, by moving a numeric bound, or by dropping
conjuncts of its conclusion."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A success on record that still follows from a weakened rule.

    Together with the weaker belief, `given`, `believed` and `assumed` entail `outcome`.

    Attributes:
        given: what the rule was applied with, as canonical text.
        outcome: what came true, as canonical text.
        believed: a literal that follows from what is believed after the change, and is needed.
        assumed: a negative literal about which the beliefs after the change say nothing, and which is needed: what is
            not known to be so is taken not to be (the closed-world assumption of Reiter 1978).
    """

    given: tuple[str, ...]
    outcome: str
    believed: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discredited:
    """A rule that was given up whole, since it was not worth an exception and nothing else would repair it.

    Attributes:
        name: the name of the rule.
        failed: how often it failed of late, the present failure included.
        held: how often it held since the first of these failures.
    """

    name: str
    failed: int
    held: int


@dataclass(frozen=True, slots=True)
class Repair:
    """A weaker belief in place of one that was given up.

    Attributes:
        kind: how it is weakened.
        of: the name of the belief that it weakens.
        belief: the weaker belief: as entrenched, from the same source and as old as the other.
        detail: what tells it from the other, as text: the property that the failures share, the new bound, or what was
            dropped of the conclusion; None for an exception.
        failures: for each failure on record, what the variables of the rule stood for.
        kept: the successes on record, with what each needs to follow still.
        overtaken: the successes on record that nothing can keep: what they were given is believed, and so is that their
            outcome is false.
        shown: names of beliefs that the proof needs: that the weaker belief follows, and what `kept` says is believed.
    """

    kind: RepairKind
    of: str
    belief: Belief
    detail: str | None = None
    failures: tuple[tuple[str, ...], ...] = ()
    kept: tuple[Kept, ...] = ()
    overtaken: tuple[Kept, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the weaker belief."""
        return self.belief.name

    @property
    def formula(self) -> Formula:
        """What the weaker belief says."""
        return self.belief.formula

    @property
    def assumed(self) -> tuple[str, ...]:
        """All that is assumed for the successes, each assumption once."""
        return tuple(dict.fromkeys(literal for kept in self.kept for literal in kept.assumed))
