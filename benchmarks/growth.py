"""How cost grows with what is believed: load, ask, tell, revise and contract on a thousand beliefs to a million.

    python benchmarks/growth.py [--sizes N,N,…] [--calls N] [--json] [--quick] [--plot DIR]

The base is made up, of one shape at all sizes: packages in four storeys. One above the ground needs one of two packages
in the storey below, and another one there, all of them near by; two in five exclude a neighbour of their own storey.
These rules are certain. Of every tenth package on the ground it is believed, at level 1, that it is installed; of every
other package, at level 0, that it is not. The seed draws the rest.

Loading is measured in three ways, each in a process of its own: `base_of_clauses` makes a base in memory of the same
rules and beliefs as clauses of numbers, and finds its witness; `expand` makes one in memory of what was read from a
text, with index, sorts, witness and certificate; and `Agent.load` writes a journal, in a file, from a text, with the
certificate checked as well, up to `--text` beliefs, and beyond that by `Agent.adopt` from beliefs that are values (as
`expand` does then).

What works on the journal is another process, which opens it and calls, each time with another package: `ask` (is it
installed?), `tell` (something new needs it), `revise` (it is installed), `contract` (it is not ruled out), the last
three committed, certificates checked; a revision is refused where the rules bar the package. The first call of each is
left out of the median: it imports. Then `beliefs ask` is run on the file as a command, start included.

Times are those of the processor, but for the command: that is measured by the clock, the least of five runs. Memory is
what the processes have resident at most, less what one has that does the same on the smallest base.

`--json` writes a list of one object per size: `{"beliefs", "from_text", "clauses_per_second",
"clauses_peak_kb_per_belief", "in_memory_per_second", "load_s", "loaded_per_second", "load_peak_kb_per_belief",
"file_bytes_per_belief", "open_ms", "ask_ms", "tell_ms", "revise_ms", "contract_ms", "work_mb", "kb_per_belief",
"command_s"}`. `--plot` writes `growth.png` and `growth.svg`. The exit code is 1 where a call did not do what it was to
do.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from beliefs import Agent, Belief, BeliefBase, Wcnf, base_of_clauses, expand, parse_document
from beliefs.base.dimacs import Clause
from beliefs.base.entrenchment import CERTAIN, Entrenchment
from beliefs.language.clauses import ground_clauses
from beliefs.language.syntax import Atom, Formula, Implies, Not, Or

SIZES = (1_000, 10_000, 100_000, 1_000_000)
TEXT = 100_000
CALLS = 40
STOREYS = 4
CALLED = ("ask", "tell", "revise", "contract")


def beliefs(size: int, seed: int = 1) -> Iterator[Belief]:
    """Yield about so many beliefs of the shape that is told above."""
    lots = Random(seed)
    atoms = [Atom(f"p{place}") for place in range(packages(size))]
    certain, installed, absent = Entrenchment(CERTAIN), Entrenchment(1), Entrenchment(0)

    def told(kind: str, place: int, formula: Formula, firmness: Entrenchment) -> Belief:
        return Belief(f"{kind}{place}", formula, firmness)

    for place, atom in enumerate(atoms):
        storey = place % STOREYS
        if storey:
            one, other, third = (_near(place, lots, storey=1) for _ in range(3))
            if one != other:
                yield told("needs", place, Implies(atom, Or((atoms[one], atoms[other]))), certain)
            yield told("also", place, Implies(atom, atoms[third]), certain)
        if place >= 10 * STOREYS and lots.random() < 0.4:
            yield told("not", place, Implies(atom, Not(atoms[_near(place, lots, storey=0)])), certain)
        if place % (10 * STOREYS) == 0:
            yield told("has", place, atom, installed)
        else:
            yield told("lacks", place, Not(atom), absent)


def packages(size: int) -> int:
    """Return how many packages make about so many beliefs."""
    return size * 10 // 29


def _near(place: int, lots: Random, storey: int) -> int:
    """A package near by: of the same storey, or of the one below."""
    found = place - storey - STOREYS * lots.randrange(1 - storey, 10)
    return found if found >= 0 else place % STOREYS - storey


# In processes of their own


def clauses(_: Path, size: int) -> dict[str, Any]:
    """Make the base of a size from clauses, and tell what that took."""
    hard: list[Clause] = []
    soft: list[tuple[Fraction, Clause]] = []
    for each in beliefs(size):
        for literals in ground_clauses(each.formula) or ():
            clause = tuple((int(atom[1:]) + 1) * (1 if holds else -1) for (atom,), holds in literals)
            if each.entrenchment.is_certain:
                hard.append(clause)
            else:
                soft.append((Fraction(1), clause))
    told = Wcnf(packages(size), tuple(hard), tuple(soft))
    before = _peak()
    begun = process_time()
    base = base_of_clauses(told)
    seconds = process_time() - begun
    return {
        "done": base.consistent is True,
        "clauses_per_second": len(base) / seconds,
        "clauses_peak_kb_per_belief": (_peak() - before) / len(base),
    }


def in_memory(_: Path, size: int, from_text: bool) -> dict[str, Any]:
    """Make the base of a size as a value, and tell what that took."""
    told = tuple(beliefs(size))
    text = _text(told)
    begun = process_time()
    if from_text:
        statements = parse_document(text).statements
        told = tuple(
            Belief(each.header.name or "", each.formula, Entrenchment(each.header.level or 0))
            for each in statements
        )
    change = expand(BeliefBase(), told)
    return {
        "done": change.status == "done",
        "in_memory_per_second": len(change.after) / (process_time() - begun),
    }


def load(path: Path, size: int, from_text: bool) -> dict[str, Any]:
    """Write the journal of a size, and tell what that took."""
    told = list(beliefs(size))
    text = _text(told)
    before = _peak()
    begun = process_time()
    with Agent.open(path) as agent:
        change = agent.load(text) if from_text else agent.adopt(told)
    seconds = process_time() - begun
    return {
        "done": change.status == "done",
        "beliefs": len(told),
        "load_s": seconds,
        "load_peak_kb_per_belief": (_peak() - before) / len(told),
        "file_bytes_per_belief": sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
        / len(told),
    }


def work(path: Path, size: int, calls: int) -> dict[str, Any]:
    """Open the journal of a size, call, and tell what that took."""
    lots = Random(2)
    places = lots.sample(
        [place for place in range(10 * STOREYS, packages(size)) if place % (10 * STOREYS)], 4 * calls
    )
    begun = process_time()
    agent = Agent.open(path)
    figures: dict[str, Any] = {"open_ms": 1000 * (process_time() - begun), "done": True}
    operations: dict[str, Callable[[int], object]] = {
        "ask": lambda place: agent.ask(f"p{place}").verdict == "disbelieved",
        "tell": lambda place: agent.tell(f"new{place} -> p{place}").status == "done",
        "revise": lambda place: agent.revise(f"p{place}").status in ("done", "vacuous", "refused"),
        "contract": lambda place: agent.contract(f"!p{place}").status in ("done", "vacuous", "refused"),
    }
    with agent:
        for number, (name, operation) in enumerate(operations.items()):
            times = []
            for place in places[number * calls : (number + 1) * calls]:
                begun = process_time()
                figures["done"] &= bool(operation(place))
                times.append(1000 * (process_time() - begun))
            figures[f"{name}_ms"] = median(times[1:])
    figures["work_mb"] = _peak() / 1024
    return figures


def _text(told: Iterable[Belief]) -> str:
    return "\n".join(map(str, told))


def _peak() -> int:
    """What this process has had resident at most, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# All of them


