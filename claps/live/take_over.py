"""Takes a socket away from the request that came over it."""

from __future__ import annotations

import os
import socket
from typing import Any

from claps.plain.limits import SEND_BUFFER_BYTES, UNACKED_SECONDS


def take_over(sock: Any) -> int:
    """Duplicate a request's socket, so that the server may close its own; return the new file number.

    :raises OSError: the socket is closed, or this process has no file left.
    """
    fd = os.dup(sock.fileno())
    prepare(sock)
    return fd


def prepare(sock: Any) -> None:
    """Set a socket up for being parked.

    The kernel's buffer is kept small, so that one who does not read costs little; and what a vanished peer
    does not acknowledge within a minute ends the connection (TCP_USER_TIMEOUT, RFC 5482).
    """
    os.set_blocking(sock.fileno(), False)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKED_SECONDS * 1000)
    except OSError:
        pass  # A Unix socket behind a proxy has none of these, and needs none.
