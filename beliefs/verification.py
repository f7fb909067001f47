"""Checking a whole journal: its chain of hashes, and the certificate of every change in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.certificates.certificate import Certificate, CertifiedBelief
from beliefs.certificates.checker import check
from beliefs.certificates.locality import formulas, next_witness
from beliefs.errors import BeliefsError, CertificateError, JournalCorruptError
from beliefs.journal.entry import Decision, Entry
from beliefs.journal.journal import Journal
from beliefs.journal.replay import follow
from beliefs.language.parser import parse_document
from beliefs.language.printer import print_formula
from beliefs.language.semantics import Model
from beliefs.language.signature import declared_name
from beliefs.language.sorts import declarations

CERTIFIED = frozenset({"expand", "revise", "contract", "consolidate"})
"""The operations that must carry a certificate. An undoing may carry one, of what comes back."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold.

    Attributes:
        entry: the number of the journal entry; None where it concerns the journal as a whole.
        reason: what is wrong.
    """

    entry: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of a journal found.

    Attributes:
        entries: how many entries there are.
        checked: how many certificates were checked, all their claims holding.
        failed: what does not hold.
        chain: whether everything is as it was written.
    """

    entries: int
    checked: int
    failed: tuple[Fault, ...]
    chain: Literal["intact", "broken"]


def verify(journal: Journal, progress: Callable[[int, int], None] | None = None) -> Verification:
    """Check that a journal is as it was written, and that each of its changes was right.

    The certificate of each change is checked with a fresh Z3, and held against the base that the entries
    before it lead to: it must speak of the beliefs that were there. Where it speaks only of those that the
    change touched, the rest must be as true as before: none of them may mention an atom whose truth has
    changed since the last model.

    Args:
        journal: the journal.
        progress: called with how many entries have been checked, and how many there are.

    Cost: a certificate takes time by its own length, not by that of the base.
    """
    broken = [Fault(fault.entry, fault.message) for fault in journal.check_chain()]
    total = journal.head if not broken else 0
    auditor = _Auditor(journal)
    failed: list[Fault] = []
    try:
        for entry in journal.entries(last=total):
            reasons = list(auditor.faults(entry))
            failed += [Fault(entry.number, reason) for reason in reasons]
            if progress is not None:
                progress(entry.number, total)
    except JournalCorruptError as error:
        broken.append(Fault(None, str(error)))
    return Verification(total, auditor.checked, (*broken, *failed), "broken" if broken else "intact")


class _Auditor:
    """Follows a journal from its start, with the base and the witness that its entries lead to."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._base = BeliefBase(unique_names=journal.unique_names).knowing(None, consistent=None)
        self._past = {0: self._base}
        self.checked = 0

    def faults(self, entry: Entry) -> Iterator[str]:
        """Take a step, and yield what does not hold of it."""
        decision = entry.decision
        witness = None
        try:
            if decision.operation in CERTIFIED:
                witness = self._certified(entry.number, decision, self._base.declare(*decision.declared))
            elif decision.undoes is not None:
                witness = self._restored(entry)
        except BeliefsError as error:
            yield str(error)
        after = follow(self._base, decision, entry.seal.next_age)
        self._base = self._past[entry.number] = after.knowing(witness, decision.consistent)

    def _certified(self, entry: int, change: Decision, before: BeliefBase) -> Model | None:
        """Check that the certificate of an entry proves a change; return the witness it leads to.

        Raises:
            BeliefsError: something does not hold.
        """
        data = self._journal.certificate(entry)
        if data is None:
            raise CertificateError("it carries no certificate")
        certificate = Certificate.from_json(data)
        report = check(certificate)
        if not report.valid:
            raise CertificateError("; ".join(f"{claim.name}: {claim.detail}" for claim in report.failed))
        _expect_same(certificate, change, before)
        witness = next_witness(certificate, before, before.witness)
        self.checked += 1
        return witness

    def _restored(self, entry: Entry) -> Model | None:
        """Check that an undoing leads back to where it says; return the witness it comes with, if any.

        What comes back is proven consistent by a consolidation that has nothing to do (`change.restore`).

        Raises:
            BeliefsError: something does not hold.
        """
        decision = entry.decision
        former = follow(self._base, decision, self._base.next_age)
        if former != self._past.get((decision.undoes or 0) - 1):
            raise CertificateError(f"it does not lead back to the base before entry {decision.undoes}")
        data = self._journal.certificate(entry.number)
        if data is None:
            return None
        shown = {belief.name for belief in Certificate.from_json(data).before}
        if not shown.issuperset(belief.name for belief in decision.added):
            raise CertificateError("its certificate does not speak of all beliefs that come back")
        witness = None if decision.undeclared else self._base.witness
        return self._certified(
            entry.number, Decision("consolidate"), former.knowing(witness, consistent=None)
        )


def _expect_same(certificate: Certificate, decision: Decision, before: BeliefBase) -> None:
    """Hold a certificate against the change that it is said to certify.

    Raises:
        CertificateError: it is about another one.
    """
    if (certificate.operation, certificate.unique_names) != (decision.operation, before.unique_names):
        raise CertificateError("its certificate is about another operation")
    if certificate.added != tuple(map(_certified_form, decision.added)):
        raise CertificateError("its certificate is about other new beliefs")
    if certificate.removed != tuple(belief.name for belief in decision.removed):
        raise CertificateError("its certificate is about giving up other beliefs")
    for belief in certificate.before:
        if belief.name not in before or _certified_form(before[belief.name]) != belief:
            raise CertificateError(
                f"its certificate tells of a belief {belief.name!r} that the base did not hold so"
            )
    if certificate.scope == "whole" and len(certificate.before) != len(before):
        raise CertificateError("its certificate leaves out beliefs, and says that it does not")
    understood = before.understanding(*formulas(certificate)).signature
    told = parse_document("\n".join(certificate.declarations)).declarations
    names = [declared_name(declaration) for declaration in told]
    if set(told) != set(declarations(understood, names)):
        raise CertificateError("its certificate takes the sorts of symbols for others than they were")


def _certified_form(belief: Belief) -> CertifiedBelief:
    return CertifiedBelief(belief.name, print_formula(belief.formula), belief.entrenchment)
