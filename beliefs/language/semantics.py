"""Truth in a finite model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from immutables import Map

from beliefs.language.syntax import (
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    Term,
    Truth,
    Variable,
)

Element: TypeAlias = str | Fraction
"""A member of a universe, or a number. An individual of unique name is denoted by itself."""

Ground: TypeAlias = tuple[Element, ...]
"""A ground atom or function term, the symbol first: `at(r2, hall)` is `("at", "r2", "hall")`."""


@dataclass(frozen=True, slots=True, eq=False)
class _Flips:
    """How what holds in one model was made from what holds in another: the atoms that changed, each once."""

    before: Map[Ground, None]
    after: Map[Ground, None]
    atoms: tuple[Ground, ...]


@dataclass(frozen=True)
class Model:
    """A finite structure: what exists, which ground atoms hold, what each function term is.

    It is total: a ground atom that is not listed does not hold; a function term that is not listed has its
    function's default. Persistent maps make a model with a few atoms flipped cost no more than the flips.

    Attributes:
        universe: the elements of each sort in use but Int and Real; never empty for a sort in use.
        true: the ground atoms that hold (a set: the values are None).
        values: values of function terms, and of individuals that are not denoted by themselves, such as
            `("tweety",)`.
        defaults: the value of each function on all other arguments.
    """

    universe: Map[str, tuple[str, ...]] = field(default_factory=Map)
    true: Map[Ground, None] = field(default_factory=Map)
    values: Map[Ground, Element] = field(default_factory=Map)
    defaults: Map[str, Element] = field(default_factory=Map)
    _flips: _Flips | None = field(default=None, compare=False, repr=False)

    def holds(self, ground: Ground) -> bool:
        """Return whether a ground atom, whose arguments are elements, holds."""
        return ground in self.true

    def flipped(self, atoms: Iterable[Ground]) -> Model:
        """Return the model in which just these ground atoms have changed their truth.

        Cost: O(log n) an atom, whatever else holds. An atom listed twice is flipped back.
        """
        true = self.true.mutate()
        changed: dict[Ground, None] = {}
        for atom in atoms:
            if atom in true:
                del true[atom]
            else:
                true[atom] = None
            if atom in changed:
                del changed[atom]
            else:
                changed[atom] = None
        after = true.finish()
        return replace(self, true=after, _flips=_Flips(self.true, after, tuple(changed)))

    def updated(self, truths: Mapping[Ground, bool]) -> Model:
        """Return the model in which these ground atoms are as given, and all else is as here."""
        return self.flipped(atom for atom, holds in truths.items() if holds != (atom in self.true))

    def with_element(self, sort: str, name: str) -> Model:
        """Return the model with an element of that name in the universe of the sort."""
        elements = self.universe.get(sort, ())
        if name in elements:
            return self
        return replace(self, universe=self.universe.set(sort, (*elements, name)))

    def descends_from(self, other: Model) -> bool:
        """Return whether this model was made from another by flips and new elements alone.

        Then it agrees with the other on everything that was not flipped. A model that only happens to look alike
        is not meant: it may differ in atoms that nobody has asked about.
        """
        return self.values is other.values and self.defaults is other.defaults

    def differences(self, other: Model) -> Iterator[Ground]:
        """Yield the ground atoms that hold in one of two models and not in the other.

        Cost: at once where the two share them, or one was made by flips from the other; otherwise linear in what holds.
        """
        flips = self._flips
        if flips is not None and flips.before is other.true and flips.after is self.true:
            yield from flips.atoms
        elif self.true is not other.true:
            yield from (atom for atom in self.true if atom not in other.true)
            yield from (atom for atom in other.true if atom not in self.true)

    def to_json(self) -> dict[str, Any]:
        """Return the model as plain JSON data, the same for equal models.

        Numbers are written as strings, `"3"` or `"1/3"`: no name of an element looks like that.
        """
        return {
            "universe": {sort: list(self.universe[sort]) for sort in sorted(self.universe)},
            "true": sorted(_write_ground(atom) for atom in self.true),
            "values": sorted([_write_ground(term), _write(value)] for term, value in self.values.items()),
            "defaults": {function: _write(self.defaults[function]) for function in sorted(self.defaults)},
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Model:
        """Return the model that `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: the data is not of that form.
        """
        return Model(
            universe=Map({str(sort): tuple(map(str, names)) for sort, names in data["universe"].items()}),
            true=Map((_read_ground(atom), None) for atom in data["true"]),
            values=Map((_read_ground(term), _read(value)) for term, value in data["values"]),
            defaults=Map({str(function): _read(value) for function, value in data["defaults"].items()}),
        )


def truth(formula: Formula, model: Model, binding: Mapping[str, Element] | None = None) -> bool | None:
    """Return whether an elaborated formula is true in a model; None where the model does not settle it.

    The three values combine as in Kleene's strong logic: a part that is unknown leaves the whole unknown only
    where the other parts do not decide it. Unknown is what depends on a variable over Int, Real or a sort
    without a universe in the model, on a free variable without a value in `binding`, or on a function that
    the model gives no value.

    Cost: linear in the formula, times the size of the universe for each variable of nested quantifiers; each
    connective stops at the first part that decides it.

    References:
        S. C. Kleene, Introduction to Metamathematics (1952), section 64.
    """
    return _truth(formula, model, binding or _NOTHING)


def value(term: Term, model: Model, binding: Mapping[str, Element] | None = None) -> Element:
    """Return what a term denotes in a model, its variables being as in `binding`.

    Raises:
        KeyError: a variable has no value in `binding`, or a function has none in the model.
    """
    return _value(term, model, binding or _NOTHING)


_NOTHING: Mapping[str, Element] = {}
_NUMERAL = re.compile(r"-?[0-9]+(/[0-9]+)?")


# What follows is the inner loop of every change to a base. Where a clause of literals passes, it tests types
# rather than match patterns, and spares a call for each literal.


def _truth(formula: Formula, model: Model, binding: Mapping[str, Element]) -> bool | None:
    if isinstance(formula, Or):
        return _any(formula.operands, model, binding)
    if isinstance(formula, Atom):
        return _atom(formula, model, binding)
    if isinstance(formula, Not):
        operand = _truth(formula.operand, model, binding)
        return None if operand is None else not operand
    return _truth_of_others(formula, model, binding)


def _truth_of_others(formula: Formula, model: Model, binding: Mapping[str, Element]) -> bool | None:
    match formula:
        case Implies(premise, conclusion):
            first = _truth(premise, model, binding)
            if first is False:
                return True
            second = _truth(conclusion, model, binding)
            return second if first or second else None
        case And(operands):
            return _all(_truth(operand, model, binding) for operand in operands)
        case Iff(left, right):
            first, second = _truth(left, model, binding), _truth(right, model, binding)
            return None if first is None or second is None else first == second
        case Comparison():
            return _comparison(formula, model, binding)
        case ForAll(bindings, body):
            return _all(_truth(body, model, inner) for inner in _extensions(bindings, model, binding))
        case Exists(bindings, body):
            truths = (_truth(body, model, inner) for inner in _extensions(bindings, model, binding))
            some = _all(None if each is None else not each for each in truths)
            return None if some is None else not some
        case Truth(constant):
            return constant
    raise TypeError(f"not a formula: {formula!r}")


def _any(operands: tuple[Formula, ...], model: Model, binding: Mapping[str, Element]) -> bool | None:
    result: bool | None = False
    for operand in operands:
        if isinstance(operand, Atom):
            each = _atom(operand, model, binding)
        elif isinstance(operand, Not) and isinstance(operand.operand, Atom):
            each = _atom(operand.operand, model, binding)
            each = None if each is None else not each
        else:
            each = _truth(operand, model, binding)
        if each:
            return True
        if each is None:
            result = None
    return result


def _all(truths: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for each in truths:
        if each is False:
            return False
        if each is None:
            result = None
    return result


def _atom(atom: Atom, model: Model, binding: Mapping[str, Element]) -> bool | None:
    if not atom.arguments:
        return (atom.predicate,) in model.true
    plain = not model.values and not model.defaults
    try:
        key = (
            atom.predicate,
            *[
                term.name if plain and isinstance(term, Constant) else _value(term, model, binding)
                for term in atom.arguments
            ],
        )
    except KeyError:
        return None
    return key in model.true


def _comparison(comparison: Comparison, model: Model, binding: Mapping[str, Element]) -> bool | None:
    try:
        left, right = _value(comparison.left, model, binding), _value(comparison.right, model, binding)
    except KeyError:
        return None
    return compared(comparison.operator, left, right)


def compared(operator: str, left: Element, right: Element) -> bool:
    """Return whether two elements, or two numbers, compare so."""
    if operator == "=":
        return left == right
    if operator == "!=":
        return left != right
    if isinstance(left, str) or isinstance(right, str):
        raise TypeError(f"{operator} compares numbers, not {left!r} and {right!r}")
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right


def _value(term: Term, model: Model, binding: Mapping[str, Element]) -> Element:
    if isinstance(term, Variable):
        return binding[term.name]
    if isinstance(term, Constant):
        name = term.name
        if not model.values and not model.defaults:
            return name
        denoted = model.values.get((name,))
        return model.defaults.get(name, name) if denoted is None else denoted
    match term:
        case Number(number):
            return number
        case Application(function, arguments):
            key = (function, *[_value(argument, model, binding) for argument in arguments])
            denoted = model.values.get(key)
            return model.defaults[function] if denoted is None else denoted
        case Minus(operand):
            return -_number(operand, model, binding)
        case Arithmetic(operator, left, right):
            first, second = _number(left, model, binding), _number(right, model, binding)
            if operator == "+":
                return first + second
            return first - second if operator == "-" else first * second
    raise TypeError(f"not a term: {term!r}")


def _number(term: Term, model: Model, binding: Mapping[str, Element]) -> Fraction:
    number = _value(term, model, binding)
    if isinstance(number, str):
        raise TypeError(f"arithmetic on {number!r}, which is not a number")
    return number


def _extensions(
    bindings: tuple[Binding, ...], model: Model, binding: Mapping[str, Element]
) -> Iterator[Mapping[str, Element]]:
    """Yield `binding` extended by every choice of elements for the variables of a quantifier.

    A variable whose sort has no universe here is left without a value, so that what depends on it is unknown;
    what does not is the same for every choice, of which there is always one.
    """
    inner = dict(binding)
    listed: list[Binding] = []
    for each in bindings:
        inner.pop(each.name, None)
        if each.sort is None:
            raise ValueError(f"variable {each.name} has no sort: the formula is not elaborated")
        if each.sort in model.universe:
            listed.append(each)
    names = [each.name for each in listed]
    for elements in product(*(model.universe[each.sort or ""] for each in listed)):
        inner.update(zip(names, elements, strict=True))
        yield inner


def _write(element: Element) -> str:
    return element if isinstance(element, str) else str(element)


def _write_ground(ground: Ground) -> list[str]:
    return [_write(element) for element in ground]


def _read(text: str) -> Element:
    return Fraction(text) if _NUMERAL.fullmatch(text) else text


def _read_ground(texts: Iterable[str]) -> Ground:
    return tuple(_read(text) for text in texts)
