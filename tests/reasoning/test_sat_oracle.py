"""The SAT oracle against truth tables; budgets and interrupts."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from immutables import Map
from pysat.solvers import NoSuchSolverError
from support.truth_tables import random_formula, satisfiable

from beliefs.errors import UnsupportedFormulaError
from beliefs.language.parser import parse_formula
from beliefs.language.semantics import Model, truth
from beliefs.language.syntax import Atom, Constant, Formula, Iff, Not, Or
from beliefs.reasoning.sat_oracle import SatOracle
from beliefs.reasoning.verdict import UNLIMITED, Budget, Sat, Unknown, Unsat

PROPOSITIONS = ("p", "q", "r", "s")


def pigeons(holes: int) -> Iterator[Formula]:
    """One pigeon more than there are holes: unsatisfiable, and hard to see for a solver."""

    def sits(pigeon: int, hole: int) -> Formula:
        return Atom("sits", (Constant(f"pigeon{pigeon}"), Constant(f"hole{hole}")))

    for pigeon in range(holes + 1):
        yield Or(tuple(sits(pigeon, hole) for hole in range(holes)))
        for other in range(pigeon):
            for hole in range(holes):
                yield Or((Not(sits(pigeon, hole)), Not(sits(other, hole))))


def hard_oracle(budget: Budget) -> SatOracle:
    oracle = SatOracle(budget)
    for formula in pigeons(11):
        oracle.add("hard", formula)
    oracle.add("easy", parse_formula("p"))
    return oracle


@pytest.mark.parametrize("solver", ["minisat22", "glucose4"])
def test_verdicts_models_and_cores_are_those_of_the_truth_table(solver: str) -> None:
    rng = random.Random(11)
    seen = {Sat: 0, Unsat: 0}
    for _ in range(600):
        formulas = [random_formula(rng, PROPOSITIONS, rng.choice((1, 2, 4))) for _ in range(6)]
        with SatOracle(solver=solver) as oracle:
            for number, formula in enumerate(formulas):
                oracle.add(number % 5, formula)
            for _ in range(4):
                labels = rng.sample(range(5), rng.randrange(6))
                asked = [formula for number, formula in enumerate(formulas) if number % 5 in labels]
                verdict = oracle.check(labels)
                assert isinstance(verdict, Sat if satisfiable(asked, PROPOSITIONS) else Unsat)
                common = rng.sample(labels, rng.randint(0, len(labels)))
                again = oracle.check(
                    [label for label in labels if label not in common],
                    beside=oracle.selection(common),
                    model=False,
                )
                assert type(again) is type(verdict)
                if isinstance(again, Sat):
                    assert again.model is None
                if isinstance(again, Unsat):
                    assert again.core <= set(labels)
                    assert isinstance(oracle.check(again.core), Unsat)
                seen[type(verdict)] += 1
                if isinstance(verdict, Sat):
                    assert verdict.model is not None
                    assert set(verdict.model.true) <= oracle.atoms
                    assert all(truth(formula, verdict.model) for formula in asked)
                elif isinstance(verdict, Unsat):
                    assert verdict.core <= set(labels)
                    core = [formula for number, formula in enumerate(formulas) if number % 5 in verdict.core]
                    assert not satisfiable(core, PROPOSITIONS)
    assert min(seen.values()) > 200


def test_equivalences_inside_equivalences_stay_small() -> None:
    propositions = [Atom(f"x{number}") for number in range(60)]
    left: Formula = propositions[0]
    right: Formula = propositions[-1]
    for proposition in propositions[1:]:
        left = Iff(left, proposition)
    for proposition in propositions[-2::-1]:
        right = Iff(proposition, right)
    oracle = SatOracle()
    oracle.add("left", left)
    oracle.add("right", right)
    oracle.add("not right", Not(right))
    assert isinstance(oracle.check(["left", "right"]), Sat)
    verdict = oracle.check(["left", "not right"])
    assert verdict == Unsat(frozenset({"left", "not right"}))


def test_wide_formulas_stay_small() -> None:
    many = " & ".join(f"x{number}" for number in range(300))
    some = " | ".join(f"y{number}" for number in range(300))
    oracle = SatOracle()
    oracle.add("either", parse_formula(f"({many}) | {some} | ({many.replace('x', 'z')})"))
    oracle.add("no y", parse_formula(" & ".join(f"!y{number}" for number in range(300))))
    oracle.add("not x7", parse_formula("!x7"))
    oracle.add("not z9", parse_formula("!z9"))
    assert oracle.check(["either", "no y", "not x7", "not z9"]) == Unsat(
        frozenset({"either", "no y", "not x7", "not z9"})
    )
    assert isinstance(oracle.check(["either", "no y", "not x7"]), Sat)


def test_constants() -> None:
    oracle = SatOracle()
    oracle.add("true", parse_formula("true"))
    oracle.add("false", parse_formula("p & false"))
    assert oracle.check([]) == Sat(Model())
    assert isinstance(oracle.check(["true"]), Sat)
    assert oracle.check(["true", "false"]) == Unsat(frozenset({"false"}))


def test_a_label_never_added_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        SatOracle().check(["nowhere"])


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("p & (forall x. q(x))", "forall x. q"),
        ("p & a1 = a2", "a1 = a2"),
        ("q(1) & p(mother(ann))", "mother"),
    ],
)
def test_what_is_not_ground_is_refused_and_nothing_added(text: str, culprit: str) -> None:
    oracle = SatOracle()
    oracle.add("r", parse_formula("r"))
    with pytest.raises(UnsupportedFormulaError, match=culprit):
        oracle.add("it", parse_formula(text))
    assert set(oracle.atoms) == {("r",)}
    with pytest.raises(KeyError):
        oracle.check(["it"])
    oracle.add("p", parse_formula("p & !r"))
    assert oracle.check(["p", "r"]) == Unsat(frozenset({"p", "r"}))


def test_suggestions_are_followed_where_nothing_speaks_against_them() -> None:
    oracle = SatOracle()
    oracle.add("some", parse_formula("p | q | r"))
    suggested = Model(true=Map({("q",): None, ("t",): None}))
    oracle.suggest(suggested)
    oracle.add("later", parse_formula("s | t"))
    assert oracle.check(["some", "later"]) == Sat(suggested)
    oracle.add("not q", parse_formula("!q & !t"))
    verdict = oracle.check(["some", "later", "not q"])
    assert isinstance(verdict, Sat)
    assert verdict.model is not None
    assert not verdict.model.holds(("q",))


def test_time_is_limited() -> None:
    with hard_oracle(Budget(milliseconds=100)) as oracle:
        begun = time.monotonic()
        assert oracle.check(["hard", "easy"]) == Unknown("the time limit of 100 ms ran out")
        assert time.monotonic() - begun < 5
        assert isinstance(oracle.check(["easy"]), Sat)


@pytest.mark.parametrize("resources", [1, 2_000, 100_000])
def test_propagations_are_limited(resources: int) -> None:
    with hard_oracle(Budget(resources=resources, milliseconds=60_000)) as oracle:
        assert oracle.check(["hard"]) == Unknown(f"the limit of {resources} propagations ran out")
        oracle.budget = UNLIMITED
        assert isinstance(oracle.check(["easy"]), Sat)


def test_a_limit_is_forgotten_by_the_next_check() -> None:
    oracle = SatOracle(Budget(resources=1))
    for formula in pigeons(6):
        oracle.add("hard", formula)
    assert isinstance(oracle.check(["hard"]), Unknown)
    oracle.budget = UNLIMITED
    assert oracle.check(["hard"]) == Unsat(frozenset({"hard"}))


def test_an_interrupt_is_raised_and_leaves_the_oracle_usable() -> None:
    with hard_oracle(Budget(milliseconds=60_000)) as oracle:
        for _ in range(2):
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            begun = time.monotonic()
            with pytest.raises(KeyboardInterrupt):
                oracle.check(["hard"])
            assert time.monotonic() - begun < 5
            assert isinstance(oracle.check(["easy"]), Sat)


def test_a_closed_oracle_says_so() -> None:
    oracle = SatOracle()
    oracle.close()
    oracle.close()
    with pytest.raises(ValueError, match="closed"):
        oracle.check([])
    with pytest.raises(ValueError, match="closed"):
        oracle.add("p", Atom("p"))


def test_an_unknown_solver_is_refused() -> None:
    with pytest.raises(NoSuchSolverError):
        SatOracle(solver="abacus")
