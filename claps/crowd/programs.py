"""A program that watches one topic as JSON over a WebSocket, and comes back after a moment when it is cut off."""

from __future__ import annotations

import json
import random
from typing import Any

from claps.crowd.connections import Connection, Loop
from claps.crowd.frames import CLOSE, KEY, PING, TEXT, behind_handshake, pong_frame, split
from claps.crowd.readers import AGENT, BACK_SECONDS


class Program(Connection):
    """One who is signed in and watches; subclasses say what, and what they make of a message."""

    __slots__ = ("_is_open", "_rest")

    def __init__(self, loop: Loop) -> None:
        super().__init__(loop)
        self._is_open = False
        self._rest = b""

    def open(self) -> None:
        """Connect."""
        raise NotImplementedError

    def take(self, message: dict[str, Any]) -> None:
        """Do what a message says."""
        raise NotImplementedError

    def ask(self, query: str, cookie: str) -> None:
        """Begin the handshake.

        :param query: what to watch, as in ``topic=post:12``.
        """
        self._is_open, self._rest = False, b""
        self.connect(
            f"GET /live?{query} HTTP/1.1\r\nHost: {self._loop.target.netloc}\r\nUser-Agent: {AGENT}\r\n"
            f"Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Protocol: claps.json.v1\r\n\r\n".encode()
        )

    def arrived(self, data: bytes) -> None:
        """Read frames; the first bytes are the handshake's answer."""
        data, self._rest = self._rest + data, b""
        if not self._is_open:
            try:
                behind = behind_handshake(data)
            except ValueError:
                self._end()
                return
            if behind is None:
                self._rest = data
                return
            self._is_open, data = True, behind
        frames, self._rest = split(data)
        for opcode, payload in frames:
            if opcode == TEXT:
                self.take(json.loads(payload))
            elif opcode == PING:
                self.send(pong_frame(payload))
            elif opcode == CLOSE and self.fd >= 0:
                self._end()
                return

    def lost(self) -> None:
        """Come back after a moment."""
        self._loop.later(random.uniform(*BACK_SECONDS), self.open)
