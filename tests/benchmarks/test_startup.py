"""The benchmark of start-up: real processes, what they import, and how that is shown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import startup
from startup import COMMANDS, QUICK, lines, markdown, measure

SCRIPT = Path(startup.__file__)


@pytest.fixture(scope="module")
def figures():
    return measure(rounds=1, quick=True)


def test_every_command_is_timed(figures) -> None:
    rows = figures["commands"]
    assert [row["command"] for row in rows] == ["python -c pass", *QUICK]
    assert {command.shown for command in COMMANDS} >= set(QUICK)
    assert figures["rounds"] == 1
    for row in rows:
        assert 0 < row["least_s"] <= row["median_s"]
        assert row["processor_s"] > 0
    assert [row["command"] for row in rows if row["aim_s"]] == ["--help", "ask"]


def test_what_is_imported_is_seen(figures) -> None:
    imports = {row["command"]: row["imports"] for row in figures["commands"]}
    assert imports["python -c pass"] == []
    assert imports["--help"] == ["click"]
    assert "z3" in imports["ask, of numbers"]
    assert "z3" in imports["tell"]
    assert not {"z3", "networkx", "numpy", "matplotlib", "unified_planning"} & set(imports["ask"])


def test_the_table(figures) -> None:
    page = markdown(figures).splitlines()
    assert len(page) == 2 + len(lines(figures))
    assert page[2].startswith("| `python -c pass` | ")
    assert len({line.count("|") for line in page}) == 1


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"left with 2, not 0:\n.*there is no base"):
        startup.timed([sys.executable, "-m", "beliefs", "list"], tmp_path, 0)


def test_the_command() -> None:
    command = [sys.executable, str(SCRIPT), "--rounds", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "--rounds must be at least 1, not 0" in done.stderr
