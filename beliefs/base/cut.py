"""The cut of a base at a level: what is believed at least so firmly.

References:
    Gärdenfors, Makinson: Revisions of knowledge systems using epistemic entrenchment. TARK 1988.
    Nebel: Base revision operations and schemes. ECAI 1994, for cuts of bases rather than of theories.
"""

from __future__ import annotations

from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment, Level


def cut(base: BeliefBase, level: Level) -> BeliefBase:
    """Return the part of a base that is entrenched at a level or above it; what is certain always is.

    The part of a consistent base is consistent, and the witness of the base is one of it.

    Raises:
        ValueError: the level is none.

    Cost: linear in the base.
    """
    least = Entrenchment(level).rank
    return base.remove(*(belief.name for belief in base if belief.entrenchment.rank < least))
