"""The Z3 oracle: the whole language, decided by Z3 as far as it can be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeAlias

import z3
from immutables import Map

from beliefs.contexts import new_context
from beliefs.errors import UnsupportedFormulaError
from beliefs.language.semantics import Element, Ground, Model
from beliefs.language.signature import INT, NUMERIC, REAL, Signature
from beliefs.language.syntax import (
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    Quantified,
    Term,
    Truth,
    Variable,
    subformulas,
    subterms,
)
from beliefs.reasoning.features import features, sort_of
from beliefs.reasoning.grounding import individuals
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Sat, Unknown, Unsat, Verdict

Expression: TypeAlias = Any
"""An expression of Z3; its Python interface tells no types."""

Scope: TypeAlias = dict[str, Expression]

QUICK_RESOURCES = 200_000
"""How much of Z3's resources a check may use before it goes on in another thread; about 0.1 s of work."""

BATCH = 50
"""How many formulas with numbers are loaded between checks: a few at a time are solved many times faster."""

EXPANDED = 64
"""Up to how many choices of members a quantifier over closed sorts is spelt out."""

READABLE = 100_000
"""Up to how many ground atoms of one predicate are asked for, one by one, when a model is read."""


WATCH = 0.02
"""How many seconds pass between looks at the memory in use, and at whether Ctrl-C was pressed."""


