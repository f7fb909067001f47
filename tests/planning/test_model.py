"""An action model told to an agent, and read back from the base alone."""

from __future__ import annotations

from random import Random

import pytest
from support.planning import random_domain, random_problem

from beliefs.agent import Agent
from beliefs.errors import PlanError
from beliefs.planning.actions import OBJECT, Domain, Ground, Literal, Schema
from beliefs.planning.model import believed_actions, believed_state, free_label


@pytest.fixture
def agent():
    with Agent.in_memory() as agent:
        yield agent


def shape(domain: Domain) -> dict[str, tuple[int, frozenset[Literal], frozenset[Literal]]]:
    """What matters of each action."""
    return {
        each.name: (each.arity, frozenset(each.conditions), frozenset(each.effects))
        for each in domain.schemas
    }


@pytest.mark.parametrize("seed", range(12))
def test_what_is_told_is_believed(agent, seed):
    chance = Random(seed)
    domain = random_domain(chance)
    change = agent.learn_actions(domain, effects=chance.choice(["certain", 3]))
    assert change.status == "done"
    assert change.entry == 1
    assert shape(believed_actions(agent.base)) == shape(domain)
    assert believed_actions(agent.base).requirements >= {"strips"}


@pytest.mark.parametrize("seed", range(6))
def test_an_empty_model_needs_nothing_but_types(agent, seed):
    domain = random_domain(Random(seed))
    agent.learn_actions(domain, empty=True)
    for told, believed in zip(domain.schemas, believed_actions(agent.base).schemas, strict=True):
        assert set(believed.conditions) == {each for each in told.conditions if domain.is_given(each)}
        assert set(believed.effects) == set(told.effects)


NOTHING_ELSE = [
    "adds_pick_up(object_1)",
    "deletes_pick_up(object_1)",
    "adds_pick_up(lit_holds)",
    "adds_pick_up(red_1)",
    "deletes_pick_up(red_1)",
    "adds_pick_up(on_top_1_1)",
    "deletes_pick_up(on_top_1_1)",
]


def test_each_condition_is_a_belief_of_its_own(agent):
    schema = Schema(
        "pick-up",
        (("x", OBJECT),),
        (Literal(OBJECT, (0,)), Literal("red", (0,))),
        (Literal("lit", (), False),),
    )
    domain = random_domain(Random(0), negative=True)
    agent.learn_actions(
        Domain("d", domain.types, domain.predicates, (), (schema,), domain.requirements), level=4
    )
    assert [str(belief) for belief in agent.base] == [
        "[pick-up-needs-object-1 @certain] needs_pick_up(object_1)",
        "[pick-up-without-lit-holds @0] !needs_pick_up(lit_holds)",
        "[pick-up-needs-red-1 @4] needs_pick_up(red_1)",
        "[pick-up-without-on-top-1-1 @0] !needs_pick_up(on_top_1_1)",
        "[pick-up-without-not-lit @0] !needs_pick_up(not_lit)",
        "[pick-up-without-not-red-1 @0] !needs_pick_up(not_red_1)",
        "[pick-up-without-not-on-top-1-1 @0] !needs_pick_up(not_on_top_1_1)",
        "[pick-up-deletes-lit-holds @certain] deletes_pick_up(lit_holds)",
        f"[pick-up-changes-nothing-else @certain] {' & '.join(f'!{each}' for each in NOTHING_ELSE)}",
    ]
    assert {belief.source for belief in agent.base} == {"d"}


def test_effects_that_are_not_certain_may_be_others(agent):
    domain = random_domain(Random(3), negative=False)
    agent.learn_actions(domain, effects=5)
    names = [belief.name for belief in agent.base if belief.entrenchment.level == 0]
    assert any("-adds-no-" in name for name in names)
    assert any("-deletes-no-" in name for name in names)
    assert not any("no-object" in name for name in names)
    assert "act-0-changes-nothing-else" in agent.base  # than types can change


