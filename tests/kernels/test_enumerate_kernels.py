"""All kernels, minimal incisions and remainders, against every set of labels."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from support.conflicts import of_family, random_conflict, subsets

from beliefs.kernels.enumerate import incisions, kernels
from beliefs.kernels.remainder import Remainder, remainders
from beliefs.reasoning.verdict import Unknown


@pytest.mark.parametrize("block", range(5))
def test_kernels_and_incisions_are_those_of_every_set(block: int) -> None:
    for seed in range(400 * block, 400 * (block + 1)):
        random = Random(seed)
        conflict = random_conflict(random, size=8, cores=Random(seed) if seed % 3 else None)
        order = random.sample(conflict.labels, len(conflict.labels))
        found = list(kernels(conflict, spare=order.index))
        assert len(found) == len(set(found))
        assert set(found) == conflict.kernels()
        cuts = list(incisions(conflict, spare=order.index))
        assert len(cuts) == len(set(cuts))
        assert set(cuts) == conflict.incisions()


def test_certain_labels_are_in_no_incision() -> None:
    blocked = 0
    for seed in range(1500):
        random = Random(seed)
        conflict = random_conflict(random, size=8, cores=Random(seed))
        certain = frozenset(label for label in conflict.labels if random.random() < 0.3)
        free = set(conflict.labels) - certain
        assert set(incisions(conflict, revisable=free.__contains__)) == conflict.incisions(free.__contains__)
        found = list(kernels(conflict, revisable=free.__contains__))
        everything = conflict.kernels()
        assert set(found) <= everything
        if any(kernel <= certain for kernel in everything):
            assert found[-1] <= certain
            blocked += 1
        else:
            smallest = {part for part in subsets(free) if conflict.contradicts(part | certain)}
            smallest = {part for part in smallest if not any(other < part for other in smallest)}
            parts = [kernel & free for kernel in found]
            assert len(parts) == len(set(parts))
            assert smallest <= set(parts)
    assert blocked > 50


def test_remainders_are_the_maximal_sets_that_agree() -> None:
    for seed in range(600):
        conflict = random_conflict(Random(seed), size=8, cores=Random(seed))
        agreeing = [each for each in subsets(conflict.labels) if not conflict.contradicts(each)]
        maximal = {each for each in agreeing if not any(each < other for other in agreeing)}
        found = list(remainders(conflict))
        assert {frozenset(conflict.labels) - each.excluded for each in found} == maximal
        assert len(found) == len(maximal)


def test_where_nothing_contradicts_the_input() -> None:
    conflict = of_family("abc", [])
    assert list(kernels(conflict)) == []
    assert list(incisions(conflict)) == [frozenset()]
    assert list(remainders(conflict)) == [Remainder(frozenset())]


def test_where_the_input_contradicts_itself() -> None:
    conflict = of_family("abc", [[]])
    assert list(kernels(conflict)) == [frozenset()]
    assert list(incisions(conflict)) == []
    assert list(remainders(conflict)) == []


def test_a_limit_is_kept() -> None:
    conflict = of_family("abcdef", ["ab", "cd", "ef"])
    assert len(list(kernels(conflict, limit=2))) == 2
    assert len(list(incisions(conflict, limit=3))) == 3
    assert len(list(remainders(conflict, limit=8))) == 8
    assert list(kernels(conflict, limit=0)) == []


def test_nothing_is_asked_before_it_is_needed() -> None:
    # Two to the power of twenty minimal incisions, of which none is looked for.
    conflict = of_family(range(40), [{each, each + 20} for each in range(20)])
    found = kernels(conflict)
    assert conflict.questions == 0
    next(found)
    assert conflict.questions <= 20
    before = conflict.questions
    assert len(list(islice(remainders(conflict), 5))) == 5
    assert conflict.questions - before <= 20 * 20 + 5


def test_unknown_ends_the_enumeration_and_spoils_nothing() -> None:
    met = 0
    for seed in range(800):
        random = Random(seed)
        conflict = random_conflict(random, size=7, cores=Random(seed))
        conflict.unknown_at = {random.randint(1, 15)}
        for enumerated, expected in ((kernels, conflict.kernels()), (incisions, conflict.incisions())):
            conflict.questions = 0
            found = list(enumerated(conflict))
            if conflict.questions >= min(conflict.unknown_at):
                met += 1
                assert isinstance(found.pop(), Unknown)
                assert set(found) <= expected
            else:
                assert set(found) == expected
    assert met > 100


def test_the_order_of_kernels_does_not_hang_on_the_hashes_of_labels() -> None:
    family = [{"rain", "wet"}, {"wet", "slip"}, {"rain", "umbrella", "slip"}]
    conflict = of_family(["rain", "wet", "slip", "umbrella"], family)
    assert [sorted(kernel) for kernel in kernels(conflict)] == [
        ["slip", "wet"],
        ["rain", "wet"],
        ["rain", "slip", "umbrella"],
    ]
