"""Commands that look back: log, timeline, diff, verify."""

from __future__ import annotations

from collections import deque
from itertools import islice

import click

from beliefs.cli import options
from beliefs.cli.completing import belief_names
from beliefs.cli.faults import REFUSED
from beliefs.cli.output import progress, write_json, write_text
from beliefs.cli.session import leave, opened, reading
from beliefs.cli.settings import Settings
from beliefs.errors import UnknownBeliefError
from beliefs.render import data, text


@click.command("log")
@click.option("--last", metavar="N", type=click.IntRange(min=1), help="Only the last so many changes.")
@options.common
def log_command(settings: Settings, last: int | None) -> None:
    """List all changes.

    The oldest comes first. Every line is an entry of the journal; its number is what `diff` and --as-of take.

    Example:
      beliefs log
      beliefs log --last 5 --json
    """
    with reading(settings, "reading the log") as agent:
        entries = tuple(deque(agent.log(), maxlen=last))
    if settings.as_json:
        write_json([data.entry(entry) for entry in entries])
    else:
        write_text(text.log(entries))


@click.command("timeline")
@click.argument("names", metavar="[ID]...", nargs=-1, shell_complete=belief_names)
@click.option(
    "--last",
    metavar="N",
    type=click.IntRange(min=1),
    help="Only the last so many changes. Default: 60; with ID: all.",
)
@options.common
def timeline_command(settings: Settings, names: tuple[str, ...], last: int | None) -> None:
    """Show when beliefs came and went.

    Each belief has a line, from the first of the changes on the left to the last on the right: taken in at `+`,
    held, given up at `x`. `<` says that it was held before, `>` that it is held still. IDs are names of beliefs, held
    or given up; without any, all are shown that came or went.

    Example:
      beliefs timeline
      beliefs timeline fly penguin
      beliefs timeline --last 10 --json
    """
    from beliefs.render.timeline import WIDEST, Lifetime, lifetimes, timeline

    limit = last or (None if names else WIDEST)
    with reading(settings, "reading the log") as agent:
        newest = agent.log(newest_first=True)
        entries = list(newest if limit is None else islice(newest, limit))[::-1]
        lives = lifetimes(entries, names)
        for name in set(names).difference(life.belief.name for life in lives):
            if name not in agent.base:
                raise UnknownBeliefError(f"no belief named {name!r} came, went or is held in these changes")
            lives = (Lifetime(agent.base[name], None, None), *lives)
    if settings.as_json:
        write_json(list(map(data.lifetime, lives)))
    elif entries:
        write_text(timeline(lives, entries[0].number, entries[-1].number))
    else:
        write_text(text.log(()))


@click.command("diff")
@click.argument("first", metavar="A", type=click.IntRange(min=0))
@click.argument("last", metavar="[B]", type=click.IntRange(min=0), required=False)
@options.common
def diff_command(settings: Settings, first: int, last: int | None) -> None:
    """Compare two states of the base.

    A and B are entries of the log; without B, the base is compared as it is now. 0 is before the first entry.

    Example:
      beliefs diff 3
      beliefs diff 3 5 --json
    """
    with reading(settings, "comparing") as agent:
        difference = agent.diff(first, last)
    if settings.as_json:
        write_json(data.difference(difference))
    else:
        write_text(text.difference(difference))


@click.command("verify")
@options.common
def verify_command(settings: Settings) -> None:
    """Check the journal and every certificate in it.

    The chain of hashes shows that no entry was altered; every certificate is checked by a Z3 that shares
    nothing with the engine. Exits 0 where all is well, 1 where something is wrong or
    could not be decided.

    Example:
      beliefs verify
      beliefs verify --json
    """
    with progress("verifying") as bar, opened(settings, read_only=True) as agent:
        verification = agent.verify(bar.advance)
    if settings.as_json:
        write_json(data.verification(verification))
    else:
        write_text(text.verification(verification))
    leave(REFUSED if verification.failed or verification.chain != "intact" else 0)
