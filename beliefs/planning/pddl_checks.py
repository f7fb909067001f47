"""What is wrong with the text of a PDDL domain, told with its line before anything else reads it.

The reader of unified-planning builds what it reads, and says of a mistake what building ran into. Here only the text
is looked at: whether its parts are in order, and whether every word that is used is declared and fits its place. What
passes may still lie outside the fragment that can be planned with; `pddl` tells that, action by action.

References:
    Ghallab, Howe, Knoblock, McDermott, Ram, Veloso, Weld, Wilkins: PDDL – The Planning Domain Definition Language.
    Yale Center for Computational Vision and Control, 1998, for the parts of a domain and what they declare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from beliefs.errors import PddlError
from beliefs.planning.actions import EQUAL, OBJECT
from beliefs.planning.s_expressions import Expression, Group, Word, typed_names

COST = "total-cost"
"""What PDDL calls the sum of the costs of actions. Costs do not say what is executable, and are passed over."""

_SECTIONS = (":requirements", ":types", ":constants", ":predicates", ":functions", ":action")
"""The parts of a domain, in the order that they are read in."""

_CONNECTIVES = frozenset(("and", "or", "not", "imply", "exists", "forall", "when"))
_CHANGES = frozenset(("increase", "decrease", "assign", "scale-up", "scale-down"))
_COMPARISONS = frozenset(("<", ">", "<=", ">="))
_RESERVED = _CONNECTIVES | {"increase", "decrease", "assign"}
"""The words that formulas are made of, so that no predicate can be called so."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
"""A name, in lower case."""

_REQUIREMENTS = frozenset(
    (
        ":strips",
        ":typing",
        ":negative-preconditions",
        ":disjunctive-preconditions",
        ":equality",
        ":existential-preconditions",
        ":universal-preconditions",
        ":quantified-preconditions",
        ":conditional-effects",
        ":fluents",
        ":numeric-fluents",
        ":adl",
        ":durative-actions",
        ":duration-inequalities",
        ":timed-initial-literals",
        ":timed-initial-effects",
        ":action-costs",
        ":hierarchy",
        ":method-preconditions",
        ":constraints",
        ":contingent",
        ":preferences",
        ":time",
        ":continuous-effects",
    )
)
"""The features that a domain may ask for. That it does is no mistake; to use one that is not supported is."""

_INSTEAD = {
    ":derived": "write what it derives into the actions that make it true",
    ":durative-action": "takes time, and only instantaneous actions are supported",
}
"""What to do about parts that other planners read."""


def check_domain(whole: Group) -> None:
    """Make sure that a text is a domain whose words are all declared and fit where they stand.

    Raises:
        PddlError: it is not; the message has the line, the action where it is in one, and what to do.

    Cost: linear in the text, times the depth of the types.
    """
    sections = _sections(whole)
    declared = _Declared()
    for section in sections:
        match section.head:
            case ":requirements":
                _check_requirements(section)
            case ":types":
                declared.add_types(section)
            case ":constants":
                declared.add_constants(section)
            case ":predicates":
                declared.add_predicates(section)
            case ":functions":
                _check_functions(section)
    seen: dict[str, int] = {}
    for section in sections:
        if section.head == ":action":
            name = _action_name(section)
            if name.text in seen:
                raise _error(
                    name,
                    f"action {name.text} is there already, on line {seen[name.text]}; rename one of them",
                )
            seen[name.text] = name.line
            _Action(name.text, declared).check(section)


def _error(where: Expression, message: str) -> PddlError:
    return PddlError(f"line {where.line}: {message}")


def _sections(whole: Group) -> list[Group]:
    """Return the parts of a domain after its name.

    Raises:
        PddlError: one is none, stands out of order, or is there twice.
    """
    title = whole.parts[1] if len(whole.parts) > 1 else None
    if whole.head != "define" or not isinstance(title, Group) or title.head != "domain":
        raise _error(whole, "expected (define (domain NAME) …)")
    if len(title.parts) != 2 or not isinstance(title.parts[1], Word):
        raise _error(title, "a domain has one name: (domain NAME)")
    _check_name(title.parts[1], "a domain")
    sections: list[Group] = []
    for part in whole.parts[2:]:
        if not isinstance(part, Group):
            raise _error(part, f"expected a part such as (:action …), not {part.text}")
        if part.head in _INSTEAD:
            raise _error(part, f"{_named(part)}: {_INSTEAD[part.head]}")
        if part.head not in _SECTIONS:
            readable = ", ".join(_SECTIONS)
            raise _error(part, f"a domain has no part {part.head or '()'}; what can be read is {readable}")
        for earlier in sections:
            if earlier.head == part.head != ":action":
                raise _error(part, f"there is a second {part.head}; write both as one")
            if _place(part) < _place(earlier):
                raise _error(
                    part,
                    f"{part.head} comes after {earlier.head}, on line {earlier.line}; write it before that",
                )
        sections.append(part)
    return sections


