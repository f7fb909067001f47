"""Actions and the states they act on, as frozen values: STRIPS with negative conditions and equality.

What is here is the shape of things, whoever knows it: a `Domain` may be the true one of a simulated world or the
one that an agent believes. Types are unary predicates that no action changes; each parameter has the condition
that its argument is of its type.

References:
    Fikes, Nilsson: STRIPS: A new approach to the application of theorem proving to problem solving. Artificial
    Intelligence 2 (1971).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

from beliefs.errors import PlanError

EQUAL = "="
"""The predicate of two names for one individual: no state lists it, and no action changes it."""

OBJECT = "object"
"""The type of everything, as in PDDL."""


class Ground(NamedTuple):
    """An atom about individuals, such as `(on a b)`."""

    predicate: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"({' '.join((self.predicate, *self.arguments))})"


State: TypeAlias = frozenset[Ground]
"""All that is true; what is not in it is false (the closed world)."""


@dataclass(frozen=True, slots=True, order=True)
class Literal:
    """An atom or its negation, about the arguments of an action or about individuals.

    Attributes:
        predicate: of what kind; `EQUAL` says that two individuals are one.
        arguments: each the place of a parameter, counted from 0, or the name of an individual.
        positive: False where the atom is negated.
    """

    predicate: str
    arguments: tuple[int | str, ...] = ()
    positive: bool = True

    def ground(self, arguments: Sequence[str]) -> Ground:
        """Return the atom, whatever its sign, for these arguments of the action."""
        return Ground(
            self.predicate,
            tuple([arguments[each] if isinstance(each, int) else each for each in self.arguments]),
        )

    def holds(self, state: State, arguments: Sequence[str] = ()) -> bool:
        """Return whether the literal is true in a state for these arguments of the action."""
        atom = self.ground(arguments)
        if self.predicate == EQUAL:
            return (atom.arguments[0] == atom.arguments[1]) is self.positive
        return (atom in state) is self.positive

    @property
    def negated(self) -> Literal:
        """The literal that is true just where this one is false."""
        return Literal(self.predicate, self.arguments, not self.positive)

    def __str__(self) -> str:
        """Return the literal in PDDL, its parameters by number from 1: `(not (on ?1 ?2))`."""
        words = [f"?{each + 1}" if isinstance(each, int) else each for each in self.arguments]
        atom = f"({' '.join((self.predicate, *words))})"
        return atom if self.positive else f"(not {atom})"

    def told(self, parameters: Sequence[str]) -> str:
        """Return the literal in PDDL with these words for its parameters."""
        words = [parameters[each] if isinstance(each, int) else each for each in self.arguments]
        atom = f"({' '.join((self.predicate, *words))})"
        return atom if self.positive else f"(not {atom})"


@dataclass(frozen=True)
class Schema:
    """What an action needs and does, for any arguments.

    Attributes:
        name: what the action is called.
        parameters: each parameter, its name without `?`, with the name of its type.
        conditions: what must hold for the action to be executable; the types of the parameters come first.
        effects: what is true afterwards. Where an atom is both added and deleted, it is added, as in PDDL.
    """

    name: str
    parameters: tuple[tuple[str, str], ...] = ()
    conditions: tuple[Literal, ...] = ()
    effects: tuple[Literal, ...] = ()

    @property
    def arity(self) -> int:
        """How many arguments the action takes."""
        return len(self.parameters)

    def unmet(self, state: State, arguments: Sequence[str]) -> tuple[Literal, ...]:
        """Return the conditions that are false in a state."""
        return tuple([each for each in self.conditions if not each.holds(state, arguments)])

    def executable(self, state: State, arguments: Sequence[str]) -> bool:
        """Return whether all conditions hold in a state."""
        return all(each.holds(state, arguments) for each in self.conditions)

    def after(self, state: State, arguments: Sequence[str]) -> State:
        """Return the state after the effects, whether or not the conditions hold."""
        deleted = {each.ground(arguments) for each in self.effects if not each.positive}
        added = {each.ground(arguments) for each in self.effects if each.positive}
        return (state - deleted) | added


@dataclass(frozen=True)
class Predicate:
    """A kind of fact, with the types of its arguments.

    Attributes:
        name: what it is called.
        types: the type of each argument.
    """

    name: str
    types: tuple[str, ...] = ()

    @property
    def arity(self) -> int:
        """How many individuals it is about."""
        return len(self.types)


@dataclass(frozen=True)
class Type:
    """A kind of individual.

    Attributes:
        name: what it is called.
        parent: the type that all its individuals are of as well, or None.
        predicate: the unary predicate that says of an individual that it is of this type: the name of the type,
            unless a predicate has that name.
    """

    name: str
    parent: str | None
    predicate: str


@dataclass(frozen=True)
class Domain:
    """Kinds of facts and the actions that change them.

    Attributes:
        name: what the domain is called.
        types: all its types.
        predicates: all kinds of facts, those of the types apart.
        constants: the individuals that every problem has, with their types.
        schemas: the actions.
        requirements: the features that it asks for, without their colon.
    """

    name: str
    types: tuple[Type, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    schemas: tuple[Schema, ...] = ()
    requirements: frozenset[str] = frozenset()

    @cached_property
    def _schemas(self) -> dict[str, Schema]:
        return {schema.name: schema for schema in self.schemas}

    @cached_property
    def _types(self) -> dict[str, Type]:
        return {each.name: each for each in self.types}

    @cached_property
    def type_predicates(self) -> frozenset[str]:
        """The predicates that stand for the types of parameters; no action changes them."""
        return frozenset(
            self._types[kind].predicate
            for schema in self.schemas
            for _, kind in schema.parameters
            if kind in self._types  # a domain made by hand may leave out the type of everything
        )

    def may_overlap(self, one: str, other: str) -> bool:
        """Return whether an individual can be of both types: one of them is above the other."""
        return other in self._above(one) or one in self._above(other)

    def _above(self, name: str) -> set[str]:
        found = {OBJECT}
        above: str | None = name
        while above is not None:
            found.add(above)
            kind = self._types.get(above)
            above = None if kind is None else kind.parent
        return found

    def is_below(self, lower: str, upper: str) -> bool:
        """Return whether whatever is of the lower type is of the upper one as well."""
        return lower == upper or upper == OBJECT or upper in self._above(lower)

    def has_type(self, name: str) -> bool:
        """Return whether there is a type of that name."""
        return name == OBJECT or name in self._types

    def schema(self, name: str) -> Schema:
        """Return the action of a name.

        Raises:
            PlanError: there is none.
        """
        try:
            return self._schemas[name]
        except KeyError:
            known = ", ".join(sorted(self._schemas)) or "none"
            raise PlanError(f"there is no action {name}; there are {known}") from None

    def fits(self, step: Step) -> bool:
        """Return whether a step names an action and gives it the right number of arguments."""
        schema = self._schemas.get(step.action)
        return schema is not None and schema.arity == len(step.arguments)

    def schema_of(self, step: Step) -> Schema:
        """Return the action of a step.

        Raises:
            PlanError: there is none of that name, or it takes another number of arguments.
        """
        schema = self.schema(step.action)
        if schema.arity != len(step.arguments):
            raise PlanError(
                f"{step}: {schema.name} takes {schema.arity} argument{'' if schema.arity == 1 else 's'}, "
                f"and here are {len(step.arguments)}"
            )
        return schema

    def is_given(self, condition: Literal) -> bool:
        """Return whether a condition is known from the parameters of its action: it states a type."""
        return condition.predicate in self.type_predicates

    def facts_of(self, individual: str, type_name: str) -> Iterator[Ground]:
        """Yield the facts that an individual is of a type and of all types above it, those that parameters ask for."""
        kind = self._types.get(type_name)
        while kind is not None:
            if kind.predicate in self.type_predicates:
                yield Ground(kind.predicate, (individual,))
            above = OBJECT if kind.parent is None and kind.name != OBJECT else kind.parent
            kind = None if above is None else self._types.get(above)


@dataclass(frozen=True)
class Problem:
    """Where to start and where to get.

    Attributes:
        name: what the problem is called.
        objects: the individuals with their types, the constants of the domain among them.
        initial: the state at the start, the facts of the types in it.
        goal: what is to hold at the end.
    """

    name: str
    objects: tuple[tuple[str, str], ...] = ()
    initial: State = frozenset()
    goal: tuple[Literal, ...] = ()

    def solved(self, state: State) -> bool:
        """Return whether the goal holds in a state."""
        return all(each.holds(state) for each in self.goal)


@dataclass(frozen=True, slots=True)
class Step:
    """An action with its arguments.

    Attributes:
        action: its name.
        arguments: the individuals.
    """

    action: str
    arguments: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"({' '.join((self.action, *self.arguments))})"


Plan: TypeAlias = tuple[Step, ...]
"""Steps, one after another."""


def parse_step(text: str) -> Step:
    """Read a step such as `(pick-up a)`; the parentheses may be missing, and case does not matter, as in PDDL.

    Raises:
        PlanError: it is none.
    """
    inner = text.strip().lower()
    if inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    words = inner.split()
    if not words or any(character in inner for character in "();"):
        raise PlanError(f"a step is an action and its arguments, such as (pick-up a); not {text.strip()!r}")
    return Step(words[0], tuple(words[1:]))


def parse_plan(text: str) -> Plan:
    """Read a plan: a step a line; empty lines and what follows a semicolon are skipped.

    Raises:
        PlanError: a line is no step; the message has its number.
    """
    steps = []
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.partition(";")[0].strip()
        if not said:
            continue
        try:
            steps.append(parse_step(said))
        except PlanError as error:
            raise PlanError(f"line {number}: {error}") from None
    return tuple(steps)


def as_step(said: str | Step) -> Step:
    """Return a step that may be given as a text.

    Raises:
        PlanError: it is none.
    """
    if isinstance(said, Step):
        return said
    if isinstance(said, str):
        return parse_step(said)
    raise PlanError(f"a step is a text such as (pick-up a), or a Step; not {said!r}")


def as_plan(said: str | Iterable[str | Step]) -> Plan:
    """Return a plan that may be given as a text, or as steps some of which are texts.

    Raises:
        PlanError: something is no step; the message has its number.
    """
    if isinstance(said, str):
        return parse_plan(said)
    if not isinstance(said, Iterable):
        raise PlanError(f"a plan is a text with a step a line, or a list of steps; not {said!r}")
    steps = []
    for number, each in enumerate(said, start=1):
        try:
            steps.append(as_step(each))
        except PlanError as error:
            raise PlanError(f"step {number}: {error}") from None
    return tuple(steps)


def as_state(given: AbstractSet[Ground]) -> State:
    """Return a state, having made sure that it is a set of facts: what is none would just be false.

    Raises:
        PlanError: it is not; the message names what is no fact.

    Cost: linear in the state.
    """
    if not isinstance(given, AbstractSet):
        raise PlanError(f"a state is a set of facts such as {_A_FACT}; not {given!r}")
    for fact in given:
        if not _is_fact(fact):
            raise PlanError(f"a state is a set of facts such as {_A_FACT}; {fact!r} is none")
    return frozenset(given)


_A_FACT = "Ground('at', ('home',))"


def _is_fact(given: object) -> bool:
    return (
        isinstance(given, Ground)
        and isinstance(given.predicate, str)
        and isinstance(given.arguments, tuple)
        and " " not in given.predicate  # a whole fact, written as PDDL
        and "(" not in given.predicate
        and all(isinstance(each, str) for each in given.arguments)
    )


def run(domain: Domain, state: State, plan: Iterable[Step]) -> State:
    """Return the state after the effects of a plan, whether or not the conditions hold.

    Raises:
        PlanError: a step does not fit the domain.
    """
    for step in plan:
        state = domain.schema_of(step).after(state, step.arguments)
    return state
