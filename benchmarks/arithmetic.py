"""Revise a thousand linear-arithmetic beliefs, beside one check by Z3 of everything that the input can reach.

    python benchmarks/arithmetic.py [--beliefs N] [--observations N] [--seed N] [--quick] [--json] [--plot DIR]

The bases are synthetic. Each is made around hidden values of all its terms, which make every belief true; so it is
consistent. Levels are 1 to 3, weights 1 to 5, and about one belief in ten is certain. The families:

- `schedules`: jobs of ten tasks. A task has a start and a duration; it starts once those that it needs are done, is
  done by a deadline, and no two tasks share a machine at a time.
- `thresholds`: sensors. A reading above its threshold sounds an alarm, which switches on a fan; readings of neighbours
  differ by little.
- `budgets`: teams of eight people. Who spends what, what a team may spend, and what all teams of a division may.
- `coupled`: differences and sums of any two or three of the terms, and bounds on one; four beliefs for each term.

An observation contradicts what is believed: half of them deny a belief by some margin, half move a term to where Z3
finds that the rest cannot follow. Each is put to the same base, as a revision that is not committed.

What is timed, in milliseconds of the process, the least of the rounds: `make`, the revision by `change.revise`, its
certificate made; `check`, the certificate checked; `z3_translate` and `z3_check`, the cone of the observation
(`relevance.cone`: every belief that it can reach) translated for Z3, each ground term a variable, and checked once by
a fresh solver. Z3 gets the cone at one go and in batches of 50, and the better time counts; after 10 seconds it is
stopped.

On small bases of the same families, the cost of each revision is compared with the least that Z3 Optimize finds.

`--json` writes {"families": [Figures, …], "growth": [Figures, …], "small": {"revisions", "same_cost"}}; the keys of
`Figures` are those of the class, each time a median over the observations. `growth` has the same at 100, 300, 1,000
and 3,000 beliefs; `--plot` draws it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import lcm
from pathlib import Path
from statistics import median, quantiles
from time import process_time
from typing import Any

import z3
from rich.console import Console
from rich.progress import track

from beliefs.agent import Agent
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.certificates.checker import check
from beliefs.change import Change, revise
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import (
    And,
    Application,
    Arithmetic,
    Atom,
    Comparison,
    Constant,
    Formula,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    Term,
)
from beliefs.reasoning.relevance import cone

SIZES = (100, 300, 1_000, 3_000)
PATIENCE = 10_000
"""Milliseconds after which a check by Z3 is stopped."""


# The bases.


@dataclass(frozen=True)
class Made:
    """A base as a text, and what observations of it are made from.

    Attributes:
        text: declarations and beliefs.
        values: the hidden value of each numeric term, by its text.
        denials: for some beliefs, what denies them by a margin.
    """

    text: str
    values: Mapping[str, int]
    denials: Sequence[str]


class _Making:
    """Beliefs of one base, as they are made."""

    def __init__(self, declarations: Sequence[str], rng: random.Random) -> None:
        self.rng = rng
        self.lines = list(declarations)
        self.values: dict[str, int] = {}
        self.denials: list[str] = []
        self.count = 0

    def say(self, formula: str, *, denial: str | None = None, certain: float = 0.1) -> None:
        """Add a belief, perhaps a certain one."""
        if self.rng.random() < certain:
            header = "[@certain]"
        else:
            header = f"[@{self.rng.randint(1, 3)}*{self.rng.randint(1, 5)}]"
            if denial is not None:
                self.denials.append(denial)
        self.lines.append(f"{header} {formula}")
        self.count += 1

    def at_most(self, terms: str, value: int, slack: int, certain: float = 0.1) -> None:
        """Add that a sum of that hidden value is at most something above it."""
        bound = value + slack
        self.say(
            f"{terms} <= {_number(bound)}",
            denial=f"{terms} > {_number(bound + self.rng.randint(0, 9))}",
            certain=certain,
        )

    def made(self) -> Made:
        return Made("\n".join(self.lines), self.values, self.denials)


def _number(value: int) -> str:
    return str(value) if value >= 0 else f"-{-value}"


def schedules(size: int, rng: random.Random) -> Made:
    """Jobs of ten tasks."""
    making = _Making(["sort Task", "func start(Task): Int", "func duration(Task): Int"], rng)
    job = 0
    while making.count < size:
        job += 1
        names = [f"t{job}_{place}" for place in range(10)]
        clock = 0
        for place, name in enumerate(names):
            duration = rng.randint(1, 9)
            start = clock if rng.random() < 0.7 else clock + rng.randint(0, 4)
            making.values[f"start({name})"], making.values[f"duration({name})"] = start, duration
            making.say(f"duration({name}) = {duration}", denial=f"duration({name}) > {duration + 3}")
            making.say(f"start({name}) >= 0", certain=0.5)
            making.at_most(f"start({name}) + duration({name})", start + duration, rng.randint(0, 8))
            if place:
                before = names[place - 1]
                making.say(
                    f"start({before}) + duration({before}) <= start({name})",
                    denial=f"start({name}) < start({before})",
                )
            if place > 2:
                other = names[rng.randrange(place - 2)]
                making.say(
                    f"start({name}) + duration({name}) <= start({other})"
                    f" | start({other}) + duration({other}) <= start({name})"
                )
            clock = start + duration
            if making.count >= size:
                break
    return making.made()


def thresholds(size: int, rng: random.Random) -> Made:
    """Sensors in rows."""
    making = _Making(
        ["sort Sensor", "func reading(Sensor): Int", "pred alarm(Sensor)", "pred fan(Sensor)"], rng
    )
    number = 0
    while making.count < size:
        number += 1
        name = f"s{number}"
        value, limit = rng.randint(0, 100), 80
        making.values[f"reading({name})"] = value
        making.say(f"reading({name}) > {limit} -> alarm({name})")
        making.say(f"alarm({name}) -> fan({name})")
        making.say(
            f"{'' if value > limit else '!'}alarm({name})",
            denial=f"{'!' if value > limit else ''}alarm({name})",
        )
        making.at_most(f"reading({name})", value, rng.randint(0, 12))
        making.at_most(f"-reading({name})", -value, rng.randint(0, 12))
        if number > 1 and number % 10:
            before = f"s{number - 1}"
            gap = value - making.values[f"reading({before})"]
            making.at_most(f"reading({name}) - reading({before})", gap, rng.randint(0, 5))
            making.at_most(f"reading({before}) - reading({name})", -gap, rng.randint(0, 5))
    return making.made()


def budgets(size: int, rng: random.Random) -> Made:
    """Teams of eight people, ten teams to a division."""
    making = _Making(
        ["sort Person", "sort Team", "func spent(Person): Int", "func limit(Team): Int"],
        rng,
    )
    team = 0
    limits: list[str] = []
    while making.count < size:
        team += 1
        people = [f"p{team}_{place}" for place in range(8)]
        total = 0
        for name in people:
            value = rng.randint(0, 50)
            total += value
            making.values[f"spent({name})"] = value
            making.say(f"spent({name}) >= {value}", denial=f"spent({name}) < {value - rng.randint(0, 5)}")
            making.at_most(f"spent({name})", value, rng.randint(0, 30))
        limit = total + rng.randint(0, 20)
        making.values[f"limit(g{team})"] = limit
        making.say(
            f"{' + '.join(f'spent({name})' for name in people)} <= limit(g{team})",
            denial=f"{' + '.join(f'spent({name})' for name in people[:4])} > limit(g{team})",
        )
        making.at_most(f"limit(g{team})", limit, rng.randint(0, 10))
        limits.append(f"limit(g{team})")
        if len(limits) == 10:
            making.at_most(" + ".join(limits), sum(making.values[each] for each in limits), 30)
            limits = []
    return making.made()


def coupled(size: int, rng: random.Random) -> Made:
    """Differences and sums of any terms."""
    making = _Making(["sort Item", "func level(Item): Int"], rng)
    terms = [f"level(i{number})" for number in range(max(4, size // 4))]
    for term in terms:
        making.values[term] = rng.randint(0, 1_000)
    while making.count < size:
        first, second, third = rng.sample(terms, 3)
        one, two, three = (making.values[term] for term in (first, second, third))
        shape = rng.random()
        if shape < 0.5:
            making.at_most(f"{first} - {second}", one - two, rng.randint(0, 40))
        elif shape < 0.65:
            making.at_most(f"{first} + {second} - {third}", one + two - three, rng.randint(0, 40))
        elif shape < 0.83:
            making.at_most(first, one, rng.randint(0, 40))
        else:
            making.at_most(f"-{first}", -one, rng.randint(0, 40))
    return making.made()


FAMILIES: Mapping[str, Callable[[int, random.Random], Made]] = {
    "schedules": schedules,
    "thresholds": thresholds,
    "budgets": budgets,
    "coupled": coupled,
}


def told(made: Made) -> BeliefBase:
    """The base of a text, as an agent holds it: with a model."""
    agent = Agent.in_memory()
    agent.load(made.text)
    base = agent.base
    if base.consistent is not True:
        raise SystemExit("a base that was made is not known to be consistent")
    return base


def observations(made: Made, base: BeliefBase, count: int, rng: random.Random) -> Iterator[Formula]:
    """Yield formulas that contradict a base."""
    terms = sorted(made.values)
    found = 0
    while found < count:
        if found % 2 and made.denials:
            text = rng.choice(made.denials)
        else:
            term = rng.choice(terms)
            move = rng.randint(5, 60)
            above = rng.random() < 0.5
            bound = made.values[term] + (move if above else -move)
            text = f"{term} {'>=' if above else '<='} {_number(bound)}"
        formula = parse_formula(text, base.signature)
        if Z3Check.of(base, formula).satisfiable is not True:
            found += 1
            yield formula


# Z3 by itself.


class Variables:
    """Translates formulas for Z3; each ground atom and function term is a variable."""

    def __init__(self, base: BeliefBase, context: z3.Context) -> None:
        self._signature = base.signature
        self._context = context
        self._known: dict[Term | Atom, Any] = {}

    def formula(self, formula: Formula) -> Any:
        """Translate a formula without quantifiers."""
        match formula:
            case Atom():
                if formula not in self._known:
                    self._known[formula] = z3.Bool(print_formula(formula), self._context)
                return self._known[formula]
            case Not(operand):
                return z3.Not(self.formula(operand))
            case And(operands):
                return z3.And([self.formula(operand) for operand in operands])
            case Or(operands):
                return z3.Or([self.formula(operand) for operand in operands])
            case Implies(premise, conclusion):
                return z3.Implies(self.formula(premise), self.formula(conclusion))
            case Iff(left, right):
                return self.formula(left) == self.formula(right)
            case Comparison(operator, left, right):
                one, other = self.term(left), self.term(right)
                match operator:
                    case "=":
                        return one == other
                    case "!=":
                        return one != other
                    case "<":
                        return one < other
                    case "<=":
                        return one <= other
                    case ">":
                        return one > other
                return one >= other
        raise TypeError(f"not in these bases: {formula!r}")

    def term(self, term: Term) -> Any:
        """Translate a ground term of sort Int."""
        match term:
            case Number(value):
                return z3.IntVal(int(value), self._context)
            case Minus(operand):
                return -self.term(operand)
            case Arithmetic(operator, left, right):
                one, other = self.term(left), self.term(right)
                return one + other if operator == "+" else one - other if operator == "-" else one * other
            case Application(function, arguments):
                if term not in self._known:
                    name = f"{function}({','.join(each.name for each in arguments if isinstance(each, Constant))})"
                    self._known[term] = z3.Int(name, self._context)
                return self._known[term]
        raise TypeError(f"not in these bases: {term!r}")


@dataclass(frozen=True)
class Z3Check:
    """One check by Z3 of all that an observation can reach.

    Attributes:
        satisfiable: what it found; None where it was stopped.
        cone: how many beliefs it was.
        translate: milliseconds to make the formulas.
        check: milliseconds to check them.
    """

    satisfiable: bool | None
    cone: int
    translate: float
    check: float

    @staticmethod
    def of(base: BeliefBase, observation: Formula, *, batch: int | None = 50) -> Z3Check:
        """Check the cone of an observation, all at once or so many beliefs at a time."""
        understanding = base.understanding(observation)
        names = sorted(cone(understanding, [observation]))
        formulas = [observation, *map(understanding.formula, names)]
        context = z3.Context()
        start = process_time()
        variables = Variables(understanding, context)
        translated = [variables.formula(formula) for formula in formulas]
        between = process_time()
        solver = z3.Solver(ctx=context)
        solver.set("timeout", PATIENCE)
        step = batch or len(translated)
        result = z3.sat
        for place in range(0, len(translated), step):
            solver.add(translated[place : place + step])
            result = solver.check()
            if result != z3.sat:
                break
        end = process_time()
        known = None if result == z3.unknown else result == z3.sat
        return Z3Check(known, len(names), (between - start) * 1000, (end - between) * 1000)


def least_cost(base: BeliefBase, observation: Formula) -> Cost | None:
    """Return the least cost of a revision by Z3 Optimize, level by level; None where what is certain forbids it."""
    context = z3.Context()
    variables = Variables(base, context)
    optimize = z3.Optimize(ctx=context)
    optimize.add(variables.formula(observation))
    soft: dict[str, tuple[Entrenchment, Any]] = {}
    for name in sorted(base.names()):
        translated, held = variables.formula(base.formula(name)), base.held(name)
        if held.is_certain:
            optimize.add(translated)
        else:
            soft[name] = (held, translated)
    for level in sorted({held.level for held, _ in soft.values()}, reverse=True):
        at_level = [(held, formula) for held, formula in soft.values() if held.level == level]
        scale = lcm(*(held.weight.denominator for held, _ in at_level))
        for held, formula in at_level:
            optimize.add_soft(formula, str(held.weight * scale), str(level))
    if optimize.check() != z3.sat:
        return None
    model = optimize.model()
    return Cost.of(held for held, formula in soft.values() if not z3.is_true(model.eval(formula, True)))


# The measurement.


@dataclass(frozen=True)
class Figures:
    """The figures of one family at one size; times are medians in milliseconds.

    Attributes:
        family: the family.
        beliefs: how many there are.
        observations: how many were put.
        refused: how many of these are refused, since what is certain contradicts them.
        unknown: how many were not decided.
        certificates_checked: how many certificates were found valid.
        kernels: how many kernels were met, on average.
        touched: how many beliefs the certificate lists.
        cone: how many beliefs the observation can reach.
        make: the revision with its certificate made.
        make_p90: the same at the 90th percentile.
        check: the certificate checked.
        z3_translate: the cone translated.
        z3_check: the cone checked once.
        z3_stopped: how often that was stopped.
        ratio: the median of make by z3_check.
        ratio_certified: the median of make and check together by z3_check.
        ratio_translated: the median of make by z3_translate and z3_check together.
        ratio_certified_translated: the median of make and check by z3_translate and z3_check.
    """

    family: str
    beliefs: int
    observations: int
    refused: int
    unknown: int
    certificates_checked: int
    kernels: float
    touched: float
    cone: float
    make: float
    make_p90: float
    check: float
    z3_translate: float
    z3_check: float
    z3_stopped: int
    ratio: float
    ratio_certified: float
    ratio_translated: float
    ratio_certified_translated: float


@dataclass(frozen=True)
class _Once:
    """One observation, measured."""

    change: Change
    valid: bool
    make: float
    check: float
    z3: Z3Check


def figures_of(family: str, size: int, count: int, seed: int, rounds: int) -> Figures:
    """Measure a family at one size."""
    rng = random.Random(f"{family} {size} {seed}")
    made = FAMILIES[family](size, rng)
    base = told(made)
    all_of_it = [_measured(base, formula, rounds) for formula in observations(made, base, count, rng)]

    def middle(what: Callable[[_Once], float]) -> float:
        return round(median(map(what, all_of_it)), 3)

    makes = [each.make for each in all_of_it]
    return Figures(
        family=family,
        beliefs=len(base),
        observations=len(all_of_it),
        refused=sum(each.change.status == "refused" for each in all_of_it),
        unknown=sum(each.change.status == "unknown" for each in all_of_it),
        certificates_checked=sum(each.valid for each in all_of_it),
        kernels=round(sum(len(each.change.kernels) for each in all_of_it) / len(all_of_it), 2),
        touched=middle(lambda each: len(each.change.certificate.before) if each.change.certificate else 0),
        cone=middle(lambda each: each.z3.cone),
        make=middle(lambda each: each.make),
        make_p90=round(quantiles(makes, n=10)[-1] if len(makes) > 1 else makes[0], 3),
        check=middle(lambda each: each.check),
        z3_translate=middle(lambda each: each.z3.translate),
        z3_check=middle(lambda each: each.z3.check),
        z3_stopped=sum(each.z3.satisfiable is None for each in all_of_it),
        ratio=middle(lambda each: each.make / each.z3.check),
        ratio_certified=middle(lambda each: (each.make + each.check) / each.z3.check),
        ratio_translated=middle(lambda each: each.make / (each.z3.check + each.z3.translate)),
        ratio_certified_translated=middle(
            lambda each: (each.make + each.check) / (each.z3.check + each.z3.translate)
        ),
    )


def _measured(base: BeliefBase, observation: Formula, rounds: int) -> _Once:
    makes, checks, theirs = [], [], []
    for _ in range(rounds):
        start = process_time()
        change = revise(base, Belief("seen", observation, Entrenchment(2)))
        between = process_time()
        report = None if change.certificate is None else check(change.certificate)
        end = process_time()
        makes.append((between - start) * 1000)
        checks.append((end - between) * 1000)
        theirs += [Z3Check.of(base, observation, batch=batch) for batch in (None, 50)]
    return _Once(
        change,
        report is not None and report.valid,
        min(makes),
        min(checks),
        min(theirs, key=lambda each: (each.satisfiable is None, each.check)),
    )


def same_costs(families: Iterable[str], size: int, count: int, seed: int) -> dict[str, int]:
    """Count on small bases how many revisions cost the least that Z3 Optimize finds."""
    revisions = same = 0
    for family in families:
        rng = random.Random(f"small {family} {seed}")
        made = FAMILIES[family](size, rng)
        base = told(made)
        for observation in observations(made, base, count, rng):
            change = revise(base, Belief("seen", observation, Entrenchment(2)))
            expected = least_cost(base, observation)
            revisions += 1
            same += change.status == "refused" if expected is None else change.cost == expected
    return {"revisions": revisions, "same_cost": same}


def measure(
    *,
    beliefs: int = 1_000,
    sizes: Sequence[int] = SIZES,
    count: int = 12,
    seed: int = 1,
    rounds: int = 2,
    small: int = 40,
    console: Console | None = None,
) -> dict[str, Any]:
    """Measure everything; return what `--json` prints.

    Args:
        beliefs: the size of the bases of the first table.
        sizes: the sizes at which growth is measured.
        count: how many observations there are for each family and size.
        seed: the seed of all that is random.
        rounds: how often each observation is put; the least time counts.
        small: the size of the bases on which costs are compared with those of Z3 Optimize.
        console: where progress is shown; nowhere by default.
    """
    todo = [(family, size) for size in sorted({beliefs, *sizes}) for family in FAMILIES]
    console = console or Console(stderr=True, quiet=True)
    found = {
        (family, size): figures_of(family, size, count, seed, rounds)
        for family, size in track(todo, "Revising", console=console, transient=True)
    }
    return {
        "families": [asdict(found[family, beliefs]) for family in FAMILIES],
        "growth": [asdict(found[family, size]) for family in FAMILIES for size in sizes],
        "small": same_costs(FAMILIES, small, count, seed),
    }


def markdown(figures: Mapping[str, Any]) -> str:
    """Return the tables for docs/benchmarks.md."""
    head = (
        "| family | beliefs | cone | touched | make, ms | check, ms | Z3: translate | check, ms"
        " | make : Z3 check | both : Z3 check | make : Z3 in all | both : Z3 in all |"
    )
    rows = [head, f"|---|{'---:|' * 11}", *map(_row, figures["families"])]
    growth = [
        "| family | beliefs | cone | touched | make, ms | 90th | check, ms | Z3: translate | check, ms |",
        f"|---|{'---:|' * 8}",
        *map(_growth_row, figures["growth"]),
    ]
    every = [*figures["families"], *figures["growth"]]
    checked = sum(each["certificates_checked"] for each in every)
    put = sum(each["observations"] for each in every)
    small = figures["small"]
    said = (
        f"Certificates checked: {checked} of {put}. Cost as Z3 Optimize finds it, on small bases: "
        f"{small['same_cost']} of {small['revisions']}."
    )
    return "\n".join([*rows, "", said, "", *growth])


def _row(each: Mapping[str, Any]) -> str:
    return (
        f"| {each['family']} | {each['beliefs']:,} | {each['cone']:,.0f} | {each['touched']:,.0f}"
        f" | {each['make']:.1f} | {each['check']:.1f} | {each['z3_translate']:.1f} | {each['z3_check']:.1f}"
        f" | {each['ratio']:.2f} | {each['ratio_certified']:.2f}"
        f" | {each['ratio_translated']:.2f} | {each['ratio_certified_translated']:.2f} |"
    )


def _growth_row(each: Mapping[str, Any]) -> str:
    return (
        f"| {each['family']} | {each['beliefs']:,} | {each['cone']:,.0f} | {each['touched']:,.0f}"
        f" | {each['make']:.1f} | {each['make_p90']:.1f} | {each['check']:.1f}"
        f" | {each['z3_translate']:.1f} | {each['z3_check']:.1f} |"
    )


def plot(figures: Mapping[str, Any], folder: Path) -> None:
    """Draw growth on log axes, as `arithmetic.png` and `arithmetic.svg`."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    drawing, places = pyplot.subplots(1, len(FAMILIES), figsize=(13, 3.8), sharey=True)
    for place, family in zip(places, FAMILIES, strict=True):
        rows = [each for each in figures["growth"] if each["family"] == family]
        sizes = [each["beliefs"] for each in rows]
        lines = {
            "revision, certificate made": [each["make"] for each in rows],
            "and checked": [each["make"] + each["check"] for each in rows],
            "one Z3 check of the cone": [each["z3_check"] for each in rows],
            "translation included": [each["z3_translate"] + each["z3_check"] for each in rows],
        }
        styles = ("C0-o", "C0--o", "C1-s", "C1--s")
        for (label, values), style in zip(lines.items(), styles, strict=True):
            place.loglog(sizes, values, style, label=label, markersize=4)
        place.set_title(family)
        place.set_xlabel("beliefs")
        place.grid(visible=True, which="major", alpha=0.3)
    places[0].set_ylabel("ms, median")
    handles, labels = places[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="lower center", ncols=4, frameon=False)
    drawing.tight_layout(rect=(0, 0.08, 1, 1))
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("png", "svg"):
        drawing.savefig(
            folder / f"arithmetic.{kind}", dpi=120, metadata={"Date": None} if kind == "svg" else None
        )
    pyplot.close(drawing)


