"""The claim that the model is one: a structure of the symbols in which nothing that is believed is false."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from beliefs.certificates.reading import Reading
from beliefs.certificates.report import Claim
from beliefs.language.semantics import Element, Model, truth
from beliefs.language.signature import INT, NUMERIC, Signature
from beliefs.language.syntax import Constant, Exists, ForAll, Formula, subformulas, subterms


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What became of evaluating the beliefs after a change, and its test formula, in the model.

    Attributes:
        claim: whether the model is one.
        settles: whether all formulas were found true, which shows that they are consistent without a solver.
    """

    claim: Claim
    settles: bool = False


def evaluate(reading: Reading) -> Evaluation:
    """Evaluate what is believed after the change, the test formula, and what is assumed, in the certificate's model."""
    model = reading.certificate.model
    if reading.certificate.outcome == "refused" or reading.certificate.permits_conflict:
        if model is None:
            return _found(True, "does not apply: nothing is claimed to be true together")
        return _found(False, "there is a model, though nothing is claimed to be true together")
    if model is None:
        return _found(True, "does not apply: no model is given")
    formulas = (*reading.believed_after(), reading.test, *reading.assumed)
    for fault in _faults(model, reading.signature, reading.certificate.unique_names, formulas):
        return _found(False, fault)
    return _evaluate(reading, model)


def _evaluate(reading: Reading, model: Model) -> Evaluation:
    named = [(belief.name, reading.formulas[belief.name]) for belief in reading.certificate.after]
    unsettled = 0
    assumed = (("an assumption", formula) for formula in reading.assumed)
    for name, formula in (*named, ("the test formula", reading.test), *assumed):
        verdict = truth(formula, model)
        if verdict is False:
            return _found(False, f"{name} is false in the model")
        unsettled += verdict is None
    if unsettled:
        return _found(
            True,
            f"nothing is false in the model; it does not settle {unsettled} of {len(named) + 1} formulas",
        )
    return Evaluation(
        Claim("model", True, f"{len(named)} beliefs and the test formula are true in it"), settles=True
    )


def _found(holds: bool, detail: str) -> Evaluation:
    return Evaluation(Claim("model", holds, detail))


def _faults(
    model: Model, signature: Signature, unique_names: bool, formulas: Sequence[Formula]
) -> Iterator[str]:
    """Yield what keeps the model from being a structure of the symbols; `truth` takes it for one.

    Passed over is what cannot change the truth of the formulas: symbols of the model that the certificate
    does not declare, and the universe of a sort over which no formula quantifies.
    """
    quantified = frozenset(_quantified(formulas))
    carriers = dict(_carriers(model, signature, quantified))
    yield from _faults_of_universe(model, quantified, carriers)
    yield from _faults_of_individuals(model, signature, unique_names, carriers)
    yield from _faults_of_functions(model, signature, carriers)
    mentioned = {
        term.name for formula in formulas for term in subterms(formula) if isinstance(term, Constant)
    }
    for name in sorted(mentioned.intersection(signature.functions)):
        if (name,) not in model.values and name not in model.defaults:
            yield f"the model gives {name} no value"


def _quantified(formulas: Iterable[Formula]) -> Iterator[str]:
    for formula in formulas:
        for part in subformulas(formula):
            if isinstance(part, ForAll | Exists):
                yield from (binding.sort for binding in part.bindings if binding.sort is not None)


_Carriers: TypeAlias = Mapping[str, frozenset[Element]]
"""All that a sort can be, for closed sorts and for those over which a formula quantifies."""


def _carriers(
    model: Model, signature: Signature, quantified: frozenset[str]
) -> Iterator[tuple[str, frozenset[Element]]]:
    for sort, members in signature.sorts.items():
        if members is not None:
            yield sort, frozenset(_denoted(member, model) for member in members)
        elif sort in quantified and sort in model.universe:
            yield sort, frozenset(model.universe[sort])


def _denoted(individual: str, model: Model) -> Element:
    return model.values.get((individual,), model.defaults.get(individual, individual))


def _faults_of_universe(model: Model, quantified: frozenset[str], carriers: _Carriers) -> Iterator[str]:
    for sort in sorted(quantified.intersection(model.universe)):
        if sort in NUMERIC:
            yield f"the model lists what there is of {sort}, which is without end"
        elif not model.universe[sort]:
            yield f"in the model, there is nothing of sort {sort}"
        elif frozenset(model.universe[sort]) != carriers.get(sort):
            yield f"the model's universe of {sort} is not what its members are"


def _faults_of_individuals(
    model: Model, signature: Signature, unique_names: bool, carriers: _Carriers
) -> Iterator[str]:
    holders: dict[tuple[str, Element], str] = {}
    for name, sort in signature.constants.items():
        element = _denoted(name, model)
        if not _belongs(element, sort, carriers):
            yield f"in the model, {name} is {element}, which is not of sort {sort}"
        other = holders.setdefault((sort, element), name)
        if other != name and (unique_names or signature.is_closed(sort)):
            yield f"in the model, {other} and {name} are the same"


def _faults_of_functions(model: Model, signature: Signature, carriers: _Carriers) -> Iterator[str]:
    given = [(term[0], value) for term, value in model.values.items()]
    for name, value in (*given, *model.defaults.items()):
        if name in signature.functions:
            _, result = signature.functions[str(name)]
            if not _belongs(value, result, carriers):
                yield f"in the model, {name} has the value {value}, which is not of sort {result}"


def _belongs(element: Element, sort: str, carriers: _Carriers) -> bool:
    if sort in NUMERIC:
        return isinstance(element, Fraction) and (sort != INT or element.denominator == 1)
    return isinstance(element, str) and (sort not in carriers or element in carriers[sort])
