"""The texts of certificates, read: many certificates speak of the same beliefs and symbols.

Reading a text again gives an equal value, whatever certificate it stands in; so what was read is kept for a while. How
a text fits the declarations of its certificate is another question, which is asked each time (`reading`).
"""

from __future__ import annotations

from functools import lru_cache

from beliefs.errors import LanguageError
from beliefs.language.mentions import Mentions
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.syntax import Declaration, Formula

_KEPT = 4_096
"""How many texts are kept."""

_LONG = 2_000
"""A text that is longer is not kept, so that what is kept does not take much memory."""


def parsed(text: str) -> Formula:
    """Return the formula of a text; every name that no quantifier binds is an individual, whatever its letter.

    Raises:
        ParseError: the text is not a formula.
    """
    return _parsed(text) if len(text) <= _LONG else parse_formula(text, canonical=True)


@lru_cache(_KEPT)
def _parsed(text: str) -> Formula:
    return parse_formula(text, canonical=True)


def mentions(text: str) -> Mentions:
    """Return what the formula of a text speaks of.

    Raises:
        ParseError: the text is not a formula.
    """
    return _mentions(text) if len(text) <= _LONG else Mentions.of(parsed(text))


@lru_cache(_KEPT)
def _mentions(text: str) -> Mentions:
    return Mentions.of(_parsed(text))


def declared(text: str) -> tuple[Declaration, ...] | None:
    """Return the declarations that a text holds; None where it does not hold declarations alone."""
    return _declared(text) if len(text) <= _LONG else _declarations(text)


@lru_cache(_KEPT)
def _declared(text: str) -> tuple[Declaration, ...] | None:
    return _declarations(text)


def _declarations(text: str) -> tuple[Declaration, ...] | None:
    try:
        document = parse_document(text)
    except LanguageError:
        return None
    return None if document.statements else document.declarations
