"""Run all benchmarks, each as a command of its own, and put their tables into docs/benchmarks.md.

    python benchmarks/all.py [--data DIR] [--only NAME ...] [--jobs N] [--quick] [--json FILE] [--docs FILE]
    python benchmarks/all.py --check

Each benchmark is called with `--json`. What it prints is given to the function in its module that makes a Markdown
table of it, and that table takes the place of the lines between `<!-- figures: NAME -->` and `<!-- end -->`. Pictures
go to docs/images. Two run at a time, but for those whose figures that would disturb. All together are meant to take
less than 20 minutes on two cores; one that takes longer than `--limit` seconds is stopped, and its table stays as it
is.

`--data DIR` names the folder with what is not ours to ship: `DIR/circuits` (see circuits.py), `DIR/plans` (plans.py)
and `DIR/cnf` (kernels.py). Without it, those that need data are passed over, with a word on it. `--quick` runs a small
part of each benchmark and leaves the docs alone: it tells whether all of them work. `--check` runs nothing; it tells
whether the docs have a place for each table, closed and filled, and no other.

`--json FILE` writes `{"machine", "benchmarks": {NAME: {"seconds", "figures"}}, "left_out": {NAME: why}}`.

The exit code is 1 where a benchmark failed, or a table has no place in the docs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
DOCS = ROOT / "docs" / "benchmarks.md"
IMAGES = ROOT / "docs" / "images"
LIMIT = 900
JOBS = 2
MACHINE = "machine"
"""The name of the line that says where the figures are from."""

LIBRARIES = ("python-sat", "z3-solver", "lark", "sqlalchemy")


@dataclass(frozen=True)
class Benchmark:
    """One benchmark.

    Attributes:
        name: what it is called here.
        module: its file, without the ending.
        tables: the functions that make a table of its figures, by the name of the table's place in the docs.
        arguments: what it is called with, besides `--json`.
        quick: what it is called with where it has to be quick; `--quick` where it has that.
        data: the folder of data that it is given, if any.
        optional: whether it can do without that.
        plots: whether it draws pictures.
        alone: whether its figures are disturbed by others at the same time.
    """

    name: str
    module: str
    tables: Mapping[str, str]
    arguments: tuple[str, ...] = ()
    quick: tuple[str, ...] = ("--quick",)
    data: str | None = None
    optional: bool = False
    plots: bool = False
    alone: bool = False


def one_table(name: str, **more: Any) -> Benchmark:
    """A benchmark whose module has its name and makes one table, `markdown(figures)`."""
    return Benchmark(name, name, {name: "markdown"}, **more)


BENCHMARKS = (
    one_table("debian"),
    one_table("growth", plots=True, alone=True),
    Benchmark("circuits", "circuits", {"circuits": "markdown"}, quick=(), data="circuits"),
    Benchmark(
        "all-observations",
        "circuits",
        {"all-observations": "markdown_of_all"},
        arguments=("--all-observations",),
        quick=("--all-observations",),
        data="circuits",
    ),
    one_table("gates", plots=True),
    one_table("kernels", data="cnf", optional=True),
    one_table("arithmetic", plots=True),
    one_table("families", plots=True),
    one_table("startup", alone=True),
    one_table("checking", plots=True),
    Benchmark(
        "plans",
        "plans",
        {"plans": "markdown", "conditions": "markdown_of_conditions", "models": "markdown_of_models"},
        quick=("--domain", "blocksworld_3", "--no-way-out"),
        data="plans",
    ),
    one_table("parsing", quick=()),
    one_table("shift", quick=("--tasks", "8", "--size", "4", "--seeds", "2"), plots=True),
    one_table("repair", quick=("--individuals", "10", "100", "--successes", "1", "--rounds", "1")),
)


@dataclass
class Outcome:
    """What came of all that ran.

    Attributes:
        figures: what each benchmark printed.
        seconds: how long each took.
        left_out: why one was not run.
        failed: why one has no figures though it ran.
    """

    figures: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


# Running.


def command(benchmark: Benchmark, data: Path | None, images: Path | None, *, quick: bool) -> list[str] | str:
    """The command that runs a benchmark; or why it cannot be run."""
    script = FOLDER / f"{benchmark.module}.py"
    if not script.is_file():
        return f"there is no {script.name} beside {Path(__file__).name}"
    result = [sys.executable, str(script)]
    if benchmark.data is not None:
        folder = None if data is None else data / benchmark.data
        if folder is not None and folder.is_dir():
            result.append(str(folder))
        elif not benchmark.optional:
            where = "--data DIR" if folder is None else f"a folder {folder}"
            return f"it needs {where}, with the data that {script.name} describes"
    result += [*(benchmark.quick if quick else benchmark.arguments), "--json"]
    if benchmark.plots and images is not None:
        result += ["--plot", str(images)]
    return result


def run(benchmark: Benchmark, arguments: Sequence[str], limit: float) -> tuple[Any, float, str | None]:
    """Run a benchmark; return its figures, the seconds it took, and why there are no figures if there are none.

    One that finds its own figures wanting (a cost that is not the least, say) leaves with 1; that is a failure too.
    """
    start = monotonic()
    try:
        done = subprocess.run(
            arguments, capture_output=True, text=True, timeout=limit, check=False, env=environment()
        )
    except subprocess.TimeoutExpired:
        return None, monotonic() - start, f"it took longer than {limit:g} s"
    seconds = monotonic() - start
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        return (
            None,
            seconds,
            f"it left with {done.returncode}: {said[-1] if said else 'and said nothing'}",
        )
    try:
        return json.loads(done.stdout), seconds, None
    except ValueError as error:
        return None, seconds, f"what it printed is no JSON: {error}"


def environment() -> dict[str, str]:
    """The environment of a benchmark: that of this process, with the package that stands beside it."""
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}


def run_all(
    benchmarks: Sequence[Benchmark],
    data: Path | None = None,
    images: Path | None = None,
    *,
    quick: bool = False,
    jobs: int = JOBS,
    limit: float = LIMIT,
) -> Outcome:
    """Run benchmarks, those that want to be alone first."""
    outcome = Outcome()
    ready: list[tuple[Benchmark, list[str]]] = []
    for benchmark in benchmarks:
        arguments = command(benchmark, data, images, quick=quick)
        if isinstance(arguments, str):
            outcome.left_out[benchmark.name] = arguments
        else:
            ready.append((benchmark, arguments))
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def work(benchmark: Benchmark, arguments: list[str]) -> None:
            task = progress.add_task(benchmark.name, total=1)
            figures, seconds, fault = run(benchmark, arguments, limit)
            outcome.seconds[benchmark.name] = round(seconds, 1)
            if fault is None:
                outcome.figures[benchmark.name] = figures
            else:
                outcome.failed[benchmark.name] = fault
            progress.update(
                task, advance=1, description=f"{benchmark.name}: {'done' if fault is None else fault}"
            )

        for benchmark, arguments in ready:
            if benchmark.alone:
                work(benchmark, arguments)
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            together = [pool.submit(work, *each) for each in ready if not each[0].alone]
            for each in as_completed(together):
                each.result()
    return outcome


def tables(benchmark: Benchmark, figures: Any) -> Iterator[tuple[str, str]]:
    """Make the tables of a benchmark, each with the name of its place."""
    module = import_module(benchmark.module)
    for place, function in benchmark.tables.items():
        yield place, getattr(module, function)(figures)


def machine() -> str:
    """A line on where the figures are from."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores of {_processor()}, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}."
    )


