"""Restoration: the way back to a former base, with the proof that what comes back is consistent."""

from __future__ import annotations

from dataclasses import replace

from beliefs.base.belief_base import BeliefBase
from beliefs.change.certify import certify
from beliefs.change.change import Change
from beliefs.language.semantics import Model
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import UNLIMITED, Budget, Sat


def restore(
    before: BeliefBase,
    former: BeliefBase,
    *,
    reason: str | None = None,
    budget: Budget = UNLIMITED,
) -> Change:
    """Return the change from a base back to one that was believed before.

    It is always done. Where the former base is found consistent, it comes with a witness, and with a certificate that
    proves it: that of a consolidation of the former base, which has nothing to do. Where it is not, or the budget
    does not last, it comes without; then the next change proves its result from nothing.

    Args:
        before: the base that is left.
        former: the base to return to.
        reason: why, for those who read the change.
        budget: what the search for the witness may spend.
    """
    added = tuple(belief for belief in former if belief.name not in before or before[belief.name] != belief)
    removed = tuple(belief for belief in before if belief.name not in former or former[belief.name] != belief)
    change = Change("undo", None, "done", before, former, added, removed, reason=reason)
    witness = inherited(before, former)
    suspects = [belief.name for belief in added]
    verdict = Inquiry(former, hypothesis=witness, suspects=suspects, budget=budget).without(())
    if not isinstance(verdict, Sat):
        return change
    known = former.knowing(verdict.model, consistent=True)
    nothing_to_do = Change("consolidate", None, "vacuous", former.knowing(witness, consistent=None), known)
    proof = certify(nothing_to_do, None, verdict.model, [belief.formula for belief in added])
    return replace(change, after=known, certificate=proof.certificate)


def inherited(before: BeliefBase, former: BeliefBase) -> Model | None:
    """Return the witness of a base, if it means the same to another one: if no symbol has other sorts there."""
    return before.witness if former.agrees_with(before) else None
