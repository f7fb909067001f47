"""Repair before retraction: a weaker belief in place of one that a revision gave up.

Giving a rule up whole loses more than the observation asks for. What follows is a *gentle repair* (Baader, Kriegel,
Nuradiansyah and Peñaloza, "Making repairs in description logics more gentle", KR 2018): the incision is found first,
as for plain revision; then each belief in it is replaced by one that it entails and that agrees with all that is kept.
As in "Repairing ontologies via axiom weakening" (Troquard, Confalonieri, Galliani, Peñaloza, Porello and Kutz, AAAI
2018), candidates come from a few ways to weaken, and a solver tells which of them will do. Which comes first depends
on the record of the rule: the times that it failed, and those that it proved right.

Here an entailment may use beliefs that are kept, so that a guard can take the place of exceptions made before; and a
repair must do more than either paper asks: it keeps every success on record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.case import Case
from beliefs.change.certify import certify
from beliefs.change.change import Change
from beliefs.change.weakening import Kept, Repair, RepairKind
from beliefs.errors import SortError, UnknownBeliefError
from beliefs.failure.cases import by_relevance
from beliefs.failure.rule import Individuals, Rule, as_written, is_literal
from beliefs.kernels.kernel import shrink
from beliefs.language.mentions import Mentions
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.semantics import truth
from beliefs.language.sorts import elaborate, symbols
from beliefs.language.syntax import (
    Atom,
    Binding,
    Comparison,
    Constant,
    Formula,
    Not,
    Variable,
    conjunction,
    negation,
    subterms,
)
from beliefs.reasoning.alone import Alone
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.grounding import spelt_out
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import UNLIMITED, Budget, Sat, Unknown, Unsat, Verdict

if TYPE_CHECKING:
    from beliefs.reasoning.bounds import Bound

ROUNDS = 8
"""How often a draft that contradicts more than was seen at first is looked at again."""

_NUMBERED = re.compile(r"(.+)\.([0-9]+)")


def repair(
    change: Change, cases: Mapping[str, Sequence[Case]] | None = None, *, budget: Budget = UNLIMITED
) -> Change:
    """Return a revision with the best repair in place of each belief that it gave up, where there is one.

    Args:
        change: a revision; one that is not done, or gave nothing up, is returned as it is.
        cases: for each belief, by name, the times that it was put to the test before.
        budget: what all the searches together may spend. A belief whose search does not end in time is given up whole.
    """
    deadline = Deadline(budget)
    if change.operation != "revise" or change.status != "done":
        return change
    for culprit in change.removed:
        on_record = (cases or {}).get(culprit.name, ())
        for found in repairs(change, culprit, on_record, budget=deadline.rest()):
            # What comes later than one that could not be decided is not as good, but better than nothing.
            if isinstance(found, Unknown):
                continue
            mended = repaired(change, {culprit.name: found}, budget=deadline.rest())
            if mended is not change:
                change = mended
                break
    return change


def repairs(
    change: Change, culprit: Belief, cases: Sequence[Case] = (), *, budget: Budget = UNLIMITED
) -> Iterator[Repair | Unknown]:
    """Yield the repairs of a belief that a revision gave up, the best first, each when it is asked for.

    Four ways to weaken a rule, in this order: an exception for the individuals that it failed for; a guard by a
    property that holds of every failure on record, the present one among them, and of no success; the least shift of
    a numeric bound; and dropping what failed of the conclusion. Where more than one failure is on record, the guard
    comes before the exception, and takes the place of exceptions that it covers. Among guards, those that need no
    assumption come first, then those by a predicate of one argument, then those by what is and not by what is not.

    Each repair that is yielded follows from the belief it weakens, together with beliefs that are kept; it agrees with
    all that is believed after the change; it is not entailed by that already; and it keeps each success on record:
    see `Kept`. Not to be kept is a success that what was seen overtakes (`Repair.overtaken`). One that speaks of
    symbols or individuals that are known no more is passed over.

    Args:
        change: a revision that is done; where it has repairs of others already, they count among what is kept.
        culprit: one of the beliefs it gave up.
        cases: the times that the belief, or what it was weakened from, was put to the test.
        budget: what all the search may spend; the clock starts with the first repair.

    Yields:
        A repair, or `Unknown` for one that could not be decided. None at all for a literal, than which nothing weaker
        says anything.

    Raises:
        UnknownBeliefError: the change did not give that belief up.
        LanguageError: a text in a case cannot be read.
    """
    if culprit not in change.removed:
        raise UnknownBeliefError(
            f"the change did not give up a belief {culprit.name!r}: only what it gave up can be repaired"
        )
    if change.operation != "revise" or change.status != "done":
        return
    try:
        bench = _Bench(change, culprit, cases, Deadline(budget))
    except SortError:
        return  # What settled the sorts of its symbols is gone: it would not say the same again.
    yield from bench.repairs()


def repaired(change: Change, chosen: Mapping[str, Repair], *, budget: Budget = UNLIMITED) -> Change:
    """Return a revision with repairs in place of beliefs that it gave up, and a new certificate.

    What was added then comes before the repairs, in the order of what they weaken. A repair without a proof that the
    result is consistent, within the budget, is left out.

    Args:
        change: a revision that is done.
        chosen: repairs that `repairs` yielded for this change, by the names of what they weaken.
        budget: what finding the witness may spend.
    """
    deadline = Deadline(budget)
    for belief in change.removed:
        if belief.name in chosen:
            change = _with(change, chosen[belief.name], deadline)
    return change


def _with(change: Change, repair: Repair, deadline: Deadline) -> Change:
    """The change with one more repair; unchanged where the result is not shown to be consistent."""
    free = _free_name(repair.of, change)
    if repair.name in change.after or repair.name in change.before:
        repair = replace(repair, belief=replace(repair.belief, name=free))
    try:
        after = change.after.add(repair.belief)
        if not after.agrees_with(change.before):
            after = after.keeping(change.before.signature)
    except SortError:
        return change
    assumed = [
        parse_formula(text, canonical=True) for each in (*change.repairs, repair) for text in each.assumed
    ]
    inquiry = Inquiry(
        after,
        *assumed,
        hypothesis=change.after.witness,
        suspects=[repair.name],
        budget=deadline.rest(),
    )
    verdict = inquiry.without(())
    if not isinstance(verdict, Sat):
        return change
    if after.agrees_with(change.before):
        after = after.knowing(verdict.model, consistent=True)
    mended = replace(
        change,
        after=after,
        added=(*change.added, after[repair.name]),
        repairs=(*change.repairs, repair),
    )
    told = {belief.name for belief in mended.added} - {each.name for each in mended.repairs}
    said = () if told or change.input is None else (change.input,)
    return certify(mended, change.input, verdict.model, said)


def _free_name(name: str, change: Change) -> str:
    """`fly.2` for what `fly` is weakened to, `fly.3` for what that is weakened to, or the next that is free."""
    numbered = _NUMBERED.fullmatch(name)
    # Primes end a name, so a number cannot come after them.
    stem, number = (numbered[1], int(numbered[2])) if numbered else (name.rstrip("'"), 1)
    number += 1
    while f"{stem}.{number}" in change.before or f"{stem}.{number}" in change.after:
        number += 1
    return f"{stem}.{number}"


@dataclass(frozen=True, slots=True)
class _Success:
    """A success on record, its texts read."""

    individuals: Individuals
    given: tuple[Formula, ...]
    outcome: Formula


def _told(success: _Success) -> Kept:
    return Kept(tuple(map(print_formula, success.given)), print_formula(success.outcome))


_KeptSuccesses: TypeAlias = tuple[tuple[Kept, tuple[str, ...]], ...]
"""How each success on record still follows, with the names of the beliefs that this needs."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A formula that may be a repair.

    Attributes:
        kind: how it weakens the rule.
        formula: what it says, elaborated.
        detail: see `Repair`.
        property: what holds of the failures, about the variables of the rule; its negation is the guard.
        failures: the individuals that it is about.
        kept: how each success on record still follows, where that is known already.
    """

    kind: RepairKind
    formula: Formula
    detail: str | None = None
    property: Formula | None = None
    failures: tuple[Individuals, ...] = ()
    kept: _KeptSuccesses | None = None


@dataclass(frozen=True, slots=True)
class _Failing:
    """For which individuals a rule contradicts what is believed.

    Attributes:
        each: those whose instance alone contradicts it.
        some: those whose instance is false in the witness, but could be true.
    """

    each: tuple[Individuals, ...] = ()
    some: tuple[Individuals, ...] = ()

    @property
    def likely(self) -> tuple[Individuals, ...]:
        """Those that are sure to fail; where there are none, those that may."""
        return self.each or self.some


class _Bench:
    """Everything that the repair of one belief is made from."""

    def __init__(self, change: Change, culprit: Belief, cases: Sequence[Case], deadline: Deadline) -> None:
        before = change.before
        self._change = change
        self._culprit = culprit
        self._deadline = deadline
        gone = [before.formula(belief.name) for belief in change.removed]
        # A symbol that only what was given up had is still one to speak of.
        self._after = change.after.understanding(*gone)
        if not self._after.agrees_with(before):
            raise SortError("the beliefs are read otherwise after the change")
        self._kept = before.remove(*(belief.name for belief in change.removed)).understanding(*gone)
        self._signature = self._after.signature
        self._logic = Alone(self._signature, before.unique_names)
        self._original = before.formula(culprit.name)
        self._rule = Rule.of(self._original)
        self._cases = tuple(dict.fromkeys(cases))

    def repairs(self) -> Iterator[Repair | Unknown]:
        rule = self._rule
        if not rule.quantifiers and is_literal(self._original):
            return
        for draft in self._drafts():
            if isinstance(draft, Unknown):
                yield draft
                continue
            found = self._verified(draft)
            if found is not None:
                yield found
            if isinstance(self._deadline.remaining(), Unknown):
                return

    # Drafts, the best first.

    def _drafts(self) -> Iterator[_Draft | Unknown]:
        failing = self._failing(self._told())
        if isinstance(failing, Unknown):
            yield failing
            return
        failures = self._failures(failing)
        if len(failures) > 1:
            yield from self._guards(failures)
            yield from self._exceptions(failing)
        else:
            yield from self._exceptions(failing)
            yield from self._guards(failures)
        yield from self._shifts(failing)
        yield from self._remainder()

    def _told(self) -> list[Formula]:
        """The observation, and what contradicts it together with the culprit."""
        before = self._change.before
        names = dict.fromkeys(
            name for kernel in self._change.kernels if self._culprit.name in kernel for name in kernel
        )
        kept = [before.formula(name) for name in names if name in self._kept]
        return [] if self._change.input is None else [elaborate(self._change.input, self._signature), *kept]

    def _failing(self, told: Sequence[Formula]) -> _Failing | Unknown:
        """Find out for which of the individuals that formulas name the rule contradicts what is believed."""
        each: list[Individuals] = []
        some: list[Individuals] = []
        if not self._rule.variables:
            return _Failing()
        for individuals in by_relevance(self._rule, told, self._signature):
            instance = self._rule.at(individuals)
            if self._holds_in(self._after, instance):
                continue
            match self._agrees(instance):
                case Unknown() as unknown:
                    return unknown
                case Unsat():
                    each.append(individuals)
                case Sat():
                    some.append(individuals)
        return _Failing(tuple(each), tuple(some))

    def _failures(self, failing: _Failing) -> tuple[Individuals, ...]:
        """The individuals of every failure, those on record first."""
        arity = len(self._rule.variables)
        past = [case.individuals for case in self._cases if case.failed and len(case.individuals) == arity]
        return tuple(dict.fromkeys((*past, *failing.likely))) if arity else ()

    def _exceptions(self, failing: _Failing) -> Iterator[_Draft | Unknown]:
        """Drafts with an exception for the individuals that the rule fails for.

        Where it fails for others as well, once these are excepted, those are excepted too.
        """
        told = self._told()
        excepted = failing.each
        for _ in range(ROUNDS):
            if not excepted:
                break
            draft = self._exception(excepted)
            verdict = self._agrees(draft.formula)
            if not isinstance(verdict, Unsat):
                yield draft
                return
            told += [self._after.formula(str(name)) for name in verdict.core]
            further = self._failing(told)
            if isinstance(further, Unknown):
                yield further
                return
            if set(further.each) <= set(excepted):
                break
            excepted = tuple(dict.fromkeys((*excepted, *further.each)))
        if not failing.each:
            yield from (self._exception((individuals,)) for individuals in failing.some)
            if len(failing.some) > 1:
                yield self._exception(failing.some)

    def _exception(self, excepted: tuple[Individuals, ...]) -> _Draft:
        return _Draft("individual", self._rule.excepting(excepted).formula, failures=excepted)

    def _guards(self, failures: tuple[Individuals, ...]) -> Iterator[_Draft | Unknown]:
        """Drafts with a guard by a property of all failures, those first whose successes need no assumption."""
        found: list[tuple[bool, int, _Draft]] = []
        for place, shared in enumerate(self._properties(failures)):
            if isinstance(shared, Unknown):
                yield shared
                continue
            for rule in self._guarded(shared):
                draft = _Draft("property", rule.formula, print_formula(shared), shared, failures)
                kept = self._keeping(draft)
                if isinstance(kept, Unknown):
                    yield kept
                elif kept is not None:
                    assumes = any(success.assumed for success, _ in kept)
                    found.append((assumes, place, replace(draft, kept=kept)))
        yield from (draft for _, _, draft in sorted(found, key=lambda each: each[:2]))

    def _guarded(self, shared: Formula) -> Iterator[Rule]:
        """The rule with a guard: without the exceptions that this makes needless, and with them."""
        guard = negation(shared)
        covered = []
        spoken_of = {term.name for term in subterms(shared) if isinstance(term, Variable)}
        for premise, excepted in self._rule.exceptions():
            if spoken_of <= excepted.keys():
                names = {name: Constant(excepted[name]) for name in spoken_of}
                if self._entailed(spelt_out(shared, names, {}), self._kept) is True:
                    covered.append(premise)
        if covered:
            yield self._rule.without(covered).guarded(guard)
        yield self._rule.guarded(guard)

    def _properties(self, failures: Sequence[Individuals]) -> Iterator[Formula | Unknown]:
        """Literals about the variables of the rule that are believed of all failures.

        First those of predicates of one argument, then those of two variables, then those of a variable and an
        individual; of each, what is before what is not.
        """
        if not failures:
            return
        rule = self._rule
        # That its premises hold and its conclusions do not, is how it failed: no reason for it.
        how = {
            *(rule.said_at(premise, failures[0]) for premise in rule.premises),
            *(negation(rule.said_at(conclusion, failures[0])) for conclusion in rule.conclusions),
        }
        atoms = tuple(self._atoms_of(rule.variables, failures[0]))
        for arity in (1, 2, 3):
            alike = [atom for rank, atom in atoms if rank == arity]
            literals: tuple[Formula, ...] = (*alike, *map(Not, alike))
            for literal in literals:
                if rule.said_at(literal, failures[0]) in how:
                    continue
                believed = [
                    self._entailed(rule.said_at(literal, individuals), self._after)
                    for individuals in failures
                ]
                if all(each is True for each in believed):
                    yield literal
                elif False not in believed:
                    yield next(each for each in believed if isinstance(each, Unknown))

    def _atoms_of(self, variables: Sequence[Binding], individuals: Individuals) -> Iterator[tuple[int, Atom]]:
        """Yield atoms about variables, each with its rank: how many arguments, and 3 with an individual among them."""
        predicates = self._signature.predicates
        for predicate in sorted(predicates):
            sorts = predicates[predicate]
            for one in variables:
                if sorts == (one.sort,):
                    yield 1, Atom(predicate, (Variable(one.name),))
                for other in variables:
                    if other is not one and sorts == (one.sort, other.sort):
                        yield 2, Atom(predicate, (Variable(one.name), Variable(other.name)))
        for variable, individual in zip(variables, individuals, strict=True):
            for predicate, *arguments in sorted(self._spoken_of(individual)):
                if len(arguments) == 2 and arguments.count(individual) == 1:
                    terms = (
                        Variable(variable.name) if name == individual else Constant(name)
                        for name in arguments
                    )
                    yield 3, Atom(predicate, tuple(terms))

    def _spoken_of(self, individual: str) -> set[tuple[str, ...]]:
        """The ground atoms with an individual in them that beliefs mention."""
        return {
            tuple(map(str, atom))
            for name in self._after.mentioning(individual)
            for atom in Mentions.of(self._after.formula(name)).atoms
            if individual in atom[1:] and atom[0] in self._signature.predicates
        }

    def _shifts(self, failing: _Failing) -> Iterator[_Draft | Unknown]:
        """Drafts with one numeric bound moved, as little as will do.

        Z3 Optimize is told what is known to matter, and proposes; where the proposal contradicts more than that, it is
        told of this as well. Since each proposal is a lower limit of the shift, the first that agrees is the least.
        """
        if not any(symbol in self._signature.functions for symbol in symbols(self._original)) and not any(
            binding.sort in ("Int", "Real") for group in self._rule.quantifiers for binding in group
        ):
            return
        # Z3 takes longer to import than most questions take to answer.
        from beliefs.reasoning.bounds import bounds

        for written in bounds(self._original, self._signature):
            moved: list[tuple[Fraction, Formula, Comparison]] = []
            for variant in written.variants():
                value = self._least(variant, failing)
                if isinstance(value, Unknown):
                    yield value
                elif value is not None:
                    moved.append((abs(value - written.value), variant.at(value), variant.comparison(value)))
            if moved:
                _, formula, comparison = min(moved, key=lambda each: each[0])
                yield _Draft("bound", formula, print_formula(comparison), failures=failing.likely)

    def _least(self, bound: Bound, failing: _Failing) -> Fraction | Unknown | None:
        """Return the nearest bound with which the rule agrees with what is believed; None where there is none."""
        from beliefs.reasoning.bounds import least_shift

        sought = Rule.of(bound.sought())
        told = dict.fromkeys(self._told())
        about = dict.fromkeys(failing.likely)
        for _ in range(ROUNDS):
            value = least_shift(
                bound,
                [*told, *(map(sought.at, about) if about else (sought.formula,))],
                self._signature,
                unique_names=self._after.unique_names,
                budget=self._deadline.rest(),
            )
            if value is None or isinstance(value, Unknown):
                return value
            verdict = self._agrees(bound.at(value))
            if not isinstance(verdict, Unsat):
                return verdict if isinstance(verdict, Unknown) else value
            known = len(told), len(about)
            told.update((self._after.formula(str(name)), None) for name in verdict.core)
            if self._rule.variables:
                about.update(dict.fromkeys(by_relevance(self._rule, told, self._signature)))
            if known == (len(told), len(about)):
                return None
        return None

    def _remainder(self) -> Iterator[_Draft | Unknown]:
        """A draft that concludes as much as can be kept of the conclusion, what comes first being kept first."""
        if len(self._rule.conclusions) < 2:
            return
        kept: list[Formula] = []
        dropped: list[Formula] = []
        for conclusion in self._rule.conclusions:
            verdict = self._agrees(self._rule.concluding([*kept, conclusion]).formula)
            if isinstance(verdict, Unknown):
                yield verdict
                return
            (kept if isinstance(verdict, Sat) else dropped).append(conclusion)
        if kept and dropped:
            said = print_formula(conjunction(tuple(dropped)))
            yield _Draft("conjunct", self._rule.concluding(kept).formula, said)

    # Whether a draft will do.

    def _verified(self, draft: _Draft) -> Repair | Unknown | None:
        """Return the repair that a draft makes; None where it lacks something that a repair must have."""
        needed = self._follows(draft.formula)
        if needed is None or isinstance(needed, Unknown):
            return needed
        kept = self._keeping(draft) if draft.kept is None else draft.kept
        if kept is None or isinstance(kept, Unknown):
            return kept
        assumed = [parse_formula(text, canonical=True) for success, _ in kept for text in success.assumed]
        for verdict in (self._agrees(draft.formula, *assumed), self._denied(draft.formula)):
            if isinstance(verdict, Unknown):
                return verdict
            if isinstance(verdict, Unsat):
                return None
        culprit = self._culprit
        return Repair(
            kind=draft.kind,
            of=culprit.name,
            belief=Belief(
                _free_name(culprit.name, self._change),
                as_written(draft.formula, culprit.formula, self._signature),
                culprit.entrenchment,
                culprit.source,
                culprit.age,
            ),
            detail=draft.detail,
            failures=draft.failures,
            kept=tuple(success for success, _ in kept),
            overtaken=tuple(map(_told, self._overtaken)),
            shown=tuple(sorted({*needed, *(name for _, names in kept for name in names)})),
        )

    def _follows(self, formula: Formula) -> tuple[str, ...] | Unknown | None:
        """Return the kept beliefs from which, with the culprit, a formula follows; None where it does not."""
        if Rule.of(formula).follows_from(self._rule):
            return ()
        alone = self._logic.entails((self._original,), formula, self._deadline.rest())
        if isinstance(alone, Unknown):
            return alone
        return () if alone else self._proof(self._kept, self._original, negation(formula))

    def _keeping(self, draft: _Draft) -> _KeptSuccesses | Unknown | None:
        """Return how each success on record still follows, and which beliefs that needs; None where one does not."""
        kept: list[tuple[Kept, tuple[str, ...]]] = []
        for success in self._successes:
            found = self._kept_by(draft, success)
            if found is None or isinstance(found, Unknown):
                return found
            kept.append(found)
        return tuple(kept)

    def _kept_by(self, draft: _Draft, success: _Success) -> tuple[Kept, tuple[str, ...]] | Unknown | None:
        premises = (draft.formula, *success.given)
        told = _told(success)
        follows = self._logic.entails(premises, success.outcome, self._deadline.rest())
        if isinstance(follows, Unknown):
            return follows
        if follows:
            return told, ()
        if draft.property is None or len(success.individuals) != len(self._rule.variables):
            return None
        guard = negation(self._rule.said_at(draft.property, success.individuals))
        enough = self._logic.entails((*premises, guard), success.outcome, self._deadline.rest())
        if isinstance(enough, Unknown):
            return enough
        if not enough:
            return None
        proof = self._proof(self._after, negation(guard))
        if isinstance(proof, Unknown):
            return proof
        if proof is not None:
            return replace(told, believed=(print_formula(guard),)), proof
        # Closed world: what is not known to be so is taken not to be so, and never the other way round.
        possible = self._agrees(guard)
        if isinstance(possible, Unknown):
            return possible
        if isinstance(guard, Not) and isinstance(possible, Sat):
            return replace(told, assumed=(print_formula(guard),)), ()
        return None

    @cached_property
    def _successes(self) -> tuple[_Success, ...]:
        """The successes on record that are to be kept."""
        return tuple(success for success in self._recorded if success not in self._overtaken)

    @cached_property
    def _overtaken(self) -> tuple[_Success, ...]:
        """The successes on record that nothing can keep.

        What they were given is believed, and so is that their outcome is false: they would not come true now.
        """
        return tuple(
            success
            for success in self._recorded
            if self._entailed(negation(success.outcome), self._after) is True
            and all(self._entailed(given, self._after) is True for given in success.given)
        )

    @cached_property
    def _recorded(self) -> tuple[_Success, ...]:
        """The successes on record that can be told of what is believed now, and that the rule had a part in."""
        found = []
        for case in self._cases:
            if case.failed:
                continue
            given = tuple(parse_formula(text, canonical=True) for text in case.given)
            outcome = parse_formula(case.outcome, canonical=True)
            if (
                self._is_known(*given, outcome)
                and self._logic.entails(given, outcome, self._deadline.rest()) is False
            ):
                found.append(_Success(case.individuals, given, outcome))
        return tuple(found)

    def _is_known(self, *formulas: Formula) -> bool:
        """Whether all that formulas speak of is known, and as what they take it for."""
        spoken = frozenset[str]().union(*map(symbols, formulas))
        witness = self._after.witness
        there = None if witness is None else {name for names in witness.universe.values() for name in names}
        for name in spoken:
            if self._signature.kind(name) is None:
                return False
            sort = self._signature.constants.get(name)
            is_open = sort is not None and not self._signature.is_closed(sort)
            if is_open and not (any(self._after.mentioning(name)) and (there is None or name in there)):
                return False
        try:
            return self._after.understanding(*formulas).signature is self._signature
        except SortError:
            return False

    # What the solvers say.

    def _agrees(self, *formulas: Formula) -> Verdict:
        """Whether formulas can be true together with all that is believed after the change."""
        return Inquiry(self._after, *formulas, budget=self._deadline.rest()).without(())

    def _denied(self, formula: Formula) -> Verdict:
        """Whether a formula can be false while all is true that is believed after the change.

        A rule is false of somebody. That it may be somebody new is tried first: a name is sooner decided upon than an
        existential beside equations.
        """
        rule = Rule.of(formula)
        closed = any(self._signature.is_closed(variable.sort or "") for variable in rule.variables)
        if self._after.unique_names and not closed and symbols(formula).isdisjoint(self._signature.functions):
            strangers = tuple(f"stranger#{place}" for place, _ in enumerate(rule.variables))
            instance = negation(spelt_out(rule.at(strangers), {}, {}))
            base = self._after.understanding(instance)
            inquiry = Inquiry(base, elaborate(instance, base.signature), budget=self._deadline.rest())
            verdict = inquiry.without(())
            if isinstance(verdict, Sat):
                return verdict
        return self._agrees(negation(formula))

    def _entailed(self, formula: Formula, base: BeliefBase) -> bool | Unknown:
        """Whether a base entails a formula."""
        if self._holds_in(base, negation(formula)):
            return False
        elaborated = elaborate(formula, self._signature)
        verdict = Inquiry(base, negation(elaborated), budget=self._deadline.rest()).without(())
        return verdict if isinstance(verdict, Unknown) else isinstance(verdict, Unsat)

    def _proof(self, base: BeliefBase, *refuted: Formula) -> tuple[str, ...] | Unknown | None:
        """Return beliefs of a base that contradict formulas, none of them in vain; None where there are none."""
        inquiry = Inquiry(base, *refuted, budget=self._deadline.rest())
        verdict = inquiry.without(())
        if isinstance(verdict, Unknown):
            return verdict
        if isinstance(verdict, Sat):
            return None
        kernel = shrink(inquiry, verdict.core)
        return tuple(sorted(map(str, verdict.core if isinstance(kernel, Unknown) else kernel)))

    def _holds_in(self, base: BeliefBase, formula: Formula) -> bool:
        """Whether the witness of a base shows that a formula agrees with what that says."""
        witness = base.witness
        if witness is None:
            return False
        functions = Mentions.of(formula).symbols & set(self._signature.functions)
        if any(name not in witness.defaults and (name,) not in witness.values for name in functions):
            return False
        return truth(elaborate(formula, self._signature), witness) is True