class Z3Oracle:
    """An oracle for the whole language.

    Each label has a selector, a proposition that implies its formulas. A check assumes the selectors of its
    labels; it denies those of other labels with quantifiers, functions or numbers, for Z3 would try to satisfy
    these too. Under unique names, a selector also implies that each individual of an open sort in its formulas
    has a number of its own: so individuals are distinct where formulas of the same check name them, and what
    other formulas name has no part in the answer.

    An oracle lives in a Z3 context of its own: two oracles can work in two threads at once. Z3 is kept from
    catching Ctrl-C, which it would swallow. A check that is not done quickly goes on in another thread, while
    the calling one watches the memory and Ctrl-C.

    Attributes:
        budget: what each check may spend; it may be changed between checks. Resources are Z3's own count
            (`rlimit`). Megabytes are what Z3 holds in the whole process: it does not tell contexts apart.
    """

    def __init__(self, signature: Signature, unique_names: bool = True, budget: Budget = UNLIMITED) -> None:
        """Make an oracle that holds no formulas.

        Args:
            signature: the symbols of the formulas to come; `extend_signature` brings more.
            unique_names: whether individuals of open sorts are distinct from one another. Members of closed
                sorts always are.
            budget: what each check may spend.
        """
        self.budget = budget
        self._context = new_context()
        self._solver = z3.Solver(ctx=self._context)
        self._solver.set("ctrl_c", False)
        self._limits: tuple[int, int] = (0, 0)
        self._translation = _Translation(signature, self._context)
        self._unique_names = unique_names
        self._selectors: dict[Label, Expression] = {}
        self._labels: dict[int, Label] = {}
        self._formulas: dict[Label, list[Formula]] = {}
        self._symbols: dict[Label, _Symbols] = {}
        self._denials: dict[Label, Expression] = {}
        self._pending: list[Expression] = []
        self._numeric = False

    def extend_signature(self, signature: Signature) -> None:
        """Take a larger signature for the formulas to come.

        Raises:
            ValueError: a symbol in use has another type there; formulas that hold it were translated already.
        """
        self._translation.extend_signature(signature)

    def add(self, label: Label, formula: Formula) -> None:
        """Add a formula under a label; see `Oracle.add`.

        Cost: about 10 µs for each connective and atom, and some 40 µs for each symbol that is new.

        Raises:
            UnsupportedFormulaError: a symbol of the formula is not in the signature.
        """
        translated = self._translation.belief(formula, self._unique_names)
        selector = self._selectors.get(label)
        if selector is None:
            selector = z3.Const(f"selector!{len(self._selectors)}", self._translation.truths)
            self._selectors[label] = selector
            self._labels[selector.get_id()] = label
            self._formulas[label] = []
        self._formulas[label].append(formula)
        self._symbols.pop(label, None)
        self._pending.append(self._translation.implies(selector, translated))
        found = features(formula, self._translation.signature)
        if not found.ground or not found.groundable:
            self._denials[label] = self._translation.negated(selector)
            self._numeric = self._numeric or _has_numbers(formula)

    def check(self, labels: Collection[Label], *, model: bool = True) -> Verdict:
        """Decide the formulas of some labels together; see `Oracle.check`.

        A model names the elements of an open sort after the individuals of these formulas that they are, and
        the rest `Robot#1`, `Robot#2` and so on. It is None where it has no finite form: where a predicate or
        function of numbers differs in infinitely many places.

        Args:
            labels: the labels.
            model: whether `Sat` is to come with a model: to read it can take longer than to find it.

        Raises:
            KeyError: no formula was added under one of the labels.
        """
        asked = set(labels)
        for label in asked - self._selectors.keys():
            raise KeyError(label)
        # In the order of arrival, whatever that of the labels: equal calls are to give equal answers.
        assumptions = [
            selector if label in asked else self._denials[label]
            for label, selector in self._selectors.items()
            if label in asked or label in self._denials
        ]
        deadline = _Deadline.of(self.budget)
        try:
            answer = self._load(assumptions, deadline)
            if answer is not False:
                answer = self._decide(assumptions, deadline)
        except z3.Z3Exception as error:
            return Unknown(f"Z3 gave up: {_in_words(error)}")
        if isinstance(answer, Unknown):
            return answer
        if answer and not model:
            return Sat()
        if answer:
            return Sat(self._read(label for label in self._selectors if label in asked))
        core = self._solver.unsat_core()
        return Unsat(frozenset(self._labels[core[index].get_id()] for index in range(len(core))))

    def values(self, terms: Iterable[Formula | Term]) -> list[bool | Fraction | None]:
        """Return what atoms and terms without variables are in the last model found, the last check having found one.

        Of an atom it is whether it holds, of a numeric term its number; None where that has no exact one.

        Cost: some 10 µs for each.
        """
        found = self._solver.model()
        return [self._value(found.eval(self._translation.ground(term), True)) for term in terms]

    @staticmethod
    def _value(value: Expression) -> bool | Fraction | None:
        if z3.is_int_value(value) or z3.is_rational_value(value):
            return Fraction(value.as_string())
        return None if z3.is_arith(value) else z3.is_true(value)

    def suggest(self, model: Model) -> None:
        """Do nothing: Z3 keeps the truth values of its last model by itself, and takes no others."""

    def optimum(self, labels: Collection[Label], term: Term, *, least: bool) -> Fraction | Unknown | None:
        """Return the least, or the greatest, value that a term has in the models of the formulas of some labels.

        It starts from nothing: what earlier checks found is of no use to Z3 Optimize.

        Args:
            labels: the labels.
            term: a term of sort Int or Real, without variables.
            least: whether the least value is sought; otherwise the greatest.

        Returns:
            The value; None where the formulas have no model, or the term no such value: it can go on without end, or
            come as near as one likes to a number without reaching it.

        Raises:
            KeyError: no formula was added under one of the labels.
        """
        optimize = z3.Optimize(ctx=self._context)
        limits = {"timeout": self.budget.milliseconds, "rlimit": self.budget.resources}
        for name, limit in limits.items():
            if limit is not None:
                optimize.set(name, max(1, limit))
        for label in labels:
            for formula in self._formulas[label]:
                optimize.add(self._translation.belief(formula, self._unique_names))
        value = self._translation.term(term, {})
        goal = optimize.minimize(value) if least else optimize.maximize(value)
        result = optimize.check()
        if result == z3.unsat:
            return None
        if result != z3.sat:
            reason = optimize.reason_unknown()
            if reason == "interrupted from keyboard":  # Z3 has swallowed Ctrl-C.
                raise KeyboardInterrupt
            return Unknown(f"Z3 could not tell how far a term can go: {reason}")
        bounds = optimize.lower_values(goal) if least else optimize.upper_values(goal)
        infinite, finite, infinitesimal = (Fraction(bound.as_string()) for bound in bounds)
        return None if infinite or infinitesimal else finite

    def _load(self, assumptions: list[Expression], deadline: _Deadline) -> bool | Unknown:
        """Hand the waiting formulas to the solver; return False if the selected ones turn out unsatisfiable.

        Where there are numbers, this goes a batch at a time with a quick check of each: many linear
        constraints at once can cost the simplex method a thousand times what they cost in turn.
        """
        answer: bool | Unknown = True
        while self._pending and answer is not False:
            batch, self._pending = self._pending[:BATCH], self._pending[BATCH:]
            if not self._numeric:
                batch, self._pending = batch + self._pending, []
            for formula in batch:
                z3.Z3_solver_assert(self._context.ref(), self._solver.solver, formula.as_ast())
            if self._pending:
                answer = self._ask(assumptions, deadline, quick=True)
        return answer

    def _decide(self, assumptions: list[Expression], deadline: _Deadline) -> bool | Unknown:
        answer = self._ask(assumptions, deadline, quick=True)
        if answer == _CUT_SHORT and not deadline.exceeded():
            answer = self._ask(assumptions, deadline, quick=False)
        if answer == _CUT_SHORT:
            return Unknown(deadline.exceeded() or "Z3 was interrupted")
        return answer

    def _ask(self, assumptions: list[Expression], deadline: _Deadline, quick: bool) -> bool | Unknown:
        """Have Z3 check; `_CUT_SHORT` where a limit, or the end of quick checks, came before an answer."""
        before = self._spent() if deadline.resources is not None else 0
        resources = deadline.resources_left()
        if quick:
            resources = min(QUICK_RESOURCES, resources or QUICK_RESOURCES)
        self._limit(deadline.milliseconds_left(), resources)
        answer = self._run(assumptions) if quick else self._run_patiently(assumptions, deadline)
        if deadline.resources is not None:
            deadline.spent += self._spent() - before
        if answer != z3.Z3_L_UNDEF:
            return bool(answer == z3.Z3_L_TRUE)
        reason = self._solver.reason_unknown()
        return (
            _CUT_SHORT
            if reason in _CUT_SHORT_REASONS
            else Unknown(_REASONS.get(reason, f"Z3 says: {reason}"))
        )

    def _run(self, assumptions: list[Expression]) -> int:
        result: int = z3.Z3_solver_check_assumptions(
            self._context.ref(), self._solver.solver, len(assumptions), _array(assumptions)
        )
        return result

    def _run_patiently(self, assumptions: list[Expression], deadline: _Deadline) -> int:
        """Check in another thread, while this one watches the memory and can be interrupted."""
        answers: list[int] = []
        done = Event()

        def work() -> None:
            try:
                answers.append(self._run(assumptions))
            finally:
                done.set()

        Thread(target=work, name="z3-oracle", daemon=True).start()
        try:
            # It always wakes after a while: an interrupt on its way into the wait does not end it.
            while not done.wait(WATCH):
                if deadline.out_of_memory():
                    break
        finally:
            while not done.is_set():
                # An interrupt that comes before the check has begun is lost: so it is repeated.
                self._context.interrupt()
                with suppress(KeyboardInterrupt):
                    done.wait(WATCH)
        return answers[0] if answers else z3.Z3_L_UNDEF

    def _limit(self, milliseconds: int | None, resources: int | None) -> None:
        limits = (_NO_TIMEOUT if milliseconds is None else max(1, milliseconds), resources or 0)
        if limits != self._limits:
            self._solver.set("timeout", limits[0], "rlimit", limits[1])
            self._limits = limits

    def _spent(self) -> int:
        statistics = self._solver.statistics()
        return int(statistics.get_key_value("rlimit count")) if "rlimit count" in statistics.keys() else 0  # noqa: SIM118

    def _read(self, labels: Iterable[Label]) -> Model | None:
        symbols = _Symbols()
        for label in labels:
            if label not in self._symbols:
                self._symbols[label] = _Symbols.of(self._formulas[label], self._translation.signature)
            symbols.update(self._symbols[label])
        return _Reading(self._solver.model(), self._translation, symbols).model()


