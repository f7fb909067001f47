"""The index that leads from a ground atom or a symbol to the beliefs that speak of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from immutables import Map

from beliefs.language.mentions import Mentions
from beliefs.language.semantics import Element, Ground
from beliefs.language.syntax import Formula

Key: TypeAlias = tuple[Element | None, ...]
"""What a belief is filed under: a symbol `("at",)`; a ground atom `("at", "r2", "hall")`, or a function applied to
individuals; or `("at", None)`, for a predicate or function that is applied to something other than individuals and so
has instances to look for."""

Names: TypeAlias = Map[str, None]
"""A persistent set of names of beliefs."""

_NOBODY: Names = Map()
_RULES: Key = (None,)
_QUANTIFIED: Key = (None, None)


@dataclass(frozen=True)
class Index:
    """Which beliefs mention what, as an immutable value.

    It depends on what is written alone, not on any signature.
    """

    _files: Map[Key, Names] = field(default_factory=Map)

    def touching(self, atom: Ground) -> Iterator[str]:
        """Yield the beliefs that mention this ground atom or term, or have instances that may; none twice."""
        exact = self._files.get(atom, _NOBODY)
        yield from exact
        if len(atom) > 1:
            yield from (name for name in self._files.get((atom[0], None), _NOBODY) if name not in exact)

    def mentioning(self, symbol: str) -> Iterable[str]:
        """Return the beliefs in which a predicate, function or individual occurs."""
        return self._files.get((symbol,), _NOBODY).keys()

    def uses(self, symbol: str) -> bool:
        """Return whether a symbol occurs in any belief."""
        return (symbol,) in self._files

    def rules(self) -> Iterable[str]:
        """Return the beliefs that have quantifiers, functions, numbers or equality in them."""
        return self._files.get(_RULES, _NOBODY).keys()

    def quantified(self) -> Iterable[str]:
        """Return the beliefs that have quantifiers in them."""
        return self._files.get(_QUANTIFIED, _NOBODY).keys()

    def like(self, formula: Formula) -> Iterable[str] | None:
        """Return beliefs among which are all those that say just this; None where there is nothing to go by.

        These are the users of the rarest thing that the formula mentions.
        """
        users = [self._files.get(key, _NOBODY) for key in keys(formula)]
        return min(users, key=len).keys() if users else None

    def is_rule(self, name: str) -> bool:
        """Return whether a belief has quantifiers, functions, numbers or equality in it."""
        return name in self._files.get(_RULES, _NOBODY)

    def add(self, said: Iterable[tuple[str, Formula]]) -> Index:
        """Return the index with further beliefs, given by name and formula."""
        files = self._files.mutate()
        for name, formula in said:
            for key in keys(formula):
                files[key] = files.get(key, _NOBODY).set(name, None)
        return Index(files.finish())

    def remove(self, said: Iterable[tuple[str, Formula]]) -> Index:
        """Return the index without some of its beliefs, given by name and formula."""
        files = self._files.mutate()
        for name, formula in said:
            for key in keys(formula):
                left = files[key].delete(name)
                if left:
                    files[key] = left
                else:
                    del files[key]
        return Index(files.finish())


def keys(formula: Formula) -> set[Key]:
    """Return everything that a belief of this formula is filed under."""
    mentions = Mentions.of(formula)
    filed: set[Key] = {(symbol,) for symbol in mentions.symbols}
    filed.update(mentions.atoms)
    filed.update(mentions.terms)
    filed.update((symbol, None) for symbol in mentions.patterns)
    if mentions.is_rule:
        filed.add(_RULES)
    if mentions.quantified:
        filed.add(_QUANTIFIED)
    return filed
