"""Find the first diagnosis of random circuits of up to thousands of gates, and let python-sat find it too.

    python benchmarks/gates.py [--sizes N ...] [--seeds N] [--patience SECONDS] [--json] [--quick] [--plot DIR]

A circuit of n gates of two inputs is drawn by a seed, and one of its gates made one of another kind. It is seen on ten
inputs for which that shows at an output. Each gate is believed healthy, which is one belief for all ten; what is asked
for is the cheapest diagnosis of all ten observations together: gates that account for all that was seen. There may be
several that are as cheap. Beside it runs the usual route with python-sat, as in circuits.py with
`--all-observations`. What takes it longer than `--patience` by the clock is given up; where half of the circuits of a
size are, it is not tried on larger ones.

Times are those of the process: ours from beliefs and formulas to the diagnosis, of a base that nobody has asked
anything; python-sat's from clauses of numbers to the diagnosis. Each is the least of three runs where it is short.

`--json` writes `{"observations", "patience_s", "rows": [{"gates", "circuits", "same_size", "given_up", "kernels",
"least_ms", "median_ms", "most_ms", "hitman_least_ms", "hitman_median_ms", "hitman_most_ms", "ratio"}]}`. `same_size`
counts the circuits for which python-sat's diagnosis has as many gates, `given_up` those for which it had none in time
or was not tried; `kernels` is the most that were met. Its median and most are null where that many were given up.
`ratio` is the median over the circuits of our time by python-sat's, or by the patience where that was given up; null
where it was not tried.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any, TypeVar

from circuits import Question, diagnoses_by_hitman
from rich.console import Console
from rich.progress import track
from rich.table import Table

from beliefs.base.dimacs import Clause, Wcnf

SIZES = (100, 300, 1_000, 3_000)
QUICK = (30, 100, 300)
SEEDS = 5
OBSERVATIONS = 10
PATIENCE = 20.0
SHORT = 0.5
"""What takes less than so many seconds is run again."""

RUNS = 3

DEPTH = 8
"""A gate reads two of the signals that came last, of as many as a circuit of about so many layers has in one."""

TRIALS = 1 << 12
"""On so many random inputs a circuit and its faulty copy are compared."""

T = TypeVar("T")

_Bits = Callable[[int, int, int], int]

KINDS: dict[str, _Bits] = {
    "and": lambda one, other, ones: one & other,
    "or": lambda one, other, ones: one | other,
    "nand": lambda one, other, ones: ones ^ (one & other),
    "nor": lambda one, other, ones: ones ^ (one | other),
    "xor": lambda one, other, ones: one ^ other,
}
"""What gates do with the bits of many trials at once."""


@dataclass(frozen=True)
class Gate:
    """A gate: what it is, and the two signals it reads. Signals are numbered from 0, those of the inputs first."""

    kind: str
    one: int
    other: int


def faulty_circuit(gates: int, observations: int, seed: int = 0) -> Wcnf:
    """Return a circuit whose gates are believed healthy, and so many observations that it contradicts.

    The variables of the signals come first, then those of the gates' health. Clauses say what a healthy gate does,
    soft ones that it is; observations are of inputs and outputs, as they are with one gate of another kind. That is
    drawn until the fault shows in so many of the trials.
    """
    random = Random(f"{seed} {gates}")
    inputs = max(6, gates // 20)
    window = max(inputs, (inputs + gates) // DEPTH)
    circuit: list[Gate] = []
    for number in range(inputs, inputs + gates):
        one, other = random.sample(range(max(0, number - window), number), 2)
        circuit.append(Gate(random.choice(list(KINDS)), one, other))
    read = {each for gate in circuit for each in (gate.one, gate.other)}
    outputs = [number for number in range(inputs, inputs + gates) if number not in read]
    trials = [random.getrandbits(TRIALS) for _ in range(inputs)]
    healthy = simulated(circuit, trials)
    while True:
        place = random.randrange(gates)
        kinds = [kind for kind in KINDS if kind != circuit[place].kind]
        mutant = Gate(random.choice(kinds), circuit[place].one, circuit[place].other)
        seen = simulated([*circuit[:place], mutant, *circuit[place + 1 :]], trials)
        differs = 0
        for output in outputs:
            differs |= healthy[output] ^ seen[output]
        if differs.bit_count() >= observations:
            break
    failing = [trial for trial in range(TRIALS) if differs >> trial & 1]
    shown = [*range(inputs), *outputs]
    signals = inputs + gates
    return Wcnf(
        variables=signals + gates,
        hard=tuple(
            clause
            for number, gate in enumerate(circuit)
            for clause in clauses_of(gate, inputs + number + 1, signals + number + 1)
        ),
        soft=tuple((1, (signals + number + 1,)) for number in range(gates)),
        observations=tuple(
            tuple(each + 1 if seen[each] >> trial & 1 else -each - 1 for each in shown)
            for trial in random.sample(failing, observations)
        ),
        comments=(f" corresp. vars: {inputs + place + 1}",),
    )


def simulated(circuit: Iterable[Gate], inputs: list[int]) -> list[int]:
    """Return the bits of all signals, of all trials at once."""
    ones = (1 << TRIALS) - 1
    signals = list(inputs)
    for gate in circuit:
        signals.append(KINDS[gate.kind](signals[gate.one], signals[gate.other], ones))
    return signals


def clauses_of(gate: Gate, out: int, health: int) -> list[Clause]:
    """Return what a gate does if it is healthy, each clause beginning with that and with its output."""
    one, other = gate.one + 1, gate.other + 1
    if gate.kind == "xor":
        return [
            (-health, -out, one, other),
            (-health, -out, -one, -other),
            (-health, out, -one, other),
            (-health, out, one, -other),
        ]
    # All others are conjunctions, of literals or of their negations, or negations of such.
    sign = 1 if gate.kind in ("and", "nand") else -1
    true = out if gate.kind in ("and", "nor") else -out
    return [
        (-health, -true, sign * one),
        (-health, -true, sign * other),
        (-health, true, -sign * one, -sign * other),
    ]


# Measuring.


class _GivenUpError(Exception):
    """The patience is at its end."""


def measure(
    sizes: Sequence[int] = SIZES,
    seeds: int = SEEDS,
    patience: float = PATIENCE,
    told: Callable[[list[tuple[int, int]]], Iterable[tuple[int, int]]] = iter,
) -> dict[str, Any]:
    """Diagnose circuits of each size, by both routes; `told` goes through what is to be done, and may tell of it."""
    found: dict[int, list[dict[str, Any]]] = {}
    for gates, seed in told([(gates, seed) for gates in sizes for seed in range(seeds)]):
        smaller = [circuits for size, circuits in found.items() if size < gates]
        tried = all(2 * sum(each["hitman_ms"] is None for each in row) < len(row) for row in smaller)
        found.setdefault(gates, []).append(compared(gates, seed, patience if tried else None))
    return {
        "observations": OBSERVATIONS,
        "patience_s": patience,
        "rows": [row_of(gates, found[gates], patience) for gates in sizes],
    }


def compared(gates: int, seed: int, patience: float | None) -> dict[str, Any]:
    """The figures of one circuit; without patience, python-sat is not tried."""
    wcnf = faulty_circuit(gates, OBSERVATIONS, seed)
    question = Question.of(wcnf)
    ours: list[float] = []
    while not ours or (len(ours) < RUNS and ours[-1] < SHORT):
        base = question.base()
        start = process_time()
        diagnoses = question.diagnoses(base)
        (first,) = islice(diagnoses, 1)
        ours.append(process_time() - start)
    theirs: list[float] = []
    size = None
    while patience is not None and (not theirs or (len(theirs) < RUNS and theirs[-1] < SHORT)):
        start = process_time()
        try:
            (found,) = within(patience, lambda: diagnoses_by_hitman(wcnf, question.shared, 1))
        except _GivenUpError:
            break
        theirs.append(process_time() - start)
        size = len(found)
    return {
        "kernels": len(diagnoses.kernels),
        "same_size": size == len(first.given_up),
        "ms": 1000 * min(ours),
        "hitman_ms": 1000 * min(theirs) if theirs else None,
        "tried": patience is not None,
    }


def within(seconds: float, call: Callable[[], T]) -> T:
    """Return what a call returns, unless it takes longer by the clock.

    Raises:
        _GivenUpError: it does.
    """

    def stop(*_: object) -> None:
        raise _GivenUpError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def row_of(gates: int, circuits: list[dict[str, Any]], patience: float) -> dict[str, Any]:
    """The figures of one size."""
    ours = [each["ms"] for each in circuits]
    theirs = sorted(each["hitman_ms"] for each in circuits if each["hitman_ms"] is not None)
    tried = [each for each in circuits if each["tried"]]
    ratios = [
        each["ms"] / (1000 * patience if each["hitman_ms"] is None else each["hitman_ms"]) for each in tried
    ]
    middle = theirs[len(circuits) // 2] if len(theirs) > len(circuits) // 2 else None
    return {
        "gates": gates,
        "circuits": len(circuits),
        "same_size": sum(each["same_size"] for each in circuits),
        "given_up": len(circuits) - len(theirs),
        "kernels": max(each["kernels"] for each in circuits),
        "least_ms": round(min(ours), 3),
        "median_ms": round(median(ours), 3),
        "most_ms": round(max(ours), 3),
        "hitman_least_ms": round(theirs[0], 3) if theirs else None,
        "hitman_median_ms": None if middle is None else round(middle, 3),
        "hitman_most_ms": round(theirs[-1], 3) if len(theirs) == len(circuits) else None,
        "ratio": round(median(ratios), 4) if ratios else None,
    }


# Showing.


def cells(figures: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The headings and the lines of the table."""
    patience = f"over {1000 * figures['patience_s']:,.0f}"
    headings = ["gates", "circuits", "same size", "kernels", "ours, ms", "python-sat, ms", "ratio"]
    lines = []
    for row in figures["rows"]:
        if row["hitman_least_ms"] is None:
            theirs = patience if row["ratio"] is not None else "not tried"
        else:
            times = (row["hitman_least_ms"], row["hitman_median_ms"], row["hitman_most_ms"])
            theirs = " / ".join(patience if time is None else _shown(time) for time in times)
        ours = " / ".join(_shown(row[key]) for key in ("least_ms", "median_ms", "most_ms"))
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        counts = (f"{row['gates']:,}", str(row["circuits"]), str(row["same_size"]), str(row["kernels"]))
        lines.append([*counts, ours, theirs, ratio])
    return headings, lines


