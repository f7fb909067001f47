"""A map in layers is the map that one would get by copying all that lies below and changing the copy."""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from beliefs.layered import Layered

KEYS = st.integers(0, 5)
BELOW = st.dictionaries(KEYS, st.integers(0, 3))
STEPS = st.lists(st.tuples(st.sampled_from(["set", "delete"]), KEYS, st.integers(0, 3)), max_size=12)


def changed(
    below: Mapping[int, int], steps: list[tuple[str, int, int]]
) -> Iterator[tuple[Layered[int, int], dict[int, int]]]:
    """Pairs of a map in layers and what it is to be, after each of some steps."""
    layered, model = Layered(below), dict(below)
    yield layered, dict(model)
    for step, key, value in steps:
        if step == "set":
            layered = layered.set(key, value)
            model[key] = value
        elif key in model:
            layered = layered.delete(key)
            del model[key]
        else:
            with pytest.raises(KeyError):
                layered.delete(key)
        yield layered, dict(model)


@given(BELOW, STEPS)
def test_it_answers_as_a_dict(below: dict[int, int], steps: list[tuple[str, int, int]]) -> None:
    for layered, model in list(changed(below, steps)):
        assert dict(layered) == model
        assert sorted(layered) == sorted(model)
        assert len(layered) == len(model)
        assert bool(layered) == bool(model)
        for key in range(6):
            assert (key in layered) == (key in model)
            assert layered.get(key) == model.get(key)
            assert layered.get(key, "none") == model.get(key, "none")
            if key in model:
                assert layered[key] == model[key]
            else:
                with pytest.raises(KeyError):
                    layered[key]


@given(BELOW, STEPS, STEPS)
def test_equal_maps_are_equal_however_they_came_about(
    below: dict[int, int], steps: list[tuple[str, int, int]], others: list[tuple[str, int, int]]
) -> None:
    *_, (one, model) = changed(below, steps)
    *_, (other, other_model) = changed(below, others)
    assert (one == other) == (model == other_model)
    assert (one == Layered(other_model)) == (model == other_model)
    assert one == Map(model)
    assert hash(one) == hash(Map(model))
    assert one != "a map"


@given(BELOW, STEPS, STEPS)
def test_a_mutation_changes_nothing_but_what_it_finishes(
    below: dict[int, int], steps: list[tuple[str, int, int]], later: list[tuple[str, int, int]]
) -> None:
    *_, (layered, model) = changed(below, steps)
    known = dict(model)
    mutation = layered.mutate()
    for step, key, value in later:
        assert (key in mutation) == (key in model)
        assert mutation.get(key, -1) == model.get(key, -1)
        if step == "set":
            mutation[key] = value
            model[key] = value
        elif value:
            assert mutation.pop(key, None) == model.pop(key, None)
        elif key in model:
            assert mutation[key] == model[key]
            del mutation[key]
            del model[key]
        else:
            with pytest.raises(KeyError):
                del mutation[key]
            with pytest.raises(KeyError):
                mutation[key]
    finished = mutation.finish()
    assert dict(finished) == model
    assert len(finished) == len(model)
    assert dict(layered) == known


@given(BELOW, BELOW)
def test_update_takes_the_values_of_the_other(below: dict[int, int], other: dict[int, int]) -> None:
    assert dict(Layered(below).update(other)) == {**below, **other}
