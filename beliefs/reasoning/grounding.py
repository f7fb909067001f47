"""From first-order formulas to propositional ones: quantifiers spelt out over the names there are.

A formula without functions, whose existential quantifiers over open sorts stand outside the universal ones,
is satisfiable just if it is over the names in use, with a fresh one for each existential quantifier and at
least one in each sort (Herbrand's theorem for the Bernays-Schönfinkel class, prefix exists* forall*).

    features        what a formula needs of a solver
    skolemized      existential quantifiers over open sorts replaced by fresh individuals
    ground          the rest spelt out, all at once
    instances       or one instance of the universal quantifiers at a time,
    instances_touching    just those in which a given atom stands
    instances_with        or those that name a newcomer
    false_instances    or just those that a model does not make true, found by what holds in it (`Facts`)
    false_instances_touching    and in which a given atom stands
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import inf
from typing import Protocol, TypeAlias

from beliefs.language.clauses import Pattern, all_of, any_of, nnf
from beliefs.language.semantics import Element, Ground, Model, compared, truth, value
from beliefs.language.signature import NUMERIC, REAL, THING, Signature
from beliefs.language.syntax import (
    TRUE,
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
    Or,
    Quantified,
    Term,
    Truth,
    Variable,
    negation,
    subformulas,
    subterms,
)

Domain: TypeAlias = Mapping[str, Collection[str]]
"""The names over which each sort ranges."""

Substitution: TypeAlias = Mapping[str, Term]
"""What stands for a variable."""

Assignment: TypeAlias = Mapping[str, Element]
"""The element that a variable has been matched with, for those that have been."""


@dataclass(frozen=True, slots=True)
class Features:
    """What a formula needs of a solver.

    Attributes:
        ground: there is no quantifier in it.
        groundable: it can be decided by grounding over names: no functions (nor declared functions without
            arguments), no numbers, and no existential quantifier over an open sort in the scope of a
            universal one (each as seen in negation normal form). Quantifiers over closed sorts do no harm.
        skolem: it has an existential quantifier over an open sort.
        equality: it has `=` or `!=` between terms of an open sort, so that unique names matter to it.
        sorts: the open sorts over which it quantifies universally.
    """

    ground: bool = True
    groundable: bool = True
    skolem: bool = False
    equality: bool = False
    sorts: frozenset[str] = frozenset()


PROPOSITIONAL = Features()
"""The features of a ground formula without numbers, functions or equality."""


def features(formula: Formula, signature: Signature) -> Features:
    """Return what an elaborated formula needs of a solver. Cost: linear."""
    survey = _Survey(signature)
    survey.visit(formula, False, None)
    if not survey.beyond:
        return PROPOSITIONAL
    return Features(
        ground=survey.ground,
        groundable=survey.groundable,
        skolem=survey.skolem,
        equality=survey.equality,
        sorts=frozenset(survey.sorts),
    )


class _Survey:
    """One walk over a formula, noting what lies beyond propositional logic.

    A part of a formula stands in its negation normal form as it is, or negated, or (under an equivalence) in
    both ways. `plain` and `negated` tell of each whether it stands so in the scope of a universal quantifier
    over an open sort; None, that it does not stand so at all.
    """

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        self.functions = signature.functions
        self.beyond = False
        self.ground = True
        self.groundable = True
        self.skolem = False
        self.equality = False
        self.sorts: set[str] = set()
        self.scope: dict[str, str] = {}

    def visit(self, formula: Formula, plain: bool | None, negated: bool | None) -> None:
        # Tests of types, not patterns: every belief passes here once, and most are propositional.
        if isinstance(formula, Atom):
            if formula.arguments:
                self.terms(formula.arguments)
        elif isinstance(formula, Not):
            self.visit(formula.operand, negated, plain)
        elif isinstance(formula, Or | And):
            for operand in formula.operands:
                self.visit(operand, plain, negated)
        elif isinstance(formula, Implies):
            self.visit(formula.premise, negated, plain)
            self.visit(formula.conclusion, plain, negated)
        elif isinstance(formula, Iff):
            either = bool(plain or negated)
            self.visit(formula.left, either, either)
            self.visit(formula.right, either, either)
        elif isinstance(formula, Comparison):
            self.comparison(formula)
        elif isinstance(formula, ForAll):
            self.quantifier(formula, plain, negated)
        elif isinstance(formula, Exists):
            self.quantifier(formula, negated, plain)

    def terms(self, terms: tuple[Term, ...]) -> None:
        for term in terms:
            kind = type(term)
            if kind is not Variable and (kind is not Constant or term.name in self.functions):  # type: ignore[union-attr]
                self.beyond, self.groundable = True, False

    def comparison(self, comparison: Comparison) -> None:
        self.beyond = True
        self.terms((comparison.left, comparison.right))
        if comparison.operator not in ("=", "!="):
            self.groundable = False
        elif self.is_open(self.sort_of(comparison.left)):
            self.equality = True

    def quantifier(self, formula: Quantified, universal: bool | None, existential: bool | None) -> None:
        """Note a quantifier; its scope where it stands as a universal one, and as an existential one."""
        self.beyond, self.ground = True, False
        scope = self.scope
        self.scope = scope | {binding.name: sort_of(binding) for binding in formula.bindings}
        sorts = {sort_of(binding) for binding in formula.bindings}
        if sorts & NUMERIC:
            self.groundable = False
        open_sorts = {sort for sort in sorts if self.is_open(sort)}
        if open_sorts and existential is not None:
            self.skolem = True
            self.groundable &= not existential
        if open_sorts and universal is not None:
            self.sorts |= open_sorts
            universal = True
        if isinstance(formula, ForAll):
            self.visit(formula.body, universal, existential)
        else:
            self.visit(formula.body, existential, universal)
        self.scope = scope

    def is_open(self, sort: str) -> bool:
        return sort not in NUMERIC and not self.signature.is_closed(sort)

    def sort_of(self, term: Term) -> str:
        match term:
            case Variable(name) if name in self.scope:
                return self.scope[name]
            case Constant(name) if name not in self.functions:
                return self.signature.constants.get(name, THING)
            case Constant(name) | Application(name, _):
                return self.functions[name][1]
            case Variable(name):
                raise ValueError(f"variable {name} is free: not a belief")
        return REAL


def sort_of(binding: Binding) -> str:
    """Return the sort of a variable of an elaborated formula.

    Raises:
        ValueError: it has none; the formula is not elaborated.
    """
    if binding.sort is None:
        raise ValueError(f"variable {binding.name} has no sort: the formula is not elaborated")
    return binding.sort


def individuals(formula: Formula, signature: Signature) -> Iterator[tuple[str, str]]:
    """Yield the sort and the name of every individual that a formula names, each once."""
    seen: set[str] = set()
    for term in subterms(formula):
        if isinstance(term, Constant) and term.name not in seen and term.name not in signature.functions:
            seen.add(term.name)
            yield signature.constants.get(term.name, THING), term.name


def skolemized(formula: Formula, prefix: str, signature: Signature) -> tuple[Formula, dict[str, str]]:
    """Replace the existential quantifiers over open sorts by fresh individuals.

    The result is in negation normal form, and satisfiable together with other formulas just where the formula
    is. Universal quantifiers over closed sorts with such an existential one in their scope are spelt out, so
    that each member has a witness of its own.

    Args:
        formula: an elaborated formula that `features` finds groundable.
        prefix: what no other formula of the same base is skolemized with, such as the name of the belief.
        signature: tells which sorts are closed, and their members.

    Returns:
        The formula, and the sort of each fresh individual. They are called `prefix!1`, `prefix!2` and so on:
        no name of the language has a `!` in it. A fresh individual may be one of those that have names, or
        another; so unique names must not be supposed of it where `features` finds an equality.

    Raises:
        ValueError: an existential quantifier over an open sort stands in the scope of a universal one over an
            open sort or over numbers.
    """
    skolemizer = _Skolemizer(prefix, signature)
    return skolemizer.visit(nnf(formula), {}), skolemizer.sorts


class _Skolemizer:
    """One walk over a formula in negation normal form, naming what its existential quantifiers speak of."""

    def __init__(self, prefix: str, signature: Signature) -> None:
        self.prefix = prefix
        self.signature = signature
        self.sorts: dict[str, str] = {}

    def visit(self, formula: Formula, names: Substitution) -> Formula:
        match formula:
            case And(operands):
                return all_of([self.visit(operand, names) for operand in operands])
            case Or(operands):
                return any_of([self.visit(operand, names) for operand in operands])
            case Exists(bindings, body):
                fresh = {each.name: self.witness(each) for each in bindings if self.is_open(each)}
                kept = tuple(each for each in bindings if each.name not in fresh)
                body = self.visit(body, {**_without(names, kept), **fresh})
                return _quantified(Exists, kept, body)
            case ForAll(bindings, body) if self.needs_witness(body):
                for each in bindings:
                    if not self.signature.is_closed(sort_of(each)):
                        raise ValueError(
                            f"an existential quantifier depends on {each.name}, of no closed sort"
                        )
                members = {sort_of(each): self.signature.sorts[sort_of(each)] or () for each in bindings}
                return all_of([self.visit(body, inner) for inner in _choices(bindings, members, names)])
        return _spelt_out(formula, names, {}, decide=False)

    def witness(self, binding: Binding) -> Constant:
        name = f"{self.prefix}!{len(self.sorts) + 1}"
        self.sorts[name] = sort_of(binding)
        return Constant(name)

    def is_open(self, binding: Binding) -> bool:
        return sort_of(binding) not in NUMERIC and not self.signature.is_closed(sort_of(binding))

    def needs_witness(self, formula: Formula) -> bool:
        return any(
            isinstance(part, Exists) and any(map(self.is_open, part.bindings))
            for part in subformulas(formula)
        )


def ground(formula: Formula, domain: Domain) -> Formula:
    """Spell out the quantifiers of a formula over the names of each sort.

    Equalities between individuals are decided by unique names, and truth constants simplified away; so an
    equality of individuals that need not be distinct must not be given here (`Features.equality`).
    Quantifiers over sorts of which the domain does not tell stay as they are.

    Args:
        formula: an elaborated formula without existential quantifiers over open sorts (`skolemized`).
        domain: the names of each sort; never none, as no universe is empty.

    Cost: the length of the formula, times the number of names for each variable of nested quantifiers.
    """
    return _spelt_out(formula, {}, domain)


def instances(formula: Formula, domain: Domain) -> Iterator[Formula]:
    """Yield the ground instances of the universal quantifiers with which a formula begins, but for `true`.

    The formula is equivalent, over the domain, to all of them together. Arguments as for `ground`; a formula
    that begins with no universal quantifier is its own and only instance.
    """
    bindings, body = _prefix(formula, domain)
    for names in _choices(bindings, domain, {}):
        instance = _spelt_out(body, names, domain)
        if instance != TRUE:
            yield instance


def instances_touching(formula: Formula, atom: Ground, domain: Domain) -> Iterator[Formula]:
    """Yield those of the `instances` of a formula in which a ground atom stands, each choice of names once.

    Cost: as many instances as unify with the atom, however many others there are. Where the domain is large,
    give the names of a sort as the keys of a dictionary rather than a list: they are looked up in it.
    """
    bindings, body = _prefix(formula, domain)
    sorts = {binding.name: sort_of(binding) for binding in bindings}
    seen: set[tuple[Term, ...]] = set()
    for pattern, bound in _atoms_with_scope(body, atom[0]):
        fixed = _unified(pattern, atom, {name: sorts[name] for name in sorts.keys() - bound}, domain)
        if fixed is None:
            continue
        others = tuple(binding for binding in bindings if binding.name not in fixed)
        for names in _choices(others, domain, fixed):
            choice = tuple(names[name] for name in sorts)
            if choice not in seen:
                seen.add(choice)
                instance = _spelt_out(body, names, domain)
                if _contains(instance, atom):
                    yield instance


def instances_with(formula: Formula, domain: Domain, newcomers: Domain) -> Iterator[Formula]:
    """Yield those of the `instances` of a formula that are not the same without some of the names.

    Cost: as many instances as name a newcomer; all of them where a quantifier inside ranges over one.

    Args:
        formula: as for `instances`.
        domain: the names of each sort, the newcomers included.
        newcomers: names of some sorts that were not there before.
    """
    bindings, body = _prefix(formula, domain)
    if _sorts_within(body) & newcomers.keys():
        yield from instances(formula, domain)
        return
    before = {
        sort: [name for name in names if name not in newcomers.get(sort, ())]
        for sort, names in domain.items()
    }
    for position, pivot in enumerate(bindings):
        # The pivot is the first variable that stands for a newcomer, so that no choice comes up twice.
        earlier, later = bindings[:position], bindings[position + 1 :]
        for names in _choices(earlier, before, {}):
            for pivoted in _choices((pivot,), newcomers, names) if sort_of(pivot) in newcomers else ():
                for chosen in _choices(later, domain, pivoted):
                    instance = _spelt_out(body, chosen, domain)
                    if instance != TRUE:
                        yield instance


class Facts:
    """What holds in a model, to be found by predicate and argument.

    Attributes:
        model: the model.

    Cost: none to make. The index, one pass over what holds, is made once looking names up one at a time has
    cost as much, so that a question about a few names never pays for it; all that is derived from the same
    facts shares it.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._index = _Index(model)
        self._flips: frozenset[Ground] = frozenset()
        self._gained: dict[Element, list[Ground]] = {}

    def flipped(self, atoms: Iterable[Ground]) -> Facts:
        """Return the facts of the model in which just these ground atoms have changed their truth.

        Cost: as many steps as atoms have been flipped since the facts that were not made by flips.
        """
        changed = frozenset(atoms)
        derived = Facts.__new__(Facts)
        derived.model = self.model.flipped(changed)
        derived._index = self._index
        derived._flips = self._flips ^ changed
        derived._gained = {}
        for atom in derived._flips:
            if atom in derived.model.true:
                derived._gained.setdefault(atom[0], []).append(atom)
        return derived

    def denotes_itself(self, name: str) -> bool:
        """Return whether an individual is denoted by its own name in the model."""
        return name not in self._index.renamed

    def all_denote_themselves(self, names: Collection[str]) -> bool:
        """Return whether all of some individuals are denoted by their own names in the model."""
        return not any(name in names for name in self._index.renamed)

    def work(self, pattern: Pattern) -> int:
        """Return how many atoms `matching` would go through, the making of the index included."""
        if not self._index.made:
            return self._index.price
        return len(self._index.atoms(pattern)) + len(self._gained.get(_predicate(pattern), ()))

    def matching(self, pattern: Pattern) -> Iterator[Ground]:
        """Yield the atoms that hold and match a pattern, each once."""
        unchanged = self._index.atoms(pattern)
        if self._flips:
            unchanged = [atom for atom in unchanged if atom not in self._flips]
        for candidates in (unchanged, self._gained.get(_predicate(pattern), ())):
            for atom in candidates:
                if len(atom) == len(pattern) and all(
                    wanted is None or wanted == found for wanted, found in zip(pattern, atom, strict=True)
                ):
                    yield atom

    def enumerated(self, count: int) -> None:
        """Note that so many names are gone through for want of an index."""
        self._index.price = max(1, self._index.price - count)