def test_telling_it_again_changes_nothing(agent):
    domain = random_domain(Random(5))
    agent.learn_actions(domain)
    assert agent.learn_actions(domain).status == "vacuous"
    assert agent.learn_actions(domain, dry_run=True).status == "vacuous"
    assert len(list(agent.log())) == 1


def test_a_second_domain_is_added(agent):
    first, second = random_domain(Random(1)), random_domain(Random(2))
    renamed = Domain(
        "second",
        second.types,
        second.predicates,
        (),
        tuple(
            Schema(f"other-{each.name}", each.parameters, each.conditions, each.effects)
            for each in second.schemas
        ),
        second.requirements,
    )
    agent.learn_actions(first)
    agent.learn_actions(renamed)
    assert shape(believed_actions(agent.base)) == shape(first) | shape(renamed)


def test_another_arity_is_refused(agent):
    agent.learn_actions(Domain("one", schemas=(Schema("go", (("x", OBJECT),)),)))
    with pytest.raises(PlanError, match="action go takes 0 arguments in two, and 1 in what is believed"):
        agent.learn_actions(Domain("two", schemas=(Schema("go"),)))
    assert len(list(agent.log())) == 1


@pytest.mark.parametrize("seed", range(6))
def test_facts_are_believed(agent, seed):
    chance = Random(seed)
    domain = random_domain(chance)
    problem = random_problem(chance, domain)
    if seed % 2:
        agent.learn_actions(domain, problem=problem)
    else:
        agent.learn_actions(domain)
        agent.learn_facts(problem)
    assert believed_state(agent.base) == problem.initial
    assert agent.learn_facts(problem.initial).status == "vacuous"


def test_facts_that_follow_are_part_of_the_state(agent):
    domain = random_domain(Random(0), negative=False)
    agent.learn_actions(domain)
    agent.load("lit -> red(tom)\nlit\nred(ann) | red(eve)\n!red(eve)\n!red(joe)\n")
    assert believed_state(agent.base) == {
        Ground("lit"),
        Ground("red", ("tom",)),
        Ground("red", ("ann",)),
    }


def test_facts_about_names_that_look_like_something_else(agent):
    domain = random_domain(Random(0), negative=False)
    agent.learn_actions(domain)
    state = frozenset(
        Ground("red", (name,)) for name in ("x", "lit", "not", "4-b", "act-0", "object_1", "on_top")
    )
    assert agent.learn_facts(state).status == "done"
    assert believed_state(agent.base) == state


def test_a_fact_of_no_known_kind_is_named(agent):
    agent.learn_actions(random_domain(Random(0)))
    with pytest.raises(PlanError, match=r"\(blue a\): the base has no predicate blue about 1"):
        agent.learn_facts(frozenset({Ground("blue", ("a",))}))


def test_a_base_that_contradicts_itself_is_not_read(agent):
    agent.learn_actions(random_domain(Random(0)))
    agent.tell("lit & !lit", allow_conflict=True)
    with pytest.raises(PlanError, match="the actions cannot be read from the base: it contradicts itself"):
        believed_actions(agent.base)


def test_the_file_alone_says_what_is_believed(tmp_path):
    chance = Random(7)
    domain = random_domain(chance, negative=True)
    problem = random_problem(chance, domain)
    with Agent.open(tmp_path / "agent.db") as agent:
        agent.learn_actions(domain, problem=problem)
    with Agent.open(tmp_path / "agent.db") as agent:
        assert shape(believed_actions(agent.base)) == shape(domain)
        assert believed_state(agent.base) == problem.initial
        assert not agent.verify().failed


def test_a_label_is_free_and_a_name(agent):
    agent.tell("p", name="a-b")
    assert free_label("a_b", agent.base) == "a-b.2"
    assert free_label("a-b", agent.base, {"a-b.2"}) == "a-b.3"
    assert free_label("--", agent.base) == "belief"
    assert free_label("on'-1'", agent.base) == "on-1'"
