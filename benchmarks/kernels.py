"""Kernels and remainders of clauses, beside tools for minimal unsatisfiable subsets.

    python benchmarks/kernels.py [DIR] [--seconds S] [--json] [--quick]

DIR holds DIMACS CNF files (`*.cnf`, plain or gzipped, in folders as deep as you like), each clause of which becomes a
belief. Without it the clauses are generated, always the same: random 3-CNF over the threshold, pigeons in too few
holes, graphs with too few colours, Horn clauses, chains of implications, and planted kernels that overlap. Files
without a contradiction are passed over.

One kernel: beside MUSX of python-sat, which deletes clause by clause. Both times are given, from the clauses (ours:
from the beliefs of a base) and from where the solver has been loaded with them.

All of them: how many kernels, and how many remainders, are enumerated in S seconds (1 by default), loading included.
Beside a MARCO on python-sat (in this file: a map of what is settled, in which seeds are as large as can be for kernels,
as small as can be for remainders; each core shrunk by deletion, with core refinement; what agrees grown, with what
the model found satisfies anyway) and OptUx of python-sat, the smallest kernels first or in any order. What ends
in time is complete, and the sets have to be the same.

Times are those of the processor, for each task in a process of its own; of one kernel the least of several runs. An
enumeration that is over within a second has the least of several runs as well. One that is stuck is stopped soon after
its time is up, and what it found until then counts. A kernel is given up after twenty seconds.

`--json` writes {"seconds", "instances"}, the latter a list with an object for each instance: "name", "variables",
"clauses"; "kernel_ms" and "musx_ms" (loaded), "kernel_whole_ms" and "musx_whole_ms" (from the clauses on),
"kernel_size", "musx_size", "kernel_checked" (whether a fresh solver finds it minimal); "kernels", "marco_kernels",
"optux_kernels", "optux_unsorted_kernels", "remainders" and "marco_remainders", each {"found", "seconds", "complete"};
"same" (the sets, where ours and MARCO's are complete; else null). The figures of a kernel that was given up are null.

The exit code is 1 where a kernel is not minimal or complete sets differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from math import exp, log
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from time import process_time
from typing import Any, TypeAlias

from pysat.examples.musx import MUSX
from pysat.examples.optux import OptUx
from pysat.formula import CNF
from pysat.solvers import Minisat22, MinisatGH
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import track

from beliefs.base.belief_base import BeliefBase
from beliefs.base.clausal import beliefs_of_cnf
from beliefs.base.dimacs import Cnf, read_cnf
from beliefs.errors import DimacsError
from beliefs.kernels.enumerate import kernels
from beliefs.kernels.remainder import Remainder, remainders
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import Unknown

Clauses: TypeAlias = list[list[int]]
Found: TypeAlias = Iterator[frozenset[int]]
"""Sets of clauses by their place, from 1 on: kernels, or what remainders leave out."""

GIVEN_UP_AFTER = 20.0
RUNS = 5


# Instances


def random_3cnf(variables: int, clauses: int, seed: int) -> Clauses:
    """Return clauses of three different variables each."""
    random = Random(seed)
    return [
        [random.choice((-1, 1)) * variable for variable in random.sample(range(1, variables + 1), 3)]
        for _ in range(clauses)
    ]


def pigeons(count: int) -> Clauses:
    """Return that so many pigeons have a hole each, of which there is one too few: a single kernel."""
    holes = range(count - 1)

    def sits(pigeon: int, hole: int) -> int:
        return pigeon * (count - 1) + hole + 1

    housed = [[sits(pigeon, hole) for hole in holes] for pigeon in range(count)]
    alone = [
        [-sits(one, hole), -sits(other, hole)]
        for hole in holes
        for one in range(count)
        for other in range(one)
    ]
    return housed + alone


def colouring(nodes: int, edges: int, colours: int, seed: int) -> Clauses:
    """Return that each node of a random graph has a colour, and no two neighbours have the same."""
    random = Random(seed)
    graph: set[tuple[int, int]] = set()
    while len(graph) < edges:
        one, other = sorted(random.sample(range(nodes), 2))
        graph.add((one, other))
    clauses = [[node * colours + colour + 1 for colour in range(colours)] for node in range(nodes)]
    for one, other in sorted(graph):
        clauses += [[-(one * colours + c + 1), -(other * colours + c + 1)] for c in range(colours)]
    return clauses


def horn(variables: int, rules: int, seed: int) -> Clauses:
    """Return random rules of up to three premises, facts, and pairs that exclude each other."""
    random = Random(seed)
    everything = range(1, variables + 1)
    clauses = []
    for _ in range(rules):
        head, *body = random.sample(everything, random.choice((2, 2, 3)))
        clauses.append([head, *(-variable for variable in body)])
    clauses += [[-variable for variable in random.sample(everything, 2)] for _ in range(variables // 3)]
    clauses += [[variable] for variable in random.sample(everything, variables // 4)]
    random.shuffle(clauses)
    return clauses


def chains(count: int, length: int, seed: int) -> Clauses:
    """Return chains of implications through common variables, the first of each true and the last false."""
    random = Random(seed)
    clauses: dict[tuple[int, ...], None] = {}
    for _ in range(count):
        links = [random.randint(1, count * length) for _ in range(length)]
        steps = pairwise(links)
        clauses |= dict.fromkeys([(links[0],), *((-a, b) for a, b in steps if a != b), (-links[-1],)])
    shuffled = list(map(list, clauses))
    random.shuffle(shuffled)
    return shuffled


def planted(ends: int, middle: int, idle: int, seed: int) -> Clauses:
    """Return kernels that share a chain, one for each of its ways in and out, among clauses that do no harm."""
    random = Random(seed)
    clauses = [[-step, step + 1] for step in range(1, middle)]
    for end in range(ends):
        entry, way_out = middle + 2 * end + 1, middle + 2 * end + 2
        clauses += [[entry], [-entry, 1], [-middle, way_out], [-way_out]]
    first = middle + 2 * ends + 1
    for _ in range(idle):
        variables = random.sample(range(first, first + idle // 2), 3)
        clauses.append([variables[0], *(random.choice((-1, 1)) * each for each in variables[1:])])
    random.shuffle(clauses)
    return clauses


GENERATED: dict[str, Callable[[], Clauses]] = {
    "random 3-CNF, 12 variables": lambda: random_3cnf(12, 60, 1),
    "random 3-CNF, 30 variables": lambda: random_3cnf(30, 150, 1),
    "random 3-CNF, 50 variables": lambda: random_3cnf(50, 230, 1),
    "random 3-CNF, 75 variables": lambda: random_3cnf(75, 340, 2),
    "7 pigeons": lambda: pigeons(7),
    "40 nodes in 3 colours": lambda: colouring(40, 104, 3, 1),
    "Horn, 100 variables": lambda: horn(100, 250, 1),
    "Horn, 600 variables": lambda: horn(600, 1500, 2),
    "5 chains of 6": lambda: chains(5, 6, 3),
    "20 chains of 8": lambda: chains(20, 8, 3),
    "planted, 8 ways in and out": lambda: planted(8, 12, 200, 1),
}
QUICK = ("random 3-CNF, 12 variables", "7 pigeons", "5 chains of 6", "planted, 8 ways in and out")


def instances(folder: Path | None, *, quick: bool) -> Iterator[tuple[str, Cnf]]:
    """Yield the instances, each with its name: the files of a folder, or those generated.

    Raises:
        DimacsError: a file is malformed.
    """
    if folder is None:
        for name in QUICK if quick else GENERATED:
            clauses = tuple(map(tuple, GENERATED[name]()))
            yield name, Cnf(max(abs(literal) for clause in clauses for literal in clause), clauses)
    else:
        for path in sorted({*folder.rglob("*.cnf"), *folder.rglob("*.cnf.gz")}):
            yield str(path.relative_to(folder)), read_cnf(path)


# Ours


def our_base(cnf: Cnf) -> BeliefBase:
    """Return the clauses as beliefs."""
    return BeliefBase().add(*beliefs_of_cnf(cnf))


def places(labels: Iterator[Any]) -> frozenset[int]:
    """Return the places of clauses by the names of their beliefs."""
    return frozenset(int(str(label)[1:]) for label in labels)


def our_kernel(base: BeliefBase, cnf: Cnf) -> tuple[frozenset[int] | None, float, float]:
    """Return a kernel, and the milliseconds it takes from where all is loaded, and from the beliefs on."""
    start = process_time()
    inquiry = Inquiry(base)
    loaded = process_time()
    found = next(kernels(inquiry, limit=1), None)
    end = process_time()
    if isinstance(found, Unknown):
        raise SystemExit(found.reason)
    kernel = None if found is None else places(iter(found))
    return kernel, (end - loaded) * 1000, (end - start) * 1000


def our_kernels(base: BeliefBase, cnf: Cnf) -> Found:
    """Yield the kernels."""
    for found in kernels(Inquiry(base)):
        if not isinstance(found, Unknown):
            yield places(iter(found))


def our_remainders(base: BeliefBase, cnf: Cnf) -> Found:
    """Yield what the remainders leave out."""
    for found in remainders(Inquiry(base)):
        if isinstance(found, Remainder):
            yield places(iter(found.excluded))


# The others


def musx_kernel(base: BeliefBase, cnf: Cnf) -> tuple[frozenset[int] | None, float, float]:
    """Return what `our_kernel` does, of MUSX."""
    formula = CNF(from_clauses=list(map(list, cnf.clauses)))
    start = process_time()
    with MUSX(formula, verbosity=0) as musx:
        loaded = process_time()
        found = musx.compute()
        end = process_time()
    return None if found is None else frozenset(found), (end - loaded) * 1000, (end - start) * 1000


class Marco:
    """The MARCO algorithm of Liffiton, Previti, Malik and Marques-Silva (Constraints 2016), as it is told there."""

    def __init__(self, clauses: Sequence[Sequence[int]], *, large_seeds: bool) -> None:
        self.everything = range(1, len(clauses) + 1)
        self.clauses = [(), *clauses]
        self.top = max((abs(literal) for clause in clauses for literal in clause), default=0)
        self.solver = Minisat22()
        for place, clause in enumerate(clauses, start=1):
            self.solver.add_clause([*clause, -self.top - place])
        self.map = MinisatGH()
        self.map.set_phases([place if large_seeds else -place for place in self.everything])
        for place in self.everything:
            self.map.add_clause([place, -place])

    def enumerate(self) -> Iterator[tuple[bool, frozenset[int]]]:
        """Yield kernels, with True, and what remainders leave out, with False."""
        while self.map.solve():
            seed = [place for place in self.map.get_model() if place > 0]
            if self.agree(seed):
                left_out = frozenset(self.everything) - self.grown(seed)
                self.map.add_clause(sorted(left_out))
                yield False, left_out
            else:
                kernel = self.shrunk()
                self.map.add_clause([-place for place in kernel])
                yield True, frozenset(kernel)

    def agree(self, places: Sequence[int]) -> bool:
        """Return whether these clauses are satisfiable together."""
        return bool(self.solver.solve(assumptions=[self.top + place for place in places]))

    def grown(self, seed: Sequence[int]) -> set[int]:
        """Return as much as can be kept beside a seed that was just found to be satisfiable."""
        kept = {*seed, *self.satisfied()}
        for place in self.everything:
            if place not in kept and self.agree([*kept, place]):
                kept |= {place, *self.satisfied()}
        return kept

    def satisfied(self) -> list[int]:
        """Return the clauses that the last model satisfies."""
        true = set(self.solver.get_model())
        return [place for place in self.everything if not true.isdisjoint(self.clauses[place])]

    def core(self) -> set[int]:
        """Return the last core."""
        return {literal - self.top for literal in self.solver.get_core()}

    def shrunk(self) -> list[int]:
        """Return a kernel within the last core."""
        kernel = sorted(self.core())
        tried = 0
        while tried < len(kernel):
            if self.agree(kernel[:tried] + kernel[tried + 1 :]):
                tried += 1
            else:
                core = self.core()
                kernel = [place for place in kernel if place in core]
        return kernel


def marco_kernels(base: BeliefBase, cnf: Cnf) -> Found:
    """Yield the kernels."""
    return (found for is_kernel, found in Marco(cnf.clauses, large_seeds=True).enumerate() if is_kernel)


def marco_remainders(base: BeliefBase, cnf: Cnf) -> Found:
    """Yield what the remainders leave out."""
    return (found for is_kernel, found in Marco(cnf.clauses, large_seeds=False).enumerate() if not is_kernel)


def optux_kernels(base: BeliefBase, cnf: Cnf) -> Found:
    """Yield the kernels, the smallest first."""
    with OptUx(CNF(from_clauses=list(map(list, cnf.clauses))).weighted()) as optux:
        yield from map(frozenset, optux.enumerate())


def optux_unsorted_kernels(base: BeliefBase, cnf: Cnf) -> Found:
    """Yield the kernels in any order, by the hitting sets of a SAT solver."""
    formula = CNF(from_clauses=list(map(list, cnf.clauses))).weighted()
    with OptUx(formula, unsorted=True, puresat="mgh") as optux:
        yield from map(frozenset, optux.enumerate())


# Measuring

ENUMERATIONS: dict[str, Callable[[BeliefBase, Cnf], Found]] = {
    "kernels": our_kernels,
    "marco_kernels": marco_kernels,
    "optux_kernels": optux_kernels,
    "optux_unsorted_kernels": optux_unsorted_kernels,
    "remainders": our_remainders,
    "marco_remainders": marco_remainders,
}

RIVALS = {
    "kernels": ("marco_kernels", "optux_kernels", "optux_unsorted_kernels"),
    "remainders": ("marco_remainders",),
}
"""What ours is beside."""


def measure(folder: Path | None = None, *, seconds: float = 1.0, quick: bool = False) -> dict[str, Any]:
    """Return what `--json` writes.

    Raises:
        DimacsError: a file is malformed.
    """
    console = Console(stderr=True)
    rows = []
    listed = list(instances(folder, quick=quick))
    for name, cnf in track(
        listed, "instances", console=console, transient=True, disable=not console.is_terminal
    ):
        row = measured(name, cnf, seconds, 2 if quick else RUNS)
        if row is not None:
            rows.append(row)
    return {"seconds": seconds, "instances": rows}


def measured(name: str, cnf: Cnf, seconds: float, runs: int) -> dict[str, Any] | None:
    """Return the figures of one instance; None if nothing in it contradicts itself."""
    base = our_base(cnf)
    one = {
        who: apart(lambda find=find: least(find, base, cnf, runs), GIVEN_UP_AFTER)
        for who, find in (("kernel", our_kernel), ("musx", musx_kernel))
    }
    if any(figures is not None and figures["size"] is None for figures in one.values()):
        return None
    row: dict[str, Any] = {"name": name, "variables": cnf.variables, "clauses": len(cnf.clauses)}
    for who, figures in one.items():
        for what in ("ms", "whole_ms", "size"):
            row[f"{who}_{what}"] = None if figures is None else figures[what]
    row["kernel_checked"] = None if one["kernel"] is None else one["kernel"]["checked"]
    digests = {}
    for what, enumerate_ in ENUMERATIONS.items():
        row[what], digests[what] = enumerated(lambda found=enumerate_: found(base, cnf), seconds, runs)
    pairs = [(digests[what], digests[f"marco_{what}"]) for what in ("kernels", "remainders")]
    compared = [one == other for one, other in pairs if one is not None and other is not None]
    row["same"] = all(compared) if compared else None
    return row


def enumerated(find: Callable[[], Found], seconds: float, runs: int) -> tuple[dict[str, Any], str | None]:
    """Return how many sets an enumeration finds in so many seconds, and, if these were all, a digest of them."""
    tally = get_context("fork").RawValue("L", 0)
    # By the clock: others may use the processor as well. Each run but the last is over within a second.
    limit = 3 * seconds + runs
    figures = apart(lambda: best(lambda: counted(find(), seconds, tally), runs), limit)
    if figures is None:
        return {"found": tally.value, "seconds": seconds, "complete": False}, None
    return figures, figures.pop("digest")


def least(
    find: Callable[[BeliefBase, Cnf], tuple[frozenset[int] | None, float, float]],
    base: BeliefBase,
    cnf: Cnf,
    runs: int,
) -> dict[str, Any]:
    """Return the least times of several runs (of one, if it takes long), the size, and whether it is minimal."""
    times = []
    while len(times) < runs and sum(whole for _, whole in times) < 5000:
        kernel, loaded, whole = find(base, cnf)
        times.append((loaded, whole))
    return {
        "ms": min(loaded for loaded, _ in times),
        "whole_ms": min(whole for _, whole in times),
        "size": None if kernel is None else len(kernel),
        "checked": kernel is not None and is_minimal([cnf.clauses[place - 1] for place in sorted(kernel)]),
    }


def best(count: Callable[[], dict[str, Any]], runs: int) -> dict[str, Any]:
    """Return what counts most in its time, of several runs of an enumeration that is over soon; else of one."""
    counts = [count()]
    while counts[0]["complete"] and counts[0]["seconds"] < 1 and len(counts) < runs:
        counts.append(count())
    return min(counts, key=lambda figures: figures["seconds"])


def is_minimal(clauses: Sequence[Sequence[int]]) -> bool:
    """Return whether clauses contradict one another, while all but any one of them do not."""
    marco = Marco(clauses, large_seeds=True)
    everything = list(marco.everything)
    return not marco.agree(everything) and all(
        marco.agree(everything[: place - 1] + everything[place:]) for place in everything
    )


def counted(found: Found, seconds: float, tally: Any) -> dict[str, Any]:
    """Return how many sets come in so many seconds, and, if these were all, a digest of them; keep the tally."""
    tally.value = 0
    start = process_time()
    sets: list[list[int]] = []
    complete = True
    for each in found:
        if process_time() - start > seconds:
            complete = False
            break
        sets.append(sorted(each))
        tally.value += 1
    spent = process_time() - start
    digest = sha256(repr(sorted(sets)).encode()).hexdigest() if complete else None
    return {"found": len(sets), "seconds": round(spent, 5), "complete": complete, "digest": digest}


def apart(task: Callable[[], dict[str, Any]], seconds: float) -> dict[str, Any] | None:
    """Do a task in a process of its own, given up after so many seconds: no solver of python-sat has a clock."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    worker = context.Process(target=_report, args=(task, there))
    worker.start()
    there.close()
    try:
        answer: dict[str, Any] | None = here.recv() if here.poll(seconds) else None
    except EOFError:
        raise SystemExit("a task failed") from None
    finally:
        worker.kill()
        worker.join()
    return answer


