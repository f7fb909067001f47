"""The next best test: what to find out, so that as few diagnoses as possible are left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from math import log2, prod

from beliefs.failure.diagnosis import Diagnoses, Diagnosis
from beliefs.failure.searches import Assumption, Search, View, search
from beliefs.failure.situations import Situations
from beliefs.language.mentions import Mentions
from beliefs.language.printer import print_formula
from beliefs.language.signature import NUMERIC
from beliefs.language.sorts import elaborate
from beliefs.language.syntax import Atom, Constant, Formula, conjuncts, negation
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.verdict import Budget, Label, Unknown, Unsat

LIMIT = 200
"""How many tests are weighed against one another, if the caller does not say."""

_DIGITS = 9
"""Tests whose information differs beyond this digit alone are equally good."""

_LEAST = 300.0
"""No share is less than ten to the minus this: it would be zero."""


@dataclass(frozen=True, slots=True)
class Test:
    """Something to find out, and what each diagnosis says of it.

    If it turns out to be so, the diagnoses of `so` and `open` remain; if not, those of `not_so` and `open`.

    Attributes:
        formula: what to find out.
        situation: in which situation, where that matters: the number of an observation; None where it does not.
        information: how many bits it is expected to tell about which diagnosis is right.
        so: the diagnoses under which it must be true, in order of cost.
        not_so: those under which it must be false.
        open: those under which it may be either.
    """

    formula: Formula
    situation: int | None
    information: float
    so: tuple[Diagnosis, ...]
    not_so: tuple[Diagnosis, ...]
    open: tuple[Diagnosis, ...]

    # Its name begins as those do that pytest collects.
    __test__ = False


def best_test(
    diagnoses: Diagnoses,
    among: Sequence[Diagnosis] | None = None,
    candidates: Iterable[Formula] | None = None,
    *,
    limit: int = LIMIT,
    budget: Budget | None = None,
) -> Test | Unknown | None:
    """Return the test that is expected to tell most about which of some diagnoses is right.

    A diagnosis predicts what follows from all that it keeps, with the observations. That of most expected information
    is taken: the one after which the entropy over the diagnoses is least to be expected. A diagnosis that predicts
    neither outcome counts half for each (de Kleer and Williams, "Diagnosing multiple faults", AIJ 1987). So with p the
    share of those under which the test is so, half of the open ones included, and q the share of the open ones, it
    tells H(p) - q bits, where H(p) = -p log2(p) - (1-p) log2(1-p).

    Diagnoses count by what they give up: to be false, a belief of level l and weight w is taken to have odds of
    1 : 10^((l+1)w), whatever the others are. So one that costs less counts more, and what a level more is worth is a
    factor of ten. (de Kleer and Williams take prior probabilities of failure there, which beliefs do not have.)

    Among tests that are equally good comes first: the one that splits more pairs of diagnoses for certain; then that
    of the earlier situation; then the one written shorter, then by its letters.

    Args:
        diagnoses: where the diagnoses come from.
        among: the diagnoses to tell apart; those found so far, if it is not told.
        candidates: what could be found out; if it is not told, the ground atoms of which the observations, the beliefs
            in the kernels met, and their neighbours speak. Where one speaks of what differs from one situation to the
            next, it is a test for each situation.
        limit: how many tests to look at; of more, the first.
        budget: what that may spend; by default, what is left of the budget of the diagnoses.

    Returns:
        The test; None if there are not two diagnoses, or no test tells any of them from the others; `Unknown` if a
        prediction could not be made in time.

    Raises:
        SortError: a candidate does not fit the symbols of the base.

    Cost: one check for each diagnosis and test that it predicts, and one for each model needed to see that it
        leaves the others open.
    """
    found = diagnoses.found if among is None else tuple(among)
    if len(found) < 2:
        return None
    situations = diagnoses.situations
    deadline = diagnoses.deadline if budget is None else Deadline(budget)
    if candidates is None:
        possible: Iterable[Formula] = _spoken_of(diagnoses, limit)
    else:
        possible = list(candidates)
        for formula in possible:
            base = situations.base.understanding(formula, origin="test")
            situations = Situations(base, situations.observations, situations.situated)
    tests = list(islice(_in_situations(situations, possible), limit))
    if not tests:
        return None
    predictions = _predictions(situations, deadline, found, tests)
    if isinstance(predictions, Unknown):
        return predictions
    shares = _shares(found)
    weighed = [
        _weighed(test.formula, test.situation, found, shares, predicted)
        for test, predicted in zip(tests, predictions, strict=True)
    ]
    useful = [test for test in weighed if _tells(test, len(found))]
    return min(useful, key=_worth, default=None)


def _tells(test: Test, diagnoses: int) -> bool:
    """Whether some outcome rules some diagnosis out, and neither all."""
    return 0 < len(test.so) < diagnoses or 0 < len(test.not_so) < diagnoses


def _worth(test: Test) -> tuple[float, int, int, int, str]:
    """The place of a test among others, the best first."""
    said = print_formula(test.formula)
    split = len(test.so) * len(test.not_so)
    return (-round(test.information, _DIGITS), -split, test.situation or 0, len(said), said)


def _in_situations(situations: Situations, formulas: Iterable[Formula]) -> Iterator[Assumption]:
    """Yield each formula, elaborated, for each situation that it is a test for, but for what was seen there."""
    seen = {
        number: frozenset(part for formula in situations.seen_in(number) for part in conjuncts(formula))
        for number in situations.numbers
    }
    for formula in formulas:
        test = elaborate(formula, situations.base.signature)
        about = situations.numbers if situations.differs(formula) else (None,)
        for situation in about:
            told = seen[situation or 1] if len(seen) == 1 or situation is not None else frozenset()
            if test not in told and negation(test) not in told:
                yield Assumption(test, situation)


def _spoken_of(diagnoses: Diagnoses, limit: int) -> list[Formula]:
    """The ground atoms of the beliefs in kernels, of beliefs that share an atom with these, and of the observations.

    Where one of these beliefs is a rule, its instances for the individuals that they speak of are looked at.
    """
    situations = diagnoses.situations
    base = situations.base
    in_kernels = [situations.candidate(label).belief.name for kernel in diagnoses.kernels for label in kernel]
    mentioned = [
        *situations.spoken_of,
        *(Mentions.of(base[name].formula) for name in dict.fromkeys(in_kernels)),
    ]
    touched = dict.fromkeys(in_kernels)
    for mentions in list(mentioned):
        for atom in sorted(mentions.atoms, key=str):
            for name in sorted(islice(base.touching(atom), limit)):
                if name not in touched:
                    touched[name] = None
                    mentioned.append(Mentions.of(base[name].formula))
    mentioned += situations.spoken_of
    signature = base.signature
    individuals: dict[str, list[str]] = {}
    for name in sorted({symbol for mentions in mentioned for symbol in mentions.symbols}):
        if name in signature.constants:
            individuals.setdefault(signature.constants[name], []).append(name)
    atoms: dict[Formula, None] = {}
    for mentions in mentioned:
        for predicate, *names in sorted(mentions.atoms, key=str):
            if not any(name in signature.functions for name in names):
                atoms[Atom(str(predicate), tuple(Constant(str(name)) for name in names))] = None
        for predicate in sorted(mentions.patterns):
            sorts = signature.predicates[predicate]
            choices = [individuals.get(sort, []) for sort in sorts if sort not in NUMERIC]
            if len(choices) == len(sorts) and prod(map(len, choices)) <= limit:
                atoms.update(
                    (Atom(predicate, tuple(map(Constant, chosen))), None) for chosen in product(*choices)
                )
    return list(atoms)


def _predictions(
    situations: Situations, deadline: Deadline, diagnoses: Sequence[Diagnosis], tests: Sequence[Assumption]
) -> list[list[bool | None]] | Unknown:
    """For each test, what each diagnosis says of it: that it is so, that it is not, or None for neither."""
    assumptions = {
        _name(number, value): test if value else Assumption(negation(test.formula), test.situation)
        for number, test in enumerate(tests)
        for value in (True, False)
    }
    solver = search(situations, deadline, assumptions)
    columns = []
    for diagnosis in diagnoses:
        column = _predicted(solver, frozenset(diagnosis.labels), tests)
        if isinstance(column, Unknown):
            return column
        columns.append(column)
    return [list(row) for row in zip(*columns, strict=True)]


def _predicted(
    solver: Search, given_up: frozenset[Label], tests: Sequence[Assumption]
) -> list[bool | None] | Unknown:
    """What the rest without a diagnosis says of each test.

    What is so in one of its models and not in another is left open. So models that are met spare checks, as they do
    where the backbone of a formula is looked for.
    """
    view = solver.agrees(given_up, None)
    if isinstance(view, Unknown):
        return view
    values = [view.truth(test) if isinstance(view, View) else None for test in tests]
    unsettled = dict.fromkeys(range(len(tests)))
    predicted: list[bool | None] = [None] * len(tests)
    while unsettled:
        number = next(iter(unsettled))
        del unsettled[number]
        for value in (True, False):
            # Of a test that is so in a model, only whether it must be is to be asked.
            if values[number] in (None, value):
                view = solver.agrees(given_up, _name(number, not value))
                if isinstance(view, Unknown):
                    return view
                if isinstance(view, Unsat):
                    predicted[number] = value
                    break
                for other in list(unsettled):
                    known, seen = values[other], view.truth(tests[other])
                    if known is None:
                        values[other] = seen
                    elif seen not in (None, known):
                        del unsettled[other]
    return predicted


def _name(number: int, value: bool) -> str:
    """What the assumption is called that a test is so, or is not."""
    return f"test {number} is {'so' if value else 'not so'}"


def _shares(diagnoses: Sequence[Diagnosis]) -> list[float]:
    """How much each diagnosis counts; together they count 1."""
    exponents = [
        sum((weight * (level + 1) for level, weight in diagnosis.cost.by_level), Fraction(0))
        for diagnosis in diagnoses
    ]
    least = min(exponents)
    odds: list[float] = [10.0 ** -min(float(exponent - least), _LEAST) for exponent in exponents]
    return [each / sum(odds) for each in odds]


def _weighed(
    formula: Formula,
    situation: int | None,
    diagnoses: Sequence[Diagnosis],
    shares: Sequence[float],
    predicted: Sequence[bool | None],
) -> Test:
    def those(value: bool | None) -> tuple[Diagnosis, ...]:
        return tuple(each for each, said in zip(diagnoses, predicted, strict=True) if said is value)

    def share(value: bool | None) -> float:
        return sum(share for share, said in zip(shares, predicted, strict=True) if said is value)

    information = _entropy(share(True) + share(None) / 2) - share(None)
    return Test(formula, situation, max(0.0, information), those(True), those(False), those(None))


def _entropy(share: float) -> float:
    """The entropy of an outcome of this probability, in bits."""
    return -sum(each * log2(each) for each in (share, 1 - share) if each > 0)