def _shown(milliseconds: float) -> str:
    return f"{milliseconds:,.0f}" if milliseconds >= 30 else f"{milliseconds:.1f}"


def markdown(figures: dict[str, Any]) -> str:
    """The figures as a table of Markdown."""
    headings, lines = cells(figures)
    written = [f"| {' | '.join(headings)} |", f"|{'---:|' * len(headings)}"]
    written += [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join(written) + "\n"


def table(figures: dict[str, Any]) -> Table:
    """The figures for a terminal."""
    headings, lines = cells(figures)
    result = Table(box=None)
    for heading in headings:
        result.add_column(heading, justify="right", no_wrap=True)
    for line in lines:
        result.add_row(*line)
    return result


def plot(figures: dict[str, Any], folder: Path) -> None:
    """Write `gates.png` and `gates.svg` to a folder: milliseconds over gates, on log axes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    settings: dict[Any, Any] = {
        "font.size": 12,
        "svg.hashsalt": "gates",
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with pyplot.rc_context(settings):
        picture, axes = pyplot.subplots(figsize=(9, 6), layout="constrained")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("gates")
        axes.set_ylabel("milliseconds to the first diagnosis")
        axes.grid(color="#dddddd", linewidth=0.8)
        axes.set_axisbelow(True)
        limit = 1000 * figures["patience_s"]
        for prefix, title, colour in (("", "beliefs", "#1f5fa8"), ("hitman_", "python-sat", "#c8641e")):
            keys = [f"{prefix}{which}_ms" for which in ("least", "median", "most")]
            rows = [row for row in figures["rows"] if row[keys[0]] is not None]
            sizes = [row["gates"] for row in rows]
            least, middle, most = ([limit if row[key] is None else row[key] for row in rows] for key in keys)
            axes.fill_between(sizes, least, most, color=colour, alpha=0.15, linewidth=0)
            axes.plot(
                sizes, middle, color=colour, linewidth=2.2, marker="o", markersize=4,
                label=f"{title} (median; least to most)",
            )  # fmt: skip
        axes.axhline(limit, color="#888888", linewidth=1, linestyle=":")
        axes.annotate(
            "given up", (figures["rows"][0]["gates"], limit), xytext=(0, 4), textcoords="offset points"
        )
        axes.legend(loc="upper left", frameon=False, fontsize=11, bbox_to_anchor=(0, 0.93))
        folder.mkdir(parents=True, exist_ok=True)
        picture.savefig(folder / "gates.png", dpi=100)
        picture.savefig(folder / "gates.svg", metadata={"Date": None})
        pyplot.close(picture)


def main() -> int:
    """Run the benchmark. The exit code is 1 where a diagnosis has more or fewer gates than python-sat's."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="how many gates, ascending")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help="circuits of each size")
    parser.add_argument("--patience", type=float, default=PATIENCE, metavar="SECONDS", help="for python-sat")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="small circuits alone")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="draw the growth into this folder")
    arguments = parser.parse_args()
    sizes = tuple(arguments.sizes or (QUICK if arguments.quick else SIZES))
    if min(sizes) < 10 or list(sizes) != sorted(set(sizes)):
        parser.error("--sizes takes ascending numbers from 10")
    if arguments.seeds < 1 or arguments.patience <= 0:
        parser.error("--seeds takes a number from 1, and --patience a positive one")
    console = Console(stderr=True)
    figures = measure(
        sizes,
        arguments.seeds,
        arguments.patience,
        lambda work: track(work, "gates", console=console, transient=True),
    )
    if arguments.plot is not None:
        plot(figures, arguments.plot)
    if arguments.json:
        json.dump(figures, sys.stdout, indent=1)
        print()
    else:
        Console(width=120).print(table(figures))
    return 0 if all(row["same_size"] + row["given_up"] == row["circuits"] for row in figures["rows"]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
