"""Decisions and beliefs as canonical text, and back.

One value has one text: keys sorted, no blanks, formulas as the canonical printer writes them, numbers that
may be large or fractional as strings. So a hash of the text is a hash of the value.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar, overload

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import CERTAIN, Cost, Entrenchment
from beliefs.base.track_record import Mark
from beliefs.errors import JournalCorruptError, LanguageError
from beliefs.journal.entry import Decision, Observed
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.syntax import Declaration

T = TypeVar("T")

_GREATEST_AGE = 2**63 - 1

_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Record(NamedTuple):
    """A belief as it is stored: all text but its age."""

    name: str
    formula: str
    level: str
    weight: str
    source: str | None
    age: int


class Effects(NamedTuple):
    """What a decision does to the state, as it is stored."""

    removed: Sequence[Record] = ()
    undeclared: Sequence[str] = ()
    declared: Sequence[str] = ()
    added: Sequence[Record] = ()
    unmarked: Sequence[Mark] = ()
    marked: Sequence[Mark] = ()

    def reverse(self) -> Effects:
        """Return the effects that take these back."""
        return Effects(self.added, self.declared, self.undeclared, self.removed, self.marked, self.unmarked)


class Stored(Sequence[T]):
    """A sequence of stored values, each of which is read when it is first looked at."""

    def __init__(self, raw: Sequence[Any], read: Callable[[Any], T]) -> None:
        self._raw = raw
        self._read = read
        self._known: dict[int, T] = {}

    def __len__(self) -> int:
        return len(self._raw)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return Stored(self._raw[index], self._read)
        if index not in self._known:
            self._known[index] = self._read(self._raw[index])
        return self._known[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def canonical(data: object) -> str:
    """Return the one JSON text of plain data.

    Raises:
        TypeError, ValueError: the data is not plain JSON data.
    """
    return _WRITER.encode(data)


def digest(*texts: str) -> str:
    """Return the SHA-256 of some texts, one after the other, in hexadecimal digits."""
    whole = hashlib.sha256()
    for text in texts:
        whole.update(text.encode())
    return whole.hexdigest()


def pack(text: str) -> bytes:
    """Return a text compressed."""
    return zlib.compress(text.encode())


def unpack(packed: bytes, expected: str, what: str) -> Any:
    """Return the data whose canonical text was packed.

    Raises:
        JournalCorruptError: the text is not the one whose digest is `expected`; `what` names it in the
            message.
    """
    try:
        text = zlib.decompress(packed).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise JournalCorruptError(f"{what} cannot be read: {error}") from error
    if digest(text) != expected:
        raise JournalCorruptError(f"{what} is not the one that was written: its digest differs")
    return json.loads(text)


def record(belief: Belief) -> Record:
    """Return a belief as it is stored.

    Raises:
        ValueError: it has no age.
    """
    if not 1 <= belief.age <= _GREATEST_AGE:
        raise ValueError(
            f"belief {belief.name!r} has no age (it is {belief.age}): take it from the base it was added to"
        )
    entrenchment = belief.entrenchment
    return Record(
        belief.name,
        print_formula(belief.formula),
        str(entrenchment.level),
        str(entrenchment.weight),
        belief.source,
        belief.age,
    )


def belief(stored: Record) -> Belief:
    """Return the belief that a record stands for.

    Raises:
        JournalCorruptError: the record stands for none.
    """
    from beliefs.language.parser import parse_formula  # slow to import, and listing the log needs no parser

    try:
        level = CERTAIN if stored.level == CERTAIN else int(stored.level)
        entrenchment = Entrenchment(level, Fraction(stored.weight))
        formula = parse_formula(stored.formula, canonical=True)
        return Belief(stored.name, formula, entrenchment, stored.source, stored.age)
    except (LanguageError, ValueError, TypeError, AttributeError, ZeroDivisionError) as error:
        raise JournalCorruptError(f"the stored belief {stored.name!r} cannot be read: {error}") from error


def declaration_text(declaration: Declaration) -> str:
    """Return a declaration as it is stored."""
    return print_declaration(declaration)


def declaration(text: str) -> Declaration:
    """Return the declaration that a text stands for.

    Raises:
        JournalCorruptError: the text is not one declaration.
    """
    from beliefs.language.parser import parse_document  # slow to import, and listing the log needs no parser

    try:
        document = parse_document(text)
        (result,) = document.declarations
        () = document.statements
    except (LanguageError, ValueError, TypeError) as error:
        raise JournalCorruptError(f"the stored declaration {text!r} cannot be read: {error}") from error
    return result


def effects(decision: Decision) -> Effects:
    """Return what a decision does to the state, as it is stored."""
    return Effects(
        removed=[record(belief) for belief in decision.removed],
        undeclared=[declaration_text(declaration) for declaration in decision.undeclared],
        declared=[declaration_text(declaration) for declaration in decision.declared],
        added=[record(belief) for belief in decision.added],
        unmarked=decision.unmarked,
        marked=decision.marked,
    )


def write_decision(decision: Decision, does: Effects) -> str:
    """Return the canonical text of a decision with the given effects, without its certificate and witness.

    What is about experience is left out where there is none: so such a decision has the text that it always had.
    """
    written = does._asdict()
    experience = {
        "marked": written.pop("marked"),
        "unmarked": written.pop("unmarked"),
        "observed": None if decision.observed is None else _write_observed(decision.observed),
    }
    return canonical(
        {
            "operation": decision.operation,
            "input": decision.input,
            **written,
            **{key: value for key, value in experience.items() if value},
            "kernels": decision.kernels,
            "cost": [[level, str(weight)] for level, weight in decision.cost.by_level],
            "source": decision.source,
            "reason": decision.reason,
            "undoes": decision.undoes,
            "consistent": decision.consistent,
        }
    )


def _write_observed(observed: Observed) -> dict[str, Any]:
    return {
        "policy": observed.policy,
        "rejected": None if observed.rejected is None else _unborn(observed.rejected),
        "weakened": observed.weakened,
        "refuted": observed.refuted,
        "met": observed.met,
        "supports": observed.supports,
        "decay": str(observed.decay),
    }


def _unborn(rejected: Belief) -> Record:
    """A belief that never came into a base, and so has no age, as it is stored."""
    return record(replace(rejected, age=1))._replace(age=0)


def _read_observed(data: dict[str, Any] | None) -> Observed | None:
    if data is None:
        return None
    rejected = data["rejected"]
    return Observed(
        policy=data["policy"],
        rejected=None if rejected is None else belief(Record(*rejected)),
        weakened=tuple((new, old) for new, old in data["weakened"]),
        refuted=tuple(data["refuted"]),
        met=tuple(data["met"]),
        supports=tuple(map(tuple, data["supports"])),
        decay=Fraction(data["decay"]),
    )


def read_effects(text: str) -> Effects:
    """Return the effects of the decision with that text.

    Raises:
        JournalCorruptError: the text is not that of a decision.
    """
    return _reading(text, _effects)


def read_decision(text: str) -> Decision:
    """Return the decision with that text; beliefs and declarations are parsed when they are looked at.

    Raises:
        JournalCorruptError: the text is not that of a decision.
    """
    return _reading(text, _decision)


def _reading(text: str, read: Callable[[Any], T]) -> T:
    try:
        return read(json.loads(text))
    except (ValueError, TypeError, KeyError, ZeroDivisionError) as error:
        raise JournalCorruptError(f"a stored decision cannot be read: {error!r}") from error


def _effects(data: dict[str, Any]) -> Effects:
    return Effects(
        removed=[Record(*fields) for fields in data["removed"]],
        undeclared=[str(text) for text in data["undeclared"]],
        declared=[str(text) for text in data["declared"]],
        added=[Record(*fields) for fields in data["added"]],
        unmarked=tuple(Mark(*fields) for fields in data.get("unmarked", ())),
        marked=tuple(Mark(*fields) for fields in data.get("marked", ())),
    )


def _decision(data: dict[str, Any]) -> Decision:
    does = _effects(data)
    return Decision(
        operation=data["operation"],
        input=data["input"],
        removed=Stored(does.removed, belief),
        undeclared=Stored(does.undeclared, declaration),
        declared=Stored(does.declared, declaration),
        added=Stored(does.added, belief),
        marked=tuple(does.marked),
        unmarked=tuple(does.unmarked),
        observed=_read_observed(data.get("observed")),
        kernels=tuple(tuple(kernel) for kernel in data["kernels"]),
        cost=Cost(tuple((level, Fraction(weight)) for level, weight in data["cost"])),
        source=data["source"],
        reason=data["reason"],
        undoes=data["undoes"],
        consistent=data["consistent"],
    )
