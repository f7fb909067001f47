"""Commands that bring beliefs in and out in other formats: import, export."""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from beliefs.agent import Agent
from beliefs.base.entrenchment import Level
from beliefs.change.change import Change
from beliefs.cli import options
from beliefs.cli.completing import formats_and_files
from beliefs.cli.faults import REFUSED
from beliefs.cli.output import progress, write_file, write_json, write_raw, write_text
from beliefs.cli.session import conclude, exists, making, reading, rehearsal, state
from beliefs.cli.settings import Settings
from beliefs.cli.start import DOCUMENT_HINT
from beliefs.formats.contents import Contents, Options, Written
from beliefs.formats.intake import LISTED, Intake, take_in, told
from beliefs.formats.registry import (
    FORMATS,
    STANDARD_STREAM,
    Format,
    format_named,
    format_of,
    is_packed,
    readable,
    source_name,
    source_of,
)
from beliefs.language.printer import print_formula
from beliefs.render import data, words


class Prefix(click.ParamType[tuple[str, str]]):
    """A short form of IRIs: `ex=http://example.org/`; without a name, that of names without a prefix."""

    name = "NAME=IRI"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return the name and the IRI."""
        name, equals, iri = str(value).partition("=")
        if equals and iri and re.fullmatch(r"([^\W\d_][\w-]*)?", name):
            return name, iri
        return self.fail(
            f"{value!r} is no prefix; give a name and an IRI, as ex=http://example.org/", param, ctx
        )


_TEMPLATE = click.option(
    "--template", metavar="FORMULA", help="Of a table: what a row states, as 'at({robot}, {room})'."
)
_PREFIX = click.option(
    "--prefix",
    "prefixes",
    type=Prefix(),
    multiple=True,
    help="Of RDF: a short form of IRIs. May be repeated.",
)


@click.command("import")
@click.argument(
    "arguments", nargs=-1, required=True, metavar="[FORMAT] FILE", shell_complete=formats_and_files
)
@click.option(
    "--level", type=options.Level(), help="How firmly to hold what the file gives no level. Default: 1."
)
@click.option("--source", metavar="TEXT", help="Who says what the file gives no source. Default: see below.")
@_TEMPLATE
@_PREFIX
@click.option("--keep-going", is_flag=True, help="Take in what fits, where something is rejected.")
@click.option(
    "--batch",
    metavar="N",
    type=click.IntRange(min=1),
    help="Commit N beliefs at a time, so that an interruption loses little.",
)
@click.option(
    "--allow-conflict", is_flag=True, help="Take them in even where they contradict one another, or the base."
)
@options.dry_run
@options.timeout
@options.common
def import_command(
    settings: Settings,
    arguments: tuple[str, ...],
    level: Level | None,
    source: str | None,
    template: str | None,
    prefixes: tuple[tuple[str, str], ...],
    keep_going: bool,
    batch: int | None,
    allow_conflict: bool,
    dry_run: bool,
) -> None:
    """Add what a file of another format says.

    FORMAT is language, jsonl, cnf, wcnf, gcnf, smt2, pddl, turtle, csv or tsv; without it, the ending of FILE says it.
    The file may be gzipped; `-` is standard input. Makes the base where there is none.

    All of it is taken in, or nothing: where lines are rejected, they are listed with their reasons. With --keep-going,
    what fits is taken in and the rest listed (exit 1); what contradicts the rest counts as rejected then, the later
    of the file before the earlier. What is there already, with the same name and all, is passed over; so the same
    command again takes in what is missing. Observations in DIMACS (lines that begin with `o`) are shown, for `observe`.

    Where the format has no sources (DIMACS, RDF and tables), the source is the name of the file.

    Example:
      beliefs import c17.wcnf.gz
      beliefs import cnf puzzle.cnf --level certain
      beliefs import places.csv --template 'at({robot}, {room})'
      beliefs import people.ttl --keep-going --batch 1000
    """
    form, place = _format_and_place(arguments)
    said = Options(level, source_name(form, place) if source is None else source, template, prefixes)
    with progress(f"importing {Path(place).name}") as bar:
        stream = sys.stdin.buffer if place == STANDARD_STREAM else None
        read = source_of(place, stream)
        contents = form.read(read, said, bar.advance)

        def operate(agent: Agent, dry_run: bool) -> Intake:
            return take_in(
                agent,
                contents,
                keep_going=keep_going,
                batch=batch,
                allow_conflict=allow_conflict,
                dry_run=dry_run,
                progress=bar.advance,
                committed=lambda change: _note(settings, change),
            )

        intake = _begin(settings, contents, operate, dry_run=dry_run)
    _conclude(settings, contents, intake, dry_run=dry_run)


def _format_and_place(arguments: tuple[str, ...]) -> tuple[Format, str]:
    """What format the file is of, and where it is.

    Raises:
        click.UsageError: that is not said, or there is no such file.
    """
    *named, place = arguments
    if len(named) > 1:
        raise click.UsageError("give a format, or none, and one file")
    form = format_named(named[0]) if named else format_of(place)
    if place in FORMATS and form is None and not Path(place).exists():
        raise click.UsageError(f"give a file after the format: beliefs import {place} FILE")
    if form is None:
        raise click.UsageError(
            f"the ending of {place} says no format; give one of {', '.join(readable())} before it"
        )
    if place != STANDARD_STREAM and not Path(place).exists():
        raise click.UsageError(f"File {place!r} does not exist.")
    return form, place


def _note(settings: Settings, change: Change) -> None:
    """Keep in mind what was committed, so that an interruption tells of it."""
    if change.entry is not None:
        settings.committed.append(change.entry)


def _begin(settings: Settings, contents: Contents, operate: Any, *, dry_run: bool) -> Intake:
    """Take in what a file says; the base is made where there is none, once it is certain that something comes in."""
    unique_names = contents.unique_names is not False
    if dry_run or not exists(settings):
        with rehearsal(settings, unique_names=unique_names) as agent:
            _check_names(agent, contents)
            rehearsed: Intake = operate(agent, True)
        if dry_run or not any(change.status == "done" for change in rehearsed.changes):
            return rehearsed
    with making(settings, unique_names=unique_names) as agent:
        _check_names(agent, contents)
        taken: Intake = operate(agent, False)
        return taken


def _check_names(agent: Agent, contents: Contents) -> None:
    """Make sure that names are unique in the base as they are in the file.

    Raises:
        click.UsageError: they are not.
    """
    if contents.unique_names is not None and contents.unique_names != agent.base.unique_names:
        there, here = ("are", "are not") if contents.unique_names else ("are not", "are")
        option = "" if contents.unique_names else " --no-unique-names"
        raise click.UsageError(
            f"names {there} unique in the file, and {here} in the base; take it into another one, made by "
            f"`beliefs --base FILE init{option}`"
        )


def _conclude(settings: Settings, contents: Contents, intake: Intake, *, dry_run: bool) -> None:
    last = intake.changes[-1]
    observations = [print_formula(formula) for formula in contents.observations]
    notes = []
    before = len(intake.added) - len(last.added)
    if before:
        notes.append(
            f"{words.count(before, 'belief')} more came in by the {words.count(len(intake.changes) - 1, 'change')} "
            "before it."
        )
    if intake.passed_over:
        notes.append(f"{words.count(intake.passed_over, 'belief')} of the file were there already.")
    if observations:
        notes.append(f"The file holds {words.count(len(observations), 'observation')}; the first is")
        notes.append(f"  beliefs observe '{observations[0]}'")
    if intake.rejected:
        notes.append(f"Rejected: {words.count(len(intake.rejected), 'line')} of the file.")
        notes += (line for each in intake.rejected[:LISTED] for line in told(each).split("\n"))
        if len(intake.rejected) > LISTED:
            notes.append(f"  … and {len(intake.rejected) - LISTED} more; --json lists them all")
    further = {
        "added": [data.belief(belief) for belief in intake.added],
        "observations": observations,
        "rejected": data.rejected(intake.rejected),
        "passed_over": intake.passed_over,
        "entries": [change.entry for change in intake.changes if change.entry is not None],
    }
    conclude(
        settings,
        last,
        dry_run=dry_run,
        hint=DOCUMENT_HINT,
        further=further,
        notes=notes,
        code=REFUSED if intake.rejected else 0,
    )


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="The format. Default: what the ending of FILE says, else language.",
)
@_TEMPLATE
@_PREFIX
@click.option("--skip", is_flag=True, help="Leave out what does not fit, and list it.")
@options.as_of
@options.common
def export_command(
    settings: Settings,
    file: Path | None,
    form: str | None,
    template: str | None,
    prefixes: tuple[tuple[str, str], ...],
    skip: bool,
    as_of: int | None,
) -> None:
    """Write the beliefs to a file.

    Without FILE, or with `-`, they go to standard output; a FILE that ends in .gz is packed. The language and JSON
    Lines hold everything, and SMT-LIB 2 nearly so. The others hold what docs/formats.md says; a belief that does
    not fit is named, and nothing written, or with --skip, it is left out. Where names are not unique, the language
    says in a comment how to make the base to load it into.

    With --json, prints `{"format", "beliefs", "text", "skipped": [{"name", "reason"}]}`, or `"file"` in place of the
    text.

    Example:
      beliefs export backup.beliefs
      beliefs export beliefs.wcnf.gz
      beliefs export --format turtle --skip --prefix ex=http://example.org/
    """
    guessed = None if file is None else format_of(str(file))
    used = FORMATS[form] if form is not None else guessed or FORMATS["language"]
    with reading(settings, "exporting") as agent:
        base = state(agent, as_of)
        written = used.write(base, Options(template=template, prefixes=prefixes, skip=skip))
        count = len(base) - len(written.skipped)
    if file is not None and str(file) != STANDARD_STREAM:
        if is_packed(str(file)):
            file.write_bytes(gzip.compress(written.text.encode(), mtime=0))
        else:
            write_file(file, written.text)
        _told(settings, used, count, written, file)
    elif settings.as_json:
        write_json(
            {"format": used.name, "beliefs": count, "text": written.text, "skipped": _skipped(written)}
        )
    else:
        write_raw(written.text)
        for misfit in written.skipped:
            click.echo(f"left out: belief {misfit.name!r} {misfit.reason}", err=True)


def _told(settings: Settings, form: Format, count: int, written: Written, file: Path) -> None:
    if settings.as_json:
        skipped = _skipped(written)
        write_json({"format": form.name, "beliefs": count, "file": str(file), "skipped": skipped})
        return
    lines = [f"Wrote {words.count(count, 'belief')} to {file}."]
    if written.skipped:
        lines.append(f"Left out {words.count(len(written.skipped), 'belief')}:")
        lines += (f"  {misfit.name!r} {misfit.reason}" for misfit in written.skipped[:LISTED])
        if len(written.skipped) > LISTED:
            lines.append(f"  … and {len(written.skipped) - LISTED} more; --json lists them all")
    write_text(Text("\n".join(lines)))


def _skipped(written: Written) -> list[dict[str, str]]:
    return [{"name": misfit.name, "reason": misfit.reason} for misfit in written.skipped]
