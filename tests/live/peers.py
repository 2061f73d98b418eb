"""The other ends of parked sockets, and waiting for what comes over them."""

from __future__ import annotations

import time
from collections.abc import Callable

import gevent
import gevent.socket

from claps.live.framing import MessageReader


def until(check: Callable[[], object], *, seconds: float = 5) -> None:
    """Return when ``check`` is true; other greenlets run meanwhile."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"not within {seconds} s: {check}"
        gevent.sleep(0.002)


class Peer:
    """The other end of a parked socket; ``fd`` is the end to park."""

    def __init__(self, *, send_buffer: int | None = None) -> None:
        ours, theirs = gevent.socket.socketpair()
        if send_buffer is not None:
            ours.setsockopt(gevent.socket.SOL_SOCKET, gevent.socket.SO_SNDBUF, send_buffer)
        ours.setblocking(False)
        self.fd = ours.detach()
        self.socket = theirs
        self.socket.settimeout(5)

    def receive(self) -> bytes:
        """Wait for something; empty when the other end has closed."""
        return bytes(self.socket.recv(1 << 20))

    def receive_all(self) -> bytes:
        """Wait until the other end closes; return everything."""
        received = b""
        while piece := self.receive():
            received += piece
        return received

    def receive_until(self, mark: bytes) -> bytes:
        """Wait until something ends with ``mark``."""
        received = b""
        while not received.endswith(mark):
            piece = self.receive()
            assert piece, f"closed after {received!r}"
            received += piece
        return received

    def take(self) -> bytes:
        """Return what has come already, without waiting."""
        self.socket.setblocking(False)
        try:
            return bytes(self.socket.recv(1 << 20))
        except BlockingIOError:
            return b""
        finally:
            self.socket.settimeout(5)

    def send_frame(self, opcode: int, payload: bytes = b"") -> None:
        """Send one masked frame (RFC 6455, section 5.2), with a mask of noughts."""
        assert len(payload) < 126
        self.socket.sendall(bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0]) + payload)


def read_frames(octets: bytes) -> list[tuple[int, bytes]]:
    """Take unmasked frames apart: opcode and payload of each."""
    frames = []
    while octets:
        size, start = octets[1], 2
        if size == 126:
            size, start = int.from_bytes(octets[2:4], "big"), 4
        frames.append((octets[0] & 15, octets[start : start + size]))
        octets = octets[start + size :]
    return frames


def masked(frame: bytes) -> list[tuple[str, str | bytes | int]]:
    """Read what a peer sent, with a new reader."""
    return MessageReader().read(frame)
