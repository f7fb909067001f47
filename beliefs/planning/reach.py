"""What keeps a goal out of reach: which beliefs about actions leave no plan for it, as a conflict.

The *input* is that there is a plan. Beliefs agree with it if some action model in which they are all true has a plan.
So when an agent is stuck, the search for what to give up is that of any revision: a kernel is a smallest set of
beliefs that leave no plan, and the incision of least cost is what is best doubted.

Where a model has no plan, the planner is asked of fewer and fewer of its conditions and effects, until each that is
left is necessary for that. What they say together, that not all of them are true, follows from there being a plan,
and is asked of all models from then on. This is satisfiability modulo a theory (Nieuwenhuis, Oliveras and Tinelli,
JACM 2006), the theory being the planner's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import NamedTuple, TypeAlias

from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import CERTAIN, Entrenchment, Level
from beliefs.change.choice import Seniority
from beliefs.change.question import Question
from beliefs.kernels.incision import Irrefutable, least_incision
from beliefs.kernels.kernel import Kernel, shrink
from beliefs.language.semantics import Model
from beliefs.language.syntax import Atom, Constant, Formula, Not, conjunction, disjunction
from beliefs.planning.actions import (
    EQUAL,
    OBJECT,
    Domain,
    Ground,
    Literal,
    Plan,
    Problem,
    Schema,
    State,
    Step,
    run,
)
from beliefs.planning.levels import EVIDENCE
from beliefs.planning.model import Entailed
from beliefs.planning.planner import NoPlan, plan, works
from beliefs.planning.vocabulary import Vocabulary
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Sat, Unknown, Unsat, Verdict

_PATIENCE = 5_000
"""Milliseconds for making a kernel as small as can be, once it is known to leave no plan."""


class Claim(NamedTuple):
    """One thing that is true of an action in some model.

    Attributes:
        predicate: `needs_…`, `adds_…` or `deletes_…`.
        condition: the symbol of a condition.
        holds: whether the action needs it, or has the effect.
    """

    predicate: str
    condition: str
    holds: bool

    @property
    def formula(self) -> Formula:
        """The claim as a formula."""
        atom = Atom(self.predicate, (Constant(self.condition),))
        return atom if self.holds else Not(atom)

    @property
    def denied(self) -> Formula:
        """The negation of the claim."""
        return Claim(self.predicate, self.condition, not self.holds).formula


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim with what it is about.

    Attributes:
        action: the name of the action.
        claim: the claim.
        literal: the condition or effect, about the places of the arguments.
    """

    action: str
    claim: Claim
    literal: Literal

    def matters(self, step: Step, state: State) -> bool:
        """Return whether it makes a difference to a step: it is of this action, and its literal is false before it."""
        return step.action == self.action and not self.literal.holds(state, step.arguments)


@dataclass(frozen=True, slots=True)
class Way:
    """A plan, and the action model under which it works.

    Attributes:
        plan: the steps.
        domain: the actions, as that model has them.
        model: the model.
    """

    plan: Plan
    domain: Domain
    model: Model


