"""The command that opens the terminal interface: what it refuses, and what it opens."""

from __future__ import annotations

import sys

import pytest
from support.shell import Shell

from beliefs import tui
from beliefs.agent import Agent
from beliefs.errors import MissingExtraError


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path / "test.db")


@pytest.fixture
def terminal(monkeypatch):
    """Let the command think that it is used at a terminal."""
    monkeypatch.setattr("beliefs.cli.tui.at_terminal", lambda: True)


def test_it_needs_a_terminal(shell):
    shell("init")
    assert "`tui` needs a terminal" in shell.run("tui").stderr
    assert shell.run("tui").exit_code == 2


def test_it_prints_no_json(shell):
    result = shell.run("tui", "--json")
    assert result.exit_code == 2
    assert "prints no JSON" in result.stderr


def test_it_makes_no_base(shell, terminal):
    result = shell.run("tui")
    assert result.exit_code == 2
    assert "`beliefs init` makes one" in result.stderr
    assert not shell.place.exists()


def test_it_says_what_to_install(shell, terminal, monkeypatch):
    shell("init")
    monkeypatch.setitem(sys.modules, "textual", None)
    result = shell.run("tui")
    assert result.exit_code == 2
    assert "pip install 'beliefs[tui]'" in result.stderr
    assert "Traceback" not in result.stderr
    with Agent.in_memory() as agent, pytest.raises(MissingExtraError, match=r"beliefs\[tui\]"):
        tui.browse(agent)


@pytest.mark.parametrize(("options", "read_only"), [([], False), (["--read-only"], True)])
def test_it_opens_the_base(shell, terminal, monkeypatch, options, read_only):
    shell("tell", "p")
    seen = []

    def browse(agent: Agent) -> None:
        seen.append((agent.read_only, len(agent.base), agent.budget.milliseconds))

    monkeypatch.setattr(tui, "browse", browse)
    assert shell("tui", *options, "--timeout", "5s") == ""
    assert seen == [(read_only, 1, 5_000)]