def false_instances(
    formula: Formula, facts: Facts, domain: Domain, newcomers: Domain | None = None
) -> Iterator[Formula]:
    """Yield the `instances` of a formula that are not true in a model, each choice of names once.

    They are found by a join. An instance of a clause is not true only if the atoms that stand negated in it
    hold; so the atom that the fewest facts match is matched first, which fixes names in the others. Names are
    gone through one by one only for variables that no such atom fixes.

    Args:
        formula: as for `instances`.
        facts: what holds in the model.
        domain: the names of each sort, those of a sort best as the keys of a dictionary.
        newcomers: names of some sorts that were not there before; only the `instances_with` them are meant.

    Yields:
        The instances in alphabetical order of the names chosen, whatever the order of the facts.

    Cost: as many steps as facts fit together, from the rarest on; not the number of instances.

    References:
        P. G. Selinger et al., "Access Path Selection in a Relational Database Management System" (SIGMOD
        1979), for joins with the most selective part first; here each choice is made anew as names are fixed.
    """
    search = _Refutation(formula, facts, domain)
    starts: list[Assignment] = [{}]
    if newcomers is not None and not _sorts_within(search.body) & newcomers.keys():
        starts = [
            {binding.name: name}
            for binding in search.bindings
            for name in newcomers.get(sort_of(binding), ())
        ]
    return search.instances(starts)