class Reach:
    """Tells which beliefs leave a plan for a problem: a `Conflict` whose labels are the names of beliefs.

    The state of the problem is taken as it is. Of effects that the base leaves undecided, none is there, as when a plan
    is made from what is believed; unless it is asked for them to be there or not.

    Attributes:
        problem: where to start and where to get.
        question: the question behind the conflict, as in every operator: its base, entrenchment and seniority.
        calls: how often the planner was asked.
        kernels: sets of beliefs that leave no plan, as far as they are known; whoever finds one may add it.
    """

    def __init__(
        self,
        base: BeliefBase,
        problem: Problem,
        *,
        level: Level = EVIDENCE,
        undecided: bool = False,
        former: Reach | None = None,
        budget: Budget = UNLIMITED,
    ) -> None:
        """Put the question.

        Args:
            base: what is believed.
            problem: where to start and where to get.
            level: from which level on a belief is evidence, and never doubted.
            undecided: whether effects that the base leaves undecided may be there.
            former: the question as it was put before, of an earlier base; what was found out is used where it still
                holds: why there is no plan, if the problem and what actions may do are the same; and plans.
            budget: what all answers together may spend; the clock starts now.

        Raises:
            PlanError: the base contradicts itself, or could not be asked within the budget.
        """
        self._deadline = Deadline(budget)
        self.problem = problem
        self._evidence = Entrenchment(level).rank
        self._actions = _Actions(base, self._evidence, undecided, self._deadline.rest())
        self._lessons: list[Formula] = []
        self._ways: list[Plan] = []
        self._strictness = _Strictness(self._actions, problem)
        self.question = Question.of(base)
        self.calls = 0
        self.kernels: list[Kernel] = []
        if former is not None:
            self._carry_over(former)
        self._inquiry = self._asked()

    def _carry_over(self, former: Reach) -> None:
        if self._actions.arities != former._actions.arities:
            return
        self._ways = list(former._ways)
        asked = self.problem.initial, self.problem.goal, self.problem.objects
        same = asked == (former.problem.initial, former.problem.goal, former.problem.objects)
        if not same or not self._actions.may_do_as(former._actions):
            return
        # What a lesson says of the actions does not rest on any belief. A kernel rests on those that it holds.
        self._lessons = list(former._lessons)
        was, now = former.question.plain.beliefs, self.question.plain.beliefs
        self.kernels = [
            kernel
            for kernel in former.kernels
            if all(now.get(str(name)) == was[str(name)] for name in kernel)
        ]

    def _asked(self) -> Inquiry:
        return Question.of(self.question.plain, *self._lessons).inquiry(self._deadline.rest())

    def entrenchment(self, name: Label) -> Entrenchment:
        """Return how firmly a belief is held: evidence as if it were certain."""
        held = self.question.entrenchment(name)
        return Entrenchment(CERTAIN) if held.rank >= self._evidence else held

    def seniority(self, name: Label) -> Seniority:
        """Return the place of a belief among equals: what comes first is doubted first."""
        return self.question.seniority(name)

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether there is a plan if just these beliefs are true."""
        return self._verdict(lambda inquiry: inquiry.within(frozenset(labels).__contains__))

    def without(self, excluded: Collection[Label]) -> Verdict:
        """Decide whether there is a plan if all beliefs but these are true."""
        return self._verdict(lambda inquiry: inquiry.without(excluded))

    def suspected(self, labels: Collection[Label]) -> Verdict:
        """Decide whether just these beliefs leave a plan for all that is known by now, without asking the planner.

        `Unsat` is as true as that of `check`; `Sat` says that nothing is known to stand in the way.
        """
        return self._inquiry.check(labels)

    def suspected_without(self, excluded: Collection[Label]) -> Verdict:
        """Decide whether all beliefs but these leave a plan, as in `suspected`."""
        return self._inquiry.without(excluded)

    def smallest(self, kernel: Collection[Label]) -> Kernel | Unknown:
        """Return a smallest set within beliefs that leave no plan; `Unknown` if that takes too long.

        That nothing is named in vain is worth some seconds, and not the whole time that there is.
        """
        whole = self._deadline
        rest = whole.rest()
        patience = _PATIENCE if rest.milliseconds is None else min(_PATIENCE, rest.milliseconds)
        self._deadline = Deadline(replace(rest, milliseconds=patience))
        self._inquiry = self._asked()
        try:
            return shrink(self, kernel, spare=self.question.certain_last)
        finally:
            self._deadline = whole
            self._inquiry = self._asked()

    def way(self, excluded: Collection[Label] = ()) -> Way | Unsat | Unknown:
        """Return a plan under a model of all beliefs but these; `Unsat` if there is none."""
        return self._decide(lambda inquiry: inquiry.without(excluded))

    def least_for(self, way: Way) -> tuple[frozenset[Label], Way] | Unknown:
        """Return the least that has to be doubted for one plan to work, and the plan with a model of all the rest."""
        question = Question.of(self.question.plain, *self._lets(way))
        found = least_incision(
            question.inquiry(self._deadline.rest()),
            self.entrenchment,
            self.seniority,
            budget=self._deadline.rest(),
        )
        if isinstance(found, Unknown):
            return found
        if isinstance(found, Irrefutable) or found.model is None:
            return Unknown("the solver found a model of what is believed that cannot be read back")
        domain = _Proposed(self._actions, found.model, self.problem, self._planned).domain()
        return found.removed, Way(way.plan, domain, found.model)

    def _lets(self, way: Way) -> Iterator[Formula]:
        """Yield what lets a plan work: its actions do what they do in the model, and need nothing false by then."""
        used = dict.fromkeys(step.action for step in way.plan)
        for name in used:
            for atom, _ in self._actions.effects[name]:
                yield Claim(*atom, way.model.holds(atom)).formula
        not_needed: dict[Claim, None] = {}
        state = self.problem.initial
        for step in way.plan:
            for atom, literal in self._actions.needs[step.action]:
                if not literal.holds(state, step.arguments):
                    not_needed[Claim(*atom, False)] = None
            state = run(way.domain, state, [step])
        yield from (claim.formula for claim in not_needed)

    def _verdict(self, ask: Callable[[Inquiry], Verdict]) -> Verdict:
        found = self._decide(ask)
        return Sat(found.model) if isinstance(found, Way) else found

    def _decide(self, ask: Callable[[Inquiry], Verdict]) -> Way | Unsat | Unknown:
        """Return a plan under a model that a solver proposes, telling it of each in vain why there is no plan."""
        while True:
            verdict = ask(self._inquiry)
            if not isinstance(verdict, Sat):
                return verdict
            if verdict.model is None:
                return Unknown("the solver found a model of what is believed that cannot be read back")
            proposed = _Proposed(self._actions, verdict.model, self.problem, self._planned)
            domain = proposed.domain()
            found = self._planned(domain, self.problem)
            if isinstance(found, Unknown):
                return found
            if not isinstance(found, NoPlan):
                return Way(found, domain, verdict.model)
            kernel = shrink(proposed, proposed.restrictions, spare=self._firmness)
            if isinstance(kernel, Unknown):
                return kernel
            together = (claim for claim in proposed.restrictions if claim in kernel)
            self._lessons.append(disjunction(tuple(map(self._denied, together))))
            self._inquiry = self._asked()

    def _denied(self, claim: Claim) -> Formula:
        """Deny a claim, and whatever would leave no plan just as well: conditions that are at least as strict."""
        stricter = [Claim(claim.predicate, each, True) for each in self._strictness.at_least(claim)]
        return conjunction(tuple(each.denied for each in (claim, *stricter)))

    def against(self, way: Way) -> tuple[Claimed, ...]:
        """Return what the model of a way claims against what is believed."""
        return tuple(
            Claimed(name, claim, literal)
            for name, parts in chain(self._actions.needs.items(), self._actions.effects.items())
            for atom, literal in parts
            for claim in [Claim(*atom, way.model.holds(atom))]
            if claim.denied in self._actions.believed
        )

    def _planned(self, domain: Domain, problem: Problem) -> Plan | NoPlan | Unknown:
        """Return a plan; one that is known already, if it works."""
        for known in self._ways:
            if works(domain, problem, known):
                return known
        allowance = self._deadline.remaining()
        if isinstance(allowance, Unknown):
            return allowance
        self.calls += 1
        found = plan(domain, problem, budget=allowance)
        if isinstance(found, tuple):
            self._ways.append(found)
        return self._deadline.told(found) if isinstance(found, Unknown) else found

    def _firmness(self, claim: Label) -> tuple[bool, int, Claim]:
        """Which claims are spared first: those that are held most weakly.

        What leaves no plan is then explained by what is held firmly, as far as it can be.
        """
        assert isinstance(claim, Claim)
        ranks = [belief.entrenchment.rank for belief in self.question.base.says(claim.formula)]
        return (*max(ranks, default=(False, -1)), claim)


class _Proposed:
    """An action model that a solver proposed, its claims to be checked, the input being that there is a plan.

    Claims that are left out are free. A condition that is free is not asked for. An effect that is free may come about
    or not, at every step anew: its fact and the absence of its fact are told apart as two facts, and it makes its own
    true without making the other false. So more is taken to be possible than in any one model, and where there is no
    plan all the same, none of the models that the claims left allow has one. That is all that `Unsat` says; `Sat` may
    be said in vain where conditions ask for a fact and for its absence.

    Attributes:
        restrictions: the claims that may stand in the way of a plan: conditions, effects that take away what a
            condition or the goal asks for, and effects that are not there and would bring it about.
    """

    def __init__(
        self,
        actions: _Actions,
        model: Model,
        problem: Problem,
        plan: Callable[[Domain, Problem], Plan | NoPlan | Unknown],
    ) -> None:
        self._plan = plan
        self._arities = actions.arities
        self._needs = {
            name: [(Claim(*atom, True), literal) for atom, literal in needs if model.holds(atom)]
            for name, needs in actions.needs.items()
        }
        self._effects = {
            name: [(Claim(*atom, model.holds(atom)), literal) for atom, literal in effects]
            for name, effects in actions.effects.items()
        }
        needs = list(chain.from_iterable(self._needs.values()))
        effects = list(chain.from_iterable(self._effects.values()))
        asked = {(each.predicate, each.positive) for each in (*(each for _, each in needs), *problem.goal)}
        against = [
            claim
            for claim, effect in effects
            if (effect.predicate, effect.positive is not claim.holds) in asked
        ]
        self.restrictions = (*(claim for claim, _ in needs), *against)
        changing = {(each.predicate, len(each.arguments)) for _, each in effects}
        self._split = {name: arity for name, arity in changing if (name, False) in asked}
        self._problem = self._with_absences(problem)

    def _with_absences(self, problem: Problem) -> Problem:
        names = [name for name, _ in problem.objects]
        absent = {
            Ground(_ABSENT + predicate, arguments)
            for predicate, arity in self._split.items()
            for arguments in product(names, repeat=arity)
            if Ground(predicate, arguments) not in problem.initial
        }
        return replace(
            problem, initial=problem.initial | absent, goal=tuple(map(self._as_fact, problem.goal))
        )

    def _as_fact(self, literal: Literal) -> Literal:
        """The condition that a fact holds, or that its absence does where that is told apart."""
        if literal.positive or literal.predicate not in self._split:
            return literal
        return Literal(_ABSENT + literal.predicate, literal.arguments)

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether there may be a plan if just these claims are true."""
        found = self._plan(self._relaxed(frozenset(labels)), self._problem)
        if isinstance(found, Unknown):
            return found
        return Unsat(frozenset(labels)) if isinstance(found, NoPlan) else Sat()

    def domain(self) -> Domain:
        """Return the actions as the model has them."""
        return self._domain(
            lambda name: tuple(each for _, each in self._needs[name]),
            lambda name: tuple(each for claim, each in self._effects[name] if claim.holds),
        )

    def _relaxed(self, kept: Collection[Label]) -> Domain:
        """The actions of which these claims are true, and the others free."""
        fixed = {*kept, *(claim for each in self._effects.values() for claim, _ in each)}
        fixed -= {claim for claim in self.restrictions if claim not in kept}
        return self._domain(
            lambda name: tuple(self._as_fact(each) for claim, each in self._needs[name] if claim in kept),
            lambda name: tuple(dict.fromkeys(self._relaxed_effects(name, fixed))),
        )

    def _relaxed_effects(self, name: str, fixed: Collection[Label]) -> Iterator[Literal]:
        added = {
            each for claim, each in self._effects[name] if each.positive and claim.holds and claim in fixed
        }
        for claim, effect in self._effects[name]:
            if claim in fixed and not claim.holds:
                continue
            if claim in fixed and effect.negated in added:
                continue  # what is added and deleted is there
            if effect.positive:
                yield effect
            elif effect.predicate in self._split:
                yield Literal(_ABSENT + effect.predicate, effect.arguments)
            if claim in fixed and effect.positive and effect.predicate in self._split:
                yield Literal(_ABSENT + effect.predicate, effect.arguments, False)
            elif claim in fixed and not effect.positive:
                yield effect

    def _domain(
        self,
        conditions: Callable[[str], tuple[Literal, ...]],
        effects: Callable[[str], tuple[Literal, ...]],
    ) -> Domain:
        schemas = tuple(
            Schema(
                name,
                tuple((str(place + 1), OBJECT) for place in range(arity)),
                conditions(name),
                effects(name),
            )
            for name, arity in self._arities.items()
        )
        return Domain("proposed", schemas=schemas)


