"""Sentences generated from the grammar file itself: all are read, or refused for what they mean, never for form.

This holds our lexer and builder to the grammar that people read.
"""

from __future__ import annotations

from importlib.resources import files

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark

from beliefs.errors import ParseError
from beliefs.language.parser import parse_document, parse_formula, parse_statement
from beliefs.language.printer import print_document, print_formula, print_statement
from beliefs.language.syntax import KEYWORDS

GRAMMAR = files("beliefs.grammar").joinpath("beliefs.lark").read_text(encoding="utf-8")
LARK = Lark(GRAMMAR, parser="lalr", start=["formula", "header", "declaration"])

# What the terminals match, with space around words. A label must follow its bracket, which the generator does not
# know; so labels are names here.
NAMES = st.sampled_from(("p ", "q ", "at ", "a ", "f'"))
ANYWHERE = {
    "NAME": NAMES,
    "COMMENT": st.just("# and so on\n"),
    "SPACE": st.sampled_from((" ", "\n")),
}
IN_DECLARATIONS = {word.upper(): st.just(f"{word} ") for word in ("sort", "pred", "func", "const")}
IN_HEADERS = {
    "LABEL": NAMES,
    "STRING": st.sampled_from(('"source"', '"# \\" "')),
    "ENTRENCHMENT": st.sampled_from(("@certain ", "@3 ", "@2*1/2 ", "@0*0.5 ")),
}
IN_FORMULAS = {
    "NUMBER": st.sampled_from(("1 ", "0.5 ", "1/3 ")),
    "FORALL": st.sampled_from((" forall ", "∀")),
    "EXISTS": st.sampled_from((" exists ", "∃")),
    "TRUE": st.just(" true "),
    "FALSE": st.just(" false "),
    "_NOT": st.sampled_from((" not ", "! ", "¬")),
    "_AND": st.sampled_from((" and ", "&", "∧")),
    "_OR": st.sampled_from((" or ", "|", "∨")),
    "_IMPLIES": st.sampled_from((" implies ", "->", "→")),
    "_IFF": st.sampled_from((" iff ", "<->", "↔")),
    "MINUS": st.just(" - "),
}

ABOUT_MEANING = (
    "a formula stands where a term is expected",
    "a term stands where a formula is expected",
    "is bound twice by one quantifier",
    "is used outside its quantifier",
    "is a variable here and cannot be applied",
    "stands where a formula is expected",
)


def is_about_meaning(error: ParseError) -> bool:
    return any(reason in error.message for reason in ABOUT_MEANING)


@given(from_lark(LARK, start="formula", explicit=ANYWHERE | IN_FORMULAS))
@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_formulas(text: str) -> None:
    try:
        formula = parse_formula(text)
    except ParseError as error:
        if not is_about_meaning(error):
            raise
    else:
        assert parse_formula(print_formula(formula)) == formula


@given(from_lark(LARK, start="header", explicit=ANYWHERE | IN_HEADERS))
@settings(max_examples=100)
def test_headers(text: str) -> None:
    statement = parse_statement(text + "p")
    assert parse_statement(print_statement(statement)) == statement


@given(from_lark(LARK, start="declaration", explicit=ANYWHERE | IN_DECLARATIONS))
@settings(max_examples=100)
def test_declarations(text: str) -> None:
    document = parse_document(text.replace("\n", " ").replace("# and so on", " "))
    assert document.declarations
    assert parse_document(print_document(document)) == document


def test_the_words_of_the_language_are_those_of_the_grammar() -> None:
    quoted = {terminal.pattern.value for terminal in LARK.terminals if terminal.pattern.type == "str"}
    alternatives = {
        word
        for terminal in LARK.terminals
        if terminal.pattern.type == "re"
        for word in terminal.pattern.value.strip("(?:)").split("|")
    }
    assert {word for word in quoted | alternatives if word.isascii() and word.isalpha()} == KEYWORDS
