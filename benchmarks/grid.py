"""A grid world whose laws change midway, with tasks to go from here to there.

Each cell is of one kind, and has or lacks each of a few properties; the laws in force say, by kind and property, which
cells can be entered. A seed draws it all, and the same seed draws the same world for ever.
"""

from __future__ import annotations

import heapq
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

Phase: TypeAlias = Literal["before", "after"]
PHASES: tuple[Phase, ...] = ("before", "after")

CARRYING = ("grass", "gravel", "bridge", "ice")
"""The kinds that can be entered before the change."""

BARRING = ("mud", "water")
"""The kinds that cannot."""

PROPERTIES = ("wet", "steep", "dark")

PROPERTY_SHARE = 0.35
"""How likely a cell has a property."""


class Cell(NamedTuple):
    """A place in the grid."""

    row: int
    column: int

    def __str__(self) -> str:
        return f"c{self.row}_{self.column}"


@dataclass(frozen=True)
class Law:
    """Whether cells of a kind can be entered.

    Attributes:
        carries: whether they can.
        unless: if they can, the property of those that cannot all the same.
    """

    carries: bool
    unless: str | None = None

    def allows(self, properties: frozenset[str]) -> bool:
        """Whether a cell of the kind, with those properties, can be entered."""
        return self.carries and self.unless not in properties


@dataclass(frozen=True)
class Task:
    """A way to go.

    Attributes:
        phase: whether it comes before or after the change.
        shortest: how many steps the shortest way takes, for who knows the laws.
    """

    phase: Phase
    start: Cell
    goal: Cell
    shortest: int


@dataclass(frozen=True)
class World:
    """A map, the laws in force before and after the change, and the tasks in their order.

    Attributes:
        kinds: the kind of each cell, row by row.
        properties: what properties it has.
        odd: the cells that cannot be entered, whatever the laws say.
        laws: the law of each kind, before and after.
    """

    size: int
    kinds: dict[Cell, str]
    properties: dict[Cell, frozenset[str]]
    odd: frozenset[Cell]
    laws: dict[Phase, dict[str, Law]]
    tasks: tuple[Task, ...]

    def can_be_entered(self, cell: Cell, phase: Phase) -> bool:
        """The truth."""
        return cell not in self.odd and self.laws[phase][self.kinds[cell]].allows(self.properties[cell])

    def text(self) -> str:
        """What an agent is told at the start: the rules that hold before the change, and the map."""
        return "\n".join([*self._rules(), *self._map()])

    def _rules(self) -> Iterator[str]:
        for kind, law in self.laws["before"].items():
            conclusion = "passable(c)" if law.carries else "!passable(c)"
            yield f'[on_{kind} @2 "handbook"] forall c. {kind}(c) -> {conclusion}'

    def _map(self) -> Iterator[str]:
        for cell, kind in self.kinds.items():
            yield f'[@3 "map"] {kind}({cell})'
            for each in PROPERTIES:
                yield f'[@3 "map"] {"" if each in self.properties[cell] else "!"}{each}({cell})'


def make_world(seed: int, size: int, tasks: int, odd: float = 0.04) -> World:
    """Return the world of a seed, with half of the tasks before the change and half after it.

    Args:
        seed: what draws it.
        size: how many cells there are along each side.
        tasks: how many tasks there are.
        odd: how likely it is that a cell cannot be entered, whatever its kind.
    """
    draw = random.Random(seed)
    cells = [Cell(row, column) for row in range(size) for column in range(size)]
    world = World(
        size=size,
        kinds={cell: draw.choice((*CARRYING, *BARRING)) for cell in cells},
        properties={
            cell: frozenset(each for each in PROPERTIES if draw.random() < PROPERTY_SHARE) for cell in cells
        },
        odd=frozenset(cell for cell in cells if draw.random() < odd),
        laws=draw_laws(draw),
        tasks=(),
    )
    change = tasks // 2
    drawn = [draw_task(draw, world, "before" if number < change else "after") for number in range(tasks)]
    return replace(world, tasks=tuple(drawn))


def draw_laws(draw: random.Random) -> dict[Phase, dict[str, Law]]:
    """Draw what changes: one kind carries under a condition, a second one no longer, a third one newly."""
    before = {kind: Law(kind in CARRYING) for kind in (*CARRYING, *BARRING)}
    conditional, lost = draw.sample(CARRYING, 2)
    changed = {
        conditional: Law(True, unless=draw.choice(PROPERTIES)),
        lost: Law(False),
        draw.choice(BARRING): Law(True),
    }
    return {"before": before, "after": before | changed}


def draw_task(draw: random.Random, world: World, phase: Phase) -> Task:
    """Draw a start, and a goal that can be reached from it but not in one step."""
    enterable = [cell for cell in world.kinds if world.can_be_entered(cell, phase)]

    def price(cell: Cell) -> int | None:
        return 1 if world.can_be_entered(cell, phase) else None

    for _ in range(10_000):
        start, goal = draw.sample(enterable, 2) if len(enterable) > 1 else (Cell(0, 0), Cell(0, 0))
        way = cheapest_way(world.size, start, goal, price)
        if way is not None and len(way) > 1:
            return Task(phase, start, goal, len(way))
    raise SystemExit(f"no way of two steps was found in a world of size {world.size}; take a larger one")


def cheapest_way(
    size: int, start: Cell, goal: Cell, price: Callable[[Cell], int | None]
) -> tuple[Cell, ...] | None:
    """Return the cells to enter, one after the other, at the least price; None if there is no way.

    A* (P. Hart, N. Nilsson, B. Raphael, 1968), with the distance as the bird flies along the grid. A price is at least
    1, or None for a cell that cannot be entered. Among equally cheap ways the choice is always the same.
    """

    def at_least(cell: Cell) -> int:
        return abs(cell.row - goal.row) + abs(cell.column - goal.column)

    paid = {start: 0}
    came_from: dict[Cell, Cell] = {}
    done: set[Cell] = set()
    waiting = [(at_least(start), 0, start)]
    while waiting:
        _, _, cell = heapq.heappop(waiting)
        if cell == goal:
            return _way_back(came_from, goal)
        if cell in done:
            continue
        done.add(cell)
        for neighbour in _neighbours(size, cell):
            cost = None if neighbour in done else price(neighbour)
            if cost is not None and paid[cell] + cost < paid.get(neighbour, sys.maxsize):
                paid[neighbour] = paid[cell] + cost
                came_from[neighbour] = cell
                ahead = at_least(neighbour)
                heapq.heappush(waiting, (paid[neighbour] + ahead, ahead, neighbour))
    return None


def _neighbours(size: int, cell: Cell) -> Iterator[Cell]:
    for down, right in ((-1, 0), (0, 1), (1, 0), (0, -1)):
        row, column = cell.row + down, cell.column + right
        if 0 <= row < size and 0 <= column < size:
            yield Cell(row, column)


def _way_back(came_from: dict[Cell, Cell], goal: Cell) -> tuple[Cell, ...]:
    way = [goal]
    while came_from.get(way[-1]) is not None:
        way.append(came_from[way[-1]])
    return tuple(reversed(way[:-1]))