_ABSENT = "no "
"""What stands before a predicate where it speaks of the absence of its facts; no name of PDDL holds a space."""


class _Actions:
    """What may be true of actions, as far as a base does not leave it open.

    Attributes:
        arities: how many arguments each action takes.
        needs: the conditions that each action may need, by the atom that says so.
        effects: the effects that each action may have, by the atom that says so: those that are believed to be there,
            and those that are believed not to be there for reasons that may be doubted; where it is asked for, those
            that are undecided as well.
        believed: what the base entails.
    """

    def __init__(self, base: BeliefBase, evidence: tuple[bool, int], undecided: bool, budget: Budget) -> None:
        vocabulary = Vocabulary.of(base)
        self.believed = Entailed(base, budget)
        self.arities = {name: action.arity for name, action in vocabulary.actions.items()}
        self.needs: dict[str, list[tuple[_Claimed, Literal]]] = {}
        self.effects: dict[str, list[tuple[_Claimed, Literal]]] = {}

        def is_open(atom: _Claimed) -> bool:
            if Claim(*atom, True).formula in self.believed:
                return True
            doubtful = any(base[name].entrenchment.rank < evidence for name in base.touching(atom))
            if undecided:
                return doubtful or Claim(*atom, False).formula not in self.believed
            return doubtful and Claim(*atom, False).formula in self.believed

        for name, action in vocabulary.actions.items():
            candidates = vocabulary.candidates(name).items()
            self.needs[name] = [
                ((f"needs_{action.symbol}", symbol), literal) for symbol, literal in candidates
            ]
            effects = [
                ((mark + action.symbol, symbol), effect)
                for symbol, literal in candidates
                if literal.positive and literal.predicate != EQUAL
                for mark, effect in (("adds_", literal), ("deletes_", literal.negated))
            ]
            self.effects[name] = [each for each in effects if is_open(each[0])]

    def may_do_as(self, other: _Actions) -> bool:
        """Return whether the same may be true of the same actions as others have it."""
        return (self.arities, self.needs, self.effects) == (other.arities, other.needs, other.effects)


