"""The command for the terminal interface: tui."""

from __future__ import annotations

import sys

import click

from beliefs.cli import options
from beliefs.cli.session import opened
from beliefs.cli.settings import Settings


@click.command("tui")
@click.option("--read-only", is_flag=True, help="Open the base for reading only: try changes, commit none.")
@options.timeout
@options.common
def tui_command(settings: Settings, read_only: bool) -> None:
    """Browse the beliefs in the terminal, and try changes.

    Tabs show what is believed, why, conflicts, the log, and what a change would come to before it is committed.
    Everything is done with keys; `?` shows which, `q` leaves. Needs a terminal, and the extra `beliefs[tui]`.

    Example:
      beliefs tui
      beliefs --base robot.db tui --read-only
      beliefs tui --timeout 5s
    """
    if settings.as_json:
        raise click.UsageError("`tui` is for people and prints no JSON; `list`, `why` and `log` do")
    if not at_terminal():
        raise click.UsageError("`tui` needs a terminal; `list`, `why` and `log` write to pipes and files too")
    from beliefs.tui import browse

    with opened(settings, read_only=read_only) as agent:
        browse(agent)


def at_terminal() -> bool:
    """Return whether somebody can see and type."""
    return sys.stdin.isatty() and sys.stdout.isatty()
