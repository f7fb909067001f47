"""The MCP server as clients meet it: a process that they start, and a port that they connect to."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess

import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")

import httpx2
from click.testing import CliRunner
from support.mcp_clients import SECONDS, TOKEN, command, over_http, over_stdio, serving

from beliefs import Agent
from beliefs.cli import serve
from beliefs.cli.group import beliefs

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture
def place(tmp_path):
    return tmp_path / "memory.db"


class TestStdio:
    def test_a_client_starts_it_and_what_it_is_told_stays(self, place):
        async def scenario(call):
            assert (await call("tell", belief="[fly] forall x. bird(x) -> flies(x)"))["committed"]
            await call("tell", belief="bird(tweety)")
            assert (await call("ask", formula="flies(tweety)"))["verdict"] == "believed"
            assert "column 6" in await call.error("tell", belief="bird(x)")

        over_stdio(place, scenario)
        with Agent.open(place, create=False) as agent:
            assert agent.ask("flies(tweety)").verdict == "believed"
            assert agent.verify().failed == ()

    def test_its_options(self, place):
        async def scenario(call):
            await call("tell", belief="p")
            assert (await call("contract", formula="p"))["confirm"]

        over_stdio(place, scenario, "--dry-run-first", "--timeout", "5s")

    def test_it_writes_nothing_but_messages(self, place):
        lines = [HELLO, {"jsonrpc": "2.0", "method": "notifications/initialized"}, "no JSON at all"]
        lines.append({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "conflicts"}})
        result = subprocess.run(
            command(place),
            input="".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        messages = [json.loads(line) for line in result.stdout.splitlines()]
        assert {message["id"] for message in messages if "id" in message} >= {1}
        assert all(message["jsonrpc"] == "2.0" for message in messages)
        assert result.returncode == 0, result.stderr

    def test_it_ends_with_its_client(self, place):
        result = subprocess.run(
            command(place), input="", capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert (result.returncode, result.stdout) == (0, "")

    def test_a_base_that_cannot_be_opened(self, tmp_path):
        place = tmp_path / "letter.db"
        place.write_text("a letter, not a base " * 100)
        result = subprocess.run(
            command(place), input="", capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert (result.returncode, result.stdout) == (2, "")
        assert str(place) in result.stderr


class TestHttp:
    def test_two_clients_at_once(self, place):
        async def tell(url: str, who: str) -> None:
            async with over_http(url) as call:
                for number in range(10):
                    await call("tell", belief=f"said({who}, n{number})", name=f"{who}-{number}", source=who)
                    assert (await call("ask", formula=f"said({who}, n{number})"))["verdict"] == "believed"

        async def play(url: str) -> None:
            async with asyncio.timeout(SECONDS):
                await asyncio.gather(tell(url, "left"), tell(url, "right"))

        with serving(place) as (url, _):
            asyncio.run(play(url))
        with Agent.open(place, create=False) as agent:
            assert len(agent.base) == 20
            assert agent.verify().failed == ()

    def test_a_token_is_made_where_none_is_set(self, place):
        async def play(url: str, token: str) -> None:
            async with asyncio.timeout(SECONDS), over_http(url, token) as call:
                assert (await call("list_beliefs"))["total"] == 0

        with serving(place, token=None) as (url, said):
            token = said[1].removeprefix("Token: ").strip()
            assert len(token) >= 32
            asyncio.run(play(url, token))

    def test_a_token_that_is_set_is_not_told(self, place):
        with serving(place) as (_, said):
            assert TOKEN not in "".join(said)

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": f"Basic {TOKEN}"},
            {"Authorization": f"Bearer {TOKEN}x"},
            {"Authorization": TOKEN},
        ],
    )
    def test_without_the_token_nobody_gets_in(self, place, headers):
        with serving(place) as (url, _):
            answer = httpx2.post(url, json=HELLO, headers=headers, timeout=SECONDS)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert "Authorization: Bearer TOKEN" in answer.json()["error"]
            assert httpx2.get(url, headers=headers, timeout=SECONDS).status_code == 401

    @pytest.mark.parametrize(
        "headers", [{"Host": "rebound.example:80"}, {"Origin": "http://rebound.example"}]
    )
    def test_no_web_page_gets_in_by_a_name_of_its_own(self, place, headers):
        accepted = {
            "Authorization": f"Bearer {TOKEN}",
            "Accept": "application/json, text/event-stream",
        }
        with serving(place) as (url, _):
            assert httpx2.post(url, json=HELLO, headers=accepted, timeout=SECONDS).status_code == 200
            answer = httpx2.post(url, json=HELLO, headers={**accepted, **headers}, timeout=SECONDS)
            assert answer.status_code in (403, 421)

    def test_only_this_machine_can_connect(self, place):
        with serving(place) as (url, _):
            assert url.startswith("http://127.0.0.1:")

    def test_a_request_that_is_too_large(self, place):
        with serving(place) as (url, _):
            answer = httpx2.post(
                url,
                content=b"x" * (2 << 20),
                headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
                timeout=SECONDS,
            )
            assert answer.status_code in (400, 406, 413)


class TestCommand:
    def run(self, *arguments: str, **environment: str):
        return CliRunner().invoke(beliefs, ["mcp", *arguments], env=environment)

    def test_a_port_that_is_taken(self, place):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            result = self.run("--base", str(place), "--http", "--port", str(port))
        assert result.exit_code == 2
        assert f"port {port} cannot be used" in result.stderr

    @pytest.mark.parametrize(
        "token", ["", "short", "a token with spaces in it", "größer-als-sechzehn-zeichen"]
    )
    def test_a_token_that_is_none(self, place, token):
        result = self.run("--base", str(place), "--http", BELIEFS_MCP_TOKEN=token)
        assert result.exit_code == 2
        assert "BELIEFS_MCP_TOKEN is no token" in result.stderr
        assert not place.exists()

    def test_without_the_extra_it_says_how_to_get_it(self, place, monkeypatch):
        monkeypatch.setattr(serve, "find_spec", lambda _: None)
        result = self.run("--base", str(place))
        assert result.exit_code == 2
        assert "pip install 'beliefs[mcp]'" in result.stderr
        assert not place.exists()

    def test_other_commands_do_not_load_it(self, place):
        script = (
            "import sys; from beliefs.cli.group import beliefs; "
            "beliefs.main(['ask', 'p | !p'], standalone_mode=False); "
            "sys.exit(any(name in sys.modules for name in ('mcp', 'pydantic', 'anyio', 'uvicorn')))"
        )
        with Agent.open(place):
            pass
        program = command(place)[0]
        result = subprocess.run(
            [program, "-c", script],
            env={**os.environ, "BELIEFS_BASE": str(place)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
