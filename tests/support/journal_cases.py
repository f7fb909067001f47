"""Decisions for tests of the journal: small ones by hand, long histories at random, and their model."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

from immutables import Map

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import CERTAIN, Cost, Entrenchment
from beliefs.errors import SortError
from beliefs.journal.entry import Decision
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.semantics import Model
from beliefs.language.syntax import Declaration

FORMULAS = [
    "rain",
    "rain -> wet",
    "forall x: Robot. battery(x) >= 0.5",
    "at(r2, hall) & !at(r2, lab)",
    "exists x, y. likes(x, y) <-> x != y",
    "count(hall) + 3 < 2 * count(lab) | düster",
]

DECLARATIONS = [
    "sort Robot",
    "sort Place = {hall, lab}",
    "func battery(Robot): Real",
    "func count(Place): Int",
    "pred snow",
]


def some_belief(name: str, age: int, formula: str = "rain -> wet", **entrenchment: object) -> Belief:
    """Return a belief, as a base would hold it."""
    return Belief(name, parse_formula(formula), Entrenchment(**entrenchment), "a test", age)  # type: ignore[arg-type]


def declarations(*texts: str) -> tuple[Declaration, ...]:
    """Return the declarations with those texts."""
    return parse_document("\n".join(texts)).declarations


def telling(*beliefs: Belief) -> Decision:
    """Return the decision to take in some beliefs."""
    return Decision("expand", input="rain", added=beliefs, consistent=True)


def random_entrenchment(rng: random.Random) -> Entrenchment:
    """Return an entrenchment: small, large, fractional or certain."""
    level = rng.choice([0, 1, 3, 10**30, CERTAIN])
    return Entrenchment(level, rng.choice([Fraction(1), Fraction(1, 3), Fraction(10**40, 7)]))


def random_decision(rng: random.Random, base: BeliefBase) -> Decision:
    """Return a decision that fits a base: some beliefs go, some come, now and then a symbol is declared."""
    while True:
        decision = _draw(rng, base)
        try:
            after(base, decision)
        except SortError:
            continue
        return decision


def _draw(rng: random.Random, base: BeliefBase) -> Decision:
    held = list(base)
    removed = rng.sample(held, min(len(held), rng.choice([0, 0, 1, 3])))
    age = base.next_age
    added = []
    for offset in range(rng.choice([0, 1, 1, 2, 5])):
        formula = parse_formula(rng.choice(FORMULAS))
        source = rng.choice([None, "the site manual", "l'ami\nd'en face"])
        added.append(Belief(f"b{age + offset}", formula, random_entrenchment(rng), source, age + offset))
    known = set(base.declarations)
    choices = declarations(*DECLARATIONS)
    declared = [new for new in choices if new not in known and rng.random() < 0.1]
    undeclared = [old for old in base.declarations if declared == [] and rng.random() < 0.1]
    atoms = {("at", f"r{number}", "hall"): None for number in range(rng.randrange(3))}
    return Decision(
        operation=rng.choice(["expand", "revise", "contract", "a word nobody thought of"]),
        input=rng.choice([None, "rain", "¬süß"]),
        declared=tuple(declared),
        undeclared=tuple(undeclared),
        added=tuple(added),
        removed=tuple(removed),
        kernels=tuple((belief.name,) for belief in removed),
        cost=Cost.of(belief.entrenchment for belief in removed if not belief.entrenchment.is_certain),
        source=rng.choice([None, "camera 2"]),
        reason=rng.choice([None, 'because "so"']),
        consistent=rng.choice([True, False, None]),
        certificate=rng.choice([None, {"kernels": [["b1"]], "n": 1.5, "ü": None}]),
        witness=rng.choice([None, Model(universe=Map({"Robot": ("r1",)}), true=Map(atoms))]),
    )


def after(before: BeliefBase, decision: Decision) -> BeliefBase:
    """Return the base that a decision makes of another, built anew from lists."""
    gone = {belief.name for belief in decision.removed}
    kept = [belief for belief in before if belief.name not in gone]
    declared = [old for old in before.declarations if old not in decision.undeclared]
    beliefs = sorted([*kept, *decision.added], key=lambda belief: belief.age)
    fresh = BeliefBase().declare(*declared, *decision.declared).add(*beliefs)
    next_age = max([before.next_age, *(belief.age + 1 for belief in decision.added)])
    return replace(fresh, next_age=next_age, consistent=decision.consistent, witness=decision.witness)


def undoing(number: int, done: Decision) -> Decision:
    """Return the decision that takes another one back."""
    return Decision(
        operation="undo",
        declared=tuple(done.undeclared),
        undeclared=tuple(done.declared),
        added=tuple(done.removed),
        removed=tuple(done.added),
        undoes=number,
        consistent=None,
    )


def can_be_undone(done: Decision, base: BeliefBase) -> bool:
    """Return whether a past decision can be taken back from a base as it is now."""
    if not (
        all(base.beliefs.get(belief.name) == belief for belief in done.added)
        and not any(belief.name in base for belief in done.removed)
        and all(declaration in base.declarations for declaration in done.declared)
        and not any(declaration in base.declarations for declaration in done.undeclared)
    ):
        return False
    try:
        after(base, undoing(0, done))
    except SortError:
        return False
    return True


class ListModel:
    """A journal as a list of what was decided and what it led to: slow, obvious, and in no database."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.bases: list[BeliefBase] = [BeliefBase()]

    def append(self, decision: Decision) -> None:
        """Take in one decision."""
        self.bases.append(after(self.bases[-1], decision))
        self.decisions.append(decision)


def same(left: BeliefBase, right: BeliefBase, *, witness: bool = True) -> bool:
    """Return whether two bases are equal in everything that a journal keeps."""
    return (
        left == right
        and list(left) == list(right)
        and (left.next_age, left.consistent) == (right.next_age, right.consistent)
        and (not witness or left.witness == right.witness)
    )
