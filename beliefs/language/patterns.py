"""Texts that are alike but for their names, parsed once: what is built for one of them is built for all.

The pattern of a text is the text with its names taken out, and, where a quantifier may bind some, with which of them
are the same. Whether a text is of the language, and what tree it has, depends on its pattern alone. So when a pattern
comes again, a text with placeholders for names is parsed in its stead, and the tree is made into a function that
builds it with other names.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any, Final, TypeAlias

from beliefs.errors import ParseError
from beliefs.language.span import Span
from beliefs.language.syntax import KEYWORDS, Atom

Builder: TypeAlias = Callable[[Sequence[str], Sequence[int]], Any]
"""Builds a tree from the names of a text, and from how many characters the first 0, 1, 2… of them have together."""

PATTERNS: Final = 4_096
"""How many patterns are remembered; when there are more, all are forgotten, and none is lost but time."""

_WORDS = "|".join(sorted(KEYWORDS))
_NAME = re.compile(rf"(?<![\w'])(?!(?:{_WORDS})(?![\w']))[^\W\d]\w*'*")
_PLACE = "\0"
_UNCOMMON = re.compile(r"""["#\0\[\]]""")
_QUANTIFIER = re.compile(r"forall|exists|[∀∃]")
_SEEN: Final = object()
_WRONG: Final = object()


class Patterns:
    """The patterns met so far, each with what builds the tree of a text.

    Args:
        parse: parses a text that is given, of the kind that is given.
        spans: whether trees are to say where in the text each part stands.
        special: names that a text is parsed for itself with, whatever its pattern.
    """

    def __init__(
        self, parse: Callable[[str, str], object], *, spans: bool, special: frozenset[str] = frozenset()
    ) -> None:
        self._parse = parse
        self._spans = spans
        self._special = special
        self._known: dict[tuple[object, ...], Any] = {}

    def build(self, kind: str, text: str, offset: int = 0) -> Any:
        """Return the tree of a text, if its pattern is known; None where it has to be parsed.

        Cost: a fifth of parsing, or less.

        Args:
            kind: what is to be parsed.
            text: the text, which begins at `offset` of the text that spans are told of.
            offset: as said.
        """
        if _UNCOMMON.search(text):
            return None
        names = _NAME.findall(text)
        if not self._special.isdisjoint(names):
            return None
        masked = _NAME.sub(_PLACE, text)
        order = tuple(map(names.index, names)) if _QUANTIFIER.search(masked) else None
        key = (kind, masked, order)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= PATTERNS:
                self._known.clear()
            self._known[key] = _SEEN
            return None
        if known is _SEEN:
            known = self._known[key] = self._builder(kind, masked, order or range(len(names)))
        if known is _WRONG:
            return None
        lengths = [*accumulate(map(len, names), initial=offset)] if self._spans else ()
        return known(names, lengths)

    def _builder(self, kind: str, masked: str, order: Sequence[int]) -> Any:
        """What builds the trees of a pattern, from one with placeholders for names; `_WRONG` where it has none."""
        placeholders = [f"_{place}" for place in order]
        pieces = masked.split(_PLACE)
        text = "".join(chain.from_iterable(zip(pieces, [*placeholders, ""], strict=True)))
        lengths = [0, *accumulate(map(len, placeholders))]
        ends = [*map(sum, zip(accumulate(map(len, pieces)), lengths[1:], strict=False))]
        try:
            tree = self._parse(kind, text)
        except ParseError:
            return _WRONG
        return _Compiler(dict(zip(placeholders, order, strict=True)), lengths, ends, self._spans).builder(
            tree
        )


class _Compiler:
    """Makes trees with placeholders into what builds them with names.

    Args:
        places: of each placeholder, the place of its name among the names of a text.
        lengths: how long the first 0, 1, 2… placeholders are together.
        ends: where in the text each placeholder ends.
        spans: whether trees are to have spans.
    """

    def __init__(
        self, places: dict[str, int], lengths: Sequence[int], ends: Sequence[int], spans: bool
    ) -> None:
        self._places = places
        self._lengths = lengths
        self._ends = ends
        self._spans = spans

    def builder(self, value: Any) -> Builder:
        """Return what builds a value, which may hold placeholders."""
        if isinstance(value, str) and value in self._places:
            place = self._places[value]
            return lambda names, _: names[place]
        if isinstance(value, Span):
            return self._span(value)
        if isinstance(value, tuple):
            parts = [self.builder(part) for part in value]
            return lambda names, lengths: tuple([part(names, lengths) for part in parts])
        if not is_dataclass(value) or isinstance(value, type):
            return lambda _, __: value
        if isinstance(value, Atom) and not value.arguments and not self._spans:
            proposition = self._places[value.predicate]
            return lambda names, _: _proposition(names[proposition])
        return self._node(value)

    def _span(self, span: Span) -> Builder:
        if not self._spans:
            return lambda _, __: None
        first, last = bisect_right(self._ends, span.start), bisect_right(self._ends, span.end)
        start, end = span.start - self._lengths[first], span.end - self._lengths[last]
        return lambda _, lengths: Span(start + lengths[first], end + lengths[last])

    def _node(self, node: Any) -> Builder:
        kind: Callable[..., Any] = type(node)
        parts = [self.builder(getattr(node, each.name)) for each in fields(node) if not each.kw_only]
        if not any(each.kw_only for each in fields(node)) or not self._spans:
            match parts:
                case [only]:
                    return lambda names, lengths: kind(only(names, lengths))
                case [left, right]:
                    return lambda names, lengths: kind(left(names, lengths), right(names, lengths))
            return lambda names, lengths: kind(*[part(names, lengths) for part in parts])
        span = self.builder(node.span)
        return lambda names, lengths: kind(
            *[part(names, lengths) for part in parts], span=span(names, lengths)
        )


@lru_cache(maxsize=65_536)
def _proposition(name: str) -> Atom:
    """A proposition, shared among the formulas that mention it: a large base repeats each many times."""
    return Atom(name)
