"""Tables: a template says what a row states."""

from __future__ import annotations

import pytest
from support.files import base_of, said

from beliefs.errors import FormatError
from beliefs.formats import Options, write
from beliefs.language.printer import print_formula

TABLE = 'robot,room,load\nr2,hall,3\n"c3po","main, hall",-0.50\n'


def formulas(text: str, template: str, form: str = "csv") -> list[str]:
    contents = said(form, text, template=template)
    assert contents.rejected == ()
    return [print_formula(placed.what.formula) for placed in contents.beliefs]


def test_each_row_is_a_fact():
    assert formulas(TABLE, "at({robot}, {room})") == ["at(r2, hall)", "at(c3po, main_u2C__u20_hall)"]


def test_digits_are_numbers():
    assert formulas(TABLE, "load({robot}) = {load}") == ["load(r2) = 3", "load(c3po) = -0.5"]


def test_a_template_may_be_any_formula_and_use_a_column_twice():
    said_of_both = "at({robot}, {room}) & (forall x. near(x, {robot}) -> busy({robot}))"
    assert formulas(TABLE, said_of_both)[0] == "at(r2, hall) & forall x. near(x, r2) -> busy(r2)"
    assert formulas(TABLE, "same({robot}, { robot })") == ["same(r2, r2)", "same(c3po, c3po)"]


def test_tabs():
    assert formulas("a\tb\nx y\tz\n", "p({a}, {b})", "tsv") == ["p(x_u20_y, z)"]


def test_nothing_in_a_value_is_read_as_the_language():
    contents = said("csv", 'a\n"b) & q(c"\n#x\n', template="p({a})")
    assert [print_formula(placed.what.formula) for placed in contents.beliefs] == [
        "p(b_u29__u20__u26__u20_q_u28_c)",
        "p(_u23_x)",
    ]


def test_rows_that_do_not_fit_are_rejected_with_their_lines():
    contents = said("csv", 'a,b\n1\n"x\ny",z\n\n,z\n' + "9" * 2000 + ",z\n", template="p({a}, {b})")
    assert [(each.line, each.reason) for each in contents.rejected] == [
        (2, "it has 1 values for 2 columns"),
        (6, "the value of a is empty"),
        (7, "the number of a has more than 1000 digits"),
    ]
    assert [placed.line for placed in contents.beliefs] == [3]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (None, "a table needs a template"),
        ("at(robot)", "names no column"),
        ("at({robot}", "is not a formula with columns in braces"),
        ("{robot}(hall)", "not an argument by itself"),
        ("at(r_{robot})", "not an argument by itself"),
        ("{robot} & q", "not an argument by itself"),
        ("at({rebot})", "no column 'rebot', which the template names; the columns are robot, room, load"),
    ],
)
def test_templates_that_do_not_fit(template, message):
    with pytest.raises(FormatError) as caught:
        said("csv", TABLE, template=template)
    assert message in str(caught.value)


def test_what_is_no_table():
    with pytest.raises(FormatError, match="line 3: this is no table"):
        said("csv", 'a\nb\n"c" d\n', template="p({a})")
    with pytest.raises(FormatError, match="the columns are none"):
        said("csv", "", template="p({a})")


def test_what_the_template_does_not_describe_does_not_fit():
    base = base_of(said("language", "[a] at(r2, hall)\n[b] q\n[c] at(r2, r2)\n[d] !at(r2, lab)"))
    with pytest.raises(
        FormatError, match="belief 'b' does not fit into a table by this template: it is not of the form"
    ):
        write(base, "csv", Options(template="at({robot}, {room})"))
    written = write(base, "csv", Options(template="at({robot}, {room})", skip=True))
    assert written.text == "robot,room\nr2,hall\nr2,r2\n"
    assert [misfit.name for misfit in written.skipped] == ["b", "d"]
    assert write(base, "csv", Options(template="at({r}, {r})", skip=True)).text == "r\nr2\n"
