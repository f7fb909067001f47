"""Check journals of growing length, and see what a certificate adds to a change.

    python benchmarks/checking.py [--sizes N …] [--numbers N] [--changes N] [--seed N] [--quick] [--json] [--plot DIR]

**Journals.** An agent works in a warehouse. It knows which boxes, properties and doors there are, and holds rules:
boxes of a kind need some care; a door that is open can be passed. Then it lives until N changes are in its journal,
drawn by the seed: it is told facts, and now and then a rule of another kind of box; it observes whether boxes need
care; it revises, contracts and undoes. Each rule has an exception that nobody tells (boxes of the kind with some
property need no care), so observations contradict it, and it is repaired. The journal is then checked by
`Agent.verify`, and by the command `beliefs verify` as a process of its own. A journal with arithmetic stands apart
(`--numbers`): a fifth of what its agent does is about the weights of boxes.

**Changes.** On bases of such facts, doors and rules, single changes by the operators `expand`, `revise`, `contract` and
`observe`: the time of the change without making its certificate, of making that, and of checking it. The ratios are
those of the change with its certificate made, and made and checked, to the change alone; the medians are over the
changes. "Committed" is the same change by the agent: with reading its text, and with writing it to a journal in memory.

Times are those of the processor, but for the "wall" of the command. `--json` writes an object:

- "journals": a list of objects, a journal each: "journal" ("mixed", "numbers"), "changes" (after the start), "entries"
  and "certificates" in the journal, "beliefs" at the end, "rules" among them, "ms_to_make" (a change, by the agent;
  what it tried and changed nothing is in it as well), "ms_to_check" and "per_second" (a certificate, by
  `Agent.verify`), "command_wall_s", "command_s" and "command_per_second" (`beliefs verify`, its start included),
  "megabytes" (the most that process held), and "failed" (what did not hold: 0);
- "changes": a list of objects, an operator and a base each: "operation", "beliefs", "changes", "alone_ms", "made_ms",
  "checked_ms" (medians; the latter two include the ones before), "made_ratio", "checked_ratio" (medians of the ratios),
  "committed_ms".

The exit code is 1 where a journal or a certificate does not hold. `--quick` takes small ones. `--plot` writes
`checking.png` and `checking.svg`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import Progress

from beliefs import Agent
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.certificates.certificate import Certificate
from beliefs.certificates.checker import check
from beliefs.change import contract, expand, revise
from beliefs.change.certify import certify
from beliefs.change.change import Change
from beliefs.failure.observation import observe
from beliefs.language.parser import parse_formula

SIZES = (100, 1_000, 10_000)
NUMBERS = 100
BASES = (100, 1_000, 10_000)
CHANGES = 40
QUICK: dict[str, Any] = {"sizes": (30, 100), "numbers": 20, "bases": (50, 200), "changes": 10}

PROPERTIES = ("wet", "fragile", "sealed", "tall", "cold", "old")
CHANGES_A_RULE = 100
"""A rule of another kind of box is told about so often."""

MIX = (("tell", 40), ("observe", 25), ("revise", 15), ("contract", 10), ("undo", 10))
"""What an agent does, of a hundred changes."""

CERTIFYING = ("change.expansion", "change.conclusion", "change.restoration", "failure.repair")
"""The modules that have certificates made."""


# The warehouse.


@dataclass
class Warehouse:
    """What an agent can be told and see, drawn by a seed.

    Attributes:
        rng: draws everything.
        boxes: how many boxes there are.
        doors: how many doors.
        kinds: how many kinds of boxes, each with a rule.
        numbers: the share of changes that are about weights.
        facts: what the agent was told, oldest first.
        known_kinds: of how many kinds it was told the rule.
    """

    rng: random.Random
    boxes: int
    doors: int
    kinds: int
    numbers: float = 0.0
    facts: list[str] = field(default_factory=list)
    known_kinds: int = 3

    def __post_init__(self) -> None:
        self._exceptions = [self.rng.choice(PROPERTIES) for _ in range(self.kinds)]
        self._has = [{each for each in PROPERTIES if self.rng.random() < 0.2} for _ in range(self.boxes)]
        self._placed: list[tuple[int, int]] = []

    def declarations(self) -> Iterator[str]:
        """What there is, as declarations."""
        yield "sort Box"
        yield from (f"const box{box}: Box" for box in range(self.boxes))
        yield from (f"pred {name}(Box)" for name in PROPERTIES)
        for kind in range(self.kinds):
            yield from (f"pred kind{kind}(Box)", f"pred care{kind}(Box)")
        yield from (f"pred {name}{door}" for door in range(self.doors) for name in ("open", "passable"))
        if self.numbers:
            yield from ("func weight(Box): Int", "pred heavy(Box)")

    def rule(self, kind: int) -> str:
        """The rule of a kind of box, which is right but for its exception."""
        return f"[rule{kind}] forall b: Box. kind{kind}(b) -> care{kind}(b)"

    def door_rules(self) -> Iterator[str]:
        """What is believed of doors."""
        return (f"[door{door} @certain] open{door} -> passable{door}" for door in range(self.doors))

    def next_rule(self) -> str:
        """The rule of a further kind."""
        self.known_kinds += 1
        return self.rule(self.known_kinds - 1)

    def fact(self) -> str:
        """Something to be told."""
        draw = self.rng.random()
        box = self.rng.randrange(self.boxes)
        if draw < 0.2:
            fact = f"{self.rng.choice(('open', '!passable'))}{self.rng.randrange(self.doors)}"
        elif draw < 0.5:
            kind = self.rng.randrange(self.known_kinds)
            self._placed.append((box, kind))
            fact = f"kind{kind}(box{box})"
        else:
            name = self.rng.choice(PROPERTIES)
            fact = f"{'' if name in self._has[box] else '!'}{name}(box{box})"
        self.facts.append(fact)
        return fact

    def weight(self) -> str:
        """Something to be told of a weight."""
        return f"weight(box{self.rng.randrange(self.boxes)}) {self.rng.choice('<>')} {self.rng.randrange(40)}"

    def sight(self) -> str:
        """Whether a box of which the agent was told the kind needs care, as it is in truth."""
        box, kind = self.rng.choice(self._placed) if self._placed else (0, 0)
        needed = self._exceptions[kind] not in self._has[box]
        return f"{'' if needed else '!'}care{kind}(box{box})"

    def known(self) -> str:
        """Something that the agent was told."""
        return self.facts[self.rng.randrange(len(self.facts))] if self.facts else "open0"

    def opposite(self) -> str:
        """The opposite of something that the agent was told."""
        fact = self.known()
        return fact[1:] if fact.startswith("!") else f"!{fact}"


def live(agent: Agent, changes: int, *, numbers: float, seed: int, tick: Callable[[], None]) -> None:
    """Let an agent live through so many changes; what changes nothing does not count."""
    kinds = changes // CHANGES_A_RULE + 3
    world = Warehouse(random.Random(seed), changes // 20 + 10, changes // 50 + 5, kinds, numbers)
    rules = map(world.rule, range(world.known_kinds))
    start = [*world.declarations(), *world.door_rules(), *rules]
    if numbers:
        start.append("[scale] forall b: Box. weight(b) > 30 -> heavy(b)")
    agent.load("\n".join(start))
    does: dict[str, Callable[[], Change]] = {
        "tell": lambda: agent.tell(world.fact()),
        "observe": lambda: agent.observe(world.sight(), source="eyes"),
        "revise": lambda: agent.revise(world.opposite()),
        "contract": lambda: agent.contract(world.known()),
        "undo": agent.undo,
    }
    names, weights = zip(*MIX, strict=True)
    standing = made = 0
    while made < changes:
        if numbers and world.rng.random() < numbers:
            change = agent.revise(world.weight())
        elif made >= (world.known_kinds - 2) * CHANGES_A_RULE:
            change = agent.tell(world.next_rule())
        else:
            (name,) = world.rng.choices(names, weights)
            # What it knew at the start is not to be undone.
            change = does[name if standing or name != "undo" else "tell"]()
        if change.entry is not None:
            standing += -1 if change.operation == "undo" else 1
            made += 1
            tick()


# Journals.


def journal_figures(changes: int, *, numbers: float, seed: int, tick: Callable[[], None]) -> dict[str, Any]:
    """Make a journal of so many changes, and check it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        with Agent.open(path) as agent:
            start = process_time()
            live(agent, changes, numbers=numbers, seed=seed, tick=tick)
            making = process_time() - start
            gc.collect()
            start = process_time()
            verification = agent.verify()
            checking = process_time() - start
            beliefs = agent.beliefs()
        wall, seconds, megabytes, found = _by_command(path)
    tick()
    return {
        "journal": "numbers" if numbers else "mixed",
        "changes": changes,
        "entries": verification.entries,
        "certificates": verification.checked,
        "beliefs": len(beliefs),
        "rules": sum(belief.name.startswith("rule") for belief in beliefs),
        "ms_to_make": round(making * 1000 / changes, 2),
        "ms_to_check": round(checking * 1000 / verification.checked, 3),
        "per_second": round(verification.checked / checking),
        "command_wall_s": round(wall, 2),
        "command_s": round(seconds, 2),
        "command_per_second": round(found["checked"] / seconds),
        "megabytes": round(megabytes),
        "failed": len(verification.failed) + len(found["failed"]),
    }


