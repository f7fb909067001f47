"""Drafts of repairs, the best first: the four ways to weaken a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from beliefs.base.case import Case
from beliefs.change.weakening import RepairKind
from beliefs.failure.cases import by_relevance
from beliefs.failure.lately import lately
from beliefs.failure.rule import Individuals, Rule
from beliefs.failure.standing import Standing
from beliefs.failure.successes import KeptSuccesses, Successes
from beliefs.language.mentions import Mentions
from beliefs.language.printer import print_formula
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
from beliefs.reasoning.bounds import Bound, bounds, least_shift
from beliefs.reasoning.grounding import spelt_out
from beliefs.reasoning.verdict import Sat, Unknown, Unsat

ROUNDS = 8
"""How often a draft that contradicts more than was seen at first is looked at again."""


@dataclass(frozen=True, slots=True)
class Draft:
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
    kept: KeptSuccesses | None = None


@dataclass(frozen=True, slots=True)
class Failing:
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


class Drafts:
    """Formulas that may be repairs of a belief that was given up."""

    def __init__(self, standing: Standing, successes: Successes, cases: Sequence[Case]) -> None:
        """Take up a belief, with the cases of its record, and of these the successes."""
        self._standing = standing
        self._successes = successes
        self._cases = cases
        self._lately = lately(standing.rule, cases)

    def best_first(self) -> Iterator[Draft | Unknown]:
        """Yield the drafts, or `Unknown` for those that could not be worked out, in the order of `repair.repairs`."""
        failing = self._failing(self._standing.told())
        if isinstance(failing, Unknown):
            yield failing
            return
        failures = self._failures(failing)
        if len(failures) > 1:
            yield from self._guards(failures)
            separating = []
            for draft in self._separating_shifts(failures):
                separating.append(draft)
                yield draft
            yield from self._exceptions(failing)
            shifts = self._shifts(self._standing.rule, failing.likely)
            said = [draft.formula for draft in separating if isinstance(draft, Draft)]
            yield from (draft for draft in shifts if isinstance(draft, Unknown) or draft.formula not in said)
        else:
            yield from self._exceptions(failing)
            yield from self._guards(failures)
            yield from self._shifts(self._standing.rule, failing.likely)
        yield from self._remainder()

    def _failing(self, told: Sequence[Formula]) -> Failing | Unknown:
        """Find out for which of the individuals that formulas name the rule contradicts what is believed."""
        each: list[Individuals] = []
        some: list[Individuals] = []
        if not self._standing.rule.variables:
            return Failing()
        for individuals in by_relevance(self._standing.rule, told, self._standing.signature):
            instance = self._standing.rule.at(individuals)
            if self._standing.holds_in(self._standing.after, instance):
                continue
            match self._standing.agrees(instance):
                case Unknown() as unknown:
                    return unknown
                case Unsat():
                    each.append(individuals)
                case Sat():
                    some.append(individuals)
        return Failing(tuple(each), tuple(some))

    def _failures(self, failing: Failing) -> tuple[Individuals, ...]:
        """The individuals of every failure, those on record first; passed over are those known no more."""
        sorts = tuple(variable.sort for variable in self._standing.rule.variables)
        known = self._standing.signature.constants
        past = [
            case.individuals
            for case in self._cases
            if case.failed and tuple(known.get(name) for name in case.individuals) == sorts
        ]
        return tuple(dict.fromkeys((*past, *failing.likely))) if sorts else ()

    def _exceptions(self, failing: Failing) -> Iterator[Draft | Unknown]:
        """Drafts with an exception for the individuals that the rule fails for, while it is worth one.

        Where it fails for others as well, once these are excepted, those are excepted too.
        """
        if not self._lately.is_worth_an_exception:
            return
        told = self._standing.told()
        excepted = failing.each
        for _ in range(ROUNDS):
            if not excepted:
                break
            draft = self._exception(excepted)
            verdict = self._standing.agrees(draft.formula)
            if not isinstance(verdict, Unsat):
                yield draft
                return
            told += [self._standing.after.formula(str(name)) for name in verdict.core]
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

    def _exception(self, excepted: tuple[Individuals, ...]) -> Draft:
        return Draft("individual", self._standing.rule.excepting(excepted).formula, failures=excepted)

    def _guards(self, failures: tuple[Individuals, ...]) -> Iterator[Draft | Unknown]:
        """Drafts with a guard by a property of all failures, those first whose successes need no assumption."""
        found: list[tuple[bool, int, Draft]] = []
        for place, shared in enumerate(self._properties(failures)):
            if isinstance(shared, Unknown):
                yield shared
                continue
            for rule in self._guarded(shared):
                draft = Draft("property", rule.formula, print_formula(shared), shared, failures)
                kept = self._successes.kept_by(draft.formula, shared)
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
        for premise, excepted in self._standing.rule.exceptions():
            if spoken_of <= excepted.keys():
                names = {name: Constant(excepted[name]) for name in spoken_of}
                if self._standing.entailed(spelt_out(shared, names, {}), self._standing.kept) is True:
                    covered.append(premise)
        if covered:
            yield self._standing.rule.without(covered).guarded(guard)
        yield self._standing.rule.guarded(guard)

    def _properties(self, failures: Sequence[Individuals]) -> Iterator[Formula | Unknown]:
        """Literals about the variables of the rule that are believed of all failures.

        First those of predicates of one argument, then those of two variables, then those of a variable and an
        individual; of each, what is before what is not.
        """
        if not failures:
            return
        rule = self._standing.rule
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
                    self._standing.entailed(rule.said_at(literal, individuals), self._standing.after)
                    for individuals in failures
                ]
                if all(each is True for each in believed):
                    yield literal
                elif False not in believed:
                    yield next(each for each in believed if isinstance(each, Unknown))

    def _atoms_of(self, variables: Sequence[Binding], individuals: Individuals) -> Iterator[tuple[int, Atom]]:
        """Yield atoms about variables, each with its rank: how many arguments, and 3 with an individual among them."""
        predicates = self._standing.signature.predicates
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
            for name in self._standing.after.mentioning(individual)
            for atom in Mentions.of(self._standing.after.formula(name)).atoms
            if individual in atom[1:] and atom[0] in self._standing.signature.predicates
        }

    def _separating_shifts(self, failures: tuple[Individuals, ...]) -> Iterator[Draft | Unknown]:
        """Drafts with one numeric bound moved so that it tells all failures from the successes.

        It does so where the rule needs no exception for any of the failures any more.
        """
        rule = self._standing.rule
        needless = [premise for premise, excepted in rule.exceptions() if self._is_of(excepted, failures)]
        yield from self._shifts(rule.without(needless), failures)

    def _is_of(self, excepted: Mapping[str, str], failures: Iterable[Individuals]) -> bool:
        """Whether an exception is one for a failure."""
        names = [variable.name for variable in self._standing.rule.variables]
        return any(excepted == dict(zip(names, individuals, strict=True)) for individuals in failures)

    def _shifts(self, rule: Rule, failures: tuple[Individuals, ...]) -> Iterator[Draft | Unknown]:
        """Drafts with one numeric bound of a rule moved, as little as will do.

        Z3 Optimize is told what is known to matter, and proposes; where the proposal contradicts more than that, it is
        told of this as well. Since each proposal is a lower limit of the shift, the first that agrees is the least.
        """
        for written in bounds(rule.formula, self._standing.signature):
            moved: list[tuple[Fraction, Formula, Comparison]] = []
            for variant in written.variants():
                value = self._least(variant, failures)
                if isinstance(value, Unknown):
                    yield value
                elif value is not None:
                    moved.append((abs(value - written.value), variant.at(value), variant.comparison(value)))
            if moved:
                _, formula, comparison = min(moved, key=lambda each: each[0])
                yield Draft("bound", formula, print_formula(comparison), failures=failures)

    def _least(self, bound: Bound, failures: tuple[Individuals, ...]) -> Fraction | Unknown | None:
        """Return the nearest bound with which the rule agrees with what is believed; None where there is none."""
        sought = Rule.of(bound.sought())
        told = dict.fromkeys(self._standing.told())
        about = dict.fromkeys(failures)
        for _ in range(ROUNDS):
            value = least_shift(
                bound,
                [*told, *(map(sought.at, about) if about else (sought.formula,))],
                self._standing.signature,
                unique_names=self._standing.after.unique_names,
                budget=self._standing.deadline.rest(),
            )
            if value is None or isinstance(value, Unknown):
                return value
            verdict = self._standing.agrees(bound.at(value))
            if not isinstance(verdict, Unsat):
                return verdict if isinstance(verdict, Unknown) else value
            known = len(told), len(about)
            told.update((self._standing.after.formula(str(name)), None) for name in verdict.core)
            if self._standing.rule.variables:
                about.update(dict.fromkeys(by_relevance(self._standing.rule, told, self._standing.signature)))
            if known == (len(told), len(about)):
                return None
        return None

    def _remainder(self) -> Iterator[Draft | Unknown]:
        """A draft that concludes as much as can be kept of the conclusion, what comes first being kept first."""
        if len(self._standing.rule.conclusions) < 2:
            return
        kept: list[Formula] = []
        dropped: list[Formula] = []
        for conclusion in self._standing.rule.conclusions:
            verdict = self._standing.agrees(self._standing.rule.concluding([*kept, conclusion]).formula)
            if isinstance(verdict, Unknown):
                yield verdict
                return
            (kept if isinstance(verdict, Sat) else dropped).append(conclusion)
        if kept and dropped:
            said = print_formula(conjunction(tuple(dropped)))
            yield Draft("conjunct", self._standing.rule.concluding(kept).formula, said)
