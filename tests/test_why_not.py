"""Why a formula is not believed: held against every set of literals, and read as people read it."""

from __future__ import annotations

from itertools import combinations, product
from random import Random

import pytest
from immutables import Map

from beliefs import Agent, BeliefBase, Budget
from beliefs.answers import LARGEST, Missing, WhyNot, why_not
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.semantics import Model, truth
from beliefs.language.syntax import Atom, Formula, Not, negation

ZOO = """
[fly] forall x. bird(x) & !penguin(x) -> flies(x)
[walk @2] forall x. penguin(x) -> !flies(x)
[tweety @3] bird(tweety)
[pingu @3] bird(pingu) & penguin(pingu)
[jet] forall x. plane(x) & fuelled(x) -> flies(x)
"""


def written(ways: tuple[Missing, ...]) -> list[list[str]]:
    return [[print_formula(literal) for literal in way.literals] for way in ways]


@pytest.fixture
def zoo():
    with Agent.in_memory() as agent:
        agent.load(ZOO)
        yield agent


def test_what_is_missing_is_told_with_the_beliefs_that_need_it(zoo):
    found = zoo.why_not("flies(tweety)")
    assert found.verdict == "undecided"
    assert found.blocked_by == found.given_up == ()
    assert written(found.missing) == [["!penguin(tweety)"], ["fuelled(tweety)", "plane(tweety)"]]
    assert [way.because for way in found.missing] == [("fly", "tweety"), ("jet",)]
    assert found.complete


def test_what_blocks_is_told_and_what_is_missing_once_it_is_gone(zoo):
    found = zoo.why_not("flies(pingu)")
    assert found.verdict == "disbelieved"
    assert found.blocked_by == (("walk", "pingu"),)
    assert found.given_up == tuple(
        belief.name for belief in zoo.contract("!flies(pingu)", dry_run=True).removed
    )
    assert found.given_up == ("walk",)
    assert written(found.missing) == [["fuelled(pingu)", "plane(pingu)"]]


def test_giving_up_and_believing_what_is_told_makes_it_so(zoo):
    found = zoo.why_not("flies(pingu)")
    zoo.contract("!flies(pingu)")
    for literal in found.missing[0].literals:
        assert zoo.tell(literal).status == "done"
    assert zoo.ask("flies(pingu)").verdict == "believed"


def test_nothing_is_missing_from_what_is_believed(zoo):
    assert zoo.why_not("bird(tweety)") == WhyNot(parse_formula("bird(tweety)"), "believed")


def test_what_nothing_leads_to_has_no_way(zoo):
    found = zoo.why_not("hungry(tweety)")
    assert (found.verdict, found.missing, found.complete) == ("undecided", (), True)
    assert found.reason == "no belief speaks of hungry"


def test_what_is_certain_cannot_be_got_round(zoo):
    zoo.tell("[@certain] !plane(tweety)")
    found = zoo.why_not("plane(tweety)")
    assert found.verdict == "disbelieved"
    assert found.blocked_by == (("b6",),)
    assert (found.given_up, found.missing) == ((), ())
    assert "certain" in found.reason


def test_a_base_that_contradicts_itself_is_unknown(zoo):
    zoo.tell("!bird(tweety)", allow_conflict=True)
    found = zoo.why_not("flies(tweety)")
    assert (found.verdict, found.complete) == ("unknown", False)
    assert "contradicts itself" in found.reason


def test_an_existential_follows_from_one_of_them(zoo):
    assert ["!penguin(tweety)"] in written(zoo.why_not("exists x. flies(x)").missing)


def test_a_chain_may_go_through_somebody_without_a_name():
    with Agent.in_memory() as agent:
        agent.load("forall x. p(x) -> goal \n forall x. m & n(x) -> p(x) \n exists x. n(x)")
        found = agent.why_not("goal")
    assert written(found.missing) == [["m"]]
    assert found.complete


def test_where_numbers_come_in_there_may_be_other_ways(zoo):
    zoo.tell("[low] forall x. battery(x) < 5 | ill(x) -> rests(x)")
    zoo.tell("[tired] forall x. old(x) -> battery(x) < 3")
    found = zoo.why_not("rests(tweety)")
    assert written(found.missing) == [["ill(tweety)"]]
    assert not found.complete


def test_the_past_can_be_asked(zoo):
    zoo.tell("!penguin(tweety)")
    assert zoo.why_not("flies(tweety)").verdict == "believed"
    assert zoo.why_not("flies(tweety)", as_of=1).verdict == "undecided"


def test_a_limit_is_told(zoo):
    found = zoo.why_not("flies(tweety)", limit=1)
    assert written(found.missing) == [["!penguin(tweety)"]]
    assert not found.complete


def test_a_budget_that_runs_out_is_told():
    rules = "\n".join(f"[r{number}] p{number} & q{number} & s{number} -> goal" for number in range(20))
    with Agent.in_memory() as agent:
        agent.load(rules)
        found = why_not(agent.base, parse_formula("goal"), budget=Budget(milliseconds=30))
    assert not found.complete
    assert found.reason is not None
    assert found.reason.startswith("the time limit of 30 ms ran out")


