"""The Z3 oracle against enumeration and the SAT oracle; models; arithmetic; budgets and interrupts."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from fractions import Fraction

import pytest
from immutables import Map
from support.structures import ROOMS, SIGNATURE, random_sentence, satisfiable
from support.truth_tables import random_formula
from support.truth_tables import satisfiable as satisfiable_by_table

from beliefs.errors import UnsupportedFormulaError
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.semantics import Model, truth
from beliefs.language.signature import Signature
from beliefs.language.sorts import elaborate, extend, infer
from beliefs.language.syntax import Constant, Formula, subformulas
from beliefs.reasoning.features import features
from beliefs.reasoning.grounding import ground, individuals, skolemized
from beliefs.reasoning.sat_oracle import SatOracle
from beliefs.reasoning.verdict import UNLIMITED, Budget, Sat, Unknown, Unsat, Verdict
from beliefs.reasoning.z3_oracle import Z3Oracle


def understood(text: str) -> tuple[list[Formula], Signature]:
    document = parse_document(text)
    formulas = [statement.formula for statement in document.statements]
    signature = infer(document.declarations, [(f"line {n}", formula) for n, formula in enumerate(formulas)])
    return [elaborate(formula, signature) for formula in formulas], signature


def asked(text: str, unique_names: bool = True, budget: Budget = UNLIMITED) -> tuple[Verdict, list[Formula]]:
    """Check all the beliefs of a text together, each labelled with its place."""
    formulas, signature = understood(text)
    oracle = Z3Oracle(signature, unique_names, budget)
    for label, formula in enumerate(formulas):
        oracle.add(label, formula)
    return oracle.check(range(len(formulas))), formulas


def model_of(text: str, unique_names: bool = True) -> Model:
    """The model found of a text, in which no belief of it is false."""
    verdict, formulas = asked(text, unique_names)
    assert isinstance(verdict, Sat), verdict
    assert verdict.model is not None
    assert [truth(formula, verdict.model) for formula in formulas].count(False) == 0
    return verdict.model


def names_in(formulas: Sequence[Formula]) -> list[str]:
    return sorted(
        {name for each in formulas for sort, name in individuals(each, SIGNATURE) if sort == "Thing"}
    )


def test_propositions_as_in_the_truth_table() -> None:
    rng = random.Random(21)
    propositions = ("p", "q", "r", "s")
    oracle = Z3Oracle(Signature(predicates=Map(dict.fromkeys(propositions, ()))))
    seen = {Sat: 0, Unsat: 0}
    for round_ in range(200):
        formulas = {(round_, n): random_formula(rng, propositions, 3) for n in range(5)}
        for label, formula in formulas.items():
            oracle.add(label, formula)
        labels = rng.sample(sorted(formulas), rng.randrange(6))
        verdict = oracle.check(labels)
        kept = [formulas[label] for label in labels]
        assert isinstance(verdict, Sat if satisfiable_by_table(kept, propositions) else Unsat)
        seen[type(verdict)] += 1
        if isinstance(verdict, Sat):
            assert verdict.model is not None
            assert all(truth(formula, verdict.model) for formula in kept)
        elif isinstance(verdict, Unsat):
            assert verdict.core <= set(labels)
            assert not satisfiable_by_table([formulas[label] for label in verdict.core], propositions)
    assert min(seen.values()) > 20


@pytest.mark.parametrize("unique", [True, False])
def test_sentences_as_in_the_enumeration_of_structures(unique: bool) -> None:
    rng = random.Random(22)
    seen = {Sat: 0, Unsat: 0}
    for round_ in range(300):
        if round_ % 50 == 0:
            oracle = Z3Oracle(SIGNATURE, unique)
        formulas = [random_sentence(rng, rng.choice((1, 2, 3))) for _ in range(rng.randrange(1, 4))]
        names = names_in(formulas)
        fresh = 0
        for formula in formulas:
            if not features(formula, SIGNATURE).groundable:
                break
            fresh += len(skolemized(formula, "it", SIGNATURE)[1])
        else:
            if fresh + max(1, len(names)) > 3:
                continue
            for number, formula in enumerate(formulas):
                oracle.add((round_, number), formula)
            verdict = oracle.check([(round_, number) for number in range(len(formulas))])
            expected = satisfiable(formulas, names, max(1, len(names) + fresh), unique)
            assert isinstance(verdict, Sat if expected else Unsat), formulas
            seen[type(verdict)] += 1
            if isinstance(verdict, Sat):
                assert verdict.model is not None
                assert all(truth(formula, verdict.model) for formula in formulas), formulas
                if unique:
                    assert not verdict.model.values
                    assert set(names) <= set(verdict.model.universe.get("Thing", ()))
    assert seen[Sat] > 80
    assert seen[Unsat] > 10


@pytest.mark.parametrize("unique", [True, False])
def test_both_oracles_agree_where_both_decide(unique: bool) -> None:
    rng = random.Random(23)
    seen = {Sat: 0, Unsat: 0}
    for round_ in range(300):
        if round_ % 50 == 0:
            oracle = Z3Oracle(SIGNATURE, unique)
        formulas = [random_sentence(rng, rng.choice((2, 3)), equality=False) for _ in range(5)]
        if not all(features(formula, SIGNATURE).groundable for formula in formulas):
            continue
        rewritten = [skolemized(formula, str(n), SIGNATURE) for n, formula in enumerate(formulas)]
        things = {"a": None, "b": None} | {name: None for _, fresh in rewritten for name in fresh}
        domain = {"Thing": things, "Room": ROOMS}
        with SatOracle() as grounded:
            for number, formula in enumerate(formulas):
                oracle.add((round_, number), formula)
                grounded.add((round_, number), ground(rewritten[number][0], domain))
            for size in range(1, 6):
                labels = [(round_, number) for number in rng.sample(range(5), size)]
                first, second = oracle.check(labels), grounded.check(labels)
                assert type(first) is type(second), [formulas[n] for _, n in labels]
                seen[type(first)] += 1
                if isinstance(first, Unsat):
                    assert isinstance(grounded.check(sorted(first.core)), Unsat)
    assert min(seen.values()) > 20


def test_equality_of_grounded_formulas_is_that_of_unique_names() -> None:
    rng = random.Random(24)
    oracle = Z3Oracle(SIGNATURE)
    equations = 0
    for round_ in range(400):
        formulas = [random_sentence(rng, rng.choice((1, 2, 3))) for _ in range(2)]
        found = [features(formula, SIGNATURE) for formula in formulas]
        if any(each.skolem or not each.groundable for each in found):
            continue
        equations += any(each.equality for each in found)
        domain = {"Thing": names_in(formulas) or ["someone"], "Room": ROOMS}
        grounded = SatOracle()
        for number, formula in enumerate(formulas):
            oracle.add((round_, number), formula)
            grounded.add(number, ground(formula, domain))
        assert type(oracle.check([(round_, 0), (round_, 1)])) is type(grounded.check([0, 1])), formulas
    assert equations > 20


def test_names_are_unique_among_those_the_check_names() -> None:
    formulas, signature = understood("p(a)\nforall x, y. x = y\np(b)\np(a) | p(b)")
    oracle = Z3Oracle(signature)
    for label, formula in enumerate(formulas):
        oracle.add(label, formula)
    assert isinstance(oracle.check([0, 1]), Sat)
    assert oracle.check([0, 1, 2]) == Unsat(frozenset({0, 1, 2}))
    assert oracle.check([1, 3]) == Unsat(frozenset({1, 3}))
    assert isinstance(oracle.check([0, 2, 3]), Sat)


def test_names_that_need_not_be_unique_share_an_element() -> None:
    model = model_of("p(a)\np(b)\nforall x, y. p(x) & p(y) -> x = y", unique_names=False)
    assert model.universe["Thing"] == ("a",)
    assert dict(model.values) == {("b",): "a"}


def test_members_of_closed_sorts_are_distinct_and_all_there_are() -> None:
    rooms = "sort Room = {k, h}\npred dark(Room)\n"
    for unique in (True, False):
        assert isinstance(asked(rooms + "k = h", unique)[0], Unsat)
        assert isinstance(asked(rooms + "dark(k) & dark(h)\nexists r: Room. !dark(r)", unique)[0], Unsat)
    model = model_of(rooms + "dark(k)\nexists r: Room. !dark(r)")
    assert model.universe["Room"] == ("k", "h")
    assert set(model.true) == {("dark", "k")}


def test_large_closed_sorts_are_not_spelt_out() -> None:
    members = [f"m{number}" for number in range(90)]
    text = f"sort M = {{{', '.join(members)}}}\npred p(M)\nforall x, y: M. p(x) & p(y) -> x = y\np(m7)"
    assert set(model_of(text).true) == {("p", "m7")}
    assert isinstance(asked(text + "\np(m8)")[0], Unsat)
    assert isinstance(asked(text + "\nforall x: M. x != m80 -> !p(x)")[0], Unsat)


def test_unnamed_elements_are_numbered() -> None:
    model = model_of(
        "sort Robot\npred at(Robot)\nat(r2)\nexists x: Robot. !at(x)\nexists x: Robot. x != r2 & at(x)"
    )
    assert model.universe["Robot"] == ("r2", "Robot#1", "Robot#2")
    assert len(model.true) == 2


def test_a_sort_without_names_has_an_element() -> None:
    model = model_of("sort Robot\npred at(Robot)\nforall x: Robot. at(x)")
    assert model.universe["Robot"] == ("Robot#1",)
    assert set(model.true) == {("at", "Robot#1")}
    assert isinstance(asked("(forall x. p(x)) & (forall x. !p(x))")[0], Unsat)


def test_an_individual_and_a_variable_of_one_name() -> None:
    assert isinstance(asked("const x: Thing\np(x)\nforall x. q(x) -> !p(x)\nq(x)")[0], Unsat)
    assert isinstance(asked("const x: Thing\np(x)\n!(forall x. p(x))")[0], Sat)


def test_numbers_are_read_exactly() -> None:
    model = model_of(
        "sort Robot\nfunc battery(Robot): Real\nfunc trips(Robot): Int\n"
        "3 * battery(r2) = 1\nbattery(r3) = -0.1\ntrips(r2) = -12345678901234567890\ntrips(r3) > trips(r2)"
    )
    assert model.values.get(("battery", "r2"), model.defaults["battery"]) == Fraction(1, 3)
    assert model.values.get(("battery", "r3"), model.defaults["battery"]) == Fraction(-1, 10)
    assert model.values.get(("trips", "r2"), model.defaults["trips"]) == -12345678901234567890


def test_integers_stand_where_reals_are_meant() -> None:
    head = "func level: Real\nfunc count: Int\npred near(Real)\n"
    assert isinstance(asked(head + "level = count\nlevel = 0.5")[0], Unsat)
    assert isinstance(asked(head + "level = count + 0.5\nlevel = 1.5\ncount != 1")[0], Unsat)
    assert isinstance(asked(head + "near(count)\ncount = 2\n!near(2.0)")[0], Unsat)
    assert isinstance(asked(head + "near(3) & !near(3.5)")[0], Sat)


def test_integers_are_not_dense() -> None:
    assert isinstance(asked("func n: Int\nn > 1\nn < 2")[0], Unsat)
    assert isinstance(asked("func n: Real\nn > 1\nn < 2")[0], Sat)
    assert isinstance(asked("exists n: Int. n > 1 & n < 2")[0], Unsat)
    assert isinstance(asked("forall n: Int. n > 1 -> n >= 2")[0], Sat)


def test_declared_names_denote_what_the_beliefs_say() -> None:
    model = model_of("sort Robot\nfunc leader: Robot\nat(leader)\n!at(r1)\nleader = r1 | leader = r2")
    assert model.defaults["leader"] == "r2"
    assert isinstance(
        asked("sort Robot\nfunc leader: Robot\nfunc cook: Robot\nleader = cook & r1 != r2")[0], Sat
    )


def test_functions_are_read_as_tables() -> None:
    model = model_of(
        "sort Person\nfunc mother(Person): Person\n"
        "mother(ann) = bea & mother(bea) = cleo\nforall x: Person. mother(x) != ann"
    )
    assert truth(parse_formula("mother(mother(ann)) = cleo"), model) is True


def test_functions_and_quantifiers_together() -> None:
    rng = random.Random(25)
    head = "sort Room = {k, h}\nsort Robot\npred at(Robot, Room)\nfunc home(Robot): Room\nfunc boss(Robot): Robot\n"
    lines = [
        "forall r: Robot. at(r, home(r))",
        "forall r: Robot. home(boss(r)) = k",
        "forall r: Robot. exists s: Robot. boss(s) = r",
        "home(r2) = h",
        "boss(r2) = r3",
        "boss(r3) != r2 & boss(r3) != r3",
        "forall r: Robot, s: Room. at(r, s) -> s = home(r)",
        "exists r: Robot. !at(r, k) & at(boss(r), k)",
        "forall r: Robot. home(r) = k | boss(r) = r3",
        "!(at(r2, k) <-> at(r3, k))",
    ]
    read = 0
    for _ in range(40):
        verdict, formulas = asked(head + "\n".join(rng.sample(lines, 4)), budget=Budget(resources=300_000))
        if isinstance(verdict, Sat) and verdict.model is not None:
            read += 1
            assert [truth(formula, verdict.model) for formula in formulas].count(False) == 0
    assert read > 15


def test_a_model_without_a_finite_form_is_not_read() -> None:
    verdict, _ = asked("pred big(Int)\nforall n: Int. big(n) <-> n > 2")
    assert verdict == Sat(None)


def test_a_predicate_of_finitely_many_numbers_is_read() -> None:
    verdict, formulas = asked("pred lucky(Int)\nlucky(7)\n!lucky(8)")
    assert isinstance(verdict, Sat)
    if verdict.model is not None:
        assert all(truth(formula, verdict.model) for formula in formulas)


def test_a_label_stands_for_all_its_formulas() -> None:
    formulas, signature = understood("p | q\n!p\n!q")
    oracle = Z3Oracle(signature)
    oracle.add("it", formulas[0])
    oracle.add("it", formulas[1])
    oracle.add("other", formulas[2])
    assert oracle.check(["it", "other"]) == Unsat(frozenset({"it", "other"}))
    assert oracle.check(["it"]) == Sat(Model(true=Map({("q",): None})))
    oracle.add("it", formulas[2])
    assert oracle.check(["it"]) == Unsat(frozenset({"it"}))
    assert oracle.check(["other"]) == Sat(Model())
    oracle.suggest(Model(true=Map({("p",): None})))
    assert oracle.check(["other"]) == Sat(Model())


def test_a_label_never_added_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        Z3Oracle(Signature()).check(["nowhere"])


def test_symbols_come_with_a_larger_signature() -> None:
    formulas, signature = understood("sort Robot\nforall x: Robot. at(x, hall) -> !at(x, lab)")
    oracle = Z3Oracle(signature)
    oracle.add("rule", formulas[0])
    addition = parse_formula("at(r2, hall) & dark(hall)")
    with pytest.raises(UnsupportedFormulaError, match="r2"):
        oracle.add("fact", parse_formula("at(r2, hall) & dark(hall)"))
    larger = extend(signature, addition)
    oracle.extend_signature(larger)
    oracle.add("fact", elaborate(addition, larger))
    oracle.add("clash", elaborate(parse_formula("at(r2, lab)"), larger))
    assert oracle.check(["rule", "fact", "clash"]) == Unsat(frozenset({"rule", "fact", "clash"}))


def test_symbols_in_use_keep_their_types() -> None:
    formulas, signature = understood("p(a)")
    oracle = Z3Oracle(signature)
    oracle.add("it", formulas[0])
    _, other = understood("sort Robot\npred p(Robot)\np(a)")
    with pytest.raises(ValueError, match="p is in use"):
        oracle.extend_signature(other)


def hard(pigeons: int = 10) -> tuple[list[Formula], Signature]:
    """One pigeon more than there are holes."""
    holes = range(pigeons - 1)
    lines = [" | ".join(f"sits(p{pigeon}, h{hole})" for hole in holes) for pigeon in range(pigeons)]
    lines += [
        f"!sits(p{one}, h{hole}) | !sits(p{two}, h{hole})"
        for hole in holes
        for one in range(pigeons)
        for two in range(one)
    ]
    return understood("\n".join([*lines, "q"]))


def hard_oracle(budget: Budget) -> Z3Oracle:
    formulas, signature = hard()
    oracle = Z3Oracle(signature, budget=budget)
    for formula in formulas[:-1]:
        oracle.add("hard", formula)
    oracle.add("easy", formulas[-1])
    return oracle


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        (Budget(milliseconds=300), "the time limit of 300 ms ran out"),
        (Budget(milliseconds=20), "the time limit of 20 ms ran out"),
        (Budget(resources=50_000), "the limit of 50000 units of Z3's resources ran out"),
        (Budget(resources=400_000), "the limit of 400000 units of Z3's resources ran out"),
        (Budget(megabytes=1), "the memory limit of 1 MB was reached"),
    ],
)
def test_budgets(budget: Budget, reason: str) -> None:
    oracle = hard_oracle(budget)
    begun = time.monotonic()
    assert oracle.check(["hard", "easy"]) == Unknown(reason)
    assert time.monotonic() - begun < 5
    assert isinstance(oracle.check(["easy"]), Sat)
    oracle.budget = Budget(milliseconds=10_000)
    assert isinstance(oracle.check(["easy"]), Sat)


def test_quantifiers_that_cannot_be_decided_are_unknown_with_a_reason() -> None:
    verdict, _ = asked(
        "forall x. exists y. less(x, y)\nforall x. !less(x, x)\n"
        "forall x, y, z. less(x, y) & less(y, z) -> less(x, z)",
        budget=Budget(resources=1_000_000),
    )
    assert isinstance(verdict, Unknown)
    assert "ran out" in verdict.reason or "quantifiers" in verdict.reason


def test_an_interrupt_is_raised_and_leaves_the_oracle_usable() -> None:
    oracle = hard_oracle(UNLIMITED)
    for _ in range(2):
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            oracle.check(["hard"])
        assert time.monotonic() - begun < 5
        assert isinstance(oracle.check(["easy"]), Sat)


def test_many_coupled_constraints_are_loaded_a_few_at_a_time() -> None:
    rng = random.Random(26)
    lines = [
        f"t(n{rng.randrange(60)}) - t(n{rng.randrange(60)}) <= {rng.randrange(40, 200)}" for _ in range(300)
    ]
    formulas, signature = understood("\n".join(lines))
    oracle = Z3Oracle(signature, budget=Budget(milliseconds=20_000))
    for label, formula in enumerate(formulas):
        oracle.add(label, formula)
    verdict = oracle.check(range(len(formulas)))
    assert isinstance(verdict, Sat)
    assert verdict.model is not None
    assert all(truth(formula, verdict.model) for formula in formulas)


def test_oracles_work_side_by_side_in_threads() -> None:
    verdicts: dict[int, Verdict] = {}

    def work(number: int) -> None:
        verdicts[number] = asked("p(a)\nforall x. p(x) -> q(x)\n!q(a)" if number % 2 else "p(a) & !q(a)")[0]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(verdicts[number]) for number in range(6)] == [Sat, Unsat] * 3


def test_the_random_sentences_are_varied() -> None:
    rng = random.Random(27)
    kinds = {type(part) for _ in range(300) for part in subformulas(random_sentence(rng))}
    assert len(kinds) == 10


@pytest.mark.parametrize(
    ("texts", "least", "greatest"),
    [
        (("f >= 3", "f <= 9", "2 * f < 13"), 3, 6),
        (("f >= 3", "f < 2"), None, None),
        (("f > 3",), 4, None),
        (("r >= 1/3", "r < 2"), Fraction(1, 3), None),
        (("r > 1/3", "r <= 2"), None, 2),
        (("p -> f >= 3", "p", "f <= 100"), 3, 100),
    ],
)
def test_the_optimum(texts: tuple[str, ...], least: Fraction | int | None, greatest: Fraction | int | None):
    declarations = parse_document("func f: Int\nfunc r: Real\npred p").declarations
    signature = infer(declarations, ())
    oracle = Z3Oracle(signature)
    for place, text in enumerate(texts):
        oracle.add(place, parse_formula(text, signature))
    term = Constant("r" if "r " in texts[0] else "f")
    assert oracle.optimum(range(len(texts)), term, least=True) == least
    assert oracle.optimum(range(len(texts)), term, least=False) == greatest
    with pytest.raises(KeyError):
        oracle.optimum(["nothing"], term, least=True)
