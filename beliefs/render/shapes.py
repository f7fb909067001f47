"""What is drawn here but made in the journal or from it, which this layer does not know: just the parts shown."""

# ruff: noqa: D102  (the attributes are documented where they are made)

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import Cost
from beliefs.language.syntax import Declaration


class Observed(Protocol):
    """What an entry says of an observation, besides what it changed."""

    @property
    def policy(self) -> str: ...
    @property
    def rejected(self) -> Belief | None: ...
    @property
    def weakened(self) -> Sequence[tuple[str, str]]: ...


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
    @property
    def observed(self) -> Observed | None: ...
    @property
    def consistent(self) -> bool | None: ...


class Entry(Protocol):
    """One entry of the journal."""

    @property
    def number(self) -> int: ...
    @property
    def time(self) -> str: ...
    @property
    def decision(self) -> Decision: ...


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
