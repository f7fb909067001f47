"""The certificate of a change: everything needed to check the change by other means, as one frozen value.

What a certificate claims, and how each claim is checked, is told in `docs/certificates.md`. Its *test
formula* is what the kernels contradict: the input of an expansion or revision, the negation of the input of a
contraction, and `true` for a consolidation.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias, TypeVar, cast, get_args

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import CERTAIN, Cost, Entrenchment, Level
from beliefs.errors import CertificateError
from beliefs.language.memo import remembered
from beliefs.language.printer import print_formula
from beliefs.language.semantics import Model

Operation: TypeAlias = Literal["expand", "contract", "revise", "consolidate"]
Outcome: TypeAlias = Literal["done", "vacuous", "refused"]
Scope: TypeAlias = Literal["whole", "touched"]

NOTHING = Cost()
"""What it costs to give nothing up."""

_T = TypeVar("_T")
_RATIONAL = re.compile(r"-?[0-9]+(?:/[0-9]+)?")

_printed = remembered(1 << 16)(print_formula)


@dataclass(frozen=True, slots=True)
class CertifiedBelief:
    """A belief as a certificate tells it.

    Attributes:
        name: what the belief is called.
        formula: what it says, as the canonical printer writes it.
        entrenchment: how firmly it is, or was, held.
    """

    name: str
    formula: str
    entrenchment: Entrenchment

    @staticmethod
    def of(belief: Belief, held: Entrenchment | None = None) -> CertifiedBelief:
        """Return a belief as certificates tell it: held as it was told, or as its record has it if that is given."""
        return CertifiedBelief(belief.name, _printed(belief.formula), held or belief.entrenchment)


@dataclass(frozen=True, slots=True)
class CertifiedWeakening:
    """That an added belief takes the place of one that was given up.

    Attributes:
        name: the name of the weaker belief, which is among those added.
        of: the name of the belief that it weakens, which is among those given up.
    """

    name: str
    of: str


@dataclass(frozen=True, slots=True)
class CertifiedSuccess:
    """A success on record, and what it takes to follow still from a weaker belief.

    Attributes:
        belief: the name of the weaker belief.
        given: what the rule was applied with, as canonical texts.
        believed: ground literals that follow from what is believed after the change.
        assumed: negative ground literals that are taken for granted, for nothing that is believed says otherwise.
        outcome: what came true, as canonical text.
    """

    belief: str
    given: tuple[str, ...]
    believed: tuple[str, ...]
    assumed: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class Certificate:
    """What a change claims of itself, self-contained.

    Attributes:
        operation: what was asked for.
        outcome: "done" where something was added or removed; "vacuous" where nothing had to be; "refused"
            where it could not be, because what is certain forbids it.
        input: the input of the operation, as canonical text; None for a consolidation, which has none.
        declarations: declarations of every symbol of every text here; nothing is left to inference.
        unique_names: whether different individuals are distinct from one another.
        scope: whether `before` holds all beliefs, or only those that the change touched.
        before: the beliefs before the change. All of them in scope "whole". In scope "touched": those given
            up, those in a kernel, those that lean on an atom that changed in the model, those that the proof
            of a weakening needs, and, where a revision or expansion adds nothing because its input is believed
            already, the belief that says so.
        added: the beliefs that the change adds.
        removed: the names of the beliefs that it gives up.
        kernels: minimal sets of names of beliefs before the change that contradict the test formula.
        cost: what giving up the removed beliefs costs.
        model: a model of the beliefs after the change and of the test formula. None where there is none (a
            refusal; an expansion that was allowed to make the base inconsistent), or none that is finite.
        weakened: which of the added beliefs take the place of which of those given up.
        successes: the successes on record of what was weakened.
    """

    operation: Operation
    outcome: Outcome
    input: str | None
    declarations: tuple[str, ...]
    unique_names: bool
    scope: Scope
    before: tuple[CertifiedBelief, ...]
    added: tuple[CertifiedBelief, ...] = ()
    removed: tuple[str, ...] = ()
    kernels: tuple[tuple[str, ...], ...] = ()
    cost: Cost = NOTHING
    model: Model | None = None
    weakened: tuple[CertifiedWeakening, ...] = ()
    successes: tuple[CertifiedSuccess, ...] = ()

    @property
    def assumed(self) -> tuple[str, ...]:
        """All that is assumed for successes on record, each assumption once."""
        return tuple(dict.fromkeys(text for success in self.successes for text in success.assumed))

    @property
    def after(self) -> tuple[CertifiedBelief, ...]:
        """The beliefs after the change, as far as the certificate speaks of them."""
        gone = frozenset(self.removed)
        return tuple(belief for belief in self.before if belief.name not in gone) + self.added

    @property
    def permits_conflict(self) -> bool:
        """Whether the change is an expansion that was allowed to make the base inconsistent."""
        return self.operation == "expand" and self.outcome != "refused" and bool(self.kernels)

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as plain JSON data: `from_json` gives back an equal one.

        The keys `weakened` and `successes` are there only where they have something to say.
        """
        data: dict[str, Any] = {
            "operation": self.operation,
            "outcome": self.outcome,
            "input": self.input,
            "declarations": list(self.declarations),
            "unique_names": self.unique_names,
            "scope": self.scope,
            "before": [_belief_to_json(belief) for belief in self.before],
            "added": [_belief_to_json(belief) for belief in self.added],
            "removed": list(self.removed),
            "kernels": [list(kernel) for kernel in self.kernels],
            "cost": [[level, str(weight)] for level, weight in self.cost.by_level],
            "model": None if self.model is None else self.model.to_json(),
        }
        if self.weakened:
            data["weakened"] = [{"name": each.name, "of": each.of} for each in self.weakened]
        if self.successes:
            data["successes"] = [_success_to_json(each) for each in self.successes]
        return data

    @staticmethod
    def from_json(data: object) -> Certificate:
        """Return the certificate that JSON data describes. Whether its claims hold is for the checker to say.

        Raises:
            CertificateError: the data is malformed; the message names the part, as `before[3].weight`.
        """
        part = _fields(data, "certificate", _READERS, _OPTIONAL_READERS)
        return Certificate(**part)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON (sorted keys, no spaces, ASCII), in hexadecimal."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def _belief_to_json(belief: CertifiedBelief) -> dict[str, Any]:
    return {
        "name": belief.name,
        "formula": belief.formula,
        "level": belief.entrenchment.level,
        "weight": str(belief.entrenchment.weight),
    }


