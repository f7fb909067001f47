"""The graph of a base: what feeds what, against the obvious comparison of all pairs; conflicts, lineage, formats."""

from __future__ import annotations

import io
import itertools
from fractions import Fraction

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment
from beliefs.errors import BaseError, UnknownBeliefError
from beliefs.graph import (
    BeliefGraph,
    Conclusion,
    Edge,
    Event,
    Node,
    Surroundings,
    around,
    find,
    graphml,
    view,
)
from beliefs.graph.support import support
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
    import beliefs.graph.support

    count = 300
    base = BeliefBase().add(
        *(Belief(f"f{n}", parse_formula(f"at(r{n}, hall)")) for n in range(count)),
        *(Belief(f"r{n}", parse_formula(f"at(r{n}, hall) -> p{n}")) for n in range(count)),
    )
    compared = 0
    plain = beliefs.graph.support.unify

    def counting(one, other):
        nonlocal compared
        compared += 1
        return plain(one, other)

    monkeypatch.setattr(beliefs.graph.support, "unify", counting)
    assert len(support(base).edges) == count
    assert compared == count


def test_conflicts_are_nodes_of_their_own():
    kernels = (("fly", "penguin", "tweety", "seen"), ("sam",))
    graph = view(base_of(BIRDS), Surroundings(kernels=kernels))
    assert [node.id for node in graph.nodes if node.kind == "conflict"] == ["conflict 1", "conflict 2"]
    assert {edge.tail for edge in graph.edges if edge.head == "conflict 1"} == {
        "fly",
        "penguin",
        "tweety",
        "seen",
    }


def event(entry, removed=(), added=(), operation="revise", **more):
    return Event(entry, operation, "p", tuple(removed), tuple(added), **more)


class TestPast:
    old = Belief("old", parse_formula("!p"), age=1)
    new = Belief("new", parse_formula("p"), age=2)
    again = Belief("old", parse_formula("!p"), age=3)

    def test_a_change_joins_what_it_brought_to_what_it_gave_up(self):
        base = BeliefBase().add(self.new)
        graph = view(base, Surroundings(past=(event(7, [self.old], [self.new]),)))
        assert edges(graph) == {
            ("new", "entry 7", "taken in by"),
            ("old (given up in 7)", "entry 7", "given up in"),
        }
        assert find(graph, "old").kind == "given up"
        change = find(graph, "entry 7")
        assert (change.kind, change.label, change.entry) == ("change", "7: revise p", 7)

    def test_a_belief_given_up_later_was_taken_in_still(self):
        past = (event(7, [self.old], [self.new]), event(8, [self.new], [self.again]))
        graph = view(BeliefBase().add(self.again), Surroundings(past=past))
        assert edges(graph) == {
            ("new (given up in 8)", "entry 7", "taken in by"),
            ("old (given up in 7)", "entry 7", "given up in"),
            ("old", "entry 8", "taken in by"),
            ("new (given up in 8)", "entry 8", "given up in"),
        }
        assert find(graph, "old").kind == "fact"

    def test_what_was_weakened_is_joined_to_what_took_its_place(self):
        weaker = Belief("old.2", parse_formula("q -> !p"), age=1)
        past = (
            event(7, [self.old], [self.new, weaker], weakened=(("old.2", "old"),)),
            event(8, [weaker], [self.again], weakened=(("old", "old.2"),)),
        )
        graph = view(BeliefBase().add(self.new, self.again), Surroundings(past=past))
        assert {edge for edge in edges(graph) if edge[2] == "weakened from"} == {
            ("old.2 (given up in 8)", "old (given up in 7)", "weakened from"),
            ("old", "old.2 (given up in 8)", "weakened from"),
        }

    def test_what_was_seen_is_joined_to_the_conflicts_it_was_in(self):
        seen = event(
            7,
            [self.old],
            [self.new],
            kernels=(("old", "rule"), ("old",)),
            observed=True,
            source="eye",
            episode=2,
        )
        base = BeliefBase().add(self.new, Belief("rule", parse_formula("r -> q")))
        graph = view(base, Surroundings(past=(seen,)))
        assert edges(graph) == {
            ("new", "entry 7", "taken in by"),
            ("old (given up in 7)", "entry 7", "given up in"),
            ("seen in 7", "entry 7", "led to"),
            ("seen in 7", "source eye", "told by"),
            ("seen in 7", "conflict 7.1", "in conflict"),
            ("seen in 7", "conflict 7.2", "in conflict"),
            ("old (given up in 7)", "conflict 7.1", "in conflict"),
            ("rule", "conflict 7.1", "in conflict"),
            ("old (given up in 7)", "conflict 7.2", "in conflict"),
            ("conflict 7.1", "entry 7", "settled in"),
            ("conflict 7.2", "entry 7", "settled in"),
            ("episode 2", "entry 7", "tells of"),
        }
        assert {node.id: node.kind for node in graph.nodes}["seen in 7"] == "observation"

    def test_a_member_of_a_conflict_is_the_belief_of_that_time(self):
        past = (
            event(3, [], [], kernels=(("old", "rule"),), operation="semi-revise"),
            event(7, [self.old], [self.new]),
            event(9, [], [], kernels=(("old",), ("gone",)), operation="semi-revise"),
        )
        graph = view(BeliefBase().add(self.again), Surroundings(past=past))
        assert {edge for edge in edges(graph) if edge[2] == "in conflict"} == {
            ("old (given up in 7)", "conflict 3.1", "in conflict"),
            ("old", "conflict 9.1", "in conflict"),
        }

    def test_an_expansion_settles_no_conflict(self):
        past = (event(3, [], [self.new], "expand", kernels=(("old", "new"),)),)
        base = BeliefBase().add(self.old, self.new)
        assert view(base, Surroundings(past=past)) == support(base)

    def test_changes_that_gave_nothing_up_leave_no_trace(self):
        base = BeliefBase().add(self.new)
        past = (event(1, [], [self.new], "expand"), event(2, [self.old], [], "undo"))
        assert view(base, Surroundings(past=past)) == support(base)


