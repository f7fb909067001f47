"""Files of every format, written and read in memory."""

from __future__ import annotations

from beliefs.base.belief_base import BeliefBase
from beliefs.formats import FORMATS, Contents, Options, Source, admit


def said(form: str, text: str | bytes, **options: object) -> Contents:
    """Return what a text says in a format."""
    data = text.encode() if isinstance(text, str) else text
    return FORMATS[form].read(Source(f"a.{form}", data), Options(**options), lambda done, total: None)


def base_of(contents: Contents, *, unique_names: bool = True) -> BeliefBase:
    """Return the base that all of it makes, having checked that nothing is rejected."""
    empty = BeliefBase(unique_names=unique_names)
    admission = admit(empty, contents)
    assert admission.rejected == ()
    return empty.declare(*admission.declarations).add(*(placed.what for placed in admission.beliefs))


def rejected(contents: Contents, base: BeliefBase | None = None) -> list[tuple[int | None, str]]:
    """Return the lines that are rejected, each with its reason."""
    admission = admit(BeliefBase() if base is None else base, contents)
    return [(each.line, each.reason) for each in admission.rejected]
