"""Planning domains small enough to look at every state, at random and by hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import product
from random import Random

from beliefs.planning.actions import (
    EQUAL,
    OBJECT,
    Domain,
    Ground,
    Literal,
    Plan,
    Predicate,
    Problem,
    Schema,
    State,
    Step,
)


def steps_of(domain: Domain, problem: Problem) -> Iterator[Step]:
    """Yield every step there is, sensible or not."""
    objects = [name for name, _ in problem.objects]
    for schema in domain.schemas:
        for arguments in product(objects, repeat=schema.arity):
            yield Step(schema.name, arguments)


def reachable(domain: Domain, problem: Problem) -> dict[State, Plan]:
    """Return every state that can be reached, each with a shortest way there."""
    steps = list(steps_of(domain, problem))
    ways: dict[State, Plan] = {problem.initial: ()}
    waiting = deque([problem.initial])
    while waiting:
        state = waiting.popleft()
        for step in steps:
            schema = domain.schema(step.action)
            if schema.executable(state, step.arguments):
                after = schema.after(state, step.arguments)
                if after not in ways:
                    ways[after] = (*ways[state], step)
                    waiting.append(after)
    return ways


def shortest_plan(domain: Domain, problem: Problem) -> Plan | None:
    """Return a shortest plan, by looking at every state that can be reached; None where there is none."""
    return next((way for state, way in reachable(domain, problem).items() if problem.solved(state)), None)


def random_case(random: Random) -> tuple[Domain, Problem]:
    """Return a domain of up to three actions and a problem of it, with at most a few hundred states."""
    predicates = [Predicate(f"p{number}", (OBJECT,) * random.choice((0, 1, 1))) for number in range(3)]
    if random.random() < 0.5:
        predicates.append(Predicate("r", (OBJECT, OBJECT)))
    names = [f"o{number}" for number in range(random.randint(1, 2))]
    schemas = []
    for number in range(random.randint(2, 4)):
        arity = random.randint(0, 2)
        parameters = tuple((f"x{place}", OBJECT) for place in range(arity))
        conditions = _literals(random, predicates, range(arity), random.randint(0, 3), random.random() < 0.5)
        if arity == 2 and random.random() < 0.3:
            conditions.append(Literal(EQUAL, (0, 1), random.random() < 0.3))
        effects = _literals(random, predicates, range(arity), random.randint(1, 3), True)
        schemas.append(Schema(f"act{number}", parameters, tuple(conditions), tuple(effects)))
    facts = [
        Ground(each.name, arguments) for each in predicates for arguments in product(names, repeat=each.arity)
    ]
    initial = frozenset(fact for fact in facts if random.random() < 0.4)
    # What some action brings about is often within reach; what none does never is.
    wishes = [
        Literal(effect.predicate, effect.ground(random.choices(names, k=2)).arguments, effect.positive)
        for schema in schemas
        for effect in schema.effects
    ]
    wishes += _literals(random, predicates, names, 2, True)
    random.shuffle(wishes)
    goal = [each for each in wishes if random.random() < 0.2 or not each.holds(initial)][
        : random.randint(1, 3)
    ]
    goal = [each for each in goal if each.negated not in goal]
    objects = tuple((name, OBJECT) for name in names)
    domain = Domain("random", (), tuple(predicates), (), tuple(schemas))
    return domain, Problem("random", objects, initial, tuple(goal))


def _literals(
    random: Random, predicates: list[Predicate], terms: range | list[str], count: int, negative: bool
) -> list[Literal]:
    usable = [each for each in predicates if terms or not each.arity]
    found = []
    for _ in range(count if usable else 0):
        predicate = random.choice(usable)
        arguments = tuple(random.choice(terms) for _ in range(predicate.arity))
        found.append(Literal(predicate.name, arguments, not negative or random.random() < 0.6))
    return found
