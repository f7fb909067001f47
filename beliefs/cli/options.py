"""The options and arguments that commands share, and the types of their values."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import Any, Literal, TypedDict, TypeVar

import click

from beliefs.cli.settings import DEFAULT_TIMEOUT, Settings

F = TypeVar("F", bound=Callable[..., Any])


class Header(TypedDict):
    """The parts of a belief's header that were given as options, by the names that `Agent` has for them."""

    name: str | None
    level: int | Literal["certain"] | None
    weight: Fraction | None
    source: str | None


class Level(click.ParamType[int | Literal["certain"]]):
    """A level of entrenchment: an integer from 0, or `certain`."""

    name = "LEVEL"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | Literal["certain"]:
        """Return the level that a text spells."""
        if value == "certain":
            return "certain"
        if isinstance(value, int) or (isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value)):
            return int(value)
        return self.fail(f"{value!r} is not a level; give an integer from 0, or `certain`", param, ctx)


class Weight(click.ParamType[Fraction]):
    """A positive number: `2`, `0.5` or `1/3`."""

    name = "WEIGHT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """Return the weight that a text spells."""
        text = str(value)
        if re.fullmatch(r"[0-9]{1,99}(\.[0-9]{1,99}|/[0-9]{1,99})?", text):
            numerator, _, denominator = text.partition("/")
            if not denominator or int(denominator):
                weight = Fraction(numerator) / int(denominator or 1)
                if weight > 0:
                    return weight
        return self.fail(
            f"{value!r} is not a weight; give a positive number such as 2, 0.5 or 1/3", param, ctx
        )


class Name(click.ParamType[str]):
    """The name of a belief, as a header may have it."""

    name = "NAME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, if it is one."""
        from beliefs.language.syntax import LABEL

        if LABEL.fullmatch(str(value)):
            return str(value)
        return self.fail(
            f"{value!r} is not a name; use letters, digits and _, and - . : between them", param, ctx
        )


_UNITS = {"": 1_000, "ms": 1, "s": 1_000, "min": 60_000}
"""Milliseconds of each unit of time."""


class Duration(click.ParamType[int]):
    """A time: seconds, as `2.5`, or with a unit, as `500ms`, `2s` or `5min`. Its value is in milliseconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the milliseconds that a text spells."""
        match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?(ms|s|min|)", str(value))
        if match is not None:
            milliseconds = int(Fraction(match[1]) * _UNITS[match[2]])
            if milliseconds > 0:
                return milliseconds
        return self.fail(
            f"{value!r} is not a time; give seconds, as 2.5, or a unit, as 500ms or 5min", param, ctx
        )


def common(function: F) -> F:
    """Give a command the options that all have, `--base` and `--json`; pass it the `Settings` they make.

    A command that has a `--timeout` gets it settled in the same way.
    """

    @click.option("--base", "place", metavar="FILE", help="The base; the same as --base before the command.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
    @click.pass_context
    @wraps(function)
    def run(
        context: click.Context, /, place: str | None, as_json: bool, timeout: int | None = None, **rest: Any
    ) -> Any:
        settings = context.ensure_object(Settings)
        settings.place = settings.place if place is None else place
        settings.as_json = as_json
        settings.milliseconds = DEFAULT_TIMEOUT if timeout is None else timeout
        return function(settings, **rest)

    return run  # type: ignore[return-value]


def formula(function: F) -> F:
    """Give a command a formula: an argument, `-` for standard input, or `--file`; it gets the text."""

    @click.argument("said", metavar="[FORMULA]", required=False)
    @click.option(
        "--file",
        "path",
        type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
        help="Read the formula from a file instead. `-` in place of FORMULA reads standard input.",
    )
    @wraps(function)
    def run(*, said: str | None, path: Path | None, **rest: Any) -> Any:
        if (said is None) is (path is None):
            raise click.UsageError(
                "give a formula, `-` to read it from standard input, or --file, and just one"
            )
        text = read_text(path if said is None else said if said == "-" else None)
        return function(formula=said if text is None else text.strip(), **rest)

    return run  # type: ignore[return-value]


def read_text(source: Path | str | None) -> str | None:
    """Return the text of a file, or of standard input for `-`; None of None.

    Raises:
        click.ClickException: it is not UTF-8 text.
    """
    if source is None:
        return None
    try:
        if str(source) == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return Path(source).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        name = "standard input" if str(source) == "-" else source
        raise click.UsageError(f"{name} is not UTF-8 text: {fault.reason} at byte {fault.start}") from None


def header(function: F) -> F:
    """Give a command the parts of a belief's header as options; it gets them as one `Header`."""

    @wraps(function)
    def run(*arguments: Any, **rest: Any) -> Any:
        parts = Header(
            name=rest.pop("name"),
            level=rest.pop("level"),
            weight=rest.pop("weight"),
            source=rest.pop("source"),
        )
        return function(*arguments, header=parts, **rest)

    for option in (
        click.option("--source", metavar="TEXT", help="Who or what says so."),
        click.option("--weight", type=Weight(), help="What giving it up costs inside its level. Default: 1."),
        click.option(
            "--level", type=Level(), help="How firmly to hold it: 0, 1, 2, … or `certain`. Default: 1."
        ),
        click.option("--name", type=Name(), help="What to call it. Default: b and a number."),
    ):
        run = option(run)
    return run  # type: ignore[return-value]


def alternatives(function: F) -> F:
    """Give a command `--alternatives`, on how many equally good answers to list."""
    return click.option(
        "--alternatives",
        metavar="N",
        type=click.IntRange(min=1),
        help="List up to so many equally good answers: what each would give up, the one taken first.",
    )(function)


def dry_run(function: F) -> F:
    """Give a command `--dry-run`."""
    return click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")(
        function
    )


def timeout(function: F) -> F:
    """Give a command `--timeout`, which `common` settles."""
    return click.option(
        "--timeout",
        type=Duration(),
        help="How long to think before the answer is unknown: seconds, or with a unit, as 500ms or 5min. "
        "Default: 60.",
    )(function)


def as_of(function: F) -> F:
    """Give a command `--as-of`."""
    return click.option(
        "--as-of",
        metavar="ENTRY",
        type=click.IntRange(min=0),
        help="Look at the base as it was after this entry of the log.",
    )(function)


def limit(default: int, what: str) -> Callable[[F], F]:
    """Give a command `--limit`, on how many things of a kind to look for."""
    return click.option(
        "--limit",
        metavar="N",
        type=click.IntRange(min=1),
        default=default,
        show_default=True,
        help=f"Stop after this many {what}.",
    )
