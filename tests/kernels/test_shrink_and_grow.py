"""Kernels within cores, and remainders grown from what is kept, against every set of labels."""

from __future__ import annotations

from math import log2
from random import Random

import pytest
from support.conflicts import SmallConflict, of_family, random_conflict

from beliefs.kernels.kernel import kernel_without, shrink
from beliefs.kernels.remainder import grow
from beliefs.reasoning.verdict import Label, Sat, Unknown, Unsat, Verdict


def linear_deletion(conflict: SmallConflict, order: list[Label]) -> frozenset[Label]:
    """Delete one label after the other, in this order, while what is left contradicts the input."""
    kept = set(order)
    for label in order:
        if conflict.contradicts(frozenset(kept - {label})):
            kept.remove(label)
    return frozenset(kept)


@pytest.mark.parametrize("block", range(10))
def test_what_is_left_of_a_core_is_a_kernel(block: int) -> None:
    for seed in range(200 * block, 200 * (block + 1)):
        random = Random(seed)
        conflict = random_conflict(random, size=9, cores=Random(seed))
        if conflict.contradicts(frozenset(conflict.labels)):
            order = random.sample(conflict.labels, len(conflict.labels))
            assert shrink(conflict, conflict.labels, spare=order.index) in conflict.kernels()


def test_without_help_from_cores_labels_go_in_the_order_of_trial() -> None:
    for seed in range(1500):
        random = Random(seed)
        conflict = random_conflict(random, size=12)
        if conflict.contradicts(frozenset(conflict.labels)):
            order = random.sample(conflict.labels, len(conflict.labels))
            assert shrink(conflict, conflict.labels, spare=order.index) == linear_deletion(conflict, order)


def test_revisable_labels_are_minimal_beside_all_certain_ones() -> None:
    shrunk = 0
    for seed in range(1500):
        random = Random(seed)
        conflict = random_conflict(random, size=9, cores=Random(seed))
        if not conflict.contradicts(frozenset(conflict.labels)):
            continue
        certain = frozenset(label for label in conflict.labels if random.random() < 0.4)
        kernel = shrink(conflict, conflict.labels, is_certain=certain.__contains__)
        assert kernel in conflict.kernels()
        for label in kernel - certain:
            assert not conflict.contradicts((kernel - {label}) | certain)
        shrunk += bool(kernel & certain) and bool(kernel - certain)
    assert shrunk > 100


def test_a_kernel_may_be_chosen_for_its_certain_labels() -> None:
    # Tried in the order of names alone, the two beliefs would be kept rather than the second certain one.
    conflict = of_family(["a", "b", "law 1", "law 2"], [{"a", "b", "law 1"}, {"b", "law 1", "law 2"}])
    certain = {"law 1", "law 2"}
    assert shrink(conflict, conflict.labels, is_certain=certain.__contains__) == {"b", "law 1", "law 2"}


def test_the_empty_kernel_says_that_the_input_contradicts_itself() -> None:
    conflict = of_family(["a", "b", "c"], [[]])
    assert shrink(conflict, conflict.labels) == frozenset()
    assert shrink(conflict, []) == frozenset()
    assert conflict.questions <= 2


def test_an_order_is_not_needed() -> None:
    conflict = of_family(range(9), [{1, 4}, {4, 7}])
    assert shrink(conflict, range(9)) == {4, 7}


@pytest.mark.parametrize(("size", "kernel_size"), [(1000, 1), (1000, 5), (1000, 50), (300, 150), (64, 64)])
def test_a_kernel_costs_few_questions_where_cores_are_no_help(size: int, kernel_size: int) -> None:
    for seed in range(5):
        kernel = frozenset(Random(seed).sample(range(size), kernel_size))
        conflict = of_family(range(size), [kernel])
        assert shrink(conflict, range(size), spare=int) == kernel
        assert conflict.questions <= 2 * kernel_size * (log2(size / kernel_size) + 1) + 2 * log2(size) + 2
        assert conflict.questions <= 2 * size


