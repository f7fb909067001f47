"""What a file says, piece by piece, each with its place: the value that every format is read into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import DEFAULT_LEVEL, Level
from beliefs.errors import FormatError
from beliefs.language.syntax import Declaration, Formula

T = TypeVar("T", Declaration, Belief)

Progress: TypeAlias = Callable[[int, int], None]
"""What is told, now and then, how much of the work is done, and how much there is."""

SHOWN = 200
"""How much of a line is kept, to show it."""

STEP = 1_000
"""So many lines are read between two tellings of progress."""


class Placed(NamedTuple, Generic[T]):
    """A declaration or belief, the line it stands on, if the format has lines, and how it is written there."""

    what: T
    line: int | None
    text: str


class Rejected(NamedTuple):
    """What cannot be taken in: its line, if the format has lines, how it is written there, and why."""

    line: int | None
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file says.

    Attributes:
        beliefs: the beliefs, in the order of the file; one that the file gives no name has an empty one.
        declarations: the declarations, in the order of the file.
        rejected: what in it is not of the format.
        observations: what the file says was observed; for the user, as it is not believed.
        unique_names: whether the file says that names are unique; None where it does not say.
    """

    beliefs: tuple[Placed[Belief], ...] = ()
    declarations: tuple[Placed[Declaration], ...] = ()
    rejected: tuple[Rejected, ...] = ()
    observations: tuple[Formula, ...] = ()
    unique_names: bool | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file, and what it is called.

    Attributes:
        name: what to call it in messages.
        data: what it holds.
    """

    name: str
    data: bytes

    def text(self) -> str:
        """Return what it holds as text.

        Raises:
            FormatError: it is not UTF-8 text.
        """
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            raise FormatError(
                f"{self.name} is not UTF-8 text: {fault.reason} at byte {fault.start}; convert it first"
            ) from None


@dataclass(frozen=True, slots=True)
class Options:
    """What is said about a file apart from the file.

    Attributes:
        level: how firmly to hold what the file gives no level; None for what is usual in its format.
        source: who or what says it, where the file does not say.
        template: the fact that a row of a table states, with `{column}` for its values.
        prefixes: short forms of IRIs, without their colon.
        skip: whether to leave out what does not fit where a base is written, rather than to refuse.
    """

    level: Level | None = None
    source: str | None = None
    template: str | None = None
    prefixes: tuple[tuple[str, str], ...] = ()
    skip: bool = False

    def level_or(self, usual: Level = DEFAULT_LEVEL) -> Level:
        """Return how firmly to hold what the file gives no level, where there is a usual one."""
        return usual if self.level is None else self.level


class Misfit(NamedTuple):
    """A belief that a format cannot hold, by name, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """A base as text, and what was left out of it."""

    text: str
    skipped: tuple[Misfit, ...] = ()


@dataclass(slots=True)
class Fitting:
    """Keeps what does not fit while a base is written, or refuses it.

    Attributes:
        form: what to call the format in messages.
        skip: whether to leave out what does not fit.
        skipped: what was left out so far.
    """

    form: str
    skip: bool
    skipped: list[Misfit] = field(default_factory=list)

    def misfit(self, belief: Belief, reason: str) -> None:
        """Leave a belief out.

        Raises:
            FormatError: nothing is to be left out.
        """
        if not self.skip:
            raise FormatError(
                f"belief {belief.name!r} does not fit into {self.form}: it {reason}; export the language or JSON "
                "Lines, or leave it out with --skip"
            )
        self.skipped.append(Misfit(belief.name, reason))


def shown(text: str) -> str:
    """Return the first line of a text, of a long one the beginning."""
    line = text.partition("\n")[0].strip()
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
