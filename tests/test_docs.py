"""The docs tell the truth: their examples run, their links lead somewhere, and nothing public is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.docs import Example, Runner, broken_links, examples

import beliefs

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
LINKING = sorted({*PAGES, *ROOT.glob("*.md")})


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_examples_run(path, tmp_path):
    runner = Runner(tmp_path)
    faults = [fault for example in examples(path) if (fault := runner.run(example))]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", LINKING, ids=_name)
def test_links_lead_somewhere(path):
    assert list(broken_links(path)) == []


def test_every_public_name_is_documented():
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    missing = [name for name in beliefs.__all__ if not re.search(rf"\b{re.escape(name)}\b", text)]
    assert not missing, f"public names that neither README.md nor docs/ mentions: {', '.join(missing)}"


def test_generated_pages_are_current():
    result = subprocess.run(
        [sys.executable, "tools/cli_docs.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, f"{result.stdout}{result.stderr}\nmake docs writes them anew"


def fence(language: str, *lines: str) -> str:
    return "\n".join((f"```{language}", *lines, "```", ""))


class TestRunner:
    """The runner sees what is wrong, and only that."""

    @pytest.fixture
    def faults(self, tmp_path):
        def run(*parts: str) -> list[str]:
            path = tmp_path / "page.md"
            path.write_text("".join(parts), encoding="utf-8")
            runner = Runner(tmp_path)
            return [fault for example in examples(path) if (fault := runner.run(example))]

        return run

    def test_finds_fenced_blocks(self, tmp_path):
        path = tmp_path / "page.md"
        in_a_list = "- b\n  ~~~~ text\n  y\n  ```\n  ~~~~\n"
        left_out = "<!-- not run: c -->\n\n" + fence("sh")
        path.write_text("a\n" + fence("python", "x = 1", "") + in_a_list + left_out)
        assert list(examples(path)) == [
            Example(path, 2, "python", "x = 1\n\n"),
            Example(path, 7, "text", "y\n```\n"),
            Example(path, 13, "sh", "", "c"),
        ]

    def test_a_fence_must_be_closed(self, faults):
        with pytest.raises(ValueError, match=r"page\.md, line 2: the fence is not closed"):
            faults("a\n```python\nx = 1\n")

    def test_leaving_out_needs_a_reason(self, faults):
        assert faults("<!-- not run: needs a robot -->\n", fence("python", "1 / 0")) == []
        with pytest.raises(ValueError, match=r"line 1: say why"):
            faults("<!-- not run: -->\n", fence("python", "1 / 0"))

    def test_leaving_out_holds_for_the_next_fence_only(self, faults):
        assert faults("<!-- not run: a -->\n", fence("python"), fence("python", "1 / 0"))
        assert faults("<!-- not run: a -->\nwords\n", fence("python", "1 / 0"))

    def test_other_fences_are_not_run(self, faults):
        assert faults(fence("json", "}"), fence("", "1 / 0"), fence("mermaid", "x")) == []

    def test_code_shares_a_namespace_and_a_folder(self, faults):
        write = fence("python", "x = 1", "open('f', 'w').close()")
        assert faults(write, "words\n", fence("python", "assert x == 1", "open('f').close()")) == []

    def test_code_that_fails_is_shown_with_its_line(self, faults):
        (fault,) = faults(fence("python", "x = 1"), "\n", fence("python", "", "assert x == 2"))
        assert 'page.md", line 7' in fault
        assert "AssertionError" in fault

    def test_sessions_are_compared(self, faults):
        assert faults(fence("python", ">>> list(range(50))", "[0, ..., 49]")) == []
        (fault,) = faults("a\n", fence("python", ">>> 1 + 1", "3"))
        assert "line 3" in fault
        assert "Expected:\n    3\nGot:\n    2" in fault

    def test_sessions_share_the_namespace_too(self, faults):
        session = fence("python", ">>> x", "[1]", ">>> y = 2")
        assert faults(fence("python", "x = [1]"), session, fence("python", "assert y == 2")) == []

    def test_console_output_is_compared(self, faults):
        printf = ("$ printf 'a\\nb\\nc\\n'", "a", "...", "c")
        assert faults(fence("console", "$ echo one two", "one   two", "$ true", *printf)) == []
        (fault,) = faults(fence("console", "$ echo one", "two"))
        assert "page.md, line 1: $ echo one" in fault
        assert faults(fence("console", "$ echo one"))
        assert faults(fence("console", "$ true", "one"))

    def test_console_status_is_compared(self, faults):
        assert faults(fence("console", "$ echo a; false", "a", "[exit 1]", "$ echo $?", "1")) == []
        (fault,) = faults(fence("console", "$ (exit 3)", "[exit 1]"))
        assert "exit 3, not 1" in fault
        assert faults(fence("console", "$ false"))
        assert faults(fence("console", "$ true", "[exit 1]"))

    def test_console_is_one_shell_a_block(self, faults):
        write = fence("console", "$ x=7", "$ echo $x > f")
        assert faults(write, fence("console", "$ cat - f <<'END'", "> a", "> END", "a", "7")) == []
        (fault,) = faults(fence("console", "$ exit 0", "$ echo a", "a"))
        assert "the shell ended" in fault

    def test_console_shows_errors_and_has_the_command(self, faults):
        assert faults(fence("console", "$ echo bad >&2", "bad", "$ command -v beliefs", ".../beliefs")) == []

    def test_console_commands_have_no_input(self, faults):
        assert faults(fence("console", "$ cat", "$ echo a", "a")) == []

    def test_console_begins_with_a_command(self, faults):
        (fault,) = faults(fence("console", "beliefs list"))
        assert "begins with" in fault

    def test_beliefs_must_be_of_the_language(self, faults):
        assert faults(fence("beliefs", "sort Room = {kitchen}", "[a @2] forall x. p(x) -> q(x)")) == []
        assert faults(fence("beliefs", "p &"))
        assert faults(fence("beliefs", "p(a)", "p(a, b)"))

    def test_refused_beliefs_must_be_refused(self, faults):
        assert faults(fence("beliefs-error", "p &")) == []
        assert faults(fence("beliefs-error", "p & q"))

    def test_links(self, tmp_path):
        (tmp_path / "there.md").write_text("# A `b` c: d\n\n## A b\n## A b\n" + fence("sh", "# no"))
        path = tmp_path / "page.md"
        good = "[a](there.md) [b](there.md#a-b-c-d) [c](there.md#a-b-1) [d](#top) [e](https://x.y/z)\n"
        not_links = "`[f](nowhere)`\n" + fence("text", "[g](nowhere)")
        path.write_text("# Top\n" + good + not_links + "[h](gone.md)\n![i](there.md#no)\n")
        assert list(broken_links(path)) == [
            "page.md, line 7: gone.md leads nowhere",
            "page.md, line 8: there.md has no heading #no",
        ]