def test_a_tight_core_costs_a_question_a_label() -> None:
    class Tight(SmallConflict):
        def _core(self, asked: frozenset[Label]) -> frozenset[Label]:
            return frozenset(range(0, 1000, 100))

    conflict = Tight(range(1000), lambda asked: asked >= set(range(0, 1000, 100)))
    assert shrink(conflict, range(1000), spare=int) == set(range(0, 1000, 100))
    assert conflict.questions <= 20


def test_unknown_is_never_a_kernel() -> None:
    answered = 0
    for seed in range(600):
        random = Random(seed)
        conflict = random_conflict(random, size=9, cores=Random(seed))
        if not conflict.contradicts(frozenset(conflict.labels)):
            continue
        conflict.unknown_at = {random.randint(1, 12)}
        kernel = shrink(conflict, conflict.labels)
        asked_it = conflict.questions >= min(conflict.unknown_at)
        assert isinstance(kernel, Unknown) == asked_it
        answered += asked_it
        assert asked_it or kernel in conflict.kernels()
    assert answered > 100


def test_a_kernel_without_some_labels() -> None:
    for seed in range(500):
        random = Random(seed)
        conflict = random_conflict(random, size=8, cores=Random(seed))
        excluded = frozenset(random.sample(conflict.labels, random.randint(0, len(conflict.labels))))
        found = kernel_without(conflict, excluded)
        possible = {kernel for kernel in conflict.kernels() if not kernel & excluded}
        assert found in possible if possible else found == Sat()


def test_a_core_of_what_was_left_out_is_reported() -> None:
    class Broken(SmallConflict):
        def without(self, excluded: object) -> Verdict:
            return Unsat(frozenset(self.labels))

    conflict = Broken(["a", "b"], lambda asked: True)
    with pytest.raises(ValueError, match="labels that it was to leave out: b"):
        kernel_without(conflict, frozenset({"b"}))


def test_what_is_kept_grows_to_a_remainder_in_order() -> None:
    for seed in range(1500):
        random = Random(seed)
        conflict = random_conflict(random, size=10, cores=Random(seed))
        order = random.sample(conflict.labels, len(conflict.labels))
        kept = order[: random.randint(0, 3)]
        if conflict.contradicts(frozenset(kept)):
            with pytest.raises(ValueError, match="already contradicts the input"):
                grow(conflict, kept, order)
            continue
        expected = set(kept)
        for label in order:
            if not conflict.contradicts(frozenset(expected | {label})):
                expected.add(label)
        assert grow(conflict, kept, order) == expected


def test_growing_costs_few_questions_where_little_stays_out() -> None:
    conflict = of_family(range(1000), [{3, 500}, {500, 900}, {901, 902, 903}])
    assert grow(conflict, [], range(1000)) == set(range(1000)) - {500, 903}
    assert conflict.questions <= 60


def test_growing_never_takes_unknown_for_an_answer() -> None:
    for seed in range(500):
        random = Random(seed)
        conflict = random_conflict(random, size=10, cores=Random(seed))
        if conflict.contradicts(frozenset()):
            continue
        conflict.unknown_at = {random.randint(1, 8)}
        grown = grow(conflict, [], conflict.labels)
        assert isinstance(grown, Unknown) == (conflict.questions >= min(conflict.unknown_at))
        if not isinstance(grown, Unknown):
            rest = set(conflict.labels) - grown
            assert not conflict.contradicts(grown)
            assert all(conflict.contradicts(grown | {label}) for label in rest)


def test_certain_labels_that_a_tight_core_spares_cost_no_questions() -> None:
    kernel = {"belief", "law 5"}
    conflict = of_family(
        ["belief", "other", *(f"law {number}" for number in range(500))], [kernel], cores=Random(1)
    )
    shrunk = shrink(conflict, conflict.labels, is_certain=lambda label: str(label).startswith("law"))
    assert shrunk == kernel
    assert conflict.questions <= 12
