"""A story for `beliefs demo`: a robot plans with what it believes, fails, finds out why, and does better."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from beliefs.cli.telling import say, show_beliefs, write

if TYPE_CHECKING:
    from beliefs.agent import Agent

BUILDING = """\
sort Room = {dock, hall, lab, stairs, archive}
pred door(Room, Room)
pred locked(Room)
pred way(Room, Room)

[doors @4 "handbook"]     forall x, y: Room. door(x, y) & !locked(y) -> way(x, y)
[d1 @3 "floor plan"]      door(dock, hall)
[d2 @3 "floor plan"]      door(hall, lab)
[d3 @3 "floor plan"]      door(lab, archive)
[d4 @3 "floor plan"]      door(hall, stairs)
[d5 @3 "floor plan"]      door(stairs, archive)
[hall_open @2 "janitor"]  !locked(hall)
[lab_open @1 "rumour"]    !locked(lab)
[stairs_open @2 "janitor"] !locked(stairs)
[archive_open @2 "janitor"] !locked(archive)
"""
"""What the robot has been told."""

ROOMS = ("dock", "hall", "lab", "stairs", "archive")
LOCKED = frozenset({"lab"})
"""How things really are; the robot cannot see this before it stands at the door."""


LOOK_INTO = """\
  beliefs list                    what it believes now
  beliefs why 'locked(lab)'       what it has concluded, and from what
  beliefs episode 1               the failure, and what it learned
  beliefs verify                  have Z3 check every change again"""


class Courier:
    """A robot at the dock with a parcel for the archive."""

    def __init__(self, agent: Agent) -> None:
        """Put the robot to work, with an agent for its beliefs."""
        self._agent = agent
        self._room = "dock"

    def tell_its_story(self) -> None:
        """Deliver the parcel: plan, walk, and whenever a step fails, learn and plan again."""
        told = self._agent.load(BUILDING)
        say(f"A courier robot has been told {len(told.added)} things about its building, among them:\n")
        show_beliefs(self._agent, "doors", "d2", "lab_open")
        say("It stands at the dock with a parcel for the archive.\n")
        while self._room != "archive":
            plan = self._plan("archive")
            if plan is None:
                say("It believes in no way to the archive.")
                return
            say(f"[bold]Plan:[/] {' → '.join([self._room, *plan])}")
            self._walk(plan)
        say("The parcel is delivered. It will not try that door again.")

    def _plan(self, goal: str) -> list[str] | None:
        """The rooms on a shortest way to the goal, every step of which is believed possible."""
        ways: deque[list[str]] = deque([[self._room]])
        seen = {self._room}
        while ways:
            way = ways.popleft()
            if way[-1] == goal:
                return way[1:]
            for room in ROOMS:
                if room not in seen and self._agent.ask(f"way({way[-1]}, {room})").verdict == "believed":
                    seen.add(room)
                    ways.append([*way, room])
        return None

    def _walk(self, plan: list[str]) -> None:
        """Take the steps of a plan, up to the first that fails."""
        for room in plan:
            if room in LOCKED:
                say(f"  {self._room} → {room}   [bold red]fails[/]: the door does not open\n")
                self._learn(f"!way({self._room}, {room})")
                return
            say(f"  {self._room} → {room}   done")
            self._room = room

    def _learn(self, observation: str) -> None:
        """Revise by what was seen, and say what that came to."""
        from beliefs.certificates.checker import check
        from beliefs.render import text, words

        change = self._agent.observe(observation, source="bumper")
        for kernel in change.kernels:
            say(f"[bold]It observes[/] {observation}, against {words.names(kernel)} together.\n")
        write(text.change(change, change.alternatives()))
        assert change.certificate is not None
        claims = check(change.certificate).claims
        held = sum(claim.holds is True for claim in claims)
        say(
            f"[bold]Certificate:[/] {held} of {len(claims)} claims hold, "
            "those that need a solver by a Z3 that no search has used.\n"
        )
