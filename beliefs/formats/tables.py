"""Tables of facts, CSV or with tabs: a template says what a row states, `at({robot}, {room})`.

A value in digits is a number; any other becomes the name of an individual, in the way of `names`. A base is written
by the same template: what it describes becomes a row, and all else does not fit.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, cast

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment
from beliefs.errors import FormatError, LanguageError
from beliefs.formats.contents import (
    STEP,
    Contents,
    Fitting,
    Options,
    Placed,
    Progress,
    Rejected,
    Source,
    Written,
    shown,
)
from beliefs.formats.names import from_name, to_name
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_number, print_term
from beliefs.language.syntax import MAX_DIGITS, Constant, Formula, Minus, Number, Term, subterms

_COLUMN = re.compile(r"\{([^{}\n]*)\}")
_NUMBER = re.compile(r"(-?)([0-9]+)(\.[0-9]+)?")


def read_csv(source: Source, options: Options, progress: Progress) -> Contents:
    """Read a CSV table, whose first row names the columns; each further row is a fact.

    Raises:
        FormatError: there is no template, or it does not fit the table; or the table is none.
    """
    return _read(source, options, progress, ",")


def read_tsv(source: Source, options: Options, progress: Progress) -> Contents:
    """Read a table whose columns are parted by tabs; see `read_csv`."""
    return _read(source, options, progress, "\t")


def write_csv(base: BeliefBase, options: Options) -> Written:
    """Return the facts of a base that a template describes as a CSV table.

    Raises:
        FormatError: there is no template, or a belief does not fit it and is not to be skipped.
    """
    return _write(base, options, ",")


def write_tsv(base: BeliefBase, options: Options) -> Written:
    """Return the facts of a base that a template describes as a table with tabs; see `write_csv`."""
    return _write(base, options, "\t")


class _Template(NamedTuple):
    """The formula of a template, and which individual in it stands for which column."""

    formula: Formula
    columns: dict[str, str]

    @staticmethod
    def of(text: str | None) -> _Template:
        """Read a template.

        Raises:
            FormatError: there is none, or it is malformed.
        """
        if text is None:
            raise FormatError("a table needs a template; give --template 'at({robot}, {room})'")
        mark = "column"
        while mark in text:
            mark += "_"
        names: dict[str, str] = {}

        def marked(match: re.Match[str]) -> str:
            return names.setdefault(match[1].strip(), f"{mark}{len(names) + 1}e")

        written = _COLUMN.sub(marked, text)
        try:
            formula = parse_formula(written)
        except LanguageError as fault:
            raise FormatError(
                f"the template {text} is not a formula with columns in braces: {fault}"
            ) from fault
        columns = {name: column for column, name in names.items()}
        found = [term.name for term in subterms(formula) if isinstance(term, Constant)]
        if len([name for name in found if name in columns]) != len(_COLUMN.findall(text)):
            raise FormatError(
                f"the template {text} has a column that is not an argument by itself; write at({{robot}}, {{room}})"
            )
        if not columns:
            raise FormatError(
                f"the template {text} names no column; write one in braces, at({{robot}}, hall)"
            )
        return _Template(formula, columns)


def _read(source: Source, options: Options, progress: Progress, delimiter: str) -> Contents:
    template = _Template.of(options.template)
    entrenchment = Entrenchment(options.level_or())
    text = source.text()
    beliefs: list[Placed[Belief]] = []
    rejected: list[Rejected] = []
    count = text.count("\n")
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header = [cell.strip() for cell in next(rows, [])]
        places = _places(source, template, header)
        begun = rows.line_num + 1
        for row in rows:
            line, begun = begun, rows.line_num + 1
            if line % STEP == 0:
                progress(line, count)
            if not row:
                continue
            written = shown(delimiter.join(row))
            said = _fact(template, places, header, row)
            if isinstance(said, str):
                rejected.append(Rejected(line, written, said))
            else:
                beliefs.append(Placed(Belief("", said, entrenchment, options.source), line, written))
    except csv.Error as fault:
        raise FormatError(f"{source.name}, line {rows.line_num}: this is no table: {fault}") from fault
    return Contents(tuple(beliefs), rejected=tuple(rejected))


def _places(source: Source, template: _Template, header: list[str]) -> dict[str, int]:
    """Where the value of each column of the template stands in a row."""
    for column in template.columns.values():
        if header.count(column) != 1:
            fault = "no column" if column not in header else "more than one column"
            columns = ", ".join(header) if header else "none"
            raise FormatError(
                f"{source.name}, line 1: {fault} {column!r}, which the template names; the columns are {shown(columns)}"
            )
    return {name: header.index(column) for name, column in template.columns.items()}


def _fact(template: _Template, places: Mapping[str, int], header: list[str], row: list[str]) -> Formula | str:
    """What a row states; a text says why it states nothing."""
    if len(row) != len(header):
        return f"it has {len(row)} values for {len(header)} columns"
    values: dict[str, Term] = {}
    for name, place in places.items():
        value = row[place].strip()
        if not value:
            return f"the value of {template.columns[name]} is empty"
        term = _term(value)
        if term is None:
            return f"the number of {template.columns[name]} has more than {MAX_DIGITS} digits"
        values[name] = term
    return cast("Formula", _filled(template.formula, values))


@lru_cache(maxsize=1 << 16)
def _term(value: str) -> Term | None:
    """The term that a value stands for; None of a number that is too long."""
    match = _NUMBER.fullmatch(value)
    if match is None:
        return Constant(to_name(value))
    if len(value) > MAX_DIGITS:
        return None
    number = Number(Fraction(match[2] + (match[3] or "")), real=match[3] is not None)
    return Minus(number) if match[1] else number


def _value(term: Term) -> str | None:
    """The value that stands for a term; None where none does."""
    try:
        match term:
            case Constant(name):
                value = from_name(name)
            case Number(value=number, real=real):
                value = print_number(number, real)
            case Minus(Number(value=number, real=real)):
                value = f"-{print_number(number, real)}"
            case _:
                return None
    except FormatError:
        return None
    return value if value == value.strip() and value and _term(value) == term else None


def _filled(node: Any, values: Mapping[str, Term]) -> Any:
    """A formula or term with the values in place of its columns."""
    if isinstance(node, Constant):
        return values.get(node.name, node)
    if isinstance(node, tuple):
        return tuple(_filled(part, values) for part in node)
    if not hasattr(node, "__dataclass_fields__"):
        return node
    parts = {each.name: _filled(getattr(node, each.name), values) for each in _told(node)}
    return replace(node, **parts)


def _told(node: Any) -> Iterator[Any]:
    """The fields of a node that say something; where it stands in a text does not."""
    return (each for each in fields(node) if each.compare)


def _write(base: BeliefBase, options: Options, delimiter: str) -> Written:
    template = _Template.of(options.template)
    fitting = Fitting("a table by this template", options.skip)
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    quoting = csv.writer(stream, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(template.columns.values())
    for belief in base:
        found: dict[str, Term] = {}
        if not _matches(template.formula, belief.formula, template.columns.__contains__, found):
            fitting.misfit(belief, f"is not of the form {options.template}")
            continue
        row = [_value(found[name]) for name in template.columns]
        if None in row:
            odd = found[list(template.columns)[row.index(None)]]
            fitting.misfit(belief, f"is about {print_term(odd)}, for which no value stands")
        else:
            # Of its own accord the writer leaves a carriage return without quotes, and it would end the row.
            (quoting if any("\r" in str(value) for value in row) else writer).writerow(row)
    return Written(stream.getvalue(), tuple(fitting.skipped))


def _matches(form: Any, node: Any, is_column: Callable[[str], bool], found: dict[str, Term]) -> bool:
    """Whether a formula is what a template says of some values, which are put into `found`."""
    if isinstance(form, Constant) and is_column(form.name):
        return cast("bool", found.setdefault(form.name, node) == node)
    if isinstance(form, tuple):
        return (
            isinstance(node, tuple)
            and len(form) == len(node)
            and all(_matches(one, other, is_column, found) for one, other in zip(form, node, strict=True))
        )
    if not hasattr(form, "__dataclass_fields__"):
        return bool(form == node)
    return type(form) is type(node) and all(
        _matches(getattr(form, each.name), getattr(node, each.name), is_column, found) for each in _told(form)
    )
