"""SMT-LIB 2 out: a base as named assertions that any solver reads, with comments to itself that bring it back whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.errors import FormatError
from beliefs.formats.contents import Fitting, Options, Written
from beliefs.formats.language import header
from beliefs.formats.smt_names import TAKEN, spelled, symbol_of
from beliefs.formats.smt_reading import BELIEF, BOOL, ESCAPED_NULL, INDIVIDUALS, NULL, UNIQUE_NAMES
from beliefs.language.printer import print_header, print_number
from beliefs.language.signature import INT, NUMERIC, REAL, Signature
from beliefs.language.syntax import (
    And,
    Application,
    Arithmetic,
    Atom,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Header,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    Term,
    Truth,
    Variable,
)


def write(base: BeliefBase, options: Options) -> Written:
    """Return a base as SMT-LIB 2: every symbol declared, every belief a named assertion.

    A closed sort is a datatype of constants; that individuals are distinct is asserted, where names are unique. What
    a solver has no use for (levels, weights, sources, and which constants are individuals) stands in `set-info`.

    Raises:
        FormatError: a name holds what SMT-LIB cannot write, and its belief is not to be skipped.
    """
    fitting = Fitting("SMT-LIB", options.skip)
    lines = list(_lines(base, fitting))
    return Written("".join(f"{line}\n" for line in lines), tuple(fitting.skipped))


def _lines(base: BeliefBase, fitting: Fitting) -> Iterator[str]:
    yield "(set-info :smt-lib-version 2.6)"
    yield "(set-option :produce-unsat-cores true)"
    yield "(set-logic ALL)"
    if not base.unique_names:
        yield f"(set-info {UNIQUE_NAMES} false)"
    yield from _declarations(base)
    writer = _Writer(base.signature)
    taken = {*TAKEN, *base.signature.predicates, *base.signature.functions, *base.signature.constants}
    for belief in base:
        try:
            label = _label(belief, taken)
            formula = writer.formula(base.formula(belief.name), {})
        except FormatError as fault:
            fitting.misfit(belief, f"cannot be written: {fault}")
            continue
        told = header(belief)
        if told != Header(label):
            # Z3 takes a null character for the end of the file; no header has the escape for it used here.
            yield f"(set-info {BELIEF} {_text(print_header(told).replace(NULL, ESCAPED_NULL))})"
        yield f"(assert (! {formula} :named {spelled(label)}))"
    yield "(check-sat)"


def _label(belief: Belief, taken: set[str]) -> str:
    """What to call a belief: as it is called, unless that is the name of something else."""
    label = belief.name
    while label in taken:
        label += ".belief"
    taken.add(label)
    return label


def _text(said: str) -> str:
    return '"' + said.replace('"', '""') + '"'


def _declarations(base: BeliefBase) -> Iterator[str]:
    signature = base.signature
    told = [declaration.name for declaration in base.declarations]
    order = {name: place for place, name in enumerate(dict.fromkeys(told))}

    def ordered(names: Mapping[str, object]) -> list[str]:
        return sorted(names, key=lambda name: (order.get(name, len(order)), name))

    for sort in ordered(signature.sorts):
        members = signature.sorts[sort]
        if members is None:
            yield f"(declare-sort {symbol_of(sort)} 0)"
        else:
            constants = " ".join(f"({symbol_of(member)})" for member in members)
            yield f"(declare-datatypes (({symbol_of(sort)} 0)) (({constants})))"
    kinds: dict[str, tuple[tuple[str, ...], str]] = {
        **{name: (sorts, BOOL) for name, sorts in signature.predicates.items()},
        **signature.functions,
        **{name: ((), sort) for name, sort in signature.constants.items() if not signature.is_closed(sort)},
    }
    for name in ordered(kinds):
        arguments, result = kinds[name]
        yield f"(declare-fun {symbol_of(name)} ({' '.join(map(_sort, arguments))}) {_sort(result)})"
    individuals = [name for name in ordered(signature.constants) if name in kinds]
    if individuals:
        yield f"(set-info {INDIVIDUALS} {_text(' '.join(map(symbol_of, individuals)))})"
    if base.unique_names:
        by_sort: dict[str, list[str]] = {}
        for name in individuals:
            by_sort.setdefault(signature.constants[name], []).append(symbol_of(name))
        for names in by_sort.values():
            if len(names) > 1:
                yield f"(assert (distinct {' '.join(names)}))"


def _sort(sort: str) -> str:
    return sort if sort in NUMERIC or sort == BOOL else symbol_of(sort)


class _Writer:
    """Writes formulas whose variables have their sorts."""

    def __init__(self, signature: Signature) -> None:
        self._signature = signature

    def formula(self, formula: Formula, scope: Mapping[str, str]) -> str:
        """Return a formula; `scope` has the sorts of the variables around it."""
        match formula:
            case Truth(value):
                return "true" if value else "false"
            case Atom(predicate, arguments):
                if not arguments:
                    return symbol_of(predicate)
                return self._applied(predicate, arguments, self._signature.predicates[predicate], scope)
            case Comparison(operator, left, right):
                wanted = self._wanted(left, right, scope)
                sides = f"{self._term(left, wanted, scope)} {self._term(right, wanted, scope)}"
                return f"({'distinct' if operator == '!=' else operator} {sides})"
            case Not(operand):
                return f"(not {self.formula(operand, scope)})"
            case And(operands):
                return f"(and {' '.join([self.formula(operand, scope) for operand in operands])})"
            case Or(operands):
                return f"(or {' '.join([self.formula(operand, scope) for operand in operands])})"
            case Implies(premise, conclusion):
                return f"(=> {self.formula(premise, scope)} {self.formula(conclusion, scope)})"
            case Iff(left, right):
                return f"(= {self.formula(left, scope)} {self.formula(right, scope)})"
            case ForAll(bindings, body) | Exists(bindings, body):
                word = "forall" if isinstance(formula, ForAll) else "exists"
                sorts = {binding.name: binding.sort or "" for binding in bindings}
                bound = " ".join(f"({symbol_of(name)} {_sort(sort)})" for name, sort in sorts.items())
                return f"({word} ({bound}) {self.formula(body, {**scope, **sorts})})"

    def _applied(
        self, symbol: str, arguments: tuple[Term, ...], sorts: tuple[str, ...], scope: Mapping[str, str]
    ) -> str:
        parts = [self._term(argument, sort, scope) for argument, sort in zip(arguments, sorts, strict=True)]
        return f"({symbol_of(symbol)} {' '.join(parts)})"

    def _term(self, term: Term, wanted: str, scope: Mapping[str, str]) -> str:
        """Return a term as one of the sort that is wanted: an Int where a Real is meant becomes one."""
        match term:
            case Number():
                return _number(term, wanted)
            case Minus(operand):
                return f"(- {self._term(operand, wanted, scope)})"
            case Arithmetic(operator, left, right):
                own = REAL if wanted == REAL else self._sort(term, scope)
                return f"({operator} {self._term(left, own, scope)} {self._term(right, own, scope)})"
            case Variable(name) | Constant(name):
                text = symbol_of(name)
            case Application(function, arguments):
                text = self._applied(function, arguments, self._signature.functions[function][0], scope)
        return f"(to_real {text})" if wanted == REAL and self._sort(term, scope) == INT else text

    def _wanted(self, left: Term, right: Term, scope: Mapping[str, str]) -> str:
        """The sort of both sides of a comparison."""
        sorts = self._sort(left, scope), self._sort(right, scope)
        return REAL if REAL in sorts else sorts[0]

    def _sort(self, term: Term, scope: Mapping[str, str]) -> str:
        match term:
            case Number(real=real):
                return REAL if real else INT
            case Minus(operand):
                return self._sort(operand, scope)
            case Arithmetic(_, left, right):
                return self._wanted(left, right, scope)
            case Variable(name):
                return scope[name]
            case Constant(name):
                constants, functions = self._signature.constants, self._signature.functions
                return constants[name] if name in constants else functions[name][1]
            case Application(function, _):
                return self._signature.functions[function][1]


def _number(number: Number, wanted: str) -> str:
    if wanted != REAL and not number.real:
        return print_number(number.value, real=False)
    text = print_number(number.value, real=True)
    dividend, slash, divisor = text.partition("/")
    return f"(/ {dividend}.0 {divisor}.0)" if slash else text