# Against every set of literals


def every_model(atoms: list[tuple[str, ...]], universe: Map[str, tuple[str, ...]]) -> list[Model]:
    empty = Model(universe=universe)
    return [
        empty.updated(dict(zip(atoms, truths, strict=True)))
        for truths in product((False, True), repeat=len(atoms))
    ]


class Oracle:
    """Entailment by every model there is, and abduction by every set of literals."""

    def __init__(self, base: BeliefBase, atoms: list[tuple[str, ...]]) -> None:
        universe = Map({"Thing": ("a", "b")})
        formulas = [base.formula(name) for name in base.names()]
        self.models = [
            model
            for model in every_model(atoms, universe)
            if all(truth(formula, model) for formula in formulas)
        ]
        self.everything = every_model(atoms, universe)
        self.literals = [(atom, sign) for atom in atoms for sign in (True, False)]

    def entails(
        self, goal: Formula, supposed: tuple[tuple[tuple[str, ...], bool], ...], among: list[Model]
    ) -> bool:
        return all(
            truth(goal, model) for model in among if all(model.holds(atom) is sign for atom, sign in supposed)
        )

    def consistent(self, supposed: tuple[tuple[tuple[str, ...], bool], ...]) -> bool:
        return any(all(model.holds(atom) is sign for atom, sign in supposed) for model in self.models)

    def ways(self, goal: Formula) -> set[frozenset[tuple[tuple[str, ...], bool]]]:
        """All minimal explanations that do not entail the goal by themselves."""
        found: set[frozenset[tuple[tuple[str, ...], bool]]] = set()
        for size in range(1, LARGEST + 1):
            for supposed in combinations(self.literals, size):
                if any(smaller <= set(supposed) for smaller in found) or not self.consistent(supposed):
                    continue
                if self.entails(goal, supposed, self.models):
                    found.add(frozenset(supposed))
        return {way for way in found if not self.entails(goal, tuple(way), self.everything)}


def random_base(random: Random) -> tuple[BeliefBase, list[tuple[str, ...]]]:
    """A consistent base of ground and universal beliefs over two individuals, and every atom over them."""
    propositions = ["p", "q", "r"]
    predicates = ["u", "v"]
    atoms = [(name,) for name in propositions] + [(name, who) for name in predicates for who in ("a", "b")]

    def literal(terms: tuple[str, ...]) -> str:
        atom = random.choice(propositions + [f"{name}({random.choice(terms)})" for name in predicates])
        return random.choice(("", "!")) + atom

    def clause(terms: tuple[str, ...]) -> str:
        left = " & ".join(literal(terms) for _ in range(random.randint(1, 2)))
        return f"{left} -> {literal(terms)}" if random.random() < 0.7 else f"({left}) | {literal(terms)}"

    with Agent.in_memory() as agent:
        agent.load("[a0] u(a) | !u(a)\n[a1] v(b) | !v(b)\n[a2] p | q | r | !p")
        for _ in range(random.randint(2, 6)):
            kind = random.random()
            text = f"forall x. {clause(('x', 'x', 'a'))}" if kind < 0.5 else clause(("a", "b"))
            agent.tell(text)
        return agent.base, atoms


def random_goal(random: Random) -> str:
    literals = ["p", "!q", "r", "u(a)", "!u(b)", "v(b)", "!v(a)"]
    joined = random.sample(literals, random.randint(1, 2))
    return random.choice((" & ", " | ")).join(joined)


@pytest.mark.parametrize("seed", range(60))
def test_all_ways_and_no_others_are_found(seed):
    random = Random(seed)
    base, atoms = random_base(random)
    goal = parse_formula(random_goal(random))
    oracle = Oracle(base, atoms)
    found = why_not(base, goal, limit=1_000)
    if found.verdict == "believed":
        assert oracle.entails(goal, (), oracle.models)
        return
    if found.verdict == "disbelieved":
        assert oracle.entails(negation(goal), (), oracle.models)
        base = base.remove(*found.given_up)
        oracle = Oracle(base, atoms)
    assert found.complete
    assert {_as_set(way) for way in found.missing} == oracle.ways(goal)
    for way in found.missing:
        few = Oracle(_only(base, way.because), atoms)
        assert few.entails(goal, tuple(_as_set(way)), few.models)
        for spared in way.because:
            fewer = Oracle(_only(base, tuple(name for name in way.because if name != spared)), atoms)
            assert not fewer.entails(goal, tuple(_as_set(way)), fewer.models)


def _as_set(way: Missing) -> frozenset[tuple[tuple[str, ...], bool]]:
    return frozenset(map(_literal, way.literals))


def _literal(formula: Formula) -> tuple[tuple[str, ...], bool]:
    atom = formula.operand if isinstance(formula, Not) else formula
    assert isinstance(atom, Atom)
    return (atom.predicate, *[term.name for term in atom.arguments]), formula is atom


def _only(base: BeliefBase, kept: tuple[str, ...]) -> BeliefBase:
    return base.remove(*(name for name in base.names() if name not in kept))
