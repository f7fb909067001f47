"""How long commands take from start to end as processes of their own, and what they import for it.

    python benchmarks/startup.py [--rounds N] [--json] [--quick]

The base is small: three rules, thirty facts and one number in a file. Each command is run in every round, one after the
other, on a fresh copy of that file where it changes it; so all meet the machine in the same state. `python -c pass` is
what an interpreter takes that does nothing. The aims are 0.2 s for `--help` and 0.6 s for `ask`.

`--json` writes `{"rounds", "commands": [{"command", "aim_s", "least_s", "median_s", "processor_s", "imports"}]}`: the
seconds by the clock, the least and the median of all rounds; those of the processor, the least, which other work on the
machine lengthens less; and which of the large libraries the process had imported when it ended. `aim_s` is null where
there is none.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

ROUNDS = 9

LIBRARIES = (
    "click",
    "rich",
    "sqlalchemy",
    "lark",
    "pysat",
    "z3",
    "networkx",
    "numpy",
    "matplotlib",
    "unified_planning",
)
"""What is slow to import, and looked for."""

BASE = "\n".join(
    [
        "[fly] forall x. bird(x) -> flies(x)",
        "[birds] forall x. penguin(x) -> bird(x)",
        "[wings] forall x. flies(x) -> winged(x)",
        *(f"[c{number} @2] {'penguin' if number % 5 == 0 else 'bird'}(b{number})" for number in range(30)),
    ]
)
"""The base as it is told; the number comes after it, for the command that asks for it."""

NUMBER = "[battery @2] battery(b1) = 40"


class Command(NamedTuple):
    """A command to be timed.

    Attributes:
        shown: how it is shown.
        arguments: what it is called with.
        code: the exit code it should have.
        aim: the seconds it should not take longer than.
        numbers: whether its base has a number, which grounding does not decide.
    """

    shown: str
    arguments: tuple[str, ...]
    code: int = 0
    aim: float | None = None
    numbers: bool = False


COMMANDS = (
    Command("--help", ("--help",), aim=0.2),
    Command("--version", ("--version",)),
    Command("ask --help", ("ask", "--help")),
    Command("ask", ("ask", "flies(b1)"), aim=0.6),
    Command("ask, of numbers", ("ask", "battery(b1) > 30"), numbers=True),
    Command("why", ("why", "winged(b1)")),
    Command("conflicts", ("conflicts",)),
    Command("list", ("list",)),
    Command("list --json", ("list", "--json")),
    Command("show", ("show", "fly")),
    Command("graph", ("graph",)),
    Command("graph --format graphml", ("graph", "--format", "graphml")),
    Command("export", ("export",)),
    Command("log", ("log",)),
    Command("tell", ("tell", "bird(polly)")),
    Command("revise", ("revise", "!flies(b1)")),
    Command("observe", ("observe", "!flies(b1)")),
    Command("contract", ("contract", "winged(b1)")),
    Command("diagnose", ("diagnose", "!flies(b1)")),
    Command("undo", ("undo",)),
    Command("verify", ("verify",)),
)
"""The common commands; one that changes the base is given a copy."""

QUICK = ("--help", "ask", "ask, of numbers", "list", "tell", "verify")
"""The commands that are tried, in two rounds, where it has to be quick."""


@dataclass(frozen=True)
class Row:
    """The figures of one command; see the module's docstring."""

    command: str
    aim_s: float | None
    least_s: float
    median_s: float
    processor_s: float
    imports: list[str]