def _processor() -> str:
    """Who made the processor and what family it is of; its number says little."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    name = found[1] if found else platform.processor() or platform.machine()
    words = name.replace("(R)", "").replace("(TM)", "").split()
    return " ".join(words[:2])


# The docs.


def _place(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<begin>^<!-- figures: {re.escape(name)} -->\n)(?P<table>.*?)(?P<end>^<!-- end -->$)",
        re.MULTILINE | re.DOTALL,
    )


def put(page: str, name: str, table: str) -> str | None:
    """Put a table into its place in a page; None where it has none."""
    place = _place(name)
    if not place.search(page):
        return None
    text = table.rstrip("\n") + "\n"
    return place.sub(lambda match: match["begin"] + text + match["end"], page, count=1)


def faults(page: str, benchmarks: Sequence[Benchmark]) -> Iterator[str]:
    """Tell what is wrong with the places for tables in a page."""
    known = [MACHINE, *(place for benchmark in benchmarks for place in benchmark.tables)]
    marked = re.findall(r"^<!-- figures: (.*?) -->$", page, re.MULTILINE)
    for name in known:
        if name not in marked:
            yield f"there is no place for {name}: `<!-- figures: {name} -->`, then `<!-- end -->`"
    for name in dict.fromkeys(marked):
        if name not in known:
            yield f"no benchmark is called {name}"
        if marked.count(name) > 1:
            yield f"there are {marked.count(name)} places for {name}"
        match = _place(name).search(page)
        if match is None:
            yield f"the place for {name} is not closed by `<!-- end -->`"
        elif "<!-- figures:" in match["table"]:
            yield f"the place for {name} is not closed before the next one"
        elif not match["table"].strip():
            yield f"the place for {name} is empty"
        else:
            yield from (f"{name}: {fault}" for fault in _faults_of_tables(match["table"]))


def _faults_of_tables(text: str) -> Iterator[str]:
    """Tell which rows of tables have not as many cells as their headings."""
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        widths = {row: len(re.findall(r"(?<!\\)\|", row)) - 1 for row in rows}
        if len(rows) == 1 or (rows and not re.fullmatch(r"[|:\- ]+", rows[1])):
            yield "a table has no line below its headings"
        for row in rows[1:]:
            if widths[row] != widths[rows[0]]:
                yield f"a row has {widths[row]} cells below {widths[rows[0]]} headings: {row}"


def refreshed(
    page: str, benchmarks: Sequence[Benchmark], figures: Mapping[str, Any]
) -> tuple[str, list[str]]:
    """Put the machine and all tables into a page; return it with what had no place there."""
    missing = []
    news = [(MACHINE, machine())] if figures else []
    for benchmark in benchmarks:
        if benchmark.name in figures:
            news += tables(benchmark, figures[benchmark.name])
    for name, table in news:
        filled = put(page, name, table)
        if filled is None:
            missing.append(name)
        else:
            page = filled
    return page, missing


def main() -> int:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser.add_argument("--data", type=Path, metavar="DIR", help="a folder with circuits, plans and cnf")
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument(
        "--jobs", type=int, default=JOBS, metavar="N", help=f"how many at a time (default {JOBS})"
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=LIMIT,
        metavar="SECONDS",
        help=f"what one may take (default {LIMIT})",
    )
    parser.add_argument("--quick", action="store_true", help="a small part of each; leave the docs alone")
    parser.add_argument("--check", action="store_true", help="run nothing; look at the docs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument("--docs", type=Path, default=DOCS, metavar="FILE", help="another page to refresh")
    arguments = parser.parse_args()
    if arguments.data is not None and not arguments.data.is_dir():
        parser.error(f"there is no folder {arguments.data}")
    if arguments.jobs < 1:
        parser.error(f"--jobs must be at least 1, not {arguments.jobs}")
    if not arguments.docs.is_file():
        parser.error(f"there is no page {arguments.docs}")
    if arguments.check:
        found = list(faults(arguments.docs.read_text(encoding="utf-8"), BENCHMARKS))
        print("\n".join(found) or f"{arguments.docs.name} has a place for every table")
        return 1 if found else 0
    benchmarks = [each for each in BENCHMARKS if not arguments.only or each.name in arguments.only]
    images = None if arguments.quick else IMAGES
    outcome = run_all(
        benchmarks,
        arguments.data,
        images,
        quick=arguments.quick,
        jobs=arguments.jobs,
        limit=arguments.limit,
    )
    return conclude(benchmarks, outcome, arguments)


def conclude(benchmarks: Sequence[Benchmark], outcome: Outcome, arguments: argparse.Namespace) -> int:
    """Write what came of it; return the exit code."""
    missing: list[str] = []
    if arguments.quick:
        for benchmark in benchmarks:
            if benchmark.name in outcome.figures:
                for name, table in tables(benchmark, outcome.figures[benchmark.name]):
                    print(f"{name}\n\n{table}")
    else:
        # Read only now: somebody may have written on it meanwhile.
        page = arguments.docs.read_text(encoding="utf-8")
        page, missing = refreshed(page, benchmarks, outcome.figures)
        arguments.docs.write_text(page, encoding="utf-8")
    if arguments.json is not None:
        whole = {
            "machine": machine(),
            "benchmarks": {
                name: {"seconds": outcome.seconds[name], "figures": figures}
                for name, figures in outcome.figures.items()
            },
            "left_out": {**outcome.left_out, **outcome.failed},
        }
        arguments.json.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    for name, seconds in outcome.seconds.items():
        print(f"{name}: {seconds:.0f} s")
    for name, why in outcome.left_out.items():
        print(f"{name} was left out: {why}")
    for name, why in outcome.failed.items():
        print(f"{name} FAILED: {why}")
    for name in missing:
        print(f"{name} has no place in {arguments.docs.name}")
    return 1 if outcome.failed or missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
