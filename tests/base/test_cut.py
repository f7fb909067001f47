"""The cut of a base at a level."""

from __future__ import annotations

import pytest

from beliefs.agent import Agent
from beliefs.answers import ask
from beliefs.base.cut import cut
from beliefs.language.parser import parse_formula

BELIEFS = """
[low @0] p
[rule @2*7] p -> q
[seen @9] q
[sure @certain] p | q
"""


@pytest.fixture
def base():
    with Agent.in_memory() as agent:
        agent.load(BELIEFS)
        yield agent.base


@pytest.mark.parametrize(
    ("level", "names"),
    [
        (0, ["low", "rule", "seen", "sure"]),
        (1, ["rule", "seen", "sure"]),
        (2, ["rule", "seen", "sure"]),
        (9, ["seen", "sure"]),
        (10, ["sure"]),
        ("certain", ["sure"]),
    ],
)
def test_what_is_as_firm_is_kept(base, level, names):
    part = cut(base, level)
    assert [belief.name for belief in part] == names
    assert part.consistent
    assert part.witness == base.witness


def test_what_rests_on_weaker_beliefs_is_not_entailed_by_the_cut(base):
    assert ask(base, parse_formula("p")).verdict == "believed"
    assert ask(cut(base, 2), parse_formula("p")).verdict == "undecided"
    assert ask(cut(base, 2), parse_formula("q")).because == ("seen",)


@pytest.mark.parametrize("level", [-1, 1.5, "high"])
def test_a_level_that_is_none_is_named(base, level):
    with pytest.raises(ValueError, match=f"not {level!r}"):
        cut(base, level)
