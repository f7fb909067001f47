"""The world that steps are executed in: the protocol, and a simulated one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from beliefs.errors import PlanError
from beliefs.planning.actions import Domain, Problem, State, Step, as_state


@dataclass(frozen=True)
class Outcome:
    """What came of a step.

    Attributes:
        executed: whether the world carried it out; if not, nothing has changed.
        state: the state afterwards, where it could be seen.
        reason: what the world says of a step that it refused, for people to read; nothing is learned from it.
    """

    executed: bool
    state: State | None = None
    reason: str | None = None


class World(Protocol):
    """Something that steps can be executed in."""

    @property
    def state(self) -> State | None:
        """The present state, where it can be seen."""

    def execute(self, step: Step) -> Outcome:
        """Try a step, and tell what came of it."""


def check_outcome(given: Outcome, step: Step) -> Outcome:
    """Return what is said to have come of a step, having made sure that it is an outcome, its state frozen.

    Raises:
        PlanError: it is not, or its state is no set of facts.
    """
    if not isinstance(given, Outcome) or not isinstance(given.executed, bool):
        raise PlanError(
            f"{step}: what comes of a step is an Outcome, such as Outcome(executed=True, state=…); not {given!r}"
        )
    if given.state is None:
        return given
    try:
        return replace(given, state=as_state(given.state))
    except PlanError as error:
        raise PlanError(f"what came of {step}: {error}") from None


class CheckedWorld:
    """A world that somebody else made, from which nothing is taken that is no state or outcome."""

    def __init__(self, world: World) -> None:
        """Take a world.

        Raises:
            PlanError: steps cannot be executed in it.
        """
        if not callable(getattr(world, "execute", None)):
            raise PlanError(
                f"a world has a method execute(step) that returns an Outcome, as a SimulatedWorld does; not {world!r}"
            )
        self._world = world

    @property
    def state(self) -> State | None:
        """The present state; None where the world does not show it.

        Raises:
            PlanError: what it shows is no set of facts.
        """
        state: State | None = getattr(self._world, "state", None)
        if state is None:
            return None
        try:
            return as_state(state)
        except PlanError as error:
            raise PlanError(f"the state of the world: {error}") from None

    def execute(self, step: Step) -> Outcome:
        """Try a step, and tell what came of it.

        Raises:
            PlanError: what the world says is no outcome; or what the world itself raises.
        """
        return check_outcome(self._world.execute(step), step)


class SimulatedWorld:
    """A world that is as a domain says.

    It keeps the state as a set of facts and executes a step in time linear in what the action says: microseconds,
    where the simulator of unified-planning takes milliseconds. The tests compare the two.
    """

    def __init__(self, domain: Domain, problem: Problem) -> None:
        """Start at the initial state of a problem."""
        self.domain = domain
        self.problem = problem
        self._state = problem.initial

    @property
    def state(self) -> State:
        """The present state."""
        return self._state

    @property
    def solved(self) -> bool:
        """Whether the goal of the problem holds now."""
        return self.problem.solved(self._state)

    def execute(self, step: Step) -> Outcome:
        """Execute a step if its conditions hold.

        Raises:
            PlanError: the step does not fit the domain.
        """
        schema = self.domain.schema_of(step)
        if not schema.executable(self._state, step.arguments):
            return Outcome(False, self._state, f"{step} cannot be executed here")
        self._state = schema.after(self._state, step.arguments)
        return Outcome(True, self._state)

    def reset(self) -> None:
        """Return to the initial state."""
        self._state = self.problem.initial
