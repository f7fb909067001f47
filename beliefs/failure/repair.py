"""Repair before retraction: a weaker belief in place of one that a revision gave up.

Giving a rule up whole loses more than the observation asks for. What follows is a *gentle repair* (Baader, Kriegel,
Nuradiansyah and Peñaloza, "Making repairs in description logics more gentle", KR 2018): the incision is found first,
as for plain revision; then each belief in it is replaced by one that it entails and that agrees with all that is kept.
As in "Repairing ontologies via axiom weakening" (Troquard, Confalonieri, Galliani, Peñaloza, Porello and Kutz, AAAI
2018), candidates come from a few ways to weaken, and a solver tells which of them will do. Which comes first depends
on the record of the rule: the times that it failed, and those that it proved right.

Here an entailment may use beliefs that are kept, so that a guard can take the place of exceptions made before; and a
repair must do more than either paper asks: it keeps every success on record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from beliefs.base.belief import Belief
from beliefs.base.case import Case
from beliefs.change.certify import certify
from beliefs.change.change import Change
from beliefs.change.weakening import Discredited, Repair
from beliefs.errors import SortError, UnknownBeliefError
from beliefs.failure.drafts import Draft, Drafts
from beliefs.failure.lately import lately
from beliefs.failure.rule import Rule, as_written, is_literal
from beliefs.failure.standing import Standing
from beliefs.failure.successes import Successes
from beliefs.language.parser import parse_formula
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import UNLIMITED, Budget, Sat, Unknown

_NUMBERED = re.compile(r"(.+)\.([0-9]+)")


def repair(
    change: Change, cases: Mapping[str, Sequence[Case]] | None = None, *, budget: Budget = UNLIMITED
) -> Change:
    """Return a revision with the best repair in place of each belief that it gave up, where there is one.

    Args:
        change: a revision; one that is not done, or gave nothing up, is returned as it is.
        cases: for each belief, by name, the times that it was put to the test before.
        budget: what all the searches together may spend. A belief whose search does not end in time is given up whole.
    """
    deadline = Deadline(budget)
    if change.operation != "revise" or change.status != "done":
        return change
    for culprit in change.removed:
        on_record = (cases or {}).get(culprit.name, ())
        for found in repairs(change, culprit, on_record, budget=deadline.rest()):
            # What comes later than one that could not be decided is not as good, but better than nothing.
            if isinstance(found, Unknown):
                continue
            mended = repaired(change, {culprit.name: found}, budget=deadline.rest())
            if mended is not change:
                change = mended
                break
        else:
            change = _discrediting(change, culprit, on_record)
    return change


def _discrediting(change: Change, culprit: Belief, cases: Sequence[Case]) -> Change:
    """The change, telling that a rule is given up whole for how it did of late, where that is so."""
    rule = Rule.of(change.before.formula(culprit.name))
    record = lately(rule, cases)
    if not rule.variables or record.is_worth_an_exception:
        return change
    told = Discredited(culprit.name, record.failed, record.held)
    return replace(change, discredited=(*change.discredited, told))


def repairs(
    change: Change, culprit: Belief, cases: Sequence[Case] = (), *, budget: Budget = UNLIMITED
) -> Iterator[Repair | Unknown]:
    """Yield the repairs of a belief that a revision gave up, the best first, each when it is asked for.

    Four ways to weaken a rule, in this order: an exception for the individuals that it failed for; a guard by a
    property that holds of every failure on record, the present one among them, and of no success; the least shift of
    a numeric bound; and dropping what failed of the conclusion. Where more than one failure is on record, the guard
    comes before the exception, and so does a bound that tells all failures from the successes; either takes the place
    of exceptions that it covers. Among guards, those that need no assumption come first, then those by a predicate of
    one argument, then those by what is and not by what is not. An exception is made only while the rule is worth it:
    not where it failed more often of late than it held (`lately.Lately.is_worth_an_exception`).

    Each repair that is yielded follows from the belief it weakens, together with beliefs that are kept; it agrees with
    all that is believed after the change; it is not entailed by that already; and it keeps each success on record:
    see `Kept`. Not to be kept is a success that what was seen overtakes (`Repair.overtaken`). One that speaks of
    symbols or individuals that are known no more is passed over.

    Args:
        change: a revision that is done; where it has repairs of others already, they count among what is kept.
        culprit: one of the beliefs it gave up.
        cases: the times that the belief, or what it was weakened from, was put to the test.
        budget: what all the search may spend; the clock starts with the first repair.

    Yields:
        A repair, or `Unknown` for one that could not be decided. None at all for a literal, than which nothing weaker
        says anything.

    Raises:
        UnknownBeliefError: the change did not give that belief up.
        LanguageError: a text in a case cannot be read.
    """
    if culprit not in change.removed:
        raise UnknownBeliefError(
            f"the change did not give up a belief {culprit.name!r}: only what it gave up can be repaired"
        )
    if change.operation != "revise" or change.status != "done":
        return
    try:
        standing = Standing(change, culprit, Deadline(budget))
    except SortError:
        return  # What settled the sorts of its symbols is gone: it would not say the same again.
    if is_literal(standing.original):
        return
    successes = Successes(standing, cases)
    for draft in Drafts(standing, successes, cases).best_first():
        found = draft if isinstance(draft, Unknown) else _verified(draft, standing, successes)
        if found is not None:
            yield found
        if isinstance(standing.deadline.remaining(), Unknown):
            return


def repaired(change: Change, chosen: Mapping[str, Repair], *, budget: Budget = UNLIMITED) -> Change:
    """Return a revision with repairs in place of beliefs that it gave up, and a new certificate.

    What was added then comes before the repairs, in the order of what they weaken. A repair without a proof that the
    result is consistent, within the budget, is left out.

    Args:
        change: a revision that is done.
        chosen: repairs that `repairs` yielded for this change, by the names of what they weaken.
        budget: what finding the witness may spend.
    """
    deadline = Deadline(budget)
    for belief in change.removed:
        if belief.name in chosen:
            change = _with(change, chosen[belief.name], deadline)
    return change


def _verified(draft: Draft, standing: Standing, successes: Successes) -> Repair | Unknown | None:
    """Return the repair that a draft makes; None where it lacks something that a repair must have."""
    needed = standing.proof_of(draft.formula)
    if needed is None or isinstance(needed, Unknown):
        return needed
    kept = successes.kept_by(draft.formula, draft.property) if draft.kept is None else draft.kept
    if kept is None or isinstance(kept, Unknown):
        return kept
    assumed = [parse_formula(text, canonical=True) for success, _ in kept for text in success.assumed]
    verdict = standing.agrees(draft.formula, *assumed)
    if isinstance(verdict, Sat):
        verdict = standing.denied(draft.formula)
    if not isinstance(verdict, Sat):
        return verdict if isinstance(verdict, Unknown) else None
    culprit = standing.culprit
    return Repair(
        kind=draft.kind,
        of=culprit.name,
        belief=Belief(
            _free_name(culprit.name, standing.change),
            as_written(draft.formula, culprit.formula, standing.signature),
            culprit.entrenchment,
            culprit.source,
            culprit.age,
        ),
        detail=draft.detail,
        failures=draft.failures,
        kept=tuple(success for success, _ in kept),
        overtaken=tuple(success.told() for success in successes.overtaken),
        shown=tuple(sorted({*needed, *(name for _, names in kept for name in names)})),
    )


def _with(change: Change, repair: Repair, deadline: Deadline) -> Change:
    """The change with one more repair; unchanged where the result is not shown to be consistent."""
    free = _free_name(repair.of, change)
    if repair.name in change.after or repair.name in change.before:
        repair = replace(repair, belief=replace(repair.belief, name=free))
    try:
        after = change.after.add(repair.belief)
        if not after.agrees_with(change.before):
            after = after.keeping(change.before.signature)
    except SortError:
        return change
    assumed = [
        parse_formula(text, canonical=True) for each in (*change.repairs, repair) for text in each.assumed
    ]
    inquiry = Inquiry(
        after,
        *assumed,
        hypothesis=change.after.witness,
        suspects=[repair.name],
        budget=deadline.rest(),
    )
    verdict = inquiry.without(())
    if not isinstance(verdict, Sat):
        return change
    if after.agrees_with(change.before):
        after = after.knowing(verdict.model, consistent=True)
    mended = replace(
        change,
        after=after,
        added=(*change.added, after[repair.name]),
        repairs=(*change.repairs, repair),
    )
    told = {belief.name for belief in mended.added} - {each.name for each in mended.repairs}
    said = () if told or change.input is None else (change.input,)
    return certify(mended, change.input, verdict.model, said)


def _free_name(name: str, change: Change) -> str:
    """`fly.2` for what `fly` is weakened to, `fly.3` for what that is weakened to, or the next that is free."""
    numbered = _NUMBERED.fullmatch(name)
    # Primes end a name, so a number cannot come after them.
    stem, number = (numbered[1], int(numbered[2])) if numbered else (name.rstrip("'"), 1)
    number += 1
    while f"{stem}.{number}" in change.before or f"{stem}.{number}" in change.after:
        number += 1
    return f"{stem}.{number}"
