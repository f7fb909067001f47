"""The command that prints the manual page: man."""

from __future__ import annotations

import click

from beliefs.cli.output import write_raw


@click.command("man")
def man_command() -> None:
    """Print the manual page.

    It is in the form that `man` reads, and tells of all commands. An installed package has it where `man beliefs` finds
    it.

    Example:
      beliefs man | man -l -
    """
    from beliefs.cli.manual import manual

    write_raw(manual())
