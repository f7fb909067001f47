"""Diagnose failing circuits: believed healthy, seen to misbehave, revised at the least possible cost.

    python benchmarks/circuits.py DIR [--json]
    python benchmarks/circuits.py DIR --all-observations [--first N] [--limit N] [--json]

DIR holds circuits as WCNF files, gzipped or not, in any folders below it. A hard clause is what a gate does if it is
healthy; a soft one says that it is. A line `o … 0` is an observation: literals that were seen together. For each
file the first observation that the healthy circuit contradicts is observed, and the cost of the revision is compared
with the optimum that python-sat's RC2 finds on the same clauses in the same run.

`--json` writes a list of `{"file", "cost", "optimum", "kernels", "ms", "rc2_ms", "certificate"}`: the cost of the
incision, the optimum by RC2, how many kernels were met, the milliseconds that each of the two took, and whether a
fresh Z3 has checked the certificate. Our time covers the revision and the making of its certificate; RC2's covers
making the solver and finding one optimum. Reading the file is in neither. Either is the process's own time, and the
least of five runs in turn. The table also has our first run: it prints every belief that its certificate lists, which
others of the same base need not do again.

With `--all-observations`, all minimal diagnoses over all observations of each file are found. The gates are the same
throughout; every variable that no soft clause has differs from one observation to the next. Their number is compared
with `published.json` in DIR (`{FILE: {"minimal_diagnoses": N}}`), if there is one, and with what python-sat finds by
the usual route: the clauses copied for each observation, its `Hitman` for hitting sets, cores made minimal one literal
at a time. `--first N` takes only the first N observations of each file, `--limit N` stops after N diagnoses.

`--json` then writes a list of `{"file", "diagnoses", "published", "injected_found", "ms", "hitman_diagnoses",
"hitman_ms", "observations", "kernels"}`: the number of diagnoses; what was published, or null; whether the gate that
the header says was made faulty (`c corresp. vars`) is one by itself, null where it does not say; our time, from beliefs
and formulas to the last diagnosis; python-sat's answer and time, from clauses to the last diagnosis. Either is the
process's own time, and the least of five runs in turn. Each of ours is of a base that nobody has asked anything before;
the table also has the least of five for one that was, which need not be read again.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from pysat.examples.hitman import Hitman
from pysat.examples.rc2 import RC2
from pysat.formula import WCNF
from pysat.solvers import Solver
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
from beliefs.failure.diagnosis import Diagnoses, diagnose
from beliefs.language.syntax import Formula
from beliefs.reasoning.verdict import Unknown

JSON_KEYS = ("file", "cost", "optimum", "kernels", "ms", "rc2_ms", "certificate")
PUBLISHED = "published.json"
RUNS = 5


@dataclass(frozen=True)
class Row:
    """The figures of one file; see the module's docstring. `--json` leaves out the last three, which the table has.

    Attributes:
        first_ms: the milliseconds of our first run.
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
    first_ms: float
    check_ms: float
    touched: float


@dataclass(frozen=True)
class Diagnosed:
    """The figures of one file with all its observations; see the module's docstring.

    `--json` leaves out what the table has of a base that was asked before.
    """

    file: str
    diagnoses: int
    published: int | None
    injected_found: bool | None
    ms: float
    hitman_diagnoses: int
    hitman_ms: float
    observations: int
    kernels: int
    again_ms: float

    @property
    def figures(self) -> dict[str, Any]:
        """What `--json` writes."""
        return {key: value for key, value in asdict(self).items() if key != "again_ms"}

    @property
    def agrees(self) -> bool:
        """Whether the diagnoses are as many as published, and as python-sat finds, the injected fault among them."""
        return (
            self.diagnoses == self.hitman_diagnoses
            and self.published in (None, self.diagnoses)
            and self.injected_found is not False
        )


