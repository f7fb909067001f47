"""The checker's clauses against truth tables."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from beliefs.certificates.clausal import Clause, Names, Numbering, dimacs
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.semantics import Model, truth
from beliefs.language.sorts import elaborate, infer
from beliefs.language.syntax import (
    And,
    Atom,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Truth,
)

ATOMS = ("p", "q", "r")
FORMULAS: st.SearchStrategy[Formula] = st.recursive(
    st.one_of(st.sampled_from([Atom(name) for name in ATOMS]), st.builds(Truth, st.booleans())),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Implies, inner, inner),
        st.builds(Iff, inner, inner),
    ),
    max_leaves=5,
)


def satisfiable(clauses: list[Clause], fixed: dict[int, bool], size: int) -> bool:
    """Whether the variables that are not fixed can be chosen so that every clause is true."""
    free = [variable for variable in range(1, size + 1) if variable not in fixed]
    for choice in product((False, True), repeat=len(free)):
        values = fixed | dict(zip(free, choice, strict=True))
        if all(any(values[abs(literal)] == (literal > 0) for literal in clause) for clause in clauses):
            return True
    return False


@given(FORMULAS)
def test_clauses_say_what_the_formula_says(formula: Formula) -> None:
    numbering = Numbering()
    variables = [numbering.atom(name) for name in ATOMS]
    clauses = numbering.clauses(formula)
    for values in product((False, True), repeat=len(ATOMS)):
        model = Model(true=Map({(name,): None for name, value in zip(ATOMS, values, strict=True) if value}))
        fixed = dict(zip(variables, values, strict=True))
        assert satisfiable(clauses, fixed, numbering.size) == truth(formula, model)


def test_a_clause_needs_no_further_variable() -> None:
    numbering = Numbering()
    clause = Implies(And((Atom("p"), Not(Atom("q")))), Or((Atom("r"), Not(Not(Atom("s"))))))
    assert numbering.clauses(clause) == [[-1, 2, 3, 4]]
    assert numbering.size == 4


def test_equivalences_do_not_grow_exponentially() -> None:
    formula: Formula = Atom("p0")
    for number in range(1, 100):
        formula = Iff(formula, Atom(f"p{number}"))
    assert len(Numbering().clauses(formula)) < 600


def names(unique_names: bool = True) -> Names:
    """Two open sorts, one of which nobody is known of, and a closed one; numbers as well."""
    declared = parse_document(
        "sort Robot\nsort Room = {hall, lab}\nconst r2: Robot\nconst d2: Robot\nconst ann: Thing\nsort Ghost\n"
        "pred p\npred at(Robot, Room)\npred haunts(Ghost)\npred q(Thing)\nfunc boss: Robot\nfunc load(Robot): Int"
    )
    signature = infer(declared.declarations, ())
    return Names(signature, unique_names=unique_names, individuals=lambda: ("r2", "d2", "ann"))


def told(text: str, unique_names: bool = True) -> int | None:
    known = names(unique_names)
    return known.length(elaborate(parse_formula(text, canonical=True), known._signature))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("p <-> !true", 1),
        ("!at(r2, hall) | p", 2),
        ("forall r: Robot. at(r, hall) -> p", 4),
        ("!(exists r: Robot. at(r, hall))", 2),
        ("forall r: Robot. exists m: Room. at(r, m)", 4),
        ("exists m: Room. at(r2, m)", 2),
        ("forall g: Ghost. haunts(g)", 1),
        ("forall r: Robot. at(r, lab) -> r = d2", 2),
        ("(forall m: Room. at(r2, m)) <-> p", 3),
        # Not settled by names.
        ("exists r: Robot. at(r, hall)", None),
        ("!(forall r: Robot. at(r, hall))", None),
        ("(forall r: Robot. at(r, hall)) <-> p", None),
        ("(forall r: Robot. at(r, hall)) -> p", None),
        ("forall r: Robot. exists g: Ghost. at(r, hall) & haunts(g)", None),
        ("at(boss, hall)", None),
        ("boss = r2", None),
        ("load(r2) > 3", None),
        ("forall n: Int. n = 3 -> p", None),
    ],
)
def test_what_can_be_spelt_out_over_names(text: str, length: int | None) -> None:
    assert told(text) == length


def test_names_settle_equality_where_they_are_unique_or_the_sort_is_closed() -> None:
    assert told("r2 = d2") == told("forall r: Robot. r = d2") == 0
    assert told("r2 = d2", False) is None
    assert told("forall r: Robot. r = d2", False) is None
    assert told("forall m: Room. m = hall", False) == told("hall = lab", False) == 0


def test_a_formula_is_spelt_out_over_all_there_are() -> None:
    known = names()
    numbering = Numbering(known)
    formula = parse_formula("forall r: Robot, m: Room. at(r, m) & r != d2 -> q(ann)")
    hall, lab = (numbering.atom("at", "r2", room) for room in ("hall", "lab"))
    q = numbering.atom("q", "ann")
    assert numbering.clauses(formula) == [[-hall, q], [-lab, q]]
    nobody = parse_formula("forall g: Ghost. haunts(g)")
    assert numbering.clauses(nobody) == [[numbering.atom("haunts", "Ghost#1")]]
    somewhere = parse_formula("exists m: Room. at(d2, m)")
    assert numbering.clauses(somewhere) == [
        [numbering.atom("at", "d2", "hall"), numbering.atom("at", "d2", "lab")]
    ]
    assert numbering.clauses(parse_formula("forall r: Robot. r = d2")) == [[]]
    assert numbering.clauses(parse_formula("r2 != d2")) == []


def test_an_inner_variable_hides_an_outer_one_when_spelt_out() -> None:
    numbering = Numbering(names())
    formula = parse_formula("forall m: Room. at(r2, m) -> (exists m: Room. at(d2, m))")
    hall, lab = (numbering.atom("at", "d2", room) for room in ("hall", "lab"))
    r2_hall, r2_lab = (numbering.atom("at", "r2", room) for room in ("hall", "lab"))
    assert numbering.clauses(formula) == [[-r2_hall, hall, lab], [-r2_lab, hall, lab]]


def test_dimacs() -> None:
    assert dimacs([[1, -2], [], [3]], 3) == "p cnf 3 3\n1 -2 0\n0\n3 0\n"