def _place(section: Group) -> int:
    return _SECTIONS.index(section.head or "")


def _named(section: Group) -> str:
    """What to call a part that is not supported: an action by its name."""
    name = section.parts[1] if len(section.parts) > 1 else None
    if section.head == ":durative-action" and isinstance(name, Word):
        return f"action {name.text}"
    return f"{section.head} is not supported"


def _check_name(word: Word, what: str) -> None:
    if _NAME.fullmatch(word.text) is None:
        raise _error(
            word,
            f"{word.text} cannot be the name of {what}: it takes a letter from a to z, then letters, digits, - and _",
        )


def _check_requirements(section: Group) -> None:
    for part in section.parts[1:]:
        if not isinstance(part, Word) or part.text not in _REQUIREMENTS:
            said = part.text if isinstance(part, Word) else "a list"
            raise _error(
                part, f"{said} is no requirement that is known; leave it out, or write one such as :strips"
            )
    if len(section.parts) == 1:
        raise _error(section, ":requirements is empty; leave it out, or write (:requirements :strips)")


def _check_functions(section: Group) -> None:
    """Make sure that the only function is the cost."""
    for part in section.parts[1:]:
        if isinstance(part, Group) and (part.head != COST or len(part.parts) != 1):
            raise _error(
                part,
                f"{part.head or '()'} is a number, and only facts that are true or false are supported; "
                f"of numbers, there may be ({COST}) alone",
            )


def _action_name(section: Group) -> Word:
    name = section.parts[1] if len(section.parts) > 1 else None
    if not isinstance(name, Word) or name.text.startswith(":"):
        raise _error(section, "an action has a name: (:action NAME :parameters …)")
    _check_name(name, "an action")
    return name


@dataclass
class _Declared:
    """The words of a domain, as they are declared."""

    parents: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    predicates: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add_types(self, section: Group) -> None:
        """Add types, each below its parent; a parent that is listed nowhere is below everything's.

        Raises:
            PddlError: one is declared twice, or lies below itself.
        """
        lines: dict[str, int] = {}
        for name, parent in typed_names(section.parts[1:], "a type"):
            _check_name(name, "a type")
            _check_name(parent, "a type")
            if name.text in lines:
                raise _error(
                    name, f"type {name.text} is there already, on line {lines[name.text]}; give it one parent"
                )
            lines[name.text] = name.line
            self.parents[name.text] = parent.text
        for name, _ in typed_names(section.parts[1:], "a type"):
            above = [name.text]
            while above[-1] != OBJECT:
                above.append(self.parents.get(above[-1], OBJECT))
                if above[-1] == name.text:
                    raise _error(
                        name, f"type {name.text} lies below itself: {' - '.join(above)}; break the circle"
                    )
                if above[-1] in above[:-1]:
                    break  # a circle that this one only leads to: told of one that lies on it

    def add_constants(self, section: Group) -> None:
        """Add constants, each of a type that is declared.

        Raises:
            PddlError: one is declared twice, or its type is not.
        """
        for name, kind in typed_names(section.parts[1:], "a constant"):
            _check_name(name, "a constant")
            self.check_type(kind)
            if name.text in self.constants:
                raise _error(name, f"constant {name.text} is there already; name it once, with one type")
            self.constants[name.text] = kind.text

    def add_predicates(self, section: Group) -> None:
        """Add predicates with the types of their arguments.

        Raises:
            PddlError: one is declared twice, has a name that is taken, or a type that is not declared.
        """
        if len(section.parts) == 1:
            raise _error(section, ":predicates is empty; leave it out, or declare one: (on ?x ?y)")
        for part in section.parts[1:]:
            name = part.parts[0] if isinstance(part, Group) and part.parts else None
            if not isinstance(part, Group) or not isinstance(name, Word):
                raise _error(part, "expected a predicate with its arguments, such as (on ?x ?y)")
            if name.text in _RESERVED or name.text == EQUAL:
                raise _error(
                    name, f"no predicate can be called {name.text}: PDDL uses that word itself; rename it"
                )
            _check_name(name, "a predicate")
            if name.text in self.predicates:
                raise _error(name, f"predicate {name.text} is there already; rename one of them")
            types = [kind.text for _, kind in self.variables(part.parts[1:])]
            self.predicates[name.text] = tuple(types)

    def variables(self, parts: Sequence[Expression]) -> list[tuple[Word, Word]]:
        """Return the variables of a list, without their question mark, each with its type.

        Raises:
            PddlError: one is no variable, or its type is not declared.
        """
        found = []
        for name, kind in typed_names(parts, "a variable"):
            if not name.text.startswith("?"):
                raise _error(name, f"expected a variable, such as ?{name.text}, and not {name.text}")
            variable = Word(name.text[1:], name.line)
            _check_name(variable, "a variable")
            self.check_type(kind)
            found.append((variable, kind))
        return found

    def check_type(self, kind: Word) -> None:
        """Make sure that a type is declared.

        Raises:
            PddlError: it is not.
        """
        if kind.text != OBJECT and kind.text not in self.parents and kind.text not in self.parents.values():
            known = _listed(self.parents)
            raise _error(kind, f"there is no type {kind.text}; add it to :types, which has {known}")

    def is_below(self, lower: str, upper: str) -> bool:
        """Return whether whatever is of the lower type is of the upper one; the types are no circle."""
        while lower not in (upper, OBJECT):
            lower = self.parents.get(lower, OBJECT)
        return upper in (lower, OBJECT)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _counted(number: int) -> str:
    return f"{number} argument{'' if number == 1 else 's'}"


