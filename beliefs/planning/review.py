"""Whether a plan will fail, told before anything is done: where the evidence entails it, and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Level
from beliefs.errors import PlanError
from beliefs.journal.entry import Entry
from beliefs.language.syntax import Not, disjunction
from beliefs.planning.actions import Ground, Literal, Plan, State, Step, as_state
from beliefs.planning.evidence import Evidence
from beliefs.planning.levels import EVIDENCE
from beliefs.planning.model import Undecided, believed_state
from beliefs.reasoning.verdict import UNLIMITED, Budget

Finding: TypeAlias = OneOf["passed", "refused", "unknown"]
"""No step is known to fail; one is; or none is as far as could be told, and of some it could not."""


@dataclass(frozen=True)
class Review:
    """What was found about a plan.

    Attributes:
        plan: the plan.
        finding: the verdict. Passed is no promise: an action may need what was never tried without.
        number: which step fails, counted from 1; None unless it is refused.
        step: that step.
        conditions: of these, at least one is needed by its action, and all are false when its turn comes.
        because: the names of the beliefs of the evidence from which that follows, none of them in vain.
        reason: why it is unknown; of a refusal, that the step is about an individual of which the state says nothing;
            None otherwise.
    """

    plan: Plan
    finding: Finding
    number: int | None = None
    step: Step | None = None
    conditions: tuple[Literal, ...] = ()
    because: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def refused(self) -> bool:
        """Whether the evidence entails that a step of it fails."""
        return self.finding == "refused"

    def __str__(self) -> str:
        """Return the review in a line."""
        if self.step is None:
            return self.finding if self.reason is None else f"{self.finding}: {self.reason}"
        needed = " or ".join(each.told(self.step.arguments) for each in self.conditions)
        said = (
            f"refused: step {self.number}, {self.step}, needs {needed}, because of {', '.join(self.because)}"
        )
        return said if self.reason is None else f"{said}; {self.reason}"


@dataclass(frozen=True)
class _Failure:
    """Why a step fails in a state where some conditions are false."""

    conditions: tuple[Literal, ...]
    because: tuple[str, ...]


class Reviewer:
    """Reviews plans against the evidence of one base.

    Cost: a step for which the same conditions are false as for one before costs a look at each candidate condition;
    any other costs a question to the evidence.
    """

    def __init__(
        self,
        base: BeliefBase,
        *,
        level: Level = EVIDENCE,
        budget: Budget = UNLIMITED,
        former: Reviewer | None = None,
    ) -> None:
        """Prepare to review plans.

        Args:
            base: the base whose evidence counts.
            level: the level from which on a belief counts as evidence.
            budget: what one question may spend.
            former: a reviewer of an earlier base of the same agent; what it found out is used where it still holds.
        """
        earlier = None if former is None else former.evidence
        self.evidence: Evidence = Evidence(base, level=level, budget=budget, former=earlier)
        self._failures: dict[tuple[str, tuple[str, ...]], _Failure | str | None] = {}

    def updated(self, base: BeliefBase) -> Reviewer:
        """Return a reviewer of a later base; this one if it is of the same."""
        if base is self.evidence.base:
            return self
        return Reviewer(base, level=self.evidence.level, budget=self.evidence.budget, former=self)

    def review(self, plan: Plan, state: State | None = None) -> Review:
        """Walk a plan by the effects that are believed, and tell at which step it is known to fail.

        What the evidence does not tell of the effects is doubtful from then on, and no step is refused because of it.

        Args:
            plan: the steps.
            state: where it starts, with the facts of the types; by default the facts that are believed. All else is
                false.

        Raises:
            PlanError: a step is of no action that is known, the state is no set of facts, or the base contradicts
                itself.
        """
        try:
            return self._review(plan, state)
        except Undecided as undecided:
            return Review(plan, "unknown", reason=str(undecided))

    def _review(self, plan: Plan, state: State | None) -> Review:
        evidence = self.evidence
        start = believed_state(evidence.base, budget=evidence.budget) if state is None else self._state(state)
        now = start
        doubtful: frozenset[Ground] = frozenset()
        unknown: str | None = None
        for number, step in enumerate(plan, start=1):
            found = self.failure(step, now, doubtful)
            if isinstance(found, _Failure):
                stranger = self._stranger(step, start)
                return Review(plan, "refused", number, step, found.conditions, found.because, stranger)
            unknown = unknown or found
            doubtful = evidence.doubtful_after(step, now, doubtful)
            now = evidence.after(step, now)
        if unknown is not None:
            return Review(plan, "unknown", reason=unknown)
        return Review(plan, "passed")

    def _state(self, given: State) -> State:
        """Return a state, having made sure that its facts are such as the actions speak of."""
        state = as_state(given)
        predicates = self.evidence.vocabulary.predicates
        for fact in state:
            _, arity = predicates.get(fact.predicate, ("", len(fact.arguments)))
            if arity != len(fact.arguments):
                raise PlanError(
                    f"{fact}: {fact.predicate} is about {arity} individual{'' if arity == 1 else 's'}, and here are "
                    f"{len(fact.arguments)}"
                )
        return state

    def _stranger(self, step: Step, start: State) -> str | None:
        """Say that a step is about an individual of which nothing is said where the plan starts; None if none is."""
        named = {name for fact in start for name in fact.arguments}
        for each in step.arguments:
            if each not in named and each not in self.evidence.vocabulary.constants:
                return f"the state says nothing of an individual {each}"
        return None

    def failure(self, step: Step, state: State, doubtful: Collection[Ground] = ()) -> _Failure | str | None:
        """Return why a step is known to fail in a state; the reason where that is unknown; None if it is not.

        Facts that are `doubtful` may be as the state has them or not.
        """
        evidence = self.evidence
        evidence.action(step)
        false = evidence.false(step, state)
        if doubtful:
            candidates = evidence.vocabulary.candidates(step.action)
            false = tuple(each for each in false if candidates[each].ground(step.arguments) not in doubtful)
        key = (step.action, false)
        if key not in self._failures:
            self._failures[key] = self._failure(step, false)
        return self._failures[key]

    def _failure(self, step: Step, false: tuple[str, ...]) -> _Failure | str | None:
        if not false:
            return None
        evidence = self.evidence
        action = evidence.action(step)
        answer = evidence.ask(disjunction(tuple(map(action.needs, false))))
        if answer.verdict == "unknown":
            return answer.reason or "the evidence could not be asked"
        if answer.verdict != "believed":
            return None
        spoken = set(answer.because)
        meant = [
            symbol
            for symbol in false
            if not spoken.isdisjoint(evidence.part.touching((f"needs_{action.symbol}", symbol)))
            and not evidence.entails(Not(action.needs(symbol)))
        ]
        # That it is one of these may take more of the evidence than that it is one of all.
        answer = evidence.ask(disjunction(tuple(map(action.needs, meant))))
        candidates = evidence.vocabulary.candidates(action.name)
        return _Failure(tuple(candidates[each] for each in meant), answer.because)


def review(
    base: BeliefBase,
    plan: Plan,
    state: State | None = None,
    *,
    level: Level = EVIDENCE,
    budget: Budget = UNLIMITED,
) -> Review:
    """Tell whether the evidence of a base entails that a plan will fail; see `Reviewer.review`.

    Raises:
        PlanError: a step is of no action that is known, or the base contradicts itself.
    """
    return Reviewer(base, level=level, budget=budget).review(plan, state)


def entries_of(log: Iterable[Entry], names: Iterable[str]) -> dict[str, int]:
    """Return the entries of a journal that took in beliefs of those names, the first found for each.

    Args:
        log: the entries, the newest first, since a name may have been given again.
        names: the names.
    """
    wanted = set(names)
    found: dict[str, int] = {}
    for entry in log:
        if not wanted:
            break
        taken = wanted.intersection(belief.name for belief in entry.decision.added)
        found.update(dict.fromkeys(taken, entry.number))
        wanted -= taken
    return found
