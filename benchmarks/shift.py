"""Send a robot through a grid world again and again, change the rules of the world midway, and see who learns.

    python benchmarks/shift.py [--tasks N] [--size N] [--seeds N] [--caution N] [--odd SHARE]
                               [--json] [--plot DIR]

Each cell of the world is of one kind, and has or lacks each of three properties. The robot has the map of all that, and
believes rules, one a kind: cells of that kind can be entered, or cannot. At first the rules are right, but for a few
odd cells (`--odd`) that look like others and do not carry. Midway, three laws of the world change: a kind no longer
carries where it has a certain property, a second one no longer carries at all, and a third one, which did not, now
does. The seed draws the map, the tasks, and which kinds and which property those are. Nobody tells the robot.

A task is to get from one cell to another. The robot plans the cheapest way: a cell that it believes it can enter costs
a step; one that it is undecided about costs `--caution` steps; one that a rule bars is tried only where there is no
other way, and one that it remembers failing on only where there is still none. It goes until a step fails, and then
plans again. The task has succeeded when the goal is reached within a budget of steps (twice the shortest way there is,
and once across the world) and before the fifth failure. A failed step counts as a step.

Planner, budget, map, tasks and what is sensed are the same for all agents. They differ only in what they keep of what
they sense, namely whether a cell could be entered:

- "no revision": nothing;
- "latest note": the cell that failed last;
- "every cell": of every cell tried, how that went last;
- "retraction": beliefs; rules that an observation contradicts are given up (`Agent.observe(…, repair=False)`);
- "repair": beliefs; such rules are weakened (`Agent.observe(…)`).

The last two are told of a cell when it went other than the last time there, or was not tried before. The world and the
course of every agent are the same for the same seed; only the times differ, which are those of the processor.

`--json` writes a list of one object per agent and phase; its keys are in `JSON_KEYS`, and `Row` says what they mean.
`--plot` writes `shift.png` and `shift.svg`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import accumulate
from pathlib import Path
from statistics import fmean, pstdev
from time import process_time
from typing import Any, Literal, Protocol, TypeAlias

from grid import PHASES, Cell, Phase, Task, World, cheapest_way, make_world
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from beliefs import Agent

MAX_FAILURES = 5
"""With so many failed steps, a task has failed."""

Verdict: TypeAlias = Literal["believed", "undecided", "disbelieved", "failed"]
"""What an agent thinks of entering a cell; "failed" is disbelieved because it remembers failing there."""


# The agents.


class Mind(Protocol):
    """What an agent thinks of cells, and keeps of what it senses."""

    def thinks(self, cell: Cell) -> Verdict:
        """Whether the agent believes that it can enter a cell."""

    def senses(self, cell: Cell, entered: bool) -> float | None:
        """Take in how it went to enter a cell; return the milliseconds of an observation, if it was one."""


class Fixed:
    """No revision: it believes what it was told."""

    def __init__(self, world: World) -> None:
        self._rules = {kind: law.carries for kind, law in world.laws["before"].items()}
        self._kinds = world.kinds

    def thinks(self, cell: Cell) -> Verdict:
        """What the rule of its kind says."""
        return "believed" if self._rules[self._kinds[cell]] else "disbelieved"

    def senses(self, cell: Cell, entered: bool) -> float | None:
        """Nothing is kept."""
        return None


class LatestNote(Fixed):
    """One note, of the cell that failed last; it goes when the cell can be entered after all."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._failed: Cell | None = None

    def thinks(self, cell: Cell) -> Verdict:
        """What the note says, or else the rule."""
        return "failed" if cell == self._failed else super().thinks(cell)

    def senses(self, cell: Cell, entered: bool) -> float | None:
        """The newest failure overwrites the one before."""
        if not entered:
            self._failed = cell
        elif cell == self._failed:
            self._failed = None
        return None


