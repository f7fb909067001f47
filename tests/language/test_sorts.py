"""Sort inference: what it finds, that the order of formulas does not matter, and that the shortcuts agree with it."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.sentences import VOCABULARY, bases, formulas, sorted_formulas

from beliefs.errors import LanguageError, SortError
from beliefs.language.mistakes import TERMS
from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.printer import print_declaration, print_formula
from beliefs.language.signature import INT, REAL, THING, Signature
from beliefs.language.sorts import declarations, elaborate, extend, infer, symbols
from beliefs.language.syntax import Atom, Declaration, Exists, ForAll, Formula, SortDeclaration, subformulas

Base: TypeAlias = tuple[tuple[Declaration, ...], tuple[Formula, ...]]


def of(text: str) -> Signature:
    """Return the signature of a document."""
    document = parse_document(text)
    return infer(
        document.declarations,
        [(s.header.name or f"b{i}", s.formula) for i, s in enumerate(document.statements, 1)],
    )


def named(formulas: tuple[Formula, ...]) -> list[tuple[str, Formula]]:
    return [(f"b{index}", formula) for index, formula in enumerate(formulas, 1)]


class TestWhatIsInferred:
    def test_what_nothing_settles_is_a_thing(self) -> None:
        signature = of("forall x. bird(x) -> flies(x)\nbird(tweety)\nraining")
        assert dict(signature.predicates) == {"bird": (THING,), "flies": (THING,), "raining": ()}
        assert dict(signature.constants) == {"tweety": THING}
        assert dict(signature.sorts) == {THING: None}

    def test_a_declaration_reaches_what_is_related_to_it(self) -> None:
        signature = of(
            "sort Robot\npred busy(Robot)\nbusy(r2)\nfriend(r2, c3po)\nforall x. friend(x, leia) -> busy(x)"
        )
        assert signature.predicates["friend"] == ("Robot", THING)
        assert signature.constants["r2"] == "Robot"
        assert signature.constants["c3po"] == THING

    def test_equality_makes_one_family(self) -> None:
        assert of("sort Robot\nconst r2: Robot\nr2 != d2").constants["d2"] == "Robot"

    def test_functions_are_inferred_from_arguments_and_value(self) -> None:
        signature = of("sort Room\nconst lab: Room\nforall r. home(r) = lab -> busy(r)")
        assert signature.functions["home"] == ((THING,), "Room")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("size(a) < 3", INT),
            ("size(a) < 3.0", REAL),
            ("size(a) < 1/3", REAL),
            ("size(a) = 3", INT),
            ("size(a) = 0.5", REAL),
            ("size(a) + 1/2 > 1", REAL),
            ("size(a) < size(b)\nsize(b) > 2.5", REAL),
            ("func cost(Thing): Real\nsize(a) < cost(a)", REAL),
            ("func cost(Thing): Int\nsize(a) < cost(a)", INT),
            ("pred many(Int)\nmany(size(a))\nsize(a) < 0.5", INT),
            ("pred many(Int)\nforall x. many(x) & x < 0.5 -> size(b) > x", INT),
            ("forall x. x < 0.5 -> size(a) > x", REAL),
            ("forall x. p(x) & x > 1/2\np(size(a))", REAL),
            ("func n: Int\nsize(a) + n > 1/2", REAL),
            ("2 * (size(a) - 1) <= 7", INT),
        ],
    )
    def test_int_or_real(self, text: str, expected: str) -> None:
        assert of(text).functions["size"][1] == expected

    def test_an_int_does_not_pass_realness_on(self) -> None:
        signature = of("func n: Int\nn < 0.5\nsize(a) < n")
        assert signature.functions["size"][1] == INT

    def test_an_int_fills_a_real_place(self) -> None:
        signature = of("func n: Int\npred p(Real)\np(n)\np(3)")
        assert signature.predicates["p"] == (REAL,)

    def test_a_name_that_stands_for_a_number_is_a_function(self) -> None:
        signature = of("limit < 2.5\ncapacity = 3")
        assert dict(signature.functions) == {"limit": ((), REAL), "capacity": ((), INT)}
        assert not signature.constants

    def test_declared_functions_of_no_arguments_are_terms(self) -> None:
        signature = of("sort Robot\nfunc leader: Robot\nbusy(leader)")
        assert signature.predicates["busy"] == ("Robot",)
        assert "leader" not in signature.constants

    def test_members_of_closed_sorts_are_constants(self) -> None:
        signature = of("sort Room = {kitchen, hall}\nopen(kitchen)")
        assert dict(signature.constants) == {"kitchen": "Room", "hall": "Room"}
        assert signature.predicates["open"] == ("Room",)

    def test_an_inner_variable_hides_an_outer_one(self) -> None:
        signature = of("sort A\nsort B\nforall x: A. p(x) & exists x: B. q(x)")
        assert (signature.predicates["p"], signature.predicates["q"]) == (("A",), ("B",))

    def test_declaring_the_same_twice_is_fine(self) -> None:
        assert of("pred p\npred p").declarations == of("pred p").declarations


class TestClashes:
    """The message of every clash, whole."""

    HOUSE = "sort Room = {kitchen, hall}\nsort Robot\npred at(Robot, Room)\nfunc battery(Robot): Real\n"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "[one] at(kitchen, r2)",
                (
                    "line 1, column 4: `kitchen` would be both a `Room` and a `Robot`\n"
                    "in `one`:\n"
                    "    at(kitchen, r2)\n"
                    "       ^^^^^^^\n"
                    "in its declaration:\n"
                    "    sort Room = {kitchen, hall}\n"
                    "                 ^^^^^^^\n"
                    "in its declaration:\n"
                    "    pred at(Robot, Room)\n"
                    "            ^^^^^"
                ),
            ),
            (
                "[one] r2 = hall\n[two] at(r2, hall)",
                (
                    "line 1, column 4: `r2` would be both a `Room` and a `Robot`\n"
                    "in `two`:\n"
                    "    at(r2, hall)\n"
                    "       ^^\n"
                    "in `one`:\n"
                    "    r2 = hall\n"
                    "         ^^^^\n"
                    "in its declaration:\n"
                    "    sort Room = {kitchen, hall}\n"
                    "                          ^^^^\n"
                    "in its declaration:\n"
                    "    pred at(Robot, Room)\n"
                    "            ^^^^^"
                ),
            ),
            (
                "[one] forall x: Room. warm(x)\n[two] forall r: Robot. warm(r) -> p",
                (
                    "line 1, column 23: `r` would be both a `Robot` and a `Room`\n"
                    "in `two`:\n"
                    "    forall r: Robot. warm(r) -> p\n"
                    "                          ^\n"
                    "in `two`:\n"
                    "    forall r: Robot. warm(r) -> p\n"
                    "           ^\n"
                    "in `one`:\n"
                    "    forall x: Room. warm(x)\n"
                    "                         ^\n"
                    "in `one`:\n"
                    "    forall x: Room. warm(x)\n"
                    "           ^"
                ),
            ),
            (
                "[one] size(kitchen) < 3\n[two] at(r2, size(kitchen))",
                (
                    "line 1, column 8: `size(kitchen)` would be both a number and a `Room`\n"
                    "in `two`:\n"
                    "    at(r2, size(kitchen))\n"
                    "           ^^^^^^^^^^^^^\n"
                    "in `one`:\n"
                    "    size(kitchen) < 3\n"
                    "                    ^\n"
                    "in its declaration:\n"
                    "    pred at(Robot, Room)\n"
                    "                   ^^^^"
                ),
            ),
            (
                "[one] at(r2)",
                (
                    "line 1, column 1: `at` takes 1 argument here, but 2 arguments elsewhere\n"
                    "in `one`:\n"
                    "    at(r2)\n"
                    "    ^^^^^^\n"
                    "in its declaration:\n"
                    "    pred at(Robot, Room)\n"
                    "         ^^"
                ),
            ),
            (
                "[one] p(a)\n[two] q & !p",
                (
                    "line 1, column 6: `p` takes no arguments here, but 1 argument elsewhere\n"
                    "in `two`:\n"
                    "    q & !p\n"
                    "         ^\n"
                    "in `one`:\n"
                    "    p(a)\n"
                    "    ^^^^"
                ),
            ),
            (
                "[one] q(p)\n[two] p",
                (
                    "line 1, column 1: `p` is a proposition here, but an individual elsewhere\n"
                    "in `two`:\n"
                    "    p\n"
                    "    ^\n"
                    "in `one`:\n"
                    "    q(p)\n"
                    "      ^\n"
                    "hint: a formula is a proposition, a predicate of terms, or a comparison of terms"
                ),
            ),
            (
                "[one] believes(at(r2, hall))",
                (
                    "line 1, column 10: `at` is a function here, but a predicate elsewhere\n"
                    "in `one`:\n"
                    "    believes(at(r2, hall))\n"
                    "             ^^^^^^^^^^^^\n"
                    "in its declaration:\n"
                    "    pred at(Robot, Room)\n"
                    "         ^^\n"
                    f"hint: {TERMS}"
                ),
            ),
            (
                "[one] bird(a)\n[two] bird(b) <= penguin(b)",
                (
                    "line 1, column 1: `bird` is a function here, but a predicate elsewhere\n"
                    "in `two`:\n"
                    "    bird(b) <= penguin(b)\n"
                    "    ^^^^^^^\n"
                    "in `one`:\n"
                    "    bird(a)\n"
                    "    ^^^^^^^\n"
                    "hint: `<=` compares numbers; an implication is written from left to right: `p -> q`"
                ),
            ),
            (
                "[one] forall r: Robto. at(r, hall)",
                (
                    "line 1, column 8: there is no sort `Robto`\n"
                    "in `one`:\n"
                    "    forall r: Robto. at(r, hall)\n"
                    "           ^\n"
                    "hint: did you mean `Robot`? or declare it: `sort Robto`"
                ),
            ),
            (
                "[one] forall v: Vehicle. fast(v)",
                (
                    "line 1, column 8: there is no sort `Vehicle`\n"
                    "in `one`:\n"
                    "    forall v: Vehicle. fast(v)\n"
                    "           ^\n"
                    "hint: declare it: `sort Vehicle`"
                ),
            ),
            (
                "[one] at(r2, kitchn)",
                (
                    "line 1, column 8: `kitchn` is not a member of the closed sort `Room`\n"
                    "in `one`:\n"
                    "    at(r2, kitchn)\n"
                    "           ^^^^^^\n"
                    "hint: did you mean `kitchen`? or add it where `Room` is declared, or leave `Room` open: "
                    "`sort Room`"
                ),
            ),
            (
                "[one] battery(r2) * battery(c3po) < 4",
                (
                    "line 1, column 1: `battery(r2) * battery(c3po)` is not linear: a product has a number on at least "
                    "one side\n"
                    "in `one`:\n"
                    "    battery(r2) * battery(c3po) < 4\n"
                    "    ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
                    "hint: multiply by a number, `2 * cost(a)`; what depends on two quantities at once cannot be "
                    "said"
                ),
            ),
            (
                "pred many(Int)\n[one] many(battery(r2))",
                (
                    "line 1, column 6: a Real stands where an Int is meant\n"
                    "in `one`:\n"
                    "    many(battery(r2))\n"
                    "         ^^^^^^^^^^^\n"
                    "in its declaration:\n"
                    "    pred many(Int)\n"
                    "              ^^^"
                ),
            ),
            (
                "[one] Robot(r2)",
                (
                    "line 1, column 1: `Robot` is a sort, but a predicate here\n"
                    "in `one`:\n"
                    "    Robot(r2)\n"
                    "    ^^^^^^^^^\n"
                    "hint: a sort is not a predicate: every variable and individual has one sort, for good"
                ),
            ),
            (
                "pred hall",
                (
                    "line 1, column 6: `hall` is declared twice\n"
                    "in its declaration:\n"
                    "    pred hall\n"
                    "         ^^^^\n"
                    "in its declaration:\n"
                    "    sort Room = {kitchen, hall}\n"
                    "                          ^^^^\n"
                    "hint: give one of them another name"
                ),
            ),
            (
                "sort Door = {front, front}",
                (
                    "line 1, column 21: `front` is declared twice\n"
                    "in its declaration:\n"
                    "    sort Door = {front, front}\n"
                    "                        ^^^^^\n"
                    "in its declaration:\n"
                    "    sort Door = {front, front}\n"
                    "                 ^^^^^\n"
                    "hint: give one of them another name"
                ),
            ),
            (
                "const garage: Room",
                (
                    "line 1, column 7: `garage` is not a member of the closed sort `Room`\n"
                    "in its declaration:\n"
                    "    const garage: Room\n"
                    "          ^^^^^^\n"
                    "hint: add it where `Room` is declared, or leave `Room` open: `sort Room`"
                ),
            ),
            (
                "const limit: Real",
                (
                    "line 1, column 14: an individual is not a Real\n"
                    "in its declaration:\n"
                    "    const limit: Real\n"
                    "                 ^^^^\n"
                    "hint: write `func limit: Real`"
                ),
            ),
            (
                "pred near(Room, Rom)",
                (
                    "line 1, column 17: there is no sort `Rom`\n"
                    "in its declaration:\n"
                    "    pred near(Room, Rom)\n"
                    "                    ^^^\n"
                    "hint: did you mean `Room`? or declare it: `sort Rom`"
                ),
            ),
            (
                "sort Int",
                (
                    "line 1, column 6: `Int` is a sort of the language and cannot be declared\n"
                    "in its declaration:\n"
                    "    sort Int\n"
                    "         ^^^"
                ),
            ),
        ],
    )
    def test_message(self, text: str, message: str) -> None:
        with pytest.raises(SortError) as caught:
            of(self.HOUSE + text)
        assert str(caught.value) == message

    def test_a_clash_with_what_was_inferred_shows_what_is_believed(self) -> None:
        signature = of("sort Robot\nsort Room\nconst r2: Robot\nconst lab: Room\nbusy(r2)")
        with pytest.raises(SortError) as caught:
            extend(signature, parse_formula("busy(lab)"), "input")
        assert str(caught.value) == (
            "line 1, column 6: `lab` would be both a `Room` and a `Robot`\n"
            "in the input:\n"
            "    busy(lab)\n"
            "         ^^^\n"
            "in its declaration:\n"
            "    const lab: Room\n"
            "               ^^^^\n"
            "in what is believed so far:\n"
            "    pred busy(Robot)\n"
            "              ^^^^^"
        )

    def test_a_free_variable_is_refused(self) -> None:
        outer = parse_formula("forall x. p(x)")
        assert isinstance(outer, ForAll)
        with pytest.raises(SortError, match="the variable `x` is not bound"):
            infer((), [("b1", outer.body)])


def outcome(declared: tuple[Declaration, ...], named_formulas: list[tuple[str, Formula]]) -> Signature | None:
    """Return the inferred signature, or None for a clash."""
    try:
        return infer(declared, named_formulas)
    except SortError:
        return None


class TestLaws:
    @given(bases(), st.randoms(use_true_random=False))
    @settings(max_examples=100)
    def test_the_order_of_formulas_does_not_matter(self, base: Base, random: object) -> None:
        declared, written = base
        shuffled = named(written)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        assert outcome(declared, shuffled) == outcome(declared, named(written))

    @given(st.lists(formulas(depth=1), min_size=1, max_size=4), st.randoms(use_true_random=False))
    @settings(max_examples=100)
    def test_nor_does_it_where_most_formulas_clash(self, written: list[Formula], random: object) -> None:
        declared = (SortDeclaration("Room"), SortDeclaration("Robot"), SortDeclaration("été"))
        shuffled = named(tuple(written))
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        assert outcome(declared, shuffled) == outcome(declared, named(tuple(written)))

    @given(bases())
    @settings(max_examples=150)
    def test_extending_agrees_with_inferring_all(self, base: Base) -> None:
        declared, written = base
        signature = outcome(declared, named(written[:-1]))
        if signature is None:
            return
        try:
            extended = extend(signature, written[-1], "input")
        except SortError:
            return
        assert extended == infer(declared, named(written))

    @given(bases())
    @settings(max_examples=100)
    def test_extending_by_what_is_known_adds_nothing(self, base: Base) -> None:
        """It may refuse: a symbol may be Int because of another formula, and this one alone allow a Real."""
        declared, written = base
        signature = outcome(declared, named(written))
        for formula in written if signature else ():
            with suppress(SortError):
                assert extend(signature, formula, "input") is signature

    @given(sorted_formulas(write_sorts=True))
    @settings(max_examples=100)
    def test_extending_by_what_is_declared_returns_the_same_object(self, formula: Formula) -> None:
        signature = infer(VOCABULARY, [])
        assert extend(signature, formula, "input") is signature

    @given(bases())
    @settings(max_examples=100)
    def test_elaborating_gives_every_variable_the_sort_it_has(self, base: Base) -> None:
        declared, written = base
        signature = outcome(declared, named(written))
        if signature is None:
            return
        elaborated = [elaborate(formula, signature) for formula in written]
        for formula, full in zip(written, elaborated, strict=True):
            quantified = [part for part in subformulas(full) if isinstance(part, ForAll | Exists)]
            assert all(binding.sort is not None for part in quantified for binding in part.bindings)
            assert elaborate(full, signature) is full
            assert quantified or full is formula
        # With all sorts written, inference finds what it found before.
        assert infer(declared, named(tuple(elaborated))) == signature

    @given(bases())
    @settings(max_examples=100)
    def test_declarations_of_its_symbols_are_all_a_formula_needs(self, base: Base) -> None:
        declared, written = base
        signature = outcome(declared, named(written))
        if signature is None:
            return
        for formula in written:
            full = elaborate(formula, signature)
            sorts = {
                b.sort
                for p in subformulas(full)
                if isinstance(p, ForAll | Exists)
                for b in p.bindings
                if b.sort
            }
            needed = declarations(signature, symbols(formula) | sorts)
            text = "\n".join(print_declaration(declaration) for declaration in needed)
            alone = infer(parse_document(text).declarations, [("b1", parse_formula(print_formula(formula)))])
            assert elaborate(formula, alone) == full

    @given(st.lists(sorted_formulas(write_sorts=True), max_size=5))
    @settings(max_examples=100)
    def test_what_fits_its_declarations_never_clashes(self, written: list[Formula]) -> None:
        signature = infer(VOCABULARY, named(tuple(written)))
        assert signature == infer(VOCABULARY, [])

    @given(formulas(depth=2))
    @settings(max_examples=100)
    def test_nothing_but_a_sort_error_is_ever_raised(self, formula: Formula) -> None:
        with suppress(LanguageError):
            infer((), [("b1", formula)])


def test_symbols() -> None:
    formula = parse_formula("forall x. p(x, f(a + 1)) -> q & b = g(x)")
    assert symbols(formula) == {"p", "f", "a", "q", "b", "g"}


def test_declarations_put_sorts_first_and_leave_members_to_their_sort() -> None:
    signature = of(
        "sort Room = {hall, lab}\nsort Robot\npred at(Robot, Room)\nat(r2, hall)\nbattery(r2) < 0.5\nq(t1)"
    )
    found = declarations(signature, {"at", "hall", "r2", "battery", "q", "t1", "unheard_of"})
    assert [print_declaration(declaration) for declaration in found] == [
        "sort Robot",
        "sort Room = {hall, lab}",
        "pred at(Robot, Room)",
        "func battery(Robot): Real",
        "pred q(Thing)",
        "const r2: Robot",
        "const t1: Thing",
    ]


def test_a_formula_that_is_new_only_in_part_adds_that_part() -> None:
    signature = of("sort Robot\nconst r2: Robot\nbusy(r2)")
    extended = extend(signature, parse_formula("busy(c3po) & tired"), "input")
    assert extended.constants["c3po"] == "Robot"
    assert extended.predicates["tired"] == ()
    assert extended.declarations == signature.declarations


@pytest.mark.parametrize("text", ["warm(hall)", "limit < 0.5", "limit = 1/3", "forall x. many(x) -> x > 0.5"])
def test_a_default_that_gives_way_is_no_success_for_extend(text: str) -> None:
    start = "sort Room\nconst hall: Room\nwarm(a1)\nlimit < 3\nmany(2)"
    with pytest.raises(SortError):
        extend(of(start), parse_formula(text), "input")
    of(f"{start}\n{text}")


def test_elaborating_without_quantifiers_returns_the_same_object() -> None:
    formula = Atom("p")
    assert elaborate(formula, Signature()) is formula
