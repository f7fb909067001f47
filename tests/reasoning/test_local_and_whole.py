"""The search from a witness on ground theories: round by round, all at once, and against a solver that holds all."""

from __future__ import annotations

import itertools
import random

import pytest
from immutables import Map

from beliefs.answers import settled
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.language.clauses import ground_clauses
from beliefs.language.semantics import Ground, Model, stands_without, truth
from beliefs.language.syntax import FALSE, TRUE, And, Atom, Formula, Iff, Implies, Not, Or
from beliefs.reasoning import witness
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.sat_oracle import SatOracle
from beliefs.reasoning.verdict import Sat, Unknown, Unsat

ATOMS = [Atom(name) for name in "abcdefgh"]


def literal(rng: random.Random) -> Formula:
    atom = rng.choice(ATOMS)
    return atom if rng.random() < 0.5 else Not(atom)


def formula(rng: random.Random, depth: int = 2) -> Formula:
    if depth == 0 or rng.random() < 0.3:
        return literal(rng) if rng.random() < 0.97 else rng.choice((TRUE, FALSE))
    kind = rng.choice((Not, And, Or, Or, Or, Implies, Implies, Iff))
    if kind is Not:
        return Not(formula(rng, depth - 1))
    parts = (formula(rng, depth - 1), formula(rng, depth - 1))
    return kind(parts) if kind in (And, Or) else kind(*parts)


def consistent_base(rng: random.Random, beliefs: int) -> BeliefBase:
    base = BeliefBase()
    for number in range(beliefs):
        grown = settled(base.add(Belief(f"k{number}", formula(rng))))
        assert not isinstance(grown, Unknown)
        if grown.consistent:
            base = grown
    return base


@pytest.mark.parametrize("share", [0.0, 2.0], ids=["all at once", "round by round"])
def test_the_search_agrees_with_a_solver_that_holds_everything(
    monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    monkeypatch.setattr(witness, "_LOCAL_SHARE", share)
    monkeypatch.setattr(witness, "_LOCAL_COUNT", 0 if share == 0 else 1000)
    rng = random.Random(20)
    seen = {Sat: 0, Unsat: 0}
    for _ in range(120):
        base = consistent_base(rng, rng.randint(1, 14))
        names = sorted(base.names())
        everything = SatOracle()
        for name in names:
            everything.add(name, base.formula(name))
        for number in range(6):
            asked = And((formula(rng), literal(rng)))
            everything.add(("asked", number), asked)
            inquiry = Inquiry(base.understanding(asked), asked)
            for _ in range(5):
                chosen = [name for name in names if rng.random() < 0.7]
                if rng.random() < 0.6:
                    verdict = inquiry.without(set(names).difference(chosen))
                else:
                    verdict = inquiry.check(chosen)
                expected = everything.check([*chosen, ("asked", number)])
                assert type(verdict) is type(expected)
                seen[type(verdict)] += 1  # type: ignore[index]
                if isinstance(verdict, Unsat):
                    assert verdict.core <= set(chosen)
                    assert isinstance(everything.check([*verdict.core, ("asked", number)]), Unsat)
                elif isinstance(verdict, Sat) and verdict.model is not None:
                    assert truth(asked, verdict.model)
                    assert all(truth(base.formula(name), verdict.model) for name in chosen)
    assert min(seen.values()) > 500, seen


def test_clauses_say_what_a_formula_says() -> None:
    rng = random.Random(21)
    clausal = 0
    for _ in range(4000):
        said = formula(rng)
        clauses = ground_clauses(said)
        if clauses is None:
            continue
        clausal += 1
        model = Model(true=Map({(atom.predicate,): None for atom in ATOMS if rng.random() < 0.5}))
        assert truth(said, model) is all(
            any(model.holds(atom) is positive for atom, positive in clause) for clause in clauses
        )
    assert clausal > 1000


def test_what_stands_without_some_atoms_is_true_whatever_these_are() -> None:
    rng = random.Random(22)
    stands = 0
    for _ in range(4000):
        said = formula(rng)
        model = Model(true=Map({(atom.predicate,): None for atom in ATOMS if rng.random() < 0.5}))
        changed: list[Ground] = [(atom.predicate,) for atom in rng.sample(ATOMS, 3)]
        if stands_without(said, model, frozenset(changed)):
            stands += 1
            for values in itertools.product((False, True), repeat=3):
                assert truth(said, model.updated(dict(zip(changed, values, strict=True))))
        elif isinstance(said, Or) and all(isinstance(part, Atom) for part in said.operands):
            assert not any(
                model.holds((part.predicate,)) and (part.predicate,) not in changed
                for part in said.operands
                if isinstance(part, Atom)
            )
    assert stands > 500


def test_flips_are_the_differences() -> None:
    rng = random.Random(23)
    for _ in range(500):
        model = Model(true=Map({(atom.predicate,): None for atom in ATOMS if rng.random() < 0.5}))
        flips = [(rng.choice(ATOMS).predicate,) for _ in range(rng.randint(0, 5))]
        flipped = model.flipped(flips)
        unlike = set(model.true).symmetric_difference(flipped.true)
        assert set(flipped.differences(model)) == set(model.differences(flipped)) == unlike
