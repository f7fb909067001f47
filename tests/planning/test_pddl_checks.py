"""Every mistake in the text of a domain, with the message that is to name it, and texts that are none."""

from __future__ import annotations

import re
from itertools import product

import pytest

from beliefs.errors import PddlError
from beliefs.planning.pddl import parse_domain, read_domain
from beliefs.planning.pddl_checks import check_domain
from beliefs.planning.s_expressions import parse

HEAD = """(define (domain d)
(:requirements :strips :typing)
(:types car truck - vehicle vehicle place - object)
(:constants hq - place)
(:predicates (at ?v - vehicle ?p - place) (open))
"""


def declaring(*lines: str) -> str:
    """A domain of these parts, each on a line of its own, from line 2 on."""
    return "\n".join(("(define (domain d)", *lines)) + ")"


def needing(condition: str) -> str:
    """A domain with an action that needs a condition, which stands on line 8."""
    return (
        f"{HEAD}(:action go\n:parameters (?v - car ?p - place)\n:precondition {condition}\n:effect (open)))"
    )


def doing(effect: str) -> str:
    """A domain with an action that has an effect, which stands on line 8."""
    return f"{HEAD}(:action go\n:parameters (?v - car ?p - place)\n:effect {effect}))"


MISTAKES = {
    "no domain": ("(define\n(problem p))", "line 1: expected (define (domain NAME) …)"),
    "no name": ("(define\n(domain))", "line 2: a domain has one name: (domain NAME)"),
    "a name in other letters": ("(define (domain größe))", "line 1: größe cannot be the name of a domain"),
    "a word between parts": (declaring("oops"), "line 2: expected a part such as (:action …), not oops"),
    "derived": (
        declaring("(:predicates (p))", "(:derived (p) (p))"),
        "line 3: :derived is not supported: write what it derives into the actions",
    ),
    "duration": (
        declaring("(:durative-action drive :parameters ())"),
        "line 2: action drive: takes time, and only instantaneous actions are supported",
    ),
    "an unknown part": (declaring("(:actoin a)"), "line 2: a domain has no part :actoin; what can be read is"),
    "no part": (declaring("()"), "line 2: a domain has no part (); what can be read is"),
    "a part twice": (
        declaring("(:predicates (p))", "(:predicates (q))"),
        "line 3: there is a second :predicates; write both as one",
    ),
    "parts out of order": (
        declaring("(:functions (total-cost))", "(:predicates (p))"),
        "line 3: :predicates comes after :functions, on line 2; write it before that",
    ),
    "an unknown requirement": (declaring("(:requirements :magic)"), "line 2: :magic is no requirement"),
    "a list as requirement": (declaring("(:requirements (:strips))"), "line 2: a list is no requirement"),
    "no requirement": (declaring("(:requirements)"), "line 2: :requirements is empty; leave it out"),
    "a number": (
        declaring("(:functions", "(fuel ?x))"),
        "line 3: fuel is a number, and only facts that are true or false are supported",
    ),
    "cost of something": (declaring("(:functions (total-cost ?x))"), "line 2: total-cost is a number"),
    "a type twice": (
        declaring("(:types t", "t)"),
        "line 3: type t is there already, on line 2; give it one parent",
    ),
    "types in a circle": (
        declaring("(:types w - t", "t - u", "u - t)"),
        "line 3: type t lies below itself: t - u - t; break the circle",
    ),
    "a type below itself": (declaring("(:types t u - t)"), "line 2: type t lies below itself: t - t"),
    "a list as type": (declaring("(:types (t))"), "line 2: expected the name of a type, and not a list"),
    "a dash too early": (declaring("(:types - t)"), "line 2: expected the name of a type before the dash"),
    "a dash too late": (declaring("(:types t -)"), "line 2: expected the name of one type after the dash"),
    "either": (
        HEAD + "(:action a\n:parameters (?x -\n(either truck car))))",
        "line 7: expected the name of one type after the dash; for several, declare a type above them",
    ),
    "a constant twice": (
        declaring("(:constants a", "a)"),
        "line 3: constant a is there already; name it once, with one type",
    ),
    "a constant of an unknown type": (
        declaring("(:constants a - t)"),
        "line 2: there is no type t; add it to :types, which has none",
    ),
    "a reserved word": (
        declaring("(:predicates (exists ?x))"),
        "line 2: no predicate can be called exists: PDDL uses that word itself; rename it",
    ),
    "equality declared": (declaring("(:predicates (= ?x ?y))"), "line 2: no predicate can be called ="),
    "a predicate twice": (
        declaring("(:predicates (p ?x)", "(p))"),
        "line 3: predicate p is there already; rename one of them",
    ),
    "no predicate": (declaring("(:predicates)"), "line 2: :predicates is empty; leave it out"),
    "a predicate without parentheses": (
        declaring("(:predicates p)"),
        "line 2: expected a predicate with its arguments, such as (on ?x ?y)",
    ),
    "a predicate in other letters": (
        declaring("(:predicates (naïve ?x))"),
        "line 2: naïve cannot be the name of a predicate: it takes a letter from a to z, then",
    ),
    "a predicate of constants": (
        declaring("(:predicates (p x))"),
        "line 2: expected a variable, such as ?x, and not x",
    ),
    "a predicate of an unknown type": (
        HEAD.replace("(open)", "\n(open ?x - door)") + ")",
        "line 6: there is no type door; add it to :types, which has car, place, truck, vehicle",
    ),
    "an action without name": (declaring("(:action :parameters ())"), "line 2: an action has a name"),
    "an action twice": (
        declaring("(:action a :parameters ())", "(:action a :parameters ())"),
        "line 3: action a is there already, on line 2; rename one of them",
    ),
    "no parameters": (declaring("(:action a)"), "line 2: action a: the parameters are missing; write"),
    "parameters without parentheses": (
        declaring("(:action a :parameters ?x)"),
        "line 2: action a: the parameters are a list, such as (?x ?y)",
    ),
    "a parameter twice": (
        declaring("(:action a :parameters (?x", "?x))"),
        "line 3: action a: there are two parameters ?x; rename one of them",
    ),
    "an unknown part of an action": (
        declaring("(:action a :parameters ()", ":observe (p))"),
        "line 3: action a: an action has the parts :parameters, :precondition, :effect; :observe is none",
    ),
    "a list instead of a part": (
        declaring("(:action a (?x))"),
        "line 2: action a: an action has the parts :parameters, :precondition, :effect; here is a list",
    ),
    "a part of an action twice": (
        declaring("(:action a :parameters ()", ":parameters ())"),
        "line 3: action a: there is a second :parameters; write both as one",
    ),
    "parts of an action out of order": (
        declaring("(:action a :effect () :parameters ())"),
        "line 2: action a: :parameters comes too late; the order is :parameters, :precondition, :effect",
    ),
    "nothing after a part": (
        declaring("(:action a :parameters () :effect)"),
        "line 2: action a: nothing follows :effect; leave it out, or write ()",
    ),
    "unknown predicate": (
        needing("(and\n(near ?v))"),
        "line 9: action go: there is no predicate near; add it to :predicates, which has at, open",
    ),
    "arity": (needing("(at ?v)"), "line 8: action go: at takes 2 arguments, and here are 1"),
    "arity of equality": (needing("(= ?v)"), "line 8: action go: = takes 2 arguments, and here are 1"),
    "arity of a proposition": (doing("(open ?v)"), "action go: open takes 0 arguments, and here are 1"),
    "wrong type": (
        needing("(not (at ?v ?v))"),
        "line 8: action go: at takes one of type place here, and ?v is of type car; change either",
    ),
    "a type too wide": (
        needing("(exists (?w) (at ?w ?p))"),
        "line 8: action go: at takes one of type vehicle here, and ?w is of type object",
    ),
    "a constant of the wrong type": (doing("(at hq hq)"), "at takes one of type vehicle here, and hq is of type place"),
    "types that never meet": (needing("(= ?v ?p)"), "line 8: action go: what is of type car is never of type place"),
    "unknown variable": (
        needing("(at ?y ?p)"),
        "line 8: action go: there is no variable ?y; add it to :parameters, which has ?p, ?v",
    ),
    "a variable out of its scope": (
        needing("(and (forall (?w - car) (at ?w ?p)) (at ?w ?p))"),
        "action go: there is no variable ?w",
    ),
    "unknown constant": (
        doing("(and\n(at ?v p))"),
        "line 9: action go: there is no constant p; add it to :constants, which has hq, or write ?p",
    ),
    "unknown type in a quantifier": (needing("(exists (?d - door) (open))"), "line 8: there is no type door"),
    "a quantifier without variables": (
        needing("(exists ?w (open))"),
        "line 8: action go: exists is followed by a list of variables, such as (?x)",
    ),
    "a quantifier without body": (needing("(exists (?w))"), "exists takes 2 arguments, and here are 1"),
    "a fact as argument": (needing("(at (open) ?p)"), "at is about individuals, and here is a list"),
    "a condition without parentheses": (
        needing("open"),
        "line 8: action go: expected a word in parentheses as condition, such as (on ?x ?y); not open",
    ),
    "an effect that begins with a list": (
        doing("((open))"),
        "expected a word in parentheses as effect, such as (on ?x ?y); not a list that begins with none",
    ),
    "negation of two": (needing("(not (open) (open))"), "action go: not takes 1 argument, and here are 2"),
    "negation of nothing": (doing("(not)"), "action go: not takes 1 argument, and here are 0"),
    "when in a condition": (needing("(when (open) (open))"), "action go: when stands in effects only"),
    "numbers compared": (needing("(>= 1 2)"), "line 8: action go: >= compares numbers"),
    "a choice of effects": (doing("(or (open) (open))"), "an effect is sure to come about, and or leaves it open"),
    "a conjunction undone": (doing("(not (and (open)))"), "an effect negates one fact at a time"),
    "two made one": (doing("(= ?v ?v)"), "no action makes two things one; = stands in conditions only"),
    "a number changed": (doing("(increase (fuel) 1)"), "fuel is no number that can change; only (total-cost) is"),
    "a word changed": (doing("(assign x 1)"), "x is no number that can change"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place(text, message):
    with pytest.raises(PddlError, match=re.escape(message)) as caught:
        check_domain(parse(text))
    assert str(caught.value).startswith("line ")


def test_the_file_is_named(tmp_path):
    path = tmp_path / "trucks.pddl"
    path.write_text(needing("(at ?v)"), encoding="utf-8")
    with pytest.raises(PddlError, match=r"trucks\.pddl: line 8: action go: at takes 2 arguments"):
        read_domain(path)


CONDITIONS = (
    "()",
    "(and)",
    "(open)",
    "(not (open))",
    "(at ?v ?p)",
    "(at ?v hq)",
    "(not (= ?p hq))",
    "(= hq ?p)",
)
EFFECTS = (
    "()",
    "(and)",
    "(not (open))",
    "(and (at ?v ?p) (not (at ?v hq)))",
    "(and (open) (and (not (open))))",
)


@pytest.mark.parametrize(("condition", "effect"), list(product(CONDITIONS, EFFECTS)))
def test_what_is_no_mistake_is_read(condition, effect):
    text = f"{HEAD}(:action go :parameters (?v - car ?p - place) :precondition (and {condition}) :effect {effect}))"
    (go,) = parse_domain(text).schemas
    assert len(go.conditions) == 2 + (condition not in ("()", "(and)"))
    assert bool(go.effects) is (effect not in ("()", "(and)"))


def test_what_is_outside_the_fragment_is_no_mistake_of_the_text():
    for condition in ("(or (open) (at ?v ?p))", "(imply (open) (open))", "(exists (?q - place) (at ?v ?q))"):
        check_domain(parse(needing(condition)))
        with pytest.raises(PddlError, match="action go: the condition"):
            parse_domain(needing(condition))
    for effect in ("(when (open) (at ?v ?p))", "(forall (?q - place) (at ?v ?q))"):
        check_domain(parse(doing(effect)))
        with pytest.raises(PddlError, match="action go: the effect"):
            parse_domain(doing(effect))
