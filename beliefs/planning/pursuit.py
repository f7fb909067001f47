"""Pursuit of a goal: plan, act, fail, learn, plan again; and when stuck, doubt as little as opens a plan.

References:
    Gil: Learning by experimentation: incremental refinement of incomplete planning domains. ICML 1994, for plans
    that fail as what is learned from, and for experiments.
    Göbelbecker, Keller, Eyerich, Brenner, Nebel: Coming up with good excuses: what to do when no plan can be found.
    ICAPS 2010, for the least change that makes a goal reachable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal as OneOf
from typing import TypeAlias

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.cut import cut
from beliefs.base.entrenchment import Cost, Level
from beliefs.change.change import in_order
from beliefs.errors import PlanError
from beliefs.kernels.incision import Irrefutable, least_incision
from beliefs.kernels.kernel import Kernel
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Formula
from beliefs.planning.actions import Ground, Plan, Problem, State, Step, run
from beliefs.planning.evidence import Evidence, Lesson, record
from beliefs.planning.goals import Goal, problem_of
from beliefs.planning.levels import EVIDENCE, LIMIT, WORLD
from beliefs.planning.model import Believer, Undecided
from beliefs.planning.reach import Reach, Way
from beliefs.planning.world import CheckedWorld, World
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Unknown, Unsat, Verdict

_SHARE = 4
"""Of this many parts of the time for a search, one is for the proof that no doubt would cost less."""

Status: TypeAlias = OneOf["reached", "out of reach", "unknown", "gave up"]


@dataclass(frozen=True)
class Probe:
    """A step of a plan that puts a doubt to the test.

    Attributes:
        number: which step, counted from 1.
        step: the step.
        claim: what is tried out about its action, against what is believed.
        doubted: the names of the beliefs that say otherwise.
    """

    number: int
    step: Step
    claim: Formula
    doubted: tuple[str, ...]

    def __str__(self) -> str:
        """Return the probe in a line."""
        against = f" (against {', '.join(self.doubted)})" if self.doubted else ""
        return f"step {self.number}, {self.step}, tries whether {print_formula(self.claim)}{against}"


@dataclass(frozen=True)
class Experiment:
    """What has to be doubted for there to be a plan, the least as a rule, and the plan that puts it to the test.

    Attributes:
        doubted: beliefs of the base, oldest first: without them, and with all the others, there is a plan.
        cost: what giving them up would cost.
        kernels: sets of beliefs, by name, that leave no plan; every one of them holds a belief doubted.
        plan: the steps.
        states: the state after each step, if all is as the plan takes it to be.
        tests: which step tests which doubt.
        least: whether it is proven that no other choice of beliefs costs less: none cuts all the kernels. False where
            the time for that ran out; then other doubts may have opened a plan for less.
    """

    doubted: tuple[Belief, ...]
    cost: Cost
    kernels: tuple[tuple[str, ...], ...]
    plan: Plan
    states: tuple[State, ...]
    tests: tuple[Probe, ...]
    least: bool = True

    def __str__(self) -> str:
        """Return the experiment in a line."""
        steps = " ".join(map(str, self.plan))
        proven = "" if self.least else " (not proven to be the least)"
        return f"doubt {', '.join(belief.name for belief in self.doubted) or 'nothing'}{proven}; try {steps}"


@dataclass(frozen=True)
class OutOfReach:
    """No plan is opened by any doubt.

    Attributes:
        kernel: beliefs, by name, that together leave no plan: all of them evidence, or certain. It is empty where the
            actions could need and do whatever is not certain of them, and the goal would not come about.
        minimal: whether none of them is named in vain; False where the budget ended before that was certain.
    """

    kernel: tuple[str, ...]
    minimal: bool = True


@dataclass(frozen=True)
class Attempt:
    """A plan that was tried.

    Attributes:
        start: the state it started in.
        plan: the plan.
        experiment: what it put to the test; None where it was made from what is believed.
        lessons: what was learned, from each step that was tried.
        end: how it ended: "done"; "refused" where the world did not carry out a step; "surprised" where a step did
            something else than was believed.
    """

    start: State
    plan: Plan
    experiment: Experiment | None
    lessons: tuple[Lesson, ...]
    end: OneOf["done", "refused", "surprised"]

    @property
    def entries(self) -> tuple[int, ...]:
        """The numbers of the journal entries that hold what was learned."""
        return tuple(
            change.entry for lesson in self.lessons for change in lesson.changes if change.entry is not None
        )

    @property
    def failed(self) -> Step | None:
        """The step that was refused; None where none was."""
        return self.lessons[-1].step if self.end == "refused" else None


@dataclass(frozen=True)
class Pursuit:
    """What came of pursuing a goal.

    Attributes:
        status: "reached" where the goal holds in the world; "out of reach" where it is proven that no plan leads
            there that the evidence allows; "unknown" where the budget ran out; "gave up" where a limit was met, or
            nothing was learned from a failure.
        attempts: every plan that was tried, in order.
        kernel: where it is out of reach, the beliefs that make it so, as in `OutOfReach`; empty otherwise.
        reason: why it is unknown, or was given up; None otherwise.
    """

    status: Status
    attempts: tuple[Attempt, ...] = ()
    kernel: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def failures(self) -> tuple[Step, ...]:
        """The steps that the world refused, in order."""
        return tuple(attempt.failed for attempt in self.attempts if attempt.failed is not None)

    @property
    def entries(self) -> tuple[int, ...]:
        """The numbers of the journal entries that hold what was learned."""
        return tuple(number for attempt in self.attempts for number in attempt.entries)

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """The experiments that were made, in order."""
        return tuple(attempt.experiment for attempt in self.attempts if attempt.experiment is not None)

    def __str__(self) -> str:
        """Return what came of it in a line."""
        tried = f"{len(self.attempts)} plan{'' if len(self.attempts) == 1 else 's'} tried"
        said = f"{self.status}: {tried}, {len(self.failures)} refused"
        if self.kernel:
            said += f", because of {', '.join(self.kernel)}"
        return said if self.reason is None else f"{said}; {self.reason}"


def least_doubt(
    base: BeliefBase, problem: Problem, *, level: Level = EVIDENCE, budget: Budget = UNLIMITED
) -> Experiment | OutOfReach | Unknown:
    """Return the least entrenched beliefs whose doubt opens a plan, or why none does.

    What is certain and what is of the level of evidence is never doubted; so neither is what follows from that.
    Where a plan needs no doubt, the experiment doubts nothing. Effects of which the base tells neither that they are
    there nor that they are not are counted on only where there is no plan otherwise: no doubt is needed for them.

    Where a quarter of the time does not suffice to prove what is least, the rest is spent on finding some doubt
    that opens a plan, and the experiment says that it is not proven to be the least (`Experiment.least`). Without a
    limit of time it always is.

    Args:
        base: what is believed.
        problem: where to start and where to get.
        level: from which level on a belief is evidence.
        budget: what the search may spend.

    Raises:
        PlanError: the base contradicts itself, or the planner broke down.
        MissingExtraError: the planner is not installed.

    Cost: some dozens of calls of the planner for each kernel, and as many questions to the base.
    """
    return _Doubting(level).least(base, problem, budget)


class _Doubting:
    """Searches for the least doubt time and again, and keeps what it finds out from one search to the next."""

    def __init__(self, level: Level) -> None:
        self._level = level
        self._former: dict[bool, Reach] = {}
        self._in_vain = 0

    def least(self, base: BeliefBase, problem: Problem, budget: Budget) -> Experiment | OutOfReach | Unknown:
        """Return the least doubt as `least_doubt` does."""
        deadline = Deadline(budget)
        found = self._doubt(self._reach(base, problem, False, budget), budget)
        if not isinstance(found, OutOfReach):
            return found
        rest = deadline.rest()
        try:
            return self._doubt(self._reach(base, problem, True, rest), rest)
        except Undecided as undecided:
            return Unknown(str(undecided))

    def _doubt(self, reach: Reach, budget: Budget) -> Experiment | OutOfReach | Unknown:
        found = _doubt(reach, self._for_proof(budget))
        if not isinstance(found, _Unproven):
            return found
        self._in_vain += 1
        return _some_doubt(reach)

    def _for_proof(self, budget: Budget) -> Budget:
        """The part of a budget that the proof may take that a doubt is the least: half as much after each in vain."""
        if budget.milliseconds is None:
            return budget
        return replace(budget, milliseconds=budget.milliseconds // (_SHARE << self._in_vain))

    def _reach(self, base: BeliefBase, problem: Problem, undecided: bool, budget: Budget) -> Reach:
        former = self._former.get(undecided)
        reach = Reach(base, problem, level=self._level, undecided=undecided, former=former, budget=budget)
        self._former[undecided] = reach
        return reach


@dataclass(frozen=True)
class _Suspected:
    """The conflict as far as it is known why there is no plan; the planner is not asked, and the time is limited."""

    reach: Reach
    deadline: Deadline

    def check(self, labels: Collection[Label]) -> Verdict:
        left = self.deadline.remaining()
        return left if isinstance(left, Unknown) else self.reach.suspected(labels)

    def without(self, excluded: Collection[Label]) -> Verdict:
        left = self.deadline.remaining()
        return left if isinstance(left, Unknown) else self.reach.suspected_without(excluded)


class _Unproven:
    """That the time ran out before it was proven which doubt is the least."""


def _doubt(reach: Reach, budget: Budget) -> Experiment | OutOfReach | Unknown | _Unproven:
    """Return the incision of least cost; `_Unproven` if a budget for its proof runs out.

    What is known of why there is no plan is part of the truth. So an incision of least cost, and the first of these,
    for what is known is that for the truth as well, if there is a plan without it. If not, more is known then. The
    planner is asked of nothing else: of what is worth doubting.
    """
    proof = Deadline(budget)
    while True:
        found = least_incision(
            _Suspected(reach, proof),
            reach.entrenchment,
            reach.seniority,
            known=reach.kernels,
            budget=proof.rest(),
        )
        if isinstance(found, Unknown):
            return found if budget.milliseconds is None else _Unproven()
        if isinstance(found, Irrefutable):
            return _out_of_reach(reach, found.kernel)
        reach.kernels = list(found.kernels)
        way = reach.way(found.removed)
        if isinstance(way, Unknown):
            return way
        if isinstance(way, Way):
            return _experiment(reach, found.removed, way)


def _some_doubt(reach: Reach) -> Experiment | OutOfReach | Unknown:
    """Return a doubt that opens a plan, though others may for less: the least that opens one plan.

    The plan is one that the evidence allows. So where there is none, the goal is out of reach.
    """
    base = reach.question.base
    doubtful = frozenset(name for name in base.names() if not reach.entrenchment(name).is_certain)
    way = reach.way(doubtful)
    if isinstance(way, Unknown):
        return way
    if isinstance(way, Unsat):
        return _out_of_reach(reach, way.core)
    found = reach.least_for(way)
    if isinstance(found, Unknown):
        return found
    removed, way = found
    reach.kernels = [kernel for kernel in reach.kernels if not removed.isdisjoint(kernel)]
    return _experiment(reach, removed, way, least=not removed)


def _out_of_reach(reach: Reach, kernel: Kernel) -> OutOfReach:
    smallest = reach.smallest(kernel)
    minimal = not isinstance(smallest, Unknown)
    return OutOfReach(
        in_order(reach.question.base, kernel if isinstance(smallest, Unknown) else smallest), minimal
    )


def _experiment(reach: Reach, removed: frozenset[Label], way: Way, *, least: bool = True) -> Experiment:
    base = reach.question.base
    doubted = tuple(base[name] for name in in_order(base, removed))
    cost = Cost.of(map(reach.entrenchment, removed))
    kernels = tuple(in_order(base, kernel) for kernel in reach.kernels)
    states = accumulate(
        way.plan, lambda state, step: run(way.domain, state, [step]), initial=reach.problem.initial
    )
    return Experiment(
        doubted, cost, kernels, way.plan, tuple(states)[1:], tuple(_tests(reach, way, doubted)), least
    )


def _tests(reach: Reach, way: Way, doubted: tuple[Belief, ...]) -> Iterator[Probe]:
    """Yield the first step at which each claim of a model against what is believed comes to matter."""
    if not doubted:
        return
    base = reach.question.base
    names = [belief.name for belief in doubted]
    state = reach.problem.initial
    waiting = list(reach.against(way))
    for number, step in enumerate(way.plan, start=1):
        left = []
        for claimed in waiting:
            if claimed.matters(step, state):
                claim = claimed.claim
                touching = base.touching((claim.predicate, claim.condition))
                yield Probe(number, step, claim.formula, tuple(name for name in names if name in touching))
            else:
                left.append(claimed)
        waiting = left
        state = run(way.domain, state, [step])


def pursue(
    agent: Believer,
    goal: Goal,
    world: World,
    *,
    limit: int = LIMIT,
    level: Level = EVIDENCE,
    source: str = WORLD,
    budget: Budget | None = None,
    evidence: Evidence | None = None,
) -> Pursuit:
    """Reach a goal in a world: plan, execute, learn from every step, and plan again where it fails.

    Each plan is made from all that is believed. Where that leaves none, the least that has to be doubted for there to
    be one is tried as an experiment; where a share of the time does not suffice to prove what is least, another doubt
    that opens a plan, marked as such (see `least_doubt`). What comes of every step is observed, so that what it
    refutes gives way, and a step that the evidence says will fail is in no plan any more. Nothing is tried twice
    without new evidence.

    What the steps do to the state is not told to the agent: it goes on believing what it believes of facts. Where the
    world does not show its state, it is taken to be as the steps are believed to make it.

    Args:
        agent: who acts and learns.
        goal: what should hold in the end.
        world: where it acts, from the state it is in.
        limit: how many plans are tried at most, 0 or more.
        level: how firmly what is seen is believed; what is held so firmly is never doubted.
        source: who saw it.
        budget: what each search for a plan may spend; that of the agent if it is not told. A pursuit may take up to
            `limit` times as long, and the time of the world.
        evidence: the evidence of the agent's present base, of that level, where it is at hand.

    Raises:
        LanguageError: the text of the goal is malformed.
        PlanError: the goal does not fit what is believed, a step does not fit the world, or the base contradicts
            itself; the world is none, or says what is no outcome; or the limit is no number from 0.
        MissingExtraError: the planner is not installed.
        JournalError: what was learned could not be committed; what was learned before it is.
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise PlanError(f"the limit is how many plans are tried at most, a number from 0; not {limit!r}")
    world = CheckedWorld(world)
    attempts: list[Attempt] = []
    tried = set()
    spend = agent.budget if budget is None else budget
    state = world.state
    doubtful: frozenset[Ground] = frozenset()
    if evidence is None:
        evidence = Evidence(agent.base, level=level, budget=agent.budget)
    doubting = _Doubting(level)
    while True:
        base = agent.base
        problem = problem_of(base, goal, state, budget=spend)
        if problem.solved(problem.initial):
            return Pursuit("reached", tuple(attempts))
        if len(attempts) >= limit:
            return Pursuit("gave up", tuple(attempts), reason=_tried(limit))
        found = doubting.least(base, problem, spend)
        if isinstance(found, Unknown):
            return Pursuit("unknown", tuple(attempts), reason=found.reason)
        if isinstance(found, OutOfReach):
            return Pursuit("out of reach", tuple(attempts), found.kernel)
        trial = problem.initial, found.plan, frozenset(cut(base, level).names())
        if trial in tried:
            return Pursuit("gave up", tuple(attempts), reason=_learned_nothing(attempts[-1]))
        tried.add(trial)
        attempt, state, doubtful, evidence = _try(
            agent, world, problem.initial, doubtful, found, evidence, source
        )
        attempts.append(attempt)


