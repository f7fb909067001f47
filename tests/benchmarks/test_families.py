"""The families: what they are made of, that least costs are found on them, and how figures are shown."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from itertools import product
from pathlib import Path

import families
import pytest
from families import FAMILIES, INPUTS, RECORD, drawn, forward_chained, lines, markdown, measure, plot
from immutables import Map

from beliefs.language.semantics import Model, truth
from beliefs.language.syntax import Formula

SCRIPT = Path(families.__file__)


def true_in(formulas: list[Formula], names: list[str]) -> list[frozenset[int]]:
    """Of every truth assignment, which of the formulas are true in it."""
    result = []
    for values in product((False, True), repeat=len(names)):
        model = Model(true=Map({(name,): None for name, value in zip(names, values, strict=True) if value}))
        result.append(frozenset(number for number, formula in enumerate(formulas) if truth(formula, model)))
    return result


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("size", [10, 14, 23])
def test_a_base_has_its_size_and_the_seed_draws_it(family: str, size: int) -> None:
    case, again, other = (FAMILIES[family](size, random.Random(seed)) for seed in (1, 1, 2))
    assert case == again
    assert case.inputs != other.inputs
    assert len(case.formulas) == size
    assert len(case.inputs) == INPUTS


@pytest.mark.parametrize("seed", range(20))
def test_what_is_derived_is_entailed_by_horn_clauses(seed: int) -> None:
    rng = random.Random(seed)
    clauses = [families._horn_clause(6, rng) for _ in range(10)]
    models = [
        {atom for atom, value in enumerate(values) if value}
        for values in product((False, True), repeat=6)
        if all(
            values[head] or not all(values[each] for each in body) for body, head in clauses
        )
    ]  # fmt: skip
    assert forward_chained(clauses) == set.intersection(*models)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_least_is_given_up(family: str) -> None:
    """Beside all subsets of the base, in all truth assignments; all beliefs weigh the same."""
    for number in range(3):
        case, agent, _ = drawn(family, 9, number, 20)
        names = [f"p{index}" for index in range(10)]
        for formula in case.inputs[:4]:
            satisfied = true_in([*case.formulas, formula], names)
            most = max(len(each) - 1 for each in satisfied if len(case.formulas) in each)
            change = agent.revise(formula, dry_run=True)
            assert len(change.removed) == len(case.formulas) - most
        agent.close()


def test_figures_and_their_table() -> None:
    figures = measure([10, 12], ["horn", "cnf"])
    assert figures["record"] == list(RECORD)
    assert [(row["family"], row["formulas"]) for row in figures["rows"]] == [
        *(("horn", 10), ("horn", 12)),
        *(("cnf", 10), ("cnf", 12)),
    ]
    for row in figures["rows"]:
        assert row["revisions"] == INPUTS
        assert row["bases"] == 5
        assert row["given_up"] == 0
        assert 0 < row["least_ms"] <= row["median_ms"] <= row["most_ms"]
        assert row["kernels"] >= row["removed"] >= 1
        assert 1 <= row["largest_kernel"] <= row["formulas"]
    headings, *body = lines(figures)
    assert [line[0] for line in body] == ["10", "12", "14", "20"]
    assert [line[1] for line in body] == ["0.2 to 2.8 s", "", "1.7 to > 120 s", "> 120 s"]
    page = markdown(figures).splitlines()
    assert len(page) == 2 + len(body)
    assert page[1] == "|" + "---:|" * len(headings)
    assert len({line.count("|") for line in page}) == 1


def test_who_takes_too_long_is_given_up_and_not_tried_on_more() -> None:
    figures = measure([10, 12], ["chain"], 1e-4)
    (row,) = figures["rows"]
    assert (row["formulas"], row["revisions"], row["given_up"]) == (10, 0, 1)
    assert (row["least_ms"], row["median_ms"], row["most_ms"]) == (None, None, None)
    assert "> 0 / > 0 / > 0" in markdown(figures)


def test_the_picture_is_one(tmp_path: Path) -> None:
    plot(measure([10, 12], ["horn"]), tmp_path / "new")
    assert (tmp_path / "new" / "families.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert "TweetyProject" not in (tmp_path / "new" / "families.png").name
    assert (tmp_path / "new" / "families.svg").read_text().rstrip().endswith("</svg>")


def test_the_command(tmp_path: Path) -> None:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(SCRIPT), *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    done = run("--sizes", "10", "--family", "chain", "--json")
    assert done.returncode == 0, done.stderr
    assert [row["formulas"] for row in json.loads(done.stdout)["rows"]] == [10]
    assert "--sizes must be at least 4, not 3" in run("--sizes", "3").stderr
    assert "--patience must be more than 0, not 0" in run("--patience", "0").stderr
