"""Every claim of the checker against a judge that looks at truth tables and power sets."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations, product

import pytest
from immutables import Map

from beliefs.base.entrenchment import CERTAIN, Cost, Entrenchment
from beliefs.certificates.certificate import (
    Certificate,
    CertifiedBelief,
    CertifiedSuccess,
    CertifiedWeakening,
)
from beliefs.certificates.checker import CLAIMS, check
from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.semantics import Model, truth
from beliefs.language.syntax import (
    TRUE,
    And,
    Atom,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Truth,
    negation,
)

ATOMS = ("p", "q", "r", "s")
MODELS = tuple(
    Model(true=Map({(name,): None for name, value in zip(ATOMS, values, strict=True) if value}))
    for values in product((False, True), repeat=len(ATOMS))
)
LEVELS = (
    Entrenchment(1),
    Entrenchment(1),
    Entrenchment(1, Fraction(1, 3)),
    Entrenchment(1, Fraction(5, 2)),
    Entrenchment(0, Fraction(7)),
    Entrenchment(2),
    Entrenchment(3, Fraction(1, 2)),
    Entrenchment(CERTAIN),
)
INPUT_NAME = "input"
WEAKER_NAME = "weaker"


def random_formula(rng: random.Random, depth: int = 2) -> Formula:
    """A formula that is a literal as often as not, and now and then `true` or `false`."""
    if depth == 0 or rng.random() < 0.3:
        if rng.random() < 0.05:
            return Truth(rng.random() < 0.5)
        atom = Atom(rng.choice(ATOMS))
        return atom if rng.random() < 0.5 else Not(atom)
    shape = rng.choice((And, Or, Or, Implies, Iff, Not))
    if shape is Not:
        return Not(random_formula(rng, depth - 1))
    parts = (random_formula(rng, depth - 1), random_formula(rng, depth - 1))
    return shape(parts) if shape in (And, Or) else shape(*parts)


def models_of(formulas: Iterable[Formula]) -> frozenset[int]:
    """The rows of the truth table in which all formulas are true."""
    formulas = tuple(formulas)
    return frozenset(row for row, model in enumerate(MODELS) if all(truth(f, model) for f in formulas))


def subsets(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    names = tuple(names)
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


class Judge:
    """What is true of a certificate, by the slowest and most obvious means."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = c = certificate
        self.formulas = {b.name: parse_formula(b.formula) for b in (*c.before, *c.added)}
        self.entrenchments = {b.name: b.entrenchment for b in c.before}
        self.input = TRUE if c.input is None else parse_formula(c.input)
        self.test = negation(self.input) if c.operation == "contract" else self.input
        self.after = [b.name for b in c.before if b.name not in c.removed] + [b.name for b in c.added]
        self.conflict = c.operation == "expand" and c.outcome != "refused" and len(c.kernels) > 0
        self.cutting = c.operation != "expand" and c.outcome != "refused"

    def contradicts(self, names: Iterable[str]) -> bool:
        return not models_of([self.test, *(self.formulas[name] for name in names)])

    def kernels(self) -> list[tuple[str, ...]]:
        """All minimal subsets of the beliefs before that contradict the test formula."""
        found: list[tuple[str, ...]] = []
        for names in subsets(self.entrenchments):
            if not any(set(kernel) <= set(names) for kernel in found) and self.contradicts(names):
                found.append(names)
        return found

    def incisions(self, kernels: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """All sets of beliefs that cut these kernels and hold no certain belief, the cheapest first."""
        kernels = tuple(kernels)
        free = [name for name, entrenchment in self.entrenchments.items() if not entrenchment.is_certain]
        cutting = (names for names in subsets(free) if all(set(names) & set(kernel) for kernel in kernels))
        return sorted(cutting, key=self.cost)

    def cost(self, names: Iterable[str]) -> Cost:
        return Cost.of(self.entrenchments[name] for name in names)

    @property
    def conjuncts(self) -> tuple[Formula, ...]:
        """What an expansion takes in one by one: the conjuncts of its input; none of `true`."""
        if self.certificate.operation != "expand" or self.input == TRUE:
            return ()
        return self.input.operands if isinstance(self.input, And) else (self.input,)

    def verdicts(self) -> dict[str, bool]:
        c = self.certificate
        changed = len(c.added) + len(c.removed) > 0
        certain = {name for name, entrenchment in self.entrenchments.items() if entrenchment.is_certain}
        removed = set(c.removed)
        believed = [*(self.formulas[name] for name in self.after), self.test]
        cut = all(removed & set(kernel) for kernel in c.kernels)
        incisions = self.incisions(c.kernels) if self.cutting else []
        return {
            "well-formed": True,
            "outcome": (c.outcome == "done") == changed
            and not (c.operation == "expand" and removed)
            and not (c.operation in ("contract", "consolidate") and c.added)
            and not (c.operation != "revise" and c.weakened),
            "inclusion": all(
                (c.input is not None and self.formulas[b.name] in (self.input, *self.conjuncts))
                or b.name in self.weaker
                for b in c.added
            ),
            "success": c.outcome == "refused"
            or c.operation not in ("revise", "expand")
            or self.input in [self.formulas[name] for name in self.after]
            or (
                c.operation == "expand"
                and {self.formulas[name] for name in self.after}.issuperset(self.conjuncts)
            ),
            "vacuity": not removed or len(c.kernels) > 0,
            "contradiction": all(self.contradicts(kernel) for kernel in c.kernels),
            "minimality": not any(
                self.contradicts(name for name in kernel if name != left_out)
                for kernel in c.kernels
                for left_out in kernel
            ),
            "incision": not removed & certain and (cut or not self.cutting),
            "relevance": all(
                any(removed & set(kernel) == {name} for kernel in c.kernels) for name in removed
            ),
            "cost": not removed & certain and c.cost == self.cost(removed),
            "least": not self.cutting
            or (bool(incisions) and not removed & certain and self.cost(incisions[0]) >= self.cost(removed)),
            "model": c.model is None
            or (
                c.outcome != "refused"
                and not self.conflict
                and all(truth(f, c.model) for f in (*believed, *self.assumed))
            ),
            "consistency": c.outcome == "refused"
            or (
                all(self.contradicts(kernel) for kernel in c.kernels)
                if self.conflict
                else bool(models_of(believed))
            ),
            "refusal": c.outcome != "refused"
            or (
                len(c.kernels) > 0
                if c.operation == "expand"
                else len(c.kernels) == 1 and certain.issuperset(c.kernels[0])
            ),
            "weakening": all(self.follows(name, of) for name, of in self.weaker.items()),
            "nontrivial": all(models_of([negation(self.formulas[name])]) for name in self.weaker),
            "keeps": all(self.keeps(success) for success in c.successes)
            and (not self.assumed or bool(models_of([*believed[:-1], *self.assumed]))),
        }

    @property
    def weaker(self) -> dict[str, str]:
        return {each.name: each.of for each in self.certificate.weakened}

    @property
    def assumed(self) -> list[Formula]:
        return [parse_formula(text) for success in self.certificate.successes for text in success.assumed]

    def follows(self, name: str, of: str) -> bool:
        """Whether a belief is a weaker form of another one, which was given up."""
        c = self.certificate
        kept = [self.formulas[b.name] for b in c.before if b.name not in c.removed]
        (held,) = (b.entrenchment for b in c.added if b.name == name)
        entailed = not models_of([*kept, self.formulas[of], negation(self.formulas[name])])
        return of in c.removed and held.level == self.entrenchments[of].level and entailed

    def keeps(self, success: CertifiedSuccess) -> bool:
        """Whether a success still follows, with nothing taken in vain."""
        given = [parse_formula(text) for text in success.given]
        believed = [parse_formula(text) for text in success.believed]
        assumed = [parse_formula(text) for text in success.assumed]
        weaker, missed = self.formulas[success.belief], negation(parse_formula(success.outcome))
        needed = [*believed, *assumed]
        after = [self.formulas[name] for name in self.after]
        return (
            not models_of([weaker, *given, *needed, missed])
            and bool(models_of([*given, *needed, missed]))
            and all(
                models_of([weaker, *given, *needed[:place], *needed[place + 1 :], missed])
                for place in range(len(needed))
            )
            and all(not models_of([*after, negation(literal)]) for literal in believed)
            and all(isinstance(each, Not) and isinstance(each.operand, Atom) for each in assumed)
        )


def random_problem(rng: random.Random) -> Certificate:
    """A certificate that has all but its answer."""
    before = tuple(
        CertifiedBelief(f"b{position}", print_formula(random_formula(rng)), rng.choice(LEVELS))
        for position in range(rng.randint(1, 6))
    )
    operation = rng.choice(("revise", "revise", "contract", "contract", "consolidate", "expand"))
    given = rng.choice(before).formula if rng.random() < 0.1 else print_formula(random_formula(rng))
    return Certificate(
        operation=operation,
        outcome="vacuous",
        input=None if operation == "consolidate" else given,
        declarations=tuple(f"pred {name}" for name in ATOMS),
        unique_names=rng.random() < 0.5,
        scope=rng.choice(("whole", "touched")),
        before=before,
    )


def answered(problem: Certificate, rng: random.Random) -> Certificate:
    """The problem with a right answer, found by trying everything."""
    judge = Judge(problem)
    kernels = judge.kernels()
    said = any(judge.formulas[belief.name] == judge.input for belief in problem.before)
    takes_in = problem.operation in ("revise", "expand") and not said
    added = (CertifiedBelief(INPUT_NAME, problem.input or "", rng.choice(LEVELS)),) if takes_in else ()
    if problem.operation == "expand" and kernels:
        shown = tuple(kernels[: rng.randint(1, len(kernels))])
        if rng.random() < 0.5:
            return replace(problem, outcome="refused", kernels=shown)
        return replace(problem, outcome="done" if added else "vacuous", added=added, kernels=shown)
    for kernel in kernels:
        if all(judge.entrenchments[name].is_certain for name in kernel):
            return replace(problem, outcome="refused", kernels=(kernel,))
    removed = judge.incisions(kernels)[0]
    done = replace(
        problem,
        outcome="done" if added or removed else "vacuous",
        added=added,
        removed=removed,
        kernels=tuple(kernels),
        cost=judge.cost(removed),
    )
    if removed and problem.operation == "revise":
        done = mended(done, rng)
    finished = Judge(done)
    rows = models_of(
        [finished.test, *(finished.formulas[name] for name in finished.after), *finished.assumed]
    )
    return replace(done, model=rng.choice([None, *(MODELS[row] for row in sorted(rows))]))


def mended(certificate: Certificate, rng: random.Random) -> Certificate:
    """The certificate with a weaker belief in place of one given up, and a success, where tries find some."""
    c = certificate
    for _ in range(6):
        of = rng.choice([belief for belief in c.before if belief.name in c.removed])
        former = parse_formula(of.formula)
        other = random_formula(rng, rng.choice((0, 1)))
        weaker = replace(of, name=WEAKER_NAME, formula=print_formula(Or((former, other))))
        named = CertifiedWeakening(WEAKER_NAME, of.name)
        needed = (print_formula(negation(other)),)
        success = CertifiedSuccess(WEAKER_NAME, (), (), (), of.formula)
        success = rng.choice(
            (
                replace(success, given=needed),
                replace(success, believed=needed),
                replace(success, assumed=needed),
                replace(success, outcome=weaker.formula),
            )
        )
        tried = replace(c, added=(*c.added, weaker), weakened=(named,))
        for candidate in (replace(tried, successes=(success,)), tried):
            if all(Judge(candidate).verdicts().values()):
                return candidate
    return certificate


def altered(certificate: Certificate, rng: random.Random) -> Certificate:
    """The certificate with one part changed at random; it stays well-formed."""
    c = certificate
    names = [belief.name for belief in c.before]
    part = rng.choice(
        ("operation", "outcome", "input", "before", "added", "removed", "kernels", "cost", "model")
        + ("weaker", "weaker", "weakened", "success") * (2 if c.weakened else 0)
    )
    match part:
        case "weaker":
            held = rng.choice(LEVELS)
            said = rng.choice((print_formula(random_formula(rng)), "p | !p", "p | !p"))
            (name,) = (each.name for each in c.weakened)
            new = rng.choice((CertifiedBelief(name, said, c.before[0].entrenchment),) * 2 + (None,))
            return replace(
                c,
                added=tuple((new or replace(b, entrenchment=held)) if b.name == name else b for b in c.added),
            )
        case "weakened":
            named = CertifiedWeakening(WEAKER_NAME, rng.choice(names))
            return replace(c, weakened=() if rng.random() < 0.3 and not c.successes else (named,))
        case "success":
            success = c.successes[0] if c.successes else CertifiedSuccess(WEAKER_NAME, (), (), (), "p")
            said = print_formula(random_formula(rng, rng.choice((0, 2))))
            part, value = rng.choice(
                (
                    ("given", (said,)),
                    ("given", ()),
                    ("believed", (said,)),
                    ("assumed", (said,)),
                    ("assumed", ()),
                    ("outcome", said),
                )
            )
            return replace(c, successes=(replace(success, **{part: value}),))
        case "operation":
            operation = rng.choice(("revise", "contract", "expand", "consolidate"))
            given = None if operation == "consolidate" else c.input or print_formula(random_formula(rng))
            return replace(c, operation=operation, input=given)
        case "outcome":
            return replace(c, outcome=rng.choice(("done", "vacuous", "refused")))
        case "input" if c.input is not None:
            return replace(c, input=print_formula(random_formula(rng)))
        case "before":
            belief = rng.choice(c.before)
            new = rng.choice(
                (
                    replace(belief, formula=print_formula(random_formula(rng))),
                    replace(belief, entrenchment=rng.choice(LEVELS)),
                )
            )
            return replace(c, before=tuple(new if other is belief else other for other in c.before))
        case "added":
            more = CertifiedBelief(INPUT_NAME, c.input or "true", Entrenchment())
            weaker = tuple(b for b in c.added if b.name in {each.name for each in c.weakened})
            return replace(c, added=weaker if len(c.added) > len(weaker) else (more, *weaker))
        case "removed":
            return replace(c, removed=_toggled(c.removed, rng.choice(names)))
        case "kernels":
            kernels = list(c.kernels)
            if kernels and rng.random() < 0.8:
                position = rng.randrange(len(kernels))
                changed = _toggled(kernels[position], rng.choice(names))
                kernels[position : position + 1] = [changed] * (rng.random() < 0.6)
            else:
                kernels.append(tuple(rng.sample(names, rng.randint(0, len(names)))))
            return replace(c, kernels=tuple({frozenset(kernel): kernel for kernel in kernels}.values()))
        case "cost":
            return replace(c, cost=Cost.of([rng.choice(LEVELS[:-1])]))
        case _:
            return replace(c, model=rng.choice((None, *MODELS)))


def _toggled(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(other for other in names if other != name) if name in names else (*names, name)


def test_right_answers_are_valid() -> None:
    rng = random.Random(1)
    seen: Counter[tuple[str, str, bool]] = Counter()
    mended_ones: Counter[str] = Counter()
    for _ in range(600):
        certificate = answered(random_problem(rng), rng)
        report = check(certificate)
        assert report.valid, f"{certificate}\n{report}"
        assert tuple(claim.name for claim in report.claims) == CLAIMS
        seen[certificate.operation, certificate.outcome, len(certificate.kernels) > 1] += 1
        mended_ones["weakened"] += len(certificate.weakened)
        for success in certificate.successes:
            parts = ("given", "believed", "assumed")
            mended_ones.update(part for part in parts if getattr(success, part))
    operations, outcomes = ("revise", "expand", "contract", "consolidate"), ("done", "vacuous", "refused")
    assert {(operation, outcome) for operation, outcome, _ in seen} == set(product(operations, outcomes))
    assert sum(number for (*_, several), number in seen.items() if several) > 30
    assert mended_ones["weakened"] > 30
    assert min(mended_ones.values()) >= 3


def test_every_claim_is_judged_as_by_truth_tables() -> None:
    rng = random.Random(2)
    held: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for _ in range(1500):
        certificate = answered(random_problem(rng), rng)
        for _ in range(rng.randint(1, 3)):
            certificate = altered(certificate, rng)
        report = check(certificate)
        verdicts = Judge(certificate).verdicts()
        assert {claim.name: claim.holds for claim in report.claims} == verdicts, f"{certificate}\n{report}"
        assert report.valid == all(verdicts.values())
        held.update(name for name, holds in verdicts.items() if holds)
        failed.update(name for name, holds in verdicts.items() if not holds)
    for name in CLAIMS[1:]:
        assert held[name] > 20, name
        assert failed[name] > 20, name


def lifted(certificate: Certificate) -> Certificate:
    """The same certificate with the proposition p as `p(c)`, which is no longer propositional."""

    def text(formula: str) -> str:
        return re.sub(rf"\b({'|'.join(ATOMS)})\b", r"\1(c)", formula)

    def resaid(beliefs: tuple[CertifiedBelief, ...]) -> tuple[CertifiedBelief, ...]:
        return tuple(replace(belief, formula=text(belief.formula)) for belief in beliefs)

    model = certificate.model
    successes = tuple(
        CertifiedSuccess(
            each.belief,
            tuple(map(text, each.given)),
            tuple(map(text, each.believed)),
            tuple(map(text, each.assumed)),
            text(each.outcome),
        )
        for each in certificate.successes
    )
    return replace(
        certificate,
        successes=successes,
        input=None if certificate.input is None else text(certificate.input),
        declarations=(*(f"pred {name}(Thing)" for name in ATOMS), "const c: Thing"),
        before=resaid(certificate.before),
        added=resaid(certificate.added),
        model=None if model is None else Model(true=Map({(*atom, "c"): None for atom in model.true})),
    )


def test_claims_about_first_order_formulas_are_judged_alike() -> None:
    rng = random.Random(5)
    invalid = 0
    for _ in range(250):
        certificate = answered(random_problem(rng), rng)
        if rng.random() < 0.6:
            certificate = altered(certificate, rng)
        report = check(lifted(certificate))
        verdicts = Judge(certificate).verdicts()
        assert {claim.name: claim.holds for claim in report.claims} == verdicts, f"{certificate}\n{report}"
        invalid += not report.valid
    assert 50 < invalid < 200


def test_a_dearer_incision_is_rejected() -> None:
    """An incision that is minimal, but not of least cost, fails in that claim alone."""
    rng = random.Random(3)
    rejected = 0
    while rejected < 30:
        certificate = answered(random_problem(rng), rng)
        judge = Judge(certificate)
        if not judge.cutting or certificate.weakened:
            continue
        for names in judge.incisions(certificate.kernels)[1:]:
            dearer = replace(certificate, removed=names, cost=judge.cost(names), model=None)
            verdicts = Judge(dearer).verdicts()
            if verdicts["relevance"] and judge.cost(names) > certificate.cost:
                assert [claim.name for claim in check(dearer).failed] == ["least"]
                rejected += 1


def test_without_its_kernels_an_incision_is_not_shown_to_be_needed() -> None:
    rng = random.Random(4)
    rejected = 0
    while rejected < 30:
        certificate = answered(random_problem(rng), rng)
        if not certificate.removed or certificate.weakened:
            continue
        failed = {claim.name for claim in check(replace(certificate, kernels=())).failed}
        assert failed == {"vacuity", "relevance", "least"}
        rejected += 1


@pytest.mark.parametrize("seed", range(5))
def test_the_optimum_is_sought_level_by_level(seed: int) -> None:
    """Many overlapping kernels, so that those without a common member do not tell the least cost."""
    rng = random.Random(seed)
    names = [f"b{position}" for position in range(9)]
    for _ in range(12):
        before = tuple(CertifiedBelief(name, name, rng.choice(LEVELS)) for name in names)
        pairs = {tuple(sorted(rng.sample(names, 2))) for _ in range(14)}
        problem = Certificate(
            operation="revise",
            outcome="done",
            input=" & ".join(f"!({one} & {other})" for one, other in sorted(pairs)),
            declarations=tuple(f"pred {name}" for name in names),
            unique_names=True,
            scope="whole",
            before=before,
            kernels=tuple(sorted(pairs)),
        )
        problem = replace(problem, added=(CertifiedBelief("i", problem.input or "", Entrenchment()),))
        judge = Judge(problem)
        incisions = judge.incisions(problem.kernels)
        for removed in incisions[:1] + rng.sample(incisions, min(3, len(incisions))):
            report = check(replace(problem, removed=removed, cost=judge.cost(removed)))
            assert report["least"].holds == (judge.cost(removed) == judge.cost(incisions[0]))
        if not incisions:
            assert check(problem)["least"].holds is False
