"""The operators against their definitions: every kernel by power set, every incision by power set."""

from __future__ import annotations

import random

import pytest
from support.truth_tables import (
    best_incisions,
    kernels,
    random_entrenchment,
    random_formula,
    satisfiable,
)

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.certificates.checker import check
from beliefs.change import Change, consolidate, contract, expand, revise
from beliefs.language.syntax import Formula, Not

PROPOSITIONS = ("p", "q", "r", "s")


def random_base(rng: random.Random, size: int) -> BeliefBase:
    """A random base, as likely inconsistent as not."""
    beliefs = [
        Belief(f"k{number}", random_formula(rng, PROPOSITIONS), random_entrenchment(rng))
        for number in range(size)
    ]
    return BeliefBase().add(*beliefs)


def expect(change: Change, tests: list[Formula], added: bool) -> None:
    """Hold a change against the definition of kernel contraction by the least costly incision."""
    beliefs = list(change.before)
    conflicts = kernels(beliefs, tests, PROPOSITIONS)
    best = best_incisions(beliefs, conflicts)
    assert {frozenset(kernel) for kernel in change.kernels} <= conflicts
    if not best:
        assert change.status == "refused"
        assert change.after == change.before
        (kernel,) = change.kernels
        assert all(change.before[name].entrenchment.is_certain for name in kernel)
    else:
        assert change.status == ("done" if best[0] or added else "vacuous")
        assert {belief.name for belief in change.removed} == best[0]
        answers = change.alternatives(limit=1000)
        assert answers.complete
        assert [frozenset(names) for names in answers.incisions] == best
        assert change.after.consistent
        assert {belief.name for belief in change.after} == {
            belief.name for belief in (*beliefs, *change.added) if belief.name not in best[0]
        }
    assert change.certificate is not None
    report = check(change.certificate)
    assert report.valid, str(report)


@pytest.mark.parametrize("seed", range(40))
def test_operators_follow_their_definitions(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(6):
        base = random_base(rng, rng.randrange(7))
        formula = random_formula(rng, PROPOSITIONS)
        revision = revise(base, Belief("new", formula))
        expect(revision, [formula], added=bool(revision.added))
        expect(contract(base, formula), [Not(formula)], added=False)
        expect(consolidate(base), [], added=False)


@pytest.mark.parametrize("seed", range(40))
def test_a_base_that_has_changed_before_changes_as_if_it_had_not(seed: int) -> None:
    """The witness that each change leaves behind is where the next one starts; it must not show in the result."""
    rng = random.Random(1000 + seed)
    base = BeliefBase()
    for number in range(10):
        formula = random_formula(rng, PROPOSITIONS)
        if rng.random() < 0.6:
            belief = Belief(f"k{number}", formula, random_entrenchment(rng))
            change = revise(base, belief)
            tests = [formula]
        else:
            change = contract(base, formula)
            tests = [Not(formula)]
        expect(change, tests, added=bool(change.added))
        base = change.after
        assert base.consistent


@pytest.mark.parametrize("seed", range(40))
def test_expansion_takes_in_what_contradicts_nothing(seed: int) -> None:
    rng = random.Random(2000 + seed)
    base = consolidate(random_base(rng, 4)).after
    new = [
        Belief(f"new{number}", random_formula(rng, PROPOSITIONS))
        for number in range(rng.choice((1, 1, 2, 3)))
    ]
    said = [belief.formula for belief in new]
    everything = [belief.formula for belief in base] + said
    change = expand(base, new)
    if not base.consistent:
        return
    if satisfiable(everything, PROPOSITIONS):
        assert change.status in ("done", "vacuous")
        assert change.after.consistent
        assert check(change.certificate).valid
    else:
        conflicts = kernels(list(base), said, PROPOSITIONS)
        assert change.status == "refused"
        assert change.after == base
        assert {frozenset(kernel) for kernel in change.kernels} <= conflicts
        assert len(change.kernels) == min(10, len(conflicts))
        allowed = expand(base, new, allow_conflict=True)
        assert allowed.status == "done"
        assert allowed.after.consistent is False
        assert check(allowed.certificate).valid, str(check(allowed.certificate))
