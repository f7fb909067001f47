"""Random domains and states for tests of planning, small enough for an oracle that looks at every hypothesis."""

from __future__ import annotations

from itertools import product
from random import Random

from beliefs.planning.actions import (
    OBJECT,
    Domain,
    Ground,
    Literal,
    Predicate,
    Problem,
    Schema,
    State,
    Step,
    Type,
)

THINGS = ("a", "b", "c")
PREDICATES = (Predicate("lit"), Predicate("red", (OBJECT,)), Predicate("on-top", (OBJECT, OBJECT)))


def literals(arity: int, predicates: tuple[Predicate, ...] = PREDICATES) -> list[Literal]:
    """All atoms over the parameters of an action."""
    return [
        Literal(each.name, arguments)
        for each in predicates
        for arguments in product(range(arity), repeat=each.arity)
    ]


def random_domain(chance: Random, *, negative: bool | None = None, predicates: int = 3) -> Domain:
    """A domain with two or three actions and up to three kinds of facts."""
    kinds = PREDICATES[:predicates]
    if negative is None:
        negative = chance.random() < 0.5
    schemas = []
    for number in range(chance.randint(2, 3)):
        arity = chance.randint(0, 2)
        atoms = literals(arity, kinds)
        wanted = chance.sample(atoms, min(len(atoms), chance.randint(0, 2)))
        conditions = [each.negated if negative and chance.random() < 0.4 else each for each in wanted]
        changed = chance.sample(atoms, min(len(atoms), chance.randint(1, 3)))
        effects = [each if chance.random() < 0.5 else each.negated for each in changed]
        schemas.append(
            Schema(
                f"act-{number}",
                tuple((f"p{place}", OBJECT) for place in range(arity)),
                (*(Literal(OBJECT, (place,)) for place in range(arity)), *conditions),
                tuple(effects),
            )
        )
    requirements = frozenset({"strips", *(["negative-preconditions"] if negative else [])})
    return Domain("random", (Type(OBJECT, None, OBJECT),), kinds, (), tuple(schemas), requirements)


def random_state(chance: Random, domain: Domain) -> State:
    """A state of three things."""
    facts = {fact for thing in THINGS for fact in domain.facts_of(thing, OBJECT)}
    for each in domain.predicates:
        for arguments in product(THINGS, repeat=each.arity):
            if chance.random() < 0.5:
                facts.add(Ground(each.name, arguments))
    return frozenset(facts)


def random_step(chance: Random, domain: Domain) -> Step:
    """A step of the domain about the three things."""
    schema = chance.choice(domain.schemas)
    return Step(schema.name, tuple(chance.choice(THINGS) for _ in range(schema.arity)))


def random_problem(chance: Random, domain: Domain) -> Problem:
    """A problem that starts in a random state."""
    return Problem("random", tuple((each, OBJECT) for each in THINGS), random_state(chance, domain))