@dataclass
class _Deadline:
    """What one check may still spend."""

    end: float | None
    milliseconds: int | None
    resources: int | None
    megabytes: int | None
    spent: int = 0
    memory_ran_out: bool = False

    @staticmethod
    def of(budget: Budget) -> _Deadline:
        milliseconds = budget.milliseconds
        end = None if milliseconds is None else monotonic() + milliseconds / 1000
        return _Deadline(end, milliseconds, budget.resources, budget.megabytes)

    def milliseconds_left(self) -> int | None:
        return None if self.end is None else max(1, round((self.end - monotonic()) * 1000))

    def resources_left(self) -> int | None:
        return None if self.resources is None else max(1, self.resources - self.spent)

    def out_of_memory(self) -> bool:
        if self.megabytes is not None and z3.Z3_get_estimated_alloc_size() > self.megabytes << 20:
            self.memory_ran_out = True
        return self.memory_ran_out

    def exceeded(self) -> str | None:
        """Return which limit was reached, in words, or None."""
        if self.out_of_memory():
            return f"the memory limit of {self.megabytes} MB was reached"
        if self.resources is not None and self.spent >= self.resources:
            return f"the limit of {self.resources} units of Z3's resources ran out"
        if self.end is not None and monotonic() >= self.end - 0.001:
            return f"the time limit of {self.milliseconds} ms ran out"
        return None


