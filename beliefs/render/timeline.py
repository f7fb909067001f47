"""When beliefs came and went: a line of time for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from rich.console import RenderableType
from rich.text import Text

from beliefs.base.belief import Belief
from beliefs.language.printer import print_formula
from beliefs.render.layout import STYLES, Column, grid
from beliefs.render.shapes import Entry

WIDEST = 60
"""How many columns a line of time has at most; where there are more entries, several share one."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a belief was held.

    Attributes:
        belief: the belief.
        since: the number of the entry that took it in; None for one before those looked at.
        until: the number of the entry that gave it up; None where it is held still.
    """

    belief: Belief
    since: int | None
    until: int | None


def lifetimes(entries: Iterable[Entry], names: Collection[str] = ()) -> tuple[Lifetime, ...]:
    """Return how long each belief was held that came or went in some entries, the oldest first.

    Args:
        entries: entries that follow one another.
        names: the beliefs to tell of; without any, all.

    Cost: linear in what came and went.
    """
    found: dict[tuple[str, int, int], Lifetime] = {}
    held: dict[str, tuple[str, int, int]] = {}
    for entry in entries:
        for belief in entry.decision.removed:
            if names and belief.name not in names:
                continue
            key = held.pop(belief.name, None) or (belief.name, belief.age, 0)
            found[key] = replace(found.get(key, Lifetime(belief, None, None)), until=entry.number)
        for belief in entry.decision.added:
            if names and belief.name not in names:
                continue
            key = (belief.name, belief.age, entry.number)
            held[belief.name] = key
            found[key] = Lifetime(belief, entry.number, None)
    return tuple(
        sorted(found.values(), key=lambda each: (each.since or 0, each.belief.age, each.belief.name))
    )


def timeline(lives: Sequence[Lifetime], first: int, last: int) -> RenderableType:
    """Return a line of time for each belief, from one entry of the journal to another.

    A belief is taken in at `+`, held at `-`, given up at `x`; `<` says that it was held before, `>` that it is held
    still. At `*` it is taken in and given up, by entries that share a column.
    """
    if not lives:
        return Text("nothing came or went", style=STYLES["quiet"])
    each = -(-(last - first + 1) // WIDEST)
    width = -(-(last - first + 1) // each)
    columns = [
        Column("belief", STYLES["name"]),
        Column(_scale(first, last, width)),
        Column("", STYLES["quiet"], breaks=True),
    ]
    rows = [
        [life.belief.name, _line(life, first, each, width), print_formula(life.belief.formula)]
        for life in lives
    ]
    return grid(columns, rows)


def _line(life: Lifetime, first: int, each: int, width: int) -> str:
    begin = 0 if life.since is None else (life.since - first) // each + 1
    end = width + 1 if life.until is None else (life.until - first) // each + 1
    marks = [" "] * (width + 2)
    marks[begin : end + 1] = "-" * (end + 1 - begin)
    marks[begin] = "<" if life.since is None else "+"
    marks[end] = ">" if life.until is None else "x"
    if begin == end:
        marks[begin] = "*"
    return "".join(marks).rstrip()


def _scale(first: int, last: int, width: int) -> str:
    """The numbers of the first entry and the last, as far apart as the columns are."""
    begin, end = str(first), str(last)
    if first == last or len(begin) + len(end) >= width:
        return f" {begin}" if first == last else f" {begin}-{end}"
    return " " + begin + end.rjust(width - len(begin))
