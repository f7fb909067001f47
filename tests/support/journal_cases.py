"""Decisions for tests of the journal: small ones by hand, long histories at random, and their model."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction

from immutables import Map

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.case import Case
from beliefs.base.entrenchment import CERTAIN, Cost, Entrenchment
from beliefs.base.track_record import Mark, TrackRecord
from beliefs.errors import SortError
from beliefs.journal.entry import Decision, Observed
from beliefs.language.mentions import Mentions
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
    unmarked = rng.sample(
        sorted(base.record.marks()), min(len(list(base.record.marks())), rng.choice([0, 0, 1, 2]))
    )
    taken = {mark[:3] for mark in base.record.marks()} - {mark[:3] for mark in unmarked}
    drawn = {mark[:3]: mark for mark in map(_mark, rng.sample(range(12), rng.choice([0, 0, 1, 3])))}
    marked = [mark for place, mark in drawn.items() if place not in taken]
    return Decision(
        operation=rng.choice(["expand", "revise", "contract", "a word nobody thought of"]),
        input=rng.choice([None, "rain", "¬süß"]),
        declared=tuple(declared),
        undeclared=tuple(undeclared),
        added=tuple(added),
        removed=tuple(removed),
        unmarked=tuple(unmarked),
        marked=tuple(marked),
        observed=rng.choice([None, _observed(rng)]),
        kernels=tuple((belief.name,) for belief in removed),
        cost=Cost.of(belief.entrenchment for belief in removed if not belief.entrenchment.is_certain),
        source=rng.choice([None, "camera 2"]),
        reason=rng.choice([None, 'because "so"']),
        consistent=rng.choice([True, False, None]),
        certificate=rng.choice([None, {"kernels": [["b1"]], "n": 1.5, "ü": None}]),
        witness=rng.choice([None, Model(universe=Map({"Robot": ("r1",)}), true=Map(atoms))]),
    )


def _mark(number: int) -> Mark:
    """One of a dozen marks, of every kind, some of them at the same place."""
    case = Case(("r1",), ("bird(r1)",), "düster", number == 3)
    return [
        Mark("belief", "rain -> wet", "", "1/3 0"),
        Mark("belief", "rain -> wet", "", "1 2"),
        Mark("source", "the site manual", "", f"{number} 1"),
        Mark("case", "forall x. bird(x)", json.dumps(case.to_json(), ensure_ascii=False, sort_keys=True), ""),
        Mark("lineage", "rain", "", "rain & snow"),
        Mark("expectation", str(number), "", '["düster", "b1"]'),
    ][number % 6]


def _observed(rng: random.Random) -> Observed:
    return Observed(
        policy=rng.choice(["prioritized", "weighed"]),
        rejected=rng.choice([None, some_belief("b1", 0)]),
        weakened=rng.choice([(), (("b1.2", "b1"),)]),
        refuted=rng.choice([(), (3,)]),
        met=rng.choice([(), (4, 5)]),
        supports=rng.choice([(), (("b1", "b2"),)]),
        decay=rng.choice([Fraction(1), Fraction(9, 10)]),
    )


def after(before: BeliefBase, decision: Decision) -> BeliefBase:
    """Return the base that a decision makes of another, built anew from lists."""
    gone = {belief.name for belief in decision.removed}
    kept = [belief for belief in before if belief.name not in gone]
    declared = [old for old in before.declarations if old not in decision.undeclared]
    beliefs = sorted([*kept, *decision.added], key=lambda belief: belief.age)
    fresh = BeliefBase().declare(*declared, *decision.declared).add(*beliefs)
    next_age = max([before.next_age, *(belief.age + 1 for belief in decision.added)])
    marks = {*before.record.marks()} - {*decision.unmarked} | {*decision.marked}
    return replace(
        fresh,
        next_age=next_age,
        consistent=decision.consistent,
        witness=decision.witness,
        record=TrackRecord().marked((), sorted(marks)),
    )


def undoing(number: int, done: Decision) -> Decision:
    """Return the decision that takes another one back."""
    return Decision(
        operation="undo",
        declared=tuple(done.undeclared),
        undeclared=tuple(done.declared),
        added=tuple(done.removed),
        removed=tuple(done.added),
        marked=tuple(done.unmarked),
        unmarked=tuple(done.marked),
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
    marks = {mark[:3]: mark for mark in base.record.marks()}
    replaced = {mark[:3] for mark in done.marked}
    if any(marks.get(mark[:3]) != mark for mark in done.marked) or any(
        mark[:3] in marks and mark[:3] not in replaced for mark in done.unmarked
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
        and (left.next_age, left.consistent, left.record) == (right.next_age, right.consistent, right.record)
        and (not witness or left.witness == right.witness)
        and left.signature == right.signature
        and filed(left, right) == filed(right, right)
    )


def filed(base: BeliefBase, other: BeliefBase) -> object:
    """Return which beliefs of a base mention what another one speaks of, and what it has."""
    spoken_of = [Mentions.of(belief.formula) for belief in other]
    symbols = {symbol for mentions in spoken_of for symbol in mentions.symbols}
    atoms = {atom for mentions in spoken_of for atom in mentions.atoms}
    return (
        {symbol: sorted(base.mentioning(symbol)) for symbol in symbols},
        {atom: sorted(base.touching(atom)) for atom in atoms},
        sorted(base.rules()),
        {belief.name: sorted(same.name for same in base.says(belief.formula)) for belief in other},
        {name: base.formula(name) for name in other.names()},
    )
