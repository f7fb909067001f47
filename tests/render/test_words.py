"""The sentences that say why: one for each kind of reason there is."""

# ruff: noqa: ISC004  (a sentence over two lines is no list of sentences)

from __future__ import annotations

import pytest

from beliefs.agent import Agent
from beliefs.base.entrenchment import Entrenchment
from beliefs.change import Alternatives, consolidate
from beliefs.render import words


def agent_of(text: str, *, allow_conflict: bool = False) -> Agent:
    agent = Agent.in_memory()
    assert agent.load(text, allow_conflict=allow_conflict).status == "done"
    return agent


@pytest.mark.parametrize(
    ("beliefs", "seen", "sentence"),
    [
        ("[fly] !p", "p", "Gave up `fly`: by itself it contradicts p."),
        (
            "[fly @1] a\n[rule @2] a -> !p",
            "p",
            "Gave up `fly`: together with `rule` it contradicts p, and it is the less entrenched of them.",
        ),
        (
            "[fly @1] a\n[b @2] b\n[rule @2] a & b -> !p",
            "p",
            "Gave up `fly`: together with `b` and `rule` it contradicts p, and it is the least entrenched of them.",
        ),
        (
            "[rule @certain] a -> !p\n[fly @9] a",
            "p",
            "Gave up `fly`: together with `rule` it contradicts p; the other is certain.",
        ),
        (
            "[one @certain] a -> b\n[two @certain] b -> !p\n[fly @9] a",
            "p",
            "Gave up `fly`: together with `one` and `two` it contradicts p; the others are certain.",
        ),
        (
            "[rule] a -> !p\n[fly] a",
            "p",
            "Gave up `fly`: together with `rule` it contradicts p, and it is the newer of the two, all else being "
            "equal.",
        ),
        (
            "[b] b\n[rule] a & b -> !p\n[fly] a",
            "p",
            "Gave up `fly`: together with `b` and `rule` it contradicts p, and it is the newest, all else being equal.",
        ),
        (
            "[b] b\n[rule @2] a & b -> !p\n[fly] a",
            "p",
            "Gave up `fly`: together with `b` and `rule` it contradicts p, "
            "and it is the newest of the least entrenched among them.",
        ),
        (
            "[fly] a\n[b] a -> !p\n[c] a -> !q",
            "p & q",
            "Gave up `fly`: together with `b` it contradicts p & q, and giving it up settles 2 conflicts at once.",
        ),
    ],
)
def test_why_a_belief_was_given_up(beliefs, seen, sentence):
    assert words.reasons(agent_of(beliefs).observe(seen)) == (sentence,)


def test_a_long_input_is_not_quoted_again():
    seen = " & ".join(f"p{n}" for n in range(40))
    change = agent_of("[a] !p7").observe(seen)
    assert words.headline(change) == f"Revised by {seen}"
    assert words.reasons(change) == ("Gave up `a`: by itself it contradicts the input.",)


def test_a_contraction_speaks_of_entailment():
    change = agent_of("[a @2] a\n[b] a -> p").contract("p")
    assert words.headline(change) == "No longer believed: p"
    assert words.reasons(change) == (
        "Gave up `b`: together with `a` it entails p, and it is the less entrenched of them.",
    )


def test_a_consolidation_speaks_of_contradiction():
    base = agent_of("[a @2] a\n[b] !a\n[c] d & !d", allow_conflict=True).base
    assert words.reasons(consolidate(base)) == (
        "Gave up `b`: it contradicts `a`, and it is the less entrenched of them.",
        "Gave up `c`: it contradicts itself.",
    )


def test_giving_up_the_firmer_belief_is_explained_by_the_whole():
    """One belief of level 2 in several kernels can cost less than nothing else that cuts them all."""
    agent = agent_of("[hub @1*3] a\n[x @1*2] a -> !p\n[y @1*2] a -> !q")
    change = agent.observe("p & q")
    assert [belief.name for belief in change.removed] == ["hub"]
    assert words.reasons(change)[0].endswith("and giving it up settles 2 conflicts at once.")


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda agent: agent.tell("q"), "Now believed: q"),
        (lambda agent: agent.tell("p"), "Nothing to change: p is believed already."),
        (lambda agent: agent.tell("pred at(Robot)\n"), "Declared."),
        (lambda agent: agent.load("[x] q\n[y] r"), "Now believed: 2 beliefs"),
        (lambda agent: agent.observe("!p"), "Revised by !p"),
        (lambda agent: agent.contract("q"), "Nothing to give up: q was not believed."),
        (lambda agent: agent.consolidate(), "Nothing to give up: the beliefs do not contradict one another."),
        (lambda agent: agent.undo(), "Undone: entry 1."),
        (lambda agent: agent.tell("!p"), "Refused: it contradicts what is believed: b"),
        (lambda agent: agent.contract("p | !p"), "Refused: it is a tautology: no base can fail to entail it"),
    ],
)
def test_headlines(call, line):
    agent = agent_of("sort Robot\n[b] p") if "Declared" in line else agent_of("[b] p")
    assert words.headline(call(agent)) == line


def test_nothing_to_undo():
    assert words.headline(Agent.in_memory().undo()) == "Nothing to undo."


def test_settled_conflicts_are_announced():
    agent = agent_of("[a @2] a\n[b] !a", allow_conflict=True)
    assert words.headline(agent.consolidate()) == "Consistent again."


def test_a_base_left_inconsistent_is_announced():
    change = agent_of("[b] p").tell("!p", allow_conflict=True)
    expected = (
        "The base now contradicts itself: `b` cannot be true together with what was added. "
        "`beliefs consolidate` settles that."
    )
    assert words.left_inconsistent(change) == expected


@pytest.mark.parametrize(
    ("found", "complete", "sentence"),
    [
        (0, True, None),
        (1, True, None),
        (2, True, "1 other answer would have been as good."),
        (4, True, "3 other answers would have been as good."),
        (100, False, "At least 99 other answers would have been as good."),
    ],
)
def test_other_answers(found, complete, sentence):
    assert words.also_possible(Alternatives((("a",),) * found, complete)) == sentence


def test_names_are_listed_and_long_lists_counted():
    assert words.names([]) == ""
    assert words.names(["a"]) == "`a`"
    assert words.names(["a", "b", "c"]) == "`a`, `b` and `c`"
    assert words.names("abcde") == "`a`, `b`, `c`, `d` and `e`"
    assert words.names("abcdefg") == "`a`, `b`, `c`, `d` and 3 more"


def test_counting():
    assert words.count(1, "entry") == "1 entry"
    assert words.count(0, "entry") == "0 entries"
    assert words.count(2, "belief") == "2 beliefs"


@pytest.mark.parametrize(
    ("level", "weight", "text"),
    [(2, 1, "2"), (2, "1/2", "2*0.5"), (0, "1/3", "0*1/3"), ("certain", 7, "certain"), (1, 12, "1*12")],
)
def test_firmness_is_written_as_in_headers(level, weight, text):
    from fractions import Fraction

    assert words.firmness(Entrenchment(level, Fraction(weight))) == text
