"""PDDL domains: what actions need and do, as the beliefs that `beliefs actions` makes of a domain, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from beliefs.base.belief_base import BeliefBase
from beliefs.errors import FormatError
from beliefs.formats import language
from beliefs.formats.contents import Contents, Options, Progress, Source, Written
from beliefs.planning.actions import OBJECT, Domain, Literal, Schema
from beliefs.planning.levels import READ
from beliefs.planning.model import believed_actions, told_actions
from beliefs.planning.pddl import parse_domain


def read(source: Source, options: Options, progress: Progress) -> Contents:
    """Read a domain.

    Raises:
        FormatError: it is not UTF-8 text.
        PddlError: it is malformed, or says what is outside the fragment.
        MissingExtraError: unified-planning is not installed.
    """
    domain = parse_domain(source.text(), source.name)
    text = told_actions(BeliefBase(), domain, level=options.level_or(READ), source=options.source)
    contents = language.read(Source(source.name, text.encode()), Options(), progress)
    # The lines are those of the text that tells of the domain, not of the file.
    return replace(
        contents,
        beliefs=tuple(placed._replace(line=None) for placed in contents.beliefs),
        declarations=tuple(placed._replace(line=None) for placed in contents.declarations),
    )


def write(base: BeliefBase, options: Options) -> Written:
    """Return the actions as a base believes them to be: every condition and effect that it entails.

    Raises:
        FormatError: the base knows no actions.
        PlanError: the base contradicts itself, or could not be asked.
    """
    domain = believed_actions(base)
    if not domain.schemas:
        raise FormatError(
            "nothing is believed of actions, and a PDDL domain holds nothing else; "
            "`beliefs actions` takes in a domain, or export the language"
        )
    return Written("".join(f"{line}\n" for line in _lines(domain)))


def _lines(domain: Domain) -> Iterator[str]:
    yield f"(define (domain {domain.name})"
    yield f"  (:requirements {' '.join(f':{each}' for each in sorted(domain.requirements))})"
    if domain.constants:
        yield f"  (:constants {' '.join(name for name, _ in domain.constants)})"
    predicates = [predicate for predicate in domain.predicates if predicate.name != OBJECT]
    if predicates:
        yield "  (:predicates"
        for predicate in predicates:
            yield f"    {_atom(predicate.name, (f'?x{place + 1}' for place in range(predicate.arity)))}"
        yield "  )"
    for schema in domain.schemas:
        yield from _action(schema)
    yield ")"


def _action(schema: Schema) -> Iterator[str]:
    yield f"  (:action {schema.name}"
    yield f"    :parameters ({' '.join(f'?x{place + 1}' for place in range(schema.arity))})"
    # That everything is an object goes without saying in PDDL, and has no predicate there.
    conditions = (literal for literal in schema.conditions if literal.predicate != OBJECT)
    yield f"    :precondition {_conjunction(conditions)}"
    yield f"    :effect {_conjunction(schema.effects)}"
    yield "  )"


def _conjunction(literals: Iterable[Literal]) -> str:
    return _atom("and", map(_literal, literals))


def _literal(literal: Literal) -> str:
    arguments = (f"?x{each + 1}" if isinstance(each, int) else each for each in literal.arguments)
    atom = _atom(literal.predicate, arguments)
    return atom if literal.positive else f"(not {atom})"


def _atom(head: str, arguments: Iterable[str]) -> str:
    return f"({' '.join((head, *arguments))})"
