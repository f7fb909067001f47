"""The index that leads from a ground atom or a symbol to the beliefs that speak of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, TypeAlias

from immutables import Map

from beliefs.language.mentions import mentions
from beliefs.language.semantics import Element, Ground
from beliefs.language.syntax import Formula

Key: TypeAlias = tuple[Element | None, ...]
"""What a belief is filed under: a symbol `("at",)`; a ground atom `("at", "r2", "hall")`, or a function applied to
individuals; or `("at", None)`, for a predicate or function that is applied to something other than individuals and so
has instances to look for."""

Names: TypeAlias = Map[str, None]
"""A persistent set of names of beliefs."""

RULES: Key = (None,)
"""The key of all beliefs that have quantifiers, functions, numbers or equality in them."""

QUANTIFIED: Key = (None, None)
"""The key of all beliefs that have quantifiers in them."""

_NOBODY: Names = Map()


class Files(Protocol):
    """An index of beliefs that nobody changes, which may be read from elsewhere key by key."""

    def names(self, key: Key) -> Collection[str]:
        """Return the names of the beliefs filed under a key; none twice, and in no particular order."""

    def some(self, key: Key, limit: int) -> Collection[str]:
        """Return so many of them at most, at the cost of those."""


@dataclass(frozen=True)
class Index:
    """Which beliefs mention what, as an immutable value.

    It depends on what is written alone, not on any signature. What was filed long ago may lie in `below`, of which
    only the files that are asked for are read; beliefs that went since are in `_gone`, by what they are filed under.
    """

    below: Files | None = None
    _files: Map[Key, Names] = field(default_factory=Map)
    _gone: Map[Key, Names] = field(default_factory=Map)

    def touching(self, atom: Ground) -> Iterator[str]:
        """Yield the beliefs that mention this ground atom or term, or have instances that may; none twice."""
        exact = self._filed(atom)
        yield from exact
        if len(atom) > 1:
            yield from (name for name in self._filed((atom[0], None)) if name not in exact)

    def mentioning(self, symbol: str) -> Iterable[str]:
        """Return the beliefs in which a predicate, function or individual occurs."""
        return self._filed((symbol,))

    def uses(self, symbol: str) -> bool:
        """Return whether a symbol occurs in any belief."""
        return bool(self._some((symbol,), 1))

    def rules(self) -> Iterable[str]:
        """Return the beliefs that have quantifiers, functions, numbers or equality in them."""
        return self._filed(RULES)

    def quantified(self) -> Iterable[str]:
        """Return the beliefs that have quantifiers in them."""
        return self._filed(QUANTIFIED)

    def like(self, formula: Formula) -> Iterable[str] | None:
        """Return beliefs among which are all those that say just this; None where there is nothing to go by.

        These are the users of the rarest thing that the formula mentions.
        """
        wanted = keys(formula)
        if not wanted:
            return None
        limit = 2
        while True:
            for key in wanted:
                if len(self._some(key, limit)) < limit:
                    return self._filed(key)
            limit *= 2

    def add(self, said: Iterable[tuple[str, Formula]]) -> Index:
        """Return the index with further beliefs, given by name and formula."""
        files = self._files.mutate()
        for name, formula in said:
            for key in keys(formula):
                files[key] = files.get(key, _NOBODY).set(name, None)
        return Index(self.below, files.finish(), self._gone)

    def remove(self, said: Iterable[tuple[str, Formula]]) -> Index:
        """Return the index without some of its beliefs, given by name and formula."""
        files, gone = self._files.mutate(), self._gone.mutate()
        for name, formula in said:
            for key in keys(formula):
                filed = files.get(key, _NOBODY)
                if name not in filed:
                    gone[key] = gone.get(key, _NOBODY).set(name, None)
                elif len(filed) > 1:
                    files[key] = filed.delete(name)
                else:
                    del files[key]
        return Index(self.below, files.finish(), gone.finish())

    def _filed(self, key: Key) -> Collection[str]:
        """The names filed under a key."""
        above = self._files.get(key, _NOBODY)
        if self.below is None:
            return above
        gone = self._gone.get(key, _NOBODY)
        found = self.below.names(key)
        if not above and not gone:
            return found
        return dict.fromkeys([*(name for name in found if name not in gone), *above])

    def _some(self, key: Key, limit: int) -> Collection[str]:
        """So many of the names filed under a key, at most."""
        above = self._files.get(key, _NOBODY)
        if self.below is None or len(above) >= limit:
            return list(islice(above, limit))
        gone = self._gone.get(key, _NOBODY)
        found = (name for name in self.below.some(key, limit + len(gone)) if name not in gone)
        return list(islice([*above, *found], limit))


def keys(formula: Formula) -> set[Key]:
    """Return everything that a belief of this formula is filed under."""
    spoken_of = mentions(formula)
    filed: set[Key] = {(symbol,) for symbol in spoken_of.symbols}
    filed.update(spoken_of.atoms)
    filed.update(spoken_of.terms)
    filed.update((symbol, None) for symbol in spoken_of.patterns)
    if spoken_of.is_rule:
        filed.add(RULES)
    if spoken_of.quantified:
        filed.add(QUANTIFIED)
    return filed
