"""The command that serves a base to other programs: mcp."""

from __future__ import annotations

import os
import secrets
from importlib.util import find_spec

import click

from beliefs.cli import options
from beliefs.cli.settings import Settings

TOKEN = "BELIEFS_MCP_TOKEN"
"""The environment variable that has the token of the server over HTTP."""

LEAST = 16
"""Of how many characters a token consists at least."""

THINKING = 30_000
"""Milliseconds that a call may think, by default: clients wait no longer than a minute, as a rule."""


@click.command("mcp")
@click.option(
    "--http",
    is_flag=True,
    help="Serve over HTTP, on this machine alone, rather than standard input and output.",
)
@click.option(
    "--port",
    type=click.IntRange(min=0, max=65_535),
    default=8765,
    show_default=True,
    help="With --http, the port; 0 takes a free one.",
)
@click.option(
    "--dry-run-first",
    is_flag=True,
    help="Let a call that gives beliefs up only tell what would change, until it is confirmed by a second call.",
)
@click.option(
    "--timeout",
    type=options.Duration(),
    default=THINKING,
    help="How long one call may think before its answer is unknown. Default: 30.",
)
@click.option("--base", "place", metavar="FILE", help="The base; the same as --base before the command.")
@click.pass_context
def mcp_command(
    context: click.Context, http: bool, port: int, dry_run_first: bool, timeout: int, place: str | None
) -> None:
    """Serve the base to agents, as tools of an MCP server.

    MCP is the Model Context Protocol, which language models with tools speak. A client starts this command itself and
    talks to it over standard input and output. With --http, clients connect to a port of this machine, and send the
    token as `Authorization: Bearer TOKEN`; it is taken from the environment variable BELIEFS_MCP_TOKEN, or made and
    printed on standard error. The base is made where there is none.

    Example:
      beliefs mcp --base memory.db
      beliefs mcp --base memory.db --http --port 8765
    """
    if find_spec("mcp") is None:
        raise click.UsageError("serving needs the package mcp; install it by: pip install 'beliefs[mcp]'")
    settings = context.ensure_object(Settings)
    token = _token() if http else None

    from beliefs.agent import Agent
    from beliefs.mcp_server.memory import Limits
    from beliefs.mcp_server.server import make_server

    with Agent.open(settings.place if place is None else place) as agent:
        server = make_server(agent, limits=Limits(milliseconds=timeout), dry_run_first=dry_run_first)
        if token is None:
            server.run("stdio")
            return
        from beliefs.mcp_server.http import address, listen, serve

        try:
            listener = listen(port)
        except OSError as error:
            raise click.UsageError(
                f"port {port} cannot be used: {(error.strerror or str(error)).lower()}"
            ) from None
        with listener:
            click.echo(f"Serving at {address(listener)}", err=True)
            if TOKEN not in os.environ:
                click.echo(f"Token: {token}", err=True)
            serve(server, listener, token)


def _token() -> str:
    """The token that is set, or a new one.

    Raises:
        click.UsageError: the one that is set is none that could be sent, or easily guessed.
    """
    token = os.environ.get(TOKEN)
    if token is None:
        return secrets.token_urlsafe(32)
    if len(token) < LEAST or not token.isascii() or not token.isprintable() or " " in token:
        raise click.UsageError(
            f"{TOKEN} is no token: set it to {LEAST} or more ASCII characters without spaces, or leave it unset"
        )
    return token
