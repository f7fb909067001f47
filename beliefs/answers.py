"""What a base answers: whether a formula follows, from what, and where the base contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from string import ascii_lowercase, digits
from typing import Final, Literal, TypeAlias

from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import in_order
from beliefs.change.question import Question
from beliefs.kernels.enumerate import kernels
from beliefs.kernels.kernel import shrink
from beliefs.language.mentions import Mentions
from beliefs.language.printer import print_formula
from beliefs.language.semantics import truth
from beliefs.language.syntax import Formula, negation
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Unknown, Unsat

Standing: TypeAlias = Literal["believed", "disbelieved", "undecided", "unknown"]
"""How a formula stands to a base: entailed; its negation entailed; neither; or the solver could not tell."""

FEW: Final = 10_000
"""So many beliefs have so few names that all of them can be compared with one that nobody knows."""


@dataclass(frozen=True)
class Answer:
    """The answer to whether a formula is believed.

    Attributes:
        formula: what was asked.
        verdict: how it stands.
        because: the names of beliefs that together entail the formula, or its negation where it is
            disbelieved; none of them in vain, unless the budget ended before that was certain. Empty where it is
            undecided or unknown.
        reason: why it is unknown; where it is undecided, which of its symbols no belief speaks of, if any.
    """

    formula: Formula
    verdict: Standing
    because: tuple[str, ...] = ()
    reason: str | None = None

    def __str__(self) -> str:
        """Return the answer in a line."""
        said = f"{self.verdict}: {print_formula(self.formula)}"
        if self.because:
            said += f", because of {', '.join(self.because)}"
        return said if self.reason is None else f"{said}; {self.reason}"


@dataclass(frozen=True)
class Explanation:
    """All the ways in which a formula, or its negation, follows.

    Attributes:
        formula: what was asked.
        verdict: how it stands.
        reasons: the minimal sets of beliefs, by name, that entail it, or its negation where it is
            disbelieved.
        complete: whether these are all; False where a limit or a budget ended the search.
        reason: why it is unknown, or why the search for reasons ended early; None otherwise.
    """

    formula: Formula
    verdict: Standing
    reasons: tuple[tuple[str, ...], ...] = ()
    complete: bool = True
    reason: str | None = None

    @property
    def proven(self) -> Formula:
        """What the reasons entail: the formula, or its negation where it is disbelieved."""
        return negation(self.formula) if self.verdict == "disbelieved" else self.formula


@dataclass(frozen=True)
class Conflicts:
    """The minimal sets of beliefs that contradict themselves.

    Attributes:
        kernels: these sets, by name; none for a consistent base.
        complete: whether these are all; False where a limit or a budget ended the search.
        reason: why the search ended before it could tell; None otherwise.
    """

    kernels: tuple[tuple[str, ...], ...] = ()
    complete: bool = True
    reason: str | None = None


def ask(base: BeliefBase, formula: Formula, *, budget: Budget = UNLIMITED) -> Answer:
    """Return whether a base entails a formula, or its negation, with beliefs from which that follows.

    A base that contradicts itself entails everything, which is no answer: it is unknown, with a kernel as the
    reason.

    Raises:
        SortError: the formula does not fit the symbols of the base.
    """
    standing = _standing(base, formula, budget)
    if isinstance(standing, Unknown):
        return Answer(formula, "unknown", reason=standing.reason)
    verdict, proof = standing
    if proof is None:
        return Answer(formula, verdict, reason=_unheard_of(base, formula))
    return Answer(formula, verdict, proof.one())


def why(base: BeliefBase, formula: Formula, *, limit: int = 10, budget: Budget = UNLIMITED) -> Explanation:
    """Return the minimal sets of beliefs that entail a formula, or its negation, up to a limit.

    Raises:
        SortError: the formula does not fit the symbols of the base.
    """
    standing = _standing(base, formula, budget)
    if isinstance(standing, Unknown):
        return Explanation(formula, "unknown", complete=False, reason=standing.reason)
    verdict, proof = standing
    if proof is None:
        return Explanation(formula, verdict)
    found = _some_kernels(proof.question, proof.inquiry, limit)
    return Explanation(formula, verdict, found.kernels, found.complete, found.reason)


def conflicts(base: BeliefBase, *, limit: int = 10, budget: Budget = UNLIMITED) -> Conflicts:
    """Return the minimal sets of beliefs of a base that contradict themselves, up to a limit."""
    if base.consistent:
        return Conflicts()
    question = Question.of(base)
    return _some_kernels(question, question.inquiry(budget), limit)


def settled(base: BeliefBase, *, budget: Budget = UNLIMITED) -> BeliefBase | Unknown:
    """Return a base with what can be known about it: whether it is consistent, and a witness if it is.

    At no cost where that is known already. A base that is known to be consistent without a witness is one whose
    models cannot be read, or are not worth a search: it is left at that.
    """
    if base.consistent is not None:
        return base
    verdict = Question.of(base).inquiry(budget).without(())
    if isinstance(verdict, Unknown):
        return verdict
    if isinstance(verdict, Unsat):
        return base.knowing(None, consistent=False)
    return base.knowing(verdict.model, consistent=True)


@dataclass(frozen=True)
class _Proof:
    """A question answered with no: its tests contradict the base, which so entails their negation."""

    question: Question
    inquiry: Inquiry
    core: frozenset[Label]

    def one(self) -> tuple[str, ...]:
        """One minimal set of beliefs that entail it; the core as found, if the budget ends there."""
        kernel = shrink(self.inquiry, self.core, spare=self.question.certain_last)
        return in_order(self.question.base, self.core if isinstance(kernel, Unknown) else kernel)


def _standing(base: BeliefBase, formula: Formula, budget: Budget) -> tuple[Standing, _Proof | None] | Unknown:
    deadline = Deadline(budget)
    known = settled(base, budget=budget)
    if isinstance(known, Unknown):
        return known
    if known.consistent is False:
        found = conflicts(known, limit=1, budget=deadline.rest())
        culprits = f" ({', '.join(found.kernels[0])})" if found.kernels else ""
        return Unknown(
            f"the base contradicts itself{culprits}, so everything follows from it; consolidate it first"
        )
    for verdict, negated in _open_verdicts(known, formula):
        question = Question.of(known, formula, negated=negated)
        inquiry = question.inquiry(deadline.rest())
        answer = inquiry.without(())
        if isinstance(answer, Unknown):
            return answer
        if isinstance(answer, Unsat):
            return verdict, _Proof(question, inquiry, answer.core)
    return "undecided", None


def _unheard_of(base: BeliefBase, formula: Formula) -> str | None:
    """Name the symbols of a formula that a base does not know: most likely one of them is misspelt."""
    known = base.signature
    strangers = sorted(name for name in Mentions.of(formula).symbols if known.kind(name) is None)
    if not strangers:
        return None
    meant = sorted({close for name in strangers for close in _close_to(name, base)})
    said = f"no belief speaks of {', '.join(strangers)}"
    return said if not meant else f"{said}; did you mean {' or '.join(meant)}?"


def _close_to(name: str, base: BeliefBase) -> Iterable[str]:
    """A name that a base knows and that may have been meant, if any.

    Of a large base not every name is gone through: only those looked up that are a single slip of the pen away.
    """
    known = base.signature
    if base.next_age <= FEW:
        return get_close_matches(name, [*known.predicates, *known.functions, *known.constants], n=1)
    slips = (slip for slip in _slips(name) if known.kind(slip) is not None)
    return islice(slips, 1)


def _slips(name: str) -> Iterator[str]:
    """Yield what a name becomes by a letter left out, two exchanged, one written for another, or one too many."""
    halves = [(name[:place], name[place:]) for place in range(len(name) + 1)]
    letters = sorted({*ascii_lowercase, *digits, "_", *name})
    for before, after in halves:
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in letters:
            if after:
                yield before + letter + after[1:]
            yield before + letter + after


def _open_verdicts(base: BeliefBase, formula: Formula) -> list[tuple[Standing, bool]]:
    """The verdicts that the witness leaves open, each with whether the negation is what to test for it.

    What is true in a model of all beliefs is not disbelieved, and what is false there is not believed.
    """
    value = _value_in_witness(base, formula)
    verdicts: list[tuple[Standing, bool]] = [("believed", True), ("disbelieved", False)]
    return [verdict for verdict in verdicts if value is None or value is verdict[1]]


def _value_in_witness(base: BeliefBase, formula: Formula) -> bool | None:
    """The truth of a formula in the witness of a base; None unless the witness has a say in all that it speaks of."""
    question = Question.of(base, formula)
    witness = base.witness
    if witness is None or question.base is not base:
        return None
    functions = base.signature.functions_among(Mentions.of(formula).symbols)
    if any(name not in witness.defaults and (name,) not in witness.values for name in functions):
        return None
    return truth(question.tests[0], witness)


def _some_kernels(question: Question, inquiry: Inquiry, limit: int) -> Conflicts:
    found: list[tuple[str, ...]] = []
    for kernel in kernels(inquiry):
        if isinstance(kernel, Unknown):
            return Conflicts(tuple(found), complete=False, reason=kernel.reason)
        if len(found) == limit:
            return Conflicts(tuple(found), complete=False)
        found.append(in_order(question.base, kernel))
    return Conflicts(tuple(found))
