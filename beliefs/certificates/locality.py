"""Why a certificate that speaks of the touched beliefs only is enough for the whole base."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TypeAlias

from immutables import Map

from beliefs.base.belief_base import BeliefBase
from beliefs.certificates import texts
from beliefs.certificates.certificate import Certificate
from beliefs.errors import CertificateError
from beliefs.language.mentions import Mentions
from beliefs.language.semantics import Element, Ground, Model, stands_without, truth
from beliefs.language.signature import NUMERIC, Signature
from beliefs.language.sorts import elaborate
from beliefs.language.syntax import (
    Atom,
    Constant,
    Exists,
    ForAll,
    Formula,
    Variable,
    subformulas,
    subterms,
)

_ANY = (None, None)
"""The type of what is no function."""

_Universe: TypeAlias = Map[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a model some formulas speak of.

    A formula without quantifiers is settled by its ground atoms and terms, where these are of individuals; a rule, by
    all there is of each symbol in it. A formula with a function or a number for an argument counts as a rule: what it
    speaks of depends on what these are.

    Attributes:
        atoms: the ground atoms that are spoken of one by one.
        terms: the ground terms that are.
        ruled: the symbols of rules, of which all atoms count.
        places: the predicates among these, with the sorts of their arguments.
        symbols: all symbols that are spoken of.
        sorts: the sorts that quantifiers name.
    """

    atoms: frozenset[Ground]
    terms: frozenset[Ground]
    ruled: frozenset[str]
    places: Mapping[str, tuple[str, ...]]
    symbols: frozenset[str]
    sorts: frozenset[str]

    @staticmethod
    def of(formulas: Iterable[Formula], signature: Signature) -> Extent:
        """Return how much formulas speak of. Cost: linear in their length."""
        return Extent.joined(map(Mentions.of, formulas), signature)

    @staticmethod
    def joined(mentioned: Iterable[Mentions], signature: Signature) -> Extent:
        """Return how much is spoken of by formulas of which it is known what each mentions."""
        atoms: set[Ground] = set()
        terms: set[Ground] = set()
        ruled: set[str] = set()
        symbols: set[str] = set()
        sorts: set[str] = set()
        for mentions in mentioned:
            symbols |= mentions.symbols
            sorts |= mentions.sorts
            if mentions.quantified or mentions.patterns or _nested(mentions, signature):
                ruled |= mentions.symbols
            else:
                atoms |= mentions.atoms
                terms |= mentions.terms
                terms.update(
                    (name,) for name in mentions.symbols if signature.functions.get(name, _ANY)[0] == ()
                )
        predicates = signature.predicates
        places = {symbol: predicates[symbol] for symbol in ruled if symbol in predicates}
        return Extent(
            frozenset(atoms),
            frozenset(terms),
            frozenset(ruled),
            places,
            frozenset(symbols),
            frozenset(sorts),
        )

    def speaks_of(self, atom: Ground) -> bool:
        """Return whether a ground atom is spoken of."""
        return atom in self.atoms or atom[0] in self.ruled

    def true_in(self, model: Model) -> Iterator[Ground]:
        """Yield the atoms spoken of that hold in a model, some of them perhaps twice."""
        yield from filter(model.holds, self.atoms)
        if self.ruled:
            yield from (atom for atom in model.true if atom[0] in self.ruled)

    def true_among(self, model: Model, individuals: Mapping[str, Collection[str]]) -> Iterator[Ground]:
        """Yield the atoms spoken of that hold in a model; of those of rules, the ones that are about some individuals.

        Cost: at most that of the atoms that hold; less, where the individuals are few.
        """
        yield from filter(model.holds, self.atoms)
        for predicate, sorts in self.places.items():
            ranges = [individuals.get(sort, ()) for sort in sorts]
            if NUMERIC.isdisjoint(sorts) and prod(map(len, ranges)) <= len(model.true):
                yield from filter(model.holds, ((predicate, *chosen) for chosen in product(*ranges)))
                continue
            for atom in model.true:
                if atom[0] == predicate and all(
                    sort in NUMERIC or element in individuals.get(sort, ())
                    for sort, element in zip(sorts, atom[1:], strict=True)
                ):
                    yield atom

    def agree(self, model: Model, other: Model | None) -> bool:
        """Return whether two models say the same of all that is spoken of."""
        return (
            other is not None
            and set(self.true_in(model)) == set(self.true_in(other))
            and self.values(model) == self.values(other)
            and self.defaults(model) == self.defaults(other)
        )

    def values(self, model: Model) -> Map[Ground, Element]:
        """Return the values of the terms spoken of one by one, and all that are listed of the symbols of rules."""
        listed = [(term, value) for term, value in model.values.items() if term[0] in self.ruled]
        for term in self.terms:
            value = model.value_of(term)
            if value is not None:
                listed.append((term, value))
        named = ((name,) for name in self.symbols if (name,) in model.values)
        return Map([*listed, *((term, model.values[term]) for term in named)])

    def defaults(self, model: Model) -> Map[str, Element]:
        """Return the values that a model gives to the functions of rules, where it says nothing else."""
        return Map((name, value) for name, value in model.defaults.items() if name in self.ruled)


