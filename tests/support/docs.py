r"""Runs the fenced examples of a Markdown file, so that what the docs show is what happens.

What a fence says after its three backticks decides what is done with it:

    python         executed, in the order of the file, in one namespace; a session with `>>>` is compared with
                   what it prints, as doctest does
    console        a shell session: `$ command`, further lines of the command after `> `, then what it prints
                   (`...` stands for anything); a status other than 0 is shown by a last line `[exit 1]`
    beliefs        must be of the language
    beliefs-error  must be refused by it
    anything else  is not run

A comment `<!-- not run: reason -->` before a fence leaves it out. All examples of one file share one folder;
the command `beliefs` is on the path.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from beliefs.errors import LanguageError
from beliefs.language.parser import parse_document
from beliefs.language.sorts import infer
from beliefs.language.syntax import Formula, Statement

LENIENT = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SECONDS = 120


@dataclass(frozen=True)
class Example:
    """A fenced block: where it stands, what it is, and why it is not run, if it is not."""

    path: Path
    line: int
    language: str
    text: str
    not_run: str | None = None

    def __str__(self) -> str:
        return f"{self.path.name}, line {self.line}"


_FENCE = re.compile(r"(?P<indent> *)(?P<fence>`{3,}|~{3,})\s*(?P<language>[^\s`]*)[^`]*")
_NOT_RUN = re.compile(r"\s*<!--\s*not run:(?P<reason>.*)-->\s*")


def examples(path: Path) -> Iterator[Example]:
    """Yield the fenced blocks of a file.

    Raises:
        ValueError: a fence is not closed, or a block is left out without a reason.
    """
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    reason: str | None = None
    for number, line in lines:
        opening = _FENCE.fullmatch(line)
        if opening is None:
            comment = _NOT_RUN.fullmatch(line)
            if comment:
                reason = comment["reason"].strip()
                if not reason:
                    raise ValueError(f"{path.name}, line {number}: say why the example is not run")
            elif line.strip():
                reason = None
            continue
        body: list[str] = []
        for _, inner in lines:
            if inner.strip().startswith(opening["fence"]) and not inner.strip().strip(opening["fence"][0]):
                break
            body.append(inner.removeprefix(opening["indent"]) + "\n")
        else:
            raise ValueError(f"{path.name}, line {number}: the fence is not closed")
        yield Example(path, number, opening["language"], "".join(body), reason)
        reason = None


class Runner:
    """Runs the examples of one file, in its own folder; each `run` returns what went wrong, or None."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._namespace: dict[str, object] = {"__name__": "__docs__"}

    def run(self, example: Example) -> str | None:
        """Run one example, after those before it, and return what went wrong."""
        if example.not_run:
            return None
        match example.language:
            case "python" if ">>> " in example.text:
                return self._run_session(example)
            case "python":
                return self._run_code(example)
            case "console":
                return self._run_console(example)
            case "beliefs":
                refusal = _refusal(example.text)
                return None if refusal is None else f"{example}: not of the language:\n{refusal}"
            case "beliefs-error":
                return None if _refusal(example.text) else f"{example}: expected to be refused, and is not"
        return None

    def _run_code(self, example: Example) -> str | None:
        # Empty lines in front give tracebacks the line numbers of the file.
        source = "\n" * example.line + example.text
        with contextlib.chdir(self._folder), contextlib.redirect_stdout(io.StringIO()):
            try:
                exec(compile(source, example.path, "exec"), self._namespace)
            except Exception:
                return f"{example}: {traceback.format_exc()}"
        return None

    def _run_session(self, example: Example) -> str | None:
        session = doctest.DocTestParser().get_doctest(
            example.text, self._namespace, str(example), str(example.path), example.line
        )
        said = io.StringIO()
        with contextlib.chdir(self._folder):
            doctest.DocTestRunner(optionflags=LENIENT).run(session, out=said.write, clear_globs=False)
        self._namespace.update(session.globs)
        return said.getvalue() or None

    def _run_console(self, example: Example) -> str | None:
        try:
            steps = console_steps(example)
        except ValueError as error:
            return str(error)
        for step, (output, status) in zip(steps, self._shell(steps), strict=True):
            if status != step.status:
                return f"{example}: $ {step.command}\nexit {status}, not {step.status}:\n{output}"
            if not doctest.OutputChecker().check_output(step.output, output, LENIENT):
                return f"{example}: $ {step.command}\n--- the docs say\n{step.output}--- it said\n{output}"
        return None

    def _shell(self, steps: list[Step]) -> list[tuple[str, int]]:
        """Run commands one after the other in one shell; return what each printed and its status."""
        # After each command, its status stands between two characters that no command prints; `$?` keeps it.
        mark = "\x1e"
        end = f"\n__status=$?; printf '{mark}%s{mark}' $__status; (exit $__status)\n"
        script = "".join(step.command + end for step in steps)
        said = subprocess.run(
            ["sh", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            cwd=self._folder,
            env=_environment(),
            timeout=SECONDS,
            check=False,
        ).stdout.split(mark)
        results = [(output, int(status)) for output, status in zip(said[::2], said[1::2], strict=False)]
        return results + [("the shell ended before this command did\n", -1)] * (len(steps) - len(results))


@dataclass(frozen=True)
class Step:
    """A command of a shell session, with what it should print and the status it should end with."""

    command: str
    output: str
    status: int


def console_steps(example: Example) -> list[Step]:
    """Split a shell session into its commands.

    Raises:
        ValueError: it does not begin with a command.
    """
    steps: list[Step] = []
    chunks = re.split(r"^\$ ", example.text, flags=re.MULTILINE)
    if chunks[0].strip() or len(chunks) == 1:
        raise ValueError(f"{example}: a console session begins with `$ ` and a command")
    for chunk in chunks[1:]:
        first, *rest = chunk.splitlines()
        command = [first]
        while rest and rest[0].startswith("> "):
            command.append(rest.pop(0).removeprefix("> "))
        while rest and not rest[-1].strip():
            rest.pop()
        status = 0
        if rest and (shown := re.fullmatch(r"\[exit (\d+)\]", rest[-1].strip())):
            status = int(shown[1])
            rest.pop()
        steps.append(Step("\n".join(command), "".join(line + "\n" for line in rest), status))
    return steps


def _refusal(text: str) -> LanguageError | None:
    """Return the error that the language has against a text, if any."""
    try:
        document = parse_document(text)
        infer(document.declarations, _named(document.statements))
    except LanguageError as error:
        return error
    return None


def _named(statements: Iterable[Statement]) -> Iterator[tuple[str, Formula]]:
    for number, statement in enumerate(statements, start=1):
        yield statement.header.name or f"belief {number}", statement.formula


def _environment() -> dict[str, str]:
    """The environment of a terminal that is 80 columns wide, with the installed command on its path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BELIEFS_")}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    return kept | {"PATH": path, "PYTHONUTF8": "1", "COLUMNS": "80", "NO_COLOR": "1"}


_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def broken_links(path: Path) -> Iterator[str]:
    """Yield what is wrong with each link of a file to another file or heading of the project."""
    prose = _prose(path)
    for number, line in enumerate(prose, start=1):
        for link in _LINK.finditer(re.sub(r"`[^`]*`", "", line)):
            target = link["target"]
            if _ELSEWHERE.match(target):
                continue
            name, _, anchor = target.partition("#")
            file = path.parent / name if name else path
            if not file.exists():
                yield f"{path.name}, line {number}: {target} leads nowhere"
            elif anchor and file.suffix == ".md" and anchor not in set(_anchors(file)):
                yield f"{path.name}, line {number}: {file.name} has no heading #{anchor}"


def _anchors(path: Path) -> Iterator[str]:
    """Yield what the headings of a file are called in links, as GitHub forms it."""
    seen: dict[str, int] = {}
    for line in _prose(path):
        heading = re.fullmatch(r"#{1,6}\s+(.*?)\s*#*\s*", line)
        if heading:
            words = re.sub(r"[^\w\- ]", "", heading[1].lower()).replace(" ", "-")
            count = seen[words] = seen.get(words, -1) + 1
            yield f"{words}-{count}" if count else words


def _prose(path: Path) -> list[str]:
    """Return the lines of a file, those of fenced blocks emptied."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for example in examples(path):
        for index in range(example.line - 1, example.line + example.text.count("\n")):
            lines[index] = ""
    return lines