def _report(task: Callable[[], dict[str, Any]], there: Connection) -> None:
    there.send(task())


# Showing


def markdown(figures: dict[str, Any]) -> str:
    """Return the tables for docs/benchmarks.md."""
    rows = figures["instances"]
    lines = [
        "| one kernel | clauses | size: ours / MUSX | loaded, ms | ratio | with loading, ms | ratio |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        cells = [row["name"], f"{row['clauses']:,}", f"{_or(row['kernel_size'])} / {_or(row['musx_size'])}"]
        for what in ("ms", "whole_ms"):
            ours, theirs = row[f"kernel_{what}"], row[f"musx_{what}"]
            cells += [f"{_ms(ours)} / {_ms(theirs)}", _ratio(ours, theirs)]
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "| a second | kernels | MARCO | OptUx | OptUx, unsorted | ratio | remainders | MARCO | ratio |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        kernels_ = [row[what] for what in list(ENUMERATIONS)[:4]]
        remainders_ = [row["remainders"], row["marco_remainders"]]
        cells = [row["name"], *map(_rate, kernels_), _best_ratio(kernels_), *map(_rate, remainders_)]
        lines.append(f"| {' | '.join(cells)} | {_best_ratio(remainders_)} |")
    return "\n".join(lines)


def summary(figures: dict[str, Any]) -> str:
    """Return in how far the targets are met, in a few lines."""
    rows = figures["instances"]
    lines = []
    for said, what in (("loaded", "ms"), ("with loading", "whole_ms")):
        pairs = [(row[f"kernel_{what}"], row[f"musx_{what}"]) for row in rows]
        ratios = [ours / theirs for ours, theirs in pairs if ours and theirs]
        if ratios:
            mean = exp(sum(map(log, ratios)) / len(ratios))
            within = sum(ratio <= 1.2 for ratio in ratios)
            lines.append(
                f"one kernel, {said}: within 1.2 times MUSX on {within} of {len(ratios)}, mean {mean:.2f}"
            )
    for what, others in RIVALS.items():
        ratios = [
            _per_second(row[what]) / best
            for row in rows
            if (best := max(_per_second(row[other]) for other in others)) and row[what]["found"]
        ]
        if ratios:
            mean = exp(sum(map(log, ratios)) / len(ratios))
            ahead = sum(ratio >= 1 for ratio in ratios)
            lines.append(
                f"{what}: at least as many as the best other on {ahead} of {len(ratios)}, mean {mean:.2f}"
            )
    compared = [row["same"] for row in rows if row["same"] is not None]
    lines.append(f"complete sets compared: {len(compared)}, the same: {sum(compared)}")
    return "\n".join(lines)


def is_sound(figures: dict[str, Any]) -> bool:
    """Return whether every kernel is one, and what is complete is the same."""
    return all(
        row["kernel_checked"] is not False and row["same"] is not False for row in figures["instances"]
    )


def _or(figure: int | None) -> str:
    return "–" if figure is None else str(figure)


def _ms(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.2f}" if figure < 10 else f"{figure:.0f}"


def _ratio(ours: float | None, theirs: float | None) -> str:
    return "–" if not ours or not theirs else f"{ours / theirs:.2f}"


def _per_second(figures: dict[str, Any]) -> float:
    """Return the sets found in a second."""
    rate: float = figures["found"] / max(figures["seconds"], 1e-5)
    return rate


def _rate(figures: dict[str, Any]) -> str:
    all_ = f" (all {figures['found']:,})" if figures["complete"] else ""
    return f"{_per_second(figures):,.0f}{all_}"


def _best_ratio(figures: Sequence[dict[str, Any]]) -> str:
    ours, best = _per_second(figures[0]), max(map(_per_second, figures[1:]))
    return "–" if not best else f"{ours / best:.1f}"


def main() -> int:
    """Run the benchmark; see the module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="a folder with DIMACS CNF files")
    parser.add_argument("--seconds", type=float, metavar="S", help="how long to enumerate each time")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument(
        "--quick", action="store_true", help="a few small instances, for a fraction of a second"
    )
    arguments = parser.parse_args()
    if arguments.folder is not None and not arguments.folder.is_dir():
        parser.error(f"there is no folder {arguments.folder}")
    seconds = arguments.seconds or (0.3 if arguments.quick else 1.0)
    try:
        figures = measure(arguments.folder, seconds=seconds, quick=arguments.quick)
    except DimacsError as error:
        parser.error(str(error))
    if not figures["instances"]:
        parser.error(f"no contradiction in a file *.cnf or *.cnf.gz in {arguments.folder}")
    if arguments.json:
        json.dump(figures, sys.stdout, indent=2)
        print()
    else:
        Console(width=150).print(Markdown(markdown(figures)))
        print(summary(figures))
    return 0 if is_sound(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
