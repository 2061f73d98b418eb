"""Readers: what an open page does, by WebSocket or by long-poll, without the page."""

from __future__ import annotations

import random
import re

from claps.crowd.connections import Connection, Loop
from claps.crowd.frames import CLOSE, KEY, PING, TEXT, behind_handshake, pong_frame, split
from claps.crowd.sightings import UNSEEN, WatchedPost

# What the page would show, in the fragments that HTMX puts into it; and the version its poller asks on from.
_CLAPS = re.compile(rb'<hx-partial id="claps-\d+">([\d,]+)<')
_SINCE = re.compile(rb"since=([0-9a-z]+\.[0-9]+)")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
AGENT = "claps-simulate"
BACK_SECONDS = (0.5, 1.5)
HEARD_KEPT = 2_048

Heard = tuple[int | None, int, tuple[bytes, ...], bool, bytes]


class Audience:
    """What all readers have in common: how many watch, how much they were told."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.watching = 0
        self.updates = 0
        self.lost = 0
        self._heard: dict[bytes, Heard] = {}

    def hear(self, data: bytes) -> Heard:
        """Take apart what a WebSocket said: newest claps, number of counts, pings, whether it closes, and the rest.

        The readers of one post hear the same bytes within milliseconds: they are taken apart once.
        """
        heard = self._heard.get(data)
        if heard is None:
            if len(self._heard) >= HEARD_KEPT:
                self._heard.clear()
            frames, rest = split(data)
            told = [count for opcode, text in frames if opcode == TEXT for count in find_claps(text)]
            pings = tuple(payload for opcode, payload in frames if opcode == PING)
            closes = any(opcode == CLOSE for opcode, _ in frames)
            heard = (told[-1] if told else None, len(told), pings, closes, rest)
            self._heard[data] = heard
        return heard


def find_claps(html: bytes) -> list[int]:
    """Read every count of claps that fragments set, in their order."""
    return [int(text.replace(b",", b"")) for text in _CLAPS.findall(html)]


class Reader(Connection):
    """Somebody who has one post open. A connection that is lost is opened again after a moment, as pages do."""

    __slots__ = ("_audience", "_rest", "claps", "post")
    wire = ""

    def __init__(self, audience: Audience, post: WatchedPost, source: str | None) -> None:
        super().__init__(audience.loop, source)
        self._audience = audience
        self._rest = b""
        self.post = post
        self.claps = UNSEEN

    def open(self) -> None:
        """Connect."""
        raise NotImplementedError

    def lost(self) -> None:
        """Count it if it stood, and come back."""
        self._rest = b""
        self._audience.lost += self.was_open
        self._loop.later(random.uniform(*BACK_SECONDS), self.open)

    def show(self, claps: int) -> None:
        """Put a count on the page."""
        before, self.claps = self.claps, claps
        if before == UNSEEN:
            self._audience.watching += 1
        elif claps > before:
            self.post.step(before, claps, wire=self.wire)


class SocketReader(Reader):
    """A page with script, over HTMX's WebSocket."""

    __slots__ = ("_is_open",)
    wire = "WebSocket"

    def open(self) -> None:
        """Connect, as the page does: with no version, so that the whole state comes first."""
        self._is_open = False
        self.connect(
            f"GET /live?topic=post:{self.post.id}&since= HTTP/1.1\r\nHost: {self._loop.target.netloc}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: {self._loop.target.url}\r\nUser-Agent: {AGENT}\r\n"
            f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def arrived(self, data: bytes) -> None:
        """Read frames; the first bytes are the handshake's answer."""
        if self._rest:
            data = self._rest + data
            self._rest = b""
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
        claps, counts, pings, closes, self._rest = self._audience.hear(data)
        if claps is not None:
            self._audience.updates += counts
            self.show(claps)
        for payload in pings:
            self.send(pong_frame(payload))
        if closes and self.fd >= 0:
            self._end()


class PollReader(Reader):
    """A page whose WebSocket does not get through, over HTMX's long-poll."""

    __slots__ = ("_since",)
    wire = "long-poll"

    def __init__(self, audience: Audience, post: WatchedPost, source: str | None) -> None:
        super().__init__(audience, post, source)
        self._since = ""

    def open(self) -> None:
        """Ask for what comes after the version that was seen, over the connection that is there if there is one."""
        ask = self.send if self.fd >= 0 else self.connect
        ask(
            f"GET /live?topic=post:{self.post.id}&since={self._since} HTTP/1.1\r\nHost: {self._loop.target.netloc}\r\n"
            f"HX-Request: true\r\nAccept: text/html\r\nUser-Agent: {AGENT}\r\n\r\n".encode()
        )

    def arrived(self, data: bytes) -> None:
        """Read the answer, and ask on when it is whole."""
        data = self._rest + data
        head, end, body = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or length is None or len(body) < int(length[1]):
            self._rest = data
            return
        since = _SINCE.search(body)
        if not head.startswith(b"HTTP/1.1 200") or since is None:
            self._end()
            return
        self._rest = b""
        self._since = since[1].decode()
        for claps in find_claps(body):
            self._audience.updates += 1
            self.show(claps)
        if b"\r\nconnection: close" in head.lower():
            self.drop()
        self.open()
