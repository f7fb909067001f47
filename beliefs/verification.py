"""Checking a whole journal: its chain of hashes, and the certificate of every change in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.track_record import read_expectation
from beliefs.certificates import texts
from beliefs.certificates.certificate import NOTHING, Certificate, CertifiedBelief
from beliefs.certificates.checker import check
from beliefs.certificates.locality import Extent, formulas, next_witness
from beliefs.certificates.report import Report
from beliefs.change import expand
from beliefs.errors import BeliefsError, CertificateError, JournalCorruptError
from beliefs.failure.accounting import account
from beliefs.failure.successes import Success
from beliefs.journal.entry import Decision, Entry
from beliefs.journal.journal import Journal
from beliefs.journal.replay import follow
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.semantics import Model, truth
from beliefs.language.signature import declared_name
from beliefs.language.sorts import declarations, elaborate
from beliefs.language.syntax import And, ConstantDeclaration, Truth
from beliefs.reasoning.features import features
from beliefs.reasoning.relevance import compares_individuals

CERTIFIED = frozenset({"expand", "revise", "semi-revise", "contract", "consolidate"})
"""The operations that must carry a certificate. An undoing may carry one of what comes back; an expectation none."""


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

    The certificate of each change is checked with a Z3 of its own, and held against the base that the entries
    before it lead to: it must speak of the beliefs that were there. Where it speaks only of those that the
    change touched, the rest must be as true as before: none of them may mention an atom whose truth has
    changed since the last model. What else an entry says must be what its certificate says. In the end, every
    belief must be true in the model that the journal keeps of the present base.

    Where the chain is broken, the entries are only counted.

    Args:
        journal: the journal.
        progress: called with how many entries have been checked, and how many there are.

    Cost: a certificate takes time by its own length, not by that of the base. The present base is looked at once.
    """
    broken = [Fault(fault.entry, fault.message) for fault in journal.check_chain()]
    total = _entries(journal)
    auditor = _Auditor(journal)
    failed: list[Fault] = []
    try:
        for entry in journal.entries(last=0 if broken else total):
            failed += [Fault(entry.number, reason) for reason in auditor.faults(entry)]
            if progress is not None:
                progress(entry.number, total)
        if total and not broken:
            failed += [Fault(total, reason) for reason in auditor.faults_of_present(total)]
    except JournalCorruptError as error:
        broken.append(Fault(None, str(error)))
    return Verification(total, auditor.checked, (*broken, *failed), "broken" if broken else "intact")


def _entries(journal: Journal) -> int:
    """How many entries there are, as far as that can still be read."""
    try:
        return journal.head
    except JournalCorruptError:
        return 0


