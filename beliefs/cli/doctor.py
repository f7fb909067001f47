"""The command that checks the installation: doctor."""

from __future__ import annotations

import click
from rich.console import Group, RenderableType
from rich.text import Text

from beliefs.cli import options
from beliefs.cli.faults import REFUSED
from beliefs.cli.output import progress, write_json, write_text
from beliefs.cli.session import leave
from beliefs.cli.settings import Settings
from beliefs.doctor import Finding, State, examine
from beliefs.reasoning.verdict import Budget
from beliefs.render.layout import STYLES, Column, grid, sentence

_SIGNS: dict[State, tuple[str, str]] = {
    "good": ("ok", STYLES["good"]),
    "missing": ("--", STYLES["open"]),
    "bad": ("BAD", STYLES["bad"]),
}


@click.command("doctor")
@options.timeout
@options.common
def doctor_command(settings: Settings) -> None:
    """Check the installation, the solvers and the base.

    Tells the versions of everything, has each solver conclude something, opens the base and checks its chain of hashes.
    What is missing but not needed by everybody (`--`) is named with how to get it; what is wrong (`BAD`) exits 1. All
    certificates are checked by `verify`.

    Example:
      beliefs doctor
      beliefs --base robot.db doctor --json
    """
    with progress("examining"):
        findings = tuple(examine(settings.place, Budget(milliseconds=settings.milliseconds)))
    healthy = all(finding.state != "bad" for finding in findings)
    if settings.as_json:
        write_json({"healthy": healthy, "findings": [finding._asdict() for finding in findings]})
    else:
        write_text(_text(findings, healthy=healthy))
    leave(0 if healthy else REFUSED)


def _text(findings: tuple[Finding, ...], *, healthy: bool) -> RenderableType:
    rows = [[_SIGNS[each.state][0], each.what, each.detail] for each in findings]
    remedies = [
        sentence(f"  {each.what}: {each.remedy}") for each in findings if each.state != "good" and each.remedy
    ]
    parts: list[RenderableType] = [
        grid(
            [Column(), Column(style=STYLES["name"]), Column(breaks=True)], rows, styles=dict(_SIGNS.values())
        )
    ]
    if remedies:
        parts += [Text(""), Text("What to do about it:"), *remedies]
    parts += [Text(""), Text("All is well." if healthy else "Something is wrong.")]
    return Group(*parts)