def _success_to_json(success: CertifiedSuccess) -> dict[str, Any]:
    return {
        "belief": success.belief,
        "given": list(success.given),
        "believed": list(success.believed),
        "assumed": list(success.assumed),
        "outcome": success.outcome,
    }


Reader: TypeAlias = Callable[[object, str], Any]
"""Reads one part of the data, given what messages call it; raises CertificateError where it is malformed."""


def _fault(where: str, expected: str, found: object) -> CertificateError:
    shown = repr(found)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    return CertificateError(f"malformed certificate: {where} should be {expected}, not {shown}")


def _fields(
    data: object, where: str, readers: Mapping[str, Reader], optional: Mapping[str, Reader] | None = None
) -> dict[str, Any]:
    """Read an object with just the keys of `readers`, and perhaps some of `optional`."""
    optional = optional or {}
    if not isinstance(data, dict):
        raise _fault(where, "an object", data)
    inside = "" if where == "certificate" else where + "."
    for key in data:
        if key not in readers and key not in optional:
            raise CertificateError(f"malformed certificate: {inside}{key} is not a key of certificates")
    for key in readers:
        if key not in data:
            raise CertificateError(f"malformed certificate: {inside}{key} is missing")
    present = {key: read for key, read in optional.items() if key in data}
    return {key: read(data[key], inside + key) for key, read in {**readers, **present}.items()}


def _text(data: object, where: str) -> str:
    if not isinstance(data, str):
        raise _fault(where, "a text", data)
    return data


def _optional_text(data: object, where: str) -> str | None:
    return None if data is None else _text(data, where)


def _boolean(data: object, where: str) -> bool:
    if not isinstance(data, bool):
        raise _fault(where, "true or false", data)
    return data


def _one_of(words: Iterable[str]) -> Reader:
    words = tuple(words)

    def read(data: object, where: str) -> str:
        if not isinstance(data, str) or data not in words:
            raise _fault(where, "one of " + ", ".join(words), data)
        return data

    return read


def _list_of(read: Callable[[object, str], _T]) -> Callable[[object, str], tuple[_T, ...]]:
    def read_all(data: object, where: str) -> tuple[_T, ...]:
        if not isinstance(data, list):
            raise _fault(where, "a list", data)
        return tuple(read(item, f"{where}[{position}]") for position, item in enumerate(data))

    return read_all


