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

LEVELS = (
    "a level is `@certain` or a whole number from 0, and a weight a positive number after `*`: "
    "`@3`, `@2*7`, `@1*1/2`"
)
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
    return fault.error(_unexpected(fault), expected=expected(fault))


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
        begins = fault.start == "line" and (fault.previous is None or fault.previous.type == "RSQB")
        words.append("a belief" if begins else "a formula")
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

_BORROWED = {
    "<==>": "`<->` for equivalence",
    "<=>": "`<->` for equivalence",
    "===": "`=` for equality",
    "==>": "`->` for implication",
    "-->": "`->` for implication",
    "=>": "`->` for implication",
    "|-": "`->` for implication",
    ":-": "an implication from left to right, `body -> head`",
    "==": "`=` for equality",
    ":=": "`=` for equality",
    "=/=": "`!=` for unequal",
    "/=": "`!=` for unequal",
    "<>": "`!=` for unequal",
    "=<": "`<=` for at most",
    "&&": "`&` for and",
    "||": "`|` for or",
    "/\\": "`&` for and",
    "\\/": "`|` for or",
    "~": "`!` for not",
    "^": "`&` for and",
}
"""Signs of other languages, the longer first, with what to write here."""

_BORROWED_WORDS = {
    "forall": ("all", "any", "each", "every", "for", "forall", "for_all"),
    "exists": ("exist", "exists", "some", "thereis", "there"),
    "not": ("not",),
    "and": ("and",),
    "or": ("or",),
    "implies": ("implies", "then", "imply"),
    "iff": ("iff",),
    "true": ("true",),
    "false": ("false",),
}


def _empty(fault: Fault) -> ParseError | None:
    if fault.before or fault.token.type != END:
        return None
    return ParseError("there is nothing to read", expected=expected(fault))


def _declaration(fault: Fault) -> ParseError | None:
    """A declaration where one formula is to be read."""
    if fault.before or fault.start != "formula" or fault.token.type not in _DECLARING:
        return None
    if not re.match(r"\s+[^\W\d]", fault.piece[fault.token.end :]):
        return None
    return fault.error(
        "this is a declaration",
        "declarations stand on lines of their own in a document",
        expected=expected(fault),
    )


def _second_line(fault: Fault) -> ParseError | None:
    """A text of several beliefs where one is expected."""
    if END not in fault.accepted or fault.token.type == END or not fault.before:
        return None
    between = fault.piece[fault.before[-1].end : fault.token.start]
    if "\n" not in between or fault.token.type in _CLOSING:
        return None
    return fault.error(
        "a second belief begins here, where one is expected",
        "join the two with `&`, or read them as a document, one belief a line",
    )


def _header(fault: Fault) -> ParseError | None:
    """A level, weight or name that is not one; or a header before a formula that takes none."""
    if fault.token.type == "LSQB" and fault.start == "formula" and not fault.before:
        return fault.error("a formula alone has no header", "leave out what is in the brackets")
    if not fault.before or fault.before[0].type != "LSQB" or any(t.type == "RSQB" for t in fault.before):
        return None
    if fault.follows("@"):
        return fault.error("this is not a level", LEVELS, end=_word_end(fault.piece, fault.token.start + 1))
    if fault.follows('"'):
        return _string(fault)
    if "LABEL" in fault.accepted or fault.token.type == END or fault.token.type in _CLOSING:
        return None
    return fault.error(
        f"unexpected `{fault.token.value}`",
        'a header is `[name @level "source"]`, each part optional, in this order',
        expected=expected(fault),
    )


def _string(fault: Fault) -> ParseError | None:
    """Text in quotes that never ends, or where no text belongs."""
    if fault.token.type == UNKNOWN and fault.follows('"'):
        return fault.error("this text in quotes never ends", 'write `"` at its end, in the same line')
    if fault.token.type == "STRING" or fault.follows("'"):
        return fault.error(
            "text in quotes stands only in a header, as the source",
            "an individual is named without quotes: `tweety`",
        )
    return None


def _borrowed_sign(fault: Fault) -> ParseError | None:
    """A sign from another language: `=>`, `==`, `&&` and their like."""
    found = fault.around(tuple(_BORROWED))
    if found is None:
        return None
    sign, start = found
    return fault.error(
        f"`{sign}` is not of the language", f"write {_BORROWED[sign]}", start=start, end=start + len(sign)
    )


