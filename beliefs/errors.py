"""Every exception for misuse, under one root.

A conflict, a refusal or an *unknown* is never an exception: those are answers, and come back as values.
An exception means that the call itself could not be carried out; nothing was changed by it.

    BeliefsError
    ├── LanguageError             a text or formula is not of the language
    │   ├── ParseError            the text does not follow the grammar
    │   └── SortError             names do not fit together: arity, kind or sort
    ├── BaseError                 a belief base was asked for something it cannot do
    │   ├── UnknownBeliefError    there is no belief of that name
    │   └── DuplicateNameError    the name is taken by another belief
    ├── FormatError               a file is not of its format, or a belief does not fit into one
    │   ├── DimacsError           a CNF, WCNF or GCNF file is malformed
    │   └── RejectedError         lines of a file cannot be taken in
    ├── UnsupportedFormulaError   an oracle was given a formula outside its fragment
    ├── CertificateError          a certificate is malformed, or one of its claims does not hold
    ├── PlanError                 a domain, problem, plan or step is malformed, or they do not fit together
    │   └── PddlError             a PDDL text is malformed, or outside the fragment
    ├── MissingExtraError         something optional that the call needs is not installed
    ├── DrawingError              a picture cannot be drawn
    └── JournalError              the journal cannot be opened, read or written
        ├── JournalNotFoundError  there is no journal there
        ├── JournalVersionError   the journal was written by a newer version
        ├── JournalCorruptError   what was read is not what was written
        ├── JournalReadOnlyError  the journal can be read, but not written
        ├── JournalFullError      there is no space left to write to
        └── JournalBusyError      another process kept the journal to itself for too long
"""

from __future__ import annotations


class BeliefsError(Exception):
    """The root of all exceptions that this package raises on purpose."""


class LanguageError(BeliefsError):
    """A text or formula is not of the language.

    Attributes:
        message: what is wrong, in one sentence.
        line: line of the fault in the text, from 1; None where no text is known.
        column: column of the fault, from 1; None where no text is known.
        context: the line at fault with a caret below it, or None.
        expected: what could have stood there instead, in words.
        hint: how to mend it, where the mistake is a common one.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        context: str | None = None,
        expected: tuple[str, ...] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.context = context
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        where = "" if self.line is None else f"line {self.line}, column {self.column}: "
        parts = [where + self.message]
        if self.context is not None:
            parts.append(self.context)
        if self.expected:
            parts.append("expected " + _alternatives(self.expected))
        if self.hint is not None:
            parts.append("hint: " + self.hint)
        return "\n".join(parts)


class ParseError(LanguageError):
    """The text does not follow the grammar, or uses a variable outside its quantifier."""


class SortError(LanguageError):
    """Names do not fit together: wrong arity, two kinds of symbol, two sorts, or arithmetic that is not linear."""


class BaseError(BeliefsError):
    """A belief base was asked for something it cannot do."""


class UnknownBeliefError(BaseError):
    """There is no belief of that name in the base."""


class DuplicateNameError(BaseError):
    """The name is taken by another belief of the base."""


class FormatError(BeliefsError):
    """A file is not of its format, or a belief does not fit into one; the message names the line or the belief."""


class DimacsError(FormatError):
    """A CNF, WCNF or GCNF file is malformed; the message names the line."""


class RejectedError(FormatError):
    """Lines of a file cannot be taken in; the message lists the first of them.

    Attributes:
        rejected: what is wrong with each, in the order of the file: its line, or None, its text, and the reason.
    """

    def __init__(self, message: str, rejected: tuple[tuple[int | None, str, str], ...]) -> None:
        super().__init__(message)
        self.rejected = rejected


class UnsupportedFormulaError(BeliefsError):
    """An oracle was given a formula outside the fragment it decides."""


class CertificateError(BeliefsError):
    """A certificate is malformed, or one of its claims does not hold; the message names the claim."""


class PlanError(BeliefsError):
    """A domain, problem, plan or step is malformed, or they do not fit together; the message names the culprit."""


class PddlError(PlanError):
    """A PDDL text is malformed, or says what is outside the fragment; the message names the place or action."""


class MissingExtraError(BeliefsError):
    """Something optional that the call needs is not installed; the message says how to install it."""


class DrawingError(BeliefsError):
    """A picture cannot be drawn; the message says why."""


class JournalError(BeliefsError):
    """The journal cannot be opened, read or written."""


class JournalNotFoundError(JournalError):
    """There is no journal at that place."""


class JournalVersionError(JournalError):
    """The journal was written by a newer version of this package."""


class JournalCorruptError(JournalError):
    """What was read from the journal is not what was written to it."""


class JournalReadOnlyError(JournalError):
    """The journal can be read, but not written."""


class JournalFullError(JournalError):
    """There is no space left to write the journal to; the change was not committed."""


class JournalBusyError(JournalError):
    """Another process kept the journal to itself for too long; the change was not committed."""


def _alternatives(words: tuple[str, ...]) -> str:
    """Join words as an English list of alternatives: "a", "a or b", "a, b or c"."""
    if len(words) == 1:
        return words[0]
    return ", ".join(words[:-1]) + " or " + words[-1]
