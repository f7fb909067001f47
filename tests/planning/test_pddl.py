"""Reading PDDL: what the reader makes of a text, beside what unified-planning makes of it, and every error."""

from __future__ import annotations

import builtins
import random
import warnings

import pytest

from beliefs.errors import MissingExtraError, PddlError
from beliefs.planning.actions import Ground, Literal
from beliefs.planning.pddl import parse_domain, parse_problem, read_domain, read_problem

DEPOT = """
; a domain with all that is supported
(define (domain Depot)
  (:requirements :strips :typing :negative-preconditions :equality)
  (:types place cargo - object  van lorry - vehicle  vehicle - object)
  (:constants HQ - place)
  (:predicates (at ?v - vehicle ?p - place) (stored ?c - cargo ?p - place)
               (in ?c - cargo ?v - vehicle) (broken ?v - vehicle) (open))
  (:action Drive
    :parameters (?v - vehicle ?from ?to - place)
    :precondition (and (at ?v ?from) (not (broken ?v)) (not (= ?to ?from)) (open))
    :effect (and (not (at ?v ?from)) (at ?v ?to)))
  (:action load
    :parameters (?c - cargo ?v - vehicle ?p - place)
    :precondition (and (at ?v ?p) (and (stored ?c ?p)))
    :effect (and (in ?c ?v) (not (stored ?c ?p))))
  (:action repair
    :parameters (?v - vehicle)
    :precondition (at ?v hq)
    :effect (not (broken ?v)))
  (:action close :parameters () :effect (not (open))))
"""

PROBLEM = """
(define (problem P-1) (:domain depot)
  (:objects V1 - van l1 - lorry a b - place c1 - cargo)
  (:init (at v1 a) (at l1 HQ) (stored c1 a) (not (broken v1)) (open) (broken l1))
  (:goal (and (stored c1 b) (not (broken l1)) (and (not (= a b))))))
"""


DURATIVE = """
(define (domain d) (:requirements :durative-actions) (:predicates (p ?x))
  (:durative-action try :parameters (?x) :duration (= ?duration 2)
    :condition (at start (p ?x)) :effect (at end (not (p ?x)))))
"""


def domain_of(body: str, requirements: str = ":strips") -> str:
    return f"(define (domain d) (:requirements {requirements}) (:predicates (p ?x) (q ?x ?y)) {body})"


@pytest.fixture(scope="module")
def depot():
    return parse_domain(DEPOT)


def test_a_domain_is_read(depot):
    assert depot.name == "depot"
    assert depot.requirements == {"strips", "typing", "negative-preconditions", "equality"}
    assert depot.constants == (("hq", "place"),)
    drive, load, repair, close = depot.schemas
    assert drive.name == "drive"
    assert drive.parameters == (("v", "vehicle"), ("from", "place"), ("to", "place"))
    assert drive.conditions == (
        Literal("vehicle", (0,)),
        Literal("place", (1,)),
        Literal("place", (2,)),
        Literal("at", (0, 1)),
        Literal("broken", (0,), False),
        Literal("=", (1, 2), False),
        Literal("open"),
    )
    assert set(drive.effects) == {Literal("at", (0, 1), False), Literal("at", (0, 2))}
    assert Literal("stored", (0, 2)) in load.conditions
    assert repair.conditions == (Literal("vehicle", (0,)), Literal("at", (0, "hq")))
    assert close.conditions == ()
    assert close.effects == (Literal("open", (), False),)


def test_types_are_facts(depot):
    problem = parse_problem(PROBLEM, depot)
    facts = {str(fact) for fact in problem.initial}
    assert facts == {
        "(vehicle v1)", "(vehicle l1)", "(place a)", "(place b)", "(place hq)", "(cargo c1)",
        "(at v1 a)", "(at l1 hq)", "(stored c1 a)", "(open)", "(broken l1)",
    }  # fmt: skip
    assert problem.name == "p-1"
    assert dict(problem.objects) == {
        "hq": "place", "v1": "van", "l1": "lorry", "a": "place", "b": "place", "c1": "cargo",
    }  # fmt: skip
    assert problem.goal == (
        Literal("stored", ("c1", "b")),
        Literal("broken", ("l1",), False),
        Literal("=", ("a", "b"), False),
    )