def false_instances_touching(
    formula: Formula, atom: Ground, facts: Facts, domain: Domain
) -> Iterator[Formula]:
    """Yield the `instances_touching` an atom that are not true in a model, each choice of names once.

    Arguments, order and cost as for `false_instances`; only facts that fit together with the atom are gone
    through.
    """
    search = _Refutation(formula, facts, domain)
    sorts = {binding.name: sort_of(binding) for binding in search.bindings}
    starts: list[Assignment] = []
    for pattern, bound in _atoms_with_scope(search.body, atom[0]):
        fixed = _unified(pattern, atom, {name: sorts[name] for name in sorts.keys() - bound}, domain)
        if fixed is not None:
            starts.append({name: _element(term) for name, term in fixed.items()})
    for instance in search.instances(starts):
        if _contains(instance, atom):
            yield instance


class _Index:
    """The atoms that hold in a model, by predicate, and of a predicate by each argument asked for.

    Attributes:
        renamed: the names that denote something else than themselves, and those of functions.
        price: what is still to be spent on names gone through before the index is worth making.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._by_argument: dict[tuple[Element, int], dict[Element, list[Ground]]] = {}
        self._by_predicate: dict[Element, list[Ground]] | None = None
        self.price = max(1, len(model.true))

    @property
    def made(self) -> bool:
        return self._by_predicate is not None

    @cached_property
    def renamed(self) -> frozenset[Element]:
        return frozenset(term[0] for term in self._model.values if len(term) == 1).union(self._model.defaults)

    def atoms(self, pattern: Pattern) -> Sequence[Ground]:
        """Return the fewest atoms, by one argument, among which are all that match a pattern."""
        predicate = _predicate(pattern)
        best: Sequence[Ground] = self._of(predicate)
        for position, element in enumerate(pattern):
            if position and element is not None:
                some = self._with(predicate, position).get(element, ())
                if len(some) < len(best):
                    best = some
        return best

    def _of(self, predicate: Element) -> Sequence[Ground]:
        if self._by_predicate is None:
            self._by_predicate = {}
            for atom in self._model.true:
                self._by_predicate.setdefault(atom[0], []).append(atom)
        return self._by_predicate.get(predicate, ())

    def _with(self, predicate: Element, position: int) -> Mapping[Element, list[Ground]]:
        key = (predicate, position)
        if key not in self._by_argument:
            by_element: dict[Element, list[Ground]] = {}
            for atom in self._of(predicate):
                if position < len(atom):
                    by_element.setdefault(atom[position], []).append(atom)
            self._by_argument[key] = by_element
        return self._by_argument[key]


class _Refutation:
    """The instances of a formula that are not true in a model.

    The body of the formula is seen as clauses. Of each it is asked under which names none of its literals is
    true; parts that are no literals are let pass, and looked at once all names are chosen.
    """

    def __init__(self, formula: Formula, facts: Facts, domain: Domain) -> None:
        self.bindings, self.body = _prefix(formula, domain)
        self._facts = facts
        self._domain = domain
        self._sorts = {binding.name: sort_of(binding) for binding in self.bindings}
        clauses = self._clauses(nnf(self.body))
        ranges = [_Ranges(binding.name, domain[sort_of(binding)]) for binding in self.bindings]
        self._constraints = [[*self._constraints_of(clause), *ranges] for clause in clauses]

    def instances(self, starts: Iterable[Assignment]) -> Iterator[Formula]:
        """Yield those in which the variables are as in one of the starts, and the others anything."""
        names = [binding.name for binding in self.bindings]
        choices = {
            tuple([str(found[name]) for name in names])
            for start in starts
            for constraints in self._constraints
            for found in _solutions(constraints, start, self._facts)
        }
        # What holds comes in another order in every process.
        for chosen in sorted(choices):
            constants = map(Constant, chosen)
            instance = _spelt_out(self.body, dict(zip(names, constants, strict=True)), self._domain)
            if truth(instance, self._facts.model) is not True:
                yield instance

    def _clauses(self, formula: Formula) -> list[tuple[Formula, ...]]:
        """Return clauses, as their literals, one of which is untrue wherever a formula is.

        The formula is in negation normal form. Its universal quantifiers are left out and their variables
        renamed apart.
        """
        match formula:
            case And(operands):
                return [clause for operand in operands for clause in self._clauses(operand)]
            case Or(operands):
                clauses: list[tuple[Formula, ...]] = [()]
                for operand in operands:
                    parts = self._clauses(operand)
                    if len(clauses) * len(parts) <= _MOST_CLAUSES:
                        clauses = [(*clause, *part) for clause in clauses for part in parts]
                return clauses
            case ForAll(bindings, body) if all(sort_of(binding) in self._domain for binding in bindings):
                renamed = {binding.name: self._variable(binding) for binding in bindings}
                return self._clauses(_spelt_out(body, renamed, {}, decide=False))
        return [(formula,)]

    def _variable(self, binding: Binding) -> Variable:
        name = f"{binding.name}!{len(self._sorts)}"
        self._sorts[name] = sort_of(binding)
        return Variable(name)

    def _constraints_of(self, clause: tuple[Formula, ...]) -> Iterator[_Constraint]:
        for literal in clause:
            match literal:
                case Not(Atom(predicate, arguments)) if all(map(self._matches, arguments)):
                    yield _Holds(predicate, arguments)
                case Atom(predicate, arguments) if all(map(self._matches, arguments)):
                    yield _HoldsNot(predicate, arguments)
                case Comparison("!=", left, right) if self._is_name(left) and self._is_name(right):
                    yield _Same(left, right)
                case Comparison("=", left, right) if self._is_name(left) and self._is_name(right):
                    yield _Different(left, right)

    def _is_name(self, term: Term) -> bool:
        return isinstance(term, Constant) or (isinstance(term, Variable) and term.name in self._sorts)

    def _matches(self, term: Term) -> bool:
        """Whether what stands for a term is the element it denotes."""
        if isinstance(term, Constant):
            return self._facts.denotes_itself(term.name)
        if isinstance(term, Variable) and term.name in self._sorts:
            return self._facts.all_denote_themselves(self._domain[self._sorts[term.name]])
        return False


_MOST_CLAUSES = 64
"""A disjunction of conjunctions that would make more clauses is not multiplied out."""


class _Constraint(Protocol):
    """What must be so for a literal not to be true."""

    def work(self, assignment: Assignment, facts: Facts) -> float:
        """Return how many ways to meet it are to be tried: 0 for at most one, infinite if not to be listed."""

    def ways(self, assignment: Assignment, facts: Facts) -> Iterable[Assignment]:
        """Return the extensions of an assignment that meet it; not asked for where there is no listing them."""


@dataclass(frozen=True, slots=True)
class _Holds:
    """An atom holds."""

    predicate: str
    arguments: tuple[Term, ...]

    def work(self, assignment: Assignment, facts: Facts) -> float:
        pattern = _pattern(self.predicate, self.arguments, assignment)
        return facts.work(pattern) if None in pattern else 0

    def ways(self, assignment: Assignment, facts: Facts) -> Iterable[Assignment]:
        pattern = _pattern(self.predicate, self.arguments, assignment)
        if None not in pattern:
            return [assignment] if pattern in facts.model.true else []
        matched = (self._matched(atom, assignment) for atom in facts.matching(pattern))
        return (extended for extended in matched if extended is not None)

    def _matched(self, atom: Ground, assignment: Assignment) -> Assignment | None:
        """Return the assignment with the open variables as in a fact; None if one is to be two things."""
        extended = dict(assignment)
        for term, element in zip(self.arguments, atom[1:], strict=True):
            if isinstance(term, Variable) and extended.setdefault(term.name, element) != element:
                return None
        return extended


@dataclass(frozen=True, slots=True)
class _HoldsNot:
    """An atom does not hold."""

    predicate: str
    arguments: tuple[Term, ...]

    def work(self, assignment: Assignment, facts: Facts) -> float:
        return inf if None in _pattern(self.predicate, self.arguments, assignment) else 0

    def ways(self, assignment: Assignment, facts: Facts) -> Iterable[Assignment]:
        pattern = _pattern(self.predicate, self.arguments, assignment)
        return [] if pattern in facts.model.true else [assignment]


@dataclass(frozen=True, slots=True)
class _Same:
    """Two terms are the same name."""

    left: Term
    right: Term

    def work(self, assignment: Assignment, facts: Facts) -> float:
        known = (_matched_with(self.left, assignment), _matched_with(self.right, assignment))
        return inf if known == (None, None) else 0

    def ways(self, assignment: Assignment, facts: Facts) -> Iterable[Assignment]:
        left, right = _matched_with(self.left, assignment), _matched_with(self.right, assignment)
        if left is None and right is not None and isinstance(self.left, Variable):
            return [{**assignment, self.left.name: right}]
        if right is None and left is not None and isinstance(self.right, Variable):
            return [{**assignment, self.right.name: left}]
        return [assignment] if left == right else []


@dataclass(frozen=True, slots=True)
class _Different:
    """Two terms are different names."""

    left: Term
    right: Term

    def work(self, assignment: Assignment, facts: Facts) -> float:
        known = (_matched_with(self.left, assignment), _matched_with(self.right, assignment))
        return inf if None in known else 0

    def ways(self, assignment: Assignment, facts: Facts) -> Iterable[Assignment]:
        different = _matched_with(self.left, assignment) != _matched_with(self.right, assignment)
        return [assignment] if different else []


@dataclass(frozen=True, slots=True)
class _Ranges:
    """A variable is one of the names of its sort."""

    variable: str
    names: Collection[str]

    def work(self, assignment: Assignment, facts: Facts) -> float:
        return 0 if self.variable in assignment else max(1, len(self.names))

    def ways(self, assignment: Assignment, facts: Facts) -> Iterable[Assignment]:
        if self.variable in assignment:
            return [assignment] if assignment[self.variable] in self.names else []
        facts.enumerated(len(self.names))
        return ({**assignment, self.variable: name} for name in self.names)


def _solutions(
    constraints: Sequence[_Constraint], assignment: Assignment, facts: Facts
) -> Iterator[Assignment]:
    """Yield the extensions of an assignment that meet all constraints that can be met by listing.

    What can be decided is decided first; then the constraint with the fewest ways is tried in all of them.
    """
    pending = constraints
    settled = True
    while settled:
        settled = False
        waiting: list[_Constraint] = []
        best: _Constraint | None = None
        least = inf
        for constraint in pending:
            work = constraint.work(assignment, facts)
            if work == 0:
                ways = list(constraint.ways(assignment, facts))
                if not ways:
                    return
                settled = settled or ways[0] is not assignment
                assignment = ways[0]
                continue
            waiting.append(constraint)
            if work < least:
                best, least = constraint, work
        pending = waiting
    if best is None:
        yield assignment
        return
    others = [constraint for constraint in pending if constraint is not best]
    for extended in best.ways(assignment, facts):
        yield from _solutions(others, extended, facts)


def _pattern(predicate: str, arguments: tuple[Term, ...], assignment: Assignment) -> Pattern:
    return (predicate, *[_matched_with(term, assignment) for term in arguments])


def _predicate(pattern: Pattern) -> Element:
    predicate = pattern[0]
    assert predicate is not None
    return predicate


def _matched_with(term: Term, assignment: Assignment) -> Element | None:
    """Return the name that a term is under an assignment; None of a variable that has not been matched."""
    if isinstance(term, Variable):
        return assignment.get(term.name)
    return term.name if isinstance(term, Constant) else None


def _sorts_within(formula: Formula) -> set[str]:
    """Return the sorts over which the quantifiers in a formula range."""
    return {sort_of(binding) for part in subformulas(formula) for binding in getattr(part, "bindings", ())}


def _prefix(formula: Formula, domain: Domain) -> tuple[tuple[Binding, ...], Formula]:
    """Split off the universal quantifiers with which a formula begins, if the domain has their sorts."""
    bindings: dict[str, Binding] = {}
    while True:
        match formula:
            case ForAll(inner, body):
                pass
            case Not(Exists(inner, body)):
                body = negation(body)
            case Not(Not(operand)):
                formula = operand
                continue
            case _:
                return tuple(bindings.values()), formula
        if any(sort_of(binding) not in domain for binding in inner):
            return tuple(bindings.values()), formula
        # A variable bound again hides the one outside, which then binds nothing.
        bindings |= {binding.name: binding for binding in inner}
        formula = body


def _choices(bindings: tuple[Binding, ...], domain: Domain, names: Substitution) -> Iterator[Substitution]:
    """Yield `names` with each choice of names for the variables."""
    variables = [binding.name for binding in bindings]
    for chosen in product(*(domain[sort_of(binding)] for binding in bindings)):
        yield {
            **names,
            **{variable: Constant(name) for variable, name in zip(variables, chosen, strict=True)},
        }


def _spelt_out(formula: Formula, names: Substitution, domain: Domain, decide: bool = True) -> Formula:
    """Put names for variables, spell out quantifiers over the domain, and simplify."""
    match formula:
        case Atom(predicate, arguments):
            if not arguments or not names:
                return formula
            return Atom(predicate, tuple([_replaced(term, names) for term in arguments]))
        case Not(operand):
            return negation(_spelt_out(operand, names, domain, decide))
        case And(operands):
            return all_of(_spelt_out(operand, names, domain, decide) for operand in operands)
        case Or(operands):
            return any_of(_spelt_out(operand, names, domain, decide) for operand in operands)
        case Implies(premise, conclusion):
            return _implication(
                _spelt_out(premise, names, domain, decide), _spelt_out(conclusion, names, domain, decide)
            )
        case Iff(left, right):
            return _equivalence(
                _spelt_out(left, names, domain, decide), _spelt_out(right, names, domain, decide)
            )
        case Comparison(operator, left, right):
            replaced = Comparison(operator, _replaced(left, names), _replaced(right, names))
            return _decided(replaced) if decide else replaced
        case ForAll(bindings, body) | Exists(bindings, body):
            listed = tuple(binding for binding in bindings if sort_of(binding) in domain)
            others = tuple(binding for binding in bindings if sort_of(binding) not in domain)
            quantifier, combined = (ForAll, all_of) if isinstance(formula, ForAll) else (Exists, any_of)
            inner = _without(names, bindings)
            return combined(
                _quantified(quantifier, others, _spelt_out(body, choice, domain, decide))
                for choice in _choices(listed, domain, inner)
            )
    return formula


def _implication(premise: Formula, conclusion: Formula) -> Formula:
    if isinstance(premise, Truth):
        return conclusion if premise.value else TRUE
    if isinstance(conclusion, Truth):
        return TRUE if conclusion.value else negation(premise)
    return Implies(premise, conclusion)


def _equivalence(left: Formula, right: Formula) -> Formula:
    if isinstance(left, Truth):
        return right if left.value else negation(right)
    if isinstance(right, Truth):
        return left if right.value else negation(left)
    return Iff(left, right)


def _quantified(quantifier: type[Quantified], bindings: tuple[Binding, ...], body: Formula) -> Formula:
    return body if not bindings or isinstance(body, Truth) else quantifier(bindings, body)


def _decided(comparison: Comparison) -> Formula:
    """Decide a comparison of two individuals or two numbers; return any other as it is."""
    try:
        return Truth(compared(comparison.operator, _element(comparison.left), _element(comparison.right)))
    except KeyError:
        return comparison


def _element(term: Term) -> Element:
    return term.name if isinstance(term, Constant) else value(term, _EMPTY)


def _replaced(term: Term, names: Substitution) -> Term:
    match term:
        case Variable(name):
            return names.get(name, term)
        case Application(function, arguments):
            return Application(function, tuple(_replaced(argument, names) for argument in arguments))
        case Minus(operand):
            return Minus(_replaced(operand, names))
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, _replaced(left, names), _replaced(right, names))
    return term


def _without(names: Substitution, bindings: tuple[Binding, ...]) -> Substitution:
    bound = {binding.name for binding in bindings}
    return {name: term for name, term in names.items() if name not in bound}


def _atoms_with_scope(formula: Formula, predicate: Element) -> Iterator[tuple[Atom, frozenset[str]]]:
    """Yield the atoms of a predicate, each with the variables bound around it inside the formula."""
    stack: list[tuple[Formula, frozenset[str]]] = [(formula, frozenset())]
    while stack:
        part, bound = stack.pop()
        match part:
            case Atom(name, _):
                if name == predicate:
                    yield part, bound
            case Not(operand):
                stack.append((operand, bound))
            case And(operands) | Or(operands):
                stack.extend((operand, bound) for operand in operands)
            case Implies(left, right) | Iff(left, right):
                stack.extend(((left, bound), (right, bound)))
            case ForAll(bindings, body) | Exists(bindings, body):
                stack.append((body, bound | {binding.name for binding in bindings}))


def _unified(pattern: Atom, atom: Ground, sorts: Mapping[str, str], domain: Domain) -> dict[str, Term] | None:
    """Return what the variables in `sorts` must be for the pattern to be the atom, or None if it cannot be.

    Other variables, and terms that are not names, match anything.
    """
    if len(pattern.arguments) != len(atom) - 1:
        return None
    fixed: dict[str, Term] = {}
    for term, element in zip(pattern.arguments, atom[1:], strict=True):
        if isinstance(term, Constant):
            if term.name != element:
                return None
        elif isinstance(term, Variable) and term.name in sorts:
            if not isinstance(element, str) or element not in domain[sorts[term.name]]:
                return None
            if fixed.setdefault(term.name, Constant(element)) != Constant(element):
                return None
    return fixed


def _contains(formula: Formula, atom: Ground) -> bool:
    return any(isinstance(part, Atom) and _is(part, atom) for part in subformulas(formula))


def _is(part: Atom, atom: Ground) -> bool:
    if part.predicate != atom[0] or len(part.arguments) != len(atom) - 1:
        return False
    try:
        return all(_element(term) == element for term, element in zip(part.arguments, atom[1:], strict=True))
    except KeyError:
        return False


_EMPTY = Model()
