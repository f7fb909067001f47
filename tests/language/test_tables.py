"""The tables that are shipped are those of the grammar, and no others are used."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import lark
import pytest

from beliefs.errors import ParseError
from beliefs.language import tables
from beliefs.language.parser import FORMULA, LINE, TokenLexer, _Builder, _Machine

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "grammar_tables.py"
SHIPPED = Path(tables.__file__).with_name(tables.FILE)

# Every terminal of the grammar, names and what opens a formula more often than the rest.
WORDS = (
    *("p ", "q ", "r(", "at(", "a, ", "b) ", ") ", "( ", "x. ", "forall x. ", "exists y: Room. ", "!", "-")
    * 3,
    *("& ", "| ", "-> ", "<-> ", "= ", "!= ", "< ", "<= ", "> ", ">= ", "+ ", "- ", "* ", ", ", ". ", ": "),
    *("true ", "false ", "1 ", "0.5 ", "1/3 ", '"source" ', "[b1] ", "[b @2] ", "[@certain] ", "[", "] "),
    *("sort ", "pred ", "func ", "const ", "{", "} ", "# so\n", "\n", "$", "forall "),
)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> _Machine:
    """The parser as it was before there were tables: Lark makes them."""
    with monkeypatch.context() as patch:
        patch.setattr(tables, "parser", lambda *own: tables.made(tables.grammar(), *own))
        return _Machine()


def said(machine: _Machine, start: str, text: str) -> object:
    try:
        return repr(machine.parse(start, text, 0, text))  # with the places, which equality leaves out
    except ParseError as error:
        return str(error), error.expected, error.hint


def test_the_shipped_tables_read_as_those_that_lark_makes(made: _Machine) -> None:
    loaded = _Machine()
    rng = random.Random(7)
    read = 0
    for _ in range(4_000):
        text = "".join(rng.choices(WORDS, k=rng.randint(1, 9)))
        for start in (LINE, FORMULA):
            expected = said(made, start, text)
            assert said(loaded, start, text) == expected, text
            read += isinstance(expected, str)
    assert read > 100


def test_the_shipped_tables_are_current() -> None:
    done = subprocess.run(
        [sys.executable, TOOL, "--check"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_staleness_is_noticed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "import grammar_tables as tool\n"
        "tool.FILE = Path(sys.argv[2])\n"
        "raise SystemExit(tool.main(sys.argv[3:]))"
    )

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, str(TOOL.parent), str(tmp_path / "tables.json"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    stale = run("--check")
    assert (stale.returncode, stale.stderr) == (
        1,
        "tables.json is stale; `make tables` writes it anew\n",
    )
    assert run().returncode == 0
    assert (tmp_path / "tables.json").read_bytes() == SHIPPED.read_bytes()
    assert run("--check").returncode == 0
    assert run("--chek").returncode == 2


def test_the_shipped_tables_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "made", lambda *_: pytest.fail("the tables were made anew"))
    assert said(_Machine(), FORMULA, "p & q").startswith("_Parsed(value=And(")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: None,
        lambda text: "",
        lambda text: "[]",
        lambda text: text[: len(text) // 2],
        lambda text: json.dumps(json.loads(text) | {"lark": "0.0.1"}),
        lambda text: json.dumps(json.loads(text) | {"grammar": "of another one"}),
    ],
    ids=["missing", "empty", "no tables", "cut off", "another Lark", "another grammar"],
)
def test_tables_that_do_not_fit_are_made_anew(damage, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = damage(SHIPPED.read_text(encoding="utf-8"))
    if damaged is not None:
        (tmp_path / tables.FILE).write_text(damaged, encoding="utf-8")
    where = tables.files
    monkeypatch.setattr(tables, "files", lambda name: tmp_path if name == "beliefs.language" else where(name))
    makings = []

    def making(*own):
        makings.append(own)
        return real(*own)

    real = tables.made
    monkeypatch.setattr(tables, "made", making)
    assert said(_Machine(), FORMULA, "p & q").startswith("_Parsed(value=And(")
    assert len(makings) == 1


def test_a_change_of_the_grammar_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tables.grammar() + "\n// a remark\n"
    assert tables.made_of(changed) != tables.made_of(tables.grammar())
    monkeypatch.setattr(lark, "__version__", "9.9.9")
    assert tables.made_of(tables.grammar())["lark"] == "9.9.9"
    assert tables.parser(_Builder(), TokenLexer).parse("p", start=FORMULA) is not None
