"""What passes the check is just what can be printed and read back; what does not is told what is wrong with it."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.sentences import formulas

from beliefs.errors import LanguageError, ParseError
from beliefs.language.parser import parse_formula, parse_statement
from beliefs.language.printer import print_formula
from beliefs.language.syntax import (
    MAX_DIGITS,
    MAX_NESTING,
    TRUE,
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    Constant,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    Term,
    Truth,
    Variable,
)
from beliefs.language.wellformed import check_formula, check_name

P = Atom("p")
A = Constant("a")


def nested(depth: int) -> Formula:
    formula: Formula = P
    for _ in range(depth - 1):
        formula = Not(formula)
    return formula


def deep_term(depth: int) -> Formula:
    term: Term = A
    for _ in range(depth):
        term = Minus(term)
    return Atom("q", (term,))


class TestFormula:
    @given(formulas())
    @settings(max_examples=300)
    def test_what_the_parser_builds_passes(self, formula: Formula) -> None:
        assert check_formula(formula) is formula

    def test_letters_may_be_individuals(self) -> None:
        check_formula(Atom("p", (Constant("x"),)))

    @pytest.mark.parametrize("formula", [nested(MAX_NESTING), deep_term(MAX_NESTING - 2)])
    def test_deepest_formula_passes(self, formula: Formula) -> None:
        assert parse_formula(print_formula(check_formula(formula))) == formula

    @pytest.mark.parametrize(
        "formula",
        [nested(MAX_NESTING + 1), deep_term(MAX_NESTING), nested(100_000), deep_term(100_000)],
        ids=["formula", "term", "very deep formula", "very deep term"],
    )
    def test_deeper_formula_is_refused(self, formula: Formula) -> None:
        with pytest.raises(ParseError, match="nests more than 200 deep"):
            check_formula(formula)

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (5, "a formula is a text or a syntax tree, not 5"),
            (None, "a formula is a text or a syntax tree, not None"),
            ([P], "a formula is a text or a syntax tree, not [Atom(predicate='p', arguments=())]"),
            (A, "Constant(name='a') is a term, and stands where a formula is expected"),
            (Not(A), "Constant(name='a') is a term, and stands where a formula is expected"),  # type: ignore[arg-type]
            (And((P, 5)), "5 stands where a formula is expected, and is no syntax tree"),  # type: ignore[arg-type]
            (Not("p"), "'p' stands where a formula is expected, and is no syntax tree"),  # type: ignore[arg-type]
            (
                Atom("q", ("a",)),  # type: ignore[arg-type]
                (
                    "'a' stands where a term is expected, and is no syntax tree\n"
                    "hint: write Constant for an individual, and Number for a number"
                ),
            ),
            (
                Atom("q", (P,)),  # type: ignore[arg-type]
                "Atom(predicate='p', arguments=()) is a formula, and stands where a term is expected",
            ),
            (Or([P, P]), "the operands of Or are a tuple, not "),  # type: ignore[arg-type]
            (Atom("q", "a"), "the arguments of Atom are a tuple, not 'a'"),  # type: ignore[arg-type]
            (ForAll([Binding("x")], P), "the bindings of ForAll are a tuple, not "),  # type: ignore[arg-type]
            (Atom(5), "the name of a proposition is a text, not 5"),  # type: ignore[arg-type]
            (Comparison("==", A, A), "Comparison has one of = != < <= > >=, not '=='"),  # type: ignore[arg-type]
            (
                Comparison("=", Arithmetic("/", A, A), A),  # type: ignore[arg-type]
                "Arithmetic has one of + - *, not '/'",
            ),
            (Truth("yes"), "Truth has True or False, not 'yes'"),  # type: ignore[arg-type]
            (
                Atom("q", (Application("f", ()),)),
                (
                    "the function 'f' is applied to nothing\n"
                    "hint: write Constant('f') for a function of no arguments"
                ),
            ),
            (
                Atom("q", (Number(Fraction(3), "no"),)),  # type: ignore[arg-type]
                "Number has a Fraction, and real=True or False, not Fraction(3, 1) and 'no'",
            ),
        ],
    )
    def test_what_is_no_tree_is_named(self, value: object, message: str) -> None:
        with pytest.raises(LanguageError) as caught:
            check_formula(value)
        assert str(caught.value).startswith(message)

    @pytest.mark.parametrize(
        ("formula", "message"),
        [
            (Atom("has space"), "'has space' cannot be the name of a proposition: it is not a name"),
            (Atom(""), "'' cannot be the name of a proposition: it is not a name"),
            (Atom("p\n", (A,)), r"'p\n' cannot be the name of a predicate: it is not a name"),
            (
                Atom("q", (Constant("forall"),)),
                "'forall' cannot be the name of an individual: it is a word of the language",
            ),
            (
                Comparison("=", Application("3rd", (A,)), A),
                "'3rd' cannot be the name of a function: it is not a name",
            ),
            (
                ForAll((Binding("exists"),), P),
                "'exists' cannot be the name of a variable: it is a word of the language",
            ),
            (ForAll((Binding("x", "a room"),), P), "'a room' cannot be the name of a sort: it is not a name"),
            (Atom("q", (Variable("r"),)), "the variable `r` is not bound by a quantifier"),
            (
                And((ForAll((Binding("r"),), P), Atom("q", (Variable("r"),)))),
                "the variable `r` is not bound by a quantifier",
            ),
            (
                ForAll((Binding("r"),), Atom("q", (Constant("r"),))),
                "`r` is an individual and also a variable of a quantifier in the same formula",
            ),
            (
                And((ForAll((Binding("r"),), P), Atom("q", (Constant("r"),)))),
                "`r` is an individual and also a variable of a quantifier in the same formula",
            ),
            (ForAll((Binding("r"),), Atom("r")), "`r` is a variable here, and cannot be a proposition"),
            (ForAll((Binding("r"),), Atom("r", (A,))), "`r` is a variable here, and cannot be a predicate"),
            (
                ForAll((Binding("r"),), Atom("q", (Application("r", (A,)),))),
                "`r` is a variable here, and cannot be a function",
            ),
            (
                Atom("q", (Number(Fraction(10**MAX_DIGITS)),)),
                f"a number of more than {MAX_DIGITS} characters",
            ),
            (
                Atom("q", (Number(Fraction(1, 2**MAX_DIGITS), real=True),)),
                f"a number of more than {MAX_DIGITS} characters",
            ),
            (
                Atom("q", (Number(Fraction(10**100_000)),)),
                f"a number of more than {MAX_DIGITS} characters",
            ),
        ],
    )
    def test_what_cannot_be_read_back_is_named(self, formula: Formula, message: str) -> None:
        with pytest.raises(ParseError) as caught:
            check_formula(formula)
        assert caught.value.message == message

    def test_it_passes_just_what_is_read_back(self) -> None:
        rng = random.Random(20)
        passed = 0
        for _ in range(6000):
            formula = any_formula(rng, 3)
            assert passes(formula) == is_read_back(formula), formula
            passed += passes(formula)
        assert 600 < passed < 5400


class TestName:
    @pytest.mark.parametrize("name", ["fly", "rule-3.1", "a:b", "3rd", "7", "not", "été'", "_"])
    def test_name_of_a_belief(self, name: str) -> None:
        assert check_name(name) is name

    @pytest.mark.parametrize("name", ["", "two words", "a]", "-a", "a-", "a--b", "@3", "a\n", '"a"'])
    def test_other_text_is_refused(self, name: str) -> None:
        with pytest.raises(ParseError, match="cannot be the name of a belief\n"):
            check_name(name)

    @pytest.mark.parametrize("name", [5, None, b"fly"])
    def test_what_is_no_text_is_refused(self, name: object) -> None:
        with pytest.raises(LanguageError, match="the name of a belief is a text, not"):
            check_name(name)

    @given(st.text(alphabet="a1_-.:'@\"é ٣x]\n", max_size=5))
    @settings(max_examples=500)
    def test_it_passes_just_what_a_header_holds(self, name: str) -> None:
        try:
            held = parse_statement(f"[{name}] p").header.name == name
        except LanguageError:
            held = False
        try:
            passed = check_name(name) == name
        except LanguageError:
            passed = False
        assert passed == held


def passes(formula: Formula) -> bool:
    try:
        check_formula(formula)
    except LanguageError:
        return False
    return True


def is_read_back(formula: Formula) -> bool:
    try:
        return parse_formula(print_formula(formula), canonical=True) == formula
    except (LanguageError, TypeError, AttributeError, UnboundLocalError):  # of the printer, on no tree
        return False


def a_name(rng: random.Random) -> Any:
    return rng.choice(("p", "q", "a", "b'", "x", "y", "x", "y")) if rng.random() < 0.97 else rng.choice(ODD)


ODD = ("", "has space", "not", "p & q", "x.", "3", "a-b", 5, None, "\n", "(p)", "p # q")


def any_formula(rng: random.Random, depth: int) -> Any:
    """Return a formula, or nearly: names are mixed up, and now and then something else stands in its place."""
    if rng.random() < 0.01:
        return rng.choice((5, None, "p", A, (P, P)))
    kind = rng.choice(("atom", "atom", "comparison", "truth", "not", "and", "or", "->", "<->", "all", "some"))
    if depth == 0 or kind in ("atom", "truth", "comparison"):
        if kind == "truth":
            return TRUE
        if kind == "comparison":
            operator: Any = rng.choice(("=", "!=", "<", "<=", ">", ">=")) if rng.random() < 0.95 else "≠"
            return Comparison(operator, any_term(rng, 2), any_term(rng, 2))
        arguments = [any_term(rng, 2) for _ in range(rng.randrange(3))]
        some: Any = tuple(arguments) if rng.random() < 0.98 else arguments
        return Atom(a_name(rng), some)
    first, second = any_formula(rng, depth - 1), any_formula(rng, depth - 1)
    match kind:
        case "not":
            return Not(first)
        case "and":
            return And((first, second))
        case "or":
            return Or((first, second))
        case "->":
            return Implies(first, second)
        case "<->":
            return Iff(first, second)
    bindings = (Binding(a_name(rng), rng.choice((None, "Room", "Thing"))),)
    return ForAll(bindings, first) if kind == "all" else Exists(bindings, first)


def any_term(rng: random.Random, depth: int) -> Any:
    if rng.random() < 0.01:
        return rng.choice((5, None, "a", P))
    match rng.randrange(7 if depth else 3):
        case 0:
            return Constant(rng.choice(("a", "b")) if rng.random() < 0.8 else a_name(rng))
        case 1:
            return Variable(rng.choice(("x", "y")))
        case 2:
            return Number(Fraction(rng.randrange(5), rng.choice((1, 2, 3))), real=True)
        case 3:
            return Minus(any_term(rng, depth - 1))
        case 4:
            operator: Any = rng.choice(("+", "-", "*")) if rng.random() < 0.95 else "/"
            return Arithmetic(operator, any_term(rng, depth - 1), any_term(rng, depth - 1))
        case _:
            return Application(a_name(rng), tuple(any_term(rng, depth - 1) for _ in range(rng.randrange(3))))
