"""What the tools return: models whose fields are described, so that a client knows what it gets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from beliefs.answers import Answer, Conflicts, Explanation, Standing, WhyNot
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.expectation import Expectation
from beliefs.change.change import Change, Operation, Status
from beliefs.language.printer import print_formula
from beliefs.planning.review import Finding, Review
from beliefs.render import data, words

LISTED = 100
"""How many beliefs of a kind a result holds at most; it says how many more there are."""


class Held(BaseModel):
    """A belief."""

    name: str = Field(description="What it is called.")
    formula: str = Field(description="What it says, in the language of the memory.")
    entrenchment: int | Literal["certain"] = Field(
        description="Its level: how firmly it is held. A higher level outweighs any number of beliefs of a lower one; "
        "what is certain is never given up."
    )
    weight: float = Field(description="What giving it up costs among beliefs of its level.")
    source: str | None = Field(description="Who or what said so, if that is known.")

    @classmethod
    def of(cls, belief: Belief) -> Held:
        """Describe a belief."""
        return cls.model_validate(data.belief(belief))


class _Because(BaseModel):
    """A result that names beliefs."""

    beliefs: list[Held] = Field(description="The beliefs that this names, each once, in full.")


class Conclusion(_Because):
    """How a formula stands to what is believed."""

    formula: str = Field(description="What was asked, as the memory writes it.")
    verdict: Standing = Field(
        description="believed: it follows. disbelieved: its negation follows. undecided: neither does. unknown: the "
        "solver could not tell; that is neither yes nor no."
    )
    because: list[str] = Field(
        description="The names of beliefs from which it, or its negation, follows; none in vain."
    )
    reason: str | None = Field(description="Why it is unknown, or which names in it no belief speaks of.")

    @classmethod
    def of(cls, answer: Answer, base: BeliefBase) -> Conclusion:
        """Describe an answer."""
        return cls.model_validate({**data.answer(answer), "beliefs": _held(base, answer.because)})


class Reasons(_Because):
    """Every reason for a formula, or against it."""

    formula: str = Field(description="What was asked, as the memory writes it.")
    verdict: Standing = Field(description="How it stands; see the tool ask.")
    reasons: list[list[str]] = Field(
        description="The smallest sets of beliefs, by name, from which it follows; or its negation, where it is "
        "disbelieved."
    )
    complete: bool = Field(description="Whether these are all; if not, a limit or the time ended the search.")
    reason: str | None = Field(description="Why it is unknown, or why the search ended early.")

    @classmethod
    def of(cls, explanation: Explanation, base: BeliefBase) -> Reasons:
        """Describe an explanation."""
        named = (name for reason in explanation.reasons for name in reason)
        return cls.model_validate({**data.explanation(explanation), "beliefs": _held(base, named)})


class Way(BaseModel):
    """A way in which a formula would follow."""

    believe: list[str] = Field(description="What would have to be believed besides what is.")
    because: list[str] = Field(description="The names of the beliefs from which it then follows.")


class Lacking(_Because):
    """Why a formula is not believed."""

    formula: str = Field(description="What was asked, as the memory writes it.")
    verdict: Standing = Field(description="How it stands; see the tool ask.")
    blocked_by: list[list[str]] = Field(
        description="Where it is disbelieved: the smallest sets of beliefs, by name, from which its negation follows."
    )
    given_up: list[str] = Field(
        description="Where it is disbelieved: the beliefs that would have to go first, the least firmly held ones."
    )
    missing: list[Way] = Field(
        description="The ways in which it would follow, those that need the least first."
    )
    complete: bool = Field(description="Whether these are all; if not, there may be more.")
    reason: str | None = Field(description="Why it is unknown, or why the search ended early.")

    @classmethod
    def of(cls, found: WhyNot, base: BeliefBase) -> Lacking:
        """Describe why a formula is not believed."""
        sets = [*found.blocked_by, found.given_up, *(way.because for way in found.missing)]
        named = (name for each in sets for name in each)
        return cls.model_validate({**data.why_not(found), "beliefs": _held(base, named)})


class Clashes(_Because):
    """Where the beliefs contradict one another."""

    kernels: list[list[str]] = Field(description="The smallest sets of beliefs that cannot all be true.")
    complete: bool = Field(description="Whether these are all; if not, a limit or the time ended the search.")
    reason: str | None = Field(description="Why the search ended early.")

    @classmethod
    def of(cls, found: Conflicts, base: BeliefBase) -> Clashes:
        """Describe the conflicts of a base."""
        named = (name for kernel in found.kernels for name in kernel)
        return cls.model_validate({**data.conflicts(found), "beliefs": _held(base, named)})


class Repaired(BaseModel):
    """A rule that gave way to a weaker one."""

    name: str = Field(description="The weaker belief, which is among those taken in.")
    of: str = Field(description="The belief that it takes the place of, which is among those given up.")


class Changed(BaseModel):
    """What became of the beliefs, or would."""

    operation: Operation = Field(description="What was done.")
    input: str | None = Field(description="The formula that it was done with, as the memory writes it.")
    status: Status = Field(
        description="done. vacuous: there was nothing to do. rejected: the observation was not believed. refused: it "
        "contradicts what must not be given up. unknown: the time ran out. Refused and unknown change nothing."
    )
    committed: bool = Field(description="Whether the memory has changed: not by a dry run.")
    entry: int | None = Field(description="The number of the entry in the log, if the memory has changed.")
    added: list[Held] = Field(description="The beliefs taken in.")
    removed: list[Held] = Field(description="The beliefs given up.")
    kernels: list[list[str]] = Field(
        description="The smallest sets of beliefs, by name, that contradict what was asked."
    )
    weakened: list[Repaired] = Field(description="The rules that were mended rather than lost.")
    explanation: list[str] = Field(description="What was done and why, in sentences.")
    omitted: int = Field(description="How many beliefs taken in or given up are not listed here.")
    confirm: str | None = Field(
        default=None,
        description="If it is given, nothing has changed yet: call again with the same arguments and this to do it.",
    )

    @classmethod
    def of(cls, change: Change, *, committed: bool, confirm: str | None = None) -> Changed:
        """Describe a change, whether committed or only tried."""
        explanation = [words.headline(change), *words.reasons(change)[:LISTED]]
        if change.status == "done" and change.after.consistent is False:
            explanation.append(words.left_inconsistent(change))
        if confirm is not None:
            explanation.insert(0, "Nothing has been changed yet; this is what would be.")
        every = len(change.added) + len(change.removed)
        added, removed = change.added[:LISTED], change.removed[:LISTED]
        return cls(
            operation=change.operation,
            input=None if change.input is None else print_formula(change.input),
            status=change.status,
            committed=committed and change.entry is not None,
            entry=change.entry,
            added=[Held.of(belief) for belief in added],
            removed=[Held.of(belief) for belief in removed],
            kernels=[list(kernel) for kernel in change.kernels[:LISTED]],
            weakened=[Repaired(name=name, of=of) for name, of in change.weakened],
            explanation=explanation,
            omitted=every - len(added) - len(removed),
            confirm=confirm,
        )


class Expected(BaseModel):
    """What was expected."""

    entry: int = Field(description="The number of the entry in the log that recorded it.")
    formula: str = Field(description="What was expected.")
    because: list[str] = Field(description="The names of the beliefs that it rests on; none for a guess.")

    @classmethod
    def of(cls, expectation: Expectation) -> Expected:
        """Describe an expectation."""
        return cls.model_validate(data.expectation(expectation))


class Reported(BaseModel):
    """What was learned from an action that failed."""

    action: str = Field(description="The action, with its arguments.")
    expected: Expected | None = Field(description="What was expected of it, if that was told.")
    change: Changed | None = Field(
        description="What became of the beliefs by what was seen, if that was told."
    )
    episode: int | None = Field(description="The number of the episode that keeps this failure.")
    lesson: str | None = Field(description="What was learned, in words.")
    evidence: list[Changed] = Field(
        description="What the failure shows of what the action needs, where the memory knows the action; "
        "review_plan goes by this."
    )
    note: str | None = Field(description="What could not be learned, and why.")
    confirm: str | None = Field(
        default=None,
        description="Where nothing has been changed yet: what to pass as confirm, with the same arguments, to do it.",
    )


class Reviewed(_Because):
    """Whether a plan is known to fail."""

    finding: Finding = Field(
        description="refused: what was seen entails that a step fails. passed: no step is known to fail, which is no "
        "promise. unknown: the solver could not tell."
    )
    steps: list[str] = Field(description="The plan, as it was read.")
    number: int | None = Field(description="Which step fails, counted from 1.")
    step: str | None = Field(description="That step.")
    conditions: list[str] = Field(description="At least one of these is needed by then, and all are false.")
    because: list[str] = Field(description="The names of the beliefs from which that follows.")
    reason: str | None = Field(description="Why it is unknown, or what else there is to say of a refusal.")

    @classmethod
    def of(cls, review: Review, base: BeliefBase) -> Reviewed:
        """Describe a review."""
        arguments = () if review.step is None else review.step.arguments
        return cls(
            finding=review.finding,
            steps=[str(step) for step in review.plan],
            number=review.number,
            step=None if review.step is None else str(review.step),
            conditions=[condition.told(arguments) for condition in review.conditions],
            because=list(review.because),
            reason=review.reason,
            beliefs=_held(base, review.because),
        )


class Page(_Because):
    """A part of the list of beliefs."""

    total: int = Field(description="How many beliefs there are of the kind asked for.")
    offset: int = Field(description="How many of them come before those listed.")
    more: bool = Field(description="Whether more come after them: ask again with a larger offset.")

    @classmethod
    def of(cls, beliefs: Sequence[Belief], offset: int, limit: int) -> Page:
        """Describe the beliefs from one place on."""
        shown = beliefs[offset : offset + limit]
        return cls(
            beliefs=[Held.of(belief) for belief in shown],
            total=len(beliefs),
            offset=offset,
            more=offset + len(shown) < len(beliefs),
        )


class Lesson(BaseModel):
    """A part of what there is to know of the language."""

    topic: str = Field(description="What it is about.")
    text: str = Field(description="The explanation, with examples.")
    topics: list[str] = Field(description="What else can be asked for.")


def _held(base: BeliefBase, names: Iterable[str]) -> list[Held]:
    """The beliefs of a base that are named, each once."""
    return [Held.of(base[name]) for name in dict.fromkeys(names) if name in base]
