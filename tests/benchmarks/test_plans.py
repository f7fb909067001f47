"""The plans benchmark on a tiny folder of our own: a typed domain with constants and negative preconditions."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "plans.py"

DOMAIN = """
(define (domain Lift)
  (:requirements :strips :typing :negative-preconditions)
  (:types floor person)
  (:constants ground - floor)
  (:predicates (lift-at ?f - floor) (waits ?p - person ?f - floor) (inside ?p - person) (locked) (key-in))
  (:action Turn-Key :parameters () :precondition (lift-at ground) :effect (and (key-in) (not (locked))))
  (:action move :parameters (?from ?to - floor)
    :precondition (and (lift-at ?from) (not (locked))) :effect (and (not (lift-at ?from)) (lift-at ?to)))
  (:action enter :parameters (?p - person ?f - floor)
    :precondition (and (lift-at ?f) (waits ?p ?f)) :effect (and (inside ?p) (not (waits ?p ?f))))
  (:action leave :parameters (?p - person ?f - floor)
    :precondition (and (lift-at ?f) (inside ?p)) :effect (and (waits ?p ?f) (not (inside ?p)))))
"""
PROBLEM = """
(define (problem p{number}) (:domain lift) (:objects f1 f2 - floor ann - person)
  (:init (lift-at ground) {locked} (waits ann {start}))
  (:goal (waits ann {end})))
"""
WORKS = ["(turn-key)", "(move ground f1)", "(enter ann f1)", "(move f1 f2)", "(leave ann f2)"]
PLANS = [
    # planner, problem, plan
    ("one", 1, ["(move ground f1)", "(enter ann f1)"]),  # fails: it is locked
    ("one", 1, []),  # malformed
    ("one", 1, ["(fly ann)"]),  # malformed
    ("two", 1, ["(move ground)"]),  # malformed
    ("two", 1, ["(move ground f1"]),  # malformed
    ("two", 2, ["(Enter Ann F1)", "(move ground f1)"]),  # fails: the lift is elsewhere
    ("two", 1, WORKS),
    ("one", 1, ["(move ground f2)"]),  # refused
    ("one", 2, ["(turn-key)"]),  # works, but misses the goal
    ("one", 2, ["(move ground f1)", "(enter ann f1)", "(move f1 ground)", "(leave ann ground)"]),
    ("two", 2, ["(enter ann f1)"]),  # refused: it is not locked, but the lift is elsewhere
    ("two", 3, ["(move ground nowhere)"]),  # refused: there is no such floor
    ("two", 3, ["(move ann ground)"]),  # refused: ann is no floor
]
KEYS = [
    "domain", "plans", "malformed", "failures", "failing_refused", "correct_executed", "correct_refused",
    "conditions", "conditions_learned", "conditions_wrong", "ms_per_step", "problems_open", "problems_solved",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lift = tmp_path / "lift"
    (lift / "problems").mkdir(parents=True)
    (lift / "domain.pddl").write_text(DOMAIN)
    for number, locked, start, end in (
        (1, "(locked)", "f1", "f2"),
        (2, "", "f1", "ground"),
        (3, "", "f1", "f2"),
    ):
        text = PROBLEM.format(number=number, locked=locked, start=start, end=end)
        (lift / "problems" / f"{number}.pddl").write_text(text)
    lines = [
        json.dumps({"planner": planner, "task": "t", "problem": problem, "plan": plan, "valid": True})
        for planner, problem, plan in PLANS
    ]
    (lift / "plans.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    return tmp_path


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_plans_are_counted_refused_and_learned_from(folder: Path) -> None:
    done = run(folder, "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert list(row)[: len(KEYS)] == KEYS
    assert {key: row[key] for key in KEYS if key != "ms_per_step"} == {
        "domain": "lift",
        "plans": 13,
        "malformed": 4,
        "failures": 2,
        "failing_refused": 4,
        "correct_executed": 2,
        "correct_refused": 0,
        "conditions": 7,
        "conditions_learned": 1,
        "conditions_wrong": 0,
        "problems_open": 3,
        "problems_solved": 3,
    }
    assert (row["missed_executed"], row["missed_refused"]) == (1, 0)
    assert 0 < row["ms_per_step"] < 5_000
    everything, latest, forbidden = row["baselines"]
    assert (everything["learner"], everything["failures"], everything["failing_refused"]) == (
        "no learning",
        6,
        0,
    )
    assert (everything["correct_executed"], everything["missed_executed"]) == (2, 1)
    assert (latest["learner"], forbidden["learner"]) == ("latest note", "forbid failed steps")
    assert forbidden["correct_refused"] > 0
    assert [(each["planner"], each["plans"]) for each in row["models"]] == [("one", 6), ("two", 7)]


def test_one_model_and_one_domain_alone(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "domain.pddl").write_text("(define")
    done = run(folder, "--json", "--domain", "lift", "--planner", "one", "--no-way-out")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert (row["plans"], row["malformed"], row["problems_solved"], row["models"]) == (6, 2, None, [])


def test_the_figures_are_shown_as_a_table(folder: Path) -> None:
    done = run(folder / "lift", "--no-way-out")
    assert done.returncode == 0, done.stderr
    assert "forbid failed steps" in done.stdout
    assert "lift: 2 failures, then 4 failing plans refused and 0 that work" in done.stdout


def test_what_is_missing_or_malformed_is_named(folder: Path) -> None:
    assert "there is no domain sea" in run(folder, "--domain", "sea").stderr
    assert "there are no plans of three, only of one, two" in run(folder, "--planner", "three").stderr
    assert "there is no folder with a domain.pddl" in run(folder / "lift" / "problems").stderr
    assert "there is no folder" in run(folder / "none").stderr
    (folder / "lift" / "problems" / "3.pddl").unlink()
    done = run(folder)
    assert done.returncode == 2
    assert "3.pddl cannot be read" in done.stderr
    whole = (folder / "lift" / "plans.jsonl.gz").read_bytes()
    for damaged in (b"no gzip", whole[: len(whole) // 2], gzip.compress(b"\xff\xfe")):
        (folder / "lift" / "plans.jsonl.gz").write_bytes(damaged)
        assert "plans.jsonl.gz cannot be read: " in run(folder).stderr
    (folder / "lift" / "plans.jsonl.gz").unlink()
    assert "there is no plans.jsonl.gz or plans.jsonl" in run(folder).stderr
    for malformed in ('{"planner": "one"}', "null", "[1]", "7", "{", '"planner problem plan"'):
        (folder / "lift" / "plans.jsonl").write_text(f"\n{malformed}\n")
        said = run(folder).stderr
        expected = 'plans.jsonl, line 2: expected {"planner": MODEL, "problem": N, "plan": [STEP, …]}'
        assert f"{expected}; not {malformed}" in said
