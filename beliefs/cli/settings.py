"""What the options before and after a command settle together."""

from __future__ import annotations

from dataclasses import dataclass, field

DEFAULT_BASE = "beliefs.db"
"""The base where none is named: a file in the present folder."""

DEFAULT_TIMEOUT = 60_000
"""Milliseconds a command may think before its answer is "unknown"."""


@dataclass
class Settings:
    """Where the base is, how to write results, and how long to think.

    Attributes:
        place: a file, or the URL of a database.
        as_json: whether results are written as JSON.
        milliseconds: the time each call may take.
        committed: the journal entries that the command has committed so far; an interrupt tells of them.
    """

    place: str = DEFAULT_BASE
    as_json: bool = False
    milliseconds: int = DEFAULT_TIMEOUT
    committed: list[int] = field(default_factory=list)