def test_a_type_and_a_predicate_may_share_their_name():
    text = """(define (domain d) (:requirements :typing) (:types block) (:predicates (block ?x) (red ?x - block))
              (:action paint :parameters (?x - block) :precondition (block ?x) :effect (red ?x)))"""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        domain = parse_domain(text)
    assert domain.schemas[0].conditions == (Literal("is-block", (0,)), Literal("block", (0,)))
    problem = parse_problem("(define (problem p) (:objects a - block) (:goal (and)))", domain)
    assert problem.initial == {Ground("is-block", ("a",))}


def test_without_types_everything_is_an_object():
    domain = parse_domain(domain_of("(:action a :parameters (?x) :precondition (p ?x) :effect (not (p ?x)))"))
    assert domain.schemas[0].conditions == (Literal("object", (0,)), Literal("p", (0,)))
    assert parse_problem("(define (problem p) (:objects a) (:goal ()))", domain).initial == {
        Ground("object", ("a",))
    }


def test_costs_are_passed_over():
    text = """(define (domain d) (:requirements :strips :action-costs) (:predicates (p ?x))
      (:functions (total-cost) - number)
      (:action a :parameters (?x) :precondition (p ?x) :effect (and (not (p ?x)) (increase (total-cost) 1))))"""
    domain = parse_domain(text)
    assert domain.schemas[0].effects == (Literal("p", (0,), False),)
    problem = parse_problem(
        "(define (problem p) (:objects a) (:init (p a) (= (total-cost) 0)) (:goal (p a))"
        " (:metric minimize (total-cost)))",
        domain,
    )
    assert Ground("p", ("a",)) in problem.initial


def test_a_negated_disjunction_is_a_conjunction():
    domain = parse_domain(
        domain_of(
            "(:action a :parameters (?x) :precondition (not (or (p ?x) (q ?x ?x))) :effect (p ?x))", ":adl"
        )
    )
    assert set(domain.schemas[0].conditions[1:]) == {
        Literal("p", (0,), False),
        Literal("q", (0, 0), False),
    }


BAD_DOMAINS = {
    "empty": ("  ", "the domain is empty"),
    "cut off": ("(define (domain d)", "the domain: line 1: a parenthesis is opened and never closed"),
    "unknown predicate": (
        domain_of("(:action a :parameters (?x) :precondition (r ?x) :effect (p ?x))"),
        "the domain: line 1: action a: there is no predicate r; add it to :predicates, which has p, q",
    ),
    "disjunction": (
        domain_of(
            "(:action try :parameters (?x) :precondition (or (p ?x) (q ?x ?x)) :effect (p ?x))", ":adl"
        ),
        "action try: the condition .* no conjunction of literals; write an action for each way",
    ),
    "quantifier": (
        domain_of(
            "(:action try :parameters (?x) :precondition (forall (?y) (q ?x ?y)) :effect (p ?x))", ":adl"
        ),
        "action try: the condition",
    ),
    "conditional effect": (
        domain_of("(:action try :parameters (?x) :effect (when (p ?x) (q ?x ?x)))", ":adl"),
        "action try: the effect .* depends on more than the arguments; write an action for each case",
    ),
    "effect on all": (
        domain_of("(:action try :parameters (?x) :effect (forall (?y) (q ?x ?y)))", ":adl"),
        "action try: the effect",
    ),
    "number": (
        "(define (domain d) (:requirements :numeric-fluents) (:functions (fuel ?x)))",
        "fuel is a number, and only facts that are true or false are supported",
    ),
    "duration": (
        DURATIVE,
        "action try: takes time",
    ),
}


@pytest.mark.parametrize(("text", "message"), BAD_DOMAINS.values(), ids=BAD_DOMAINS)
def test_what_is_wrong_with_a_domain_is_told(text, message):
    with pytest.raises(PddlError, match=message):
        parse_domain(text)


