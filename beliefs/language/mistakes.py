"""What went wrong in a text, and what was probably meant: the messages of the parser.

The parser knows where it stopped and what it would have taken. From that and from the text around, `explain` says
in words what is wrong; for the mistakes that people and language models make again and again it adds how to mend
them. Each mistake is one small function; the first that recognises the fault explains it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from beliefs.errors import ParseError
from beliefs.language.span import Span
from beliefs.language.syntax import KEYWORDS

END = "END"
"""The type of the token that stands for the end of the text."""

UNKNOWN = "UNKNOWN"
"""The type of a token that holds a character at which nothing of the language begins."""

LOOK_LIKE_VARIABLES = frozenset("uvwxyzUVWXYZ")
"""A name that is taken for a forgotten variable where nothing binds or declares it."""

LEVELS = "a level is `@certain` or a whole number from 0, and a weight a positive number after `*`: `@3`, `@2*7`, `@1*1/2`"
TERMS = "a term is an individual, a variable, a number, or a function of terms; predicates do not nest"
FORMULAS = "a formula is a proposition, a predicate of terms, or a comparison of terms"
FIRST_ORDER = "quantifiers range over individuals and numbers, not over predicates and functions"
REVERSED_ARROW = "`<=` compares numbers; an implication is written from left to right: `p -> q`"


class Token(NamedTuple):
    """A stretch of a text that is one terminal of the grammar."""

    type: str
    value: str
    start: int
    end: int

    # Lark copies these from the last token to the one it makes for the end of a text.
    @property
    def start_pos(self) -> int:
        """Where the token begins, by Lark's name."""
        return self.start

    @property
    def end_pos(self) -> int:
        """Where the token ends, by Lark's name."""
        return self.end

    @property
    def line(self) -> None:
        """Not counted."""

    @property
    def column(self) -> None:
        """Not counted."""

    @property
    def end_line(self) -> None:
        """Not counted."""

    @property
    def end_column(self) -> None:
        """Not counted."""


@dataclass(frozen=True)
class Fault:
    """Where a parser stopped, and what it knew there.

    Attributes:
        text: the whole text.
        offset: where in the text the piece begins that was being parsed.
        piece: one declaration or belief.
        before: the tokens of the piece before the fault.
        token: the token that does not fit. Its offsets count from the beginning of the piece.
        accepted: the types of token that would have fitted.
        start: what the piece was to be, "line" or "formula".
    """

    text: str
    offset: int
    piece: str
    before: list[Token]
    token: Token
    accepted: frozenset[str]
    start: str

    @property
    def previous(self) -> Token | None:
        """The token just before the one that does not fit."""
        return self.before[-1] if self.before else None

    @property
    def fits_formula(self) -> bool:
        """Whether a formula could stand here."""
        return "_NOT" in self.accepted

    @property
    def fits_term(self) -> bool:
        """Whether a term could stand here, but not a formula."""
        return "NUMBER" in self.accepted and not self.fits_formula

    @property
    def follows_operand(self) -> bool:
        """Whether a formula or term has just been completed."""
        return "PLUS" in self.accepted or "_AND" in self.accepted

    def follows(self, text: str) -> bool:
        """Return whether the piece goes on with a text at the token that does not fit."""
        return self.piece.startswith(text, self.token.start)

    def around(self, texts: tuple[str, ...]) -> tuple[str, int] | None:
        """Return the first of some texts that covers the fault, with its place in the piece."""
        for text in texts:
            at = self.piece.find(text, max(0, self.token.start - len(text) + 1), self.token.start + len(text))
            if 0 <= at <= self.token.start < at + len(text):
                return text, at
        return None

    def where(self, start: int) -> str:
        """Return the line and column of an offset in the piece, in words."""
        line, column = Span(start + self.offset, 0).position(self.text)
        return f"line {line}, column {column}"

    def error(
        self,
        message: str,
        hint: str | None = None,
        *,
        start: int | None = None,
        end: int | None = None,
        expected: tuple[str, ...] = (),
    ) -> ParseError:
        """Return the error, placed at the token that does not fit or at other offsets of the piece."""
        begin = self.token.start if start is None else start
        stop = max(self.token.end, begin + 1) if end is None else end
        span = Span(begin + self.offset, stop + self.offset)
        return fault(self.text, span, message, expected=expected, hint=hint)


