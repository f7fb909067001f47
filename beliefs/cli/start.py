"""Commands that begin a base and fill it: init, tell, load."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from beliefs.agent import Agent
from beliefs.change.change import Change
from beliefs.cli import options
from beliefs.cli.output import progress, write_json, write_text
from beliefs.cli.session import begin, conclude, exists
from beliefs.cli.settings import Settings

CONFLICT_HINT = "--revise takes it in and gives up what contradicts it; --allow-conflict keeps both."
DOCUMENT_HINT = (
    "--allow-conflict takes them in all the same; `beliefs consolidate` then settles the conflicts."
)


@click.command("init")
@click.option("--no-unique-names", is_flag=True, help="Let two names stand for the same individual.")
@options.common
def init_command(settings: Settings, no_unique_names: bool) -> None:
    """Make a new, empty base.

    `tell`, `load` and `import` make one as well where there is none. With --no-unique-names, different names
    may stand for one individual until the beliefs say otherwise; this cannot be changed later.

    Example:
      beliefs init
      beliefs --base case-7.db init --no-unique-names
    """
    if exists(settings):
        raise click.UsageError(f"there is a base at {settings.place} already; nothing was changed")
    with Agent.open(settings.place, unique_names=not no_unique_names):
        pass
    if settings.as_json:
        write_json({"base": settings.place, "unique_names": not no_unique_names})
    else:
        write_text(Text(f"Made an empty base at {settings.place}."))


@click.command("tell")
@options.formula
@options.header
@click.option(
    "--revise", is_flag=True, help="Where the base contradicts it, give up as little as possible for it."
)
@click.option(
    "--allow-conflict", is_flag=True, help="Where the base contradicts it, take it in all the same."
)
@options.alternatives
@options.dry_run
@options.timeout
@options.common
def tell_command(
    settings: Settings,
    formula: str,
    header: options.Header,
    revise: bool,
    allow_conflict: bool,
    alternatives: int | None,
    dry_run: bool,
) -> None:
    """Add a belief.

    FORMULA may have a header, `[name @level "source"]`, or be a declaration. Where the base contradicts it,
    it is refused, unless --revise or --allow-conflict says otherwise. Makes the base where there is none.

    Example:
      beliefs tell '[fly @2 "field guide"] forall x. bird(x) -> flies(x)'
      beliefs tell 'bird(tweety)' --name tweety --level certain
      beliefs tell 'pred at(Robot, Room)'
    """
    if revise and allow_conflict:
        raise click.UsageError("--revise and --allow-conflict exclude each other; give one of them")

    def tell(agent: Agent, dry_run: bool) -> Change:
        return agent.tell(formula, **header, revise=revise, allow_conflict=allow_conflict, dry_run=dry_run)

    with progress("thinking"):
        change = begin(settings, tell, dry_run=dry_run)
    hint = None if revise else CONFLICT_HINT
    conclude(settings, change, dry_run=dry_run, hint=hint, listed=alternatives)


@click.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--allow-conflict", is_flag=True, help="Take them in even where they contradict one another, or the base."
)
@options.dry_run
@options.timeout
@options.common
def load_command(settings: Settings, file: Path, allow_conflict: bool, dry_run: bool) -> None:
    """Add all beliefs of a text.

    FILE holds declarations and beliefs, one a line; `-` is standard input. It is one change: all of it is
    taken in, or nothing. Makes the base where there is none.

    Example:
      beliefs load building.beliefs
      beliefs --base old.db export | beliefs --base new.db load -
    """
    text = options.read_text(file) or ""

    def load(agent: Agent, dry_run: bool) -> Change:
        return agent.load(text, allow_conflict=allow_conflict, dry_run=dry_run)

    with progress(f"loading {file}"):
        change = begin(settings, load, dry_run=dry_run)
    conclude(settings, change, dry_run=dry_run, hint=DOCUMENT_HINT)
