"""What is drawn here but made in layers that this one does not know: just the parts that are shown."""

# ruff: noqa: D102  (the attributes are documented where they are made)

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import Cost
from beliefs.language.syntax import Declaration, Formula


class Answer(Protocol):
    """Whether a formula is believed, and the beliefs that settle it."""

    @property
    def formula(self) -> Formula: ...
    @property
    def verdict(self) -> str: ...
    @property
    def because(self) -> Sequence[str]: ...
    @property
    def reason(self) -> str | None: ...


class Explanation(Protocol):
    """All minimal sets of beliefs that settle a formula, as far as they were found."""

    @property
    def formula(self) -> Formula: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reasons(self) -> Sequence[Sequence[str]]: ...
    @property
    def complete(self) -> bool: ...
    @property
    def reason(self) -> str | None: ...


class Conflicts(Protocol):
    """All minimal sets of beliefs that contradict one another, as far as they were found."""

    @property
    def kernels(self) -> Sequence[Sequence[str]]: ...
    @property
    def complete(self) -> bool: ...
    @property
    def reason(self) -> str | None: ...


class Decision(Protocol):
    """What an entry of the journal decided."""

    @property
    def operation(self) -> str: ...
    @property
    def input(self) -> str | None: ...
    @property
    def declared(self) -> Sequence[Declaration]: ...
    @property
    def undeclared(self) -> Sequence[Declaration]: ...
    @property
    def added(self) -> Sequence[Belief]: ...
    @property
    def removed(self) -> Sequence[Belief]: ...
    @property
    def kernels(self) -> Sequence[Sequence[str]]: ...
    @property
    def cost(self) -> Cost: ...
    @property
    def source(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def undoes(self) -> int | None: ...


class Entry(Protocol):
    """One entry of the journal."""

    @property
    def number(self) -> int: ...
    @property
    def time(self) -> str: ...
    @property
    def decision(self) -> Decision: ...


class Difference(Protocol):
    """What two states of a base do not have in common."""

    @property
    def added(self) -> Sequence[Belief]: ...
    @property
    def removed(self) -> Sequence[Belief]: ...
    @property
    def changed(self) -> Sequence[tuple[Belief, Belief]]: ...


class Fault(Protocol):
    """What is wrong with an entry of the journal, or, where it names none, with the journal as a whole."""

    @property
    def entry(self) -> int | None: ...
    @property
    def reason(self) -> str: ...


class Verification(Protocol):
    """What came of checking a journal."""

    @property
    def entries(self) -> int: ...
    @property
    def checked(self) -> int: ...
    @property
    def failed(self) -> Sequence[Fault]: ...
    @property
    def chain(self) -> str: ...