def fault(
    text: str, span: Span, message: str, *, expected: tuple[str, ...] = (), hint: str | None = None
) -> ParseError:
    """Return a ParseError that shows where in a text it lies."""
    line, column = span.position(text)
    return ParseError(
        message, line=line, column=column, context=span.excerpt(text), expected=expected, hint=hint
    )


def out_of_scope(text: str, span: Span, name: str) -> ParseError:
    """Return the error for a variable used where the quantifier that binds it does not reach."""
    return fault(
        text,
        span,
        f"the variable `{name}` is used outside its quantifier",
        hint="the body of a quantifier reaches as far right as brackets let it: move the closing bracket, or rename",
    )


def unbound(text: str, span: Span, name: str) -> ParseError:
    """Return the error for a name that looks like a variable and that nothing binds."""
    return fault(
        text,
        span,
        f"the variable `{name}` is not bound by a quantifier",
        hint=f"write `forall {name}. …` or `exists {name}. …`; or, if it is an individual, declare it: "
        f"`const {name}: Thing`",
    )


def explain(fault: Fault) -> ParseError:
    """Return the error for a text that does not follow the grammar, with a hint where the mistake is known."""
    for mistake in _MISTAKES:
        error = mistake(fault)
        if error is not None:
            return error
    if fault.token.type == END:
        return fault.error("the text ends too early", expected=expected(fault))
    return fault.error(f"unexpected `{fault.token.value}`", expected=expected(fault))


# ---------------------------------------------------------------------------------- what could have stood there

_CONNECTIVES = frozenset({"_AND", "_OR", "_IMPLIES", "_IFF"})
_COMPARISONS = frozenset({"EQUAL", "UNEQUAL", "LESS", "AT_MOST", "MORE", "AT_LEAST"})
_ARITHMETIC = frozenset({"PLUS", "MINUS", "TIMES"})
_DECLARING = frozenset({"SORT", "PRED", "FUNC", "CONST"})
_OPENING = {"LPAR": "(", "LBRACE": "{", "LSQB": "["}
_CLOSING = {"RPAR": "(", "RBRACE": "{", "RSQB": "["}
_SIGNS = {
    "COMMA": "`,`",
    "COLON": "`:`",
    "DOT": "`.`",
    "EQUAL": "`=`",
    "LPAR": "`(`",
    "LBRACE": "`{`",
    "RPAR": "`)`",
    "RBRACE": "`}`",
    "RSQB": "`]`",
    "LABEL": "a name",
    "ENTRENCHMENT": "a level such as `@2`",
    "STRING": "a source in quotes",
}


def expected(fault: Fault) -> tuple[str, ...]:
    """Return in words what could have stood where a parser stopped."""
    accepted = fault.accepted
    words: list[str] = []
    if fault.fits_formula:
        words.append("a belief" if fault.start == "line" else "a formula")
        if accepted >= _DECLARING:
            words.append("a declaration")
        return tuple(words)
    if fault.fits_term:
        return ("a term",)
    if "NAME" in accepted:
        words.append(_kind_of_name(fault))
    if fault.follows_operand:
        words += ["a connective"] if accepted >= _CONNECTIVES else []
        words += ["a comparison"] if accepted >= _COMPARISONS else []
        words += ["an arithmetic operator"] if accepted >= _ARITHMETIC else []
        words += [_SIGNS[sign] for sign in ("COMMA", "RPAR") if sign in accepted]
    else:
        words += [sign for terminal, sign in _SIGNS.items() if terminal in accepted]
    if END in accepted:
        words.append("the end of the formula" if fault.start == "formula" else "the end of the line")
    return tuple(dict.fromkeys(words))


def _kind_of_name(fault: Fault) -> str:
    types = [token.type for token in fault.before]
    if types[-1] == "COLON" or (types[0] in ("PRED", "FUNC") and types[-1] in ("LPAR", "COMMA")):
        return "a sort name"
    if types[-1] in ("FORALL", "EXISTS") or types[0] not in _DECLARING:
        return "a variable" if types[-1] != "LSQB" else "a name"
    return "a name"


# ------------------------------------------------------------------------------------------- the known mistakes

Mistake: TypeAlias = Callable[[Fault], ParseError | None]

_MISTAKES: tuple[Mistake, ...] = ()
