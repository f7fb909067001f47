"""The command, called as a shell would call it, without a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from beliefs.cli.group import beliefs

ERROR_KEYS = ["error", "kind", "line", "column", "context", "expected", "hint"]


class Shell:
    """Calls the command on one base, as a shell would."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __call__(self, *arguments: str, code: int = 0, stdin: str | bytes | None = None) -> str:
        """Return what a command prints, having checked its exit code."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == code, f"exit {result.exit_code}: {result.output}"
        if code != 2:
            assert result.stderr == ""
        return result.stdout

    def run(self, *arguments: str, stdin: str | bytes | None = None):
        environment = {"BELIEFS_BASE": str(self.place)}
        return CliRunner().invoke(beliefs, list(map(str, arguments)), input=stdin, env=environment)

    def json(self, *arguments: str, code: int = 0, stdin: str | bytes | None = None):
        return json.loads(self(*arguments, "--json", code=code, stdin=stdin))

    def error(self, *arguments: str, stdin: str | bytes | None = None) -> str:
        """Return the message of a command that fails, having checked that nothing else was written or changed."""
        before = self.place.read_bytes() if self.place.exists() else None
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        assert (self.place.read_bytes() if self.place.exists() else None) == before
        as_json = self.run(*arguments, "--json", stdin=stdin)
        assert as_json.exit_code == 2
        assert as_json.stdout == ""
        told = json.loads(as_json.stderr)
        assert list(told) == ERROR_KEYS
        assert told["error"] in result.stderr
        return result.stderr