def _try(
    agent: Believer,
    world: World,
    start: State,
    doubtful: frozenset[Ground],
    experiment: Experiment,
    evidence: Evidence,
    source: str,
) -> tuple[Attempt, State, frozenset[Ground], Evidence]:
    """Execute a plan until it ends or something else happens than was predicted; learn from every step.

    Where the world does not show its state, what the evidence does not tell of the effects is in doubt from then on.

    Returns:
        The attempt; the state it led to; the facts in doubt there; and the evidence by then.
    """
    state = start
    lessons: list[Lesson] = []
    end: OneOf["done", "refused", "surprised"] = "done"
    for step, predicted in zip(experiment.plan, experiment.states, strict=True):
        outcome = world.execute(step)
        lessons.append(
            record(
                agent,
                step,
                state,
                outcome,
                level=evidence.level,
                source=source,
                evidence=evidence,
                doubtful=doubtful,
            )
        )
        evidence = evidence.updated(agent.base)
        if outcome.state is not None:
            state, doubtful = outcome.state, frozenset()
        if not outcome.executed:
            end = "refused"
            break
        if outcome.state is None:
            # What was only hoped for is not taken to have come about unseen.
            state, doubtful = evidence.after(step, state), evidence.doubtful_after(step, state, doubtful)
        if state != predicted:
            end = "surprised"
            break
    shown = experiment if experiment.doubted else None
    return Attempt(start, experiment.plan, shown, tuple(lessons), end), state, doubtful, evidence


def _tried(limit: int) -> str:
    return f"{limit} {'plan was' if limit == 1 else 'plans were'} tried; allow more"


def _learned_nothing(last: Attempt) -> str:
    notes = [lesson.note for lesson in last.lessons if lesson.note is not None]
    why = f": {'; '.join(notes)}" if notes else ""
    return f"the same plan failed before, and nothing was learned from it{why}"
