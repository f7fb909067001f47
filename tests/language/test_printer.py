"""The printer writes one canonical text for every tree, and the parser reads just that tree back."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from support.sentences import documents, formulas, headers

from beliefs.errors import ParseError
from beliefs.language.parser import parse_document, parse_formula, parse_statement
from beliefs.language.printer import (
    print_declaration,
    print_document,
    print_formula,
    print_header,
    print_number,
    print_statement,
)
from beliefs.language.syntax import (
    Atom,
    Constant,
    ConstantDeclaration,
    Document,
    Formula,
    FunctionDeclaration,
    Header,
    PredicateDeclaration,
    SortDeclaration,
    Statement,
)


@given(formulas())
@settings(max_examples=600)
def test_parser_reads_back_what_the_printer_wrote(formula: Formula) -> None:
    assert parse_formula(print_formula(formula)) == formula


@given(formulas())
@settings(max_examples=300)
def test_text_of_the_printer_is_read_the_same_without_a_search_for_forgotten_quantifiers(
    formula: Formula,
) -> None:
    assert parse_formula(print_formula(formula), canonical=True) == formula


def test_loose_letter_is_an_individual_in_text_of_the_printer() -> None:
    formula = Atom("p", (Constant("x"),))
    assert parse_formula(print_formula(formula), canonical=True) == formula
    with pytest.raises(ParseError, match="x"):
        parse_formula(print_formula(formula))


@given(documents())
@settings(max_examples=100)
def test_parser_reads_back_a_whole_document(document: Document) -> None:
    assert parse_document(print_document(document)) == document


@given(headers())
@settings(max_examples=300)
def test_parser_reads_back_a_header(header: Header) -> None:
    statement = Statement(header, Atom("p"))
    assert parse_statement(print_statement(statement)) == statement


@given(formulas(depth=2))
@settings(max_examples=300)
def test_brackets_are_only_where_the_tree_needs_them(formula: Formula) -> None:
    """Leaving out any one pair of brackets changes the tree, or leaves no formula at all."""
    text = print_formula(formula)
    opened: list[int] = []
    for index, character in enumerate(text):
        if character == "(":
            opened.append(index)
        elif character == ")":
            start = opened.pop()
            if (
                text[start - 1 : start] == "!"
                or text[start - 1 : start].isalnum()
                or text[:start].endswith(("'", "_"))
            ):
                continue  # around arguments, or around a negated comparison, where they help the reader
            without = text[:start] + text[start + 1 : index] + text[index + 1 :]
            try:
                other = parse_formula(without)
            except Exception:
                continue
            assert other != formula, (text, without)


@pytest.mark.parametrize(
    "text",
    [
        "p",
        "true & !false",
        "p & q & r",
        "(p & q) & r",
        "p & (q & r)",
        "p | q & r",
        "(p | q) & r",
        "p -> q -> r",
        "(p -> q) -> r",
        "p <-> q <-> r",
        "p <-> (q <-> r)",
        "p -> q <-> r",
        "p -> (q <-> r)",
        "!!p",
        "!(p & q)",
        "!(a = b)",
        "a != b",
        "forall x. bird(x) -> flies(x)",
        "forall x, y: Room, z: Robot, other. p(x, y, z, other)",
        "exists x: Room. !forall y. p(x, y) | q",
        "(forall x. p(x)) & q",
        "!(forall x. p(x)) & q",
        "p & forall x. q(x)",
        "p -> (exists x. q(x)) -> r",
        "p | !exists x. q(x)",
        "a + b - c = 2 * (a + 1)",
        "a - (b - c) < -a",
        "-(a + b) >= --c",
        "1/3 * f(a) + 0.25 > 3.0",
        "f(a, g(b)) = 12",
        "2 * 3 * a = 2 * (3 * a)",
    ],
)
def test_canonical_texts_are_printed_as_they_stand(text: str) -> None:
    assert print_formula(parse_formula(text)) == text


@pytest.mark.parametrize(
    ("value", "real", "text"),
    [
        (Fraction(3), False, "3"),
        (Fraction(3), True, "3.0"),
        (Fraction(1, 4), True, "0.25"),
        (Fraction(1, 5), True, "0.2"),
        (Fraction(123, 1000), True, "0.123"),
        (Fraction(7, 20), True, "0.35"),
        (Fraction(1, 3), True, "1/3"),
        (Fraction(-1, 4), True, "-0.25"),
        (Fraction(-22, 7), True, "-22/7"),
        (Fraction(0), True, "0.0"),
    ],
)
def test_numbers(value: Fraction, real: bool, text: str) -> None:
    assert print_number(value, real) == text


def test_declarations() -> None:
    texts = {
        SortDeclaration("Robot"): "sort Robot",
        SortDeclaration("Room", ("kitchen", "hall")): "sort Room = {kitchen, hall}",
        PredicateDeclaration("raining"): "pred raining",
        PredicateDeclaration("at", ("Robot", "Room")): "pred at(Robot, Room)",
        FunctionDeclaration("leader", (), "Robot"): "func leader: Robot",
        FunctionDeclaration("battery", ("Robot",), "Real"): "func battery(Robot): Real",
        ConstantDeclaration("r2", "Robot"): "const r2: Robot",
    }
    assert {declaration: print_declaration(declaration) for declaration in texts} == texts


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (Header(), ""),
        (Header("fly"), "[fly]"),
        (Header("fly", "certain", Fraction(2)), "[fly @certain]"),
        (Header(None, 2, Fraction(1, 2), "field guide"), '[@2*0.5 "field guide"]'),
        (Header(None, 2, Fraction(1, 3)), "[@2*1/3]"),
        (Header(None, None, Fraction(7)), "[@1*7]"),
        (Header("a", 0, None, 'say "hi"\\\n'), r'[a @0 "say \"hi\"\\\n"]'),
    ],
)
def test_headers(header: Header, text: str) -> None:
    assert print_header(header) == text
