"""The least that must be given up: an incision of least cost, proven so by the kernels it cuts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import TypeAlias

from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.kernels.hitting_set import HittingSets
from beliefs.kernels.kernel import Conflict, Kernel, kernel_without
from beliefs.kernels.order import Priority, SupportsLessThan
from beliefs.language.semantics import Model
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Sat, Unknown

KernelSearch: TypeAlias = Callable[[frozenset[Label]], Kernel | Sat | Unknown]
"""Finds a kernel that holds none of the labels given; `Sat` if there is none."""


@dataclass(frozen=True, slots=True)
class Incision:
    """What to give up so that the rest agrees with the input, at the least cost.

    The kernels prove it: each contradicts the input, so each must be cut, and no way to cut them all costs
    less. For each label removed there is a kernel that only it cuts (Hansson's relevance): otherwise to keep
    it would cut them all for less.

    Attributes:
        removed: the labels given up; empty if nothing contradicts the input.
        cost: what that costs.
        kernels: the kernels met, in that order.
        model: a model of all that is left and the input; None where the solver's cannot be read back.
    """

    removed: frozenset[Label]
    cost: Cost
    kernels: tuple[Kernel, ...]
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class Irrefutable:
    """No incision agrees with the input, for certain beliefs alone contradict it.

    Attributes:
        kernel: certain labels that contradict the input; empty if the input contradicts itself.
    """

    kernel: Kernel


def least_incision(
    conflict: Conflict,
    entrenchment: Callable[[Label], Entrenchment],
    priority: Priority,
    *,
    known: Iterable[Kernel] = (),
    budget: Budget = UNLIMITED,
) -> Incision | Irrefutable | Unknown:
    """Return the canonical incision of least cost.

    It is found with implicit hitting sets (Reiter, AIJ 1987, as corrected by Greiner, Smith and Wilkerson,
    AIJ 1989; Davies and Bacchus, "Solving MAXSAT by solving a sequence of simpler SAT instances", CP 2011;
    Moreno-Centeno and Karp, Operations Research 2013): while the rest without a least-cost hitting set of the
    kernels met so far contradicts the input, a kernel it misses is added. When it no longer does, it is an
    incision, and costs no more than any, for every incision hits those kernels. The same is then asked of the
    canonical hitting set until that is an incision too. So among all incisions of least cost the answer is
    the one that comes first, whatever cores the oracle chose: the answer depends on the conflict, the
    entrenchment and the priority alone.

    Args:
        conflict: what is asked.
        entrenchment: how firmly a label is held; certain ones are never given up.
        priority: which of two labels is rather given up where the cost leaves a choice: the one whose key is
            less.
        known: sets of labels that contradict the input, as is known already: kernels met before. They are not checked
            again, and save the search for them; the answer is the same without.
        budget: what each search for a hitting set may spend; what a question to the conflict may is its own
            affair.

    Returns:
        The incision; or the kernel that no incision can cut; or `Unknown` if any answer needed was.
    """
    hunt = _Hunt.of(conflict, entrenchment, priority, budget)
    for kernel in known:
        hunt.met(kernel)
    return next(hunt.incisions())


def equally_good(
    conflict: Conflict,
    incision: Incision,
    entrenchment: Callable[[Label], Entrenchment],
    priority: Priority,
    limit: int | None = None,
    *,
    budget: Budget = UNLIMITED,
) -> Iterator[frozenset[Label] | Unknown]:
    """Yield all incisions that cost as little, the canonical one first, each when it is asked for.

    They come in the canonical order: of two, the one that first holds a label that the other does not.

    Args:
        conflict: what `least_incision` was asked.
        incision: what it answered.
        entrenchment: as it was given.
        priority: as it was given.
        limit: how many to yield at most; None for all.
        budget: as in `least_incision`.

    Yields:
        What each gives up; an `Unknown` ends it early, where an answer needed was.
    """
    return islice(_equally_good(_Hunt.of(conflict, entrenchment, priority, budget), incision), limit)


def _equally_good(hunt: _Hunt, incision: Incision) -> Iterator[frozenset[Label] | Unknown]:
    for kernel in incision.kernels:
        hunt.hitting_sets.add(kernel)
    yield incision.removed
    last = incision.removed
    while (removed := hunt.hitting_sets.following(last)) is not None:
        if isinstance(removed, Unknown):
            yield removed
            return
        answer = hunt.leave_out(removed)
        if isinstance(answer, Unknown):
            yield answer
            return
        # If a kernel that it misses was met, that may rule out more of what comes after the last one.
        if isinstance(answer, Sat):
            last = removed
            yield removed


def incisions_by_cost(
    find: KernelSearch,
    entrenchment: Callable[[Label], Entrenchment],
    priority: Priority,
    *,
    known: Iterable[Kernel] = (),
    found: Iterable[frozenset[Label]] = (),
    budget: Budget = UNLIMITED,
) -> Iterator[Incision | Irrefutable | Unknown]:
    """Yield all minimal incisions (diagnoses), each once and when it is asked for: the least cost first.

    Of equal cost they come in the canonical order, as in `equally_good`. In the end these are all the incisions
    that are minimal by inclusion.

    It is the search of `least_incision`, gone on with: what includes an incision that was found counts as a
    hitting set no longer. A hitting set of least cost among the others, whose rest agrees with the input, is

    - minimal: an incision properly within it would cut every kernel met, include none found before (for then it
      would too), and cost less, since every weight is positive; but none that does the first two costs less;
    - next in order: a minimal incision not yet found includes none found before, since two minimal ones never
      include one another, and cuts every kernel. So it was among those of which this is the first.

    For the same reason none is missing once there is no such hitting set. To list the solutions of MaxSAT by
    blocking each as it is found is usual; with implicit hitting sets it is in J. Davies, "Solving MAXSAT by
    Decoupling Optimization and Satisfaction" (2013), and, for diagnoses, in Stern, Kalech, Feldman and Provan,
    "Exploring the duality in conflict-directed model-based diagnosis", AAAI 2012.

    Args:
        find: finds kernels. Minimality of what it finds saves work, but nothing here hangs on it: a set of labels
            that contradicts the input will do.
        entrenchment: how firmly a label is held; certain ones are never given up.
        priority: as in `least_incision`.
        known: as in `least_incision`.
        found: incisions that were found before, all that come first in order: with these it goes on from there. Each
            label of them is in a kernel that is known.
        budget: as in `least_incision`.

    Yields:
        Each incision, with all kernels met so far; the empty one alone, if nothing contradicts the input. Just
        one `Irrefutable`, where certain labels contradict it. An `Unknown` ends it early, where an answer needed
        was.
    """
    hunt = _Hunt(find, entrenchment, priority, budget)
    for kernel in known:
        hunt.met(kernel)
    for removed in found:
        hunt.hitting_sets.rule_out(removed)
        hunt.found_any = True
    return hunt.incisions()


class _Hunt:
    """The kernels met so far, and what cuts them."""

    def __init__(
        self,
        find: KernelSearch,
        entrenchment: Callable[[Label], Entrenchment],
        priority: Priority,
        budget: Budget,
    ) -> None:
        self._find = find
        self._entrenchment = entrenchment
        self.hitting_sets = HittingSets(entrenchment, priority, budget)
        self.kernels: list[Kernel] = []
        self.found_any = False

    @staticmethod
    def of(
        conflict: Conflict,
        entrenchment: Callable[[Label], Entrenchment],
        priority: Priority,
        budget: Budget,
    ) -> _Hunt:
        """Hunt the kernels of a conflict, each shrunk by what costs least to give up first."""

        # What costs least to give up is the first that a kernel goes without.
        def firmness(label: Label) -> tuple[bool, int, Fraction, SupportsLessThan]:
            held = entrenchment(label)
            return *held.rank, held.weight, priority(label)

        def is_certain(label: Label) -> bool:
            return entrenchment(label).is_certain

        find = partial(kernel_without, conflict, spare=firmness, is_certain=is_certain)
        return _Hunt(find, entrenchment, priority, budget)

    def met(self, kernel: Kernel) -> None:
        """Take in a kernel."""
        self.kernels.append(kernel)
        self.hitting_sets.add(kernel)

    def incisions(self) -> Iterator[Incision | Irrefutable | Unknown]:
        """Yield the minimal incisions as `incisions_by_cost` does: the first is that of `least_incision`."""
        agreeing: dict[frozenset[Label], Sat] = {}
        cost_proven = False
        while True:
            removed = self.hitting_sets.canonical() if cost_proven else self.hitting_sets.least()
            if removed is None:
                if not self.found_any:
                    yield Irrefutable(self._uncuttable())
                return
            if isinstance(removed, Unknown):
                yield removed
                return
            answer = agreeing.get(removed) or self.leave_out(removed)
            if isinstance(answer, Unknown):
                yield answer
                return
            if answer is None:
                continue
            agreeing[removed] = answer
            if not cost_proven and removed != self.hitting_sets.canonical():
                cost_proven = True
                continue
            cost = Cost.of(map(self._entrenchment, removed))
            yield Incision(removed, cost, tuple(self.kernels), answer.model)
            self.found_any = True
            self.hitting_sets.rule_out(removed)
            cost_proven = False

    def leave_out(self, removed: frozenset[Label]) -> Sat | Unknown | None:
        """Ask for a model without these labels; None if kernels that they miss were met and added instead.

        The first kernel of all comes alone, for most conflicts have but one. Later several are looked for, no
        two of which share a label that could be given up: such kernels raise the cost of the next hitting set
        furthest (the disjoint phase of Davies and Bacchus). After a kernel of certain labels no more are
        looked for.
        """
        excluded = removed
        while True:
            found = self._find(excluded)
            if isinstance(found, Sat | Unknown):
                # Once a kernel was met there is something to go on with, whatever the next answer was.
                return found if excluded == removed else None
            part = frozenset(label for label in found if not self._is_certain(label))
            self.met(found)
            if not part or not removed:
                return None
            excluded |= part

    def _is_certain(self, label: Label) -> bool:
        return self._entrenchment(label).is_certain

    def _uncuttable(self) -> Kernel:
        """Return a kernel of certain labels that was met."""
        return next(kernel for kernel in self.kernels if all(map(self._is_certain, kernel)))