class _Action:
    """Checks one action against what is declared."""

    def __init__(self, name: str, declared: _Declared) -> None:
        self._name = name
        self._declared = declared

    def check(self, section: Group) -> None:
        """Check the parameters, what the action needs, and what it does.

        Raises:
            PddlError: a part is missing, out of order or unknown; or a formula does not fit.
        """
        given = self._parts(section)
        scope: dict[str, str] = {}
        parameters = given[":parameters"]
        if not isinstance(parameters, Group):
            raise self._error(parameters, "the parameters are a list, such as (?x ?y)")
        for variable, kind in self._declared.variables(parameters.parts):
            if variable.text in scope:
                raise self._error(variable, f"there are two parameters ?{variable.text}; rename one of them")
            scope[variable.text] = kind.text
        if ":precondition" in given:
            self._condition(given[":precondition"], scope)
        if ":effect" in given:
            self._effect(given[":effect"], scope)

    def _error(self, where: Expression, message: str) -> PddlError:
        return _error(where, f"action {self._name}: {message}")

    def _parts(self, section: Group) -> dict[str, Expression]:
        order = (":parameters", ":precondition", ":effect")
        given: dict[str, Expression] = {}
        parts = iter(section.parts[2:])
        for key in parts:
            if not isinstance(key, Word) or key.text not in order:
                said = f"{key.text} is none" if isinstance(key, Word) else "here is a list without its name"
                raise self._error(key, f"an action has the parts {', '.join(order)}; {said}")
            if key.text in given:
                raise self._error(key, f"there is a second {key.text}; write both as one")
            if any(order.index(key.text) < order.index(earlier) for earlier in given):
                raise self._error(key, f"{key.text} comes too late; the order is {', '.join(order)}")
            value = next(parts, None)
            if value is None:
                raise self._error(key, f"nothing follows {key.text}; leave it out, or write ()")
            given[key.text] = value
        if ":parameters" not in given:
            raise self._error(section, "the parameters are missing; write :parameters () if there are none")
        return given

    def _condition(self, said: Expression, scope: Mapping[str, str]) -> None:
        if isinstance(said, Group) and not said.parts:
            return
        formula, head = self._formula(said, "condition")
        match head:
            case "and" | "or":
                for part in formula.parts[1:]:
                    self._condition(part, scope)
            case "not" | "imply":
                for part in self._operands(formula, 1 if head == "not" else 2):
                    self._condition(part, scope)
            case "exists" | "forall":
                body, inner = self._quantified(formula, scope)
                self._condition(body, inner)
            case "when":
                raise self._error(formula, "when stands in effects only; a condition says what must hold")
            case _:
                self._atom(formula, head, scope, equality=True)

    def _effect(self, said: Expression, scope: Mapping[str, str]) -> None:
        if isinstance(said, Group) and not said.parts:
            return
        formula, head = self._formula(said, "effect")
        match head:
            case "and":
                for part in formula.parts[1:]:
                    self._effect(part, scope)
            case "not":
                (operand,) = self._operands(formula, 1)
                atom, inner_head = self._formula(operand, "effect")
                if inner_head in _CONNECTIVES:
                    raise self._error(atom, "an effect negates one fact at a time: (and (not …) (not …))")
                self._atom(atom, inner_head, scope)
            case "forall":
                body, inner = self._quantified(formula, scope)
                self._effect(body, inner)
            case "when":
                condition, effect = self._operands(formula, 2)
                self._condition(condition, scope)
                self._effect(effect, scope)
            case "or" | "imply" | "exists":
                raise self._error(formula, f"an effect is sure to come about, and {head} leaves it open")
            case _ if head in _CHANGES:
                self._change(formula)
            case _:
                self._atom(formula, head, scope)

    def _formula(self, said: Expression, what: str) -> tuple[Group, str]:
        if not isinstance(said, Group) or said.head is None:
            shown = said.text if isinstance(said, Word) else "a list that begins with none"
            raise self._error(
                said, f"expected a word in parentheses as {what}, such as (on ?x ?y); not {shown}"
            )
        return said, said.head

    def _operands(self, formula: Group, number: int) -> tuple[Expression, ...]:
        operands = formula.parts[1:]
        if len(operands) != number:
            raise self._error(
                formula, f"{formula.head} takes {_counted(number)}, and here are {len(operands)}"
            )
        return operands

    def _quantified(self, formula: Group, scope: Mapping[str, str]) -> tuple[Expression, dict[str, str]]:
        variables, body = self._operands(formula, 2)
        if not isinstance(variables, Group):
            raise self._error(variables, f"{formula.head} is followed by a list of variables, such as (?x)")
        bound = {each.text: kind.text for each, kind in self._declared.variables(variables.parts)}
        return body, {**scope, **bound}

    def _change(self, formula: Group) -> None:
        """Make sure that a number which changes is the cost."""
        number, _ = self._operands(formula, 2)
        if not isinstance(number, Group) or number.head != COST:
            shown = number.text if isinstance(number, Word) else number.head or "()"
            raise self._error(formula, f"{shown} is no number that can change; only ({COST}) is")

    def _atom(
        self, formula: Group, predicate: str, scope: Mapping[str, str], *, equality: bool = False
    ) -> None:
        if predicate in _COMPARISONS:
            raise self._error(
                formula, f"{predicate} compares numbers, and only facts that are true or false are supported"
            )
        if predicate == EQUAL and not equality:
            raise self._error(formula, "no action makes two things one; = stands in conditions only")
        expected = (OBJECT, OBJECT) if predicate == EQUAL else self._declared.predicates.get(predicate)
        if expected is None:
            known = _listed(self._declared.predicates)
            raise self._error(
                formula, f"there is no predicate {predicate}; add it to :predicates, which has {known}"
            )
        arguments = formula.parts[1:]
        if len(arguments) != len(expected):
            raise self._error(
                formula, f"{predicate} takes {_counted(len(expected))}, and here are {len(arguments)}"
            )
        types = [self._type_of(each, predicate, scope) for each in arguments]
        for term, found, wanted in zip(arguments, types, expected, strict=True):
            if not self._declared.is_below(found, wanted):
                shown = term.text if isinstance(term, Word) else ""
                raise self._error(
                    term,
                    f"{predicate} takes one of type {wanted} here, and {shown} is of type {found}; change either",
                )
        is_below = self._declared.is_below
        if predicate == EQUAL and not (is_below(*types) or is_below(*reversed(types))):
            raise self._error(
                formula,
                f"what is of type {types[0]} is never of type {types[1]}, so = says nothing; leave it out",
            )

    def _type_of(self, term: Expression, predicate: str, scope: Mapping[str, str]) -> str:
        if not isinstance(term, Word):
            raise self._error(term, f"{predicate} is about individuals, and here is a list")
        if term.text.startswith("?"):
            if term.text[1:] not in scope:
                known = _listed(f"?{each}" for each in scope)
                raise self._error(
                    term, f"there is no variable {term.text}; add it to :parameters, which has {known}"
                )
            return scope[term.text[1:]]
        if term.text not in self._declared.constants:
            known = _listed(self._declared.constants)
            raise self._error(
                term,
                f"there is no constant {term.text}; add it to :constants, which has {known}, or write "
                f"?{term.text} for a parameter",
            )
        return self._declared.constants[term.text]