_NO_TIMEOUT = 4294967295
_CUT_SHORT = Unknown("a limit was reached")
_CUT_SHORT_REASONS = frozenset({"canceled", "timeout", "interrupted", "max. resource limit exceeded"})
_INCOMPLETE = "Z3 cannot decide these quantifiers: it found neither a proof nor a model"
_REASONS = {
    "unknown": _INCOMPLETE,
    "(incomplete quantifiers)": _INCOMPLETE,
    "smt tactic failed to show goal to be sat/unsat (incomplete quantifiers)": _INCOMPLETE,
    "(incomplete (theory arithmetic))": "Z3 cannot decide this arithmetic: it is not linear",
    "max. memory exceeded": "Z3 ran out of memory",
}


@dataclass
class _Symbols:
    """The symbols of some formulas, in order of appearance."""

    sorts: dict[str, None]
    individuals: dict[str, str]
    predicates: dict[str, None]
    functions: dict[str, None]

    def __init__(self) -> None:
        self.sorts, self.individuals, self.predicates, self.functions = {}, {}, {}, {}

    @staticmethod
    def of(formulas: Iterable[Formula], signature: Signature) -> _Symbols:
        symbols = _Symbols()
        for formula in formulas:
            for sort, name in individuals(formula, signature):
                symbols.individuals[name] = sort
            for part in subformulas(formula):
                if isinstance(part, Atom):
                    symbols.predicates[part.predicate] = None
                elif isinstance(part, ForAll | Exists):
                    symbols.sorts.update((sort_of(binding), None) for binding in part.bindings)
            for term in subterms(formula):
                if isinstance(term, Application):
                    symbols.functions[term.function] = None
                elif isinstance(term, Constant) and term.name in signature.functions:
                    symbols.functions[term.name] = None
        symbols.sorts.update(dict.fromkeys(symbols.individuals.values()))
        for predicate in symbols.predicates:
            symbols.sorts.update(dict.fromkeys(signature.predicates[predicate]))
        for function in symbols.functions:
            arguments, result = signature.functions[function]
            symbols.sorts.update(dict.fromkeys((*arguments, result)))
        return symbols

    def update(self, other: _Symbols) -> None:
        self.sorts |= other.sorts
        self.individuals |= other.individuals
        self.predicates |= other.predicates
        self.functions |= other.functions


