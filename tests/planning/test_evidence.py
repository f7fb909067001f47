"""What steps show, beside an oracle that keeps every hypothesis that agrees with all that was seen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, product
from random import Random

import pytest
from support.planning import random_domain, random_problem, random_state, random_step

from beliefs.agent import Agent
from beliefs.errors import PlanError
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Not
from beliefs.planning.actions import OBJECT, Domain, Ground, Literal, Predicate, Schema, State, Step, Type
from beliefs.planning.evidence import Evidence, record
from beliefs.planning.model import believed_actions
from beliefs.planning.review import Reviewer, review
from beliefs.planning.world import Outcome, SimulatedWorld

OBJECTS = (Type(OBJECT, None, OBJECT),)


@pytest.fixture
def agent():
    with Agent.in_memory() as agent:
        yield agent


def subsets(items: list) -> Iterator[frozenset]:
    return map(frozenset, chain.from_iterable(combinations(items, size) for size in range(len(items) + 1)))


class Hypotheses:
    """All sets of conditions that an action may have, by what was seen of it."""

    def __init__(self, domain: Domain, candidates: dict[str, list[Literal]]) -> None:
        self.possible = {
            schema.name: [
                frozenset(each for each in schema.conditions if domain.is_given(each)) | chosen
                for chosen in subsets([each for each in candidates[schema.name] if not domain.is_given(each)])
            ]
            for schema in domain.schemas
        }

    def fits(self, needed: frozenset[Literal], step: Step, state: State) -> bool:
        return all(each.holds(state, step.arguments) for each in needed)

    def see(self, step: Step, state: State, executed: bool) -> None:
        self.possible[step.action] = [
            needed for needed in self.possible[step.action] if self.fits(needed, step, state) is executed
        ]

    def fails(self, step: Step, state: State) -> bool:
        return not any(self.fits(needed, step, state) for needed in self.possible[step.action])


def learn_in_the_world(agent: Agent, domain: Domain, chance: Random, steps: int) -> Hypotheses:
    evidence = Evidence(agent.base)
    oracle = Hypotheses(
        domain,
        {name: list(evidence.vocabulary.candidates(name).values()) for name in evidence.vocabulary.actions},
    )
    for _ in range(steps):
        state, step = random_state(chance, domain), random_step(chance, domain)
        schema = domain.schema_of(step)
        executed = schema.executable(state, step.arguments)
        after = schema.after(state, step.arguments) if executed else state
        lesson = agent.record(step, state, Outcome(executed, after))
        assert lesson.executed is executed
        assert all(change.status == "done" for change in lesson.changes)
        oracle.see(step, state, executed)
    return oracle


@pytest.mark.parametrize("seed", range(16))
def test_the_evidence_entails_what_every_hypothesis_says(agent, seed):
    chance = Random(seed)
    domain = random_domain(chance, predicates=2 if seed % 2 else 3, negative=seed % 2 == 1)
    agent.learn_actions(domain, empty=True)
    oracle = learn_in_the_world(agent, domain, chance, chance.randint(0, 12))
    evidence = Evidence(agent.base)
    for name, action in evidence.vocabulary.actions.items():
        for symbol, literal in evidence.vocabulary.candidates(name).items():
            needed = {literal in hypothesis for hypothesis in oracle.possible[name]}
            assert evidence.entails(action.needs(symbol)) is (needed == {True}), (name, symbol)
            assert evidence.entails(Not(action.needs(symbol))) is (needed == {False}), (name, symbol)
    reviewer = Reviewer(agent.base)
    for _ in range(60):
        state, step = random_state(chance, domain), random_step(chance, domain)
        assert reviewer.review((step,), state).refused is oracle.fails(step, state)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_believed_agrees_with_all_that_was_seen(agent, seed):
    chance = Random(100 + seed)
    domain = random_domain(chance)
    agent.learn_actions(domain, empty=True)
    oracle = learn_in_the_world(agent, domain, chance, 15)
    for schema in believed_actions(agent.base).schemas:
        assert frozenset(schema.conditions) in oracle.possible[schema.name]


@pytest.mark.parametrize("seed", range(10))
def test_what_is_known_is_not_entered_again(agent, seed):
    chance = Random(seed)
    domain = random_domain(chance)
    agent.learn_actions(domain, empty=True)
    state, step = random_state(chance, domain), random_step(chance, domain)
    schema = domain.schema_of(step)
    executed = schema.executable(state, step.arguments)
    outcome = Outcome(executed, schema.after(state, step.arguments) if executed else state)
    agent.record(step, state, outcome)
    head = len(list(agent.log()))
    assert agent.record(step, state, outcome).changes == ()
    assert record(agent, step, state, outcome).changes == ()
    assert len(list(agent.log())) == head


def effects_possible(domain: Domain, schema: Schema) -> list[tuple[frozenset[Literal], frozenset[Literal]]]:
    atoms = [
        Literal(each.name, arguments)
        for each in domain.predicates
        for arguments in product(range(schema.arity), repeat=each.arity)
    ]
    return [(added, deleted) for added in subsets(atoms) for deleted in subsets(atoms)]


@pytest.mark.parametrize("seed", range(8))
def test_effects_are_learned_from_what_changed(agent, seed):
    chance = Random(seed)
    domain = random_domain(chance, predicates=2, negative=False)
    nothing = Domain(
        domain.name,
        domain.types,
        domain.predicates,
        (),
        tuple(Schema(each.name, each.parameters, each.conditions) for each in domain.schemas),
        domain.requirements,
    )
    agent.learn_actions(nothing, effects=1)
    possible = {schema.name: effects_possible(domain, schema) for schema in domain.schemas}
    for _ in range(chance.randint(1, 8)):
        state, step = random_state(chance, domain), random_step(chance, domain)
        schema = domain.schema_of(step)
        if not schema.executable(state, step.arguments):
            continue
        after = schema.after(state, step.arguments)
        agent.record(step, state, Outcome(True, after))
        possible[step.action] = [
            (added, deleted)
            for added, deleted in possible[step.action]
            if Schema("x", schema.parameters, (), (*added, *(each.negated for each in deleted))).after(
                state, step.arguments
            )
            == after
        ]
    evidence = Evidence(agent.base)
    for schema in domain.schemas:
        action = evidence.vocabulary.actions[schema.name]
        for symbol, literal in evidence.vocabulary.candidates(schema.name).items():
            if domain.is_given(literal) or not literal.positive:
                continue
            for formula, place in ((action.adds(symbol), 0), (action.deletes(symbol), 1)):
                does = {literal in hypothesis[place] for hypothesis in possible[schema.name]}
                assert evidence.entails(formula) is (does == {True}), print_formula(formula)
                assert evidence.entails(Not(formula)) is (does == {False}), print_formula(formula)
    for believed in believed_actions(agent.base).schemas:
        added = frozenset(each for each in believed.effects if each.positive)
        deleted = frozenset(each.negated for each in believed.effects if not each.positive)
        assert (added, deleted) in possible[believed.name]


def go_domain() -> Domain:
    go = Schema(
        "go", (("x", OBJECT),), (Literal(OBJECT, (0,)), Literal("red", (0,))), (Literal("there", (0,)),)
    )
    predicates = (Predicate("red", (OBJECT,)), Predicate("lit"), Predicate("there", (OBJECT,)))
    return Domain("d", OBJECTS, predicates, (), (go,), frozenset({"strips"}))


def state(*facts: str) -> State:
    return frozenset(Ground(words[0], tuple(words[1:])) for words in map(str.split, facts))


def test_what_is_entered_has_a_name_a_level_and_a_source(agent):
    agent.learn_actions(go_domain(), empty=True, effects=1)
    lesson = agent.record("(go a)", state("object a", "lit"), Outcome(False))
    (change,) = lesson.changes
    (belief,) = change.added
    assert str(belief) == "[go-refused-1 @9] needs_go(red_1) | needs_go(there_1)"
    assert belief.source == "world"
    assert lesson.note is None
    lesson = agent.record("(go a)", state("object a", "red a"), Outcome(True), level=7, source="camera")
    assert [str(belief) for change in lesson.changes for belief in change.added] == [
        "[go-executed-1 @7] !needs_go(lit_holds) & !needs_go(there_1)"
    ]
    assert agent.base["go-executed-1"].source == "camera"
    lesson = agent.record(
        "(go a)", state("object a", "red a"), Outcome(True, state("object a", "red a", "there a"))
    )
    assert [belief.name for change in lesson.changes for belief in change.added] == [
        "go-executed-2",
        "go-changed-1",
    ]


def test_a_refusal_beyond_the_vocabulary_is_told_and_not_believed(agent):
    agent.learn_actions(go_domain(), empty=True)
    lesson = agent.record("(go a)", state("object a", "lit", "red a", "there a"), Outcome(False))
    assert lesson.changes == ()
    assert lesson.note == "(go a) was refused, though no condition that it might need is false"
    assert len(list(agent.log())) == 1


def test_a_change_beyond_the_vocabulary_is_told(agent):
    agent.learn_actions(go_domain())
    before = state("object a", "object b", "red a")
    lesson = agent.record("(go a)", before, Outcome(True, before | state("there a", "there b")))
    assert lesson.note == "(go a) does not mention all that changed: (there b)"


def test_an_unknown_individual_teaches_nothing(agent):
    agent.learn_actions(go_domain(), empty=True)
    assert agent.record("(go b)", state("object a"), Outcome(False)).changes == ()
    assert agent.review("(go b)", state("object a")).refused


def test_what_is_certain_is_not_overturned(agent):
    agent.learn_actions(go_domain(), empty=True)
    lesson = agent.record("(go b)", state("object a"), Outcome(True, state("object a")))
    assert "refused" in {change.status for change in lesson.changes}
    assert lesson.note is not None
    assert "what (go b) shows was not taken in: it contradicts what is certain" in lesson.note


def test_evidence_that_is_weighed_and_rejected_is_told():
    with Agent.in_memory(policy="weighed") as agent:
        agent.learn_actions(go_domain(), level=3)
        lesson = agent.record("(go a)", state("object a"), Outcome(True), level=2)
    assert [change.status for change in lesson.changes] == ["rejected"]
    assert lesson.note is not None
    assert "what (go a) shows was not taken in: what it contradicts is held at least as firmly" in lesson.note


def test_read_conditions_give_way_to_evidence(agent):
    agent.learn_actions(go_domain(), level=3)
    assert agent.ask("needs_go(red_1)").verdict == "believed"
    lesson = agent.record("(go a)", state("object a"), Outcome(True))
    assert [belief.name for belief in lesson.changes[0].removed] == ["go-needs-red-1"]
    assert agent.ask("needs_go(red_1)").verdict == "disbelieved"


@pytest.mark.parametrize("seed", range(5))
def test_a_world_that_contradicts_itself_is_borne(agent, seed):
    chance = Random(seed)
    domain = random_domain(chance)
    agent.learn_actions(domain, empty=True, effects=2)
    for _ in range(15):
        now, step = random_state(chance, domain), random_step(chance, domain)
        executed = chance.random() < 0.5
        lesson = agent.record(step, now, Outcome(executed, random_state(chance, domain) if executed else now))
        assert all(change.status == "done" for change in lesson.changes)
        assert agent.base.consistent
        reviewed = agent.review((step,), now)
        if not executed and Evidence(agent.base).false(step, now):
            assert reviewed.refused
        else:
            assert not reviewed.refused
    assert not agent.verify().failed


@pytest.mark.parametrize("seed", range(5))
def test_what_is_carried_over_is_what_is_found_anew(agent, seed):
    chance = Random(seed)
    domain = random_domain(chance)
    agent.learn_actions(domain, empty=True)
    cases = [((random_step(chance, domain),), random_state(chance, domain)) for _ in range(25)]
    reviewer = Reviewer(agent.base)
    for _ in range(10):
        now, step = random_state(chance, domain), random_step(chance, domain)
        executed = chance.random() < 0.5  # contradictions, so that evidence is also given up
        agent.record(step, now, Outcome(executed, None))
        reviewer = reviewer.updated(agent.base)
        assert reviewer.updated(agent.base) is reviewer
        for plan, start in cases:
            anew = review(agent.base, plan, start)
            found = reviewer.review(plan, start)
            assert (found.finding, found.number) == (anew.finding, anew.number)


@pytest.mark.parametrize("seed", range(10))
def test_a_plan_that_works_is_never_refused(agent, seed):
    chance = Random(seed)
    domain = random_domain(chance)
    agent.learn_actions(domain, empty=True)
    for _ in range(30):
        problem = random_problem(chance, domain)
        plan = tuple(random_step(chance, domain) for _ in range(3))
        found = agent.review(plan, problem.initial)
        world = SimulatedWorld(domain, problem)
        for number, step in enumerate(plan, start=1):
            before = world.state
            outcome = world.execute(step)
            if not found.refused:
                agent.record(step, before, outcome)
            if not outcome.executed:
                assert found.number is None or number <= found.number
                break
        else:
            assert not found.refused


def test_an_unknown_action_is_named(agent):
    agent.learn_actions(go_domain())
    with pytest.raises(PlanError, match=r"\(fly a\): the base knows no action fly; it knows go"):
        agent.record("(fly a)", state(), Outcome(False))
    with pytest.raises(PlanError, match=r"\(go a b\): go takes 1 argument, and here are 2"):
        agent.review("(go a b)", state())
    with Agent.in_memory() as empty, pytest.raises(PlanError, match="it knows none"):
        empty.review("(go a)")
