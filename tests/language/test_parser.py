"""The parser: what it reads, how it groups, where a line ends, and how fast it gives up on nonsense."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from immutables import Map
from support.sentences import formulas

from beliefs.errors import LanguageError, ParseError
from beliefs.language.parser import parse_document, parse_formula, parse_statement
from beliefs.language.printer import print_formula
from beliefs.language.signature import Signature
from beliefs.language.span import Span
from beliefs.language.syntax import (
    FALSE,
    KEYWORDS,
    MAX_NESTING,
    TRUE,
    And,
    Application,
    Arithmetic,
    Atom,
    Binding,
    Comparison,
    Constant,
    ConstantDeclaration,
    Exists,
    ForAll,
    Formula,
    FunctionDeclaration,
    Header,
    Iff,
    Implies,
    Minus,
    Not,
    Number,
    Or,
    PredicateDeclaration,
    SortDeclaration,
    Variable,
    is_name,
    nesting,
)

P, Q, R, S = Atom("p"), Atom("q"), Atom("r"), Atom("s")
A, B, X = Constant("a"), Constant("b"), Variable("x")


def integer(value: int) -> Number:
    return Number(Fraction(value))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        # Each connective against the next, both ways round.
        ("p & q | r", Or((And((P, Q)), R))),
        ("p | q & r", Or((P, And((Q, R))))),
        ("p | q -> r", Implies(Or((P, Q)), R)),
        ("p -> q | r", Implies(P, Or((Q, R)))),
        ("p -> q <-> r", Iff(Implies(P, Q), R)),
        ("p <-> q -> r", Iff(P, Implies(Q, R))),
        ("!p & q", And((Not(P), Q))),
        ("!p -> q", Implies(Not(P), Q)),
        ("!a = b", Not(Comparison("=", A, B))),
        # Grouping of several of one kind.
        ("p & q & r & s", And((P, Q, R, S))),
        ("(p & q) & r", And((And((P, Q)), R))),
        ("p & (q & r)", And((P, And((Q, R))))),
        ("p | q | r", Or((P, Q, R))),
        ("p -> q -> r", Implies(P, Implies(Q, R))),
        ("(p -> q) -> r", Implies(Implies(P, Q), R)),
        ("p <-> q <-> r", Iff(Iff(P, Q), R)),
        ("p <-> (q <-> r)", Iff(P, Iff(Q, R))),
        ("!!p", Not(Not(P))),
        ("((p))", P),
        # A quantifier reaches as far right as it can.
        ("forall x. p -> q", ForAll((Binding("x"),), Implies(P, Q))),
        ("p & forall x. q -> r", And((P, ForAll((Binding("x"),), Implies(Q, R))))),
        ("p -> exists x. q & r", Implies(P, Exists((Binding("x"),), And((Q, R))))),
        ("!forall x. p & q", Not(ForAll((Binding("x"),), And((P, Q))))),
        ("(forall x. p) & q", And((ForAll((Binding("x"),), P), Q))),
        ("p <-> forall x. q <-> r", Iff(P, ForAll((Binding("x"),), Iff(Q, R)))),
        # Terms.
        ("a + b - 1 = 2", Comparison("=", Arithmetic("-", Arithmetic("+", A, B), integer(1)), integer(2))),
        ("a + 2 * b < 1", Comparison("<", Arithmetic("+", A, Arithmetic("*", integer(2), B)), integer(1))),
        ("(a + 2) * b < 1", Comparison("<", Arithmetic("*", Arithmetic("+", A, integer(2)), B), integer(1))),
        ("-a * b > 1", Comparison(">", Arithmetic("*", Minus(A), B), integer(1))),
        ("a - -b >= 1", Comparison(">=", Arithmetic("-", A, Minus(B)), integer(1))),
        ("(a) = (b)", Comparison("=", A, B)),
        ("f(a, f(b)) != a", Comparison("!=", Application("f", (A, Application("f", (B,)))), A)),
        ("1/3 < 0.50", Comparison("<", Number(Fraction(1, 3), True), Number(Fraction(1, 2), True))),
        ("3 = 3.0", Comparison("=", integer(3), Number(Fraction(3), True))),
        ("4/2 = 2", Comparison("=", Number(Fraction(2), True), integer(2))),
        # Brackets around either kind of thing.
        ("(a) & (f(a) = b)", And((Atom("a"), Comparison("=", Application("f", (A,)), B)))),
        ("(p(a)) & true", And((Atom("p", (A,)), TRUE))),
        ("false", FALSE),
        # Names.
        ("p' & forallx & nothing", And((Atom("p'"), Atom("forallx"), Atom("nothing")))),
        ("été(λ)", Atom("été", (Constant("λ"),))),
        ("p(x1)", Atom("p", (Constant("x1"),))),
        ("x & Y", And((Atom("x"), Atom("Y")))),
    ],
)
def test_trees(text: str, tree: Formula) -> None:
    assert parse_formula(text) == tree


@pytest.mark.parametrize(
    ("text", "bindings"),
    [
        ("forall x. p", [("x", None)]),
        ("forall x, y. p", [("x", None), ("y", None)]),
        ("forall x, y: Room. p", [("x", "Room"), ("y", "Room")]),
        ("forall x, y: Room, z. p", [("x", "Room"), ("y", "Room"), ("z", None)]),
        ("forall x: Room, y, z: Robot, w. p", [("x", "Room"), ("y", "Robot"), ("z", "Robot"), ("w", None)]),
    ],
)
def test_a_sort_is_that_of_all_variables_before_it(text: str, bindings: list[tuple[str, str | None]]) -> None:
    formula = parse_formula(text)
    assert isinstance(formula, ForAll)
    assert [(binding.name, binding.sort) for binding in formula.bindings] == bindings


def test_a_name_is_a_variable_just_where_a_quantifier_binds_it() -> None:
    assert parse_formula("p(tweety) & forall tweet. p(tweet) & exists x. q(x, tweet)") == And(
        (
            Atom("p", (Constant("tweety"),)),
            ForAll(
                (Binding("tweet"),),
                And(
                    (
                        Atom("p", (Variable("tweet"),)),
                        Exists((Binding("x"),), Atom("q", (X, Variable("tweet")))),
                    )
                ),
            ),
        )
    )


@pytest.mark.parametrize(
    "forms",
    [
        ("!p", "not p", "¬p", "not(p)"),
        ("p & q", "p and q", "p ∧ q", "p&q"),
        ("p | q", "p or q", "p ∨ q", "p|q"),
        ("p -> q", "p implies q", "p → q", "p->q"),
        ("p <-> q", "p iff q", "p ↔ q", "p<->q"),
        ("forall x. p(x)", "∀x. p(x)", "∀ x.p(x)"),
        ("exists x: R. p(x)", "∃x: R. p(x)", "∃x:R.p(x)"),
        ("a != b", "a ≠ b", "a!=b"),
        ("a <= b", "a ≤ b", "a<=b"),
        ("a >= b", "a ≥ b", "a>=b"),
        ("a = b", "a=b", "\ta\r\n=\n b # the same\n"),
    ],
)
def test_every_form_of_a_sign_reads_the_same(forms: tuple[str, ...]) -> None:
    assert len({parse_formula(form) for form in forms}) == 1


class TestDeclarations:
    def test_all_of_them(self) -> None:
        document = parse_document(
            "sort Robot\nsort Room = {kitchen, hall}\npred raining\npred at(Robot, Room)\n"
            "func leader: Robot\nfunc battery(Robot): Real\nconst r2, c3po: Robot\n"
        )
        assert document.statements == ()
        assert document.declarations == (
            SortDeclaration("Robot"),
            SortDeclaration("Room", ("kitchen", "hall")),
            PredicateDeclaration("raining"),
            PredicateDeclaration("at", ("Robot", "Room")),
            FunctionDeclaration("leader", (), "Robot"),
            FunctionDeclaration("battery", ("Robot",), "Real"),
            ConstantDeclaration("r2", "Robot"),
            ConstantDeclaration("c3po", "Robot"),
        )


class TestHeaders:
    @pytest.mark.parametrize(
        ("text", "header"),
        [
            ("p", Header()),
            ("[] p", Header()),
            ("[fly] p", Header("fly")),
            ("[ fly ] p", Header("fly")),
            ("[@certain] p", Header(level="certain")),
            ("[@3] p", Header(level=3)),
            ("[@0] p", Header(level=0)),
            ("[@2*7] p", Header(level=2, weight=Fraction(7))),
            ("[@1*1/2] p", Header(level=1, weight=Fraction(1, 2))),
            ("[@1*0.25] p", Header(level=1, weight=Fraction(1, 4))),
            ('["a field guide"] p', Header(source="a field guide")),
            (r'[fly@2"say \"hi\" # \\ \n"]p', Header("fly", 2, None, 'say "hi" # \\ \n')),
            ("[exit-3.1:b] p", Header("exit-3.1:b")),
            ("[not] p", Header("not")),
            ("[3rd @1] p", Header("3rd", 1)),
        ],
    )
    def test_read(self, text: str, header: Header) -> None:
        statement = parse_statement(text)
        assert (statement.header, statement.formula) == (header, P)


class TestLines:
    @pytest.mark.parametrize(
        "text",
        [
            "[b] p &\n q",
            "[b]\np & q",
            "[b] p\n  & q",
            "[b] p # why\n  # and\n\n  & q",
            "[b] p & # why\n\n  # still\n q",
            "[b] (\n  p\n  and\n  q\n)",
            "\n\n[b] p and\r\nq\r\n\r\n",
            '[b "# a source"] # a comment\np\n& q',
        ],
    )
    def test_a_belief_may_run_over_several_lines(self, text: str) -> None:
        (statement,) = parse_document(text).statements
        assert (statement.header.name, statement.formula) == ("b", And((P, Q)))

    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("p\nq", 2),
            ("p\n!q", 2),
            ("p\n(q)", 2),
            ("p\n-1 < a", 2),
            ("p\n[b] q", 2),
            ("p\n  q\n    r", 3),
            ("a <\n b\np", 2),
            ("a\n< b\np", 2),
            ("forall x.\n p(x)\nforall x\n. q(x)", 2),
            ("at(a,\n b\n)\n-> p", 1),
            ("sort R = {\n a, # one\n b\n}\np", 1),
            ("orange\nandroid\nimplied\niffy", 4),
            ("notable\nor p", 1),
            ("", 0),
            ("# nothing\n\n", 0),
        ],
    )
    def test_where_a_belief_ends(self, text: str, count: int) -> None:
        assert len(parse_document(text).statements) == count

    def test_the_order_is_that_of_the_text_and_spans_count_from_its_start(self) -> None:
        text = "# first\nsort R\n[b] p(a)\n  -> q\nr"
        document = parse_document(text)
        assert [text[s.span.start : s.span.end] for s in document.statements if s.span] == [
            "[b] p(a)\n  -> q",
            "r",
        ]
        (declaration,) = document.declarations
        assert declaration.span is not None
        assert declaration.span.position(text) == (2, 6)
        formula = document.statements[0].formula
        assert isinstance(formula, Implies)
        assert isinstance(formula.premise, Atom)
        assert formula.premise.span == Span(text.index("p(a)"), text.index("p(a)") + 4)


class TestUnboundVariables:
    def test_a_letter_the_signature_knows_is_an_individual(self) -> None:
        signature = Signature(constants=Map({"x": "Thing"}))
        assert parse_formula("p(x)", signature) == Atom("p", (Constant("x"),))
        assert parse_statement("[b] p(x)", signature).formula == Atom("p", (Constant("x"),))
        assert parse_document("p(x)", signature).statements[0].formula == Atom("p", (Constant("x"),))

    @pytest.mark.parametrize("declaration", ["const x: Thing", "sort R = {w, x}", "func x: Int"])
    def test_a_letter_the_document_declares_is_a_term(self, declaration: str) -> None:
        for text in (f"{declaration}\np(x)", f"p(x)\n{declaration}"):
            assert parse_document(text).statements[0].formula == Atom("p", (Constant("x"),))

    def test_a_declared_proposition_is_no_term(self) -> None:
        with pytest.raises(ParseError, match="the variable `x` is not bound"):
            parse_document("pred x\np(x)")

    def test_other_single_letters_are_individuals(self) -> None:
        assert parse_formula("p(a, t, A)") == Atom("p", (Constant("a"), Constant("t"), Constant("A")))


class TestNesting:
    @pytest.mark.parametrize(
        "text",
        [
            "(" * 10_000 + "p" + ")" * 10_000,
            "!" * (MAX_NESTING - 1) + "p",
            "p & " * 10_000 + "p",
            "p(" + "a, " * 10_000 + "a)",
        ],
    )
    def test_breadth_and_brackets_are_free(self, text: str) -> None:
        assert nesting(parse_formula(text)) <= MAX_NESTING

    @pytest.mark.parametrize(
        "text",
        [
            "!" * 5_000 + "p",
            "!" * MAX_NESTING + "p",
            "p -> " * 5_000 + "p",
            "p <-> " * 5_000 + "p",
            "-" * 5_000 + "a < 1",
            "a + " * 5_000 + "a < 1",
            "f(" * 5_000 + "a" + ")" * 5_000 + " = a",
            "forall x. " * 5_000 + "p",
            "!(" * 5_000 + "p" + ")" * 5_000,
        ],
    )
    def test_depth_is_limited(self, text: str) -> None:
        with pytest.raises(ParseError, match="the formula nests more than 200 deep"):
            parse_formula(text)

    def test_an_unclosed_heap_of_brackets_is_a_plain_error(self) -> None:
        with pytest.raises(ParseError, match="the text ends too early"):
            parse_formula("(" * 10_000)


class TestFuzz:
    pieces = st.sampled_from(
        (
            *sorted(KEYWORDS),
            *"()[]{}.,:;!&|=<>+-*/#@\"'\\~?^ \n\t_∀∃¬∧∨→↔≠≤≥é",
            *("->", "<->", "!=", "<=", ">=", "=>", "@certain", "@3", "*1/2", '"source"'),
            *("p", "q", "a", "x", "y", "at", "Room", "0", "12", "0.5", "1/3", "1/0", "x'"),
        )
    )

    @given(st.lists(pieces, max_size=25), st.sampled_from(("", " ")))
    @settings(max_examples=800)
    def test_shuffled_pieces_raise_nothing_but_language_errors(self, pieces: list[str], space: str) -> None:
        text = space.join(pieces)
        for parse in (parse_formula, parse_statement, parse_document):
            with suppress(LanguageError):
                parse(text)

    @given(st.text(max_size=40))
    @settings(max_examples=300)
    @example("\x00")
    @example("\ud800")
    @example("p(a\u2028)")
    @example("²")
    @example("٣ < ٤")
    def test_any_text_raises_nothing_but_language_errors(self, text: str) -> None:
        for parse in (parse_formula, parse_statement, parse_document):
            with suppress(LanguageError):
                parse(text)

    @given(formulas(depth=2), st.data())
    @settings(max_examples=300)
    def test_a_damaged_sentence_is_read_or_refused_with_a_place_in_it(
        self, formula: Formula, data: st.DataObject
    ) -> None:
        text = print_formula(formula)
        at = data.draw(st.integers(0, len(text) - 1))
        damaged = text[:at] + data.draw(st.sampled_from(["", "(", ")", "->", ".", "x", "~"])) + text[at + 1 :]
        try:
            parse_formula(damaged)
        except ParseError as error:
            place = error
        else:
            return
        if damaged.strip():
            assert place.line == 1
            assert place.column is not None
            assert 1 <= place.column <= len(damaged) + 1

    @given(st.text(max_size=6))
    @settings(max_examples=300)
    def test_what_is_a_name_can_be_read_as_one(self, text: str) -> None:
        if is_name(text):
            assert parse_formula(text) == Atom(text)
