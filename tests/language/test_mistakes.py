"""Every mistake that has a message of its own, with the whole message."""

from __future__ import annotations

import pytest

from beliefs.errors import ParseError
from beliefs.language.mistakes import FIRST_ORDER, FORMULAS, LEVELS, REVERSED_ARROW, TERMS
from beliefs.language.parser import parse_document, parse_formula, parse_statement


def shown(text: str, column: int, width: int, message: str, *rest: str, line: int = 1) -> str:
    """Return a message as it should be printed, for a fault in one line of a text."""
    faulty = text.split("\n")[line - 1]
    carets = " " * (column - 1) + "^" * width
    return "\n".join([f"line {line}, column {column}: {message}", f"    {faulty}", f"    {carets}", *rest])


FOREIGN = "is not of the language"
AFTER_FORMULA = "a connective, a comparison, an arithmetic operator"
NAMED = "choose another name, such as"


@pytest.mark.parametrize(
    ("text", "column", "width", "message", "rest"),
    [
        # Signs of other languages.
        ("p => q", 3, 2, f"`=>` {FOREIGN}", ["hint: write `->` for implication"]),
        ("p=>q", 2, 2, f"`=>` {FOREIGN}", ["hint: write `->` for implication"]),
        ("p ==> q", 3, 3, f"`==>` {FOREIGN}", ["hint: write `->` for implication"]),
        ("p --> q", 3, 3, f"`-->` {FOREIGN}", ["hint: write `->` for implication"]),
        (
            "q(a) :- p(a)",
            6,
            2,
            f"`:-` {FOREIGN}",
            ["hint: write an implication from left to right, `body -> head`"],
        ),
        ("p <=> q", 3, 3, f"`<=>` {FOREIGN}", ["hint: write `<->` for equivalence"]),
        ("a == b", 3, 2, f"`==` {FOREIGN}", ["hint: write `=` for equality"]),
        ("a := b", 3, 2, f"`:=` {FOREIGN}", ["hint: write `=` for equality"]),
        ("a <> b", 3, 2, f"`<>` {FOREIGN}", ["hint: write `!=` for unequal"]),
        ("a /= b", 3, 2, f"`/=` {FOREIGN}", ["hint: write `!=` for unequal"]),
        ("a =< 3", 3, 2, f"`=<` {FOREIGN}", ["hint: write `<=` for at most"]),
        ("p && q", 3, 2, f"`&&` {FOREIGN}", ["hint: write `&` for and"]),
        ("p || q", 3, 2, f"`||` {FOREIGN}", ["hint: write `|` for or"]),
        ("~p", 1, 1, f"`~` {FOREIGN}", ["hint: write `!` for not"]),
        ("p & ~q", 5, 1, f"`~` {FOREIGN}", ["hint: write `!` for not"]),
        ("p /\\ q", 3, 2, f"`/\\` {FOREIGN}", ["hint: write `&` for and"]),
        ("p \\/ q", 3, 2, f"`\\/` {FOREIGN}", ["hint: write `|` for or"]),
        ("(p & q) <= r", 2, 5, "a formula stands where a term is expected", [f"hint: {REVERSED_ARROW}"]),
        # Words of other languages.
        ("FORALL x. p(x)", 1, 6, "`FORALL` is not a word of the language", ["hint: write `forall`"]),
        ("p & some x. q(x)", 5, 4, "`some` is not a word of the language", ["hint: write `exists`"]),
        ("p AND q", 3, 3, "`AND` is not a word of the language", ["hint: write `and`"]),
        (
            "if p then q",
            4,
            1,
            "`if` is not a word of the language",
            ["hint: write `p -> q` for: if p then q"],
        ),
        # Quantifiers.
        (
            "forall x p(x)",
            10,
            1,
            "the variables of a quantifier end in a `.`",
            ["expected `,`, `:` or `.`", "hint: write `forall x. …`, or with a sort `forall x: Room. …`"],
        ),
        (
            "∃y (p(y))",
            4,
            1,
            "the variables of a quantifier end in a `.`",
            ["expected `,`, `:` or `.`", "hint: write `forall y. …`, or with a sort `forall y: Room. …`"],
        ),
        (
            "forall x: Room p(x)",
            16,
            1,
            "the variables of a quantifier end in a `.`",
            [
                "expected `,` or `.`",
                "hint: after `:` comes the sort, then the body after a `.`: `forall x: Room. …`",
            ],
        ),
        (
            "forall x: bird(x) -> flies(x)",
            15,
            1,
            "the variables of a quantifier end in a `.`",
            [
                "expected `,` or `.`",
                "hint: after `:` comes the sort, then the body after a `.`: `forall x: bird. …`",
            ],
        ),
        (
            "forall x Room. p(x)",
            10,
            4,
            "the variable of a quantifier and its sort are parted by a `:`",
            [
                "expected `,`, `:` or `.`",
                "hint: write `forall x: Sort. …`, or `,` between two variables: `forall x, y. …`",
            ],
        ),
        (
            "forall x in Room. p(x)",
            10,
            2,
            "the variable of a quantifier and its sort are parted by a `:`",
            [
                "expected `,`, `:` or `.`",
                "hint: write `forall x: Sort. …`, or `,` between two variables: `forall x, y. …`",
            ],
        ),
        (
            "forall (x) p(x)",
            8,
            1,
            "the variables of a quantifier stand without brackets",
            ["hint: write `forall x. …`"],
        ),
        (
            "forall . p",
            8,
            1,
            "unexpected `.`",
            ["expected a variable", "hint: name the variables of a quantifier: `forall x, y: Room. …`"],
        ),
        ("forall x, x. p", 11, 1, "`x` is bound twice by one quantifier", ["hint: leave one of them out"]),
        # Variables.
        (
            "p(x) -> q",
            3,
            1,
            "the variable `x` is not bound by a quantifier",
            [
                (
                    "hint: write `forall x. …` or `exists x. …`; or, if it is an individual, declare it: "
                    "`const x: Thing`"
                )
            ],
        ),
        (
            "(forall r. p(r)) & q(r)",
            22,
            1,
            "the variable `r` is used outside its quantifier",
            [
                (
                    "hint: the body of a quantifier reaches as far right as brackets let it: move the closing "
                    "bracket, or rename"
                )
            ],
        ),
        (
            "p(robot) & forall robot. q(robot)",
            3,
            5,
            "the variable `robot` is used outside its quantifier",
            [
                (
                    "hint: the body of a quantifier reaches as far right as brackets let it: move the closing "
                    "bracket, or rename"
                )
            ],
        ),
        (
            "forall x. p(?x)",
            13,
            1,
            "`?` is no part of a name",
            ["hint: a variable is a plain name that a quantifier binds: `forall x. …`"],
        ),
        (
            "forall ?who. p",
            8,
            1,
            "`?` is no part of a name",
            ["hint: a variable is a plain name that a quantifier binds: `forall who. …`"],
        ),
        (
            "forall x. x",
            11,
            1,
            "the variable `x` stands where a formula is expected",
            [f"hint: {FORMULAS}"],
        ),
        (
            "forall x. x(a)",
            11,
            1,
            "`x` is a variable here and cannot be applied",
            [f"hint: {FIRST_ORDER}"],
        ),
        # Brackets.
        (
            "(p & q",
            1,
            1,
            "`(` is never closed",
            [f"expected {AFTER_FORMULA} or `)`", "hint: write `)` where it should end"],
        ),
        (
            "p & at(r2, hall",
            7,
            1,
            "`(` is never closed",
            ["expected an arithmetic operator, `,` or `)`", "hint: write `)` where it should end"],
        ),
        (
            "p & q)",
            6,
            1,
            "this `)` closes nothing",
            ["hint: leave it out, or write `(` where it should begin"],
        ),
        ("(p & q]", 7, 1, "`(`, opened at line 1, column 1, is closed by `]`", ["hint: write `)` here"]),
        (
            "at(r2, hall -> p",
            13,
            2,
            "unexpected `->` among the arguments",
            [
                "expected an arithmetic operator, `,` or `)`",
                f"hint: close the `(` opened at line 1, column 3, or give it terms only: {TERMS}",
            ],
        ),
        # Words of the language as names.
        (
            "p(and)",
            3,
            3,
            "`and` is a word of the language and cannot be a name",
            [f"hint: {NAMED} `and_`"],
        ),
        (
            "forall true. p",
            8,
            4,
            "`true` is a word of the language and cannot be a name",
            [f"hint: {NAMED} `true_`"],
        ),
        (
            "p & const",
            5,
            5,
            "`const` is a word of the language and cannot be a name",
            [f"hint: {NAMED} `const_`"],
        ),
        # Terms and formulas mixed up.
        (
            "believes(!raining)",
            10,
            1,
            "a formula begins where a term is expected",
            ["expected a term", f"hint: {TERMS}"],
        ),
        ("p = (q & r)", 6, 5, "a formula stands where a term is expected", [f"hint: {TERMS}"]),
        ("p & 3", 5, 1, "a term stands where a formula is expected", [f"hint: {FORMULAS}"]),
        ("p -> a + 1", 6, 5, "a term stands where a formula is expected", [f"hint: {FORMULAS}"]),
        (
            "raining()",
            9,
            1,
            "`raining` has no arguments between its brackets",
            ["expected a term", "hint: a proposition is written without brackets: `raining`"],
        ),
        # Numbers and comparisons.
        (
            "1 < a < 3",
            7,
            1,
            "comparisons do not chain",
            ["hint: write `a < b & b < c` for `a < b < c`"],
        ),
        (
            "a / 2 < 1",
            3,
            1,
            "there is no division",
            ["hint: multiply by a fraction: `1/2 * cost(a)` for half of cost(a)"],
        ),
        ("a < .5", 5, 1, "a number does not begin with a `.`", ["hint: write `0.5` for `.5`"]),
        ("a < 2.", 6, 1, "a number does not end in a `.`", ["hint: write `2.0` or `2`"]),
        ("3cost < 1", 2, 4, "a product is written with `*`", ["hint: write `3 * cost`"]),
        ("1/0 < a", 1, 3, "a fraction has a denominator other than 0", []),
        # Ends.
        ("p.", 2, 1, "a belief does not end in `.`", ["hint: leave it out: a line break ends a belief"]),
        ("p;", 2, 1, "a belief does not end in `;`", ["hint: leave it out: a line break ends a belief"]),
        ("p -> ", 5, 1, "the text ends too early", ["expected a formula"]),
        ("a + ", 4, 1, "the text ends too early", ["expected a term"]),
        ("p q", 3, 1, "unexpected `q`", [f"expected {AFTER_FORMULA} or the end of the formula"]),
        ("p & | q", 5, 1, "unexpected `|`", ["expected a formula"]),
        (
            "p // rain",
            3,
            1,
            "unexpected `/`",
            [f"expected {AFTER_FORMULA} or the end of the formula", "hint: a comment begins with `#`"],
        ),
        # Quotes, and what belongs in a document.
        (
            "p('tweety')",
            3,
            1,
            "text in quotes stands only in a header, as the source",
            ["hint: an individual is named without quotes: `tweety`"],
        ),
        (
            'p("tweety")',
            3,
            8,
            "text in quotes stands only in a header, as the source",
            ["hint: an individual is named without quotes: `tweety`"],
        ),
        ("[a] p", 1, 1, "a formula alone has no header", ["hint: leave out what is in the brackets"]),
        (
            "pred p",
            1,
            4,
            "this is a declaration",
            ["expected a formula", "hint: declarations stand on lines of their own in a document"],
        ),
    ],
)
def test_formula(text: str, column: int, width: int, message: str, rest: list[str]) -> None:
    with pytest.raises(ParseError) as caught:
        parse_formula(text)
    assert str(caught.value) == shown(text, column, width, message, *rest)


