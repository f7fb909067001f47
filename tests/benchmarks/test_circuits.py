"""The circuits benchmark on a circuit of our own: an adder of two bits with a stuck gate."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "circuits.py"

# Inputs 1 and 2; 3 is their exclusive or, 4 their conjunction; 5 and 6 say that the two gates are healthy.
GATES = """\
c mutated gates: carry
c mutation: -4 0
o 1 -2 3 -4 0
o {observation} 0
p wcnf 6 9 10
10 -5 -3 1 2 0
10 -5 -3 -1 -2 0
10 -5 3 -1 2 0
10 -5 3 1 -2 0
10 -6 -4 1 0
10 -6 -4 2 0
10 -6 4 -1 -2 0
{soft}
"""
SINGLE = GATES.format(observation="1 2 -3 -4", soft="1 5 0\n1 6 0")
DOUBLE = GATES.format(observation="1 2 3 -4", soft="3 5 0\n2 6 0")


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_least_cost_is_found_and_proven(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "one.wcnf").write_text(SINGLE)
    (tmp_path / "deep" / "two.wcnf.gz").write_bytes(gzip.compress(DOUBLE.encode()))
    done = run(tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [set(row) for row in rows] == [
        {"file", "cost", "optimum", "kernels", "ms", "rc2_ms", "certificate"}
    ] * 2
    assert [(row["file"], row["cost"], row["optimum"], row["certificate"]) for row in rows] == [
        ("deep/two.wcnf.gz", 5, 5, True),
        ("one.wcnf", 1, 1, True),
    ]
    assert all(row["kernels"] >= 1 and row["ms"] > 0 and row["rc2_ms"] > 0 for row in rows)
    shown = run(tmp_path)
    assert "one.wcnf" in shown.stdout
    assert "2 files: 2 at the least cost, 2 certificates checked" in shown.stdout


def test_a_folder_without_circuits_is_named(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert "there is no *.wcnf" in done.stderr


def test_a_circuit_that_never_fails_is_named(tmp_path: Path) -> None:
    (tmp_path / "fine.wcnf").write_text(GATES.format(observation="1 2 -3 4", soft="1 5 0\n1 6 0"))
    done = run(tmp_path, "--json")
    assert done.returncode == 1
    assert "contradicts none of its 2 observations" in done.stderr


# An inverter that feeds two others: 1 is its input, 2 the wire between, 3 and 4 are the outputs; 5, 6 and 7 say that
# they are healthy. Where 3 alone is wrong, the second is to blame, or both others are.
INVERTERS = """\
c mutated gates: second
c corresp. vars: 3
c mutation: 3 0
c # observ: {count}
{observations}
p wcnf 7 9 4
4 -5 -2 -1 0
4 -5 2 1 0
4 -6 -3 -2 0
4 -6 3 2 0
4 -7 -4 -2 0
4 -7 4 2 0
1 5 0
1 6 0
1 7 0
"""
SEEN = ("o 1 -3 0", "o -1 3 0", "o 1 -3 4 0")
ALL_KEYS = {
    "file",
    "diagnoses",
    "published",
    "injected_found",
    "ms",
    "hitman_diagnoses",
    "hitman_ms",
    "observations",
    "kernels",
}


def inverters(*observations: str) -> str:
    return INVERTERS.format(count=len(observations), observations="\n".join(observations))


def test_all_observations_are_diagnosed_together(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "three.wcnf.gz").write_bytes(gzip.compress(inverters(*SEEN).encode()))
    (tmp_path / "two.wcnf").write_text(inverters(*SEEN[:2]))
    (tmp_path / "published.json").write_text(json.dumps({"deep/three.wcnf.gz": {"minimal_diagnoses": 2}}))
    done = run(tmp_path, "--all-observations", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [set(row) for row in rows] == [ALL_KEYS] * 2
    three, two = rows
    assert (three["file"], three["diagnoses"], three["published"]) == ("deep/three.wcnf.gz", 2, 2)
    assert (two["file"], two["diagnoses"], two["published"]) == ("two.wcnf", 2, None)
    for row in rows:
        assert row["injected_found"] is True
        assert row["diagnoses"] == row["hitman_diagnoses"]
        assert row["ms"] > 0
        assert row["hitman_ms"] > 0
    shown = run(tmp_path, "--all-observations")
    assert (
        "2 files: 1 of 1 as published, 2 as python-sat finds, the injected fault found in 2" in shown.stdout
    )
    first = json.loads(run(tmp_path, "--all-observations", "--first", "1", "--json").stdout)
    assert [(row["observations"], row["published"]) for row in first] == [(1, None), (1, None)]


def test_a_count_that_differs_is_told(tmp_path: Path) -> None:
    (tmp_path / "two.wcnf").write_text(inverters(*SEEN[:2]))
    (tmp_path / "published.json").write_text(json.dumps({"two.wcnf": {"minimal_diagnoses": 7}}))
    done = run(tmp_path, "--all-observations", "--json")
    assert done.returncode == 1
    (row,) = json.loads(done.stdout)
    assert (row["diagnoses"], row["published"]) == (2, 7)
    assert "0 of 1 as published" in run(tmp_path, "--all-observations").stdout


def test_a_fault_that_was_not_injected_alone_is_told(tmp_path: Path) -> None:
    (tmp_path / "both.wcnf").write_text(inverters("o 1 -3 -4 0", "o -1 3 -4 0"))
    done = run(tmp_path, "--all-observations", "--json")
    assert done.returncode == 1
    (row,) = json.loads(done.stdout)
    assert row["injected_found"] is False
    assert "NOT FOUND" in run(tmp_path, "--all-observations").stdout


def test_a_circuit_without_observations_is_named(tmp_path: Path) -> None:
    (tmp_path / "none.wcnf").write_text(inverters())
    done = run(tmp_path, "--all-observations")
    assert done.returncode == 1
    assert "none.wcnf: there is no observation" in done.stderr


def test_options_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    for options in (("--first", "2"), ("--all-observations", "--first", "0")):
        done = run(tmp_path, *options)
        assert done.returncode == 2
        assert "--first takes a number from 1, and goes with --all-observations" in done.stderr
