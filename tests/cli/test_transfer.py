"""Import and export: every format through the command, in both forms of output."""

from __future__ import annotations

import gzip
import json

import pytest
from support.shell import Shell

from beliefs.agent import Agent


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path / "test.db")


TEXT = '[fly @2*1/3 "guide"] forall x. bird(x) -> flies(x)\n[t @certain] bird(tweety)\n'


@pytest.mark.parametrize("name", ["a.beliefs", "a.jsonl", "a.jsonl.gz", "a.smt2"])
def test_the_ending_says_the_format(shell, tmp_path, name):
    shell("load", "-", stdin=TEXT)
    assert shell("export", tmp_path / name) == f"Wrote 2 beliefs to {tmp_path / name}.\n"
    other = Shell(tmp_path / "other.db")
    assert "Now believed: 2 beliefs" in other("import", tmp_path / name)
    keys = ("name", "entrenchment", "weight", "source")
    assert [[b[key] for key in keys] for b in other.json("list")] == [
        [b[key] for key in keys] for b in shell.json("list")
    ]


def test_standard_streams(shell, tmp_path):
    shell("import", "language", "-", stdin=TEXT)
    lines = shell("export", "--format", "jsonl")
    assert json.loads(lines.splitlines()[1])["name"] == "fly"
    assert shell.json("import", "jsonl", "-", stdin=lines)["passed_over"] == 2
    packed = gzip.compress(TEXT.encode())
    assert Shell(tmp_path / "other.db").json("import", "language", "-", stdin=packed)["status"] == "done"


def test_rejected_lines(shell):
    error = shell.run("import", "language", "-", "--json", stdin="p\nq(\n")
    assert error.exit_code == 2
    told = json.loads(error.stderr)
    assert told["kind"] == "RejectedError"
    assert told["rejected"] == [
        {"line": 2, "text": "q(", "reason": "the text ends too early; expected a term"}
    ]
    assert not shell.place.exists()
    page = shell("import", "language", "-", "--keep-going", code=1, stdin="p\nq(\n")
    assert page.endswith(
        "Rejected: 1 line of the file.\n  line 2: q(\n    the text ends too early; expected a term\n"
    )
    result = shell.json("import", "language", "-", "--keep-going", code=1, stdin="r\nq(\n")
    assert [belief["formula"] for belief in result["added"]] == ["r"]
    assert len(result["rejected"]) == 1


def test_nothing_but_rejected_lines_makes_no_base(shell):
    shell("import", "language", "-", "--keep-going", code=1, stdin="q(\n")
    assert not shell.place.exists()


def test_batches(shell):
    text = "".join(f"p(a{n})\n" for n in range(5))
    result = shell.json("import", "language", "-", "--batch", "2", stdin=text)
    assert result["entries"] == [1, 2, 3]
    assert len(result["added"]) == 5
    page = Shell(shell.place.with_name("other.db"))("import", "language", "-", "--batch", "2", stdin=text)
    assert "4 beliefs more came in by the 2 changes before it." in page


def test_an_interruption_tells_what_was_committed(shell, monkeypatch):
    shell("init")
    taken = Agent.adopt

    def interrupted(agent, beliefs, **rest):
        if len(agent.base) == 4:
            raise KeyboardInterrupt
        return taken(agent, beliefs, **rest)

    monkeypatch.setattr(Agent, "adopt", interrupted)
    text = "".join(f"p(a{n})\n" for n in range(7))
    result = shell.run("import", "language", "-", "--batch", "2", stdin=text)
    assert result.exit_code == 130
    assert "entries 1 to 2 had been committed, and stay" in result.stderr
    monkeypatch.undo()
    assert shell.json("import", "language", "-", "--batch", "2", stdin=text)["passed_over"] == 4
    assert len(shell.json("list")) == 7


def test_contradictions(shell):
    text = "[a] p\n[b] !p\n"
    assert "Refused" in shell("import", "language", "-", code=1, stdin=text)
    assert not shell.place.exists()
    shell("import", "language", "-", "--keep-going", code=1, stdin=text)
    assert [belief["name"] for belief in shell.json("list")] == ["a"]
    shell("import", "language", "-", "--allow-conflict", stdin=text)


def test_whether_names_are_unique(shell, tmp_path):
    shell("init", "--no-unique-names")
    shell("tell", "[a] p(b)")
    text = shell("export", "--format", "jsonl")
    other = Shell(tmp_path / "other.db")
    other("import", "jsonl", "-", stdin=text)
    assert other("export", "--format", "jsonl") == text
    third = Shell(tmp_path / "third.db")
    third("tell", "q")
    assert "names are not unique in the file, and are in the base" in third.error(
        "import", "jsonl", "-", stdin=text
    )


def test_tables(shell, tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("robot,room\nr2,hall\nc3po,lab\n")
    assert "a table needs a template" in shell.error("import", path)
    shell("import", path, "--template", "at({robot}, {room})", "--level", "3")
    assert {(b["formula"], b["entrenchment"], b["source"]) for b in shell.json("list")} == {
        ("at(r2, hall)", 3, "places.csv"),
        ("at(c3po, lab)", 3, "places.csv"),
    }
    shell("tell", "[odd] p")
    assert "belief 'odd' does not fit into a table" in shell.error(
        "export", "--format", "csv", "--template", "at({robot}, {room})"
    )
    out = tmp_path / "out.csv"
    page = shell("export", out, "--template", "at({robot}, {room})", "--skip")
    assert "Left out 1 belief:\n  'odd' is not of the form at({robot}, {room})" in page
    assert out.read_text() == path.read_text()
    assert shell.json("export", out, "--template", "at({robot}, {room})", "--skip")["skipped"] == [
        {"name": "odd", "reason": "is not of the form at({robot}, {room})"}
    ]
    # On standard output stands the text alone.
    result = shell.run("export", "--format", "csv", "--template", "at({robot}, {room})", "--skip")
    assert result.stdout == path.read_text()
    assert "left out: belief 'odd'" in result.stderr


def test_rdf(shell, tmp_path):
    pytest.importorskip("rdflib")
    path = tmp_path / "people.ttl"
    path.write_text("@prefix ex: <http://example.org/> .\nex:a ex:knows ex:b .\n")
    shell("import", path)
    assert shell.json("list")[0]["formula"] == "ex__knows(ex__a, ex__b)"
    assert "give --prefix ex=IRI" in shell.error("export", "--format", "turtle")
    text = shell("export", "--format", "turtle", "--prefix", "ex=http://example.org/")
    assert "ex:a ex:knows ex:b ." in text
    assert "is no prefix" in shell.error("export", "--format", "turtle", "--prefix", "ex")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing argument"),
        (("cnf",), "give a file after the format: beliefs import cnf FILE"),
        (("a.cnf",), "does not exist"),
        (("-",), "the ending of - says no format; give one of language"),
        (("a", "b", "c"), "give a format, or none, and one file"),
        (("cfn", "a"), "there is no format 'cfn'; did you mean cnf?"),
        (("graphml", "-"), "GraphML is only written"),
    ],
)
def test_what_is_asked_wrongly(shell, arguments, message):
    assert message in shell.error("import", *arguments)
