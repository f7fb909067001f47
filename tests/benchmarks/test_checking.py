"""The benchmark of checking, on small journals and bases."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from checking import Warehouse, change_figures, journal_figures, live, markdown, plot

from beliefs import Agent

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "checking.py"


def nothing() -> None:
    pass


def journal(seed: int) -> list[str | None]:
    with Agent.in_memory() as agent:
        live(agent, 60, numbers=0.0, seed=seed, tick=nothing)
        return [f"{entry.decision.operation} {entry.decision.input}" for entry in agent.log()]


def test_the_seed_draws_the_journal() -> None:
    first = journal(1)
    assert first == journal(1)
    assert first != journal(2)
    operations = {each.split()[0] for each in first if each is not None}
    assert operations == {"expand", "revise", "contract", "undo"}


def test_what_an_agent_sees_is_as_the_warehouse_is() -> None:
    world = Warehouse(random.Random(0), boxes=9, doors=2, kinds=3)
    for _ in range(50):
        world.fact()
    for _ in range(50):
        seen = world.sight()
        kind, box = seen.removeprefix("!").removeprefix("care").removesuffix(")").split("(box")
        assert seen.startswith("!") == (world._exceptions[int(kind)] in world._has[int(box)])


def test_figures(tmp_path: Path) -> None:
    figures = {
        "journals": [
            journal_figures(25, numbers=0.0, seed=0, tick=nothing),
            journal_figures(10, numbers=0.5, seed=0, tick=nothing),
        ],
        "changes": change_figures(60, 4, 0, nothing),
    }
    assert [row["failed"] for row in figures["journals"]] == [0, 0]
    for row in figures["journals"]:
        assert 0 < row["certificates"] <= row["entries"] == row["changes"] + 1
        assert min(row["per_second"], row["command_per_second"], row["megabytes"]) > 0
    assert [row["operation"] for row in figures["changes"]] == ["expand", "revise", "contract", "observe"]
    for row in figures["changes"]:
        assert row["changes"] == 4
        assert 0 < row["alone_ms"] <= row["made_ms"] <= row["checked_ms"]
        assert 1 <= row["made_ratio"] <= row["checked_ratio"]
    table = markdown(json.loads(json.dumps(figures)))
    assert table == markdown(figures)
    assert len({line.count("|") for line in table.split("\n\n")[0].splitlines()}) == 1
    plot(figures, tmp_path)
    assert ElementTree.parse(tmp_path / "checking.svg").getroot().tag.endswith("svg")


def test_the_command() -> None:
    arguments = ["--sizes", "12", "--numbers", "0", "--bases", "40", "--changes", "2", "--json"]
    done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert [row["changes"] for row in json.loads(done.stdout)["journals"]] == [12]