def _nested(mentions: Mentions, signature: Signature) -> bool:
    """Whether a declared function without arguments stands where a formula by its look has an individual."""
    return any(
        argument in signature.functions
        for applied in (*mentions.atoms, *mentions.terms)
        for argument in applied[1:]
    )


def next_witness(
    certificate: Certificate, before: BeliefBase, steady: Container[str] = frozenset()
) -> Model | None:
    """Return the witness of the base after a change, having checked that it is one.

    In scope "whole", it is the certificate's model. In scope "touched", what the model changes of the former witness
    is laid on that, as far as the model is about the individuals that it lists. Every belief in the scope, and what was
    contracted by, is then evaluated in the result; a belief outside it is as true as it was if it mentions nothing that
    has changed, or if atoms that have not make it true, and, being a rule, if nothing new has come to exist. So the
    result is a model of all.

    Args:
        certificate: a certificate whose own claims hold.
        before: the base before the change, its signature covering the input, with a witness where one is known.
        steady: the names of beliefs of which that witness is known to be a model. Of a rule among them, only the
            instances are evaluated that have to do with what has changed.

    Returns:
        A model of all beliefs after the change; None where a conflict was permitted, or the certificate of the whole
        has no model.

    Raises:
        CertificateError: a belief may be false now, or the conclusion of the change may not hold for the whole base.
    """
    if certificate.permits_conflict:
        return None
    if certificate.scope == "whole":
        return None if certificate.model is None else _populated(certificate.model, before.signature)
    if certificate.model is None:
        raise CertificateError(
            "it speaks only of what the change touched, and has no model that the rest shares"
        )
    if before.witness is None:
        raise CertificateError("it speaks only of what the change touched, but no model of the rest is known")
    after = _laid_on(before.witness, certificate, certificate.model, before.signature)
    changes = _Changes.between(before.witness, after)
    _expect_all_touched(certificate, before, changes, after)
    _expect_all_true(certificate, before, changes, after, steady)
    return after


def leaning(base: BeliefBase, model: Model, changed: frozenset[Ground]) -> Iterator[str]:
    """Yield the beliefs that may be true in a model only thanks to the atoms that have changed there.

    Every rule that may mention one of them counts as such; a combination of ground atoms, unless the others alone
    make it true.
    """
    for name in set().union(*map(base.touching, changed)):
        if base.is_rule(name) or not stands_without(base.beliefs[name].formula, model, changed):
            yield name


def formulas(certificate: Certificate) -> Iterator[Formula]:
    """Yield what the beliefs of a certificate say, its input, and what it assumes: all that its model speaks of."""
    return map(texts.parsed, _texts(certificate))


def _texts(certificate: Certificate) -> Iterator[str]:
    for belief in (*certificate.before, *certificate.added):
        yield belief.formula
    if certificate.input is not None:
        yield certificate.input
    yield from certificate.assumed


