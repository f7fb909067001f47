"""Repairs of random small bases, each condition decided by the enumeration of all structures."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product

import pytest
from support.worlds import BINARY, UNARY, World, literal, rule

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.case import Case
from beliefs.base.entrenchment import Entrenchment
from beliefs.certificates.checker import check
from beliefs.certificates.locality import next_witness
from beliefs.change import Change, expand, revise
from beliefs.change.weakening import Repair
from beliefs.failure.cases import case_of
from beliefs.failure.repair import repair, repairs
from beliefs.failure.rule import Rule
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.semantics import truth
from beliefs.language.syntax import (
    ForAll,
    Formula,
    Not,
)
from beliefs.reasoning.verdict import Unknown


@pytest.mark.parametrize("world", [UNARY, BINARY])
def test_the_judge(world: World) -> None:
    """Columns are what bits say, and formulas what they should be."""
    rng = random.Random(1)
    for structures in world.sizes:
        place = dict(zip(structures.atoms, range(len(structures.atoms)), strict=True))
        for _ in range(100):
            atom, structure = rng.choice(list(place)), rng.randrange(1 << len(place))
            assert structures.atoms[atom] >> structure & 1 == structure >> place[atom] & 1
    rule = parse_formula("forall x. p(x)")
    assert world.entails([rule], parse_formula("p(a)"))
    assert not world.entails([parse_formula(f"p({name})") for name in world.individuals], rule)
    assert world.models(parse_formula("forall x. x = a")) == 0
    only = " | ".join(f"x = {name}" for name in world.individuals)
    assert world.models(parse_formula(f"forall x. {only}")) != 0


def consistent_base(rng: random.Random, world: World) -> BeliefBase:
    """Rules at level 1, facts at level 2, as many of them as agree; the individuals are all declared."""
    texts = [(1, rule(rng, world)) for _ in range(rng.randint(1, 3))]
    texts += [(2, literal(rng, world, world.individuals)) for _ in range(rng.randint(2, 6))]
    kept: list[Belief] = []
    for level, text in texts:
        belief = Belief(f"k{len(kept)}", parse_formula(text), Entrenchment(level))
        if world.of([belief.formula, *(each.formula for each in kept)]):
            kept.append(belief)
    known = " & ".join(f"({predicate}({', '.join(['a'] * n)}) | true)" for predicate, n in world.predicates)
    named = " & ".join(f"(p({name}) | true)" for name in world.individuals)
    kept.append(Belief("symbols", parse_formula(f"{known} & {named}"), Entrenchment("certain")))
    change = expand(BeliefBase(), kept)
    assert change.status == "done"
    return change.after


def failing_observation(rng: random.Random, world: World, base: BeliefBase) -> str | None:
    """A literal, or a disjunction of two, that contradicts the base but is possible."""
    formulas = [belief.formula for belief in base if belief.name != "symbols"]
    candidates = [literal(rng, world, world.individuals, 0.5) for _ in range(12)]
    candidates += [" | ".join(pair) for pair in combinations(candidates[:4], 2)]
    for text in candidates:
        if not world.of([*formulas, parse_formula(text)]):
            return text
    return None


def revision(rng: random.Random, world: World) -> Change | None:
    base = consistent_base(rng, world)
    seen = failing_observation(rng, world, base)
    if seen is None:
        return None
    change = revise(base, Belief("seen", parse_formula(seen), Entrenchment(3)))
    return change if change.status == "done" and change.removed else None


def record(rng: random.Random, world: World, culprit: Belief) -> list[Case]:
    """Cases of a rule: predictions that follow from it with some literals given, and failures."""
    base = BeliefBase().add(
        culprit, Belief("named", parse_formula(" & ".join(f"p({name})" for name in world.individuals)))
    )
    parts = Rule.of(base.formula(culprit.name))
    cases = []
    for _ in range(rng.choice((0, 1, 2, 3, 6))):
        individuals = tuple(rng.choice(world.individuals) for _ in parts.variables)
        given = [parts.said_at(premise, individuals) for premise in parts.premises]
        outcome = parts.said_at(rng.choice(parts.conclusions), individuals)
        failed = rng.random() < 0.2
        case = case_of(base, culprit.formula, given, Not(outcome) if failed else outcome, failed=failed)
        if isinstance(case, Case):
            cases.append(case)
    return cases


def meaningful(base: BeliefBase) -> list[Formula]:
    return [belief.formula for belief in base if belief.name != "symbols"]


def expect_all_conditions(
    world: World, change: Change, culprit: Belief, found: Repair, cases: list[Case]
) -> None:
    """Whatever a repair must be, by enumeration."""
    gone = {belief.name for belief in change.removed}
    kept = [
        belief.formula for belief in change.before if belief.name not in gone and belief.name != "symbols"
    ]
    after = meaningful(change.after)
    assert world.entails([*kept, culprit.formula], found.formula), "weakening"
    assumed = [parse_formula(text) for text in found.assumed]
    assert world.of([*after, found.formula, *assumed]), "consistency"
    assert world.of([Not(found.formula)]), "nontrivial"
    assert not world.entails(after, found.formula), "informative"
    successes = {(case.given, case.outcome) for case in cases if not case.failed}
    overtaken = {
        (given, outcome)
        for given, outcome in successes
        if world.entails(after, Not(parse_formula(outcome)))
        and all(world.entails(after, parse_formula(text)) for text in given)
    }
    assert {(each.given, each.outcome) for each in found.kept} == successes - overtaken
    assert {(each.given, each.outcome) for each in found.overtaken} == overtaken
    for each in found.kept:
        given = [parse_formula(text) for text in (*each.given, *each.believed, *each.assumed)]
        assert world.entails([found.formula, *given], parse_formula(each.outcome)), "keeps"
        for text in each.believed:
            assert world.entails(after, parse_formula(text))
        for text in each.assumed:
            assert isinstance(parse_formula(text), Not)
            assert not world.entails(after, parse_formula(text))
    assert (found.belief.entrenchment, found.belief.age) == (culprit.entrenchment, culprit.age)
    needed = {name for name in found.shown if name in change.before} - gone
    assert needed | {b.name for b in change.added} >= set(found.shown)


def failures(
    world: World, change: Change, culprit: Belief, cases: list[Case]
) -> list[tuple[str, ...]] | None:
    """The tuples of individuals on record and those whose instance contradicts what is believed; None without these."""
    formula = culprit.formula
    if not isinstance(formula, ForAll):
        return None
    names = [binding.name for binding in formula.bindings]
    after = world.of(meaningful(change.after))
    now = [
        each
        for each in product(world.individuals, repeat=len(names))
        if not after & world.models(formula.body, dict(zip(names, each, strict=True)))
    ]
    past = [case.individuals for case in cases if case.failed]
    return list(dict.fromkeys((*past, *now))) if now else None


def shared_properties(
    world: World, change: Change, culprit: Belief, failed: list[tuple[str, ...]]
) -> Iterator[str]:
    """The literals of predicates of one argument that are believed of all failures, for a rule of one variable."""
    after = meaningful(change.after)
    for predicate, arity in world.predicates:
        for sign in ("", "!"):
            if arity == 1 and all(
                world.entails(after, parse_formula(f"{sign}{predicate}({name})")) for (name,) in failed
            ):
                yield f"{sign}{predicate}(x)"


def is_in_order(found: list[Repair], several: bool) -> bool:
    first = ["property", "individual"] if several else ["individual", "property"]
    kinds = [*first, "bound", "conjunct"]
    guards = [each for each in found if each.kind == "property"]
    return [kinds.index(each.kind) for each in found] == sorted(
        kinds.index(each.kind) for each in found
    ) and [bool(each.assumed) for each in guards] == sorted(bool(each.assumed) for each in guards)


@pytest.mark.parametrize(("world", "cases"), [(UNARY, 350), (BINARY, 90)], ids=["unary", "binary"])
def test_every_repair_is_one(world: World, cases: int) -> None:
    rng = random.Random(3)
    seen: Counter[str] = Counter()
    for _ in range(cases):
        change = revision(rng, world)
        if change is None:
            continue
        seen["revisions"] += 1
        for culprit in change.removed:
            on_record = record(rng, world, culprit)
            found = [each for each in repairs(change, culprit, on_record) if not isinstance(each, Unknown)]
            for each in found:
                expect_all_conditions(world, change, culprit, each, on_record)
                seen[each.kind] += 1
                seen["assumed"] += bool(each.assumed)
                seen["overtaken"] += bool(each.overtaken)
                seen["believed"] += any(kept.believed for kept in each.kept)
                seen["shown"] += bool(each.shown)
            failed = failures(world, change, culprit, on_record)
            if failed is not None:
                seen["several"] += len(failed) > 1
                assert is_in_order(found, len(failed) > 1)
    for kind in ("individual", "property", "conjunct", "assumed", "believed", "several", "overtaken"):
        assert seen[kind], seen


def test_no_guard_is_missed() -> None:
    """Where a rule of one variable has a guard by a predicate of one argument, it is among the repairs."""
    rng = random.Random(4)
    seen: Counter[bool] = Counter()
    for _ in range(260):
        change = revision(rng, UNARY)
        if change is None:
            continue
        for culprit in change.removed:
            formula = culprit.formula
            failed = failures(UNARY, change, culprit, [])
            if not isinstance(formula, ForAll) or failed is None:
                continue
            found = {
                each.detail
                for each in repairs(change, culprit)
                if not isinstance(each, Unknown) and each.kind == "property"
            }
            how = print_formula(formula.body)
            after = meaningful(change.after)
            for shared in shared_properties(UNARY, change, culprit, failed):
                # What the rule itself is about says how it failed, and not why.
                if shared.lstrip("!") in how:
                    continue
                guarded = parse_formula(f"forall x. ({shared}) | ({how})")
                will_do = bool(UNARY.of([*after, guarded])) and not UNARY.entails(after, guarded)
                assert (shared in found) == will_do, (change, shared, how)
                seen[will_do] += 1
    assert min(seen[True], seen[False]) > 5, seen


@pytest.mark.parametrize(("world", "cases"), [(UNARY, 160), (BINARY, 50)], ids=["unary", "binary"])
def test_a_repaired_change_is_proven(world: World, cases: int) -> None:
    """All that is believed after it is true in its witness; its certificate holds, and leads to a witness too."""
    rng = random.Random(5)
    seen: Counter[str] = Counter()
    for _ in range(cases):
        change = revision(rng, world)
        if change is None:
            continue
        on_record = {culprit.name: record(rng, world, culprit) for culprit in change.removed}
        mended = repair(change, on_record)
        if mended is change:
            continue
        seen["weakened"] += len(mended.weakened)
        assert mended.removed == change.removed
        assert world.of(meaningful(mended.after))
        assert [belief.name for belief in mended.added] == [
            *(belief.name for belief in change.added),
            *(name for name, _ in mended.weakened),
        ]
        assert mended.certificate is not None
        report = check(mended.certificate)
        assert report.valid, report
        for model in (mended.after.witness, next_witness(mended.certificate, mended.before)):
            assert model is not None
            assert all(truth(mended.after.formula(name), model) for name in mended.after.names())
        seen[mended.certificate.scope] += 1
        seen["successes"] += len(mended.certificate.successes)
    assert min(seen[name] for name in ("weakened", "touched", "successes")) > 5, seen
