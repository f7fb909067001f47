"""What of the state is kept item by item, as canonical text: the index, the signature and the witness."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from immutables import Map

from beliefs.base.belief_base import BeliefBase
from beliefs.base.index import Key, keys
from beliefs.errors import JournalCorruptError
from beliefs.journal.codec import canonical
from beliefs.language.semantics import Element, Ground, Model, read_element, write_element
from beliefs.language.signature import Signature
from beliefs.language.syntax import Formula
from beliefs.layered import PersistentMap


class Item(NamedTuple):
    """One item of a witness, as it is stored: all text.

    | kind | key | value |
    |---|---|---|
    | exists | a sort and one of its elements | the place of the element among them |
    | true | a ground atom that holds | |
    | value | a function term | its value |
    | default | a function | the value of its other terms |
    """

    kind: str
    key: str
    value: str


class Symbol(NamedTuple):
    """One symbol of a signature, as it is stored: a predicate, a function (its value last) or a constant."""

    name: str
    kind: str
    sorts: str


@dataclass(frozen=True)
class Replacement:
    """Items that go, and items that come in their place: never one of both.

    Attributes:
        gone: what goes; None for all there is.
        come: what comes.
    """

    gone: tuple[Item, ...] | None = ()
    come: tuple[Item, ...] = ()


Sorts: TypeAlias = tuple[str, ...] | tuple[tuple[str, ...], str] | str


def filed_under(formula: Formula) -> list[str]:
    """Return all that a belief is filed under, as it is stored."""
    return sorted(map(key_text, keys(formula)))


def key_text(key: Key) -> str:
    """Return a key of the index as it is stored."""
    return canonical(key)


def ground_text(ground: Ground) -> str:
    """Return a ground atom or term as it is stored."""
    return canonical([write_element(element) for element in ground])


def ground_of(text: str) -> Ground:
    """Return the ground atom or term that is stored so."""
    return tuple(map(read_element, json.loads(text)))


def symbol_items(signature: Signature, names: Iterable[str] | None = None) -> Iterator[Symbol]:
    """Yield the symbols of a signature as they are stored: all, or those of some names that it has."""
    for kind, table in _tables(signature):
        chosen = table if names is None else (name for name in names if name in table)
        for name in chosen:
            yield Symbol(name, kind, canonical(table[name]))


def symbols_changed(
    before: BeliefBase, after: BeliefBase, told: Iterable[str]
) -> tuple[set[Symbol], set[Symbol]]:
    """Return the symbols that go from one base to the next, and those that come.

    Args:
        before: the base before a decision.
        after: the base after it.
        told: the names that the decision speaks of.

    Cost: that of the names told, unless the sorts of others were settled anew: then linear in the symbols.
    """
    names = set(told) if after.agrees_with(before) else None
    was, now = set(symbol_items(before.signature, names)), set(symbol_items(after.signature, names))
    return was - now, now - was


def symbol_of(stored: Symbol) -> tuple[str, Sorts]:
    """Return the kind and the sorts of a symbol that is stored so.

    Raises:
        JournalCorruptError: it is no symbol.
    """
    try:
        sorts = json.loads(stored.sorts)
        match stored.kind:
            case "predicate":
                return stored.kind, tuple(map(str, sorts))
            case "function":
                return stored.kind, (tuple(map(str, sorts[0])), str(sorts[1]))
            case "constant":
                return stored.kind, str(sorts)
    except (ValueError, TypeError, IndexError) as error:
        raise JournalCorruptError(f"the stored symbol {stored.name!r} cannot be read: {error}") from error
    raise JournalCorruptError(f"the stored symbol {stored.name!r} is of no known kind: {stored.kind!r}")


def witness_items(model: Model) -> Iterator[Item]:
    """Yield the items of a model, in no particular order."""
    yield from _existing(model.universe)
    for atom in model.true:
        yield Item("true", ground_text(atom), "")
    yield from _values(model.values)
    yield from _defaults(model.defaults)


def witness_changed(before: Model | None, after: Model | None) -> Replacement:
    """Return what has to change in a stored witness so that it becomes another.

    Cost: that of the change, where one was made from the other by flips; otherwise linear in both.
    """
    if after is None or before is None:
        return Replacement(None, () if after is None else tuple(witness_items(after)))
    if after is before:
        return Replacement()
    flips = [(atom, after.holds(atom)) for atom in after.flips_from(before)]
    gone = [Item("true", ground_text(atom), "") for atom, holds in flips if not holds]
    come = [Item("true", ground_text(atom), "") for atom, holds in flips if holds]
    for was, now, former, present in (
        (before.universe, after.universe, _existing(before.universe), _existing(after.universe)),
        (before.values, after.values, _values(before.values), _values(after.values)),
        (before.defaults, after.defaults, _defaults(before.defaults), _defaults(after.defaults)),
    ):
        if now is not was:
            told, untold = set(present), set(former)
            gone += untold - told
            come += told - untold
    return Replacement(tuple(gone), tuple(come))


@dataclass
class Witness:
    """A witness that is put together from its items."""

    exists: dict[str, dict[int, str]] = field(default_factory=dict)
    true: dict[Ground, None] = field(default_factory=dict)
    values: dict[Ground, Element] = field(default_factory=dict)
    defaults: dict[str, Element] = field(default_factory=dict)

    def take(self, item: Item) -> None:
        """Take in an item.

        Raises:
            JournalCorruptError: it is none.
        """
        try:
            match item.kind:
                case "exists":
                    sort, element = json.loads(item.key)
                    self.exists.setdefault(str(sort), {})[int(item.value)] = str(element)
                case "true":
                    self.true[ground_of(item.key)] = None
                case "value":
                    self.values[ground_of(item.key)] = read_element(item.value)
                case "default":
                    self.defaults[json.loads(item.key)] = read_element(item.value)
                case _:
                    raise ValueError(f"{item.kind!r} is no kind of item")
        except (ValueError, TypeError) as error:
            raise JournalCorruptError(f"the witness of the present base cannot be read: {error}") from error

    @property
    def universe(self) -> Map[str, tuple[str, ...]]:
        """The elements of each sort, in their order."""
        return Map(
            {sort: tuple(places[place] for place in sorted(places)) for sort, places in self.exists.items()}
        )

    def model(self, true: PersistentMap[Ground, None] | None = None) -> Model:
        """Return the model; what holds in it may be given instead of having been taken in."""
        return Model(
            self.universe, Map(self.true) if true is None else true, Map(self.values), Map(self.defaults)
        )


def _tables(signature: Signature) -> tuple[tuple[str, Mapping[str, Sorts]], ...]:
    return (
        ("predicate", signature.predicates),
        ("function", signature.functions),
        ("constant", signature.constants),
    )


def _existing(universe: Mapping[str, tuple[str, ...]]) -> Iterator[Item]:
    for sort, elements in universe.items():
        for place, element in enumerate(elements):
            yield Item("exists", canonical([sort, element]), str(place))


def _values(values: PersistentMap[Ground, Element]) -> Iterator[Item]:
    for term, value in values.items():
        yield Item("value", ground_text(term), write_element(value))


def _defaults(defaults: Mapping[str, Element]) -> Iterator[Item]:
    for function, value in defaults.items():
        yield Item("default", canonical(function), write_element(value))
