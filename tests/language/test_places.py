"""Where a message says that names clash: in the text that was read, where it is known."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from support.sentences import bases

from beliefs.errors import SortError
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.signature import Signature
from beliefs.language.sorts import extend, infer
from beliefs.language.span import Origin
from beliefs.language.syntax import Atom, Constant, Declaration, Formula


def read(
    text: str, declared: Sequence[Declaration] = (), believed: Sequence[tuple[str, Formula]] = ()
) -> Signature:
    """Infer the signature of what is declared and believed, with a document that comes on top of it."""
    document = parse_document(text)
    told = [(Origin("input", text), declaration) for declaration in document.declarations]
    said = [
        (Origin(statement.header.name or "input", text), statement.formula)
        for statement in document.statements
    ]
    return infer([*declared, *told], [*believed, *said])


def clash(
    text: str, declared: Sequence[Declaration] = (), believed: Sequence[tuple[str, Formula]] = ()
) -> SortError:
    with pytest.raises(SortError) as caught:
        read(text, declared, believed)
    return caught.value


class TestOrigin:
    def test_it_is_its_name(self) -> None:
        origin = Origin("fly", "p\nq")
        assert origin == "fly"
        assert f"{origin}" == "fly"
        assert hash(origin) == hash("fly")
        assert origin.text == "p\nq"
        assert Origin("fly").text is None

    def test_it_is_copied_with_its_text(self) -> None:
        origin = Origin("fly", "p")
        for twin in (copy.deepcopy(origin), pickle.loads(pickle.dumps(origin))):
            assert (twin, twin.text) == ("fly", "p")


class TestDocument:
    def test_arity_clash_names_both_lines(self) -> None:
        error = clash(
            "# two ways to fly\n"
            "[fly]   forall x.  bird(x)  ->   flies( x )\n"
            "\n"
            "# and now\n"
            "[high] p &\tflies( tweety,  high )   # too many\n"
        )
        assert (error.line, error.column) == (5, 12)
        assert str(error) == (
            "line 5, column 12: `flies` takes 2 arguments here, but 1 argument elsewhere\n"
            "in `high`, line 5:\n"
            "    [high] p &\tflies( tweety,  high )   # too many\n"
            "              \t^^^^^^^^^^^^^^^^^^^^^^\n"
            "in `fly`, line 2:\n"
            "    [fly]   forall x.  bird(x)  ->   flies( x )\n"
            "                                     ^^^^^^^^^^"
        )

    def test_clash_of_sorts_shows_every_place(self) -> None:
        error = clash(
            "sort Robot\n"
            "sort Room = { kitchen,  # where it is warm, not in the hall\n"
            "              hall }\n"
            "pred busy( Robot )\n"
            "forall r. r = hall ->\n"
            "   busy( r )\n"
        )
        assert (error.line, error.column) == (6, 10)
        assert str(error) == (
            "line 6, column 10: `r` would be both a `Room` and a `Robot`\n"
            "in the input, line 6:\n"
            "       busy( r )\n"
            "             ^\n"
            "in the input, line 5:\n"
            "    forall r. r = hall ->\n"
            "                  ^^^^\n"
            "in its declaration, line 3:\n"
            "                  hall }\n"
            "                  ^^^^\n"
            "in its declaration, line 4:\n"
            "    pred busy( Robot )\n"
            "               ^^^^^"
        )

    def test_a_text_of_one_line_needs_no_line(self) -> None:
        error = clash("  p(a)  &   p\n")
        assert str(error) == (
            "line 1, column 13: `p` takes no arguments here, but 1 argument elsewhere\n"
            "in the input:\n"
            "      p(a)  &   p\n"
            "                ^\n"
            "in the input:\n"
            "      p(a)  &   p\n"
            "      ^^^^"
        )

    def test_variable_of_an_unknown_sort_is_shown_at_its_quantifier(self) -> None:
        error = clash("sort Robot\nforall a: Robot, r:  Robto. busy(r)")
        assert (error.line, error.column) == (2, 18)

    @pytest.mark.parametrize(
        ("text", "line", "column"),
        [
            ("sort Room\n\npred  Room", 3, 7),
            ("sort A = {a, b}\nsort B = {c, # a\n  a}", 3, 3),
            ("pred p(Thing)\npred q(Thing, # Rom\n  Rom)", 3, 3),
            ("func f: Thing\nfunc g(Thing):\n  Rom", 3, 3),
            ("sort Room\nconst a,\n  b: Rom", 3, 6),
            ("sort Room = {hall}\nconst hull: Room", 2, 7),
            ("pred p\nconst a, b:\n  Real", 3, 3),
            ("p\nsort Int", 2, 6),
        ],
    )
    def test_declaration_is_shown_where_it_stands(self, text: str, line: int, column: int) -> None:
        error = clash(text)
        assert (error.line, error.column) == (line, column)
        assert error.context is not None
        assert f", line {line}:" in error.context

    @given(bases())
    @settings(max_examples=200)
    def test_the_text_changes_no_more_than_the_places(
        self, base: tuple[tuple[Declaration, ...], tuple[Formula, ...]]
    ) -> None:
        declared, formulas = base
        text = "\n".join([*map(print_declaration, declared), *map(print_formula, formulas)])
        plain: SortError | None = None
        try:
            expected = infer(declared, [("input", formula) for formula in formulas])
        except SortError as error:
            plain = error
        if plain is None:
            assert read(text) == expected
            return
        placed = clash(text)
        assert placed.message == plain.message
        assert placed.hint == plain.hint
        assert placed.line is not None
        assert placed.line > len(declared)


class TestStored:
    def test_stored_belief_is_printed_and_the_new_one_shown_in_place(self) -> None:
        stored = parse_formula("raining    &   flies( tweety )")
        error = clash("# news\n\n[new]  flies( tweety,high )", believed=[("old", stored)])
        assert str(error) == (
            "line 3, column 8: `flies` takes 2 arguments here, but 1 argument elsewhere\n"
            "in `new`, line 3:\n"
            "    [new]  flies( tweety,high )\n"
            "           ^^^^^^^^^^^^^^^^^^^^\n"
            "in `old`:\n"
            "    raining & flies(tweety)\n"
            "              ^^^^^^^^^^^^^"
        )

    def test_a_belief_that_a_new_declaration_contradicts_has_no_line_in_the_text(self) -> None:
        error = clash(
            "# news\npred flies( Thing,Thing )", believed=[("old", parse_formula("flies( tweety )"))]
        )
        assert (error.line, error.column) == (None, None)
        assert str(error) == (
            "`flies` takes 1 argument here, but 2 arguments elsewhere\n"
            "in `old`:\n"
            "    flies(tweety)\n"
            "    ^^^^^^^^^^^^^\n"
            "in its declaration, line 2:\n"
            "    pred flies( Thing,Thing )\n"
            "         ^^^^^"
        )

    def test_what_is_declared_already_is_printed(self) -> None:
        declared = parse_document("\n\n   pred  flies( Thing )").declarations
        error = clash("pred\tflies( Thing )\n\nflies", declared)
        assert (error.line, error.column) == (3, 1)
        assert error.context is not None
        assert error.context.endswith("in its declaration:\n    pred flies(Thing)\n         ^^^^^")

    def test_extension_shows_the_new_formula_in_place(self) -> None:
        signature = infer((), [("old", parse_formula("flies(tweety)"))])
        text = "raining\n  & flies"
        with pytest.raises(SortError) as caught:
            extend(signature, parse_formula(text), Origin("input", text))
        assert (caught.value.line, caught.value.column) == (2, 5)

    def test_tree_without_places_is_printed(self) -> None:
        formula = Atom("flies", (Constant("tweety"), Constant("high")))
        with pytest.raises(SortError) as caught:
            infer((), [("old", parse_formula("flies(tweety)")), (Origin("new", "some\ntext"), formula)])
        assert caught.value.line == 1
        assert "in `new`:\n    flies(tweety, high)\n" in str(caught.value)
