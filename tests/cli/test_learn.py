"""The commands about experience, in both forms of output, with every error and exit code."""

from __future__ import annotations

import pytest
from support.shell import Shell

ROBOT = """\
[doors @4 "handbook"] forall x, y. door(x, y) & !locked(y) -> way(x, y)
[plan @3 "floor plan"] door(hall, lab)
[rumour @1 "rumour"] !locked(lab)
"""
EPISODE_KEYS = [
    "episode", "entry", "time", "observation", "source", "policy", "expectations", "kernels", "diagnosis",
    "given_up", "added", "repairs", "outcome", "undone", "lesson",
]  # fmt: skip


@pytest.fixture
def shell(tmp_path):
    shell = Shell(tmp_path / "robot.db")
    shell("load", "-", stdin=ROBOT)
    return shell


@pytest.fixture
def failed(shell):
    shell("expect", "way(hall, lab)")
    shell("observe", "!way(hall, lab)", "--source", "bumper")
    return shell


class TestExpect:
    def test_in_words(self, shell):
        assert shell("expect", "way(hall, lab)") == (
            "Expected: way(hall, lab)  (entry 2)\nIt rests on `doors`, `plan` and `rumour`.\n"
        )
        assert shell("expect", "snow") == "Expected: snow  (entry 3)\nIt rests on no belief.\n"
        assert shell("expectations") == (
            "entry  expected        because\n    2  way(hall, lab)  doors, plan, rumour\n    3  snow\n"
        )

    def test_as_json(self, shell):
        expected = {"entry": 2, "formula": "way(hall, lab)", "because": ["plan", "rumour"]}
        assert shell.json("expect", "way(hall, lab)", "--because", "rumour, plan") == expected
        assert shell.json("expectations") == [expected]

    def test_a_dry_run(self, shell):
        assert "(dry run: nothing was committed)" in shell("expect", "snow", "--dry-run")
        assert shell("expectations") == "nothing is expected\n"

    def test_errors(self, shell):
        assert "there is no belief named 'nobody'" in shell.error("expect", "snow", "--because", "nobody")
        assert "line 1, column 7" in shell.error("expect", "snow &")


class TestObserve:
    def test_screened(self, shell):
        shell("tell", "[law @certain] !snow")
        page = shell("observe", "snow", "--policy", "screened", "--source", "camera", code=1)
        assert page == (
            "Not believed: snow: it contradicts what is certain: law  (entry 3)\n  law  certain  !snow\n"
        )
        assert shell.json("sources")[-1] == {
            "source": "rumour", "beliefs": 1, "blamed": 0, "confirmed": 0, "odds": 1,
        }  # fmt: skip
        assert shell.json("episode", "1")["outcome"] == "rejected"

    def test_weighed(self, shell):
        page = shell("observe", "locked(lab)", "--policy", "weighed", code=1)
        assert page.startswith(
            "Not believed: locked(lab): what it contradicts is held at least as firmly: rumour"
        )
        assert shell.json("observe", "locked(lab)", "--policy", "weighed", "--level", "2")["status"] == "done"

    def test_the_policy_of_the_environment(self, shell, monkeypatch):
        monkeypatch.setenv("BELIEFS_POLICY", "weighed")
        assert shell.json("observe", "locked(lab)", code=1)["status"] == "rejected"

    def test_decay(self, shell):
        for number in range(3):
            shell("tell", f"x{number}", "--source", "gossip")
            shell("observe", f"!x{number}", "--decay", "0.5")
        (gossip,) = (source for source in shell.json("sources") if source["source"] == "gossip")
        assert gossip["blamed"] == 1.75

    def test_what_is_believed_already_is_confirmed(self, shell):
        shell("observe", "[sensor] open", "--source", "eye")
        assert (
            shell("observe", "open", "--source", "ear") == "Confirmed: open is believed already.  (entry 3)\n"
        )
        assert shell("observe", "open", "--source", "eye") == "Nothing to change: open is believed already.\n"

    def test_errors(self, shell):
        assert "'naive' is not one of" in shell.error("observe", "snow", "--policy", "naive")
        assert "a decay is a number above 0 and at most 1" in shell.error("observe", "snow", "--decay", "2")
        assert "is not a weight" in shell.error("observe", "snow", "--decay", "x")