class _Translation:
    """The formulas of one signature as expressions of one Z3 context.

    It calls the interface of Z3 in C where the Python one is slow: that looks at the sort of every argument
    again, and takes several times as long.
    """

    def __init__(self, signature: Signature, context: z3.Context) -> None:
        self.signature = signature
        self.context = context
        self.truths = z3.BoolSort(context)
        self.sorts: dict[str, Expression] = {INT: z3.IntSort(context), REAL: z3.RealSort(context)}
        self.members: dict[str, dict[str, Expression]] = {}
        self.predicates: dict[str, Expression] = {}
        self.functions: dict[str, Expression] = {}
        self.constants: dict[str, Expression] = {}
        self._tags: dict[str, Expression] = {}
        self._atoms: dict[Atom, Expression] = {}
        self._beliefs: dict[Formula, Expression] = {}

    def extend_signature(self, signature: Signature) -> None:
        """Take a larger signature, in which what was translated means the same; see `Z3Oracle`."""
        old = self.signature
        for sort in self.sorts.keys() - NUMERIC:
            _unchanged(sort, old.sorts.get(sort), signature.sorts.get(sort))
        for name in self.predicates:
            _unchanged(name, old.predicates[name], signature.predicates.get(name))
        for name in self.functions:
            _unchanged(name, old.functions[name], signature.functions.get(name))
        for name in self.constants:
            _unchanged(name, old.constants[name], signature.constants.get(name))
        self.signature = signature

    def belief(self, formula: Formula, unique_names: bool) -> Expression:
        """Translate a whole formula; under unique names, with the tags that keep its individuals apart."""
        translated = self._beliefs.get(formula)
        if translated is None:
            try:
                translated = self.formula(formula, {})
                if unique_names:
                    tags = [
                        self.tag(name)
                        for sort, name in individuals(formula, self.signature)
                        if self.is_open(sort)
                    ]
                    if tags:
                        translated = self.join(z3.Z3_mk_and, [translated, *tags])
            except KeyError as error:
                raise UnsupportedFormulaError(
                    f"the oracle's signature has no {error}; extend it before formulas with that symbol come"
                ) from None
            self._beliefs[formula] = translated
        return translated

    def ground(self, said: Formula | Term) -> Expression:
        """Translate an atom or a term without variables."""
        if isinstance(said, Atom):
            return self.formula(said, {})
        return self.term(said, {})  # type: ignore[arg-type]

    def tag(self, name: str) -> Expression:
        """Return the equation that gives an individual a number no other has: so it is none of the others."""
        tag = self._tags.get(name)
        if tag is None:
            individual = self.constant(name)
            number = z3.Function("tag!", individual.sort(), self.sorts[INT])
            self._tags[name] = tag = number(individual) == len(self._tags)
        return tag

    def implies(self, premise: Expression, conclusion: Expression) -> Expression:
        context = self.context
        return z3.BoolRef(z3.Z3_mk_implies(context.ref(), premise.as_ast(), conclusion.as_ast()), context)

    def join(self, connective: Any, operands: Sequence[Expression]) -> Expression:
        context = self.context
        return z3.BoolRef(connective(context.ref(), len(operands), _array(operands)), context)

    def negated(self, operand: Expression) -> Expression:
        return z3.BoolRef(z3.Z3_mk_not(self.context.ref(), operand.as_ast()), self.context)

    def formula(self, formula: Formula, scope: Scope) -> Expression:
        """Translate a formula, its variables being as in `scope`."""
        match formula:
            case Atom(predicate, arguments):
                return self.atom(formula, predicate, arguments, scope)
            case Not(operand):
                return self.negated(self.formula(operand, scope))
            case Or(operands):
                return self.join(z3.Z3_mk_or, [self.formula(operand, scope) for operand in operands])
            case And(operands):
                return self.join(z3.Z3_mk_and, [self.formula(operand, scope) for operand in operands])
            case Implies(premise, conclusion):
                return self.implies(self.formula(premise, scope), self.formula(conclusion, scope))
            case Iff(left, right):
                return self.formula(left, scope) == self.formula(right, scope)
            case Comparison():
                return self.comparison(formula, scope)
            case ForAll() | Exists():
                return self.quantified(formula, scope)
            case Truth(constant):
                return z3.BoolVal(constant, self.context)
        raise TypeError(f"not a formula: {formula!r}")

    def atom(self, atom: Atom, predicate: str, arguments: tuple[Term, ...], scope: Scope) -> Expression:
        known = self._atoms.get(atom)
        if known is not None:
            return known
        sorts = self.signature.predicates[predicate]
        terms = [self.term(term, scope, sort) for term, sort in zip(arguments, sorts, strict=True)]
        applied = z3.BoolRef(self.apply(self.predicate(predicate), terms), self.context)
        if all(isinstance(term, Constant) for term in arguments):
            self._atoms[atom] = applied
        return applied

    def apply(self, declaration: Expression, terms: Sequence[Expression]) -> Any:
        return z3.Z3_mk_app(self.context.ref(), declaration.ast, len(terms), _array(terms))

    def comparison(self, comparison: Comparison, scope: Scope) -> Expression:
        left, right = _alike(self.term(comparison.left, scope), self.term(comparison.right, scope))
        match comparison.operator:
            case "=":
                return left == right
            case "!=":
                return left != right
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
            case _:
                return left >= right

    def quantified(self, formula: Quantified, scope: Scope) -> Expression:
        """Translate a quantifier; where its variables are of small closed sorts, spelt out."""
        closed = [each for each in formula.bindings if self.signature.is_closed(sort_of(each))]
        if prod(len(self.member_map(sort_of(each))) for each in closed) > EXPANDED:
            closed = []
        others = [each for each in formula.bindings if each not in closed]
        choices = product(*(self.member_map(sort_of(each)).values() for each in closed))
        names = [each.name for each in closed]
        parts = [
            self.bound(formula, others, scope | dict(zip(names, choice, strict=True))) for choice in choices
        ]
        if len(parts) == 1:
            return parts[0]
        return self.join(z3.Z3_mk_and if isinstance(formula, ForAll) else z3.Z3_mk_or, parts)

    def bound(self, formula: Quantified, bindings: list[Binding], scope: Scope) -> Expression:
        # The question mark keeps variables apart from individuals of the same name.
        variables = [z3.Const(f"?{each.name}", self.sort(sort_of(each))) for each in bindings]
        inner = scope | {each.name: variable for each, variable in zip(bindings, variables, strict=True)}
        body = self.formula(formula.body, inner)
        if not variables:
            return body
        return z3.ForAll(variables, body) if isinstance(formula, ForAll) else z3.Exists(variables, body)

    def term(self, term: Term, scope: Scope, sort: str | None = None) -> Expression:
        """Translate a term, made Real where an Int stands for a `sort` that is."""
        translated = self._term(term, scope)
        if sort == REAL and translated.is_int():
            return z3.ToReal(translated)
        return translated

    def _term(self, term: Term, scope: Scope) -> Expression:
        match term:
            case Variable(name):
                return scope[name]
            case Constant(name):
                return self.function(name)() if name in self.signature.functions else self.constant(name)
            case Number(number, real):
                return z3.RealVal(number, self.context) if real else z3.IntVal(int(number), self.context)
            case Application(function, arguments):
                sorts = self.signature.functions[function][0]
                terms = [self.term(each, scope, sort) for each, sort in zip(arguments, sorts, strict=True)]
                return self.function(function)(*terms)
            case Minus(operand):
                return -self._term(operand, scope)
            case Arithmetic(operator, left, right):
                first, second = _alike(self._term(left, scope), self._term(right, scope))
                if operator == "+":
                    return first + second
                return first - second if operator == "-" else first * second

    def is_open(self, sort: str) -> bool:
        return sort not in NUMERIC and not self.signature.is_closed(sort)

    def sort(self, name: str) -> Expression:
        sort = self.sorts.get(name)
        if sort is None:
            members = self.signature.sorts[name]
            if members is None:
                sort = z3.DeclareSort(name, self.context)
            else:
                sort, constants = z3.EnumSort(name, list(members), self.context)
                self.members[name] = dict(zip(members, constants, strict=True))
            self.sorts[name] = sort
        return sort

    def member_map(self, sort: str) -> dict[str, Expression]:
        """Return the members of a closed sort, each with its constant."""
        self.sort(sort)
        return self.members[sort]

    def constant(self, name: str) -> Expression:
        constant = self.constants.get(name)
        if constant is None:
            sort = self.signature.constants[name]
            if self.signature.is_closed(sort):
                constant = self.member_map(sort)[name]
            else:
                constant = z3.Const(name, self.sort(sort))
            self.constants[name] = constant
        return constant

    def predicate(self, name: str) -> Expression:
        declaration = self.predicates.get(name)
        if declaration is None:
            sorts = [self.sort(sort) for sort in self.signature.predicates[name]]
            declaration = z3.Function(name, *sorts, self.truths)
            self.predicates[name] = declaration
        return declaration

    def function(self, name: str) -> Expression:
        declaration = self.functions.get(name)
        if declaration is None:
            arguments, result = self.signature.functions[name]
            declaration = z3.Function(name, *(self.sort(sort) for sort in (*arguments, result)))
            self.functions[name] = declaration
        return declaration


