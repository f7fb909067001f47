"""Names of PDDL in the language: injective, readable, and readable back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beliefs.language.parser import parse_formula
from beliefs.language.syntax import is_name
from beliefs.planning.names import to_language, to_pddl

NAMES = st.one_of(
    st.text("ab-_01", min_size=1, max_size=6),
    st.text(min_size=1, max_size=4),
    st.sampled_from(["not", "forall", "true", "pddl_61", "pddl-61", "pddl_", "_", "-", "1", "é", "a'"]),
)


@pytest.mark.parametrize(
    ("pddl", "written"),
    [
        ("pick-up", "pick_up"),
        ("pick_up", "pick__up"),
        ("at-2-b", "at_2_b"),
        ("4ops", "_4ops"),
        ("not", "not'"),
        ("x", "x'"),
        ("a-_b", "pddl_612d5f62"),
        ("a'", "pddl_6127"),
    ],
)
def test_a_name_is_written(pddl, written):
    assert to_language(pddl) == written
    assert to_pddl(written) == pddl


def test_a_taken_name_gets_primes():
    assert to_language("on", {"on", "on'"}) == "on''"
    assert to_pddl("on''") == "on"


@given(NAMES)
def test_every_name_is_a_name_of_the_language_and_leads_back(name):
    written = to_language(name)
    assert is_name(written)
    assert to_pddl(written) == name
    parse_formula(f"p({written})")


@given(st.sets(NAMES))
def test_different_names_are_written_differently(names):
    assert len({to_language(name) for name in names}) == len(names)