@pytest.mark.parametrize(
    ("text", "column", "width", "message", "rest"),
    [
        ("[a @-1] p", 4, 3, "this is not a level", [f"hint: {LEVELS}"]),
        ("[a @high] p", 4, 5, "this is not a level", [f"hint: {LEVELS}"]),
        ("[a @1.5] p", 4, 4, "this is not a level", [f"hint: {LEVELS}"]),
        ("[@2*-1] p", 2, 5, "this is not a level", [f"hint: {LEVELS}"]),
        ("[@certain*2] p", 2, 10, "this is not a level", [f"hint: {LEVELS}"]),
        ("[@1*0] p", 2, 4, "a weight is a positive number", [f"hint: {LEVELS}"]),
        ("[@1*1/0] p", 2, 6, "a fraction has a denominator other than 0", []),
        (
            "[@3 fly] p",
            5,
            3,
            "unexpected `fly`",
            [
                "expected `]` or a source in quotes",
                'hint: a header is `[name @level "source"]`, each part optional, in this order',
            ],
        ),
        (
            '[a "x] p',
            4,
            1,
            "this text in quotes never ends",
            ['hint: write `"` at its end, in the same line'],
        ),
        (
            "[a",
            1,
            1,
            "`[` is never closed",
            [
                "expected `]`, a level such as `@2` or a source in quotes",
                "hint: write `]` where it should end",
            ],
        ),
        ("[a] ", 4, 1, "the text ends too early", ["expected a belief"]),
        ("-> p", 1, 2, "unexpected `->`", ["expected a belief or a declaration"]),
        (
            "sort sort",
            6,
            4,
            "`sort` is a word of the language and cannot be a name",
            [f"hint: {NAMED} `sort_`"],
        ),
        ("pred p(Room, )", 14, 1, "unexpected `)`", ["expected a sort name"]),
        ("sort R = {}", 11, 1, "unexpected `}`", ["expected a name"]),
        ("sort R = {a b}", 13, 1, "unexpected `b`", ["expected `,` or `}`"]),
        (
            "sort R = {a",
            10,
            1,
            "`{` is never closed",
            ["expected `,` or `}`", "hint: write `}` where it should end"],
        ),
        ("func f(A)", 10, 1, "the text ends too early", ["expected `:`"]),
        ("func f: Real x", 14, 1, "unexpected `x`", ["expected the end of the line"]),
        ("const r2 Robot", 10, 5, "unexpected `Robot`", ["expected `,` or `:`"]),
        ("const r2: ", 10, 1, "the text ends too early", ["expected a sort name"]),
        ("sort R", 6, 1, "this is a declaration", ["expected a belief"]),
        ("const r2: R", 7, 2, "this is a declaration", ["expected a belief"]),
    ],
)
def test_statement(text: str, column: int, width: int, message: str, rest: list[str]) -> None:
    with pytest.raises(ParseError) as caught:
        parse_statement(text)
    assert str(caught.value) == shown(text, column, width, message, *rest)


