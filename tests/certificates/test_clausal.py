"""The checker's clauses against truth tables."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from beliefs.certificates.clausal import Clause, Numbering, dimacs, is_propositional
from beliefs.language.semantics import Model, truth
from beliefs.language.syntax import (
    And,
    Atom,
    Binding,
    Comparison,
    Constant,
    ForAll,
    Formula,
    Iff,
    Implies,
    Not,
    Number,
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
    variables = [numbering.proposition(name) for name in ATOMS]
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


def test_propositional_is_what_connectives_build_from_propositions() -> None:
    assert is_propositional(Iff(Atom("p"), Not(Truth(True))))
    assert not is_propositional(Not(Atom("at", (Constant("r2"),))))
    assert not is_propositional(Or((Atom("p"), Comparison("=", Number(1), Number(2)))))
    assert not is_propositional(ForAll((Binding("x", "Thing"),), Atom("p")))


def test_dimacs() -> None:
    assert dimacs([[1, -2], [], [3]], 3) == "p cnf 3 3\n1 -2 0\n0\n3 0\n"
