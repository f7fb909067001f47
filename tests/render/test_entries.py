"""One entry of the journal in full, as people read it."""

from __future__ import annotations

import pytest

from beliefs.agent import Agent
from beliefs.certificates.report import Claim, Report
from beliefs.cli.output import plain_text
from beliefs.render import entries


@pytest.fixture
def agent():
    with Agent.in_memory() as agent:
        agent.load("[fly] forall x. bird(x) -> flies(x)\n[opus @3] bird(opus)")
        yield agent


def told(agent: Agent, number: int) -> str:
    entry = agent.entry(number)
    certified = entry.seal.certificate is not None
    shown = entries.entry(entry, agent.as_of(number - 1), agent.as_of(number), certified=certified)
    return plain_text(shown)


def test_a_change_with_its_conflicts_and_cost(agent):
    agent.revise('[seen "eyes"] !flies(opus)')
    assert told(agent, 2).splitlines()[2:] == [
        "source       eyes",
        "cost         1 at level 1",
        "before       2 beliefs",
        "after        2 beliefs: can all be true together",
        "certificate  kept",
        "",
        "Taken in (+) and given up (-):",
        "  +  seen  @1  !flies(opus)",
        "  -  fly   @1  forall x. bird(x) -> flies(x)",
        "",
        "Together these contradicted it:",
        "  fly   @1  forall x. bird(x) -> flies(x)",
        "  opus  @3  bird(opus)",
    ]


def test_what_was_observed_and_weakened(agent):
    agent.observe("!flies(opus)")
    assert "observed     by the policy prioritized\n" in told(agent, 2)
    assert "`fly.2` is a weaker form of `fly`." in told(agent, 2)


def test_what_was_not_believed(agent):
    agent.tell("[sure @certain] flies(opus)")
    agent.observe("!flies(opus)", policy="screened")
    assert "observed     by the policy screened and not believed\n" in told(agent, 3)


def test_contraction_conflict_and_consolidation(agent):
    agent.contract("flies(opus)")
    assert "Together these entailed it:" in told(agent, 2)
    agent.load("p\n!p", allow_conflict=True)
    assert "contradict one another" in told(agent, 3)
    agent.consolidate()
    assert "These could not all be true:" in told(agent, 4)


def test_what_has_no_certificate(agent):
    agent.expect("shines")
    assert "cost         nothing given up\n" in told(agent, 2)
    assert "certificate  none\n" in told(agent, 2)


@pytest.mark.parametrize(
    ("holds", "title", "word"),
    [
        (True, "The certificate holds", "holds"),
        (False, "does NOT hold", "fails"),
        (None, "Not every", "unknown"),
    ],
)
def test_a_report(holds, title, word):
    said = plain_text(entries.report(Report((Claim("success", holds, "why \x1b[1m"),))))
    assert title in said
    assert f"  {word}  success  why \\x1b[1m\n" in said
