"""The words in which an action model is believed: its symbols in the language, and what each stands for.

Of the domain that has an action `stack` of two arguments and the predicates `clear` and `on` the base says

    sort Condition
    pred clear(Thing)                                              each kind of fact is a predicate
    pred on(Thing, Thing)
    pred stack(Thing, Thing)                                       so is each action, with its arity
    pred needs_stack(Condition)                                    which conditions it needs
    pred adds_stack(Condition)                                     which it makes true,
    pred deletes_stack(Condition)                                  and which false
    const clear_1, clear_2, on_1_1, on_1_2, on_2_1, …: Condition   the conditions, over places of arguments

so `needs_stack(on_1_2)` is the belief that `stack` can be executed only where `on` holds of its first and second
argument. These declarations are all there is: `Vocabulary.of` reads them back from any base.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

from beliefs.base.belief_base import BeliefBase
from beliefs.errors import PlanError
from beliefs.language.signature import NUMERIC, THING, declared_name
from beliefs.language.syntax import (
    Atom,
    Constant,
    ConstantDeclaration,
    Declaration,
    PredicateDeclaration,
    SortDeclaration,
)
from beliefs.planning.actions import EQUAL, Domain, Ground, Literal, Schema
from beliefs.planning.names import to_language, to_pddl

CONDITION = "Condition"
"""The sort of the conditions."""

_MARKS = ("needs_", "adds_", "deletes_")
_SAME = "same"
"""How the identity of two arguments is written: `same_1_2`."""

_HOLDS = "_holds"
"""What follows a predicate without arguments where it is a condition: `handempty_holds`."""

_NEGATIVE = frozenset({"negative-preconditions", "adl"})
_EQUALITY = frozenset({"equality", "adl"})


@dataclass(frozen=True)
class Action:
    """An action as the language has it.

    Attributes:
        name: what PDDL calls it.
        symbol: its predicate.
        arity: how many arguments it takes.
    """

    name: str
    symbol: str
    arity: int

    def needs(self, condition: str) -> Atom:
        """Return the formula that it needs a condition, given by its symbol."""
        return Atom(f"needs_{self.symbol}", (Constant(condition),))

    def adds(self, condition: str) -> Atom:
        """Return the formula that it makes a condition true."""
        return Atom(f"adds_{self.symbol}", (Constant(condition),))

    def deletes(self, condition: str) -> Atom:
        """Return the formula that it makes a condition false."""
        return Atom(f"deletes_{self.symbol}", (Constant(condition),))


@dataclass(frozen=True)
class Vocabulary:
    """The symbols of an action model; see the head of this module.

    Attributes:
        predicates: each kind of fact, by what PDDL calls it, with its symbol and arity.
        actions: the actions, by what PDDL calls them.
        conditions: what each condition stands for, by its symbol, in the order in which they were declared.
        constants: the individuals that PDDL domains name, by what PDDL calls them, with their symbols.
        taken: all symbols of the base.
    """

    predicates: dict[str, tuple[str, int]]
    actions: dict[str, Action]
    conditions: dict[str, Literal]
    constants: dict[str, str]
    taken: frozenset[str]

    @staticmethod
    def of(base: BeliefBase) -> Vocabulary:
        """Read the vocabulary of a base from its declarations.

        Cost: linear in the declarations.
        """
        signature = base.signature
        known = {**dict.fromkeys(signature.predicates), **dict.fromkeys(signature.functions)}
        taken = frozenset((*known, *signature.constants, *signature.sorts))
        return _Reader(signature.predicates).read(base.declarations, taken)

    def symbol_of(self, condition: Literal) -> str:
        """Return the symbol of a condition.

        Raises:
            PlanError: there is no such condition.
        """
        try:
            return self._symbols[condition]
        except KeyError:
            raise PlanError(f"no action is believed to have to do with the condition {condition}") from None

    @cached_property
    def _symbols(self) -> dict[Literal, str]:
        return {literal: symbol for symbol, literal in self.conditions.items()}

    def candidates(self, action: str) -> dict[str, Literal]:
        """Return the conditions that speak of no more arguments than an action has, by their symbols."""
        return self._candidates[action]

    @cached_property
    def _candidates(self) -> dict[str, dict[str, Literal]]:
        return {
            name: {
                symbol: literal
                for symbol, literal in self.conditions.items()
                if all(each < action.arity for each in literal.arguments if isinstance(each, int))
            }
            for name, action in self.actions.items()
        }

    def fact(self, fact: Ground) -> Atom:
        """Return the formula that a fact holds.

        Raises:
            PlanError: there is no predicate of its name and arity.
        """
        symbol, arity = self.predicates.get(fact.predicate, ("", -1))
        if arity != len(fact.arguments):
            raise PlanError(f"{fact}: the base has no predicate {fact.predicate} about {len(fact.arguments)}")
        return Atom(symbol, tuple(Constant(self.individual(each)) for each in fact.arguments))

    def individual(self, name: str) -> str:
        """Return the symbol of an individual."""
        known = self.constants.get(name)
        return to_language(name, self._reserved) if known is None else known

    @cached_property
    def _reserved(self) -> frozenset[str]:
        """All symbols that are no individuals of the domain."""
        return frozenset(
            (
                *(symbol for symbol, _ in self.predicates.values()),
                *(action.symbol for action in self.actions.values()),
                *(mark + action.symbol for action in self.actions.values() for mark in _MARKS),
                *self.conditions,
                *(NUMERIC | {THING, CONDITION}),
            )
        )

    def ground(self, atom: Atom) -> Ground | None:
        """Return the fact that a formula states; None where it is none of the domain's."""
        name = to_pddl(atom.predicate)
        symbol, arity = self.predicates.get(name, ("", -1))
        if symbol != atom.predicate or arity != len(atom.arguments):
            return None
        names = [each.name for each in atom.arguments if isinstance(each, Constant)]
        return Ground(name, tuple(map(to_pddl, names))) if len(names) == arity else None

    def declarations(self, domain: Domain) -> tuple[Declaration, ...]:
        """Return what has to be declared before the actions of a domain can be spoken of.

        Raises:
            PlanError: a predicate or action of that name is known with another arity.
        """
        return tuple(_Writer(self, domain).write())


