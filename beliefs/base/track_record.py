"""What experience an agent has of its beliefs and sources, and the weight that this gives them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from immutables import Map

from beliefs.base.belief import Belief
from beliefs.base.case import Case
from beliefs.base.entrenchment import Entrenchment
from beliefs.base.expectation import Expectation
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Formula

Kind: TypeAlias = Literal["belief", "source", "case", "lineage", "expectation"]

GRAIN = 1000
"""Weights that a record gives, and tallies that fade, are rounded to this part of one: exact on every machine."""

NO_DECAY = Fraction(1)
"""The factor by which what was counted before fades with each new test: not at all."""

_DECIMAL = Context(prec=30)
_LN_2 = Decimal(2).ln(_DECIMAL)


class Mark(NamedTuple):
    """One thing that a record holds, as it is stored: all text.

    | kind | subject | key | value |
    |---|---|---|---|
    | belief, source | the formula, or the name of the source | | blame and confirmation |
    | case | the formula of the rule | the case | |
    | lineage | the formula | | the formula that it was weakened from |
    | expectation | the number of its entry | | what is expected, and because of what |
    """

    kind: Kind
    subject: str
    key: str
    value: str


Place: TypeAlias = tuple[Kind, str, str]
"""Where a mark stands: its kind, subject and key. A record holds one mark at a place."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was blamed for a failure, and confirmed by a prediction that came true."""

    blamed: Fraction = Fraction(0)
    confirmed: Fraction = Fraction(0)

    @property
    def odds(self) -> Fraction:
        """The odds that it is right, as far as this tells: by Laplace's rule of succession, one of each in advance."""
        return (self.confirmed + 1) / (self.blamed + 1)

    def counting(
        self, *, blamed: Fraction | int = 0, confirmed: Fraction | int = 0, decay: Fraction = NO_DECAY
    ) -> Tally:
        """Return the tally after one more test, before which what it has counted fades by a factor."""
        if decay == NO_DECAY:
            return Tally(self.blamed + blamed, self.confirmed + confirmed)
        return Tally(_rounded(self.blamed * decay) + blamed, _rounded(self.confirmed * decay) + confirmed)

    def __str__(self) -> str:
        return f"{self.blamed} {self.confirmed}"


NO_TALLY = Tally()


