"""Where kernels have not been looked for yet: the sets of labels about which what is known does not tell."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property

from beliefs.reasoning.sat_oracle import PatientSolver
from beliefs.reasoning.verdict import Budget, Unknown


class Seeds:
    """Sets of numbers that include no kernel met and are within no agreeing set met, told by what they leave out.

    This is the map of Liffiton, Previti, Malik and Marques-Silva, "Fast, flexible MUS enumeration", Constraints
    2016. It speaks of a number once a kernel or a set that was met tells it from others. All numbers that it does not
    speak of are in every large seed and in no small one.
    """

    def __init__(self, remaining: Callable[[], Budget | Unknown]) -> None:
        """Begin with nothing met.

        Args:
            remaining: tells what each search for a seed may spend.
        """
        self._remaining = remaining
        self._cut: set[int] = set()  # what the sets that agree leave out
        self._spoken_of: set[int] = set()
        self._small = False
        self._settled = False

    @cached_property
    def _solver(self) -> PatientSolver:
        """The solver; the first seed of all is had without."""
        # Of the solvers of python-sat, this one keeps to the phases it is given.
        return PatientSolver("minisat-gh")

    def kernel(self, kernel: Collection[int]) -> None:
        """Ask that a kernel be included no more. It has at least one number."""
        self._speak_of(kernel)
        self._solver.add_clause(sorted(kernel))

    def agreeing(self, left_out: Collection[int]) -> None:
        """Ask that a seed be no longer within the set that leaves just these out, for that agrees with the input."""
        if not left_out:
            self._settled = True
            return
        self._speak_of(left_out)
        self._cut.update(left_out)
        self._solver.add_clause([-number for number in sorted(left_out)])

    def large(self) -> set[int] | Unknown | None:
        """Return what some seed leaves out, of which no part is left out by another; None if there is no seed."""
        left_out = self._left_out(small=False)
        return set(left_out) if isinstance(left_out, list) else left_out

    def small(self) -> set[int] | Unknown | None:
        """Return a seed of which no part is one; None if there is none.

        It cuts what each set that agrees leaves out, and does without all labels that it need not hold for that.
        """
        left_out = self._left_out(small=True)
        return self._cut.difference(left_out) if isinstance(left_out, list) else left_out

    def needed(self, core: Collection[int]) -> set[int]:
        """Return numbers without which no seed is within a core, as far as unit propagation shows."""
        if not self._cut:
            return set()
        implied = self._solver.implied([number for number in self._cut if number not in core])
        return {-literal for literal in implied if literal < 0}

    def _left_out(self, *, small: bool) -> list[int] | Unknown | None:
        """Return what a seed leaves out, of the numbers spoken of; None if there is no seed.

        Every decision of the solver takes a number in, or leaves it out where the seed is to be small; all else follows
        from these, and so would be no different in a seed that departs from this one as desired.
        """
        if self._settled:
            return None
        if not self._spoken_of:
            return []
        if small is not self._small:
            self._small = small
            self._prefer(sorted(self._spoken_of))
        allowance = self._remaining()
        answer = allowance if isinstance(allowance, Unknown) else self._solver.solve([], allowance)
        if isinstance(answer, Unknown):
            return answer
        spoken_of = self._spoken_of
        return [literal for literal in self._solver.model() if literal in spoken_of] if answer else None

    def _prefer(self, numbers: list[int]) -> None:
        self._solver.set_phases(numbers if self._small else [-number for number in numbers])

    def _speak_of(self, numbers: Collection[int]) -> None:
        new = sorted(number for number in numbers if number not in self._spoken_of)
        if new:
            self._spoken_of.update(new)
            self._prefer(new)
