"""A guard against regressions of speed that no clock disturbs: how much is done for a change, on a few fixed bases.

The limits leave room for another way of searching, not for another order of growth. A change that needs less may lower
them; one that needs more has to say why.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import fields

from families import chain, horn
from support.work import Work, counted

from beliefs.answers import ask, settled
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import CERTAIN, Entrenchment
from beliefs.change import contract, revise
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.syntax import And, Atom, Formula, Iff, Implies, Not, Or

SURE = Entrenchment(CERTAIN)


def base_of(formulas: list[Formula], sure: int = 0) -> BeliefBase:
    """A base that is known to be consistent; so many of the beliefs, the first, are certain."""
    beliefs = [
        Belief(f"b{number}", formula, SURE if number < sure else Entrenchment(1))
        for number, formula in enumerate(formulas)
    ]
    base = settled(BeliefBase().add(*beliefs))
    assert isinstance(base, BeliefBase)
    assert base.consistent
    assert base.witness is not None
    return base


def of_revision(base: BeliefBase, said: Formula) -> Work:
    """The work of a revision, the making of its certificate included, once everything is imported and parsed."""
    revise(base, Belief("input", said))
    with counted() as work:
        change = revise(base, Belief("input", said))
    assert change.status == "done"
    assert change.certificate is not None
    return work


def of_contraction(base: BeliefBase, said: Formula) -> Work:
    contract(base, said)
    with counted() as work:
        assert contract(base, said).status == "done"
    return work


def of_question(base: BeliefBase, said: Formula) -> Work:
    ask(base, said)
    with counted() as work:
        ask(base, said)
    return work


def distribution(packages: int) -> tuple[BeliefBase, list[Formula]]:
    """A base in the shape of a package index, and what is observed: the same for every size.

    A package needs earlier ones of its block of forty, or one of two; some conflict. It is believed of an installation
    that grows from the first of each block that its packages are installed.
    """
    rng = random.Random(3)
    installed = [Atom(f"p{number}") for number in range(packages)]
    certain: list[Formula] = []
    present: set[int] = set()
    for number in range(packages):
        earlier = range(number // 40 * 40, number)
        if len(earlier) < 4:
            present.add(number)
            continue
        groups = [rng.sample(earlier, rng.choice((1, 2))) for _ in range(rng.choice((1, 2)))]
        for group in groups:
            certain.append(Implies(installed[number], _any([installed[each] for each in group])))
        rivals = rng.sample(earlier, 1) if rng.random() < 0.2 else []
        for rival in rivals:
            certain.append(Implies(installed[number], Not(installed[rival])))
        if all(present & {*group} for group in groups) and present.isdisjoint(rivals) and rng.random() < 0.7:
            present.add(number)
    observed: list[Formula] = [
        Not(installed[each]) if each in present else installed[each] for each in range(200)
    ]
    believed: list[Formula] = [installed[each] for each in sorted(present)]
    return base_of([*certain, *believed], sure=len(certain)), random.Random(5).sample(observed, 12)


def _any(formulas: list[Formula]) -> Formula:
    return formulas[0] if len(formulas) == 1 else Or(tuple(formulas))


def birds(individuals: int) -> BeliefBase:
    """Rules of many individuals."""
    lines = [
        "[fly] forall x. bird(x) -> flies(x)",
        "[birds] forall x. penguin(x) -> bird(x)",
        "[near @2] forall x, y. feeds(x, y) -> bird(x) & bird(y)",
        *(
            f"[b{number} @2] {'penguin' if number % 4 == 0 else 'bird'}(b{number})"
            for number in range(individuals)
        ),
        *(f"[f{number} @2] feeds(b{number}, b{number + 1})" for number in range(0, individuals - 1, 2)),
    ]
    statements = parse_document("\n".join(lines)).statements
    beliefs = [
        Belief(each.header.name or "", each.formula, Entrenchment(each.header.level or 1))
        for each in statements
    ]
    base = settled(BeliefBase().add(*beliefs))
    assert isinstance(base, BeliefBase)
    return base


def adder(bits: int) -> tuple[BeliefBase, Formula]:
    """A ripple-carry adder whose gates are believed healthy, and a sum that it would not give."""
    behaviour: list[Formula] = []
    healthy: list[Formula] = []

    def gate(name: str, output: Atom, formula: Formula) -> Atom:
        health = Atom(f"ok_{name}")
        healthy.append(health)
        behaviour.append(Implies(health, Iff(output, formula)))
        return output

    carry = Atom("c0")
    for bit in range(bits):
        a, b = Atom(f"a{bit}"), Atom(f"b{bit}")
        half = gate(f"x{bit}", Atom(f"h{bit}"), Not(Iff(a, b)))
        gate(f"y{bit}", Atom(f"s{bit}"), Not(Iff(half, carry)))
        both = gate(f"u{bit}", Atom(f"u{bit}"), And((a, b)))
        passed = gate(f"v{bit}", Atom(f"v{bit}"), And((half, carry)))
        carry = gate(f"w{bit}", Atom(f"c{bit + 1}"), Or((both, passed)))
    # All ones and one, but the last sum stays 1: a fault anywhere on the way of the carry explains it.
    seen: list[Formula] = [Not(Atom("c0"))]
    for bit in range(bits):
        seen += [Atom(f"a{bit}"), Atom(f"b{bit}") if bit == 0 else Not(Atom(f"b{bit}"))]
        seen.append(Atom(f"s{bit}") if bit == bits - 1 else Not(Atom(f"s{bit}")))
    return base_of([*behaviour, *healthy], sure=len(behaviour)), And(tuple(seen))


def schedule(jobs: int) -> BeliefBase:
    """Numbers, in groups that have nothing to do with one another: only Z3 decides them."""
    lines = []
    for job in range(jobs):
        lines.append(f"start(j{job}) >= {job % 7}")
        if job % 5:
            lines.append(f"start(j{job}) >= start(j{job - 1}) + 2")
        lines.append(f"start(j{job}) <= 20")
    formulas = [parse_formula(line) for line in lines]
    beliefs = [Belief(f"b{number}", formula) for number, formula in enumerate(formulas)]
    base = settled(BeliefBase().add(*beliefs))
    assert isinstance(base, BeliefBase)
    assert base.consistent
    return base


def test_what_is_counted() -> None:
    base = base_of([Atom("p"), Implies(Atom("p"), Atom("q")), Atom("r")])
    work = of_revision(base, Not(Atom("q")))
    assert work.solved >= 2
    assert work.clauses >= 3  # the input and both that contradict it
    assert (work.z3_checks, work.z3_formulas) == (0, 0)
    assert work.calls > 100
    with counted() as nothing:
        pass
    assert nothing.solved == nothing.clauses == 0
    assert nothing.calls < 50


def total(works: Iterable[Work]) -> Work:
    result = Work()
    for work in works:
        for each in fields(Work):
            setattr(result, each.name, getattr(result, each.name) + getattr(work, each.name))
    return result


def within(work: Work, *, solved: int, clauses: int, calls: int) -> bool:
    """Whether it was no more than that, and Z3 was not asked."""
    assert work.z3_checks == work.z3_formulas == 0
    assert work.solved <= solved
    assert work.clauses <= clauses
    assert work.calls <= calls
    return True


def no_more(large: Work, small: Work, factor: float = 1.25) -> bool:
    """Whether the work on a large base is that on a small one, but for a little."""
    assert large.solved <= factor * small.solved
    assert large.clauses <= factor * small.clauses
    assert large.calls <= factor * small.calls
    return True


def test_a_chain_is_one_kernel() -> None:
    base = base_of(chain(60, random.Random(0)).formulas)
    assert within(of_revision(base, Not(Atom("p59"))), solved=150, clauses=160, calls=75_000)


def test_random_horn_clauses() -> None:
    case = horn(400, random.Random(0))
    base = base_of(case.formulas)
    work = total(of_revision(base, said) for said in case.inputs[:10])
    assert within(work, solved=350, clauses=4_000, calls=170_000)


def test_work_on_a_distribution_does_not_grow_with_it() -> None:
    (small, observed), (large, also) = distribution(500), distribution(2_000)
    assert len(large) > 3 * len(small)
    assert observed == also
    known = [said.operand for said in observed if isinstance(said, Not)]
    assert len(known) >= 4
    revised = [total(of_revision(base, said) for said in observed) for base in (small, large)]
    asked = [total(of_question(base, said) for said in observed) for base in (small, large)]
    contracted = [total(of_contraction(base, said) for said in known) for base in (small, large)]
    assert within(revised[0], solved=125, clauses=130, calls=52_000)
    assert within(asked[0], solved=54, clauses=66, calls=14_000)
    assert within(contracted[0], solved=65, clauses=65, calls=23_000)
    for on_small, on_large in (revised, asked, contracted):
        assert no_more(on_large, on_small)


def test_of_rules_only_instances_that_are_touched_are_loaded() -> None:
    small, large = birds(100), birds(400)
    for text in ("!flies(b4)", "!bird(b4) & !bird(b6)"):
        works = [of_revision(base, parse_formula(text)) for base in (small, large)]
        assert within(works[0], solved=24, clauses=24, calls=28_000)
        assert works[1].solved <= works[0].solved
        assert works[1].clauses <= works[0].clauses
        # Individuals are glanced at, so far: the calls grow with them, but no faster.
        assert works[1].calls <= 4 * works[0].calls


def test_a_circuit_is_loaded_once() -> None:
    for bits, clauses, calls in ((8, 260, 48_000), (16, 520, 95_000)):
        base, seen = adder(bits)
        assert within(of_revision(base, seen), solved=40, clauses=clauses, calls=calls)


def test_of_numbers_z3_gets_each_formula_once() -> None:
    base = schedule(40)
    work = of_revision(base, parse_formula("start(j7) >= 19"))
    assert 0 < work.z3_checks <= 30
    assert work.z3_formulas <= len(base) + 10
