"""The commands for those who act: what they print, their exit codes, and their errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from beliefs.agent import Agent
from beliefs.cli.group import beliefs
from beliefs.planning.model import believed_state
from beliefs.planning.review import Review
from beliefs.planning.world import Outcome
from beliefs.reasoning.verdict import Unknown

DOMAIN = """
(define (domain door) (:requirements :strips)
  (:predicates (open ?d) (locked ?d) (inside))
  (:action unlock :parameters (?d) :precondition (locked ?d) :effect (not (locked ?d)))
  (:action enter :parameters (?d) :precondition (open ?d) :effect (inside)))
"""
PROBLEM = "(define (problem front) (:objects front back) (:init (locked front)) (:goal (inside)))"
REVIEW_KEYS = ["finding", "steps", "number", "step", "conditions", "because", "reason"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "door.pddl").write_text(DOMAIN)
    (tmp_path / "front.pddl").write_text(PROBLEM)
    return tmp_path


def run(folder: Path, *arguments: str, stdin: str | bytes | None = None) -> Result:
    environment = {"BELIEFS_BASE": str(folder / "test.db")}
    paths = [str(folder / each) if each.endswith((".pddl", ".plan")) else each for each in arguments]
    return CliRunner().invoke(beliefs, paths, input=stdin, env=environment)


def told(folder: Path, *arguments: str) -> Agent:
    assert run(folder, "actions", "door.pddl", *arguments).exit_code == 0
    return Agent.open(folder / "test.db")


def test_actions_and_facts_are_believed(folder):
    result = run(folder, "actions", "door.pddl", "--problem", "front.pddl", "--level", "5", "--json")
    assert result.exit_code == 0, result.output
    change = json.loads(result.stdout)
    assert (change["status"], change["entry"]) == ("done", 1)
    with Agent.open(folder / "test.db") as agent:
        assert str(agent.base["enter-needs-open-1"]) == "[enter-needs-open-1 @5] needs_enter(open_1)"
        assert agent.base["locked-front"].source == "front"
        assert {str(fact) for fact in believed_state(agent.base)} == {
            "(locked front)", "(object front)", "(object back)",
        }  # fmt: skip
    again = run(folder, "actions", "door.pddl")
    assert again.exit_code == 0
    assert "Nothing" in again.stdout or "already" in again.stdout


def test_an_empty_model_and_a_dry_run(folder):
    assert run(folder, "actions", "door.pddl", "--empty", "--dry-run").exit_code == 0
    assert not (folder / "test.db").exists()
    with told(folder, "--empty") as agent:
        assert agent.ask("needs_enter(open_1)").verdict == "disbelieved"


def test_a_plan_passes_until_it_is_known_to_fail(folder):
    (folder / "in.plan").write_text("(unlock front)\n(enter front)\n")
    with told(folder, "--problem", "front.pddl", "--empty") as agent:
        passed = run(folder, "review", "in.plan")
        assert (passed.exit_code, passed.stdout) == (0, "passed: no step of 2 is known to fail\n")
        agent.record("(enter front)", believed_state(agent.base), Outcome(False))
    refused = run(folder, "review", "in.plan")
    assert refused.exit_code == 1
    assert refused.stdout == (
        "refused: step 2, (enter front), needs (open front) or (inside), which is false by then\n"
        "because of\n"
        "  [enter-refused-1, entry 2] needs_enter(open_1) | needs_enter(inside_holds)\n"
    )
    as_json = json.loads(run(folder, "review", "in.plan", "--json").stdout)
    assert list(as_json) == REVIEW_KEYS
    assert as_json == {
        "finding": "refused",
        "steps": ["(unlock front)", "(enter front)"],
        "number": 2,
        "step": "(enter front)",
        "conditions": ["(open front)", "(inside)"],
        "because": [{"name": "enter-refused-1", "entry": 2}],
        "reason": None,
    }
    from_pipe = run(folder, "review", "-", stdin="(unlock front) ; first\n\n")
    assert (from_pipe.exit_code, from_pipe.stdout) == (0, "passed: no step of 1 is known to fail\n")


def test_a_step_about_a_stranger_is_told(folder):
    with told(folder, "--problem", "front.pddl", "--empty") as agent:
        agent.record("(enter front)", believed_state(agent.base), Outcome(False))
    refused = run(folder, "review", "-", stdin="(enter side)")
    assert refused.exit_code == 1
    assert refused.stdout.endswith("\nthe state says nothing of an individual side\n")


def test_what_could_not_be_told_is_unknown(folder, monkeypatch):
    told(folder).close()
    monkeypatch.setattr(Agent, "review", lambda self, plan: Review((), "unknown", reason="the time is up"))
    result = run(folder, "review", "-", stdin="(enter front)")
    assert (result.exit_code, result.stdout) == (3, "unknown: the time is up\n")


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["review", "-"], "(enter front) (", "line 1: a step is an action and its arguments"),
        (["review", "-"], "(leave front)", "(leave front): the base knows no action leave; it knows"),
        (["review", "-"], "(enter)", "(enter): enter takes 1 argument, and here are 0"),
        (["review", "-"], b"\xff", "standard input is not UTF-8 text"),
        (["review", "none.plan"], None, "none.plan"),
        (["actions", "none.pddl"], None, "none.pddl"),
        (["actions", "front.pddl"], None, "front.pddl: "),
        (["actions", "door.pddl", "--problem", "door.pddl"], None, "expected (define (problem NAME)"),
        (["actions", "door.pddl", "--level", "high"], None, "'high' is not a level"),
    ],
)
def test_what_is_wrong_is_told(folder, arguments, stdin, message):
    told(folder).close()
    before = (folder / "test.db").read_bytes()
    result = run(folder, *arguments, stdin=stdin)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert (folder / "test.db").read_bytes() == before


def test_a_base_is_needed_for_a_review(folder):
    result = run(folder, "review", "-", stdin="(enter front)")
    assert result.exit_code == 2
    assert "`beliefs init` makes one" in result.stderr


def test_a_plan_is_made(folder):
    told(folder, "--problem", "front.pddl").close()
    agreed = run(folder, "plan", "!locked(front)")
    assert (agreed.exit_code, agreed.stdout) == (0, "(unlock front)\n")
    held = run(folder, "plan", "locked(front)")
    assert (held.exit_code, held.stdout) == (0, "; it holds already\n")
    assert run(folder, "review", "-", stdin=held.stdout).exit_code == 0
    elsewhere = run(
        folder, "plan", "locked(front)", "--problem", "front.pddl", "--domain", "door.pddl", "--json"
    )
    assert json.loads(elsewhere.stdout) == {
        "status": "planned", "steps": [], "doubt": [], "kernel": [], "reason": None,
    }  # fmt: skip


def test_where_there_is_no_plan_the_least_doubt_is_told(folder):
    told(folder, "--problem", "front.pddl").close()
    stuck = run(folder, "plan", "inside")
    assert stuck.exit_code == 1
    assert stuck.stdout.splitlines() == [
        "stuck: no plan by what is believed; what is best doubted is",
        "  [enter-needs-open-1] needs_enter(open_1)",
        "which opens",
        "(enter back)",
    ]
    as_json = json.loads(run(folder, "plan", "inside", "--json").stdout)
    assert (as_json["status"], as_json["doubt"]) == ("stuck", ["enter-needs-open-1"])
    assert as_json["steps"] == ["(enter back)"]


def test_where_no_doubt_helps_the_evidence_is_told(folder):
    told(folder, "--problem", "front.pddl", "--level", "certain").close()
    out = run(folder, "plan", "inside")
    assert out.exit_code == 1
    assert out.stdout.splitlines()[0] == "out of reach, because of"
    assert "  [enter-needs-open-1] needs_enter(open_1)" in out.stdout
    hopeless = run(folder, "plan", "open(front)")
    assert hopeless.stdout.startswith("out of reach: nothing that the actions could")
    as_json = json.loads(run(folder, "plan", "inside", "--json").stdout)
    assert as_json["status"] == "out of reach"
    assert "enter-needs-open-1" in as_json["kernel"]


def test_a_search_for_a_plan_that_ends_early_is_unknown(folder, monkeypatch):
    told(folder, "--problem", "front.pddl").close()
    monkeypatch.setattr("beliefs.planning.pursuit.least_doubt", lambda *_, **__: Unknown("the time is up"))
    result = run(folder, "plan", "inside")
    assert (result.exit_code, result.stdout) == (3, "unknown: the time is up\n")
    assert json.loads(run(folder, "plan", "inside", "--json").stdout)["reason"] == "the time is up"


def test_a_problem_needs_its_domain(folder):
    told(folder).close()
    result = run(folder, "plan", "inside", "--problem", "front.pddl")
    assert result.exit_code == 2
    assert "--problem and --domain go together" in result.stderr


def test_a_domain_is_mended(folder):
    (folder / "in.plan").write_text("(unlock front)\n(enter front)\n")
    (folder / "rash.plan").write_text("(enter front)\n")
    works = ("--works", "front.pddl", "in.plan")
    mended = run(folder, "mend", "door.pddl", *works)
    assert mended.exit_code == 0, mended.output
    assert len(mended.stdout.splitlines()) == 1
    as_json = json.loads(
        run(folder, "mend", "door.pddl", *works, "--fails", "front.pddl", "rash.plan", "--json").stdout
    )
    assert as_json["status"] == "mended"
    assert as_json["changes"] == ["action unlock: add the effect (open ?d)"]
    agreed = run(folder, "mend", "door.pddl", "--fails", "front.pddl", "in.plan")
    assert (agreed.exit_code, agreed.stdout) == (0, "the domain agrees with all plans\n")
    (folder / "same.plan").write_text("(unlock front)\n(enter front)\n")
    torn = run(folder, "mend", "door.pddl", *works, "--fails", "front.pddl", "same.plan")
    assert (torn.exit_code, torn.stdout) == (1, "no domain agrees with all of in.plan, same.plan\n")
    late = run(folder, "mend", "door.pddl", *works, "--timeout", "1ms")
    assert late.exit_code in (0, 3)
