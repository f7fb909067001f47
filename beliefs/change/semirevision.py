"""Semi-revision: take in a formula on trial, and give up as little as possible, perhaps the formula itself."""

from __future__ import annotations

from dataclasses import replace

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Change
from beliefs.change.choice import Choice, least_incision
from beliefs.change.conclusion import conclude, held_already
from beliefs.change.question import Question
from beliefs.change.restoration import inherited
from beliefs.reasoning.verdict import UNLIMITED, Budget


def semi_revise(
    base: BeliefBase, belief: Belief, *, choice: Choice = least_incision, budget: Budget = UNLIMITED
) -> Change:
    """Return the semi-revision of a base by a belief: its expansion by it, consolidated.

    Kernel semi-revision (S. O. Hansson, "Semi-revision", Journal of Applied Non-Classical Logics 7, 1997, definition
    4): the belief enters with the entrenchment it has, and is then a candidate for giving up like all others. Between
    equals the newer goes first, so where nothing else decides, what was believed stays.

    After a change that is done, the belief is in the base. After one that is "rejected" the belief itself was given
    up: it is in `rejected`, `kernels` show against what, and only what contradicted itself anyway is removed. In both
    cases the base is consistent, nothing else was added, and no incision costs less. It is vacuous where the base says
    the same already, at least as firmly. It is refused where certain beliefs contradict one another, or a belief that
    is certain contradicts them.

    Its certificate is that of the consolidation.

    Raises:
        SortError: the formula does not fit the symbols of the base.
        DuplicateNameError: the name is taken by another belief.
    """
    new = () if held_already(base, belief) else (belief,)
    extended = on_trial(base, *new)
    question = Question(extended, extended, suspects=tuple(each.name for each in new))
    outcome = question.answered_by(choice, budget)
    proven = conclude("consolidate", None, question, outcome, shown=(belief.formula,))
    rejected = next((gone for gone in proven.removed if gone.name in question.suspects), None)
    change = replace(
        proven,
        operation="semi-revise",
        input=belief.formula,
        before=base,
        removed=tuple(gone for gone in proven.removed if gone is not rejected),
        rejected=rejected,
    )
    if proven.status in ("refused", "unknown"):
        return replace(change, after=base)
    if rejected is not None:
        kept = base.remove(*(gone.name for gone in change.removed))
        if base.consistent is not True and kept.agrees_with(proven.after):
            kept = kept.knowing(proven.after.witness, consistent=True)
        against = dict.fromkeys(name for kernel in proven.kernels for name in kernel if name != rejected.name)
        reason = f"what it contradicts is held at least as firmly: {', '.join(against)}"
        if not against:
            reason = "it contradicts itself"
        return replace(change, status="rejected", after=kept, reason=reason)
    taken_in = tuple(extended[each.name] for each in new)
    return replace(change, status="done" if new or change.removed else "vacuous", added=taken_in)


def on_trial(base: BeliefBase, *beliefs: Belief) -> BeliefBase:
    """Return a base with further beliefs that have not been tried yet: its witness may falsify them."""
    extended = base.add(*beliefs)
    return extended.knowing(inherited(base, extended), base.consistent if not beliefs else None)
