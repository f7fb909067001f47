"""The certificate of a change: what it claims, in the form that the checker reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from immutables import Map

from beliefs.base.belief import Belief
from beliefs.certificates.certificate import Certificate, CertifiedBelief, Outcome, Scope
from beliefs.certificates.certificate import Operation as CertifiedOperation
from beliefs.change.change import Change
from beliefs.language.mentions import Mentions
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.semantics import Ground, Model
from beliefs.language.signature import Signature
from beliefs.language.sorts import declarations, elaborate
from beliefs.language.syntax import Formula
from beliefs.reasoning.grounding import features


def certify(
    change: Change, about: Formula | None, model: Model | None, said: Iterable[Formula] = ()
) -> Change:
    """Return a change with its certificate.

    Where the model was made from a witness of the base, the certificate speaks of what the change touched: the
    beliefs given up, those in kernels, those that mention an atom whose truth is no longer what it was, and the
    rules where something new has come to exist. All others are as true as they were before. Otherwise it speaks of
    the whole base.

    Args:
        change: the change, complete but for its certificate.
        about: the formula the change is about; for an expansion by several, their conjunction.
        model: a model of the base after it and of the formulas asked about, where there is one.
        said: formulas of beliefs that the certificate has to show although the change leaves them alone.
    """
    before = change.before
    touched = _touched(change, model)
    scope: Scope = "whole" if touched is None else "touched"
    shown = set(before.names()) if touched is None else touched
    shown.update(belief.name for formula in said for belief in before.says(formula))
    scoped = sorted((before[name] for name in shown), key=lambda belief: (belief.age, belief.name))
    formulas = [belief.formula for belief in (*scoped, *change.added)]
    if about is not None:
        formulas.append(about)
    mentioned = [Mentions.of(formula) for formula in formulas]
    spoken_of = frozenset().union(
        *(each.symbols for each in mentioned), _compared(formulas, before.signature)
    )
    ranged_over = frozenset().union(*(each.sorts for each in mentioned))
    shown_model = model
    if model is not None and touched is not None:
        shown_model = _restricted(model, mentioned, spoken_of, before.signature)
    certificate = Certificate(
        operation=cast("CertifiedOperation", change.operation),
        outcome=cast("Outcome", change.status),
        input=None if about is None else print_formula(about),
        declarations=tuple(map(print_declaration, declarations(before.signature, spoken_of | ranged_over))),
        unique_names=before.unique_names,
        scope=scope,
        before=tuple(map(_certified, scoped)),
        added=tuple(map(_certified, change.added)),
        removed=tuple(belief.name for belief in change.removed),
        kernels=change.kernels,
        cost=change.cost,
        model=shown_model,
    )
    return replace(change, certificate=certificate)


def _certified(belief: Belief) -> CertifiedBelief:
    return CertifiedBelief(belief.name, print_formula(belief.formula), belief.entrenchment)


def _touched(change: Change, model: Model | None) -> set[str] | None:
    """The beliefs before a change that its certificate has to speak of; None for all of them."""
    named = {name for kernel in change.kernels for name in kernel} | {
        belief.name for belief in change.removed
    }
    if change.status == "refused" or change.after.consistent is False:
        return named
    witness = change.before.witness
    if witness is None or model is None or not model.descends_from(witness):
        return None
    if model.universe != witness.universe:
        named.update(change.before.rules())
    for atom in model.differences(witness):
        named.update(change.before.touching(atom))
    return named


def _restricted(
    model: Model, mentioned: Iterable[Mentions], spoken_of: frozenset[str], signature: Signature
) -> Model:
    """The part of a model that settles some formulas.

    A combination of ground atoms is settled by those; a rule, by all there is of each symbol in it.
    """
    settled: set[Ground] = set()
    ruled: set[str] = set()
    for each in mentioned:
        if each.is_rule or not each.symbols.isdisjoint(signature.functions):
            ruled |= each.symbols
        else:
            settled.update(filter(model.holds, each.atoms))
    if ruled:
        settled.update(atom for atom in model.true if atom[0] in ruled)
    return Model(
        universe=model.universe if ruled else _individuals(spoken_of, signature),
        true=Map((atom, None) for atom in settled),
        values=Map((term, value) for term, value in model.values.items() if term[0] in spoken_of),
        defaults=Map((name, value) for name, value in model.defaults.items() if name in spoken_of),
    )


def _compared(formulas: Iterable[Formula], signature: Signature) -> Iterable[str]:
    """All individuals, where a formula compares some: then it matters how many there are."""
    elaborated = (elaborate(formula, signature) for formula in formulas)
    if any(features(formula, signature).equality for formula in elaborated):
        return signature.constants.keys()
    return ()


def _individuals(names: Iterable[str], signature: Signature) -> Map[str, tuple[str, ...]]:
    by_sort: dict[str, list[str]] = {}
    for name in sorted(names):
        if name in signature.constants:
            by_sort.setdefault(signature.constants[name], []).append(name)
    return Map({sort: tuple(found) for sort, found in by_sort.items()})