class _Writer:
    """Chooses symbols for a domain beside those of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, domain: Domain) -> None:
        self._known = vocabulary
        self._domain = domain
        self._taken = {*vocabulary.taken, *NUMERIC, THING, CONDITION}
        self._predicates = dict(vocabulary.predicates)
        self._constants = dict(vocabulary.constants)

    def write(self) -> Iterator[Declaration]:
        if CONDITION not in self._known.taken:
            yield SortDeclaration(CONDITION)
        yield from self._facts()
        yield from self._actions()
        for name, _ in self._domain.constants:
            if name not in self._constants:
                self._constants[name] = self._claim(name)
                yield ConstantDeclaration(self._constants[name], THING)
        yield from self._conditions()

    def _facts(self) -> Iterator[Declaration]:
        for name, arity in arities(self._domain):
            if name not in self._predicates:
                self._predicates[name] = (self._claim(name), arity)
                yield PredicateDeclaration(self._predicates[name][0], (THING,) * arity)
            elif self._predicates[name][1] != arity:
                raise PlanError(
                    f"predicate {name} is about {arity} individuals in {self._domain.name}, and about "
                    f"{self._predicates[name][1]} in what is believed; rename one of them"
                )

    def _actions(self) -> Iterator[Declaration]:
        for schema in self._domain.schemas:
            known = self._known.actions.get(schema.name)
            if known is not None and known.arity != schema.arity:
                raise PlanError(
                    f"action {schema.name} takes {schema.arity} arguments in {self._domain.name}, and "
                    f"{known.arity} in what is believed; rename one of them"
                )
            if known is None:
                symbol = self._claim(schema.name, marks=_MARKS)
                yield PredicateDeclaration(symbol, (THING,) * schema.arity)
                yield from (PredicateDeclaration(mark + symbol, (CONDITION,)) for mark in _MARKS)

    def _conditions(self) -> Iterator[Declaration]:
        known = set(self._known.conditions.values())
        for literal in candidates(self._domain):
            if literal not in known:
                yield ConstantDeclaration(self._claim_condition(literal), CONDITION)

    def _claim(self, name: str, marks: tuple[str, ...] = ()) -> str:
        symbol = to_language(name, self._taken)
        while any(mark + symbol in self._taken for mark in marks):
            symbol = to_language(name, {*self._taken, symbol})
            self._taken.add(symbol)
        self._taken.update((symbol, *(mark + symbol for mark in marks)))
        return symbol

    def _claim_condition(self, literal: Literal) -> str:
        plain = _condition_name(literal, self._predicates, self._constants)
        if list(_readings(plain, self._predicates, self._constants)) != [literal]:
            return self._claim(_spelled(literal))
        while plain in self._taken:
            plain += "'"
        self._taken.add(plain)
        return plain


class _Reader:
    """Reads declarations one after another: what a condition means depends on those before it alone."""

    def __init__(self, signature: Iterable[str]) -> None:
        self._known = frozenset(signature)
        self._predicates: dict[str, tuple[str, int]] = {}
        self._actions: dict[str, Action] = {}
        self._conditions: dict[str, Literal] = {}
        self._constants: dict[str, str] = {}

    def read(self, declarations: Iterable[Declaration], taken: frozenset[str]) -> Vocabulary:
        for declaration in declarations:
            match declaration:
                case PredicateDeclaration(symbol, arguments):
                    self._predicate(symbol, arguments)
                case ConstantDeclaration(symbol, sort) if sort == CONDITION:
                    self._condition(symbol)
                case ConstantDeclaration(symbol, sort) if sort == THING:
                    self._constants[to_pddl(symbol)] = declared_name(declaration)
        return Vocabulary(self._predicates, self._actions, self._conditions, self._constants, taken)

    def _predicate(self, symbol: str, arguments: tuple[str, ...]) -> None:
        if CONDITION in arguments:
            return  # what is believed of an action; the action stands before it
        name = to_pddl(symbol)
        if all(mark + symbol in self._known for mark in _MARKS):
            self._actions[name] = Action(name, symbol, len(arguments))
        else:
            self._predicates[name] = (symbol, len(arguments))

    def _condition(self, symbol: str) -> None:
        spelled = to_pddl(symbol)
        readings = (
            [_unspelled(spelled)]
            if spelled.startswith("(")
            else list(_readings(symbol.rstrip("'"), self._predicates, self._constants))
        )
        if len(readings) == 1:  # otherwise somebody else declared it
            self._conditions[symbol] = readings[0]


def arities(domain: Domain) -> Iterator[tuple[str, int]]:
    """Yield the predicates of a domain with their arities, those of the types of parameters first."""
    yield from ((name, 1) for name in sorted(domain.type_predicates))
    yield from ((each.name, each.arity) for each in domain.predicates)


def candidates(domain: Domain) -> Iterator[Literal]:
    """Yield the conditions that some action of a domain may have, as far as its requirements let it say them.

    Those that its actions are known to have are among them in any case.
    """
    width = max((schema.arity for schema in domain.schemas), default=0)
    terms: list[int | str] = [*range(width), *(name for name, _ in domain.constants)]
    types = [Literal(name, (place,)) for name in sorted(domain.type_predicates) for place in range(width)]
    atoms = [Literal(each.name, at) for each in domain.predicates for at in product(terms, repeat=each.arity)]
    same = [Literal(EQUAL, pair) for pair in combinations(terms, 2) if isinstance(pair[0], int)]
    literals = [*atoms]
    if domain.requirements & _NEGATIVE:
        literals += [each.negated for each in atoms]
    if domain.requirements & _EQUALITY:
        literals += [*same, *(each.negated for each in same)]
    known = [each for schema in domain.schemas for each in schema.conditions]
    changed = [
        Literal(each.predicate, each.arguments) for schema in domain.schemas for each in schema.effects
    ]
    sensible = [each for each in literals if _is_sensible(each, domain)]
    yield from dict.fromkeys([*types, *sensible, *known, *changed])


def _is_sensible(literal: Literal, domain: Domain) -> bool:
    """Return whether some action may need a condition."""
    return any(
        may_be_needed(literal, domain, schema)
        for schema in domain.schemas
        if all(each < schema.arity for each in literal.arguments if isinstance(each, int))
    )


def may_be_needed(literal: Literal, domain: Domain, schema: Schema) -> bool:
    """Return whether a condition can be false where the arguments are of their types.

    A type that is not asked of a parameter is not asked at all. What no individual of these types can satisfy is
    not needed either: the action would never be executable.
    """
    if literal.predicate in domain.type_predicates:
        return False
    types = dict(domain.constants)
    kinds = [
        schema.parameters[each][1] if isinstance(each, int) else types[each] for each in literal.arguments
    ]
    if literal.predicate == EQUAL:
        return domain.may_overlap(*kinds)
    wanted = next((each.types for each in domain.predicates if each.name == literal.predicate), ())
    return all(map(domain.may_overlap, kinds, wanted))


def _condition_name(
    literal: Literal, predicates: dict[str, tuple[str, int]], constants: dict[str, str]
) -> str:
    stem = _SAME if literal.predicate == EQUAL else predicates[literal.predicate][0].rstrip("'")
    words = [
        str(each + 1) if isinstance(each, int) else constants[each].rstrip("'") for each in literal.arguments
    ]
    if not literal.positive:
        return "_".join(["not", stem, *words])
    return "_".join([stem, *words]) if words else stem + _HOLDS


def _readings(
    plain: str, predicates: dict[str, tuple[str, int]], constants: dict[str, str]
) -> Iterator[Literal]:
    """Yield all that the name of a condition may stand for: one literal, if the name was chosen well."""
    stems = [(name, symbol.rstrip("'"), arity) for name, (symbol, arity) in predicates.items()]
    named = {symbol.rstrip("'"): name for name, symbol in constants.items()}
    for positive in (True, False):
        rest = plain if positive else plain.removeprefix("not_")
        if not positive and rest == plain:
            continue
        for name, stem, arity in [*stems, (EQUAL, _SAME, 2)]:
            if not rest.startswith(stem):
                continue
            tail = rest[len(stem) :]
            if arity == 0:
                if tail == (_HOLDS if positive else ""):
                    yield Literal(name, (), positive)
                continue
            yield from (Literal(name, each, positive) for each in _arguments(tail, arity, named))


def _arguments(tail: str, arity: int, constants: dict[str, str]) -> Iterator[tuple[int | str, ...]]:
    """Yield the ways to read so many arguments, each after an underscore."""
    if arity == 0:
        if not tail:
            yield ()
        return
    number = re.match(r"_([1-9][0-9]*)(?=_|$)", tail)
    if number is not None:
        place: int | str = int(number[1]) - 1
        yield from ((place, *rest) for rest in _arguments(tail[number.end() :], arity - 1, constants))
    for symbol, name in constants.items():
        if tail.startswith("_" + symbol):
            yield from ((name, *rest) for rest in _arguments(tail[len(symbol) + 1 :], arity - 1, constants))


def _spelled(literal: Literal) -> str:
    return str(literal)


def _unspelled(text: str) -> Literal:
    positive = not text.startswith("(not (")
    words = text.removeprefix("(not ").strip("()").split()
    arguments = [int(each[1:]) - 1 if each.startswith("?") else each for each in words[1:]]
    return Literal(words[0], tuple(arguments), positive)
