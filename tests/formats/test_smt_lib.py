"""SMT-LIB 2: what other programs write is read for what it means, and Z3 agrees."""

from __future__ import annotations

import pytest
import z3
from support.files import base_of, said

from beliefs.errors import FormatError
from beliefs.formats import write
from beliefs.language.printer import print_declaration, print_formula

HEAD = """\
(set-logic ALL)
(declare-sort Robot 0)
(declare-datatypes ((Room 0)) (((kitchen) (hall))))
(declare-fun at (Robot Room) Bool)
(declare-fun load (Robot) Int)
(declare-const r2 Robot)
(declare-const c3 Robot)
(declare-const x Real)
(declare-const n Int)
(declare-const p Bool)
(declare-const q Bool)
(declare-const r Bool)
(define-fun twice ((k Int)) Int (* 2 k))
(define-fun both () Bool (and p q))
(define-fun alone ((one Robot)) Bool (forall ((other Robot)) (=> (= (load other) (load one)) (= other one))))
(define-sort Number () Real)
"""

READ = {
    "(and p q r)": "p & q & r",
    "(and p)": "p",
    "(=> p q r)": "p -> q -> r",
    "(xor p q)": "!(p <-> q)",
    "(= p q)": "p <-> q",
    "(= p q r)": "(p <-> q) & (q <-> r)",
    "(ite p q r)": "(p -> q) & (!p -> r)",
    "(distinct p q)": "!(p <-> q)",
    "(distinct r2 c3)": "r2 != c3",
    "(not (= r2 c3))": "!(r2 = c3)",
    "(< n 2 (load r2))": "n < 2 & 2 < load(r2)",
    "(= (+ n 1 (- 2)) (- n 1 2))": "n + 1 + -2 = n - 1 - 2",
    "(>= (twice (load r2)) (- 3))": "2 * load(r2) >= -3",
    "(= x (/ 1 3))": "x = 1/3",
    "(= x (/ (- 1.0) 4.0))": "x = -0.25",
    "(< (to_real n) 2.50)": "n < 2.5",
    "both": "p & q",
    "(forall ((y Robot) (z Room)) (at y z))": "forall y: Robot, z: Room. at(y, z)",
    "(exists ((y Number)) (> y x))": "exists y: Real. y > x",
    "(let ((a p) (b (not q))) (let ((a b) (b a)) (and a b)))": "!q & p",
    "(forall ((r2 Robot)) (at r2 hall))": "forall r2: Robot. at(r2, hall)",
    "(and (at r2 hall) (forall ((r2 Robot)) (at r2 hall)))": "at(r2, hall) & forall r2': Robot. at(r2', hall)",
    "(forall ((y Robot)) (let ((t y)) (forall ((y Robot)) (= t y))))": (
        "forall y: Robot. forall y': Robot. y = y'"
    ),
    "(forall ((other Robot)) (alone other))": (
        "forall other: Robot. forall other': Robot. load(other') = load(other) -> other' = other"
    ),
    "(forall ((y Robot)) (! (at y hall) :pattern ((at y hall))))": "forall y: Robot. at(y, hall)",
    "; a comment\n (|at| r2 |hall|)": "at(r2, hall)",
}


@pytest.mark.parametrize(("formula", "text"), READ.items())
def test_what_is_read(formula, text):
    contents = said("smt2", f"{HEAD}(assert (! {formula} :named it))")
    assert contents.rejected == ()
    (placed,) = contents.beliefs
    assert (placed.what.name, str(placed.what.entrenchment)) == ("it", "1")
    assert print_formula(placed.what.formula) == text


