"""How a view ends while its socket lives on."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, request


class Parked(Response):
    """The answer of a view whose socket was parked: nothing is sent, and the server lets go of its end.

    gunicorn's asynchronous workers take StopIteration from an application for "already handled"
    (``gunicorn/workers/base_async.py``); flask-sock ends its views in the same way.
    """

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Send nothing."""
        raise StopIteration


def request_socket() -> Any:
    """The socket that this request came over, or None where it cannot be kept (TLS, another server)."""
    sock = request.environ.get("gunicorn.socket")
    return None if sock is None or isinstance(sock, ssl.SSLSocket) else sock


class SocketParked(Exception):
    """Ends the view of a WebSocket whose socket lives on."""


class NoThread:
    """Stands in for the reader thread that simple-websocket starts for every socket: the lot reads."""

    name = "(_thread)"

    def __init__(self, target: Callable[[], None]) -> None:
        self.target = target

    def start(self) -> None:
        """Start nothing."""


class NoEvent:
    """Stands in for the event on which simple-websocket's reader would wake its view."""

    def set(self) -> None:
        """Wake nobody."""