BAD_PROBLEMS = {
    "a part twice": (
        "(define (problem p) (:objects a)\n(:init (open))\n(:init (in a a)))",
        "line 3: there is a second :init; write both as one",
    ),
    "a part misspelt": (
        "(define (problem p)\n(:inti (open)))",
        "line 2: a problem has no part :inti; what can be read is problem, :domain, .*:init, :goal",
    ),
    "no part": ("(define (problem p)\n())", r"line 2: a problem has no part \(\)"),
    "empty": ("", "line 1: the text is empty"),
    "not closed": ("(define (problem p)\n (:init", "line 2: a parenthesis is opened and never closed"),
    "closed twice": ("(define (problem p)))", r"line 1: the text goes on .* with '\)'"),
    "no parenthesis": ("define", "line 1: expected an opening parenthesis, not 'define'"),
    "no problem": ("(define (domain d))", r"line 1: expected \(define \(problem NAME\)"),
    "unknown predicate": (
        "(define (problem p)\n(:objects a)\n(:init (above a)) (:goal (and)))",
        "line 3: the domain has no predicate above; it has at, broken, in, open, stored",
    ),
    "arity": (
        "(define (problem p) (:init (open x)) (:goal (and)))",
        "line 1: open is about 0 individuals, and here are 1",
    ),
    "unknown object": (
        "(define (problem p) (:init (broken v)) (:goal (and)))",
        "line 1: there is no object v; add it to :objects",
    ),
    "unknown type": (
        "(define (problem p) (:objects v - ship) (:goal (and)))",
        "line 1: the domain has no type ship",
    ),
    "no type": (
        "(define (problem p) (:objects v -) (:goal (and)))",
        "expected the name of one type after the dash",
    ),
    "two types": (
        "(define (problem p) (:objects v - (either van lorry)) (:goal (and)))",
        "expected the name of one type",
    ),
    "object in parentheses": (
        "(define (problem p) (:objects (v)) (:goal (and)))",
        "expected the name of an object",
    ),
    "no fact": ("(define (problem p) (:init open) (:goal (and)))", r"expected a fact such as \(on a b\)"),
    "disjunctive goal": (
        "(define (problem p) (:objects v - van) (:goal (or (broken v) (open))))",
        "expected a fact such as",
    ),
    "two made one": (
        "(define (problem p) (:objects v w - van)\n(:init (= v w)) (:goal (and)))",
        "line 2: v and w are two individuals, and = cannot make them one; use one name for both",
    ),
    "a number": (
        "(define (problem p) (:objects v - van)\n(:init (= (fuel v) 3)) (:goal (and)))",
        r"line 2: expected a fact such as \(on a b\)",
    ),
    "another domain": (
        "(define (problem p)\n(:domain ferry) (:goal (and)))",
        r"line 2: the problem is of the domain ferry, and was given with depot; take the other domain",
    ),
    "no name of a domain": (
        "(define (problem p)\n(:domain) (:goal (and)))",
        r"line 2: the problem is of the domain \(\), and was given with depot",
    ),
    "no goal": (
        "(define (problem p)\n(:init (open)))",
        r"line 1: the problem has no goal; write \(:goal \(and\)\) if there is nothing to reach",
    ),
    "an empty goal": ("(define (problem p)\n(:goal))", "line 2: the problem has no goal"),
    "an object of two types": (
        "(define (problem p) (:objects v - van\nv - lorry) (:goal (and)))",
        "line 2: v is of type van already, and here of type lorry; give it one, or rename one of the two",
    ),
    "a constant of another type": (
        "(define (problem p) (:objects hq - cargo) (:goal (and)))",
        "line 1: hq is of type place already, and here of type cargo",
    ),
    "a fact of the wrong type": (
        "(define (problem p) (:objects v - van c - cargo)\n(:init (at c hq)) (:goal (and)))",
        "line 2: at takes one of type vehicle here, and c is of type cargo; take another object, or change its type",
    ),
    "a goal of the wrong type": (
        "(define (problem p) (:objects v - van)\n(:goal (at v v)))",
        "line 2: at takes one of type place here, and v is of type van",
    ),
    "a word between parts": (
        "(define (problem p)\nopen)",
        r"line 2: expected a part such as \(:init …\), not open",
    ),
}


