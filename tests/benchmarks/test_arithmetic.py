"""The arithmetic benchmark on bases of twenty beliefs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "arithmetic.py"
SMALLEST = """
import json, sys
sys.path.insert(0, {folder!r})
import arithmetic
from pathlib import Path

figures = arithmetic.measure(beliefs=20, sizes=(20, 30), count=2, rounds=1, small=20)
arithmetic.plot(figures, Path({plots!r}))
print(json.dumps([figures, arithmetic.markdown(figures)]))
"""


def test_revisions_are_measured_checked_and_drawn(tmp_path: Path) -> None:
    code = SMALLEST.format(folder=str(SCRIPT.parent), plots=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    figures, tables = json.loads(done.stdout)
    assert [row["family"] for row in figures["families"]] == ["schedules", "thresholds", "budgets", "coupled"]
    assert len(figures["growth"]) == 8
    assert figures["small"] == {"revisions": 8, "same_cost": 8}
    for row in (*figures["families"], *figures["growth"]):
        assert row["certificates_checked"] == row["observations"] == 2
        assert row["unknown"] == row["z3_stopped"] == 0
        assert row["touched"] <= row["beliefs"]
        assert min(row["make"], row["check"], row["z3_check"], row["ratio"]) > 0
    assert tables.count("| schedules |") == 3
    assert {path.name for path in tmp_path.iterdir()} == {"arithmetic.png", "arithmetic.svg"}


def test_too_few_beliefs_are_refused() -> None:
    command = [sys.executable, str(SCRIPT), "--beliefs", "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "20 beliefs at least" in done.stderr
