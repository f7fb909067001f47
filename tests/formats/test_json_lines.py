"""JSON Lines: what programs write, well or badly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from support.files import base_of, said

from beliefs.base.entrenchment import Entrenchment
from beliefs.errors import FormatError
from beliefs.formats import write


def only(line: str):
    (placed,) = said("jsonl", line).beliefs
    return placed.what


def test_a_formula_is_enough():
    belief = only('{"formula": "bird(tweety)"}')
    assert (belief.name, str(belief.entrenchment), belief.source) == ("", "1", None)


@pytest.mark.parametrize(
    ("weight", "value"),
    [("2", 2), ('"1/3"', Fraction(1, 3)), ("0.1", Fraction(1, 10)), ('"0.25"', Fraction(1, 4))],
)
def test_weights_are_exact(weight, value):
    belief = only(f'{{"formula": "p", "entrenchment": 3, "weight": {weight}}}')
    assert belief.entrenchment == Entrenchment(3, Fraction(value))


def test_what_list_prints_is_read():
    line = (
        '{"name": "a", "formula": "p", "entrenchment": "certain", "weight": 1, "source": "x", "blamed": 0, '
    )
    assert only(line + '"confirmed": 1, "counts": 1}').entrenchment.is_certain


def test_an_individual_that_looks_like_a_variable_comes_back():
    base = base_of(said("language", "const x: Thing\n[a] p(x)")).undeclare(
        *base_of(said("language", "const x: Thing")).declarations
    )
    assert base_of(said("jsonl", write(base, "jsonl").text)) == base
    assert base_of(said("language", write(base, "language").text)).beliefs == base.beliefs
    assert "quantifier" in said("jsonl", '{"formula": "p(x)"}').rejected[0].reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "this is no JSON: expecting property name"),
        ("[1]", "a line is one JSON object"),
        ('"p"', "a line is one JSON object"),
        ("{}", 'a belief has a "formula"'),
        ('{"formula": 1}', '"formula" is a text'),
        ('{"formula": null}', '"formula" is a text'),
        ('{"formula": "p &"}', "the text ends too early"),
        ('{"formula": "p", "level": 2}', '"level" is no key of a belief'),
        ('{"formula": "p", "formula": "q"}', "a key stands in it twice"),
        ('{"formula": "p", "entrenchment": -1}', '"entrenchment" is an integer from 0'),
        ('{"formula": "p", "entrenchment": 1.5}', '"entrenchment" is an integer from 0'),
        ('{"formula": "p", "entrenchment": true}', '"entrenchment" is an integer from 0'),
        ('{"formula": "p", "weight": 0}', '"weight" is a positive number'),
        ('{"formula": "p", "weight": "1/0"}', '"weight" is a positive number'),
        ('{"formula": "p", "weight": 1e999999999}', '"weight" is a positive number'),
        ('{"formula": "p", "weight": NaN}', "NaN is no number of JSON"),
        ('{"formula": "p", "source": "\\ud800"}', '"source" holds half of a character'),
        ('{"declaration": "p"}', "a declaration is one of the language"),
        ('{"declaration": "pred p", "name": "x"}', "a declaration is {"),
        ('{"format": "other"}', "the head of a file"),
        ("[" * 100_000, "it nests too deep"),
        ('{"formula": "' + "!" * 10_000 + 'p"}', "nests more than"),
        ('{"formula": "p", "weight": ' + "9" * 100_000 + "}", '"weight" is a positive number'),
    ],
)
def test_hostile_lines_are_rejected(line, reason):
    contents = said("jsonl", f'{{"formula": "good"}}\n{line}\n')
    (found,) = contents.rejected
    assert found.line == 2
    assert reason in found.reason
    assert len(contents.beliefs) == 1


def test_a_newer_version_is_not_read():
    with pytest.raises(FormatError, match="install a newer beliefs"):
        said("jsonl", '{"format": "beliefs", "version": 2}\n')


def test_what_is_no_text_is_not_read():
    with pytest.raises(FormatError, match="not UTF-8 text"):
        said("jsonl", b"\xff\xfe")
