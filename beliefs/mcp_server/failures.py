"""An action that failed, as the engine understands it: an expectation, an observation, and evidence on the action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from beliefs.agent import Agent
from beliefs.base.expectation import Expectation
from beliefs.change.change import Change
from beliefs.errors import BaseError, BeliefsError
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import negation
from beliefs.mcp_server.results import Changed, Expected, Reported
from beliefs.planning.actions import Step
from beliefs.planning.model import believed_state
from beliefs.planning.vocabulary import Vocabulary
from beliefs.planning.world import Outcome
from beliefs.render import words

SHOWN = 40
"""Of an argument so many characters are told back."""


def told(action: str, arguments: Sequence[str] | Mapping[str, Any]) -> str:
    """Return an action with its arguments, in a line."""
    given = (
        [f"{name}={value}" for name, value in arguments.items()]
        if isinstance(arguments, Mapping)
        else list(arguments)
    )
    return f"{action}({', '.join(text if len(text) <= SHOWN else text[:SHOWN] + '…' for text in given)})"


def report(
    agent: Agent,
    action: str,
    arguments: Sequence[str] | Mapping[str, Any],
    expected: str | None,
    seen: str | None,
    *,
    because: Sequence[str] | None = None,
    source: str | None = None,
    dry_run: bool = False,
) -> Reported:
    """Learn from an action that failed.

    What was expected is recorded, with the beliefs that it rests on; then what was seen is observed, or, if nobody
    says what that was, that what was expected is not so. Where the base knows the action (`Agent.learn_actions`), its
    refusal is evidence on what it needs, too: it was tried where the facts that are believed held, and no others.

    What was seen is tried before anything is recorded: where it is refused or unknown, nothing changes at all. If it
    fails or comes out unknown the second time, since others were at work or time was short, what was expected is
    taken back.

    Args:
        agent: who learns.
        action: the action, or tool.
        arguments: what it was called with.
        expected: the formula that should have held afterwards, if any.
        seen: the formula that held instead, if any is known.
        because: the names of the beliefs that the expectation rests on; some from which it follows, by default.
        source: who saw it; the action by default.
        dry_run: whether to commit nothing.

    Raises:
        BaseError: there is nothing to learn from: no formula, and no action that the base knows.
        LanguageError: a text is malformed, or does not fit the symbols of the base.
        UnknownBeliefError: there is no belief of one of those names.
        JournalError: it could not be committed.
    """
    label = told(action, arguments)
    step = known_step(agent, action, arguments)
    if expected is None and seen is None and step is None:
        raise BaseError(
            f"nothing can be learned from {label} alone, as the memory knows no such action: say as formulas what was "
            "expected, such as open(lab), or what was seen instead, such as locked(lab)"
        )
    expectation, change, evidence, notes = None, None, [], []
    if expected is not None or seen is not None:
        observation = seen if seen is not None else _opposite(agent, str(expected))
        source = action if source is None else source
        if expected is not None:
            expectation = agent.expect(expected, because, dry_run=True)
        change = agent.observe(observation, source=source, dry_run=True)
        if change.status in ("refused", "unknown"):
            notes.append(f"what was seen was not taken in: {change.reason}")
        elif not dry_run:
            if expected is not None:
                expectation = agent.expect(expected, because)
            try:
                change = agent.observe(observation, source=source)
            except BeliefsError:
                _take_back(agent, expectation)
                raise
            if change.status in ("refused", "unknown"):
                _take_back(agent, expectation)
                notes.append(f"what was seen was not taken in: {change.reason}")
    if step is not None:
        before = believed_state(agent.base, budget=agent.budget)
        if dry_run:
            notes.append(f"that {step} was refused would be recorded as evidence")
        else:
            lesson = agent.record(step, before, Outcome(executed=False))
            evidence = list(lesson.changes)
            if lesson.note is not None:
                notes.append(lesson.note)
    episode = _episode(agent, change)
    return Reported(
        action=label,
        expected=None if expectation is None else Expected.of(expectation),
        change=None if change is None else Changed.of(change, committed=not dry_run),
        episode=None if episode is None else episode[0],
        lesson=None if episode is None else episode[1],
        evidence=[Changed.of(each, committed=True) for each in evidence],
        note="; ".join(notes) or None,
    )


def _take_back(agent: Agent, expectation: Expectation | None) -> None:
    """Undo the record of an expectation, unless others have changed something since."""
    last = next(agent.log(newest_first=True), None)
    if expectation is not None and last is not None and last.number == expectation.number:
        agent.undo()


def known_step(agent: Agent, action: str, arguments: Sequence[str] | Mapping[str, Any]) -> Step | None:
    """The action as a step, where the base knows one of that name with so many arguments."""
    values = arguments.values() if isinstance(arguments, Mapping) else arguments
    known = Vocabulary.of(agent.base).actions.get(action)
    given = tuple(str(value) for value in values)
    return Step(action, given) if known is not None and known.arity == len(given) else None


def _opposite(agent: Agent, expected: str) -> str:
    return print_formula(negation(parse_formula(expected, agent.base.signature)))


def _episode(agent: Agent, change: Change | None) -> tuple[int, str] | None:
    """The number and the lesson of the episode that a change became, if it did."""
    if change is None or change.entry is None:
        return None
    for episode in agent.episodes():
        if episode.entry == change.entry:
            return episode.number, " ".join(words.lesson(episode))
    return None
