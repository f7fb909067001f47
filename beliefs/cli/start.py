"""Commands that begin a base and fill it: init, tell, load, import."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click
from rich.text import Text

from beliefs.agent import Agent
from beliefs.base.entrenchment import CERTAIN, DEFAULT_LEVEL, Level
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


@click.command("import")
@click.argument("form", type=click.Choice(["wcnf", "cnf"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--level",
    type=options.Level(),
    default=str(DEFAULT_LEVEL),
    show_default=True,
    help="How firmly to hold soft clauses, or those of a CNF file.",
)
@click.option(
    "--allow-conflict", is_flag=True, help="Take them in even where they contradict one another, or the base."
)
@options.dry_run
@options.timeout
@options.common
def import_command(
    settings: Settings,
    form: Literal["wcnf", "cnf"],
    file: Path,
    level: Level,
    allow_conflict: bool,
    dry_run: bool,
) -> None:
    """Add the clauses of a DIMACS file.

    FILE is a WCNF or CNF file, plain or gzipped. Hard clauses become certain beliefs h1, h2, …; soft ones
    beliefs s1, s2, … with their weight; the clauses of a CNF file c1, c2, …. The propositions are x1, x2, ….
    Observations in the file (lines that begin with `o`) are shown, for `observe`; they are not taken in.

    Example:
      beliefs import wcnf c17.wcnf.gz
      beliefs import cnf puzzle.cnf --level certain
    """
    from beliefs.base.clausal import beliefs_of_cnf, beliefs_of_wcnf
    from beliefs.base.dimacs import Cnf, Wcnf, observation_formula, read_cnf, read_wcnf
    from beliefs.language.printer import print_formula

    if form == "wcnf" and level == CERTAIN:
        raise click.UsageError("soft clauses cannot be certain; give --level an integer from 0")

    def adopt(agent: Agent, dry_run: bool) -> Change:
        return agent.adopt(beliefs, allow_conflict=allow_conflict, dry_run=dry_run)

    with progress(f"importing {file.name}"):
        contents: Cnf | Wcnf = read_wcnf(file) if form == "wcnf" else read_cnf(file)
        if isinstance(contents, Cnf):
            beliefs = tuple(beliefs_of_cnf(contents, level=level, source=file.name))
        else:
            assert isinstance(level, int)
            beliefs = tuple(beliefs_of_wcnf(contents, level=level, source=file.name))
        change = begin(settings, adopt, dry_run=dry_run)
    observations = [print_formula(observation_formula(seen)) for seen in contents.observations]
    conclude(settings, change, dry_run=dry_run, hint=DOCUMENT_HINT, observations=observations)
