"""Verification against journals with an intact chain and wrong entries: as an engine in error would write."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from beliefs.agent import Agent
from beliefs.base.belief import Belief
from beliefs.certificates.certificate import Certificate
from beliefs.certificates.checker import check
from beliefs.journal.entry import Decision
from beliefs.journal.journal import Journal
from beliefs.language.parser import parse_formula
from beliefs.verification import verify

HISTORY = ["p", "p -> q", "[spare] r | s", "[far] t -> u"]
"""What is told before the change that is to be forged: an observation of `!q`."""


def journal_with_history() -> tuple[Journal, Agent]:
    """A journal of four honest entries, and an agent on it."""
    journal = Journal.in_memory()
    agent = Agent(journal)
    for text in HISTORY:
        agent.tell(text)
    return journal, agent


def honest_observation(agent: Agent) -> tuple[Decision, Certificate]:
    """What the agent would have entered."""
    change = agent.observe("[seen] !q", dry_run=True)
    assert change.certificate is not None
    decision = Decision(
        operation="revise",
        input="!q",
        added=change.added,
        removed=change.removed,
        kernels=change.kernels,
        cost=change.cost,
        consistent=True,
        certificate=change.certificate.to_json(),
        witness=change.after.witness,
    )
    return decision, change.certificate


def reasons(journal: Journal) -> list[str]:
    verification = verify(journal)
    assert verification.chain == "intact"
    assert verification.checked == verification.entries - len({fault.entry for fault in verification.failed})
    assert {fault.entry for fault in verification.failed} <= {5}
    return [fault.reason for fault in verification.failed]


def test_an_honest_journal_holds() -> None:
    journal, agent = journal_with_history()
    decision, certificate = honest_observation(agent)
    assert certificate.scope == "touched"
    assert {belief.name for belief in certificate.before} < {belief.name for belief in agent.beliefs()}
    journal.append(decision, expected_head=4)
    assert reasons(journal) == []


def forged(certificate: Certificate, **changes: Any) -> dict[str, Any]:
    return dataclasses.replace(certificate, **changes).to_json()


def without(certificate: Certificate, *names: str) -> tuple[Any, ...]:
    return tuple(belief for belief in certificate.before if belief.name not in names)


FORGERIES: dict[str, tuple[Callable[[Decision, Certificate], Decision], str]] = {
    "no certificate": (
        lambda decision, _: dataclasses.replace(decision, certificate=None),
        "carries no certificate",
    ),
    "another operation": (
        lambda decision, _: dataclasses.replace(decision, operation="contract"),
        "about another operation",
    ),
    "another belief given up": (
        lambda decision, certificate: dataclasses.replace(
            decision, certificate=forged(certificate, removed=("b1",), model=None)
        ),
        "about giving up other beliefs",
    ),
    "a kernel that is none": (
        lambda decision, certificate: dataclasses.replace(
            decision, certificate=forged(certificate, kernels=(("b1",),))
        ),
        "contradiction",
    ),
    "a belief softer than it was": (
        lambda decision, certificate: dataclasses.replace(
            decision,
            certificate=forged(
                certificate,
                before=tuple(
                    dataclasses.replace(belief, formula="p | q") if belief.name == "far" else belief
                    for belief in (
                        *certificate.before,
                        dataclasses.replace(certificate.before[0], name="far"),
                    )
                ),
            ),
        ),
        "did not hold so",
    ),
    "a whole that is a part": (
        lambda decision, certificate: dataclasses.replace(
            decision, certificate=forged(certificate, scope="whole")
        ),
        "leaves out beliefs",
    ),
    "a symbol of another kind": (
        lambda decision, certificate: dataclasses.replace(
            decision,
            certificate=forged(certificate, declarations=(*certificate.declarations, "pred far(Thing)")),
        ),
        "sorts of symbols",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_certificate_is_found(forgery: str) -> None:
    journal, agent = journal_with_history()
    forge, expected = FORGERIES[forgery]
    journal.append(forge(*honest_observation(agent)), expected_head=4)
    (reason,) = reasons(journal)
    assert expected in reason


def test_a_certificate_that_passes_over_a_belief_it_touched_is_found() -> None:
    """It claims to touch but the new belief, whose atom another one mentions."""
    journal, agent = journal_with_history()
    truth = dict(agent.base.witness.true) if agent.base.witness is not None else {}
    assert ("t",) not in truth
    change = agent.tell("[new] t & u", dry_run=True)
    assert change.certificate is not None
    assert "far" in {belief.name for belief in change.certificate.before}
    narrow = dataclasses.replace(change.certificate, before=without(change.certificate, "far"))
    assert check(narrow).valid
    decision = Decision(
        operation="expand",
        input="t & u",
        added=change.added,
        consistent=True,
        certificate=narrow.to_json(),
        witness=change.after.witness,
    )
    journal.append(decision, expected_head=4)
    (reason,) = reasons(journal)
    assert "does not speak of belief 'far'" in reason


def test_an_undoing_that_does_not_lead_back_is_found() -> None:
    journal, _ = journal_with_history()
    stray = Belief("b9", parse_formula("z"), age=9)
    journal.append(Decision(operation="undo", undoes=4, added=(stray,)), expected_head=4)
    (reason,) = reasons(journal)
    assert "does not lead back to the base before entry 4" in reason


def test_progress_is_told() -> None:
    journal, _ = journal_with_history()
    told: list[tuple[int, int]] = []
    verify(journal, lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
