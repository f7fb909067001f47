"""The laws of the field, as properties of the operators on random bases; each is told how often it was put to the test.

The postulates are those of S. O. Hansson, A Textbook of Belief Dynamics (1999), for operations on belief bases.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from support.truth_tables import random_entrenchment, random_formula, satisfiable, subsets

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.change import Change, consolidate, contract, revise
from beliefs.language.parser import parse_formula
from beliefs.language.syntax import And, Formula, Not, Or

PROPOSITIONS = ("p", "q", "r")


def cases(count: int) -> Iterator[tuple[BeliefBase, Formula]]:
    """Yield random bases with an input; bases of six beliefs, a fifth of them inconsistent or so."""
    for seed in range(count):
        rng = random.Random(seed)
        beliefs = [
            Belief(f"k{number}", random_formula(rng, PROPOSITIONS), random_entrenchment(rng))
            for number in range(rng.randrange(1, 7))
        ]
        yield BeliefBase().add(*beliefs), random_formula(rng, PROPOSITIONS)


def said(base: BeliefBase) -> list[Formula]:
    return [belief.formula for belief in base]


def entails(formulas: list[Formula], conclusion: Formula) -> bool:
    return not satisfiable([*formulas, Not(conclusion)], PROPOSITIONS)


def test_contraction() -> None:
    tried: Counter[str] = Counter()
    for base, formula in cases(400):
        change = contract(base, formula)
        before, after = set(base), set(change.after)
        if change.status == "refused":
            tried["refused"] += 1
            certain = [belief.formula for belief in base if belief.entrenchment.is_certain]
            assert entails(certain, formula)
            continue
        assert after <= before, "inclusion"
        assert not entails(said(change.after), formula), "success"
        if not entails(said(base), formula):
            tried["vacuity"] += 1
            assert after == before, "vacuity"
        for belief in before - after:
            tried["relevance"] += 1
            assert relevant(belief, change, formula), "relevance"
    assert min(tried[law] for law in ("refused", "vacuity", "relevance")) > 30


def relevant(belief: Belief, change: Change, formula: Formula) -> bool:
    """Relevance: some part of the base, what is left of it included, entails the formula with the belief alone."""
    left, gone = set(change.after), set(change.before) - set(change.after)
    for names in subsets(other.name for other in gone - {belief}):
        between = [other.formula for other in left] + [change.before[name].formula for name in names]
        if not entails(between, formula) and entails([*between, belief.formula], formula):
            return True
    return False


def test_revision() -> None:
    tried: Counter[str] = Counter()
    for base, formula in cases(400):
        change = revise(base, Belief("new", formula))
        if change.status == "refused":
            tried["refused"] += 1
            certain = [belief.formula for belief in base if belief.entrenchment.is_certain]
            assert not satisfiable([*certain, formula], PROPOSITIONS)
            continue
        assert formula in said(change.after), "success"
        assert satisfiable(said(change.after), PROPOSITIONS), "consistency"
        assert set(said(change.after)) <= {*said(base), formula}, "inclusion"
        if satisfiable([*said(base), formula], PROPOSITIONS):
            tried["vacuity"] += 1
            assert set(base) <= set(change.after), "vacuity"
        for belief in set(base) - set(change.after):
            tried["relevance"] += 1
            assert relevant_to_revision(belief, change), "relevance"
    assert min(tried[law] for law in ("refused", "vacuity", "relevance")) > 30


def relevant_to_revision(belief: Belief, change: Change) -> bool:
    """A part between what is left and the whole agrees with the input, and no more once the belief joins it."""
    gone = {other.name for other in change.removed} - {belief.name}
    left = [other.formula for other in change.after]
    for names in subsets(gone):
        between = left + [change.before[name].formula for name in names]
        if satisfiable(between, PROPOSITIONS) and not satisfiable([*between, belief.formula], PROPOSITIONS):
            return True
    return False


def test_uniformity() -> None:
    """What is entailed by the same parts of the base is contracted by giving up the same beliefs."""
    for base, formula in cases(120):
        for same in (Not(Not(formula)), And((formula, formula)), Or((formula, formula))):
            one, other = contract(base, formula), contract(base, same)
            assert (one.status, one.removed) == (other.status, other.removed)


def test_consolidation() -> None:
    tried = 0
    for base, _ in cases(300):
        change = consolidate(base)
        if change.status == "refused":
            continue
        assert satisfiable(said(change.after), PROPOSITIONS)
        assert (change.status == "vacuous") == satisfiable(said(base), PROPOSITIONS)
        tried += change.status == "done"
        assert consolidate(change.after).status == "vacuous"
    assert tried > 30


def test_revision_is_contraction_then_expansion() -> None:
    """The Levi identity: the beliefs that a revision keeps are those that contraction by the negation keeps."""
    for base, formula in cases(200):
        revision, contraction = revise(base, Belief("new", formula)), contract(base, Not(formula))
        assert (revision.status == "refused") == (contraction.status == "refused")
        assert revision.removed == contraction.removed


def test_what_was_only_asked_about_leaves_no_trace() -> None:
    """A symbol of the input is none of the base's, unless a belief has it afterwards."""
    base = BeliefBase().add(Belief("one", parse_formula("p")))
    for formula in ("p & q(tweety)", "r -> p", "p | !p | s"):
        for change in (
            contract(base, parse_formula(formula)),
            contract(change_of(base), parse_formula(formula)),
        ):
            assert change.after.signature == BeliefBase().add(*change.after).signature


def change_of(base: BeliefBase) -> BeliefBase:
    return revise(base, Belief("two", parse_formula("!p"))).after
