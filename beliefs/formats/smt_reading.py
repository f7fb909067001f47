"""SMT-LIB 2 in: assertions of the core theory with uninterpreted symbols and linear arithmetic become beliefs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, cast

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import CERTAIN, Entrenchment
from beliefs.errors import FormatError, LanguageError
from beliefs.formats.contents import (
    STEP,
    Contents,
    Options,
    Placed,
    Progress,
    Rejected,
    Source,
    shown,
)
from beliefs.formats.names import to_name
from beliefs.formats.smt_names import name_of
from beliefs.formats.smt_syntax import Expression, Group, Word, commands
from beliefs.language import sorts
from beliefs.language.parser import parse_document
from beliefs.language.signature import INT, NUMERIC, REAL, THING
from beliefs.language.syntax import (
    FALSE,
    LABEL,
    MAX_DIGITS,
    MAX_NESTING,
    TRUE,
    Application,
    Arithmetic,
    ArithmeticOperator,
    Atom,
    Binding,
    Comparison,
    ComparisonOperator,
    Constant,
    ConstantDeclaration,
    Declaration,
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
    PredicateDeclaration,
    SortDeclaration,
    Term,
    Variable,
    conjunction,
    disjunction,
    subformulas,
)

LARGEST = 100_000
"""How many parts a formula may have once what `let` and `define-fun` abbreviate is written out."""

BELIEF, INDIVIDUALS, UNIQUE_NAMES = ":belief", ":individuals", ":unique-names"
"""What `set-info` says of the next assertion, of the constants, and of all names; of the first two in a text, as Z3
takes nothing else."""

NULL, ESCAPED_NULL = "\0", "\\0"
"""A null character, and how it is written in what `set-info` says of an assertion."""

BOOL = "Bool"
"""The sort of formulas."""

_ESCAPE = re.compile(r"\\.", re.DOTALL)

_PASSED_OVER = frozenset(
    """
    set-logic set-option check-sat check-sat-assuming echo get-assertions get-assignment get-info get-model get-option
    get-proof get-unsat-assumptions get-unsat-core get-value
    """.split()  # noqa: SIM905  (a list of so many words is no easier to read)
)
"""Commands that say nothing of what is believed."""

_SEVERAL = frozenset(("push", "pop", "reset", "reset-assertions"))
"""Commands by which one file tells of several problems."""


def read(source: Source, options: Options, progress: Progress) -> Contents:
    """Read SMT-LIB 2; an assertion that the language cannot say is rejected, and the others are read.

    A named assertion is a belief; one without a name is certain, unless a level is given, as no solver gives one up.

    Raises:
        FormatError: parentheses do not match, or the file tells of several problems.
    """
    text = source.text()
    reader = _Reader(source.name, text, options)
    for count, command in enumerate(commands(text, source.name)):
        if count % STEP == 0:
            progress(command.start, len(text))
        if command.head == "exit":
            break
        reader.take(command)
    return reader.contents()


class _Fault(Exception):  # noqa: N818  (a signal from the part of a command to the command)
    """Why a command is rejected."""


class _Value(NamedTuple):
    """A formula or term, its sort (`Bool` of a formula), and of how many parts it is."""

    node: Formula | Term
    sort: str
    size: int


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is bound where an expression stands.

    Attributes:
        values: what each symbol stands for.
        live: the names of all variables around it, some of which may stand in values.
        abbreviates: whether a value may hold variables that are out of sight.
    """

    values: Mapping[str, _Value] = field(default_factory=dict)
    live: frozenset[str] = frozenset()
    abbreviates: bool = False

    def abbreviating(self, values: Mapping[str, _Value]) -> _Scope:
        """Return the scope inside a `let`."""
        return replace(self, values={**self.values, **values}, abbreviates=True)


class _Macro(NamedTuple):
    """What `define-fun` defines: its parameters, and what it stands for."""

    parameters: tuple[str, ...]
    body: Expression


