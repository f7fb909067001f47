"""Pursuit of a goal: plan, act, fail, learn, plan again; and when stuck, doubt as little as opens a plan.

References:
    Gil: Learning by experimentation: incremental refinement of incomplete planning domains. ICML 1994, for plans
    that fail as what is learned from, and for experiments.
    Göbelbecker, Keller, Eyerich, Brenner, Nebel: Coming up with good excuses: what to do when no plan can be found.
    ICAPS 2010, for the least change that makes a goal reachable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal as OneOf
from typing import TypeAlias

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.cut import cut
from beliefs.base.entrenchment import Cost, Level
from beliefs.change.change import in_order
from beliefs.kernels.incision import Incision, Irrefutable, least_incision
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Formula
from beliefs.planning.actions import Ground, Plan, Problem, State, Step, run
from beliefs.planning.evidence import Evidence, Lesson, record
from beliefs.planning.goals import Goal, problem_of
from beliefs.planning.levels import EVIDENCE, LIMIT, WORLD
from beliefs.planning.model import Believer, Undecided
from beliefs.planning.reach import Reach, Way
from beliefs.planning.world import Outcome, World
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Unknown, Verdict

Learner: TypeAlias = Callable[[Step, State, Outcome, Collection[Ground]], Lesson]
"""Takes in what came of a step that was tried in a state, of which some facts may be in doubt."""

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
    """The least that has to be doubted for there to be a plan, and the plan that puts it to the test.

    Attributes:
        doubted: beliefs of the base, oldest first: without them, and with all the others, there is a plan; and no
            other choice of beliefs costs less.
        cost: what giving them up would cost.
        kernels: sets of beliefs, by name, that leave no plan; every one of them holds a belief doubted, and no cheaper
            choice of beliefs cuts them all.
        plan: the steps.
        states: the state after each step, if all is as the plan takes it to be.
        tests: which step tests which doubt.
    """

    doubted: tuple[Belief, ...]
    cost: Cost
    kernels: tuple[tuple[str, ...], ...]
    plan: Plan
    states: tuple[State, ...]
    tests: tuple[Probe, ...]

    def __str__(self) -> str:
        """Return the experiment in a line."""
        steps = " ".join(map(str, self.plan))
        return f"doubt {', '.join(belief.name for belief in self.doubted) or 'nothing'}; try {steps}"


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
    deadline = Deadline(budget)
    found = _doubt(Reach(base, problem, level=level, budget=budget), budget)
    if not isinstance(found, OutOfReach):
        return found
    rest = deadline.rest()
    try:
        return _doubt(Reach(base, problem, level=level, undecided=True, budget=rest), rest)
    except Undecided as undecided:
        return Unknown(str(undecided))


@dataclass(frozen=True)
class _Suspected:
    """The conflict as far as it is known why there is no plan; the planner is not asked."""

    reach: Reach

    def check(self, labels: Collection[Label]) -> Verdict:
        return self.reach.suspected(labels)

    def without(self, excluded: Collection[Label]) -> Verdict:
        return self.reach.suspected_without(excluded)


def _doubt(reach: Reach, budget: Budget) -> Experiment | OutOfReach | Unknown:
    """Return the incision of least cost.

    What is known of why there is no plan is part of the truth. So an incision of least cost, and the first of these,
    for what is known is that for the truth as well, if there is a plan without it. If not, more is known then. The
    planner is asked of nothing else: of what is worth doubting.
    """
    base = reach.question.base
    while True:
        found = least_incision(_Suspected(reach), reach.entrenchment, reach.seniority, budget=budget)
        if isinstance(found, Unknown):
            return found
        if isinstance(found, Irrefutable):
            kernel = reach.smallest(found.kernel)
            minimal = not isinstance(kernel, Unknown)
            return OutOfReach(
                in_order(base, found.kernel if isinstance(kernel, Unknown) else kernel), minimal
            )
        way = reach.way(found.removed)
        if isinstance(way, Unknown):
            return way
        if isinstance(way, Way):
            return _experiment(reach, found, way)


def _experiment(reach: Reach, found: Incision, way: Way) -> Experiment:
    base = reach.question.base
    doubted = tuple(base[name] for name in in_order(base, found.removed))
    kernels = tuple(in_order(base, kernel) for kernel in found.kernels)
    states = accumulate(
        way.plan, lambda state, step: run(way.domain, state, [step]), initial=reach.problem.initial
    )
    return Experiment(
        doubted, found.cost, kernels, way.plan, tuple(states)[1:], tuple(_tests(reach, way, doubted))
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
    learn: Learner | None = None,
) -> Pursuit:
    """Reach a goal in a world: plan, execute, learn from every step, and plan again where it fails.

    Each plan is made from all that is believed. Where that leaves none, the least that has to be doubted for there to
    be one is tried as an experiment. What comes of every step is observed, so that what it refutes gives way, and a
    step that the evidence says will fail is in no plan any more. Nothing is tried twice without new evidence.

    What the steps do to the state is not told to the agent: it goes on believing what it believes of facts. Where the
    world does not show its state, it is taken to be as the steps are believed to make it.

    Args:
        agent: who acts and learns.
        goal: what should hold in the end.
        world: where it acts, from the state it is in.
        limit: how many plans are tried at most.
        level: how firmly what is seen is believed; what is held so firmly is never doubted.
        source: who saw it.
        budget: what each search for a plan may spend; that of the agent if it is not told.
        learn: how to take in what came of a step; by default with `record`.

    Raises:
        LanguageError: the text of the goal is malformed.
        PlanError: the goal does not fit what is believed, a step does not fit the world, or the base contradicts
            itself.
        MissingExtraError: the planner is not installed.
        JournalError: what was learned could not be committed; what was learned before it is.
    """
    attempts: list[Attempt] = []
    tried = set()
    spend = agent.budget if budget is None else budget
    state = world.state
    doubtful: frozenset[Ground] = frozenset()
    learner = _learner(agent, level, source) if learn is None else learn
    while True:
        base = agent.base
        problem = problem_of(base, goal, state, budget=spend)
        if problem.solved(problem.initial):
            return Pursuit("reached", tuple(attempts))
        if len(attempts) >= limit:
            return Pursuit("gave up", tuple(attempts), reason=f"{limit} plans were tried; allow more")
        found = least_doubt(base, problem, level=level, budget=spend)
        if isinstance(found, Unknown):
            return Pursuit("unknown", tuple(attempts), reason=found.reason)
        if isinstance(found, OutOfReach):
            return Pursuit("out of reach", tuple(attempts), found.kernel)
        trial = problem.initial, found.plan, frozenset(cut(base, level).names())
        if trial in tried:
            return Pursuit("gave up", tuple(attempts), reason=_learned_nothing(attempts[-1]))
        tried.add(trial)
        attempt, state, doubtful = _try(agent, world, problem.initial, doubtful, found, learner, level)
        attempts.append(attempt)


def _learner(agent: Believer, level: Level, source: str) -> Learner:
    """Take in what steps show, keeping what the evidence was found to say from one to the next."""
    evidence = Evidence(agent.base, level=level, budget=agent.budget)

    def learn(step: Step, before: State, outcome: Outcome, doubtful: Collection[Ground]) -> Lesson:
        nonlocal evidence
        evidence = evidence.updated(agent.base)
        return record(
            agent, step, before, outcome, level=level, source=source, evidence=evidence, doubtful=doubtful
        )

    return learn


def _try(
    agent: Believer,
    world: World,
    start: State,
    doubtful: frozenset[Ground],
    experiment: Experiment,
    learn: Learner,
    level: Level,
) -> tuple[Attempt, State, frozenset[Ground]]:
    """Execute a plan until it ends or something else happens than was predicted; learn from every step.

    Where the world does not show its state, what the evidence does not tell of the effects is in doubt from then on.

    Returns:
        The attempt; the state it led to; and the facts in doubt there.
    """
    state = start
    lessons: list[Lesson] = []
    end: OneOf["done", "refused", "surprised"] = "done"
    for step, predicted in zip(experiment.plan, experiment.states, strict=True):
        outcome = world.execute(step)
        lessons.append(learn(step, state, outcome, doubtful))
        if outcome.state is not None:
            state, doubtful = outcome.state, frozenset()
        if not outcome.executed:
            end = "refused"
            break
        if outcome.state is None:
            # What was only hoped for is not taken to have come about unseen.
            told = Evidence(agent.base, level=level, budget=agent.budget)
            state, doubtful = told.after(step, state), told.doubtful_after(step, state, doubtful)
        if state != predicted:
            end = "surprised"
            break
    shown = experiment if experiment.doubted else None
    return Attempt(start, experiment.plan, shown, tuple(lessons), end), state, doubtful


def _learned_nothing(last: Attempt) -> str:
    notes = [lesson.note for lesson in last.lessons if lesson.note is not None]
    why = f": {'; '.join(notes)}" if notes else ""
    return f"the same plan failed before, and nothing was learned from it{why}"
