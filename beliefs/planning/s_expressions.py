"""Nested lists of words in parentheses, the form that PDDL is written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from beliefs.errors import PddlError
from beliefs.planning.actions import OBJECT

_TOKEN = re.compile(r";[^\n]*|[()]|[^\s();]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in lower case, with the line it stands on."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between a pair of parentheses, with the line it opens on."""

    parts: tuple[Expression, ...]
    line: int

    @property
    def head(self) -> str | None:
        """The word it begins with; None if it does not begin with one."""
        first = self.parts[0] if self.parts else None
        return first.text if isinstance(first, Word) else None


Expression: TypeAlias = Word | Group


def parse(text: str) -> Group:
    """Read a text that is one group; comments run from a semicolon to the end of the line.

    Raises:
        PddlError: it is not, with the line where it goes wrong.
    """
    opened: list[tuple[list[Expression], int]] = []
    whole: Group | None = None
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        token = match.group()
        if token.startswith(";"):
            continue
        if whole is not None:
            raise PddlError(
                f"line {line}: the text goes on after its last closing parenthesis, with {token!r}"
            )
        if token == "(":
            opened.append(([], line))
        elif not opened:
            raise PddlError(f"line {line}: expected an opening parenthesis, not {token!r}")
        elif token == ")":
            parts, since = opened.pop()
            group = Group(tuple(parts), since)
            if opened:
                opened[-1][0].append(group)
            else:
                whole = group
        else:
            opened[-1][0].append(Word(token.lower(), line))
    if opened:
        raise PddlError(f"line {opened[-1][1]}: a parenthesis is opened and never closed")
    if whole is None:
        raise PddlError("line 1: the text is empty")
    return whole


def typed_names(said: Iterable[Expression], what: str = "an object") -> Iterator[tuple[Word, Word]]:
    """Yield the names of a list such as `a b - block c`, each with its type; without one it is of the type of all.

    Args:
        said: the list.
        what: what the names are of, in an error.

    Raises:
        PddlError: something in it is no name, or a dash does not stand between names and one type.
    """
    waiting: list[Word] = []
    parts = iter(said)
    for part in parts:
        if not isinstance(part, Word):
            raise PddlError(f"line {part.line}: expected the name of {what}, and not a list")
        if part.text != "-":
            waiting.append(part)
            continue
        if not waiting:
            raise PddlError(f"line {part.line}: expected the name of {what} before the dash")
        kind = next(parts, None)
        if not isinstance(kind, Word) or kind.text == "-":
            raise PddlError(
                f"line {part.line}: expected the name of one type after the dash"
                + ("; for several, declare a type above them" if isinstance(kind, Group) else "")
            )
        yield from ((name, kind) for name in waiting)
        waiting = []
    yield from ((name, Word(OBJECT, name.line)) for name in waiting)