def measure(*, rounds: int | None = None, quick: bool = False) -> dict[str, Any]:
    """Return what `--json` prints."""
    rounds = rounds or (2 if quick else ROUNDS)
    commands = [command for command in COMMANDS if not quick or command.shown in QUICK]
    console = Console(stderr=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_bases(folder)
        imports = {command: imported(command, folder) for command in commands}
        clocks: dict[str, list[float]] = {command.shown: [] for command in commands}
        processors: dict[str, list[float]] = {command.shown: [] for command in commands}
        idle_clock, idle_processor = [], []
        shown = track(
            range(rounds), "start-up", console=console, transient=True, disable=not console.is_terminal
        )
        for _ in shown:
            clock, processor = timed([sys.executable, "-c", "pass"], folder, 0)
            idle_clock.append(clock)
            idle_processor.append(processor)
            for command in commands:
                fresh(command, folder)
                clock, processor = timed(
                    [sys.executable, "-m", "beliefs", *command.arguments], folder, command.code
                )
                clocks[command.shown].append(clock)
                processors[command.shown].append(processor)
    rows = [_row("python -c pass", None, idle_clock, idle_processor, [])]
    rows += [
        _row(each.shown, each.aim, clocks[each.shown], processors[each.shown], imports[each])
        for each in commands
    ]
    return {"rounds": rounds, "commands": [asdict(row) for row in rows]}


def _row(
    shown: str, aim: float | None, clocks: list[float], processors: list[float], imports: list[str]
) -> Row:
    return Row(
        shown, aim, round(min(clocks), 3), round(median(clocks), 3), round(min(processors), 3), imports
    )


def make_bases(folder: Path) -> None:
    """Make the two bases that commands are given copies of."""
    for text, name in ((BASE, "plain.db"), (f"{BASE}\n{NUMBER}", "numbers.db")):
        subprocess.run(
            [sys.executable, "-m", "beliefs", "load", "-", "--base", name],
            input=text,
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )


def fresh(command: Command, folder: Path) -> None:
    """Put a fresh copy of its base where a command looks for it."""
    for name in ("beliefs.db-wal", "beliefs.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(folder / ("numbers.db" if command.numbers else "plain.db"), folder / "beliefs.db")


def environment() -> dict[str, str]:
    """The environment of this process, without what changes which base or how much is shown."""
    return {
        name: value for name, value in os.environ.items() if name not in ("BELIEFS_BASE", "BELIEFS_DEBUG")
    }


def timed(command: list[str], folder: Path, code: int) -> tuple[float, float]:
    """Return the seconds that a process took, by the clock and by the processor."""
    with (folder / "output").open("wb") as output:
        start = perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        clock = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != code:
        said = (folder / "output").read_text(encoding="utf-8", errors="replace")
        raise SystemExit(f"{' '.join(command)} left with {process.returncode}, not {code}:\n{said}")
    return clock, usage.ru_utime + usage.ru_stime


def imported(command: Command, folder: Path) -> list[str]:
    """The large libraries that a command has imported when it ends."""
    fresh(command, folder)
    program = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print(*[name for name in {LIBRARIES!r} if name in sys.modules], file=sys.stderr))\n"
        f"sys.argv = ['beliefs', *{command.arguments!r}]\n"
        "from beliefs.cli import main; main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.splitlines()[-1].split() if done.stderr.strip() else []


HEADINGS = ("command", "least, s", "median, s", "processor, s", "aim, s", "imports")


def lines(figures: dict[str, Any]) -> list[tuple[str, ...]]:
    """The figures as lines of a table."""
    return [
        (
            row["command"],
            f"{row['least_s']:.2f}",
            f"{row['median_s']:.2f}",
            f"{row['processor_s']:.2f}",
            "" if row["aim_s"] is None else f"{row['aim_s']}",
            ", ".join(row["imports"]),
        )
        for row in figures["commands"]
    ]


def markdown(figures: dict[str, Any]) -> str:
    """The table for docs/benchmarks.md."""
    table = [f"| {' | '.join(HEADINGS)} |", "|---|---:|---:|---:|---:|---|"]
    for command, *rest in lines(figures):
        table.append("|" + "|".join(f" {cell} " if cell else " " for cell in (f"`{command}`", *rest)) + "|")
    return "\n".join(table) + "\n"


def shown(figures: dict[str, Any]) -> Table:
    """The figures for people."""
    table = Table(box=None)
    for heading in HEADINGS:
        table.add_column(
            heading, justify="left" if heading in ("command", "imports") else "right", no_wrap=True
        )
    for line in lines(figures):
        table.add_row(*line)
    return table


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, metavar="N", help=f"how often (default {ROUNDS})")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="a few commands in two rounds only")
    arguments = parser.parse_args()
    if arguments.rounds is not None and arguments.rounds < 1:
        parser.error(f"--rounds must be at least 1, not {arguments.rounds}")
    figures = measure(rounds=arguments.rounds, quick=arguments.quick)
    if arguments.json:
        json.dump(figures, sys.stdout, indent=1)
        print()
    else:
        Console(width=140).print(shown(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
