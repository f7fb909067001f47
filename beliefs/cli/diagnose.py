"""The command that asks what must be false: diagnose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from beliefs.cli import options
from beliefs.cli.faults import REFUSED, UNKNOWN
from beliefs.cli.output import write_json, write_text
from beliefs.cli.session import leave, reading
from beliefs.cli.settings import Settings
from beliefs.failure.next_test import best_test
from beliefs.render import diagnoses as render


@click.command("diagnose")
@click.argument("observations", metavar="[OBSERVATION]...", nargs=-1)
@click.option(
    "--situated",
    metavar="SYMBOL",
    multiple=True,
    help="A predicate or function that differs from one observation to the next. May be given several times.",
)
@options.limit(10, "diagnoses")
@click.option(
    "--next-test/--no-next-test",
    default=True,
    show_default=True,
    help="Whether to look for what best tells the diagnoses apart.",
)
@options.as_of
@options.timeout
@options.common
def diagnose_command(
    settings: Settings,
    observations: tuple[str, ...],
    situated: tuple[str, ...],
    limit: int,
    next_test: bool,
    as_of: int | None,
) -> None:
    """Find what must be false, given what was seen.

    Each diagnosis is a smallest set of beliefs without which the rest agrees with all observations; the least costly
    come first. Nothing is changed. Without an observation, it is what to give up so that the beliefs do not
    contradict one another. `-` reads observations from standard input, one a line.

    Observations are of one situation, unless --situated names what differs from one to the next. Then each is of
    a situation of its own: a rule is still given up for all of them at once, but a fact of the moment, such as
    `!raining`, for one, as `raining@2`.

    Exits 0 where there are diagnoses, or nothing needs one; 1 where what is certain contradicts the observations;
    3 where the solver could not tell.

    Example:
      beliefs diagnose '!way(hall, lab)'
      beliefs diagnose '!moves(r2)' 'moves(r2)' --situated moves --situated battery
      beliefs diagnose - --no-next-test < observations.txt
    """
    said = list(_read(observations))
    with reading(settings, "diagnosing") as agent:
        diagnoses = agent.diagnose(said, situated=situated, as_of=as_of)
        found = diagnoses.up_to(limit)
        irrefutable = None if found else diagnoses.irrefutable()
        test = best_test(diagnoses, found) if next_test else None
    base = diagnoses.situations.base
    findings = render.Findings(
        observations=diagnoses.situations.observations,
        diagnoses=found,
        complete=diagnoses.complete and len(diagnoses.found) == len(found),
        kernels=diagnoses.kernels,
        unknown=diagnoses.unknown,
        irrefutable=tuple(base[name] for name in irrefutable)
        if isinstance(irrefutable, tuple)
        else irrefutable,
        test=test,
    )
    if settings.as_json:
        write_json(render.as_data(findings))
    else:
        write_text(render.as_text(findings))
    leave(0 if found else UNKNOWN if findings.unknown is not None else REFUSED)


def _read(observations: Iterable[str]) -> Iterator[str]:
    """The observations, those of standard input in the place of `-`."""
    for observation in observations:
        if observation == "-":
            text = options.read_text("-") or ""
            yield from (line.strip() for line in text.splitlines() if line.strip())
        else:
            yield observation
