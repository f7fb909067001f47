"""How long it takes to weaken a rule, beside giving it up, as individuals and successes grow in number.

    python benchmarks/repair.py [--individuals N ...] [--successes N ...] [--rounds N] [--json]

The base says that birds fly and that penguins are birds, of each individual that it is a bird, and of every fourth
that it is a penguin; of the others nothing is said of that. Some birds have been seen to fly: the successes on record.
Then a penguin is seen that does not fly, and after it another one. The first makes an exception, the second a guard.

Each observation is timed with repair and without, on the same base, in turns, with the check of its certificate; what
is given is the least of the rounds. `--json` writes a list of one object per size; its keys are those of `Row`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import process_time
from typing import Any

from rich.console import Console
from rich.table import Table

from beliefs import Agent


@dataclass(frozen=True)
class Row:
    """The figures of one size.

    Attributes:
        individuals: how many the base names.
        successes: how many are on record.
        retraction: milliseconds to observe the first failure and give the rule up.
        exception: milliseconds to observe it and make an exception.
        guard: milliseconds to observe the second one and guard the rule.
        exception_ratio: exception by retraction.
        guard_ratio: guard by retraction.
    """

    individuals: int
    successes: int
    retraction: float
    exception: float
    guard: float
    exception_ratio: float
    guard_ratio: float


def told(individuals: int) -> str:
    """The base as a text."""
    lines = ["[fly @1] forall x. bird(x) -> flies(x)", "[birds @2] forall x. penguin(x) -> bird(x)"]
    for number in range(individuals):
        lines.append(f"[@2] {'penguin' if number % 4 == 0 else 'bird'}(b{number})")
    return "\n".join(lines)


def measure(individuals: int, successes: int, rounds: int) -> Row:
    """Time the observations on a base of a size."""
    agent = Agent.in_memory()
    agent.load(told(individuals))
    fliers = [number for number in range(individuals) if number % 4]
    for number in fliers[:successes]:
        agent.observe(f"flies(b{number})", source="keeper")
    retraction = exception = guard = float("inf")
    for _ in range(rounds):
        retraction = min(retraction, observed(agent, "!flies(b0)", repair=False, weakened=None))
        agent.undo()
        exception = min(exception, observed(agent, "!flies(b0)", repair=True, weakened="individual"))
        guard = min(guard, observed(agent, "!flies(b4)", repair=True, weakened="property"))
        agent.undo()
        agent.undo()
    return Row(
        individuals,
        successes,
        round(retraction, 1),
        round(exception, 1),
        round(guard, 1),
        round(exception / retraction, 2),
        round(guard / retraction, 2),
    )


def observed(agent: Agent, seen: str, *, repair: bool, weakened: str | None) -> float:
    """Return the milliseconds of an observation that is repaired as it should be."""
    start = process_time()
    change = agent.observe(seen, source="keeper", repair=repair)
    milliseconds = (process_time() - start) * 1000
    kinds = [each.kind for each in change.repairs]
    if kinds != ([] if weakened is None else [weakened]):
        raise SystemExit(
            f"{seen} was met with {kinds or 'no repair'}, where {weakened or 'none'} was expected"
        )
    return milliseconds


def table(rows: Sequence[Row]) -> Table:
    """Return the figures for people."""
    shown = Table(title="observing a failure, ms")
    for heading in ("individuals", "successes", "retraction", "exception", "guard", "ratios"):
        shown.add_column(heading, justify="right")
    for row in rows:
        shown.add_row(
            f"{row.individuals:,}",
            f"{row.successes:,}",
            f"{row.retraction:.0f}",
            f"{row.exception:.0f}",
            f"{row.guard:.0f}",
            f"{row.exception_ratio:.1f} / {row.guard_ratio:.1f}",
        )
    return shown


def markdown(figures: Sequence[dict[str, Any]]) -> str:
    """The table for docs/benchmarks.md, of what `--json` prints."""
    lines = [
        "| individuals | successes | retraction, ms | exception, ms | guard, ms | ratios to retraction |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for row in figures:
        lines.append(
            f"| {row['individuals']:,} | {row['successes']:,} | {row['retraction']:.0f} | {row['exception']:.0f} "
            f"| {row['guard']:.0f} | {row['exception_ratio']:.1f} / {row['guard_ratio']:.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--individuals", type=int, nargs="+", default=[10, 100, 1000, 4000], metavar="N")
    parser.add_argument("--successes", type=int, nargs="+", default=[1, 10, 100], metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often (default 3)")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    arguments = parser.parse_args()
    if min(arguments.individuals) < 8 or min(arguments.successes) < 0 or arguments.rounds < 1:
        parser.error("there have to be 8 individuals at least, no fewer than no successes, and a round")
    sizes = [
        (individuals, successes)
        for individuals in arguments.individuals
        for successes in arguments.successes
        if successes <= individuals // 2
    ]
    rows = [measure(*size, arguments.rounds) for size in sizes]
    if arguments.json:
        json.dump([asdict(row) for row in rows], sys.stdout, indent=1)
        print()
    else:
        Console(width=100).print(table(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
