"""The benchmark of random circuits: what they are made of, and that both routes find the fault."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from time import process_time

import gates
import pytest
from circuits import Question, diagnoses_by_hitman, injected_fault
from gates import (
    KINDS,
    OBSERVATIONS,
    Gate,
    _GivenUpError,
    clauses_of,
    faulty_circuit,
    markdown,
    measure,
    plot,
    within,
)

SCRIPT = Path(gates.__file__)


@pytest.mark.parametrize("kind", KINDS)
def test_clauses_say_what_a_healthy_gate_does(kind: str) -> None:
    clauses = clauses_of(Gate(kind, 0, 1), 3, 4)
    for one, other, out, healthy in product((0, 1), repeat=4):
        values = {1: one, 2: other, 3: out, 4: healthy}
        right = all(any(values[abs(each)] == (each > 0) for each in clause) for clause in clauses)
        assert right == (not healthy or out == KINDS[kind](one, other, 1))
        assert all(clause[0] == -4 and abs(clause[1]) == 3 for clause in clauses)


@pytest.mark.parametrize("seed", range(6))
def test_the_gate_that_is_another_is_a_diagnosis(seed: int) -> None:
    wcnf = faulty_circuit(30, 5, seed)
    assert wcnf == faulty_circuit(30, 5, seed)
    assert wcnf != faulty_circuit(30, 5, seed + 1)
    assert len(wcnf.observations) == 5
    question = Question.of(wcnf)
    found = [set(each.labels) for each in question.diagnoses(question.base())]
    fault = injected_fault(wcnf, question.shared)
    assert fault is not None
    assert len(fault) == 1
    assert fault in found
    theirs = diagnoses_by_hitman(wcnf, question.shared)
    assert sorted(map(sorted, found)) == sorted(sorted(f"s{number}" for number in each) for each in theirs)


def test_figures_are_measured_and_shown(tmp_path: Path) -> None:
    figures = measure((20, 40), seeds=2)
    small, large = figures["rows"]
    assert (small["gates"], large["gates"]) == (20, 40)
    assert figures["observations"] == OBSERVATIONS
    for row in figures["rows"]:
        assert row["same_size"] == row["circuits"] == 2
        assert row["given_up"] == 0
        assert 0 < row["least_ms"] <= row["median_ms"] <= row["most_ms"]
    lines = markdown(figures).splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("| 20 | 2 | 2 |")
    plot(figures, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"gates.png", "gates.svg"}


def test_what_takes_too_long_is_given_up() -> None:
    def endless() -> None:
        while True:
            process_time()

    with pytest.raises(_GivenUpError):
        within(0.05, endless)
    figures = measure((20, 30), seeds=1, patience=0.0001)
    first, second = figures["rows"]
    assert (first["given_up"], first["hitman_least_ms"], second["ratio"]) == (1, None, None)
    assert "over 0" in markdown(figures)
    assert "not tried" in markdown(figures)


def test_the_command_prints_what_it_measures() -> None:
    command = [sys.executable, str(SCRIPT), "--sizes", "20", "--seeds", "1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert [row["gates"] for row in json.loads(done.stdout)["rows"]] == [20]
    done = subprocess.run([*command, "--seeds", "0"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--seeds takes a number from 1" in done.stderr