class _Strictness:
    """Which conditions are at least as strict as others in a problem, whatever the actions do.

    It is told of facts that no action may change: a condition that no individuals meet is stricter than any; one is
    at least as strict as another if whoever meets it meets that as well.
    """

    def __init__(self, actions: _Actions, problem: Problem) -> None:
        changing = {literal.predicate for effects in actions.effects.values() for _, literal in effects}
        self._rows: dict[str, set[tuple[str, ...]]] = {}
        for fact in problem.initial:
            self._rows.setdefault(fact.predicate, set()).add(fact.arguments)
        self._literals = {
            predicate: {
                symbol: literal
                for (_, symbol), literal in needs
                if literal.positive and literal.predicate != EQUAL and literal.predicate not in changing
            }
            for needs in actions.needs.values()
            for (predicate, _), _ in needs
        }
        self._known: dict[Claim, tuple[str, ...]] = {}

    def at_least(self, claim: Claim) -> tuple[str, ...]:
        """Return the symbols of other conditions of the same action that are at least as strict; none of effects."""
        if claim not in self._known:
            literals = self._literals.get(claim.predicate, {})
            target = literals.get(claim.condition)
            self._known[claim] = tuple(
                symbol
                for symbol, literal in literals.items()
                if symbol != claim.condition and self._is_as_strict(literal, target)
            )
        return self._known[claim]

    def _is_as_strict(self, one: Literal, other: Literal | None) -> bool:
        bindings = list(self._bindings(one))
        if not bindings:
            return True
        if other is None or not all(type(each) is str or each in bindings[0] for each in other.arguments):
            return False
        rows = self._rows.get(other.predicate, set())
        return all(
            tuple(binding[each] if isinstance(each, int) else each for each in other.arguments) in rows
            for binding in bindings
        )

    def _bindings(self, literal: Literal) -> Iterator[dict[int, str]]:
        """Yield the arguments that meet a condition."""
        for row in self._rows.get(literal.predicate, ()):
            binding: dict[int, str] = {}
            if all(
                (binding.setdefault(each, name) if isinstance(each, int) else each) == name
                for each, name in zip(literal.arguments, row, strict=True)
            ):
                yield binding


_Claimed: TypeAlias = tuple[str, str]
