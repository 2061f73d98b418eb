"""flask-sock for sockets that are parked: its routes, without a reader thread and a parser for each of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, make_response, request
from flask_sock import Sock

from claps.live.handshakes import answer_handshake
from claps.plain.errors import Malformed, Unavailable
from claps.web.parked import PARKED, request_socket

VERSION = "13"
JSON_PROTOCOL = "claps.json.v1"
View = Callable[[Any, bytes, str | None], None]


class ParkingSock(Sock):  # type: ignore[misc]
    """Routes WebSocket requests as flask-sock does, and leaves the socket itself to the view.

    flask-sock's own route makes an object of simple-websocket for every socket, with a parser, an HTTP state
    machine for the handshake, and a thread: a fifth of what an upgrade costs, thrown away at once.
    A view is called with the request's socket, the handshake's answer, which it must send first, and the
    subprotocol that was chosen. No extension is ever negotiated: a frame is smaller than a deflate context.
    """

    def route(self, path: str, bp: Blueprint, **options: Any) -> Callable[[View], None]:
        """Route WebSocket requests for a path to a view."""

        def decorate(view: View) -> None:
            @wraps(view)
            def upgrade(**values: Any) -> Response:
                if request.environ.get("HTTP_SEC_WEBSOCKET_VERSION") != VERSION:
                    return make_response("Only version 13 of the protocol.\n", 426, {"Sec-WebSocket-Version": VERSION})
                sock = request_socket()
                if sock is None:
                    raise Unavailable("This server cannot hold a socket: run Claps under gunicorn’s gevent worker.")
                protocol = JSON_PROTOCOL if JSON_PROTOCOL in _offered() else None
                view(sock, _handshake(protocol), protocol, **values)
                return PARKED

            bp.route(path, websocket=True, **options)(upgrade)

        return decorate


def _offered() -> list[str]:
    return [name.strip() for name in request.environ.get("HTTP_SEC_WEBSOCKET_PROTOCOL", "").split(",")]


def _handshake(protocol: str | None) -> bytes:
    try:
        return answer_handshake(request.environ.get("HTTP_SEC_WEBSOCKET_KEY", "").encode(), protocol)
    except ValueError as error:
        raise Malformed("Sec-WebSocket-Key", "The handshake’s key must be 16 bytes in base64.") from error