@dataclass(frozen=True)
class TrackRecord:
    """What an agent has experienced: what was blamed and confirmed, on what cases, and what is still expected.

    A belief is known by what it says, not by its name: who says again what was given up says something that has been
    blamed before.

    Attributes:
        tallies: blame and confirmation, by ("belief", formula) or ("source", name).
        cases: of each rule, by its formula, the cases that it was put to the test on.
        lineage: of each formula that came of weakening another, that other.
        expectations: what no observation has settled yet, by the number of its entry.
    """

    tallies: Map[tuple[str, str], Tally] = field(default_factory=Map)
    cases: Map[str, Map[Case, None]] = field(default_factory=Map)
    lineage: Map[str, str] = field(default_factory=Map)
    expectations: Map[int, Expectation] = field(default_factory=Map)

    def of_belief(self, formula: Formula) -> Tally:
        """Return the tally of what a belief says."""
        return self.tallies.get(("belief", print_formula(formula)), NO_TALLY) if self.tallies else NO_TALLY

    def of_source(self, source: str | None) -> Tally:
        """Return the tally of a source."""
        return NO_TALLY if source is None else self.tallies.get(("source", source), NO_TALLY)

    def cases_of(self, rule: Formula) -> tuple[Case, ...]:
        """Return the cases of a rule, and of those it was weakened from: the oldest rule first, then by number."""
        generations = [
            sorted(self.cases.get(text, ()), key=lambda case: (case.number, str(case)))
            for text in self._descent(print_formula(rule))
        ]
        return tuple(case for cases in reversed(generations) for case in cases)

    def latest_cases_of(self, rule: Formula) -> tuple[Case, ...]:
        """Return those cases of a rule, and of those it was weakened from, whose number is greatest."""
        latest: tuple[Case, ...] = ()
        for text in self._descent(print_formula(rule)):
            for case in self.cases.get(text, ()):
                if not latest or case.number > latest[0].number:
                    latest = (case,)
                elif case.number == latest[0].number:
                    latest = (*latest, case)
        return latest

    def _descent(self, text: str) -> tuple[str, ...]:
        """A formula, and those that it was weakened from, the newest first."""
        found: dict[str, None] = {}
        origin: str | None = text
        while origin is not None and origin not in found:
            found[origin] = None
            origin = self.lineage.get(origin)
        return tuple(found)

    def weighed(self, belief: Belief) -> Entrenchment:
        """Return how firmly a belief is held once its record counts; as it was told, where there is no record.

        The weight is log2(1 + odds): the surprise, in bits, if the belief turned out false. So the least cost of
        giving up several beliefs of one level is that of the set whose falsity is least surprising (J. de Kleer,
        B. Williams, "Diagnosing multiple faults", AIJ 1987, for independent faults). The odds are those that give
        the weight as told, times those of the tally of the belief, times those of its source. For high odds the
        weight is the log odds; it is positive always.

        Cost: that of printing the formula, where there are tallies at all.
        """
        if not self.tallies or belief.entrenchment.is_certain:
            return belief.entrenchment
        evidence = self.of_belief(belief.formula).odds * self.of_source(belief.source).odds
        if evidence == 1:
            return belief.entrenchment
        return replace(belief.entrenchment, weight=_weight(belief.entrenchment.weight, evidence))

    def marked(self, unmarked: Iterable[Mark], marked: Iterable[Mark]) -> TrackRecord:
        """Return the record with some marks taken away, and others put in their place.

        Raises:
            BeliefsError, ValueError, KeyError, TypeError: a mark cannot be read.
        """
        record = self
        for mark in unmarked:
            record = record._without(mark)
        for mark in marked:
            record = record._with(mark)
        return record

    def marks(self) -> Iterator[Mark]:
        """Yield all that the record holds, as it is stored, in no particular order."""
        for (kind, subject), tally in self.tallies.items():
            yield _tally_mark(kind, subject, tally)
        for rule, cases in self.cases.items():
            yield from (_case_mark(rule, case) for case in cases)
        for formula, parent in self.lineage.items():
            yield Mark("lineage", formula, "", parent)
        yield from map(expectation_mark, self.expectations.values())

    def _with(self, mark: Mark) -> TrackRecord:
        match mark.kind:
            case "belief" | "source":
                blamed, confirmed = map(Fraction, mark.value.split())
                key = (str(mark.kind), mark.subject)
                return replace(self, tallies=self.tallies.set(key, Tally(blamed, confirmed)))
            case "case":
                cases = self.cases.get(mark.subject, Map())
                case = Case.from_json(json.loads(mark.key))
                return replace(self, cases=self.cases.set(mark.subject, cases.set(case, None)))
            case "lineage":
                return replace(self, lineage=self.lineage.set(mark.subject, mark.value))
            case "expectation":
                number = int(mark.subject)
                return replace(self, expectations=self.expectations.set(number, read_expectation(mark)))
        raise ValueError(f"a record has no marks of kind {mark.kind!r}")

    def _without(self, mark: Mark) -> TrackRecord:
        match mark.kind:
            case "belief" | "source":
                return replace(self, tallies=self.tallies.delete((str(mark.kind), mark.subject)))
            case "case":
                left = self.cases[mark.subject].delete(Case.from_json(json.loads(mark.key)))
                cases = self.cases.set(mark.subject, left) if left else self.cases.delete(mark.subject)
                return replace(self, cases=cases)
            case "lineage":
                return replace(self, lineage=self.lineage.delete(mark.subject))
            case "expectation":
                return replace(self, expectations=self.expectations.delete(int(mark.subject)))
        raise ValueError(f"a record has no marks of kind {mark.kind!r}")