class _Reader:
    """Takes in one command after the other."""

    def __init__(self, name: str, text: str, options: Options) -> None:
        self._name = name
        self._text = text
        self._options = options
        self._sorts: dict[str, str] = {BOOL: BOOL, INT: INT, REAL: REAL}
        self._symbols: dict[str, tuple[tuple[str, ...], str]] = {}
        self._macros: dict[str, _Macro] = {}
        self._declarations: list[Placed[Declaration]] = []
        self._beliefs: list[Placed[Belief]] = []
        self._rejected: list[Rejected] = []
        self._individuals: set[str] = set()
        self._unique_names: bool | None = None
        self._header: Header | None = None
        self._count = 0
        self._avoided: frozenset[str] = frozenset()

    def contents(self) -> Contents:
        """Return what was read."""
        return Contents(
            tuple(placed for placed in self._beliefs if not self._is_idle(placed)),
            tuple(map(self._individualized, self._declarations)),
            tuple(self._rejected),
            unique_names=self._unique_names,
        )

    def take(self, command: Group) -> None:
        """Take in a command.

        Raises:
            FormatError: the file tells of several problems.
        """
        if command.head in _SEVERAL:
            raise FormatError(
                f"{self._name}, line {command.line}: {command.head} makes this file tell of several problems; "
                "split it into one file each"
            )
        try:
            self._take(command)
        except _Fault as fault:
            self._reject(command, str(fault))

    def _reject(self, command: Group, why: str) -> None:
        self._rejected.append(Rejected(command.line, self._written(command), why))

    def _written(self, command: Group) -> str:
        return shown(" ".join(self._text[command.start : command.end][:1_000].split()))

    def _take(self, command: Group) -> None:
        arguments = command.parts[1:]
        match command.head:
            case "assert":
                header, self._header = self._header, None
                self._assert(command, header)
            case "set-info":
                self._inform(arguments)
            case "declare-sort" if _texts(arguments[1:]) == ["0"]:
                self._declare_sort(command, arguments[0], None)
            case "declare-datatypes" if len(arguments) == 2:
                self._declare_enumerations(command, *map(_parts, arguments))
            case "declare-datatype" if len(arguments) == 2:
                self._declare_sort(command, arguments[0], _constructors(arguments[1]))
            case "declare-const" if len(arguments) == 2:
                self._declare(command, arguments[0], (), arguments[1])
            case "declare-fun" if len(arguments) == 3:
                self._declare(command, arguments[0], _parts(arguments[1]), arguments[2])
            case "define-fun" if len(arguments) == 4:
                self._define(arguments[0], _parts(arguments[1]), arguments[2], arguments[3])
            case "define-sort" if len(arguments) == 3 and not _parts(arguments[1]):
                self._sorts[self._new(arguments[0])] = self._sort(arguments[2])
            case head if head not in _PASSED_OVER:
                raise _Fault(
                    f"{head or 'this'} is not read so; what is read are assertions, declarations and define-fun, "
                    "of sorts without parameters"
                )

    # Declarations

    def _new(self, expression: Expression) -> str:
        symbol = _symbol(expression)
        if symbol in self._sorts or symbol in self._symbols or symbol in self._macros:
            raise _Fault(f"{symbol} is declared already")
        return symbol

    def _sort(self, expression: Expression) -> str:
        if isinstance(expression, Word) and expression.kind == "symbol" and expression.text in self._sorts:
            return self._sorts[expression.text]
        shape = _shape(expression)
        raise _Fault(f"there is no sort {shape}; those of the language are Int, Real and what is declared")

    def _declared(self, command: Group, declaration: Declaration) -> None:
        self._declarations.append(Placed(declaration, command.line, self._written(command)))

    def _declare_sort(self, command: Group, name: Expression, members: tuple[str, ...] | None) -> None:
        symbol = self._new(name)
        for member in members or ():
            if member in self._symbols or member in self._macros:
                raise _Fault(f"{member} is declared already")
        sort = self._sorts[symbol] = name_of(symbol)
        self._symbols |= dict.fromkeys(members or (), ((), sort))
        if sort != THING or members is not None:
            spelled = None if members is None else tuple(map(name_of, members))
            self._declared(command, SortDeclaration(sort, spelled))

    def _declare_enumerations(
        self, command: Group, names: Sequence[Expression], kinds: Sequence[Expression]
    ) -> None:
        if len(names) != len(kinds):
            raise _Fault("there are not as many lists of constructors as sorts")
        for name, constructors in zip(names, kinds, strict=True):
            parts = _parts(name)
            if _texts(parts[1:]) != ["0"]:
                raise _Fault("a sort with parameters, of which the language has none")
            self._declare_sort(command, parts[0], _constructors(constructors))

    def _declare(
        self, command: Group, name: Expression, arguments: Sequence[Expression], result: Expression
    ) -> None:
        symbol = self._new(name)
        taken, gives = tuple(map(self._sort, arguments)), self._sort(result)
        if BOOL in taken:
            raise _Fault("an argument of sort Bool; in the language formulas are no arguments")
        self._symbols[symbol] = (taken, gives)
        if gives == BOOL:
            self._declared(command, PredicateDeclaration(name_of(symbol), taken))
        else:
            self._declared(command, FunctionDeclaration(name_of(symbol), taken, gives))

    def _define(
        self, name: Expression, parameters: Sequence[Expression], result: Expression, body: Expression
    ) -> None:
        symbol = self._new(name)
        names: list[str] = []
        for parameter in parameters:
            parts = _parts(parameter)
            if len(parts) != 2:
                raise _Fault("a parameter is a name and its sort, as (x Int)")
            names.append(_symbol(parts[0]))
            self._sort(parts[1])
        self._sort(result)
        self._macros[symbol] = _Macro(tuple(names), body)

    def _inform(self, arguments: Sequence[Expression]) -> None:
        match arguments:
            case [Word(text=key), Word(text=said, kind="text")] if key == BELIEF:
                header = _ESCAPE.sub(lambda match: NULL if match[0] == ESCAPED_NULL else match[0], said)
                try:
                    (statement,) = parse_document(f"{header} true").statements
                    self._header = statement.header
                except (LanguageError, ValueError):
                    raise _Fault(f"{shown(header)} is no header of a belief, as [fly @2]") from None
            case [Word(text=key), Word(text=said, kind="text")] if key == INDIVIDUALS:
                for names in commands(f"({said})", self._name):
                    self._individuals.update(map(name_of, map(_symbol, names.parts)))
            case [Word(text=key), Word(text=("true" | "false") as said)] if key == UNIQUE_NAMES:
                self._unique_names = said == "true"

    def _individualized(self, placed: Placed[Declaration]) -> Placed[Declaration]:
        """A declaration, of what the file calls an individual as such."""
        match placed.what:
            case FunctionDeclaration(name, (), result) if name in self._individuals and result not in NUMERIC:
                return placed._replace(what=ConstantDeclaration(name, result))
        return placed

    def _is_idle(self, placed: Placed[Belief]) -> bool:
        """Whether a belief only says that individuals are distinct, which goes without saying."""
        formula = placed.what.formula
        pairs = list(subformulas(formula)) if placed.text.startswith("(assert (distinct ") else []
        return bool(pairs) and all(
            (part is formula and not isinstance(part, Comparison))
            or (
                isinstance(part, Comparison)
                and part.operator == "!="
                and all(
                    isinstance(side, Constant) and side.name in self._individuals
                    for side in (part.left, part.right)
                )
            )
            for part in pairs
        )

    # Assertions

    def _assert(self, command: Group, header: Header | None) -> None:
        if len(command.parts) != 2:
            raise _Fault("an assertion is one formula")
        self._count += 1
        said, label = _named(command.parts[1])
        formula = self._formula(said)
        options, told = self._options, header or Header()
        usual = options.level_or() if label is not None or header is not None else options.level_or(CERTAIN)
        level = usual if told.level is None else told.level
        own = Entrenchment(level) if told.weight is None else Entrenchment(level, told.weight)
        name = told.name or (f"a{self._count}" if label is None else _label(label))
        belief = Belief(name, formula, own, told.source or options.source)
        self._beliefs.append(Placed(belief, command.line, self._written(command)))

    def _formula(self, said: Expression) -> Formula:
        """A formula in which no variable has the name of a symbol."""
        self._avoided = frozenset()
        formula = _bool(self._value(said, _Scope(), 0))
        quantified = {
            binding.name
            for part in subformulas(formula)
            if isinstance(part, ForAll | Exists)
            for binding in part.bindings
        }
        symbols = sorts.symbols(formula)
        if quantified.isdisjoint(symbols):
            return formula
        self._avoided = symbols
        return _bool(self._value(said, _Scope(), 0))

    def _value(self, said: Expression, scope: _Scope, depth: int) -> _Value:
        if depth > MAX_NESTING:
            raise _Fault(f"the formula nests more than {MAX_NESTING} deep; assert it in several parts")
        while isinstance(said, Group) and said.head in ("let", "!"):
            if said.head == "let":
                scope, said = self._let(said, scope, depth)
            else:
                said = _unannotated(said)
        if isinstance(said, Word):
            return self._word(said, scope)
        head = said.head
        if head is None:
            raise _Fault(f"{_shape(said)} is applied, which the language has no word for")
        if head in ("forall", "exists"):
            return self._quantified(said, scope, depth)
        values: list[_Value] = []
        for part in said.parts[1:]:
            values.append(self._value(part, scope, depth + 1))
        size = 1 + sum(value.size for value in values)
        if size > LARGEST:
            raise _Fault(f"written out, it is of more than {LARGEST:,} parts; assert it in several")
        if not values:
            raise _Fault(f"{head} is applied to nothing; write it without parentheses")
        if head in _BUILT_IN:
            return _BUILT_IN[head](values, size)
        return self._applied(head, values, size, depth)

    def _let(self, said: Group, scope: _Scope, depth: int) -> tuple[_Scope, Expression]:
        if len(said.parts) != 3:
            raise _Fault("let has bindings and a body")
        values: dict[str, _Value] = {}
        for binding in _parts(said.parts[1]):
            pair = _parts(binding)
            if len(pair) != 2:
                raise _Fault("let binds names to values, as ((x 1))")
            values[_symbol(pair[0])] = self._value(pair[1], scope, depth + 1)
        return scope.abbreviating(values), said.parts[2]

    def _word(self, word: Word, scope: _Scope) -> _Value:
        if word.kind == "number":
            return _number(word)
        if word.kind != "symbol":
            raise _Fault(f"{word.text!r} is no name or number; the language has no texts")
        if word.text in scope.values:
            return scope.values[word.text]
        if word.text in ("true", "false"):
            return _Value(TRUE if word.text == "true" else FALSE, BOOL, 1)
        return self._applied(word.text, [], 1, 0)

    def _applied(self, symbol: str, values: list[_Value], size: int, depth: int) -> _Value:
        macro = self._macros.get(symbol)
        if macro is not None:
            if len(values) != len(macro.parameters):
                raise _Fault(f"{symbol} takes {len(macro.parameters)} arguments, and has {len(values)}")
            given = dict(zip(macro.parameters, values, strict=True))
            live = frozenset(_variables(value.node for value in values))
            return self._value(macro.body, _Scope(given, live, abbreviates=True), depth + 1)
        if symbol not in self._symbols:
            raise _Fault(f"{symbol} is not declared, or the language has no word for it")
        taken, gives = self._symbols[symbol]
        if len(values) != len(taken):
            raise _Fault(f"{symbol} takes {len(taken)} arguments, and has {len(values)}")
        arguments = tuple(map(_term, values))
        name = name_of(symbol)
        if gives == BOOL:
            return _Value(Atom(name, arguments), BOOL, size)
        return _Value(Application(name, arguments) if arguments else Constant(name), gives, size)

    def _quantified(self, said: Group, scope: _Scope, depth: int) -> _Value:
        if len(said.parts) != 3 or not _parts(said.parts[1]):
            raise _Fault(f"{said.head} has variables and a body")
        bindings: list[Binding] = []
        values: dict[str, _Value] = {}
        for binding in _parts(said.parts[1]):
            pair = _parts(binding)
            if len(pair) != 2:
                raise _Fault("a variable has its sort, as (x Int)")
            symbol, sort = _symbol(pair[0]), self._sort(pair[1])
            if sort == BOOL:
                raise _Fault(
                    f"the variable {symbol} is of sort Bool; the language quantifies over individuals"
                )
            if symbol in values:
                raise _Fault(f"the variable {symbol} is bound twice")
            name = name_of(symbol)
            own = {each.name for each in bindings}
            while name in self._avoided or name in own or (scope.abbreviates and name in scope.live):
                name += "'"
            bindings.append(Binding(name, sort))
            values[symbol] = _Value(Variable(name), sort, 1)
        live = scope.live.union(binding.name for binding in bindings)
        inner = replace(scope, values={**scope.values, **values}, live=live)
        body = self._value(said.parts[2], inner, depth + 1)
        node = ForAll if said.head == "forall" else Exists
        return _Value(node(tuple(bindings), _bool(body)), BOOL, body.size + 1)


