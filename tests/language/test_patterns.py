"""Texts that are alike but for their names: what is built by a pattern is what the parser would have made."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sentences import documents, formulas

from beliefs.errors import ParseError
from beliefs.language import parser
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.patterns import _NAME, Patterns
from beliefs.language.printer import print_document, print_formula
from beliefs.language.syntax import conjunction

NAMES = st.sampled_from(
    ["a", "b", "bird", "at'", "x", "y", "u", "kitchen", "forallx", "trueish", "not1", "Robot", "Real", "é"]
)


def parsed(kind: str, text: str) -> object:
    """What the parser itself makes of a text."""
    return parser._parse(kind, text, 0, text).value  # type: ignore[arg-type]


def whole(node: Any) -> Any:
    """A tree with all there is in it, the spans as well, which comparison leaves out."""
    if isinstance(node, tuple) and not hasattr(node, "_fields"):
        return tuple(map(whole, node))
    if is_dataclass(node):
        return (type(node), *(whole(getattr(node, field.name)) for field in fields(node)))
    return node


def outcome(kind: str, text: str) -> Any:
    try:
        return whole(parsed(kind, text))
    except ParseError as error:
        return str(error)


@given(formulas(), st.lists(NAMES, min_size=12, max_size=12), st.lists(NAMES, min_size=12, max_size=12))
def test_a_text_of_a_known_pattern_is_built_as_it_would_be_parsed(
    formula: Any, first: list[str], second: list[str]
) -> None:
    text = print_formula(formula)
    known = dict.fromkeys(_NAME.findall(text))

    def renamed(names: list[str]) -> str:
        table = dict(zip(known, names, strict=False))
        return _NAME.sub(lambda match: table.get(match[0], match[0]), text)

    patterns = Patterns(parsed, spans=True)
    for names in (first, first, second, first):
        candidate = renamed(names)
        expected = outcome("formula", candidate)
        built = patterns.build("formula", candidate)
        if built is not None:
            assert whole(built) == expected


@given(documents())
def test_a_document_read_again_is_the_same_with_the_same_spans(document: Any) -> None:
    text = print_document(document)
    trees = [whole(parse_document(text)) for _ in range(3)]
    slow = [
        whole(parser._parse(parser.LINE, text[start:end], start, text).value)
        for start, end in parser._logical_lines(text)
    ]
    for tree in trees:
        assert tree == trees[0]
    read = [*trees[-1][1], *trees[-1][2]]
    assert sorted(map(repr, read)) == sorted(
        repr(part) for each in slow for part in (each if isinstance(each[0], tuple) else [each])
    )


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(
    "text", ["p(x) -> q", "forall x. p(y)", "p(x", "p(a", "forall a. p(a) & forall a, a. q(a)"]
)
def test_what_is_wrong_is_said_however_often_it_is_read(text: str, count: int) -> None:
    with pytest.raises(ParseError) as first:
        parse_formula(text)
    for _ in range(count):
        with pytest.raises(ParseError, match=r".") as again:
            parse_formula(text)
        assert str(again.value) == str(first.value)


def test_a_variable_that_looks_forgotten_is_told_after_names_that_do_not() -> None:
    for name in ("a", "b", "c"):
        parse_formula(f"bird({name})")
    with pytest.raises(ParseError):
        parse_formula("bird(x)")


def test_more_patterns_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beliefs.language.patterns.PATTERNS", 3)
    patterns = Patterns(parsed, spans=False)
    for length in range(1, 20):
        text = " & ".join(f"p{place}" for place in range(length + 1))
        for _ in range(3):
            built = patterns.build("formula", text)
        assert built == parsed("formula", text)
    assert len(patterns._known) <= 3


@given(st.lists(formulas(), min_size=1, max_size=5))
def test_a_long_conjunction_read_by_parts_is_what_would_be_parsed(parts: list[Any]) -> None:
    text = print_formula(conjunction(tuple(parts)))
    read = parser._by_parts(text)
    assert read is None or read == parsed("formula", text)


def test_a_conjunction_of_thousands_is_read_by_parts() -> None:
    text = " & ".join(f"(p{place} -> q{place} | r)" for place in range(3_000))
    read = parser._by_parts(text)
    assert read is not None
    assert print_formula(read) == text
    assert parse_formula(text, canonical=True) == read
