"""What an agent is told: texts and trees, read as declarations and named beliefs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import DEFAULT_LEVEL, Entrenchment, Level
from beliefs.errors import BaseError, SortError
from beliefs.language.parser import parse_document
from beliefs.language.sorts import infer
from beliefs.language.span import Origin
from beliefs.language.syntax import MAX_DIGITS, Declaration, Formula, Header, Statement
from beliefs.language.wellformed import check_formula, check_name


@dataclass(frozen=True)
class Told:
    """Declarations and beliefs as they were told.

    Attributes:
        declarations: the declarations, in order.
        statements: the beliefs with their headers, in order.
        text: the text they were read from; None for a tree.
    """

    declarations: tuple[Declaration, ...]
    statements: tuple[Statement, ...]
    text: str | None = None

    @staticmethod
    def all_of(text: str, base: BeliefBase) -> Told:
        """Read a text of any number of declarations and beliefs about a base.

        Raises:
            LanguageError: the text is malformed.
        """
        document = parse_document(text, base.signature)
        return Told(document.declarations, document.statements, text)

    @staticmethod
    def one_of(said: str | Formula, header: Header, base: BeliefBase) -> Told:
        """Read one belief, or one declaration, about a base.

        Args:
            said: a text, which may have a header, or a tree.
            header: parts of a header that were given apart; they take the place of those in the text.
            base: what it is about.

        Raises:
            LanguageError: the text or tree is malformed.
            BaseError: it is not one.
        """
        if not isinstance(said, str):
            return Told((), (Statement(header, check_formula(said)),))
        told = Told.all_of(said, base)
        if not told.statements and not told.declarations:
            raise BaseError("there is nothing to read; write a belief, such as bird(tweety)")
        if len(told.statements) + len(told.declarations) != 1:
            raise BaseError(
                f"one belief is told at a time; here are {len(told.statements)}, and {len(told.declarations)} "
                "declarations: load takes them all at once"
            )
        statements = [replace(each, header=_merged(each.header, header)) for each in told.statements]
        return replace(told, statements=tuple(statements))

    def declared_in(self, base: BeliefBase) -> BeliefBase:
        """Return a base with the declarations, having made sure that the beliefs fit it.

        Raises:
            SortError: something does not fit; the message shows where it stands in the text.
        """
        try:
            declared = base.declare(*self.declarations)
            declared.understanding(*(statement.formula for statement in self.statements))
        except SortError:
            self._show_misfit(base)
            raise
        return declared

    def _show_misfit(self, base: BeliefBase) -> None:
        """Raise the error for what does not fit anew, with its place in the text, if there is a text.

        Raises:
            SortError: what does not fit.
        """
        if self.text is None:
            return
        told = ((Origin("input", self.text), declaration) for declaration in self.declarations)
        names = (statement.header.name or "input" for statement in self.statements)
        said = (
            (Origin(name, self.text), statement.formula)
            for name, statement in zip(names, self.statements, strict=True)
        )
        infer([*base.declarations, *told], [*((belief.name, belief.formula) for belief in base), *said])

    def beliefs(self, base: BeliefBase) -> Iterator[Belief]:
        """Yield the beliefs, about to enter a base; one without a name is called `b` and a number that is free.

        A source that is an empty text is none.

        Raises:
            LanguageError: a name is none.
            BaseError: a level or weight is none.
        """
        taken = {statement.header.name for statement in self.statements if statement.header.name is not None}
        for place, statement in enumerate(self.statements):
            header = statement.header
            name = base.fresh_name(place, taken) if header.name is None else check_name(header.name)
            taken.add(name)
            source = None if header.source == "" else header.source
            yield Belief(name, statement.formula, _entrenchment(header), source)


def header_of(
    name: str | None, level: Level | None, weight: Fraction | int | None, source: str | None
) -> Header:
    """Return the parts of a header that were given apart.

    Raises:
        BaseError: the weight is no number, or one that could not be written down and read again.
    """
    try:
        exact = None if weight is None else Fraction(weight)
    except (TypeError, ValueError, OverflowError) as error:
        raise BaseError(f"a weight is a positive number; not {weight!r}") from error
    if exact is not None and max(abs(exact.numerator), exact.denominator) >= 10**MAX_DIGITS:
        raise BaseError(f"a weight has at most {MAX_DIGITS} digits; give a smaller one, or a higher level")
    return Header(name, level, exact, source)


def _merged(header: Header, given: Header) -> Header:
    return Header(
        name=header.name if given.name is None else given.name,
        level=header.level if given.level is None else given.level,
        weight=header.weight if given.weight is None else given.weight,
        source=header.source if given.source is None else given.source,
    )


def _entrenchment(header: Header) -> Entrenchment:
    try:
        return Entrenchment(
            DEFAULT_LEVEL if header.level is None else header.level,
            Fraction(1) if header.weight is None else header.weight,
        )
    except ValueError as error:
        raise BaseError(str(error)) from error
