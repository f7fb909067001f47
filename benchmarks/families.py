"""Revise bases of the families on which TweetyProject's growth is on record, from ten formulas to a hundred thousand.

    python benchmarks/families.py [--sizes N ...] [--family NAME ...] [--patience SECONDS] [--json] [--quick]
                                  [--plot DIR]

Four families of n formulas each, all of the same weight, drawn by a seed:

- `horn`: random Horn clauses over n/2 atoms, a quarter of them facts, the others with one or two atoms as their
  premise. Revised by the negation of an atom that is derived, and is no fact.
- `chain`: one chain of implications, p0 and then p0 -> p1, p1 -> p2, and so on. Revised by the negation of one of its
  atoms: all before that are one kernel, which on the average is as large as half the base.
- `chains`: the same in chains of ten formulas.
- `cnf`: random clauses of three literals over n/3 atoms, satisfiable together. Revised by the negation of one of them.

Up to 200 formulas there are five bases of each size, beyond that one; for each family and size some 25 inputs are
revised by, each on the base as it was told. A revision is `Agent.revise(…, dry_run=True)` of an agent in memory: the
search, the making of the certificate, and its check by a fresh Z3. Its time is the processor's. What takes longer than
`--patience` is given up, and its family is not tried at larger sizes.

The record is of TweetyProject (M. Thimm, "Tweety: A Comprehensive Collection of Java Libraries for Logical Aspects of
Artificial Intelligence and Knowledge Representation", KR 2014; https://tweetyproject.org): Levi revision by kernel
contraction, which looks at subsets of the base. It was measured elsewhere, and is quoted; TweetyProject is not run
here.

`--json` writes `{"record": [{"formulas", "least_s", "most_s"}], "patience_s", "rows": [{"family", "formulas", "bases",
"revisions", "given_up", "least_ms", "median_ms", "most_ms", "kernels", "largest_kernel", "removed", "load_s"}]}`. In
the record `least_s` and `most_s` are null where it says no more than "over 120 s". In a row, `revisions` counts those
that were done and `given_up` those that took too long; `median_ms` and `most_ms` are null where that many were given
up; `kernels` is the most that one revision met, `largest_kernel` the most beliefs in one of them, `removed` the most
beliefs that one gave up; `load_s` is how long it took to take in the base, with the check of its certificate, the
longest.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from beliefs import Agent, Belief, Budget
from beliefs.language.syntax import And, Atom, Formula, Implies, Not, Or

SIZES = (10, 14, 20, 50, 100, 200, 1_000, 10_000, 100_000)
QUICK = (10, 14, 20, 100, 500)
MANY_BASES = 200
"""Up to this size there are several bases."""

BASES = 5
INPUTS = 25
PATIENCE = 20.0

RECORD = (
    {"formulas": 10, "least_s": 0.2, "most_s": 2.8},
    {"formulas": 14, "least_s": 1.7, "most_s": None},
    {"formulas": 20, "least_s": None, "most_s": None},
)
"""TweetyProject's times; None is more than `RECORD_LIMIT`."""

RECORD_LIMIT = 120

TITLES = {
    "horn": "random Horn",
    "chain": "one chain",
    "chains": "chains of ten",
    "cnf": "random 3-CNF",
}


@dataclass(frozen=True)
class Case:
    """A base, and what it is revised by."""

    formulas: list[Formula]
    inputs: list[Formula]


@dataclass(frozen=True)
class Row:
    """The figures of one family at one size; see the module's docstring."""

    family: str
    formulas: int
    bases: int
    revisions: int
    given_up: int
    least_ms: float | None
    median_ms: float | None
    most_ms: float | None
    kernels: int
    largest_kernel: int
    removed: int
    load_s: float


# The families.


def atom(number: int) -> Atom:
    """The atom of a number."""
    return Atom(f"p{number}")


def chained(size: int, first: int) -> list[Formula]:
    """A chain of so many formulas, its atoms numbered from the first."""
    return [
        atom(first),
        *(Implies(atom(number), atom(number + 1)) for number in range(first, first + size - 1)),
    ]


