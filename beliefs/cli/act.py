"""Commands for those who act: actions, review, plan, mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from beliefs.agent import Agent
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Level
from beliefs.change import Change
from beliefs.cli import options
from beliefs.cli.faults import REFUSED, UNKNOWN
from beliefs.cli.output import progress, write_json, write_text
from beliefs.cli.session import begin, conclude, leave, reading
from beliefs.cli.settings import Settings
from beliefs.language.printer import print_formula
from beliefs.planning.actions import as_plan
from beliefs.planning.goals import problem_of
from beliefs.planning.levels import READ
from beliefs.planning.pursuit import Experiment, OutOfReach
from beliefs.planning.review import Review, entries_of
from beliefs.reasoning.verdict import Budget, Unknown

EXIT_CODES = {"passed": 0, "refused": REFUSED, "unknown": UNKNOWN}

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("actions")
@click.argument("domain", metavar="DOMAIN", type=_FILE)
@click.option("--problem", metavar="FILE", type=_FILE, help="A PDDL problem; its facts are believed as well.")
@click.option("--empty", is_flag=True, help="Believe, weakly, that no action needs anything.")
@click.option(
    "--level",
    type=options.Level(),
    default=str(READ),
    show_default=True,
    help="How firmly to believe what the file says actions need.",
)
@options.dry_run
@options.timeout
@options.common
def actions_command(
    settings: Settings, domain: Path, problem: Path | None, empty: bool, level: Level, dry_run: bool
) -> None:
    """Believe what actions need and do.

    DOMAIN is a PDDL file. Each condition that an action has is a belief of its own, and weakly so is, of each other
    condition, that the action does not need it; what actions do is certain. Makes the base where there is none.

    Example:
      beliefs actions blocks.pddl
      beliefs actions blocks.pddl --problem tower.pddl --empty
    """
    from beliefs.planning.pddl import read_domain, read_problem

    with progress(f"reading {domain.name}"):
        known = read_domain(domain)
        start = None if problem is None else read_problem(problem, known)

    def learn(agent: Agent, dry_run: bool) -> Change:
        return agent.learn_actions(known, problem=start, empty=empty, level=level, dry_run=dry_run)

    with progress("thinking"):
        change = begin(settings, learn, dry_run=dry_run)
    conclude(settings, change, dry_run=dry_run)


@click.command("review")
@click.argument(
    "plan", metavar="PLAN", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@options.timeout
@options.common
def review_command(settings: Settings, plan: Path) -> None:
    """Tell whether a plan is known to fail.

    PLAN is a file with a step a line, such as `(stack a b)`; `-` is standard input. It starts where the facts that are
    believed hold, and no others. It is refused (exit 1) only where what was seen in the world entails that a step
    fails; otherwise it passes (exit 0), which is no promise.

    Example:
      beliefs review tower.plan
      echo '(pick-up a)' | beliefs review -
    """
    text = options.read_text(plan) or ""
    with reading(settings, "reviewing the plan") as agent:
        review = agent.review(text)
        entries = entries_of(agent.log(newest_first=True), review.because)
        base = agent.base
    if settings.as_json:
        write_json(_data(review, entries))
    else:
        write_text(_text(review, entries, base))
    leave(EXIT_CODES[review.finding])


@click.command("plan")
@click.argument("goal")
@click.option("--problem", metavar="FILE", type=_FILE, help="A PDDL problem of --domain to start from.")
@click.option("--domain", metavar="FILE", type=_FILE, help="The PDDL domain that the problem is of.")
@options.timeout
@options.common
def plan_command(settings: Settings, goal: str, problem: Path | None, domain: Path | None) -> None:
    """Make a plan by what is believed of actions.

    GOAL is a conjunction of facts and negated facts. The plan starts where the facts that are believed hold, and no
    others, or where a problem does; it is written a step a line. Where there is none (exit 1), the beliefs are named
    that are best doubted, with the plan that this opens; or, if no doubt opens one, the evidence against it.

    Example:
      beliefs plan 'on(a, b) & clear(c)'
      beliefs plan 'on(a, b)' | beliefs review -
    """
    from beliefs.planning.pursuit import least_doubt

    if (problem is None) != (domain is None):
        raise click.UsageError("--problem and --domain go together: a problem is read by its domain")
    start = None
    if problem is not None and domain is not None:
        from beliefs.planning.pddl import read_domain, read_problem

        start = read_problem(problem, read_domain(domain)).initial
    with reading(settings, "planning") as agent:
        base = agent.base
        found = least_doubt(base, problem_of(base, goal, start, budget=agent.budget), budget=agent.budget)
    if settings.as_json:
        write_json(_planned_data(found))
    else:
        write_text(_planned_text(found, base))
    planned = isinstance(found, Experiment) and not found.doubted
    leave(UNKNOWN if isinstance(found, Unknown) else 0 if planned else REFUSED)


def _planned_data(found: Experiment | OutOfReach | Unknown) -> dict[str, Any]:
    if isinstance(found, Unknown):
        return {"status": "unknown", "steps": [], "doubt": [], "kernel": [], "reason": found.reason}
    if isinstance(found, OutOfReach):
        kernel = list(found.kernel)
        return {"status": "out of reach", "steps": [], "doubt": [], "kernel": kernel, "reason": None}
    return {
        "status": "stuck" if found.doubted else "planned",
        "steps": [str(step) for step in found.plan],
        "doubt": [belief.name for belief in found.doubted],
        "kernel": [],
        "reason": None,
    }


def _planned_text(found: Experiment | OutOfReach | Unknown, base: BeliefBase) -> Text:
    if isinstance(found, Unknown):
        return Text(f"unknown: {found.reason}")
    if isinstance(found, OutOfReach):
        if not found.kernel:
            return Text("out of reach: nothing that the actions could need or do would bring it about")
        because = [f"  [{name}] {print_formula(base[name].formula)}" for name in found.kernel]
        return Text("\n".join(["out of reach, because of", *because]))
    steps = [str(step) for step in found.plan] or ["; it holds already"]
    if not found.doubted:
        return Text("\n".join(steps))
    doubted = [f"  [{belief.name}] {print_formula(belief.formula)}" for belief in found.doubted]
    return Text(
        "\n".join(
            ["stuck: no plan by what is believed; what is best doubted is", *doubted, "which opens", *steps]
        )
    )


@click.command("mend")
@click.argument("domain", metavar="DOMAIN", type=_FILE)
@click.option(
    "--works", metavar="PROBLEM PLAN", type=(_FILE, _FILE), multiple=True, help="A plan known to work."
)
@click.option(
    "--fails", metavar="PROBLEM PLAN", type=(_FILE, _FILE), multiple=True, help="A plan known to fail."
)
@options.timeout
@options.common
def mend_command(
    settings: Settings,
    domain: Path,
    works: tuple[tuple[Path, Path], ...],
    fails: tuple[tuple[Path, Path], ...],
) -> None:
    """Tell what is wrong with a PDDL domain.

    Given plans, each with its problem, that are known to work or to fail: the least set of conditions and effects to
    add to the domain or to drop from it, so that it agrees with all of them. No base is needed, and no file changed.

    Example:
      beliefs mend blocks.pddl --works tower.pddl tower.plan --fails tower.pddl bad.plan
    """
    from beliefs.planning.flaws import Trial, mend
    from beliefs.planning.pddl import read_domain, read_problem

    with progress("mending the domain"):
        known = read_domain(domain)
        trials = [
            Trial(read_problem(problem, known), as_plan(options.read_text(plan) or ""), fate, plan.name)
            for pairs, fate in ((works, True), (fails, False))
            for problem, plan in pairs
        ]
        mending = mend(known, trials, budget=Budget(milliseconds=settings.milliseconds))
    if settings.as_json:
        write_json(
            {
                "status": mending.status,
                "changes": list(mending.told()),
                "disagreeing": list(mending.disagreeing),
                "reason": mending.reason,
            }
        )
    elif mending.status == "irreconcilable":
        write_text(Text(f"no domain agrees with all of {', '.join(mending.disagreeing)}"))
    elif mending.status == "unknown":
        write_text(Text(f"unknown: {mending.reason}"))
    else:
        write_text(Text("\n".join(mending.told()) or "the domain agrees with all plans"))
    leave({"irreconcilable": REFUSED, "unknown": UNKNOWN}.get(mending.status, 0))


def _data(review: Review, entries: dict[str, int]) -> dict[str, Any]:
    arguments = () if review.step is None else review.step.arguments
    return {
        "finding": review.finding,
        "steps": [str(step) for step in review.plan],
        "number": review.number,
        "step": None if review.step is None else str(review.step),
        "conditions": [each.told(arguments) for each in review.conditions],
        "because": [{"name": name, "entry": entries.get(name)} for name in review.because],
        "reason": review.reason,
    }


def _text(review: Review, entries: dict[str, int], base: BeliefBase) -> Text:
    if review.step is None:
        count = len(review.plan)
        said = f"passed: no step of {count} is known to fail" if review.finding == "passed" else str(review)
        return Text(said)
    needed = " or ".join(each.told(review.step.arguments) for each in review.conditions)
    shown = [
        f"refused: step {review.number}, {review.step}, needs {needed}, which is false by then",
        "because of",
    ]
    for name in review.because:
        entry = f", entry {entries[name]}" if name in entries else ""
        shown.append(f"  [{name}{entry}] {print_formula(base[name].formula)}")
    if review.reason is not None:
        shown.append(review.reason)
    return Text("\n".join(shown))
