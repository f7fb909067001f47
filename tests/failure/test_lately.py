"""When a rule is worth an exception: against all stretches of its record, and by example."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from beliefs.agent import Agent
from beliefs.base.case import Case
from beliefs.base.track_record import Experience, TrackRecord
from beliefs.change.weakening import Discredited
from beliefs.failure.lately import Lately, lately
from beliefs.failure.rule import Rule
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.signature import Signature
from beliefs.language.sorts import elaborate, extend
from beliefs.render import words

FLY = "forall x. bird(x) -> flies(x)"
BIRDS = "[fly @1] " + FLY + "\n" + "\n".join(f"[b{n} @2] bird(b{n})" for n in range(9))


def rule(text: str) -> Rule:
    formula = parse_formula(text)
    return Rule.of(elaborate(formula, extend(Signature(), formula)))


def excepting(names: list[str]) -> Rule:
    return rule(" & ".join(["forall x. bird(x)", *(f"x != {name}" for name in names)]) + " -> flies(x)")


def tried(name: str, failed: bool, number: int) -> Case:
    return Case((name,), (f"bird({name})",), f"{'!' if failed else ''}flies({name})", failed, number)


@pytest.mark.parametrize("seed", range(200))
def test_it_is_the_worst_stretch(seed: int) -> None:
    rng = random.Random(seed)
    outcomes = [rng.random() < rng.choice((0.2, 0.5, 0.8)) for _ in range(rng.randint(0, 12))]
    cases = [tried(f"b{place}", failed, place + 1) for place, failed in enumerate(outcomes)]
    of = excepting([case.individuals[0] for case in cases if case.failed])
    rng.shuffle(cases)
    outcomes.append(True)
    stretches = [outcomes[start:] for start in range(len(outcomes))]
    found = lately(of, cases)
    assert found.failed - found.held == max(sum(each) - each.count(False) for each in stretches)
    assert [True] * found.failed + [False] * found.held in [sorted(each, reverse=True) for each in stretches]
    # Page's sum, told forwards.
    total = 0
    for failed in outcomes:
        total = max(0, total + (1 if failed else -1))
    assert total == found.failed - found.held
    assert found.is_worth_an_exception == (total < 2)


class TestWhatCounts:
    def test_the_first_failure_never_does(self) -> None:
        assert lately(rule(FLY), []) == Lately(1, 0)
        assert lately(rule(FLY), [tried("a", False, 1), tried("b", False, 2)]).is_worth_an_exception

    def test_a_failure_that_has_a_reason_does_not(self) -> None:
        guarded = rule("forall x. bird(x) & !penguin(x) -> flies(x)")
        assert lately(guarded, [tried("a", True, 1), tried("b", True, 2)]) == Lately(1, 0)

    def test_a_case_without_a_place_in_time_does_not(self) -> None:
        assert lately(excepting(["a", "b"]), [tried("a", True, 0), tried("b", True, 0)]) == Lately(1, 0)

    def test_what_is_seen_at_once_counts_once(self) -> None:
        of = excepting(["a", "b"])
        assert lately(of, [tried("a", True, 1), tried("b", True, 1)]) == Lately(2, 0)
        assert lately(of, [tried("a", True, 1), tried("b", True, 2)]) == Lately(3, 0)


class TestAnAgent:
    def agent(self, *seen: str) -> Agent:
        agent = Agent.in_memory()
        agent.load(BIRDS)
        for each in seen:
            assert agent.observe(each).status == "done"
        return agent

    def test_a_rule_that_is_false_whole_is_given_up(self) -> None:
        agent = self.agent("flies(b0)", "flies(b1)", "flies(b2)", "!flies(b3)")
        assert "fly.2" in agent.base
        change = agent.observe("!flies(b4)")
        assert (change.repairs, change.discredited) == ((), (Discredited("fly.2", 2, 0),))
        assert (
            words.reasons(change)[-1]
            == "Made no exception to `fly.2`: it failed for 2, and held for 0 since."
        )
        assert agent.ask("flies(b5)").verdict == "undecided"
        assert not agent.verify().failed

    def test_a_rule_that_holds_in_between_is_kept(self) -> None:
        agent = self.agent("!flies(b0)", "flies(b1)", "!flies(b2)", "flies(b3)", "!flies(b4)")
        (last,) = [belief for belief in agent.base if belief.name.startswith("fly")]
        assert print_formula(last.formula) == "forall x. bird(x) & x != b0 & x != b2 & x != b4 -> flies(x)"
        assert not agent.verify().failed

    def test_a_reason_is_still_looked_for(self) -> None:
        agent = self.agent("penguin(b0)", "penguin(b1)", "flies(b2)", "!flies(b0)")
        change = agent.observe("!flies(b1)")
        assert [each.kind for each in change.repairs] == ["property"]
        assert change.discredited == ()

    def test_undoing_takes_the_test_back(self) -> None:
        agent = self.agent("!flies(b0)")
        assert agent.observe("!flies(b1)").discredited
        agent.undo()
        agent.observe("flies(b2)")
        assert agent.observe("!flies(b1)").weakened == (("fly.3", "fly.2"),)


class TestBoundsThatTellFailuresFromSuccesses:
    TEXT = (
        "sort Robot\nfunc battery(Robot): Int\n[go @1] forall r. battery(r) >= 20 -> moves(r)\n"
        "[a @2] battery(a1) = 25\n[b @2] battery(b1) = 30\n[c @2] battery(c1) = 40\n[d @2] battery(d1) = 22"
    )

    def agent(self, *seen: str) -> Agent:
        agent = Agent.in_memory()
        agent.load(self.TEXT)
        for each in seen:
            assert agent.observe(each).status == "done"
        return agent

    def test_one_takes_the_place_of_exceptions(self) -> None:
        agent = self.agent("moves(c1)", "!moves(a1)")
        assert print_formula(agent.base["go.2"].formula) == "forall r. battery(r) >= 20 & r != a1 -> moves(r)"
        change = agent.observe("!moves(b1)")
        assert [each.kind for each in change.repairs] == ["bound"]
        assert print_formula(agent.base["go.3"].formula) == "forall r. battery(r) >= 31 -> moves(r)"
        assert not agent.verify().failed

    def test_none_does_where_a_success_lies_between(self) -> None:
        """The robot with less charge moved: the charge is not it."""
        agent = self.agent("!moves(a1)", "moves(d1)")
        assert [each.kind for each in agent.observe("!moves(b1)").repairs] == ["individual"]


def test_a_case_seen_twice_in_a_row_is_noted_once() -> None:
    record, seen = TrackRecord(), Counter[int]()
    for name in ("a", "a", "b", "a"):
        experience = Experience(record)
        experience.note(parse_formula(FLY), tried(name, False, 0))
        record = record.marked(*experience.changes())
        seen[len(record.cases_of(parse_formula(FLY)))] += 1
    assert seen == {1: 2, 2: 1, 3: 1}
    assert [(case.individuals, case.number) for case in record.cases_of(parse_formula(FLY))] == [
        (("a",), 1),
        (("b",), 2),
        (("a",), 3),
    ]
