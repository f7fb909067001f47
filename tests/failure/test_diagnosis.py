"""Diagnoses over several observations, against every set of candidates and truth tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from support.situations import CERTAIN, Case, base_of, formulas

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.errors import BaseError, SortError
from beliefs.failure import diagnosis
from beliefs.failure.apart import Apart, finder
from beliefs.failure.diagnosis import Diagnoses, diagnose
from beliefs.failure.searches import OneByOne, Together
from beliefs.language.parser import parse_formula
from beliefs.reasoning.verdict import Budget, Unknown


@pytest.fixture(params=[OneByOne, Together, finder])
def either_search(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> object:
    """Have all diagnoses found by one of the searches, or by whichever suits."""
    monkeypatch.setattr(diagnosis, "finder", request.param)
    search: object = request.param
    return search


@pytest.mark.parametrize("block", range(4))
def test_diagnoses_are_those_of_every_set_of_candidates_in_order(block: int, either_search: object) -> None:
    several = momentary = learnt = irrefutable = 0
    for seed in range(500 * block, 500 * (block + 1)):
        case = Case(seed)
        diagnoses = assert_right(case, seed)
        found = diagnoses.found
        irrefutable += not found
        several += len(found) > 2
        momentary += any(candidate.situation for each in found for candidate in each.given_up)
        learnt += getattr(diagnoses._finder, "_learnt", True)
    assert several > 20
    assert momentary > 40
    assert learnt > 10
    assert irrefutable > 20


def assert_right(case: Case, seed: int) -> Diagnoses:
    """Have all diagnoses found, and compare them with what they must be."""
    diagnoses = case.diagnose()
    found = list(diagnoses)
    assert [frozenset(each.labels) for each in found] == case.possible, seed
    assert diagnoses.complete
    assert diagnoses.unknown is None
    assert list(diagnoses) == found
    for each in found:
        assert each.cost == case.cost(frozenset(each.labels))
        assert [candidate.belief for candidate in each.given_up] == [
            case.held[label] for label in each.labels
        ]
        assert [candidate.situation or 0 for candidate in each.given_up] == [
            case.situation_of[label] for label in each.labels
        ]
    for kernel in diagnoses.kernels:
        assert not case.agrees(frozenset(kernel))
        assert all(set(kernel) & set(each.labels) for each in found)
    assert (diagnoses.irrefutable() is not None) == (not found)
    return diagnoses


@pytest.mark.parametrize("block", range(4))
def test_situations_that_have_nothing_to_agree_upon(block: int, either_search: object) -> None:
    apart = several = explained = momentary = irrefutable = 0
    for seed in range(500 * block, 500 * (block + 1)):
        case = Case(seed, one_sided=True)
        diagnoses = assert_right(case, seed)
        found = diagnoses.found
        if isinstance(diagnoses._finder, Apart):
            apart += 1
            # In part by candidates of the one situation, and in part by fewer than were given up.
            explained += any(diagnoses._finder._explained_here.values())
        several += len(case.situated) > 0 and len(case.observations) > 1 and len(found) > 1
        momentary += any(candidate.situation for each in found for candidate in each.given_up)
        irrefutable += not found
    assert several > 40
    assert momentary > 40
    assert irrefutable > 10
    if either_search is finder:
        assert apart > 450
        assert explained > 10


def test_situations_that_touch_in_what_is_said_both_ways_are_not_apart() -> None:
    def searched(text: str, *observations: str) -> type:
        diagnoses = diagnose(base_of(text), formulas(*observations), situated=("wet", "cold"))
        list(diagnoses)
        return type(diagnoses._finder)

    rules = "[r0 @certain] cold | !cold\n[r1] broken | wet\n[r2] whole\n[r3] !broken"
    assert searched(rules, "!wet", "wet") is Apart
    # What is certain is the same in all situations anyway, and one situation has none to agree with.
    assert searched(f"{rules}\n[r4 @certain] !broken", "!wet", "wet") is Apart
    assert searched(f"{rules}\n[r4] !broken | cold", "wet") is Apart
    assert searched(f"{rules}\n[r4] !broken | cold", "!wet", "wet") is OneByOne
    assert searched(rules, "!wet & !broken", "wet") is OneByOne
    # Where what differs is not spoken of, there is nothing to agree upon either.
    assert searched(f"{rules}\n[r4] whole -> sound\n[r5] sound -> good", "!wet", "wet") is Apart


def test_a_base_that_is_asked_again_answers_as_a_new_one() -> None:
    text = "[x @2] a\n[y] a -> b | c\n[z] !c"
    base = base_of(text)
    for observation, expected in (("!b", "zyx"), ("!b & d", "zyx"), ("!(b | c)", "yx"), ("!b & !c", "yx")):
        for asked in (base, base, base_of(text)):
            diagnoses = diagnose(asked, formulas(observation))
            assert shown(diagnoses) == list(expected)
            assert diagnoses.kernels == (tuple(sorted(expected)),)


def test_a_search_that_was_interrupted_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted = 0
    for seed in range(300):
        case = Case(seed, one_sided=True)
        diagnoses = case.diagnose()
        find, calls = diagnoses._find, []

        def stop(excluded: frozenset[str], find=find, calls=calls) -> object:  # type: ignore[no-untyped-def]
            calls.append(excluded)
            if len(calls) in (2, 5):
                raise KeyboardInterrupt
            return find(excluded)

        monkeypatch.setattr(diagnoses, "_find", stop)
        diagnoses._rest = diagnoses._others()
        found: list[frozenset[str]] = []
        for _ in range(3):
            try:
                found = [frozenset(each.labels) for each in diagnoses]
                break
            except KeyboardInterrupt:
                interrupted += 1
                assert not diagnoses.complete
        assert found == case.possible
        assert diagnoses.complete
    assert interrupted > 200


def test_of_one_situation_the_kernels_are_minimal(either_search: object) -> None:
    met = 0
    for seed in range(600):
        case = Case(seed)
        if case.situated:
            continue
        diagnoses = case.diagnose()
        list(diagnoses)
        for kernel in diagnoses.kernels:
            assert all(case.agrees(frozenset(kernel) - {label}) for label in kernel)
            met += 1
    assert met > 100


def test_what_is_certain_refutes_observations(either_search: object) -> None:
    base = base_of("""
        [law @certain]  raining -> wet
        [town @certain] bridge -> !wet
        [map @certain]  bridge
        [mood @certain] happy | !happy
        [guess]        windy
    """)
    diagnoses = diagnose(base, formulas("raining"), situated=("raining",))
    assert list(diagnoses) == []
    assert diagnoses.complete
    assert diagnoses.irrefutable() == ("law", "town", "map")
    assert diagnoses.kernels == ()
    # An observation of each of two situations; only together they are too much.
    both = diagnose(
        base_of("[law @certain] raining -> wet"), formulas("raining", "!wet"), situated=("raining",)
    )
    assert list(both) == []
    assert both.irrefutable() == ("law",)
    itself = diagnose(base, formulas("windy & !windy"))
    assert list(itself) == []
    assert itself.irrefutable() == ()


def test_several_observations_of_one_situation() -> None:
    base = base_of("""
        [lamp @2]   on -> light
        [power @3]  on
        [bulb]      light -> bright
    """)
    assert shown(diagnose(base, formulas("!bright"))) == ["bulb", "lamp", "power"]
    assert shown(diagnose(base, formulas("!bright", "light"))) == ["bulb"]
    assert shown(diagnose(base, formulas("!bright", "!light"))) == ["lamp", "power"]


def shown(diagnoses: Diagnoses) -> list[str]:
    return list(map(str, diagnoses))


ROBOT = """
    [rule @2]    forall x: Room. dark(x) & !lamp(x) -> bumped(x)
    [works @3]   forall x: Room. switched(x) & !broken(x) -> lamp(x)
    [whole @1]   forall x: Room. !broken(x)
    [night @1]   dark(hall)
    [pressed @1] switched(hall)
    sort Room = {hall, lab}
