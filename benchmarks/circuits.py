"""Diagnose failing circuits: believed healthy, seen to misbehave, revised at the least possible cost.

    python benchmarks/circuits.py DIR [--json]

DIR holds circuits as WCNF files, gzipped or not, in any folders below it. A hard clause is what a gate does if it is
healthy; a soft one says that it is. A line `o … 0` is an observation: literals that were seen together. For each
file the first observation that the healthy circuit contradicts is observed, and the cost of the revision is compared
with the optimum that python-sat's RC2 finds on the same clauses in the same run.

`--json` writes a list of `{"file", "cost", "optimum", "kernels", "ms", "rc2_ms", "certificate"}`: the cost of the
incision, the optimum by RC2, how many kernels were met, the milliseconds that each of the two took, and whether a
fresh Z3 has checked the certificate. Our time covers the revision and the making of its certificate; RC2's covers
making the solver and finding one optimum. Reading the file is in neither.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from time import perf_counter

from pysat.examples.rc2 import RC2
from pysat.formula import WCNF
from rich.console import Console
from rich.progress import track
from rich.table import Table

from beliefs.answers import ask, settled
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.clausal import beliefs_of_wcnf
from beliefs.base.dimacs import Clause, Wcnf, observation_formula, read_wcnf
from beliefs.certificates.checker import check
from beliefs.change import Change, revise
from beliefs.reasoning.verdict import Unknown

JSON_KEYS = ("file", "cost", "optimum", "kernels", "ms", "rc2_ms", "certificate")


@dataclass(frozen=True)
class Row:
    """The figures of one file; see the module's docstring. `--json` leaves out the last two, which the table has.

    Attributes:
        check_ms: the milliseconds it took to check the certificate.
        touched: the share of all beliefs that the certificate speaks of.
    """

    file: str
    cost: float
    optimum: float
    kernels: int
    ms: float
    rc2_ms: float
    certificate: bool
    check_ms: float
    touched: float


def main() -> int:
    """Run the benchmark; the exit code is 1 where a cost is not the least, or a certificate does not check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder of WCNF files")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    arguments = parser.parse_args()
    files = sorted(path for path in arguments.folder.rglob("*.wcnf*") if path.is_file())
    if not files:
        parser.error(f"there is no *.wcnf or *.wcnf.gz file in {arguments.folder}")
    progress = track(files, "circuits", console=Console(stderr=True), transient=True)
    rows = [measure(path, str(path.relative_to(arguments.folder))) for path in progress]
    if arguments.json:
        figures = [asdict(row) for row in rows]
        json.dump([{key: row[key] for key in JSON_KEYS} for row in figures], sys.stdout, indent=1)
        print()
    else:
        Console(width=120).print(table(rows))
        print(summary(rows))
    return 0 if all(row.cost == row.optimum and row.certificate for row in rows) else 1


def measure(path: Path, name: str) -> Row:
    """Observe the first failing observation of a file, and find the optimum by other means."""
    wcnf = read_wcnf(path)
    base = settled(BeliefBase().add(*beliefs_of_wcnf(wcnf)))
    if isinstance(base, Unknown) or not base.consistent:
        raise SystemExit(f"{path}: the circuit contradicts itself even without an observation")
    observation = first_failing(base, wcnf)
    if observation is None:
        raise SystemExit(
            f"{path}: the healthy circuit contradicts none of its {len(wcnf.observations)} observations"
        )
    seen = Belief("observation", observation_formula(observation))
    start = perf_counter()
    change = revise(base, seen)
    ours = perf_counter() - start
    start = perf_counter()
    optimum = optimum_by_rc2(wcnf, observation)
    theirs = perf_counter() - start
    start = perf_counter()
    proven = is_proven(change)
    checking = perf_counter() - start
    certified = 0 if change.certificate is None else len(change.certificate.before)
    return Row(
        file=name,
        cost=plain(change.cost.total),
        optimum=plain(optimum),
        kernels=len(change.kernels),
        ms=round(ours * 1000, 3),
        rc2_ms=round(theirs * 1000, 3),
        certificate=proven,
        check_ms=round(checking * 1000, 3),
        touched=certified / len(base),
    )


def first_failing(base: BeliefBase, wcnf: Wcnf) -> Clause | None:
    """The first observation that the healthy circuit contradicts."""
    for observation in wcnf.observations:
        if ask(base, observation_formula(observation)).verdict == "disbelieved":
            return observation
    return None


def optimum_by_rc2(wcnf: Wcnf, observation: Clause) -> float:
    """The least weight of soft clauses that an observation leaves unsatisfied."""
    problem = WCNF()
    for clause in wcnf.hard:
        problem.append(list(clause))
    for literal in observation:
        problem.append([literal])
    for weight, clause in wcnf.soft:
        problem.append(list(clause), weight=weight)
    with RC2(problem) as solver:
        solver.compute()
        return float(solver.cost)


def is_proven(change: Change) -> bool:
    """Whether the change was made, and a fresh Z3 confirms every claim of its certificate."""
    return change.status == "done" and change.certificate is not None and check(change.certificate).valid


def plain(number: float | Fraction) -> float:
    """A number as JSON writes it best: an integer where it is one."""
    return int(number) if number == int(number) else float(number)


def table(rows: list[Row]) -> Table:
    """The figures, a line a file."""
    result = Table(box=None)
    for heading in (
        "file",
        "cost",
        "optimum",
        "kernels",
        "ms",
        "RC2 ms",
        "ratio",
        "check ms",
        "touched",
        "certificate",
    ):
        result.add_column(
            heading, justify="left" if heading in ("file", "certificate") else "right", no_wrap=True
        )
    for row in rows:
        result.add_row(
            row.file,
            f"{row.cost:g}",
            f"{row.optimum:g}",
            str(row.kernels),
            f"{row.ms:.1f}",
            f"{row.rc2_ms:.1f}",
            f"{row.ms / row.rc2_ms:.1f}",
            f"{row.check_ms:.1f}",
            f"{row.touched:.0%}",
            "checked" if row.certificate else "NOT CHECKED",
        )
    return result


def summary(rows: list[Row]) -> str:
    """What all files come to, in a line."""
    least = sum(row.cost == row.optimum for row in rows)
    proven = sum(row.certificate for row in rows)
    ours, theirs = median(row.ms for row in rows), median(row.rc2_ms for row in rows)
    return (
        f"{len(rows)} files: {least} at the least cost, {proven} certificates checked; median {ours:.1f} ms "
        f"a revision, RC2 {theirs:.1f} ms, median ratio {median(row.ms / row.rc2_ms for row in rows):.1f}; "
        f"checking a certificate {median(row.check_ms for row in rows):.1f} ms"
    )


if __name__ == "__main__":
    raise SystemExit(main())
