"""What has changed of a model, and what is to be looked at for it, against looking at everything."""

from __future__ import annotations

import random
from collections import Counter

from immutables import Map

from beliefs.certificates.locality import Extent, _Changes
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.semantics import Ground, Model, truth
from beliefs.language.sorts import elaborate, infer

SIGNATURE = infer(
    parse_document(
        "sort Room = {hall, lab}\npred busy(Thing)\npred old(Thing)\npred near(Thing, Thing)\npred at(Thing, Room)\n"
        "pred open\nfunc weight(Thing): Int\nfunc boss: Thing\n"
        + "\n".join(f"const {name}: Thing" for name in ("a", "b", "c", "d", "e"))
    ).declarations,
    (),
)
RULES = (
    "forall x. busy(x) -> old(x)",
    "forall x, y. near(x, y) & busy(x) -> busy(y)",
    "forall x, y. near(x, y) -> near(y, x)",
    "forall x. !near(x, x)",
    "forall x: Thing, m: Room. at(x, m) & open -> busy(x)",
    "forall x. at(x, hall) & x != a -> old(x)",
    "forall x. near(x, a) | at(x, lab) | !open",
    "forall x, y. near(x, y) -> x = a | y = a",
    "forall x, y, z. near(x, y) & near(y, z) -> old(z)",
    "forall x. busy(x) -> (old(x) <-> open)",
)
UNSEEN = (
    "forall x. exists y. near(x, y)",
    "forall x. weight(x) > 2 -> old(x)",
    "forall x. near(x, boss) -> old(x)",
    "exists x. busy(x)",
    "busy(a) | open",
    "forall n: Int. n > 0 -> open",
)


def atoms(names: tuple[str, ...]) -> list[Ground]:
    found: list[Ground] = [("open",), *(("busy", name) for name in names), *(("old", name) for name in names)]
    found += [("near", one, other) for one in names for other in names]
    return found + [("at", name, room) for name in names for room in ("hall", "lab")]


def random_model(rng: random.Random, names: tuple[str, ...], share: float) -> Model:
    held = [atom for atom in atoms(names) if rng.random() < share]
    return Model(Map({"Thing": names, "Room": ("hall", "lab")}), Map(dict.fromkeys(held)))


def test_a_rule_that_was_true_is_looked_at_only_where_something_changed() -> None:
    rng = random.Random(3)
    seen: Counter[tuple[str, bool]] = Counter()
    for _ in range(4_000):
        text = rng.choice(RULES)
        rule = elaborate(parse_formula(text, canonical=True), SIGNATURE)
        before = random_model(rng, ("a", "b", "c")[: rng.randint(1, 3)], rng.choice((0.1, 0.3, 0.7)))
        if truth(rule, before) is not True:
            continue
        newcomers = tuple(rng.sample(("d", "e"), rng.choice((0, 0, 1, 2))))
        names = (*before.universe["Thing"], *newcomers)
        changed = tuple(rng.sample(atoms(names), rng.randint(0, 3)))
        after = Model(before.universe.set("Thing", names), before.flipped(changed).true)
        changes = _Changes.between(before, after)
        assert changes.leave_true(rule, SIGNATURE, after) is truth(rule, after), text
        seen[text, truth(rule, after) is True] += 1
    assert min(seen.values()) > 5
    assert len(seen) == 2 * len(RULES)


def test_what_is_not_seen_through_is_left_open() -> None:
    model = random_model(random.Random(1), ("a", "b"), 0.5)
    for text in UNSEEN:
        formula = elaborate(parse_formula(text, canonical=True), SIGNATURE)
        assert _Changes.between(model, model).leave_true(formula, SIGNATURE, model) is None
    rule = elaborate(parse_formula(RULES[0], canonical=True), SIGNATURE)
    assert _Changes.between(model, model).leave_true(rule, SIGNATURE, Model()) is None


def test_the_atoms_of_rules_among_some_individuals() -> None:
    rng = random.Random(4)
    for _ in range(500):
        formulas = [parse_formula(text, canonical=True) for text in rng.sample((*RULES, *UNSEEN), 2)]
        extent = Extent.of(formulas, SIGNATURE)
        model = random_model(rng, ("a", "b", "c", "d"), rng.choice((0.02, 0.4)))
        names = frozenset(rng.sample(("a", "b", "c", "d"), rng.randint(0, 4)))
        among = {"Thing": names, "Room": ("hall", "lab")}
        expected = {
            atom
            for atom in extent.true_in(model)
            if atom in extent.atoms or names.issuperset(set(atom[1:]) - {"hall", "lab"})
        }
        assert set(extent.true_among(model, among)) == expected


def test_a_model_knows_by_what_flips_it_was_made() -> None:
    rng = random.Random(5)
    for _ in range(500):
        first = random_model(rng, ("a", "b"), 0.5)
        flips = [rng.choice(atoms(("a", "b"))) for _ in range(rng.randint(0, 4))]
        second = first.flipped(flips).with_element("Thing", "z")
        third = second.flipped(rng.sample(atoms(("a", "b")), 2))
        for one in (first, second, third):
            for other in (first, second, third):
                plain = set(one.true) ^ set(other.true)
                assert set(one.differences(other)) == plain
                assert len(list(one.differences(other))) == len(plain)
