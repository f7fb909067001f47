"""Kernels and minimal incisions of a conflict in numbers, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from beliefs.kernels.numbered import Numbering
from beliefs.kernels.seeds import Seeds
from beliefs.reasoning.verdict import Unknown

_SHARE_OF_INCISIONS = 10
"""One part in so many of the work goes into incisions while kernels are enumerated."""


def minimal_kernels(numbering: Numbering) -> Iterator[set[int] | Unknown]:
    """Yield kernels, each when it is asked for; an `Unknown` is the last.

    What is promised is what `enumerate.kernels` does. A seed, as large as can be, is shrunk to a kernel if it
    contradicts the input (the MARCO algorithm of Liffiton, Previti, Malik and Marques-Silva, Constraints 2016). Labels
    that incisions met before show to be needed are not tried. A share of the work goes into incisions alone:
    once they are all known, the kernels are their minimal hitting sets (Reiter's duality), and are found
    without a question to the conflict.
    """
    conflict, certain = numbering.conflict, numbering.certain
    seeds = Seeds(conflict.remaining)
    incisions = minimal_incisions(numbering)
    spent = 0
    while True:
        while spent * _SHARE_OF_INCISIONS < numbering.work:
            before = numbering.work
            incision = next(incisions, None)
            if incision is None:
                yield from _kernels_of_incisions(numbering, seeds)
                return
            if isinstance(incision, Unknown):
                yield incision
                return
            seeds.agreeing(incision)
            spent += numbering.work - before
        left_out = seeds.large()
        if left_out is None:
            return
        if isinstance(left_out, Unknown):
            yield left_out
            return
        seed = numbering.revisable
        if left_out:
            seed = [number for number in seed if number not in left_out]
        answer = numbering.solve([*certain, *seed])
        if isinstance(answer, Unknown):
            yield answer
            return
        if answer:
            conflict.look()
            seeds.agreeing(conflict.falsified(numbering.revisable))
            continue
        core = conflict.core()
        kernel = numbering.shrink(core, seeds.needed(frozenset(core)))
        yield kernel
        if isinstance(kernel, Unknown):
            return
        part = kernel.difference(certain)
        if not part:
            return
        seeds.kernel(part)


def _kernels_of_incisions(numbering: Numbering, seeds: Seeds) -> Iterator[set[int] | Unknown]:
    """Yield the kernels not met yet, when all minimal incisions are known."""
    while (part := seeds.small()) is not None:
        if isinstance(part, Unknown):
            yield part
            return
        # With certain labels, those that the part needs beside it are still to be found.
        kernel = numbering.shrink({*part, *numbering.certain}, part) if numbering.certain else part
        yield kernel
        if isinstance(kernel, Unknown) or not part:
            return
        seeds.kernel(part)


def minimal_incisions(numbering: Numbering) -> Iterator[set[int] | Unknown]:
    """Yield every minimal incision, each once, and each when it is asked for; an `Unknown` is the last.

    No kernel is needed for that. A model is found in which, of each incision met before, something is true; what
    it falsifies is made as little as can be, label by label; what is left is a minimal incision that was not met
    (Liffiton and Sakallah, JAR 2008; Marques-Silva, Heras, Janota, Previti and Belov, "On computing minimal correction
    subsets", IJCAI 2013). Labels that unit propagation excludes, of which what the solver has learnt is a part,
    cost no check.
    """
    conflict, certain = numbering.conflict, numbering.certain
    mark = conflict.mark()
    while True:
        answer = numbering.solve([mark, *certain])
        if isinstance(answer, Unknown):
            yield answer
        if answer is not True:
            return
        incision = _grown(numbering, [mark, *certain])
        yield incision
        if isinstance(incision, Unknown):
            return
        conflict.forbid(mark, sorted(incision))


def _grown(numbering: Numbering, background: Sequence[int]) -> set[int] | Unknown:
    """Return what stays out, as little as can be, beside what the model found last satisfies."""
    conflict, revisable = numbering.conflict, numbering.revisable
    # To read the model and to propagate takes about as long as to ask twice.
    numbering.work += 2 * len(revisable)
    conflict.look()
    open_ = conflict.falsified(revisable)
    missed = set(open_)
    kept = [*background, *(number for number in revisable if number not in missed)]
    out: set[int] = set()
    grown = True
    while open_:
        if grown and len(open_) > 1:
            grown = False
            excluded = conflict.excluded(kept)
            out.update(excluded.intersection(open_))
            open_ = [number for number in open_ if number not in out]
            continue
        number = open_.pop()
        answer = numbering.solve([*kept, number])
        if isinstance(answer, Unknown):
            return answer
        if not answer:
            out.add(number)
            continue
        conflict.look()
        still = conflict.falsified(open_)
        missed = set(still)
        kept += [number, *(each for each in open_ if each not in missed)]
        open_ = still
        grown = True
    return out
