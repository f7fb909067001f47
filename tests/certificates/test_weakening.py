"""The claims about beliefs that were weakened, and what becomes of them when a part is changed."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from immutables import Map

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import Cost, Entrenchment
from beliefs.certificates.certificate import (
    Certificate,
    CertifiedBelief,
    CertifiedSuccess,
    CertifiedWeakening,
)
from beliefs.certificates.checker import check
from beliefs.certificates.locality import next_witness
from beliefs.errors import CertificateError
from beliefs.language.parser import parse_formula
from beliefs.language.semantics import Model


def belief(name: str, formula: str, level: int = 2) -> CertifiedBelief:
    return CertifiedBelief(name, formula, Entrenchment(level))


ROBIN = CertifiedSuccess("fly.3", ("bird(robin)",), (), ("!penguin(robin)",), "flies(robin)")
SAM = CertifiedSuccess("fly.3", ("bird(sam)",), ("!penguin(sam)",), (), "flies(sam)")
KIM = CertifiedSuccess("fly.3", ("bird(kim)", "!penguin(kim)"), (), (), "flies(kim)")

WEAKENED = Certificate(
    operation="revise",
    outcome="done",
    input="!flies(tweety)",
    declarations=(
        "pred bird(Thing)",
        "pred flies(Thing)",
        "pred penguin(Thing)",
        *(f"const {name}: Thing" for name in ("kim", "polly", "robin", "sam", "tweety")),
    ),
    unique_names=True,
    scope="whole",
    before=(
        belief("fly.2", "forall x. bird(x) & x != polly -> flies(x)", 1),
        belief("birds", "forall x. penguin(x) -> bird(x)"),
        belief("tweety", "penguin(tweety)"),
        belief("polly", "penguin(polly)"),
        belief("sam", "!penguin(sam)"),
        belief("robin", "bird(robin) & bird(kim)"),
    ),
    added=(
        belief("seen", "!flies(tweety)"),
        belief("fly.3", "forall x. bird(x) & !penguin(x) -> flies(x)", 1),
    ),
    removed=("fly.2",),
    kernels=(("fly.2", "birds", "tweety"),),
    cost=Cost(((1, Fraction(1)),)),
    model=Model(
        Map({"Thing": ("kim", "polly", "robin", "sam", "tweety")}),
        Map(
            dict.fromkeys(
                [
                    *[("bird", name) for name in ("kim", "polly", "robin", "tweety")],
                    *[("flies", name) for name in ("kim", "robin")],
                    *[("penguin", name) for name in ("polly", "tweety")],
                ]
            )
        ),
    ),
    weakened=(CertifiedWeakening("fly.3", "fly.2"),),
    successes=(ROBIN, SAM, KIM),
)
"""A guard takes the place of an exception. That it follows needs that Polly is a penguin."""

UNASSUMING = replace(WEAKENED, successes=(SAM, KIM))


def test_a_weakening_is_valid() -> None:
    report = check(WEAKENED)
    assert report.valid, report
    assert report["weakening"].detail == "Z3 finds that these follow: fly.3 from fly.2"
    assert report["inclusion"].detail.endswith("or is a weakening")
    assert report["keeps"].detail == "Z3 finds that 3 successes still follow, assuming !penguin(robin)"
    assert check(replace(WEAKENED, model=None)).valid
    assert check(replace(WEAKENED, scope="touched")) == report


def test_json_there_and_back() -> None:
    data = json.loads(json.dumps(WEAKENED.to_json()))
    assert Certificate.from_json(data) == WEAKENED
    assert data["weakened"] == [{"name": "fly.3", "of": "fly.2"}]
    assert data["successes"][0] == {
        "belief": "fly.3",
        "given": ["bird(robin)"],
        "believed": [],
        "assumed": ["!penguin(robin)"],
        "outcome": "flies(robin)",
    }


def test_what_is_empty_is_left_out() -> None:
    data = replace(WEAKENED, weakened=(), successes=()).to_json()
    assert not {"weakened", "successes"} & data.keys()
    assert Certificate.from_json(data).weakened == ()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("weakened", [], "weakened should be left out where there is nothing to list, not []"),
        ("successes", [], "successes should be left out where there is nothing to list, not []"),
        ("weakened", {}, "weakened should be a list"),
        ("weakened", [{"name": "a"}], "weakened[0].of is missing"),
        ("weakened", [{"name": 1, "of": "a"}], "weakened[0].name should be a text"),
        ("weakened", [{"name": "a", "of": "b", "why": "c"}], "weakened[0].why is not a key of certificates"),
        ("successes", [{}], "successes[0].belief is missing"),
        (
            "successes",
            [{"belief": "a", "given": "p", "believed": [], "assumed": [], "outcome": "q"}],
            "successes[0].given should be a list, not 'p'",
        ),
        (
            "successes",
            [{"belief": "a", "given": [], "believed": [], "assumed": [3], "outcome": "q"}],
            "successes[0].assumed[0] should be a text, not 3",
        ),
    ],
)
def test_malformed_data_is_named(key: str, value: object, message: str) -> None:
    data = WEAKENED.to_json()
    data[key] = value
    with pytest.raises(CertificateError) as raised:
        Certificate.from_json(data)
    assert str(raised.value).startswith("malformed certificate: " + message)


def said(name: str, formula: str, level: int | None = None) -> Certificate:
    """The certificate in which one belief says something else, or is held otherwise."""

    def altered(beliefs: tuple[CertifiedBelief, ...]) -> tuple[CertifiedBelief, ...]:
        return tuple(
            replace(
                each,
                formula=formula or each.formula,
                entrenchment=each.entrenchment if level is None else Entrenchment(level),
            )
            if each.name == name
            else each
            for each in beliefs
        )

    return replace(WEAKENED, before=altered(WEAKENED.before), added=altered(WEAKENED.added))


def success(place: int, **parts: object) -> Certificate:
    """The certificate in which a success is told otherwise."""
    changed = list(WEAKENED.successes)
    changed[place] = replace(changed[place], **parts)
    return replace(WEAKENED, successes=tuple(changed))


MUTATIONS: dict[str, tuple[Certificate, set[str]]] = {
    "no weakening named": (replace(WEAKENED, weakened=(), successes=()), {"inclusion"}),
    "a weakening of nothing": (
        replace(WEAKENED, weakened=(CertifiedWeakening("fly.3", "fly"),)),
        {"well-formed"},
    ),
    "a weakening of what is kept": (
        replace(WEAKENED, weakened=(CertifiedWeakening("fly.3", "birds"),)),
        {"weakening"},
    ),
    "a weakening that was not added": (
        replace(WEAKENED, weakened=(CertifiedWeakening("birds", "fly.2"),), successes=()),
        {"well-formed"},
    ),
    "a weakening twice": (replace(WEAKENED, weakened=WEAKENED.weakened * 2), {"well-formed"}),
    "two weakenings of one": (
        replace(WEAKENED, weakened=(*WEAKENED.weakened, CertifiedWeakening("seen", "fly.2"))),
        {"well-formed"},
    ),
    "the input as a weakening": (
        replace(WEAKENED, weakened=(CertifiedWeakening("seen", "fly.2"),), successes=()),
        {"inclusion", "weakening"},
    ),
    "the same again": (
        said("fly.3", "forall x. bird(x) & x != polly -> flies(x)"),
        {"model", "consistency", "keeps"},
    ),
    "another rule": (said("fly.3", "forall x. flies(x) -> bird(x)"), {"weakening", "keeps"}),
    "a stronger rule": (said("fly.3", "forall x. penguin(x) | flies(x)"), {"model", "weakening"}),
    "a rule that says nothing": (
        said("fly.3", "forall x. bird(x) & !penguin(x) -> bird(x)"),
        {"nontrivial", "keeps"},
    ),
    "held more firmly": (said("fly.3", "", 2), {"weakening"}),
    "what it needs not believed": (said("polly", "penguin(robin)"), {"model", "weakening", "keeps"}),
    "a weakening by a contraction": (
        replace(WEAKENED, operation="contract", input="flies(tweety)", added=WEAKENED.added[1:]),
        {"outcome"},
    ),
    "a success of nothing": (success(0, belief="seen"), {"well-formed"}),
    "a success that cannot be read": (success(0, outcome="flies("), {"well-formed"}),
    "a success of undeclared symbols": (success(0, given=("bird(nobody)",)), {"well-formed"}),
    "nothing given": (success(2, given=()), {"keeps"}),
    "something else given": (success(0, given=("bird(sam)",)), {"keeps"}),
    "the outcome given": (success(0, given=("flies(robin)",)), {"keeps"}),
    "another outcome": (success(0, outcome="flies(tweety)"), {"keeps"}),
    "the opposite outcome": (success(1, outcome="!flies(sam)"), {"keeps"}),
    "nothing assumed": (success(0, assumed=()), {"keeps"}),
    "too much assumed": (success(0, assumed=("!penguin(robin)", "!penguin(kim)")), {"keeps"}),
    "assumed although given": (success(2, assumed=("!penguin(kim)",)), {"keeps"}),
    "assumed to be so": (success(0, assumed=("flies(robin)",)), {"keeps"}),
    "assumed against what is believed": (
        success(2, given=("bird(polly)",), assumed=("!penguin(polly)",), outcome="flies(polly)"),
        {"model", "keeps"},
    ),
    "said to be believed": (success(0, believed=("!penguin(robin)",), assumed=()), {"keeps"}),
    "nothing believed": (success(1, believed=()), {"keeps"}),
    "something else believed": (success(1, believed=("!penguin(kim)",)), {"keeps"}),
    "the assumption false in the model": (
        replace(WEAKENED, model=WEAKENED.model and WEAKENED.model.flipped([("penguin", "robin")])),
        {"model"},
    ),
}


@pytest.mark.parametrize(("certificate", "expected"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_false_claim_is_rejected(certificate: Certificate, expected: set[str]) -> None:
    report = check(certificate)
    assert not report.valid
    assert {claim.name for claim in report.failed} == expected, report


def test_undecided_is_not_valid() -> None:
    report = check(replace(WEAKENED, model=None), milliseconds=0)
    assert {report[name].holds for name in ("weakening", "nontrivial", "keeps")} == {None}
    assert not report.failed


class TestLocality:
    """What a certificate assumes has to agree with the beliefs that it does not speak of."""

    before = BeliefBase().add(
        *(
            Belief(each.name, parse_formula(each.formula), each.entrenchment, age=age)
            for age, each in enumerate(WEAKENED.before, 1)
        ),
        Belief("other", parse_formula("robin_migrates -> penguin(robin)"), age=9),
        Belief("migrates", parse_formula("!robin_migrates"), age=10),
    )
    witness = Model(
        Map({"Thing": ("kim", "polly", "robin", "sam", "tweety")}),
        Map(
            dict.fromkeys(
                [
                    *[("bird", name) for name in ("kim", "polly", "robin", "tweety")],
                    *[("flies", name) for name in ("kim", "robin", "tweety")],
                    *[("penguin", name) for name in ("polly", "robin", "tweety")],
                ]
            )
        ),
    )
    known = before.knowing(witness, consistent=True)

    def test_what_the_model_takes_back_is_looked_at(self) -> None:
        """In the witness Robin is a penguin; the assumption changes that, and `other` leans on it."""
        certificate = replace(WEAKENED, scope="touched")
        migrating = self.known.knowing(self.witness.flipped([("robin_migrates",)]), consistent=True)
        with pytest.raises(CertificateError, match="does not speak of belief 'other', although penguin has"):
            next_witness(certificate, migrating)

    def test_what_does_not_lean_on_it_may_be_left_out(self) -> None:
        """`other` is true as Robin does not migrate, penguin or not."""
        after = next_witness(replace(WEAKENED, scope="touched"), self.known)
        assert after is not None
        assert not after.holds(("penguin", "robin"))

    def test_a_model_of_all_that_it_shows(self) -> None:
        shown = (*WEAKENED.before, belief("other", "robin_migrates -> penguin(robin)"))
        certificate = replace(
            WEAKENED,
            scope="touched",
            before=shown,
            declarations=(*WEAKENED.declarations, "pred robin_migrates"),
        )
        assert check(certificate).valid
        after = next_witness(certificate, self.known)
        assert after is not None
        assert not after.holds(("penguin", "robin"))

    def test_an_assumption_that_the_model_denies(self) -> None:
        model = WEAKENED.model and WEAKENED.model.flipped([("penguin", "robin"), ("flies", "robin")])
        certificate = replace(WEAKENED, scope="touched", model=model)
        with pytest.raises(CertificateError, match=r"it assumes !penguin\(robin\), which is not shown"):
            next_witness(certificate, self.known)
