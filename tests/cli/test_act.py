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