def test_empty_texts() -> None:
    for text in ("", "  \n ", "# only a comment"):
        with pytest.raises(ParseError) as caught:
            parse_formula(text)
        assert str(caught.value) == "there is nothing to read\nexpected a formula"
        with pytest.raises(ParseError) as caught:
            parse_statement(text)
        assert str(caught.value) == "there is nothing to read\nexpected a belief or a declaration"


def test_two_beliefs_where_one_is_expected() -> None:
    text = "p -> q\nr"
    with pytest.raises(ParseError) as caught:
        parse_formula(text)
    message = "a second belief begins here, where one is expected"
    hint = "hint: join the two with `&`, or read them as a document, one belief a line"
    assert str(caught.value) == shown(text, 1, 1, message, hint, line=2)


def test_a_document_tells_the_line_and_column_in_the_whole_text() -> None:
    text = "# birds\nbird(tweety)\n\n[fly]\n\tforall x. bird(x)\n\t=> flies(x)\np"
    with pytest.raises(ParseError) as caught:
        parse_document(text)
    assert (caught.value.line, caught.value.column) == (6, 2)
    assert caught.value.context == "    \t=> flies(x)\n    \t^^"
    assert caught.value.hint == "write `->` for implication"


def test_a_bracket_left_open_is_reported_in_its_own_belief() -> None:
    text = "p\nq & (r\ns\n"
    with pytest.raises(ParseError) as caught:
        parse_document(text)
    assert (caught.value.line, caught.value.column) == (2, 5)
    assert caught.value.message == "`(` is never closed"


def test_a_long_line_is_shown_in_part() -> None:
    with pytest.raises(ParseError) as caught:
        parse_formula("p & " * 1_000 + "=> q" + " & p" * 1_000)
    assert caught.value.column == 4_001
    assert caught.value.context is not None
    line, carets = caught.value.context.split("\n")
    assert len(line) < 200
    assert line.strip().startswith("…")
    assert line.endswith("…")
    assert line[len(carets) - 2 : len(carets)] == "=>"


def test_a_number_is_not_read_beyond_reason() -> None:
    with pytest.raises(ParseError, match="a number of more than 1000 characters"):
        parse_formula("9" * 5_000 + " = a")