@pytest.mark.parametrize(("text", "message"), BAD_PROBLEMS.values(), ids=BAD_PROBLEMS)
def test_what_is_wrong_with_a_problem_is_told(depot, text, message):
    with pytest.raises(PddlError, match="problem.pddl: .*" + message.removeprefix("^")):
        parse_problem(text, depot, "problem.pddl")


def test_what_goes_without_saying_may_be_said(depot):
    plain = parse_problem("(define (problem p) (:objects v - van) (:goal (and)))", depot)
    said = "(define (problem p) (:domain DEPOT) (:objects v - van hq - place v - van) (:init (= v v)) (:goal ()))"
    assert parse_problem(said, depot) == plain


def test_a_file_that_cannot_be_read_is_named(tmp_path, depot):
    with pytest.raises(PddlError, match=r"none.pddl cannot be read: No such file"):
        read_domain(tmp_path / "none.pddl")
    (tmp_path / "bytes.pddl").write_bytes(b"\xff\xfe(")
    with pytest.raises(PddlError, match=r"bytes.pddl cannot be read: it is no text in UTF-8"):
        read_problem(tmp_path / "bytes.pddl", depot)
    (tmp_path / "d.pddl").write_text("(define (domain d) (:action", encoding="utf-8")
    with pytest.raises(PddlError, match=r"d\.pddl: "):
        read_domain(tmp_path / "d.pddl")


def test_what_to_install_is_told(monkeypatch):
    original = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("unified_planning"):
            raise ImportError(name)
        return original(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"pip install 'beliefs\[planning\]'"):
        parse_domain(DEPOT)


def random_problem(chance: random.Random) -> str:
    vans = [f"v{number}" for number in range(chance.randint(1, 3))]
    places = [f"P{number}" for number in range(chance.randint(1, 3))]
    cargo = [f"c-{number}" for number in range(chance.randint(0, 2))]
    facts = [f"(AT {van} {chance.choice(places)})" for van in vans if chance.random() < 0.8]
    facts += [f"(stored {each} {chance.choice(places)})" for each in cargo]
    facts += [f"(broken {van})" for van in vans if chance.random() < 0.4] + ["(open)"] * chance.randint(0, 1)
    chance.shuffle(facts)
    goal = [f"(at {van} hq)" for van in vans] + [f"(not (broken {vans[0]}))"] * chance.randint(0, 1)
    return (
        f"(define (problem r) (:domain depot) (:objects {' '.join(vans)} - {chance.choice(['van', 'lorry'])} ; here\n"
        f" {' '.join(places)} - place {' '.join(cargo)} {'- cargo' if cargo else ''})\n"
        f"(:init {' '.join(facts)}) (:goal (and {' '.join(goal)})))"
    )


@pytest.mark.parametrize("seed", range(15))
def test_problems_are_read_as_unified_planning_reads_them(depot, seed):
    from unified_planning.environment import Environment
    from unified_planning.io import PDDLReader

    text = random_problem(random.Random(seed))
    ours = parse_problem(text, depot)
    theirs = PDDLReader(Environment()).parse_problem_string(DEPOT, text)
    assert set(dict(ours.objects)) == {each.name for each in theirs.all_objects}
    assert {each.name: each.type.name for each in theirs.all_objects} == dict(ours.objects)
    true = {
        Ground(atom.fluent().name, tuple(each.object().name for each in atom.args))
        for atom, value in theirs.initial_values.items()
        if value.is_true()
    }
    assert {fact for fact in ours.initial if fact.predicate not in depot.type_predicates} == true
    goals = [part for goal in theirs.goals for part in (goal.args if goal.is_and() else [goal])]
    assert {str(each) for each in ours.goal} == {_shown(goal) for goal in goals}


def _shown(goal) -> str:
    atom = goal.arg(0) if goal.is_not() else goal
    words = " ".join([atom.fluent().name, *(str(each) for each in atom.args)])
    return f"(not ({words}))" if goal.is_not() else f"({words})"
