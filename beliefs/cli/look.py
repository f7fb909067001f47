"""Commands that look at what is believed: list, show, graph."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias, get_args

import click
from rich.text import Text

from beliefs.cli import options
from beliefs.cli.completing import belief_names
from beliefs.cli.output import plain_text, write_bytes, write_file, write_json, write_raw, write_text
from beliefs.cli.session import reading, state
from beliefs.cli.settings import Settings
from beliefs.errors import UnknownBeliefError
from beliefs.render import data, text, words


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
@click.argument("name", metavar="ID", shell_complete=belief_names)
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
        history = agent.history(name, as_of=as_of)
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


Form: TypeAlias = Literal["tree", "dot", "svg", "png", "mermaid", "graphml", "json", "html"]
FORMS: tuple[Form, ...] = get_args(Form)


@click.command("graph")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="What to draw. Default: what FILE ends in, else tree; with --json: json.",
)
@click.option(
    "--around",
    metavar="ID",
    shell_complete=belief_names,
    help="Draw only what lies about this belief, change, source or episode.",
)
@click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(min=0),
    default=2,
    show_default=True,
    help="With --around, how many steps about it.",
)
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(min=1),
    default=1_000,
    show_default=True,
    help="With --around, how many things to draw at most.",
)
@click.option("--asked", metavar="FORMULA", multiple=True, help="Draw a formula with all its reasons.")
@options.as_of
@options.timeout
@options.common
def graph_command(
    settings: Settings,
    file: Path | None,
    form: Form | None,
    around: str | None,
    depth: int,
    most: int,
    asked: tuple[str, ...],
    as_of: int | None,
) -> None:
    """Draw what feeds what, who said so, and what gave way.

    A belief feeds another where it may conclude what the other uses. Beliefs given up are drawn with the change that
    gave them up, what was seen that contradicted them, and the conflicts between these. ID is the name of a belief, or
    what else a node is called: "entry 7", "source r2", "episode 1", "conflict 7.1".

    Without FILE, or with `-`, the drawing goes to standard output. The formats svg and png need Graphviz. The format
    html is the page that `explore` writes, which has room for all; --depth and --most are not for it.

    Example:
      beliefs graph --around fly --depth 1
      beliefs graph beliefs.svg
      beliefs graph --asked 'flies(tweety)' --format mermaid
    """
    if form is None:
        form = _form_of(file) or ("json" if settings.as_json else "tree")
    if form == "html":
        from beliefs.cli.explore import write_page

        write_page(settings, file or Path("-"), around, None, asked, as_of)
        return
    with reading(settings, "drawing") as agent:
        graph = agent.graph(around, depth=depth, most=most, asked=asked, as_of=as_of)
    to_file = file is not None and str(file) != "-"
    if form == "tree":
        from beliefs.graph import find

        tree = text.graph(graph, None if around is None else find(graph, around).id)
        if not to_file:
            write_text(tree)
            return
        drawn: str | bytes = plain_text(tree)
    else:
        from beliefs.render import pictures

        drawn = pictures.draw(graph, form)
    if to_file:
        assert file is not None
        write_file(file, drawn)
        write_text(Text(f"Drew {words.count(len(graph.nodes), 'node')} to {file}."))
    elif isinstance(drawn, bytes):
        write_bytes(drawn)
    else:
        write_raw(drawn)


def _form_of(file: Path | None) -> Form | None:
    """The format that the ending of a file's name says, if it is one that begins in no other way."""
    endings: dict[str, Form] = {f".{form}": form for form in FORMS} | {
        ".gv": "dot",
        ".mmd": "mermaid",
        ".htm": "html",
        ".txt": "tree",
    }
    if file is None or not file.suffix:
        return None
    form = endings.get(file.suffix.lower())
    if form is None:
        raise click.UsageError(
            f"{file.name} does not end as any format does ({', '.join(endings)}); give --format"
        )
    return form