def _keyword_as_name(fault: Fault) -> ParseError | None:
    word = fault.token.value
    if word not in KEYWORDS or "NAME" not in fault.accepted:
        return None
    if fault.fits_formula and fault.token.type not in _DECLARING:
        return None
    return fault.error(
        f"`{word}` is a word of the language and cannot be a name", f"choose another name, such as `{word}_`"
    )


def _borrowed_word(fault: Fault) -> ParseError | None:
    """A word of the language misspelt or in capitals, such as `FORALL x`, `all x` or `p AND q`."""
    for token in (fault.token, fault.previous):
        if token is None or token.type != "NAME" or not fault.follows_operand:
            continue
        for word, others in _BORROWED_WORDS.items():
            if token.value.lower() in others:
                return fault.error(
                    f"`{token.value}` is not a word of the language",
                    f"write `{word}`",
                    start=token.start,
                    end=token.end,
                )
    if fault.previous is not None and fault.previous.value.lower() == "if" and fault.follows_operand:
        return fault.error("`if` is not a word of the language", "write `p -> q` for: if p then q")
    return None


def _quantifier(fault: Fault) -> ParseError | None:
    """A quantifier without its `.` or `:`, or with brackets around its variables."""
    previous = fault.previous
    if previous is not None and previous.type in ("FORALL", "EXISTS"):
        if fault.token.type == "LPAR":
            return fault.error(
                "the variables of a quantifier stand without brackets", f"write `{previous.value} x. …`"
            )
        if fault.follows("?"):
            return None
        return fault.error(
            _unexpected(fault),
            f"name the variables of a quantifier: `{previous.value} x, y: Room. …`",
            expected=("a variable",),
        )
    if "DOT" not in fault.accepted or previous is None:
        return None
    if "COLON" not in fault.accepted:
        return fault.error(
            "the variables of a quantifier end in a `.`",
            f"after `:` comes the sort, then the body after a `.`: `forall x: {previous.value}. …`",
            expected=expected(fault),
        )
    rest = fault.piece[fault.token.start :]
    if fault.token.type == "NAME" and re.match(r"(in\s+)?[\w']+\s*[.,:]", rest):
        return fault.error(
            "the variable of a quantifier and its sort are parted by a `:`",
            f"write `forall {previous.value}: Sort. …`, or `,` between two variables: `forall x, y. …`",
            expected=expected(fault),
        )
    return fault.error(
        "the variables of a quantifier end in a `.`",
        f"write `forall {previous.value}. …`, or with a sort `forall {previous.value}: Room. …`",
        expected=expected(fault),
    )


def _question_mark(fault: Fault) -> ParseError | None:
    """A variable written `?x` or `$x`."""
    if fault.token.type != UNKNOWN or fault.token.value not in "?$":
        return None
    name = re.match(r"[\w']*", fault.piece[fault.token.end :])
    word = name[0] if name and name[0] else "x"
    return fault.error(
        f"`{fault.token.value}` is no part of a name",
        f"a variable is a plain name that a quantifier binds: `forall {word}. …`",
    )


def _bracket(fault: Fault) -> ParseError | None:
    """A bracket that is never closed, never opened, or closed by one of another kind."""
    opened: list[Token] = []
    for token in fault.before:
        if token.type in _OPENING:
            opened.append(token)
        elif token.type in _CLOSING and opened:
            opened.pop()
    kind = fault.token.type
    if kind in _CLOSING:
        if not opened:
            return fault.error(
                f"this `{fault.token.value}` closes nothing",
                f"leave it out, or write `{_CLOSING[kind]}` where it should begin",
            )
        if _OPENING[opened[-1].type] != _CLOSING[kind]:
            where = fault.where(opened[-1].start)
            return fault.error(
                f"`{opened[-1].value}`, opened at {where}, is closed by `{fault.token.value}`",
                f"write `{_PARTNER[opened[-1].type]}` here",
            )
    if kind == END and opened and not (fault.fits_formula or fault.fits_term):
        last = opened[-1]
        return fault.error(
            f"`{last.value}` is never closed",
            f"write `{_PARTNER[last.type]}` where it should end",
            start=last.start,
            end=last.end,
            expected=expected(fault),
        )
    return None


