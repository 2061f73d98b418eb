"""How a view ends while its socket lives on."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
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


# One for all: it holds nothing, and to make one takes as long as to read its request's address.
PARKED = Parked()


def request_socket() -> Any:
    """The socket that this request came over, or None where it cannot be kept (TLS, another server)."""
    sock = request.environ.get("gunicorn.socket")
    return None if sock is None or isinstance(sock, ssl.SSLSocket) else sock
