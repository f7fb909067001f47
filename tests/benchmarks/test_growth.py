"""The benchmark of growth: its bases are consistent at every size, and it does at a small one what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import growth
import pytest

from beliefs import Agent


@pytest.mark.parametrize("seed", range(6))
def test_the_base_is_consistent(seed: int) -> None:
    with Agent.in_memory() as agent:
        told = list(growth.beliefs(2_000, seed))
        assert 1_700 < len(told) < 2_000
        assert agent.adopt(told).status == "done"


def test_it_runs_and_tells(tmp_path: Path) -> None:
    command = [sys.executable, growth.__file__, "--quick", "--json", "--plot", str(tmp_path)]
    rows = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [row["done"] for row in rows] == [True, True]
    assert {"growth.png", "growth.svg"} == {path.name for path in tmp_path.iterdir()}
    assert growth.markdown(rows).count("\n") == 13