@pytest.mark.parametrize("formula", READ)
def test_z3_takes_it_for_the_same(formula):
    """What was read, written out again, is equivalent to what it was read from."""
    source = f"{HEAD}(assert (! {formula} :named it))"
    written = write(base_of(said("smt2", source)), "smt2").text
    (assertion,) = [line for line in written.split("\n") if line.startswith("(assert (! ")]
    again = assertion.removeprefix("(assert (! ").removesuffix(" :named it))")
    solver = z3.Solver(ctx=z3.Context())
    solver.set("timeout", 5_000)
    plain = formula.replace("; a comment\n", "")
    solver.from_string(f"{HEAD}(assert (not (= {plain} {again})))")
    assert solver.check() == z3.unsat


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("(assert (ite p 1 2))", "ite between terms"),
        ("(assert (= n (ite p 1 2)))", "ite between terms"),
        ("(assert (= n (div n 2)))", "div is not declared, or the language has no word for it"),
        ("(assert (= x (/ x 2.0)))", "a division other than of numbers"),
        ("(assert (f p))", "f is not declared"),
        ("(assert (at r2))", "at takes 2 arguments, and has 1"),
        ("(assert (not p q))", "not has 2 arguments"),
        ("(assert n)", "a term stands where a formula is expected"),
        ("(assert (< p 1))", "< takes numbers"),
        ("(assert (at p hall))", "a formula stands where a term is expected"),
        ("(assert (exists ((b Bool)) b))", "the variable b is of sort Bool"),
        ("(assert (exists ((b (_ BitVec 8))) p))", "there is no sort (_ …)"),
        ("(assert ((_ is hall) hall))", "is applied"),
        ("(assert (= #b1 #b1))", "a row of bits"),
        ('(assert (= "a" "b"))', "the language has no texts"),
        ("(assert)", "an assertion is one formula"),
        ("(assert (! p))", None),
        ("(assert (and (! p :named inner) q))", "a name inside of a formula"),
        ("(declare-fun f (Bool) Bool)", "an argument of sort Bool"),
        ("(declare-fun f (Int) (Array Int Int))", "there is no sort (Array …)"),
        ("(declare-fun p () Bool)", "p is declared already"),
        ("(declare-sort List 1)", "declare-sort is not read so"),
        ("(declare-datatypes ((L 0)) (((nil) (cons (head Int)))))", "a constructor that takes arguments"),
        ("(assert-soft p :weight 2)", "assert-soft is not read so"),
        ("(define-fun-rec f ((k Int)) Int (f k))", "define-fun-rec is not read so"),
        ("()", "this is not read so"),
        ('(set-info :belief "[")', "no header of a belief"),
        ('(set-info :belief "[a] q\n[b]")', "no header of a belief"),
        ("(assert (let ((a)) p))", "let binds names to values"),
        ("(assert " + "(not " * 5_000 + "p" + ")" * 5_001, "nests more than 200 deep"),
        ("(assert (and " + "p " * 100_001 + "))", "more than 100,000 parts"),
        ("(assert (= n " + "9" * 2_000 + "))", "more than 1000 digits"),
        (
            "(assert (let ((a (and p q))) "
            + "".join("(let ((a (and a a (not a)))) " for _ in range(60))
            + "a"
            + ")" * 62,
            "more than 100,000 parts",
        ),
    ],
)
def test_what_the_language_has_no_word_for_is_rejected(command, reason):
    contents = said("smt2", f"{HEAD}{command}\n(assert (! q :named fine))")
    if reason is None:
        assert contents.rejected == ()
        return
    (found,) = contents.rejected
    assert found.line == HEAD.count("\n") + 1
    assert reason in found.reason
    assert len(found.text) <= 200
    assert [placed.what.name for placed in contents.beliefs] == ["fine"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(assert true", "line 1: a command is opened and never closed"),
        ("(assert true))", "')' stands where a command begins"),
        ('(echo "', 'a " begins here and does not end'),
        ("(assert |a)", "a | begins here and does not end"),
        ("(push 1)", "push makes this file tell of several problems"),
        ("x", "'x' stands where a command begins"),
    ],
)
def test_malformed_files_are_refused(text, message):
    with pytest.raises(FormatError) as caught:
        said("smt2", text)
    assert message in str(caught.value)


def test_an_assertion_without_a_name_is_certain_unless_a_level_is_given():
    text = f"{HEAD}(assert p)\n(assert (! q :named soft))\n(check-sat)\n(exit)\n(assert r)"
    beliefs = [placed.what for placed in said("smt2", text).beliefs]
    assert [(belief.name, str(belief.entrenchment)) for belief in beliefs] == [
        ("a1", "certain"),
        ("soft", "1"),
    ]
    levels = {str(b.what.entrenchment) for b in said("smt2", text, level=3).beliefs}
    assert levels == {"3"}


def test_constants_are_functions_unless_they_are_told_to_be_individuals():
    contents = said("smt2", HEAD)
    declared = [print_declaration(placed.what) for placed in contents.declarations]
    assert "func r2: Robot" in declared
    text = write(base_of(said("language", "sort Robot\nconst r2, c3: Robot\n[a] old(r2)")), "smt2").text
    assert "(assert (distinct r2 c3))" in text
    again = said("smt2", text)
    assert "const r2: Robot" in [print_declaration(placed.what) for placed in again.declarations]
    assert [placed.what.name for placed in again.beliefs] == ["a"]


def test_names_that_mean_something_to_a_solver():
    text = "[assert] store(a, b) & let(and_, c)\n[p] p -> forall_\n[p.belief] !p\n[x-1] xor\n"
    base = base_of(said("language", text))
    written = write(base, "smt2").text
    solver = z3.Solver(ctx=z3.Context())
    solver.from_string(written)
    assert solver.check() == z3.sat
    assert [(b.name, b.formula) for b in base_of(said("smt2", written))] == [
        (b.name, b.formula) for b in base
    ]


def test_the_kernel_that_z3_finds_has_the_names_of_the_beliefs():
    base = base_of(
        said("language", "[fly] forall x. bird(x) -> flies(x)\n[t] bird(tweety)\n[seen] !flies(tweety)")
    )
    solver = z3.Solver(ctx=z3.Context())
    solver.set(unsat_core=True)
    solver.from_string(write(base, "smt2").text)
    assert solver.check() == z3.unsat
    assert {str(label) for label in solver.unsat_core()} == {"fly", "t", "seen"}