def _by_command(path: Path) -> tuple[float, float, float, dict[str, Any]]:
    """Run `beliefs verify`; return its seconds by the wall and of the processor, its megabytes, and what it found."""
    start = perf_counter()
    command = [sys.executable, "-m", "beliefs", "verify", "--base", str(path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0  # it was waited for here, to learn what it used alone
    wall = perf_counter() - start
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MAXRSS_A_MEGABYTE, json.loads(printed)


_MAXRSS_A_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10


# Changes.


@dataclass
class Stopwatch:
    """What the certificates of a change took to make, in seconds."""

    seconds: float = 0.0


@contextmanager
def certifying_timed() -> Iterator[Stopwatch]:
    """Have the making of every certificate timed."""
    watch = Stopwatch()

    def timed(*arguments: Any, **named: Any) -> Change:
        start = process_time()
        try:
            return certify(*arguments, **named)
        finally:
            watch.seconds += process_time() - start

    with ExitStack() as stack:
        for module in CERTIFYING:
            stack.enter_context(patch(f"beliefs.{module}.certify", timed))
        yield watch


@dataclass(frozen=True)
class Timing:
    """What one change took, in milliseconds: alone, with its certificate made, and with that checked as well."""

    alone: float
    made: float
    checked: float


def timed(operate: Callable[[], Change], watch: Stopwatch) -> Timing | None:
    """Time a change; None where there is nothing to certify. What comes first to a cache pays for it."""
    watch.seconds = 0.0
    start = process_time()
    change = operate()
    made = process_time() - start
    alone = made - watch.seconds
    if change.certificate is None:
        return None
    # As it comes from a journal: the checker has no value of the engine to begin with.
    certificate = Certificate.from_json(change.certificate.to_json())
    start = process_time()
    report = check(certificate)
    checking = process_time() - start
    if not report.valid:
        raise SystemExit(f"a certificate does not hold:\n{report}")
    return Timing(alone * 1000, made * 1000, (made + checking) * 1000)


def change_figures(beliefs: int, changes: int, seed: int, tick: Callable[[], None]) -> list[dict[str, Any]]:
    """Time single changes, none of which is kept, on a base of so many beliefs."""
    kinds = 5 + beliefs // 200
    world = Warehouse(random.Random(seed), beliefs // 10 + 10, beliefs // 20 + 5, kinds, known_kinds=kinds)
    lines = [*world.declarations(), *world.door_rules(), *map(world.rule, range(kinds))]
    facts = dict.fromkeys(world.fact() for _ in range(2 * beliefs))
    world.facts = [fact for fact in facts if not fact.startswith("!passable")]
    world.facts = world.facts[: beliefs - world.doors - kinds]
    agent = Agent.in_memory()
    agent.load("\n".join((*lines, *world.facts)))
    base = agent.base
    operators: dict[str, tuple[Callable[[], str], Callable[[BeliefBase, str], Change]]] = {
        "expand": (lambda: _news(world), lambda base, text: expand(base, [_belief(base, text)])),
        "revise": (world.opposite, lambda base, text: revise(base, _belief(base, text))),
        "contract": (world.known, lambda base, text: contract(base, parse_formula(text, base.signature))),
        "observe": (world.sight, lambda base, text: observe(base, _belief(base, text)).change),
    }
    commits: dict[str, Callable[[str], Change]] = {
        "expand": agent.tell,
        "revise": agent.revise,
        "contract": agent.contract,
        "observe": agent.observe,
    }
    rows = []
    with certifying_timed() as watch:
        for operation, (draw, operate) in operators.items():
            texts = [draw() for _ in range(changes)]
            gc.collect()
            timings = [timed(partial(operate, base, text), watch) for text in texts]
            done = [timing for timing in timings if timing is not None]
            rows.append(
                {
                    "operation": operation,
                    "beliefs": len(base),
                    "changes": len(done),
                    "alone_ms": round(median(each.alone for each in done), 3),
                    "made_ms": round(median(each.made for each in done), 3),
                    "checked_ms": round(median(each.checked for each in done), 3),
                    "made_ratio": round(median(each.made / each.alone for each in done), 2),
                    "checked_ratio": round(median(each.checked / each.alone for each in done), 2),
                    "committed_ms": round(_committed(agent, commits[operation], texts), 3),
                }
            )
            tick()
    return rows


def _committed(agent: Agent, commit: Callable[[str], Change], texts: Sequence[str]) -> float:
    """The milliseconds of a change by the agent, in the median; each is undone again."""
    times = []
    for text in texts:
        start = process_time()
        change = commit(text)
        times.append((process_time() - start) * 1000)
        if change.entry is not None:
            agent.undo()
    return median(times)


def _news(world: Warehouse) -> str:
    """A fact that is neither believed nor denied: that a door is open, or that a box is of a further kind."""
    told = set(world.facts)
    while True:
        door, box = world.rng.randrange(world.doors), world.rng.randrange(world.boxes)
        fact = world.rng.choice((f"open{door}", f"kind{world.rng.randrange(world.kinds)}(box{box})"))
        if fact not in told:
            return fact


def _belief(base: BeliefBase, text: str) -> Belief:
    return Belief(base.fresh_name(), parse_formula(text, base.signature))


# The figures.


def measure(
    sizes: Sequence[int] = SIZES,
    *,
    numbers: int = NUMBERS,
    bases: Sequence[int] = BASES,
    changes: int = CHANGES,
    seed: int = 0,
) -> dict[str, Any]:
    """Return what `--json` prints."""
    journals, rows = [], []
    check_once()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        total = sum(sizes) + len(sizes) + (numbers + 1 if numbers else 0) + 4 * len(bases)
        bar = progress.add_task("checking", total=total)

        def tick() -> None:
            progress.advance(bar)

        for beliefs in bases:
            rows += change_figures(beliefs, changes, seed, tick)
        for size in sizes:
            journals.append(journal_figures(size, numbers=0.0, seed=seed, tick=tick))
        if numbers:
            journals.append(journal_figures(numbers, numbers=0.2, seed=seed, tick=tick))
    return {"journals": journals, "changes": rows}


def check_once() -> None:
    """Have the parser and Z3 imported and started, so that no figure pays for it."""
    with Agent.in_memory() as agent:
        agent.load("p(c)\n[r] forall x. p(x) -> q(x)")
        agent.revise("!q(c)")


def markdown(figures: dict[str, Any]) -> str:
    """Return the tables for the documentation."""
    lines = []
    lines.append(
        "| journal | changes | beliefs | certificates | made, ms a change | checked, ms | a second | command, s "
        "| a second | MB |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    )
    for row in figures["journals"]:
        lines.append(
            f"| {row['journal']} | {row['changes']:,} | {row['beliefs']:,} | {row['certificates']:,} "
            f"| {row['ms_to_make']:.1f} | {row['ms_to_check']:.1f} | {row['per_second']:,} "
            f"| {row['command_s']:.1f} | {row['command_per_second']:,} | {row['megabytes']:,} |"
        )
    lines.append(
        "\n| operator | beliefs | alone, ms | made, ms | made and checked, ms | made / alone "
        "| made and checked / alone | committed, ms |\n|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    for row in figures["changes"]:
        lines.append(
            f"| {row['operation']} | {row['beliefs']:,} | {row['alone_ms']:.2f} | {row['made_ms']:.2f} "
            f"| {row['checked_ms']:.2f} | {row['made_ratio']:.2f} | {row['checked_ratio']:.2f} "
            f"| {row['committed_ms']:.2f} |"
        )
    return "\n".join(lines)


def plot(figures: dict[str, Any], folder: Path) -> None:
    """Write how checking grows with the journal, and what a change takes as the base grows."""
    from matplotlib import pyplot

    journals = [row for row in figures["journals"] if row["journal"] == "mixed"]
    with pyplot.rc_context(
        {"svg.hashsalt": "checking", "axes.spines.top": False, "axes.spines.right": False}
    ):
        drawing, (left, right) = pyplot.subplots(1, 2, figsize=(10.5, 4.2), layout="constrained")
        sizes = [row["changes"] for row in journals]
        left.plot(
            sizes, [row["ms_to_make"] for row in journals], "o--", color="#8a6d3b", label="made, a change"
        )
        left.plot(sizes, [row["ms_to_check"] for row in journals], "o-", color="#1f5fa8", label="checked")
        left.axhline(5, color="#777777", linewidth=1, linestyle=":")
        left.annotate(
            "200 a second", (sizes[0], 5), xytext=(0, 3), textcoords="offset points", color="#555555"
        )
        left.set(title="Certificates of a journal", xlabel="changes in it", ylabel="ms of processor, each")
        left.legend(frameon=False)
        colours = {"expand": "#1f5fa8", "revise": "#b5432a", "contract": "#2e7d4f", "observe": "#7a4b9c"}
        for operation, colour in colours.items():
            rows = [row for row in figures["changes"] if row["operation"] == operation]
            beliefs = [row["beliefs"] for row in rows]
            right.plot(beliefs, [row["checked_ms"] for row in rows], "o-", color=colour, label=operation)
            right.plot(beliefs, [row["alone_ms"] for row in rows], "o:", color=colour)
        right.set(
            title="A change alone (dotted), and certified and checked",
            xlabel="beliefs",
            ylabel="ms of processor",
        )
        right.legend(frameon=False)
        for axes in (left, right):
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_yticks([0.5, 1, 2, 5, 10, 20])
            axes.set_yticks([], minor=True)
            axes.yaxis.set_major_formatter("{x:g}")
        folder.mkdir(parents=True, exist_ok=True)
        drawing.savefig(folder / "checking.png", dpi=100)
        drawing.savefig(folder / "checking.svg", metadata={"Date": None})
        pyplot.close(drawing)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", metavar="N", help="changes of the journals (default 100 1000 10000)"
    )
    parser.add_argument(
        "--numbers",
        type=int,
        metavar="N",
        help="changes of the journal with arithmetic (default 100; 0: none)",
    )
    parser.add_argument(
        "--bases", type=int, nargs="+", metavar="N", help="beliefs of the bases (default 100 1000 10000)"
    )
    parser.add_argument(
        "--changes", type=int, metavar="N", help="single changes an operator and base (default 40)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="what draws it all (default 0)")
    parser.add_argument("--quick", action="store_true", help="small journals and bases")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="write checking.png and checking.svg there")
    arguments = parser.parse_args()
    chosen = {name: getattr(arguments, name) for name in ("sizes", "numbers", "bases", "changes")}
    wanted = (QUICK if arguments.quick else {}) | {
        name: value for name, value in chosen.items() if value is not None
    }
    figures = measure(**wanted, seed=arguments.seed)
    if arguments.json:
        json.dump(figures, sys.stdout, indent=1)
        print()
    else:
        Console(width=160).print(Markdown(markdown(figures)))
    if arguments.plot is not None:
        plot(figures, arguments.plot)
    return 1 if any(row["failed"] for row in figures["journals"]) else 0


if __name__ == "__main__":
    raise SystemExit(main())