"""


def test_a_rule_is_given_up_for_all_situations_and_a_fact_for_one() -> None:
    diagnoses = diagnose(
        base_of(ROBOT),
        formulas("bumped(hall)", "!bumped(hall)", "!lamp(hall) & !bumped(hall)"),
        situated=("dark", "lamp", "bumped", "switched"),
    )
    # Only the third was not as believed: the lamp was off, and in the dark nothing was bumped into.
    assert shown(diagnoses) == [
        "night@3, pressed@3",
        "whole, night@3",
        "rule, pressed@3",
        "rule, whole",
        "works, night@3",
        "rule, works",
    ]


def test_first_order_beliefs_are_diagnosed(either_search: object) -> None:
    if either_search is OneByOne:
        pytest.skip("ground beliefs alone are looked at one by one")
    base = base_of("""
        [doors @3] forall x, y. door(x, y) & !locked(y) -> way(x, y)
        [plan @2]  door(hall, lab)
        [open @1]  !locked(lab)
    """)
    assert shown(diagnose(base, formulas("!way(hall, lab)"))) == ["open", "plan", "doors"]
    assert shown(
        diagnose(base, formulas("!way(hall, lab)", "!way(hall, lab)"), situated=("locked", "way"))
    ) == [
        "open@1, open@2",
        "plan",
        "doors",
    ]
    # In the first situation the way was there: so neither the plan is at fault nor the lock of that time.
    twice = diagnose(
        base, formulas("door(hall, lab) & way(hall, lab)", "!way(hall, lab)"), situated=("locked", "way")
    )
    assert shown(twice) == ["open@2", "doors"]
    labels = [each.given_up[0] for each in twice]
    assert [(each.belief.name, each.situation) for each in labels] == [("open", 2), ("doors", None)]


def test_functions_and_numbers_differ_from_situation_to_situation() -> None:
    base = base_of("""
        sort Robot
        func battery(Robot): Int
        func outside: Int
        [drives @2] forall r: Robot. battery(r) >= 20 -> drives(r)
        [full @1]   battery(r2) = 90
        [warm @1]   outside > 10
        [cold @1]   outside <= 10 -> !drives(r2)
    """)
    situated = ("battery", "drives", "outside")
    diagnoses = diagnose(base, formulas("!drives(r2)", "battery(r2) > 30", "!drives(r2)"), situated=situated)
    assert shown(diagnoses) == ["full@1, full@3", "drives"]
    assert diagnoses.kernels
    twice = diagnose(base, formulas("drives(r2) & outside < 5", "outside > 11"), situated=situated)
    assert shown(twice) == ["warm@1, cold"]


def test_what_existentials_speak_of_is_shared_where_it_should_be() -> None:
    base = base_of("""
        [someone @1] exists x. thief(x) & near(x)
        [all @2]     forall x. !thief(x) | !seen(x)
        [honest @3]  !thief(ann)
    """)
    assert shown(
        diagnose(base, formulas("forall x. near(x) -> seen(x)", "true"), situated=("near", "seen"))
    ) == [
        "someone",
        "all",
    ]


def test_names_need_not_be_unique() -> None:
    base = BeliefBase(unique_names=False).add(
        Belief("one", parse_formula("a = b")), Belief("p", parse_formula("lit(a)"))
    )
    assert shown(diagnose(base, formulas("!lit(b)"))) == ["p", "one"]
    assert shown(diagnose(base, formulas("!lit(b)", "!lit(b)"), situated=("lit",))) == ["one", "p@1, p@2"]


def test_a_base_that_contradicts_itself_is_diagnosed_without_observations(either_search: object) -> None:
    base = base_of("[x] a\n[y] a -> b\n[z @2] !b")
    diagnoses = diagnose(base, ())
    assert shown(diagnoses) == ["y", "x", "z"]
    assert diagnoses.kernels == (("x", "y", "z"),)
    assert shown(diagnose(base, (), situated=("a",))) == ["y", "x@1", "z"]
    assert shown(diagnose(base_of("[x] a"), ())) == ["nothing"]


def test_diagnoses_are_looked_for_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    base = base_of("\n".join(f"[x{n}] a{n}\n[y{n}] a{n} -> b{n}" for n in range(8)))
    diagnoses = diagnose(base, formulas(*(f"!b{n}" for n in range(8))))
    assert diagnoses.found == ()
    assert not diagnoses.complete
    first = list(islice(diagnoses, 1))
    assert diagnoses.found == tuple(first)
    assert first[0].labels == tuple(f"y{n}" for n in range(8))
    assert len(diagnoses.up_to(10)) == 10
    assert len(diagnoses.found) == 11
    assert not diagnoses.complete
    assert len(diagnoses.up_to(300)) == 256
    assert diagnoses.complete


def test_a_limit_that_is_just_met_is_known_to_be_all() -> None:
    base = base_of("[x] a\n[y] a -> b")
    diagnoses = diagnose(base, formulas("!b"))
    assert [str(each) for each in diagnoses.up_to(2)] == ["y", "x"]
    assert diagnoses.complete


def test_time_runs_out(either_search: object) -> None:
    base = base_of("[x] a\n[y] a -> b")
    diagnoses = diagnose(base, formulas("!b"), budget=Budget(milliseconds=0))
    assert list(diagnoses) == []
    assert isinstance(diagnoses.unknown, Unknown)
    assert "time limit of 0 ms" in diagnoses.unknown.reason
    assert not diagnoses.complete
    assert diagnoses.irrefutable() is None


def pigeons(holes: int) -> Iterator[Belief]:
    def sits(pigeon: int, hole: int) -> str:
        return f"in{pigeon}_{hole}"

    for pigeon in range(holes + 1):
        yield Belief(f"some{pigeon}", parse_formula(" | ".join(sits(pigeon, hole) for hole in range(holes))))
        for other in range(pigeon):
            for hole in range(holes):
                clash = parse_formula(f"!{sits(pigeon, hole)} | !{sits(other, hole)}")
                yield Belief(f"one{pigeon}_{other}_{hole}", clash, CERTAIN)


def test_a_budget_of_work_runs_out(either_search: object) -> None:
    base = BeliefBase().add(*pigeons(9))
    diagnoses = diagnose(base, (), budget=Budget(resources=1_000))
    assert list(diagnoses) == []
    assert isinstance(diagnoses.unknown, Unknown)


def test_what_is_situated_is_a_predicate_or_function() -> None:
    base = base_of("[x] raining(town) -> wet(town)\nsort Room = {hall}\n[y] dark(hall)")
    with pytest.raises(BaseError, match=r"predicate or function 'rainning' .* did you mean raining\?"):
        diagnose(base, formulas("!wet(town)"), situated=("wet", "rainning"))
    with pytest.raises(BaseError, match="town is an individual; only predicates and functions differ"):
        diagnose(base, formulas("!wet(town)"), situated=("town",))
    with pytest.raises(BaseError, match="Room is a sort; only predicates and functions differ"):
        diagnose(base, (), situated=("Room",))
    # What only an observation speaks of may differ too.
    assert shown(diagnose(base, formulas("windy", "!windy"), situated=("windy",))) == ["nothing"]


def test_an_observation_that_does_not_fit_is_named() -> None:
    base = base_of("[x] raining(town)")
    with pytest.raises(SortError, match="observation 2"):
        diagnose(base, formulas("raining(hall)", "raining(hall, town)"))
    with pytest.raises(SortError, match="observation"):
        diagnose(base, formulas("raining"))
