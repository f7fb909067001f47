"""Mending a flawed domain: the least that must be added or dropped, so that it agrees with plans whose fate is known.

What the domain says of its actions, and what it does not say, is believed weakly: of each action, that it needs a
condition or not, that it makes a fact true or not, false or not. That a plan works, or fails, is certain. As a
formula over those beliefs it says just that: the plan is executed with the truth of every fact after every step left
to the beliefs. Consolidation then gives up as little as possible, with the kernels that prove it. So diagnosis of a
domain is revision like any other.

References:
    Lin, Grastien, Bercher: Towards automated modeling assistance: an efficient approach for repairing flawed planning
    domains. AAAI 2023, who repair by hitting sets of conflicts as well.
    Amir, Chang: Learning partially observable deterministic action models. JAIR 33 (2008), for the successor
    state of unknown effects as a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal as OneOf
from typing import TypeAlias

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import CERTAIN, Entrenchment
from beliefs.change import Change, consolidate
from beliefs.errors import PlanError
from beliefs.language.clauses import all_of, any_of
from beliefs.language.syntax import FALSE, TRUE, Atom, Formula, Iff, Not, negation
from beliefs.planning.actions import EQUAL, Domain, Ground, Literal, Plan, Problem, Schema
from beliefs.planning.vocabulary import Vocabulary, may_be_needed
from beliefs.reasoning.verdict import UNLIMITED, Budget

Part: TypeAlias = OneOf["condition", "effect"]


@dataclass(frozen=True)
class Trial:
    """A plan whose fate is known.

    Attributes:
        problem: where it starts, and where it should get.
        plan: its steps.
        works: whether all its steps can be taken and the goal then holds; otherwise a step cannot, or it does not.
        name: what to call it; if empty, it is called by its place, as in `works_1` or `fails_2`.
    """

    problem: Problem
    plan: Plan
    works: bool
    name: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """One thing that a domain says and should not, or should say and does not.

    Attributes:
        action: the action.
        part: whether it is a condition or an effect.
        literal: what the action needs, or makes true or false; about the places of its parameters.
        missing: True if it is to be added, False if it is to be dropped.
    """

    action: str
    part: Part
    literal: Literal
    missing: bool

    def told(self, domain: Domain) -> str:
        """Return what to do about it, in PDDL: `action stack: add the condition (clear ?y)`."""
        parameters = [f"?{name}" for name, _ in domain.schema(self.action).parameters]
        verb = "add" if self.missing else "drop"
        return f"action {self.action}: {verb} the {self.part} {self.literal.told(parameters)}"


@dataclass(frozen=True)
class Mending:
    """What makes a domain agree with all trials.

    Attributes:
        status: "agrees" where the domain agrees as it is; "mended"; "irreconcilable" where no domain of this
            vocabulary agrees with all trials; "unknown" where the budget ran out first.
        domain: the domain mended; the domain as it was, unless it is mended.
        flaws: what was added and dropped.
        disagreeing: the names of trials, none of them in vain, with which no domain agrees at once.
        kernels: for each kernel that was cut, the flaws of which one at least must be mended, and the names of the
            trials that make it so.
        change: the change of beliefs behind it, with its certificate.
        reason: why it is unknown; None otherwise.
    """

    status: OneOf["agrees", "mended", "irreconcilable", "unknown"]
    domain: Domain
    flaws: tuple[Flaw, ...] = ()
    disagreeing: tuple[str, ...] = ()
    kernels: tuple[tuple[tuple[Flaw, ...], tuple[str, ...]], ...] = ()
    change: Change | None = field(default=None, compare=False, repr=False)
    reason: str | None = None

    def told(self) -> tuple[str, ...]:
        """Return what to add and drop, in PDDL, a line each."""
        return tuple(flaw.told(self.domain) for flaw in self.flaws)


def mend(
    domain: Domain,
    trials: Iterable[Trial],
    *,
    said: Entrenchment = Entrenchment(),
    unsaid: Entrenchment = Entrenchment(),
    budget: Budget = UNLIMITED,
) -> Mending:
    """Return the least that must be added to a domain, or dropped, so that it agrees with all trials.

    A domain agrees with a plan that works if all steps can be taken and the goal then holds; with one that fails if
    that is not so. If "mended": the result agrees with all trials, and no other choice of flaws costs less. The
    types of parameters are not called in question.

    Args:
        domain: the domain as it is believed.
        trials: plans whose fate is known, with their problems.
        said: how firmly each condition and effect of the domain is held.
        unsaid: how firmly it is held of each condition and effect it could have that it does not have it.
        budget: what the search may spend.

    Raises:
        PlanError: a step does not fit the domain; two trials have one name.

    Cost: the formula of a plan has some hundred symbols for each step of an action with few candidates; the
        search is that of a consolidation.
    """
    named = _named(trials)
    empty = BeliefBase()
    base = empty.declare(*Vocabulary.of(empty).declarations(domain))
    vocabulary = Vocabulary.of(base)
    flaws = {_name(flaw, vocabulary): flaw for flaw in _possible_flaws(domain, vocabulary)}
    beliefs = [
        Belief(name, _denied(flaw, vocabulary), unsaid if flaw.missing else said)
        for name, flaw in flaws.items()
    ]
    encoder = _Encoder(domain, vocabulary)
    beliefs += [Belief(_TRIAL + name, encoder.formula(trial), _CERTAIN) for name, trial in named.items()]
    change = consolidate(base.add(*beliefs), budget=budget)

    def trials_of(kernel: Iterable[str]) -> tuple[str, ...]:
        return tuple(name.removeprefix(_TRIAL) for name in kernel if name.startswith(_TRIAL))

    if change.status == "unknown":
        return Mending("unknown", domain, change=change, reason=change.reason)
    if change.status == "refused":
        return Mending("irreconcilable", domain, disagreeing=trials_of(change.kernels[0]), change=change)
    found = tuple(sorted(flaws[belief.name] for belief in change.removed))
    kernels = tuple(
        (tuple(sorted(flaws[name] for name in kernel if name in flaws)), trials_of(kernel))
        for kernel in change.kernels
    )
    status: OneOf["agrees", "mended"] = "mended" if found else "agrees"
    return Mending(status, mended(domain, found), found, kernels=kernels, change=change)


def mended(domain: Domain, flaws: Iterable[Flaw]) -> Domain:
    """Return a domain with what is missing added, after the rest, and what should not be there dropped."""
    by_action: dict[str, list[Flaw]] = {}
    for flaw in flaws:
        by_action.setdefault(flaw.action, []).append(flaw)

    def changed(literals: tuple[Literal, ...], part: Part, schema: Schema) -> tuple[Literal, ...]:
        concerned = [flaw for flaw in by_action.get(schema.name, ()) if flaw.part == part]
        dropped = {flaw.literal for flaw in concerned if not flaw.missing}
        added = [flaw.literal for flaw in concerned if flaw.missing]
        return (*(each for each in literals if each not in dropped), *added)

    schemas = tuple(
        replace(
            schema,
            conditions=changed(schema.conditions, "condition", schema),
            effects=changed(schema.effects, "effect", schema),
        )
        for schema in domain.schemas
    )
    return replace(domain, schemas=schemas)


_CERTAIN = Entrenchment(CERTAIN)

_TRIAL = "trial_"
"""How the beliefs that say what came of a plan are told from the others; none of these begins so."""


def _named(trials: Iterable[Trial]) -> dict[str, Trial]:
    named: dict[str, Trial] = {}
    counts = {True: 0, False: 0}
    for trial in trials:
        counts[trial.works] += 1
        name = trial.name or f"{'works' if trial.works else 'fails'}_{counts[trial.works]}"
        if name in named:
            raise PlanError(f"two trials are called {name}; give each a name of its own")
        named[name] = trial
    return named


def _possible_flaws(domain: Domain, vocabulary: Vocabulary) -> Iterator[Flaw]:
    """Yield everything that could be wrong with a domain: each thing that it says or does not say."""
    for schema in domain.schemas:
        for literal in vocabulary.candidates(schema.name).values():
            if domain.is_given(literal):
                continue
            possible = may_be_needed(literal, domain, schema)
            if possible or literal in schema.conditions:
                yield Flaw(schema.name, "condition", literal, literal not in schema.conditions)
            if literal.positive and literal.predicate != EQUAL:
                for effect in (literal, literal.negated):
                    if possible or effect in schema.effects:
                        yield Flaw(schema.name, "effect", effect, effect not in schema.effects)


def _name(flaw: Flaw, vocabulary: Vocabulary) -> str:
    atom = _atom(flaw, vocabulary)
    return f"{atom.predicate}_{vocabulary.symbol_of(_condition(flaw))}"


def _condition(flaw: Flaw) -> Literal:
    """The condition that a flaw is about: the effect of making a fact false is about the fact."""
    return flaw.literal.negated if flaw.part == "effect" and not flaw.literal.positive else flaw.literal


def _atom(flaw: Flaw, vocabulary: Vocabulary) -> Atom:
    """The formula that an action has a condition or an effect."""
    action = vocabulary.actions[flaw.action]
    symbol = vocabulary.symbol_of(_condition(flaw))
    if flaw.part == "condition":
        return action.needs(symbol)
    return action.adds(symbol) if flaw.literal.positive else action.deletes(symbol)


def _denied(flaw: Flaw, vocabulary: Vocabulary) -> Formula:
    """What is believed as long as a flaw is not: that the action has what the domain says, and nothing else."""
    atom = _atom(flaw, vocabulary)
    return Not(atom) if flaw.missing else atom


class _Encoder:
    """Says as formulas what came of plans."""

    def __init__(self, domain: Domain, vocabulary: Vocabulary) -> None:
        self._domain = domain
        self._vocabulary = vocabulary
        possible: dict[str, list[Flaw]] = {schema.name: [] for schema in domain.schemas}
        for flaw in _possible_flaws(domain, vocabulary):
            possible[flaw.action].append(flaw)
        self._possible = possible
        self._states = 0
        self._state = "state"
        while any(symbol.startswith(self._state) for symbol in vocabulary.taken):
            self._state += "_"

    def formula(self, trial: Trial) -> Formula:
        """Return the formula over what actions need and do that says what came of a plan.

        After every step there is a proposition of its own for each fact that the step may change, equivalent to: the
        step adds it, or it held before and the step does not delete it.
        """
        values: dict[Ground, Formula] = {}
        laws: list[Formula] = []
        demands: list[Formula] = []

        def value(fact: Ground) -> Formula:
            return values.get(fact, TRUE if fact in trial.problem.initial else FALSE)

        def holds(literal: Literal, arguments: Sequence[str]) -> Formula:
            if literal.predicate == EQUAL:
                return TRUE if literal.holds(frozenset(), arguments) else FALSE
            truth = value(literal.ground(arguments))
            return truth if literal.positive else negation(truth)

        for step in trial.plan:
            schema = self._domain.schema_of(step)
            demands += [
                holds(each, step.arguments) for each in schema.conditions if self._domain.is_given(each)
            ]
            changed: dict[Ground, dict[bool, list[Formula]]] = {}
            for flaw in self._possible[step.action]:
                atom = _atom(flaw, self._vocabulary)
                if flaw.part == "condition":
                    demands.append(any_of([negation(atom), holds(flaw.literal, step.arguments)]))
                else:
                    fact = flaw.literal.ground(step.arguments)
                    changed.setdefault(fact, {True: [], False: []})[flaw.literal.positive].append(atom)
            after: dict[Ground, Formula] = {}
            for fact, causes in changed.items():
                self._states += 1
                after[fact] = Atom(f"{self._state}{self._states}")
                kept = all_of([value(fact), *map(negation, causes[False])])
                laws.append(Iff(after[fact], any_of([*causes[True], kept])))
            values.update(after)
        demands += [holds(each, ()) for each in trial.problem.goal]
        met = all_of(demands)
        return all_of([*laws, met if trial.works else negation(met)])