class _Auditor:
    """Follows a journal from its start, with the base and the witness that its entries lead to.

    The witness may leave open what a belief with a quantifier over numbers says. Z3 has told that it agrees with the
    others, but not that it is true in this very model. Then the beliefs that a certificate does not speak of are not
    known to share its model, and Z3 is asked about all of them.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._base = BeliefBase(unique_names=journal.unique_names).knowing(None, consistent=None)
        self._past = {0: self._base}
        self._is_open = False
        self.checked = 0

    def faults(self, entry: Entry) -> Iterator[str]:
        """Take a step, and yield what does not hold of it."""
        decision = entry.decision
        witness = None
        try:
            after = follow(self._base, decision, entry.seal.next_age)
        except BeliefsError as error:
            raise JournalCorruptError(
                f"entry {entry.number} does not fit those before it: {error}"
            ) from error
        try:
            witness = self._witness(entry, after)
            if witness is not None and _reckons_anew(decision, after):
                _expect_everyone(after, witness)
        except BeliefsError as error:
            yield str(error)
        former = self._base.witness
        if witness is not None and (former is None or not witness.descends_from(former)):
            self._is_open = any(_not_true(after, witness))
        settled = None if witness is None else witness.settled()
        self._base = self._past[entry.number] = after.knowing(settled, decision.consistent)

    def faults_of_present(self, head: int) -> Iterator[str]:
        """Yield what does not hold of the index and the model that the journal keeps of the present base.

        What a quantifier over numbers says, the model may leave open; of what such a belief mentions, it has to say
        what the certificates say.
        """
        present = self._journal.present()
        witness = present.base.witness
        if present.head != head:
            return
        yield from map(str, self._journal.check_index(self._base))
        if witness is None:
            return
        universe = {sort: frozenset(elements) for sort, elements in witness.universe.items()}
        for name, sort in self._base.signature.constants.items():
            if name not in universe.get(sort, ()) and any(self._base.mentioning(name)):
                yield f"the model that is kept of the present beliefs does without {name}"
        for name in _not_true(self._base, witness):
            formula = self._base[name].formula
            extent = Extent.of([formula], self._base.signature)
            if truth(self._base.formula(name), witness) is False or not extent.agree(
                witness, self._base.witness
            ):
                yield f"belief {name!r} is not true in the model that is kept of the present beliefs"

    def _witness(self, entry: Entry, after: BeliefBase) -> Model | None:
        """Check an entry; return a model of the base after it, if one is known.

        Raises:
            BeliefsError: something does not hold.
        """
        decision = entry.decision
        if decision.operation == "undo":
            return self._restored(entry, after)
        if decision.operation == "expect":
            return self._expecting(entry)
        if decision.operation not in CERTIFIED:
            raise CertificateError(f"{decision.operation!r} is no operation that changes beliefs")
        if decision.undoes is not None or decision.undeclared:
            raise CertificateError("it takes something back, but is no undoing")
        before = self._base.declare(*decision.declared)
        _expect_accounted(decision, self._base)
        if decision.operation == "semi-revise":
            witness = self._weighed(entry, before)
        elif decision.observed is not None and decision.observed.rejected is not None:
            witness = self._screened(entry, before)
        else:
            certificate = _valid(self._journal.certificate(entry.number))
            witness = self._certified(certificate, decision, before)
            _expect_successes(certificate, decision, self._base, after)
        if not after.agrees_with(before):
            _expect_true(after, witness)
        self.checked += 1
        return witness

    def _certified(self, certificate: Certificate, change: Decision, before: BeliefBase) -> Model | None:
        """Check that a certificate whose claims hold proves a change; return the witness it leads to.

        Raises:
            BeliefsError: something does not hold.
        """
        understood = before.understanding(*formulas(certificate))
        _expect_same(certificate, change, understood)
        steady = {
            belief.name
            for belief in certificate.before
            if self._base.beliefs.get(belief.name) == understood.beliefs.get(belief.name)
        }
        witness = next_witness(certificate, understood, steady if self._models_all(understood) else ())
        if self._is_open and certificate.scope == "touched":
            _expect_decided(certificate, understood)
        return witness

    def _models_all(self, base: BeliefBase) -> bool:
        """Whether the witness of a base is the one the entries led to, in which all beliefs until then are true."""
        known = self._base.witness
        return (
            known is not None and base.witness is known and not self._is_open and base.agrees_with(self._base)
        )

    def _screened(self, entry: Entry, before: BeliefBase) -> Model | None:
        """Check that an observation was rejected rightly: what is certain contradicts it. The witness stays.

        Raises:
            BeliefsError: something does not hold.
        """
        decision = entry.decision
        _expect_rejection(decision)
        if decision.added or decision.removed or decision.declared:
            raise CertificateError("it rejects an observation, but changes beliefs")
        self._expect_as_consistent(decision)
        certificate = _valid(self._journal.certificate(entry.number))
        if (certificate.operation, certificate.outcome) != ("revise", "refused"):
            raise CertificateError("its certificate is not that of a refusal")
        if (certificate.input, certificate.kernels) != (decision.input, decision.kernels):
            raise CertificateError("its certificate is about another input, or tells of other kernels")
        _expect_read_alike(certificate, before.understanding(*formulas(certificate)))
        return self._base.witness

    def _weighed(self, entry: Entry, before: BeliefBase) -> Model | None:
        """Check that a semi-revision is the consolidation of the base with the observation on trial.

        Raises:
            BeliefsError: something does not hold.
        """
        decision = entry.decision
        rejected = None if decision.observed is None else decision.observed.rejected
        if rejected is not None:
            _expect_rejection(decision)
        on_trial = [belief for belief in (rejected, *decision.added) if belief is not None]
        if len(on_trial) > 1 or any(print_formula(each.formula) != decision.input for each in on_trial):
            raise CertificateError("it weighs something else than its input")
        extended = before.add(*on_trial)
        witness = before.witness if extended.agrees_with(before) else None
        extended = extended.knowing(witness, None if on_trial else before.consistent)
        certificate = _valid(self._journal.certificate(entry.number))
        shown = {belief.name for belief in certificate.before}
        if not shown.issuperset(belief.name for belief in on_trial):
            raise CertificateError("its certificate does not speak of the observation")
        given_up = [*decision.removed, *(extended[each.name] for each in on_trial if each is rejected)]
        proof = replace(decision, operation="consolidate", input=None, added=(), removed=given_up)
        proven = self._certified(certificate, proof, extended)
        return self._base.witness if rejected is not None and self._base.consistent else proven

    def _expect_as_consistent(self, decision: Decision) -> None:
        """Expect that an entry that changes no belief says the same of consistency; of no beliefs, that they are.

        Raises:
            CertificateError: it says something else.
        """
        if decision.consistent != (self._base.consistent if len(self._base) else True):
            raise CertificateError("it changes nothing, but says something else of consistency")

    def _expecting(self, entry: Entry) -> Model | None:
        """Check that an expectation is recorded, and nothing else done. The witness stays.

        Raises:
            BeliefsError: something does not hold.
        """
        decision = entry.decision
        (mark, *others) = decision.marked or (None,)
        does = (*decision.added, *decision.removed, *decision.declared, *decision.undeclared)
        if does or others or decision.unmarked or mark is None or mark.kind != "expectation":
            raise CertificateError("it is an expectation, but does something else")
        expectation = read_expectation(mark)
        if (expectation.number, print_formula(expectation.formula)) != (entry.number, decision.input):
            raise CertificateError("it records another expectation than it says")
        self._expect_as_consistent(decision)
        return self._base.witness

    def _restored(self, entry: Entry, former: BeliefBase) -> Model | None:
        """Check that an undoing leads back to where it says; return the witness it comes with, if any.

        What comes back is proven consistent by a consolidation that has nothing to do (`change.restore`).

        Raises:
            BeliefsError: something does not hold.
        """
        decision = entry.decision
        if decision.undoes is None:
            raise CertificateError("it is an undoing, but does not say of what")
        past = self._past.get(decision.undoes - 1)
        if past is None or (former, former.record) != (past, past.record):
            raise CertificateError(f"it does not lead back to the base before entry {decision.undoes}")
        undone = self._journal.entry(decision.undoes).decision
        if (decision.input, decision.kernels, decision.cost) != (undone.input, (), NOTHING):
            raise CertificateError("it says more, or something else, than that it undoes a change")
        data = self._journal.certificate(entry.number)
        if data is None:
            if decision.consistent != past.consistent:
                raise CertificateError(
                    "it says of consistency what was not known of the base that comes back"
                )
            return None
        certificate = _valid(data)
        shown = {belief.name for belief in certificate.before}
        if not shown.issuperset(belief.name for belief in decision.added):
            raise CertificateError("its certificate does not speak of all beliefs that come back")
        witness = self._base.witness if former.agrees_with(self._base) else None
        proof = Decision("consolidate", consistent=decision.consistent)
        proven = self._certified(certificate, proof, former.knowing(witness, consistent=None))
        self.checked += 1
        return proven


def _valid(data: dict[str, Any] | None) -> Certificate:
    """Return the certificate that an entry carries, having checked its claims.

    Raises:
        CertificateError: it carries none, or a claim does not hold.
    """
    if data is None:
        raise CertificateError("it carries no certificate")
    certificate = Certificate.from_json(data)
    _expect_valid(certificate)
    return certificate


def _expect_valid(certificate: Certificate) -> None:
    """Expect that the claims of a certificate hold.

    Raises:
        CertificateError: one does not.
    """
    report = check(certificate)
    if not report.valid:
        raise CertificateError("; ".join(_reasons(report)))


def _expect_rejection(decision: Decision) -> None:
    """Expect that what an entry says it rejects is its input.

    Raises:
        CertificateError: it is something else.
    """
    rejected = decision.observed.rejected if decision.observed is not None else None
    if rejected is None or print_formula(rejected.formula) != decision.input:
        raise CertificateError("it rejects something else than its input")


def _expect_accounted(decision: Decision, before: BeliefBase) -> None:
    """Expect that what an entry marks in the track record is what follows from what it did.

    Of the cases of rules it is expected that they are those of rules put to the test, no more.

    Raises:
        CertificateError: it is something else.
    """
    observed = decision.observed
    if observed is None:
        if decision.marked or decision.unmarked:
            raise CertificateError("it is no observation, but marks the track record")
        return
    open_ones = before.record.expectations
    if strangers := {*observed.refuted, *observed.met}.difference(open_ones):
        raise CertificateError(f"it settles expectation {min(strangers)}, which was not open")
    taken_in = {belief.name: belief.formula for belief in decision.added}
    given_up = {belief.name: belief.formula for belief in decision.removed}
    if any(new not in taken_in or old not in given_up for new, old in observed.weakened):
        raise CertificateError("it weakens what it does not give up, or to what it does not take in")
    unmarked, marked = account(
        before,
        kernels=decision.kernels,
        removed=decision.removed,
        rejected=observed.rejected,
        refuted=[open_ones[number] for number in observed.refuted],
        met=[open_ones[number] for number in observed.met],
        supports=observed.supports,
        weakened=[(taken_in[new], given_up[old]) for new, old in observed.weakened],
        decay=observed.decay,
    ).changes()
    told = tuple(mark for mark in decision.marked if mark.kind != "case")
    if (set(told), set(decision.unmarked)) != (set(marked), set(unmarked)):
        raise CertificateError("what it marks in the track record does not follow from what it did")
    tested = {name for names in (*decision.kernels, *observed.supports) for name in names if name in before}
    rules = {print_formula(before[name].formula) for name in tested}
    if any(mark.kind == "case" and mark.subject not in rules for mark in decision.marked):
        raise CertificateError("it notes a case of a rule that it did not put to the test")


def _expect_successes(
    certificate: Certificate, decision: Decision, before: BeliefBase, after: BeliefBase
) -> None:
    """Expect that the certificate of a weakening speaks of each success on record of the rule.

    Passed over may be only what speaks of symbols or individuals that were known no more when the rule was weakened,
    and what the beliefs after the change refute.

    Raises:
        CertificateError: it leaves out another.
    """
    if not certificate.weakened:
        return
    gone = (before.formula(belief.name) for belief in decision.removed)
    unrepaired = after.remove(*(each.name for each in certificate.weakened)).understanding(*gone)
    for each in certificate.weakened:
        told = {
            (success.given, success.outcome)
            for success in certificate.successes
            if success.belief == each.name
        }
        for case in before.record.cases_of(before[each.of].formula):
            if case.failed or (case.given, case.outcome) in told:
                continue
            success = Success.of(case)
            if success.is_known_to(unrepaired) and not _overtaken(success, after):
                raise CertificateError(
                    f"its certificate leaves out a success on record of {each.of!r}: {case.outcome}"
                )


def _overtaken(success: Success, after: BeliefBase) -> bool:
    """Return whether beliefs refute what a rule was right about once, so that no rule among them could keep it.

    A checked certificate says so: that of an expansion by it, which makes a conflict.
    """
    conflict = expand(after, [Belief(after.fresh_name(), success.outcome)], allow_conflict=True)
    return any(conflict.kernels) and conflict.certificate is not None and check(conflict.certificate).valid


def _expect_decided(certificate: Certificate, before: BeliefBase) -> None:
    """Expect that Z3 finds all beliefs after a change consistent, with what was contracted by not among what follows.

    Raises:
        CertificateError: it does not. Cost: that of the whole base.
    """
    if certificate.permits_conflict:
        return
    removed = frozenset(certificate.removed)
    kept = (CertifiedBelief.of(belief) for belief in before if belief.name not in removed)
    contracts = certificate.operation == "contract"
    signature = before.signature
    symbols = (signature.sorts, signature.predicates, signature.functions, signature.constants)
    whole = Certificate(
        operation="contract" if contracts else "consolidate",
        outcome="vacuous",
        input=certificate.input if contracts else None,
        declarations=tuple(map(print_declaration, declarations(signature, chain.from_iterable(symbols)))),
        unique_names=before.unique_names,
        scope="whole",
        before=(*kept, *certificate.added),
    )
    _expect_valid(whole)


def _reckons_anew(decision: Decision, after: BeliefBase) -> bool:
    """Return whether a change makes it matter who there is: it compares individuals, or declares more to compare."""
    added = (elaborate(belief.formula, after.signature) for belief in decision.added)
    if any(features(formula, after.signature).equality for formula in added):
        return True
    declared = any(isinstance(each, ConstantDeclaration) for each in decision.declared)
    return declared and compares_individuals(after, ())


def _expect_everyone(base: BeliefBase, witness: Model) -> None:
    """Expect that every individual of a base is in a model, those who are declared and not spoken of as well.

    Raises:
        CertificateError: one is not.
    """
    universe = {sort: frozenset(elements) for sort, elements in witness.universe.items()}
    for name, sort in base.signature.constants.items():
        if name not in universe.get(sort, ()) and (name,) not in witness.values:
            raise CertificateError(f"its model does without {name}, but beliefs reckon with all there are")


def _expect_true(base: BeliefBase, witness: Model | None) -> None:
    """Expect that every belief of a base whose symbols have other sorts than before is true in a model.

    Raises:
        CertificateError: one is not.
    """
    doubtful = base.names() if witness is None else _not_true(base, witness)
    for name in doubtful:
        raise CertificateError(
            f"its beliefs are read otherwise once what settled their sorts is gone, and no model shows that "
            f"{name!r} agrees with the rest"
        )


def _not_true(base: BeliefBase, model: Model) -> Iterator[str]:
    """Yield the names of the beliefs that are not true in a model. Cost: the whole base."""
    return (name for name in base.names() if truth(base.formula(name), model) is not True)


def _reasons(report: Report) -> Iterator[str]:
    for claim in report.failed:
        yield f"{claim.name}: {claim.detail}"
    for claim in report.undecided:
        yield f"{claim.name} could not be decided: {claim.detail}"


def _expect_same(certificate: Certificate, decision: Decision, before: BeliefBase) -> None:
    """Hold a certificate against the change that it is said to certify.

    Raises:
        CertificateError: it is about another one.
    """
    if (certificate.operation, certificate.unique_names) != (decision.operation, before.unique_names):
        raise CertificateError("its certificate is about another operation")
    if certificate.outcome == "refused":
        raise CertificateError("its certificate is that of a refusal")
    if certificate.added != tuple(map(CertifiedBelief.of, decision.added)):
        raise CertificateError("its certificate is about other new beliefs")
    if certificate.removed != tuple(belief.name for belief in decision.removed):
        raise CertificateError("its certificate is about giving up other beliefs")
    if decision.input not in _inputs(certificate):
        raise CertificateError("its certificate is about another input")
    if (certificate.kernels, certificate.cost) != (decision.kernels, decision.cost):
        raise CertificateError("its certificate tells of other kernels, or of another cost")
    weakened = () if decision.observed is None else decision.observed.weakened
    if tuple((each.name, each.of) for each in certificate.weakened) != weakened:
        raise CertificateError("its certificate tells of other weakenings")
    if decision.consistent is certificate.permits_conflict or decision.consistent is None:
        proven = "inconsistent" if certificate.permits_conflict else "consistent"
        raise CertificateError(f"its certificate shows that the beliefs are {proven}, but it says otherwise")
    _expect_read_alike(certificate, before)


def _expect_read_alike(certificate: Certificate, before: BeliefBase) -> None:
    """Expect that a certificate tells of beliefs and symbols as a base has them.

    Raises:
        CertificateError: it does not.
    """
    _expect_beliefs(certificate, before)
    told = [declaration for text in certificate.declarations for declaration in texts.declared(text) or ()]
    names = [declared_name(declaration) for declaration in told]
    if set(told) != set(declarations(before.signature, names)):
        raise CertificateError("its certificate takes the sorts of symbols for others than they were")


def _inputs(certificate: Certificate) -> set[str | None]:
    """What an entry may say its input was. That of an expansion by several is for the certificate alone to tell."""
    text = certificate.input
    if certificate.operation == "expand" and text is not None:
        several = isinstance(texts.parsed(text), And | Truth)
        return {text, None} if several else {text}
    return {text}


def _expect_beliefs(certificate: Certificate, before: BeliefBase) -> None:
    """Expect that a base holds the beliefs that a certificate says it held, and no others if that says so.

    Raises:
        CertificateError: it does not.
    """
    for belief in certificate.before:
        if (
            belief.name not in before
            or CertifiedBelief.of(before[belief.name], before.held(belief.name)) != belief
        ):
            raise CertificateError(
                f"its certificate tells of a belief {belief.name!r} that the base did not hold so"
            )
    if certificate.scope == "whole" and len(certificate.before) != len(before):
        raise CertificateError("its certificate leaves out beliefs, and says that it does not")
