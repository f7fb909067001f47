"""Plans that language models proposed: reviewed, executed unless refused, and learned from.

    python benchmarks/plans.py DIR [--json] [--domain NAME …] [--planner MODEL] [--no-way-out]

DIR holds a folder for each domain, with `domain.pddl`, `problems/N.pddl` and `plans.jsonl.gz` (or `plans.jsonl`): a
JSON object a line with `planner` (the model), `problem` (N) and `plan` (the steps as text). The plans are taken in
the order of the file. The agent starts with an empty model: it knows what actions do, and believes of no condition
that it is needed. It reviews each plan; what it does not refuse is executed in a world that is as the domain says,
until a step is refused by the world; and what that shows is learned. A plan *fails* if a step of it is refused by
the world; one whose steps are all executed and that misses the goal is counted apart, and so are malformed ones
(empty, an unknown action, a wrong number of arguments).

Then the way out: for each problem on which a plan fails, the agent plans for itself with what it has learned,
executes, learns from failures, and plans again until the goal is reached.

Beside the agent stand three that do not learn what is needed: one that executes everything; one that keeps a note
of the last step that failed, and refuses a plan with that step; and one that keeps all such notes.

`--json` writes a list with an object for each domain: "domain", "plans", "malformed", "failures" (plans that the
world refused a step of), "failing_refused", "correct_executed", "correct_refused", "conditions" (of the true domain,
over all actions; types of parameters are given, and not counted), "conditions_learned" (entailed by the evidence,
and true), "conditions_wrong" (entailed by it, and not true), "ms_per_step" (the median over plans of the agent's time
on a plan, reviewing and learning, by its steps), "problems_open" (on which a plan fails), "problems_solved"; then
"missed_executed" and "missed_refused" (plans that execute and miss the goal), "review_ms_per_step", "ms_per_plan",
"way_out_failures" (steps refused by the world on the way out), "way_out_ms" (the median for a problem), "baselines"
and "models" (each language model alone).

The exit code is 1 where a plan that works was refused, what was learned is wrong, or a problem was left unsolved.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table

from beliefs import Agent
from beliefs.errors import BeliefsError, PlanError
from beliefs.planning.actions import Domain, Plan, Problem, State, Step, parse_step
from beliefs.planning.evidence import Evidence
from beliefs.planning.pddl import read_domain, read_problem
from beliefs.planning.pursuit import pursue
from beliefs.planning.world import Outcome, SimulatedWorld

T = TypeVar("T")

PLANS = ("plans.jsonl.gz", "plans.jsonl")

EXPECTED = 'expected {"planner": MODEL, "problem": N, "plan": [STEP, …]}'
"""What a line of the file of plans is to be."""


@dataclass(frozen=True)
class Proposal:
    """A plan that a model proposed; no plan where it is malformed."""

    model: str
    problem: str
    plan: Plan | None


@dataclass(frozen=True)
class Case:
    """One domain with its problems and the plans for them, in the order of the file."""

    name: str
    domain: Domain
    problems: dict[str, Problem]
    proposals: list[Proposal]

    def of(self, model: str) -> list[Proposal]:
        """Return the plans of one model alone."""
        return [each for each in self.proposals if each.model == model]

    @property
    def models(self) -> list[str]:
        """The models, in the order in which they first appear."""
        return list(dict.fromkeys(each.model for each in self.proposals))


class Learner(Protocol):
    """Someone who is shown plans, and what came of those that were executed."""

    def refuses(self, plan: Plan, problem: Problem) -> bool:
        """Return whether a plan is not to be executed."""

    def learn(self, step: Step, before: State, outcome: Outcome) -> None:
        """Take note of what came of a step."""


class Believer:
    """The agent: an empty action model, corrected by what the world shows."""

    def __init__(self, domain: Domain) -> None:
        self.agent = Agent.in_memory()
        change = self.agent.learn_actions(domain, empty=True)
        if change.status != "done":
            raise SystemExit(f"{domain.name}: the action model was not taken in: {change.reason}")

    def refuses(self, plan: Plan, problem: Problem) -> bool:
        """Return whether a plan is not to be executed."""
        return self.agent.review(plan, problem.initial).refused

    def learn(self, step: Step, before: State, outcome: Outcome) -> None:
        """Believe what the outcome shows."""
        self.agent.record(step, before, outcome)


class Heedless:
    """A baseline that executes everything."""

    def refuses(self, plan: Plan, problem: Problem) -> bool:
        """Return whether a plan is not to be executed."""
        return False

    def learn(self, step: Step, before: State, outcome: Outcome) -> None:
        """Take note of nothing."""


class LatestNote:
    """A baseline that keeps a note of the last step that failed, and refuses plans with that step."""

    def __init__(self) -> None:
        self.note: Step | None = None

    def refuses(self, plan: Plan, problem: Problem) -> bool:
        """Return whether a plan is not to be executed."""
        return self.note in plan

    def learn(self, step: Step, before: State, outcome: Outcome) -> None:
        """Take note of a step that failed."""
        if not outcome.executed:
            self.note = step


class EveryNote:
    """A baseline that keeps a note of each step that failed, and refuses plans with such a step."""

    def __init__(self) -> None:
        self.notes: set[Step] = set()

    def refuses(self, plan: Plan, problem: Problem) -> bool:
        """Return whether a plan is not to be executed."""
        return not self.notes.isdisjoint(plan)

    def learn(self, step: Step, before: State, outcome: Outcome) -> None:
        """Take note of a step that failed."""
        if not outcome.executed:
            self.notes.add(step)


BASELINES: dict[str, Callable[[], Learner]] = {
    "no learning": Heedless,
    "latest note": LatestNote,
    "forbid failed steps": EveryNote,
}


@dataclass
class Tally:
    """What became of the plans that a learner was shown; see the module's docstring."""

    learner: str
    plans: int = 0
    malformed: int = 0
    failures: int = 0
    failing_refused: int = 0
    correct_executed: int = 0
    correct_refused: int = 0
    missed_executed: int = 0
    missed_refused: int = 0
    ms_steps: list[float] = field(default_factory=list)
    ms_reviews: list[float] = field(default_factory=list)
    ms_plans: list[float] = field(default_factory=list)
    open: dict[str, None] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        names = (
            "plans",
            "malformed",
            "failures",
            "failing_refused",
            "correct_executed",
            "correct_refused",
            "missed_executed",
            "missed_refused",
        )
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Knowledge:
    """How what was learned of conditions compares with the true domain."""

    conditions: int
    learned: int
    wrong: int