def _populated(model: Model, signature: Signature) -> Model:
    """A model with every individual of a signature in its universe, also of sorts over which nothing quantifies yet."""
    universe = {sort: dict.fromkeys(elements) for sort, elements in model.universe.items()}
    for name, sort in signature.constants.items():
        if (name,) not in model.values:
            universe.setdefault(sort, {})[name] = None
    return replace(model, universe=Map({sort: tuple(elements) for sort, elements in universe.items()}))


def _laid_on(witness: Model, certificate: Certificate, model: Model, signature: Signature) -> Model:
    """The former witness, as the model of a certificate would have it where that speaks.

    Raises:
        CertificateError: the model changes what that of a touched part must leave alone: the defaults of functions, the
            values of those that are no numbers, and who is of a closed sort. Or it does without an individual.
    """
    extent = Extent.joined(map(texts.mentions, _texts(certificate)), signature)
    if extent.defaults(model) != extent.defaults(witness):
        raise CertificateError("its model gives functions other values than they had")
    for term, value in extent.values(model).items():
        # Who is there, and who they are, is for all beliefs the same: only numbers may change.
        if isinstance(value, str) and value != witness.value_of(term):
            raise CertificateError("its model gives functions other values than they had")
    settled = dict.fromkeys(extent.atoms, False)
    individuals = {sort: frozenset(elements) for sort, elements in model.universe.items()}
    settled.update(dict.fromkeys(extent.true_among(witness, individuals), False))
    settled.update(dict.fromkeys(extent.true_in(model), True))
    universe = _grown(witness.universe, model.universe, signature)
    for name in sorted(name for name in extent.symbols if name in signature.constants):
        if name not in universe.get(signature.constants[name], ()):
            raise CertificateError(f"its model does without {name}")
    values = witness.values.mutate()
    for term in extent.values(witness):
        values.pop(term, None)
    values.update(extent.values(model))
    return replace(witness.updated(settled), universe=universe, values=values.finish())


def _grown(known: _Universe, other: _Universe, signature: Signature) -> _Universe:
    """A universe with the elements of another added, in the order in which they come.

    Raises:
        CertificateError: one of them is added to a closed sort, but is no member of it.
    """
    grown = known
    for sort, elements in other.items():
        there = dict.fromkeys(known.get(sort, ()))
        newcomers = [element for element in elements if element not in there]
        if signature.is_closed(sort) and (
            strangers := set(newcomers).difference(signature.sorts[sort] or ())
        ):
            raise CertificateError(f"its model adds {min(strangers)} to sort {sort}, which is closed")
        if newcomers:
            grown = grown.set(sort, (*there, *dict.fromkeys(newcomers)))
    return grown


def _expect_all_touched(
    certificate: Certificate, before: BeliefBase, changes: _Changes, after: Model
) -> None:
    """Expect that no belief outside the scope leans on what has changed."""
    scope = {belief.name for belief in certificate.before}
    for name in leaning(before, after, changes.atoms):
        if name not in scope:
            atom = min((atom for atom in changes.atoms if name in before.touching(atom)), key=str)
            _expect_within(scope, [name], f"{atom[0]} has changed")
    if changes.universe:
        _expect_within(scope, before.quantified(), "there are new individuals")


def _expect_within(scope: set[str], names: Iterable[str], reason: str) -> None:
    for name in names:
        if name not in scope:
            raise CertificateError(f"it does not speak of belief {name!r}, although {reason}")


