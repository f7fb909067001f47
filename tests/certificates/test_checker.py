"""Certificates of every operation and outcome, and what becomes of them when a part is changed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
import z3
from immutables import Map

from beliefs.base.entrenchment import CERTAIN, Cost, Entrenchment, Level
from beliefs.certificates import checker, context, reading, texts
from beliefs.certificates.certificate import Certificate, CertifiedBelief
from beliefs.certificates.checker import CLAIMS, check
from beliefs.certificates.report import Claim, Report
from beliefs.language.semantics import Element, Ground, Model


def belief(name: str, formula: str, level: Level = 1, weight: int | Fraction = 1) -> CertifiedBelief:
    return CertifiedBelief(name, formula, Entrenchment(level, Fraction(weight)))


def cost(level: int, weight: int | Fraction = 1) -> Cost:
    return Cost(((level, Fraction(weight)),))


def model(
    *true: str,
    universe: dict[str, tuple[str, ...]] | None = None,
    values: dict[Ground, Element] | None = None,
    defaults: dict[str, Element] | None = None,
) -> Model:
    """Return a model; atoms are written with spaces: "at r2 hall"."""
    return Model(
        Map(universe or {}),
        Map({tuple(atom.split()): None for atom in true}),
        Map(values or {}),
        Map(defaults or {}),
    )


PROPOSITIONAL = Certificate(
    operation="revise",
    outcome="done",
    input="!f",
    declarations=("pred b", "pred f", "pred p"),
    unique_names=True,
    scope="whole",
    before=(belief("rule", "b -> f"), belief("fact", "b", 2), belief("other", "p", CERTAIN)),
    added=(belief("seen", "!f", 3),),
    removed=("rule",),
    kernels=(("rule", "fact"),),
    cost=cost(1),
    model=model("b", "p"),
)
"""Two beliefs contradict what was seen; the less entrenched goes."""

TWO_KERNELS = Certificate(
    operation="revise",
    outcome="done",
    input="!x",
    declarations=("pred a", "pred b", "pred x"),
    unique_names=True,
    scope="whole",
    before=(
        belief("common", "(a -> x) & (b -> x)", 1, Fraction(3, 2)),
        belief("first", "a"),
        belief("second", "b"),
    ),
    added=(belief("seen", "!x"),),
    removed=("common",),
    kernels=(("common", "first"), ("common", "second")),
    cost=cost(1, Fraction(3, 2)),
    model=model("a", "b"),
)
"""One belief is dearer than either of two others, but not than both: disjoint kernels alone do not tell."""

CONTRACTED = replace(
    PROPOSITIONAL,
    operation="contract",
    input="f",
    added=(),
)

CONSOLIDATED = replace(
    PROPOSITIONAL,
    operation="consolidate",
    input=None,
    before=(*PROPOSITIONAL.before, belief("seen", "!f", 3)),
    added=(),
    kernels=(("rule", "fact", "seen"),),
)

EXPANDED = replace(
    PROPOSITIONAL,
    operation="expand",
    before=(belief("fact", "b", 2), belief("other", "p", CERTAIN)),
    removed=(),
    kernels=(),
    cost=Cost(),
)

CONFLICT = replace(PROPOSITIONAL, operation="expand", removed=(), cost=Cost(), model=None)
"""An expansion by what contradicts the base, as the caller wished."""

CERTAIN_BEFORE = (belief("rule", "b -> f", CERTAIN), belief("fact", "b", CERTAIN), belief("other", "p"))

REFUSED = replace(
    PROPOSITIONAL, outcome="refused", before=CERTAIN_BEFORE, added=(), removed=(), cost=Cost(), model=None
)
REFUSED_CONTRACTION = replace(REFUSED, operation="contract", input="f")
REFUSED_TAUTOLOGY = replace(REFUSED, operation="contract", input="f | !f", kernels=((),))
REFUSED_CONTRADICTION = replace(REFUSED, input="f & !f", kernels=((),))
REFUSED_CONSOLIDATION = replace(
    REFUSED,
    operation="consolidate",
    input=None,
    before=(*CERTAIN_BEFORE, belief("seen", "!f", CERTAIN)),
    kernels=(("rule", "fact", "seen"),),
)
REFUSED_EXPANSION = replace(CONFLICT, outcome="refused", added=())

VACUOUS_REVISION = replace(
    EXPANDED,
    operation="revise",
    outcome="vacuous",
    before=(*EXPANDED.before, belief("seen", "!f")),
    added=(),
)
VACUOUS_CONTRACTION = replace(EXPANDED, operation="contract", outcome="vacuous", input="f", added=())
VACUOUS_CONSOLIDATION = replace(EXPANDED, operation="consolidate", outcome="vacuous", input=None, added=())

ROBOT = Certificate(
    operation="revise",
    outcome="done",
    input="!at(r2, hall)",
    declarations=(
        "sort Room = {kitchen, hall, lab}",
        "sort Robot",
        "pred at(Robot, Room)",
        "const r2: Robot",
        "const d2: Robot",
    ),
    unique_names=True,
    scope="whole",
    before=(
        belief("somewhere", "forall r: Robot. exists y: Room. at(r, y)", CERTAIN),
        belief("nowhere_else", "!at(r2, kitchen) & !at(r2, lab)", 2),
        belief("follows", "forall r: Robot. at(r, lab) -> r = d2", 3),
        belief("here", "at(r2, hall)"),
    ),
    added=(belief("seen", "!at(r2, hall)", 4),),
    removed=("nowhere_else", "here"),
    kernels=(("here",), ("somewhere", "nowhere_else")),
    cost=Cost(((2, Fraction(1)), (1, Fraction(1)))),
    model=model(
        "at r2 kitchen", "at d2 lab", universe={"Room": ("kitchen", "hall", "lab"), "Robot": ("r2", "d2")}
    ),
)
"""Rooms are closed: a robot that is in none of the others is in the hall."""

UNIQUE = Certificate(
    operation="consolidate",
    outcome="done",
    input=None,
    declarations=("const ann: Thing", "const bea: Thing", "pred tall(Thing)"),
    unique_names=True,
    scope="whole",
    before=(belief("same", "ann = bea"), belief("ann_is", "tall(ann)"), belief("bea_is", "!tall(bea)")),
    removed=("same",),
    kernels=(("same",),),
    cost=cost(1),
    model=model("tall ann", universe={"Thing": ("ann", "bea")}),
)

BATTERY = Certificate(
    operation="contract",
    outcome="done",
    input="battery(r2) > 1/3",
    declarations=("sort Robot", "const r2: Robot", "func battery(Robot): Real", "func steps: Int"),
    unique_names=True,
    scope="touched",
    before=(
        belief("charged", "battery(r2) >= 2 * 0.5 + 1/3", 1, Fraction(1, 2)),
        belief("walked", "battery(r2) + steps = 4", 2),
        belief("few", "steps < 3", 2),
        belief("any", "forall n: Int. steps = n -> n >= 0"),
    ),
    removed=("charged", "few"),
    kernels=(("charged",), ("walked", "few")),
    cost=Cost(((2, Fraction(1)), (1, Fraction(1, 2)))),
    model=model(values={("battery", "r2"): Fraction(0), ("steps",): Fraction(4)}),
)
"""Numbers; with a quantifier over them, that no model settles."""

VALID = {
    "revise": PROPOSITIONAL,
    "revise, two kernels": TWO_KERNELS,
    "contract": CONTRACTED,
    "consolidate": CONSOLIDATED,
    "expand": EXPANDED,
    "expand into conflict": CONFLICT,
    "revise refused": REFUSED,
    "contract refused": REFUSED_CONTRACTION,
    "contract by a tautology": REFUSED_TAUTOLOGY,
    "revise by a contradiction": REFUSED_CONTRADICTION,
    "consolidate refused": REFUSED_CONSOLIDATION,
    "expand refused": REFUSED_EXPANSION,
    "revise vacuous": VACUOUS_REVISION,
    "contract vacuous": VACUOUS_CONTRACTION,
    "consolidate vacuous": VACUOUS_CONSOLIDATION,
    "expand vacuous": replace(VACUOUS_REVISION, operation="expand"),
    "first-order": ROBOT,
    "unique names": UNIQUE,
    "arithmetic": BATTERY,
}


@pytest.mark.parametrize("certificate", VALID.values(), ids=VALID)
def test_a_valid_certificate(certificate: Certificate) -> None:
    report = check(certificate)
    assert report.valid, report
    assert check(Certificate.from_json(certificate.to_json())) == report


@pytest.mark.parametrize("certificate", VALID.values(), ids=VALID)
def test_a_model_is_not_needed(certificate: Certificate) -> None:
    assert check(replace(certificate, model=None)).valid


@pytest.mark.parametrize("certificate", VALID.values(), ids=VALID)
def test_the_scope_changes_nothing(certificate: Certificate) -> None:
    assert check(replace(certificate, scope="touched")) == check(replace(certificate, scope="whole"))


def resaid(certificate: Certificate, name: str, formula: str) -> Certificate:
    """The certificate in which one belief says something else."""
    return replace(
        certificate,
        before=tuple(replace(b, formula=formula) if b.name == name else b for b in certificate.before),
        added=tuple(replace(b, formula=formula) if b.name == name else b for b in certificate.added),
    )


def reheld(certificate: Certificate, name: str, level: Level, weight: int | Fraction = 1) -> Certificate:
    """The certificate in which one belief is entrenched otherwise."""
    new = Entrenchment(level, Fraction(weight))
    return replace(
        certificate,
        before=tuple(replace(b, entrenchment=new) if b.name == name else b for b in certificate.before),
    )


def flipped(certificate: Certificate, *atoms: str) -> Certificate:
    assert certificate.model is not None
    return replace(certificate, model=certificate.model.flipped(tuple(atom.split()) for atom in atoms))


MUTATIONS: dict[str, tuple[Certificate, set[str]]] = {
    # operation
    "a revision as an expansion": (replace(PROPOSITIONAL, operation="expand"), {"outcome", "model"}),
    "a revision as a contraction": (
        replace(PROPOSITIONAL, operation="contract", model=None),
        {"outcome", "contradiction", "consistency"},
    ),
    "a revision as a consolidation": (replace(PROPOSITIONAL, operation="consolidate"), {"well-formed"}),
    "a consolidation as a revision": (replace(CONSOLIDATED, operation="revise"), {"well-formed"}),
    "a contraction as a revision": (
        replace(CONTRACTED, operation="revise"),
        {"success", "contradiction", "model"},
    ),
    "a contraction as an expansion": (
        replace(CONTRACTED, operation="expand", model=None),
        {"outcome", "success", "contradiction", "consistency"},
    ),
    "an expansion as a contraction": (
        replace(EXPANDED, operation="contract", input="f"),
        {"outcome", "inclusion"},
    ),
    # outcome
    "done as vacuous": (replace(PROPOSITIONAL, outcome="vacuous"), {"outcome"}),
    "done as refused": (replace(PROPOSITIONAL, outcome="refused", model=None), {"outcome", "refusal"}),
    "vacuous as done": (replace(VACUOUS_CONTRACTION, outcome="done"), {"outcome"}),
    "vacuous as refused": (replace(VACUOUS_CONTRACTION, outcome="refused", model=None), {"refusal"}),
    "refused as done": (
        replace(REFUSED, outcome="done"),
        {"outcome", "success", "incision", "least", "consistency"},
    ),
    "refused as vacuous": (
        replace(REFUSED_CONTRACTION, outcome="vacuous"),
        {"incision", "least", "consistency"},
    ),
    # input
    "another input": (
        replace(PROPOSITIONAL, input="!b"),
        {"inclusion", "success", "minimality", "model", "consistency"},
    ),
    "the opposite input": (
        replace(PROPOSITIONAL, input="f"),
        {"inclusion", "success", "contradiction", "model", "consistency"},
    ),
    "no input": (replace(PROPOSITIONAL, input=None), {"well-formed"}),
    "an input to a consolidation": (replace(CONSOLIDATED, input="p"), {"well-formed"}),
    "an input that is no formula": (replace(PROPOSITIONAL, input="!f &"), {"well-formed"}),
    "an input of undeclared symbols": (replace(PROPOSITIONAL, input="!g"), {"well-formed"}),
    "a weaker contraction": (
        replace(CONTRACTED, input="f | p"),
        {"model", "consistency"},
    ),
    # declarations
    "a declaration missing": (replace(PROPOSITIONAL, declarations=("pred b", "pred f")), {"well-formed"}),
    "no declarations": (replace(PROPOSITIONAL, declarations=()), {"well-formed"}),
    "an individual not declared": (replace(ROBOT, declarations=ROBOT.declarations[:-1]), {"well-formed"}),
    "a sort not declared": (replace(ROBOT, declarations=ROBOT.declarations[:1]), {"well-formed"}),
    "an arity that does not fit": (
        replace(PROPOSITIONAL, declarations=("pred b(Thing)", "pred f", "pred p")),
        {"well-formed"},
    ),
    "a declaration twice, differently": (
        replace(PROPOSITIONAL, declarations=(*PROPOSITIONAL.declarations, "func p: Int")),
        {"well-formed"},
    ),
    "a declaration that is none": (replace(PROPOSITIONAL, declarations=("pred",)), {"well-formed"}),
    "a belief among the declarations": (
        replace(PROPOSITIONAL, declarations=(*PROPOSITIONAL.declarations, "p")),
        {"well-formed"},
    ),
    "a closed sort left open": (
        replace(
            ROBOT,
            declarations=(
                "sort Room",
                *(f"const {room}: Room" for room in ("kitchen", "hall", "lab")),
                *ROBOT.declarations[1:],
            ),
        ),
        {"contradiction"},
    ),
    "a further member of a closed sort": (
        replace(ROBOT, declarations=("sort Room = {kitchen, hall, lab, cellar}", *ROBOT.declarations[1:])),
        {"contradiction", "model"},
    ),
    "Int for Real": (
        replace(
            BATTERY,
            declarations=("sort Robot", "const r2: Robot", "func battery(Robot): Int", "func steps: Int"),
            model=replace(
                BATTERY.model or Model(),
                values=Map({("battery", "r2"): Fraction(1, 3), ("steps",): Fraction(4)}),
            ),
        ),
        {"model"},
    ),
    # unique names
    "names not unique": (replace(UNIQUE, unique_names=False), {"contradiction"}),
    # before and added
    "a belief of that name twice": (
        replace(PROPOSITIONAL, before=(*PROPOSITIONAL.before, belief("fact", "b"))),
        {"well-formed"},
    ),
    "an added belief of a name that is taken": (
        replace(PROPOSITIONAL, added=(belief("other", "!f"),)),
        {"well-formed"},
    ),
    "a removed belief not there before": (
        replace(PROPOSITIONAL, before=PROPOSITIONAL.before[1:]),
        {"well-formed"},
    ),
    "another rule": (resaid(PROPOSITIONAL, "rule", "b -> p"), {"contradiction"}),
    "another fact": (resaid(PROPOSITIONAL, "fact", "p"), {"contradiction"}),
    "a stronger fact": (resaid(PROPOSITIONAL, "fact", "b & f"), {"minimality", "model", "consistency"}),
    "a belief kept that contradicts": (resaid(PROPOSITIONAL, "other", "f"), {"model", "consistency"}),
    "a belief kept that the model falsifies": (resaid(PROPOSITIONAL, "other", "!p"), {"model"}),
    "a belief that is no formula": (resaid(PROPOSITIONAL, "other", "p q"), {"well-formed"}),
    "a belief of undeclared symbols": (resaid(PROPOSITIONAL, "other", "q"), {"well-formed"}),
    "something else added": (resaid(PROPOSITIONAL, "seen", "!f & b"), {"inclusion", "success"}),
    "nothing added": (replace(PROPOSITIONAL, added=()), {"success"}),
    "something added in a contraction": (
        replace(CONTRACTED, added=(belief("seen", "p"),)),
        {"outcome", "inclusion"},
    ),
    "a sort that does not fit": (resaid(ROBOT, "here", "at(hall, r2)"), {"well-formed"}),
    "a wider bound": (resaid(BATTERY, "few", "steps < 5"), {"contradiction"}),
    "a lower charge": (resaid(BATTERY, "charged", "battery(r2) >= 1/3"), {"contradiction"}),
    # entrenchment
    "the removed belief is certain": (
        reheld(PROPOSITIONAL, "rule", CERTAIN),
        {"incision", "cost", "least"},
    ),
    "the removed belief is better entrenched": (reheld(PROPOSITIONAL, "rule", 3), {"cost", "least"}),
    "the removed belief weighs more": (reheld(PROPOSITIONAL, "rule", 1, 2), {"cost"}),
    "the kept belief is less entrenched": (reheld(PROPOSITIONAL, "fact", 0), {"least"}),
    "the kept belief weighs less": (reheld(PROPOSITIONAL, "fact", 1, Fraction(1, 2)), {"least"}),
    "two kept beliefs weigh less together": (
        reheld(TWO_KERNELS, "first", 1, Fraction(2, 5)),
        {"least"},
    ),
    "a certain belief could have gone": (reheld(ROBOT, "somewhere", 1), {"least"}),
    "a refusal for a belief that could go": (reheld(REFUSED, "fact", 9), {"refusal"}),
    # removed
    "nothing removed": (
        replace(PROPOSITIONAL, removed=(), cost=Cost(), model=None),
        {"incision", "consistency"},
    ),
    "too much removed": (
        replace(PROPOSITIONAL, removed=("rule", "fact"), cost=Cost(((2, Fraction(1)), (1, Fraction(1))))),
        {"relevance", "least"},
    ),
    "a bystander removed": (
        replace(PROPOSITIONAL, removed=("rule", "other")),
        {"incision", "relevance", "cost", "least"},
    ),
    "another removed": (replace(PROPOSITIONAL, removed=("fact",), cost=cost(2), model=model("p")), {"least"}),
    "a stranger removed": (replace(PROPOSITIONAL, removed=("rule", "nobody")), {"well-formed"}),
    "the added belief removed": (replace(PROPOSITIONAL, removed=("rule", "seen")), {"well-formed"}),
    "a belief removed twice": (replace(PROPOSITIONAL, removed=("rule", "rule")), {"well-formed"}),
    "one of two kernels not cut": (
        replace(TWO_KERNELS, removed=("first",), cost=cost(1), model=None),
        {"incision", "consistency"},
    ),
    "a bystander given up in vain": (
        replace(VACUOUS_CONTRACTION, outcome="done", removed=("fact",), cost=cost(2)),
        {"vacuity", "relevance", "least"},
    ),
    # kernels
    "no kernels": (replace(PROPOSITIONAL, kernels=()), {"vacuity", "relevance", "least"}),
    "one of two kernels dropped": (replace(TWO_KERNELS, kernels=TWO_KERNELS.kernels[:1]), {"least"}),
    "a member dropped": (replace(PROPOSITIONAL, kernels=(("rule",),)), {"contradiction"}),
    "the other member dropped": (
        replace(PROPOSITIONAL, kernels=(("fact",),)),
        {"contradiction", "incision", "relevance"},
    ),
    "a member added": (replace(PROPOSITIONAL, kernels=(("rule", "fact", "other"),)), {"minimality"}),
    "a kernel added": (
        replace(PROPOSITIONAL, kernels=(("rule", "fact"), ("other",))),
        {"contradiction", "incision", "least"},
    ),
    "an empty kernel": (
        replace(PROPOSITIONAL, kernels=((),)),
        {"contradiction", "incision", "relevance", "least"},
    ),
    "a kernel twice": (replace(PROPOSITIONAL, kernels=(("rule", "fact"), ("fact", "rule"))), {"well-formed"}),
    "a member twice": (replace(PROPOSITIONAL, kernels=(("rule", "fact", "fact"),)), {"well-formed"}),
    "a stranger in a kernel": (replace(PROPOSITIONAL, kernels=(("rule", "nobody"),)), {"well-formed"}),
    "the added belief in a kernel": (replace(PROPOSITIONAL, kernels=(("rule", "seen"),)), {"well-formed"}),
    "a first-order kernel too large": (
        replace(ROBOT, kernels=(("here",), ("somewhere", "nowhere_else", "follows"))),
        {"minimality"},
    ),
    "a first-order kernel too small": (
        replace(ROBOT, kernels=(("here",), ("nowhere_else",))),
        {"contradiction"},
    ),
    "an arithmetic kernel too large": (
        replace(BATTERY, kernels=(("charged",), ("walked", "few", "any"))),
        {"minimality", "least"},
    ),
    "a refusal without a kernel": (replace(REFUSED, kernels=()), {"refusal"}),
    "a refusal with two kernels": (
        replace(REFUSED, kernels=(("rule", "fact"), ("rule", "other"))),
        {"contradiction", "refusal"},
    ),
    "a refused expansion without a kernel": (replace(REFUSED_EXPANSION, kernels=()), {"refusal"}),
    "a conflict that is none": (resaid(CONFLICT, "fact", "p"), {"contradiction", "consistency"}),
    "a conflict that is not shown": (replace(CONFLICT, kernels=()), {"consistency"}),
    "a tautology that is none": (replace(REFUSED_TAUTOLOGY, input="f | p"), {"contradiction"}),
    # cost
    "a lower cost": (replace(PROPOSITIONAL, cost=cost(0)), {"cost"}),
    "a higher cost": (replace(PROPOSITIONAL, cost=cost(2)), {"cost"}),
    "another weight": (replace(TWO_KERNELS, cost=cost(1, 2)), {"cost"}),
    "no cost": (replace(PROPOSITIONAL, cost=Cost()), {"cost"}),
    "a cost for nothing": (replace(REFUSED, cost=cost(1)), {"cost"}),
    # model
    "an atom of the model flipped": (flipped(PROPOSITIONAL, "b"), {"model"}),
    "the input false in the model": (flipped(PROPOSITIONAL, "f"), {"model"}),
    "what is contracted true in the model": (flipped(CONTRACTED, "f"), {"model"}),
    "a robot nowhere": (flipped(ROBOT, "at d2 lab"), {"model"}),
    "a robot where only the other is": (flipped(ROBOT, "at r2 lab"), {"model"}),
    "a model of what was refused": (replace(REFUSED, model=model("b", "p", "f")), {"model"}),
    "a model of a conflict": (replace(CONFLICT, model=model("b", "p")), {"model"}),
    "a room missing from the model": (
        replace(
            ROBOT,
            model=replace(
                ROBOT.model or Model(), universe=Map({"Room": ("kitchen",), "Robot": ("r2", "d2")})
            ),
        ),
        {"model"},
    ),
    "a robot missing from the model": (
        replace(
            ROBOT,
            model=model("at r2 kitchen", universe={"Room": ("kitchen", "hall", "lab"), "Robot": ("r2",)}),
        ),
        {"model"},
    ),
    "no robots in the model": (
        replace(ROBOT, model=model(universe={"Room": ("kitchen", "hall", "lab"), "Robot": ()})),
        {"model"},
    ),
    "two names for one thing in the model": (
        replace(UNIQUE, model=model(universe={"Thing": ("ann",)}, values={("bea",): "ann"})),
        {"model"},
    ),
    "another value in the model": (
        replace(BATTERY, model=model(values={("battery", "r2"): Fraction(1), ("steps",): Fraction(4)})),
        {"model"},
    ),
    "half a step in the model": (
        replace(BATTERY, model=model(values={("battery", "r2"): Fraction(0), ("steps",): Fraction(7, 2)})),
        {"model"},
    ),
    "a word for a number in the model": (
        replace(BATTERY, model=model(values={("battery", "r2"): "low", ("steps",): Fraction(4)})),
        {"model"},
    ),
    "no value in the model": (
        replace(BATTERY, model=model(values={("battery", "r2"): Fraction(0)})),
        {"model"},
    ),
    "a model that lists the numbers": (
        replace(BATTERY, model=replace(BATTERY.model or Model(), universe=Map({"Int": ("zero",)}))),
        {"model"},
    ),
}


@pytest.mark.parametrize(("certificate", "expected"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_false_claim_is_rejected(certificate: Certificate, expected: set[str]) -> None:
    report = check(certificate)
    assert not report.valid
    assert {claim.name for claim in report.failed} == expected, report


def test_what_is_not_well_formed_is_not_checked_further() -> None:
    report = check(replace(PROPOSITIONAL, input="!f &"))
    assert tuple(claim.name for claim in report.claims) == CLAIMS
    assert [claim.holds for claim in report.claims] == [False] + [None] * (len(CLAIMS) - 1)
    assert "the input cannot be read" in report["well-formed"].detail


@pytest.mark.parametrize(
    ("name", "claim", "detail"),
    [
        ("another fact", "contradiction", "kernel 0 can be true together with the test formula"),
        ("a member added", "minimality", "kernel 0 without other contradicts the test formula all the same"),
        ("a bystander removed", "relevance", "no kernel needs other to be given up"),
        ("the removed belief is certain", "incision", "rule is certain, but was given up"),
        ("the kept belief is less entrenched", "least", "giving up fact costs less: 1 at level 0"),
        ("a higher cost", "cost", "said to be 1 at level 2, but it is 1 at level 1"),
        ("an atom of the model flipped", "model", "fact is false in the model"),
        ("a stranger in a kernel", "well-formed", "kernel 0: there is no belief 'nobody' before the change"),
        ("a belief of undeclared symbols", "well-formed", "belief other: q is not declared"),
        ("a refusal for a belief that could go", "refusal", "fact in the kernel could be given up"),
    ],
)
def test_a_report_names_the_culprit(name: str, claim: str, detail: str) -> None:
    report = check(MUTATIONS[name][0])
    assert report[claim].detail == detail
    assert f"FAILS   {claim}: {detail}" in str(report)


def test_a_report_in_words() -> None:
    report = check(PROPOSITIONAL)
    assert str(report).startswith("certificate valid\n  holds   well-formed: ")
    assert not report.failed
    assert not report.undecided
    longer = Report((*report.claims, Claim("locality", None, "the journal is not at hand")))
    assert not longer.valid
    assert longer.undecided == longer.claims[-1:]
    assert str(longer).startswith("certificate not decided: locality\n")
    assert str(longer).endswith("  unknown locality: the journal is not at hand")
    with pytest.raises(KeyError):
        report["locality"]


def pigeons(holes: int) -> Certificate:
    """More pigeons than holes: hard for every solver that reasons by clauses."""
    pigeons = range(holes + 1)
    housed = [
        belief(f"housed{pigeon}", " | ".join(f"in{pigeon}_{hole}" for hole in range(holes)))
        for pigeon in pigeons
    ]
    single = [
        f"!(in{one}_{hole} & in{two}_{hole})"
        for hole in range(holes)
        for two in pigeons
        for one in range(two)
    ]
    return Certificate(
        operation="revise",
        outcome="done",
        input=" & ".join(single),
        declarations=tuple(f"pred in{pigeon}_{hole}" for pigeon in pigeons for hole in range(holes)),
        unique_names=True,
        scope="whole",
        before=tuple(housed),
        added=(belief("input", " & ".join(single)),),
        removed=("housed0",),
        kernels=(tuple(one.name for one in housed),),
        cost=cost(1),
    )


def test_a_small_number_of_pigeons() -> None:
    assert check(pigeons(4)).valid


def test_what_z3_cannot_tell_in_time_is_undecided() -> None:
    started = time.monotonic()
    report = check(pigeons(12), milliseconds=200)
    assert time.monotonic() - started < 5
    assert not report.valid
    assert not report.failed
    assert report["contradiction"] == Claim("contradiction", None, "kernel 0: the time is up")
    assert report["least"].holds


def test_without_any_time_nothing_is_put_to_z3() -> None:
    report = check(TWO_KERNELS, milliseconds=0)
    assert {claim.name for claim in report.undecided} == {"contradiction", "minimality", "least"}
    assert not report.failed
    assert report["consistency"].detail == "Z3 could not tell (the time is up), but all is true in the model"
    assert check(replace(TWO_KERNELS, model=None), milliseconds=0)["consistency"].holds is None
    assert check(BATTERY, milliseconds=0)["consistency"].holds is None


INFINITE = Certificate(
    operation="consolidate",
    outcome="vacuous",
    input=None,
    declarations=("pred less(Thing, Thing)",),
    unique_names=True,
    scope="whole",
    before=(
        belief("no end", "forall x. exists y. less(x, y)"),
        belief("order", "forall x, y, z. less(x, y) & less(y, z) -> less(x, z)"),
        belief("strict", "forall x. !less(x, x)"),
    ),
)
"""True only where there are infinitely many things, which Z3 does not find out by itself."""


def test_an_undecidable_question_is_undecided() -> None:
    report = check(INFINITE, milliseconds=500)
    assert {claim.name for claim in report.undecided} == {"consistency"}
    assert not report.failed


def test_an_interrupt_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = checker._ask

    def asked(*arguments: Any) -> Any:
        """Ask, and be interrupted while Z3 works: earlier, it would be Python that is interrupted."""
        timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        try:
            return ask(*arguments)
        finally:
            timer.cancel()

    monkeypatch.setattr(checker, "_ask", asked)
    for hard in (pigeons(12), INFINITE):
        with pytest.raises(KeyboardInterrupt):
            check(hard, milliseconds=60_000)
    assert check(PROPOSITIONAL).valid


def test_the_variables_of_kernels_are_the_ones_asked_about() -> None:
    """Were assumptions other symbols than those of the clauses, a kernel that is not minimal would pass."""
    names = [f"x{number}" for number in range(1, 12)]
    chain = [belief(f"b{one}", f"{one} -> {two}") for one, two in pairwise(names)]
    certificate = Certificate(
        operation="revise",
        outcome="done",
        input="x1 & !x11",
        declarations=tuple(f"pred {name}" for name in names),
        unique_names=True,
        scope="whole",
        before=(*chain, belief("spare", "x1 -> x3 | !x4")),
        added=(belief("input", "x1 & !x11"),),
        removed=("bx1",),
        kernels=(tuple(b.name for b in chain),),
        cost=cost(1),
    )
    assert check(certificate).valid
    for missing in certificate.kernels[0]:
        kernel = tuple(name for name in certificate.kernels[0] if name != missing)
        assert check(replace(certificate, kernels=(kernel,)))["contradiction"].holds is False
    larger = replace(certificate, kernels=((*certificate.kernels[0], "spare"),))
    assert [claim.name for claim in check(larger).failed] == ["minimality"]


def test_an_inner_variable_hides_an_outer_one() -> None:
    certificate = replace(
        UNIQUE,
        declarations=("pred tall(Thing)", "pred old(Thing)"),
        before=(
            belief("same", "forall x. tall(x) & (exists x. !tall(x))"),
            belief("ok", "exists x. old(x) & (forall x. tall(x))"),
        ),
        model=model("tall a", "old a", universe={"Thing": ("a",)}),
    )
    assert check(certificate).valid


def test_a_deep_text_is_not_a_crash() -> None:
    deep = resaid(PROPOSITIONAL, "other", "!" * 5000 + "p")
    report = check(deep)
    assert not report.valid
    assert {claim.name for claim in report.failed} <= {"well-formed"}


def test_a_large_certificate_takes_well_under_a_second() -> None:
    """A chain of a thousand clauses, one kernel of all of them."""
    size = 1000
    links = [belief(f"l{n}", f"!x{n} | x{n + 1}", 1 if n == 7 else CERTAIN) for n in range(size)]
    certificate = Certificate(
        operation="revise",
        outcome="done",
        input=f"x0 & !x{size}",
        declarations=tuple(f"pred x{n}" for n in range(size + 1)),
        unique_names=True,
        scope="whole",
        before=tuple(links),
        added=(belief("input", f"x0 & !x{size}"),),
        removed=("l7",),
        kernels=(tuple(link.name for link in links),),
        cost=cost(1),
        model=model(*(f"x{n}" for n in range(8))),
    )
    started = time.process_time()
    assert check(certificate).valid
    assert time.process_time() - started < 5, "five times what it takes on a slow machine"


# What certificates share when many are checked: a Z3 context, and the texts that were read. None may notice.


def forget() -> None:
    """Forget what earlier certificates left behind."""
    for kept in (texts._parsed, texts._mentions, texts._declared, reading._rule):
        kept.cache_clear()
    context._kept.context = None


def test_no_certificate_notices_which_were_checked_before() -> None:
    certificates = [*VALID.values(), *(certificate for certificate, _ in MUTATIONS.values())]
    alone: list[Report] = []
    for certificate in certificates:
        forget()
        alone.append(check(certificate))
    rng = random.Random(1)
    for _ in range(4):
        for place in rng.sample(range(len(certificates)), len(certificates)):
            assert check(certificates[place]) == alone[place]


def test_the_same_text_is_read_under_the_declarations_of_its_own_certificate() -> None:
    rule = belief("all", "forall x. tall(x) -> old(x)")
    closed = "sort Room = {hall, lab}"
    things = replace(
        UNIQUE,
        declarations=("pred tall(Thing)", "pred old(Thing)"),
        outcome="vacuous",
        removed=(),
        kernels=(),
    )
    things = replace(things, before=(rule,), cost=Cost(), model=None)
    rooms = replace(things, declarations=(closed, "pred tall(Room)", "pred old(Room)"))
    mixed = replace(things, declarations=(closed, "pred tall(Room)", "pred old(Thing)"))
    numbers = replace(things, declarations=("pred tall(Int)", "pred old(Int)"))
    partial = replace(things, declarations=("pred tall(Thing)",))
    for _ in range(2):
        for certificate, holds in (
            (things, True),
            (mixed, False),
            (rooms, True),
            (partial, False),
            (numbers, True),
        ):
            assert check(certificate)["well-formed"].holds is holds


def test_a_letter_is_an_individual_only_where_it_is_declared() -> None:
    said = replace(PROPOSITIONAL, before=(*PROPOSITIONAL.before, belief("more", "old(x)")), model=None)
    declared = replace(said, declarations=(*said.declarations, "pred old(Thing)", "const x: Thing"))
    undeclared = replace(said, declarations=(*said.declarations, "pred old(Thing)", "const y: Thing"))
    for _ in range(2):
        assert check(declared).valid
        assert check(undeclared)["well-formed"].holds is False


def test_declarations_that_stand_only_together_are_read_together() -> None:
    assert check(replace(PROPOSITIONAL, declarations=("pred b", "pred f\npred p"))).valid
    assert check(
        replace(PROPOSITIONAL, declarations=("pred b # a bird", "# nothing", "pred f", "pred p"))
    ).valid
    assert check(replace(PROPOSITIONAL, declarations=("pred b", "pred f", "pred p", "p"))).failed


def test_a_context_is_used_for_many_certificates_and_then_thrown_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[z3.Context] = []

    def make() -> z3.Context:
        made.append(z3.Context())
        return made[-1]

    class Module:
        Context = staticmethod(make)

    monkeypatch.setattr(context, "z3", Module)
    monkeypatch.setattr(context, "CHECKS", 3)
    forget()
    for number in range(7):
        assert check(PROPOSITIONAL if number % 2 else BATTERY).valid
    assert len(made) == 3
    forget()


def test_a_context_is_not_used_again_after_an_exception() -> None:
    with context.checking() as first:
        pass
    with pytest.raises(KeyboardInterrupt), context.checking() as second:
        raise KeyboardInterrupt
    with context.checking() as third:
        pass
    assert first is second
    assert third is not first


def test_each_thread_has_a_context_of_its_own() -> None:
    found: list[z3.Context] = []
    reports: list[Report] = []

    def work() -> None:
        with context.checking() as own:
            found.append(own)
        reports.extend(check(each) for each in (PROPOSITIONAL, ROBOT, BATTERY, CONTRACTED) * 5)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(each) for each in found}) == 3
    assert len(reports) == 60
    assert all(report.valid for report in reports)
