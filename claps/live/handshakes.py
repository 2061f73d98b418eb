"""A WebSocket's handshake like one that was let in before is answered without asking the application again.

Handshakes of one browser for one page differ in their key, in the versions that were seen, and in which post it is;
where a proxy stands in front, also in whom it speaks for. All other bytes of a head decide who asks, from which site
and for what; they are compared, as they came, with those that the HTTP server has read and the whole application has
let in. So there is no second reading of a request, which could differ from the first: what is not the same byte for
byte is left to the HTTP server.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from typing import NamedTuple

from cachetools import LRUCache

from claps.live.hub import Hub
from claps.live.wires import Wire
from claps.plain.limits import HANDSHAKES_KEPT, TOPICS_PER_CONNECTION
from claps.plain.people import Reader
from claps.plain.topics import LIST_KINDS, Topic, parse_topic, post_topic

_TOPIC = rb"topic=post(?:(?::|%3A)[1-9][0-9]{0,17}(?:(?::|%3A)comments)?|s(?::|%3A)(?:0|[1-9][0-9]{0,17}))"
_SINCE = rb"since=(?:[0-9a-z]{1,32}\.[0-9]{1,18})?"
_LINE = re.compile(rb"GET /live\?(%b(?:&(?:%b|%b))*)(&listed=1)? HTTP/1\.1\r\n" % (_TOPIC, _TOPIC, _SINCE))
_KEY = re.compile(rb"\r\nSec-WebSocket-Key: ([+/0-9A-Za-z]{21}[AQgw]==)(?=\r\n)", re.IGNORECASE)
_FOR = re.compile(rb"\r\nX-Forwarded-For: ?([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_ID = re.compile(rb"\r\nX-Request-ID: ?[^\r\n]*(?=\r\n)", re.IGNORECASE)
# RFC 6455, section 1.3.
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Handshake(NamedTuple):
    """A handshake's head: all of it that must be the same, and what may differ."""

    mark: bytes
    key: bytes
    forwarded_for: str
    topics: tuple[str, ...]
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Welcome:
    """How the application has let such a handshake in.

    ``make_reader`` says who claps over it. ``note`` counts a view of a post; it is told who asks, by the peer's
    address and whom a proxy says it speaks for.
    """

    wire: Wire
    protocol: str | None
    make_reader: Callable[[], Reader | None]
    note: Callable[[int, str, str], None] | None


class KnownHandshakes:
    """Where handshakes come in whose like was let in before.

    :param peek: whether a post is published, as far as that is known without reading.
    """

    def __init__(self, hub: Hub, peek: Callable[[int], bool]) -> None:
        self._hub = hub
        self._peek = peek
        self._welcomes: LRUCache[bytes, Welcome] = LRUCache(HANDSHAKES_KEPT)
        self.entered = 0

    def learn(self, mark: bytes, welcome: Welcome) -> None:
        """Let in from now on what has this mark."""
        self._welcomes[mark] = welcome

    def knows(self, handshake: Handshake) -> bool:
        """True when one like it was let in before."""
        return handshake.mark in self._welcomes and not self._hub.draining

    def enter(self, fd: int, handshake: Handshake, address: str) -> bool:
        """Park the socket of a handshake that is known, unless something has to be looked up; it never waits.

        :param fd: a non-blocking socket's number. It is the hub's from now on, if it was taken.
        :param address: the peer's.
        """
        welcome = self._welcomes[handshake.mark]
        asks = _read_asks(handshake)
        if not all(self._is_known(topic) for topic in asks):
            return False
        opening = answer_handshake(handshake.key, welcome.protocol)
        self._hub.subscribe(fd, welcome.wire, asks.items(), reader=welcome.make_reader(), opening=opening)
        self.entered += 1
        # Whoever looks over a list has viewed none of its posts: there is nothing to note then.
        posts = [topic for topic in asks if topic.kind == "post"]
        if welcome.note is not None and len(posts) == 1 and not asks[posts[0]]:
            welcome.note(posts[0].number, address, handshake.forwarded_for)
        return True

    def _is_known(self, topic: Topic) -> bool:
        if topic.kind in LIST_KINDS:
            return True
        return self._hub.news_of(post_topic(topic.number)) is not None or self._peek(topic.number)


def read_handshake(data: bytes) -> Handshake | None:
    """Read a whole handshake for posts, their comments and what is new among them; None for anything else."""
    line = _LINE.match(data)
    if line is None or data.find(b"\r\n\r\n") != len(data) - 4:
        return None
    head = data[line.end() - 2 :]
    keys = _KEY.findall(head)
    if len(keys) != 1:
        return None
    forwarded = _FOR.findall(head)
    # Of each line its name is left, which says that it was there and could not stand there for anything else.
    mark = (line[2] or b"") + _ID.sub(b"\r\nX-Request-ID:", _FOR.sub(b"\r\nX-Forwarded-For:", head))
    mark = _KEY.sub(b"\r\nSec-WebSocket-Key:", mark)
    asks = line[1].decode().replace("%3A", ":").split("&")
    topics = tuple(ask[6:] for ask in asks if ask[0] == "t")
    seen = tuple(ask[6:] for ask in asks if ask[0] == "s")
    if len(forwarded) > 1 or len(topics) > TOPICS_PER_CONNECTION or len(seen) > len(topics):
        return None
    return Handshake(mark, keys[0], forwarded[0].decode("latin-1") if forwarded else "", topics, seen)


def _read_asks(handshake: Handshake) -> dict[Topic, str]:
    seen = handshake.seen + ("",) * (len(handshake.topics) - len(handshake.seen))
    return dict(zip(map(parse_topic, handshake.topics), seen, strict=True))


def answer_handshake(key: bytes, protocol: str | None) -> bytes:
    """Write the answer that opens a WebSocket (RFC 6455, section 4.2.2).

    :raises ValueError: the key is not 16 bytes in base64.
    """
    if len(b64decode(key, validate=True)) != 16:
        raise ValueError("a handshake's key is 16 bytes")
    accept = b64encode(sha1(key + _GUID, usedforsecurity=False).digest())
    named = b"" if protocol is None else b"\r\nSec-WebSocket-Protocol: " + protocol.encode()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + named + b"\r\n\r\n"
    )