@dataclass
class Experience:
    """What is being added to a record: it is written down mark by mark, and read off as what has changed.

    Attributes:
        before: the record it is added to.
        decay: the factor by which what was counted before fades with each new test of the same belief or source.
    """

    before: TrackRecord
    decay: Fraction = NO_DECAY
    _now: dict[Place, Mark | None] = field(default_factory=dict)
    _tallies: dict[tuple[Literal["belief", "source"], str], Tally] = field(default_factory=dict)

    def count(self, tests: Mapping[Belief, Fraction], *, confirmed: bool) -> None:
        """Count one test of some beliefs, each for so much, and of their sources, each for the most of its beliefs."""
        by_source: dict[str, Fraction] = {}
        for belief, share in tests.items():
            self._count("belief", print_formula(belief.formula), share, confirmed)
            if belief.source is not None:
                by_source[belief.source] = max(by_source.get(belief.source, Fraction(0)), share)
        for source, share in by_source.items():
            self._count("source", source, share, confirmed)

    def _count(
        self, kind: Literal["belief", "source"], subject: str, share: Fraction, confirmed: bool
    ) -> None:
        known = self.before.tallies.get((kind, subject), NO_TALLY)
        tally = self._tallies.get((kind, subject))
        if tally is None:
            tally = known.counting(decay=self.decay)
        tally = tally.counting(confirmed=share) if confirmed else tally.counting(blamed=share)
        self._tallies[kind, subject] = tally
        self._now[kind, subject, ""] = _tally_mark(kind, subject, tally)

    def note(self, rule: Formula, case: Case) -> None:
        """Note a case of a rule as the latest one, unless it is the latest already."""
        text = print_formula(rule)
        latest = self.before.latest_cases_of(rule)
        if not any(case.is_same_test(other) for other in latest):
            mark = _case_mark(
                text, replace(case, number=1 + max((each.number for each in latest), default=0))
            )
            self._now["case", text, mark.key] = mark

    def descend(self, formula: Formula, parent: Formula) -> None:
        """Note that a formula came of weakening another."""
        text, origin = print_formula(formula), print_formula(parent)
        if text != origin and text not in self.before.lineage:
            self._now["lineage", text, ""] = Mark("lineage", text, "", origin)

    def expect(self, expectation: Expectation) -> None:
        """Note what is expected."""
        self._now["expectation", str(expectation.number), ""] = expectation_mark(expectation)

    def settle(self, expectation: Expectation) -> None:
        """Note that an observation has settled an expectation."""
        self._now["expectation", str(expectation.number), ""] = None

    def changes(self) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
        """Return the marks that go and those that come, each in a fixed order."""
        gone: list[Mark] = []
        come: list[Mark] = []
        for place in sorted(self._now):
            was, now = _at(self.before, place), self._now[place]
            if was != now:
                gone += [] if was is None else [was]
                come += [] if now is None else [now]
        return tuple(gone), tuple(come)


def expectation_mark(expectation: Expectation) -> Mark:
    """Return an expectation as it is stored."""
    said = json.dumps([print_formula(expectation.formula), *expectation.because], ensure_ascii=False)
    return Mark("expectation", str(expectation.number), "", said)


def read_expectation(mark: Mark) -> Expectation:
    """Return the expectation that a mark stores.

    Raises:
        LanguageError, ValueError, TypeError: it stores none.
    """
    said, *because = json.loads(mark.value)
    return Expectation(int(mark.subject), parse_formula(said, canonical=True), tuple(because))


def _at(record: TrackRecord, place: Place) -> Mark | None:
    """The mark that a record holds at a place."""
    kind, subject, key = place
    match kind:
        case "belief" | "source":
            tally = record.tallies.get((kind, subject))
            return None if tally is None else _tally_mark(kind, subject, tally)
        case "case":
            case = Case.from_json(json.loads(key))
            return _case_mark(subject, case) if case in record.cases.get(subject, ()) else None
        case "lineage":
            parent = record.lineage.get(subject)
            return None if parent is None else Mark("lineage", subject, "", parent)
        case "expectation":
            expectation = record.expectations.get(int(subject))
            return None if expectation is None else expectation_mark(expectation)


def _tally_mark(kind: str, subject: str, tally: Tally) -> Mark:
    return Mark("belief" if kind == "belief" else "source", subject, "", str(tally))


def _case_mark(rule: str, case: Case) -> Mark:
    return Mark("case", rule, json.dumps(case.to_json(), ensure_ascii=False, sort_keys=True), "")


def _rounded(number: Fraction) -> Fraction:
    return Fraction(round(number * GRAIN), GRAIN)


@lru_cache(maxsize=4096)
def _weight(told: Fraction, evidence: Fraction) -> Fraction:
    """The weight of a belief that was told with one, once the evidence has multiplied its odds.

    With w the weight as told, the odds are 2^w - 1 at first, and log2(1 + (2^w - 1) e) = w + log2(e + (1 - e) 2^-w).
    So written, no weight is too large to be reckoned with, and evidence never points the wrong way. Decimal logarithms
    are rounded correctly, so they are the same on every machine.
    """
    factor = _decimal(evidence)
    doubt = _DECIMAL.exp(_DECIMAL.minus(_DECIMAL.multiply(_decimal(told), _LN_2)))
    share = _DECIMAL.add(factor, _DECIMAL.multiply(_DECIMAL.subtract(1, factor), doubt))
    reckoned = told + _rounded(Fraction(_DECIMAL.divide(_DECIMAL.ln(share), _LN_2)))
    return reckoned if reckoned > 0 else min(told, Fraction(1, GRAIN))


def _decimal(number: Fraction) -> Decimal:
    return _DECIMAL.divide(Decimal(number.numerator), Decimal(number.denominator))
