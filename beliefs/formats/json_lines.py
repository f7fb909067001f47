"""JSON Lines: one JSON object a line, for programs; it holds all there is to a base.

    {"format": "beliefs", "version": 1, "unique_names": true}
    {"declaration": "pred at(Robot, Room)"}
    {"name": "fly", "formula": "forall x. bird(x) -> flies(x)", "entrenchment": 2, "weight": "1/3", "source": "guide"}

The first line may be left out, and of a belief all but its formula. The keys are those of `beliefs list --json`.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any, Literal

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import CERTAIN, Entrenchment, Level
from beliefs.errors import FormatError, LanguageError
from beliefs.formats.contents import (
    STEP,
    Contents,
    Options,
    Placed,
    Progress,
    Rejected,
    Source,
    Written,
    shown,
)
from beliefs.formats.language import reason
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.signature import Signature
from beliefs.language.syntax import MAX_DIGITS, Declaration

VERSION = 1

_KEYS = ("name", "formula", "entrenchment", "weight", "source")
_RECORD = ("blamed", "confirmed", "counts")
"""What `list --json` says besides: experience, which is not taken over."""

_NUMBER = re.compile(r"[0-9]{1,%d}(\.[0-9]{1,%d}|/[0-9]{1,%d})?" % ((MAX_DIGITS,) * 3))  # noqa: UP031
_LEVEL = re.compile(r"[0-9]{1,%d}" % MAX_DIGITS)  # noqa: UP031


class _Number(str):
    """A number as it is written, so that none of it is lost and none of it costs more to read than it weighs."""


def read(source: Source, options: Options, progress: Progress) -> Contents:
    """Read JSON Lines; a line that is not a belief or declaration is rejected, and the others are read.

    Raises:
        FormatError: it is not UTF-8 text, or written by a newer version.
    """
    reader = _Reader(source, options)
    lines = source.text().split("\n")
    for number, line in enumerate(lines, start=1):
        if number % STEP == 0:
            progress(number, len(lines))
        if line.strip():
            reader.read(number, line)
    return reader.contents()


class _Fault(Exception):  # noqa: N818  (a signal from where a line is read to where it is rejected)
    """Why a line is rejected."""


class _Reader:
    """Reads one line after the other."""

    def __init__(self, source: Source, options: Options) -> None:
        self._source = source
        self._options = options
        self._canonical = False
        self._beliefs: list[Placed[Belief]] = []
        self._declarations: list[Placed[Declaration]] = []
        self._rejected: list[Rejected] = []
        self._unique_names: bool | None = None

    def contents(self) -> Contents:
        """Return what was read."""
        return Contents(
            tuple(self._beliefs),
            tuple(self._declarations),
            tuple(self._rejected),
            unique_names=self._unique_names,
        )

    def read(self, number: int, line: str) -> None:
        """Take in a line."""
        try:
            said = _object(line)
            if "format" in said:
                self._head(number, said)
            elif "declaration" in said:
                found = _declarations(said)
                self._declarations += (Placed(each, number, shown(line)) for each in found)
            else:
                self._beliefs.append(Placed(self._belief(said), number, shown(line)))
        except LanguageError as fault:
            self._rejected.append(Rejected(number, shown(line), reason(fault)))
        except _Fault as fault:
            self._rejected.append(Rejected(number, shown(line), str(fault)))

    def _head(self, number: int, said: dict[str, Any]) -> None:
        if said["format"] != "beliefs" or not _LEVEL.fullmatch(str(said.get("version", ""))):
            raise _Fault('the head of a file is {"format": "beliefs", "version": 1}')
        if int(said["version"]) > VERSION:
            raise FormatError(
                f"{self._source.name}, line {number}: the file is of version {shown(said['version'])}, and this "
                f"program reads up to {VERSION}; install a newer beliefs"
            )
        if self._beliefs or self._declarations:
            raise _Fault("a head stands on the first line of a file; read two files one after the other")
        unique_names = said.get("unique_names")
        if unique_names is not None and not isinstance(unique_names, bool):
            raise _Fault('"unique_names" is true or false')
        self._unique_names = unique_names
        # Who writes a head has printed the formulas, so that no quantifier is forgotten in them.
        self._canonical = True

    def _belief(self, said: dict[str, Any]) -> Belief:
        for key in said:
            if key not in _KEYS and key not in _RECORD:
                raise _Fault(f"{shown(json.dumps(key))} is no key of a belief; these are {', '.join(_KEYS)}")
        if "formula" not in said:
            raise _Fault('a belief has a "formula"; there is none')
        formula, name, source = (_text(said, key) for key in ("formula", "name", "source"))
        if formula is None:
            raise _Fault('"formula" is a text in the language')
        signature = None if self._canonical else _NO_SIGNATURE
        return Belief(
            name or "",
            parse_formula(formula, signature, canonical=self._canonical),
            self._entrenchment(said),
            source or self._options.source,
        )

    def _entrenchment(self, said: dict[str, Any]) -> Entrenchment:
        given, weight = said.get("entrenchment"), said.get("weight")
        level: Level
        if given is None:
            level = self._options.level_or()
        elif given == CERTAIN:
            level = CERTAIN
        elif isinstance(given, _Number) and _LEVEL.fullmatch(given):
            level = int(given)
        else:
            raise _Fault('"entrenchment" is an integer from 0, or "certain"')
        if weight is None or level == CERTAIN:
            return Entrenchment(level)
        if isinstance(weight, str) and _NUMBER.fullmatch(weight):
            numerator, _, denominator = weight.partition("/")
            if not denominator or int(denominator):
                value = Fraction(numerator) / int(denominator or 1)
                if value > 0:
                    return Entrenchment(level, value)
        raise _Fault('"weight" is a positive number, as 2, 0.5 or "1/3"')


_NO_SIGNATURE = Signature()


def _object(line: str) -> dict[str, Any]:
    try:
        said = json.loads(
            line,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_no_number,
            object_pairs_hook=_without_doubles,
        )
    except json.JSONDecodeError as fault:
        raise _Fault(f"this is no JSON: {fault.msg.lower()} at column {fault.colno}") from None
    except RecursionError:
        raise _Fault("it nests too deep") from None
    if not isinstance(said, dict):
        raise _Fault('a line is one JSON object, such as {"formula": "bird(tweety)"}')
    return said


def _no_number(text: str) -> object:
    raise _Fault(f"{text} is no number of JSON")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise _Fault("a key stands in it twice")
    return said


def _text(said: dict[str, Any], key: Literal["name", "formula", "source"]) -> str | None:
    value = said.get(key)
    if value is not None and (not isinstance(value, str) or isinstance(value, _Number)):
        raise _Fault(f'"{key}" is a text, or null')
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        raise _Fault(f'"{key}" holds half of a character, which no text can') from None
    return value


def _declarations(said: dict[str, Any]) -> tuple[Declaration, ...]:
    text = said["declaration"]
    if len(said) != 1 or not isinstance(text, str) or isinstance(text, _Number):
        raise _Fault('a declaration is {"declaration": "pred at(Robot, Room)"}')
    document = parse_document(text)
    if document.statements or not document.declarations:
        raise _Fault('a declaration is one of the language; beliefs have a "formula"')
    return document.declarations


def write(base: BeliefBase, options: Options) -> Written:
    """Return a base as JSON Lines."""
    head = {"format": "beliefs", "version": VERSION, "unique_names": base.unique_names}
    declared = ({"declaration": print_declaration(declaration)} for declaration in base.declarations)
    said = (
        {
            "name": belief.name,
            "formula": print_formula(belief.formula),
            "entrenchment": belief.entrenchment.level,
            "weight": _weight(belief.entrenchment.weight),
            "source": belief.source,
        }
        for belief in base
    )
    lines = (json.dumps(each, ensure_ascii=False) for each in (head, *declared, *said))
    return Written("".join(f"{line}\n" for line in lines))


def _weight(weight: Fraction) -> int | str:
    return int(weight) if weight.denominator == 1 else str(weight)