# ------------------------------------------------------------------------------------------ parts of commands


def _parts(expression: Expression) -> tuple[Expression, ...]:
    if isinstance(expression, Word):
        raise _Fault(f"{expression.text} stands where a list is expected")
    return expression.parts


def _symbol(expression: Expression) -> str:
    if not isinstance(expression, Word) or expression.kind != "symbol":
        raise _Fault(f"{_shape(expression)} stands where a name is expected")
    return expression.text


def _texts(expressions: Iterable[Expression]) -> list[str]:
    return [each.text if isinstance(each, Word) else "" for each in expressions]


def _shape(expression: Expression) -> str:
    if isinstance(expression, Word):
        return shown(expression.text)
    return f"({expression.head or ''} …)"


def _constructors(expression: Expression) -> tuple[str, ...]:
    """The names of constructors that take nothing, as those of an enumeration."""
    names: list[str] = []
    for constructor in _parts(expression):
        parts = (constructor,) if isinstance(constructor, Word) else constructor.parts
        if len(parts) != 1:
            raise _Fault("a constructor that takes arguments; the language has enumerations alone")
        names.append(_symbol(parts[0]))
    if not names:
        raise _Fault("a sort without constructors")
    return tuple(names)


def _named(said: Expression) -> tuple[Expression, str | None]:
    """An asserted formula, and what it is named."""
    if not isinstance(said, Group) or said.head != "!":
        return said, None
    attributes = said.parts[2:]
    for key, value in pairwise(attributes):
        if isinstance(key, Word) and key.text == ":named" and key.kind == "keyword":
            return _annotated(said), _symbol(value)
    return _annotated(said), None