@dataclass(frozen=True)
class WayOut:
    """How the agent fared with the problems on which plans failed."""

    solved: int
    failures: int
    ms: list[float]
    unsolved: list[str]


@dataclass(frozen=True)
class Result:
    """All figures of one domain."""

    case: Case
    tally: Tally
    knowledge: Knowledge
    way_out: WayOut | None
    baselines: list[Tally]
    models: list[tuple[Tally, Knowledge]]


def main() -> int:
    """Run the benchmark; see the module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder with a folder for each domain")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument("--domain", action="extend", nargs="+", metavar="NAME", help="these domains only")
    parser.add_argument("--planner", metavar="MODEL", help="the plans of this language model only")
    parser.add_argument("--no-way-out", action="store_true", help="leave out planning for the open problems")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"there is no folder {arguments.folder}")
    folders = {path.parent.name: path.parent for path in sorted(arguments.folder.glob("*/domain.pddl"))}
    if (arguments.folder / "domain.pddl").is_file():
        folders = {arguments.folder.resolve().name: arguments.folder}
    for name in arguments.domain or ():
        if name not in folders:
            parser.error(
                f"there is no domain {name} in {arguments.folder}; there are {', '.join(folders) or 'none'}"
            )
    if not folders:
        parser.error(f"there is no folder with a domain.pddl in {arguments.folder}")
    chosen = [path for name, path in folders.items() if not arguments.domain or name in arguments.domain]
    try:
        results = [measure(path, arguments.planner, way_out=not arguments.no_way_out) for path in chosen]
    except BeliefsError as error:
        print(f"plans.py: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        json.dump([figures(result) for result in results], sys.stdout, indent=1)
        print()
    else:
        Console(width=150).print(table(results))
        for result in results:
            print(summary(result))
    return 0 if all(map(is_sound, results)) else 1


def measure(folder: Path, planner: str | None, *, way_out: bool) -> Result:
    """Run everything on one domain.

    Raises:
        BeliefsError: a file of the domain is malformed, or a model is not in it.
    """
    case = read(folder)
    if planner is not None:
        if planner not in case.models:
            raise PlanError(f"{folder}: there are no plans of {planner}, only of {', '.join(case.models)}")
        case = Case(case.name, case.domain, case.problems, case.of(planner))
    believer = Believer(case.domain)
    tally = show(case, case.proposals, believer, "beliefs")
    knowledge = learned(case.domain, believer.agent)
    solved = find_way_out(case, believer.agent, tally.open) if way_out else None
    baselines = [show(case, case.proposals, make(), name) for name, make in BASELINES.items()]
    models = []
    for model in case.models if len(case.models) > 1 else ():
        alone = Believer(case.domain)
        models.append((show(case, case.of(model), alone, model), learned(case.domain, alone.agent)))
    return Result(case, tally, knowledge, solved, baselines, models)


def read(folder: Path) -> Case:
    """Read one domain with its problems and plans.

    Raises:
        PlanError: a file is missing or malformed.
    """
    domain = read_domain(folder / "domain.pddl")
    problems: dict[str, Problem] = {}
    proposals = []
    for place, line in lines(folder):
        said = told(line)
        if said is None:
            raise PlanError(f"{place}: {EXPECTED}; not {line.strip()[:60]}")
        model, problem, steps = str(said["planner"]), str(said["problem"]), said["plan"]
        if problem not in problems:
            problems[problem] = read_problem(folder / "problems" / f"{problem}.pddl", domain)
        proposals.append(Proposal(model, problem, well_formed(steps, domain)))
    return Case(folder.resolve().name, domain, problems, proposals)


def told(line: str) -> dict[str, Any] | None:
    """Return what a line says of a plan; None where it is no object with all that belongs to one."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or not {"planner", "problem", "plan"} <= said.keys():
        return None
    return said


