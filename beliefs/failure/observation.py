"""What an observation does to what is believed, by one of three policies, and what is learned from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

from beliefs.answers import ask
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.case import Case
from beliefs.base.entrenchment import Cost
from beliefs.base.expectation import Expectation
from beliefs.base.track_record import NO_DECAY, Mark
from beliefs.change import Change, revise, semi_revise
from beliefs.change.question import Question
from beliefs.errors import BaseError
from beliefs.failure.accounting import account
from beliefs.failure.cases import case_of
from beliefs.language.syntax import ForAll, Formula
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Unsat

Policy: TypeAlias = Literal["prioritized", "screened", "weighed"]
"""How an observation is met that contradicts what is believed.

- prioritized: it is believed, unless it contradicts what is certain: then it is refused (Hansson's kernel revision,
  with the success postulate of AGM).
- screened: the same, but where it contradicts what is certain it is rejected, and kept as such (D. Makinson, "Screened
  revision", Theoria 63, 1997).
- weighed: it has an entrenchment of its own, and may itself be what is given up (S. O. Hansson, "Semi-revision", 1997).
"""

POLICIES: tuple[Policy, ...] = get_args(Policy)


@dataclass(frozen=True)
class Seen:
    """What came of an observation.

    Attributes:
        change: the change of the base.
        policy: how it was met.
        refuted: the expectations that it contradicts.
        met: the expectations that it fulfils.
        supports: sets of beliefs, by name, from which what came true had been predicted.
        decay: the factor by which older experience faded.
        unmarked: what is marked in the track record no more.
        marked: what is marked there instead.
    """

    change: Change
    policy: Policy
    refuted: tuple[Expectation, ...] = ()
    met: tuple[Expectation, ...] = ()
    supports: tuple[tuple[str, ...], ...] = ()
    decay: Fraction = NO_DECAY
    unmarked: tuple[Mark, ...] = ()
    marked: tuple[Mark, ...] = ()


def observe(
    base: BeliefBase,
    observation: Belief,
    *,
    policy: Policy = "prioritized",
    repairs: bool = True,
    decay: Fraction = NO_DECAY,
    budget: Budget = UNLIMITED,
) -> Seen:
    """Return what an observation does to a base, and what is learned from it.

    What contradicts it is given up as the policy has it; where rules are among that, and `repairs` are wanted, each
    gives way to the best weaker rule there is (`failure.repair`). Then it is compared with what was expected: an open
    expectation is refuted, or met, if the observation entails its negation, or it, together with what is certain.

    What the track record counts is said in `failure.accounting`. No source confirms what it has said itself.

    Where the budget does not last to compare all expectations, the others stay open.

    Raises:
        BaseError: there is no such policy, or the decay is none.
        SortError: the observation does not fit the symbols of the base.
        DuplicateNameError: its name is taken by another belief.
    """
    policy, decay = policy_named(policy), decay_of(decay)
    deadline = Deadline(budget)
    change = _MET_BY[policy](base, observation, deadline.rest())
    if repairs and change.status == "done" and change.operation == "revise" and change.removed:
        # Most commands take nothing in that contradicts a rule; so this is imported only where one was given up.
        from beliefs.failure.repair import repair

        cases = {culprit.name: base.record.cases_of(culprit.formula) for culprit in change.removed}
        change = repair(change, cases, budget=deadline.rest())
    seen = Seen(change, policy, decay=decay)
    if change.status in ("refused", "unknown"):
        return seen
    if change.status != "rejected":
        seen = _compared(seen, base, observation, deadline)
    return _learned(seen, base, observation, deadline)


def policy_named(name: str) -> Policy:
    """Return the policy of that name.

    Raises:
        BaseError: there is none.
    """
    for policy in POLICIES:
        if policy == name:
            return policy
    raise BaseError(f"there is no policy {name!r}; choose one of {', '.join(POLICIES)}")


def decay_of(given: Fraction | float | str) -> Fraction:
    """Return a decay that was given as any kind of number.

    Raises:
        BaseError: it is none.
    """
    try:
        decay = Fraction(given)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        decay = Fraction(0)
    rounded = decay.limit_denominator(1_000_000)
    if not (0 < decay <= 1 and rounded):
        raise BaseError(
            "a decay is a number above 0 and at most 1, which is none, and at least a millionth; "
            f"not {given if isinstance(given, Fraction) else repr(given)}"
        )
    return rounded


# The policies.


def _prioritized(base: BeliefBase, observation: Belief, budget: Budget) -> Change:
    return revise(base, observation, budget=budget)


def _screened(base: BeliefBase, observation: Belief, budget: Budget) -> Change:
    change = revise(base, observation, budget=budget)
    if change.status == "refused" and any(change.kernels):
        return replace(change, status="rejected", rejected=observation)
    return change


def _weighed(base: BeliefBase, observation: Belief, budget: Budget) -> Change:
    """Semi-revise; told as a revision where that keeps the observation.

    A consistent base can be kept whole by giving up the observation alone. So the observation is kept just where the
    least incision of a revision by it costs less, and the semi-revision gives up the same. (At the same cost, it is
    the newest, and goes.)
    """
    deadline = Deadline(budget)
    if base.consistent:
        change = revise(base, observation, budget=deadline.rest())
        trial = base.record.weighed(observation)
        if not change.kernels or (
            change.status == "done" and (trial.is_certain or change.cost < Cost.of([trial]))
        ):
            return change
    return semi_revise(base, observation, budget=deadline.rest())


_MET_BY: dict[Policy, Callable[[BeliefBase, Belief, Budget], Change]] = {
    "prioritized": _prioritized,
    "screened": _screened,
    "weighed": _weighed,
}


# What was expected.


def _compared(seen: Seen, base: BeliefBase, observation: Belief, deadline: Deadline) -> Seen:
    """Say which expectations the observation settles, and what had predicted it."""
    verdicts = {
        expectation: settles(base, observation.formula, expectation.formula, budget=deadline.rest())
        for _, expectation in sorted(base.record.expectations.items())
    }
    met = tuple(expectation for expectation, verdict in verdicts.items() if verdict == "met")
    supports = [expectation.because for expectation in met if expectation.because]
    if not seen.change.kernels:
        answer = ask(base, observation.formula, budget=deadline.rest())
        if answer.verdict == "believed" and answer.because:
            supports.append(answer.because)
    return replace(
        seen,
        refuted=tuple(expectation for expectation, verdict in verdicts.items() if verdict == "refuted"),
        met=met,
        supports=tuple(dict.fromkeys(each for each in supports if not _says_itself(base, each, observation))),
    )


def settles(
    base: BeliefBase, observed: Formula, expected: Formula, *, budget: Budget = UNLIMITED
) -> Literal["refuted", "met"] | None:
    """Return whether an observation, with what is certain, refutes an expectation or meets it; None if neither.

    None as well where what is certain decides it without the observation, and where the budget does not last.
    """
    deadline = Deadline(budget)
    refuting = Question.of(base, observed, expected)
    if _certain_ones_contradict(refuting, deadline):
        return "refuted" if decided(base, expected, budget=deadline.rest()) is None else None
    denied = Question.of(refuting.base, expected, negated=True)
    meeting = replace(refuting, tests=(refuting.tests[0], *denied.tests))
    if _certain_ones_contradict(meeting, deadline):
        return "met" if decided(base, expected, budget=deadline.rest()) is None else None
    return None


def decided(base: BeliefBase, formula: Formula, *, budget: Budget = UNLIMITED) -> bool | None:
    """Return the truth of a formula if what is certain, or logic alone, decides it; None if not, or in doubt."""
    deadline = Deadline(budget)
    for value in (True, False):
        if _certain_ones_contradict(Question.of(base, formula, negated=value), deadline):
            return value
    return None


def _certain_ones_contradict(question: Question, deadline: Deadline) -> bool:
    """Whether the certain beliefs of a base are known to contradict the tests of a question."""

    def is_certain(name: Label) -> bool:
        return question.base[str(name)].entrenchment.is_certain

    return isinstance(question.inquiry(deadline.rest()).within(is_certain), Unsat)


def _says_itself(base: BeliefBase, support: Iterable[str], observation: Belief) -> bool:
    """Whether a support rests on what the source of an observation has said itself."""
    members = [base[name] for name in support if name in base]
    if observation.source is None:
        return any(belief.source is None and belief.formula == observation.formula for belief in members)
    return any(belief.source == observation.source for belief in members)


# What is learned.


def _learned(seen: Seen, base: BeliefBase, observation: Belief, deadline: Deadline) -> Seen:
    """Add up what the observation says of beliefs, sources and rules."""
    change = seen.change
    taken_in = {belief.name: belief.formula for belief in change.added}
    experience = account(
        base,
        kernels=change.kernels,
        removed=change.removed,
        rejected=change.rejected,
        refuted=seen.refuted,
        met=seen.met,
        supports=seen.supports,
        weakened=[(taken_in[new], base[old].formula) for new, old in change.weakened],
        decay=seen.decay,
    )
    for rule, given, outcome, failed in _trials(seen, base, observation.formula):
        case = case_of(base, rule, given, outcome, failed=failed, budget=deadline.rest())
        if isinstance(case, Case):
            experience.note(rule, case)
    unmarked, marked = experience.changes()
    return replace(seen, unmarked=unmarked, marked=marked)


def _trials(
    seen: Seen, base: BeliefBase, observed: Formula
) -> Iterator[tuple[Formula, list[Formula], Formula, bool]]:
    """Yield the rules put to the test, what they were applied with, what came of it, and whether they failed."""
    gone = {belief.name for belief in seen.change.removed}
    for kernel in seen.change.kernels if seen.change.rejected is None else ():
        yield from (
            (rule, given, observed, True) for name, rule, given in _rules(base, kernel) if name in gone
        )
    foretold = {expectation.because: expectation.formula for expectation in seen.met}
    for support in seen.supports:
        outcome = foretold.get(support, observed)
        yield from ((rule, given, outcome, False) for _, rule, given in _rules(base, support))


def _rules(base: BeliefBase, names: Iterable[str]) -> Iterator[tuple[str, Formula, list[Formula]]]:
    """Yield the universal rules among some beliefs, each with what the others say."""
    members = [base[name] for name in names if name in base]
    for belief in members:
        if isinstance(belief.formula, ForAll):
            yield belief.name, belief.formula, [each.formula for each in members if each is not belief]
