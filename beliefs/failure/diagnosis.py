"""What must be false of what is believed, given what was seen in one situation or several."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Cost
from beliefs.failure.apart import Finder, finder
from beliefs.failure.searches import Together
from beliefs.failure.situations import Candidate, Situations
from beliefs.kernels.incision import Incision, Irrefutable
from beliefs.kernels.kernel import Kernel
from beliefs.kernels.tree import cheapest_first
from beliefs.language.syntax import Formula
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import UNLIMITED, Budget, Label, Sat, Unknown


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A smallest set of candidates without which the rest agrees with all observations.

    Since none of them could be kept beside the rest, each of them is false if the rest is true.

    Attributes:
        given_up: the candidates, the oldest belief first; none where nothing contradicts the observations.
        cost: what giving them up costs; a fact of the moment counts once for each situation.
    """

    given_up: tuple[Candidate, ...]
    cost: Cost

    @property
    def labels(self) -> tuple[str, ...]:
        """What the candidates are called: `rule`, or `raining@2` for a fact of the second situation."""
        return tuple(candidate.label for candidate in self.given_up)

    def __str__(self) -> str:
        return ", ".join(self.labels) or "nothing"


class Diagnoses:
    """The diagnoses of observations, in order of cost; each is found when it is first asked for, and kept.

    Of equal cost, that comes first which holds the first candidate on which the two differ: of the newer belief, then
    by name, then of the earlier situation.

    Attributes:
        situations: the base and the observations.
    """

    def __init__(self, situations: Situations, deadline: Deadline) -> None:
        """Take up a question; nothing is searched yet. The clock of the deadline runs already."""
        self.situations = situations
        self.deadline = deadline
        self._found: list[Diagnosis] = []
        self._kernels: dict[Kernel, None] = {}
        self._ended = False
        self._irrefutable = False
        self._unknown: Unknown | None = None
        self._finder: Finder | None = None
        self._rest = self._others()

    def __iter__(self) -> Iterator[Diagnosis]:
        """Yield the diagnoses, those found before and then the others, until there is no other or `Unknown`.

        `unknown` tells which of these it was.
        """
        place = 0
        while place < len(self._found) or self._advance():
            yield self._found[place]
            place += 1

    def up_to(self, limit: int) -> tuple[Diagnosis, ...]:
        """Return the first so many diagnoses; it is then known whether they are all (`complete`)."""
        while len(self._found) <= limit and self._advance():
            pass
        return tuple(self._found[:limit])

    @property
    def found(self) -> tuple[Diagnosis, ...]:
        """The diagnoses found so far."""
        return tuple(self._found)

    @property
    def complete(self) -> bool:
        """Whether those found so far are all."""
        return self._ended and self._unknown is None

    @property
    def unknown(self) -> Unknown | None:
        """Why the search ended before all were found; None if it has not, or they were."""
        return self._unknown

    @property
    def kernels(self) -> tuple[tuple[str, ...], ...]:
        """The kernels met so far, in that order: what can be given up of them, the oldest first.

        Each contradicts the observations together with what is certain, and each diagnosis cuts each of them. None
        holds a candidate in vain: without it, the others agree with the observation that they contradict (or, where
        it takes the observations of several situations, with all).
        """
        oldest_first = self.situations.oldest_first
        return tuple(tuple(candidate.label for candidate in oldest_first(kernel)) for kernel in self._kernels)

    def irrefutable(self) -> tuple[str, ...] | Unknown | None:
        """Return the certain beliefs that contradict the observations, so that there is no diagnosis.

        Returns:
            A smallest set of them, the oldest first, empty where the observations contradict one another; `Unknown`
            if it was not found in time; None if they do not contradict them, or if that is not known: see
            `unknown`.
        """
        if not self._found:
            self._advance()
        if not self._irrefutable:
            return None
        kernel = Together(self.situations, self.deadline).refutation()
        if isinstance(kernel, Unknown):
            return kernel
        base = self.situations.base
        return tuple(sorted(map(str, kernel), key=lambda name: (base[name].age, name)))

    def _advance(self) -> bool:
        """Find one more; False if there is none, or that is unknown."""
        if self._ended:
            return False
        try:
            following = next(self._rest, None)
        except BaseException:
            # A generator that an exception has left is at its end; the search is not.
            self._rest = self._others()
            raise
        match following:
            case Incision(removed, cost):
                self._found.append(Diagnosis(self.situations.oldest_first(removed), cost))
                return True
            case Irrefutable():
                self._irrefutable = True
            case Unknown() as unknown:
                self._unknown = unknown
        self._ended = True
        return False

    def _others(self) -> Iterator[Incision | Irrefutable | Unknown]:
        """The search for what comes after the diagnoses found so far."""
        return cheapest_first(
            self._find,
            self.situations.entrenchment,
            self.situations.seniority,
            known=self._kernels,
            found=[frozenset(each.labels) for each in self._found],
            budget=self.deadline.rest(),
        )

    def _find(self, excluded: frozenset[Label]) -> Kernel | Sat | Unknown:
        if self._finder is None:
            self._finder = finder(self.situations, self.deadline)
        found = self._finder.find(excluded)
        if isinstance(found, frozenset) and found:
            self._kernels[found] = None
        return found


def diagnose(
    base: BeliefBase,
    observations: Sequence[Formula],
    *,
    situated: Collection[str] = (),
    budget: Budget = UNLIMITED,
) -> Diagnoses:
    """Return what must be false of what is believed, given observations made in different situations.

    A diagnosis is a smallest set of beliefs without which the rest agrees with all observations (Reiter, "A theory
    of diagnosis from first principles", AIJ 1987; de Kleer and Williams, "Diagnosing multiple faults", AIJ 1987).
    What is certain is never part of one. Without observations, the diagnoses are those of the base itself: what to
    give up so that it does not contradict itself.

    `situated` names the predicates and functions whose truth and value differ from one situation to the next, as
    `raining` does, while what a belief says of all else is the same in all of them. Every formula that mentions one
    is taken to say the same of each situation, in symbols of its own. So a rule is one belief: it is kept for all
    situations, or given up for all. But a *fact of the moment*, which is a literal of such symbols alone
    (`!raining`, `at(r2, hall)`), may hold in one situation and not in another: it is a candidate for each
    (`raining@1`, `raining@2`), and costs as much in each. Individuals are the same in all situations.

    Args:
        base: what is believed; it need not be consistent.
        observations: what was seen, each in a situation of its own; all in one if nothing is situated.
        situated: names of predicates and functions.
        budget: what the whole search may spend, the next best test included; the clock starts now.

    Raises:
        SortError: an observation does not fit the symbols of the base.
        BaseError: something is said to be situated that is no predicate or function.

    Cost: nothing is searched before the first diagnosis is asked for. Finding each takes some checks by the solver;
        of diagnoses there can be exponentially many.
    """
    deadline = Deadline(budget)
    return Diagnoses(Situations.of(base, observations, situated), deadline)
