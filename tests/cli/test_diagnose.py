"""`beliefs diagnose` in both forms, with every error and exit code; and the method of `Agent` behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from beliefs.agent import Agent
from beliefs.cli.group import beliefs
from beliefs.errors import BaseError, LanguageError
from beliefs.reasoning.verdict import Budget, Unknown
from beliefs.render.diagnoses import Findings, as_data

DOORS = """\
[doors @3] forall x, y. door(x, y) & !locked(y) -> way(x, y)
[plan @2]  door(hall, lab)
[open @1]  !locked(lab)
[walls @certain] forall x. !way(x, x)
"""

KEYS = ["observations", "diagnoses", "complete", "kernels", "next_test", "reason"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "robot.db"
    with Agent.open(place) as agent:
        assert agent.load(DOORS).status == "done"
    return place


def run(place: Path, *arguments: str, code: int = 0, stdin: str | None = None) -> str:
    """What the command prints, on standard error where it fails; the base stays as it is."""
    before = place.read_bytes() if place.exists() else None
    call = ["--base", str(place), "diagnose", *arguments]
    result = CliRunner().invoke(beliefs, call, input=stdin)
    assert result.exit_code == code, result.output
    assert (place.read_bytes() if place.exists() else None) == before
    assert (result.stdout if code == 2 else result.stderr) == ""
    return result.stderr if code == 2 else result.stdout


def test_one_observation_as_text(place: Path) -> None:
    assert run(place, "!way(hall, lab)").splitlines() == [
        "3 diagnoses, the least costly first",
        "  1  open   @1  !locked(lab)",
        "  2  plan   @2  door(hall, lab)",
        "  3  doors  @3  forall x, y. door(x, y) & !locked(y) -> way(x, y)",
        "Best next test: locked(lab): if it is so, 1 remains; if not, 2 and 3 remain.",
    ]
    assert "Best next test" not in run(place, "!way(hall, lab)", "--no-next-test")


def test_a_belief_counts_as_its_record_says(tmp_path: Path) -> None:
    place = tmp_path / "misled.db"
    with Agent.open(place) as agent:
        agent.tell("p")
        agent.observe("!p")
        agent.contract("!p")
        agent.load("[old] p\n[new] q")
    assert run(place, "!p | !q", "--no-next-test").splitlines()[1:] == [
        "  1  old  @1*0.585  p",
        "  2  new  @1        q",
    ]


def test_one_observation_as_json(place: Path) -> None:
    told = json.loads(run(place, "!way(hall, lab)", "--json"))
    assert list(told) == KEYS
    assert told["observations"] == ["!way(hall, lab)"]
    assert told["diagnoses"][0] == {
        "given_up": [
            {"label": "open", "name": "open", "formula": "!locked(lab)", "entrenchment": 1, "situation": None}
        ],
        "cost": 1,
        "cost_by_level": [{"level": 1, "weight": 1}],
    }
    assert [[each["label"] for each in diagnosis["given_up"]] for diagnosis in told["diagnoses"]] == [
        ["open"],
        ["plan"],
        ["doors"],
    ]
    assert told["complete"] is True
    assert told["kernels"] == [["doors", "plan", "open"]]
    assert told["reason"] is None
    test = told["next_test"]
    assert (test["formula"], test["situation"]) == ("locked(lab)", None)
    assert test["splits"] == {"so": [1], "not_so": [2, 3], "open": []}
    assert 0 < test["information"] <= 1
    assert json.loads(run(place, "!way(hall, lab)", "--json", "--no-next-test"))["next_test"] is None


def test_several_situations(place: Path) -> None:
    situated = ("--situated", "locked", "--situated", "way")
    page = run(place, "!way(hall, lab)", "door(hall, lab)", "!way(hall, lab)", *situated)
    assert page.splitlines() == [
        "2 diagnoses, the least costly first",
        "  1  open@1  @1  !locked(lab)  in situation 1",
        "     open@3  @1  !locked(lab)  in situation 3",
        "  2  doors   @3  forall x, y. door(x, y) & !locked(y) -> way(x, y)",
        "Best next test: locked(lab), in situation 1: if it is so, 1 remains; if not, 2 remains.",
    ]
    told = json.loads(run(place, "!way(hall, lab)", "door(hall, lab)", *situated, "--json"))
    assert [each["situation"] for each in told["diagnoses"][0]["given_up"]] == [1]
    assert told["kernels"] == [["doors", "open@1"]]
    assert told["next_test"]["situation"] == 1


def test_observations_from_standard_input(place: Path) -> None:
    told = json.loads(run(place, "-", "--json", stdin="!way(hall, lab)\n\n  door(hall, lab)\n"))
    assert told["observations"] == ["!way(hall, lab)", "door(hall, lab)"]
    assert len(told["diagnoses"]) == 2


def test_a_limit_ends_the_list(place: Path) -> None:
    page = run(place, "!way(hall, lab)", "--limit", "2")
    assert page.startswith("2 diagnoses, the least costly first\n  1  open")
    assert "There may be more diagnoses." in page
    assert "if it is so, 1 remains; if not, 2 remains." in page
    told = json.loads(run(place, "!way(hall, lab)", "--limit", "2", "--json"))
    assert len(told["diagnoses"]) == 2
    assert told["complete"] is False
    assert json.loads(run(place, "!way(hall, lab)", "--limit", "3", "--json"))["complete"] is True
    assert run(place, "!way(hall, lab)", "!locked(lab) & door(hall, lab)").startswith(
        "1 diagnosis\n  1  doors"
    )


def test_nothing_to_give_up(place: Path) -> None:
    assert run(place) == "Nothing to give up: the beliefs do not contradict one another.\n"
    assert (
        run(place, "way(hall, lab)") == "Nothing to give up: the beliefs do not contradict the observation.\n"
    )
    two = run(place, "way(hall, lab)", "!way(hall, attic)")
    assert two == "Nothing to give up: the beliefs do not contradict the observations.\n"
    told = json.loads(run(place, "--json"))
    assert told["diagnoses"] == [{"given_up": [], "cost": 0, "cost_by_level": []}]
    assert (told["complete"], told["kernels"], told["next_test"]) == (True, [], None)


def test_a_base_that_contradicts_itself(place: Path) -> None:
    with Agent.open(place) as agent:
        agent.tell("[shut @1] !way(hall, lab)", allow_conflict=True)
    assert run(place).startswith("4 diagnoses, the least costly first\n  1  shut")
    # Asked of the base as it was before, there is nothing to diagnose.
    assert run(place, "--as-of", "1").startswith("Nothing to give up")


def test_what_is_certain_is_not_given_up(place: Path) -> None:
    page = run(place, "way(lab, lab)", code=1)
    assert page.splitlines() == [
        "No diagnosis: what is certain contradicts the observations, and is never given up:",
        "  walls  certain  forall x. !way(x, x)",
    ]
    told = json.loads(run(place, "way(lab, lab)", "--json", code=1))
    assert (told["diagnoses"], told["complete"], told["kernels"]) == ([], True, [])
    assert told["reason"] == "what is certain contradicts the observations: walls"
    assert run(place, "dark & !dark", code=1) == "No diagnosis: the observations contradict themselves.\n"
    told = json.loads(run(place, "dark", "!dark", "--json", code=1))
    assert told["reason"] == "the observations contradict themselves"
    assert run(place, "dark", "!dark", "--situated", "dark").startswith("Nothing to give up")


@pytest.fixture
def hard(tmp_path: Path) -> Path:
    """A base for which a millisecond is not enough."""
    place = tmp_path / "hard.db"
    with Agent.open(place) as agent:
        lines = [f"p{number} | q{number} -> r{number}" for number in range(1500)]
        assert agent.load("\n".join(lines)).status == "done"
    return place


def test_time_runs_out(hard: Path) -> None:
    seen = " & ".join(f"p{number} & !r{number}" for number in range(40))
    page = run(hard, seen, "--timeout", "1ms", code=3)
    assert page.startswith("unknown: the time limit of 1 ms ran out")
    told = json.loads(run(hard, seen, "--timeout", "1ms", "--json", code=3))
    assert (told["diagnoses"], told["complete"], told["next_test"]) == ([], False, None)
    assert "time limit of 1 ms" in told["reason"]


def test_what_is_not_known_is_said() -> None:
    unknown = Unknown("the time ran out")
    with Agent.in_memory() as agent:
        agent.load(DOORS)
        diagnoses = agent.diagnose(["!way(hall, lab)"])
        found = diagnoses.up_to(5)
    said = as_data(Findings((), found, True, test=unknown))
    assert said["next_test"] is None
    assert said["reason"] == "the next best test is not known: the time ran out"
    assert as_data(Findings((), found, False, unknown=unknown))["reason"] == "the time ran out"
    refuted = as_data(Findings((), (), True, irrefutable=unknown))["reason"]
    assert refuted.startswith("what is certain contradicts the observations; by which beliefs is not known")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["!way(hall, lab)", "way(hall"], "`(` is never closed"),
        (["way(hall)"], "way"),
        (["!way(hall, lab)", "--situated", "wya"], "did you mean way?"),
        (
            ["!way(hall, lab)", "--situated", "lab"],
            "lab is an individual; only predicates and functions differ",
        ),
        (["!way(hall, lab)", "--limit", "0"], "0 is not in the range x>=1"),
        (["!way(hall, lab)", "--as-of", "9"], "9"),
        (["!way(hall, lab)", "--timeout", "soon"], "'soon' is not a time"),
    ],
)
def test_errors_name_the_culprit(place: Path, arguments: list[str], message: str) -> None:
    assert message in run(place, *arguments, code=2)
    told = json.loads(run(place, *arguments, "--json", code=2))
    assert message in told["error"]


def test_a_base_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no base at" in run(tmp_path / "none.db", "p", code=2)
    assert not (tmp_path / "none.db").exists()


def test_the_method_changes_nothing() -> None:
    with Agent.in_memory() as agent:
        agent.load(DOORS)
        diagnoses = agent.diagnose(["!way(hall, lab)"], situated=["way"])
        assert [each.labels for each in diagnoses] == [("open",), ("plan",), ("doors",)]
        assert len(list(agent.log())) == 1
        assert [each.labels for each in agent.diagnose(["!way(hall, lab)"], as_of=0)] == [()]
        with pytest.raises(LanguageError):
            agent.diagnose(["way(hall)"])
        with pytest.raises(BaseError, match="observations is a list"):
            agent.diagnose("!way(hall, lab)")
        with pytest.raises(BaseError, match="situated is a list"):
            agent.diagnose(["!way(hall, lab)"], situated="way")
    with Agent.in_memory(budget=Budget(milliseconds=0)) as agent:
        diagnoses = agent.diagnose(["p"])
        assert list(diagnoses) == []
        assert isinstance(diagnoses.unknown, Unknown)
