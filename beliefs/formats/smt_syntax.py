"""The texts of SMT-LIB 2 as nested lists of words, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from beliefs.errors import FormatError

Kind: TypeAlias = Literal["symbol", "keyword", "number", "text"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word: a symbol without its bars, a keyword with its colon, a number, or a text without its quotes."""

    text: str
    kind: Kind
    line: int


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between a pair of parentheses, with the line it opens on and the places of its text."""

    parts: tuple[Expression, ...]
    line: int
    start: int
    end: int

    @property
    def head(self) -> str | None:
        """The symbol it begins with; None if it begins with none."""
        first = self.parts[0] if self.parts else None
        return first.text if isinstance(first, Word) and first.kind == "symbol" else None


Expression: TypeAlias = Word | Group

_TOKEN = re.compile(
    r"""(?P<blank>\s+|;[^\n]*) | (?P<open>\() | (?P<close>\)) | \|(?P<quoted>[^|\\]*)\| | "(?P<text>(?:[^"]|"")*)"
      | (?P<number>[0-9]+(?:\.[0-9]+)?|\#[xb][0-9A-Fa-f]+)(?=[\s()|";]|\Z)
      | (?P<keyword>:[^\s()|";]+) | (?P<symbol>[^\s()|";]+) | (?P<other>.)""",
    re.VERBOSE,
)


def commands(text: str, name: str) -> Iterator[Group]:
    """Yield the commands of a text, one after the other.

    Raises:
        FormatError: parentheses or quotes do not match; `name` is what the message calls the text.
    """
    opened: list[tuple[list[Expression], int, int]] = []
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "blank":
            continue
        line += text.count("\n", seen, match.start())
        seen = match.start()
        where = f"{name}, line {line}"
        if kind == "open":
            opened.append(([], line, match.start()))
        elif kind == "other":
            raise FormatError(f"{where}: a {match[0]} begins here and does not end; end it with another")
        elif not opened:
            raise FormatError(f"{where}: {match[0][:40]!r} stands where a command begins; open it with (")
        elif kind == "close":
            parts, since, start = opened.pop()
            group = Group(tuple(parts), since, start, match.end())
            if opened:
                opened[-1][0].append(group)
            else:
                yield group
        elif kind == "quoted":
            opened[-1][0].append(Word(match["quoted"], "symbol", line))
        elif kind == "text":
            opened[-1][0].append(Word(match["text"].replace('""', '"'), "text", line))
        elif kind == "number":
            opened[-1][0].append(Word(match[0], "number", line))
        elif kind == "keyword":
            opened[-1][0].append(Word(match[0], "keyword", line))
        else:
            opened[-1][0].append(Word(match[0], "symbol", line))
    if opened:
        raise FormatError(
            f"{name}, line {opened[0][1]}: a command is opened and never closed; the file may have been cut short"
        )
