"""The kernels benchmark on files of our own."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kernels.py"

# Kernels {1, 2}, {1, 3, 4}; what remainders leave out is {1}, {2, 3}, {2, 4}.
CONTRADICTORY = "p cnf 3 5\n1 0\n-1 0\n-1 2 0\n-2 0\n3 0\n"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_all_find_the_same_in_the_files_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "one.cnf").write_text(CONTRADICTORY)
    (tmp_path / "deep" / "two.cnf.gz").write_bytes(gzip.compress(CONTRADICTORY.encode()))
    (tmp_path / "consistent.cnf").write_text("p cnf 1 1\n1 0\n")
    done = run(str(tmp_path), "--quick", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["instances"]
    assert [row["name"] for row in rows] == ["deep/two.cnf.gz", "one.cnf"]
    for row in rows:
        assert row["kernel_checked"] is row["same"] is True
        assert row["kernel_size"] in (2, 3)
        assert row["kernels"]["found"] == row["marco_kernels"]["found"] == row["optux_kernels"]["found"] == 2
        assert row["optux_unsorted_kernels"]["found"] == 2
        assert row["remainders"]["found"] == row["marco_remainders"]["found"] == 3
        assert all(row[f"{who}_{what}"] > 0 for who in ("kernel", "musx") for what in ("ms", "whole_ms"))


def test_generated_instances(tmp_path: Path) -> None:
    done = run("--quick", "--seconds", "0.05")
    assert done.returncode == 0, done.stderr
    assert "7 pigeons" in done.stdout


def test_a_folder_without_contradictions_is_named(tmp_path: Path) -> None:
    done = run(str(tmp_path))
    assert done.returncode == 2
    assert "no contradiction" in done.stderr