def _annotated(said: Group) -> Expression:
    if len(said.parts) < 2:
        raise _Fault("! has a formula")
    return said.parts[1]


def _unannotated(said: Group) -> Expression:
    """What an annotation is about; a name inside of a formula might be used elsewhere."""
    if ":named" in _texts(said.parts[2:]):
        raise _Fault("a name inside of a formula; name the whole assertion, or use define-fun")
    return _annotated(said)


def _label(symbol: str) -> str:
    return symbol if LABEL.fullmatch(symbol) else to_name(symbol)


# ------------------------------------------------------------------------------------------------ what is said


def _bool(value: _Value) -> Formula:
    if value.sort != BOOL:
        raise _Fault("a term stands where a formula is expected")
    return cast("Formula", value.node)


def _term(value: _Value) -> Term:
    if value.sort == BOOL:
        raise _Fault("a formula stands where a term is expected; in the language formulas are no arguments")
    return cast("Term", value.node)


def _variables(nodes: Iterable[Formula | Term]) -> set[str]:
    """The names of all variables in some formulas and terms, and of those that they bind."""
    names: set[str] = set()
    stack: list[object] = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, Variable | Binding):
            names.add(node.name)
        elif isinstance(node, tuple):
            stack += node
        elif hasattr(node, "__dataclass_fields__"):
            stack += (getattr(node, name) for name in node.__dataclass_fields__)
    return names


