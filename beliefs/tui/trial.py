"""A change that is tried before it is made, and made only if it still comes to what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from rich.console import Group, RenderableType
from rich.text import Text

from beliefs.agent import Agent
from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Alternatives, Change
from beliefs.reasoning.verdict import Budget
from beliefs.render import text

Spoken: TypeAlias = Literal["tell", "observe", "revise", "contract"]
"""What can be done with a formula."""

SPOKEN: tuple[Spoken, ...] = get_args(Spoken)

LISTED = 20
"""So many of the equally good answers are listed at most."""

COUNTED = 100
"""So many of them are counted before it says "at least"."""

SECOND_THOUGHTS = Budget(milliseconds=5_000)
"""What counting them may take."""


@dataclass(frozen=True)
class Request:
    """What is to be done, and with what, as the user wrote it; nothing is written of the last two."""

    operation: Spoken | Literal["consolidate", "undo"]
    said: str = ""

    def carry_out(self, agent: Agent, *, dry_run: bool) -> Change:
        """Do it, or only try it; raises what the agent does."""
        match self.operation:
            case "tell":
                return agent.tell(self.said, dry_run=dry_run)
            case "observe":
                return agent.observe(self.said, dry_run=dry_run)
            case "revise":
                return agent.revise(self.said, dry_run=dry_run)
            case "contract":
                return agent.contract(self.said, dry_run=dry_run)
            case "consolidate":
                return agent.consolidate(dry_run=dry_run)
            case "undo":
                return agent.undo(dry_run=dry_run)


@dataclass(frozen=True)
class Trial:
    """What a request would come to.

    Attributes:
        request: the request.
        base: the base on which it was tried.
        change: the change; nothing is committed.
        alternatives: what would have been as good.
    """

    request: Request
    base: BeliefBase
    change: Change
    alternatives: Alternatives

    @property
    def can_be_made(self) -> bool:
        """Whether there is anything to commit."""
        if self.change.status == "vacuous":  # a declaration, or an observation that confirms something
            declares = self.change.after.declarations != self.base.declarations
            return self.request.operation == "observe" or declares
        return self.change.status in ("done", "rejected")

    def comes_to_the_same(self, other: Trial) -> bool:
        """Whether another trial of the request would change the same; names made up for beliefs do not count."""
        return _outcome(self.change) == _outcome(other.change)


def attempt(agent: Agent, request: Request) -> Trial:
    """Try a request; raises what the agent does."""
    base = agent.base
    change = request.carry_out(agent, dry_run=True)
    return Trial(request, base, change, change.alternatives(COUNTED, SECOND_THOUGHTS))


def make(agent: Agent, trial: Trial) -> Change | Trial:
    """Make the change that was tried.

    Where the base has changed since, the request is tried again first. If that comes to something else, nothing is
    made, and the new trial is returned for the user to judge.

    Raises:
        BeliefsError: what the agent raises; nothing was changed.
    """
    if agent.base is not trial.base:
        again = attempt(agent, trial.request)
        if not trial.comes_to_the_same(again):
            return again
    return trial.request.carry_out(agent, dry_run=False)


def shown(trial: Trial) -> RenderableType:
    """Return what a request would come to, with the answers that are as good."""
    change = trial.change
    parts: list[RenderableType] = [text.change(change, trial.alternatives, dry_run=True)]
    if trial.alternatives.count > 1:
        parts += [Text(""), Text("Each of these gives up as little:")]
        parts.append(text.equally_good(trial.alternatives, LISTED))
    if trial.request.operation == "tell" and change.status == "refused" and any(change.kernels):
        parts += [Text(""), Text("To revise by it, or to observe it, gives up as little as possible for it.")]
    return Group(*parts)


def _outcome(change: Change) -> object:
    return (
        change.status,
        [(belief.formula, belief.entrenchment, belief.source) for belief in change.added],
        [belief.name for belief in change.removed],
        change.reason,
    )