def lines(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines of the file of plans that are not blank, each after its place: the file and the number.

    Raises:
        PlanError: there is none, or it cannot be read.
    """
    for path in (folder / name for name in PLANS):
        if path.is_file():
            try:
                with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
                    for number, line in enumerate(file, start=1):
                        if line.strip():
                            yield f"{path}, line {number}", line
            except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
                raise PlanError(f"{path} cannot be read: {error}") from error
            return
    raise PlanError(f"{folder}: there is no {' or '.join(PLANS)}")


def well_formed(steps: object, domain: Domain) -> Plan | None:
    """Return a plan; None where it is empty, or a step is none, of no action, or has not the right arguments."""
    if not isinstance(steps, list):
        return None
    try:
        plan = tuple(parse_step(str(each)) for each in steps)
    except PlanError:
        return None
    return plan if plan and all(map(domain.fits, plan)) else None


def show(case: Case, proposals: Iterable[Proposal], learner: Learner, name: str) -> Tally:
    """Show plans to a learner one after the other, and count what becomes of them."""
    tally = Tally(name)
    for proposal in shown_progress(list(proposals), f"{case.name}: {name}"):
        tally.plans += 1
        if proposal.plan is None:
            tally.malformed += 1
            continue
        judge(proposal.problem, case.problems[proposal.problem], proposal.plan, case.domain, learner, tally)
    return tally


def shown_progress(items: list[T], what: str) -> Iterator[T]:
    """Yield items, with a progress bar where somebody can see it."""
    console = Console(stderr=True)
    yield from track(items, what, console=console, transient=True, disable=not console.is_terminal)


def judge(number: str, problem: Problem, plan: Plan, domain: Domain, learner: Learner, tally: Tally) -> None:
    """Show one plan to a learner; execute it unless it is refused."""
    start = perf_counter()
    refused = learner.refuses(plan, problem)
    reviewing = spent = perf_counter() - start
    world = SimulatedWorld(domain, problem)
    fails = False
    for step in plan:
        before = world.state
        outcome = world.execute(step)
        if not refused:
            start = perf_counter()
            learner.learn(step, before, outcome)
            spent += perf_counter() - start
        if not outcome.executed:
            fails = True
            break
    tally.ms_reviews.append(1000 * reviewing / len(plan))
    tally.ms_steps.append(1000 * spent / len(plan))
    tally.ms_plans.append(1000 * spent)
    if fails:
        tally.open[number] = None
        tally.failing_refused += refused
        tally.failures += not refused
    elif world.solved:
        tally.correct_refused += refused
        tally.correct_executed += not refused
    else:
        tally.missed_refused += refused
        tally.missed_executed += not refused


def learned(domain: Domain, agent: Agent) -> Knowledge:
    """Compare what the evidence entails of conditions with the true domain; types are known beforehand."""
    evidence = Evidence(agent.base)
    count = right = wrong = 0
    for schema in domain.schemas:
        true = {each for each in schema.conditions if not domain.is_given(each)}
        action = evidence.vocabulary.actions[schema.name]
        count += len(true)
        for symbol, literal in evidence.vocabulary.candidates(schema.name).items():
            if not domain.is_given(literal) and evidence.entails(action.needs(symbol)):
                right += literal in true
                wrong += literal not in true
    return Knowledge(count, right, wrong)


def find_way_out(case: Case, agent: Agent, numbers: Iterable[str]) -> WayOut:
    """Let the agent solve problems by plans of its own."""
    solved = failures = 0
    times, unsolved = [], []
    for number in shown_progress(list(numbers), f"{case.name}: way out"):
        problem = case.problems[number]
        world = SimulatedWorld(case.domain, problem)
        start = perf_counter()
        pursuit = pursue(agent, problem.goal, world)
        times.append(1000 * (perf_counter() - start))
        failures += len(pursuit.failures)
        if world.solved:
            solved += 1
        else:
            unsolved.append(number)
    return WayOut(solved, failures, times, unsolved)


def is_sound(result: Result) -> bool:
    """Whether no plan that executes was refused, nothing wrong was learned, and every open problem was solved."""
    tallies = [(result.tally, result.knowledge), *result.models]
    return all(
        tally.correct_refused == tally.missed_refused == knowledge.wrong == 0 for tally, knowledge in tallies
    ) and (result.way_out is None or not result.way_out.unsolved)


def middle(numbers: list[float]) -> float | None:
    """Return the median to a microsecond; None where there is nothing."""
    return round(median(numbers), 3) if numbers else None


def figures(result: Result) -> dict[str, Any]:
    """Return what `--json` writes of one domain."""
    tally, knowledge, way_out = result.tally, result.knowledge, result.way_out
    counts = tally.counts()
    missed = {name: counts.pop(name) for name in ("missed_executed", "missed_refused")}
    return {
        "domain": result.case.name,
        **counts,
        "conditions": knowledge.conditions,
        "conditions_learned": knowledge.learned,
        "conditions_wrong": knowledge.wrong,
        "ms_per_step": middle(tally.ms_steps),
        "problems_open": len(tally.open),
        "problems_solved": None if way_out is None else way_out.solved,
        **missed,
        "review_ms_per_step": middle(tally.ms_reviews),
        "ms_per_plan": middle(tally.ms_plans),
        "way_out_failures": None if way_out is None else way_out.failures,
        "way_out_ms": None if way_out is None else middle(way_out.ms),
        "baselines": [{"learner": each.learner, **each.counts()} for each in result.baselines],
        "models": [
            {
                "planner": each.learner,
                **each.counts(),
                "conditions_learned": known.learned,
                "conditions_wrong": known.wrong,
                "ms_per_step": middle(each.ms_steps),
            }
            for each, known in result.models
        ],
    }


def table(results: list[Result]) -> Table:
    """The figures: for each domain the agent, the baselines, and the agent with each language model alone."""
    shown = Table(box=None)
    for heading in ("domain", "who"):
        shown.add_column(heading, no_wrap=True)
    for heading in (
        "plans",
        "malformed",
        "failures",
        "failing refused",
        "correct executed",
        "correct refused",
        "missed executed",
        "missed refused",
        "conditions",
        "wrong",
        "ms/step",
    ):
        shown.add_column(heading, justify="right")
    for result in results:
        rows: list[tuple[Tally, Knowledge | None]] = [
            (result.tally, result.knowledge),
            *((each, None) for each in result.baselines),
            *result.models,
        ]
        for tally, knowledge in rows:
            time = middle(tally.ms_steps)
            shown.add_row(
                result.case.name,
                tally.learner,
                str(tally.plans),
                str(tally.malformed),
                str(tally.failures),
                str(tally.failing_refused),
                str(tally.correct_executed),
                str(tally.correct_refused),
                str(tally.missed_executed),
                str(tally.missed_refused),
                "" if knowledge is None else f"{knowledge.learned} of {knowledge.conditions}",
                "" if knowledge is None else str(knowledge.wrong),
                "" if knowledge is None or time is None else f"{time:.2f}",
            )
        shown.add_section()
    return shown


def summary(result: Result) -> str:
    """What one domain comes to, in a line."""
    tally, way_out = result.tally, result.way_out
    said = (
        f"{result.case.name}: {tally.failures} failures, then {tally.failing_refused} failing plans refused and "
        f"{tally.correct_refused + tally.missed_refused} that work"
    )
    if way_out is None:
        return said
    said += f"; {way_out.solved} of {len(tally.open)} open problems solved with {way_out.failures} failures on the way"
    return said + (f"; unsolved: {', '.join(way_out.unsolved)}" if way_out.unsolved else "")


def markdown(figures: list[dict[str, Any]]) -> str:
    """The table of who failed how often, for docs/benchmarks.md, of what `--json` prints."""
    lines = [
        row_of(
            *("domain", "who", "plans", "malformed", "failures"),
            *("failing plans refused", "working plans executed", "working plans refused"),
        ),
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for domain in figures:
        for who, row in [("**beliefs**", domain), *((each["learner"], each) for each in domain["baselines"])]:
            numbers = (
                row["plans"],
                row["malformed"],
                row["failures"],
                row["failing_refused"],
                row["correct_executed"] + row["missed_executed"],
                row["correct_refused"] + row["missed_refused"],
            )
            lines.append(
                f"| {domain['domain']} | {who} | {' | '.join(f'{number:,}' for number in numbers)} |"
            )
    return "\n".join(lines) + "\n"


def markdown_of_conditions(figures: list[dict[str, Any]]) -> str:
    """The table of what was learned, and of the way out."""
    lines = [
        row_of(
            *("domain", "conditions learned", "wrong", "ms a step", "ms a plan"),
            *("problems open", "solved", "failures on the way", "ms a problem"),
        ),
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in figures:
        cells = (
            row["domain"],
            f"{row['conditions_learned']} of {row['conditions']}",
            str(row["conditions_wrong"]),
            _number(row["ms_per_step"], 2),
            _number(row["ms_per_plan"], 1),
            str(row["problems_open"]),
            _number(row["problems_solved"], 0),
            _number(row["way_out_failures"], 0),
            _number(row["way_out_ms"], 0),
        )
        lines.append(row_of(*cells))
    return "\n".join(lines) + "\n"


def markdown_of_models(figures: list[dict[str, Any]]) -> str:
    """The table of each language model alone."""
    lines = [
        "| domain | model | plans | failures | failing plans refused | working plans refused | conditions learned |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for domain in figures:
        for row in sorted(domain["models"], key=lambda row: str(row["planner"])):
            refused = row["correct_refused"] + row["missed_refused"]
            lines.append(
                f"| {domain['domain']} | {row['planner']} | {row['plans']:,} | {row['failures']:,} "
                f"| {row['failing_refused']:,} | {refused:,} | {row['conditions_learned']} |"
            )
    return "\n".join(lines) + "\n"


def row_of(*cells: str) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def _number(number: float | None, places: int) -> str:
    return "–" if number is None else f"{number:,.{places}f}"


if __name__ == "__main__":
    raise SystemExit(main())
