"""The language itself as a format: it holds all there is to a base but whether its names are unique."""

from __future__ import annotations

from collections.abc import Iterator

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Entrenchment, Level
from beliefs.errors import BaseError, LanguageError
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
from beliefs.language import sorts
from beliefs.language.mistakes import LOOK_LIKE_VARIABLES
from beliefs.language.parser import parse_lines
from beliefs.language.printer import print_document
from beliefs.language.syntax import LABEL, Declaration, Document, Header, Statement

NOT_UNIQUE = """\
# Two names may stand for one individual here: load this into a base made by `beliefs init --no-unique-names`.
"""
"""What stands above the text of a base whose names are not unique, which the language itself cannot say."""


def read(source: Source, options: Options, progress: Progress) -> Contents:
    """Read a text of the language; a line that is not of it is rejected, and the others are read.

    Raises:
        FormatError: it is not UTF-8 text.
    """
    text = source.text()
    beliefs: list[Placed[Belief]] = []
    declarations: list[Placed[Declaration]] = []
    rejected: list[Rejected] = []
    number, counted = 1, 0
    for count, line in enumerate(parse_lines(text)):
        number += text.count("\n", counted, line.start)
        counted = line.start
        if count % STEP == 0:
            progress(line.start, len(text))
        said, written = line.said, shown(text[line.start : line.end])
        if isinstance(said, Statement):
            beliefs.append(Placed(_belief(said, options), number, written))
        elif isinstance(said, tuple):
            declarations += (Placed(declaration, number, written) for declaration in said)
        else:
            rejected.append(Rejected(said.line or number, written, reason(said)))
    return Contents(tuple(beliefs), tuple(declarations), tuple(rejected))


def reason(fault: LanguageError) -> str:
    """Return what is wrong in one line, without the place."""
    if fault.hint is not None:
        return f"{fault.message}; {fault.hint}"
    return fault.message + (f"; expected {' or '.join(fault.expected[:3])}" if fault.expected else "")


def _belief(statement: Statement, options: Options) -> Belief:
    header = statement.header
    level: Level = options.level_or() if header.level is None else header.level
    own = Entrenchment(level) if header.weight is None else Entrenchment(level, header.weight)
    return Belief(header.name or "", statement.formula, own, header.source or options.source)


def write(base: BeliefBase, options: Options) -> Written:
    """Return a base as a text of the language.

    Raises:
        BaseError: a belief has a name that the language cannot write.
    """
    return Written(("" if base.unique_names else NOT_UNIQUE) + print_document(document(base)))


def document(base: BeliefBase) -> Document:
    """Return the document that says what a base holds: loaded into an empty base, it gives back an equal one.

    What it cannot say is whether names are unique. An individual that looks like a variable whose quantifier was
    forgotten is declared, as it could not be read otherwise.

    Raises:
        BaseError: a belief has a name that the language cannot write.
    """
    for belief in base:
        if not LABEL.fullmatch(belief.name):
            raise BaseError(
                f"the language cannot write the name {belief.name!r}; give that belief another name"
            )
    statements = tuple(Statement(header(belief), belief.formula) for belief in base)
    return Document((*base.declarations, *_undeclared(base)), statements)


def _undeclared(base: BeliefBase) -> Iterator[Declaration]:
    """Declarations of the individuals that look like variables and are not declared yet."""
    signature = base.signature
    told = set(base.declarations)
    names = [
        name for name in LOOK_LIKE_VARIABLES if name in signature.constants or name in signature.functions
    ]
    for declaration in sorts.declarations(signature, names) if names else ():
        if declaration not in told:
            yield declaration


def header(belief: Belief) -> Header:
    """Return the header of a belief, without what goes without saying."""
    own, usual = belief.entrenchment, Entrenchment()
    weight = own.weight if own.weight != usual.weight and not own.is_certain else None
    level = own.level if own.level != usual.level or weight is not None else None
    return Header(belief.name, level, weight, belief.source)
