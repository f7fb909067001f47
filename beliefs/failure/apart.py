"""Situations that have nothing to agree upon, each looked at by itself, in clauses of numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, cast

from beliefs.failure.clausal import Clausal
from beliefs.failure.searches import LARGEST, search
from beliefs.failure.situations import Situations, at
from beliefs.kernels.kernel import Kernel, shrink
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.sat_oracle import PatientSolver
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict


class Finder(Protocol):
    """Finds what contradicts the observations among the candidates."""

    def find(self, excluded: frozenset[Label]) -> Kernel | Sat | Unknown:
        """Return candidates, none of those excluded, that contradict the observations; see `searches.Search`."""


def finder(situations: Situations, deadline: Deadline) -> Finder:
    """Return what finds kernels of the observations, whichever way suits them best."""
    read = Clausal.of(situations) if len(situations.base) <= LARGEST else None
    if read is None or not read.is_apart:
        return search(situations, deadline)
    return Apart(situations, deadline, read)


_NONE: frozenset[int] = frozenset()


class Apart:
    """Ground beliefs in one SAT solver, where what agrees with each situation agrees with all of them together.

    That is so where each shared atom of what is copied, and of what was seen, is *one-sided*: but for the beliefs that
    are the atom or its negation (its *pins*), all that is said of it is said with one polarity. Take candidates to
    be kept, and a model of each situation. Where a pin of an atom is kept, or certain, the atom is as it says in all
    models. Where none is, it may be moved, in all models, to the polarity in which it stands: what the models satisfy
    has only more true literals then. So the models come to agree on all that the situations share, and are one model
    of all. The health of a part is such an atom: its belief says that it is healthy, and all else what a healthy part
    does.

    So a situation is looked at by itself, and what is found out of it is kept: candidates without which it agrees
    with the rest *explain* it, and so do any more. A model is moved to keep as many candidates as it can; of what
    it then gives up, as little is kept as explains the situation. Most diagnoses explain a situation by a part of
    theirs, which they share with others: these are then not asked about it again. (With the same aim, RC2 and others
    make cores smaller than the solver finds them; an explanation is dual to a kernel.)

    Cost: at most a check for each diagnosis and situation, and a few for each kernel and each explanation.
    """

    def __init__(self, situations: Situations, deadline: Deadline, read: Clausal) -> None:
        """Load what was read into a solver."""
        self._situations = situations
        self._deadline = deadline
        # What each check may spend, where that is always the same.
        budget = deadline.rest()
        self._allowance = budget if budget.milliseconds is None else None
        self._solver = PatientSolver()
        self._candidates = read.candidates
        self._literals = read.literals
        self._momentary = read.momentary
        self._seen = read.seen
        self._selectors = read.selectors
        add_clause = self._solver.add_clause
        for clause in read.clauses:
            add_clause(clause)
        self._order = list(situations.numbers)
        of_moment = frozenset(self._momentary)
        self._shared: dict[Label, int] = {
            belief.name: number for number, belief in enumerate(self._candidates) if number not in of_moment
        }
        self._momentary_of: dict[Label, tuple[int, int]] = {
            at(self._candidates[number].name, situation): (situation, number)
            for number in self._momentary
            for situation in situations.numbers
        }
        self._candidate_of = {literal: number for number, literal in enumerate(self._literals)}
        self._explained: dict[frozenset[int], int] = {}
        self._explained_here: dict[int, list[frozenset[int]]] = {each: [] for each in situations.numbers}
        self._explained_once: set[int] = set()
        self._read = read

    def find(self, excluded: frozenset[Label]) -> Kernel | Sat | Unknown:
        """Return candidates, none of those excluded, that contradict the observations; `Sat` if there are none.

        They are a kernel of one situation.
        """
        shared, of_moment = self._given_up(excluded)
        explained = 0
        for numbers, situations in self._explained.items():
            if numbers <= shared:
                explained |= situations
        literals = self._literals
        kept = [literals[number] for number in self._shared.values() if number not in shared]
        several = len(self._order) > 1
        for situation in self._order:
            if explained >> situation & 1:
                continue
            given_up, here = shared, kept
            if self._momentary:
                given_up |= of_moment.get(situation, _NONE)
                if any(numbers <= given_up for numbers in self._explained_here[situation]):
                    continue
                here = [*kept, *[literals[n] for n in self._momentary if n not in given_up]]
            answer = self._solve(situation, here)
            if isinstance(answer, Unknown):
                return answer
            if not answer:
                core = self._core(situation)
                self._look_first_at(situation)
                kernel = shrink(_InOne(self, situation), core, spare=self._firmness)
                if isinstance(kernel, Unknown):
                    return kernel
                return self._labelled(cast(frozenset[int], kernel), situation)
            if several:
                self._learn(situation, given_up)
        return Sat()

    def in_one(self, situation: int, numbers: Collection[Label]) -> Verdict:
        """Decide whether just the candidates so numbered, and what is certain, agree with one situation."""
        literals = self._literals
        answer = self._solve(situation, [literals[number] for number in cast(Collection[int], numbers)])
        if isinstance(answer, Unknown):
            return answer
        return Sat() if answer else Unsat(self._core(situation))

    def _given_up(self, excluded: Iterable[Label]) -> tuple[frozenset[int], dict[int, frozenset[int]]]:
        """The numbers of the shared candidates among some labels, and of the momentary ones by situation."""
        shared = set()
        of_moment: dict[int, frozenset[int]] = {}
        for label in excluded:
            number = self._shared.get(label)
            if number is not None:
                shared.add(number)
            else:
                situation, number = self._momentary_of[label]
                of_moment[situation] = of_moment.get(situation, _NONE) | {number}
        return frozenset(shared), of_moment

    def _labelled(self, numbers: Iterable[int], situation: int) -> Kernel:
        names = {self._candidates[number].name for number in numbers}
        return frozenset(name if name in self._shared else at(name, situation) for name in names)

    def _firmness(self, number: Label) -> tuple[int, Fraction, int, str]:
        """What costs least to give up is tried first for deletion; among equals the newer, then by name."""
        belief = self._candidates[cast(int, number)]
        held = self._situations.base.held(belief.name)
        return (held.rank[1], held.weight, -belief.age, belief.name)

    def _look_first_at(self, situation: int) -> None:
        self._order.remove(situation)
        self._order.insert(0, situation)

    def _solve(self, situation: int, kept: list[int]) -> bool | Unknown:
        """Decide whether these literals of candidates agree with one situation."""
        allowance = self._allowance or self._deadline.remaining()
        if isinstance(allowance, Unknown):
            return allowance
        seen = self._seen[situation - 1]
        if seen.met:
            kept = [literal for literal in kept if literal not in seen.met]
        if self._selectors:
            # The solver tries first the value that a variable had last; it is not to keep what it need not.
            self._solver.set_phases(self._selectors)
        answer = self._solver.solve(seen.literals + kept, allowance)
        return self._deadline.told(answer) if isinstance(answer, Unknown) else answer

    def _core(self, situation: int) -> frozenset[int]:
        """The candidates that were just refuted together."""
        candidate_of, met = self._candidate_of, self._seen[situation - 1].met
        return frozenset(
            candidate_of[literal]
            for literal in self._solver.core()
            if literal in candidate_of and literal not in met
        )

    def _learn(self, situation: int, given_up: frozenset[int]) -> None:
        """Take in an explanation: a part of the candidates given up, with which the model just found will do.

        Of just one candidate there is no smaller part, unless the situation agrees with all. That is looked at once.
        """
        needed = given_up
        if len(given_up) > 1:
            needed = self._needed(situation, given_up)
        elif situation not in self._explained_once:
            self._explained_once.add(situation)
            needed = self._needed(situation, given_up)
        if self._momentary and not needed.isdisjoint(self._momentary):
            self._explained_here[situation].append(needed)
        else:
            self._explained[needed] = self._explained.get(needed, 0) | 1 << situation

    def _needed(self, situation: int, given_up: frozenset[int]) -> frozenset[int]:
        """The candidates that the model just found cannot keep by a change to the variable that stands for each."""
        model = self._solver.model()
        denials = self._read.denials
        opposed = self._seen[situation - 1].opposed
        needed = []
        for number in sorted(given_up):
            literal = self._literals[number]
            place = abs(literal) - 1
            if model[place] == literal:
                continue
            if -literal in self._candidate_of or literal in opposed:
                needed.append(number)
                continue
            for clause in denials[literal]:
                for each in clause:
                    if model[abs(each) - 1] == each:
                        break
                else:
                    needed.append(number)
                    break
            else:
                model[place] = literal
        return frozenset(needed)


@dataclass(frozen=True, slots=True)
class _InOne:
    """The conflict of candidates with one situation."""

    search: Apart
    situation: int

    def check(self, labels: Collection[Label]) -> Verdict:
        return self.search.in_one(self.situation, labels)
