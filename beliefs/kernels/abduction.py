"""Abduction: the smallest sets of hypotheses that explain something, by hitting the models that speak against it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from beliefs.base.entrenchment import Entrenchment
from beliefs.kernels.hitting_set import HittingSets
from beliefs.language.semantics import Model
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict

_ALIKE = Entrenchment(1)


@dataclass(frozen=True, slots=True)
class Explained:
    """A set of hypotheses that explains what was to be explained.

    Attributes:
        hypotheses: the set.
        core: the labels of the theory that were found to explain it together with the set; not always a minimal set.
    """

    hypotheses: frozenset[Label]
    core: frozenset[Label]


def explanations(
    hypotheses: Sequence[Label],
    *,
    refuted: Callable[[Collection[Label]], Verdict],
    consistent: Callable[[Collection[Label]], Verdict],
    holds: Callable[[Label, Model], bool],
    largest: int,
    deadline: Deadline,
) -> Iterator[Explained | Unknown]:
    """Yield the minimal sets of hypotheses that explain something and are consistent, the smallest sets first.

    A set explains it if the theory, the set, and the negation of what is to be explained contradict one another. It is
    an explanation if the theory and the set alone do not, and it is minimal if no part of it is one (Eiter and Gottlob,
    "The complexity of logic-based abduction", JACM 1995).

    They are found by implicit hitting sets (Ignatiev, Morgado and Marques-Silva, "Propositional abduction with
    implicit hitting sets", ECAI 2016): a model in which the theory holds and what is to be explained does not must be
    excluded by some hypothesis that is false in it. So take a smallest set that hits, for each model met, what is
    false in it. If the set does not explain, there is another model to be hit; if it does, or contradicts the theory,
    no larger set that includes it is minimal.

    Cost: an answer of a solver for each set tried. In the worst case these are all sets up to the size allowed.

    Args:
        hypotheses: what may be supposed; early ones are preferred among sets of one size.
        refuted: whether theory, these hypotheses and the negation of what is to be explained can be true together.
        consistent: whether the theory and these hypotheses can be.
        holds: whether a hypothesis is sure to hold in a model.
        largest: of how many hypotheses an explanation may consist.
        deadline: when to end.

    Yields:
        Explanations, all that there are up to that size; an `Unknown` ends it early.
    """
    place = {label: number for number, label in enumerate(hypotheses)}
    candidates = HittingSets(lambda _: _ALIKE, lambda label: place[label], deadline.rest())
    while (supposed := candidates.canonical()) is not None:
        if isinstance(supposed, Unknown):
            yield deadline.told(supposed)
            return
        if len(supposed) > largest:
            return
        answer = refuted(supposed)
        if isinstance(answer, Unsat):
            possible = consistent(supposed)
            if isinstance(possible, Unknown):
                yield possible
                return
            if isinstance(possible, Sat):
                yield Explained(supposed, answer.core)
            candidates.rule_out(supposed)
        elif isinstance(answer, Sat):
            model = answer.model
            candidates.add(
                frozenset(
                    label
                    for label in hypotheses
                    if label not in supposed and not (model is not None and holds(label, model))
                )
            )
        else:
            yield answer
            return
