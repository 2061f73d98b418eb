"""Bytes as nobody's client would send them, and what comes back."""

from __future__ import annotations

import re
import socket
from contextlib import suppress

MOMENT_SECONDS = 0.5
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def connect(port: int, *, seconds: float = 10) -> socket.socket:
    """Open a connection."""
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def exchange(port: int, *pieces: bytes, seconds: float = 20) -> bytes:
    """Send bytes, say that no more come, and return all that comes back until the other end closes.

    :param pieces: each is sent when something has come back for the one before, or nothing has for a moment.
    """
    seen = b""
    with connect(port) as sock, suppress(ConnectionError):
        for piece in pieces[:-1]:
            sock.settimeout(MOMENT_SECONDS)
            sock.sendall(piece)
            with suppress(TimeoutError):
                seen += sock.recv(65_536)
        sock.settimeout(seconds)
        with suppress(OSError):  # the other end has closed already
            sock.sendall(pieces[-1])
            sock.shutdown(socket.SHUT_WR)
        return seen + read_all(sock)
    return seen


def read_all(sock: socket.socket) -> bytes:
    """Return all that comes until the other end closes, or nothing has come for the socket's time."""
    seen = b""
    with suppress(ConnectionError, TimeoutError):
        while piece := sock.recv(65_536):
            seen += piece
    return seen


def statuses(answer: bytes) -> list[int]:
    """The statuses of all answers that came over one connection."""
    found = []
    while match := _STATUS.match(answer):
        head, _, rest = answer.partition(b"\r\n\r\n")
        found.append(int(match[1]))
        length = _LENGTH.search(head)
        answer = rest[int(length[1]) if length else len(rest) :]
    return found
