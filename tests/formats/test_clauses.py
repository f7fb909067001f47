"""Bases written out whole: the language reads back as it was, and DIMACS means the same."""

from __future__ import annotations

import io
import itertools
import random

import pytest

from beliefs.agent import Agent
from beliefs.answers import conflicts
from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.dimacs import read_cnf, read_gcnf, read_wcnf
from beliefs.base.entrenchment import Cost
from beliefs.errors import BaseError, DimacsError, FormatError
from beliefs.formats import FORMATS, Source, clauses, write
from beliefs.formats.contents import Fitting, Options
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import And, Atom, Iff, Implies, Not, Or

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


def written(base: BeliefBase, form: str, *, skip: bool = False) -> str:
    return write(base, form, Options(skip=skip)).text


def test_the_language_reads_back_as_it_was():
    base = loaded(EVERYTHING).base
    text = written(base, "language")
    assert text == EVERYTHING
    assert loaded(text).base == base


def test_an_empty_base_is_an_empty_text():
    assert written(BeliefBase(), "language") == ""


def test_a_name_that_cannot_be_written_is_an_error():
    base = BeliefBase().add(Belief("two words", parse_formula("p")))
    with pytest.raises(BaseError, match="cannot write the name 'two words'"):
        written(base, "language")


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


GCNF = b"c from somewhere\np gcnf 3 4 2\no 1 0\n{0} 1 2 0\n{2} -1 0 {1} -2\n3 0\n{2} 3 0\n"


def test_gcnf_groups_are_beliefs():
    contents = FORMATS["gcnf"].read(
        Source("a.gcnf", GCNF), Options(level=3, source="a"), lambda done, total: None
    )
    said = [(str(placed.what), placed.what.source) for placed in contents.beliefs]
    assert said == [
        ("[h1 @certain] x1 | x2", "a"),
        ("[g2 @3] !x1 & x3", "a"),
        ("[g1 @3] !x2 | x3", "a"),
    ]
    assert list(map(print_formula, contents.observations)) == ["x1"]


@pytest.mark.parametrize("seed", range(20))
def test_gcnf_has_the_kernels_of_the_base(seed):
    chance = random.Random(seed)
    headers = ["@certain", "@0", "@1", "@2*1/3"]
    lines = [
        f"[b{number} {chance.choice(headers)}] {print_formula(some_formula(chance, 2))}"
        for number in range(6)
    ]
    agent = Agent.in_memory()
    agent.load("\n".join(lines), allow_conflict=True)
    base = agent.base
    read = read_gcnf(io.BytesIO(written(base, "gcnf").encode()))
    names = [belief.name for belief in base if not belief.entrenchment.is_certain]
    certain = {belief.name for belief in base} - set(names)
    named = dict(
        comment.removeprefix("group ").split(" = ") for comment in read.comments if "group" in comment
    )
    assert list(named.values()) == names
    for size in range(len(names) + 1):
        for chosen in itertools.combinations(range(1, len(names) + 1), size):
            hard = [*read.hard, *(clause for group in chosen for clause in read.groups.get(group, ()))]
            possible = any(holds(hard, true) for true in assignments(read.variables))
            kept = certain | {named[str(group)] for group in chosen}
            part = base.remove(*(belief.name for belief in base if belief.name not in kept))
            assert possible == (not conflicts(part).kernels)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p gcnf 1 1\n{1} 1 0\n", "write p gcnf VARIABLES CLAUSES GROUPS"),
        ("p gcnf 1 1 1\n1 1 0\n", "line 2: '1' in place of a group; begin a clause with its group, as {3}"),
        ("p gcnf 1 1 1\n{x} 1 0\n", "'{x}' in place of a group"),
        ("p gcnf 1 2 1\n{1} 1 0\n", "the header counts 2 clauses, the file holds 1"),
        ("p gcnf 1 1 1\n{1} 1\n", "a clause that does not end"),
        ("p cnf 1 1\n1 0\n", "the header of a cnf file; read an unweighted file as CNF"),
        ("{1} 1 0\n", "no header, p gcnf VARIABLES CLAUSES GROUPS, before the clauses; add one"),
        ("", "it is empty; add one"),
    ],
)
def test_malformed_gcnf(text, message):
    with pytest.raises(DimacsError) as caught:
        read_gcnf(io.BytesIO(text.encode()))
    assert message in str(caught.value)


def test_groups_in_a_cnf_file():
    with pytest.raises(DimacsError, match="a group in a file without groups; read a file of groups as GCNF"):
        read_cnf(io.BytesIO(b"p cnf 1 1\n{1} 1 0\n"))


def test_what_does_not_fit_can_be_skipped():
    base = loaded("[a] p\n[odd] exists x. q(x)\n[b @certain] !r").base
    for form in ("cnf", "wcnf", "gcnf"):
        result = write(base, form, Options(skip=True))
        assert [misfit.name for misfit in result.skipped] == ["odd"]
        assert "q" not in result.text


@pytest.mark.parametrize("seed", range(60))
def test_cnf_has_the_models_of_the_base(seed):
    chance = random.Random(seed)
    formulas = [some_formula(chance, 3) for _ in range(3)]
    base = BeliefBase().add(*(Belief(f"b{n}", formula) for n, formula in enumerate(formulas)))
    text = written(base, "cnf")
    read = read_cnf(io.BytesIO(text.encode()))
    _, names = clauses.cnf(base, Fitting("DIMACS", False))
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
    read = read_wcnf(io.BytesIO(written(base, "wcnf").encode()))
    _, names = clauses.wcnf(base, Fitting("DIMACS", False))

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
    text = written(base, "wcnf")
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
        FormatError,
        match="belief 'odd' does not fit into DIMACS: it has functions, numbers or open existential",
    ):
        written(base, form)


def test_equality_without_unique_names_is_an_error():
    agent = Agent.in_memory(unique_names=False)
    agent.tell("[odd] a = b")
    with pytest.raises(FormatError, match="names are not unique"):
        written(agent.base, "cnf")
