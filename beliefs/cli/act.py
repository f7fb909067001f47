"""Commands for those who act: actions, review."""

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
from beliefs.planning.levels import READ
from beliefs.planning.review import Review, entries_of

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
    return Text("\n".join(shown))
