"""Text in, syntax tree out: the parser of `grammar/beliefs.lark`.

Lark loads the LALR(1) tables of the grammar once, at the first use (`tables`); from then on a belief of forty
characters takes well under 100 µs. Three things make it so. One regular expression, made of the grammar's own
terminals, cuts a text into tokens. The tree is built while parsing, never as a tree of Lark's first. And the
builder knows at every name which quantifiers are around it, so variables need no second pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache
from threading import Lock
from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast

from lark import UnexpectedToken
from lark.common import LexerConf
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift
from lark.parsers.lalr_parser_state import ParseConf

from beliefs.errors import ParseError
from beliefs.garbage import put_off
from beliefs.language import mistakes, tables
from beliefs.language.mistakes import END, UNKNOWN, Token
from beliefs.language.patterns import Patterns
from beliefs.language.printer import print_formula
from beliefs.language.signature import Signature, declared_name
from beliefs.language.span import Span
from beliefs.language.syntax import (
    FALSE,
    KEYWORDS,
    MAX_DIGITS,
    MAX_NESTING,
    TRUE,
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    ComparisonOperator,
    Constant,
    ConstantDeclaration,
    Declaration,
    Document,
    Exists,
    ForAll,
    Formula,
    FunctionDeclaration,
    Header,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    PredicateDeclaration,
    SortDeclaration,
    Statement,
    Term,
    Truth,
    Variable,
    nesting,
    subformulas,
    subterms,
)

LINE: Final = "line"
FORMULA: Final = "formula"
Start: TypeAlias = Literal["line", "formula"]

LONG: Final = 2_000
"""A canonical text of so many characters is read by parts, if it is a conjunction: such texts do not come again."""


def parse_formula(
    text: str, signature: Signature | None = None, *, canonical: bool = False, spans: bool = False
) -> Formula:
    """Read one formula, which may run over several lines.

    Args:
        text: the formula, without a header.
        signature: what is known already; a single letter from u to z that it holds is an individual here, not a
            variable whose quantifier was forgotten.
        canonical: whether the printer wrote the text, from a formula that was accepted: then nobody forgot a
            quantifier, and every name that none binds is an individual, whatever its letter.
        spans: whether the tree of a canonical text is to say where each part stands; that of any other does.

    Returns:
        The tree; every name in term position is a `Variable` where a quantifier around it binds it, else a
        `Constant`. Sorts are not looked at: `sorts.infer` does that.

    Raises:
        ParseError: the text is not a formula. It says where, what could stand there, and often what to write.
    """
    if canonical:
        known = None if spans else _CANONICAL.build(FORMULA, text) if len(text) < LONG else _by_parts(text)
        return cast("Formula", _parse(FORMULA, text, 0, text).value if known is None else known)
    parsed = _read(FORMULA, text, 0, text)
    _check_loose(parsed.loose, text, _known(signature, ()))
    return cast("Formula", parsed.value)


def parse_statement(text: str, signature: Signature | None = None) -> Statement:
    """Read one belief with its header, if it has one; it may run over several lines.

    Raises:
        ParseError: the text is not a belief; a declaration is not one.
    """
    parsed = _parse(LINE, text, 0, text)
    if not isinstance(parsed.value, Statement):
        raise mistakes.fault(
            text,
            cast("Any", parsed.value)[0].span or Span(0, len(text)),
            "this is a declaration",
            expected=("a belief",),
        )
    _check_loose(parsed.loose, text, _known(signature, ()))
    return parsed.value


@put_off()
def parse_document(text: str, signature: Signature | None = None) -> Document:
    """Read a text of many lines: declarations, beliefs, comments, in any order.

    A line break ends a belief, unless the line ends in something that cannot end one (an operator, a comma, an
    opening bracket, `.`, `:`, a header) or the next begins with something that cannot begin one (an operator
    other than `!` and `-`, a comma, a closing bracket, `.`, `:`). Cost: linear in the text.

    Raises:
        ParseError: some line is not of the language; the first such line is reported.
    """
    declarations: list[Declaration] = []
    statements: list[Statement] = []
    loose: list[Constant] = []
    for start, end in _logical_lines(text):
        parsed = _read(LINE, text[start:end], start, text)
        if isinstance(parsed.value, Statement):
            statements.append(parsed.value)
        else:
            declarations += cast("tuple[Declaration, ...]", parsed.value)
        loose += parsed.loose
    _check_loose(loose, text, _known(signature, declarations))
    return Document(tuple(declarations), tuple(statements))


@dataclass(frozen=True, slots=True)
class Line:
    """One belief, or the declarations of one line, or why it is neither; and where in the text it stands.

    Attributes:
        start: the offset of its first character.
        end: the offset after its last.
        said: what it says, or what is wrong with it.
    """

    start: int
    end: int
    said: Statement | tuple[Declaration, ...] | ParseError


def parse_lines(text: str, signature: Signature | None = None) -> Iterator[Line]:
    """Yield what each line of a text says, those that are not of the language among them.

    Where `parse_document` reads a text, this yields the same declarations and beliefs. Cost: linear in the text.
    """
    lines: list[tuple[Line, list[Constant]]] = []
    declarations: list[Declaration] = []
    for start, end in _logical_lines(text):
        try:
            parsed = _read(LINE, text[start:end], start, text)
        except ParseError as fault:
            lines.append((Line(start, end, fault), []))
            continue
        said = cast("Statement | tuple[Declaration, ...]", parsed.value)
        if isinstance(said, tuple):
            declarations += said
        lines.append((Line(start, end, said), parsed.loose))
    known = _known(signature, declarations)
    for line, loose in lines:
        try:
            _check_loose(loose, text, known)
        except ParseError as fault:
            yield Line(line.start, line.end, fault)
        else:
            yield line


# ------------------------------------------------------------------------------------------------ logical lines

_UNFINISHED = re.compile(
    r"""(?: [-&|!=<>+*,.:(\[\]{∧∨¬→↔≠≤≥/\\~∀∃] | \b(?:not|and|or|implies|iff|forall|exists|sort|pred|func|const) )\Z""",
    re.VERBOSE,
)
_CONTINUING = re.compile(
    r"""[&|=<>+*,.:)}\]∧∨→↔≠≤≥/\\] | -> | --> | != | (?:and|or|implies|iff)(?![\w'])""", re.VERBOSE
)
_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|#')


def _logical_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each declaration and each belief begins and ends, without the comments around it."""
    start, end, position, unfinished = -1, -1, 0, False
    for line in text.split("\n"):
        code = _without_comment(line) if "#" in line else line
        stripped = code.strip()
        if stripped:
            begin = position + code.index(stripped[0])
            if start < 0:
                start = begin
            elif not unfinished and not _CONTINUING.match(stripped):
                yield start, end
                start = begin
            end = begin + len(stripped)
            unfinished = _UNFINISHED.search(stripped, max(0, len(stripped) - 8)) is not None
        position += len(line) + 1
    if start >= 0:
        yield start, end


def _without_comment(line: str) -> str:
    for match in _STRING_OR_COMMENT.finditer(line):
        if match.group() == "#":
            return line[: match.start()]
    return line


# ----------------------------------------------------------------------------------------------- unbound names


def _known(signature: Signature | None, declarations: list[Declaration] | tuple[()]) -> frozenset[str]:
    """Return the names that are terms by a signature or a declaration, of those that look like a variable."""
    known: set[str] = set()
    if signature is not None:
        known.update(name for name in mistakes.LOOK_LIKE_VARIABLES if name in signature.constants)
        known.update(name for name in mistakes.LOOK_LIKE_VARIABLES if name in signature.functions)
    for declaration in declarations:
        if isinstance(declaration, SortDeclaration):
            known.update(declaration.members or ())
        elif not isinstance(declaration, PredicateDeclaration):
            known.add(declared_name(declaration))
    return frozenset(known)


def _check_loose(loose: list[Constant], text: str, known: frozenset[str]) -> None:
    for constant in loose:
        if constant.name not in known:
            assert constant.span is not None
            raise mistakes.unbound(text, constant.span, constant.name)


# ---------------------------------------------------------------------------------------------------- the lexer


class TokenLexer(Lexer):
    """Cuts a text into tokens with one regular expression, made of the terminals of the grammar.

    It does what Lark's basic lexer does, three times as fast: it counts no lines, since positions are worked out
    from offsets when a message needs them. What no terminal matches becomes a token of type UNKNOWN, which the
    parser then finds unexpected.
    """

    def __init__(self, conf: LexerConf) -> None:
        terminals = sorted(
            conf.terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value))
        )
        patterns = {terminal.name: terminal.pattern.to_regexp() for terminal in terminals}
        self._words = {
            word: name
            for word in KEYWORDS
            for name, pattern in patterns.items()
            if name not in ("NAME", "LABEL") and re.fullmatch(pattern, word)
        }
        ignored = "|".join(patterns[name] for name in conf.ignore)
        tokens = "|".join(
            f"(?P<{name}>{pattern})" for name, pattern in patterns.items() if name not in conf.ignore
        )
        self._pattern = re.compile(f"(?:{ignored})*+(?:{tokens}|(?P<{UNKNOWN}>.)|\\Z)", re.DOTALL)

    def lex(self, text: str) -> Iterator[Token]:  # type: ignore[override]
        """Yield the tokens of a text, white space and comments left out."""
        words = self._words
        for match in self._pattern.finditer(text):
            kind = match.lastgroup
            if kind is None:  # the end of the text
                return
            value = match[kind]
            if kind == "NAME":
                kind = words.get(value, kind)
            end = match.end()
            yield Token(kind, value, end - len(value), end)


# -------------------------------------------------------------------------------------------------- the builder


class _Call(NamedTuple):
    """A name applied to terms: an atom or a function term, as soon as it is known where it stands."""

    name: Token
    arguments: tuple[Term, ...]
    end: int


_Node: TypeAlias = Token | _Call | Term | Formula
_TERMS = frozenset({Variable, Constant, Number, Application, Minus, Arithmetic})
_FORMULAS = frozenset({Truth, Atom, Comparison, Not, And, Or, Implies, Iff, ForAll, Exists})


class _Builder:
    """Builds the syntax tree, one method for each rule of the grammar, called from left to right as rules end.

    A bare name stays a token, and an applied one a `_Call`, until the rule that takes it up says whether it is a
    term or a formula. Rules end in order, so `_bound` tells at any time which variables are bound here.
    """

    def __init__(self) -> None:
        self.begin("", 0, "")

    def begin(self, piece: str, offset: int, text: str) -> None:
        """Make ready for a piece of a text, which begins at `offset`."""
        self._piece = piece
        self._offset = offset
        self._text = text
        self._bound: dict[str, int] = {}
        self._quantified: set[str] = set()
        self._constants: list[Constant] = []
        self.loose: list[Constant] = []

    def _span(self, start: int, end: int) -> Span:
        return Span(start + self._offset, end + self._offset)

    def _fault(self, span: Span, message: str, hint: str | None = None) -> ParseError:
        return mistakes.fault(self._text, span, message, hint=hint)

    # Declarations

    def open_sort(self, children: list[Any]) -> tuple[Declaration, ...]:
        (name,) = children
        return (SortDeclaration(name.value, None, span=self._span(name.start, name.end)),)

    def closed_sort(self, children: list[Any]) -> tuple[Declaration, ...]:
        name, members, end = children
        values = tuple(member.value for member in members)
        return (SortDeclaration(name.value, values, span=self._span(name.start, end.end)),)

    def proposition(self, children: list[Any]) -> tuple[Declaration, ...]:
        (name,) = children
        return (PredicateDeclaration(name.value, (), span=self._span(name.start, name.end)),)

    def predicate(self, children: list[Any]) -> tuple[Declaration, ...]:
        name, sorts, end = children
        values = tuple(sort.value for sort in sorts)
        return (PredicateDeclaration(name.value, values, span=self._span(name.start, end.end)),)

    def value(self, children: list[Any]) -> tuple[Declaration, ...]:
        name, result = children
        return (FunctionDeclaration(name.value, (), result.value, span=self._span(name.start, result.end)),)

    def function(self, children: list[Any]) -> tuple[Declaration, ...]:
        name, sorts, _, result = children
        values = tuple(sort.value for sort in sorts)
        return (
            FunctionDeclaration(name.value, values, result.value, span=self._span(name.start, result.end)),
        )

    def constants(self, children: list[Any]) -> tuple[Declaration, ...]:
        names, sort = children
        return tuple(
            ConstantDeclaration(name.value, sort.value, span=self._span(name.start, name.end))
            for name in names
        )

    def names(self, children: list[Any]) -> list[Any]:
        return children

    # Beliefs

    def statement(self, children: list[Any]) -> Statement:
        header = children[0] if len(children) == 2 else Header()
        return Statement(header, children[-1], span=self._span(0, len(self._piece)))

    def header(self, children: list[Any]) -> Header:
        name: str | None = None
        level: int | Literal["certain"] | None = None
        weight: Fraction | None = None
        source: str | None = None
        for token in children:
            if token.type == "STRING":
                source = _ESCAPED.sub(_unescaped, token.value[1:-1])
            elif token.type == "ENTRENCHMENT":
                level, weight = self._entrenchment(token)
            else:
                name = token.value
        return Header(name, level, weight, source)

    def _entrenchment(self, token: Token) -> tuple[int | Literal["certain"], Fraction | None]:
        level, _, weight = token.value[1:].partition("*")
        if level == "certain":
            return "certain", None
        value = self._fraction(weight, token) if weight else None
        if value == 0:
            raise self._fault(
                self._span(token.start, token.end), "a weight is a positive number", mistakes.LEVELS
            )
        return int(self._fraction(level, token)), value

    def formula(self, children: list[Any]) -> Formula:
        result = self._formula(children[0])
        if len(self._piece) > MAX_NESTING and nesting(result) > MAX_NESTING:
            raise self._fault(
                self._span(0, len(self._piece)),
                f"the formula nests more than {MAX_NESTING} deep",
                "say it in several beliefs, or with fewer brackets",
            )
        self._check_scopes()
        return result

    def _check_scopes(self) -> None:
        for constant in self._constants:
            if constant.name in self._quantified:
                assert constant.span is not None
                raise mistakes.out_of_scope(self._text, constant.span, constant.name)
            if constant.name in mistakes.LOOK_LIKE_VARIABLES:
                self.loose.append(constant)

    def equivalence(self, children: list[Any]) -> Formula:
        return Iff(self._formula(children[0]), self._formula(children[1]))

    def implication(self, children: list[Any]) -> Formula:
        return Implies(self._formula(children[0]), self._formula(children[1]))

    def disjunction(self, children: list[Any]) -> Formula:
        return Or(tuple([self._formula(child) for child in children]))

    def conjunction(self, children: list[Any]) -> Formula:
        return And(tuple([self._formula(child) for child in children]))

    def negation(self, children: list[Any]) -> Formula:
        return Not(self._formula(children[0]))

    def quantified(self, children: list[Any]) -> Formula:
        (node, bindings), body = children
        result: Formula = node(bindings, self._formula(body))
        for binding in bindings:
            self._bound[binding.name] -= 1
        return result

    def binder(self, children: list[Any]) -> tuple[type[ForAll] | type[Exists], tuple[Binding, ...]]:
        quantifier, written = children
        bindings: list[Binding] = []
        sort: str | None = None
        for name, own_sort in reversed(written):
            sort = own_sort.value if own_sort else sort
            bindings.append(Binding(name.value, sort, span=self._span(name.start, name.end)))
        bindings.reverse()
        names = [binding.name for binding in bindings]
        for position, binding in enumerate(bindings):
            if binding.name in names[:position]:
                assert binding.span is not None
                raise self._fault(
                    binding.span,
                    f"`{binding.name}` is bound twice by one quantifier",
                    "leave one of them out",
                )
            self._bound[binding.name] = self._bound.get(binding.name, 0) + 1
        self._quantified.update(names)
        return (ForAll if quantifier.type == "FORALL" else Exists), tuple(bindings)

    def bindings(self, children: list[Any]) -> list[Any]:
        return children

    def binding(self, children: list[Any]) -> tuple[Token, Token | None]:
        return children[0], (children[1] if len(children) == 2 else None)

    def comparison(self, children: list[Any]) -> Formula:
        left, operator, right = children
        hint = mistakes.REVERSED_ARROW if operator.type == "AT_MOST" else None
        first, second = self._term(left, hint), self._term(right, hint)
        return Comparison(_COMPARISONS[operator.type], first, second, span=self._span_over(first, second))

    # Terms

    def addition(self, children: list[Any]) -> Term:
        left, operator, right = children
        first, second = self._term(left), self._term(right)
        return Arithmetic(operator.value, first, second, span=self._span_over(first, second))

    product = addition

    def minus(self, children: list[Any]) -> Term:
        operand = self._term(children[1])
        assert operand.span is not None
        return Minus(operand, span=Span(children[0].start + self._offset, operand.span.end))

    def call(self, children: list[Any]) -> _Call:
        name, arguments, end = children
        return _Call(name, arguments, end.end)

    def terms(self, children: list[Any]) -> tuple[Term, ...]:
        return tuple([self._term(child) for child in children])

    def number(self, children: list[Any]) -> Term:
        (token,) = children
        text = token.value
        value = self._fraction(text, token)
        return Number(value, not text.isdigit(), span=self._span(token.start, token.end))

    def true(self, children: list[Any]) -> Formula:
        return TRUE

    def false(self, children: list[Any]) -> Formula:
        return FALSE

    # A node where it is known to be a term, or a formula

    def _term(self, node: _Node, hint: str | None = None) -> Term:
        kind = type(node)
        if kind is Token:
            token = cast("Token", node)
            name = token.value
            span = self._span(token.start, token.end)
            if self._bound.get(name):
                return Variable(name, span=span)
            constant = Constant(name, span=span)
            self._constants.append(constant)
            return constant
        if kind is _Call:
            call = cast("_Call", node)
            self._check_applied(call)
            return Application(call.name.value, call.arguments, span=self._span(call.name.start, call.end))
        if kind in _TERMS:
            return cast("Term", node)
        raise self._fault(
            self._extent(cast("Formula", node)),
            "a formula stands where a term is expected",
            hint or mistakes.TERMS,
        )

    def _formula(self, node: _Node) -> Formula:
        kind = type(node)
        if kind is _Call:
            call = cast("_Call", node)
            self._check_applied(call)
            return Atom(call.name.value, call.arguments, span=self._span(call.name.start, call.end))
        if kind in _FORMULAS:
            return cast("Formula", node)
        if kind is Token:
            token = cast("Token", node)
            span = self._span(token.start, token.end)
            if self._bound.get(token.value):
                raise self._fault(
                    span,
                    f"the variable `{token.value}` stands where a formula is expected",
                    mistakes.FORMULAS,
                )
            return Atom(token.value, (), span=span)
        span = cast("Term", node).span or self._span(0, len(self._piece))
        raise self._fault(span, "a term stands where a formula is expected", mistakes.FORMULAS)

    def _check_applied(self, call: _Call) -> None:
        name = call.name
        if self._bound.get(name.value):
            span = self._span(name.start, name.end)
            raise self._fault(
                span, f"`{name.value}` is a variable here and cannot be applied", mistakes.FIRST_ORDER
            )

    def _fraction(self, text: str, token: Token) -> Fraction:
        span = self._span(token.start, token.end)
        if len(text) > MAX_DIGITS:
            raise self._fault(span, f"a number of more than {MAX_DIGITS} characters")
        try:
            return Fraction(text)
        except ZeroDivisionError:
            raise self._fault(span, "a fraction has a denominator other than 0") from None

    def _span_over(self, first: Term, last: Term) -> Span:
        assert first.span is not None
        assert last.span is not None
        return Span(first.span.start, last.span.end)

    def _extent(self, formula: Formula) -> Span:
        """Return the stretch from the first to the last thing in a formula that has a place."""
        spans = [part.span for part in subformulas(formula) if isinstance(part, Truth | Atom | Comparison)]
        spans += [term.span for term in subterms(formula)]
        placed = [span for span in spans if span is not None]
        if not placed:
            return self._span(0, len(self._piece))
        return Span(min(span.start for span in placed), max(span.end for span in placed))


_ESCAPED = re.compile(r"\\(.)")


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


_COMPARISONS: dict[str, ComparisonOperator] = {
    "EQUAL": "=",
    "UNEQUAL": "!=",
    "LESS": "<",
    "AT_MOST": "<=",
    "MORE": ">",
    "AT_LEAST": ">=",
}


# --------------------------------------------------------------------------------------------------- the parser


class _Parsed(NamedTuple):
    value: Formula | Statement | tuple[Declaration, ...]
    loose: list[Constant]


class _Machine:
    """The tables of the grammar with their builder. The builder has a state, so one text is parsed at a time."""

    def __init__(self) -> None:
        self._builder = _Builder()
        self._lark = tables.parser(self._builder, TokenLexer)
        self._lock = Lock()

    def parse(self, start: Start, piece: str, offset: int, text: str) -> _Parsed:
        with self._lock:
            self._builder.begin(piece, offset, text)
            try:
                value = self._lark.parse(piece, start=start)
            except UnexpectedToken as error:
                raise self._explain(error, start, piece, offset, text) from None
            return _Parsed(cast("Any", value), self._builder.loose)

    def _explain(
        self, error: UnexpectedToken, start: Start, piece: str, offset: int, text: str
    ) -> ParseError:
        token = error.token
        if token.type == "$END":
            token = Token(END, "", len(piece.rstrip()), len(piece.rstrip()))
        lexer = cast("Any", self._lark.parser.lexer).lexer
        before = [found for found in lexer.lex(piece) if found.start < token.start]
        accepted = _accepted(error.state.parse_conf, before)
        return mistakes.explain(mistakes.Fault(text, offset, piece, before, token, accepted, start))


def _accepted(conf: ParseConf[Any], before: list[Token]) -> frozenset[str]:
    """Return the terminals that could have followed some tokens, the end of the text among them.

    The state in which the parser stopped would tell less: LALR may reduce on a terminal that it then refuses, and
    so forget what else could have stood there. Hence the tokens are run through the tables again.
    """
    stack = [conf.start_state]
    for token in before:
        _advance(conf, stack, token.type)
    terminals = [terminal for terminal in conf.states[stack[-1]] if terminal.isupper()]
    accepted = [terminal for terminal in terminals if _advance(conf, list(stack), terminal)]
    return frozenset(END if terminal == "$END" else terminal for terminal in accepted)


def _advance(conf: ParseConf[Any], stack: list[Any], terminal: str) -> bool:
    """Move a stack of states past a terminal, in place; return whether the terminal can come next."""
    while terminal in conf.states[stack[-1]]:
        action, argument = conf.states[stack[-1]][terminal]
        if action is Shift:
            stack.append(argument)
            return True
        if argument.expansion:
            del stack[-len(argument.expansion) :]
        stack.append(conf.states[stack[-1]][argument.origin.name][1])
        if terminal == "$END" and stack[-1] == conf.end_state:
            return True
    return False


@cache
def _machine() -> _Machine:
    return _Machine()


def _parse(start: Start, piece: str, offset: int, text: str) -> _Parsed:
    return _machine().parse(start, piece, offset, text)


def _tree(kind: str, text: str) -> object:
    return _parse(cast("Start", kind), text, 0, text).value


_TOLD = Patterns(_tree, spans=True, special=mistakes.LOOK_LIKE_VARIABLES)
_CANONICAL = Patterns(_tree, spans=False)


def _by_parts(text: str) -> Formula | None:
    """Read a long conjunction part by part; None where a text that the printer wrote is none.

    A tree is that of a text if it is printed so.
    """
    depth, begun = 0, 0
    parts: list[str] = []
    for match in _PARTED.finditer(text):
        if match[0] == " & " and not depth:
            parts.append(text[begun : match.start()])
            begun = match.end()
        depth += {"(": 1, ")": -1}.get(match[0], 0)
    if not parts:
        return None
    try:
        read = And(tuple(parse_formula(part, canonical=True) for part in (*parts, text[begun:])))
    except ParseError:
        return None
    return read if print_formula(read) == text else None


_PARTED = re.compile(r" & |[()]")

_HEADER = re.compile(r"""\[(\w+(?:[-.:]\w+)*'*)?((?:[^\[\]"#\\]|"[^"\\\n]*")*)\]\s*""")


def _read(start: Start, piece: str, offset: int, text: str) -> _Parsed:
    """Read a piece of a text, by its pattern where that is known."""
    return _by_pattern(start, piece, offset) or _parse(start, piece, offset, text)


def _by_pattern(start: Start, piece: str, offset: int) -> _Parsed | None:
    """Read a piece by its pattern, its header apart; None where that is for the parser to read.

    A name that looks like a forgotten variable is left to the parser, which tells whether it is bound.
    """
    header = _HEADER.match(piece) if start == LINE and piece.startswith("[") else None
    if header is None:
        value = _TOLD.build(start, piece, offset)
        return None if value is None else _Parsed(value, [])
    formula = _TOLD.build(FORMULA, piece[header.end() :], offset + header.end())
    rest = None if formula is None else _rest_of_header(header[2])
    if formula is None or rest is None:
        return None
    told = replace(rest, name=header[1])
    return _Parsed(Statement(told, formula, span=Span(offset, offset + len(piece))), [])


@lru_cache(maxsize=4_096)
def _rest_of_header(text: str) -> Header | None:
    """What a header says beside a name; None where that is for the parser to read."""
    try:
        parsed = _parse(LINE, f"[a{text}] true", 0, text).value
    except ParseError:
        return None
    return parsed.header if isinstance(parsed, Statement) and parsed.header.name == "a" else None
