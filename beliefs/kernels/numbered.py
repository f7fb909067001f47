"""Conflicts in numbers: how a core is shrunk to a kernel where the solver of a conflict can be looked into.

What `kernel.shrink` does for any conflict is done here for those that give their labels numbers and tell what a model
falsifies. There are fewer questions then, and each costs less.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

from beliefs.kernels.order import SupportsLessThan
from beliefs.reasoning.verdict import Budget, Label, Unknown


class NumberedConflict(Protocol):
    """A conflict whose labels have numbers, from 1 on; one solver decides it, whose models can be looked into.

    `reasoning.ground_search.GroundSearch` is one, and says what each of these does.
    """

    labels: Sequence[Label]

    def numbers(self, labels: Iterable[Label]) -> list[int]:
        """Return the numbers of labels."""

    def named(self, numbers: Iterable[int]) -> Iterator[Label]:
        """Return the labels of numbers."""

    def solve(self, numbers: list[int]) -> bool | Unknown:
        """Decide whether just these numbers agree with the input."""

    def remaining(self) -> Budget | Unknown:
        """Return what one more search may spend, or `Unknown` once that is nothing."""

    def core(self) -> list[int]:
        """Return numbers, of those just asked about in vain, that contradict the input."""

    def look(self) -> None:
        """Look into the model that was found last."""

    def falsified(self, numbers: Iterable[int]) -> list[int]:
        """Return the numbers, of these, that are not seen to be true in the model looked into."""

    def focus(self, numbers: Collection[int]) -> None:
        """Let `necessary` be about some of these numbers from now on."""

    def necessary(self, number: int, among: Collection[int], known: Collection[int]) -> list[int]:
        """Return further numbers without each of which those among agree, as flips of the model show."""

    def excluded(self, numbers: Sequence[int]) -> set[int]:
        """Return numbers that cannot be true beside these, as far as is easily seen."""

    def mark(self) -> int:
        """Return a number that is no label's."""

    def forbid(self, mark: int, numbers: Collection[int]) -> None:
        """Ask that one of these numbers be true wherever the mark is asked about."""


def numbered_conflict(conflict: object) -> NumberedConflict | None:
    """Return a conflict in numbers, if it has a method `numbered` that gives it so; else None."""
    numbered = getattr(conflict, "numbered", None)
    given: NumberedConflict | None = None if numbered is None else numbered()
    return given


class Numbering:
    """A numbered conflict, with the order in which labels are spared, and those that may be given up.

    Attributes:
        conflict: the conflict.
        work: what was done through it: the lengths of the questions put.
    """

    def __init__(
        self,
        conflict: NumberedConflict,
        spare: Callable[[Label], SupportsLessThan],
        is_certain: Callable[[Label], bool] | None,
    ) -> None:
        self.conflict = conflict
        self.work = 0
        self._place = _Places(conflict.labels, spare)
        self._label_is_certain = is_certain

    @cached_property
    def certain(self) -> list[int]:
        """The numbers that are not given up."""
        return self._certain_among(range(1, len(self.conflict.labels) + 1))

    @cached_property
    def revisable(self) -> Sequence[int]:
        """All others."""
        everything = range(1, len(self.conflict.labels) + 1)
        certain = frozenset(self.certain)
        return [number for number in everything if number not in certain] if certain else everything

    def _certain_among(self, numbers: Iterable[int]) -> list[int]:
        is_certain, labels = self._label_is_certain, self.conflict.labels
        return [] if is_certain is None else [each for each in numbers if is_certain(labels[each - 1])]

    def solve(self, numbers: list[int]) -> bool | Unknown:
        """Decide whether just these numbers agree with the input."""
        self.work += len(numbers)
        return self.conflict.solve(numbers)

    def shrink(self, core: Collection[int], needed: Collection[int] = ()) -> set[int] | Unknown:
        """Return a kernel within a core.

        As in `kernel.shrink`, certain labels wait until all others have been tried. Labels are tried for deletion one
        by one, in the order of sparing. Where that fails, the model found shows by rotation which others are
        needed as well; where it succeeds, its core tells what else goes (Belov, Lynce and Marques-Silva, "Towards
        efficient MUS extraction", AI Communications 2012).

        Args:
            core: numbers that contradict the input together.
            needed: numbers known to be in every kernel within the core.

        Cost: with n labels in the core and k in the kernel, at most n checks; far fewer where rotation and cores
        are of help.
        """
        conflict, certain = self.conflict, frozenset(self._certain_among(core))
        kept = set(core)
        critical = set(needed)
        focused = False
        for now_certain in (False, True):
            trial = [
                number for number in kept if (number in certain) is now_certain and number not in critical
            ]
            trial.sort(key=self._place.__getitem__, reverse=True)
            background = set() if now_certain else kept & certain
            used: Collection[int] = background
            while trial:
                number = trial.pop()
                if number in critical:
                    continue
                kept.discard(number)
                answer = self.solve(list(kept))
                if isinstance(answer, Unknown):
                    return answer
                if answer:
                    kept.add(number)
                    critical.add(number)
                    if not focused:
                        conflict.focus(kept)
                        focused = True
                    conflict.look()
                    critical.update(conflict.necessary(number, kept, critical))
                else:
                    used = conflict.core()
                    kept.intersection_update(used)
                    kept |= background
                    trial = [each for each in trial if each in kept]
            if background:
                kept -= background.difference(used, critical)
        return kept


class _Places(dict[int, SupportsLessThan]):
    """The place of each number in the order of sparing, worked out when it is first asked for."""

    def __init__(self, labels: Sequence[Label], spare: Callable[[Label], SupportsLessThan]) -> None:
        super().__init__()
        self._labels = labels
        self._spare = spare

    def __missing__(self, number: int) -> SupportsLessThan:
        self[number] = place = self._spare(self._labels[number - 1])
        return place
