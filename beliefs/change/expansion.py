"""Expansion: take in beliefs, and give up nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.change.certify import certify
from beliefs.change.change import Change, in_order
from beliefs.change.conclusion import held_already
from beliefs.change.question import Question
from beliefs.garbage import put_off
from beliefs.kernels.enumerate import kernels
from beliefs.kernels.kernel import shrink
from beliefs.language.syntax import conjunction
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import UNLIMITED, Budget, Sat, Unknown, Unsat

KERNELS_SHOWN = 10
"""How many kernels an expansion that meets a conflict looks for: enough to see what is wrong."""


@put_off()
def expand(
    base: BeliefBase, beliefs: Sequence[Belief], *, allow_conflict: bool = False, budget: Budget = UNLIMITED
) -> Change:
    """Return the expansion of a base by some beliefs, taken in at once and in the order given.

    After a change that is done: every belief is in the base, and nothing was given up. The base is
    consistent, unless a conflict was allowed; then `kernels` shows what contradicts the new beliefs. Beliefs
    that the base holds already, at least as firmly, are passed over; it is vacuous where that leaves none.

    It is refused, unless a conflict is allowed, where base and beliefs contradict one another: `kernels`
    holds minimal sets of beliefs that contradict the new ones, at most ten; an empty one where these
    contradict themselves.

    Raises:
        SortError: a belief does not fit the symbols of the base.
        DuplicateNameError: a name is taken.
    """
    is_held = [held_already(base, belief) for belief in beliefs]
    new = tuple(belief for belief, held in zip(beliefs, is_held, strict=True) if not held)
    passed_over = [belief.formula for belief, held in zip(beliefs, is_held, strict=True) if held]
    formulas = tuple(belief.formula for belief in new)
    origin = new[0].name if len(new) == 1 else "input"
    question = Question.of(base, *formulas, origin=origin)
    after = base.add(*new)
    about = conjunction(tuple(belief.formula for belief in beliefs))
    change = Change(
        operation="expand",
        input=about if len(beliefs) == 1 else None,
        status="done" if new else "vacuous",
        before=question.base,
        after=after,
        added=tuple(after[belief.name] for belief in new),
        question=question,
    )
    if base.consistent is False and not allow_conflict:
        return _declined(base, change, "refused", "the base contradicts itself already; consolidate it first")
    inquiry = question.inquiry(budget)
    match inquiry.without(()):
        case Sat(model):
            known = replace(change, after=after.knowing(model, consistent=True))
            return certify(known, about, model, passed_over)
        case Unknown(reason):
            return _declined(base, change, "unknown", reason)
        case Unsat():
            found = list(islice(kernels(inquiry), KERNELS_SHOWN))
            if isinstance(found[0], Unknown):
                return _declined(base, change, "unknown", found[0].reason)
            met = replace(
                change,
                kernels=tuple(in_order(base, kernel) for kernel in found if not isinstance(kernel, Unknown)),
            )
            if allow_conflict:
                return certify(replace(met, after=after.knowing(None, consistent=False)), about, None)
            return _declined(base, met, "refused", _why_refused(base, new, met.kernels[0], budget))


def _declined(base: BeliefBase, change: Change, status: Literal["refused", "unknown"], reason: str) -> Change:
    """The change that does nothing, for a reason."""
    return replace(change, status=status, after=base, added=(), reason=reason)


def _why_refused(base: BeliefBase, new: Sequence[Belief], kernel: tuple[str, ...], budget: Budget) -> str:
    if kernel:
        subject = "it contradicts" if len(new) == 1 else "they contradict"
        return f"{subject} what is believed: {', '.join(kernel)}"
    if len(new) == 1:
        return "it contradicts itself"
    return f"they contradict one another: {', '.join(_culprits(base, new, budget))}"


def _culprits(base: BeliefBase, new: Sequence[Belief], budget: Budget) -> tuple[str, ...]:
    """Names of new beliefs that contradict one another; as few as can be found within the budget."""
    alone = replace(BeliefBase(unique_names=base.unique_names), declarations=base.declarations).add(*new)
    inquiry = Inquiry(alone, budget=budget)
    verdict = inquiry.without(())
    if not isinstance(verdict, Unsat):
        return in_order(alone, alone.names())
    kernel = shrink(inquiry, verdict.core)
    return in_order(alone, verdict.core if isinstance(kernel, Unknown) else kernel)
