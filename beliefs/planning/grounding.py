"""From a domain and a problem to the steps and facts that can matter: grounding by what can be reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from beliefs.planning.actions import EQUAL, Domain, Ground, Literal, Problem, Schema, State, Step
from beliefs.planning.downward import Operator, Task


@dataclass(frozen=True, slots=True)
class Grounded:
    """A task, and what its numbers stand for.

    Attributes:
        task: the task, of the facts and steps that can matter alone.
        steps: the step of each operator.
    """

    task: Task
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _GroundStep:
    step: Step
    needs: frozenset[Ground]
    forbids: frozenset[Ground]
    adds: frozenset[Ground]
    deletes: frozenset[Ground]


def ground(domain: Domain, problem: Problem) -> Grounded | None:
    """Return the task of a problem; None where the goal is out of reach even if nothing that was true ever ends.

    The task has a plan just where the problem has one, and each plan of the task is one of the problem. Left out are
    steps that can never be taken, and facts and effects that cannot matter: what no condition and no goal that
    depends on it asks for. Of steps that need and do the same, the first is kept; arguments that neither the
    conditions nor the effects of an action speak of are one and the same individual in all its steps.

    The relaxation in which a fact once true (or once false) may be taken for true (or false) ever after is that of
    Bonet and Geffner ("Planning as heuristic search", AIJ 2001), with negative conditions taken like facts of their
    own.

    Cost: linear in the bindings of the actions that the conditions on facts that never change let through.
    """
    changing = frozenset(effect.predicate for schema in domain.schemas for effect in schema.effects)
    if not all(each.holds(problem.initial) for each in problem.goal if each.predicate not in changing):
        return None
    goal = [each for each in problem.goal if each.predicate in changing]
    wanted = frozenset(each.ground(()) for each in goal if each.positive)
    unwanted = frozenset(each.ground(()) for each in goal if not each.positive)
    relevant, candidates = _Relevance(domain, problem, changing).of(goal)
    reached = _reach(problem.initial, candidates)
    if not (wanted <= reached.true and reached.can_be_false(unwanted)):
        return None
    numbers = {fact: number for number, fact in enumerate(sorted(relevant))}

    def numbered(facts: Iterable[Ground]) -> frozenset[int]:
        return frozenset(numbers[fact] for fact in facts if fact in numbers)

    operators: dict[Operator, Step] = {}
    for each in reached.steps:
        parts = (each.needs, each.forbids, each.adds, each.deletes)
        operators.setdefault(Operator(*map(numbered, parts)), each.step)
    task = Task(
        len(numbers), numbered(problem.initial), numbered(wanted), numbered(unwanted), tuple(operators)
    )
    return Grounded(task, tuple(operators.values()))


@dataclass(frozen=True, slots=True)
class _Action:
    """An action, its conditions told apart by whether any action changes what they speak of.

    Attributes:
        schema: the action.
        static: the conditions that nothing changes.
        generators: those of them that name the individuals they are true of.
        dynamic: the other conditions.
        spoken_of: the parameters that conditions or effects mention.
    """

    schema: Schema
    static: list[Literal]
    generators: list[Literal]
    dynamic: list[Literal]
    spoken_of: frozenset[int | str]

    @staticmethod
    def of(schema: Schema, changing: frozenset[str]) -> _Action:
        static = [each for each in schema.conditions if each.predicate not in changing]
        return _Action(
            schema,
            static,
            [each for each in static if each.positive and each.predicate != EQUAL],
            [each for each in schema.conditions if each.predicate in changing],
            frozenset(part for each in (*schema.conditions, *schema.effects) for part in each.arguments),
        )

    def step(self, arguments: tuple[str, ...]) -> _GroundStep:
        """Return the step for these arguments."""
        conditions = [(each.positive, each.ground(arguments)) for each in self.dynamic]
        effects = [(each.positive, each.ground(arguments)) for each in self.schema.effects]
        adds = frozenset([fact for positive, fact in effects if positive])
        return _GroundStep(
            Step(self.schema.name, arguments),
            frozenset([fact for positive, fact in conditions if positive]),
            frozenset([fact for positive, fact in conditions if not positive]),
            adds,
            frozenset([fact for positive, fact in effects if not positive]) - adds,
        )


class _Relevance:
    """What the goal depends on, found backwards from it: facts, and the steps that change one of them."""

    def __init__(self, domain: Domain, problem: Problem, changing: frozenset[str]) -> None:
        self._objects = [name for name, _ in problem.objects]
        self._initial = problem.initial
        self._rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for fact in sorted(problem.initial):
            if fact.predicate not in changing:
                self._rows[fact.predicate].append(fact.arguments)
        self._actions = [_Action.of(schema, changing) for schema in domain.schemas]
        for action in self._actions:
            action.generators.sort(key=lambda each: (len(self._rows[each.predicate]), each))
        self._effects: dict[tuple[bool, str], list[tuple[_Action, Literal]]] = defaultdict(list)
        for action in self._actions:
            for effect in action.schema.effects:
                self._effects[effect.positive, effect.predicate].append((action, effect))

    def of(self, goal: Iterable[Literal]) -> tuple[set[Ground], list[_GroundStep]]:
        """Return the facts that a goal depends on, and the steps that bring about what it or one of them needs.

        A plan goes on to work without a step that brings about nothing that is needed.
        """
        needed = {(each.positive, each.ground(())) for each in goal}
        waiting = sorted(needed)
        found: dict[tuple[str, tuple[str, ...]], _GroundStep] = {}
        while waiting:
            for action, binding in self._bringing_about(*waiting.pop()):
                for arguments in self._bindings(action, binding):
                    place = action.schema.name, arguments
                    if place in found:
                        continue
                    step = found[place] = action.step(arguments)
                    new = {*((True, fact) for fact in step.needs), *((False, fact) for fact in step.forbids)}
                    new -= needed
                    needed |= new
                    waiting.extend(new)
        return {fact for _, fact in needed}, [found[place] for place in sorted(found)]

    def _bringing_about(self, positive: bool, fact: Ground) -> Iterator[tuple[_Action, Mapping[int, str]]]:
        """Yield the actions that make a fact true, or false, each with the arguments that this takes."""
        for action, effect in self._effects[positive, fact.predicate]:
            binding = _matched(effect, fact.arguments, {})
            if binding is not None:
                yield action, binding

    def _bindings(self, action: _Action, binding: Mapping[int, str]) -> Iterator[tuple[str, ...]]:
        """Yield the arguments within a binding for which all conditions on facts that never change hold."""
        for joined in self._joined(action.generators, binding):
            rest = [place for place in range(action.schema.arity) if place not in joined]
            for whole in self._completed(rest, action.spoken_of, joined):
                arguments = tuple([whole[place] for place in range(action.schema.arity)])
                if all(each.holds(self._initial, arguments) for each in action.static):
                    yield arguments

    def _joined(self, generators: list[Literal], binding: Mapping[int, str]) -> Iterator[Mapping[int, str]]:
        """Yield the bindings of parameters for which these conditions hold."""
        if not generators:
            yield binding
            return
        first, *rest = generators
        if all(type(each) is str or each in binding for each in first.arguments):
            yield from self._joined(rest, binding)  # nothing to bind; it is looked at in the end
            return
        for row in self._rows[first.predicate]:
            extended = _matched(first, row, binding)
            if extended is not None:
                yield from self._joined(rest, extended)

    def _completed(
        self, rest: list[int], spoken_of: frozenset[int | str], binding: Mapping[int, str]
    ) -> Iterator[Mapping[int, str]]:
        if not rest:
            yield binding
            return
        place, *others = rest
        objects = self._objects if place in spoken_of else self._objects[:1]
        for name in objects:
            yield from self._completed(others, spoken_of, {**binding, place: name})


def _matched(condition: Literal, row: tuple[str, ...], binding: Mapping[int, str]) -> dict[int, str] | None:
    """Return a binding extended so that a condition is this fact; None where it cannot be."""
    extended = dict(binding)
    for argument, name in zip(condition.arguments, row, strict=True):
        if (extended.setdefault(argument, name) if isinstance(argument, int) else argument) != name:
            return None
    return extended


@dataclass(frozen=True, slots=True)
class _Reached:
    """What can be true and what can be false after some steps, and the steps that can be taken, in the relaxation."""

    initial: State
    true: set[Ground]
    false: set[Ground]
    steps: list[_GroundStep]

    def can_be_false(self, facts: Iterable[Ground]) -> bool:
        """Return whether each of these facts can be false."""
        return all(fact not in self.initial or fact in self.false for fact in facts)


def _reach(initial: State, candidates: list[_GroundStep]) -> _Reached:
    """Return the relaxed fixpoint, each step counting down the conditions that it waits for."""
    reached = _Reached(initial, set(initial), set(), [])
    waiting: dict[tuple[bool, Ground], list[int]] = defaultdict(list)
    missing = []
    ready = []
    for number, each in enumerate(candidates):
        awaited = [(True, fact) for fact in each.needs if fact not in initial]
        awaited += [(False, fact) for fact in each.forbids if fact in initial]
        missing.append(len(awaited))
        for one in awaited:
            waiting[one].append(number)
        if not awaited:
            ready.append(number)
    taken = set()
    while ready:
        number = ready.pop()
        taken.add(number)
        for facts, known, positive in (
            (candidates[number].adds, reached.true, True),
            (candidates[number].deletes, reached.false, False),
        ):
            for fact in facts - known:
                known.add(fact)
                for dependant in waiting.get((positive, fact), ()):
                    missing[dependant] -= 1
                    if missing[dependant] == 0:
                        ready.append(dependant)
    reached.steps.extend(each for number, each in enumerate(candidates) if number in taken)
    return reached
