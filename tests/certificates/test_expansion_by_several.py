"""Certificates of expansions by several beliefs: the input is their conjunction, each is a belief of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from beliefs.agent import Agent
from beliefs.certificates.certificate import Certificate, CertifiedBelief
from beliefs.certificates.checker import check


def certificate() -> Certificate:
    agent = Agent.in_memory()
    agent.load("[old] p\n[held] q")
    change = agent.load("[one] p -> r\n[two] r & s\n[again] q")
    assert change.certificate is not None
    return change.certificate


def test_each_conjunct_is_taken_in_or_was_there() -> None:
    made = certificate()
    assert made.input == "(p -> r) & (r & s) & q"
    assert [belief.name for belief in made.added] == ["one", "two"]
    assert "held" in {belief.name for belief in made.before}
    assert check(made).valid, str(check(made))


def drop(made: Certificate, name: str) -> Certificate:
    return dataclasses.replace(
        made,
        before=tuple(belief for belief in made.before if belief.name != name),
        added=tuple(belief for belief in made.added if belief.name != name),
    )


def add(made: Certificate, formula: str) -> Certificate:
    stranger = CertifiedBelief("stranger", formula, made.added[0].entrenchment)
    return dataclasses.replace(made, added=(*made.added, stranger))


MUTATIONS: dict[str, tuple[Callable[[Certificate], Certificate], set[str]]] = {
    "one is not taken in": (lambda made: drop(made, "one"), {"success"}),
    "one that was there is not": (lambda made: drop(made, "held"), {"success"}),
    "a stranger is taken in": (lambda made: add(made, "s"), {"inclusion"}),
    "a part of a part is taken in": (lambda made: add(made, "r"), {"inclusion"}),
    "it is a revision": (
        lambda made: dataclasses.replace(made, operation="revise"),
        {"inclusion", "success"},
    ),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_what_is_left_out_or_slipped_in_is_found(mutation: str) -> None:
    mutate, failing = MUTATIONS[mutation]
    report = check(mutate(certificate()))
    assert {claim.name for claim in report.failed} == failing, str(report)


def test_declarations_alone_take_nothing_in() -> None:
    change = Agent.in_memory().load("sort Room = {hall, lab}")
    assert (change.status, change.entry) == ("vacuous", 1)
    assert change.certificate is not None
    assert change.certificate.input == "true"
    assert check(change.certificate).valid
