"""RDF: triples as facts, and back."""

from __future__ import annotations

import pytest
from support.files import base_of, said

from beliefs.errors import FormatError, MissingExtraError
from beliefs.formats import Options, write
from beliefs.language.printer import print_formula

rdflib = pytest.importorskip("rdflib")

PEOPLE = """\
@prefix ex: <http://example.org/> .
@prefix : <urn:beliefs:> .
@prefix rdf: <http://example.org/not-rdf#> .
ex:a ex:knows ex:b , <http://other.org/c#d> ; ex:age 42 ; ex:height 1.75 ; ex:name "A \\"b\\""@en .
:r2 :at :hall ; a :Robot .
_:x ex:knows _:y .
"""


def graph_of(text: str, form: str = "turtle"):
    graph = rdflib.Graph()
    graph.parse(data=text, format=form)
    return graph


def test_names():
    contents = said("turtle", PEOPLE)
    assert contents.rejected == ()
    found = {print_formula(placed.what.formula) for placed in contents.beliefs}
    assert {
        "at(r2, hall)",
        "ex__knows(ex__a, ex__b)",
        "ex__age(ex__a, 42)",
        "ex__height(ex__a, 1.75)",
        "rdf__type(r2, Robot)",
    } <= found
    assert said("turtle", PEOPLE) == contents


def test_every_triple_comes_back():
    text = PEOPLE.replace("ex:age 42", "ex:years 42").replace("ex:height 1.75", "ex:metres 1.75")
    base = base_of(said("turtle", text))
    again = write(base, "turtle", Options(prefixes=(("ex", "http://example.org/"),))).text
    from rdflib.compare import isomorphic

    assert isomorphic(graph_of(again), graph_of(text))


def test_a_prefix_that_is_not_known_is_named():
    base = base_of(said("language", "[a] ex__knows(b, c)"))
    with pytest.raises(
        FormatError,
        match="belief 'a' does not fit into RDF: it has the name ex__knows, whose prefix is not known; give --prefix",
    ):
        write(base, "turtle")
    assert write(base, "turtle", Options(skip=True)).skipped[0].name == "a"


@pytest.mark.parametrize(
    "formula",
    ["p", "p(a)", "!p(a, b)", "p(a, b, c)", "p(a_u20_b, c)", "f(a) = b", "p(a, 1/3)", "p(a, b + 1)"],
)
def test_what_is_no_triple_does_not_fit(formula):
    base = base_of(said("language", f"[odd] {formula}"))
    with pytest.raises(FormatError, match="belief 'odd'"):
        write(base, "turtle")


@pytest.mark.parametrize(
    "text", ["<a> <b>", "@prefix ex <x> .", "\0", "<a> <b> " + "(" * 5_000, 'ex:a ex:b "c']
)
def test_malformed_files_are_refused(text):
    with pytest.raises(FormatError) as caught:
        said("turtle", text)
    assert len(str(caught.value)) < 500


def test_relative_names_need_a_base():
    with pytest.raises(FormatError, match="it has relative IRIs, as <b>, and no @base; write one"):
        said("turtle", "<a:a> <a:p> <b> .")


def test_odd_literals_write_nothing_to_standard_error(capfd):
    text = '@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n<a:a> <a:b> "x"^^xsd:integer, "1e5"^^xsd:double .'
    contents = said("turtle", text)
    assert len(contents.beliefs) == 2
    assert capfd.readouterr().err == ""
    assert len(graph_of(write(base_of(contents), "turtle").text)) == 2


def test_numbers_of_many_digits_are_rejected():
    contents = said("turtle", f"<a:a> <a:b> {'9' * 2_000} .")
    assert "digits" in contents.rejected[0].reason


def test_without_rdflib(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "rdflib", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'beliefs\[rdf\]'"):
        said("turtle", PEOPLE)
