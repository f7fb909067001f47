"""What a shell may complete: the names of beliefs, formats and files."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from beliefs.cli.settings import DEFAULT_BASE

MANY = 10_000
"""The names of more beliefs than this are not listed: a shell should answer at once."""


def belief_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of beliefs that begin so; none where there is no base, or a large one."""
    from beliefs.errors import BeliefsError
    from beliefs.journal.journal import Journal

    place = context.params.get("place")
    if place is None and context.parent is not None:
        place = context.parent.params.get("place")
    try:
        with Journal.open(place or DEFAULT_BASE, create=False, read_only=True) as journal:
            base = journal.base()
            names = sorted(base.names()) if len(base) <= MANY else []
    except BeliefsError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def formats_and_files(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the formats that begin so, where none is given yet, and that a file may stand here."""
    from beliefs.formats.registry import readable

    begun = [] if context.params.get(parameter.name or "") else readable()
    formats = [CompletionItem(name) for name in begun if name.startswith(incomplete)]
    # The file comes first: bash forgets what stands before one.
    return [CompletionItem(incomplete, type="file"), *formats]
