"""The group of all commands: it imports a command's module, and the engine with it, only to call it."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import cleandoc
from io import TextIOWrapper
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from beliefs.cli import faults
from beliefs.cli.settings import DEFAULT_BASE, Settings


class Listed(NamedTuple):
    """What the group knows of a command without importing it: its module, and its help in one line."""

    module: str
    help: str


SECTIONS: dict[str, dict[str, Listed]] = {
    "Start": {
        "demo": Listed("demo", "Watch an agent learn from its failures, in a screenful."),
        "init": Listed("start", "Make a new, empty base."),
        "tell": Listed("start", "Add a belief."),
        "load": Listed("start", "Add all beliefs of a text."),
        "import": Listed("transfer", "Add what a file of another format says."),
    },
    "Ask": {
        "ask": Listed("ask", "Ask whether a formula is believed."),
        "why": Listed("ask", "Show every reason for a formula, or against it."),
        "why-not": Listed("ask", "Show what a formula lacks, and what blocks it."),
        "conflicts": Listed("ask", "Show which beliefs contradict one another."),
        "diagnose": Listed("diagnose", "Find what must be false, given what was seen."),
    },
    "Change": {
        "observe": Listed("change", "Take in what was seen; learn from what it refutes."),
        "revise": Listed("change", "Take in a formula; give up what contradicts it."),
        "contract": Listed("change", "Stop believing a formula."),
        "consolidate": Listed("change", "Settle all conflicts."),
        "undo": Listed("change", "Take the last change back."),
    },
    "Learn": {
        "expect": Listed("learn", "Record what you expect to see."),
        "expectations": Listed("learn", "List what is expected and not settled yet."),
        "episodes": Listed("learn", "List the failures, and what was learned from each."),
        "episode": Listed("learn", "Tell one failure as a story."),
        "sources": Listed("learn", "List the sources, and how far to trust each."),
    },
    "Act": {
        "actions": Listed("act", "Believe what actions need and do."),
        "review": Listed("act", "Tell whether a plan is known to fail."),
        "plan": Listed("act", "Make a plan by what is believed of actions."),
        "mend": Listed("act", "Tell what is wrong with a PDDL domain."),
    },
    "Look": {
        "tui": Listed("tui", "Browse the beliefs in the terminal, and try changes."),
        "list": Listed("look", "List the beliefs."),
        "show": Listed("look", "Show one belief and its history."),
        "graph": Listed("look", "Draw what feeds what, who said so, and what gave way."),
        "explore": Listed("explore", "Write a page to explore the base in."),
        "export": Listed("transfer", "Write the beliefs to a file."),
    },
    "History": {
        "log": Listed("history", "List all changes."),
        "timeline": Listed("history", "Show when beliefs came and went."),
        "diff": Listed("history", "Compare two states of the base."),
        "verify": Listed("history", "Check the journal and every certificate in it."),
    },
    "Serve": {
        "mcp": Listed("serve", "Serve the base to agents, as tools of an MCP server."),
    },
    "Set up": {
        "doctor": Listed("doctor", "Check the installation, the solvers and the base."),
        "completion": Listed("completion", "Print what makes a shell complete commands and names."),
        "man": Listed("man", "Print the manual page."),
    },
}
"""Every command by section, in the order in which a newcomer meets them."""

COMMANDS: dict[str, Listed] = {
    name: listed for section in SECTIONS.values() for name, listed in section.items()
}


class LazyGroup(click.Group):
    """A group that imports a command's module when it is called, and turns errors into exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, section by section."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, importing its module; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"beliefs.cli.{COMMANDS[cmd_name].module}")
        if not gc.isenabled():
            # What was imported stays, so there is no use in looking through it for what could be collected.
            gc.freeze()
            gc.enable()
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        command.help = _example_kept(command.help or "")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section, without importing any."""
        widest = max(map(len, COMMANDS))
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name.ljust(widest), listed.help) for name, listed in commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin so, without importing any command."""
        commands = [
            CompletionItem(name, help=listed.help)
            for name, listed in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments call; for an unknown one, name those that look like it."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"there is no command {name!r}{_meant(name)}; see `beliefs --help`", ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options of the group, and note whether errors are to be told as JSON."""
        ctx.meta[faults.AS_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever goes wrong is told in words, and becomes the exit code."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        with faults.told(ctx):
            return super().invoke(ctx)


def _example_kept(help: str) -> str:  # noqa: A002  (click calls it so)
    """A help text whose example click leaves as it stands; a backspace tells it to."""
    return re.sub(r"\n(\x08\n)?Example:\n", "\n\b\nExample:\n", cleandoc(help))


def _meant(name: str) -> str:
    """A question for a name that no command has, but that is close to one."""
    from difflib import get_close_matches

    close = list(_quoted(get_close_matches(name, COMMANDS, n=3)))
    return f"; did you mean {' or '.join(close)}?" if close else ""


def _quoted(names: list[str]) -> Iterator[str]:
    return (f"`{name}`" for name in names)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "Exit codes: 0 done, believed or verified; 1 refused, not believed or not verified; 2 an error in "
        "what was asked; 3 unknown, as the time ran out or the solver could not tell; 130 interrupted."
    ),
)
@click.option(
    "--base",
    "place",
    metavar="FILE",
    envvar="BELIEFS_BASE",
    default=DEFAULT_BASE,
    show_default=True,
    show_envvar=True,
    help="The base: a file, or the URL of a database. May also stand after the command.",
)
@click.version_option(package_name="beliefs", message="%(prog)s %(version)s")
@click.pass_context
def beliefs(context: click.Context, place: str) -> None:
    """Keep a base of logical beliefs that learns from failure.

    Tell it what you believe, ask what follows, and tell it what you saw. Where what was seen contradicts what
    was believed, it gives up as little as possible, says why, and proves that nothing less would have done.

    Example:
      beliefs tell '[fly] forall x. bird(x) -> flies(x)'
      beliefs tell 'bird(tweety)'
      beliefs ask 'flies(tweety)'
      beliefs observe '!flies(tweety)'
    """
    context.obj = Settings(place)


beliefs.help = _example_kept(beliefs.help or "")