_PARTNER = {"LPAR": ")", "LBRACE": "}", "LSQB": "]"}


def _formula_as_argument(fault: Fault) -> ParseError | None:
    """A formula where a term is expected: `p(q & r)`, `p(!q)`, or a quantifier after `=`."""
    if fault.fits_term and fault.token.type in ("_NOT", "FORALL", "EXISTS", "TRUE", "FALSE"):
        return fault.error("a formula begins where a term is expected", TERMS, expected=("a term",))
    inside = {"COMMA", "RPAR"} <= fault.accepted and "PLUS" in fault.accepted
    if inside and fault.token.type in _CONNECTIVES | _COMPARISONS:
        where = fault.where(_innermost(fault).start)
        return fault.error(
            f"unexpected `{fault.token.value}` among the arguments",
            f"close the `(` opened at {where}, or give it terms only: {TERMS}",
            expected=expected(fault),
        )
    if fault.token.type == "RPAR" and len(fault.before) > 1 and fault.before[-1].type == "LPAR":
        name = fault.before[-2]
        if name.type == "NAME" and not fault.fits_formula:
            return fault.error(
                f"`{name.value}` has no arguments between its brackets",
                f"a proposition is written without brackets: `{name.value}`",
                expected=expected(fault),
            )
    return None


def _chained_comparison(fault: Fault) -> ParseError | None:
    if fault.token.type not in _COMPARISONS or fault.accepted >= _COMPARISONS or not fault.follows_operand:
        return None
    if not any(token.type in _COMPARISONS for token in fault.before):
        return None
    return fault.error("comparisons do not chain", "write `a < b & b < c` for `a < b < c`")


def _division(fault: Fault) -> ParseError | None:
    if fault.token.value != "/" or not fault.follows_operand:
        return None
    return fault.error("there is no division", "multiply by a fraction: `1/2 * cost(a)` for half of cost(a)")


def _number(fault: Fault) -> ParseError | None:
    """A decimal without its leading digit, or a product without its `*`."""
    previous = fault.previous
    if fault.token.type == "DOT" and (fault.fits_formula or fault.fits_term):
        return fault.error("a number does not begin with a `.`", "write `0.5` for `.5`")
    if previous is not None and previous.type == "NUMBER" and previous.end == fault.token.start:
        if fault.token.type == "NAME":
            return fault.error(
                "a product is written with `*`", f"write `{previous.value} * {fault.token.value}`"
            )
        if fault.token.type == "DOT":
            return fault.error(
                "a number does not end in a `.`", f"write `{previous.value}.0` or `{previous.value}`"
            )
    return None


def _full_stop(fault: Fault) -> ParseError | None:
    if fault.token.value not in (".", ";") or END not in fault.accepted:
        return None
    return fault.error(
        f"a belief does not end in `{fault.token.value}`", "leave it out: a line break ends a belief"
    )


def _comment(fault: Fault) -> ParseError | None:
    if not (fault.follows("%") or fault.follows("//")):
        return None
    return fault.error(_unexpected(fault), "a comment begins with `#`", expected=expected(fault))


def _word_end(text: str, start: int) -> int:
    found = re.compile(r'[^\s"\]]*').match(text, start)
    return found.end() if found else start


def _unexpected(fault: Fault) -> str:
    return "the text ends too early" if fault.token.type == END else f"unexpected `{fault.token.value}`"


def _innermost(fault: Fault) -> Token:
    """Return the last bracket that is still open before the fault."""
    opened = [token for token in fault.before if token.type == "LPAR"]
    depth = 0
    for token in reversed(fault.before):
        depth += (token.type in _CLOSING) - (token.type in _OPENING)
        if depth < 0:
            return token
    return opened[-1]


_MISTAKES: tuple[Mistake, ...] = (
    _empty,
    _declaration,
    _header,
    _string,
    _borrowed_sign,
    _question_mark,
    _keyword_as_name,
    _quantifier,
    _borrowed_word,
    _chained_comparison,
    _bracket,
    _formula_as_argument,
    _comment,
    _division,
    _number,
    _second_line,
    _full_stop,
)
"""The known mistakes, the surer before the vaguer."""
