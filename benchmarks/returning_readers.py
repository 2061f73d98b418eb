"""Readers by JSON WebSocket and by long-poll who follow versions, and come back with the one they have seen."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import Any

from claps.crowd.connections import Connection, Loop
from claps.crowd.frames import CLOSE, KEY, PING, TEXT, behind_handshake, pong_frame, split, text_frame
from claps.crowd.targets import Target, find_target
from claps.live.shedding import MOVING

# As the pages' own: half a second, doubled with each vain attempt, with full jitter around it.
BACK_SECONDS = 0.5
BACK_SECONDS_MOST = 60.0
HEARD_KEPT = 4_096
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
Frames = tuple[list[tuple[int, bytes]], bytes]


class Shared:
    """What all readers have in common: where they may go, and what was noted."""

    def __init__(self, loop: Loop, ports: list[int]) -> None:
        self.loop = loop
        self.noted: Counter[str] = Counter()
        self.connected: Counter[int] = Counter()
        self._targets: dict[int, Target] = {}
        self._heard: dict[bytes, tuple[list[Any], bool, list[bytes], bytes]] = {}
        self.set_ports(ports)

    def set_ports(self, ports: list[int]) -> None:
        """Set the nodes' ports; new connections go to the one that has the fewest, as with ``leastconn``."""
        self._targets = {port: find_target(f"http://127.0.0.1:{port}", anywhere=False) for port in ports}

    def choose(self) -> tuple[int, Target]:
        """Choose a node, and count a connection there."""
        port = min(self._targets, key=lambda one: self.connected[one])
        self.connected[port] += 1
        return port, self._targets[port]

    def hear(self, data: bytes) -> tuple[list[Any], bool, list[bytes], bytes]:
        """Take apart what a WebSocket said: messages, whether it moves us, pings, and the rest.

        The readers of one post hear the same bytes: they are taken apart once.
        """
        heard = self._heard.get(data)
        if heard is None:
            if len(self._heard) >= HEARD_KEPT:
                self._heard.clear()
            frames, rest = split(data)
            messages = [_read(json.loads(payload)) for opcode, payload in frames if opcode == TEXT]
            moves = any(opcode == CLOSE and MOVING.encode() in payload for opcode, payload in frames)
            heard = (messages, moves, [payload for opcode, payload in frames if opcode == PING], rest)
            self._heard[data] = heard
        return heard


def _read(message: dict[str, Any]) -> Any:
    if "state" in message:
        epoch, _, offset = message["version"].rpartition(".")
        return epoch, int(offset), int(message["state"]["claps"])
    return "acknowledged" if "ack" in message else "refused"


class Reader(Connection):
    """Somebody who has one post open."""

    __slots__ = ("_attempts", "_rest", "_shared", "claps", "epoch", "is_open", "offset", "port", "post")

    def __init__(self, shared: Shared, post: int, source: str) -> None:
        super().__init__(shared.loop, source)
        self._shared = shared
        self._rest = b""
        self._attempts = 0
        self.post = post
        self.port = 0
        self.epoch = ""
        self.offset = 0
        self.claps = -1
        self.is_open = False

    @property
    def since(self) -> str:
        """The version that was seen."""
        return f"{self.epoch}.{self.offset}" if self.epoch else ""

    def open(self) -> None:
        """Connect to a node."""
        self._rest = b""
        self._attempts += 1
        # The loop has one target for all: it is read when the connection begins.
        self.port, self._loop.target = self._shared.choose()
        self.connect(self.request())

    def request(self) -> bytes:
        """What is said first."""
        raise NotImplementedError

    def opened(self) -> None:
        """The other end has answered."""
        if not self.is_open:
            self.is_open = True
            self._attempts = 0
            self._shared.noted["opened"] += 1

    def lost(self) -> None:
        """Come back, with full jitter."""
        self._shared.connected[self.port] -= 1
        if self.is_open:
            self._shared.noted["lost"] += 1
        self.is_open = False
        wait = min(BACK_SECONDS_MOST, BACK_SECONDS * 2 ** max(0, self._attempts))
        self._loop.later(random.uniform(0, wait), self.open)

    def show(self, epoch: str, offset: int, claps: int) -> None:
        """Put a state on the page; an older one than was shown is noted."""
        if epoch == self.epoch and offset < self.offset:
            self._shared.noted["older"] += 1
        self.epoch, self.offset, self.claps = epoch, offset, claps
        self._shared.noted["updates"] += 1


class SocketReader(Reader):
    """A program, over the JSON WebSocket; it may clap."""

    __slots__ = ("_moves", "asked", "given")

    def __init__(self, shared: Shared, post: int, source: str) -> None:
        super().__init__(shared, post, source)
        self.asked = False
        self.given = 0
        self._moves = False

    def request(self) -> bytes:
        """The handshake; every connection is another guest's."""
        self.given, self._moves = 0, False
        host = f"127.0.0.1:{self.port}"
        return (
            f"GET /live?topic=post:{self.post}&since={self.since} HTTP/1.1\r\nHost: {host}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://{host}\r\nSec-WebSocket-Key: {KEY}\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: claps.json.v1\r\n\r\n"
        ).encode()

    def clap(self) -> None:
        """Give one clap."""
        self.asked = True
        self.given += 1
        self._shared.noted["clapped"] += 1
        self.send(text_frame(f'{{"clap":1,"topic":"post:{self.post}","id":"1"}}'.encode()))

    def lost(self) -> None:
        """Come back; a clap that has no acknowledgement is not counted if we were moved, and else nobody knows."""
        if self._moves:
            self._shared.noted["moved"] += 1
        if self.asked:
            self._shared.noted["unsaid" if self._moves else "unknown"] += 1
        self.asked = False
        super().lost()

    def arrived(self, data: bytes) -> None:
        """Read frames; the first bytes are the handshake's answer."""
        if self._rest:
            data = self._rest + data
            self._rest = b""
        if not self.is_open:
            try:
                behind = behind_handshake(data)
            except ValueError:
                self._end()
                return
            if behind is None:
                self._rest = data
                return
            data = behind
            self.opened()
        messages, moves, pings, self._rest = self._shared.hear(data)
        self._moves = self._moves or moves
        for message in messages:
            if isinstance(message, tuple):
                self.show(*message)
            else:
                self.asked = False
                self._shared.noted[message] += 1
        for payload in pings:
            self.send(pong_frame(payload))


class Poller(Reader):
    """A program that polls, over a connection that stays while the server keeps it."""

    __slots__ = ()

    def request(self) -> bytes:
        """One question."""
        return (
            f"GET /live?topic=post:{self.post}&since={self.since}&wait=25 HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self.port}\r\nAccept: application/json\r\n\r\n"
        ).encode()

    def arrived(self, data: bytes) -> None:
        """Read the answer, and ask on at once when it is whole."""
        data = self._rest + data
        head, end, body = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or len(body) < (int(length[1]) if length else 0):
            self._rest = data
            return
        self._rest = b""
        self.opened()
        if head.startswith(b"HTTP/1.1 200"):
            self.show(*_read(json.loads(body)))
        elif not head.startswith(b"HTTP/1.1 304"):
            self._end()
            return
        if b"\r\nConnection: close" in head:
            self.drop()
            self._shared.connected[self.port] -= 1
            self._shared.noted["moved"] += 1
            self.is_open = False
            self.open()
        else:
            self.send(self.request())
