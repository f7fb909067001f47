"""Every command in both forms of output, every error and every exit code."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner
from support.shell import Shell

from beliefs.agent import Agent
from beliefs.cli import output
from beliefs.cli.group import COMMANDS, SECTIONS, beliefs
from beliefs.cli.output import Progress

BIRDS = """\
[fly @2 "field guide"] forall x. bird(x) -> flies(x)
[penguin] forall x. penguin(x) -> bird(x)
[tweety @3] penguin(tweety)
"""

BELIEF_KEYS = ["name", "formula", "entrenchment", "weight", "source"]
RECORD_KEYS = [*BELIEF_KEYS, "blamed", "confirmed", "counts"]
CHANGE_KEYS = [
    "operation", "input", "status", "added", "removed", "kernels", "cost", "cost_by_level", "alternatives",
    "alternatives_complete", "entry", "reason", "weakened",
]  # fmt: skip


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path / "test.db")


@pytest.fixture
def birds(shell) -> Shell:
    shell("load", "-", stdin=BIRDS)
    return shell


@pytest.fixture
def refuted(birds) -> Shell:
    """The birds, after it was seen that tweety does not fly."""
    birds("observe", "[seen] !flies(tweety)", "--source", "eyes", "--no-repair")
    return birds


class TestInit:
    def test_it_makes_a_base(self, shell):
        assert shell("init") == f"Made an empty base at {shell.place}.\n"
        assert shell("list") == "no beliefs\n"

    def test_as_json(self, shell):
        assert shell.json("init", "--no-unique-names") == {"base": str(shell.place), "unique_names": False}
        with Agent.open(shell.place) as agent:
            assert agent.base.unique_names is False

    def test_one_that_exists_stays(self, birds):
        assert f"there is a base at {birds.place} already" in birds.error("init")
        assert len(birds.json("list")) == 3

    def test_something_else_there_stays(self, shell):
        shell.place.write_text("a letter, not a base " * 100)
        assert str(shell.place) in shell.error("init")


class TestTell:
    def test_it_adds_a_belief_and_makes_the_base(self, shell):
        assert shell("tell", "[fly @2] bird(tweety)") == (
            "Now believed: bird(tweety)  (entry 1)\n  +  fly  @2  bird(tweety)\n"
        )

    def test_as_json(self, shell):
        change = shell.json("tell", "p", "--name", "n", "--level", "3", "--weight", "1/4", "--source", "s")
        assert list(change) == CHANGE_KEYS
        assert change == {
            "operation": "expand",
            "input": "p",
            "status": "done",
            "added": [{"name": "n", "formula": "p", "entrenchment": 3, "weight": 0.25, "source": "s"}],
            "removed": [],
            "kernels": [],
            "cost": 0,
            "cost_by_level": [],
            "alternatives": 1,
            "alternatives_complete": True,
            "entry": 1,
            "reason": None,
            "weakened": [],
        }

    def test_certain(self, shell):
        (belief,) = shell.json("tell", "p", "--level", "certain")["added"]
        assert belief["entrenchment"] == "certain"

    def test_a_declaration(self, shell):
        shell("tell", "sort Robot")
        assert shell("tell", "pred at(Robot)") == "Declared.  (entry 2)\n"
        assert shell("export") == "sort Robot\npred at(Robot)\n"

    def test_what_is_believed_already(self, birds):
        assert birds("tell", "penguin(tweety)") == "Nothing to change: penguin(tweety) is believed already.\n"
        assert birds.json("tell", "penguin(tweety)")["status"] == "vacuous"

    def test_a_contradiction_is_refused(self, birds):
        assert birds("tell", "!flies(tweety)", code=1) == (
            "Refused: it contradicts what is believed: fly, penguin, tweety\n"
            "  fly      @2  forall x. bird(x) -> flies(x)\n"
            "  penguin  @1  forall x. penguin(x) -> bird(x)\n"
            "  tweety   @3  penguin(tweety)\n"
            "--revise takes it in and gives up what contradicts it; --allow-conflict keeps both.\n"
        )
        change = birds.json("tell", "!flies(tweety)", code=1)
        assert (change["status"], change["kernels"]) == ("refused", [["fly", "penguin", "tweety"]])
        assert (change["alternatives"], change["entry"]) == (0, None)
        assert len(birds.json("log")) == 1

    def test_a_contradiction_in_itself_gets_no_advice(self, shell):
        assert shell("tell", "p & !p", code=1) == "Refused: it contradicts itself\n"
        assert not shell.place.exists()

    def test_revise(self, birds):
        change = birds.json("tell", "!flies(tweety)", "--revise")
        assert change["operation"] == "revise"
        assert [belief["name"] for belief in change["removed"]] == ["penguin"]

    def test_allow_conflict(self, birds):
        page = birds("tell", "[n] !flies(tweety)", "--allow-conflict")
        assert (
            "itself: `fly`, `penguin` and `tweety` cannot all be true together with what was added." in page
        )
        assert birds("ask", "p", code=3).startswith("unknown: p\nThe base contradicts itself")

    def test_both_are_too_many(self, birds):
        assert "exclude each other" in birds.error("tell", "p", "--revise", "--allow-conflict")

    @pytest.mark.parametrize(
        "text",
        ["p &", "[x", "", "# nothing\n", "p\nq", "pred at(Nowhere)", "forall x p(x)", "p(a) & p", "x = y"],
    )
    def test_what_is_wrong_leaves_no_base_behind(self, shell, text):
        shell.error("tell", text)
        assert not shell.place.exists()

    def test_a_name_that_is_taken(self, birds):
        assert "already a belief named 'fly'" in birds.error("tell", "[fly] p")


class TestFormula:
    """Where a formula may come from."""

    def test_standard_input(self, birds):
        assert birds("ask", "-", stdin="  flies(tweety)\n").startswith("believed: flies(tweety)\n")

    def test_a_file(self, birds, tmp_path):
        (tmp_path / "question").write_text("\ufeffflies(tweety) # does it?\n", encoding="utf-8")
        assert birds("ask", "--file", tmp_path / "question").startswith("believed: flies(tweety)\n")

    def test_one_that_begins_with_a_minus(self, shell):
        assert shell("tell", "--", "-1 < battery").startswith("Now believed: -1 < battery")

    def test_neither_or_both_is_an_error(self, birds, tmp_path):
        (tmp_path / "question").write_text("p")
        assert "just one" in birds.error("ask")
        assert "just one" in birds.error("ask", "p", "--file", tmp_path / "question")

    def test_a_file_that_is_not_there(self, birds, tmp_path):
        assert "does not exist" in birds.error("ask", "--file", tmp_path / "nothing")

    def test_bytes_that_are_no_text(self, birds, tmp_path):
        assert "standard input is not UTF-8 text: invalid start byte at byte 1" in birds.error(
            "ask", "-", stdin=b"p\xff"
        )


class TestLoad:
    def test_it_is_one_change(self, shell):
        page = shell("load", "-", stdin=BIRDS)
        assert page.splitlines()[0] == "Now believed: 3 beliefs  (entry 1)"
        assert len(page.splitlines()) == 4

    def test_as_json(self, shell, tmp_path):
        (tmp_path / "birds").write_text(BIRDS)
        change = shell.json("load", tmp_path / "birds")
        assert list(change) == CHANGE_KEYS
        assert [belief["name"] for belief in change["added"]] == ["fly", "penguin", "tweety"]

    def test_a_fault_names_its_line(self, shell):
        message = shell.error("load", "-", stdin="[a] p\n[b] p =>\n")
        assert "line 2, column 7" in message
        assert "^" in message
        assert not shell.place.exists()

    def test_beliefs_that_contradict_one_another(self, shell):
        assert "they contradict one another: a, b" in shell("load", "-", stdin="[a] p\n[b] !p", code=1)
        assert not shell.place.exists()
        assert shell.json("load", "-", "--allow-conflict", stdin="[a] p\n[b] !p")["status"] == "done"

    def test_a_file_that_is_not_there(self, shell):
        assert "does not exist" in shell.error("load", "nothing.beliefs")


WCNF = b"c from somewhere\np wcnf 3 3 9\no 1 -2 0\n9 1 2 0\n4 -1 0\n2 -2 3 0\n"


class TestImport:
    def test_wcnf(self, shell, tmp_path):
        (tmp_path / "a.wcnf").write_bytes(WCNF)
        page = shell("import", "wcnf", tmp_path / "a.wcnf")
        assert page == (
            "Now believed: 3 beliefs  (entry 1)\n"
            "  +  h1  certain  x1 | x2\n"
            "  +  s1  @1*4     !x1\n"
            "  +  s2  @1*2     !x2 | x3\n"
            "The file holds 1 observation; the first is\n"
            "  beliefs observe 'x1 & !x2'\n"
        )
        assert shell.json("list")[1] == {
            "name": "s1", "formula": "!x1", "entrenchment": 1, "weight": 4, "source": "a.wcnf",
            "blamed": 0, "confirmed": 0, "counts": 4,
        }  # fmt: skip

    def test_gzipped_as_json(self, shell, tmp_path):
        (tmp_path / "a.wcnf.gz").write_bytes(gzip.compress(WCNF))
        change = shell.json("import", "wcnf", tmp_path / "a.wcnf.gz", "--level", "7")
        assert list(change) == [*CHANGE_KEYS, "observations", "rejected", "passed_over", "entries"]
        assert change["observations"] == ["x1 & !x2"]
        assert [belief["entrenchment"] for belief in change["added"]] == ["certain", 7, 7]
        assert shell.json("observe", "x1 & !x2")["removed"] == [
            {"name": "s1", "formula": "!x1", "entrenchment": 7}
        ]

    def test_cnf(self, shell, tmp_path):
        (tmp_path / "a.cnf").write_text("p cnf 2 2\n1 -2 0\n2 0\n")
        change = shell.json("import", "cnf", tmp_path / "a.cnf", "--level", "certain")
        assert [(b["name"], b["formula"], b["entrenchment"]) for b in change["added"]] == [
            ("c1", "x1 | !x2", "certain"),
            ("c2", "x2", "certain"),
        ]

    def test_a_malformed_file(self, shell, tmp_path):
        (tmp_path / "a.cnf").write_text("p cnf 2 1\n1 two 0\n")
        assert "line 2" in shell.error("import", "cnf", tmp_path / "a.cnf")
        assert not shell.place.exists()

    def test_soft_clauses_are_never_certain(self, shell, tmp_path):
        (tmp_path / "a.wcnf").write_bytes(WCNF)
        assert "cannot be certain" in shell.error("import", "wcnf", tmp_path / "a.wcnf", "--level", "certain")

    def test_unknown_forms(self, shell, tmp_path):
        (tmp_path / "a.wcnf").write_bytes(WCNF)
        assert "wcnf" in shell.error("import", "qbf", tmp_path / "a.wcnf")


class TestAsk:
    @pytest.mark.parametrize(
        ("formula", "verdict", "code", "because"),
        [
            ("flies(tweety)", "believed", 0, ["fly", "penguin", "tweety"]),
            ("!flies(tweety)", "disbelieved", 1, ["fly", "penguin", "tweety"]),
            ("flies(sam)", "undecided", 1, []),
            ("p | !p", "believed", 0, []),
            ("p & !p", "disbelieved", 1, []),
        ],
    )
    def test_verdicts(self, birds, formula, verdict, code, because):
        reason = "no belief speaks of sam" if "sam" in formula else None
        assert birds.json("ask", formula, code=code) == {
            "formula": formula, "verdict": verdict, "because": because, "reason": reason,
        }  # fmt: skip
        assert birds("ask", formula, code=code).startswith(f"{verdict}: {formula}\n")

    def test_a_misspelt_symbol_is_named(self, birds):
        assert birds("ask", "flys(tweety)", code=1) == (
            "undecided: flys(tweety)\n"
            "Neither it nor its negation follows from what is believed.\n"
            "No belief speaks of flys; did you mean flies?\n"
        )

    def test_for_people(self, birds):
        assert birds("ask", "flies(tweety)") == (
            "believed: flies(tweety)\n"
            "It follows from:\n"
            "  fly      @2  forall x. bird(x) -> flies(x)\n"
            "  penguin  @1  forall x. penguin(x) -> bird(x)\n"
            "  tweety   @3  penguin(tweety)\n"
        )

    def test_unknown(self, shell):
        shell("load", "-", "--allow-conflict", stdin="[a] p\n[b] !p")
        answer = shell.json("ask", "q", code=3)
        assert answer["verdict"] == "unknown"
        assert "contradicts itself (a, b)" in answer["reason"]

    def test_as_of(self, refuted):
        assert refuted.json("ask", "flies(tweety)", code=1)["verdict"] == "disbelieved"
        assert refuted.json("ask", "flies(tweety)", "--as-of", "1")["verdict"] == "believed"
        assert "believed" in refuted("ask", "flies(tweety)", "--as-of", "1")
        assert refuted.error("ask", "p", "--as-of", "99")


class TestWhy:
    def test_one_reason(self, birds):
        assert birds("why", "flies(tweety)") == (
            "believed: flies(tweety)\n"
            "└── reason for it:\n"
            "    ├── fly      @2  forall x. bird(x) -> flies(x)\n"
            "    │   penguin  @1  forall x. penguin(x) -> bird(x)\n"
            "    │   tweety   @3  penguin(tweety)\n"
            "    └── flies(tweety), by `fly`: bird(tweety) -> flies(tweety).\n"
            "        └── bird(tweety), by `penguin`: penguin(tweety) -> bird(tweety).\n"
            "            └── penguin(tweety), as `tweety` says.\n"
        )

    def test_a_proof_as_json(self, birds):
        (proof,) = birds.json("why", "flies(tweety)")["proofs"]
        assert proof[0] == {
            "says": "penguin(tweety)", "how": "believed", "by": ["tweety"], "clause": None, "because": [],
        }  # fmt: skip
        assert [step["because"] for step in proof] == [[], [0], [1]]
        assert proof[2]["clause"] == "bird(tweety) -> flies(tweety)"

    def test_a_deep_proof_is_told_in_numbered_lines(self, shell):
        shell("load", "-", stdin="p0\n" + "\n".join(f"[r{n}] p{n} -> p{n + 1}" for n in range(60)))
        page = shell("why", "p60")
        assert "1. p0, as `b1` says." in page
        assert "61. p60, by `r59`: p59 -> p60. (from 60)" in page

    def test_a_belief_that_says_just_that_needs_no_proof(self, birds):
        assert birds("why", "penguin(tweety)").endswith("    └── tweety  @3  penguin(tweety)\n")

    def test_what_is_not_shown_step_by_step(self, shell):
        shell("load", "-", stdin="func f: Int\n[a] f > 3\n[b] f > 2 -> p")
        assert shell("why", "p").endswith("b  @1  f > 2 -> p\n")
        assert [step["how"] for step in shell.json("why", "p")["proofs"][0]] == ["together"]

    def test_many_reasons(self, shell):
        shell("load", "-", stdin="[a] p & q\n[b] p\n[c] q\n[d] p -> q")
        explanation = shell.json("why", "p & q")
        assert list(explanation) == ["formula", "verdict", "reasons", "proofs", "complete", "reason"]
        assert sorted(explanation["reasons"]) == [["a"], ["b", "c"], ["b", "d"]]
        assert explanation["complete"]
        page = shell("why", "!p", code=1)
        assert "reason 1 against it:" in page
        limited = shell.json("why", "p & q", "--limit", "1")
        assert (len(limited["reasons"]), limited["complete"]) == (1, False)
        assert "There may be more reasons." in shell("why", "p & q", "--limit", "1")

    def test_undecided(self, birds):
        assert "Neither it nor its negation follows" in birds("why", "flies(sam)", code=1)

    def test_a_tautology(self, birds):
        assert "it is a tautology" in birds("why", "p | !p")

    def test_as_of(self, refuted):
        assert refuted.json("why", "flies(tweety)", "--as-of", "1")["verdict"] == "believed"


class TestWhyNot:
    def test_what_is_missing(self, birds):
        assert birds("why-not", "flies(sam)", code=1).splitlines() == [
            "undecided: flies(sam)",
            "├── it would follow from bird(sam), because of:",
            "│   └── fly  @2  forall x. bird(x) -> flies(x)",
            "└── it would follow from penguin(sam), because of:",
            "    └── fly      @2  forall x. bird(x) -> flies(x)",
            "        penguin  @1  forall x. penguin(x) -> bird(x)",
        ]

    def test_what_blocks(self, birds):
        assert birds("why-not", "!flies(tweety)", code=1).splitlines() == [
            "disbelieved: !flies(tweety)",
            "├── blocked by:",
            "│   └── fly      @2  forall x. bird(x) -> flies(x)",
            "│       penguin  @1  forall x. penguin(x) -> bird(x)",
            "│       tweety   @3  penguin(tweety)",
            "└── nothing would stand against it without `penguin`",
            "Nothing that is believed leads to it: it would have to be told itself.",
        ]

    def test_as_json(self, birds):
        assert birds.json("why-not", "flies(sam)", "--limit", "1", code=1) == {
            "formula": "flies(sam)",
            "verdict": "undecided",
            "blocked_by": [],
            "given_up": [],
            "missing": [{"believe": ["bird(sam)"], "because": ["fly"]}],
            "complete": False,
            "reason": None,
        }
        assert "There may be more ways" in birds("why-not", "flies(sam)", "--limit", "1", code=1)

    def test_what_is_believed(self, birds):
        assert "Nothing is missing: it is believed." in birds("why-not", "flies(tweety)")

    def test_what_contradicts_itself(self, birds):
        assert "it contradicts itself" in birds("why-not", "p & !p", code=1)

    def test_as_of(self, refuted):
        assert refuted.json("why-not", "flies(tweety)", "--as-of", "1")["verdict"] == "believed"


class TestConflicts:
    def test_none(self, birds):
        assert birds("conflicts").startswith("No conflicts")
        assert birds.json("conflicts") == {"kernels": [], "complete": True, "reason": None}

    def test_some(self, shell):
        shell("load", "-", "--allow-conflict", stdin="[a] p\n[b] !p\n[c] q\n[d] !q")
        found = shell.json("conflicts", code=1)
        assert sorted(found["kernels"]) == [["a", "b"], ["c", "d"]]
        assert found["complete"]
        page = shell("conflicts", code=1)
        assert page.startswith("2 conflicts\n")
        assert "conflict 2: these cannot all be true" in page
        assert "There may be more conflicts." in shell("conflicts", "--limit", "1", code=1)


class TestObserve:
    def test_for_people(self, birds):
        assert birds("observe", "[seen] !flies(tweety)", "--no-repair") == (
            "Revised by !flies(tweety)  (entry 2)\n"
            "  +  seen     @1  !flies(tweety)\n"
            "  -  penguin  @1  forall x. penguin(x) -> bird(x)\n"
            "\n"
            "Gave up `penguin`: together with `fly` and `tweety` it contradicts !flies(tweety), "
            "and it is the least entrenched of them.\n"
        )

    def test_as_json(self, birds):
        change = birds.json("observe", "!flies(tweety)", "--source", "eyes", "--name", "seen", "--no-repair")
        assert change == {
            "operation": "revise",
            "input": "!flies(tweety)",
            "status": "done",
            "added": [
                {
                    "name": "seen",
                    "formula": "!flies(tweety)",
                    "entrenchment": 1,
                    "weight": 1,
                    "source": "eyes",
                }
            ],
            "removed": [{"name": "penguin", "formula": "forall x. penguin(x) -> bird(x)", "entrenchment": 1}],
            "kernels": [["fly", "penguin", "tweety"]],
            "cost": 1,
            "cost_by_level": [{"level": 1, "weight": 1}],
            "alternatives": 1,
            "alternatives_complete": True,
            "entry": 2,
            "reason": None,
            "weakened": [],
        }

    def test_other_answers_are_counted(self, shell):
        shell("load", "-", stdin="[a] p\n[b] p -> q\n[c] q -> r")
        assert shell.json("observe", "!r", "--dry-run")["alternatives"] == 3
        assert shell("observe", "!r").splitlines()[-1] == "2 other answers would have been as good."

    def test_other_answers_are_listed(self, shell):
        shell("load", "-", stdin="[a] p\n[b] p -> q\n[c] q -> r")
        page = shell("observe", "!r", "--dry-run", "--alternatives", "9").splitlines()
        assert page[-4:-2] == ["2 other answers would have been as good.", "  taken    c"]
        assert sorted(page[-2:]) == ["  as good  a", "  as good  b"]
        assert shell("observe", "!r", "--dry-run", "--alternatives", "1").splitlines()[-1] == "  taken  c"
        for command in (["observe"], ["revise"], ["tell", "--revise"]):
            result = shell.json(*command, "!r", "--dry-run", "--alternatives", "2")
            assert list(result) == [*CHANGE_KEYS, "equally_good"]
            assert result["alternatives"] == 3
            assert result["equally_good"] in ([["c"], ["a"]], [["c"], ["b"]])
        assert len(shell.json("contract", "r", "--dry-run", "--alternatives", "3")["equally_good"]) == 3

    def test_what_there_is_to_list_where_there_is_no_choice(self, shell):
        shell("load", "-", stdin="[a @2] p\n[b] p -> q")
        page = shell("observe", "!q", "--dry-run", "--alternatives", "3")
        assert page.splitlines()[-1] == "No other answer would have been as good."
        assert shell("observe", "s", "--alternatives", "3", "--dry-run") == shell("observe", "s", "--dry-run")
        assert shell.json("consolidate", "--alternatives", "3")["equally_good"] == [[]]
        shell("tell", "[law @certain] t")
        assert shell.json("observe", "!t", "--alternatives", "3", code=1)["equally_good"] == []

    def test_what_is_certain_refuses_it(self, shell):
        shell("tell", "[law @certain] p")
        assert shell("observe", "!p", code=1) == (
            "Refused: it contradicts what is certain: law\n  law  certain  p\n"
        )
        assert shell.json("observe", "!p", code=1)["kernels"] == [["law"]]

    def test_revise_does_the_same(self, birds):
        change = birds.json("revise", "!flies(tweety)", "--level", "2")
        assert [belief["name"] for belief in change["removed"]] == ["penguin"]
        assert birds("revise", "q") == "Now believed: q  (entry 3)\n  +  b5  @1  q\n"

    def test_several_beliefs_are_an_error(self, birds):
        birds.error("observe", "p\nq")
        birds.error("revise", "sort Robot")


class TestContract:
    def test_it_gives_up_no_more_than_needed(self, birds):
        page = birds("contract", "flies(tweety)")
        assert page.startswith("No longer believed: flies(tweety)  (entry 2)\n  -  penguin")
        assert birds.json("ask", "flies(tweety)", code=1)["verdict"] == "undecided"

    def test_as_json(self, birds):
        change = birds.json("contract", "flies(tweety)")
        assert (change["operation"], change["status"], change["added"]) == ("contract", "done", [])

    def test_nothing_to_do(self, birds):
        assert birds.json("contract", "q")["status"] == "vacuous"

    def test_a_tautology_is_refused(self, birds):
        assert birds("contract", "p | !p", code=1).startswith("Refused: it is a tautology")


class TestConsolidate:
    def test_it_settles_conflicts(self, shell):
        shell("load", "-", "--allow-conflict", stdin="[a @2] p\n[b] !p")
        assert shell("consolidate") == (
            "Consistent again.  (entry 2)\n  -  b  @1  !p\n\n"
            "Gave up `b`: it contradicts `a`, and it is the less entrenched of them.\n"
        )
        assert shell.json("consolidate")["status"] == "vacuous"


class TestUndo:
    def test_it_takes_the_last_change_back(self, refuted):
        assert refuted("undo") == (
            "Undone: entry 2.  (entry 3)\n"
            "  +  penguin  @1  forall x. penguin(x) -> bird(x)\n"
            "  -  seen     @1  !flies(tweety)\n"
        )
        assert refuted.json("undo")["entry"] == 4
        assert refuted("undo") == "Nothing to undo.\n"
        assert refuted.json("undo")["status"] == "vacuous"
        assert refuted.json("list") == []


class TestDryRun:
    @pytest.mark.parametrize(
        "command",
        [
            ["tell", "q"],
            ["tell", "!flies(tweety)", "--revise"],
            ["load", "-"],
            ["observe", "!flies(tweety)"],
            ["revise", "!flies(tweety)"],
            ["contract", "flies(tweety)"],
            ["consolidate"],
            ["undo"],
        ],
        ids=" ".join,
    )
    def test_nothing_is_committed(self, birds, command):
        before = birds.place.read_bytes()
        change = birds.json(*command, "--dry-run", stdin="[new] q")
        assert change["entry"] is None
        page = birds(*command, "--dry-run", stdin="[new] q")
        assert ("(dry run: nothing was committed)" in page) == (change["status"] == "done")
        assert birds.place.read_bytes() == before
        assert len(birds.json("log")) == 1

    def test_import(self, shell, tmp_path):
        (tmp_path / "a.wcnf").write_bytes(WCNF)
        assert shell.json("import", "wcnf", tmp_path / "a.wcnf", "--dry-run")["status"] == "done"
        assert not shell.place.exists()

    def test_no_base_is_made(self, shell):
        assert shell.json("tell", "p", "--dry-run")["status"] == "done"
        assert shell.json("load", "-", "--dry-run", stdin=BIRDS)["status"] == "done"
        assert not shell.place.exists()


class TestList:
    def test_for_people(self, birds):
        assert birds("list") == (
            "name     level  formula                          source\n"
            "fly          2  forall x. bird(x) -> flies(x)    field guide\n"
            "penguin      1  forall x. penguin(x) -> bird(x)\n"
            "tweety       3  penguin(tweety)\n"
        )

    def test_as_json(self, birds):
        beliefs = birds.json("list")
        assert [list(belief) for belief in beliefs] == [RECORD_KEYS] * 3
        assert beliefs[0] == {
            "name": "fly",
            "formula": "forall x. bird(x) -> flies(x)",
            "entrenchment": 2,
            "weight": 1,
            "source": "field guide",
            "blamed": 0,
            "confirmed": 0,
            "counts": 1,
        }

    def test_as_of(self, refuted):
        assert [belief["name"] for belief in refuted.json("list")] == ["fly", "tweety", "seen"]
        assert [belief["name"] for belief in refuted.json("list", "--as-of", "1")] == [
            "fly",
            "penguin",
            "tweety",
        ]
        assert refuted.json("list", "--as-of", "0") == []
        refuted.error("list", "--as-of", "3")


class TestShow:
    def test_a_belief_that_is_held(self, birds):
        page = birds("show", "fly").splitlines()
        assert page[0] == "fly  forall x. bird(x) -> flies(x)"
        assert page[1].split() == ["held", "at", "level", "2"]
        assert page[2].split() == ["source", "field", "guide"]
        assert page[3].startswith("  entry 1  taken in 2")

    def test_one_that_was_given_up(self, refuted):
        page = refuted("show", "penguin")
        assert "held      no more\n" in page
        assert "given up" in page
        assert page.endswith("by revise !flies(tweety)\n")

    def test_as_json(self, refuted):
        shown = refuted.json("show", "penguin")
        assert list(shown) == [*RECORD_KEYS, "cases", "age", "believed", "history"]
        assert shown["believed"] is False
        assert [(event["entry"], event["operation"], event["what"]) for event in shown["history"]] == [
            (1, "expand", "taken in"),
            (2, "revise", "given up"),
        ]
        assert refuted.json("show", "penguin", "--as-of", "1")["believed"] is True

    def test_one_that_never_was(self, birds):
        assert "there never was a belief named 'nobody'" in birds.error("show", "nobody")
        assert "there never was" in birds.error("show", "fly", "--as-of", "0")


class TestGraph:
    def test_tree(self, refuted):
        assert refuted("graph") == (
            "fly @2  forall x. bird(x) -> flies(x)\n"
            "└── feeds (flies) seen @1  !flies(tweety)\n"
            "    └── taken in by 2: revise !flies(tweety)\n"
            "        └── gave up penguin (given up in 2) @1  forall x. penguin(x) -> bird(x)\n"
            "tweety @3  penguin(tweety)\n"
        )

    def test_around(self, birds):
        assert birds("graph", "--around", "penguin", "--depth", "1") == (
            "penguin @1  forall x. penguin(x) -> bird(x)\n"
            "├── fed by (penguin) tweety @3  penguin(tweety)\n"
            "└── feeds (bird) fly @2  forall x. bird(x) -> flies(x)\n"
        )
        assert len(birds.json("graph", "--around", "fly", "--depth", "0")["nodes"]) == 1
        assert "no belief named 'nobody'" in birds.error("graph", "--around", "nobody")

    def test_around_one_given_up(self, refuted):
        assert refuted("graph", "--around", "penguin").startswith("penguin (given up in 2) @1")

    def test_around_a_source_and_a_change(self, refuted):
        assert refuted("graph", "--around", "source field guide", "--depth", "1") == (
            "field guide\n└── told fly @2  forall x. bird(x) -> flies(x)\n"
        )
        assert "took in seen @1  !flies(tweety)" in refuted("graph", "--around", "entry 2", "--depth", "1")

    def test_what_was_asked(self, birds):
        assert birds("graph", "--asked", "!flies(tweety)", "--format", "mermaid").count("==>") == 3
        assert "supports (1) flies(tweety)" in birds("graph", "--asked", "flies(tweety)")

    def test_too_much_around(self, birds):
        assert "too much to draw" in birds("graph", "--around", "fly", "--most", "2")

    def test_into_a_file(self, birds, tmp_path):
        target = tmp_path / "birds.mmd"
        assert birds("graph", target) == f"Drew 4 nodes to {target}.\n"
        assert target.read_text() == birds("graph", "--format", "mermaid")
        text = tmp_path / "birds.txt"
        birds("graph", text)
        assert text.read_text() == birds("graph")

    def test_graphviz_draws(self, birds, tmp_path, monkeypatch):
        dot = tmp_path / "bin" / "dot"
        dot.parent.mkdir()
        dot.write_text(
            f"#!{sys.executable}\nimport sys\nsys.stdin.read()\nprint('drawn as', *sys.argv[1:])\n"
        )
        dot.chmod(0o755)
        monkeypatch.setenv("PATH", str(dot.parent))
        target = tmp_path / "birds.svg"
        birds("graph", target)
        assert target.read_text() == "drawn as -Tsvg\n"
        assert birds("graph", "--format", "png") == "drawn as -Tpng\n"
        dot.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('no layout')\n")
        assert "Graphviz failed: no layout" in birds.error("graph", target)
        assert target.read_text() == "drawn as -Tsvg\n"

    def test_a_file_of_no_format(self, birds, tmp_path):
        assert "does not end as any format does" in birds.error("graph", tmp_path / "birds.pdf")
        assert not (tmp_path / "birds.pdf").exists()

    def test_without_graphviz(self, birds, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        message = birds.error("graph", "--format", "svg")
        assert "whose command `dot` is not there; install Graphviz" in message

    @pytest.mark.parametrize(
        ("form", "start"),
        [
            ("tree", "tweety @3"),
            ("dot", "digraph beliefs {"),
            ("mermaid", "flowchart LR"),
            ("graphml", "<graphml"),
            ("json", "{\n"),
        ],
    )
    def test_formats(self, birds, form, start):
        assert birds("graph", "--format", form).startswith(start)

    def test_as_json(self, birds):
        graph = birds.json("graph")
        assert list(graph) == ["directed", "multigraph", "graph", "nodes", "edges"]
        assert graph["nodes"][0] == {
            "id": "fly", "kind": "rule", "label": "forall x. bird(x) -> flies(x)", "name": "fly",
            "entrenchment": 2, "weight": 1, "source": "field guide",
        }  # fmt: skip
        assert graph["graph"] == {"complete": True}
        assert {(edge["source"], edge["target"]) for edge in graph["edges"]} == {
            ("tweety", "penguin"),
            ("penguin", "fly"),
            ("fly", "source field guide"),
        }

    def test_conflicts_are_drawn(self, shell):
        shell("load", "-", "--allow-conflict", stdin="[a] p\n[b] !p")
        assert "in conflict conflict 1" in shell("graph")

    def test_as_of_and_undone_changes(self, refuted):
        assert "given up" not in refuted("graph", "--as-of", "1")
        refuted("undo")
        assert "given up" not in refuted("graph")


class TestTimeline:
    def test_lines_of_time(self, refuted):
        page = refuted("timeline").splitlines()
        assert page[0].split() == ["belief", "1-2"]
        assert [line.split()[:2] for line in page[1:]] == [
            ["fly", "+->"], ["penguin", "+x"], ["tweety", "+->"], ["seen", "+>"],
        ]  # fmt: skip

    def test_some_and_the_last(self, refuted):
        assert [line.split()[0] for line in refuted("timeline", "fly", "penguin").splitlines()[1:]] == [
            "fly",
            "penguin",
        ]
        assert refuted("timeline", "fly", "--last", "1").splitlines()[1].startswith("fly     <->")
        assert "no belief named 'nobody' came, went or is held" in refuted.error("timeline", "nobody")

    def test_as_json(self, refuted):
        lives = refuted.json("timeline")
        assert [(life["name"], life["since"], life["until"]) for life in lives] == [
            ("fly", 1, None), ("penguin", 1, 2), ("tweety", 1, None), ("seen", 2, None),
        ]  # fmt: skip

    def test_an_empty_base(self, shell):
        shell("init")
        assert shell("timeline") == "nothing has happened yet\n"
        assert shell.json("timeline") == []


class TestExplore:
    """What is on the page is tested in test_exploration.py and, in a browser, test_explorer_in_browser.py."""

    def test_into_a_file(self, refuted, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert refuted("explore").startswith("Wrote beliefs.html, 0.")
        page = (tmp_path / "beliefs.html").read_text(encoding="utf-8")
        assert page.startswith("<!DOCTYPE html>")
        assert "penguin (given up in 2)" in page
        told = refuted.json("explore", "other.html")
        assert told == {"file": "other.html", "bytes": len(page.encode())}
        assert (tmp_path / "other.html").read_text(encoding="utf-8") == page

    def test_to_standard_output(self, refuted):
        page = refuted("explore", "-")
        assert page.startswith("<!DOCTYPE html>")
        assert refuted("graph", "--format", "html") == page

    def test_graph_writes_the_same(self, refuted, tmp_path):
        graph, page = tmp_path / "graph.html", tmp_path / "page.html"
        assert refuted("graph", graph, "--around", "penguin").startswith(f"Wrote {graph}, ")
        refuted("explore", page, "--around", "penguin")
        assert graph.read_bytes() == page.read_bytes()

    def test_what_cannot_be(self, refuted, tmp_path):
        target = tmp_path / "page.html"
        assert "no belief named 'nobody'" in refuted.error("explore", target, "--around", "nobody")
        assert "cannot be opened" in refuted.error("explore", "-", "--open")
        assert "no entry 9" in refuted.error("explore", target, "--as-of", "9")
        assert "^" in refuted.error("explore", target, "--asked", "p &")
        assert not target.exists()

    def test_it_is_opened(self, refuted, tmp_path, monkeypatch):
        opened = []
        monkeypatch.setattr(click, "launch", opened.append)
        refuted("explore", tmp_path / "page.html", "--open")
        assert opened == [str(tmp_path / "page.html")]


class TestExport:
    def test_it_round_trips(self, refuted, tmp_path):
        text = refuted("export")
        other = Shell(tmp_path / "other.db")
        other("load", "-", stdin=text)
        assert other("export") == text
        for belief, again in zip(refuted.json("list"), other.json("list"), strict=True):
            assert {key: again[key] for key in BELIEF_KEYS} == {key: belief[key] for key in BELIEF_KEYS}

    def test_to_a_file(self, birds, tmp_path):
        target = tmp_path / "out.beliefs"
        assert birds("export", target) == f"Wrote 3 beliefs to {target}.\n"
        assert target.read_text() == birds("export", "-") == birds("export")
        assert birds.json("export", target) == {
            "format": "language",
            "beliefs": 3,
            "file": str(target),
            "skipped": [],
        }

    def test_it_says_where_names_are_not_unique(self, shell):
        shell("init", "--no-unique-names")
        shell("tell", "[b] p(x1)")
        comment, belief = shell("export").splitlines()
        assert comment.startswith("# ")
        assert "`beliefs init --no-unique-names`" in comment
        assert belief == "[b] p(x1)"
        again = Shell(shell.place.with_name("again.db"))
        again("load", "-", stdin=shell("export"))
        assert again("export") == belief + "\n"

    def test_as_json(self, birds):
        assert birds.json("export") == {
            "format": "language",
            "beliefs": 3,
            "text": birds("export"),
            "skipped": [],
        }

    def test_as_of(self, refuted):
        assert "[penguin]" in refuted("export", "--as-of", "1")
        assert "[penguin]" not in refuted("export")

    @pytest.mark.parametrize("form", ["wcnf", "cnf"])
    def test_dimacs(self, birds, form, tmp_path):
        target = tmp_path / "out"
        birds("export", "--format", form, target)
        change = Shell(tmp_path / "other.db").json("import", form, target)
        assert len(change["added"]) == 3

    def test_what_dimacs_cannot_say(self, shell):
        shell("tell", "[n] 1 < battery")
        assert "belief 'n'" in shell.error("export", "--format", "cnf")

    def test_a_folder_that_is_not_there(self, birds, tmp_path):
        assert "no such file or directory" in birds.error("export", tmp_path / "none" / "out")


class TestLog:
    def test_for_people(self, refuted):
        header, first, second = refuted("log").splitlines()
        assert header.split() == ["entry", "when", "what", "took", "in", "gave", "up"]
        assert first.split()[0] == "1"
        assert first.split()[3:] == ["expand", "fly,", "penguin,", "tweety"]
        assert second.split()[3:] == ["revise", "!flies(tweety)", "seen", "penguin"]

    def test_as_json(self, refuted):
        entries = refuted.json("log")
        assert [entry["entry"] for entry in entries] == [1, 2]
        assert list(entries[1]) == [
            "entry", "time", "operation", "input", "added", "removed", "declared", "undeclared", "kernels", "cost",
            "cost_by_level", "source", "reason", "undoes",
        ]  # fmt: skip
        assert entries[1]["source"] == "eyes"
        assert entries[1]["kernels"] == [["fly", "penguin", "tweety"]]
        refuted("undo")
        assert refuted.json("log")[-1]["undoes"] == 2
        assert "undo entry 2" in refuted("log")

    def test_the_last_few(self, refuted):
        assert [entry["entry"] for entry in refuted.json("log", "--last", "1")] == [2]
        refuted.error("log", "--last", "0")

    def test_an_empty_one(self, shell):
        shell("init")
        assert shell.json("log") == []
        assert shell("log") == "nothing has happened yet\n"


class TestDiff:
    def test_with_now_and_between(self, refuted):
        expected = "-  penguin  @1  forall x. penguin(x) -> bird(x)\n+  seen     @1  !flies(tweety)\n"
        assert refuted("diff", "1") == expected
        assert refuted("diff", "1", "2") == expected
        assert refuted("diff", "2") == "no difference\n"

    def test_as_json(self, refuted):
        difference = refuted.json("diff", "0", "2")
        assert list(difference) == ["added", "removed", "changed"]
        assert [belief["name"] for belief in difference["added"]] == ["fly", "tweety", "seen"]

    def test_entries_that_are_not_there(self, refuted):
        refuted.error("diff", "9")
        refuted.error("diff", "one")
        refuted.error("diff")


class TestVerify:
    def test_all_is_well(self, refuted):
        assert refuted("verify") == "Verified: 2 entries, 2 certificates checked, the chain is intact.\n"
        assert refuted.json("verify") == {"entries": 2, "checked": 2, "failed": [], "chain": "intact"}

    def test_a_forged_entry(self, refuted):
        import sqlite3

        with sqlite3.connect(refuted.place) as connection:
            tables = [
                name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")
            ]
            table = next(name for name in tables if name.startswith("entr"))
            connection.execute(f"update {table} set time = '2001-01-01T00:00:00.000Z' where number = 1")
        connection.close()
        verification = refuted.json("verify", code=1)
        assert verification["chain"] == "broken"
        assert verification["failed"]
        assert refuted("verify", code=1).startswith("NOT verified: ")


READING = [
    ["ask", "p"], ["why", "p"], ["why-not", "p"], ["conflicts"], ["list"], ["show", "p"], ["graph"],
    ["explore", "-"], ["export"], ["log"], ["diff", "1"], ["verify"], ["observe", "p"], ["revise", "p"],
    ["contract", "p"], ["consolidate"], ["undo"],
]  # fmt: skip


class TestGroup:
    @pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
    def test_without_a_base(self, shell, command):
        assert (
            shell.error(*command) == f"Error: there is no base at {shell.place}; `beliefs init` makes one\n"
        )
        assert not shell.place.exists()

    @pytest.mark.parametrize("command", [["init"], ["tell", "p"]], ids=lambda command: command[0])
    def test_without_a_folder_for_it(self, tmp_path, command):
        shell = Shell(tmp_path / "none" / "test.db")
        message = f"Error: there is no folder {tmp_path / 'none'}: make it first, or check the path\n"
        assert shell.error(*command) == message

    @pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
    def test_the_bar_is_there_while_the_base_is_opened_and_gone_before_it_writes(
        self, refuted, monkeypatch, command
    ):
        events: list[str] = []

        def noting(event: str, call: Callable[..., object]) -> Callable[..., object]:
            def noted(*arguments: object, **options: object) -> object:
                events.append(event)
                return call(*arguments, **options)

            return noted

        for owner, name in (
            (Progress, "start"),
            (Progress, "stop"),
            (Agent, "__init__"),
            (output, "write_raw"),
        ):
            monkeypatch.setattr(owner, name, noting(name, getattr(owner, name)))
        refuted.run(*command)
        assert events[:3] == ["start", "__init__", "stop"]
        assert "write_raw" not in events or events[events.index("write_raw") - 1] == "stop"

    @pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
    def test_something_that_is_no_base(self, shell, command):
        shell.place.write_bytes(b"\x00 this is not a database \xff" * 200)
        assert str(shell.place) in shell.error(*command)

    def test_the_base_may_stand_before_or_after(self, birds):
        result = CliRunner().invoke(beliefs, ["--base", str(birds.place), "list", "--json"])
        assert len(json.loads(result.stdout)) == 3
        result = CliRunner().invoke(beliefs, ["list", "--base", str(birds.place), "--json"])
        assert len(json.loads(result.stdout)) == 3

    def test_the_base_is_in_the_present_folder_by_default(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("BELIEFS_BASE", raising=False)
        assert CliRunner().invoke(beliefs, ["tell", "p"]).exit_code == 0
        assert (tmp_path / "beliefs.db").exists()

    def test_a_command_that_does_not_exist(self, shell):
        assert "there is no command 'obsrve'; did you mean `observe`?" in shell.error("obsrve", "p")
        assert "there is no command 'zzz'; see" in shell.error("zzz")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["tell", "p", "--level", "high"], "'high' is not a level; give an integer from 0, or `certain`"),
            (["tell", "p", "--level", "-1"], "'-1' is not a level"),
            (["tell", "p", "--weight", "0"], "'0' is not a weight; give a positive number"),
            (["tell", "p", "--weight", "1/0"], "'1/0' is not a weight"),
            (["tell", "p", "--weight", "nan"], "'nan' is not a weight"),
            (["tell", "p", "--name", "two words"], "'two words' is not a name"),
            (["tell", "p", "--timeout", "soon"], "'soon' is not a time; give seconds, as 2.5, or a unit"),
            (["tell", "p", "--timeout", "0"], "'0' is not a time"),
            (["tell", "p", "--colour"], "No such option"),
            (["tell"], "give a formula"),
            (["diff", "1", "2", "3"], "unexpected extra argument"),
        ],
    )
    def test_usage_errors(self, shell, arguments, message):
        assert message in shell.error(*arguments)

    @pytest.mark.parametrize("time", ["2", "2.5", "500ms", "2s", "1min"])
    def test_times(self, birds, time):
        birds("ask", "flies(tweety)", "--timeout", time)

    def test_time_is_handed_on(self, birds, monkeypatch):
        seen = []
        plain = Agent.open.__func__

        def spying(cls, *arguments, budget, **options):
            seen.append(budget.milliseconds)
            return plain(cls, *arguments, budget=budget, **options)

        monkeypatch.setattr(Agent, "open", classmethod(spying))
        birds("ask", "p", "--timeout", "2.5", code=1)
        birds("ask", "p", "--timeout", "70ms", code=1)
        birds("ask", "p", code=1)
        assert seen == [2_500, 70, 60_000]

    def test_a_syntax_error_points_at_its_place(self, birds):
        message = birds.error("ask", "flies(tweety) => p")
        assert "line 1, column 15" in message
        assert "\n    flies(tweety) => p\n                  ^" in message
        told = json.loads(birds.run("ask", "flies(tweety) => p", "--json").stderr)
        assert (told["kind"], told["line"], told["column"]) == ("ParseError", 1, 15)
        assert told["hint"]

    def test_a_formula_nested_too_deeply(self, birds):
        assert "nest" in birds.error("ask", "!(p | " * 5_000 + "p" + ")" * 5_000)

    def test_an_internal_error_is_told_without_a_traceback(self, birds, monkeypatch):
        def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError("oh")

        monkeypatch.setattr(Agent, "ask", broken)
        result = birds.run("ask", "p")
        assert result.exit_code == 70
        assert "internal error: ZeroDivisionError: oh" in result.stderr
        assert "Traceback" not in result.stderr
        assert json.loads(birds.run("ask", "p", "--json").stderr)["kind"] == "ZeroDivisionError"
        monkeypatch.setenv("BELIEFS_DEBUG", "1")
        assert isinstance(birds.run("ask", "p").exception, ZeroDivisionError)

    def test_an_interrupt_changes_nothing(self, birds, monkeypatch):
        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        before = birds.place.read_bytes()
        monkeypatch.setattr(Agent, "_commit", interrupted)
        result = birds.run("tell", "q")
        assert result.exit_code == 130
        assert result.stderr.strip() == "Error: interrupted; nothing was changed"
        assert birds.place.read_bytes() == before

    def test_an_interrupt_after_the_commit_says_so(self, birds, monkeypatch):
        from beliefs.change import Change

        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Change, "alternatives", interrupted)
        result = birds.run("tell", "q")
        assert result.exit_code == 130
        assert "entry 2 had been committed" in result.stderr
        assert len(birds.json("log")) == 2


def every_command() -> list[click.Command]:
    context = click.Context(beliefs, info_name="beliefs")
    return [beliefs, *(beliefs.get_command(context, name) for name in COMMANDS)]


class TestHelp:
    def test_commands_stand_in_their_sections(self, shell):
        page = shell("--help")
        places = [page.index(f"\n{section}:\n") for section in SECTIONS]
        assert places == sorted(places)
        for name, listed in COMMANDS.items():
            assert any(line.split() == [name, *listed.help.split()] for line in page.splitlines()), name

    @pytest.mark.parametrize("command", every_command(), ids=lambda command: command.name)
    def test_everything_has_help(self, command):
        assert command.help
        assert "\n\b\nExample:\n  beliefs" in command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, parameter.opts
                assert parameter.help.endswith((".", ". ")) or "[" in parameter.help
            else:
                usage, explained = command.get_help(click.Context(command, info_name="x")).split("\n", 1)
                metavar = (
                    parameter.make_metavar(click.Context(command)).split()[-1].strip("[]{}.").split("|")[0]
                )
                assert metavar in usage
                assert metavar.lower() in explained.lower()

    @pytest.mark.parametrize("name", COMMANDS)
    def test_the_list_says_what_the_command_says(self, name):
        command = beliefs.get_command(click.Context(beliefs), name)
        assert command.name == name
        assert command.help.splitlines()[0] == COMMANDS[name].help

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_but_those_that_print_a_text_takes_json(self, name):
        command = beliefs.get_command(click.Context(beliefs), name)
        options = {option for parameter in command.params for option in parameter.opts}
        assert ("--json" in options) == (name not in ("demo", "mcp", "completion", "man"))
        assert ("--dry-run" in options) == (
            name
            in (
                "tell",
                "load",
                "import",
                "observe",
                "revise",
                "contract",
                "consolidate",
                "undo",
                "expect",
                "actions",
            )
        )
        assert ("--as-of" in options) == (
            name in ("list", "show", "ask", "why", "why-not", "graph", "explore", "export", "diagnose")
        )

    def test_version(self, shell):
        assert shell("--version").startswith("beliefs 0.")
