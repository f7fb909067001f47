"""From the outcome of a question to the change it makes, certificate included."""

from __future__ import annotations

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.change.certify import certify
from beliefs.change.change import Change, Operation, in_order
from beliefs.change.choice import Outcome
from beliefs.change.question import Question
from beliefs.kernels.incision import Incision, Irrefutable
from beliefs.kernels.kernel import Kernel
from beliefs.language.syntax import Formula
from beliefs.reasoning.verdict import Unknown


def conclude(
    operation: Operation,
    formula: Formula | None,
    question: Question,
    outcome: Outcome,
    added: tuple[Belief, ...] = (),
    *,
    shown: tuple[Formula, ...] = (),
) -> Change:
    """Return the change that an outcome makes: the incision given up, the new beliefs added, and the proof.

    Args:
        operation: the operator.
        formula: its input.
        question: what it asked.
        outcome: what came of that.
        added: the beliefs to take in.
        shown: formulas of beliefs that the certificate has to show although nothing touches them.

    Raises:
        DuplicateNameError: the name of a new belief is taken.
    """
    match outcome:
        case Unknown(reason):
            return Change(
                operation, formula, "unknown", question.base, question.plain, reason=reason, question=question
            )
        case Irrefutable(kernel):
            return _refused(operation, formula, question, kernel)
        case Incision():
            return _done(operation, formula, question, outcome, added, shown)


def held_already(base: BeliefBase, belief: Belief) -> bool:
    """Whether a base says the same already, at least as firmly."""
    return any(held.entrenchment.rank >= belief.entrenchment.rank for held in base.says(belief.formula))


def _done(
    operation: Operation,
    formula: Formula | None,
    question: Question,
    incision: Incision,
    added: tuple[Belief, ...],
    shown: tuple[Formula, ...],
) -> Change:
    before = question.base
    removed = in_order(before, incision.removed)
    after = question.plain
    if removed or added:
        # What a belief that goes had settled of the sorts of others is kept: otherwise these would say something
        # else than they did when the question was answered.
        after = question.plain.remove(*removed).add(*added)
        if not after.agrees_with(before):
            after = after.keeping(before.signature)
    if after.agrees_with(before):
        after = after.knowing(incision.model, consistent=True)
    change = Change(
        operation=operation,
        input=formula,
        status="done" if removed or added else "vacuous",
        before=before,
        after=after,
        added=tuple(after[belief.name] for belief in added),
        removed=tuple(before[name] for name in removed),
        kernels=tuple(in_order(before, kernel) for kernel in incision.kernels),
        cost=incision.cost,
        question=question,
    )
    said = () if formula is None or added else (formula,)
    return certify(change, formula, incision.model, (*said, *shown))


def _refused(operation: Operation, formula: Formula | None, question: Question, kernel: Kernel) -> Change:
    names = in_order(question.base, kernel)
    change = Change(
        operation=operation,
        input=formula,
        status="refused",
        before=question.base,
        after=question.plain,
        kernels=(names,),
        reason=_why_refused(operation, names),
        question=question,
    )
    return certify(change, formula, None)


def _why_refused(operation: Operation, kernel: tuple[str, ...]) -> str:
    certain = ", ".join(kernel)
    match operation, kernel:
        case "contract", ():
            return "it is a tautology: no base can fail to entail it"
        case "contract", _:
            return f"it follows from what is certain: {certain}"
        case "consolidate", _:
            return f"certain beliefs contradict one another: {certain}"
        case _, ():
            return "it contradicts itself"
        case _:
            return f"it contradicts what is certain: {certain}"
