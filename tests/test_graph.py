"""The graph of a base: what feeds what, against the obvious comparison of all pairs; conflicts, lineage, formats."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from fractions import Fraction

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment
from beliefs.errors import UnknownBeliefError
from beliefs.graph import (
    BeliefGraph,
    Displacement,
    Edge,
    Node,
    around,
    find,
    graphml,
    support,
    view,
    with_conflicts,
    with_lineage,
)
from beliefs.language.clauses import literals
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.syntax import Atom, Binding, Constant, ForAll, Implies, Not, Or, Variable


def base_of(text: str) -> BeliefBase:
    document = parse_document(text)
    beliefs = [
        Belief(statement.header.name or f"b{n}", statement.formula)
        for n, statement in enumerate(document.statements)
    ]
    return BeliefBase().declare(*document.declarations).add(*beliefs)


def edges(graph: BeliefGraph) -> set[tuple[str, str, str]]:
    return {(edge.tail, edge.head, edge.label or edge.kind) for edge in graph.edges}


BIRDS = """
[fly] forall x. bird(x) -> flies(x)
[penguin] forall x. penguin(x) -> bird(x)
[tweety] penguin(tweety)
[seen] !flies(tweety)
[sam] fish(sam)
"""


def test_facts_feed_rules_and_rules_feed_rules():
    assert edges(support(base_of(BIRDS))) == {
        ("tweety", "penguin", "penguin"),
        ("penguin", "fly", "bird"),
        ("fly", "seen", "flies"),
    }


def test_arguments_must_agree():
    graph = support(base_of("[here] at(r1, hall)\n[rule] at(r1, lab) -> p\n[open] forall x. at(r1, x) -> q"))
    assert edges(graph) == {("here", "open", "at")}


def test_a_repeated_predicate_makes_one_edge_and_none_to_itself():
    graph = support(base_of("[a] p(x1) & p(x2)\n[b] forall x. p(x) -> p(f1)"))
    assert [(edge.tail, edge.head) for edge in graph.edges] == [("a", "b")]


def test_beliefs_that_compare_the_same_function_meet_at_it():
    text = "sort Robot\nfunc battery(Robot): Real\nfunc leader: Robot\n"
    text += "[low] battery(r2) < 5\n[rule] forall r: Robot. battery(r) > 0\n[one] leader = r2\n"
    graph = support(base_of(text))
    assert edges(graph) == {("low", "symbol battery", "speaks of"), ("rule", "symbol battery", "speaks of")}


def test_kinds_tell_facts_from_rules():
    graph = support(base_of("[a] p\n[b] !r(c) & q\n[c] p | q\n[d] forall x. r(x)\n[e] !(p & q)\n[f] k = m"))
    assert {node.id: node.kind for node in graph.nodes} == {
        "a": "fact", "b": "fact", "c": "rule", "d": "rule", "e": "rule", "f": "fact",
    }  # fmt: skip


def test_an_empty_base_has_an_empty_graph():
    assert view(BeliefBase()) == BeliefGraph()


ARGUMENTS = st.sampled_from([Variable("x"), Constant("a"), Constant("b")])
ATOMS = st.builds(lambda name, *terms: Atom(name, terms), st.sampled_from("pq"), ARGUMENTS, ARGUMENTS)
LITERALS = ATOMS | st.builds(Not, ATOMS)


def closed(formula):
    return ForAll((Binding("x"),), formula)


FORMULAS = st.one_of(
    LITERALS,
    st.builds(Implies, ATOMS, LITERALS),
    st.lists(LITERALS, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
).map(closed)


@given(st.lists(FORMULAS, max_size=7))
def test_feeding_is_the_meeting_of_opposite_literals(formulas):
    base = BeliefBase().add(*(Belief(f"b{n}", formula) for n, formula in enumerate(formulas)))

    def meet(one, other):
        return len(one) == len(other) and all(
            a is None or b is None or a == b for a, b in zip(one, other, strict=True)
        )

    expected = {
        (tail.name, head.name, pattern[0])
        for tail, head in itertools.permutations(base, 2)
        for pattern, positive in literals(tail.formula)
        for counterpart, opposite in literals(head.formula)
        if positive and not opposite and meet(pattern, counterpart)
    }
    found = [(edge.tail, edge.head, edge.label) for edge in support(base).edges]
    assert set(found) == expected
    assert len(found) == len(expected)


def test_literals_are_found_by_their_arguments_not_by_looking_at_all(monkeypatch):
    """Many facts and many rules of one predicate, each rule for one fact: as many comparisons as edges."""
    import beliefs.graph

    count = 300
    base = BeliefBase().add(
        *(Belief(f"f{n}", parse_formula(f"at(r{n}, hall)")) for n in range(count)),
        *(Belief(f"r{n}", parse_formula(f"at(r{n}, hall) -> p{n}")) for n in range(count)),
    )
    compared = 0
    plain = beliefs.graph.unify

    def counting(one, other):
        nonlocal compared
        compared += 1
        return plain(one, other)

    monkeypatch.setattr(beliefs.graph, "unify", counting)
    assert len(support(base).edges) == count
    assert compared == count


def test_conflicts_are_nodes_of_their_own():
    graph = with_conflicts(support(base_of(BIRDS)), [("fly", "penguin", "tweety", "seen"), ("sam",)])
    assert [node.id for node in graph.nodes if node.kind == "conflict"] == ["conflict 1", "conflict 2"]
    assert {edge.tail for edge in graph.edges if edge.head == "conflict 1"} == {
        "fly",
        "penguin",
        "tweety",
        "seen",
    }


def displacement(entry, removed=(), added=(), operation="revise"):
    return Displacement(entry, operation, parse_formula("p"), tuple(removed), tuple(added))


class TestLineage:
    old = Belief("old", parse_formula("!p"), age=1)
    new = Belief("new", parse_formula("p"), age=2)
    again = Belief("old", parse_formula("!p"), age=3)

    def test_a_change_joins_what_it_brought_to_what_it_gave_up(self):
        base = BeliefBase().add(self.new)
        graph = with_lineage(support(base), [displacement(7, [self.old], [self.new])])
        assert edges(graph) == {
            ("new", "entry 7", "displaced"),
            ("entry 7", "old (given up in 7)", "gave up"),
        }
        assert find(graph, "old").kind == "given up"
        assert next(node.label for node in graph.nodes if node.kind == "change") == "7: revise p"

    def test_a_belief_given_up_later_still_displaced(self):
        past = [displacement(7, [self.old], [self.new]), displacement(8, [self.new], [self.again])]
        graph = with_lineage(support(BeliefBase().add(self.again)), past)
        assert edges(graph) == {
            ("new (given up in 8)", "entry 7", "displaced"),
            ("entry 7", "old (given up in 7)", "gave up"),
            ("old", "entry 8", "displaced"),
            ("entry 8", "new (given up in 8)", "gave up"),
        }
        assert find(graph, "old").kind == "fact"

    def test_what_was_weakened_is_joined_to_what_took_its_place(self):
        weaker = Belief("old.2", parse_formula("q -> !p"), age=1)
        past = [
            replace(displacement(7, [self.old], [self.new, weaker]), weakened=(("old.2", "old"),)),
            replace(displacement(8, [weaker], [self.again]), weakened=(("old", "old.2"),)),
        ]
        graph = with_lineage(support(BeliefBase().add(self.new, self.again)), past)
        assert {edge for edge in edges(graph) if edge[2] == "weakened from"} == {
            ("old.2 (given up in 8)", "old (given up in 7)", "weakened from"),
            ("old", "old.2 (given up in 8)", "weakened from"),
        }

    def test_changes_that_gave_nothing_up_leave_no_trace(self):
        base = BeliefBase().add(self.new)
        assert with_lineage(support(base), [displacement(1, [], [self.new], "expand")]) == support(base)


class TestAround:
    graph = support(base_of(BIRDS))

    @pytest.mark.parametrize(
        ("depth", "names"),
        [
            (0, {"penguin"}),
            (1, {"penguin", "tweety", "fly"}),
            (2, {"penguin", "tweety", "fly", "seen"}),
            (9, {"penguin", "tweety", "fly", "seen"}),
        ],
    )
    def test_it_goes_in_both_directions(self, depth, names):
        assert {node.id for node in around(self.graph, "penguin", depth).nodes} == names

    def test_only_edges_between_what_is_left_are_left(self):
        assert edges(around(self.graph, "tweety", 1)) == {("tweety", "penguin", "penguin")}

    def test_an_unknown_name_is_an_error(self):
        with pytest.raises(UnknownBeliefError, match="no belief named 'nobody'"):
            around(self.graph, "nobody", 1)


ODD = 'a<b>&"c"\\d|e\x01\n\ud800é'


def test_graphml_can_be_read_back():
    firm = Entrenchment("certain")
    base = BeliefBase().add(
        Belief("ö-1", parse_formula("1 < 2 & p"), Entrenchment(2, Fraction(1, 3)), 'a "b" <c> & d'),
        Belief("rule", parse_formula("p -> q"), firm),
    )
    graph = with_conflicts(support(base), [("ö-1", "rule")])
    read = networkx.read_graphml(io.BytesIO(graphml(graph).encode()))
    assert set(read.nodes) == {"ö-1", "rule", "conflict 1"}
    assert read.nodes["ö-1"] == {
        "kind": "fact", "label": "1 < 2 & p", "name": "ö-1", "level": 2, "certain": False,
        "weight": 1 / 3, "source": "a \"b\" <c> & d",
    }  # fmt: skip
    assert read.nodes["rule"]["level"] == -1
    assert read.nodes["rule"]["certain"] is True
    assert sorted((a, b, d["kind"]) for a, b, d in read.edges(data=True)) == [
        ("rule", "conflict 1", "in conflict"),
        ("ö-1", "conflict 1", "in conflict"),
        ("ö-1", "rule", "feeds"),
    ]


def test_graphml_replaces_what_xml_cannot_hold():
    graph = BeliefGraph((Node(ODD, "fact", ODD), Node("b", "fact", "b")), (Edge(ODD, "b", "feeds", ODD),))
    read = networkx.read_graphml(io.BytesIO(graphml(graph).encode()))
    legible = 'a<b>&"c"\\d|e\ufffd\n\ufffdé'
    assert set(read.nodes) == {legible, "b"}
    assert next(iter(read.edges(data=True)))[2]["label"] == legible
