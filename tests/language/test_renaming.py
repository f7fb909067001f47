"""Formulas said with other symbols."""

from __future__ import annotations

import pytest

from beliefs.language.parser import parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.renaming import renamed

NAMES = {"p": "q", "f": "g", "a": "b", "x": "y", "q": "r"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("p", "q"),
        ("p & q -> !s", "q & r -> !s"),
        ("p(a, c) | p(c, a)", "q(b, c) | q(c, b)"),
        ("forall x. p(x) <-> exists y. s(x, y)", "forall x. q(x) <-> exists y. s(x, y)"),
        ("f(a) + 2 * f(c) >= -f(a)", "g(b) + 2 * g(c) >= -g(b)"),
        ("a = c", "b = c"),
        ("true", "true"),
    ],
)
def test_every_symbol_is_renamed_once_and_variables_stay(before: str, after: str) -> None:
    assert print_formula(renamed(parse_formula(before), NAMES)) == after
    assert renamed(parse_formula(before), {}) == parse_formula(before)