_NUMERAL = re.compile(r"[0-9]+(\.[0-9]+)?")


def _number(word: Word) -> _Value:
    match = _NUMERAL.fullmatch(word.text)
    if match is None:
        raise _Fault(f"{word.text} is a row of bits, which the language has no word for")
    if len(word.text) > MAX_DIGITS:
        raise _Fault(f"a number of more than {MAX_DIGITS} digits")
    real = match[1] is not None
    return _Value(Number(Fraction(word.text), real), REAL if real else INT, 1)


def _arity(values: Sequence[_Value], least: int, most: int | None, symbol: str) -> None:
    if len(values) < least or (most is not None and len(values) > most):
        raise _Fault(f"{symbol} has {len(values)} arguments")


def _numeric(values: Sequence[_Value], symbol: str) -> list[Term]:
    if any(value.sort not in NUMERIC for value in values):
        raise _Fault(f"{symbol} takes numbers")
    return [_term(value) for value in values]


def _not(values: Sequence[_Value], size: int) -> _Value:
    _arity(values, 1, 1, "not")
    return _Value(Not(_bool(values[0])), BOOL, size)


def _joining(join: Callable[[tuple[Formula, ...]], Formula]) -> Callable[[Sequence[_Value], int], _Value]:
    def joined(values: Sequence[_Value], size: int) -> _Value:
        return _Value(join(tuple(map(_bool, values))), BOOL, size)

    return joined


