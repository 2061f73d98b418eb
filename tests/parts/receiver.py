"""Somebody's server to which webhooks lead: it keeps what came and answers as it is told."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

LOOPBACK = "127.0.0.0/8"


@dataclass
class Arrived:
    """One request."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def message(self) -> str:
        """Its name."""
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        """What it says."""
        told: dict[str, Any] = json.loads(self.body)
        return told

    def verify(self, secret: str) -> None:
        """See, as everybody would who uses the official library, that it is signed."""
        Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """What came, in its order. ``answer`` is called with each request, and returns a status and headers."""

    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    answer: Callable[[Arrived], tuple[int, dict[str, str]]] = lambda arrived: (204, {})
    scheme: str = "http"

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    @property
    def events(self) -> list[str]:
        """The types of what came."""
        return [arrived.told["type"] for arrived in self.arrived]

    def data(self, event: str) -> list[dict[str, Any]]:
        """What came of one type, each message once, in the order of its first coming."""
        once = {arrived.message: arrived.told for arrived in reversed(self.arrived)}
        order = dict.fromkeys(arrived.message for arrived in self.arrived)
        return [once[name]["data"] for name in order if once[name]["type"] == event]

    def refuse(self, status: int = 500, **headers: str) -> None:
        """Take nothing from now on."""
        self.answer = lambda arrived: (status, {name.replace("_", "-"): text for name, text in headers.items()})

    def take(self) -> None:
        """Take everything from now on."""
        self.answer = lambda arrived: (204, {})


@contextmanager
def open_receiver(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listen on a free port of loopback, over TLS with a ``context``."""
    receiver = Receiver(scheme="http" if context is None else "https")
    server = _Server(("127.0.0.1", 0), _handler_of(receiver))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *about: object) -> None:
        """Say nothing of who went away."""


def _handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            arrived = Arrived(self.path, {name.lower(): text for name, text in self.headers.items()}, body)
            receiver.arrived.append(arrived)
            status, headers = receiver.answer(arrived)
            self.send_response(status)
            for name, text in {"Content-Length": "0", **headers}.items():
                self.send_header(name, text)
            self.end_headers()

        def log_message(self, *told: object) -> None:
            """Say nothing."""

    return Handler