class _UnreadableError(Exception):
    """A model of Z3 has no finite form."""


class _Reading:
    """A model of Z3, read as a finite structure for some symbols."""

    def __init__(self, found: Any, translation: _Translation, symbols: _Symbols) -> None:
        self.found = found
        self.translation = translation
        self.symbols = symbols
        self.names: dict[int, str] = {}
        self.elements: dict[str, list[Expression]] = {}
        self.values: dict[Ground, Element] = {}
        self.defaults: dict[str, Element] = {}
        self.true: dict[Ground, None] = {}

    def model(self) -> Model | None:
        """Return the structure; None where it has no finite form."""
        self.universes()
        try:
            for predicate in self.symbols.predicates:
                self.predicate(predicate)
            for function in self.symbols.functions:
                self.function(function)
        except _UnreadableError:
            return None
        universe = {
            sort: tuple(self.names[element.get_id()] for element in elements)
            for sort, elements in self.elements.items()
        }
        return Model(Map(universe), Map(self.true), Map(self.values), Map(self.defaults))

    def universes(self) -> None:
        """Name the elements of each sort: after an individual that each is, or by number."""
        signature = self.translation.signature
        for sort in (each for each in self.symbols.sorts if each not in NUMERIC):
            self.elements[sort] = []
            if signature.is_closed(sort):
                for name, member in self.translation.member_map(sort).items():
                    self.name(sort, member, name)
        for individual, sort in self.symbols.individuals.items():
            if not signature.is_closed(sort):
                element = self.value_of(self.translation.constant(individual))
                self.name(sort, element, individual)
                if self.names[element.get_id()] != individual:
                    self.values[(individual,)] = self.names[element.get_id()]
        # Asked for the universe of a sort it has none of, Z3 makes an error of the next call.
        finite = {sort.get_id() for sort in self.found.sorts()}
        for sort, elements in self.elements.items():
            if not signature.is_closed(sort):
                named = len(elements)
                known = self.translation.sort(sort)
                for element in self.found.get_universe(known) if known.get_id() in finite else ():
                    self.name(sort, element, f"{sort}#{len(elements) - named + 1}")
                if not elements:
                    some = self.value_of(z3.Const("any!", self.translation.sort(sort)))
                    self.name(sort, some, f"{sort}#1")

    def name(self, sort: str, element: Expression, name: str) -> None:
        """Call an element so, unless it has a name."""
        if element.get_id() not in self.names:
            self.names[element.get_id()] = name
            self.elements[sort].append(element)

    def predicate(self, name: str) -> None:
        """Read where a predicate holds."""
        declaration = self.translation.predicate(name)
        sorts = self.translation.signature.predicates[name]
        if not sorts:
            if z3.is_true(self.value_of(declaration())):
                self.true[(name,)] = None
            return
        table = self.table(declaration)
        if table is None:
            return
        default = _default(table)
        if default is None or z3.is_false(default):
            cells: Iterator[tuple[Ground, Expression]] = self.listed(name, table)
        else:
            cells = self.all_cells(name, declaration, sorts)
        self.true.update((cell, None) for cell, holds in cells if z3.is_true(holds))

    def function(self, name: str) -> None:
        """Read the values of a function."""
        declaration = self.translation.function(name)
        sorts, result = self.translation.signature.functions[name]
        if not sorts:
            self.defaults[name] = self.element(self.value_of(declaration()))
            return
        table = self.table(declaration)
        default = _default(table) if table is not None else None
        if default is not None and not self.is_element(default):
            for cell, value in self.all_cells(name, declaration, sorts):
                self.values[cell] = self.element(value)
            default = None
        elif table is not None:
            for cell, value in self.listed(name, table):
                self.values[cell] = self.element(value)
        if default is not None:
            self.defaults[name] = self.element(default)
        elif result in NUMERIC:
            self.defaults[name] = Fraction(0)
        else:
            self.defaults[name] = self.names[self.elements[result][0].get_id()]

    def table(self, declaration: Expression) -> Any:
        """Return what the model says of a symbol, or None if it says nothing: any values will do."""
        found = self.found
        if not z3.Z3_model_has_interp(found.ctx.ref(), found.model, declaration.ast):
            return None
        return found[declaration]

    def listed(self, name: str, table: Any) -> Iterator[tuple[Ground, Expression]]:
        """Yield the entries of a table."""
        for index in range(table.num_entries()):
            entry = table.entry(index)
            arguments = (self.element(entry.arg_value(place)) for place in range(entry.num_args()))
            yield (name, *arguments), entry.value()

    def all_cells(
        self, name: str, declaration: Expression, sorts: tuple[str, ...]
    ) -> Iterator[tuple[Ground, Expression]]:
        """Yield every ground term of a symbol over the universes, with its value."""
        if NUMERIC.intersection(sorts) or prod(len(self.elements[sort]) for sort in sorts) > READABLE:
            raise _UnreadableError
        for arguments in product(*(self.elements[sort] for sort in sorts)):
            cell = (name, *(self.names[argument.get_id()] for argument in arguments))
            yield cell, self.value_of(declaration(*arguments))

    def value_of(self, expression: Expression) -> Expression:
        return self.found.eval(expression, model_completion=True)

    def is_element(self, value: Expression) -> bool:
        return value.get_id() in self.names or z3.is_int_value(value) or z3.is_rational_value(value)

    def element(self, value: Expression) -> Element:
        """Return an element by its name, or an exact number."""
        name = self.names.get(value.get_id())
        if name is not None:
            return name
        if z3.is_int_value(value):
            return Fraction(value.as_long())
        if z3.is_rational_value(value):
            return Fraction(value.numerator_as_long(), value.denominator_as_long())
        raise _UnreadableError


def _default(table: Any) -> Expression | None:
    """The value of a function where its table lists none; None where Z3 leaves that open, since nothing asks."""
    try:
        return table.else_value()
    except z3.Z3Exception:
        return None


def _array(expressions: Sequence[Expression]) -> Any:
    return (z3.Ast * len(expressions))(*[expression.as_ast() for expression in expressions])


def _alike(left: Expression, right: Expression) -> tuple[Expression, Expression]:
    """Return two terms, an Int made Real where the other is."""
    if z3.is_arith(left) and left.is_int() is not right.is_int():
        return (z3.ToReal(left), right) if left.is_int() else (left, z3.ToReal(right))
    return left, right


def _has_numbers(formula: Formula) -> bool:
    return any(isinstance(term, Number | Arithmetic | Minus) for term in subterms(formula))


def _in_words(error: z3.Z3Exception) -> str:
    message = error.value
    return message.decode(errors="replace") if isinstance(message, bytes) else str(message)


def _unchanged(symbol: str, old: object, new: object) -> None:
    if old != new:
        raise ValueError(f"{symbol} is in use and has another type in the new signature: make a new oracle")
