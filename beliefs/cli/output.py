"""Where results go: text for people or JSON for programs on standard output, progress on standard error."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size
from threading import Lock, Timer
from typing import Any, TextIO

import click
from rich.console import Console, RenderableType

PATIENCE = 1.0
"""Seconds before a progress bar appears."""

UNBROKEN = 100_000
"""Where nobody looks at a terminal, lines are as long as this, so that no formula is broken."""

SLICE = 1 << 16
"""How many characters are written at once."""


def write_text(result: RenderableType) -> None:
    """Write a result for people: in colours, to the width of the terminal; in plain lines without one.

    What is longer than the terminal is high is shown by the pager that the environment variable `PAGER` names.
    """
    if not sys.stdout.isatty():
        write_raw(plain_text(result, sys.stdout))
        return
    text = _printed(result, sys.stdout, None)
    if sys.stdin.isatty() and text.count("\n") >= get_terminal_size().lines:
        # What `less` shows of colours, and when it ends by itself, is up to whoever has set that.
        os.environ.setdefault("LESS", "-FRX")
        click.echo_via_pager(text, color=True)
    else:
        write_raw(text)


def plain_text(result: RenderableType, to: TextIO | None = None) -> str:
    """Return a result for people in plain lines, which are not broken; in characters that what it goes to can hold."""
    printed = _printed(result, io.StringIO() if to is None else to, UNBROKEN)
    return "".join(line.rstrip() + "\n" for line in printed.splitlines())


def _printed(result: RenderableType, to: TextIO, width: int | None) -> str:
    console = Console(file=to, width=width, highlight=False, markup=False, emoji=False, legacy_windows=False)
    with console.capture() as capture:
        console.print(result, crop=False)
    return capture.get()


def write_raw(text: str) -> None:
    """Write a text as it is; slice by slice, so that a reader who goes away is noticed early."""
    for start in range(0, len(text), SLICE):
        sys.stdout.write(text[start : start + SLICE])
        sys.stdout.flush()


def write_bytes(contents: bytes) -> None:
    """Write bytes as they are."""
    sys.stdout.buffer.write(contents)
    sys.stdout.flush()


def write_file(path: Path, contents: str | bytes) -> None:
    """Write a text, or bytes, to a file, in the place of what was there."""
    path.write_bytes(contents.encode() if isinstance(contents, str) else contents)


def write_json(result: Any) -> None:
    """Write a result for programs."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    write_raw(json.dumps(result, indent=2, ensure_ascii=plain) + "\n")


class Progress:
    """A progress bar on standard error: on a terminal only, and only after a second has passed."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = Lock()
        self._done = 0
        self._total: int | None = None
        self._bar: Any = None
        self._task: Any = None
        self._timer = Timer(PATIENCE, self._show)
        self._timer.daemon = True

    def start(self) -> None:
        """Begin to wait for the second to pass."""
        if sys.stderr.isatty():
            self._timer.start()

    def advance(self, done: int, total: int) -> None:
        """Note how much of the work is done."""
        with self._lock:
            self._done, self._total = done, total
            if self._bar is not None:
                self._bar.update(self._task, completed=done, total=total)

    def stop(self) -> None:
        """Take the bar away."""
        self._timer.cancel()
        with self._lock:
            if self._bar is not None:
                self._bar.stop()
            self._bar = self._task = None
            self._what = ""

    def _show(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        with self._lock:
            if not self._what:
                return
            columns = [TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()]
            if self._total is not None:
                columns.insert(2, MofNCompleteColumn())
            bar = Bar(*columns, console=Console(stderr=True), transient=True)
            task = bar.add_task(self._what, total=self._total, completed=self._done)
            bar.start()
            self._bar, self._task = bar, task


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Show, while the block runs, that something is going on."""
    bar = Progress(what)
    bar.start()
    try:
        yield bar
    finally:
        bar.stop()
