"""Plans against a search of every state; what the planner says when it cannot tell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from support.small_worlds import random_case, shortest_plan

from beliefs.errors import MissingExtraError, PlanError
from beliefs.planning import downward, planner
from beliefs.planning.actions import EQUAL, OBJECT, Domain, Ground, Literal, Predicate, Problem, Schema, Step
from beliefs.planning.downward import UNSOLVABLE, Operator, Task, search
from beliefs.planning.grounding import ground
from beliefs.planning.planner import NoPlan, plan, works
from beliefs.reasoning.verdict import Budget, Unknown


def test_plans_are_found_just_where_a_search_of_every_state_finds_one():
    seen: Counter[str] = Counter()
    for seed in range(1500):
        domain, problem = random_case(Random(seed))
        expected = shortest_plan(domain, problem)
        found = plan(domain, problem)
        if expected is None:
            assert isinstance(found, NoPlan), seed
            seen["relaxed" if ground(domain, problem) is None else "searched"] += 1
        else:
            assert isinstance(found, tuple), (seed, found)
            assert works(domain, problem, found), seed
            seen["long" if len(expected) > 1 else "short" if expected else "nothing to do"] += 1
    assert min(seen[kind] for kind in ("relaxed", "searched", "long", "short", "nothing to do")) >= 10, seen


def courier(rooms: int) -> tuple[Domain, Problem]:
    """A courier in a row of rooms, behind doors that a key opens."""
    schemas = (
        Schema(
            "go",
            (("from", OBJECT), ("to", OBJECT)),
            (Literal("at", (0,)), Literal("door", (0, 1)), Literal("locked", (1,), False)),
            (Literal("at", (1,)), Literal("at", (0,), False)),
        ),
        Schema(
            "unlock",
            (("from", OBJECT), ("to", OBJECT)),
            (Literal("at", (0,)), Literal("door", (0, 1)), Literal("key")),
            (Literal("locked", (1,), False),),
        ),
        Schema("fetch", (), (Literal("at", ("r0",)),), (Literal("key"),)),
    )
    predicates = (
        Predicate("at", (OBJECT,)),
        Predicate("door", (OBJECT, OBJECT)),
        Predicate("locked", (OBJECT,)),
        Predicate("key"),
    )
    names = [f"r{number}" for number in range(rooms)]
    doors = {Ground("door", pair) for pair in pairwise(names)}
    initial = frozenset({Ground("at", ("r0",)), Ground("locked", (names[-1],)), *doors})
    domain = Domain("courier", (), predicates, (("r0", OBJECT),), schemas)
    objects = tuple((name, OBJECT) for name in names)
    return domain, Problem("row", objects, initial, (Literal("at", (names[-1],)),))


def test_a_key_is_fetched_first():
    domain, problem = courier(3)
    found = plan(domain, problem)
    assert isinstance(found, tuple)
    assert set(found) == {
        Step("fetch"), Step("go", ("r0", "r1")), Step("unlock", ("r1", "r2")), Step("go", ("r1", "r2"))
    }  # fmt: skip


def test_a_goal_that_holds_needs_no_steps_and_no_planner(monkeypatch):
    domain, problem = courier(2)
    monkeypatch.setattr(downward, "files", _no_package)
    assert plan(domain, replace(problem, goal=(Literal("at", ("r0",)),))) == ()


def test_what_never_changes_decides_at_once(monkeypatch):
    domain, problem = courier(2)
    monkeypatch.setattr(downward, "files", _no_package)
    for goal in (Literal("door", ("r1", "r0")), Literal(EQUAL, ("r0", "r1"))):
        assert isinstance(plan(domain, replace(problem, goal=(goal,))), NoPlan)


def test_arguments_that_nothing_speaks_of_do_not_multiply_the_steps():
    domain, problem = courier(6)
    loose = Schema("jump", tuple((f"x{number}", OBJECT) for number in range(5)), (), (Literal("at", (0,)),))
    grounded = ground(replace(domain, schemas=(loose,)), problem)
    assert grounded is not None
    assert grounded.steps == (Step("jump", ("r5", "r0", "r0", "r0", "r0")),)


def test_opposite_wishes_cannot_be_met():
    task = Task(1, frozenset(), frozenset({0}), frozenset({0}), ())
    assert search(task) == UNSOLVABLE


def _hard() -> Task:
    """A task without a plan whose proof takes long: eleven towers' worth of blocks, two of them on one another."""
    blocks = range(11)
    facts: dict[tuple[object, ...], int] = {}

    def fact(*what: object) -> int:
        return facts.setdefault(what, len(facts))

    def operator(needs: list[int], adds: list[int]) -> Operator:
        return Operator(frozenset(needs), frozenset(), frozenset(adds), frozenset(needs))

    operators = []
    for a in blocks:
        lying, held = [fact("clear", a), fact("table", a), fact("free")], [fact("held", a)]
        operators += [operator(lying, held), operator(held, lying)]
        for b in blocks:
            if a != b:
                on, off = (
                    [fact("on", a, b), fact("clear", a), fact("free")],
                    [fact("held", a), fact("clear", b)],
                )
                operators += [operator(on, off), operator(off, on)]
    initial = [fact("free"), *(fact(what, a) for a in blocks for what in ("clear", "table"))]
    goal = [fact("on", 0, 1), fact("on", 1, 0)]
    return Task(len(facts), frozenset(initial), frozenset(goal), frozenset(), tuple(operators))


