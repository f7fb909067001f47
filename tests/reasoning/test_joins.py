"""The instances that a model does not make true, by a join: just those that enumeration finds, without the work."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

import pytest
from immutables import Map
from support.structures import INDIVIDUALS, ROOMS, SIGNATURE, random_sentence

from beliefs.language.parser import parse_document
from beliefs.language.semantics import Element, Ground, Model, truth
from beliefs.language.sorts import elaborate, infer
from beliefs.language.syntax import (
    And,
    Application,
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Term,
    Truth,
    Variable,
)
from beliefs.reasoning import joins
from beliefs.reasoning.features import features
from beliefs.reasoning.grounding import instances, instances_touching, instances_with, skolemized
from beliefs.reasoning.joins import Facts, false_instances, false_instances_touching

PREDICATES = {
    "edge": ("Node", "Node"),
    "path": ("Node", "Node"),
    "red": ("Node",),
    "in": ("Node", "Room"),
    "between": ("Node", "Node", "Room"),
    "q": (),
}
DOMAIN = {"Node": dict.fromkeys(("a", "b", "c", "it!1")), "Room": dict.fromkeys(("h", "k"))}


def rule(text: str) -> Formula:
    document = parse_document(text)
    formula = document.statements[0].formula
    return elaborate(formula, infer(document.declarations, [("it", formula)]))


def model(true: Iterable[Ground], **more: Map[Ground, Element]) -> Model:
    universe = Map({sort: tuple(names) for sort, names in DOMAIN.items()})
    return Model(universe=universe, true=Map(dict.fromkeys(true)), **more)


def random_ground(rng: random.Random) -> Ground:
    predicate = rng.choice(list(PREDICATES))
    return (predicate, *(rng.choice(list(DOMAIN[sort])) for sort in PREDICATES[predicate]))


def random_model(rng: random.Random) -> Model:
    true = {random_ground(rng) for _ in range(rng.choice((0, 5, 15, 40)))}
    if rng.random() < 0.2:
        # Atoms of which the domain does not tell, and one whose argument is a number.
        true |= {("edge", "a", "elsewhere"), ("red", "elsewhere"), ("red", Fraction(3))}
    more: dict[str, Map[Ground, Element]] = {}
    if rng.random() < 0.15:
        more["values"] = Map({("a",): "b", ("next", "a"): "c"})
    return model(true, **more)


def random_rule(rng: random.Random) -> Formula:
    """A rule such as people write, or any formula at all."""
    sorts = [rng.choice(("Node", "Node", "Room")) for _ in range(rng.choice((0, 1, 2, 3, 3)))]
    scope = dict(zip(("x", "y", "z"), sorts, strict=False))
    if rng.random() < 0.6:
        premises = tuple(literal(rng, scope) for _ in range(rng.choice((1, 2, 3))))
        body: Formula = Implies(premises[0] if len(premises) == 1 else And(premises), part(rng, scope, 1))
    else:
        body = part(rng, scope, 3)
    if scope:
        quantified = tuple(Binding(name, sort) for name, sort in scope.items())
        body = ForAll(quantified, body) if rng.random() < 0.8 else Not(Exists(quantified, Not(body)))
    return body


def part(rng: random.Random, scope: dict[str, str], depth: int) -> Formula:
    if depth == 0 or rng.random() < 0.25:
        return literal(rng, scope)
    kind = rng.randrange(7)
    if kind < 2:
        name, sort = rng.choice(("x", "y", "u")), rng.choice(("Node", "Room", "Room"))
        quantifier = rng.choice((ForAll, Exists))
        return quantifier((Binding(name, sort),), part(rng, {**scope, name: sort}, depth - 1))
    left, right = part(rng, scope, depth - 1), part(rng, scope, depth - 1)
    match kind:
        case 2:
            return And((left, right))
        case 3:
            return Or((left, right))
        case 4:
            return Implies(left, right)
        case 5:
            return Iff(left, right)
        case _:
            return Not(left)


def literal(rng: random.Random, scope: dict[str, str]) -> Formula:
    def term(sort: str) -> Term:
        variables = [name for name, of in scope.items() if of == sort]
        if rng.random() < 0.02 and sort == "Node":
            return Application("next", (term("Node"),))
        if variables and rng.random() < 0.8:
            return Variable(rng.choice(variables))
        return Constant(rng.choice(list(DOMAIN[sort])))

    kind = rng.randrange(12)
    if kind == 0:
        return Truth(rng.random() < 0.5)
    if kind < 3:
        sort = rng.choice(("Node", "Room"))
        return Comparison(rng.choice(("=", "!=")), term(sort), term(sort))
    predicate = rng.choice(list(PREDICATES))
    atom = Atom(predicate, tuple(term(sort) for sort in PREDICATES[predicate]))
    return Not(atom) if rng.random() < 0.2 else atom


def untrue(candidates: Iterable[Formula], world: Model) -> Counter[Formula]:
    return Counter(each for each in candidates if truth(each, world) is not True)


def some_facts(world: Model, rng: random.Random) -> Facts:
    """Facts of a model: as they come, or by flips (and flips of flips) from those of another."""
    facts = Facts(world)
    if rng.random() < 0.3:
        list(facts.matching(("edge", None, None)))
    for _ in range(rng.choice((0, 1, 2))):
        facts = facts.flipped({random_ground(rng) for _ in range(4)})
    return facts


def test_false_instances_are_the_instances_that_are_not_true() -> None:
    rng = random.Random(11)
    some = all_of_them = 0
    for _ in range(4_000):
        formula, facts = random_rule(rng), some_facts(random_model(rng), rng)
        candidates = list(instances(formula, DOMAIN))
        expected = untrue(candidates, facts.model)
        assert Counter(false_instances(formula, facts, DOMAIN)) == expected, (formula, facts.model)
        some += 0 < expected.total() < len(candidates)
        all_of_them += expected.total() == len(candidates) > 1
    assert some > 600
    assert all_of_them > 100


def test_with_newcomers_they_are_those_that_name_one() -> None:
    rng = random.Random(12)
    fewer = 0
    for _ in range(3_000):
        formula, facts = random_rule(rng), some_facts(random_model(rng), rng)
        newcomers = rng.choice(({"Node": ["c"]}, {"Node": ["it!1", "a"]}, {"Room": ["k"]}, {}))
        expected = untrue(instances_with(formula, DOMAIN, newcomers), facts.model)
        found = Counter(false_instances(formula, facts, DOMAIN, newcomers))
        assert found == expected, (formula, facts.model, newcomers)
        fewer += 0 < found.total() < untrue(instances(formula, DOMAIN), facts.model).total()
    assert fewer > 200


def test_false_instances_touching_are_the_touching_ones_that_are_not_true() -> None:
    rng = random.Random(13)
    some = 0
    for _ in range(6_000):
        formula, facts, atom = random_rule(rng), some_facts(random_model(rng), rng), random_ground(rng)
        expected = untrue(instances_touching(formula, atom, DOMAIN), facts.model)
        found = Counter(false_instances_touching(formula, atom, facts, DOMAIN))
        assert found == expected, (formula, facts.model, atom)
        some += 0 < found.total() < untrue(instances(formula, DOMAIN), facts.model).total()
    assert some > 100


def test_individuals_for_existential_quantifiers_are_names_like_others() -> None:
    rng = random.Random(15)
    some = 0
    for _ in range(1_500):
        sentence = random_sentence(rng, equality=False)
        if not features(sentence, SIGNATURE).groundable:
            continue
        formula, fresh = skolemized(sentence, "it", SIGNATURE)
        domain = {"Thing": dict.fromkeys((*INDIVIDUALS, *fresh)), "Room": dict.fromkeys(ROOMS)}
        true = [
            ("q",),
            *(("p", x) for x in domain["Thing"]),
            *(("at", x, y) for x in domain["Thing"] for y in ROOMS),
        ]
        facts = Facts(Model(true=Map(dict.fromkeys(rng.sample(true, len(true) // 2)))))
        expected = untrue(instances(formula, domain), facts.model)
        assert Counter(false_instances(formula, facts, domain)) == expected, (formula, facts.model)
        some += bool(fresh) and bool(expected)
    assert some > 100


def test_quantifiers_over_sorts_outside_the_domain_are_looked_at_last() -> None:
    rng = random.Random(14)
    for _ in range(1_500):
        formula, facts = random_rule(rng), some_facts(random_model(rng), rng)
        domain = {"Room": DOMAIN["Room"]} if rng.random() < 0.5 else {"Node": DOMAIN["Node"]}
        expected = untrue(instances(formula, domain), facts.model)
        assert Counter(false_instances(formula, facts, domain)) == expected, (formula, facts.model)


def test_instances_come_in_the_order_of_the_names_chosen() -> None:
    formula = rule("forall x, y. edge(x, y) -> path(x, y)")
    edges = [("edge", *pair) for pair in ("cb", "ab", "ca", "aa")]
    domain = {"Thing": dict.fromkeys("cba")}
    found = list(false_instances(formula, Facts(model(edges)), domain))
    assert found == [
        Implies(Atom("edge", pair), Atom("path", pair))
        for pair in [(Constant(x), Constant(y)) for x, y in ("aa", "ab", "ca", "cb")]
    ]


def test_clauses_of_a_wide_disjunction_of_conjunctions_are_not_multiplied_out() -> None:
    conjunctions = " | ".join(f"(p{index}(x) & r{index}(x))" for index in range(40))
    formula = rule(f"forall x. red(x) -> {conjunctions}")
    facts = Facts(model([("red", "a"), ("red", "b"), ("p7", "b"), ("r7", "b")]))
    assert len(list(false_instances(formula, facts, {"Thing": DOMAIN["Node"]}))) == 1


def test_a_long_clause_nests_no_deeper_than_its_variables() -> None:
    formula = rule("forall x. red(x) -> " + " | ".join(f"p{index}(x)" for index in range(3_000)))
    facts = Facts(model([("red", "a"), ("red", "b"), ("p2999", "b")]))
    assert len(list(false_instances(formula, facts, {"Thing": DOMAIN["Node"]}))) == 1


class Counted(Facts):
    """Facts that count what is gone through: facts, and names for want of facts."""

    steps = 0

    def matching(self, pattern: tuple[Element | None, ...]) -> Iterator[Ground]:
        for atom in super().matching(pattern):
            self.steps += 1
            yield atom

    def enumerated(self, count: int) -> None:
        self.steps += count
        super().enumerated(count)


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[Formula]:
    """The instances that have been evaluated."""
    looked_at: list[Formula] = []

    def counting(formula: Formula, world: Model) -> bool | None:
        looked_at.append(formula)
        return truth(formula, world)

    monkeypatch.setattr(joins, "truth", counting)
    return looked_at


TRANSITIVE = "forall x, y, z. path(x, y) & edge(y, z) -> path(x, z)"
BY_WAY_OF = "forall x, z. (exists y. path(x, y) & edge(y, z)) -> path(x, z)"


def chain(count: int) -> tuple[list[Ground], dict[str, dict[str, None]]]:
    """A chain of edges, each of which is a path."""
    nodes = [f"n{index:04}" for index in range(count + 1)]
    links = list(pairwise(nodes))
    true = [(predicate, *link) for predicate in ("edge", "path") for link in links]
    return true, {"Thing": dict.fromkeys(nodes)}


@pytest.mark.parametrize("text", [TRANSITIVE, BY_WAY_OF])
def test_a_join_looks_at_what_matches(text: str, evaluated: list[Formula]) -> None:
    for count in (10, 20, 40):
        true, domain = chain(count)
        facts = Counted(model(true))
        evaluated.clear()
        assert len(list(false_instances(rule(text), facts, domain))) == count - 1
        assert len(evaluated) == count - 1
        assert facts.steps <= 3 * count


def test_what_decides_an_instance_is_looked_at_before_it_is_spelt_out(evaluated: list[Formula]) -> None:
    nodes = [f"n{index}" for index in range(12)]
    domain = {"Thing": dict.fromkeys(nodes)}
    reds: list[Ground] = [("red", node) for node in nodes]
    every_path = [("path", x, y) for x in nodes for y in nodes]
    for text, true, expected in [
        (TRANSITIVE, [*every_path, *(("edge", *pair) for pair in pairwise(nodes))], 0),
        ("forall x, y. red(x) & red(y) -> x = y", reds, 12 * 11),
        ("forall x, y. red(x) & red(y) & x = y -> blue(x)", reds, 12),
        ("forall x, y. x != y | path(x, y)", [], 12),
        ("forall x. x = n3 -> red(x)", [], 1),
        ("forall x. n1 = n2 -> red(x)", [], 0),
    ]:
        evaluated.clear()
        assert len(list(false_instances(rule(text), Facts(model(true)), domain))) == expected
        assert len(evaluated) == expected, text


def test_facts_are_found_by_their_rarest_argument_and_follow_flips() -> None:
    rng = random.Random(16)
    for _ in range(300):
        facts = some_facts(random_model(rng), rng)
        wanted = random_ground(rng)
        pattern = (wanted[0], *(each if rng.random() < 0.5 else None for each in wanted[1:]))
        expected = [
            atom
            for atom in facts.model.true
            if len(atom) == len(pattern)
            and all(one in (None, other) for one, other in zip(pattern, atom, strict=True))
        ]
        assert Counter(facts.matching(pattern)) == Counter(expected)
    true, _ = chain(50)
    facts = Facts(model(true))
    assert facts.work(("edge", "n0003", None)) == len(true)
    list(facts.matching(("edge", None, None)))
    assert facts.work(("edge", None, None)) == 50
    assert facts.work(("edge", "n0003", None)) == facts.work(("edge", None, "n0003")) == 1
    assert facts.work(("edge", None, "n0000")) == 0
    assert facts.flipped([("edge", "n0003", "n0000")]).work(("edge", None, "n0000")) == 1


def test_a_flip_is_joined_with_what_it_touches(evaluated: list[Formula]) -> None:
    true, domain = chain(1_000)
    facts = Facts(model(true))
    list(facts.matching(("edge", None, None)))
    flipped = facts.flipped([("path", "n0000", "n0002"), ("edge", "n0002", "n0003")])
    found = list(false_instances_touching(rule(TRANSITIVE), ("path", "n0000", "n0002"), flipped, domain))
    assert found == []
    flipped = facts.flipped([("path", "n0000", "n0002")])
    found = list(false_instances_touching(rule(TRANSITIVE), ("path", "n0000", "n0002"), flipped, domain))
    assert len(found) == 1
    assert len(evaluated) <= 3


def test_newcomers_are_joined_with_what_is_said_of_them(evaluated: list[Formula]) -> None:
    true, domain = chain(1_000)
    newcomer = {"Thing": ["new"]}
    domain = {"Thing": {**domain["Thing"], "new": None}}
    facts = Facts(model([*true, ("edge", "n1000", "new")]))
    found = list(false_instances(rule(TRANSITIVE), facts, domain, newcomer))
    assert len(found) == len(evaluated) == 1


@pytest.mark.parametrize(
    "look",
    [
        lambda facts, domain: false_instances_touching(rule(UNIQUE), ("at", "r1", "hall"), facts, domain),
        lambda facts, domain: false_instances_touching(rule(PLAIN), ("at", "r1", "hall"), facts, domain),
    ],
)
def test_few_names_are_gone_through_rather_than_all_facts(
    look: Callable[[Facts, dict[str, dict[str, None]]], Iterator[Formula]],
) -> None:
    class Iterated(dict[Ground, None]):
        def __iter__(self) -> Iterator[Ground]:
            raise AssertionError("all facts have been gone through")

    true = Iterated(
        {("at", f"r{index}", "kitchen"): None for index in range(500)} | {("at", "r1", "hall"): None}
    )
    facts = Facts(Model(true=true))  # type: ignore[arg-type]
    robots = {f"r{index}": None for index in range(500)}
    domain = {"Robot": robots, "Room": dict.fromkeys(("hall", "kitchen", "lab"))}
    assert len(list(look(facts, domain))) >= 1


ROBOTS = "sort Robot\nsort Room = {hall, kitchen, lab}\npred at(Robot, Room)\n"
UNIQUE = ROBOTS + "forall r: Robot, a, b: Room. at(r, a) & at(r, b) -> a = b"
PLAIN = ROBOTS + "forall r: Robot. at(r, hall) -> !at(r, kitchen)"


def test_an_index_is_made_once_names_have_cost_as_much() -> None:
    true, domain = chain(30)
    facts = Counted(model(true))
    two_open = rule("forall x, y, z, w. path(x, y) & edge(y, z) & edge(z, w) -> false")
    touching = list(false_instances_touching(two_open, ("path", "n0000", "n0001"), facts, domain))
    assert len(touching) == 1
    # Names for one variable, at most twice over, and then the facts that match.
    assert facts.steps <= 2 * 60 + 5
