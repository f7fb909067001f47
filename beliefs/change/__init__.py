"""Operators of belief change: functions from a base and an input to a `Change`, without side effects."""

from beliefs.change.change import Alternatives, Change
from beliefs.change.consolidation import consolidate
from beliefs.change.contraction import contract
from beliefs.change.expansion import expand
from beliefs.change.restoration import restore
from beliefs.change.revision import revise
from beliefs.change.semirevision import semi_revise

__all__ = ["Alternatives", "Change", "consolidate", "contract", "expand", "restore", "revise", "semi_revise"]
