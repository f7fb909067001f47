"""The belief base: an ordered, immutable set of named beliefs that knows which of them speak of what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice

from immutables import Map

from beliefs.base.belief import Belief
from beliefs.base.entrenchment import Entrenchment
from beliefs.base.index import Files, Index
from beliefs.base.track_record import TrackRecord
from beliefs.errors import DuplicateNameError, SortError, UnknownBeliefError
from beliefs.language import sorts
from beliefs.language.mentions import mentions
from beliefs.language.semantics import Ground, Model
from beliefs.language.signature import NUMERIC, REAL, THING, Signature, declared_name
from beliefs.language.syntax import (
    Application,
    Atom,
    Constant,
    Declaration,
    Formula,
    FunctionDeclaration,
    Term,
    subformulas,
    subterms,
)
from beliefs.layered import Layered, PersistentMap
from beliefs.notebook import Shown

_ASKED = 10
"""How many beliefs are asked of what sort an individual is before all of them are."""


@dataclass(frozen=True, eq=False, repr=False)
class BeliefBase(Shown):
    """What is believed, as one immutable value.

    Adding or removing a belief makes a new base that shares all else with the old one: it costs time that
    grows with the logarithm of the base. Beliefs are kept by name and listed by age, the oldest first.

    Two bases are equal when they hold the same beliefs under the same declarations. What is known *about* a
    base (`witness`, `consistent`) follows from its beliefs, and does not count; nor does its track record, which is
    about what happened.

    Attributes:
        beliefs: the beliefs by name.
        declarations: the declared symbols, in order.
        unique_names: whether different individuals are distinct from one another.
        next_age: the age that the next belief to enter will have.
        witness: a model of every belief, once one is known.
        consistent: whether all beliefs can be true together: True, False, or None while nobody has found out.
        record: what experience there is of the beliefs and their sources.
    """

    # `_reading` is a token that bases share while no symbol changes its sorts from one to the next.

    beliefs: PersistentMap[str, Belief] = field(default_factory=Map)
    declarations: tuple[Declaration, ...] = ()
    unique_names: bool = True
    next_age: int = 1
    witness: Model | None = field(default_factory=Model)
    consistent: bool | None = True
    record: TrackRecord = field(default_factory=TrackRecord)
    _index: Index = field(default_factory=Index)
    _known_signature: Signature | None = None
    _reading: object = field(default_factory=object)

    @staticmethod
    def stored(
        beliefs: Mapping[str, Belief],
        files: Files,
        signature: Signature,
        *,
        unique_names: bool,
        next_age: int,
        witness: Model | None,
        consistent: bool | None,
        record: TrackRecord,
    ) -> BeliefBase:
        """Return a base whose beliefs lie elsewhere, to be read where they are looked at.

        Args:
            beliefs: the beliefs by name, which nobody changes.
            files: the index of just these.
            signature: that of just these; it has the declarations.
            unique_names: as in the base.
            next_age: as in the base.
            witness: as in the base.
            consistent: as in the base.
            record: as in the base.
        """
        return BeliefBase(
            beliefs=Layered(beliefs),
            declarations=signature.declarations,
            unique_names=unique_names,
            next_age=next_age,
            witness=witness,
            consistent=consistent,
            record=record,
            _index=Index(files),
            _known_signature=signature,
        )

    def __repr__(self) -> str:
        return f"<BeliefBase of {len(self)} beliefs>"

    def __len__(self) -> int:
        return len(self.beliefs)

    def __iter__(self) -> Iterator[Belief]:
        """Yield the beliefs, the oldest first."""
        return iter(self._by_age)

    def __contains__(self, name: object) -> bool:
        return name in self.beliefs

    def __getitem__(self, name: str) -> Belief:
        """Return the belief of that name.

        Raises:
            UnknownBeliefError: there is none.
        """
        try:
            return self.beliefs[name]
        except KeyError:
            raise UnknownBeliefError(f"there is no belief named {name!r}") from None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BeliefBase):
            return NotImplemented
        return (
            self.unique_names == other.unique_names
            and self.declarations == other.declarations
            and self.beliefs == other.beliefs
        )

    def __hash__(self) -> int:
        return hash((self.unique_names, self.declarations, self.beliefs))

    @cached_property
    def _by_age(self) -> tuple[Belief, ...]:
        return tuple(sorted(self.beliefs.values(), key=lambda belief: (belief.age, belief.name)))

    @cached_property
    def signature(self) -> Signature:
        """The symbols of the base and their sorts.

        It is carried over from base to base where a change cannot matter to it, and otherwise inferred anew
        over all beliefs when it is next asked for, in time linear in their total length.
        """
        if self._known_signature is not None:
            return self._known_signature
        return sorts.infer(self.declarations, self._said())

    def held(self, name: str) -> Entrenchment:
        """Return how firmly a belief is held: at the level it was told, with the weight that its record gives it.

        Raises:
            UnknownBeliefError: there is none of that name.
        """
        if not self.record.tallies:
            return self[name].entrenchment
        held = self._held.get(name)
        if held is None:
            held = self._held[name] = self.record.weighed(self[name])
        return held

    @cached_property
    def _held(self) -> dict[str, Entrenchment]:
        """What `held` has worked out."""
        return {}

    def _said(self) -> Iterator[tuple[str, Formula]]:
        return ((belief.name, belief.formula) for belief in self)

    def names(self) -> Iterable[str]:
        """Return the names of all beliefs, in no particular order."""
        return self.beliefs.keys()

    def formula(self, name: str) -> Formula:
        """Return what the belief of that name says, with the sort of every variable filled in."""
        return sorts.elaborate(self[name].formula, self.signature)

    def touching(self, atom: Ground) -> Iterable[str]:
        """Return the names of the beliefs that mention a ground atom or term, or have instances that may."""
        if self._unsettled_sorts and len(atom) > 1 and self._takes_unsettled(str(atom[0])):
            return self.mentioning(str(atom[0]))
        return self._index.touching(atom)

    def mentioning(self, symbol: str) -> Iterable[str]:
        """Return the names of the beliefs that mention a predicate, function or individual."""
        return self._index.mentioning(symbol)

    def rules(self) -> Iterable[str]:
        """Return the names of the beliefs that are more than a combination of ground atoms.

        These are the beliefs with quantifiers, functions, numbers or equality.
        """
        if self._unsettled_terms:
            return {*self._index.rules(), *chain.from_iterable(map(self.mentioning, self._unsettled_terms))}
        return self._index.rules()

    def is_rule(self, name: str) -> bool:
        """Return whether a belief is more than a combination of ground atoms: whether it is among the `rules`."""
        found = mentions(self[name].formula)
        return found.is_rule or not found.symbols.isdisjoint(self._unsettled_terms)

    @cached_property
    def _unsettled_terms(self) -> tuple[str, ...]:
        """The functions without arguments: names that look like individuals and may denote any of them."""
        return tuple(
            declaration.name
            for declaration in self.declarations
            if isinstance(declaration, FunctionDeclaration) and not declaration.arguments
        )

    def quantified(self) -> Iterable[str]:
        """Return the names of the beliefs that have quantifiers in them: those that may speak of whoever there is."""
        return self._index.quantified()

    @cached_property
    def _unsettled_sorts(self) -> frozenset[str]:
        """What functions without arguments may denote."""
        return frozenset(
            _kind(declaration.result)
            for declaration in self.declarations
            if isinstance(declaration, FunctionDeclaration) and not declaration.arguments
        )

    def _takes_unsettled(self, symbol: str) -> bool:
        """Whether a function without arguments may stand where a predicate or function takes an argument."""
        signature = self.signature
        if symbol in signature.functions:
            arguments = signature.functions[symbol][0]
        else:
            arguments = signature.predicates.get(symbol, ())
        return not self._unsettled_sorts.isdisjoint(map(_kind, arguments))

    def says(self, formula: Formula) -> Iterator[Belief]:
        """Yield the beliefs that say just this formula, word for word."""
        candidates = self._index.like(formula)
        names = self.names() if candidates is None else candidates
        return (self.beliefs[name] for name in names if self.beliefs[name].formula == formula)

    def fresh_name(self, place: int = 0, taken: Collection[str] = ()) -> str:
        """Return a name for a belief that comes without one: `b7` for the seventh, or the next free one.

        Args:
            place: how many other beliefs enter just before it.
            taken: names that these have, or will have.
        """
        number = self.next_age + place
        while f"b{number}" in self.beliefs or f"b{number}" in taken:
            number += 1
        return f"b{number}"

    def understanding(self, *formulas: Formula, origin: str = "input") -> BeliefBase:
        """Return this base with a signature that covers the symbols of further formulas; the beliefs stay.

        Raises:
            SortError: a formula does not fit the base's symbols; `origin` names it in the message.
        """
        return self._understanding([(origin, formula) for formula in formulas])

    def knowing(self, witness: Model | None, consistent: bool | None) -> BeliefBase:
        """Return this base with what has been found out about it.

        A model in which two individuals are one, as there may be without unique names, is not kept as a witness:
        whoever starts from a witness tells individuals by their names.
        """
        if witness is not None and any(term[0] in self.signature.constants for term in witness.values):
            witness = None
        return replace(self, witness=witness, consistent=consistent, _known_signature=self.signature)

    def declare(self, *declarations: Declaration) -> BeliefBase:
        """Return this base with further symbols declared; those already declared just so are passed over.

        Raises:
            SortError: a declaration contradicts another one, or the way the beliefs use the name.
        """
        new = tuple(declaration for declaration in declarations if declaration not in self.declarations)
        if not new:
            return self
        declared = self.declarations + new
        return replace(self, declarations=declared)._resigned(sorts.infer(declared, self._said()))

    def undeclare(self, *declarations: Declaration) -> BeliefBase:
        """Return this base with declarations taken back.

        Raises:
            SortError: the beliefs need one of them.
        """
        kept = tuple(declaration for declaration in self.declarations if declaration not in declarations)
        return replace(self, declarations=kept)._resigned(sorts.infer(kept, self._said()))

    def expect_free(self, *names: str) -> None:
        """Make sure that no belief has one of these names.

        Raises:
            DuplicateNameError: one has.
        """
        for name in names:
            if name in self.beliefs:
                raise _taken(name)

    def add(self, *beliefs: Belief) -> BeliefBase:
        """Return this base with further beliefs, in the order given, each newer than the one before.

        A belief that already has an age (one that is put back) keeps it. Whether the result is consistent,
        and which model is its witness, is for the caller to find out.

        Raises:
            DuplicateNameError: a name is taken.
            SortError: a belief does not fit the others.
        """
        aged = []
        next_age = self.next_age
        by_name = self.beliefs.mutate()
        for belief in beliefs:
            if belief.name in by_name:
                raise _taken(belief.name)
            entering = belief if belief.age else replace(belief, age=next_age)
            next_age = max(next_age, entering.age + 1)
            by_name[entering.name] = entering
            aged.append(entering)
        return replace(
            self._understanding([(belief.name, belief.formula) for belief in aged]),
            beliefs=by_name.finish(),
            next_age=next_age,
            witness=None if aged else self.witness,
            consistent=None if aged else self.consistent,
            _index=self._index.add((belief.name, belief.formula) for belief in aged),
        )

    def remove(self, *names: str) -> BeliefBase:
        """Return this base without the beliefs of those names.

        A part of a consistent base is consistent, and a model of the whole is a model of the part: both carry over,
        unless a belief that is gone was what settled the sort of a symbol that others use. These then say something
        else, and nothing is known of the part.

        Raises:
            UnknownBeliefError: there is no belief of one of those names.
        """
        removed = [self[name] for name in dict.fromkeys(names)]
        by_name = self.beliefs.mutate()
        for belief in removed:
            del by_name[belief.name]
        left_over = by_name.finish()
        index = self._index.remove((belief.name, belief.formula) for belief in removed)
        signature = self._signature_without(removed, index, left_over)
        left = replace(
            self,
            beliefs=left_over,
            consistent=True if self.consistent else None,
            _index=index,
            _known_signature=signature,
        )
        if signature is not None or _extends(self.signature, left.signature):
            return left
        resigned = replace(left, _known_signature=left.signature, _reading=object())
        return resigned.knowing(None, consistent=None)

    def keeping(self, signature: Signature) -> BeliefBase:
        """Return this base with the sorts that its symbols have in a signature, declared where they would differ.

        Raises:
            SortError: the beliefs do not fit these sorts.
        """
        return self.declare(*sorts.declarations(signature, self._read_otherwise(signature)))

    def agrees_with(self, other: BeliefBase) -> bool:
        """Return whether every symbol of this base that another one knows has the same sorts there.

        At no cost for a base that came from the other without its symbols being inferred anew.
        """
        return self._reading is other._reading or not self._read_otherwise(other.signature)

    def _read_otherwise(self, signature: Signature) -> list[str]:
        """The symbols of this base that are something else in a signature. Cost: linear in the symbols."""
        mine = self.signature
        if mine is signature:
            return []
        return [
            name
            for now, then in (
                (mine.predicates, signature.predicates),
                (mine.functions, signature.functions),
                (mine.constants, signature.constants),
            )
            if now is not then
            for name, what in now.items()
            if then.get(name, what) != what or (now is mine.constants and name in signature.functions)
        ]

    def _understanding(self, formulas: list[tuple[str, Formula]]) -> BeliefBase:
        """This base with a signature that covers further formulas, each with its origin.

        They are first read with every sort of the base taken as settled; new symbols change nothing for the
        beliefs there are. Where they do not fit, the whole base is inferred again: a sort may have been open until
        now, and one of them settles it.
        """
        try:
            signature = sorts.extend_all(self.signature, formulas)
        except SortError:
            return self._resigned(sorts.infer(self.declarations, [*self._said(), *formulas]))
        return self if signature is self.signature else replace(self, _known_signature=signature)

    def _resigned(self, signature: Signature) -> BeliefBase:
        """This base under a signature that was inferred anew.

        With a new sort for an old symbol, what exists is no longer the same: whether the base is consistent is
        open again.
        """
        resigned = replace(self, _known_signature=signature)
        if _extends(signature, self.signature):
            return resigned
        resigned = replace(resigned, _reading=object())
        if not self.beliefs:
            return replace(resigned, witness=Model(), consistent=True)
        return replace(resigned, witness=None, consistent=None)

    def _signature_without(
        self, removed: Iterable[Belief], index: Index, left: Mapping[str, Belief]
    ) -> Signature | None:
        """The signature once some beliefs are gone, or None where it has to be inferred anew.

        A symbol that nobody uses any more goes. The sorts of the others can only loosen where a belief that
        is gone had something to settle: that is ruled out when each of its symbols is declared, or has no sort
        but Thing, or is an individual that stands in another belief where a declared symbol says of what sort.
        """
        signature = self.signature
        declared = {declared_name(declaration) for declaration in self.declarations}
        for belief in removed:
            for symbol in sorts.symbols(belief.formula):
                if symbol in declared or _is_member(symbol, signature):
                    continue
                is_used = index.uses(symbol)
                if not _is_plain(symbol, signature) and not (
                    symbol in signature.constants
                    and (not is_used or _is_settled(symbol, index, left, declared))
                ):
                    return None
                if not is_used:
                    signature = _without_symbol(signature, symbol)
        return signature


def _extends(signature: Signature, former: Signature) -> bool:
    """Whether a signature says of every symbol of a former one just what that said."""
    return all(
        now is was or all(now.get(name) == what for name, what in was.items())
        for now, was in (
            (signature.sorts, former.sorts),
            (signature.predicates, former.predicates),
            (signature.functions, former.functions),
            (signature.constants, former.constants),
        )
    )


def _is_member(symbol: str, signature: Signature) -> bool:
    """Whether a symbol is a member of a closed sort, which the declaration of its sort declares."""
    sort = signature.constants.get(symbol)
    return sort is not None and signature.is_closed(sort)


def _is_plain(symbol: str, signature: Signature) -> bool:
    """Whether no sort of a symbol is other than Thing."""
    if symbol in signature.predicates:
        return all(sort == THING for sort in signature.predicates[symbol])
    return signature.constants.get(symbol) == THING


def _is_settled(
    individual: str, index: Index, beliefs: Mapping[str, Belief], declared: Collection[str]
) -> bool:
    """Whether one of the first beliefs that mention an individual has it as an argument of a declared symbol."""
    return any(
        symbol in declared and any(isinstance(term, Constant) and term.name == individual for term in terms)
        for name in islice(index.mentioning(individual), _ASKED)
        for symbol, terms in _applied(beliefs[name].formula)
    )


def _applied(formula: Formula) -> Iterator[tuple[str, tuple[Term, ...]]]:
    """Yield each predicate and function of a formula with its arguments."""
    for part in subformulas(formula):
        if isinstance(part, Atom):
            yield part.predicate, part.arguments
    for term in subterms(formula):
        if isinstance(term, Application):
            yield term.function, term.arguments


def _without_symbol(signature: Signature, symbol: str) -> Signature:
    if symbol in signature.predicates:
        return replace(signature, predicates=signature.predicates.delete(symbol))
    if symbol in signature.constants:
        return replace(signature, constants=signature.constants.delete(symbol))
    return signature


def _kind(sort: str) -> str:
    """A sort; an Int may stand where a Real is meant, so the two count as one."""
    return REAL if sort in NUMERIC else sort


def _taken(name: str) -> DuplicateNameError:
    return DuplicateNameError(f"there is already a belief named {name!r}; choose another name")
