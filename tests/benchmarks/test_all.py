"""All benchmarks at once: which are run and how, and what becomes of their figures."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

benchmarks = importlib.import_module("all")

PAGE = """\
# Figures

<!-- figures: machine -->
some machine
<!-- end -->

Prose that stays.

<!-- figures: counting -->
| n | of |
|---:|---:|
| 1 | 2 |
<!-- end -->

More of it.
"""

COUNTING = """\
import json, sys
if "--fail" in sys.argv:
    sys.exit("no figures: something is wrong")
print("no JSON" if "--garble" in sys.argv else json.dumps({"arguments": sys.argv[1:]}))
def markdown(figures):
    return "| n | of |\\n|---:|---:|\\n" + f"| {len(figures['arguments'])} | \\\\| |\\n"
if __name__ == "__main__":
    sys.exit(0)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a benchmark in it, called `counting`."""
    (tmp_path / "counting.py").write_text(COUNTING)
    monkeypatch.setattr(benchmarks, "FOLDER", tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "counting", raising=False)
    return tmp_path


def counting(**more):
    return benchmarks.one_table("counting", **more)


def test_a_benchmark_is_called_for_its_figures(folder: Path) -> None:
    outcome = benchmarks.run_all([counting(arguments=("--slow",))])
    assert outcome.figures == {"counting": {"arguments": ["--slow", "--json"]}}
    assert outcome.seconds.keys() == {"counting"}
    assert (outcome.left_out, outcome.failed) == ({}, {})
    outcome = benchmarks.run_all([counting(plots=True, alone=True)], images=folder, quick=True)
    assert outcome.figures["counting"]["arguments"] == ["--quick", "--json", "--plot", str(folder)]


def test_data_is_handed_on_where_it_is_there(folder: Path) -> None:
    (folder / "data" / "cnf").mkdir(parents=True)
    outcome = benchmarks.run_all([counting(data="cnf")], folder / "data")
    assert outcome.figures["counting"]["arguments"] == [str(folder / "data" / "cnf"), "--json"]
    outcome = benchmarks.run_all([counting(data="cnf", optional=True)])
    assert outcome.figures["counting"]["arguments"] == ["--json"]
    outcome = benchmarks.run_all([counting(data="plans")], folder / "data")
    assert outcome.left_out == {
        "counting": f"it needs a folder {folder / 'data' / 'plans'}, with the data that counting.py describes"
    }
    assert "it needs --data DIR" in benchmarks.run_all([counting(data="plans")]).left_out["counting"]


def test_one_that_is_not_there_is_left_out(folder: Path) -> None:
    outcome = benchmarks.run_all([benchmarks.one_table("missing"), counting()])
    assert outcome.left_out == {"missing": "there is no missing.py beside all.py"}
    assert outcome.figures.keys() == {"counting"}


def test_failures_are_told(folder: Path) -> None:
    names = {
        "--fail": "it left with 1: no figures: something is wrong",
        "--garble": "what it printed is no JSON",
    }
    for argument, why in names.items():
        outcome = benchmarks.run_all([counting(arguments=(argument,))])
        assert outcome.figures == {}
        assert outcome.failed["counting"].startswith(why)
    (folder / "counting.py").write_text("import time; time.sleep(60)")
    assert benchmarks.run_all([counting()], limit=0.2).failed == {"counting": "it took longer than 0.2 s"}


def test_tables_are_put_into_their_places(folder: Path) -> None:
    page, missing = benchmarks.refreshed(PAGE, [counting()], {"counting": {"arguments": [1, 2, 3]}})
    assert missing == []
    assert "| 3 | \\| |\n<!-- end -->\n\nMore of it.\n" in page
    assert "some machine" not in page
    assert benchmarks.machine() in page
    assert "Prose that stays." in page
    assert list(benchmarks.faults(page, [counting()])) == []
    assert benchmarks.refreshed(page, [counting()], {"counting": {"arguments": [1, 2, 3]}}) == (page, [])
    _, missing = benchmarks.refreshed("no place\n", [counting()], {"counting": {"arguments": []}})
    assert missing == ["machine", "counting"]
    assert benchmarks.refreshed(PAGE, [counting()], {}) == (PAGE, [])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<!-- figures: counting -->", "", "there is no place for counting"),
        ("<!-- figures: counting -->", "<!-- figures: other -->", "no benchmark is called other"),
        ("| 1 | 2 |\n<!-- end -->", "| 1 | 2 |", "the place for counting is not closed by `<!-- end -->`"),
        ("some machine\n<!-- end -->", "", "the place for machine is not closed before the next one"),
        ("some machine\n", "", "the place for machine is empty"),
        ("| 1 | 2 |", "| 1 | 2 | 3 |", "counting: a row has 3 cells below 2 headings: | 1 | 2 | 3 |"),
        ("|---:|---:|\n", "", "counting: a table has no line below its headings"),
        ("More of it.", "<!-- figures: machine -->\nx\n<!-- end -->", "there are 2 places for machine"),
    ],
)
def test_what_is_wrong_with_a_page_is_seen(old: str, new: str, fault: str) -> None:
    assert list(benchmarks.faults(PAGE, [counting()])) == []
    found = list(benchmarks.faults(PAGE.replace(old, new), [counting()]))
    assert any(each.startswith(fault) for each in found), found


def test_the_end(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docs, written = folder / "page.md", folder / "figures.json"
    docs.write_text(PAGE)
    arguments = argparse.Namespace(quick=False, docs=docs, json=written)
    chosen = [counting(), benchmarks.one_table("missing")]
    outcome = benchmarks.run_all(chosen)
    assert benchmarks.conclude(chosen, outcome, arguments) == 0
    assert "| 1 | \\| |" in docs.read_text()
    said = json.loads(written.read_text())
    assert said["machine"] == benchmarks.machine()
    assert said["benchmarks"]["counting"]["figures"] == {"arguments": ["--json"]}
    assert said["left_out"].keys() == {"missing"}
    assert "missing was left out: there is no missing.py" in capsys.readouterr().out
    docs.write_text(PAGE)
    assert benchmarks.conclude(chosen, outcome, argparse.Namespace(quick=True, docs=docs, json=None)) == 0
    assert docs.read_text() == PAGE
    assert "| 1 | \\| |" in capsys.readouterr().out
    docs.write_text("no place\n")
    assert benchmarks.conclude(chosen, outcome, argparse.Namespace(quick=False, docs=docs, json=None)) == 1
    assert "counting has no place in page.md" in capsys.readouterr().out
    outcome = benchmarks.run_all([counting(arguments=("--fail",))])
    assert benchmarks.conclude(chosen, outcome, argparse.Namespace(quick=True, docs=docs, json=None)) == 1
    assert "counting FAILED: it left with 1" in capsys.readouterr().out


@pytest.mark.parametrize("benchmark", benchmarks.BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_every_benchmark_makes_its_tables(benchmark) -> None:
    module = importlib.import_module(benchmark.module)
    for function in benchmark.tables.values():
        assert callable(getattr(module, function))


def test_the_docs_have_a_place_for_each_that_is_there() -> None:
    there = [each for each in benchmarks.BENCHMARKS if (benchmarks.FOLDER / f"{each.module}.py").is_file()]
    page = benchmarks.DOCS.read_text(encoding="utf-8")
    assert list(benchmarks.faults(page, there)) == []


# The tables of those that have no test of them elsewhere, of what they print.


def test_the_table_of_circuits() -> None:
    module = importlib.import_module("circuits")
    row = {
        "file": "c17/a.wcnf.gz",
        "cost": 1,
        "optimum": 1,
        "kernels": 1,
        "ms": 2.0,
        "rc2_ms": 1.0,
        "certificate": True,
    }
    other = row | {"file": "c432/b.wcnf", "cost": 2, "ms": 45.2}
    assert module.markdown([row, other]).splitlines()[2:] == [
        "| c17 | 1 | 1 | 1 | 2.0 / 2.0 / 2.0 | 1.0 / 1.0 / 1.0 | 2.0 / 2.0 / 2.0 |",
        "| c432 | 1 | 0 | 1 | 45 / 45 / 45 | 1.0 / 1.0 / 1.0 | 45 / 45 / 45 |",
        "| all | 2 | 1 | 2 | 2.0 / 23.6 / 45 | 1.0 / 1.0 / 1.0 | 2.0 / 23.6 / 45 |",
    ]
    found = {"file": "a.wcnf", "observations": 6, "diagnoses": 2, "ms": 1.5, "hitman_ms": 3.0}
    assert module.markdown_of_all([found]).splitlines()[2] == (
        "| a.wcnf | 1 | 6 | 2 / 2 / 2 | 1.5 / 1.5 / 1.5 | 3.0 / 3.0 / 3.0 | 0.50 / 0.50 / 0.50 |"
    )
    assert "| all | 2 | 6–9 |" in module.markdown_of_all([found, found | {"observations": 9}])


def test_the_tables_of_plans() -> None:
    module = importlib.import_module("plans")
    counts = dict.fromkeys(module.Tally("").counts(), 0) | {
        "plans": 1_234,
        "missed_executed": 3,
        "correct_executed": 4,
    }
    row = {
        **counts,
        "domain": "lift",
        "conditions": 5,
        "conditions_learned": 4,
        "conditions_wrong": 0,
        "problems_open": 2,
        **dict.fromkeys(("problems_solved", "way_out_failures", "way_out_ms", "ms_per_plan"), None),
        "ms_per_step": 0.034,
        "baselines": [{"learner": "no learning", **counts}],
        "models": [
            {"planner": "two", **counts, "conditions_learned": 3},
            {"planner": "one", **counts, "conditions_learned": 1},
        ],
    }
    assert module.markdown([row]).splitlines()[2:] == [
        "| lift | **beliefs** | 1,234 | 0 | 0 | 0 | 7 | 0 |",
        "| lift | no learning | 1,234 | 0 | 0 | 0 | 7 | 0 |",
    ]
    assert module.markdown_of_conditions([row]).splitlines()[2:] == [
        "| lift | 4 of 5 | 0 | 0.03 | – | 2 | – | – | – |"
    ]
    assert [line.split("|")[2].strip() for line in module.markdown_of_models([row]).splitlines()[2:]] == [
        "one",
        "two",
    ]
    for page in (
        module.markdown([row]),
        module.markdown_of_conditions([row]),
        module.markdown_of_models([row]),
    ):
        assert len({line.count("|") for line in page.splitlines()}) == 1


def test_the_tables_of_parsing_repair_and_shift() -> None:
    parsing, repair, shift = map(importlib.import_module, ("parsing", "repair", "shift"))
    figures = {
        "sentences": [
            {"text": "a | b", "parse_us": 15.2, "print_us": 0.4, "extend_us": 4.0, "elaborate_us": 0.8}
        ],
        "document": {
            "beliefs": 10_000,
            "seconds": 1.1,
            "beliefs_per_second": 9_000,
            "characters_per_second": 430_000,
        },
        "first_use": {"import_ms": 68.2, "grammar_ms": 9.9},
    }
    said = parsing.markdown(figures)
    assert said.splitlines()[2] == "| `a \\| b` | 15 | 0.4 | 4 | 0.8 |"
    assert "68 ms to import it and 10 ms to load its tables" in said
    row = repair.Row(1_000, 10, 24.6, 50.1, 53.0, 2.1, 2.2)
    assert repair.markdown([vars(row)]).splitlines()[2] == "| 1,000 | 10 | 25 | 50 | 53 | 2.1 / 2.2 |"
    empty = dict.fromkeys(shift.JSON_KEYS, 0.5)
    before = empty | {"agent": "repair", "phase": "before", "detour": None, "ms_per_observation": 12.4}
    assert shift.markdown([before, before | {"phase": "after"}]).splitlines()[2:] == [
        "| repair | before | 50 % ± 50 | 0.5 ± 0.5 | – | 50 % | 50 % | 12 |",
        "| | after | 50 % ± 50 | 0.5 ± 0.5 | – | 50 % | 50 % | 12 |",
    ]


# The command.


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(Path(benchmarks.__file__)), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_checks_a_page(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    done = run("--check", "--docs", str(tmp_path / "page.md"))
    assert done.returncode == 1
    assert "there is no place for families" in done.stdout
    assert "no benchmark is called counting" in done.stdout


def test_what_is_wrong_with_the_arguments_is_told(tmp_path: Path) -> None:
    assert "there is no folder" in run("--data", str(tmp_path / "none")).stderr
    assert "there is no page" in run("--docs", str(tmp_path / "none.md")).stderr
    assert "--jobs must be at least 1, not 0" in run("--jobs", "0").stderr
    assert "invalid choice: 'none'" in run("--only", "none").stderr
