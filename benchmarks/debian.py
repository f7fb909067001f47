"""Revise what is believed of a Debian system: sixty thousand packages, their rules certain, what is installed believed.

    python benchmarks/debian.py [PACKAGES_FILE] [--json] [--quick] [--not-installed]

PACKAGES_FILE is a Debian package index, plain or compressed (.gz, .xz, .lz4); by default the largest that apt keeps
under /var/lib/apt/lists (after `apt-get update`). Every dependency of a package becomes a certain belief
`p -> a | b`, virtual packages resolved and versions compared in Debian's order; every conflict or break one
`p -> !q`. Beliefs "p is installed" say what a consistent installation of 1,000, and one of 3,000 packages holds; they
weigh more the higher Debian puts the priority of the package. With `--not-installed`, it is also believed of every
other package, and held less firmly than all that, that it is not installed.

Then it is observed, each time on the same base: that a package is installed which was not; that one is not available
which was installed; both at once, of two packages. Which ones, the lot decides, always the same. Each is a revision
(`beliefs.change.revise`), which makes its certificate; that is checked afterwards (`beliefs.certificates.checker`). It
is also asked what was observed (`beliefs.answers.ask`). In the same run the same question is put to python-sat's RC2,
made afresh for each; to a core-guided search of the same kind that keeps one loaded solver for all; and, for a few
observations, to Z3's Optimize, with a time limit, beyond which a time counts as the limit.

Times are the process's own, in milliseconds. Ours are on a base in memory that carries its witness; RC2's include
loading it with clauses of numbers that are in memory; Z3's, its reading of the problem as text. Every time is that
of one call; all but Z3's are taken in turn, observation by observation.

`--json` writes an object: `{"beliefs", "observations", "same_cost", "median_ms", "rc2_median_ms", "z3_median_ms",
"ask_median_ms", "certificates_checked"}`: how many beliefs the larger base has; how many observations there were; for
how many the cost was RC2's (both may find that there is no way); the medians over all observations; for how many the
certificate was found to hold. Then `"packages"`, `"rules"`, `"not_installed"`; `"p99_ms"`, `"max_ms"`, `"rc2_p99_ms"`,
`"rc2_max_ms"`, `"ask_max_ms"`, `"warm_median_ms"`, `"warm_p99_ms"` (the search that keeps its solver),
`"z3_observations"`, `"z3_unfinished"`; and `"rows"`, a list with the same for each size of installation and kind of
observation: `{"installed", "kind", "observations", "same_cost", "median_ms", "p99_ms", "rc2_median_ms", "rc2_p99_ms",
"warm_median_ms", "warm_p99_ms", "ask_median_ms", "kernels", "certified"}`, the last two the medians of how many kernels
and beliefs a certificate has. The 99th percentile of fewer than a hundred is the largest.

The exit code is 1 where a cost is not the least, or a certificate does not check.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any, TypeVar

import z3
from immutables import Map
from packages import Clause, Rules, default_index, installation, packages_of, rules_of, text_of
from pysat.card import ITotalizer
from pysat.examples.rc2 import RC2
from pysat.formula import WCNF
from pysat.solvers import Minisat22
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import Progress, TaskID

from beliefs.answers import ask
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import CERTAIN, Entrenchment
from beliefs.certificates.checker import check
from beliefs.change import Change, revise
from beliefs.language.semantics import Model, truth
from beliefs.language.syntax import Atom, Formula, Implies, Not, conjunction, disjunction

T = TypeVar("T")

SIZES = (1000, 3000)
EACH = 20
QUICK = 5
SEED = 4
KINDS = ("must be installed", "not available", "both")
WEIGHTS = {"required": 64, "important": 16, "standard": 4}
"""What it costs to give up a package; one of any other priority costs 1."""

Z3_SAMPLE = 6
Z3_LIMIT_MS = 30_000


@dataclass(frozen=True)
class Observation:
    """A conjunction of literals that is observed, as numbers of packages, negative for what is not installed."""

    kind: str
    literals: tuple[int, ...]


@dataclass(frozen=True)
class Situation:
    """What is believed with one installation, for us and as clauses of numbers.

    Attributes:
        atoms: the proposition of each package; the first is none.
        soft: the literals believed, with their weights.
    """

    base: BeliefBase
    atoms: tuple[Atom, ...]
    hard: list[list[int]]
    soft: dict[int, int]


@dataclass(frozen=True)
class Outcome:
    """What came of one observation; a cost is None where there is no way."""

    kind: str
    cost: Fraction | None
    ms: float
    ask_ms: float
    kernels: int
    certified: int
    proven: bool
    rc2_cost: Fraction | None
    rc2_ms: float
    warm_cost: Fraction | None
    warm_ms: float

    @property
    def agrees(self) -> bool:
        """Whether all three found the same least cost."""
        return self.cost == self.rc2_cost == self.warm_cost


def main() -> int:
    """Run the benchmark; see the module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("index", type=Path, nargs="?", metavar="PACKAGES_FILE", help="a Debian package index")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument(
        "--quick", action="store_true", help="few observations on one installation, without Z3"
    )
    parser.add_argument(
        "--not-installed",
        action="store_true",
        help="also believe of other packages that they are not installed",
    )
    arguments = parser.parse_args()
    index = arguments.index or default_index()
    if index is None:
        parser.error("apt keeps no package index here; run `apt-get update`, or name a PACKAGES_FILE")
    try:
        figures = measure(index, quick=arguments.quick, not_installed=arguments.not_installed)
    except (OSError, ValueError) as error:
        parser.error(f"{index}: {error}")
    if arguments.json:
        json.dump(figures, sys.stdout, indent=1)
        print()
    else:
        Console(width=120).print(Markdown(markdown(figures)))
    done = figures["observations"]
    return 0 if figures["same_cost"] == done == figures["certificates_checked"] else 1


