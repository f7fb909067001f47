"""The server over HTTP: on this machine alone, and for whoever has the token."""

from __future__ import annotations

import asyncio
import hmac
import json
import socket
from typing import Any, Final

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK: Final = "127.0.0.1"
PATH: Final = "/mcp"

BODY: Final = 1 << 20
"""How many bytes a request may have."""

_NOT_LET_IN: Final = json.dumps(
    {"error": "this server asks for its token: send the header Authorization: Bearer TOKEN"}
).encode()


class Guarded:
    """An application that only those reach who have the token."""

    def __init__(self, application: ASGIApp, token: str) -> None:
        self._application = application
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, if it has the token; how long the comparison takes tells nothing of the token."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if scope["type"] == "http" and len(given) == 1 and hmac.compare_digest(given[0], self._expected):
            await self._application(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": _NOT_LET_IN})


def listen(port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine; on a free one for 0.

    Raises:
        OSError: the port is taken, or may not be used.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen()  # whoever connects from now on waits until the server is up
    except OSError:
        listener.close()
        raise
    return listener


def address(listener: socket.socket) -> str:
    """Return the URL at which clients find the server."""
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}{PATH}"


def serve(server: MCPServer[Any], listener: socket.socket, token: str) -> None:
    """Serve until the process is told to end.

    A request whose `Host` or `Origin` is not this machine is turned away, so that no web page reaches the server
    through a name that it makes point here (DNS rebinding).
    """
    port = listener.getsockname()[1]
    names = [f"{host}:{port}" for host in (LOOPBACK, "localhost")]
    application = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=BODY,
        transport_security=TransportSecuritySettings(
            allowed_hosts=names, allowed_origins=[f"http://{name}" for name in names]
        ),
    )
    config = uvicorn.Config(
        Guarded(application, token),
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
