"""Commands about experience: expect, expectations, episodes, episode, sources."""

from __future__ import annotations

import click

from beliefs.cli import options
from beliefs.cli.output import write_json, write_text
from beliefs.cli.session import reading, writing
from beliefs.cli.settings import Settings
from beliefs.render import data, experience


@click.command("expect")
@options.formula
@click.option(
    "--because",
    metavar="IDS",
    help="The beliefs that it rests on, by name, with commas between. Default: some from which it follows.",
)
@options.dry_run
@options.timeout
@options.common
def expect_command(settings: Settings, formula: str, because: str | None, dry_run: bool) -> None:
    """Record what you expect to see.

    The expectation stays open until an observation settles it. If that contradicts it, the failure is an episode,
    whether or not the beliefs foretold it; if that entails it, the beliefs that it rests on are confirmed.

    Example:
      beliefs expect 'flies(tweety)'
      beliefs expect 'open(lab)' --because lab_open,d2
    """
    names = None if because is None else [name.strip() for name in because.split(",") if name.strip()]
    with writing(settings, "expecting", dry_run=dry_run) as agent:
        expectation = agent.expect(formula, because=names, dry_run=dry_run)
    if not dry_run:
        settings.committed.append(expectation.number)
    if settings.as_json:
        write_json(data.expectation(expectation))
    else:
        write_text(experience.expectation(expectation, dry_run=dry_run))


@click.command("expectations")
@options.common
def expectations_command(settings: Settings) -> None:
    """List what is expected and not settled yet.

    Example:
      beliefs expectations
    """
    with reading(settings, "reading the base") as agent:
        expectations = agent.expectations()
    if settings.as_json:
        write_json([data.expectation(expectation) for expectation in expectations])
    else:
        write_text(experience.expectations(expectations))


@click.command("episodes")
@click.option("--last", metavar="N", type=click.IntRange(min=1), help="Only the last so many.")
@options.common
def episodes_command(settings: Settings, last: int | None) -> None:
    """List the failures, and what was learned from each.

    A failure is an observation that contradicts what was believed, or what was expected. The oldest comes first.

    Example:
      beliefs episodes
      beliefs episodes --last 3 --json
    """
    with reading(settings, "reading the log") as agent:
        episodes = tuple(agent.episodes())
    shown = episodes if last is None else episodes[-last:]
    if settings.as_json:
        write_json([data.episode(episode) for episode in shown])
    else:
        write_text(experience.episodes(shown))


@click.command("episode", context_settings={"ignore_unknown_options": True})  # -1 is no option
@click.argument("number", metavar="N", type=int)
@options.common
def episode_command(settings: Settings, number: int) -> None:
    """Tell one failure as a story.

    N is the number of an episode as `episodes` lists them; -1 is the last. Tells what was expected, what was seen
    instead, which beliefs contradict it, which of them were held responsible, and what was learned.

    Example:
      beliefs episode 1
      beliefs episode -1
    """
    with reading(settings, "reading the log") as agent:
        episode = agent.episode(number)
        base = agent.as_of(episode.entry - 1)
    if settings.as_json:
        write_json(data.episode(episode))
    else:
        write_text(experience.episode(episode, base))


@click.command("sources")
@options.common
def sources_command(settings: Settings) -> None:
    """List the sources, and how far to trust each.

    For each source: how many of its beliefs are held, what it was blamed for and confirmed in, and the factor by
    which that multiplies the odds of what it says. 1 is that of a source of which nothing is on record.

    Example:
      beliefs sources
      beliefs sources --json
    """
    with reading(settings, "reading the base") as agent:
        tallies = agent.sources()
        base = agent.base
    held = {source: sum(belief.source == source for belief in base) for source in tallies}
    if settings.as_json:
        write_json([data.source(name, held[name], tally) for name, tally in tallies.items()])
    else:
        write_text(experience.sources(tallies, held))