def measure(
    index: Path,
    *,
    quick: bool = False,
    not_installed: bool = False,
    sizes: Sequence[int] = SIZES,
    each: int | None = None,
    z3_sample: int | None = None,
) -> dict[str, Any]:
    """Return the figures for an index, by their JSON keys."""
    each = each or (QUICK if quick else EACH)
    sizes = sizes[:1] if quick else sizes
    z3_sample = (0 if quick else Z3_SAMPLE) if z3_sample is None else z3_sample
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=2 * len(sizes) * len(KINDS) * each)
        rules = rules_of(packages_of(text_of(index)))
        certain = base_of(rules)
        outcomes: dict[int, list[Outcome]] = {}
        z3_ms: list[float] = []
        beliefs = 0
        for size in sizes:
            progress.update(task, description=f"{size} installed")
            installed = installation(rules, size, SEED)
            situation = situated(rules, certain, installed, not_installed=not_installed)
            beliefs = len(situation.base)
            observations = observed(rules, installed, each)
            outcomes[len(installed)] = _outcomes(situation, observations, progress, task)
            step = max(1, len(sizes) * len(observations) // max(z3_sample, 1))
            sample = observations[step // 2 :: step] if z3_sample else []
            z3_ms += [_timed(partial(z3_optimum, situation, each))[1] for each in sample]
    return {
        **_figures(outcomes, beliefs, z3_ms),
        "packages": len(rules.packages),
        "rules": len(rules.clauses),
        "not_installed": not_installed,
    }


def base_of(rules: Rules) -> BeliefBase:
    """Return the base that holds the rules, and nothing else."""
    atoms = propositions(rules)
    said = ((number, formula_of(clause, atoms)) for number, clause in enumerate(rules.clauses, start=1))
    return BeliefBase().add(
        *(Belief(f"r{number}", formula, Entrenchment(CERTAIN)) for number, formula in said)
    )


def situated(
    rules: Rules, certain: BeliefBase, installed: frozenset[int], *, not_installed: bool = False
) -> Situation:
    """Return what is believed where these packages are installed, and the rules are certain.

    Raises:
        ValueError: they are not consistent.
    """
    atoms = propositions(rules)
    weights = {
        place: WEIGHTS.get(package.priority, 1) for place, package in enumerate(rules.packages, start=1)
    }
    soft = {place: weights[place] for place in sorted(installed)}
    beliefs = [
        Belief(f"i{place}", atoms[place], Entrenchment(1, Fraction(weight))) for place, weight in soft.items()
    ]
    if not_installed:
        others = [place for place in weights if place not in installed]
        beliefs += [Belief(f"n{place}", Not(atoms[place]), Entrenchment(0)) for place in others]
        # One unit of the upper level outweighs all that the lower one holds.
        soft = {place: weight * (len(others) + 1) for place, weight in soft.items()}
        soft.update({-place: 1 for place in others})
    witness = Model(true=Map({(atoms[place].predicate,): None for place in installed}))
    base = certain.add(*beliefs)
    if not all(truth(belief.formula, witness) for belief in base):
        raise ValueError("the installation is not consistent")
    return Situation(
        base.knowing(witness, consistent=True), atoms, [list(clause) for clause in rules.clauses], soft
    )


def propositions(rules: Rules) -> tuple[Atom, ...]:
    """Return a proposition for each package: its name, as far as one may be written so, and its number."""
    names = (re.sub(r"\W", "_", package.name) for package in rules.packages)
    return (Atom("none"), *(Atom(f"p_{name}_{place}") for place, name in enumerate(names, start=1)))


def formula_of(clause: Clause, atoms: Sequence[Atom]) -> Formula:
    """Return a rule about packages as a formula."""
    package, others = atoms[-clause[0]], clause[1:]
    if not others:
        return Not(package)
    if others[0] < 0:
        return Implies(package, Not(atoms[-others[0]]))
    return Implies(package, disjunction(tuple(atoms[place] for place in others)))


def observed(rules: Rules, installed: frozenset[int], each: int) -> list[Observation]:
    """Return so many observations of each kind, drawn by lot; packages that no rule mentions are passed over."""
    lot = Random(SEED)
    mentioned = {abs(literal) for clause in rules.clauses for literal in clause}
    there = sorted(mentioned & installed)
    absent = sorted(mentioned - installed)
    found = []
    for _ in range(each):
        found.append(Observation(KINDS[0], (lot.choice(absent),)))
        found.append(Observation(KINDS[1], (-lot.choice(there),)))
        found.append(Observation(KINDS[2], (lot.choice(absent), -lot.choice(there))))
    return found


def _outcomes(
    situation: Situation, observations: Iterable[Observation], progress: Progress, task: TaskID
) -> list[Outcome]:
    base = situation.base
    warm = StandingSolver(situation.hard, situation.soft)
    # What is there now stays: the collector need not go through it again and again, in nobody's time.
    gc.collect()
    gc.freeze()
    found: list[tuple[Observation, Change, tuple[float, float], tuple[Any, float], tuple[Any, float]]] = []
    for observation in observations:
        formula = conjunction(
            tuple(
                situation.atoms[literal] if literal > 0 else Not(situation.atoms[-literal])
                for literal in observation.literals
            )
        )
        change, ms = _timed(partial(revise, base, Belief("seen", formula)))
        _, ask_ms = _timed(partial(ask, base, formula))
        rc2 = _timed(partial(rc2_optimum, situation, observation))
        kept = _timed(partial(warm.optimum, observation.literals))
        found.append((observation, change, (ms, ask_ms), rc2, kept))
        progress.advance(task)
    warm.close()
    outcomes = []
    for observation, change, (ms, ask_ms), (rc2_cost, rc2_ms), (warm_cost, warm_ms) in found:
        certificate = change.certificate
        outcomes.append(
            Outcome(
                kind=observation.kind,
                cost=_cost(change, situation),
                ms=ms,
                ask_ms=ask_ms,
                kernels=len(change.kernels),
                certified=0 if certificate is None else len(certificate.before),
                proven=certificate is not None and check(certificate).valid,
                rc2_cost=None if rc2_cost is None else Fraction(rc2_cost),
                rc2_ms=rc2_ms,
                warm_cost=None if warm_cost is None else Fraction(warm_cost),
                warm_ms=warm_ms,
            )
        )
        progress.advance(task)
    return outcomes


def _cost(change: Change, situation: Situation) -> Fraction | None:
    """What a change cost in the weights that the others have been given; None where it was refused."""
    if change.status not in ("done", "vacuous"):
        return None
    places = (int(belief.name[1:]) * (1 if belief.name[0] == "i" else -1) for belief in change.removed)
    return sum((Fraction(situation.soft[place]) for place in places), Fraction(0))


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what some work returns, and the milliseconds of the process that it took."""
    start = process_time()
    result = work()
    return result, (process_time() - start) * 1000


def rc2_optimum(situation: Situation, observation: Observation) -> int | None:
    """Return the least weight to give up by RC2, made for this one observation; None if there is no way."""
    problem = WCNF()
    problem.nv = len(situation.atoms) - 1
    problem.hard = [*situation.hard, *([literal] for literal in observation.literals)]
    # RC2 changes the lists of soft clauses.
    problem.soft = [[literal] for literal in situation.soft]
    problem.wght = list(situation.soft.values())
    problem.topw = sum(problem.wght) + 1
    with RC2(problem) as solver:
        return None if solver.compute() is None else int(solver.cost)


class StandingSolver:
    """The core-guided search of RC2 (the algorithm OLL) over a solver that is loaded once for many observations.

    What is observed is assumed. A core of soft literals costs the least weight in it; the sum of those that fail is
    counted by a totalizer, which says nothing by itself and may stay. Heavy literals come first.
    """

    def __init__(self, hard: Iterable[list[int]], soft: dict[int, int]) -> None:
        self._solver = Minisat22(bootstrap_with=hard)
        self._soft = soft
        self._top = self._solver.nof_vars()
        self._solver.set_phases(list(soft))

    def optimum(self, observed: tuple[int, ...]) -> int | None:
        """Return the least weight to give up; None if there is no way."""
        if not self._solver.solve(assumptions=list(observed)):
            return None
        soft = dict(self._soft)
        sums: dict[int, tuple[ITotalizer, int]] = {}
        cost = 0
        stratum = max(soft.values(), default=0)
        while True:
            assumed = [literal for literal, weight in soft.items() if weight >= stratum]
            if self._solver.solve(assumptions=[*observed, *assumed]):
                lighter = [weight for weight in soft.values() if weight < stratum]
                if not lighter:
                    return cost
                stratum = max(lighter)
                continue
            core = [literal for literal in self._solver.get_core() if literal in soft]
            least = min(soft[literal] for literal in core)
            cost += least
            for literal in core:
                soft[literal] -= least
                if not soft[literal]:
                    del soft[literal]
                if literal in sums:
                    self._allow(*sums[literal], soft, sums, least)
            if len(core) > 1:
                total = ITotalizer(
                    lits=[-literal for literal in core], ubound=len(core) - 1, top_id=self._top
                )
                self._top = total.top_id
                self._solver.append_formula(total.cnf.clauses)
                self._allow(total, 0, soft, sums, least)

    def _allow(
        self,
        total: ITotalizer,
        bound: int,
        soft: dict[int, int],
        sums: dict[int, tuple[ITotalizer, int]],
        weight: int,
    ) -> None:
        """Make it a soft literal that no more fail than one above a bound."""
        if bound + 1 < len(total.rhs):
            literal = -total.rhs[bound + 1]
            soft[literal] = soft.get(literal, 0) + weight
            sums[literal] = total, bound + 1

    def close(self) -> None:
        """Free the solver."""
        self._solver.delete()


def z3_optimum(situation: Situation, observation: Observation) -> Fraction | None:
    """Return the least weight to give up by Z3's Optimize; None if there is no way, or it did not finish."""
    context = z3.Context()
    solver = z3.Optimize(ctx=context)
    solver.set("timeout", Z3_LIMIT_MS)
    lines = [f"(declare-const x{place} Bool)" for place in range(1, len(situation.atoms))]
    units = ([literal] for literal in observation.literals)
    lines += [f"(assert {_smt(clause)})" for clause in (*situation.hard, *units)]
    lines += [
        f"(assert-soft {_smt([literal])} :weight {weight})" for literal, weight in situation.soft.items()
    ]
    solver.from_string("\n".join(lines))
    if solver.check() != z3.sat:
        return None
    return sum(
        (
            Fraction(weight)
            for literal, weight in situation.soft.items()
            if not _holds(solver, literal, context)
        ),
        Fraction(0),
    )


def _smt(clause: Sequence[int]) -> str:
    literals = [f"x{literal}" if literal > 0 else f"(not x{-literal})" for literal in clause]
    return literals[0] if len(literals) == 1 else f"(or {' '.join(literals)})"


def _holds(solver: z3.Optimize, literal: int, context: z3.Context) -> bool:
    value = solver.model().eval(z3.Bool(f"x{abs(literal)}", context), model_completion=True)
    return z3.is_true(value) is (literal > 0)


def _figures(outcomes: dict[int, list[Outcome]], beliefs: int, z3_ms: list[float]) -> dict[str, Any]:
    everything = [outcome for some in outcomes.values() for outcome in some]
    rows = []
    for size, some in outcomes.items():
        for kind in KINDS:
            of_kind = [outcome for outcome in some if outcome.kind == kind]
            rows.append({"installed": size, "kind": kind, **_summary(of_kind)})
    whole = _summary(everything)
    return {
        "beliefs": beliefs,
        "observations": whole["observations"],
        "same_cost": whole["same_cost"],
        "median_ms": whole["median_ms"],
        "rc2_median_ms": whole["rc2_median_ms"],
        "z3_median_ms": round(median(z3_ms), 3) if z3_ms else None,
        "ask_median_ms": whole["ask_median_ms"],
        "certificates_checked": sum(outcome.proven for outcome in everything),
        "p99_ms": whole["p99_ms"],
        "max_ms": round(max(outcome.ms for outcome in everything), 3),
        "rc2_p99_ms": whole["rc2_p99_ms"],
        "rc2_max_ms": round(max(outcome.rc2_ms for outcome in everything), 3),
        "ask_max_ms": round(max(outcome.ask_ms for outcome in everything), 3),
        "warm_median_ms": whole["warm_median_ms"],
        "warm_p99_ms": whole["warm_p99_ms"],
        "z3_observations": len(z3_ms),
        "z3_unfinished": sum(ms >= Z3_LIMIT_MS for ms in z3_ms),
        "rows": rows,
    }


def _summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "observations": len(outcomes),
        "same_cost": sum(outcome.agrees for outcome in outcomes),
        "median_ms": _rounded(median, [outcome.ms for outcome in outcomes]),
        "p99_ms": _rounded(percentile_99, [outcome.ms for outcome in outcomes]),
        "rc2_median_ms": _rounded(median, [outcome.rc2_ms for outcome in outcomes]),
        "rc2_p99_ms": _rounded(percentile_99, [outcome.rc2_ms for outcome in outcomes]),
        "warm_median_ms": _rounded(median, [outcome.warm_ms for outcome in outcomes]),
        "warm_p99_ms": _rounded(percentile_99, [outcome.warm_ms for outcome in outcomes]),
        "ask_median_ms": _rounded(median, [outcome.ask_ms for outcome in outcomes]),
        "kernels": median(outcome.kernels for outcome in outcomes),
        "certified": median(outcome.certified for outcome in outcomes),
    }


def _rounded(of: Callable[[list[float]], float], numbers: list[float]) -> float:
    return round(of(numbers), 3)


def percentile_99(numbers: list[float]) -> float:
    """The least of some numbers that no more than one in a hundred exceeds."""
    return sorted(numbers)[len(numbers) - 1 - len(numbers) // 100]


def markdown(figures: dict[str, Any]) -> str:
    """The figures as a table of Markdown, with the totals in its last line."""
    lines = [
        "| installed | observed | n | same cost | revision, ms | RC2, ms | RC2 kept, ms | ask, ms | kernels | listed |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row['installed']:,} | {row['kind']} | {row['observations']} | {row['same_cost']} | {_pair(row, '')} "
        f"| {_pair(row, 'rc2_')} | {_pair(row, 'warm_')} | {row['ask_median_ms']:.2f} | {row['kernels']:g} "
        f"| {row['certified']:g} |"
        for row in figures["rows"]
    ]
    lines.append(
        f"| all | | {figures['observations']} | {figures['same_cost']} | {_pair(figures, '')} "
        f"| {_pair(figures, 'rc2_')} | {_pair(figures, 'warm_')} | {figures['ask_median_ms']:.2f} | | |"
    )
    ratio = figures["rc2_median_ms"] / figures["median_ms"]
    lines += [
        "",
        f"{figures['packages']:,} packages, {figures['rules']:,} rules, {figures['beliefs']:,} beliefs in the larger "
        f"base; {figures['certificates_checked']} of {figures['observations']} certificates checked. In the median a "
        f"revision takes 1/{ratio:.0f} of RC2's time"
        + (
            ""
            if figures["z3_median_ms"] is None
            else f", and 1/{figures['z3_median_ms'] / figures['median_ms']:,.0f} of that of Z3's Optimize, which "
            f"takes {figures['z3_median_ms']:,.0f} ms (median of {figures['z3_observations']}"
            + (f", of which {figures['z3_unfinished']} did not finish" if figures["z3_unfinished"] else "")
            + ")"
        )
        + f". The slowest revision takes {figures['max_ms']:.0f} ms, the slowest of RC2 {figures['rc2_max_ms']:.0f}.",
    ]
    return "\n".join(lines)


def _pair(row: dict[str, Any], prefix: str) -> str:
    """A median and a 99th percentile."""
    return f"{row[prefix + 'median_ms']:.1f} / {row[prefix + 'p99_ms']:.1f}"


if __name__ == "__main__":
    sys.exit(main())