def test_sources_are_joined_to_what_they_told():
    base = BeliefBase().add(
        Belief("a", parse_formula("p"), source="eye"),
        Belief("b", parse_formula("q"), source="eye"),
        Belief("c", parse_formula("r"), source="a b"),
        Belief("d", parse_formula("s")),
    )
    assert edges(view(base)) == {
        ("a", "source eye", "told by"),
        ("b", "source eye", "told by"),
        ("c", "source a b", "told by"),
    }
    assert [node.label for node in view(base).nodes if node.kind == "source"] == ["eye", "a b"]


def test_conclusions_are_joined_to_their_reasons():
    asked = (
        Conclusion(parse_formula("flies(tweety)"), "refutes", (("seen",),)),
        Conclusion(parse_formula("bird(tweety)"), "supports", (("penguin", "tweety"), ("sam",))),
    )
    graph = view(base_of(BIRDS), Surroundings(conclusions=asked))
    assert {
        (edge.tail, edge.head, edge.kind, edge.label) for edge in graph.edges if edge.kind != "feeds"
    } == {
        ("seen", "asked 1", "refutes", "1"),
        ("penguin", "asked 2", "supports", "1"),
        ("tweety", "asked 2", "supports", "1"),
        ("sam", "asked 2", "supports", "2"),
    }


class TestAround:
    base = base_of(BIRDS)

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
        assert {node.id for node in around(self.base, "penguin", depth).nodes} == names

    def test_only_edges_between_what_is_left_are_left(self):
        assert edges(around(self.base, "tweety", 1)) == {("tweety", "penguin", "penguin")}

    @pytest.mark.parametrize("name", ["nobody", "entry 7", "source eye", "symbol battery", ""])
    def test_an_unknown_name_is_an_error(self, name):
        with pytest.raises(UnknownBeliefError, match=f"no belief named '{name}'"):
            around(self.base, name, 1)

    @pytest.mark.parametrize(("depth", "most"), [(-1, 5), (1, 0)])
    def test_a_senseless_size_is_an_error(self, depth, most):
        with pytest.raises(BaseError, match="a graph has a depth from 0"):
            around(self.base, "fly", depth, most=most)

    def test_too_much_is_left_out_and_said_so(self):
        base = BeliefBase().add(
            Belief("rule", parse_formula("forall x. p(x) -> q")),
            *(Belief(f"f{n}", parse_formula(f"p(c{n})")) for n in range(100)),
        )
        graph = around(base, "rule", 1, most=10)
        assert len(graph.nodes) == 10
        assert not graph.complete
        assert around(base, "rule", 1).complete
        assert around(base, "f5", 1, most=10).complete

    def test_a_source_leads_to_all_it_told_only_as_the_centre(self):
        base = BeliefBase().add(
            Belief("a", parse_formula("p"), source="eye"), Belief("b", parse_formula("q"), source="eye")
        )
        assert {node.id for node in around(base, "a", 5).nodes} == {"a", "source eye"}
        assert {node.id for node in around(base, "source eye", 1).nodes} == {"a", "b", "source eye"}
        assert [node.id for node in around(base, "source eye", 0).nodes] == ["source eye"]


