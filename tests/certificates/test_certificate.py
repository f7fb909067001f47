"""The form of a certificate: JSON there and back, its digest, and what is said of malformed data."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from beliefs.base.entrenchment import CERTAIN, Cost, Entrenchment
from beliefs.certificates.certificate import Certificate, CertifiedBelief
from beliefs.errors import CertificateError
from beliefs.language.semantics import Model

NAMES = st.text(min_size=1, max_size=6)
WEIGHTS = st.fractions(min_value=Fraction(1, 100), max_value=100)
ENTRENCHMENTS = st.builds(Entrenchment, st.one_of(st.integers(0, 9), st.just(CERTAIN)), WEIGHTS)
BELIEFS = st.lists(st.builds(CertifiedBelief, NAMES, st.text(max_size=9), ENTRENCHMENTS), max_size=3).map(
    tuple
)
SYMBOLS = st.from_regex(r"[a-z][a-z0-9_]{0,4}", fullmatch=True)
ELEMENTS = st.one_of(SYMBOLS, st.fractions(max_denominator=9))
GROUNDS = st.builds(lambda symbol, rest: (symbol, *rest), SYMBOLS, st.lists(ELEMENTS, max_size=2))
MODELS = st.builds(
    Model,
    universe=st.dictionaries(SYMBOLS, st.lists(SYMBOLS, min_size=1, max_size=3).map(tuple), max_size=2).map(
        Map
    ),
    true=st.dictionaries(GROUNDS, st.none(), max_size=3).map(Map),
    values=st.dictionaries(GROUNDS, ELEMENTS, max_size=3).map(Map),
    defaults=st.dictionaries(SYMBOLS, ELEMENTS, max_size=2).map(Map),
)
CERTIFICATES = st.builds(
    Certificate,
    operation=st.sampled_from(["expand", "contract", "revise", "consolidate"]),
    outcome=st.sampled_from(["done", "vacuous", "refused"]),
    input=st.one_of(st.none(), st.text(max_size=9)),
    declarations=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    unique_names=st.booleans(),
    scope=st.sampled_from(["whole", "touched"]),
    before=BELIEFS,
    added=BELIEFS,
    removed=st.lists(NAMES, max_size=3).map(tuple),
    kernels=st.lists(st.lists(NAMES, max_size=3).map(tuple), max_size=3).map(tuple),
    cost=st.lists(ENTRENCHMENTS.filter(lambda e: not e.is_certain), max_size=3).map(Cost.of),
    model=st.one_of(st.none(), MODELS),
)

EXAMPLE = Certificate(
    operation="revise",
    outcome="done",
    input="!flies(tweety)",
    declarations=("pred bird(Thing)", "pred flies(Thing)", "const tweety: Thing"),
    unique_names=True,
    scope="whole",
    before=(
        CertifiedBelief("rule", "forall x. bird(x) -> flies(x)", Entrenchment(1, Fraction(3, 2))),
        CertifiedBelief("fact", "bird(tweety)", Entrenchment(CERTAIN)),
    ),
    added=(CertifiedBelief("seen", "!flies(tweety)", Entrenchment(2)),),
    removed=("rule",),
    kernels=(("rule", "fact"),),
    cost=Cost(((1, Fraction(3, 2)),)),
    model=Model(
        universe=Map({"Thing": ("tweety",)}),
        true=Map({("bird", "tweety"): None}),
        values=Map({("age", "tweety"): Fraction(1, 3)}),
        defaults=Map({"age": Fraction(2)}),
    ),
)


@given(CERTIFICATES)
def test_json_there_and_back(certificate: Certificate) -> None:
    text = json.dumps(certificate.to_json())
    assert Certificate.from_json(json.loads(text)) == certificate


@given(CERTIFICATES, CERTIFICATES)
def test_the_digest_tells_certificates_apart(one: Certificate, other: Certificate) -> None:
    assert (one.digest() == other.digest()) == (one == other)
    assert one.digest() == Certificate.from_json(one.to_json()).digest()


def test_the_digest_never_changes() -> None:
    """Journals hold digests: were this value to change, old journals would no longer verify."""
    assert EXAMPLE.digest() == "4a5650fd7639f09e567be2c104b116620f904fb9fe6037b0de591cfa9fa55556"


def test_after() -> None:
    assert [belief.name for belief in EXAMPLE.after] == ["fact", "seen"]


MALFORMED: list[tuple[tuple[str | int, ...], object, str]] = [
    (
        ("operation",),
        "update",
        "operation should be one of expand, contract, revise, consolidate, not 'update'",
    ),
    (("operation",), ["revise"], "operation should be one of"),
    (("outcome",), "perhaps", "outcome should be one of done, vacuous, refused"),
    (("input",), 3, "input should be a text, not 3"),
    (("declarations",), "pred p", "declarations should be a list"),
    (("declarations", 1), None, "declarations[1] should be a text"),
    (("unique_names",), 1, "unique_names should be true or false, not 1"),
    (("scope",), "some", "scope should be one of whole, touched"),
    (("before",), {}, "before should be a list"),
    (("before", 1), "bird(tweety)", "before[1] should be an object"),
    (("before", 0, "name"), None, "before[0].name should be a text"),
    (("before", 0, "formula"), ["p"], "before[0].formula should be a text"),
    (("before", 0, "level"), -1, "before[0].level should be an integer from 0, or 'certain', not -1"),
    (("before", 0, "level"), True, "before[0].level should be an integer"),
    (("before", 0, "level"), 1.5, "before[0].level should be an integer"),
    (("before", 0, "level"), "sure", "before[0].level should be an integer"),
    (
        ("before", 0, "weight"),
        1,
        "before[0].weight should be a positive fraction such as '3/2', in quotes, not 1",
    ),
    (("before", 0, "weight"), "0", "before[0].weight should be a positive fraction"),
    (("before", 0, "weight"), "-1", "before[0].weight should be a positive fraction"),
    (("before", 0, "weight"), "1/0", "before[0].weight should be a positive fraction"),
    (("before", 0, "weight"), "1e3", "before[0].weight should be a positive fraction"),
    (("added", 0, "level"), [], "added[0].level should be an integer"),
    (("removed",), None, "removed should be a list"),
    (("removed", 0), 0, "removed[0] should be a text"),
    (("kernels",), 0, "kernels should be a list"),
    (("kernels", 0), "rule", "kernels[0] should be a list"),
    (("kernels", 0, 1), {}, "kernels[0][1] should be a text"),
    (("cost",), "1", "cost should be a list"),
    (("cost", 0), [1], "cost[0] should be a level and a weight"),
    (("cost", 0, 0), CERTAIN, "cost[0][0] should be an integer from 0, not 'certain'"),
    (("cost", 0, 1), "much", "cost[0][1] should be a positive fraction"),
    (("model",), [], "model should be an object"),
    (("model", "universe"), [], "model.universe should be an object"),
    (("model", "universe", "Thing"), "tweety", "model.universe.Thing should be a list"),
    (("model", "true"), {}, "model.true should be a list"),
    (("model", "true", 0), "bird", "model.true[0] should be a list"),
    (("model", "true", 0), [], "model.true[0] should be a symbol and its arguments"),
    (("model", "values", 0), ["age"], "model.values[0] should be a term and its value"),
    (("model", "values", 0, 0), [], "model.values[0][0] should be a symbol"),
    (("model", "values", 0, 1), 3, "model.values[0][1] should be a text"),
    (("model", "values", 0, 1), "1/0", "model is not a model"),
    (("model", "defaults", "age"), 2, "model.defaults.age should be a text"),
]


@pytest.mark.parametrize(("path", "value", "message"), MALFORMED, ids=lambda part: str(part))
def test_malformed_data_is_named(path: tuple[str | int, ...], value: object, message: str) -> None:
    data = copy.deepcopy(EXAMPLE.to_json())
    *outer, last = path
    _at(data, outer)[last] = value
    with pytest.raises(CertificateError) as raised:
        Certificate.from_json(data)
    assert str(raised.value).startswith("malformed certificate: " + message)


def _at(data: Any, path: list[str | int]) -> Any:
    for step in path:
        data = data[step]
    return data


def _objects(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Paths to every object in JSON data."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path] * isinstance(data, dict) + [p for key, part in inside for p in _objects(part, (*path, key))]


def _keys() -> list[tuple[tuple[str | int, ...], str]]:
    """Every key that certificates have, with the path to the object that has it."""
    data = EXAMPLE.to_json()
    free = {("model", "universe"), ("model", "defaults")}
    return [(path, key) for path in _objects(data) if path not in free for key in _at(data, list(path))]


@pytest.mark.parametrize(("path", "key"), _keys(), ids=str)
def test_a_missing_key_is_named(path: tuple[str | int, ...], key: str) -> None:
    data = EXAMPLE.to_json()
    del _at(data, list(path))[key]
    with pytest.raises(CertificateError, match=rf"{key} is missing"):
        Certificate.from_json(data)


@pytest.mark.parametrize("path", [(), ("before", 0), ("added", 0), ("model",)])
def test_a_strange_key_is_named(path: tuple[str | int, ...]) -> None:
    data = EXAMPLE.to_json()
    _at(data, list(path))["proof"] = "trust me"
    with pytest.raises(CertificateError, match=r"proof is not a key of certificates"):
        Certificate.from_json(data)


@pytest.mark.parametrize("data", [None, [], "{}", 3])
def test_a_certificate_is_an_object(data: object) -> None:
    with pytest.raises(CertificateError, match="certificate should be an object"):
        Certificate.from_json(data)


def test_what_is_shown_of_a_long_fault_is_short() -> None:
    data = EXAMPLE.to_json()
    data["operation"] = "x" * 1000
    with pytest.raises(CertificateError) as raised:
        Certificate.from_json(data)
    assert len(str(raised.value)) < 200
