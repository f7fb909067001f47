"""Formats by their names and endings, files packed and not, and what is only written."""

from __future__ import annotations

import gzip
import zlib

import pytest
from support.files import base_of, said

from beliefs.errors import FormatError
from beliefs.formats import FORMATS, read, registry, write
from beliefs.formats.registry import format_named, format_of, source_of
from beliefs.planning.pddl import parse_domain

LIFT = """\
(define (domain lift)
  (:requirements :strips :negative-preconditions)
  (:constants ground top)
  (:predicates (at ?f) (above ?f ?g) (locked))
  (:action move :parameters (?f ?g)
    :precondition (and (at ?f) (above ?f ?g) (not (locked)))
    :effect (and (at ?g) (not (at ?f))))
  (:action unlock :parameters () :precondition (and) :effect (not (locked))))
"""


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.cnf", "cnf"),
        ("A.WCNF.GZ", "wcnf"),
        ("a.b.jsonl", "jsonl"),
        ("dir.ttl/a.nt", "turtle"),
        ("a.smt2", "smt2"),
        ("a", None),
        (".csv", "csv"),
        ("a.gz", None),
    ],
)
def test_endings(name, form):
    found = format_of(name)
    assert (None if found is None else found.name) == form


def test_no_ending_is_that_of_two():
    endings = [ending for form in FORMATS.values() for ending in form.endings]
    assert len(endings) == len(set(endings))


def test_a_format_that_is_none():
    with pytest.raises(FormatError, match=r"there is no format 'turtel'; did you mean turtle\?"):
        format_named("turtel")


def test_packed_files(tmp_path):
    path = tmp_path / "a.beliefs.gz"
    path.write_bytes(gzip.compress(b"p\n") + gzip.compress(b"q\n") + b"\0\0")
    assert [placed.text for placed in read(path).beliefs] == ["p", "q"]
    path.write_bytes(gzip.compress(b"p\n" * 1000)[:-9])
    with pytest.raises(FormatError, match="cannot be unpacked"):
        read(path)
    path.write_bytes(gzip.compress(b"p\n" * 1000)[:12] + b"junk junk junk")
    with pytest.raises(FormatError, match="cannot be unpacked"):
        read(path)


def test_a_small_file_that_unpacks_to_a_huge_one(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "LARGEST", 1_000_000)
    path = tmp_path / "a.beliefs.gz"
    packer = zlib.compressobj(wbits=31)
    path.write_bytes(packer.compress(bytes(50_000_000)) + packer.flush())
    with pytest.raises(FormatError, match="unpacks to more than"):
        read(path)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(FormatError, match="cannot be read"):
        source_of(tmp_path / "none.cnf")
    with pytest.raises(FormatError, match="cannot be read"):
        source_of(tmp_path)
    (tmp_path / "a").touch()
    with pytest.raises(FormatError, match=r"the ending of .* says no format; give one of language"):
        read(tmp_path / "a")


def test_graphml_is_only_written():
    base = base_of(said("language", "[fly] forall x. bird(x) -> flies(x)\n[t] bird(tweety)"))
    assert "<graphml" in write(base, "graphml").text
    with pytest.raises(FormatError, match="GraphML is only written"):
        said("graphml", "")


def test_a_domain_comes_back():
    pytest.importorskip("unified_planning")
    contents = said("pddl", LIFT, source="lift.pddl")
    assert contents.rejected == ()
    base = base_of(contents)
    assert {belief.source for belief in base} == {"lift.pddl"}
    written = write(base, "pddl").text
    first, again = parse_domain(LIFT), parse_domain(written)
    for schema in first.schemas:
        other = again.schema(schema.name)
        assert set(schema.conditions) == set(other.conditions)
        assert set(other.effects) == set(schema.effects)
    assert write(base_of(said("pddl", written)), "pddl").text == written


def test_a_domain_needs_actions():
    with pytest.raises(FormatError, match="nothing is believed of actions"):
        write(base_of(said("language", "p")), "pddl")
