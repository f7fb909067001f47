"""The instances of a formula that a model does not make true, found by joining what holds in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Protocol, TypeAlias

from beliefs.language.clauses import Pattern, nnf
from beliefs.language.semantics import Element, Ground, Model, truth
from beliefs.language.syntax import (
    And,
    Atom,
    Binding,
    Comparison,
    Constant,
    ForAll,
    Formula,
    Not,
    Or,
    Term,
    Variable,
)
from beliefs.reasoning.features import sort_of
from beliefs.reasoning.grounding import (
    Domain,
    atoms_with_scope,
    contains,
    element_of,
    prefix,
    sorts_within,
    spelt_out,
    unified,
)

Assignment: TypeAlias = Mapping[str, Element]
"""The element that a variable has been matched with, for those that have been."""


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
        self._index.spend(count)


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
    if newcomers is not None and not sorts_within(search.body) & newcomers.keys():
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
    for pattern, bound in atoms_with_scope(search.body, atom[0]):
        fixed = unified(pattern, atom, {name: sorts[name] for name in sorts.keys() - bound}, domain)
        if fixed is not None:
            starts.append({name: element_of(term) for name, term in fixed.items()})
    for instance in search.instances(starts):
        if contains(instance, atom):
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
        self._spent = 0

    @property
    def price(self) -> int:
        return max(1, self._size - self._spent)

    def spend(self, count: int) -> None:
        """Note that so much was spent for want of the index."""
        self._spent += count

    @cached_property
    def _size(self) -> int:
        return len(self._model.true)

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
        self.bindings, self.body = prefix(formula, domain)
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
            instance = spelt_out(self.body, dict(zip(names, constants, strict=True)), self._domain)
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
                return self._clauses(spelt_out(body, renamed, {}, decide=False))
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
