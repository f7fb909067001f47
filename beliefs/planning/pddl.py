"""Reads PDDL: domains by unified-planning's reader, problems by one that is fast enough to read hundreds.

A domain is read once, and what it may say is rich; a problem is a list of objects and facts, and comes in hundreds.
The reader of unified-planning reads both together, at some 40 to 90 milliseconds a problem; the one here takes less
than one. What the two make of the same problem is compared in the tests.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beliefs.errors import MissingExtraError, PddlError
from beliefs.planning.actions import (
    EQUAL,
    OBJECT,
    Domain,
    Ground,
    Literal,
    Predicate,
    Problem,
    Schema,
    Type,
)
from beliefs.planning.pddl_checks import COST, check_domain
from beliefs.planning.s_expressions import Expression, Group, Word, parse, typed_names

if TYPE_CHECKING:
    from unified_planning.model import FNode, InstantaneousAction
    from unified_planning.model import Problem as Parsed

NEEDS_EXTRA = "planning needs the unified-planning package: pip install 'beliefs[planning]'"

_SECTIONS = ("problem", ":domain", ":requirements", ":objects", ":init", ":goal", ":metric", ":length")
"""The parts of a problem. One that is misspelt would say nothing; `:constraints` says what is not heeded here."""


def read_domain(path: str | os.PathLike[str]) -> Domain:
    """Read a domain from a file.

    Raises:
        PddlError: the file cannot be read, is malformed, or says what is outside the fragment.
        MissingExtraError: unified-planning is not installed.
    """
    return parse_domain(_text_of(path), str(path))


def read_problem(path: str | os.PathLike[str], domain: Domain) -> Problem:
    """Read a problem of a domain from a file.

    Raises:
        PddlError: the file cannot be read, is malformed, does not fit the domain, or says what is outside the
            fragment.
    """
    return parse_problem(_text_of(path), domain, str(path))


def parse_domain(text: str, place: str = "the domain") -> Domain:
    """Read a domain: STRIPS with types, constants, negative preconditions and equality.

    Args:
        text: the PDDL text; case does not matter.
        place: what to call it in an error.

    Raises:
        PddlError: it is malformed, or a condition or effect is outside the fragment; the message names the line or the
            action.
        MissingExtraError: unified-planning is not installed.
    """
    if not text.strip():
        raise PddlError(f"{place} is empty")
    try:
        whole = parse(text)
        check_domain(whole)
    except PddlError as error:
        raise PddlError(f"{place}: {error}") from None
    try:
        parsed = _parsed(text)
    except ImportError as error:
        raise MissingExtraError(NEEDS_EXTRA) from error
    except Exception as error:  # the reader raises whatever went wrong, from its own errors to AssertionError
        raise PddlError(f"{place}: unified-planning cannot read it: {_first_line(error)}") from error
    try:
        return _domain(parsed, frozenset(_requirements(whole)))
    except PddlError as error:
        raise PddlError(f"{place}: {error}") from None


def _parsed(text: str) -> Parsed:
    from unified_planning.environment import get_environment
    from unified_planning.io import PDDLReader

    # The reader mixes an environment of our own with the one that all share, where effects are quantified.
    environment = get_environment()
    former, environment.error_used_name = environment.error_used_name, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return PDDLReader(environment).parse_problem_string(text)
    finally:
        # PDDL lets a type and a predicate share their name; others who use the environment may not want that.
        environment.error_used_name = former


def _domain(parsed: Parsed, requirements: frozenset[str]) -> Domain:
    predicates = tuple(_predicates(parsed))
    names = {each.name for each in predicates}
    used = [each.type for action in parsed.actions for each in action.parameters]
    types = tuple(_types([*parsed.user_types, *used], names))
    predicate_of = {each.name: each.predicate for each in types}
    return Domain(
        name=parsed.name or "domain",
        types=types,
        predicates=predicates,
        constants=tuple((each.name, _type_name(each.type)) for each in parsed.all_objects),
        schemas=tuple(_schema(action, predicate_of) for action in parsed.actions),
        requirements=requirements,
    )


def _predicates(parsed: Parsed) -> Iterator[Predicate]:
    for fluent in parsed.fluents:
        if fluent.type.is_bool_type():
            yield Predicate(fluent.name, tuple(_type_name(each.type) for each in fluent.signature))


def _types(used: Iterable[Any], predicates: set[str]) -> Iterator[Type]:
    """Yield types, and those above them, each once."""
    seen: set[str] = set()
    for lowest in used:
        kind = lowest
        while kind is not None and _type_name(kind) not in seen:
            name = _type_name(kind)
            seen.add(name)
            parent = None if kind.father is None else _type_name(kind.father)
            yield Type(name, parent, _free(name, predicates))
            kind = kind.father


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"is-{name}"
    return name


def _type_name(kind: Any) -> str:
    name: str = kind.name
    return name


def _schema(action: InstantaneousAction, predicate_of: dict[str, str]) -> Schema:
    place_of = {parameter.name: place for place, parameter in enumerate(action.parameters)}
    parameters = tuple((each.name, _type_name(each.type)) for each in action.parameters)
    typed = [Literal(predicate_of[kind], (place,)) for place, (_, kind) in enumerate(parameters)]
    conditions = [
        literal for formula in action.preconditions for literal in _literals(formula, place_of, action.name)
    ]
    return Schema(
        name=action.name,
        parameters=parameters,
        conditions=tuple(dict.fromkeys([*typed, *conditions])),
        effects=tuple(dict.fromkeys(_effects(action, place_of))),
    )


def _literals(formula: FNode, place_of: dict[str, int], action: str) -> Iterator[Literal]:
    """Yield the literals of a conjunction."""
    if formula.is_true():
        return
    if formula.is_and():
        for each in formula.args:
            yield from _literals(each, place_of, action)
        return
    positive = not formula.is_not()
    atom = formula if positive else formula.arg(0)
    if atom.is_fluent_exp():
        yield Literal(atom.fluent().name, _arguments(atom, place_of), positive)
    elif atom.is_equals():
        pair = sorted(_arguments(atom, place_of), key=lambda each: (isinstance(each, str), each))
        yield Literal(EQUAL, tuple(pair), positive)
    elif not positive and atom.is_or():
        for each in atom.args:  # De Morgan
            yield from (literal.negated for literal in _one_literal(each, place_of, action))
    else:
        raise PddlError(
            f"action {action}: the condition {formula} is no conjunction of literals; write an action for each "
            "way in which it can hold"
        )


def _one_literal(formula: FNode, place_of: dict[str, int], action: str) -> Iterator[Literal]:
    found = list(_literals(formula, place_of, action))
    if len(found) != 1:
        raise PddlError(
            f"action {action}: the condition {formula} is negated, and no disjunction of literals"
        )
    yield found[0]


def _arguments(atom: FNode, place_of: dict[str, int]) -> tuple[int | str, ...]:
    return tuple(
        place_of[each.parameter().name] if each.is_parameter_exp() else each.object().name
        for each in atom.args
    )


def _effects(action: InstantaneousAction, place_of: dict[str, int]) -> Iterator[Literal]:
    for effect in action.effects:
        fluent = effect.fluent
        if fluent.fluent().name == COST and not fluent.fluent().type.is_bool_type():
            continue
        if effect.is_conditional() or effect.forall:
            raise PddlError(
                f"action {action.name}: the effect {effect} depends on more than the arguments; write an action "
                "for each case"
            )
        if not effect.is_assignment() or not effect.value.is_bool_constant():
            raise PddlError(f"action {action.name}: the effect {effect} does not make a fact true or false")
        yield Literal(fluent.fluent().name, _arguments(fluent, place_of), effect.value.is_true())


def _requirements(whole: Group) -> Iterator[str]:
    for part in whole.parts:
        if isinstance(part, Group) and part.head == ":requirements":
            yield from (each.text.removeprefix(":") for each in part.parts[1:] if isinstance(each, Word))


def parse_problem(text: str, domain: Domain, place: str = "the problem") -> Problem:
    """Read a problem of a domain: objects, the facts at the start, and a goal that is a conjunction of literals.

    Args:
        text: the PDDL text; case does not matter.
        domain: the domain it is of, read before.
        place: what to call it in an error.

    Raises:
        PddlError: it is malformed, does not fit the domain, or says what is outside the fragment.
    """
    try:
        return _ProblemReader(domain).read(parse(text))
    except PddlError as error:
        raise PddlError(f"{place}: {error}") from None


class _ProblemReader:
    """Reads the problems of a domain."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._predicates = {each.name: each for each in domain.predicates}

    def read(self, whole: Group) -> Problem:
        """Read one problem.

        Raises:
            PddlError: it is none of this domain.
        """
        name = next(
            (each for each in whole.parts if isinstance(each, Group) and each.head == "problem"), None
        )
        if whole.head != "define" or name is None:
            raise PddlError(f"line {whole.line}: expected (define (problem NAME) …)")
        sections: dict[str | None, Group] = {}
        for part in whole.parts[1:]:
            if not isinstance(part, Group):
                raise PddlError(f"line {part.line}: expected a part such as (:init …), not {part.text}")
            if part.head in sections:
                raise PddlError(f"line {part.line}: there is a second {part.head}; write both as one")
            sections[part.head] = part
        for head, part in sections.items():
            if head not in _SECTIONS:
                readable = ", ".join(_SECTIONS)
                raise PddlError(
                    f"line {part.line}: a problem has no part {head or '()'}; what can be read is {readable}"
                )
        if ":domain" in sections:
            self._check_domain(sections[":domain"])
        if ":goal" not in sections or len(sections[":goal"].parts) == 1:
            raise PddlError(
                f"line {sections.get(':goal', whole).line}: the problem has no goal; write (:goal (and)) if there is "
                "nothing to reach"
            )
        objects = (
            self._objects(sections[":objects"]) if ":objects" in sections else dict(self._domain.constants)
        )
        initial = {fact for each in objects.items() for fact in self._domain.facts_of(*each)}
        if ":init" in sections:
            initial.update(self._facts(sections[":init"], objects))
        goal: tuple[Literal, ...] = ()
        for part in sections[":goal"].parts[1:]:
            goal += tuple(self._goal(part, objects))
        words = [each.text for each in name.parts[1:] if isinstance(each, Word)]
        return Problem(words[0] if words else "problem", tuple(objects.items()), frozenset(initial), goal)

    def _check_domain(self, section: Group) -> None:
        names = [each.text for each in section.parts[1:] if isinstance(each, Word)]
        if names != [self._domain.name.lower()]:
            raise PddlError(
                f"line {section.line}: the problem is of the domain {' '.join(names) or '()'}, and was given with "
                f"{self._domain.name}; take the other domain, or write (:domain {self._domain.name})"
            )

    def _objects(self, section: Group) -> dict[str, str]:
        """The individuals with their types, the constants of the domain first."""
        types = dict(self._domain.constants)
        for name, kind in typed_names(section.parts[1:]):
            if not self._domain.has_type(kind.text):
                raise PddlError(f"line {kind.line}: the domain has no type {kind.text}")
            known = types.setdefault(name.text, kind.text)
            if known != kind.text:
                raise PddlError(
                    f"line {name.line}: {name.text} is of type {known} already, and here of type {kind.text}; "
                    "give it one, or rename one of the two"
                )
        return types

    def _facts(self, section: Group, objects: dict[str, str]) -> Iterator[Ground]:
        for part in section.parts[1:]:
            if isinstance(part, Group) and part.head == "not":
                continue  # what is not listed is false
            if isinstance(part, Group) and part.head == EQUAL:
                if not _is_cost(part):
                    self._check_equality(part, objects)
                continue
            yield self._atom(part, objects)

    def _check_equality(self, said: Group, objects: dict[str, str]) -> None:
        """Make sure that nothing is said to be one with anything but itself, which goes without saying."""
        first, second = self._atom(said, objects, equality=True).arguments
        if first != second:
            raise PddlError(
                f"line {said.line}: {first} and {second} are two individuals, and = cannot make them one; "
                "use one name for both"
            )

    def _goal(self, formula: Expression, objects: dict[str, str]) -> Iterator[Literal]:
        if isinstance(formula, Group) and not formula.parts:
            return
        if isinstance(formula, Group) and formula.head == "and":
            for part in formula.parts[1:]:
                yield from self._goal(part, objects)
            return
        positive = True
        while isinstance(formula, Group) and formula.head == "not" and len(formula.parts) == 2:
            positive, formula = not positive, formula.parts[1]
        atom = self._atom(formula, objects, equality=True)
        yield Literal(atom.predicate, atom.arguments, positive)

    def _atom(self, said: Expression, objects: dict[str, str], *, equality: bool = False) -> Ground:
        words = said.parts if isinstance(said, Group) else ()
        texts = tuple([each.text for each in words if isinstance(each, Word)])
        if not texts or len(texts) != len(words):
            raise PddlError(f"line {said.line}: expected a fact such as (on a b)")
        name, arguments = texts[0], texts[1:]
        predicate = self._predicates.get(name)
        if equality and name == EQUAL:
            predicate = Predicate(EQUAL, (OBJECT, OBJECT))
        if predicate is None:
            known = ", ".join(sorted(self._predicates)) or "none"
            raise PddlError(f"line {said.line}: the domain has no predicate {name}; it has {known}")
        if predicate.arity != len(arguments):
            raise PddlError(
                f"line {said.line}: {name} is about {predicate.arity} individuals, and here are {len(arguments)}"
            )
        for each, wanted in zip(arguments, predicate.types, strict=True):
            kind = objects.get(each)
            if kind is None:
                raise PddlError(f"line {said.line}: there is no object {each}; add it to :objects")
            if not self._domain.is_below(kind, wanted):
                raise PddlError(
                    f"line {said.line}: {name} takes one of type {wanted} here, and {each} is of type {kind}; "
                    "take another object, or change its type"
                )
        return Ground(name, arguments)


def _is_cost(said: Group) -> bool:
    amount = said.parts[1] if len(said.parts) == 3 else None
    return isinstance(amount, Group) and amount.head == COST


def _text_of(path: str | os.PathLike[str]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise PddlError(f"{path} cannot be read: {reason}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
