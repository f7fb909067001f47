"""The benchmark of a changing world: the world, the planner, the agents and the figures, on small cases."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from grid import (
    BARRING,
    CARRYING,
    PHASES,
    PROPERTIES,
    Cell,
    Law,
    Task,
    World,
    cheapest_way,
    draw_task,
    make_world,
)
from shift import (
    AGENTS,
    JSON_KEYS,
    MAX_FAILURES,
    Believer,
    EveryCell,
    Fixed,
    Judgement,
    LatestNote,
    figures,
    judge,
    plot,
    prices_of,
    pursue,
    run_all,
)

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TIMES = ("ms_per_observation", "ms_of_last")
ALL_GRASS = {kind: Law(kind in CARRYING) for kind in (*CARRYING, *BARRING)}


def meadow(*odd: Cell, size: int = 3) -> World:
    """A world of grass alone, where some cells cannot be entered."""
    cells = [Cell(row, column) for row in range(size) for column in range(size)]
    laws = dict.fromkeys(PHASES, ALL_GRASS)
    bare: frozenset[str] = frozenset()
    return World(size, dict.fromkeys(cells, "grass"), dict.fromkeys(cells, bare), frozenset(odd), laws, ())


# The world.


@pytest.mark.parametrize("seed", range(20))
def test_three_laws_change_and_the_truth_with_them(seed: int) -> None:
    world = make_world(seed, 8, 2)
    before, after = world.laws["before"], world.laws["after"]
    assert all(law == Law(kind in CARRYING) for kind, law in before.items())
    changed = {kind: after[kind] for kind in before if before[kind] != after[kind]}
    assert sorted(kind in CARRYING for kind in changed) == [False, True, True]
    (opened,) = (law for kind, law in changed.items() if kind in BARRING)
    assert opened == Law(True)
    lost, conditional = sorted(
        (law for kind, law in changed.items() if kind in CARRYING), key=lambda law: law.carries
    )
    assert lost == Law(False)
    assert conditional.carries
    assert conditional.unless in PROPERTIES
    turned = [
        cell
        for cell in world.kinds
        if world.can_be_entered(cell, "before") != world.can_be_entered(cell, "after")
    ]
    assert turned
    assert {world.kinds[cell] for cell in turned} <= set(changed)
    assert not any(world.can_be_entered(cell, phase) for cell in world.odd for phase in PHASES)


def test_a_condition_bars_only_what_has_the_property() -> None:
    law = Law(True, unless="wet")
    assert law.allows(frozenset())
    assert law.allows(frozenset({"dark"}))
    assert not law.allows(frozenset({"dark", "wet"}))
    assert not Law(False).allows(frozenset())


def test_the_seed_draws_the_world() -> None:
    assert make_world(3, 6, 8) == make_world(3, 6, 8)
    assert make_world(3, 6, 8) != make_world(4, 6, 8)


@pytest.mark.parametrize("seed", range(10))
def test_every_task_can_be_done_by_who_knows_the_laws(seed: int) -> None:
    world = make_world(seed, 6, 11)
    assert [task.phase for task in world.tasks] == ["before"] * 5 + ["after"] * 6
    for task in world.tasks:
        assert world.can_be_entered(task.start, task.phase)
        price = {cell: 1 if world.can_be_entered(cell, task.phase) else None for cell in world.kinds}
        assert slow_cost(world.size, task.start, task.goal, price) == task.shortest
        assert task.shortest > 1


def test_a_world_without_a_way_is_told() -> None:
    cells = [Cell(row, column) for row in range(3) for column in range(3)]
    with pytest.raises(SystemExit, match="no way of two steps was found in a world of size 3"):
        draw_task(random.Random(0), meadow(*cells), "before")


# The planner.


def slow_cost(size: int, start: Cell, goal: Cell, price: dict[Cell, int | None]) -> int | None:
    """The price of the cheapest way by relaxing every edge until nothing changes (Bellman and Ford)."""
    paid = {start: 0}
    for _ in range(size**2):
        for cell, cost in list(paid.items()):
            for other, entering in price.items():
                adjacent = abs(cell.row - other.row) + abs(cell.column - other.column) == 1
                if adjacent and entering is not None:
                    paid[other] = min(paid.get(other, cost + entering), cost + entering)
    return paid.get(goal)


@pytest.mark.parametrize("seed", range(150))
def test_the_way_is_the_cheapest(seed: int) -> None:
    rng = random.Random(seed)
    size = rng.randint(2, 5)
    cells = [Cell(row, column) for row in range(size) for column in range(size)]
    price = {cell: rng.choice((1, 1, 2, 9, 500, None)) for cell in cells}
    start, goal = rng.sample(cells, 2)
    way = cheapest_way(size, start, goal, price.__getitem__)
    expected = slow_cost(size, start, goal, price)
    if way is None:
        assert expected is None
        return
    assert way[-1] == goal
    for cell, following in zip((start, *way), way, strict=False):
        assert abs(cell.row - following.row) + abs(cell.column - following.column) == 1
    assert sum(price[cell] or 0 for cell in way) == expected


def test_a_dearer_class_outweighs_any_way_over_cheaper_ones() -> None:
    for caution in (1, 2, 7):
        prices = prices_of(caution, 5)
        assert prices["believed"] == 1
        assert prices["undecided"] == caution
        assert prices["disbelieved"] > 25 * prices["undecided"]
        assert prices["failed"] > 25 * prices["disbelieved"]


# The agents.


def test_who_does_not_revise_fails_on_the_same_cell_until_the_task_is_lost() -> None:
    world = meadow(Cell(0, 1))
    outcome = pursue(world, Task("before", Cell(0, 0), Cell(0, 2), 4), Fixed(world), caution=2)
    assert (outcome.success, outcome.failures, outcome.steps) == (False, MAX_FAILURES, MAX_FAILURES)


def test_a_note_of_one_cell_goes_round_one_cell_but_not_between_two() -> None:
    one = meadow(Cell(0, 1))
    outcome = pursue(one, Task("before", Cell(0, 0), Cell(0, 2), 4), LatestNote(one), caution=2)
    assert (outcome.success, outcome.failures, outcome.steps) == (True, 1, 5)
    # From the corner of the left column, both columns further right are closed but for the lowest row.
    two = meadow(Cell(0, 1), Cell(1, 1))
    task = Task("before", Cell(0, 0), Cell(0, 2), 6)
    outcome = pursue(two, task, LatestNote(two), caution=2)
    assert outcome.failures > 2
    outcome = pursue(two, task, EveryCell(two), caution=2)
    assert (outcome.success, outcome.failures, outcome.steps) == (True, 2, 8)


def test_a_note_goes_when_the_cell_can_be_entered() -> None:
    world = meadow()
    for mind in (LatestNote(world), EveryCell(world)):
        mind.senses(Cell(1, 1), False)
        assert mind.thinks(Cell(1, 1)) == "failed"
        mind.senses(Cell(1, 1), True)
        assert mind.thinks(Cell(1, 1)) == "believed"


def test_all_agents_are_told_the_same() -> None:
    world = make_world(1, 4, 2)
    minds = [make(world) for make in AGENTS.values()]
    for cell in world.kinds:
        assert len({mind.thinks(cell) for mind in minds}) == 1


def test_what_is_retracted_is_undecided_and_what_is_repaired_is_not_lost() -> None:
    world = meadow()
    for repair, others in ((False, "undecided"), (True, "believed")):
        mind = Believer(world, repair=repair)
        assert mind.senses(Cell(0, 0), False) is not None
        assert mind.thinks(Cell(0, 0)) == "failed"
        assert mind.thinks(Cell(2, 2)) == others
        assert mind.senses(Cell(0, 0), False) is None  # that is known
        mind.agent.close()


@pytest.mark.parametrize("repair", [False, True])
def test_remembered_answers_are_those_that_the_beliefs_give(repair: bool) -> None:
    world = make_world(2, 4, 12)
    mind = Believer(world, repair=repair)
    for task in world.tasks:
        pursue(world, task, mind, caution=2)
        for cell in world.kinds:
            thought = mind.thinks(cell)
            verdict = mind.agent.ask(f"passable({cell})").verdict
            assert verdict == ("disbelieved" if thought == "failed" else thought)
    removed = sum(len(entry.decision.removed) for entry in mind.agent.log())
    assert removed > 0
    verification = mind.agent.verify()
    assert not verification.failed
    mind.agent.close()


# The figures.


def test_what_is_undecided_is_judged_neither_rightly_nor_wrongly() -> None:
    world = meadow(Cell(0, 0), Cell(0, 1))
    assert judge(world, "before", Fixed(world)) == Judgement(right=7, wrong=2, cells=9)
    mind = EveryCell(world)
    mind.senses(Cell(0, 0), False)
    assert judge(world, "before", mind) == Judgement(right=8, wrong=1, cells=9)
    believer = Believer(world, repair=False)
    believer.senses(Cell(0, 0), False)
    assert judge(world, "before", believer) == Judgement(right=1, wrong=0, cells=9)
    believer.agent.close()


def test_figures_add_up() -> None:
    runs = run_all([make_world(seed, 4, 6) for seed in range(2)], caution=2)
    rows = figures(runs)
    assert [(row.agent, row.phase) for row in rows] == [
        (agent, phase) for agent in AGENTS for phase in PHASES
    ]
    for row in rows:
        outcomes = [outcome for run in runs if run.agent == row.agent for outcome in run.within(row.phase)]
        assert row.tasks == len(outcomes) == 6
        assert row.success_rate == pytest.approx(sum(each.success for each in outcomes) / 6, abs=1e-3)
        assert row.failures == pytest.approx(sum(each.failures for each in outcomes) / 2)
        assert row.steps == pytest.approx(sum(each.steps for each in outcomes) / 6, abs=0.01)
        judged = [run.judgements[row.phase] for run in runs if run.agent == row.agent]
        assert row.right == pytest.approx(sum(each.right for each in judged) / 32, abs=1e-3)
        assert row.wrong == pytest.approx(sum(each.wrong for each in judged) / 32, abs=1e-3)
        assert (row.observations is None) == (row.agent not in ("retraction", "repair"))


def run(*options: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / "shift.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


def test_the_same_seeds_give_the_same_figures_and_pictures(tmp_path: Path) -> None:
    small = ("--tasks", "8", "--size", "4", "--seeds", "2")
    first, second = (run(*small, "--json", "--plot", str(tmp_path / name)) for name in ("one", "two"))
    assert first.returncode == second.returncode == 0, first.stderr
    rows, again = (json.loads(done.stdout) for done in (first, second))
    assert len(rows) == len(AGENTS) * len(PHASES)
    assert all(tuple(row) == JSON_KEYS for row in rows)
    for row in (*rows, *again):
        has_beliefs = row["agent"] in ("retraction", "repair")
        assert all((row.pop(key) is not None) == has_beliefs for key in TIMES)
    assert rows == again
    for name in ("shift.png", "shift.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_pictures_are_pictures(tmp_path: Path) -> None:
    plot(run_all([make_world(0, 4, 4)], caution=2), tmp_path / "new" / "folder")
    png = (tmp_path / "new" / "folder" / "shift.png").read_bytes()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert png.endswith(b"IEND\xaeB`\x82")
    root = ElementTree.parse(tmp_path / "new" / "folder" / "shift.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > len(AGENTS)


def test_the_table_names_every_agent() -> None:
    done = run("--tasks", "2", "--size", "4", "--seeds", "1")
    assert done.returncode == 0, done.stderr
    assert all(agent in done.stdout for agent in AGENTS)
    headings, *lines = done.stdout.splitlines()
    assert headings.split()[-9:] == ["detour", "right", "wrong", "observed", "ms", "ms", "at", "the", "end"]
    assert len(lines) == len(AGENTS) * len(PHASES)


@pytest.mark.parametrize(
    ("option", "value", "least"), [("tasks", 1, 2), ("size", 2, 3), ("seeds", 0, 1), ("caution", 0, 1)]
)
def test_an_option_that_is_too_small_is_named(option: str, value: int, least: int) -> None:
    done = run(f"--{option}", str(value))
    assert done.returncode == 2
    assert f"--{option} must be at least {least}, not {value}" in done.stderr


def test_a_share_that_is_none_is_named() -> None:
    done = run("--odd", "1")
    assert done.returncode == 2
    assert "--odd must be a share, from 0 to less than 1, not 1.0" in done.stderr


def test_the_library_for_pictures_is_loaded_only_for_them() -> None:
    program = f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r}); import shift; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
