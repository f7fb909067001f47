"""A remainder is as much as can be kept beside the input: how one is grown, and all of them in turn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from beliefs.kernels.enumerate import incisions
from beliefs.kernels.kernel import Checkable, Conflict
from beliefs.kernels.order import SupportsLessThan
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat


@dataclass(frozen=True, slots=True)
class Remainder:
    """A maximal set of labels that agrees with the input, told by what it leaves out.

    Remainders are those of Alchourrón and Makinson, "On the logic of theory change: contraction functions and
    their associated revision functions", Theoria 1982.

    Attributes:
        excluded: the labels left out, a minimal incision; all others are kept.
    """

    excluded: frozenset[Label]


def grow(
    conflict: Checkable, kept: Collection[Label], candidates: Iterable[Label]
) -> frozenset[Label] | Unknown:
    """Return what is kept, with as many of the candidates as agree with it and the input.

    Candidates are taken in their order: one stays out only where those kept and taken before it contradict
    it. So the result is maximal, and the same whatever the solver.

    Runs of candidates are taken at once, doubling while that succeeds; when it fails, halving the run finds
    the one that does not fit (the progression of Marques-Silva, Janota and Belov, CAV 2013).

    Args:
        conflict: what is asked.
        kept: labels that agree with the input.
        candidates: labels to add.

    Returns:
        The labels kept and taken; `Unknown` if any check was.

    Raises:
        ValueError: what is to be kept contradicts the input itself.

    Cost: with n candidates and m that stay out, at most about 2m·log2(n/m) + 2m checks and never more than 2n
        + 1.
    """
    taken = dict.fromkeys(kept)
    rest = [label for label in dict.fromkeys(candidates) if label not in taken]
    agrees = False
    run = 1
    # While a run is being halved: how many labels from the front of `rest` hold one that does not fit.
    suspect = 0
    while rest:
        if suspect == 1:
            rest.pop(0)
            suspect, run = 0, 1
            continue
        step = suspect // 2 or min(run, len(rest))
        verdict = conflict.check([*taken, *rest[:step]])
        if isinstance(verdict, Unknown):
            return verdict
        if isinstance(verdict, Sat):
            agrees = True
            taken.update(dict.fromkeys(rest[:step]))
            rest = rest[step:]
            suspect = max(suspect - step, 0)
            run *= 2
        else:
            suspect = step
    if not agrees:
        verdict = conflict.check(list(taken))
        if isinstance(verdict, Unknown):
            return verdict
        if isinstance(verdict, Unsat):
            culprits = ", ".join(sorted(map(str, verdict.core))) or "it contradicts itself"
            raise ValueError(f"what is to be kept already contradicts the input: {culprits}")
    return frozenset(taken)


def remainders(
    conflict: Conflict,
    *,
    spare: Callable[[Label], SupportsLessThan] = repr,
    revisable: Callable[[Label], bool] | None = None,
    limit: int | None = None,
) -> Iterator[Remainder | Unknown]:
    """Yield the remainders of a conflict, each once and each when it is asked for.

    Labels that are not revisable are in each of them. There is none if those contradict the input by
    themselves. Arguments and `Unknown` are as in `enumerate.kernels`.
    """
    for excluded in incisions(conflict, spare=spare, revisable=revisable, limit=limit):
        yield excluded if isinstance(excluded, Unknown) else Remainder(excluded)
