"""Several situations at once: what differs from one to the next is there once for each, all else just once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

from immutables import Map

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment
from beliefs.errors import BaseError
from beliefs.language.mentions import Mentions
from beliefs.language.renaming import renamed
from beliefs.language.semantics import Element, Ground, Model
from beliefs.language.signature import Signature
from beliefs.language.sorts import elaborate
from beliefs.language.syntax import And, Atom, Comparison, Formula, Not
from beliefs.reasoning.verdict import Label


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be given up: a belief, or what it says of one situation.

    Attributes:
        belief: the belief.
        held: how firmly it is held: its record counts.
        situation: the number of the situation, from 1, where the belief is a fact of the moment; None where it is
            held, or given up, for all situations at once.
    """

    belief: Belief
    held: Entrenchment
    situation: int | None = None

    @property
    def label(self) -> str:
        """What the candidate is called: the name of the belief, as `rule`, or with its situation, as `raining@2`."""
        return self.belief.name if self.situation is None else at(self.belief.name, self.situation)

    def __str__(self) -> str:
        return self.label


def at(name: str, situation: int) -> str:
    """Return what a symbol, or a belief, is called in a situation. Nothing in the language is called so."""
    return f"{name}@{situation}"


@dataclass(frozen=True)
class Situations:
    """A base, and observations made in situations that differ in some predicates and functions.

    Situations are numbered from 1, as the observations are. Where nothing is said to differ, all observations
    are of one situation; and there is always one, observed or not.

    Attributes:
        base: the beliefs, with a signature that covers the observations.
        observations: what was seen, elaborated.
        situated: the predicates and functions that differ from one situation to the next.
    """

    base: BeliefBase
    observations: tuple[Formula, ...] = ()
    situated: frozenset[str] = frozenset()

    @staticmethod
    def of(base: BeliefBase, observations: Sequence[Formula], situated: Collection[str] = ()) -> Situations:
        """Return the situations in which observations were made.

        Raises:
            SortError: an observation does not fit the symbols of the base, or the other observations.
            BaseError: something is said to differ that is no predicate or function of theirs.
        """
        literals = _KnownLiterals(base.signature)
        inferred = []
        for number, formula in enumerate(observations):
            if not literals.are_all_of(formula):
                origin = "observation" if len(observations) == 1 else f"observation {number + 1}"
                base = base.understanding(formula, origin=origin)
                literals = _KnownLiterals(base.signature)
                inferred.append(number)
        for name in sorted(situated):
            _check_situated(name, base.signature)
        seen = list(observations)
        for number in inferred:
            seen[number] = elaborate(seen[number], base.signature)
        return Situations(base, tuple(seen), frozenset(situated))

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the situations."""
        return tuple(range(1, max(1, len(self.observations) if self.situated else 1) + 1))

    def seen_in(self, situation: int) -> tuple[Formula, ...]:
        """Return what was seen in a situation, as it was said."""
        if not self.situated:
            return self.observations
        return self.observations[situation - 1 : situation]

    @cached_property
    def spoken_of(self) -> tuple[Mentions, ...]:
        """What each observation speaks of."""
        return tuple(map(Mentions.of, self.observations))

    # What may be given up

    @cached_property
    def copied(self) -> frozenset[str]:
        """The names of the beliefs that say something of each situation."""
        return frozenset(name for symbol in self.situated for name in self.base.mentioning(symbol))

    @cached_property
    def momentary(self) -> frozenset[str]:
        """The names of the beliefs that are facts of the moment: literals of what differs, and of nothing else."""
        return frozenset(name for name in self.copied if self._is_momentary(self.base[name].formula))

    def _is_momentary(self, formula: Formula) -> bool:
        literal = formula.operand if isinstance(formula, Not) else formula
        if not isinstance(literal, Atom | Comparison):
            return False
        signature = self.base.signature
        spoken_of = Mentions.of(literal).symbols
        return all(
            symbol in self.situated
            for symbol in spoken_of
            if symbol in signature.predicates or symbol in signature.functions
        )

    def label(self, name: str, situation: int) -> str:
        """Return the label of the candidate that a belief belongs to in a situation."""
        return at(name, situation) if name in self.momentary else name

    def labels(self, name: str) -> tuple[str, ...]:
        """Return the labels of all candidates that a belief makes: one, or one for each situation."""
        if name in self.momentary:
            return tuple(at(name, situation) for situation in self.numbers)
        return (name,)

    def candidate(self, label: Label) -> Candidate:
        """Return the candidate of a label."""
        candidate = self._candidates.get(label)
        if candidate is None:
            name, is_copy, number = str(label).rpartition("@")
            if is_copy and name in self.momentary:
                candidate = Candidate(self.base[name], self.base.held(name), int(number))
            else:
                candidate = Candidate(self.base[str(label)], self.base.held(str(label)))
            self._candidates[label] = candidate
        return candidate

    @cached_property
    def _candidates(self) -> dict[Label, Candidate]:
        """What `candidate` has worked out."""
        return {}

    def entrenchment(self, label: Label) -> Entrenchment:
        """Return how firmly a candidate is held: as its belief is."""
        return self.candidate(label).held

    def seniority(self, label: Label) -> tuple[int, str, int]:
        """Return the place of a candidate among equals: the newer belief first, then by name and situation."""
        candidate = self.candidate(label)
        return (-candidate.belief.age, candidate.belief.name, candidate.situation or 0)

    def oldest_first(self, labels: Iterable[Label]) -> tuple[Candidate, ...]:
        """Return the candidates of some labels by age, the oldest first."""
        return tuple(
            sorted(
                map(self.candidate, labels),
                key=lambda each: (each.belief.age, each.belief.name, each.situation or 0),
            )
        )

    # What is said of a situation

    def differs(self, formula: Formula) -> bool:
        """Return whether what a formula says may differ from one situation to the next."""
        return not self.situated.isdisjoint(Mentions.of(formula).symbols)

    def said_of(self, situation: int, formula: Formula) -> Formula:
        """Return what a formula says of a situation, in the symbols of `AllSituations`."""
        return renamed(formula, self._renaming(situation)) if self.situated else formula

    def _renaming(self, situation: int) -> Mapping[str, str]:
        return self._renamings[situation - 1]

    @cached_property
    def _renamings(self) -> tuple[Mapping[str, str], ...]:
        return tuple({name: at(name, number) for name in self.situated} for number in self.numbers)


class _KnownLiterals:
    """Tells what needs no inference of sorts: conjunctions of literals of propositions that a signature knows."""

    def __init__(self, signature: Signature) -> None:
        self._predicates = signature.predicates
        self._met: set[str] = set()

    def are_all_of(self, formula: Formula) -> bool:
        """Whether a formula is just that."""
        met = self._met
        for part in formula.operands if type(formula) is And else (formula,):
            atom = part.operand if type(part) is Not else part
            if type(atom) is not Atom or atom.arguments:
                return False
            if atom.predicate not in met:
                if self._predicates.get(atom.predicate) != ():
                    return False
                met.add(atom.predicate)
        return True


class AllSituations:
    """The theory of all situations together, as `reasoning.theory.Theory` asks for it.

    Nothing is copied before it is asked for. A belief that says something of each situation is there as
    `rule@1`, `rule@2`, …, about `raining@1`, `raining@2`, ….

    It may hold propositions beside, each under its own name, which neither beliefs nor observations speak of. These
    alone may be false in the witness.
    """

    def __init__(self, situations: Situations, propositions: Iterable[str] = ()) -> None:
        self._propositions = dict.fromkeys(propositions)
        self._situations = situations
        self._base = situations.base
        self._formulas: dict[str, Formula] = {}

    @cached_property
    def signature(self) -> Signature:
        """The symbols of all situations and their sorts; what was declared has its meaning here, not its words."""
        signature = self._base.signature
        predicates, functions = signature.predicates.mutate(), signature.functions.mutate()
        for name in self._situations.situated:
            for number in self._situations.numbers:
                if name in signature.predicates:
                    predicates[at(name, number)] = signature.predicates[name]
                else:
                    functions[at(name, number)] = signature.functions[name]
            if name in signature.predicates:
                del predicates[name]
            else:
                del functions[name]
        predicates.update(dict.fromkeys(self._propositions, ()))
        return replace(
            signature, predicates=predicates.finish(), functions=functions.finish(), declarations=()
        )

    @property
    def unique_names(self) -> bool:
        """Whether different individuals are distinct from one another."""
        return self._base.unique_names

    @cached_property
    def witness(self) -> Model | None:
        """A model of the whole: that of the base, if one is known, in each situation."""
        model = self._base.witness
        if model is None or not self._situations.situated:
            return model
        return replace(
            model,
            true=Map((copy, None) for atom in model.true for copy in self._copies(atom)),
            values=Map((copy, value) for term, value in model.values.items() for copy in self._copies(term)),
            defaults=Map(
                (str(copy[0]), value)
                for function, value in model.defaults.items()
                for copy in self._copies((function,))
            ),
        )

    def _copies(self, ground: Ground) -> Iterator[Ground]:
        symbol = ground[0]
        if symbol not in self._situations.situated:
            yield ground
        else:
            yield from ((at(str(symbol), number), *ground[1:]) for number in self._situations.numbers)

    @property
    def consistent(self) -> bool | None:
        """Whether the whole can be true: as the base can, for its model will do in each situation."""
        return self._base.consistent

    def __len__(self) -> int:
        copied = len(self._situations.copied)
        return len(self._base) + copied * (len(self._situations.numbers) - 1) + len(self._propositions)

    def names(self) -> Iterator[str]:
        """Yield the names of all copies, and of the propositions."""
        yield from self._all_copies(self._base.names())
        yield from self._propositions

    def _all_copies(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            if name in self._situations.copied:
                yield from (at(name, number) for number in self._situations.numbers)
            else:
                yield name

    def formula(self, name: str) -> Formula:
        """Return what a copy says."""
        if name in self._propositions:
            return Atom(name)
        formula = self._formulas.get(name)
        if formula is None:
            belief, situation = self.origin(name)
            formula = self._base.formula(belief)
            if situation is not None:
                formula = self._situations.said_of(situation, formula)
            self._formulas[name] = formula
        return formula

    def origin(self, name: str) -> tuple[str, int | None]:
        """Return of which belief something is the copy, and for which situation; None where it is for all."""
        belief, _, number = name.rpartition("@")
        return (belief, int(number)) if belief in self._situations.copied else (name, None)

    def touching(self, atom: Ground) -> Iterator[str]:
        """Yield the copies that mention a ground atom, or have instances that may; none twice."""
        if atom[0] in self._propositions:
            return iter((str(atom[0]),))
        symbol, situation = self._symbol(atom[0])
        names = self._base.touching((symbol, *atom[1:]))
        return self._all_copies(names) if situation is None else (at(name, situation) for name in names)

    def mentioning(self, symbol: str) -> Iterator[str]:
        """Yield the copies that mention a symbol; none twice."""
        if symbol in self._propositions:
            return iter((symbol,))
        name, situation = self._symbol(symbol)
        names = self._base.mentioning(str(name))
        return self._all_copies(names) if situation is None else (at(each, situation) for each in names)

    def rules(self) -> Iterator[str]:
        """Yield the copies with quantifiers, functions, numbers or equality in them."""
        return self._all_copies(self._base.rules())

    def quantified(self) -> Iterator[str]:
        """Yield the copies with quantifiers in them."""
        return self._all_copies(self._base.quantified())

    def _symbol(self, symbol: Element) -> tuple[Element, int | None]:
        name, _, number = str(symbol).rpartition("@")
        return (name, int(number)) if name in self._situations.situated else (symbol, None)


def _check_situated(name: str, signature: Signature) -> None:
    """Raise an error unless this can differ from one situation to the next.

    Raises:
        BaseError: it is no predicate or function.
    """
    if name in signature.predicates or name in signature.functions:
        return
    kind = signature.kind(name)
    if kind is not None:
        raise BaseError(f"{name} is {kind}; only predicates and functions differ from situation to situation")
    close = get_close_matches(name, [*signature.predicates, *signature.functions], n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    raise BaseError(
        f"no belief or observation has a predicate or function {name!r} to differ from situation to situation{meant}"
    )