class EveryCell(Fixed):
    """A note on every cell that was tried: it forbids the exact step that failed."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._entered: dict[Cell, bool] = {}

    def thinks(self, cell: Cell) -> Verdict:
        """How it went the last time, or else the rule."""
        if cell not in self._entered:
            return super().thinks(cell)
        return "believed" if self._entered[cell] else "failed"

    def senses(self, cell: Cell, entered: bool) -> float | None:
        """The newest outcome of each cell is kept."""
        self._entered[cell] = entered
        return None


class Believer:
    """Beliefs, revised by what is sensed.

    It asks about a cell when the planner comes by it, and remembers the answer until a belief is given up. That is
    safe: as long as none is, an observation of one cell settles no other, for no rule speaks of two.
    """

    def __init__(self, world: World, *, repair: bool) -> None:
        self._repair = repair
        self._entered: dict[Cell, bool] = {}
        self._answers: dict[Cell, Verdict] = {}
        self.agent = Agent.in_memory()
        told = self.agent.load(world.text())
        if told.status != "done":
            raise SystemExit(f"the agent could not be told the world: {told.reason}")

    def thinks(self, cell: Cell) -> Verdict:
        """What the beliefs entail."""
        if cell not in self._answers:
            answer = self.agent.ask(f"passable({cell})")
            if answer.verdict == "unknown":
                raise SystemExit(f"whether passable({cell}) is believed was not found out: {answer.reason}")
            remembered = answer.verdict == "disbelieved" and self._entered.get(cell) is False
            self._answers[cell] = "failed" if remembered else answer.verdict
        return self._answers[cell]

    def senses(self, cell: Cell, entered: bool) -> float | None:
        """Observe it, unless it is what was seen of the cell the last time."""
        if self._entered.get(cell) == entered:
            return None
        self._entered[cell] = entered
        seen = f"{'' if entered else '!'}passable({cell})"
        start = process_time()
        change = self.agent.observe(seen, source="wheels", repair=self._repair)
        milliseconds = (process_time() - start) * 1000
        if change.status not in ("done", "vacuous"):
            raise SystemExit(f"{seen} could not be observed: {change.reason}")
        if change.removed:
            self._answers.clear()
        else:
            self._answers.pop(cell, None)
        return milliseconds


def _retracting(world: World) -> Believer:
    return Believer(world, repair=False)


def _repairing(world: World) -> Believer:
    return Believer(world, repair=True)


AGENTS: dict[str, Callable[[World], Mind]] = {
    "no revision": Fixed,
    "latest note": LatestNote,
    "every cell": EveryCell,
    "retraction": _retracting,
    "repair": _repairing,
}


# A run.


@dataclass(frozen=True)
class Outcome:
    """How a task went.

    Attributes:
        success: whether the goal was reached in time.
        failures: the steps that failed.
        steps: all steps, those that failed among them.
        observations: the milliseconds that each observation of an agent with beliefs took.
    """

    task: Task
    success: bool
    failures: int
    steps: int
    observations: tuple[float, ...]


def pursue(world: World, task: Task, mind: Mind, caution: int) -> Outcome:
    """Let an agent try a task: plan, go, and plan again where a step fails."""
    prices = prices_of(caution, world.size)
    budget = 2 * task.shortest + world.size
    position, failures, steps = task.start, 0, 0
    observations: list[float] = []
    way: list[Cell] = []
    while position != task.goal and steps < budget and failures < MAX_FAILURES:
        if not way:
            found = cheapest_way(world.size, position, task.goal, lambda cell: prices[mind.thinks(cell)])
            assert found is not None  # every cell has a price, so there is a way
            way = list(reversed(found))
        cell = way.pop()
        steps += 1
        entered = world.can_be_entered(cell, task.phase)
        if entered:
            position = cell
        else:
            failures += 1
            way = []
        milliseconds = mind.senses(cell, entered)
        if milliseconds is not None:
            observations.append(milliseconds)
    return Outcome(task, position == task.goal, failures, steps, tuple(observations))


def prices_of(caution: int, size: int) -> dict[Verdict, int]:
    """What entering a cell costs: one more of a dearer class costs more than any way over cells of cheaper ones."""
    cells = size**2
    disbelieved = caution * cells + 1
    return {
        "believed": 1,
        "undecided": caution,
        "disbelieved": disbelieved,
        "failed": disbelieved * cells + 1,
    }


@dataclass(frozen=True)
class Judgement:
    """What an agent thinks of the cells of the world: how many it judges rightly, how many wrongly, of how many."""

    right: int
    wrong: int
    cells: int


def judge(world: World, phase: Phase, mind: Mind) -> Judgement:
    """Compare what an agent thinks of every cell with the truth of a phase. What is undecided is neither."""
    right = wrong = 0
    for cell in world.kinds:
        thought = mind.thinks(cell)
        if thought != "undecided":
            is_right = (thought == "believed") == world.can_be_entered(cell, phase)
            right, wrong = right + is_right, wrong + (not is_right)
    return Judgement(right, wrong, len(world.kinds))


@dataclass(frozen=True)
class Run:
    """One agent in one world.

    Attributes:
        outcomes: how each task went, in order.
        judgements: what it thought at the end of each phase.
    """

    agent: str
    outcomes: tuple[Outcome, ...]
    judgements: dict[Phase, Judgement]

    def within(self, phase: Phase) -> list[Outcome]:
        """How the tasks of a phase went."""
        return [outcome for outcome in self.outcomes if outcome.task.phase == phase]


def run_all(worlds: Sequence[World], caution: int) -> list[Run]:
    """Let every agent live through every world."""
    runs = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("shift", total=sum(len(world.tasks) for world in worlds) * len(AGENTS))
        for world in worlds:
            for agent, make in AGENTS.items():
                runs.append(live(world, agent, make(world), caution, lambda: progress.advance(bar)))
    return runs


def live(world: World, agent: str, mind: Mind, caution: int, tick: Callable[[], None]) -> Run:
    """Let an agent try the tasks of a world, one after the other."""
    outcomes: list[Outcome] = []
    judgements: dict[Phase, Judgement] = {}
    for phase in PHASES:
        for task in world.tasks:
            if task.phase == phase:
                outcomes.append(pursue(world, task, mind, caution))
                tick()
        judgements[phase] = judge(world, phase, mind)
    return Run(agent, tuple(outcomes), judgements)


# The figures.


@dataclass(frozen=True)
class Row:
    """The figures of an agent in a phase, over all seeds.

    Attributes:
        tasks: how many there were, of all seeds together.
        success_rate: the share of them that succeeded; the mean over the seeds.
        success_rate_spread: its standard deviation over the seeds.
        failures: failed steps in the phase of one seed; the mean over the seeds.
        failures_spread: its standard deviation over the seeds.
        steps: steps a task, failed ones and failed tasks included.
        detour: of the tasks that succeeded, the steps of all divided by the shortest ways of all; None if none did.
        right: of all cells, the share that it judges rightly at the end of the phase; the mean over the seeds.
        wrong: the share that it judges wrongly. It is undecided about the rest.
        observations: the observations of one seed; the mean over the seeds. None without beliefs.
        ms_per_observation: the milliseconds of one, by the clock of the processor; the mean.
        ms_of_last: the same of the last tenth of the observations in each run.
    """

    agent: str
    phase: Phase
    tasks: int
    success_rate: float
    success_rate_spread: float
    failures: float
    failures_spread: float
    steps: float
    detour: float | None
    right: float
    wrong: float
    observations: float | None
    ms_per_observation: float | None
    ms_of_last: float | None


JSON_KEYS = tuple(each.name for each in fields(Row))


def figures(runs: Sequence[Run]) -> list[Row]:
    """Sum up, an agent after the other, and each before and after the change."""
    return [
        _row(agent, phase, [run for run in runs if run.agent == agent])
        for agent in AGENTS
        for phase in PHASES
    ]


def _row(agent: str, phase: Phase, runs: Sequence[Run]) -> Row:
    by_seed = [run.within(phase) for run in runs]
    outcomes = [outcome for run in by_seed for outcome in run]
    rates = [fmean(outcome.success for outcome in run) for run in by_seed]
    failures = [sum(outcome.failures for outcome in run) for run in by_seed]
    reached = [outcome for outcome in outcomes if outcome.success]
    shortest = sum(outcome.task.shortest for outcome in reached)
    judgements = [run.judgements[phase] for run in runs]
    times = [[each for outcome in run for each in outcome.observations] for run in by_seed]
    last = [each for run in times for each in run[-max(1, len(run) // 10) :]]
    return Row(
        agent=agent,
        phase=phase,
        tasks=len(outcomes),
        success_rate=round(fmean(rates), 4),
        success_rate_spread=round(pstdev(rates), 4),
        failures=round(fmean(failures), 2),
        failures_spread=round(pstdev(failures), 2),
        steps=round(fmean(outcome.steps for outcome in outcomes), 2),
        detour=round(sum(outcome.steps for outcome in reached) / shortest, 3) if reached else None,
        right=round(fmean(each.right / each.cells for each in judgements), 4),
        wrong=round(fmean(each.wrong / each.cells for each in judgements), 4),
        observations=round(fmean(map(len, times)), 1) if last else None,
        ms_per_observation=round(fmean(each for run in times for each in run), 2) if last else None,
        ms_of_last=round(fmean(last), 2) if last else None,
    )


def table(rows: Sequence[Row]) -> Table:
    """The figures, a line an agent and phase."""
    result = Table(box=None)
    for heading in ("agent", "phase"):
        result.add_column(heading, no_wrap=True)
    numbers = (
        "tasks",
        "success",
        "failures",
        "steps",
        "detour",
        "right",
        "wrong",
        "observed",
        "ms",
        "ms at the end",
    )
    for heading in numbers:
        result.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        result.add_row(
            row.agent if row.phase == PHASES[0] else "",
            row.phase,
            str(row.tasks),
            f"{row.success_rate:.0%} ± {100 * row.success_rate_spread:.0f}",
            f"{row.failures:.1f} ± {row.failures_spread:.1f}",
            f"{row.steps:.1f}",
            _shown(row.detour, 2),
            f"{row.right:.0%}",
            f"{row.wrong:.0%}",
            _shown(row.observations, 0),
            _shown(row.ms_per_observation, 1),
            _shown(row.ms_of_last, 1),
            end_section=row.phase == PHASES[-1],
        )
    return result


def _shown(number: float | None, places: int) -> str:
    return "–" if number is None else f"{number:.{places}f}"


def markdown(figures: Sequence[dict[str, Any]]) -> str:
    """The table for docs/benchmarks.md, of what `--json` prints."""
    lines = [
        "| agent | phase | success | failures | detour | right | wrong | ms an observation |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in figures:
        cells = (
            row["agent"] if row["phase"] == PHASES[0] else "",
            row["phase"],
            f"{row['success_rate']:.0%} ± {100 * row['success_rate_spread']:.0f}".replace("%", " %"),
            f"{row['failures']:.1f} ± {row['failures_spread']:.1f}",
            _shown(row["detour"], 2),
            f"{100 * row['right']:.0f} %",
            f"{100 * row['wrong']:.0f} %",
            _shown(row["ms_per_observation"], 0),
        )
        lines.append("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|")
    return "\n".join(lines) + "\n"


# The picture.


@dataclass(frozen=True)
class Style:
    """How the line of an agent is drawn: what is drawn first is broad, so that it shows below what covers it."""

    colour: str
    stroke: str | tuple[float, tuple[float, ...]]
    width: float


STYLES = {
    "no revision": Style("#777777", (0, (1, 1.2)), 2.4),
    "latest note": Style("#CC79A7", (0, (5, 1.5, 1, 1.5)), 2.4),
    "every cell": Style("#56B4E9", "solid", 8),
    "retraction": Style("#D55E00", "solid", 4.5),
    "repair": Style("#000000", "solid", 1.6),
}
"""The colours are those that M. Okabe and K. Ito chose so that all readers can tell them apart."""

CLOSER = ("every cell", "retraction", "repair")
"""The agents whose failures are drawn once more on a scale of their own, where the others would leave the picture."""

WINDOW = 10
"""The success rate is drawn as the mean of so many tasks, or of those since the change if they are fewer."""


def plot(runs: Sequence[Run], folder: Path) -> None:
    """Write the success rate and the failures over the tasks, as `shift.png` and `shift.svg` in a folder."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    settings: dict[Any, Any] = {
        "font.size": 12,
        "svg.hashsalt": "shift",
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with pyplot.rc_context(settings):
        figure, (rate, all_failures, few_failures) = pyplot.subplots(
            3, 1, figsize=(9, 11), sharex=True, layout="constrained"
        )
        rate.set_ylabel(f"success rate\n(mean of {WINDOW} tasks)")
        rate.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        rate.set_ylim(-0.04, 1.08)
        all_failures.set_ylabel("failed steps so far")
        few_failures.set_ylabel("the same, closer")
        few_failures.set_xlabel("task")
        _draw(rate, runs, tuple(STYLES), lambda run: _recent_success(run.outcomes))
        _draw(all_failures, runs, tuple(STYLES), _failures_so_far, spread=True)
        _draw(few_failures, runs, CLOSER, _failures_so_far, spread=True)
        for axes in (rate, all_failures, few_failures):
            axes.grid(axis="y", color="#dddddd", linewidth=0.8)
            axes.set_axisbelow(True)
            axes.set_xlim(1, len(runs[0].outcomes))
            axes.axvline(len(runs[0].within("before")) + 0.5, color="#777777", linewidth=1.2)
        rate.annotate(
            "the rules change",
            (len(runs[0].within("before")) + 0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            color="#555555",
        )
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(folder / "shift.png", dpi=100)
        figure.savefig(folder / "shift.svg", metadata={"Date": None})
        pyplot.close(figure)


def _recent_success(outcomes: Sequence[Outcome]) -> Iterator[float]:
    """The success rate of the last tasks at each; no mean is taken over the change."""
    for place, outcome in enumerate(outcomes):
        recent = outcomes[max(0, place + 1 - WINDOW) : place + 1]
        yield fmean(each.success for each in recent if each.task.phase == outcome.task.phase)


def _failures_so_far(run: Run) -> Iterator[int]:
    return accumulate(outcome.failures for outcome in run.outcomes)


def _draw(
    axes: Any,
    runs: Sequence[Run],
    agents: Sequence[str],
    values: Callable[[Run], Iterable[float]],
    *,
    spread: bool = False,
) -> None:
    """Draw a line an agent: the mean over the seeds, with the standard deviation around it if wanted."""
    ends: list[tuple[float, str]] = []
    for agent in agents:
        by_task = list(zip(*(values(run) for run in runs if run.agent == agent), strict=True))
        numbers = range(1, len(by_task) + 1)
        means = [fmean(each) for each in by_task]
        style = STYLES[agent]
        axes.plot(numbers, means, color=style.colour, linestyle=style.stroke, linewidth=style.width)
        if spread:
            spreads = [pstdev(each) for each in by_task]
            low = [mean - by for mean, by in zip(means, spreads, strict=True)]
            high = [mean + by for mean, by in zip(means, spreads, strict=True)]
            axes.fill_between(numbers, low, high, color=style.colour, alpha=0.13, linewidth=0)
        ends.append((means[-1], agent))
    if spread:
        axes.set_ylim(bottom=0)
    _label(axes, ends, len(runs[0].outcomes))


def _label(axes: Any, ends: list[tuple[float, str]], tasks: int) -> None:
    """Write each agent's name beside the end of its line, far enough from the others to be read."""
    low, high = axes.get_ylim()
    apart = (high - low) / 11
    ends = sorted(ends)
    places: list[float] = []
    for end, _ in ends:
        places.append(max(end, places[-1] + apart) if places else end)
    ceiling = high
    for number in reversed(range(len(places))):
        places[number] = min(places[number], ceiling)
        ceiling = places[number] - apart
    for (end, agent), place in zip(ends, places, strict=True):
        axes.annotate(
            agent,
            (tasks, end),
            xytext=(tasks * 1.04, place),
            annotation_clip=False,
            va="center",
            color=STYLES[agent].colour,
            fontweight="bold",
            arrowprops={
                "arrowstyle": "-",
                "color": STYLES[agent].colour,
                "linewidth": 1,
                "relpos": (0, 0.5),
                "shrinkA": 1,
                "shrinkB": 1,
            },
        )


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", type=int, default=80, metavar="N", help="tasks in a world (default 80)")
    parser.add_argument(
        "--size", type=int, default=10, metavar="N", help="cells along each side (default 10)"
    )
    parser.add_argument(
        "--seeds", type=int, default=5, metavar="N", help="worlds: seeds 0 to N-1 (default 5)"
    )
    parser.add_argument(
        "--caution",
        type=int,
        default=2,
        metavar="N",
        help="the price of an undecided cell in steps (default 2)",
    )
    parser.add_argument(
        "--odd", type=float, default=0.04, metavar="SHARE", help="how many cells never carry (default 0.04)"
    )
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="write shift.png and shift.svg to a folder")
    arguments = parser.parse_args()
    for name, least in (("tasks", 2), ("size", 3), ("seeds", 1), ("caution", 1)):
        if getattr(arguments, name) < least:
            parser.error(f"--{name} must be at least {least}, not {getattr(arguments, name)}")
    if not 0 <= arguments.odd < 1:
        parser.error(f"--odd must be a share, from 0 to less than 1, not {arguments.odd}")
    worlds = [
        make_world(seed, arguments.size, arguments.tasks, arguments.odd) for seed in range(arguments.seeds)
    ]
    runs = run_all(worlds, arguments.caution)
    rows = figures(runs)
    if arguments.json:
        json.dump([asdict(row) for row in rows], sys.stdout, indent=1)
        print()
    else:
        Console(width=120).print(table(rows))
    if arguments.plot is not None:
        plot(runs, arguments.plot)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
