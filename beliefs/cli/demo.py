"""`beliefs demo`: an agent fails, finds out why, and does better."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path

import click

from beliefs.cli.settings import DEFAULT_BASE, Settings

LOOK = """
Look for yourself:
  export BELIEFS_BASE={place}"""


@click.command("demo")
@click.option(
    "--story",
    type=click.Choice(["plans", "robot"]),
    help="Which story to tell. Default: plans, where beliefs[planning] is installed.",
)
@click.pass_context
def demo_command(context: click.Context, story: str | None) -> None:
    r"""Watch an agent learn from its failures, in a screenful.

    `plans`: an assistant works a lift by plans that others propose. It has been told what each action does, and not
    what it needs. Steps fail; it learns why, refuses the plans that would fail for the same reason, and in the end
    plans by itself. `robot`: a courier finds a door locked, and gives up the one belief that it has least reason to
    keep. All of it is real, and stays in a base that you can look into afterwards; by default in a new temporary
    folder.

    \b
    Example:
      beliefs demo
      beliefs --base courier.db demo --story robot
    """
    from beliefs.agent import Agent

    if story is None:
        story = "plans" if find_spec("unified_planning") else "robot"
    settings = context.find_object(Settings)
    place = settings.place if settings is not None else DEFAULT_BASE
    if place == DEFAULT_BASE:
        name = {"plans": "lift.db", "robot": "courier.db"}[story]
        place = str(Path(tempfile.mkdtemp(prefix="beliefs-demo-")) / name)
    elif Path(place).exists():
        raise click.UsageError(f"there is a file {place} already; name another for the demo to write")
    with Agent.open(place) as agent:
        if story == "plans":
            from beliefs.cli.lift import LOOK_INTO, Assistant

            Assistant(agent).tell_its_story()
        else:
            from beliefs.cli.courier import LOOK_INTO, Courier

            Courier(agent).tell_its_story()
    click.echo(LOOK.format(place=place))
    click.echo(LOOK_INTO)