def main() -> int:
    """Run the benchmark. The exit code is 1 where a certificate does not check, or a cost is not the least."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--beliefs", type=int, default=1_000, metavar="N", help="the size (default 1000)")
    parser.add_argument(
        "--observations", type=int, default=12, metavar="N", help="how many for each base (default 12)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the seed (default 1)")
    parser.add_argument("--quick", action="store_true", help="a size or two, and few observations: some 20 s")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="draw growth into this folder")
    arguments = parser.parse_args()
    if arguments.beliefs < 20 or arguments.observations < 1:
        parser.error("there have to be 20 beliefs at least, and an observation")
    figures = measure(
        beliefs=arguments.beliefs,
        sizes=(100, 300) if arguments.quick else SIZES,
        count=min(4, arguments.observations) if arguments.quick else arguments.observations,
        seed=arguments.seed,
        rounds=1 if arguments.quick else 2,
        console=Console(stderr=True),
    )
    if arguments.json:
        json.dump(figures, sys.stdout, indent=1)
        print()
    else:
        print(markdown(figures))
    if arguments.plot is not None:
        plot(figures, arguments.plot)
    every = [*figures["families"], *figures["growth"]]
    good = all(each["certificates_checked"] == each["observations"] for each in every)
    return 0 if good and figures["small"]["same_cost"] == figures["small"]["revisions"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
