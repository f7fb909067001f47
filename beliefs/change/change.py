"""A change as a value: what was asked, what would be given up and taken in, why, and the proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, TypeAlias

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Cost
from beliefs.certificates.certificate import Certificate
from beliefs.change.question import Question
from beliefs.change.weakening import Discredited, Repair
from beliefs.kernels.incision import Incision, equally_good
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Declaration, Formula
from beliefs.notebook import Shown
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Unknown

Operation: TypeAlias = Literal["expand", "revise", "semi-revise", "contract", "consolidate", "undo"]
Status: TypeAlias = Literal["done", "vacuous", "rejected", "refused", "unknown"]


@dataclass(frozen=True)
class Alternatives:
    """The equally good answers to one question.

    Attributes:
        incisions: what each answer gives up, by name, the answer taken first.
        complete: whether these are all; False where a limit or a budget ended the search.
    """

    incisions: tuple[tuple[str, ...], ...]
    complete: bool

    @property
    def count(self) -> int:
        """How many answers were found, the one taken included."""
        return len(self.incisions)


@dataclass(frozen=True, repr=False)
class Change(Shown):
    """What an operator would do to a base. Only an agent commits it; the base it came from stays as it is.

    Attributes:
        operation: the operator.
        input: the formula it was given; None for a consolidation, and for an expansion by several at once.
        status: "done"; "vacuous" where there was nothing to do; "rejected" where an observation was weighed, or
            screened, and not believed; "refused" where what is certain forbids it (or, for an expansion, where the
            base would contradict itself); "unknown" where a budget ran out first. Refused and unknown leave the base
            as it is.
        before: the base it was asked of.
        after: the base it leads to; the one before, unless something is added or removed.
        added: the beliefs taken in, oldest first; after them those that `repairs` puts in place of some given up.
        removed: the beliefs given up, oldest first.
        kernels: the minimal sets of beliefs, by name, that were found to contradict what was asked, in the
            order met. Those of a change that is done prove that nothing less could be given up.
        cost: what giving up `removed` costs.
        reason: why it was refused, or why it is unknown; None otherwise.
        certificate: the proof, for a change that is done or vacuous, and where what is certain refuses it.
        rejected: the observation as the belief it would have been, where it was rejected.
        entry: the number of the journal entry that committed it, once one has.
        repairs: the weaker beliefs in place of some of those given up, in the order of these.
        discredited: those given up whole for having failed too often of late, in the same order.
    """

    operation: Operation
    input: Formula | None
    status: Status
    before: BeliefBase
    after: BeliefBase
    added: tuple[Belief, ...] = ()
    removed: tuple[Belief, ...] = ()
    kernels: tuple[tuple[str, ...], ...] = ()
    cost: Cost = field(default_factory=Cost)
    reason: str | None = None
    certificate: Certificate | None = None
    rejected: Belief | None = None
    entry: int | None = None
    question: Question | None = field(default=None, compare=False)
    repairs: tuple[Repair, ...] = ()
    discredited: tuple[Discredited, ...] = ()

    @property
    def weakened(self) -> tuple[tuple[str, str], ...]:
        """For each weaker belief its name, and the name of the belief that it is weakened from."""
        return tuple((repair.name, repair.of) for repair in self.repairs)

    @property
    def declared(self) -> tuple[Declaration, ...]:
        """The declarations that the base after it has in addition: sorts that a belief given up had settled."""
        return tuple(each for each in self.after.declarations if each not in self.before.declarations)

    def __str__(self) -> str:
        """Return what was asked and what came of it, in a line."""
        asked = self.operation if self.input is None else f"{self.operation} {print_formula(self.input)}"
        parts = [f"{asked}: {self.status}"]
        if self.added:
            parts.append(f"took in {_few(self.added)}")
        if self.removed:
            parts.append(f"gave up {_few(self.removed)}")
        if self.reason is not None:
            parts.append(self.reason)
        return ", ".join(parts)

    def __repr__(self) -> str:
        return f"<Change: {self}>"

    def alternatives(self, limit: int = 100, budget: Budget = UNLIMITED) -> Alternatives:
        """Find the answers that would have been as good: the incisions of the same least cost.

        It is computed when it is asked for. Cost: a check by the solver for each answer, and more where new
        kernels come up on the way.
        """
        if self.status not in ("done", "vacuous"):
            return Alternatives((), complete=True)
        taken = tuple(belief.name for belief in self.removed)
        if not taken or self.question is None:
            return Alternatives((taken,), complete=True)
        question = self.question
        found: list[tuple[str, ...]] = []
        incision = Incision(frozenset(taken), self.cost, tuple(map(frozenset, self.kernels)), None)
        answers = equally_good(
            question.inquiry(budget),
            incision,
            question.entrenchment,
            question.seniority,
            limit + 1,
            budget=budget,
        )
        for answer in answers:
            if isinstance(answer, Unknown):
                return Alternatives(tuple(found), complete=False)
            found.append(in_order(question.base, answer))
        return Alternatives(tuple(islice(found, limit)), complete=len(found) <= limit)


def _few(beliefs: tuple[Belief, ...]) -> str:
    """The names of beliefs; of many, how many they are."""
    return ", ".join(belief.name for belief in beliefs) if len(beliefs) <= 5 else f"{len(beliefs)} beliefs"


def in_order(base: BeliefBase, names: Iterable[Label]) -> tuple[str, ...]:
    """Return names of beliefs of a base by age, the oldest first."""
    return tuple(sorted(map(str, names), key=lambda name: (base[name].age, name)))
