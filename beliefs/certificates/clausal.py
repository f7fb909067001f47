"""Formulas as numbered clauses, for the checker alone.

A formula without quantifiers, functions and numbers is a combination of ground atoms. Can some such formulas be true
together? That is the same question whether their atoms are taken for propositions or for what they say of individuals:
names can always denote individuals of their own.

So it is with universal quantifiers, once these are spelt out over the names there are, and one more individual of a
sort without any: a structure in which the formulas are true has one inside it whose individuals are just those of the
names, and what holds of all still holds of fewer (J. Herbrand; the class of P. Bernays and M. Schönfinkel). Quantifiers
over a closed sort can be spelt out anyhow. Equality is then settled by the names, where different ones are distinct.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from math import prod
from typing import TypeAlias

from beliefs.language.signature import NUMERIC, Signature
from beliefs.language.syntax import (
    And,
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Term,
    Truth,
    Variable,
)

Clause = list[int]
"""Literals, true when one of them is: `n` for variable n, `-n` for its negation."""

MOST_INSTANCES = 10_000
"""What is longer than this, spelt out, is not: Z3 knows better ways with quantifiers."""


class Names:
    """The individuals that formulas are spelt out over."""

    def __init__(
        self, signature: Signature, *, unique_names: bool, individuals: Callable[[], Iterable[str]]
    ) -> None:
        """Take the names of a signature.

        Args:
            signature: tells what names are individuals, and of what sort.
            unique_names: whether different individuals of an open sort are distinct.
            individuals: finds those of open sorts that have to be reckoned with, once that is asked for.
        """
        self._signature = signature
        self._unique_names = unique_names
        self._individuals = individuals
        self._by_sort: dict[str, tuple[str, ...]] | None = None

    def of(self, sort: str) -> tuple[str, ...]:
        """Return the individuals of a sort: all of a closed one; of an open one, at least one."""
        members = self._signature.sorts[sort]
        if members is not None:
            return members
        if self._by_sort is None:
            found: dict[str, list[str]] = {}
            for name in sorted(self._individuals()):
                found.setdefault(self._signature.constants[name], []).append(name)
            self._by_sort = {each: tuple(names) for each, names in found.items()}
        return self._by_sort.get(sort) or (f"{sort}#1",)

    def length(self, formula: Formula) -> int | None:
        """Return how many literals a formula has when it is spelt out; None where that would not say the same.

        It would not if there are functions or numbers in it, equality that names do not settle, or a quantifier over an
        open sort that says that there is somebody.
        """
        return self._length(formula, True, False, {})

    def _length(self, formula: Formula, plain: bool, negated: bool, scope: Mapping[str, str]) -> int | None:
        """The same for a part of a formula, which stands in its negation normal form as it is, negated, or both."""
        match formula:
            case Atom(_, arguments):
                return 1 if all(map(self._is_individual, arguments)) else None
            case Truth():
                return 0
            case Comparison(relation, left, right):
                return 0 if relation in ("=", "!=") and self._settles(left, right, scope) else None
            case Not(operand):
                return self._length(operand, negated, plain, scope)
            case And(operands) | Or(operands):
                return _total(self._length(operand, plain, negated, scope) for operand in operands)
            case Implies(premise, conclusion):
                lengths = (
                    self._length(premise, negated, plain, scope),
                    self._length(conclusion, plain, negated, scope),
                )
                return _total(lengths)
            case Iff(left_side, right_side):
                return _total(self._length(side, True, True, scope) for side in (left_side, right_side))
            case ForAll(bindings, body):
                return self._quantified(bindings, body, plain, negated, scope, says_somebody=negated)
            case Exists(bindings, body):
                return self._quantified(bindings, body, plain, negated, scope, says_somebody=plain)

    def _quantified(
        self,
        bindings: tuple[Binding, ...],
        body: Formula,
        plain: bool,
        negated: bool,
        scope: Mapping[str, str],
        *,
        says_somebody: bool,
    ) -> int | None:
        sorts = {binding.name: binding.sort or "" for binding in bindings}
        if any(
            sort in NUMERIC or (says_somebody and not self._signature.is_closed(sort))
            for sort in sorts.values()
        ):
            return None
        length = self._length(body, plain, negated, {**scope, **sorts})
        if not length:
            return length
        return length * prod(len(self.of(sort)) for sort in sorts.values())

    def _is_individual(self, term: Term) -> bool:
        if isinstance(term, Constant):
            return term.name not in self._signature.functions
        return isinstance(term, Variable)

    def _settles(self, left: Term, right: Term, scope: Mapping[str, str]) -> bool:
        """Whether names tell if two terms are equal. Both are of one sort."""
        if not (
            isinstance(left, Variable | Constant) and self._is_individual(left) and self._is_individual(right)
        ):
            return False
        if self._unique_names:
            return True
        sort = scope[left.name] if isinstance(left, Variable) else self._signature.constants[left.name]
        return self._signature.is_closed(sort)


def _total(lengths: Iterable[int | None]) -> int | None:
    total = 0
    for length in lengths:
        if length is None:
            return None
        total += length
    return total


_Binding: TypeAlias = Mapping[str, str]
"""The individuals that variables stand for."""

_NOTHING: _Binding = {}


class Numbering:
    """Variables for ground atoms and for parts of formulas, numbered from 1 as in the DIMACS format.

    A formula that is not a clause already gets a variable for each part below a disjunction, with clauses
    that say "if the variable is true, so is the part" (D. Plaisted and S. Greenbaum, A Structure-Preserving
    Clause Form Translation, 1986). An assignment of the atoms can be extended to these variables so
    that all clauses of the formula are true, exactly where the formula is: they stand or fall together.
    """

    def __init__(self, names: Names | None = None) -> None:
        """Begin with no variables; what has quantifiers in it needs names to be spelt out over."""
        self.size = 0
        self.names = names
        self._atoms: dict[tuple[str, ...], int] = {}

    def fresh(self) -> int:
        """Return a variable not in use."""
        self.size += 1
        return self.size

    def atom(self, *ground: str) -> int:
        """Return the variable of a ground atom, given as its predicate and the individuals it is applied to."""
        variable = self._atoms.get(ground)
        if variable is None:
            variable = self._atoms[ground] = self.fresh()
        return variable

    def clauses(self, formula: Formula) -> list[Clause]:
        """Return clauses that say what a formula says, spelt out; linear in its length (`Names.length`)."""
        # Most formulas are literals.
        if isinstance(formula, Atom):
            return [[self._ground(formula, _NOTHING)]]
        if isinstance(formula, Not) and isinstance(formula.operand, Atom):
            return [[-self._ground(formula.operand, _NOTHING)]]
        writer = _Writer(self)
        return writer.asserted(formula, True, _NOTHING) + writer.definitions

    def _ground(self, atom: Atom, binding: _Binding) -> int:
        return self.atom(atom.predicate, *[_denoted(term, binding) for term in atom.arguments])


class _Writer:
    """Writes one formula as clauses; `definitions` gathers those of the parts that got a variable."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._named: dict[tuple[int, bool, tuple[tuple[str, str], ...]], int] = {}
        self.definitions: list[Clause] = []

    def asserted(self, formula: Formula, sign: bool, binding: _Binding) -> list[Clause]:
        """Return clauses for the formula; for its negation, where `sign` is False."""
        match formula, sign:
            case Not(operand), _:
                return self.asserted(operand, not sign, binding)
            case (And(operands), True) | (Or(operands), False):
                return [clause for part in operands for clause in self.asserted(part, sign, binding)]
            case Implies(premise, conclusion), False:
                return self.asserted(premise, True, binding) + self.asserted(conclusion, False, binding)
            case (ForAll(bindings, body), True) | (Exists(bindings, body), False):
                return [
                    clause
                    for inner in self._choices(bindings, binding)
                    for clause in self.asserted(body, sign, inner)
                ]
            case Iff(left, right), _:
                # (left or not right) and (not left or right); for the negation, the same with right negated.
                return [
                    *self._either((left, True), (right, not sign), binding),
                    *self._either((left, False), (right, sign), binding),
                ]
        literals = self._literals(formula, sign, binding)
        return [] if literals is None else [literals]

    def _either(
        self, first: tuple[Formula, bool], second: tuple[Formula, bool], binding: _Binding
    ) -> list[Clause]:
        literals = self._joined((first, second), binding)
        return [] if literals is None else [literals]

    def _joined(self, parts: Iterable[tuple[Formula, bool]], binding: _Binding) -> Clause | None:
        found: Clause = []
        for part, sign in parts:
            literals = self._literals(part, sign, binding)
            if literals is None:
                return None
            found += literals
        return found

    def _literals(self, formula: Formula, sign: bool, binding: _Binding) -> Clause | None:
        """Return literals one of which is true only if the formula (its negation, `sign` being False) is.

        None where it is true whatever the atoms are.
        """
        match formula, sign:
            case Atom(), _:
                variable = self._numbering._ground(formula, binding)
                return [variable if sign else -variable]
            case Not(operand), _:
                return self._literals(operand, not sign, binding)
            case (Or(operands), True) | (And(operands), False):
                return self._joined(((part, sign) for part in operands), binding)
            case Implies(premise, conclusion), True:
                return self._joined(((premise, False), (conclusion, True)), binding)
            case Truth(value), _:
                return None if value == sign else []
            case Comparison(relation, left, right), _:
                equal = _denoted(left, binding) == _denoted(right, binding)
                return None if (equal == (relation == "=")) == sign else []
            case (Exists(bindings, body), True) | (ForAll(bindings, body), False):
                found: Clause = []
                for inner in self._choices(bindings, binding):
                    literals = self._literals(body, sign, inner)
                    if literals is None:
                        return None
                    found += literals
                return found
        return [self._name(formula, sign, binding)]

    def _name(self, formula: Formula, sign: bool, binding: _Binding) -> int:
        # Parts are told apart by identity: they all live as long as the formula being written.
        key = (id(formula), sign, tuple(binding.items()))
        if key not in self._named:
            variable = self._named[key] = self._numbering.fresh()
            self.definitions += [[-variable, *clause] for clause in self.asserted(formula, sign, binding)]
        return self._named[key]

    def _choices(self, bindings: tuple[Binding, ...], binding: _Binding) -> Iterator[_Binding]:
        """Yield a binding extended by every choice of individuals for the variables of a quantifier."""
        names = self._numbering.names
        assert names is not None
        variables = [each.name for each in bindings]
        for chosen in product(*(names.of(each.sort or "") for each in bindings)):
            yield {**binding, **dict(zip(variables, chosen, strict=True))}


def _denoted(term: Term, binding: _Binding) -> str:
    """The individual that a variable or a name stands for."""
    assert isinstance(term, Variable | Constant)
    return binding[term.name] if isinstance(term, Variable) else term.name


def dimacs(clauses: Iterable[Clause], variables: int) -> str:
    """Return clauses over the variables 1 to `variables` as a text in the DIMACS format."""
    lines = [" ".join(map(str, [*clause, 0])) for clause in clauses]
    return "\n".join([f"p cnf {variables} {len(lines)}", *lines, ""])
