"""Diagnoses and the next best test, as plain data for programs and as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from beliefs.base.belief import Belief
from beliefs.failure.diagnosis import Diagnosis
from beliefs.failure.next_test import Test
from beliefs.failure.situations import Candidate
from beliefs.language.printer import print_formula
from beliefs.language.syntax import Formula
from beliefs.reasoning.verdict import Unknown
from beliefs.render import data, words
from beliefs.render.data import Data
from beliefs.render.layout import STYLES, Column, grid, sentence, visible

_GIVEN_UP = (
    Column(style=STYLES["title"], right=True),
    Column(style=STYLES["minus"]),
    Column(style=STYLES["number"]),
    Column(breaks=True),
)
_SAID = (Column(style=STYLES["name"]), Column(style=STYLES["number"]), Column(breaks=True))


@dataclass(frozen=True)
class Findings:
    """What came of a search for diagnoses.

    Attributes:
        observations: what was seen.
        diagnoses: the diagnoses listed, in order of cost.
        complete: whether these are all.
        kernels: the kernels met, by the labels of what can be given up.
        unknown: why the search ended early; None where it did not.
        irrefutable: the certain beliefs that contradict the observations, where they do; None where they do not, or
            where that is not known.
        test: the next best test; None where there is none, or none was asked for; `Unknown` if none was found in time.
    """

    observations: tuple[Formula, ...]
    diagnoses: tuple[Diagnosis, ...]
    complete: bool
    kernels: tuple[tuple[str, ...], ...] = ()
    unknown: Unknown | None = None
    irrefutable: tuple[Belief, ...] | Unknown | None = None
    test: Test | Unknown | None = None

    @property
    def reason(self) -> str | None:
        """Why there is no diagnosis, or may be more, or is no test; None where there is nothing to say."""
        if self.unknown is not None:
            return self.unknown.reason
        if isinstance(self.irrefutable, Unknown):
            unknown = self.irrefutable.reason
            return f"what is certain contradicts the observations; by which beliefs is not known: {unknown}"
        if self.irrefutable is not None:
            named = ", ".join(belief.name for belief in self.irrefutable)
            if named:
                return f"what is certain contradicts the observations: {named}"
            return "the observations contradict themselves"
        if isinstance(self.test, Unknown):
            return f"the next best test is not known: {self.test.reason}"
        return None


def as_data(value: Findings) -> Data:
    """Return `{"observations", "diagnoses", "complete", "kernels", "next_test", "reason"}`.

    A diagnosis is `{"given_up", "cost", "cost_by_level"}`, and what it gives up are objects `{"label", "name",
    "formula", "entrenchment", "situation"}`. The test is `{"formula", "situation", "information", "splits": {"so",
    "not_so", "open"}}`, with the numbers of diagnoses, counted from 1. Kernels hold labels.
    """
    return {
        "observations": [print_formula(formula) for formula in value.observations],
        "diagnoses": [
            {
                "given_up": [_candidate(each) for each in diagnosis.given_up],
                "cost": data.number(diagnosis.cost.total),
                "cost_by_level": data.cost_by_level(diagnosis.cost),
            }
            for diagnosis in value.diagnoses
        ],
        "complete": value.complete,
        "kernels": [list(kernel) for kernel in value.kernels],
        "next_test": _test(value.test, value.diagnoses) if isinstance(value.test, Test) else None,
        "reason": value.reason,
    }


def _candidate(value: Candidate) -> Data:
    return {"label": value.label, **data.given_up(value.belief), "situation": value.situation}


def _test(test: Test, diagnoses: Sequence[Diagnosis]) -> Data:
    return {
        "formula": print_formula(test.formula),
        "situation": test.situation,
        "information": round(test.information, 6),
        "splits": {
            "so": _numbers(test.so, diagnoses),
            "not_so": _numbers(test.not_so, diagnoses),
            "open": _numbers(test.open, diagnoses),
        },
    }


def _numbers(some: Iterable[Diagnosis], diagnoses: Sequence[Diagnosis]) -> list[int]:
    number = {diagnosis: place for place, diagnosis in enumerate(diagnoses, start=1)}
    return sorted(number[diagnosis] for diagnosis in some)


def as_text(value: Findings) -> RenderableType:
    """Return the diagnoses as a list, what each gives up, and the best next test as a sentence."""
    if not value.diagnoses:
        return _none(value)
    if not value.diagnoses[0].given_up:
        return Text(f"Nothing to give up: {_agreeing(value)}.", style=STYLES["good"])
    count = words.count(len(value.diagnoses), "diagnosis")
    headline = count.replace("diagnosiss", "diagnoses")
    if len(value.diagnoses) > 1:
        headline += ", the least costly first"
    parts: list[RenderableType] = [
        Text(headline, style=STYLES["title"]),
        grid(_GIVEN_UP, list(_rows(value)), indent=2),
    ]
    if not value.complete:
        why = f": {value.unknown.reason}" if value.unknown is not None else ""
        parts.append(sentence(f"There may be more diagnoses{why}.", STYLES["open"]))
    if isinstance(value.test, Unknown):
        parts.append(sentence(f"The next best test is not known: {value.test.reason}.", STYLES["open"]))
    elif value.test is not None:
        parts.append(Text(visible(_advice(value.test, value.diagnoses))))
    return Group(*parts)


def _none(value: Findings) -> RenderableType:
    if value.unknown is not None:
        return Text.assemble(("unknown", STYLES["open"]), ": ", visible(value.unknown.reason))
    said = "No diagnosis: "
    if not isinstance(value.irrefutable, tuple) or not value.irrefutable:
        return Text(visible(f"{said}{value.reason}."), style=STYLES["bad"])
    contradicted = "the observations" if value.observations else "itself"
    headline = Text(
        f"{said}what is certain contradicts {contradicted}, and is never given up:", style=STYLES["bad"]
    )
    rows = [[belief.name, "certain", print_formula(belief.formula)] for belief in value.irrefutable]
    return Group(headline, grid(_SAID, rows, indent=2))


def _agreeing(value: Findings) -> str:
    if not value.observations:
        return "the beliefs do not contradict one another"
    observed = "observation" if len(value.observations) == 1 else "observations"
    return f"the beliefs do not contradict the {observed}"


def _rows(value: Findings) -> Iterable[list[str]]:
    for number, diagnosis in enumerate(value.diagnoses, start=1):
        for place, candidate in enumerate(diagnosis.given_up):
            said = print_formula(candidate.belief.formula)
            if candidate.situation is not None:
                said += f"  in situation {candidate.situation}"
            firmness = words.firmness(candidate.held)
            yield [str(number) if place == 0 else "", candidate.label, f"@{firmness}", said]


def _advice(test: Test, diagnoses: Sequence[Diagnosis]) -> str:
    where = "" if test.situation is None else f", in situation {test.situation}"
    if_so = _remaining([*test.so, *test.open], diagnoses)
    if_not = _remaining([*test.not_so, *test.open], diagnoses)
    return f"Best next test: {print_formula(test.formula)}{where}: if it is so, {if_so}; if not, {if_not}."


def _remaining(some: Iterable[Diagnosis], diagnoses: Sequence[Diagnosis]) -> str:
    left = _numbers(some, diagnoses)
    if not left:
        return "none of them remains"
    return f"{words.conjoined(list(map(str, left)))} {'remains' if len(left) == 1 else 'remain'}"
