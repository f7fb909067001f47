"""A base of clauses at once is the base that one gets by adding them belief by belief."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beliefs import (
    Belief,
    BeliefBase,
    Budget,
    Cnf,
    Wcnf,
    ask,
    base_of_clauses,
    check,
    contract,
    parse_formula,
    revise,
)
from beliefs.answers import settled
from beliefs.base.clausal import beliefs_of_cnf, beliefs_of_wcnf
from beliefs.errors import BaseError, UnknownBeliefError
from beliefs.language.semantics import truth

LITERALS = st.integers(-4, 4).filter(bool)
CLAUSES = st.lists(st.lists(LITERALS, max_size=3).map(tuple), max_size=8).map(tuple)
SOFT = st.lists(
    st.tuples(st.integers(1, 5).map(Fraction), st.lists(LITERALS, max_size=3).map(tuple)), max_size=6
).map(tuple)


def expect_same(base: BeliefBase, other: BeliefBase) -> None:
    """Expect that a base of clauses is one that belief by belief was filled."""
    known = settled(other)
    assert isinstance(known, BeliefBase)
    assert base == other
    assert tuple(base) == tuple(other)
    assert len(base) == len(other)
    assert base.next_age == other.next_age
    assert base.signature == other.signature
    assert base.consistent is known.consistent
    assert (base.witness is None) == (not base.consistent)
    if base.witness is not None:
        assert all(truth(belief.formula, base.witness) for belief in base)
    for name in ("x0", "x1", "x2", "x3", "x4", "x5", "x01", "y1", "x", "x1x"):
        assert sorted(base.mentioning(name)) == sorted(other.mentioning(name))
        assert sorted(base.touching((name,))) == sorted(other.touching((name,)))
        assert base.signature.kind(name) == other.signature.kind(name)
    for belief in other:
        assert [each.name for each in base.says(belief.formula)] == [
            each.name for each in other if each.formula == belief.formula
        ]
    assert not list(base.rules())
    assert not list(base.quantified())


@given(CLAUSES)
def test_a_cnf(clauses: tuple[tuple[int, ...], ...]) -> None:
    cnf = Cnf(4, clauses)
    expect_same(
        base_of_clauses(cnf, level=3, source="solver"),
        BeliefBase().add(*beliefs_of_cnf(cnf, level=3, source="solver")),
    )


@given(CLAUSES, SOFT)
def test_a_wcnf(
    hard: tuple[tuple[int, ...], ...], soft: tuple[tuple[Fraction, tuple[int, ...]], ...]
) -> None:
    wcnf = Wcnf(4, hard, soft)
    expect_same(base_of_clauses(wcnf, level=2), BeliefBase().add(*beliefs_of_wcnf(wcnf, level=2)))


@given(CLAUSES, SOFT, st.lists(LITERALS, min_size=1, max_size=3))
def test_operators_work_on_it_as_on_any_other(
    hard: tuple[tuple[int, ...], ...],
    soft: tuple[tuple[Fraction, tuple[int, ...]], ...],
    seen: list[int],
) -> None:
    wcnf = Wcnf(4, hard, soft)
    base, other = base_of_clauses(wcnf), BeliefBase().add(*beliefs_of_wcnf(wcnf))
    formula = parse_formula(" & ".join(f"x{literal}" if literal > 0 else f"!x{-literal}" for literal in seen))
    for one, two in (
        (revise(base, Belief("seen", formula)), revise(other, Belief("seen", formula))),
        (contract(base, formula), contract(other, formula)),
    ):
        assert (one.status, one.cost) == (two.status, two.cost)
        if one.certificate is not None:
            assert check(one.certificate).valid
    assert ask(base, formula).verdict == ask(other, formula).verdict


def test_variables_far_apart_take_no_room() -> None:
    base = base_of_clauses(Cnf(0, ((10**12, -3), (-(10**12),))))
    assert base.witness is not None
    assert not base.witness.holds(("x3",))
    assert base["c2"].formula == parse_formula(f"!x{10**12}")
    assert base_of_clauses(Cnf(0, ((10**12,), (-(10**12),)))).consistent is False


def test_a_long_clause_is_not_sparse() -> None:
    assert base_of_clauses(Cnf(0, (tuple(range(100, 2_000)),))).consistent


def test_names_that_no_clause_has() -> None:
    base = base_of_clauses(Cnf(2, ((1, 2), (2,))))
    for name in ("c" + "9" * 5_000, "c0", "c3", "c01", "c", "", "h1", "c1a", "c²"):
        assert name not in base
        with pytest.raises(UnknownBeliefError):
            base[name]


@pytest.mark.parametrize("literal", [0, True, 1.0, "1", None])
def test_what_is_no_literal_is_refused(literal: object) -> None:
    with pytest.raises(BaseError, match=r"clause c2 has .* in it; a literal is the number of a variable"):
        base_of_clauses(Cnf(2, ((1, 2), (2, literal))))  # type: ignore[arg-type]


def test_soft_clauses_cannot_be_certain() -> None:
    with pytest.raises(BaseError, match="make them hard"):
        base_of_clauses(Wcnf(1, (), ((Fraction(1), (1,)),)), level="certain")


def test_weights_are_positive() -> None:
    with pytest.raises(BaseError, match="clause s2 has weight 0; a weight is a positive number"):
        base_of_clauses(Wcnf(1, (), ((Fraction(1), (1,)), (Fraction(0), (-1,)))))


def test_no_clauses() -> None:
    assert base_of_clauses(Cnf(0, ())) == base_of_clauses(Wcnf(0, (), ())) == BeliefBase()


def test_a_search_that_is_not_finished_leaves_it_open() -> None:
    holes = 9
    pigeons = [[pigeon * holes + hole + 1 for hole in range(holes)] for pigeon in range(holes + 1)]
    apart = [
        (-one[hole], -other[hole])
        for hole in range(holes)
        for at, one in enumerate(pigeons)
        for other in pigeons[:at]
    ]
    cnf = Cnf(0, (*map(tuple, pigeons), *apart))
    base = base_of_clauses(cnf, budget=Budget(milliseconds=1, resources=10))
    assert base.consistent is None
    assert base.witness is None
