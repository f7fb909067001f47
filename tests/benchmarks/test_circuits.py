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
