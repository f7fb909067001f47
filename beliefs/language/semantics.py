"""Truth in a finite model."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
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
from beliefs.layered import PersistentMap

Element: TypeAlias = str | Fraction
"""A member of a universe, or a number. An individual of unique name is denoted by itself."""

Ground: TypeAlias = tuple[Element, ...]
"""A ground atom or function term, the symbol first: `at(r2, hall)` is `("at", "r2", "hall")`."""


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

    # How `true` came by flips: the map that they began with, the atoms in which it differs from that, and `true`
    # itself; with another one in its place, this says nothing.

    universe: Map[str, tuple[str, ...]] = field(default_factory=Map)
    true: PersistentMap[Ground, None] = field(default_factory=Map)
    values: PersistentMap[Ground, Element] = field(default_factory=Map)
    defaults: Map[str, Element] = field(default_factory=Map)
    _flips: tuple[PersistentMap[Ground, None], frozenset[Ground], PersistentMap[Ground, None]] | None = field(
        default=None, compare=False, repr=False
    )

    def holds(self, ground: Ground) -> bool:
        """Return whether a ground atom, whose arguments are elements, holds."""
        return ground in self.true

    def value_of(self, term: Ground) -> Element | None:
        """Return the value of a function term, whose arguments are elements; None where the model gives it none."""
        found = self.values.get(term)
        return self.defaults.get(str(term[0])) if found is None else found

    def flipped(self, atoms: Iterable[Ground]) -> Model:
        """Return the model in which just these ground atoms have changed their truth.

        Cost: O(log n) an atom, whatever else holds. An atom listed twice is flipped back.
        """
        true = self.true.mutate()
        begun, flipped = self._lineage()
        flips = set(flipped)
        for atom in atoms:
            if atom in true:
                del true[atom]
            else:
                true[atom] = None
            flips ^= {atom}
        finished = true.finish()
        return replace(self, true=finished, _flips=(begun, frozenset(flips), finished))

    def settled(self) -> Model:
        """Return the same model as one that further flips begin with, whatever it was made from itself."""
        return self if self._flips is None else replace(self, _flips=None)

    def updated(self, truths: Mapping[Ground, bool]) -> Model:
        """Return the model in which these ground atoms are as given, and all else is as here."""
        return self.flipped(atom for atom, holds in truths.items() if holds != (atom in self.true))

    def valued(self, values: Mapping[Ground, Element]) -> Model:
        """Return the model in which these function terms have these values, and all else is as here."""
        if not values:
            return self
        changed = self.values.mutate()
        changed.update(values)
        return replace(self, values=changed.finish())

    def with_element(self, sort: str, name: str) -> Model:
        """Return the model with an element of that name in the universe of the sort."""
        elements = self.universe.get(sort, ())
        if name in elements:
            return self
        universe = self.universe.set(sort, (*elements, name))
        return replace(self, universe=universe)

    def descends_from(self, other: Model) -> bool:
        """Return whether this model was made from another by flips, changed values and new elements alone.

        Then it agrees with the other on everything but the differences. A model that only happens to look alike
        is not meant: it may differ in atoms that nobody has asked about.
        """
        return self.defaults is other.defaults

    def differences(self, other: Model) -> Iterator[Ground]:
        """Yield the ground atoms and function terms of which two models with the same defaults say different things.

        Cost: that of the flips where one was made from the other by flips, or both from a third, otherwise linear in
        what holds; and linear in the values, unless they share them.
        """
        yield from self.flips_from(other)
        if self.values is not other.values:
            yield from (term for term, value in self.values.items() if other.value_of(term) != value)
            yield from (
                term
                for term, value in other.values.items()
                if term not in self.values and self.value_of(term) != value
            )

    def flips_from(self, other: Model) -> Iterator[Ground]:
        """Yield the ground atoms that hold in one of two models and not in the other; at the cost of `differences`."""
        begun, flips = self._lineage()
        other_begun, other_flips = other._lineage()
        if begun is other_begun:
            yield from flips ^ other_flips
        elif self.true is not other.true:
            yield from (atom for atom in self.true if atom not in other.true)
            yield from (atom for atom in other.true if atom not in self.true)

    def _lineage(self) -> tuple[PersistentMap[Ground, None], frozenset[Ground]]:
        if self._flips is None or self._flips[2] is not self.true:
            return self.true, frozenset()
        return self._flips[:2]

    def to_json(self) -> dict[str, Any]:
        """Return the model as plain JSON data, the same for equal models.

        Numbers are written as strings, `"3"` or `"1/3"`: no name of an element looks like that.
        """
        return {
            "universe": {sort: list(self.universe[sort]) for sort in sorted(self.universe)},
            "true": sorted(_write_ground(atom) for atom in self.true),
            "values": sorted(
                [_write_ground(term), write_element(value)] for term, value in self.values.items()
            ),
            "defaults": {
                function: write_element(self.defaults[function]) for function in sorted(self.defaults)
            },
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
            values=Map((_read_ground(term), read_element(value)) for term, value in data["values"]),
            defaults=Map(
                {str(function): read_element(value) for function, value in data["defaults"].items()}
            ),
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


def stands_without(formula: Formula, model: Model, atoms: Container[Ground]) -> bool:
    """Return whether a ground formula of atoms is true in a model, whatever the truth of some atoms may be.

    It says so where the other atoms alone decide it, connective by connective; so False may come of caution, as it
    does for equivalences and for all that is not made of atoms alone.
    """
    return _stands_without(formula, True, model.true, atoms)


def _stands_without(
    formula: Formula, positive: bool, true: PersistentMap[Ground, None], atoms: Container[Ground]
) -> bool:
    kind = type(formula)
    if kind is Or or kind is And:
        one_is_enough = (kind is Or) is positive
        for operand in formula.operands:  # type: ignore[union-attr]
            # Most are literals, which are spared a call.
            sign = positive
            if type(operand) is Not:
                operand, sign = operand.operand, not positive
            if type(operand) is Atom and not operand.arguments:
                ground: Ground = (operand.predicate,)
                stands = (ground in true) is sign and ground not in atoms
            else:
                stands = _stands_without(operand, sign, true, atoms)
            if stands is one_is_enough:
                return one_is_enough
        return not one_is_enough
    if isinstance(formula, Atom):
        ground = (formula.predicate,)
        for term in formula.arguments:
            if not isinstance(term, Constant):
                return False
            ground += (term.name,)
        return (ground in true) is positive and ground not in atoms
    if isinstance(formula, Implies):
        if _stands_without(formula.premise, not positive, true, atoms) is positive:
            return positive
        return _stands_without(formula.conclusion, positive, true, atoms)
    if isinstance(formula, Not):
        return _stands_without(formula.operand, not positive, true, atoms)
    return False


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
    if isinstance(formula, Implies):
        premise = formula.premise
        first = (_atom if isinstance(premise, Atom) else _truth)(premise, model, binding)  # type: ignore[arg-type]
        if first is False:
            return True
        second = _truth(formula.conclusion, model, binding)
        return second if first or second else None
    return _truth_of_others(formula, model, binding)


def _truth_of_others(formula: Formula, model: Model, binding: Mapping[str, Element]) -> bool | None:
    match formula:
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


def write_element(element: Element) -> str:
    """Return an element as text: a number as `3` or `1/3`, which no name looks like."""
    return element if isinstance(element, str) else str(element)


def _write_ground(ground: Ground) -> list[str]:
    return [write_element(element) for element in ground]


def read_element(text: str) -> Element:
    """Return the element that `write_element` wrote."""
    return Fraction(text) if _NUMERAL.fullmatch(text) else text


def _read_ground(texts: Iterable[str]) -> Ground:
    return tuple(read_element(text) for text in texts)