def _implies(values: Sequence[_Value], size: int) -> _Value:
    _arity(values, 2, None, "=>")
    *premises, formula = map(_bool, values)
    for premise in reversed(premises):
        formula = Implies(premise, formula)
    return _Value(formula, BOOL, size)


def _xor(values: Sequence[_Value], size: int) -> _Value:
    _arity(values, 2, None, "xor")
    formula, *rest = map(_bool, values)
    for other in rest:
        formula = Not(Iff(formula, other))
    return _Value(formula, BOOL, size)


def _ite(values: Sequence[_Value], size: int) -> _Value:
    _arity(values, 3, 3, "ite")
    if values[1].sort != BOOL:
        raise _Fault("ite between terms, which the language has no word for; say it with => and not")
    condition, first, second = map(_bool, values)
    both = Implies(condition, first), Implies(Not(condition), second)
    return _Value(conjunction(both), BOOL, size + values[0].size)  # the condition twice


def _equal(values: Sequence[_Value], size: int) -> _Value:
    _arity(values, 2, None, "=")
    return _Value(conjunction(tuple(map(_same, values, values[1:]))), BOOL, 2 * size)


def _same(left: _Value, right: _Value) -> Formula:
    if left.sort == right.sort == BOOL:
        return Iff(_bool(left), _bool(right))
    return Comparison("=", _term(left), _term(right))


def _distinct(values: Sequence[_Value], size: int) -> _Value:
    _arity(values, 2, None, "distinct")
    if len(values) * size > LARGEST:
        raise _Fault(f"written out, it is of more than {LARGEST:,} parts; assert it in several")
    pairs = [(left, right) for place, left in enumerate(values) for right in values[place + 1 :]]
    return _Value(conjunction(tuple(_differ(*pair) for pair in pairs)), BOOL, len(values) * size)


def _differ(left: _Value, right: _Value) -> Formula:
    if left.sort == right.sort == BOOL:
        return Not(Iff(_bool(left), _bool(right)))
    return Comparison("!=", _term(left), _term(right))


def _ordering(operator: ComparisonOperator) -> Callable[[Sequence[_Value], int], _Value]:
    def ordered(values: Sequence[_Value], size: int) -> _Value:
        _arity(values, 2, None, operator)
        terms = _numeric(values, operator)
        pairs = pairwise(terms)
        return _Value(conjunction(tuple(Comparison(operator, *pair) for pair in pairs)), BOOL, 2 * size)

    return ordered


def _arithmetic(operator: ArithmeticOperator) -> Callable[[Sequence[_Value], int], _Value]:
    def reckoned(values: Sequence[_Value], size: int) -> _Value:
        term, *rest = _numeric(values, operator)
        if operator == "-" and not rest:
            return _Value(Minus(term), values[0].sort, size)
        for other in rest:
            term = Arithmetic(operator, term, other)
        sort = REAL if any(value.sort == REAL for value in values) else INT
        return _Value(term, sort, size)

    return reckoned


def _divided(values: Sequence[_Value], size: int) -> _Value:
    match [value.node for value in values]:
        case [Number(value=dividend), Number(value=divisor)] if divisor:
            return _Value(Number(dividend / divisor, real=True), REAL, 1)
        case [Minus(Number(value=dividend)), Number(value=divisor)] if divisor:
            return _Value(Minus(Number(dividend / divisor, real=True)), REAL, 2)
    raise _Fault("a division other than of numbers; multiply, as in (* 0.5 x)")


def _to_real(values: Sequence[_Value], size: int) -> _Value:
    _arity(values, 1, 1, "to_real")
    (term,) = _numeric(values, "to_real")
    return _Value(term, REAL, size)


_BUILT_IN: dict[str, Callable[[Sequence[_Value], int], _Value]] = {
    "not": _not,
    "and": _joining(conjunction),
    "or": _joining(disjunction),
    "=>": _implies,
    "xor": _xor,
    "ite": _ite,
    "=": _equal,
    "distinct": _distinct,
    "<": _ordering("<"),
    "<=": _ordering("<="),
    ">": _ordering(">"),
    ">=": _ordering(">="),
    "+": _arithmetic("+"),
    "-": _arithmetic("-"),
    "*": _arithmetic("*"),
    "/": _divided,
    "to_real": _to_real,
}
"""What the theories of SMT-LIB give a meaning, as far as the language has a word for it."""
