"""From first-order formulas to propositional ones: quantifiers spelt out over the names there are.

A formula without functions, whose existential quantifiers over open sorts stand outside the universal ones,
is satisfiable just if it is over the names in use, with a fresh one for each existential quantifier and at
least one in each sort (Herbrand's theorem for the Bernays-Schönfinkel class, prefix exists* forall*).
`features.Features.groundable` says which formulas these are.

    skolemized            existential quantifiers over open sorts replaced by fresh individuals
    ground                the rest spelt out, all at once
    instances             or one instance of the universal quantifiers at a time,
    instances_touching    just those in which a given atom stands
    instances_with        or those that name a newcomer
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import TypeAlias

from beliefs.language.clauses import all_of, any_of, nnf
from beliefs.language.semantics import Element, Ground, Model, compared, value
from beliefs.language.signature import NUMERIC, THING, Signature
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
from beliefs.reasoning.features import sort_of

Domain: TypeAlias = Mapping[str, Collection[str]]
"""The names over which each sort ranges."""

Substitution: TypeAlias = Mapping[str, Term]
"""What stands for a variable."""


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
        return spelt_out(formula, names, {}, decide=False)

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
    return spelt_out(formula, {}, domain)


def instances(formula: Formula, domain: Domain) -> Iterator[Formula]:
    """Yield the ground instances of the universal quantifiers with which a formula begins, but for `true`.

    The formula is equivalent, over the domain, to all of them together. Arguments as for `ground`; a formula
    that begins with no universal quantifier is its own and only instance.
    """
    bindings, body = prefix(formula, domain)
    for names in _choices(bindings, domain, {}):
        instance = spelt_out(body, names, domain)
        if instance != TRUE:
            yield instance


def instances_touching(formula: Formula, atom: Ground, domain: Domain) -> Iterator[Formula]:
    """Yield those of the `instances` of a formula in which a ground atom stands, each choice of names once.

    Cost: as many instances as unify with the atom, however many others there are. Where the domain is large,
    give the names of a sort as the keys of a dictionary rather than a list: they are looked up in it.
    """
    bindings, body = prefix(formula, domain)
    sorts = {binding.name: sort_of(binding) for binding in bindings}
    seen: set[tuple[Term, ...]] = set()
    for pattern, bound in atoms_with_scope(body, atom[0]):
        fixed = unified(pattern, atom, {name: sorts[name] for name in sorts.keys() - bound}, domain)
        if fixed is None:
            continue
        others = tuple(binding for binding in bindings if binding.name not in fixed)
        for names in _choices(others, domain, fixed):
            choice = tuple(names[name] for name in sorts)
            if choice not in seen:
                seen.add(choice)
                instance = spelt_out(body, names, domain)
                if contains(instance, atom):
                    yield instance


def instances_with(formula: Formula, domain: Domain, newcomers: Domain) -> Iterator[Formula]:
    """Yield those of the `instances` of a formula that are not the same without some of the names.

    Cost: as many instances as name a newcomer; all of them where a quantifier inside ranges over one.

    Args:
        formula: as for `instances`.
        domain: the names of each sort, the newcomers included.
        newcomers: names of some sorts that were not there before.
    """
    bindings, body = prefix(formula, domain)
    if sorts_within(body) & newcomers.keys():
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
                    instance = spelt_out(body, chosen, domain)
                    if instance != TRUE:
                        yield instance


def sorts_within(formula: Formula) -> set[str]:
    """Return the sorts over which the quantifiers in a formula range."""
    return {sort_of(binding) for part in subformulas(formula) for binding in getattr(part, "bindings", ())}


def prefix(formula: Formula, domain: Domain) -> tuple[tuple[Binding, ...], Formula]:
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


def spelt_out(formula: Formula, names: Substitution, domain: Domain, decide: bool = True) -> Formula:
    """Put names for variables, spell out quantifiers over the domain, and simplify."""
    match formula:
        case Atom(predicate, arguments):
            if not arguments or not names:
                return formula
            return Atom(predicate, tuple([_replaced(term, names) for term in arguments]))
        case Not(operand):
            return negation(spelt_out(operand, names, domain, decide))
        case And(operands):
            return all_of(spelt_out(operand, names, domain, decide) for operand in operands)
        case Or(operands):
            return any_of(spelt_out(operand, names, domain, decide) for operand in operands)
        case Implies(premise, conclusion):
            return _implication(
                spelt_out(premise, names, domain, decide), spelt_out(conclusion, names, domain, decide)
            )
        case Iff(left, right):
            return _equivalence(
                spelt_out(left, names, domain, decide), spelt_out(right, names, domain, decide)
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
                _quantified(quantifier, others, spelt_out(body, choice, domain, decide))
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
        return Truth(compared(comparison.operator, element_of(comparison.left), element_of(comparison.right)))
    except KeyError:
        return comparison


def element_of(term: Term) -> Element:
    """Return what a term without variables denotes, individuals denoting themselves.

    Raises:
        KeyError: there is a variable or a function in it.
    """
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


def atoms_with_scope(formula: Formula, predicate: Element) -> Iterator[tuple[Atom, frozenset[str]]]:
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


def unified(pattern: Atom, atom: Ground, sorts: Mapping[str, str], domain: Domain) -> dict[str, Term] | None:
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


def contains(formula: Formula, atom: Ground) -> bool:
    """Return whether a ground atom stands in a formula."""
    return any(isinstance(part, Atom) and _is(part, atom) for part in subformulas(formula))


def _is(part: Atom, atom: Ground) -> bool:
    if part.predicate != atom[0] or len(part.arguments) != len(atom) - 1:
        return False
    try:
        return all(
            element_of(term) == element for term, element in zip(part.arguments, atom[1:], strict=True)
        )
    except KeyError:
        return False


_EMPTY = Model()
