"""The world that steps are executed in: the protocol, and a simulated one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from beliefs.planning.actions import Domain, Problem, State, Step


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
