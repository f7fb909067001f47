"""Why a certificate that speaks of the touched beliefs only is enough for the whole base."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from beliefs.base.belief_base import BeliefBase
from beliefs.certificates.certificate import Certificate
from beliefs.errors import CertificateError
from beliefs.language.mentions import Mentions
from beliefs.language.parser import parse_formula
from beliefs.language.semantics import Ground, Model
from beliefs.language.syntax import Exists, ForAll, Formula, subformulas


def next_witness(certificate: Certificate, before: BeliefBase, witness: Model | None) -> Model | None:
    """Return the witness of the base after a change, having checked that it is one.

    The certificate's model settles the beliefs in its scope. What it changes of the former witness is laid on
    that; a belief outside the scope is as true as it was if it mentions no atom that has changed, and, being
    a rule, if nothing new has come to exist.

    Args:
        certificate: a certificate whose own claims hold.
        before: the base before the change, its signature covering the input.
        witness: a model of that base; None where none is known.

    Returns:
        A model of all beliefs after the change; None where the certificate has none.

    Raises:
        CertificateError: a belief outside the scope may be false now.
    """
    if certificate.model is None or certificate.scope == "whole":
        return certificate.model
    if witness is None:
        raise CertificateError("it speaks only of what the change touched, but no model of the rest is known")
    after = _laid_on(witness, certificate)
    scope = {belief.name for belief in certificate.before}
    for atom in after.differences(witness):
        _expect_within(scope, before.touching(atom), f"{atom[0]} has changed")
    if any(map(_is_quantified, formulas(certificate))) and not _keeps_universe(certificate.model, witness):
        raise CertificateError("its model does without individuals that there were")
    if _has_newcomers(after, witness):
        _expect_within(scope, before.rules(), "there are new individuals")
    return after


def _laid_on(witness: Model, certificate: Certificate) -> Model:
    """The former witness, as the model of a certificate would have it where that speaks."""
    model = certificate.model
    assert model is not None
    settled: dict[Ground, bool] = {}
    ruled: set[str] = set()
    for formula in formulas(certificate):
        mentions = Mentions.of(formula)
        if mentions.is_rule:
            ruled |= mentions.symbols
        else:
            settled.update((atom, model.holds(atom)) for atom in mentions.atoms)
    if ruled:
        settled.update((atom, model.holds(atom)) for atom in (*witness.true, *model.true) if atom[0] in ruled)
    universe = witness.universe
    for sort, elements in model.universe.items():
        known = universe.get(sort, ())
        universe = universe.set(
            sort, (*known, *(element for element in elements if element not in set(known)))
        )
    return replace(witness.updated(settled), universe=universe)


def formulas(certificate: Certificate) -> Iterator[Formula]:
    """Yield what the beliefs of a certificate say, and its input."""
    for belief in (*certificate.before, *certificate.added):
        yield parse_formula(belief.formula)
    if certificate.input is not None:
        yield parse_formula(certificate.input)


def _is_quantified(formula: Formula) -> bool:
    """Return whether a formula speaks of what there is, rather than of individuals by name."""
    return any(isinstance(part, ForAll | Exists) for part in subformulas(formula))


def _keeps_universe(model: Model, witness: Model) -> bool:
    return all(
        frozenset(elements) <= frozenset(model.universe.get(sort, ()))
        for sort, elements in witness.universe.items()
    )


def _has_newcomers(after: Model, before: Model) -> bool:
    return any(
        len(elements) != len(before.universe.get(sort, ())) for sort, elements in after.universe.items()
    )


def _expect_within(scope: set[str], names: Iterable[str], reason: str) -> None:
    for name in names:
        if name not in scope:
            raise CertificateError(f"it does not speak of belief {name!r}, although {reason}")
