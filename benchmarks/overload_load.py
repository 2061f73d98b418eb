"""Requests that come at their own pace, whether they are answered or not: ``python -m benchmarks.overload_load``."""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field

OUTSTANDING = 15_000
PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.002


@dataclass
class Second:
    """What became of the requests that were sent within one second."""

    sent: int = 0
    refused: int = 0
    failed: int = 0
    served_ms: list[float] = field(default_factory=list)


class Load:
    """One request a connection, as by readers who each ask once; latency counts from when it was due."""

    def __init__(self, port: int, request: bytes, per_second: float, seconds: float) -> None:
        self._address = "127.0.0.1", port
        self._request = request
        self._per_second = per_second
        self._seconds = seconds
        self._selector = selectors.DefaultSelector()
        self._open: dict[socket.socket, tuple[float, int, bytes]] = {}
        self.by_second = [Second() for _ in range(int(seconds) + 1)]

    def run(self) -> None:
        """Send them all, and wait for the answers."""
        began = time.monotonic()
        sent = 0
        while (now := time.monotonic()) - began < self._seconds + PATIENCE_SECONDS:
            due = min(int((now - began) * self._per_second), int(self._seconds * self._per_second))
            while sent < due:
                self._send(began + sent / self._per_second, int(sent / self._per_second))
                sent += 1
            if sent >= self._seconds * self._per_second - 1 and not self._open:
                break
            for key, events in self._selector.select(LOOK_SECONDS):
                self._go_on(key.fileobj, events)  # type: ignore[arg-type]
        for _, number, _ in self._open.values():
            self.by_second[number].failed += 1

    def _send(self, due_at: float, number: int) -> None:
        second = self.by_second[number]
        second.sent += 1
        if len(self._open) >= OUTSTANDING:
            second.failed += 1
            return
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(self._address)
        self._open[sock] = due_at, number, b""
        self._selector.register(sock, selectors.EVENT_WRITE)

    def _go_on(self, sock: socket.socket, events: int) -> None:
        due_at, number, data = self._open[sock]
        try:
            if events & selectors.EVENT_WRITE:
                sock.send(self._request)
                self._selector.modify(sock, selectors.EVENT_READ)
                return
            piece = sock.recv(65536)
        except OSError:
            piece = b""
        if piece:
            self._open[sock] = due_at, number, data or piece[:32]
            return
        self._selector.unregister(sock)
        del self._open[sock]
        sock.close()
        self._note(self.by_second[number], data, (time.monotonic() - due_at) * 1000)

    def _note(self, second: Second, head: bytes, took_ms: float) -> None:
        if b" 200 " in head:
            second.served_ms.append(took_ms)
        elif b" 503 " in head:
            second.refused += 1
        else:
            second.failed += 1


if __name__ == "__main__":
    port, per_second, seconds, core = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    os.sched_setaffinity(0, {core})
    load = Load(port, sys.stdin.buffer.read(), per_second, seconds)
    load.run()
    print(json.dumps([vars(second) for second in load.by_second]))
