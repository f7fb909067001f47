"""Conflicts small enough to decide by looking at every set of labels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, combinations, product
from random import Random

from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict


def subsets(labels: Iterable[Label]) -> Iterator[frozenset[Label]]:
    """Yield every subset, the smaller ones first."""
    listed = list(labels)
    return map(frozenset, chain.from_iterable(combinations(listed, size) for size in range(len(listed) + 1)))


def minimal(sets: Iterable[frozenset[Label]]) -> set[frozenset[Label]]:
    """Return those sets that include no other."""
    listed = set(sets)
    return {each for each in listed if not any(other < each for other in listed)}


class SmallConflict:
    """Labels, and a predicate that tells whether some of them contradict the input; it must be monotone.

    Attributes:
        labels: all of them.
        questions: how many were asked so far, of either kind.
        unknown_at: numbers of questions (the first is 1) that are answered with `Unknown`.
    """

    def __init__(
        self,
        labels: Iterable[Label],
        contradicts: Callable[[frozenset[Label]], bool],
        *,
        cores: Random | None = None,
        unknown_at: Collection[int] = (),
    ) -> None:
        """Make the conflict; with `cores` each core is drawn at random from those that are valid.

        Without it a core is all that was asked about: the worst a sound oracle can give.
        """
        self.labels = list(labels)
        self.contradicts = contradicts
        self.questions = 0
        self.unknown_at = unknown_at
        self._cores = cores

    def check(self, labels: Collection[Label]) -> Verdict:
        """Decide whether just these labels agree with the input."""
        asked = frozenset(labels)
        assert asked <= set(self.labels)
        self.questions += 1
        if self.questions in self.unknown_at:
            return Unknown("told to be unknown")
        if not self.contradicts(asked):
            return Sat()
        return Unsat(self._core(asked))

    def without(self, excluded: Collection[Label]) -> Verdict:
        """Decide whether all other labels agree with the input."""
        return self.check(set(self.labels).difference(excluded))

    def kernels(self) -> set[frozenset[Label]]:
        """Return every kernel, by looking at every set of labels."""
        return minimal(filter(self.contradicts, subsets(self.labels)))

    def incisions(self, revisable: Callable[[Label], bool] = lambda label: True) -> set[frozenset[Label]]:
        """Return every minimal incision, by looking at every set of labels."""
        everything = frozenset(self.labels)
        candidates = subsets(filter(revisable, self.labels))
        return minimal(each for each in candidates if not self.contradicts(everything - each))

    def _core(self, asked: frozenset[Label]) -> frozenset[Label]:
        if self._cores is None:
            return asked
        core = sorted(asked, key=repr)
        self._cores.shuffle(core)
        for label in list(core):
            smaller = frozenset(core) - {label}
            if self._cores.random() < 0.8 and self.contradicts(smaller):
                core.remove(label)
        return frozenset(core)


def of_family(
    labels: Iterable[Label], family: Iterable[Collection[Label]], *, cores: Random | None = None
) -> SmallConflict:
    """Return the conflict whose kernels are the minimal sets of a family."""
    sets = [frozenset(each) for each in family]
    return SmallConflict(labels, lambda asked: any(each <= asked for each in sets), cores=cores)


def of_clauses(
    variables: int,
    groups: dict[Label, list[tuple[int, ...]]],
    given: list[tuple[int, ...]],
    *,
    cores: Random | None = None,
) -> SmallConflict:
    """Return the conflict in which labels stand for clauses (as in DIMACS), by truth table."""
    rows = [
        {number if value else -number for number, value in enumerate(row, 1)}
        for row in product((False, True), repeat=variables)
    ]
    agreeing = [row for row in rows if all(row.intersection(clause) for clause in given)]
    rows_of = {
        label: frozenset(
            index for index, row in enumerate(agreeing) if all(row.intersection(clause) for clause in clauses)
        )
        for label, clauses in groups.items()
    }
    everything = frozenset(range(len(agreeing)))
    return SmallConflict(
        groups, lambda asked: not everything.intersection(*(rows_of[label] for label in asked)), cores=cores
    )


def random_conflict(random: Random, *, size: int = 7, cores: Random | None = None) -> SmallConflict:
    """Return a conflict over up to so many labels: a family of sets, or clauses."""
    labels: list[Label] = [f"b{number}" for number in range(random.randint(1, size))]
    if random.random() < 0.5:
        family = [
            random.sample(labels, min(len(labels), random.choice((1, 2, 2, 3, 3, 4))))
            for _ in range(random.randint(0, 7))
        ]
        if random.random() < 0.02:
            family.append([])
        return of_family(labels, family, cores=cores)
    variables = random.randint(1, 4)

    def clause() -> tuple[int, ...]:
        return tuple(
            random.choice((-1, 1)) * random.randint(1, variables) for _ in range(random.randint(1, 3))
        )

    groups = {label: [clause() for _ in range(random.randint(1, 2))] for label in labels}
    return of_clauses(variables, groups, [clause() for _ in range(random.randint(0, 2))], cores=cores)
