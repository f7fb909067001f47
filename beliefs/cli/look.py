"""Commands that look at what is believed: list, show, graph, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from rich.text import Text

from beliefs.cli import options
from beliefs.cli.output import write_file, write_json, write_raw, write_text
from beliefs.cli.session import reading, state
from beliefs.cli.settings import Settings
from beliefs.errors import UnknownBeliefError
from beliefs.render import data, documents, text, words

if TYPE_CHECKING:
    from beliefs.agent import Agent
    from beliefs.base.belief import Belief
    from beliefs.journal.entry import Entry


@click.command("list")
@options.as_of
@options.common
def list_command(settings: Settings, as_of: int | None) -> None:
    """List the beliefs.

    The oldest come first. A level of `2*0.5` is level 2 with a weight of 0.5. Where anything is on record, it is shown
    how much each belief was blamed and confirmed; the weight then is the one that this gives it.

    Example:
      beliefs list
      beliefs list --as-of 3 --json
    """
    with reading(settings, "reading the base") as agent:
        base = state(agent, as_of)
    if settings.as_json:
        write_json([data.on_record(belief, base.record) for belief in base])
    else:
        write_text(text.beliefs(tuple(base), base.record))


@click.command("show")
@click.argument("name", metavar="ID")
@options.as_of
@options.common
def show_command(settings: Settings, name: str, as_of: int | None) -> None:
    """Show one belief and its history.

    ID is the name of a belief, held now or given up. Shows what is on record of it too: how much it was blamed and
    confirmed, and of a rule, for whom it held and failed.

    Example:
      beliefs show fly
    """
    with reading(settings, "reading the base") as agent:
        base = state(agent, as_of)
        history = _history(agent, name, as_of)
        if name in base:
            belief = base[name]
        elif history:
            belief = history[-1][2]
        else:
            raise UnknownBeliefError(
                f"there never was a belief named {name!r}; `beliefs list` shows those there are"
            )
    held = name in base
    events = [(entry, what) for entry, what, _ in history]
    if settings.as_json:
        write_json(data.shown(belief, events, base.record, held=held))
    else:
        write_text(text.belief(belief, events, base.record, held=held))


def _history(agent: Agent, name: str, as_of: int | None) -> list[tuple[Entry, str, Belief]]:
    """The entries that took a belief in or gave it up, in order, with the belief as it was."""
    events: list[tuple[Entry, str, Belief]] = []
    for entry in agent.log():
        if as_of is not None and entry.number > as_of:
            break
        events += [(entry, "given up", belief) for belief in entry.decision.removed if belief.name == name]
        events += [(entry, "taken in", belief) for belief in entry.decision.added if belief.name == name]
    return events


@click.command("graph")
@click.option(
    "--format",
    "form",
    type=click.Choice(["tree", "dot", "mermaid", "graphml", "json"]),
    help="What to draw. Default: tree; with --json: json.",
)
@click.option("--around", metavar="ID", help="Draw only what lies about this belief.")
@click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(min=0),
    default=2,
    show_default=True,
    help="With --around, how many steps about it.",
)
@options.as_of
@options.timeout
@options.common
def graph_command(
    settings: Settings,
    form: Literal["tree", "dot", "mermaid", "graphml", "json"] | None,
    around: str | None,
    depth: int,
    as_of: int | None,
) -> None:
    """Draw which beliefs feed which, and what gave way to what.

    A belief feeds another where it may conclude what the other uses. Conflicts are drawn where there are any,
    and beliefs given up with the change that gave them up.

    Example:
      beliefs graph --around fly --depth 1
      beliefs graph --format dot | dot -Tsvg > beliefs.svg
      beliefs graph --format mermaid
    """
    from beliefs.graph import around as part_around
    from beliefs.graph import find

    with reading(settings, "drawing") as agent:
        graph = agent.graph(as_of=as_of)
    root = None
    if around is not None:
        root = find(graph, around).id
        graph = part_around(graph, around, depth)
    if form is None:
        form = "json" if settings.as_json else "tree"
    if form == "tree":
        write_text(text.graph(graph, root))
    else:
        from beliefs.render import pictures

        write_raw(pictures.draw(graph, form))


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["language", "wcnf", "cnf"]),
    default="language",
    show_default=True,
    help="The form of the text.",
)
@options.as_of
@options.common
def export_command(
    settings: Settings, file: Path | None, form: Literal["language", "wcnf", "cnf"], as_of: int | None
) -> None:
    """Write the beliefs to a file.

    Without FILE, or with `-`, they go to standard output. The language is what `load` reads; where names are not
    unique, a comment at the top says how to make the base to load it into. In WCNF, what is
    certain is hard, and all else soft, with weights that keep the order of the levels; in CNF every belief is
    a clause, or several. Both take beliefs without functions, numbers and open existential quantifiers. With
    --json, prints `{"format", "beliefs", "text"}`, or `"file"` in place of the text.

    Example:
      beliefs export backup.beliefs
      beliefs export --format wcnf | gzip > beliefs.wcnf.gz
    """
    with reading(settings, "exporting") as agent:
        base = state(agent, as_of)
        written = documents.write(base, form)
    if file is not None and str(file) != "-":
        write_file(file, written)
        if settings.as_json:
            write_json({"format": form, "beliefs": len(base), "file": str(file)})
        else:
            write_text(Text(f"Wrote {words.count(len(base), 'belief')} to {file}."))
    elif settings.as_json:
        write_json({"format": form, "beliefs": len(base), "text": written})
    else:
        write_raw(written)
