"""The command that writes a page to explore the base in: explore."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from beliefs.cli import options
from beliefs.cli.completing import belief_names
from beliefs.cli.output import write_bytes, write_file, write_json, write_text
from beliefs.cli.session import reading
from beliefs.cli.settings import Settings

PAGE = "beliefs.html"
"""What the page is called, unless it is told otherwise."""


@click.command("explore")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), default=PAGE)
@click.option(
    "--around",
    metavar="ID",
    shell_complete=belief_names,
    help="Where to begin: a belief, change, source or episode. Default: what is asked, or the last change.",
)
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="How many beliefs the page has at most.",
)
@click.option("--asked", metavar="FORMULA", multiple=True, help="Show a formula with all its reasons.")
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@options.as_of
@options.timeout
@options.common
def explore_command(
    settings: Settings,
    file: Path,
    around: str | None,
    most: int,
    asked: tuple[str, ...],
    opens: bool,
    as_of: int | None,
) -> None:
    """Write a page to explore the base in.

    FILE, by default beliefs.html, is one HTML file for any browser, and asks nothing of any network: the graph of
    beliefs as it was after any entry of the log, to be searched and filtered; what became of each belief; every
    change with its kernels and its certificate; the episodes as stories. With `-` it goes to standard output.

    ID is the name of a belief, or what else a node is called: "entry 7", "source r2", "episode 1". Of more beliefs than
    --most, those are on the page that lie nearest to where it begins.

    Example:
      beliefs explore
      beliefs explore --around fly --open
      beliefs explore fly.html --asked 'flies(tweety)' --json
    """
    if opens and str(file) == "-":
        raise click.UsageError(
            "what goes to standard output cannot be opened; leave --open out, or name a file"
        )
    write_page(settings, file, around, most, asked, as_of)
    if opens:
        click.launch(str(file))


def write_page(
    settings: Settings,
    file: Path,
    around: str | None,
    most: int | None,
    asked: tuple[str, ...],
    as_of: int | None,
) -> None:
    """Write the page to a file and say so, or to standard output, where the file is called `-`."""
    with reading(settings, "making the page") as agent:
        page = agent.explore(around, most=most, asked=asked, as_of=as_of)
    if str(file) == "-":
        write_bytes(page.encode())
        return
    write_file(file, page)
    size = len(page.encode())
    if settings.as_json:
        write_json({"file": str(file), "bytes": size})
    else:
        write_text(Text(f"Wrote {file}, {size / 1e6:.1f} MB; open it in a browser."))
