"""Random histories, in the journal and in a plain list: the two must agree on everything, at every moment."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support.journal_cases import ListModel, can_be_undone, random_decision, same, undoing

from beliefs.journal.entry import Decision
from beliefs.journal.journal import Journal


def next_decision(rng: random.Random, model: ListModel) -> Decision:
    """Take back a past decision where that can be done; else make one up."""
    base = model.bases[-1]
    candidates = [
        undoing(number, done) for number, done in enumerate(model.decisions, 1) if can_be_undone(done, base)
    ]
    if candidates and rng.random() < 0.3:
        return rng.choice(candidates)
    return random_decision(rng, base)


def is_turning_point(decision: Decision) -> bool:
    """Whether a decision does more than take something in."""
    refuted = decision.observed is not None and decision.observed.refuted
    return bool(decision.removed or decision.kernels or refuted or decision.undoes is not None)


def agree(journal: Journal, model: ListModel) -> None:
    assert journal.head == len(model.decisions)
    assert same(journal.base(), model.bases[-1])
    assert [entry.decision for entry in journal.entries()] == model.decisions
    assert [journal.certificate(number) for number in range(1, journal.head + 1)] == [
        decision.certificate for decision in model.decisions
    ]
    turned = [number for number, decision in enumerate(model.decisions, 1) if is_turning_point(decision)]
    for last in (None, len(turned)):
        found = [entry.number for entry in journal.turning_points(last)]
        assert found == [number for number in turned if last is None or number <= last]
    for number, base in enumerate(model.bases):
        assert same(journal.base_at(number), base, witness=number > 0), f"the base after entry {number}"
    assert list(journal.check_chain()) == []


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("seed", range(16))
def test_journal_agrees_with_a_list(
    seed: int, large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large state is read bit by bit, as it was after its entry, while others go on writing."""
    if large:
        monkeypatch.setattr("beliefs.journal.state.SMALL", -1)
    rng = random.Random(seed)
    model = ListModel()
    path = tmp_path / "j.db"
    journal = Journal.open(path)
    other = Journal.open(path)
    known = other.present()
    for _ in range(rng.randrange(1, 25)):
        decision = next_decision(rng, model)
        journal.append(decision, expected_head=len(model.decisions))
        model.append(decision)
        if rng.random() < 0.3:
            known = other.present(known)
            assert same(known.base, model.bases[-1]), (
                "a reader that caught up has what a reader from the start has"
            )
        if rng.random() < 0.2:
            journal.close()
            journal = Journal.open(path)
        if rng.random() < 0.2:
            agree(journal, model)
    agree(journal, model)
    journal.close()
    other.close()


def test_histories_are_varied() -> None:
    decisions = []
    for seed in range(6):
        rng = random.Random(seed)
        model = ListModel()
        for _ in range(20):
            model.append(next_decision(rng, model))
        decisions += model.decisions
    parts = (
        "declared",
        "undeclared",
        "added",
        "removed",
        "marked",
        "unmarked",
        "observed",
        "kernels",
        "undoes",
    )
    for part in (*parts, "certificate", "witness"):
        assert 5 < sum(bool(getattr(decision, part)) for decision in decisions) < 115, part
    assert {decision.consistent for decision in decisions} == {True, False, None}