class TestRepair:
    BIRDS = "[fly @2] forall x. bird(x) -> flies(x)\n[tweety @3] bird(tweety)\n"

    @pytest.fixture
    def birds(self, tmp_path):
        shell = Shell(tmp_path / "birds.db")
        shell("load", "-", stdin=self.BIRDS)
        return shell

    def test_a_rule_is_weakened(self, birds):
        assert birds("observe", "[seen] !flies(tweety)") == (
            "Revised by !flies(tweety)  (entry 2)\n"
            "  +  seen   @1  !flies(tweety)\n"
            "  +  fly.2  @2  forall x. bird(x) & x != tweety -> flies(x)\n"
            "  -  fly    @2  forall x. bird(x) -> flies(x)\n"
            "\n"
            "Gave up `fly`: together with `tweety` it contradicts !flies(tweety), "
            "and it is the less entrenched of them.\n"
            "Weakened `fly` to `fly.2`: it failed for tweety.\n"
        )
        assert birds("show", "fly.2").splitlines()[:3] == [
            "fly.2  forall x. bird(x) & x != tweety -> flies(x)",
            "  held     at level 2",
            "  record   failed for tweety",
        ]
        assert birds.json("episode", "1")["repairs"] == [
            {
                "from": "fly",
                "name": "fly.2",
                "formula": "forall x. bird(x) & x != tweety -> flies(x)",
                "entrenchment": 2,
                "weight": 1,
                "source": None,
            }
        ]
        assert birds("episodes").endswith("fly.2: forall x. bird(x) & x != tweety -> flies(x)\n")
        assert "weakened from fly" in birds("graph")
        assert birds.json("verify")["failed"] == []

    def test_or_given_up(self, birds):
        change = birds.json("observe", "!flies(tweety)", "--no-repair")
        assert change["weakened"] == []
        assert [gone["name"] for gone in change["removed"]] == ["fly"]

    def test_revise_repairs_nothing(self, birds):
        assert birds.json("revise", "!flies(tweety)")["weakened"] == []
        assert birds.json("episodes") == []


class TestEpisodes:
    def test_none(self, shell):
        assert shell("episodes") == "nothing has failed yet\n"
        assert shell.json("episodes") == []
        assert "there is no episode 1: nothing has failed yet" in shell.error("episode", "1")

    def test_a_list(self, failed):
        heading, line = failed("episodes").splitlines()
        assert heading.split() == ["episode", "entry", "when", "seen", "against", "learned"]
        assert line.split()[:2] == ["1", "3"]
        assert line.endswith("!way(hall, lab)  doors, plan, rumour  gave up rumour")

    def test_as_json(self, failed):
        (episode,) = failed.json("episodes")
        assert list(episode) == EPISODE_KEYS
        assert episode == failed.json("episode", "1")
        assert episode["kernels"] == [["doors", "plan", "rumour"]]
        assert episode["diagnosis"] == ["rumour"]
        assert episode["expectations"][0]["formula"] == "way(hall, lab)"
        assert episode["lesson"] == "`rumour` is believed no more: !locked(lab)."

    def test_a_story(self, failed):
        lines = failed("episode", "1").splitlines()
        assert lines[0] == "Episode 1: !way(hall, lab)"
        assert lines[1].startswith("entry 3, ")
        assert lines[2:] == [
            "",
            "Expected: way(hall, lab), because of `doors`, `plan` and `rumour`.",
            "Seen: !way(hall, lab), told by bumper.",
            "Together these contradict it:",
            "  doors   @4  forall x, y. door(x, y) & !locked(y) -> way(x, y)  handbook",
            "  plan    @3  door(hall, lab)                                    floor plan",
            "  rumour  @1  !locked(lab)                                       rumour",
            "",
            "`rumour` is believed no more: !locked(lab).",
        ]

    def test_undone(self, failed):
        failed("undo")
        assert failed("episodes").endswith("(undone)\n")
        assert failed("episode", "1").splitlines()[1].endswith("Undone since.")
        assert failed.json("episode", "1")["undone"] is True

    def test_the_last(self, failed):
        failed("observe", "!door(hall, lab)")
        assert failed.json("episode", "-1")["episode"] == 2
        assert [each["episode"] for each in failed.json("episodes", "--last", "1")] == [2]
        assert "there is no episode 3: they go from 1 to 2" in failed.error("episode", "3")

    def test_a_guess(self, shell):
        shell("expect", "snow", "--because", "plan")
        shell("observe", "!snow")
        assert shell("episode", "1").endswith(
            "What was expected did not follow from what is believed, so nothing was given up. "
            "`plan`, on which it rested, are blamed.\n"
        )
        assert shell("episodes").endswith("the expectation was wrong\n")


class TestRecord:
    def test_list(self, failed):
        heading, *lines = failed("list").splitlines()
        assert heading.split() == ["name", "level", "formula", "source", "blamed", "confirmed"]
        assert [line.split()[1] for line in lines] == ["4*0.999", "3*0.986", "1"]
        assert [line.split()[-1] for line in lines] == ["0.001", "0.01", "bumper"]
        assert [row["blamed"] for row in failed.json("list")] == [1 / 1011, 10 / 1011, 0]

    def test_show(self, failed):
        page = failed("show", "plan")
        assert "  record   blamed 0.01, confirmed 0\n" in page
        assert "  record   counts 0.986 inside its level, instead of 1\n" in page
        assert failed.json("show", "plan")["counts"] == 0.986

    def test_sources(self, failed):
        assert failed("sources") == (
            "source      beliefs  blamed  confirmed    odds\n"
            "bumper            1       0          0      ×1\n"
            "handbook          1   0.001          0  ×0.999\n"
            "floor plan        1    0.01          0   ×0.99\n"
            "rumour            0       1          0    ×0.5\n"
        )
        assert failed.json("sources")[0] == {
            "source": "bumper", "beliefs": 1, "blamed": 0, "confirmed": 0, "odds": 1,
        }  # fmt: skip

    def test_no_sources(self, tmp_path):
        shell = Shell(tmp_path / "a.db")
        shell("tell", "p")
        assert shell("sources") == "no belief has a source\n"
