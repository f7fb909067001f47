"""A certificate with its texts read: what the checker's claims are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from beliefs.certificates import texts
from beliefs.certificates.certificate import Certificate, CertifiedBelief, CertifiedSuccess
from beliefs.errors import CertificateError, LanguageError
from beliefs.language import parser, sorts
from beliefs.language.mistakes import LOOK_LIKE_VARIABLES
from beliefs.language.signature import Signature
from beliefs.language.syntax import TRUE, And, Declaration, Formula, negation


@dataclass(frozen=True, slots=True)
class ReadSuccess:
    """A success on record with its texts as elaborated formulas; see `CertifiedSuccess`."""

    belief: str
    given: tuple[Formula, ...]
    believed: tuple[Formula, ...]
    assumed: tuple[Formula, ...]
    outcome: Formula


@dataclass(frozen=True)
class Reading:
    """A certificate that is well-formed, with its texts as elaborated formulas.

    Attributes:
        certificate: the certificate.
        signature: the symbols, as declared.
        formulas: what each belief says, before the change or added by it, by name.
        input: the input; None for a consolidation.
        successes: the successes on record of what was weakened.
    """

    certificate: Certificate
    signature: Signature
    formulas: Mapping[str, Formula]
    input: Formula | None
    successes: tuple[ReadSuccess, ...] = ()

    @cached_property
    def assumed(self) -> tuple[Formula, ...]:
        """All that is assumed for successes on record, each assumption once."""
        return tuple(dict.fromkeys(formula for each in self.successes for formula in each.assumed))

    @cached_property
    def test(self) -> Formula:
        """What the kernels contradict: the input, the negation of what is contracted by, or `true`."""
        if self.input is None:
            return TRUE
        return negation(self.input) if self.certificate.operation == "contract" else self.input

    @property
    def conjuncts(self) -> tuple[Formula, ...]:
        """The formulas that an expansion by several takes in, each as a belief of its own; otherwise none."""
        if self.certificate.operation == "expand" and isinstance(self.input, And):
            return self.input.operands
        return ()

    @property
    def cuts(self) -> bool:
        """Whether the change is one that has to cut its kernels."""
        return self.certificate.operation != "expand" and self.certificate.outcome != "refused"

    def believed_after(self) -> Iterator[Formula]:
        """Yield what the beliefs after the change say."""
        return (self.formulas[belief.name] for belief in self.certificate.after)


def read(certificate: Certificate) -> Reading:
    """Return a certificate with its texts read.

    Raises:
        CertificateError: it is not well-formed: a text cannot be read under the declarations alone, names of
            beliefs repeat, or something speaks of a belief that is not there. The message names the part.
    """
    _check_names(certificate)
    _check_input(certificate)
    signature = _signature(certificate)
    formulas = {
        belief.name: _formula(belief.formula, signature, f"belief {belief.name}")
        for belief in (*certificate.before, *certificate.added)
    }
    given = None if certificate.input is None else _formula(certificate.input, signature, "the input")
    successes = tuple(
        _success(success, signature, f"success {place}")
        for place, success in enumerate(certificate.successes)
    )
    return Reading(certificate, signature, formulas, given, successes)


def _success(success: CertifiedSuccess, signature: Signature, where: str) -> ReadSuccess:
    def read_all(texts: tuple[str, ...]) -> tuple[Formula, ...]:
        return tuple(_formula(text, signature, where) for text in texts)

    (outcome,) = read_all((success.outcome,))
    return ReadSuccess(
        success.belief,
        read_all(success.given),
        read_all(success.believed),
        read_all(success.assumed),
        outcome,
    )


def _check_names(certificate: Certificate) -> None:
    before = _distinct(tuple(belief.name for belief in certificate.before), "the beliefs before")
    _distinct(_names(certificate.before + certificate.added), "the beliefs before and those added")
    _known(_distinct(certificate.removed, "those given up"), before, "those given up")
    for position, kernel in enumerate(certificate.kernels):
        _known(_distinct(kernel, f"kernel {position}"), before, f"kernel {position}")
    if len({frozenset(kernel) for kernel in certificate.kernels}) < len(certificate.kernels):
        raise CertificateError("the same kernel is listed twice")
    added = frozenset(belief.name for belief in certificate.added)
    weaker = _distinct(tuple(each.name for each in certificate.weakened), "those weakened")
    if strangers := weaker - added:
        raise CertificateError(f"those weakened: {min(strangers)!r} is not among the beliefs added")
    _known(
        _distinct(tuple(each.of for each in certificate.weakened), "those weakened"), before, "those weakened"
    )
    for place, success in enumerate(certificate.successes):
        if success.belief not in weaker:
            raise CertificateError(f"success {place}: {success.belief!r} is no belief that was weakened")


def _names(beliefs: tuple[CertifiedBelief, ...]) -> tuple[str, ...]:
    return tuple(belief.name for belief in beliefs)


def _distinct(names: tuple[str, ...], where: str) -> frozenset[str]:
    distinct = frozenset(names)
    if len(distinct) < len(names):
        twice = next(name for position, name in enumerate(names) if name in names[:position])
        raise CertificateError(f"{where}: {twice!r} is listed twice")
    return distinct


def _known(names: frozenset[str], before: frozenset[str], where: str) -> None:
    if strangers := names - before:
        raise CertificateError(f"{where}: there is no belief {min(strangers)!r} before the change")


def _check_input(certificate: Certificate) -> None:
    if certificate.operation == "consolidate" and certificate.input is not None:
        raise CertificateError("a consolidation has no input")
    if certificate.operation != "consolidate" and certificate.input is None:
        raise CertificateError(f"the input is missing: {certificate.operation} takes one")


def _signature(certificate: Certificate) -> Signature:
    found = [texts.declared(text) for text in certificate.declarations]
    try:
        if all(found):
            return sorts.infer((declaration for each in found if each for declaration in each), ())
        # One of them says nothing, or does not stand by itself: read them as one text, which tells where.
        document = parser.parse_document("\n".join(certificate.declarations))
        if document.statements:
            raise CertificateError("the declarations: there is a belief among them")
        return sorts.infer(document.declarations, ())
    except LanguageError as error:
        raise CertificateError(f"the declarations cannot be read: {error}") from error


def _formula(text: str, signature: Signature, where: str) -> Formula:
    try:
        formula, mentions = texts.parsed(text), texts.mentions(text)
        if not mentions.symbols.isdisjoint(LOOK_LIKE_VARIABLES):
            formula = parser.parse_formula(text, signature)
        if not mentions.is_rule:
            return _fitted(formula, signature, where)
        spoken_of = sorts.declarations(signature, mentions.symbols | mentions.sorts)
        return _rule(text, spoken_of) or _fitted(formula, signature, where)
    except LanguageError as error:
        raise CertificateError(f"{where} cannot be read: {error}") from error


@lru_cache(1_024)
def _rule(text: str, spoken_of: tuple[Declaration, ...]) -> Formula | None:
    """The formula of a text, if it fits these declarations; None if it does not.

    Rules come back in many certificates. How their variables are read depends on their symbols and the sorts that they
    name, and on nothing else.
    """
    try:
        return _fitted(texts.parsed(text), sorts.infer(spoken_of, ()), "")
    except (LanguageError, CertificateError):
        return None


def _fitted(formula: Formula, signature: Signature, where: str) -> Formula:
    """A formula with the sort of every variable, if it fits a signature and all its symbols are there."""
    if sorts.extend(signature, formula, where) is not signature:
        undeclared = sorted(name for name in sorts.symbols(formula) if signature.kind(name) is None)
        raise CertificateError(f"{where}: {', '.join(undeclared)} is not declared")
    return sorts.elaborate(formula, signature)
