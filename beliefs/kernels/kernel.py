"""A kernel is a smallest set of labels that contradicts the input: what is asked, how a core becomes one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol, TypeAlias

from beliefs.kernels.numbered import Numbering, numbered_conflict
from beliefs.kernels.order import SupportsLessThan
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict

Kernel: TypeAlias = frozenset[Label]
"""Labels that contradict the input together, while all but any one of them do not (Hansson 1994)."""


class Checkable(Protocol):
    """An input, and labels that may contradict it when they are named: as much as is asked of to shrink a core.

    The contract is that of `Conflict`.
    """

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether just these labels are satisfiable together with the input."""


class Conflict(Checkable, Protocol):
    """An input, and labels that may contradict it, all of which can be asked about at once.

    Contract, for every implementation:

    - The input is in the background of every question, and always the same.
    - Both questions are monotone: what contradicts the input goes on to do so when more labels join it.
    - `Unsat.core` holds only labels that were asked about: of those given to `check`, or none of those left
      out of `without`. It need not be minimal.
    - `without` asks about every label there is but those left out. It may look at as few as settle the
      answer: nothing in this package ever lists all labels.
    """

    def without(self, excluded: Collection[Label]) -> Verdict:
        """Decide whether all labels but these are satisfiable together with the input."""


def shrink(
    conflict: Checkable,
    core: Collection[Label],
    *,
    spare: Callable[[Label], SupportsLessThan] | None = None,
    is_certain: Callable[[Label], bool] | None = None,
) -> Kernel | Unknown:
    """Return a kernel within a core.

    Labels are tried for deletion in the order of `spare`, so those early in it are the likeliest to go. With
    `is_certain` the certain labels wait until all others have been tried: what is left of the others is
    minimal in the presence of every certain label of the core; only then are the certain ones made as few as
    they can be.

    Deletions are made in runs that double while they succeed; when one fails, halving the run finds the label
    that was needed (the progression of Marques-Silva, Janota and Belov, "Minimal sets over monotone
    predicates in Boolean formulae", CAV 2013; within a run it is Junker's QuickXplain, AAAI 2004, and with
    runs of one label plain deletion). Each success also drops what its own core does without (core
    refinement; Dershowitz, Hanna and Nadel, SAT 2006). A conflict that is to be had in numbers is shrunk by rotation
    instead (`numbered.Numbering.shrink`).

    Args:
        conflict: what is asked.
        core: labels that contradict the input together. This is not checked again: no check is spent on it.
        spare: the order of trial; `repr` if there is none.
        is_certain: which labels are tried last.

    Returns:
        A kernel, or `Unknown` if any check was: then nothing is claimed.

    Cost: with n labels in the core and k in the kernel, about 2k·log2(n/k) + 2k checks and never more than
        2n,
    also where the cores of the oracle are no help; close to k where they are tight.
    """
    numbered = numbered_conflict(conflict)
    if numbered is not None:
        shrunk = Numbering(numbered, repr if spare is None else spare, is_certain).shrink(
            numbered.numbers(core)
        )
        return shrunk if isinstance(shrunk, Unknown) else frozenset(numbered.named(shrunk))
    order = sorted(core, key=repr if spare is None else spare)
    certain = [] if is_certain is None else [label for label in order if is_certain(label)]
    given = frozenset(certain)
    revisable = _necessary(conflict, [label for label in order if label not in given], certain)
    if isinstance(revisable, Unknown):
        return revisable
    kept, used = revisable
    needed = _necessary(conflict, [label for label in certain if label in used], kept)
    if isinstance(needed, Unknown):
        return needed
    return frozenset(kept + needed[0])


def kernel_without(
    conflict: Conflict,
    excluded: frozenset[Label],
    *,
    spare: Callable[[Label], SupportsLessThan] | None = None,
    is_certain: Callable[[Label], bool] | None = None,
) -> Kernel | Sat | Unknown:
    """Return a kernel that holds none of these labels; `Sat` if there is none. The rest is as in `shrink`.

    Raises:
        ValueError: the conflict broke its contract: a core held a label that was left out.
    """
    verdict = conflict.without(excluded)
    if not isinstance(verdict, Unsat):
        return verdict
    if not verdict.core.isdisjoint(excluded):
        culprits = ", ".join(sorted(map(str, verdict.core & excluded)))
        raise ValueError(f"the core of a conflict holds labels that it was to leave out: {culprits}")
    return shrink(conflict, verdict.core, spare=spare, is_certain=is_certain)


def _necessary(
    conflict: Checkable, candidates: Sequence[Label], background: Sequence[Label]
) -> tuple[list[Label], Collection[Label]] | Unknown:
    """Return a minimal part of the candidates, and the last core.

    Before: candidates and background contradict the input. After: so do the part and what the last core
    holds of the background; without any label of the part, the whole background does not.
    """
    needed: list[Label] = []
    rest = list(candidates)
    core: Collection[Label] = frozenset((*candidates, *background))
    run = 1
    # While a run is being halved: how many labels from the front of `rest` hold one that is needed. Leaving
    # all of those out is known to be satisfiable.
    suspect = 0
    while rest:
        if suspect == 1:
            needed.append(rest.pop(0))
            suspect, run = 0, 1
            continue
        step = suspect // 2 or min(run, len(rest))
        verdict = conflict.check([*needed, *rest[step:], *background])
        if isinstance(verdict, Unknown):
            return verdict
        if isinstance(verdict, Sat):
            suspect = step
            continue
        core = verdict.core
        suspect = _count(rest[step:suspect], core)
        rest = [label for label in rest[step:] if label in core]
        run *= 2
    return needed, core


def _count(labels: Iterable[Label], among: Collection[Label]) -> int:
    """Count the labels that lie among those."""
    return sum(label in among for label in labels)