APART: dict[str, Callable[..., dict[str, Any]]] = {
    "clauses": clauses,
    "in_memory": in_memory,
    "load": load,
    "work": work,
}


def measure(
    sizes: tuple[int, ...] = SIZES,
    calls: int = CALLS,
    text: int = TEXT,
    progress: Callable[[str], None] = lambda _: None,
) -> list[dict[str, Any]]:
    """Return the figures of each size."""
    rows = []
    with TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.db"
            from_text = size <= text
            progress(f"load {size:,}")
            loaded = _apart("load", path, size, from_text)
            progress(f"work on {size:,}")
            worked = _apart("work", path, size, calls)
            progress(f"make {size:,} in memory")
            made = [_apart("clauses", path, size), _apart("in_memory", path, size, from_text)]
            done = all(each["done"] for each in (loaded, worked, *made))
            row = {**loaded, **worked, **made[0], **made[1], "done": done, "from_text": from_text}
            row["loaded_per_second"] = row["beliefs"] / row["load_s"]
            row["command_s"] = min(_command(path) for _ in range(5))
            row["kb_per_belief"] = 1024 * (row["work_mb"] - (rows or [row])[0]["work_mb"]) / row["beliefs"]
            rows.append(row)
            path.unlink()
    return rows


def _apart(what: str, path: Path, *arguments: object) -> dict[str, Any]:
    """The figures of a function of this file, run in a process of its own."""
    command = [sys.executable, __file__, f"--{what}", str(path), json.dumps(arguments)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def _command(path: Path) -> float:
    begun = perf_counter()
    command = [sys.executable, "-m", "beliefs", "ask", "--base", str(path), "p41"]
    subprocess.run(command, capture_output=True, check=False)
    return perf_counter() - begun


def markdown(rows: list[dict[str, Any]]) -> str:
    """Return the tables of the figures."""
    lines = [
        "| beliefs | of clauses, a second | kB each | in memory, a second | journal, a second | kB each |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        how = "text" if row["from_text"] else "values"
        lines.append(
            f"| {row['beliefs']:,} | {row['clauses_per_second']:,.0f} | {row['clauses_peak_kb_per_belief']:.2f} "
            f"| {row['in_memory_per_second']:,.0f} ({how}) "
            f"| {row['loaded_per_second']:,.0f} ({how}) | {row['load_peak_kb_per_belief']:.1f} |"
        )
    lines += [
        "",
        "| beliefs | open, ms | ask, ms | tell, ms | revise, ms | contract, ms |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        times = " | ".join(f"{row[f'{name}_ms']:.1f}" for name in ("open", *CALLED))
        lines.append(f"| {row['beliefs']:,} | {times} |")
    lines += [
        "",
        "| beliefs | file, bytes each | memory, MB | kB each | `beliefs ask`, s |",
        "|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        lines.append(
            f"| {row['beliefs']:,} | {row['file_bytes_per_belief']:,.0f} | {row['work_mb']:.0f} "
            f"| {row['kb_per_belief']:.2f} | {row['command_s']:.2f} |"
        )
    return "\n".join(lines)


def plot(rows: list[dict[str, Any]], folder: Path) -> None:
    """Draw the figures, on logarithmic axes, as growth.png and growth.svg."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "growth"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    sizes = [row["beliefs"] for row in rows]
    for name, marker in zip((*CALLED, "open"), "osD^v", strict=True):
        axes.loglog(sizes, [row[f"{name}_ms"] for row in rows], marker=marker, label=name)
    axes.loglog(sizes, [1000 * row["load_s"] for row in rows], "k--", marker="x", label="load, all of it")
    axes.set_xlabel("beliefs")
    axes.set_ylabel("milliseconds of the processor, median")
    axes.set_title("What a call costs follows what it touches")
    axes.grid(alpha=0.3, which="both")
    axes.legend(ncols=2)
    folder.mkdir(parents=True, exist_ok=True)
    for ending in ("png", "svg"):
        figure.savefig(
            folder / f"growth.{ending}", dpi=150, metadata={"Date": None} if ending == "svg" else None
        )


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", default=",".join(map(str, SIZES)), help="how many beliefs there are, about"
    )
    parser.add_argument("--calls", type=int, default=CALLS, help="how many calls of each kind")
    parser.add_argument("--text", type=int, default=TEXT, help="up to which size a text is loaded")
    parser.add_argument("--json", action="store_true", help="write JSON instead of tables")
    parser.add_argument("--quick", action="store_true", help="small sizes, and few calls")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="draw growth.png and growth.svg there")
    for name in APART:
        parser.add_argument(f"--{name}", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    for name, function in APART.items():
        if getattr(given, name):
            path, arguments = getattr(given, name)
            print(json.dumps(function(Path(path), *json.loads(arguments))))
            return 0
    sizes = (300, 3_000) if given.quick else tuple(int(size) for size in given.sizes.split(","))
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=3 * len(sizes))
        rows = measure(
            sizes,
            10 if given.quick else given.calls,
            given.text,
            lambda what: progress.update(task, description=what, advance=1),
        )
    if given.plot:
        plot(rows, given.plot)
    if given.json:
        json.dump(rows, sys.stdout, indent=2)
        print()
    else:
        show(rows)
    return 0 if all(row["done"] for row in rows) else 1


def show(rows: list[dict[str, Any]]) -> None:
    """Print the tables."""
    console = Console()
    for part in markdown(rows).split("\n\n"):
        head, _, *lines = part.split("\n")
        table = Table(*(cell.strip() for cell in head.strip("|").split("|")))
        for line in lines:
            table.add_row(*(cell.strip() for cell in line.strip("|").split("|")))
        console.print(table)


if __name__ == "__main__":
    sys.exit(main())