def chain(size: int, rng: random.Random) -> Case:
    """One chain."""
    return Case(chained(size, 0), [Not(atom(rng.randrange(size))) for _ in range(INPUTS)])


def chains(size: int, rng: random.Random) -> Case:
    """Chains of ten; the last is shorter where that is not a divisor."""
    formulas = [each for first in range(0, size, 10) for each in chained(min(10, size - first), first)]
    return Case(formulas, [Not(atom(rng.randrange(size))) for _ in range(INPUTS)])


def horn(size: int, rng: random.Random) -> Case:
    """Random Horn clauses with something to derive."""
    atoms = max(4, size // 2)
    while True:
        clauses = [_horn_clause(atoms, rng) for _ in range(size)]
        facts = {head for body, head in clauses if not body}
        derived = sorted(forward_chained(clauses) - facts)
        if derived:
            break
    formulas: list[Formula] = []
    for body, head in clauses:
        premise = [atom(each) for each in body]
        conclusion = atom(head)
        if not premise:
            formulas.append(conclusion)
        else:
            formulas.append(Implies(premise[0] if len(premise) == 1 else And(tuple(premise)), conclusion))
    return Case(formulas, [Not(atom(rng.choice(derived))) for _ in range(INPUTS)])


def _horn_clause(atoms: int, rng: random.Random) -> tuple[tuple[int, ...], int]:
    """The premise and the conclusion of a clause; a fact has no premise."""
    if rng.random() < 0.25:
        return (), rng.randrange(atoms)
    head, *body = rng.sample(range(atoms), rng.choice((2, 3)))
    return tuple(body), head


def forward_chained(clauses: Sequence[tuple[tuple[int, ...], int]]) -> set[int]:
    """The atoms that Horn clauses entail."""
    waiting = [len(body) for body, _ in clauses]
    with_premise = defaultdict(list)
    for number, (body, _) in enumerate(clauses):
        for each in body:
            with_premise[each].append(number)
    ahead = [head for body, head in clauses if not body]
    found: set[int] = set()
    while ahead:
        if (new := ahead.pop()) in found:
            continue
        found.add(new)
        for number in with_premise[new]:
            waiting[number] -= 1
            if not waiting[number]:
                ahead.append(clauses[number][1])
    return found


def cnf(size: int, rng: random.Random) -> Case:
    """Random clauses of three literals; with three of them for each atom, they are nearly always satisfiable."""
    atoms = max(3, size // 3)
    clauses = []
    for _ in range(size):
        clauses.append([(rng.random() < 0.5, atom(number)) for number in rng.sample(range(atoms), 3)])
    formulas: list[Formula] = [Or(tuple(_literal(*each) for each in clause)) for clause in clauses]
    inputs: list[Formula] = [
        And(tuple(_literal(not positive, what) for positive, what in rng.choice(clauses)))
        for _ in range(INPUTS)
    ]
    return Case(formulas, inputs)


def _literal(positive: bool, what: Atom) -> Formula:
    return what if positive else Not(what)


FAMILIES: dict[str, Callable[[int, random.Random], Case]] = {
    "horn": horn,
    "chain": chain,
    "chains": chains,
    "cnf": cnf,
}


# Measuring.


def agent_of(case: Case, patience: float) -> tuple[Agent, float] | None:
    """An agent that believes a base, and the seconds it took; None where the base contradicts itself."""
    agent = Agent.in_memory()
    start = process_time()
    change = agent.adopt([Belief(f"b{number}", formula) for number, formula in enumerate(case.formulas)])
    taken = process_time() - start
    if change.status == "refused":
        agent.close()
        return None
    if change.status != "done":
        raise SystemExit(f"the base was not taken in: {change.reason}")
    agent.budget = Budget(milliseconds=int(1000 * patience))
    return agent, taken


def drawn(family: str, size: int, number: int, patience: float) -> tuple[Case, Agent, float]:
    """Draw a base that does not contradict itself, by seeds from the number on that have no other use."""
    for attempt in range(1_000):
        case = FAMILIES[family](size, random.Random(f"{family} {size} {number} {attempt}"))
        told = agent_of(case, patience)
        if told is not None:
            return case, *told
    raise SystemExit(f"of a thousand bases of {family} with {size} formulas none is consistent")


def measured(family: str, size: int, patience: float) -> Row:
    """The figures of one family at one size."""
    bases = BASES if size <= MANY_BASES else 1
    times: list[float] = []
    given_up = kernels = largest = removed = 0
    load = 0.0
    for number in range(bases):
        case, agent, taken = drawn(family, size, number, patience)
        load = max(load, taken)
        for formula in case.inputs[: INPUTS // bases]:
            start = process_time()
            change = agent.revise(formula, dry_run=True)
            spent = process_time() - start
            if change.status == "unknown" or spent > patience:
                given_up += 1
                break
            if change.status != "done" or change.certificate is None:
                raise SystemExit(f"{family}, {size} formulas: a revision came to {change.status}")
            times.append(1000 * spent)
            kernels = max(kernels, len(change.kernels))
            largest = max(largest, *map(len, change.kernels))
            removed = max(removed, len(change.removed))
            if sum(times) > 2000 * patience:
                break
        agent.close()
        if given_up:
            break
    shown = [*(round(each, 1) for each in sorted(times)), *[None] * given_up]
    return Row(
        family=family,
        formulas=size,
        bases=bases,
        revisions=len(times),
        given_up=given_up,
        least_ms=shown[0],
        median_ms=shown[len(shown) // 2],
        most_ms=shown[-1],
        kernels=kernels,
        largest_kernel=largest,
        removed=removed,
        load_s=round(load, 2),
    )


def measure(
    sizes: Sequence[int] | None = None,
    families: Sequence[str] = tuple(FAMILIES),
    patience: float = PATIENCE,
    *,
    quick: bool = False,
) -> dict[str, Any]:
    """Return what `--json` prints."""
    rows = list(_rows(sizes or (QUICK if quick else SIZES), families, patience))
    return {"record": list(RECORD), "patience_s": patience, "rows": [asdict(row) for row in rows]}


def _rows(sizes: Sequence[int], families: Sequence[str], patience: float) -> Iterator[Row]:
    console = Console(stderr=True)
    # The first revision of a process imports Z3.
    measured("chain", 10, patience)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("families", total=sum(sizes) * len(families))
        for family in families:
            for size in sorted(sizes):
                progress.update(task, description=f"{TITLES[family]}, {size:,} formulas")
                row = measured(family, size, patience)
                yield row
                progress.advance(task, size)
                if row.given_up:
                    break


# Showing.


def _milliseconds(number: float | None, patience: float) -> str:
    if number is None:
        return f"> {1000 * patience:,.0f}"
    return f"{number:.1f}" if number < 100 else f"{number:,.0f}"


def _times(row: dict[str, Any], patience: float) -> str:
    return " / ".join(_milliseconds(row[key], patience) for key in ("least_ms", "median_ms", "most_ms"))


def _seconds(number: float | None) -> str:
    return f"> {RECORD_LIMIT}" if number is None else f"{number}"


def _on_record(record: list[dict[str, Any]], size: int) -> str:
    for entry in record:
        if entry["formulas"] == size:
            ends = dict.fromkeys(_seconds(entry[key]) for key in ("least_s", "most_s"))
            return f"{' to '.join(ends)} s"
    return ""


def lines(figures: dict[str, Any]) -> list[list[str]]:
    """The figures as lines of a table, the first its headings."""
    rows, patience = figures["rows"], figures["patience_s"]
    families = list(dict.fromkeys(row["family"] for row in rows))
    sizes = sorted({row["formulas"] for row in rows} | {entry["formulas"] for entry in figures["record"]})
    found = {(row["family"], row["formulas"]): row for row in rows}
    result = [
        ["formulas", "TweetyProject (quoted)", *(f"{TITLES[family]}, ms" for family in families), "kernels"]
    ]
    for size in sizes:
        here = [found.get((family, size)) for family in families]
        times = ["" if row is None else _times(row, patience) for row in here]
        kernels = max((row["kernels"] for row in here if row is not None), default=0)
        result.append([f"{size:,}", _on_record(figures["record"], size), *times, str(kernels)])
    return result


def markdown(figures: dict[str, Any]) -> str:
    """The table for docs/benchmarks.md."""
    headings, *body = lines(figures)
    table = [headings, ["---:"] * len(headings), *body]
    return "".join(
        f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in line)}|\n" for line in table
    ).replace(" ---: ", "---:")


def shown(figures: dict[str, Any]) -> Table:
    """The figures for people."""
    headings, *body = lines(figures)
    result = Table(box=None, title="a revision, least / median / most")
    for heading in headings:
        result.add_column(heading, justify="right")
    for line in body:
        result.add_row(*line)
    return result


COLOURS = {"horn": "#0072B2", "chain": "#D55E00", "chains": "#E69F00", "cnf": "#009E73"}
"""Of those that M. Okabe and K. Ito chose so that all readers can tell them apart."""


def plot(figures: dict[str, Any], folder: Path) -> None:
    """Write `families.png` and `families.svg` to a folder: seconds over formulas, on log axes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    settings: dict[Any, Any] = {
        "font.size": 12,
        "svg.hashsalt": "families",
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with pyplot.rc_context(settings):
        picture, axes = pyplot.subplots(figsize=(9, 6), layout="constrained")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("formulas believed")
        axes.set_ylabel("seconds for a revision")
        axes.grid(color="#dddddd", linewidth=0.8)
        axes.set_axisbelow(True)
        for family in dict.fromkeys(row["family"] for row in figures["rows"]):
            done = [
                row
                for row in figures["rows"]
                if row["family"] == family and row["median_ms"] is not None and row["most_ms"] is not None
            ]
            sizes = [row["formulas"] for row in done]
            least, middle, most = (
                [row[key] / 1000 for row in done] for key in ("least_ms", "median_ms", "most_ms")
            )
            axes.fill_between(sizes, least, most, color=COLOURS[family], alpha=0.13, linewidth=0)
            axes.plot(
                sizes, middle, color=COLOURS[family], linewidth=2.2, marker="o", markersize=4,
                label=f"{TITLES[family]} (median; least to most)",
            )  # fmt: skip
        _plot_record(axes, figures["record"])
        axes.legend(loc="upper right", frameon=False, fontsize=11)
        folder.mkdir(parents=True, exist_ok=True)
        picture.savefig(folder / "families.png", dpi=100)
        picture.savefig(folder / "families.svg", metadata={"Date": None})
        pyplot.close(picture)


def _plot_record(axes: Any, record: Sequence[dict[str, Any]]) -> None:
    """Draw the record as bars; an arrow upwards where it says no more than that the limit was passed."""
    for entry in record:
        low = entry["least_s"] or RECORD_LIMIT
        high = entry["most_s"] or RECORD_LIMIT
        axes.plot([entry["formulas"]] * 2, [low, high], color="black", linewidth=4, solid_capstyle="butt")
        if entry["most_s"] is None:
            axes.plot([entry["formulas"]], [high], color="black", marker="^", markersize=9)
    axes.plot([], [], color="black", linewidth=4, label="TweetyProject, quoted (▲: over 120 s)")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="how many formulas")
    parser.add_argument("--family", nargs="+", choices=FAMILIES, default=list(FAMILIES), help="these only")
    parser.add_argument(
        "--patience",
        type=float,
        default=PATIENCE,
        metavar="SECONDS",
        help=f"what one revision may take (default {PATIENCE:g})",
    )
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="up to 500 formulas only")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="write families.png and .svg to a folder")
    arguments = parser.parse_args()
    if arguments.patience <= 0:
        parser.error(f"--patience must be more than 0, not {arguments.patience:g}")
    if arguments.sizes and min(arguments.sizes) < 4:
        parser.error(f"--sizes must be at least 4, not {min(arguments.sizes)}")
    figures = measure(arguments.sizes, arguments.family, arguments.patience, quick=arguments.quick)
    if arguments.json:
        json.dump(figures, sys.stdout, indent=1)
        print()
    else:
        Console(width=160).print(shown(figures))
    if arguments.plot is not None:
        plot(figures, arguments.plot)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
