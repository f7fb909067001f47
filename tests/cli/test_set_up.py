"""The installation checked, shells that complete, and the manual page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.shell import Shell

from beliefs import doctor
from beliefs.cli.group import COMMANDS
from beliefs.cli.manual import manual

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path / "test.db")


class TestDoctor:
    def test_all_is_well(self, shell):
        shell("tell", "p")
        page = shell("doctor")
        assert page.endswith("All is well.\n")
        assert re.search(r"^ok +z3-solver +[0-9]", page, re.MULTILINE)
        assert "1 belief, 1 entry" in page
        assert "its chain of hashes is intact" in page

    def test_as_json(self, shell):
        told = shell.json("doctor")
        assert told["healthy"] is True
        findings = {each["what"]: each for each in told["findings"]}
        assert findings["base"]["state"] == "missing"
        assert findings["base"]["remedy"].startswith("beliefs init")
        assert findings["Z3"]["state"] == findings["SAT solver"]["state"] == "good"

    def test_it_makes_no_base(self, shell):
        shell("doctor")
        assert not shell.place.exists()

    def test_a_file_that_is_no_base(self, shell):
        shell.place.write_text("no database" * 100)
        page = shell("doctor", code=1)
        assert re.search("^BAD +base", page, re.MULTILINE)
        assert page.endswith("Something is wrong.\n")

    def test_a_journal_that_was_tampered_with(self, shell):
        import sqlite3

        shell("tell", "p")
        with sqlite3.connect(shell.place) as connection:
            connection.execute("UPDATE entry SET time = '2001-01-01T00:00:00.000000Z'")
        connection.close()
        assert shell.json("doctor", code=1)["healthy"] is False

    def test_a_solver_that_concludes_nothing(self, shell, monkeypatch):
        monkeypatch.setitem(doctor._PROBLEMS, "Z3", (("p",), "q"))
        findings = {each["what"]: each for each in shell.json("doctor", code=1)["findings"]}
        assert findings["Z3"]["detail"] == "says undecided of q, given p"
        assert "reinstall" in findings["Z3"]["remedy"]

    def test_what_is_missing_is_told_with_how_to_get_it(self, shell, monkeypatch):
        monkeypatch.setattr(
            doctor, "_version", lambda package: None if package == "unified-planning" else "1"
        )
        monkeypatch.setattr(shutil, "which", lambda name: None)
        findings = {each["what"]: each for each in shell.json("doctor")["findings"]}
        assert findings["extra planning"]["remedy"] == "pip install 'beliefs[planning]'"
        assert findings["Graphviz"]["state"] == "missing"
        monkeypatch.setattr(doctor, "_version", lambda package: None)
        assert shell.json("doctor", code=1)["healthy"] is False


def completed(shell: Shell, *words: str) -> list[str]:
    """Return what bash completes the last word to, by the script itself."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    script = """
        eval "$(beliefs completion bash)"
        COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
        compopt() { :; }
        _beliefs_completion beliefs
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    result = subprocess.run(
        ["bash", "-c", script, "bash", *words],
        env=os.environ | {"PATH": path, "BELIEFS_BASE": str(shell.place)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert result.stderr == ""
    return result.stdout.split()


class TestCompletion:
    def test_commands_and_options(self, shell):
        assert completed(shell, "beliefs", "con") == ["conflicts", "contract", "consolidate"]
        assert "--keep-going" in completed(shell, "beliefs", "import", "--")
        assert completed(shell, "beliefs", "export", "--format", "t") == ["turtle", "tsv"]

    def test_names_of_beliefs(self, shell):
        shell("load", "-", stdin="[fly] p\n[fly.2] q\n[walk] r")
        assert completed(shell, "beliefs", "show", "fl") == ["fly", "fly.2"]
        assert completed(shell, "beliefs", "graph", "--around", "w") == ["walk"]
        assert completed(shell, "beliefs", "--base", "elsewhere.db", "show", "w") == []

    def test_formats(self, shell):
        assert completed(shell, "beliefs", "import", "wc") == ["wcnf"]

    def test_what_there_is_not(self, shell):
        completed(shell, "beliefs", "nonsense", "x")

    def test_it_imports_no_command(self):
        code = (
            "import sys\n"
            "from beliefs.cli.group import beliefs\n"
            "from click.shell_completion import ShellComplete\n"
            "found = ShellComplete(beliefs, {}, 'beliefs', '_X').get_completions([], 'do')\n"
            "assert [each.value for each in found] == ['doctor'], found\n"
            "assert 'beliefs.agent' not in sys.modules\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)

    @pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
    def test_scripts(self, shell, name):
        script = shell("completion", name)
        assert "_BELIEFS_COMPLETE" in script
        if shutil.which(name):
            subprocess.run([name, "-n"], input=script, encoding="utf-8", check=True)

    def test_another_shell(self, shell):
        assert "'bash', 'zsh', 'fish'" in shell.run("completion", "tcsh").stderr


class TestManual:
    def test_it_tells_of_every_command(self, shell):
        page = shell("man")
        assert page == manual()
        for name in COMMANDS:
            assert re.search(rf"^\.SS beliefs {name}\b", page, re.MULTILINE)

    def test_it_is_current(self):
        result = subprocess.run(
            [sys.executable, ROOT / "tools" / "man_page.py", "--check"], capture_output=True, encoding="utf-8"
        )
        assert result.returncode == 0, result.stderr

    def test_man_reads_it_without_a_warning(self):
        if shutil.which("groff") is None:
            pytest.skip("there is no groff")
        result = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-K", "utf8"],
            input=manual().encode(),
            capture_output=True,
            check=True,
        )
        assert result.stderr == b""
        assert b"EXIT STATUS" in re.sub(rb".\x08", b"", result.stdout)

    def test_nothing_in_it_is_taken_for_a_request(self):
        requests = {line.split()[0] for line in manual().splitlines() if line.startswith((".", "'"))}
        assert requests <= {'.\\"', ".TH", ".SH", ".SS", ".PP", ".TP", ".nf", ".fi", ".RS", ".RE"}
