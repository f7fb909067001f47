"""Fast Downward's search, called on a grounded task."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, TypeAlias

from beliefs.errors import MissingExtraError, PlanError
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import UNLIMITED, Budget, Unknown

Fact: TypeAlias = int
"""A ground atom of a task, as a number from 0."""

UNSOLVABLE: Final = "unsolvable"
"""The answer that no sequence of operators leads to the goal: the search has proven it."""

_SEARCH: Final = "lazy_greedy([ff()], preferred=[ff()])"
"""Greedy search with the heuristic of FF (Hoffmann and Nebel, JAIR 2001) and its preferred operators. It leaves out a
state only where the relaxation has no plan from there, so when it has searched all others there is no plan."""

_SOLVED, _UNSOLVABLE = (0,), (10, 11)
_OUT_OF_MEMORY = (20, 22, 24)
"""Exit codes of Fast Downward; 12 and 13 say that nothing was found, and prove nothing."""

_CANNOT_START: Final = 127
"""What the shell and the loader of libraries exit with; with too little memory even a library cannot be loaded."""

_PLAN: Final = "plan"
_BINARIES: Final = ("downward", "downward.exe")
_REMEDY: Final = "install it with: pip install 'beliefs[planning]'"


@dataclass(frozen=True, slots=True)
class Operator:
    """A ground step: what must be true and false before it, what it makes true and false.

    What it makes both true and false is true afterwards, as in PDDL.
    """

    needs: frozenset[Fact]
    forbids: frozenset[Fact]
    adds: frozenset[Fact]
    deletes: frozenset[Fact]

    def applies(self, state: frozenset[Fact]) -> bool:
        """Return whether the step can be taken in a state."""
        return self.needs <= state and self.forbids.isdisjoint(state)

    def applied(self, state: frozenset[Fact]) -> frozenset[Fact]:
        """Return the state after the step."""
        return (state - self.deletes) | self.adds


@dataclass(frozen=True, slots=True)
class Task:
    """A grounded planning task.

    Attributes:
        facts: how many facts there are.
        initial: those that hold at first; all others do not.
        wanted: the facts that should hold in the end.
        unwanted: the facts that should not hold in the end.
        operators: the steps there are.
    """

    facts: int
    initial: frozenset[Fact]
    wanted: frozenset[Fact]
    unwanted: frozenset[Fact]
    operators: tuple[Operator, ...]

    def satisfied(self, state: frozenset[Fact]) -> bool:
        """Return whether a state is as it should be in the end."""
        return self.wanted <= state and self.unwanted.isdisjoint(state)


def search(task: Task, budget: Budget = UNLIMITED) -> tuple[int, ...] | Literal["unsolvable"] | Unknown:
    """Return the numbers of operators that lead to the goal, in order; `UNSOLVABLE` where there are none.

    A plan is as the search gave it: the caller validates it. The search runs in a process of its own, which has
    ended when this returns or raises, whatever happened; it works in a folder of its own, which is gone then.
    Of a budget the resources are not counted.

    Raises:
        MissingExtraError: the planner is not installed.
        PlanError: it broke down.

    Cost: about 10 ms for a task of a hundred operators that is easy; exponential in the facts at worst.
    """
    if task.satisfied(task.initial):
        return ()
    if not task.wanted.isdisjoint(task.unwanted):
        return UNSOLVABLE
    deadline = Deadline(budget)
    with as_file(_binary()) as binary, TemporaryDirectory(prefix="beliefs-plan-") as folder:
        command = [str(binary), "--search", _SEARCH, "--internal-plan-file", _PLAN]
        try:
            code, said = _run(command, sas(task), folder, deadline.rest())
        except subprocess.TimeoutExpired:
            return deadline.told(
                Unknown(f"the planner was not done after {budget.milliseconds} ms; allow more time")
            )
        if code in _SOLVED:
            return tuple(_read_plan(Path(folder, _PLAN).read_text(encoding="ascii")))
    if code in _UNSOLVABLE:
        return UNSOLVABLE
    if code in _OUT_OF_MEMORY or (budget.megabytes is not None and (code < 0 or code == _CANNOT_START)):
        return Unknown("the planner ran out of memory; allow more, or make the problem smaller")
    if code in (12, 13):
        return Unknown("the planner found no plan, and no proof that there is none")
    last = said.strip().splitlines()[-1:] or ["it said nothing"]
    raise PlanError(f"Fast Downward broke down with exit code {code}: {last[0]}")


def sas(task: Task) -> str:
    """Return a task in the format that the search reads: each fact a variable, 0 for true and 1 for false.

    The format is that of Helmert's translator, version 3 ("Concise finite-domain representations for PDDL
    planning tasks", AIJ 2009), without its mutex groups.
    """
    lines = ["begin_version", "3", "end_version", "begin_metric", "0", "end_metric", str(task.facts)]
    for fact in range(task.facts):
        lines += [
            "begin_variable",
            f"v{fact}",
            "-1",
            "2",
            f"Atom f{fact}()",
            f"NegatedAtom f{fact}()",
            "end_variable",
        ]
    lines += ["0", "begin_state"]
    lines += ["0" if fact in task.initial else "1" for fact in range(task.facts)]
    lines += ["end_state", "begin_goal", str(len(task.wanted) + len(task.unwanted))]
    lines += [f"{fact} 0" for fact in sorted(task.wanted)]
    lines += [f"{fact} 1" for fact in sorted(task.unwanted)]
    able = [(number, each) for number, each in enumerate(task.operators) if _is_of_use(each)]
    lines += ["end_goal", str(len(able))]
    for number, operator in able:
        lines += _operator(number, operator)
    return "\n".join([*lines, "0", ""])


def _is_of_use(operator: Operator) -> bool:
    """Whether a step can be taken anywhere, and changes something."""
    return operator.needs.isdisjoint(operator.forbids) and bool(_changed(operator))


def _before(operator: Operator) -> dict[Fact, int]:
    return dict.fromkeys(operator.needs, 0) | dict.fromkeys(operator.forbids, 1)


def _changed(operator: Operator) -> dict[Fact, int]:
    """The values that a step gives to facts that may have another one before it."""
    before = _before(operator)
    after = dict.fromkeys(operator.deletes, 1) | dict.fromkeys(operator.adds, 0)
    return {fact: value for fact, value in after.items() if before.get(fact) != value}


def _operator(number: int, operator: Operator) -> Iterator[str]:
    before, changed = _before(operator), _changed(operator)
    prevailing = sorted(fact for fact in before if fact not in changed)
    yield from ("begin_operator", str(number), str(len(prevailing)))
    yield from (f"{fact} {before[fact]}" for fact in prevailing)
    yield str(len(changed))
    yield from (f"0 {fact} {before.get(fact, -1)} {changed[fact]}" for fact in sorted(changed))
    yield from ("1", "end_operator")


def _read_plan(text: str) -> Iterator[int]:
    """Read the numbers of operators from a plan file: `(12)` a line, and a comment with the cost."""
    return (int(line.strip("()")) for line in text.splitlines() if line.startswith("("))


def _run(command: Sequence[str], said: str, folder: str, budget: Budget) -> tuple[int, str]:
    """Run the search in a folder; return its exit code, and what it said.

    Raises:
        subprocess.TimeoutExpired: the time is up; the process has been ended.
    """
    seconds = None if budget.milliseconds is None else budget.milliseconds / 1000
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            _limit_memory(process.pid, budget.megabytes)
            output, _ = process.communicate(said, timeout=seconds)
        except BaseException:
            # Whatever came (the end of the time, Ctrl-C), nobody waits for the answer any more.
            process.kill()
            raise
        return process.returncode, output


def _limit_memory(process: int, megabytes: int | None) -> None:
    """Give a process no more memory than that, where the system can."""
    if megabytes is None or sys.platform != "linux":
        return
    import resource

    with suppress(OSError):  # it may have ended already
        resource.prlimit(process, resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def _binary() -> Traversable:
    """Return where the search is installed.

    Raises:
        MissingExtraError: it is not.
    """
    try:
        package = files("up_fast_downward")
    except ModuleNotFoundError:
        raise MissingExtraError(f"planning needs the up-fast-downward package; {_REMEDY}") from None
    for name in _BINARIES:
        binary = package.joinpath("downward", "builds", "release", "bin", name)
        if binary.is_file():
            return binary
    raise MissingExtraError(f"up-fast-downward is installed without Fast Downward's search; {_REMEDY}")
