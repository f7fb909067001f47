"""What steps that were tried in the world say of the actions, and how it is believed.

A step that was executed shows that none of the conditions that were false then is needed. One that was refused shows
that at least one of them is. Where the state afterwards is seen, it shows what the action does: a fact that came about
was added, one that went was deleted, and one that is there was not deleted without being added.

What was seen is believed at a level above what was read and what was merely assumed. Of that level and above it is the
*evidence*: what it entails does not rest on any assumption.

References:
    Wang: Learning by observation and practice: an incremental approach for planning operator acquisition. ICML 1995.
    Stern, Juba: Efficient, safe, and probably approximately complete learning of action models. IJCAI 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from beliefs import answers
from beliefs.answers import Answer
from beliefs.base.belief_base import BeliefBase
from beliefs.base.cut import cut
from beliefs.base.entrenchment import Level
from beliefs.change import Change
from beliefs.errors import PlanError
from beliefs.language.clauses import ground_atom
from beliefs.language.syntax import And, Atom, Formula, Not, Or, conjunction, disjunction
from beliefs.planning.actions import EQUAL, Ground, Literal, State, Step
from beliefs.planning.levels import EVIDENCE, WORLD
from beliefs.planning.model import Believer, Entailed, believed_effects
from beliefs.planning.vocabulary import Action, Vocabulary
from beliefs.planning.world import Outcome
from beliefs.reasoning.verdict import UNLIMITED, Budget


@dataclass(frozen=True)
class Lesson:
    """What was learned from a step that was tried.

    Attributes:
        step: the step.
        executed: whether the world carried it out.
        changes: the changes that took in what it shows; none where that was known.
        note: why nothing could be learned, or why what it shows was not taken in; None otherwise.
    """

    step: Step
    executed: bool
    changes: tuple[Change, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Shown:
    """What a step shows that the evidence does not entail.

    Attributes:
        how: "refused", "executed", or "changed" for what it did.
        formulas: what it shows.
    """

    how: str
    formulas: tuple[Formula, ...]


_Groups: TypeAlias = list[tuple[Literal, tuple[str, ...]]]
"""Conditions that stand for one fact under the same arguments: one of them, and the symbols of all."""


class Evidence:
    """The part of a base that rests on no assumption, to be asked about actions.

    Answers are kept. `updated` carries over to a later base those that more evidence cannot overturn.
    """

    def __init__(
        self,
        base: BeliefBase,
        *,
        level: Level = EVIDENCE,
        budget: Budget = UNLIMITED,
        former: Evidence | None = None,
    ) -> None:
        """Take the evidence of a base.

        Args:
            base: the base.
            level: the level from which on a belief counts as evidence.
            budget: what one question may spend.
            former: the evidence of an earlier base, to carry answers over from.
        """
        self.base = base
        self.level = level
        self.budget = budget
        self.part = cut(base, level)
        same = former is not None and former.base.declarations == base.declarations
        self.vocabulary: Vocabulary = (
            former.vocabulary if former is not None and same else Vocabulary.of(base)
        )
        self._answers: dict[Formula, Answer] = {}
        self._nothing_new: set[object] = set()
        self._denied: frozenset[Formula] = frozenset(_denied_for_certain(base))
        self._false: dict[str, list[tuple[str, Literal]]] = {
            name: [
                (symbol, literal)
                for symbol, literal in self.vocabulary.candidates(name).items()
                if action.needs(symbol) not in self._denied
            ]
            for name, action in self.vocabulary.actions.items()
        }
        self._effects: dict[str, tuple[Literal, ...]] = {}
        self._open: dict[str, frozenset[str]] = {}
        self._groups: dict[tuple[str, ...], _Groups] = {}
        if former is not None and same and former.level == level:
            self._carry_over(former)

    def updated(self, base: BeliefBase) -> Evidence:
        """Return the evidence of a later base; this one if it is of the same."""
        if base is self.base:
            return self
        return Evidence(base, level=self.level, budget=self.budget, former=self)

    def _carry_over(self, former: Evidence) -> None:
        grown = all(self.part.beliefs.get(name) == belief for name, belief in former.part.beliefs.items())
        if not grown:
            return
        same = len(self.part) == len(former.part)
        self._groups = former._groups
        self._nothing_new = set(former._nothing_new)
        self._answers = {
            formula: answer
            for formula, answer in former._answers.items()
            if same or answer.verdict in ("believed", "disbelieved")
        }

    def action(self, step: Step) -> Action:
        """Return the action of a step.

        Raises:
            PlanError: no action of that name is known, or it takes another number of arguments.
        """
        action = self.vocabulary.actions.get(step.action)
        if action is None:
            known = ", ".join(sorted(self.vocabulary.actions)) or "none"
            raise PlanError(f"{step}: the base knows no action {step.action}; it knows {known}")
        if action.arity != len(step.arguments):
            raise PlanError(
                f"{step}: {action.name} takes {action.arity} argument{'' if action.arity == 1 else 's'}, and "
                f"here are {len(step.arguments)}"
            )
        return action

    def false(self, step: Step, state: State) -> tuple[str, ...]:
        """Return the conditions that the action of a step might need and that are false in a state, by symbol.

        Those are left out of which it is certain, word for word, that it does not need them.
        """
        arguments = step.arguments
        return tuple(
            [symbol for symbol, each in self._false[step.action] if not each.holds(state, arguments)]
        )

    def ask(self, formula: Formula) -> Answer:
        """Return how a formula stands to the evidence."""
        answer = self._answers.get(formula)
        if answer is None:
            answer = self._answers[formula] = answers.ask(self.part, formula, budget=self.budget)
        return answer

    def entails(self, formula: Formula) -> bool:
        """Return whether the evidence entails a formula; not knowing is no yes."""
        return self.ask(formula).verdict == "believed"

    def effects(self, step: Step) -> tuple[Literal, ...]:
        """Return the effects that the action of a step is believed to have, by the whole base."""
        found = self._effects.get(step.action)
        if found is None:
            action = self.vocabulary.actions[step.action]
            holds = Entailed(self.base, self.budget)
            found = tuple(believed_effects(action, self.vocabulary.candidates(step.action), holds))
            self._effects[step.action] = found
        return found

    def after(self, step: Step, state: State) -> State:
        """Return the state after a step, by the effects that its action is believed to have."""
        effects = self.effects(step)
        deleted = {each.ground(step.arguments) for each in effects if not each.positive}
        added = {each.ground(step.arguments) for each in effects if each.positive}
        return (state - deleted) | added

    def doubtful_after(self, step: Step, state: State, doubtful: Collection[Ground]) -> frozenset[Ground]:
        """Return the facts of whose truth after a step the evidence does not tell.

        Args:
            step: the step.
            state: the state before it, by what is believed.
            doubtful: the facts of whose truth in that state the evidence does not tell.

        Of every other fact, the state `after` the step is as the evidence entails. An action is taken to change
        nothing that it does not mention.

        Cost: none to speak of where the evidence decides what the action does and nothing is doubtful; that is found
        out once for each action.
        """
        is_open = self._left_open(step)
        if not doubtful and not is_open:
            return frozenset()
        action = self.vocabulary.actions[step.action]
        after = set(doubtful)
        for fact, symbols in self._touched(step).items():
            added = [self._tells_of(action.adds(each)) for each in symbols]
            deleted = [self._tells_of(action.deletes(each)) for each in symbols]
            never_added = all(each is False for each in added)
            if True in added or (never_added and True in deleted):
                after.discard(fact)
            elif any(each is not False for each in (deleted if fact in state else added)):
                after.add(fact)
        return frozenset(after)

    def _left_open(self, step: Step) -> frozenset[str]:
        """The conditions of which the evidence does not tell whether the action of a step changes them."""
        found = self._open.get(step.action)
        if found is None:
            action = self.vocabulary.actions[step.action]
            found = self._open[step.action] = frozenset(
                symbol
                for symbol, literal in self.vocabulary.candidates(step.action).items()
                if literal.positive
                and literal.predicate != EQUAL
                and None in (self._tells_of(action.adds(symbol)), self._tells_of(action.deletes(symbol)))
            )
        return found

    def _tells_of(self, atom: Atom) -> bool | None:
        """Whether the evidence entails an atom, or its negation; None where it entails neither, or is not known to."""
        if atom in self._denied:
            return False
        if any(True for _ in self.part.says(atom)):
            return True
        if not any(True for _ in self.part.touching(ground_atom(atom))):
            return None
        verdict = self.ask(atom).verdict
        return True if verdict == "believed" else False if verdict == "disbelieved" else None

    def shown(
        self, step: Step, state: State, outcome: Outcome, doubtful: Collection[Ground] = ()
    ) -> Iterator[Shown]:
        """Yield what a step that was tried shows and the evidence does not entail.

        Of facts that are `doubtful` it is not known whether they are as the state has them. A step that was executed
        needs nothing that is known to be false. One that was refused needs something that is false, or may be. What
        changed can be told of what is known before and after.

        Cost: a look at each candidate condition where the like has been seen before, and else a question for each.
        """
        action = self.action(step)
        false = self.false(step, state)
        if doubtful:
            open_ones = self._resting_on(step, doubtful)
            known = tuple(each for each in false if each not in open_ones)
            false = known if outcome.executed else tuple(dict.fromkeys((*known, *open_ones)))
        if not outcome.executed:
            if false:
                yield from self._new(
                    "refused", (action, false), lambda: [disjunction(tuple(map(action.needs, false)))]
                )
            return
        yield from self._new("executed", (action, false), lambda: [Not(action.needs(each)) for each in false])
        if outcome.state is not None:
            seen = tuple(
                (symbols, fact in state, fact in outcome.state)
                for fact, symbols in self._touched(step).items()
                if fact not in doubtful
            )
            yield from self._new("changed", (action, seen), lambda: _changes(action, seen))

    def _resting_on(self, step: Step, facts: Collection[Ground]) -> tuple[str, ...]:
        """The conditions that the action of a step might need and that are about some facts there, by symbol."""
        return tuple(
            symbol for symbol, each in self._false[step.action] if each.ground(step.arguments) in facts
        )

    def _new(self, how: str, seen: object, shown: Callable[[], Iterable[Formula]]) -> Iterator[Shown]:
        if (how, seen) in self._nothing_new:
            return
        everything = tuple(dict.fromkeys(shown()))
        new = tuple(each for each in everything if not self.entails(each))
        if not new:
            self._nothing_new.add((how, seen))
        elif self.ask(conjunction(new)).verdict == "disbelieved":
            # Some of the earlier evidence has to go, and what said the rest as well may be among it.
            yield Shown(how, everything)
        else:
            yield Shown(how, new)

    def _touched(self, step: Step) -> dict[Ground, tuple[str, ...]]:
        """The facts that a step could change, each with the conditions that stand for it there.

        Which conditions stand for one fact depends on which arguments are the same; that is worked out once.
        """
        arguments = step.arguments
        constants = self.vocabulary.constants
        alike = (
            step.action,
            *[each if each in constants else f"?{arguments.index(each)}" for each in arguments],
        )
        groups = self._groups.get(alike)
        if groups is None:
            found: dict[Ground, tuple[Literal, list[str]]] = {}
            for symbol, literal in self.vocabulary.candidates(step.action).items():
                if literal.positive and literal.predicate != EQUAL:
                    found.setdefault(literal.ground(arguments), (literal, []))[1].append(symbol)
            groups = self._groups[alike] = [(literal, tuple(symbols)) for literal, symbols in found.values()]
        return {literal.ground(arguments): symbols for literal, symbols in groups}

    def unexplained(self, step: Step, before: State, after: State) -> tuple[Ground, ...]:
        """Return the facts that changed and that no effect of the action of a step can speak of."""
        return tuple(sorted((before ^ after) - self._touched(step).keys()))


def record(
    agent: Believer,
    step: Step,
    before: State,
    outcome: Outcome,
    *,
    level: Level = EVIDENCE,
    source: str = WORLD,
    evidence: Evidence | None = None,
    doubtful: Collection[Ground] = (),
) -> Lesson:
    """Take in what a step that was tried shows.

    What it shows is observed: what contradicts it gives way, the weakest first, earlier evidence last. Nothing is
    entered that the evidence entails already.

    Args:
        agent: who learns.
        step: the step.
        before: the state in which it was tried.
        outcome: what came of it.
        level: how firmly what was seen is believed.
        source: who saw it.
        evidence: the evidence of the agent's present base, where it is at hand.
        doubtful: the facts of whose truth in that state nothing is known, as where the world does not show it.

    Raises:
        PlanError: the agent knows no such action.
        JournalError: the change could not be committed.
    """
    known = evidence if evidence is not None else Evidence(agent.base, level=level, budget=agent.budget)
    known = known.updated(agent.base)
    known.action(step)
    if not outcome.executed and not doubtful and not known.false(step, before):
        return Lesson(
            step, False, note=f"{step} was refused, though no condition that it might need is false"
        )
    changes, notes = [], []
    for shown in list(known.shown(step, before, outcome, doubtful)):
        change = agent.observe(
            conjunction(shown.formulas),
            name=_name(agent.base, step.action, shown.how),
            level=level,
            source=source,
        )
        changes.append(change)
        if change.status in ("refused", "unknown", "rejected"):
            notes.append(f"what {step} shows was not taken in: {change.reason}")
    if outcome.executed and outcome.state is not None and not doubtful:
        strange = known.unexplained(step, before, outcome.state)
        if strange:
            notes.append(f"{step} does not mention all that changed: {', '.join(map(str, strange))}")
    return Lesson(step, outcome.executed, tuple(changes), "; ".join(notes) or None)


def _name(base: BeliefBase, action: str, how: str) -> str:
    number = 1
    while f"{action}-{how}-{number}" in base:
        number += 1
    return f"{action}-{how}-{number}"


def _denied_for_certain(base: BeliefBase) -> Iterator[Formula]:
    """Yield what certain beliefs deny word for word, alone or as one of several things."""
    for belief in base:
        if belief.entrenchment.is_certain:
            said = belief.formula
            yield from (
                each.operand
                for each in (said.operands if isinstance(said, And) else (said,))
                if isinstance(each, Not)
            )


def _changes(action: Action, seen: Iterable[tuple[tuple[str, ...], bool, bool]]) -> Iterator[Formula]:
    """Yield what a step shows of the effects of its action.

    Args:
        action: the action.
        seen: for each fact that it could change, the conditions that stand for it, and whether it was true before
            and after.
    """
    for symbols, before, after in seen:
        if not after:
            yield from (Not(action.adds(each)) for each in symbols)
            if before:
                yield disjunction(tuple(map(action.deletes, symbols)))
        elif not before:
            yield disjunction(tuple(map(action.adds, symbols)))
        else:
            added = disjunction(tuple(map(action.adds, symbols)))
            yield from (Or((Not(action.deletes(each)), added)) for each in symbols)