def test_out_of_time_is_unknown_and_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # other tests plan meanwhile
    start = time.monotonic()
    found = search(_hard(), Budget(milliseconds=300))
    assert isinstance(found, Unknown)
    assert "300 ms" in found.reason
    assert time.monotonic() - start < 5
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ChildProcessError):  # no child is left to wait for
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
@pytest.mark.parametrize("megabytes", [1, 8, 15])
def test_out_of_memory_is_unknown(megabytes):
    found = search(_hard(), Budget(milliseconds=60_000, megabytes=megabytes))
    assert isinstance(found, Unknown)
    assert "memory" in found.reason


def test_ctrl_c_ends_the_planner(tmp_path):
    code = """
        import tests.planning.test_planner as here
        print("started", flush=True)
        here.search(here._hard())
    """
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        deadline = time.monotonic() + 20
        while not list(tmp_path.glob("beliefs-plan-*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(
            timeout=20
        )  # the planner holds the pipes open for as long as it lives
    assert "KeyboardInterrupt" in errors
    assert list(tmp_path.iterdir()) == []


def _no_package(name: str) -> object:
    raise ModuleNotFoundError(name)


def test_without_the_planner_it_says_what_to_install(monkeypatch):
    domain, problem = courier(2)
    monkeypatch.setattr(downward, "files", _no_package)
    with pytest.raises(MissingExtraError, match=r"pip install 'beliefs\[planning\]'"):
        plan(domain, problem)


def test_a_package_without_the_search_is_named(monkeypatch, tmp_path):
    domain, problem = courier(2)
    monkeypatch.setattr(downward, "files", lambda name: tmp_path)
    with pytest.raises(MissingExtraError, match="without Fast Downward's search"):
        plan(domain, problem)


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Put a script in the place of the search."""

    def install(script: str) -> None:
        path = tmp_path / "downward" / "builds" / "release" / "bin" / "downward"
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr(downward, "files", lambda name: tmp_path)

    return install


@pytest.mark.parametrize("code", [12, 13])
def test_a_search_that_gave_up_proves_nothing(fake, code):
    fake(f"exit {code}")
    found = plan(*courier(2))
    assert isinstance(found, Unknown)
    assert "no proof" in found.reason


def test_a_planner_that_breaks_down_is_an_error(fake):
    fake("echo out of luck; exit 32")
    with pytest.raises(PlanError, match="exit code 32: out of luck"):
        plan(*courier(2))


def test_a_plan_that_does_not_work_is_an_error(fake):
    fake("echo '(0)' > plan")
    with pytest.raises(PlanError, match="a plan that does not work"):
        planner.plan(*courier(3))