SOURCES = st.sampled_from([None, "eye", "ear"])


@st.composite
def histories(draw):
    """A base with a past, and something of it."""
    texts = draw(st.lists(FORMULAS, min_size=3, max_size=8))
    beliefs = [
        Belief(f"b{draw(st.integers(0, 4))}-{n}", formula, source=draw(SOURCES), age=n + 1)
        for n, formula in enumerate(texts)
    ]
    cut = draw(st.integers(1, len(beliefs) - 1))
    lost, held = beliefs[:cut], beliefs[cut:]
    text = "func power(Thing): Int\n[low] power(a) < 5\n[high] power(b) > 5\n[even] power(a) = power(c)"
    base = base_of(text if draw(st.booleans()) else "").add(*held)
    past, names = [], [belief.name for belief in beliefs]
    for number, belief in enumerate(lost, start=1):
        kernel = tuple(draw(st.lists(st.sampled_from(names), max_size=3, unique=True)))
        past.append(
            event(
                number,
                [belief],
                draw(st.sampled_from([[], [held[0]], lost[number : number + 1]])),
                kernels=(kernel,) if kernel else (),
                observed=draw(st.booleans()),
                source=draw(SOURCES),
                episode=draw(st.sampled_from([None, number])),
            )
        )
    reason = tuple(draw(st.lists(st.sampled_from([each.name for each in held]), max_size=2, unique=True)))
    surroundings = Surroundings(
        kernels=(tuple(each.name for each in held[:2]),) if draw(st.booleans()) else (),
        past=tuple(past),
        conclusions=(Conclusion(parse_formula("p"), "supports", (reason,)),) if reason else (),
    )
    return base, surroundings


@given(histories(), st.integers(0, 4), st.data())
def test_what_lies_around_is_that_part_of_the_whole(history, depth, data):
    base, surroundings = history
    whole = view(base, surroundings)
    centre = data.draw(st.sampled_from([node.id for node in whole.nodes]))
    near, rim = {centre}, {centre}
    for _ in range(depth):
        open_ones = {node for node in rim if node == centre or not node.startswith("source ")}
        reached = {edge.head for edge in whole.edges if edge.tail in open_ones}
        reached |= {edge.tail for edge in whole.edges if edge.head in open_ones}
        rim = reached - near
        near |= rim
    part, found = whole.restricted(near), around(base, centre, depth, surroundings)
    assert set(found.nodes) == set(part.nodes)
    assert sorted(map(str, found.edges)) == sorted(map(str, part.edges))
    assert found.complete


ODD = 'a<b>&"c"\\d|e\x01\n\ud800é'


def test_graphml_can_be_read_back():
    firm = Entrenchment("certain")
    base = BeliefBase().add(
        Belief("ö-1", parse_formula("1 < 2 & p"), Entrenchment(2, Fraction(1, 3)), 'a "b" <c> & d'),
        Belief("rule", parse_formula("p -> q"), firm),
    )
    graph = view(base, Surroundings(kernels=(("ö-1", "rule"),)))
    read = networkx.read_graphml(io.BytesIO(graphml(graph).encode()))
    assert set(read.nodes) == {"ö-1", "rule", "conflict 1", 'source a "b" <c> & d'}
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
        ("ö-1", 'source a "b" <c> & d', "told by"),
    ]


def test_graphml_replaces_what_xml_cannot_hold():
    graph = BeliefGraph((Node(ODD, "fact", ODD), Node("b", "fact", "b")), (Edge(ODD, "b", "feeds", ODD),))
    read = networkx.read_graphml(io.BytesIO(graphml(graph).encode()))
    legible = 'a<b>&"c"\\d|e\ufffd\n\ufffdé'
    assert set(read.nodes) == {legible, "b"}
    assert next(iter(read.edges(data=True)))[2]["label"] == legible
