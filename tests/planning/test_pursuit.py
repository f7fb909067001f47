"""Goals pursued in worlds that are not as believed; the least doubt against every doubt there is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from random import Random

import pytest
from immutables import Map
from support.small_worlds import reachable, shortest_plan

from beliefs import Agent
from beliefs.base.entrenchment import CERTAIN, Cost
from beliefs.errors import MissingExtraError, ParseError, PlanError
from beliefs.language.parser import parse_formula
from beliefs.language.semantics import Model, truth
from beliefs.planning import downward
from beliefs.planning.actions import (
    EQUAL,
    OBJECT,
    Domain,
    Ground,
    Literal,
    Predicate,
    Problem,
    Schema,
    State,
    Step,
)
from beliefs.planning.evidence import EVIDENCE, Evidence, record
from beliefs.planning.goals import problem_of
from beliefs.planning.model import learn_actions, learn_facts
from beliefs.planning.pursuit import Experiment, OutOfReach, Pursuit, least_doubt, pursue
from beliefs.planning.reach import Reach
from beliefs.planning.vocabulary import Vocabulary
from beliefs.planning.world import Outcome, SimulatedWorld
from beliefs.reasoning.verdict import Budget, Sat, Unknown, Unsat


def literals(said: str) -> tuple[Literal, ...]:
    """Read conditions such as `at-0 door-0-1 !locked-1`: a number is the place of a parameter."""
    found = []
    for word in said.split():
        name, *arguments = word.removeprefix("!").split("-")
        terms = tuple(int(each) if each.isdigit() else each for each in arguments)
        found.append(Literal(name, terms, not word.startswith("!")))
    return tuple(found)


def action(name: str, arity: int, conditions: str, effects: str) -> Schema:
    parameters = tuple((f"x{place}", OBJECT) for place in range(arity))
    return Schema(name, parameters, literals(conditions), literals(effects))


def state(said: str) -> State:
    return frozenset(Ground(each.predicate, tuple(map(str, each.arguments))) for each in literals(said))


COURIER = Domain(
    "courier",
    (),
    (
        Predicate("at", (OBJECT,)),
        Predicate("door", (OBJECT, OBJECT)),
        Predicate("locked", (OBJECT,)),
        Predicate("key"),
    ),
    (),
    (
        action("go", 2, "at-0 door-0-1 !locked-1", "at-1 !at-0"),
        action("unlock", 2, "at-0 door-0-1 key", "!locked-1"),
        action("fetch", 1, "at-0", "key"),
    ),
    frozenset({"negative-preconditions"}),
)
"""A courier among rooms; a locked one is unlocked with a key from the next room."""

HOUSE = state("at-hall door-hall-cellar door-cellar-hall locked-cellar")
ROOMS = (("hall", OBJECT), ("cellar", OBJECT))


def house(goal: str = "at-cellar", start: State = HOUSE) -> Problem:
    return Problem("house", ROOMS, start, literals(goal))


def changed(domain: Domain, name: str, conditions: str = "", effects: str = "") -> Domain:
    """Return a domain of which an action has these conditions and effects too, or lacks them after a `-`."""

    def with_changes(old: tuple[Literal, ...], said: str) -> tuple[Literal, ...]:
        dropped = {each for word in said.split() if word[0] == "-" for each in literals(word[1:])}
        added = literals(" ".join(word for word in said.split() if word[0] != "-"))
        return (*(each for each in old if each not in dropped), *added)

    schemas = tuple(
        replace(
            schema,
            conditions=with_changes(schema.conditions, conditions),
            effects=with_changes(schema.effects, effects),
        )
        if schema.name == name
        else schema
        for schema in domain.schemas
    )
    return replace(domain, schemas=schemas)


@pytest.fixture
def agent():
    with Agent.in_memory() as agent:
        yield agent


def believes(agent: Agent, formula: str) -> bool:
    return agent.ask(formula).verdict == "believed"


def test_a_plan_that_works_is_followed(agent):
    learn_actions(agent, COURIER)
    world = SimulatedWorld(COURIER, house())
    pursuit = pursue(agent, "at(cellar)", world)
    assert pursuit.status == "reached"
    assert [attempt.end for attempt in pursuit.attempts] == ["done"]
    assert pursuit.failures == ()
    assert world.solved
    assert str(pursuit) == "reached: 1 plan tried, 0 refused"


def test_a_goal_that_holds_is_reached_without_a_step(agent):
    learn_actions(agent, COURIER)
    assert pursue(agent, "at(hall) & !key", SimulatedWorld(COURIER, house())) == Pursuit("reached")


def test_a_model_that_asks_too_little_fails_and_learns(agent):
    learn_actions(agent, COURIER, empty=True)
    world = SimulatedWorld(COURIER, house())
    pursuit = pursue(agent, house(), world)
    assert pursuit.status == "reached"
    assert world.solved
    assert pursuit.failures
    assert pursuit.entries == tuple(entry.number for entry in agent.log())[1:]
    # What was learned is not learned again.
    again = pursue(agent, house(), SimulatedWorld(COURIER, house()))
    assert again.status == "reached"
    assert again.failures == ()
    assert len(again.attempts) == 1


def test_a_model_that_asks_too_much_is_doubted(agent):
    strict = changed(COURIER, "fetch", conditions="locked-0")
    learn_actions(agent, strict)
    assert believes(agent, "needs_fetch(locked_1)")
    world = SimulatedWorld(COURIER, house())
    pursuit = pursue(agent, house(), world)
    assert pursuit.status == "reached"
    (experiment,) = pursuit.experiments
    assert [belief.name for belief in experiment.doubted] == ["fetch-needs-locked-1"]
    (probe,) = experiment.tests
    assert (probe.step.action, probe.doubted) == ("fetch", ("fetch-needs-locked-1",))
    assert str(probe).endswith("tries whether !needs_fetch(locked_1) (against fetch-needs-locked-1)")
    assert "doubt fetch-needs-locked-1; try" in str(experiment)
    assert "fetch-needs-locked-1" not in agent.base
    assert not believes(agent, "needs_fetch(locked_1)")


def test_of_two_doubts_the_weaker_comes_first(agent):
    learn_actions(agent, COURIER, level=3)
    agent.tell("[rumour @1] needs_fetch(locked_1)", revise=True)
    problem = house()
    found = least_doubt(agent.base, problem)
    assert isinstance(found, Experiment)
    assert [belief.name for belief in found.doubted] == ["rumour"]
    assert found.cost == Cost.of(belief.entrenchment for belief in found.doubted)
    assert all("rumour" in kernel for kernel in found.kernels)


def test_a_doubt_that_is_refuted_gives_way_to_the_next(agent):
    # Nothing says where the key is to be had: going in without it is tried first, being the weakest belief.
    keyless = replace(COURIER, schemas=COURIER.schemas[:1])
    learn_actions(agent, keyless, level=2)
    agent.tell("[spare @3] needs_go(key_holds)", revise=True)
    world = SimulatedWorld(changed(keyless, "go", conditions="-!locked-1"), house())
    pursuit = pursue(agent, house(), world)
    assert pursuit.status == "reached"
    (experiment,) = pursuit.experiments
    assert {belief.name for belief in experiment.doubted} == {"go-needs-not-locked-2", "spare"}


def test_an_assumption_behind_what_is_needed_is_what_is_doubted(agent):
    domain = Domain(
        "switch", (), (Predicate("a"), Predicate("b"), Predicate("on")), (), (action("press", 0, "", "on"),)
    )
    learn_actions(agent, domain, empty=True)
    agent.observe("[seen @9] needs_press(a_holds) | needs_press(b_holds)")
    needed, other = ("a", "b") if believes(agent, "needs_press(a_holds)") else ("b", "a")
    problem = Problem("switch", (), state(other), literals("on"))
    found = least_doubt(agent.base, problem)
    assert isinstance(found, Experiment)
    assert [belief.name for belief in found.doubted] == [f"press-without-{other}-holds"]
    assert found.plan == (Step("press"),)
    (probe,) = found.tests
    assert probe.claim == parse_formula(f"!needs_press({needed}_holds)")
    assert set(found.kernels[0]) == {f"press-without-{other}-holds", "seen"}


def test_an_effect_that_is_wrong_is_noticed(agent):
    learn_actions(agent, changed(COURIER, "go", effects="key"), effects=2)
    problem = house("at-cellar", HOUSE - state("locked-cellar"))
    pursuit = pursue(agent, problem, SimulatedWorld(COURIER, problem))
    assert pursuit.status == "reached"
    assert pursuit.attempts[0].end == "surprised"
    assert pursuit.attempts[0].failed is None
    assert not believes(agent, "adds_go(key_holds)")


def test_an_effect_that_takes_too_much_is_doubted(agent):
    burning = changed(COURIER, "unlock", effects="!at-0")
    learn_actions(agent, burning, effects=2, level=3)
    world = SimulatedWorld(COURIER, house())
    pursuit = pursue(agent, house(), world)
    assert pursuit.status == "reached"
    # That some action does more than is believed is doubted sooner than what was read; the experiment teaches both.
    assert all(belief.entrenchment.level == 0 for each in pursuit.experiments for belief in each.doubted)
    assert believes(agent, "!deletes_unlock(at_1) | adds_unlock(at_1)")


def test_an_effect_that_nothing_is_believed_to_have_is_hoped_for(agent):
    useless = changed(COURIER, "fetch", effects="-key door-0-0")
    learn_actions(agent, useless, effects=3, level=3)
    world = SimulatedWorld(COURIER, house("key"))
    pursuit = pursue(agent, house("key"), world)
    assert pursuit.status == "reached"
    assert believes(agent, "adds_fetch(key_holds)")


def test_what_is_undecided_keeps_nothing_out_of_reach(agent):
    useless = changed(COURIER, "fetch", effects="-key door-0-0")
    learn_actions(agent, useless, effects=3, level=3)
    for claim in ("adds_fetch(key_holds)", "adds_go(key_holds)", "adds_unlock(key_holds)"):
        agent.contract(f"!{claim}")
        assert agent.ask(claim).verdict == "undecided"
    found = least_doubt(agent.base, house("key"))
    assert isinstance(found, Experiment)
    assert found.doubted == ()
    assert pursue(agent, house("key"), SimulatedWorld(COURIER, house("key"))).status == "reached"
    assert agent.ask("adds_fetch(key_holds)").verdict == "believed"


def test_out_of_reach_is_proven_by_what_is_certain(agent):
    learn_actions(agent, replace(COURIER, schemas=COURIER.schemas[:2]), level=CERTAIN)
    world = SimulatedWorld(COURIER, house())
    pursuit = pursue(agent, house(), world)
    assert pursuit.status == "out of reach"
    assert set(pursuit.kernel) == {"go-needs-not-locked-2", "unlock-needs-key-holds"}
    assert pursuit.attempts == ()
    assert str(pursuit).startswith("out of reach: 0 plans tried, 0 refused, because of ")


def test_out_of_reach_whatever_actions_need(agent):
    learn_actions(agent, COURIER)
    pursuit = pursue(agent, house("door-hall-hall"), SimulatedWorld(COURIER, house()))
    assert pursuit.status == "out of reach"
    assert pursuit.kernel == ()


def test_what_the_world_taught_leaves_no_way(agent):
    domain = Domain(
        "wall", (), (Predicate("open"), Predicate("out")), (), (action("leave", 0, "open", "out"),)
    )
    learn_actions(agent, domain, empty=True)
    problem = Problem("wall", (), frozenset(), literals("out"))
    world = SimulatedWorld(domain, problem)
    pursuit = pursue(agent, problem, world)
    assert pursuit.status == "out of reach"
    assert pursuit.failures == (Step("leave"),) * len(pursuit.attempts)
    assert all(agent.base[name].entrenchment.level == EVIDENCE for name in pursuit.kernel)
    assert shortest_plan(domain, problem) is None
    assert pursue(agent, problem, world) == Pursuit("out of reach", (), pursuit.kernel)


class Blind:
    """A world that shows no state, and says of every step that it was executed."""

    state = HOUSE

    def execute(self, step: Step) -> Outcome:
        return Outcome(True)


def test_what_is_hoped_for_is_not_reached_unseen(agent):
    learn_actions(agent, changed(COURIER, "fetch", effects="-key door-0-0"), effects=3, level=3)
    pursuit = pursue(agent, house("key"), Blind(), limit=5)
    assert pursuit.status == "gave up"
    assert believes(agent, "!adds_fetch(key_holds)")


class Stubborn:
    """A world that refuses everything, or says that it did it and does nothing."""

    def __init__(self, executes: bool, shown: State | None) -> None:
        self.executes = executes
        self.state = shown
        self.asked: list[Step] = []

    def execute(self, step: Step) -> Outcome:
        self.asked.append(step)
        return Outcome(self.executes, self.state)


def test_a_refusal_that_nothing_explains_is_not_tried_again(agent):
    domain = Domain("bell", (), (Predicate("rung"),), (), (action("ring", 0, "", "rung"),))
    learn_actions(agent, domain, level=CERTAIN)
    agent.tell("[free @certain] !needs_ring(rung_holds)", revise=True)
    world = Stubborn(False, frozenset())
    pursuit = pursue(agent, "rung", world)
    assert pursuit.status == "gave up"
    assert world.asked == [Step("ring")]
    assert pursuit.reason is not None
    assert "nothing was learned" in pursuit.reason


def test_a_world_that_does_nothing_is_given_up(agent):
    domain = Domain("bell", (), (Predicate("rung"),), (), (action("ring", 0, "", "rung"),))
    learn_actions(agent, domain)  # what actions do is certain
    pursuit = pursue(agent, "rung", Stubborn(True, frozenset()))
    assert pursuit.status == "gave up"
    assert {attempt.end for attempt in pursuit.attempts} == {"surprised"}
    assert len(pursuit.attempts) == 2  # from the first it learned that it needs nothing


def test_without_a_view_of_the_world_the_steps_are_trusted(agent):
    learn_actions(agent, COURIER)
    learn_facts(agent, HOUSE)
    world = Stubborn(True, None)
    pursuit = pursue(agent, "at(cellar)", world)
    assert pursuit.status == "reached"
    assert world.asked[-1] == Step("go", ("hall", "cellar"))


def test_no_more_plans_are_tried_than_allowed(agent):
    learn_actions(agent, COURIER, empty=True)
    pursuit = pursue(agent, house(), SimulatedWorld(COURIER, house()), limit=1)
    assert pursuit.status == "gave up"
    assert pursuit.reason == "1 plan was tried; allow more"
    assert len(pursuit.attempts) == 1


def test_out_of_time_is_unknown(agent):
    learn_actions(agent, COURIER)
    pursuit = pursue(agent, house(), SimulatedWorld(COURIER, house()), budget=Budget(milliseconds=0))
    assert pursuit.status == "unknown"
    assert pursuit.reason is not None
    assert "time limit" in pursuit.reason


def test_an_absent_planner_is_told(agent, monkeypatch):
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(downward, "files", missing)
    learn_actions(agent, COURIER)
    with pytest.raises(MissingExtraError, match="pip install"):
        pursue(agent, house(), SimulatedWorld(COURIER, house()))


@pytest.mark.parametrize(
    ("goal", "error", "message"),
    [
        ("at(cellar", ParseError, "line 1"),
        ("at(cellar) | key", PlanError, "no conjunction of facts"),
        ("forall x. at(x)", PlanError, "no conjunction of facts"),
        ("rain", PlanError, "speaks of rain"),
        ("at(hall, cellar)", PlanError, r"know at/1, door/2"),
    ],
)
def test_goals_that_are_none(agent, goal, error, message):
    learn_actions(agent, COURIER)
    with pytest.raises(error, match=message):
        problem_of(agent.base, goal, HOUSE)


def test_without_actions_there_is_nothing_to_plan_with(agent):
    with pytest.raises(PlanError, match="no action is known"):
        problem_of(agent.base, "at(cellar)", HOUSE)


def test_goals_in_all_their_forms(agent):
    learn_actions(agent, COURIER)
    wishes = (Literal("at", ("cellar",)), Literal("key", (), False))
    said = problem_of(agent.base, "at(cellar) & !key", HOUSE)
    assert said == Problem("goal", (("cellar", OBJECT), ("hall", OBJECT)), HOUSE, wishes)
    assert problem_of(agent.base, parse_formula("at(cellar) & !key"), HOUSE) == said
    assert problem_of(agent.base, wishes, HOUSE) == said
    assert problem_of(agent.base, house(), None) == house()
    assert problem_of(agent.base, "true & hall != cellar", HOUSE).goal == (
        Literal(EQUAL, ("hall", "cellar"), False),
    )


def small_case(random: Random) -> tuple[Agent, Problem]:
    """Return an agent that believes in two actions over two facts, knows something from a world, and has a goal."""
    negative = random.random() < 0.5
    facts = ["p", "q"]

    def schema(name: str) -> Schema:
        conditions = [
            Literal(each, (), not negative or random.random() < 0.6)
            for each in facts
            if random.random() < 0.6
        ]
        effects = [Literal(each, (), random.random() < 0.6) for each in facts if random.random() < 0.5]
        return Schema(name, (), tuple(conditions), tuple(effects))

    names = ["act"] if negative else ["act", "do"]
    requirements = frozenset({"negative-preconditions"} if negative else ())
    predicates = tuple(map(Predicate, facts))
    believed, true = (
        Domain("tiny", (), predicates, (), tuple(map(schema, names)), requirements) for _ in range(2)
    )
    agent = Agent.in_memory()
    learn_actions(
        agent,
        believed,
        empty=random.random() < 0.3,
        level=random.choice((1, 2)),
        effects=random.choice((1, 2, CERTAIN)),
    )
    for _ in range(random.randint(0, 3)):
        start = frozenset(Ground(each) for each in facts if random.random() < 0.5)
        world = SimulatedWorld(true, Problem("tiny", (), start, ()))
        step = Step(random.choice(names))
        record(agent, step, start, world.execute(step))
    start = frozenset(Ground(each) for each in facts if random.random() < 0.4)
    goal = tuple(
        Literal(each, (), random.random() < 0.7) for each in random.sample(facts, random.randint(1, 2))
    )
    return agent, Problem("tiny", (), start, goal)


class EveryModel:
    """All action models there are, each with whether it has a plan and which beliefs are true in it, as bits."""

    def __init__(self, agent: Agent, problem: Problem) -> None:
        base = agent.base
        vocabulary = Vocabulary.of(base)
        open_effects = {
            atom for effects in Reach(base, problem)._actions.effects.values() for atom, _ in effects
        }
        atoms = sorted(
            (mark + each.symbol, symbol)
            for name, each in vocabulary.actions.items()
            for symbol, literal in vocabulary.candidates(name).items()
            for mark in ("needs_", *(("adds_", "deletes_") if literal.positive else ()))
        )
        self.satisfying = dict.fromkeys((belief.name for belief in base), 0)
        self.solvable = 0
        verdicts: dict[Domain, bool] = {}
        for number, row in enumerate(product((False, True), repeat=len(atoms))):
            true = frozenset(atom for atom, holds in zip(atoms, row, strict=True) if holds)
            model = Model(true=Map((atom, None) for atom in true))
            for belief in base:
                if truth(belief.formula, model):
                    self.satisfying[belief.name] |= 1 << number
            domain = self._domain(vocabulary, true, open_effects)
            if domain not in verdicts:
                verdicts[domain] = any(map(problem.solved, reachable(domain, problem)))
            if verdicts[domain]:
                self.solvable |= 1 << number

    def _domain(
        self, vocabulary: Vocabulary, true: frozenset[tuple[str, str]], open_effects: set[tuple[str, str]]
    ) -> Domain:
        schemas = []
        for name, each in vocabulary.actions.items():
            candidates = vocabulary.candidates(name).items()
            effects = [
                effect
                for symbol, literal in candidates
                for mark, effect in (("adds_", literal), ("deletes_", literal.negated))
                if (mark + each.symbol, symbol) in true & open_effects
            ]
            needed = (literal for symbol, literal in candidates if (f"needs_{each.symbol}", symbol) in true)
            schemas.append(Schema(name, (), tuple(needed), tuple(effects)))
        return Domain("model", schemas=tuple(schemas))

    def agree(self, names: frozenset[str]) -> bool:
        left = self.solvable
        for name in names:
            left &= self.satisfying[name]
        return bool(left)


def test_what_keeps_a_goal_out_of_reach_is_told_as_by_trying_every_model():
    seen: Counter[str] = Counter()
    for seed in range(40):
        random = Random(seed)
        agent, problem = small_case(random)
        base = agent.base
        every = EveryModel(agent, problem)
        names = frozenset(every.satisfying)
        reach = Reach(base, problem)
        for _ in range(12):
            labels = frozenset(name for name in sorted(names) if random.random() < random.choice((0.5, 0.9)))
            for verdict in (reach.check(labels), reach.without(names - labels)):
                assert isinstance(verdict, Sat | Unsat)
                assert isinstance(verdict, Sat) is every.agree(labels), seed
                if isinstance(verdict, Unsat):
                    assert verdict.core <= labels
                    assert not every.agree(frozenset(map(str, verdict.core))), seed
                if isinstance(reach.suspected(labels), Unsat):
                    assert not every.agree(labels), seed
        found = least_doubt(base, problem)
        doubtful = sorted(name for name in names if reach.entrenchment(name).level != CERTAIN)
        if isinstance(found, OutOfReach):
            seen["out of reach"] += 1
            kernel = frozenset(found.kernel)
            assert found.minimal, seed
            assert kernel.isdisjoint(doubtful), seed
            assert not every.agree(kernel), seed
            assert all(every.agree(kernel - {name}) for name in kernel), seed
            continue
        assert isinstance(found, Experiment), seed
        costs = [
            Cost.of(base.held(name) for name in chosen)
            for size in range(len(found.doubted) + 2)
            for chosen in combinations(doubtful, size)
            if every.agree(names.difference(chosen))
        ]
        assert found.cost == min(costs), seed
        assert every.agree(names - {belief.name for belief in found.doubted}), seed
        for kernel_names in found.kernels:
            assert not every.agree(frozenset(kernel_names)), seed
        seen[f"doubted {min(len(found.doubted), 2)}"] += 1
    assert min(seen[kind] for kind in ("out of reach", "doubted 0", "doubted 1", "doubted 2")) >= 2, seen


def test_pursuits_end_as_the_world_allows():
    """Whatever is believed, what is reached is reached, and what is out of reach was out of reach at first."""
    seen: Counter[str] = Counter()
    for seed in range(16):
        random = Random(seed)
        lacks = {name for name in ("unlock", "fetch") if random.random() < 0.2}
        true = replace(COURIER, schemas=tuple(each for each in COURIER.schemas if each.name not in lacks))
        believed = true
        for schema in true.schemas:
            if random.random() < 0.6:
                flaw = random.choice(["key", "-at-0", "locked-0", "!key", "-!locked-1"])
                believed = changed(believed, schema.name, conditions=flaw)
        problem = house(random.choice(["at-cellar", "at-cellar key", "key !locked-cellar", "at-cellar !key"]))
        with Agent.in_memory() as agent:
            learn_actions(agent, believed, empty=random.random() < 0.2)
            world = SimulatedWorld(true, problem)
            pursuit = pursue(agent, problem, world)
            now = Problem("now", ROOMS, world.state, problem.goal)
            seen[pursuit.status] += 1
            seen["experiments"] += bool(pursuit.experiments)
            seen["failures"] += bool(pursuit.failures)
            if pursuit.status == "reached":
                assert world.solved, seed
            else:
                assert pursuit.status == "out of reach", (seed, pursuit)
                assert shortest_plan(true, now) is None, seed
                assert set(pursuit.kernel) <= set(Evidence(agent.base).part.names()), seed
    assert min(seen[kind] for kind in ("reached", "out of reach", "experiments", "failures")) >= 3, seen


def test_the_search_for_a_doubt_can_run_out_of_time(agent):
    learn_actions(agent, changed(COURIER, "fetch", conditions="locked-0"))
    found = least_doubt(agent.base, house(), budget=Budget(milliseconds=1))
    assert isinstance(found, Unknown)


def test_what_happens_unseen_is_no_evidence_of_what_rests_on_it() -> None:
    """A world that does not show its state: the step that fails may have needed what was only believed to be so."""
    made, goal, other = (Literal(name, ()) for name in ("made", "goal", "other"))

    def domain_in_which(making: Literal) -> Domain:
        schemas = (Schema("make", (), (), (making,)), Schema("finish", (), (made,), (goal,)))
        predicates = (Predicate("made"), Predicate("goal"), Predicate("other"))
        return Domain("blind", (), predicates, (), schemas, frozenset({"strips"}))

    real = SimulatedWorld(domain_in_which(other), Problem("p", (), frozenset(), (goal,)))

    class Blind:
        state: State = frozenset()

        def execute(self, step: Step) -> Outcome:
            return Outcome(real.execute(step).executed, None)

    agent = Agent.in_memory()
    agent.learn_actions(domain_in_which(made), effects=2)
    agent.pursue("goal", Blind(), limit=3)
    evidence = [belief.formula for belief in agent.base if belief.entrenchment.level == 9]
    truth = agent.ask("needs_finish(made_holds)", as_of=None)
    assert evidence
    assert truth.verdict != "disbelieved"
    assert not agent.review("(finish)", frozenset({Ground("made", ())})).refused


class Strange:
    """A world that shows and says what it is told to."""

    def __init__(self, state: object, outcome: object) -> None:
        self.state = state
        self._outcome = outcome

    def execute(self, step: Step) -> object:
        return self._outcome


@pytest.mark.parametrize(
    ("world", "message"),
    [
        (None, r"a world has a method execute\(step\) that returns an Outcome, .* not None"),
        (Strange({"at cellar"}, None), "the state of the world: a state is a set of facts"),
        (Strange(HOUSE, None), r"\(.*\): what comes of a step is an Outcome, .* not None"),
        (Strange(HOUSE, Outcome(None)), "what comes of a step is an Outcome"),
        (Strange(HOUSE, Outcome(True, {"at cellar"})), r"what came of \(.*\): a state is a set of facts"),
    ],
)
def test_worlds_that_are_none(agent, world, message):
    learn_actions(agent, COURIER)
    with pytest.raises(PlanError, match=message):
        pursue(agent, house().goal, world)


def test_a_world_need_not_show_its_state(agent):
    class Blind:
        def execute(self, step: Step) -> Outcome:
            return Outcome(True)

    learn_actions(agent, COURIER)
    learn_facts(agent, HOUSE)
    assert pursue(agent, house().goal, Blind()).status == "reached"


@pytest.mark.parametrize("limit", [-1, 1.5, True, None])
def test_limits_that_are_none(agent, limit):
    learn_actions(agent, COURIER)
    with pytest.raises(
        PlanError, match="the limit is how many plans are tried at most, a number from 0; not"
    ):
        pursue(agent, house().goal, SimulatedWorld(COURIER, house()), limit=limit)


def test_no_plan_may_be_tried_at_all(agent):
    learn_actions(agent, COURIER, empty=True)
    world = SimulatedWorld(COURIER, house())
    assert pursue(agent, house(), world, limit=0).reason == "0 plans were tried; allow more"


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        (None, "a goal is a text such as .* or a problem; a formula is a text or a syntax tree, not None"),
        (["at(cellar)"], "a goal is a text such as"),
        (("at(cellar)",), r"'at\(cellar\)' is no part of a goal; write Literal"),
    ],
)
def test_goals_of_no_kind(agent, goal, message):
    learn_actions(agent, COURIER)
    with pytest.raises(PlanError, match=message):
        problem_of(agent.base, goal, HOUSE)


def test_a_state_to_plan_from_is_a_set_of_facts(agent):
    learn_actions(agent, COURIER)
    with pytest.raises(PlanError, match="'at hall' is none"):
        problem_of(agent.base, "at(cellar)", {"at hall"})
    with pytest.raises(PlanError, match="'at hall' is none"):
        agent.learn_facts({"at hall"})
