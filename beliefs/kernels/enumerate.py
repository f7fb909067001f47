"""All kernels and all minimal incisions, lazily: the list of either is complete when that of the other is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from beliefs.kernels.hitting_set import MinimalHittingSets
from beliefs.kernels.kernel import Conflict, Kernel, kernel_without
from beliefs.kernels.marco import minimal_incisions, minimal_kernels
from beliefs.kernels.numbered import NumberedConflict, Numbering, numbered_conflict
from beliefs.kernels.order import SupportsLessThan
from beliefs.reasoning.verdict import Label, Sat, Unknown


def kernels(
    conflict: Conflict,
    *,
    spare: Callable[[Label], SupportsLessThan] = repr,
    revisable: Callable[[Label], bool] | None = None,
    limit: int | None = None,
) -> Iterator[Kernel | Unknown]:
    """Yield the kernels of a conflict, each once and each when it is asked for.

    In the end these are all there are. Where only some labels are revisable, kernels count as different only
    by their revisable labels: then there is a kernel, at least one, for every smallest set of revisable
    labels that contradicts the input together with the others; and a kernel without any ends the search, for
    nothing cuts it.

    Minimal incisions are met on the way (see `incisions`). Of either there can be exponentially many.

    Args:
        conflict: what is asked.
        spare: labels early in this order are the likeliest to be missing from a kernel; no two share a key.
        revisable: which labels may be given up; all if it is not told.
        limit: how many to yield at most; None for all.

    Yields:
        Kernels; an `Unknown` ends it early, where an answer needed was.
    """
    numbered = numbered_conflict(conflict)
    if numbered is not None:
        return islice(_named(numbered, minimal_kernels(_numbering(numbered, spare, revisable))), limit)
    found = _dual(conflict, spare, revisable)
    return islice((each for each in found if not isinstance(each, _Incision)), limit)


def incisions(
    conflict: Conflict,
    *,
    spare: Callable[[Label], SupportsLessThan] = repr,
    revisable: Callable[[Label], bool] | None = None,
    limit: int | None = None,
) -> Iterator[frozenset[Label] | Unknown]:
    """Yield the minimal incisions (diagnoses) of a conflict, each once and each when it is asked for.

    Minimal by inclusion, in no order of cost; only the empty one if nothing contradicts the input; none at
    all if labels that are not revisable contradict it by themselves. Arguments and `Unknown` are as in
    `kernels`.
    """
    numbered = numbered_conflict(conflict)
    if numbered is not None:
        return islice(_named(numbered, minimal_incisions(_numbering(numbered, spare, revisable))), limit)
    found = _dual(conflict, spare, revisable)
    unwrapped = (
        each.removed if isinstance(each, _Incision) else each for each in found if not _is_kernel(each)
    )
    return islice(unwrapped, limit)


def _numbering(
    numbered: NumberedConflict,
    spare: Callable[[Label], SupportsLessThan],
    revisable: Callable[[Label], bool] | None,
) -> Numbering:
    return Numbering(numbered, spare, _is_certain(revisable))


def _is_certain(revisable: Callable[[Label], bool] | None) -> Callable[[Label], bool] | None:
    return None if revisable is None else lambda label: not revisable(label)


def _named(
    numbered: NumberedConflict, found: Iterator[set[int] | Unknown]
) -> Iterator[frozenset[Label] | Unknown]:
    return (each if isinstance(each, Unknown) else frozenset(numbered.named(each)) for each in found)


@dataclass(frozen=True, slots=True)
class _Incision:
    removed: frozenset[Label]


def _is_kernel(found: Kernel | _Incision | Unknown) -> bool:
    return isinstance(found, frozenset)


def _dual(
    conflict: Conflict,
    spare: Callable[[Label], SupportsLessThan],
    revisable: Callable[[Label], bool] | None,
) -> Iterator[Kernel | _Incision | Unknown]:
    """Yield kernels and minimal incisions as they are met, until both are complete.

    A minimal hitting set of the kernels met so far is left out. If the rest still contradicts the input, it
    holds a new kernel. If not, the hitting set is an incision, and minimal: an incision within it would hit
    those kernels too. When every minimal hitting set of the kernels met is an incision, these are all the
    minimal incisions; and a kernel not met would then include one that was (Reiter, AIJ 1987; Liffiton and
    Sakallah, "Algorithms for computing minimal unsatisfiable subsets of constraints", JAR 2008; the search
    with a map of what is settled is that of Liffiton, Previti, Malik and Marques-Silva, Constraints 2016).
    What is left out is always part of kernels already met, so the labels are never listed.
    """
    is_certain = _is_certain(revisable)
    hitting_sets = MinimalHittingSets(spare)
    while (excluded := hitting_sets.find()) is not None:
        found = kernel_without(conflict, excluded, spare=spare, is_certain=is_certain)
        if isinstance(found, Sat):
            hitting_sets.settle(excluded)
            yield _Incision(excluded)
            continue
        yield found
        if isinstance(found, Unknown):
            return
        part = found if revisable is None else frozenset(filter(revisable, found))
        if not part:
            return
        hitting_sets.add(part)
