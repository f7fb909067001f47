"""What a base answers: whether a formula follows, from what, why not, and where the base contradicts itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import islice
from string import ascii_lowercase, digits
from typing import Final, Literal, TypeAlias

from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import in_order
from beliefs.change.contraction import contract
from beliefs.change.question import Question
from beliefs.errors import BaseError
from beliefs.kernels.abduction import explanations
from beliefs.kernels.enumerate import kernels
from beliefs.kernels.kernel import shrink
from beliefs.language.mentions import Mentions
from beliefs.language.printer import print_formula
from beliefs.language.semantics import Ground, Model, truth
from beliefs.language.syntax import Atom, Constant, Formula, Not, negation
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.hypotheses import GroundLiteral, hypotheses
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Unknown, Unsat, Verdict

Standing: TypeAlias = Literal["believed", "disbelieved", "undecided", "unknown"]
"""How a formula stands to a base: entailed; its negation entailed; neither; or the solver could not tell."""

FEW: Final = 10_000
"""So many beliefs have so few names that all of them can be compared with one that nobody knows."""

HYPOTHESES: Final = 100
"""How many literals `why_not` supposes at most, in whatever combinations; those nearest to the formula are taken."""

LARGEST: Final = 3
"""Of how many literals a way for a formula to follow may consist."""


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
class Missing:
    """A way in which a formula would follow: what would have to be believed besides what is.

    Attributes:
        literals: ground literals, a smallest set of them, consistent with what is believed.
        because: the names of beliefs that together with the literals entail the formula; none of them in vain,
            unless the budget ended before that was certain.
    """

    literals: tuple[Formula, ...]
    because: tuple[str, ...]


@dataclass(frozen=True)
class WhyNot:
    """Why a formula is not believed: what speaks against it, and what would have to be believed for it.

    Attributes:
        formula: what was asked.
        verdict: how it stands.
        blocked_by: where it is disbelieved, the minimal sets of beliefs, by name, that entail its negation.
        given_up: where it is disbelieved, the beliefs that would go if its negation were contracted; what is
            missing is missing from the rest.
        missing: the ways in which it would follow, those that need the fewest literals first.
        complete: whether `blocked_by` and `missing` are all there are; False where a limit or a budget ended the
            search.
        reason: why it is unknown, why nothing can be missing, or why the search ended early; None otherwise.
    """

    formula: Formula
    verdict: Standing
    blocked_by: tuple[tuple[str, ...], ...] = ()
    given_up: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    complete: bool = True
    reason: str | None = None


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


def why_not(
    base: BeliefBase,
    formula: Formula,
    *,
    limit: int = 10,
    largest: int = LARGEST,
    budget: Budget = UNLIMITED,
) -> WhyNot:
    """Return what blocks a formula, and what would have to be believed for it to follow.

    What blocks it are the minimal sets of beliefs that entail its negation. To be open to it again, the base would
    have to give up what `contract` would; the question is then asked of the rest.

    What is missing are the *abductive explanations* of the formula (Eiter and Gottlob, "The complexity of logic-based
    abduction", JACM 1995): the minimal sets of hypotheses that are consistent with the beliefs and entail the formula
    together with them. Hypotheses are the ground literals to which chains of beliefs lead from the formula
    (`reasoning.hypotheses`). A set that entails the formula by itself says nothing, and is left out.

    What is returned are such explanations, whatever the formula. Where `complete` is True, none of up to `largest`
    literals about individuals that have names is left out; it is False where equality, functions or numbers come in,
    for then there may be others.

    Cost: that of `ask` for each set of hypotheses tried. To decide whether there is an explanation is hard for the
    second level of the polynomial hierarchy even for propositions; so at most `HYPOTHESES` literals are supposed.

    Args:
        base: the beliefs.
        formula: what is not believed.
        limit: how many sets that block it, and how many ways in which it would follow, to return at most.
        largest: of how many literals such a way may consist.
        budget: what all of it may spend.

    Raises:
        SortError: the formula does not fit the symbols of the base.
    """
    deadline = Deadline(budget)
    standing = _standing(base, formula, budget)
    if isinstance(standing, Unknown):
        return WhyNot(formula, "unknown", complete=False, reason=standing.reason)
    verdict, proof = standing
    if proof is None:
        return _lacking(
            WhyNot(formula, verdict, reason=_unheard_of(base, formula)), base, limit, largest, deadline
        )
    if verdict == "believed":
        return WhyNot(formula, verdict)
    found = _some_kernels(proof.question, proof.inquiry, limit)
    blocked = WhyNot(formula, verdict, found.kernels, complete=found.complete, reason=found.reason)
    change = contract(base, negation(formula), budget=deadline.rest())
    if change.status != "done":
        complete = found.complete and change.status == "refused"
        reason = change.reason
        if change.status == "refused" and not change.kernels:
            reason = "it contradicts itself, so nothing can make it follow"
        return replace(blocked, complete=complete, reason=found.reason or reason)
    opened = replace(blocked, given_up=tuple(belief.name for belief in change.removed))
    return _lacking(opened, change.after, limit, largest, deadline)


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


def _lacking(found: WhyNot, base: BeliefBase, limit: int, largest: int, deadline: Deadline) -> WhyNot:
    """Add what is missing in a base that leaves the formula open."""
    known = settled(base, budget=deadline.rest())
    if isinstance(known, Unknown):
        return replace(found, complete=False, reason=known.reason)
    question = Question.of(known, found.formula)
    (goal,) = question.tests
    supposed = hypotheses(question.base, goal, limit=HYPOTHESES, deadline=deadline)
    formulas: dict[Label, Formula] = {label: _as_formula(*label) for label in supposed.literals}

    start, suspects = _where_most_hold(question.base, supposed.literals)

    def refutation(labels: Collection[Label]) -> Inquiry:
        given = (formulas[label] for label in formulas if label in labels)
        return Inquiry(
            question.base,
            negation(goal),
            *given,
            hypothesis=start,
            suspects=suspects,
            budget=deadline.rest(),
        )

    def refuted(labels: Collection[Label]) -> Verdict:
        return refutation(labels).without(())

    def consistent(labels: Collection[Label]) -> Verdict:
        given = (formulas[label] for label in formulas if label in labels)
        return Inquiry(question.base, *given, budget=deadline.rest()).without(())

    def holds(label: Label, model: Model) -> bool:
        return truth(formulas[label], model) is True

    ways = explanations(
        tuple(formulas),
        refuted=refuted,
        consistent=consistent,
        holds=holds,
        largest=largest,
        deadline=deadline,
    )
    missing: list[Missing] = []
    for way in ways:
        if isinstance(way, Unknown):
            return replace(found, missing=tuple(missing), complete=False, reason=way.reason)
        literals = tuple(formulas[label] for label in formulas if label in way.hypotheses)
        kernel = shrink(refutation(way.hypotheses), way.core, spare=question.certain_last)
        because = in_order(question.base, way.core if isinstance(kernel, Unknown) else kernel)
        if not because:
            continue  # the literals say by themselves what the formula says
        if len(missing) == limit:
            return replace(found, missing=tuple(missing), complete=False)
        if not missing and not found.blocked_by:
            # Something is believed that leads to it, whatever else is unheard of.
            found = replace(found, reason=None)
        missing.append(Missing(literals, because))
    return replace(found, missing=tuple(missing), complete=found.complete and supposed.complete)


def _where_most_hold(
    base: BeliefBase, literals: Iterable[GroundLiteral]
) -> tuple[Model | None, tuple[str, ...]]:
    """A model in which hypotheses hold, and the beliefs that may be false in it; None where no witness is known.

    A search that starts there ends at a model in which most of them still hold: one that tells much, as a set of
    hypotheses that explains anything must hold one that is false in it.
    """
    if base.witness is None:
        return None, ()
    known = {name for names in base.witness.universe.values() for name in names}
    truths: dict[Ground, bool] = {}
    for atom, positive in literals:
        if known.issuperset(atom[1:]):
            truths.setdefault(atom, positive)
    touched = {name: None for atom in truths for name in base.touching(atom)}
    return base.witness.updated(truths), tuple(sorted(touched))


def _as_formula(atom: Ground, positive: bool) -> Formula:
    predicate, *individuals = map(str, atom)
    formula = Atom(predicate, tuple(Constant(name) for name in individuals))
    return formula if positive else Not(formula)


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
    if limit < 1:
        raise BaseError(f"a limit is a number from 1; not {limit}")
    found: list[tuple[str, ...]] = []
    for kernel in kernels(inquiry):
        if isinstance(kernel, Unknown):
            return Conflicts(tuple(found), complete=False, reason=kernel.reason)
        if len(found) == limit:
            return Conflicts(tuple(found), complete=False)
        found.append(in_order(question.base, kernel))
    return Conflicts(tuple(found))
