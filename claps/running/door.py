"""The door of a worker: looks how long a request has waited, and turns it away before any work is done for it."""

from __future__ import annotations

import random
import socket
import sys
import time
from typing import Any

from gunicorn.http.errors import ParseException

from claps.plain.admission import Admission
from claps.plain.patience import COME_BACK_SECONDS, REQUESTS_IN_WORK

# What machines ask in order to know how it goes is answered also when it goes badly.
ALWAYS = ("/healthz", "/readyz", "/metrics")
# Who comes to stay is let in however late it is: it comes back until it is, and letting it in costs less than that.
STAYING = "/live"
# struct tcp_info of linux/tcp.h: tcpi_last_data_recv, in milliseconds.
_LAST_DATA_AT, _TCP_INFO_BYTES = 52, 56
_LOOK_BYTES = 24
_TAKE_BYTES, _TAKES = 64 * 1024, 4
_HEAD = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: %d\r\nCache-Control: no-store\r\nContent-Type: %s\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s"
)
_PAGE = b"text/html; charset=utf-8", (
    b"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    b"<title>Too many at once</title><h1>Too many at once</h1>"
    b"<p>More people are here than this site can serve right now. Nothing was done. Please try again in a moment.</p>"
)
_PROBLEM = b"application/problem+json", (
    b'{"type": "about:blank", "title": "Too many at once", "status": 503, '
    b'"detail": "More ask than this site can serve right now. Nothing was done."}'
)


class Door:
    """Lets requests in, and turns away those for which there is no time.

    What was let in is served to its end; parked sockets do not pass here again.
    """

    def __init__(self) -> None:
        self._admission = Admission()
        self.in_work = 0
        self.turned_away = 0

    def lets_in(self, sock: Any, path: str) -> bool:
        """Decide about one request, whose head was read."""
        if path in ALWAYS or path == STAYING:
            return True
        if self.in_work >= REQUESTS_IN_WORK:
            return False
        return self._admission.admits(waited_seconds(sock), time.monotonic())

    def turns_away_early(self, sock: Any, data: bytes) -> bool:
        """Turn away one who has just come, without reading the request's head; only while some are turned away.

        :param data: what has come first.
        """
        now = time.monotonic()
        if not self._admission.is_crowded(now):
            return False
        path = data[:_LOOK_BYTES].decode("latin-1").partition(" ")[2].partition(" ")[0]
        # Who has not asked for anything yet has not waited for it either.
        if not path or path in ALWAYS or path.startswith(STAYING) or self._admission.admits(waited_seconds(sock), now):
            return False
        self.turn_away(sock, path)
        return True

    def turn_away(self, sock: Any, path: str) -> None:
        """Answer 503, and take what was sent: a connection closed over unread bytes would take the answer back."""
        self.turned_away += 1
        sock.setblocking(False)
        try:
            sock.send(_answer(path))
            sock.shutdown(socket.SHUT_WR)
            for _ in range(_TAKES):
                if not sock.recv(_TAKE_BYTES):
                    break
        except (OSError, ParseException):
            pass  # Nothing more has come, or more than anybody needs to ask; or the other end is gone.


def waited_seconds(sock: Any) -> float:
    """Tell for how long the newest bytes of a connection have been here; 0 where the system does not say.

    The kernel counts from when they came, so the time in the queue of those who knock is in it.
    """
    if sys.platform != "linux":
        return 0.0
    try:
        told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    except OSError:
        return 0.0  # a Unix socket
    return int.from_bytes(told[_LAST_DATA_AT:], sys.byteorder) / 1000


def _answer(path: str) -> bytes:
    kind, body = _PROBLEM if path.startswith("/api/") else _PAGE
    # Not all at the same moment: those who were turned away together would be together again.
    return _HEAD % (random.randint(*COME_BACK_SECONDS), kind, len(body), body)