def _integer_level(data: object, where: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or data < 0:
        raise _fault(where, "an integer from 0", data)
    return data


def _level(data: object, where: str) -> Level:
    if data == CERTAIN:
        return CERTAIN
    try:
        return _integer_level(data, where)
    except CertificateError:
        raise _fault(where, "an integer from 0, or 'certain'", data) from None


def _weight(data: object, where: str) -> Fraction:
    try:
        weight = Fraction(data) if isinstance(data, str) and _RATIONAL.fullmatch(data) else None
    except (ValueError, ZeroDivisionError):
        weight = None
    if weight is None or weight <= 0:
        raise _fault(where, "a positive fraction such as '3/2', in quotes", data)
    return weight


def _belief(data: object, where: str) -> CertifiedBelief:
    part = _fields(data, where, {"name": _text, "formula": _text, "level": _level, "weight": _weight})
    return CertifiedBelief(part["name"], part["formula"], Entrenchment(part["level"], part["weight"]))


def _weakening(data: object, where: str) -> CertifiedWeakening:
    return CertifiedWeakening(**_fields(data, where, {"name": _text, "of": _text}))


def _success(data: object, where: str) -> CertifiedSuccess:
    texts = _list_of(_text)
    readers = {"belief": _text, "given": texts, "believed": texts, "assumed": texts, "outcome": _text}
    return CertifiedSuccess(**_fields(data, where, readers))


def _some(read: Callable[[object, str], _T]) -> Callable[[object, str], tuple[_T, ...]]:
    """Read a list that is left out where it is empty, so that equal certificates have equal texts."""

    def read_all(data: object, where: str) -> tuple[_T, ...]:
        found = _list_of(read)(data, where)
        if not found:
            raise _fault(where, "left out where there is nothing to list", data)
        return found

    return read_all


def _cost(data: object, where: str) -> Cost:
    return Cost(_list_of(_cost_at_level)(data, where))


def _cost_at_level(data: object, where: str) -> tuple[int, Fraction]:
    if not isinstance(data, list) or len(data) != 2:
        raise _fault(where, "a level and a weight", data)
    return _integer_level(data[0], where + "[0]"), _weight(data[1], where + "[1]")


def _object_of(read: Reader) -> Reader:
    def read_all(data: object, where: str) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise _fault(where, "an object", data)
        return {_text(key, f"a key of {where}"): read(item, f"{where}.{key}") for key, item in data.items()}

    return read_all


def _valued_term(data: object, where: str) -> tuple[tuple[str, ...], str]:
    if not isinstance(data, list) or len(data) != 2:
        raise _fault(where, "a term and its value", data)
    return _ground(data[0], where + "[0]"), _text(data[1], where + "[1]")


def _ground(data: object, where: str) -> tuple[str, ...]:
    words = _list_of(_text)(data, where)
    if not words:
        raise _fault(where, "a symbol and its arguments", data)
    return words


def _model(data: object, where: str) -> Model | None:
    if data is None:
        return None
    _fields(data, where, _MODEL_READERS)
    try:
        return Model.from_json(cast("Mapping[str, Any]", data))
    except (ValueError, ZeroDivisionError) as error:
        raise CertificateError(f"malformed certificate: {where} is not a model: {error}") from error


_MODEL_READERS: Mapping[str, Reader] = {
    "universe": _object_of(_list_of(_text)),
    "true": _list_of(_ground),
    "values": _list_of(_valued_term),
    "defaults": _object_of(_text),
}
"""What `Model.from_json` takes for granted."""

_READERS: Mapping[str, Reader] = {
    "operation": _one_of(get_args(Operation)),
    "outcome": _one_of(get_args(Outcome)),
    "input": _optional_text,
    "declarations": _list_of(_text),
    "unique_names": _boolean,
    "scope": _one_of(get_args(Scope)),
    "before": _list_of(_belief),
    "added": _list_of(_belief),
    "removed": _list_of(_text),
    "kernels": _list_of(_list_of(_text)),
    "cost": _cost,
    "model": _model,
}

_OPTIONAL_READERS: Mapping[str, Reader] = {"weakened": _some(_weakening), "successes": _some(_success)}
"""What only some certificates have: those from before beliefs were weakened have the same digest as ever."""