def _expect_all_true(
    certificate: Certificate, before: BeliefBase, changes: _Changes, after: Model, steady: Container[str]
) -> None:
    """Expect that what is believed after the change is true in a model, and what was contracted by is not.

    What the change assumes has to be true there too. A finite model may leave open what a quantifier over numbers
    says. That is as true as it was if it was believed before and nothing that it mentions has changed.
    """
    changed = {atom[0] for atom in changes.atoms}
    known = {belief.name for belief in certificate.before}
    for belief in certificate.after:
        formula = elaborate(texts.parsed(belief.formula), before.signature)
        verdict = changes.leave_true(formula, before.signature, after) if belief.name in steady else None
        if verdict is None:
            verdict = truth(formula, after)
        if verdict is None and belief.name in known and not changes.universe:
            verdict = texts.mentions(belief.formula).symbols.isdisjoint(changed)
        if not verdict:
            raise CertificateError(
                f"belief {belief.name!r} is not shown to agree with those it does not speak of"
            )
    for text in certificate.assumed:
        if not truth(texts.parsed(text), after):
            raise CertificateError(f"it assumes {text}, which is not shown to agree with what is believed")
    if certificate.operation == "contract" and certificate.input is not None:
        given_up = elaborate(texts.parsed(certificate.input), before.signature)
        if truth(given_up, after) is not False:
            raise CertificateError("its input may still follow from beliefs that it does not speak of")


@dataclass(frozen=True, slots=True)
class _Changes:
    """What has changed from one model to the next.

    Attributes:
        atoms: the atoms that hold in one of them only.
        newcomers: who has come to exist, by sort.
        universe: whether there is another universe.
    """

    atoms: frozenset[Ground]
    newcomers: Mapping[str, tuple[str, ...]]
    universe: bool

    @staticmethod
    def between(before: Model, after: Model) -> _Changes:
        """Return what has changed from a model to one whose universe was grown from that of the first."""
        newcomers = {
            sort: elements[len(before.universe.get(sort, ())) :]
            for sort, elements in after.universe.items()
            if elements is not before.universe.get(sort)
        }
        return _Changes(
            frozenset(after.differences(before)), newcomers, universe=after.universe != before.universe
        )

    def leave_true(self, rule: Formula, signature: Signature, after: Model) -> bool | None:
        """Return whether a rule that was true before the changes is true after them; None where that is not seen.

        An instance is as true as it was if no atom of it has changed, and if it is about nobody new. So of a universal
        rule only the others are evaluated. Functions, numbers and further quantifiers are not seen through.
        """
        if not isinstance(rule, ForAll) or not _is_plain(rule, signature):
            return None
        sorts = {each.name: each.sort for each in rule.bindings}
        if not all(sort in after.universe for sort in sorts.values()):
            return None
        bindings: list[dict[str, Element]] = [
            {name: newcomer}
            for name, sort in sorts.items()
            for newcomer in self.newcomers.get(sort or "", ())
        ]
        for part in subformulas(rule.body):
            if isinstance(part, Atom):
                matches = (_matched(part, atom) for atom in self.atoms)
                bindings += [match for match in matches if match is not None]
        return all(truth(_rest(rule, binding), after, binding) for binding in bindings)


def _is_plain(rule: ForAll, signature: Signature) -> bool:
    """Whether a rule has one quantifier, over individuals, and speaks of nothing but individuals."""
    return (
        all(each.sort is not None and each.sort not in NUMERIC for each in rule.bindings)
        and not any(isinstance(part, ForAll | Exists) for part in subformulas(rule.body))
        and all(
            isinstance(term, Variable)
            or (isinstance(term, Constant) and term.name not in signature.functions)
            for term in subterms(rule)
        )
    )


def _matched(pattern: Atom, atom: Ground) -> dict[str, Element] | None:
    """What variables must stand for, so that an atom in a rule is this ground one; None where it never is."""
    if pattern.predicate != atom[0] or len(pattern.arguments) != len(atom) - 1:
        return None
    binding: dict[str, Element] = {}
    for term, element in zip(pattern.arguments, atom[1:], strict=True):
        if isinstance(term, Variable):
            if binding.setdefault(term.name, element) != element:
                return None
        elif isinstance(term, Constant) and term.name != element:
            return None
    return binding


def _rest(rule: ForAll, binding: Mapping[str, Element]) -> Formula:
    """What a rule says, once some of its variables stand for individuals."""
    left = tuple(each for each in rule.bindings if each.name not in binding)
    return ForAll(left, rule.body) if left else rule.body
