"""Which individuals have to be reckoned with, against all of them."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from beliefs.certificates.individuals import reckoned_with
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.signature import Signature
from beliefs.language.sorts import elaborate, infer
from beliefs.reasoning.verdict import Sat, Unknown
from beliefs.reasoning.z3_oracle import Z3Oracle

DECLARED = "pred p(Thing)\npred q(Thing)\n" + "\n".join(f"const {name}: Thing" for name in "abcdef")


def signature_of(text: str) -> Signature:
    return infer(parse_document(text).declarations, ())


def random_sentence(rng: random.Random) -> str:
    def part() -> str:
        first, second = rng.choice("xy"), rng.choice(rng.choice(("xy", "ab", "ab", "ab")))
        kind = rng.choice((f"{first} = {second}", f"{first} != {second}", f"p({first})", f"q({first})"))
        return kind if rng.random() < 0.7 else f"!({kind})"

    parts = f" {rng.choice('&|')} ".join(part() for _ in range(rng.randint(1, 3)))
    return f"{rng.choice(('forall', 'exists'))} x. {rng.choice(('forall', 'exists'))} y. {parts}"


def can_be_true(texts: list[str], individuals: set[str], signature: Signature) -> bool:
    """Whether sentences can be true together where these individuals exist and are distinct."""
    oracle = Z3Oracle(signature, unique_names=True)
    exist = [f"p({name}) | !p({name})" for name in sorted(individuals)]
    for text in (*texts, *exist):
        oracle.add("all", elaborate(parse_formula(text), signature))
    verdict = oracle.check(["all"])
    assert not isinstance(verdict, Unknown)
    return isinstance(verdict, Sat)


def test_they_are_enough() -> None:
    rng = random.Random(1)
    signature = signature_of(DECLARED)
    seen: Counter[tuple[bool, bool]] = Counter()
    for _ in range(600):
        texts = [random_sentence(rng) for _ in range(rng.randint(1, 3))]
        some = reckoned_with([elaborate(parse_formula(text), signature) for text in texts], signature)
        fewer = len(some) < len(signature.constants)
        answer = can_be_true(texts, set(some), signature)
        assert answer == can_be_true(texts, set(signature.constants), signature), texts
        seen[fewer, answer] += 1
    assert len(seen) == 4, seen


def test_one_fewer_would_not_be() -> None:
    """There is somebody beside `a`: the one that stands for all others is needed."""
    signature = signature_of(DECLARED)
    assert not can_be_true(["forall x. x = a"], {"a", "b"}, signature)
    assert can_be_true(["forall x. x = a"], {"a"}, signature)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("p(a) & forall x. p(x) -> x != b", {"a", "b", "c"}),
        ("forall x. p(x)", {"a"}),
        ("forall x, y. p(x) & p(y) -> x = y", set("abcdef")),
        ("forall x. p(x) -> a = x | x = b", {"a", "b", "c"}),
    ],
)
def test_by_example(text: str, names: set[str]) -> None:
    signature = signature_of(DECLARED)
    assert reckoned_with([elaborate(parse_formula(text), signature)], signature) == names


def test_one_of_each_sort_and_none_of_closed_ones() -> None:
    signature = signature_of(
        "sort Robot\nsort Room = {hall, lab}\nfunc n: Int\npred at(Robot, Room)\n"
        "const r2: Robot\nconst d2: Robot\nconst c3: Robot\nconst a: Thing\nconst b: Thing"
    )
    formula = elaborate(parse_formula("forall r. at(r, hall) -> r = r2"), signature)
    assert reckoned_with([formula], signature) == {"r2", "c3", "a"}
