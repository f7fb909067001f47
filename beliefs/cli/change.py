"""Commands that change what is believed: observe, revise, contract, consolidate, undo."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import click

from beliefs.cli import options
from beliefs.cli.session import conclude, writing
from beliefs.cli.settings import Settings


@click.command("observe")
@options.formula
@options.header
@click.option(
    "--policy",
    type=click.Choice(["prioritized", "screened", "weighed"]),
    default="prioritized",
    show_default=True,
    envvar="BELIEFS_POLICY",
    show_envvar=True,
    help="How to meet an observation that contradicts what is believed.",
)
@click.option("--no-repair", is_flag=True, help="Give rules up that it refutes, rather than weaken them.")
@click.option(
    "--decay",
    type=options.Weight(),
    default="1",
    show_default=True,
    envvar="BELIEFS_DECAY",
    show_envvar=True,
    help="Let what is on record of a belief or source fade by this factor with each new test of it.",
)
@options.alternatives
@options.dry_run
@options.timeout
@options.common
def observe_command(
    settings: Settings,
    formula: str,
    header: options.Header,
    policy: Literal["prioritized", "screened", "weighed"],
    no_repair: bool,
    decay: Fraction,
    alternatives: int | None,
    dry_run: bool,
) -> None:
    """Take in what was seen; learn from what it refutes.

    What contradicts the observation is given up: as little as possible, the least entrenched first. A rule among it
    gives way to a weaker one, where one keeps what the rule was right about. The failure becomes an episode, and what
    it says of beliefs and sources counts from now on.

    By default it is refused only where it contradicts itself, or what is certain. With `--policy screened`, what
    contradicts what is certain is rejected, and kept as such; with `weighed`, it is rejected where that costs no more
    than to believe it. Rejected exits 1, like refused.

    Example:
      beliefs observe '!flies(tweety)'
      beliefs observe '[door @2 "bumper"] !way(hall, lab)' --dry-run --alternatives 5
      beliefs observe 'flies(rock)' --source camera --policy weighed
    """
    with writing(settings, "revising", dry_run=dry_run) as agent:
        agent.decay = decay
        change = agent.observe(formula, **header, policy=policy, repair=not no_repair, dry_run=dry_run)
    conclude(settings, change, dry_run=dry_run, listed=alternatives)


@click.command("revise")
@options.formula
@options.header
@options.alternatives
@options.dry_run
@options.timeout
@options.common
def revise_command(
    settings: Settings, formula: str, header: options.Header, alternatives: int | None, dry_run: bool
) -> None:
    """Take in a formula; give up what contradicts it.

    For what was not seen but has to be believed from now on: nothing is weakened, and nobody blamed.

    Example:
      beliefs revise 'forall x. penguin(x) -> !flies(x)' --level 2
    """
    with writing(settings, "revising", dry_run=dry_run) as agent:
        change = agent.revise(formula, **header, dry_run=dry_run)
    conclude(settings, change, dry_run=dry_run, listed=alternatives)


@click.command("contract")
@options.formula
@options.alternatives
@options.dry_run
@options.timeout
@options.common
def contract_command(settings: Settings, formula: str, alternatives: int | None, dry_run: bool) -> None:
    """Stop believing a formula.

    As little as possible is given up so that the formula no longer follows; its negation is not believed
    instead. It is refused where the formula is a tautology, or follows from what is certain.

    Example:
      beliefs contract 'flies(tweety)'
      beliefs contract 'flies(tweety)' --dry-run --json
    """
    with writing(settings, "contracting", dry_run=dry_run) as agent:
        change = agent.contract(formula, dry_run=dry_run)
    conclude(settings, change, dry_run=dry_run, listed=alternatives)


@click.command("consolidate")
@options.alternatives
@options.dry_run
@options.timeout
@options.common
def consolidate_command(settings: Settings, alternatives: int | None, dry_run: bool) -> None:
    """Settle all conflicts.

    As little as possible is given up so that all the rest can be true together.

    Example:
      beliefs consolidate --dry-run
    """
    with writing(settings, "consolidating", dry_run=dry_run) as agent:
        change = agent.consolidate(dry_run=dry_run)
    conclude(settings, change, dry_run=dry_run, listed=alternatives)


@click.command("undo")
@options.dry_run
@options.common
def undo_command(settings: Settings, dry_run: bool) -> None:
    """Take the last change back.

    Nothing is wiped out: the undoing becomes an entry of the log. Undoing again goes one change further back.

    Example:
      beliefs undo
    """
    with writing(settings, "undoing", dry_run=dry_run) as agent:
        change = agent.undo(dry_run=dry_run)
    conclude(settings, change, dry_run=dry_run)
