"""The certificate of a change: what it claims, in the form that the checker reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, cast

from immutables import Map

from beliefs.certificates.certificate import (
    Certificate,
    CertifiedBelief,
    CertifiedSuccess,
    CertifiedWeakening,
    Outcome,
    Scope,
)
from beliefs.certificates.certificate import Operation as CertifiedOperation
from beliefs.certificates.individuals import reckoned_with
from beliefs.certificates.locality import Extent, leaning
from beliefs.change.change import Change
from beliefs.language.mentions import mentions
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.semantics import Model
from beliefs.language.signature import Signature
from beliefs.language.sorts import declarations, elaborate
from beliefs.language.syntax import Formula
from beliefs.reasoning.features import features


def certify(
    change: Change, about: Formula | None, model: Model | None, said: Iterable[Formula] = ()
) -> Change:
    """Return a change with its certificate.

    Where the model was made from a witness of the base, the certificate speaks of what the change touched: the
    beliefs given up, those in kernels, those that lean on an atom or term that is no longer what it was, and those with
    quantifiers where something new has come to exist. All others are as true as they were before. What else the model
    had changed is taken back. Otherwise it speaks of the whole base. Where beliefs were weakened, it also shows those
    that prove that they may be, and the model makes true what is assumed for the successes on record.

    Args:
        change: the change, complete but for its certificate.
        about: the formula the change is about; for an expansion by several, their conjunction.
        model: a model of the base after it, of the formulas asked about, and of what repairs assume, where there is
            one.
        said: formulas of beliefs that the certificate has to show although the change leaves them alone.
    """
    before = change.before
    touched = _touched(change, model)
    scope: Scope = "whole" if touched is None else "touched"
    shown = set(before.names()) if touched is None else touched
    shown.update(belief.name for formula in said for belief in before.says(formula))
    shown.update(name for repair in change.repairs for name in repair.shown if name in before)
    scoped = sorted((before[name] for name in shown), key=lambda belief: (belief.age, belief.name))
    formulas = [belief.formula for belief in scoped]
    formulas += [belief.formula for belief in change.added]
    if about is not None:
        formulas.append(about)
    successes = tuple(_successes(change))
    formulas += _read(text for success in successes for text in success.assumed)
    extent = Extent.joined(map(mentions, formulas), before.signature)
    told = [text for success in successes for text in (*success.given, *success.believed, success.outcome)]
    others = Extent.of(_read(told), before.signature)
    compared = _compared((*formulas, *_read(told)), before.signature)
    spoken_of = extent.symbols.union(compared, others.symbols)
    shown_model = model
    if model is not None and touched is not None:
        settled = _without_idle_flips(model, before.witness, extent)
        if change.after.witness is model:
            change = replace(change, after=change.after.knowing(settled, change.after.consistent))
        shown_model = _restricted(
            settled, extent, _shown_individuals(change, formulas, extent, spoken_of, settled)
        )
    certificate = Certificate(
        operation=cast("CertifiedOperation", change.operation),
        outcome=cast("Outcome", change.status),
        input=None if about is None else print_formula(about),
        declarations=tuple(
            map(print_declaration, declarations(before.signature, spoken_of | extent.sorts | others.sorts))
        ),
        unique_names=before.unique_names,
        scope=scope,
        before=tuple(CertifiedBelief.of(belief, before.held(belief.name)) for belief in scoped),
        added=tuple(map(CertifiedBelief.of, change.added)),
        removed=tuple(belief.name for belief in change.removed),
        kernels=change.kernels,
        cost=change.cost,
        model=shown_model,
        weakened=tuple(CertifiedWeakening(name, of) for name, of in change.weakened),
        successes=successes,
    )
    return replace(change, certificate=certificate)


def _successes(change: Change) -> Iterator[CertifiedSuccess]:
    for repair in change.repairs:
        for kept in repair.kept:
            yield CertifiedSuccess(repair.name, kept.given, kept.believed, kept.assumed, kept.outcome)


def _read(texts: Iterable[str]) -> list[Formula]:
    return [parse_formula(text, canonical=True) for text in dict.fromkeys(texts)]


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
        named.update(change.before.quantified())
    named.update(leaning(change.before, model, frozenset(model.differences(witness))))
    return named


def _without_idle_flips(model: Model, witness: Model | None, extent: Extent) -> Model:
    """Return the model with the truth that the witness gives to atoms of which a certificate does not speak.

    It is one of all the same beliefs: those of which it speaks are as they were, and the others are true by atoms
    that have not changed. And it is the one to which the certificate leads.
    """
    assert witness is not None
    idle = [atom for atom in model.flips_from(witness) if not extent.speaks_of(atom)]
    return model.flipped(idle) if idle else model


_Individuals: TypeAlias = Mapping[str, Sequence[str]]


def _restricted(model: Model, extent: Extent, shown: _Individuals) -> Model:
    """The part of a model that settles some formulas, as far as it is about the individuals shown."""
    return Model(
        universe=Map({sort: tuple(names) for sort, names in shown.items()}),
        true=Map((atom, None) for atom in extent.true_among(model, shown)),
        values=extent.values(model),
        defaults=extent.defaults(model),
    )


def _shown_individuals(
    change: Change, formulas: Iterable[Formula], extent: Extent, spoken_of: frozenset[str], model: Model
) -> _Individuals:
    """The individuals that a certificate of what was touched has to tell of.

    Those that it names, those whom an atom is about that has changed, and who is new. What holds of all holds of these
    as well, and where nothing has changed, it holds as it did. With formulas that say that there is somebody, or that
    speak of functions, they are all there are.
    """
    signature = change.before.signature
    shown = _individuals(spoken_of, signature)
    if not extent.ruled:
        return shown
    kinds = [features(elaborate(formula, signature), signature) for formula in formulas]
    if not all(kind.groundable and not kind.skolem for kind in kinds):
        return model.universe
    witness = change.before.witness
    assert witness is not None
    for atom in model.flips_from(witness):
        for sort, element in zip(signature.predicates[str(atom[0])], atom[1:], strict=True):
            shown.setdefault(sort, []).append(str(element))
    return {
        sort: elements
        if signature.is_closed(sort)
        else _told_of(elements, witness.universe.get(sort, ()), shown.get(sort, ()))
        for sort, elements in model.universe.items()
    }


def _told_of(elements: tuple[str, ...], known: tuple[str, ...], shown: Iterable[str]) -> tuple[str, ...]:
    """Of the elements of a sort, those shown, and the new ones; one, where that leaves none."""
    newcomers: tuple[str, ...] = ()
    if elements is not known:
        newcomers = elements[len(known) :] if elements[: len(known)] == known else elements
    told = (element for element in sorted(shown) if element in elements)
    return tuple(dict.fromkeys((*told, *newcomers))) or elements[:1]


def _compared(formulas: Collection[Formula], signature: Signature) -> Iterable[str]:
    """Individuals enough to reckon with, where a formula compares some: then it matters how many there are."""
    rules = [elaborate(formula, signature) for formula in formulas if mentions(formula).is_rule]
    if any(features(formula, signature).equality for formula in rules):
        return reckoned_with([elaborate(formula, signature) for formula in formulas], signature)
    return ()


def _individuals(names: Iterable[str], signature: Signature) -> dict[str, list[str]]:
    by_sort: dict[str, list[str]] = {}
    for name in sorted(names):
        if name in signature.constants:
            by_sort.setdefault(signature.constants[name], []).append(name)
    return by_sort
