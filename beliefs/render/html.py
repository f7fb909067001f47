"""HTML for notebooks: a base as a table, a change with its reasons, an episode as a story, a graph as a picture.

Everything that beliefs hold, from names to sources, is escaped: it may come from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from io import StringIO
from itertools import islice

from rich.console import Console

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Change
from beliefs.errors import DrawingError, MissingExtraError
from beliefs.failure.episode import Episode
from beliefs.graph import BeliefGraph
from beliefs.language.printer import print_formula
from beliefs.render import pictures, text, words
from beliefs.render.layout import local_time, visible

LISTED = 100
"""How many beliefs a table shows."""

DRAWN = 500
"""Of how many nodes a graph is drawn as a picture at most."""

QUICKLY = 10.0
"""Seconds that the drawing may take."""

WIDE = 160
"""How many characters a line of a tree has at most."""

LARGE = 10_000
"""Of a base of more beliefs, none are shown: they may lie in a database, and reading all takes a while."""

_CELL = ' style="text-align: left; vertical-align: top"'
_CODE = ' style="text-align: left; vertical-align: top; font-family: monospace"'
_COLOURS = {"+": "#1e8449", "-": "#c0392b"}


def html(value: object) -> str:
    """Return a value as HTML.

    Raises:
        TypeError: it is none that has a form in HTML.
    """
    match value:
        case BeliefBase():
            return base(value)
        case Change():
            return change(value)
        case Episode():
            return episode(value)
        case BeliefGraph():
            return graph(value)
    raise TypeError(f"a {type(value).__name__} has no form in HTML")


def base(value: BeliefBase) -> str:
    """Return a base: how many beliefs it holds, and the oldest of them in a table."""
    said = words.count(len(value), "belief")
    if value.consistent is False:
        said += ", which contradict one another"
    if len(value) > LARGE:
        return _div(_paragraph(f"{said}; too many to show. Ask for one by name: base['name']."))
    return _div(_paragraph(said), *_table(tuple(islice(value, LISTED)), len(value)))


def change(value: Change) -> str:
    """Return a change: what it came to, what was taken in and given up, and why."""
    title = words.headline(value)
    if value.entry is not None:
        title += f" (entry {value.entry})"
    parts = [_paragraph(title, strong=True)]
    if value.status in ("refused", "rejected"):
        parts += _kernels(value.kernels)
        return _div(*parts)
    if value.added or value.removed:
        rows = [("+", belief) for belief in value.added[:LISTED]]
        rows += [("-", belief) for belief in value.removed[:LISTED]]
        parts += _table(
            [belief for _, belief in rows],
            len(value.added) + len(value.removed),
            signs=[sign for sign, _ in rows],
        )
    parts += map(_paragraph, islice(words.reasons(value), LISTED))
    return _div(*parts)


def episode(value: Episode) -> str:
    """Return an episode: what was expected, what was seen, what contradicts it, and what was learned."""
    undone = " Undone since." if value.undone else ""
    by = f", told by {value.source}" if value.source else ""
    return _div(
        _paragraph(f"Episode {value.number}: {value.observation}", strong=True),
        _paragraph(f"entry {value.entry}, {local_time(value.time)}.{undone}"),
        *(_paragraph(f"Expected: {print_formula(told.formula)}.") for told in value.expectations),
        _paragraph(f"Seen: {value.observation}{by}."),
        *_kernels(value.kernels),
        *map(_paragraph, words.lesson(value)),
    )


def graph(value: BeliefGraph) -> str:
    """Return a graph: as Graphviz draws it where that is installed and quick, else as a tree."""
    if len(value.nodes) <= DRAWN:
        try:
            drawn = pictures.svg(value, QUICKLY)
        except (MissingExtraError, DrawingError):
            pass
        else:
            return _div(drawn[drawn.index("<svg") :])
    written = StringIO()
    Console(file=written, width=WIDE, highlight=False, markup=False, emoji=False).print(text.graph(value))
    return _div(f'<pre style="text-align: left">{escape(written.getvalue())}</pre>')


def _kernels(kernels: Sequence[Sequence[str]]) -> Iterator[str]:
    for kernel in kernels:
        if kernel:
            yield _paragraph(f"Together these contradict it: {', '.join(kernel)}")


def _table(beliefs: Sequence[Belief], count: int, signs: Sequence[str] = ()) -> Iterator[str]:
    """Beliefs as rows, each with a sign if there are signs, and how many more there are."""
    if not beliefs:
        return
    heads = ("" if signs else None, "name", "level", "formula", "source")
    yield "<table><thead><tr>"
    yield "".join(f"<th{_CELL}>{head}</th>" for head in heads if head is not None)
    yield "</tr></thead><tbody>"
    for place, belief in enumerate(beliefs):
        sign = signs[place] if signs else None
        cells = [] if sign is None else [f'<td style="color: {_COLOURS[sign]}">{sign}</td>']
        cells += (
            f"<td{_CELL}>{_text(belief.name)}</td>",
            f"<td{_CELL}>{_text(str(belief.entrenchment))}</td>",
            f"<td{_CODE}>{_text(print_formula(belief.formula))}</td>",
            f"<td{_CELL}>{_text(belief.source or '')}</td>",
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"
    if len(beliefs) < count:
        yield _paragraph(f"… and {count - len(beliefs)} more")


def _div(*parts: str) -> str:
    return f"<div>{''.join(parts)}</div>"


def _paragraph(said: str, *, strong: bool = False) -> str:
    text = _text(said)
    return f"<p><strong>{text}</strong></p>" if strong else f"<p>{text}</p>"


def _text(said: str) -> str:
    return escape(visible(said))
