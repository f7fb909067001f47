"""Bases written out whole: the language reads back as it was, and DIMACS means the same."""

from __future__ import annotations

import io
import itertools
import random

import pytest

from beliefs.agent import Agent
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.dimacs import read_cnf, read_wcnf
from beliefs.base.entrenchment import Cost
from beliefs.errors import BaseError, UnsupportedFormulaError
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import And, Atom, Iff, Implies, Not, Or
from beliefs.render import documents

EVERYTHING = """\
sort Robot
sort Room = {kitchen, hall}
pred at(Robot, Room)
func battery(Robot): Real
const r2: Robot
[rule-1.a @3 "site \\"manual\\""] forall r: Robot. at(r, kitchen) -> !at(r, hall)
[full @certain] forall r: Robot. battery(r) >= 0
[c @0] at(r2, hall)
[d @1*0.25] p | q & !s
[e @2*1/3] exists x. likes(x, r2)
[plain] a <-> b
"""


def loaded(text: str) -> Agent:
    agent = Agent.in_memory()
    assert agent.load(text).status == "done"
    return agent


def test_the_language_reads_back_as_it_was():
    base = loaded(EVERYTHING).base
    text = documents.write(base, "language")
    assert text == EVERYTHING
    assert loaded(text).base == base


def test_an_empty_base_is_an_empty_text():
    assert documents.write(BeliefBase(), "language") == ""


def test_a_name_that_cannot_be_written_is_an_error():
    base = BeliefBase().add(Belief("two words", parse_formula("p")))
    with pytest.raises(BaseError, match="cannot write the name 'two words'"):
        documents.write(base, "language")


def holds(clauses, true):
    return all(any((literal > 0) == (abs(literal) in true) for literal in clause) for clause in clauses)


def assignments(variables):
    for values in itertools.product([False, True], repeat=variables):
        yield {variable for variable, value in enumerate(values, start=1) if value}


def truth(formula, true):
    match formula:
        case Atom(name):
            return name in true
        case Not(operand):
            return not truth(operand, true)
        case And(operands):
            return all(truth(operand, true) for operand in operands)
        case Or(operands):
            return any(truth(operand, true) for operand in operands)
        case Implies(premise, conclusion):
            return not truth(premise, true) or truth(conclusion, true)
        case Iff(left, right):
            return truth(left, true) == truth(right, true)
    raise TypeError


def some_formula(chance: random.Random, depth: int):
    if depth == 0:
        return Atom(chance.choice("abc"))
    parts = [some_formula(chance, chance.randrange(depth)) for _ in range(2)]
    return chance.choice(
        [lambda: Not(parts[0]), lambda: And(tuple(parts)), lambda: Or(tuple(parts)),
         lambda: Implies(*parts), lambda: Iff(*parts)]
    )()  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_cnf_has_the_models_of_the_base(seed):
    chance = random.Random(seed)
    formulas = [some_formula(chance, 3) for _ in range(3)]
    base = BeliefBase().add(*(Belief(f"b{n}", formula) for n, formula in enumerate(formulas)))
    text = documents.write(base, "cnf")
    read = read_cnf(io.BytesIO(text.encode()))
    _, names = documents.cnf(base)
    found = {
        frozenset(names[variable] for variable in true if variable in names)
        for true in assignments(read.variables)
        if holds(read.clauses, true)
    }
    atoms = sorted(names.values())
    expected = {
        frozenset(chosen)
        for size in range(len(atoms) + 1)
        for chosen in itertools.combinations(atoms, size)
        if all(truth(formula, chosen) for formula in formulas)
    }
    assert found == expected


@pytest.mark.parametrize("seed", range(25))
def test_wcnf_costs_order_as_the_levels_do(seed):
    """The cheapest assignment of the WCNF gives up beliefs of the least cost there is in the lexicographic order."""
    chance = random.Random(seed)
    headers = ["@certain", "@0", "@1", "@1*1/2", "@2", "@2*1/3", "@5"]
    lines = []
    for number in range(5):
        lines.append(f"[b{number} {chance.choice(headers)}] {print_formula(some_formula(chance, 2))}")
    agent = Agent.in_memory()
    agent.load("\n".join(lines), allow_conflict=True)
    base = agent.base
    read = read_wcnf(io.BytesIO(documents.write(base, "wcnf").encode()))
    _, names = documents.wcnf(base)

    def given_up(true):
        world = {names[variable] for variable in true if variable in names}
        return [belief for belief in base if not truth(belief.formula, world)]

    def price(true):
        return sum(weight for weight, clause in read.soft if not holds([clause], true))

    possible = [true for true in assignments(read.variables) if holds(read.hard, true)]
    change = agent.consolidate(dry_run=True)
    if not possible:
        assert change.status == "refused"
        return
    cheapest = min(possible, key=price)
    assert Cost.of(belief.entrenchment for belief in given_up(cheapest)) == change.cost


def test_rules_are_spelt_out_over_the_names_there_are():
    base = loaded("[rule @certain] forall x. bird(x) -> flies(x)\n[f] bird(tweety)\n[n] sam != tweety").base
    text = documents.write(base, "wcnf")
    assert "= bird(sam)" in text
    assert "= flies(tweety)" in text
    assert len(read_wcnf(io.BytesIO(text.encode())).hard) == 2


@pytest.mark.parametrize("form", ["wcnf", "cnf"])
@pytest.mark.parametrize("formula", ["exists x. p(x)", "f(a) = b", "forall x: Int. x < x + 1", "1 < 2"])
def test_what_dimacs_cannot_say_is_an_error(form, formula):
    agent = Agent.in_memory()
    document = parse_document(f"[odd] {formula}")
    if "f(" in formula:
        document = parse_document(f"sort T\nfunc f(T): T\n[odd] {formula}")
    base = agent.base.declare(*document.declarations).add(Belief("odd", document.statements[0].formula))
    with pytest.raises(
        UnsupportedFormulaError, match="belief 'odd' has functions, numbers or open existential"
    ):
        documents.write(base, form)


def test_equality_without_unique_names_is_an_error():
    agent = Agent.in_memory(unique_names=False)
    agent.tell("[odd] a = b")
    with pytest.raises(UnsupportedFormulaError, match="names are not unique"):
        documents.write(agent.base, "cnf")