def main() -> int:
    """Run the benchmark.

    The exit code is 1 where a cost is not the least, or a certificate does not check; with all observations, where
    a number of diagnoses differs, or the injected fault is not among them.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder of WCNF files")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument(
        "--all-observations", action="store_true", help="diagnose all observations of each file"
    )
    parser.add_argument(
        "--first", type=int, metavar="N", help="with --all-observations: the first N of them only"
    )
    parser.add_argument(
        "--limit", type=int, metavar="N", help="with --all-observations: the first N diagnoses only"
    )
    arguments = parser.parse_args()
    if arguments.limit is not None and (arguments.limit < 1 or not arguments.all_observations):
        parser.error("--limit takes a number from 1, and goes with --all-observations")
    if arguments.first is not None and (arguments.first < 1 or not arguments.all_observations):
        parser.error("--first takes a number from 1, and goes with --all-observations")
    files = sorted(path for path in arguments.folder.rglob("*.wcnf*") if path.is_file())
    if not files:
        parser.error(f"there is no *.wcnf or *.wcnf.gz file in {arguments.folder}")
    progress = track(files, "circuits", console=Console(stderr=True), transient=True)
    if arguments.all_observations:
        first, limit = arguments.first, arguments.limit
        published = published_in(arguments.folder) if first is None and limit is None else {}
        diagnosed = [
            diagnose_all(path, str(path.relative_to(arguments.folder)), published, first, limit)
            for path in progress
        ]
        if arguments.json:
            json.dump([row.figures for row in diagnosed], sys.stdout, indent=1)
            print()
        else:
            Console(width=120).print(diagnosed_table(diagnosed))
            print(diagnosed_summary(diagnosed))
        return 0 if all(row.agrees for row in diagnosed) else 1
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
    ours, theirs = [], []
    for _ in range(RUNS):
        start = process_time()
        change = revise(base, seen)
        ours.append(process_time() - start)
        start = process_time()
        optimum = optimum_by_rc2(wcnf, observation)
        theirs.append(process_time() - start)
    start = perf_counter()
    proven = is_proven(change)
    checking = perf_counter() - start
    certified = 0 if change.certificate is None else len(change.certificate.before)
    return Row(
        file=name,
        cost=plain(change.cost.total),
        optimum=plain(optimum),
        kernels=len(change.kernels),
        ms=round(min(ours) * 1000, 3),
        rc2_ms=round(min(theirs) * 1000, 3),
        first_ms=round(ours[0] * 1000, 3),
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
        "first ms",
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
            f"{row.first_ms:.1f}",
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


def published_in(folder: Path) -> dict[str, int]:
    """The published numbers of diagnoses by file, where a folder has them."""
    path = folder / PUBLISHED
    if not path.exists():
        return {}
    return {
        name: figures["minimal_diagnoses"] for name, figures in json.loads(path.read_text("utf-8")).items()
    }


def diagnose_all(
    path: Path, name: str, published: dict[str, int], first: int | None, limit: int | None
) -> Diagnosed:
    """Find all minimal diagnoses over the observations of a file, and count them by other means."""
    wcnf = read_wcnf(path)
    wcnf = replace(wcnf, observations=wcnf.observations[:first])
    if not wcnf.observations:
        raise SystemExit(f"{path}: there is no observation; one is a line such as `o 1 -2 0`")
    question = Question.of(wcnf)
    base = settled(question.base())
    if isinstance(base, Unknown) or not base.consistent:
        raise SystemExit(f"{path}: the circuit contradicts itself even without an observation")
    ours, again, theirs = [], [], []
    for _ in range(RUNS):
        new = question.base()
        start = process_time()
        diagnoses = question.diagnoses(new)
        found = list(islice(diagnoses, limit))
        ours.append(process_time() - start)
        start = process_time()
        list(islice(question.diagnoses(new), limit))
        again.append(process_time() - start)
        start = process_time()
        theirs_found = diagnoses_by_hitman(wcnf, question.shared, limit)
        theirs.append(process_time() - start)
    injected = injected_fault(wcnf, question.shared)
    whole = limit is None or len(found) < limit
    return Diagnosed(
        file=name,
        diagnoses=len(found),
        published=published.get(name),
        injected_found=any(injected == set(each.labels) for each in found) if injected and whole else None,
        ms=round(min(ours) * 1000, 3),
        hitman_diagnoses=len(theirs_found),
        hitman_ms=round(min(theirs) * 1000, 3),
        observations=len(wcnf.observations),
        kernels=len(diagnoses.kernels),
        again_ms=round(min(again) * 1000, 3),
    )


@dataclass(frozen=True)
class Question:
    """What is asked of the observations of a file.

    Attributes:
        wcnf: the file.
        shared: the variables of soft clauses: what is the same in all observations.
        situated: what all others are called.
        seen: the observations.
    """

    wcnf: Wcnf
    shared: set[int]
    situated: list[str]
    seen: list[Formula]

    @staticmethod
    def of(wcnf: Wcnf) -> Question:
        """Prepare what is given to both."""
        shared = {abs(literal) for _, clause in wcnf.soft for literal in clause}
        met = {abs(literal) for clause in (*wcnf.hard, *wcnf.observations) for literal in clause}
        situated = [f"x{variable}" for variable in sorted(met - shared)]
        return Question(wcnf, shared, situated, [observation_formula(each) for each in wcnf.observations])

    def base(self) -> BeliefBase:
        """Return a base that nobody has asked anything."""
        return BeliefBase().add(*beliefs_of_wcnf(self.wcnf))

    def diagnoses(self, base: BeliefBase) -> Diagnoses:
        """Begin to diagnose."""
        return diagnose(base, self.seen, situated=self.situated)


def injected_fault(wcnf: Wcnf, shared: set[int]) -> set[str] | None:
    """The beliefs that gates are healthy which the header says were made faulty; None where it does not say.

    It names the variable of a gate's output. The clauses of a gate begin with the negated literal of its health,
    then its output.
    """
    marked = [
        line.split(":")[1].split() for line in wcnf.comments if line.strip().startswith("corresp. vars:")
    ]
    outputs = {int(number) for numbers in marked for number in numbers}
    health = {
        -clause[0]
        for clause in wcnf.hard
        if len(clause) > 1 and abs(clause[1]) in outputs and -clause[0] in shared
    }
    labels = {f"s{number}" for number, (_, clause) in enumerate(wcnf.soft, start=1) if {*clause} <= health}
    return labels or None


def diagnoses_by_hitman(wcnf: Wcnf, shared: set[int], limit: int | None = None) -> list[list[int]]:
    """All minimal diagnoses, or the first, as sets of the numbers of soft clauses, by python-sat's hitting sets.

    A smallest hitting set of the conflicts met is left out. If the rest is satisfiable it is a diagnosis, and
    blocked; if not, the core is trimmed, then made minimal by deletion, and is to be hit as well.
    """
    found: list[list[int]] = []
    with Solver("minisat22") as oracle, Hitman(htype="sorted", solver="minisat22") as hitman:
        top = wcnf.variables
        for observation in wcnf.observations:
            own = {
                variable: top + variable
                for variable in range(1, wcnf.variables + 1)
                if variable not in shared
            }
            top += wcnf.variables
            for clause in wcnf.hard:
                oracle.add_clause(copied(clause, own))
            for literal in observation:
                oracle.add_clause(copied((literal,), own))
        selectors = {}
        for number, (_, clause) in enumerate(wcnf.soft, start=1):
            if len(clause) == 1:
                selectors[clause[0]] = number
            else:
                top += 1
                oracle.add_clause([-top, *clause])
                selectors[top] = number
        while len(found) != limit and (hitting_set := hitman.get()) is not None:
            kept = [selector for selector in selectors if selectors[selector] not in hitting_set]
            if oracle.solve(assumptions=kept):
                found.append(hitting_set)
                if not hitting_set:
                    break
                hitman.block(hitting_set)
            else:
                hitman.hit([selectors[selector] for selector in minimal_core(oracle, oracle.get_core())])
    return found


def copied(clause: Clause, own: dict[int, int]) -> list[int]:
    """A clause with variables of its own for one observation."""
    return [own.get(literal, literal) if literal > 0 else -own.get(-literal, -literal) for literal in clause]


def minimal_core(oracle: Solver, core: list[int]) -> list[int]:
    """A smallest part of a core that is unsatisfiable too."""
    while True:
        oracle.solve(assumptions=core)
        trimmed = oracle.get_core()
        if len(trimmed) == len(core):
            break
        core = trimmed
    place = 0
    while place < len(core):
        rest = core[:place] + core[place + 1 :]
        if oracle.solve(assumptions=rest):
            place += 1
        else:
            refuted = set(oracle.get_core())
            core = [literal for literal in rest if literal in refuted]
    return core


def diagnosed_table(rows: list[Diagnosed]) -> Table:
    """The figures with all observations, a line a file."""
    result = Table(box=None)
    headings = (
        "file",
        "observations",
        "diagnoses",
        "published",
        "injected",
        "kernels",
        "ms",
        "Hitman ms",
        "ratio",
        "again ms",
    )
    for heading in headings:
        result.add_column(
            heading, justify="left" if heading in ("file", "injected") else "right", no_wrap=True
        )
    for row in rows:
        agrees = "" if row.diagnoses == row.hitman_diagnoses else f" (Hitman: {row.hitman_diagnoses})"
        result.add_row(
            row.file,
            str(row.observations),
            f"{row.diagnoses}{agrees}",
            "" if row.published is None else str(row.published),
            {True: "found", False: "NOT FOUND", None: ""}[row.injected_found],
            str(row.kernels),
            f"{row.ms:.1f}",
            f"{row.hitman_ms:.1f}",
            f"{row.ms / row.hitman_ms:.2f}",
            f"{row.again_ms:.1f}",
        )
    return result


def diagnosed_summary(rows: list[Diagnosed]) -> str:
    """What all files come to with all observations, in a line."""
    counted = [row for row in rows if row.published is not None]
    published = sum(row.diagnoses == row.published for row in counted)
    hitman = sum(row.diagnoses == row.hitman_diagnoses for row in rows)
    injected = sum(row.injected_found is True for row in rows)
    return (
        f"{len(rows)} files: {published} of {len(counted)} as published, {hitman} as python-sat finds, the injected "
        f"fault found in {injected}; median {median(row.ms for row in rows):.1f} ms, python-sat "
        f"{median(row.hitman_ms for row in rows):.1f} ms, median ratio "
        f"{median(row.ms / row.hitman_ms for row in rows):.2f}"
    )


# Of what `--json` prints, for docs/benchmarks.md.


def markdown(figures: list[dict[str, Any]]) -> str:
    """The table of the first observations, a line a family of circuits."""
    lines = [
        "| circuits | files | least cost | certificates | revision, ms | RC2, ms | ratio |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for family, rows in families(figures):
        cells = (
            family,
            str(len(rows)),
            str(sum(row["cost"] == row["optimum"] for row in rows)),
            str(sum(row["certificate"] for row in rows)),
            spread([row["ms"] for row in rows]),
            spread([row["rc2_ms"] for row in rows]),
            spread([row["ms"] / row["rc2_ms"] for row in rows]),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def markdown_of_all(figures: list[dict[str, Any]]) -> str:
    """The table of all observations, a line a family of circuits."""
    lines = [
        "| circuits | files | observations | diagnoses | ours, ms | python-sat, ms | ratio |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for family, rows in families(figures):
        observations = sorted({row["observations"] for row in rows})
        cells = (
            family,
            str(len(rows)),
            "–".join(map(str, dict.fromkeys((observations[0], observations[-1])))),
            spread([row["diagnoses"] for row in rows]),
            spread([row["ms"] for row in rows]),
            spread([row["hitman_ms"] for row in rows]),
            " / ".join(f"{ratio:.2f}" for ratio in extremes([row["ms"] / row["hitman_ms"] for row in rows])),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def families(figures: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The figures by the folder that each file is in, and all of them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in figures:
        found.setdefault(Path(row["file"]).parent.name or Path(row["file"]).name, []).append(row)
    return [*found.items(), ("all", figures)]


def spread(numbers: list[float]) -> str:
    """Minimum / median / maximum; of times, the small ones to a tenth."""
    shown = extremes(numbers)
    whole = all(isinstance(number, int) for number in numbers)
    return " / ".join(f"{number:,.0f}" if whole or number >= 30 else f"{number:.1f}" for number in shown)


def extremes(numbers: list[float]) -> tuple[float, float, float]:
    """Minimum, median and maximum."""
    return min(numbers), median(numbers), max(numbers)


if __name__ == "__main__":
    raise SystemExit(main())
