"""Errors as users meet them: a message on standard error, an exit code, never a traceback."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from beliefs.cli.settings import Settings
from beliefs.errors import BeliefsError

REFUSED = 1
"""A change was refused, a formula is not believed, or a journal could not be verified."""
MISUSE = 2
"""What was asked cannot be carried out: a usage, syntax or any other error of the package."""
UNKNOWN = 3
"""The solver could not tell within its budget."""
INTERNAL = 70
"""A fault of the program itself."""
INTERRUPTED = 130
"""Ctrl-C, as shells report it."""
CLOSED_PIPE = 141
"""The reader of the output went away, as shells report it."""

AS_JSON = "beliefs.as_json"
"""The key under which a context keeps whether errors are to be told as JSON."""


@contextmanager
def told(context: click.Context) -> Iterator[None]:
    """Turn whatever the block raises into a message on standard error and an exit code.

    With `--json` the message is an object of one line: `{"error", "kind", "line", "column", "context",
    "expected", "hint"}`, where `kind` is the name of the exception, or "usage".
    """
    try:
        yield
    except click.ClickException as fault:
        if not context.meta.get(AS_JSON):
            raise
        tell(context, fault.format_message(), "usage")
        context.exit(MISUSE)
    except BeliefsError as fault:
        tell(context, str(fault), type(fault).__name__, fault)
        context.exit(MISUSE)
    except KeyboardInterrupt:
        tell(context, _interrupted(context), "KeyboardInterrupt")
        context.exit(INTERRUPTED)
    except OSError as fault:
        if fault.errno == errno.EPIPE:
            _hush()
            context.exit(CLOSED_PIPE)
        tell(context, _of_system(fault), type(fault).__name__)
        context.exit(MISUSE)
    except RecursionError:
        tell(
            context,
            "the formula is nested too deeply; name its parts by beliefs of their own",
            "RecursionError",
        )
        context.exit(MISUSE)
    except (click.exceptions.Exit, click.Abort):
        raise
    except Exception as fault:
        if os.environ.get("BELIEFS_DEBUG"):
            raise
        message = (
            f"internal error: {type(fault).__name__}: {fault}\n"
            "This is a fault of the program, and nothing you did; please report it. "
            "With BELIEFS_DEBUG=1 it shows where it happened."
        )
        tell(context, message, type(fault).__name__)
        context.exit(INTERNAL)


def tell(context: click.Context, message: str, kind: str, cause: BaseException | None = None) -> None:
    """Write one message on standard error, as JSON where the command was called with `--json`."""
    if context.meta.get(AS_JSON):
        from beliefs.render import data

        click.echo(json.dumps(data.error(kind, message, cause)), err=True)
    else:
        click.echo(f"Error: {message}", err=True)


def _interrupted(context: click.Context) -> str:
    settings = context.find_object(Settings)
    if settings is not None and settings.committed:
        first, last = settings.committed[0], settings.committed[-1]
        if first != last:
            return f"interrupted; entries {first} to {last} had been committed, and stay"
        return f"interrupted; entry {first} had been committed, and stays"
    return "interrupted; nothing was changed"


def _of_system(fault: OSError) -> str:
    reason = (fault.strerror or str(fault)).lower()
    return f"{fault.filename}: {reason}" if fault.filename is not None else reason


def _hush() -> None:
    """Point standard output nowhere, so that Python does not complain of the closed pipe as it leaves."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
