"""Guests who clap: over HTTP as forms and programs do, and up JSON WebSockets; each clap is answered."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Sequence

from claps.crowd.connections import Connection, Loop
from claps.crowd.frames import CLOSE, KEY, PING, TEXT, pong_frame, split, text_frame
from claps.crowd.readers import AGENT
from claps.crowd.sightings import WatchedPost
from claps.plain.limits import CLAPS_PER_READER

_COOKIE = re.compile(rb"\r\nset-cookie: *((?:__Host-)?reader=[^;\r]+)", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLAPS = re.compile(rb'"claps": *(\d+)')
HTTP_CLAPPERS = 200
CLAPS_PER_SOCKET_SECOND = 10
SOCKET_CLAPPERS = 200


class Applause:
    """Sends claps and counts what becomes of them.

    :param posts: what is clapped for.
    :param socket_clappers: how many guests clap over WebSockets.
    """

    def __init__(self, loop: Loop, posts: Sequence[WatchedPost], *, socket_clappers: int) -> None:
        self.loop = loop
        self.posts = posts
        self.sent = 0
        self.refused = 0
        self.unanswered = 0
        self._idle: list[HttpClapper] = []
        self._http_clappers = 0
        self._sockets = [SocketClapper(self, number) for number in range(socket_clappers)]
        for clapper in self._sockets:
            clapper.open()

    @property
    def acknowledged(self) -> int:
        """How many claps were acknowledged."""
        return sum(post.acknowledged for post in self.posts)

    @property
    def outstanding(self) -> int:
        """How many claps have no answer yet."""
        return self.sent - self.acknowledged - self.refused - self.unanswered

    @property
    def sockets_open(self) -> int:
        """How many guests can clap over a WebSocket now."""
        return sum(clapper.is_open for clapper in self._sockets)

    def clap_by_http(self) -> bool:
        """Send one clap as a request; False when every guest still waits for an answer."""
        if self._idle:
            clapper = self._idle.pop()
        elif self._http_clappers < HTTP_CLAPPERS:
            self._http_clappers += 1
            clapper = HttpClapper(self)
        else:
            return False
        self.sent += 1
        clapper.clap(random.choice(self.posts))
        return True

    def clap_by_socket(self) -> bool:
        """Send one clap up a WebSocket; False when none is open."""
        for _ in range(3):
            clapper = random.choice(self._sockets)
            if clapper.is_open:
                self.sent += 1
                clapper.clap()
                return True
        return False

    def idle(self, clapper: HttpClapper) -> None:
        """Take back a guest who has an answer."""
        self._idle.append(clapper)


class HttpClapper(Connection):
    """A connection that is kept, and the guests who clap over it one after the other."""

    __slots__ = ("_applause", "_cookie", "_left", "_post", "_rest", "_sent_at")

    def __init__(self, applause: Applause) -> None:
        super().__init__(applause.loop)
        self._applause = applause
        self._rest = b""
        self._cookie = b""
        self._left = 0
        self._post: WatchedPost | None = None
        self._sent_at = 0.0

    def clap(self, post: WatchedPost) -> None:
        """Send one clap."""
        if not self._left:
            # Another guest: nobody gives one post more than 50, and most give a few.
            self._cookie, self._left = b"", random.randint(1, CLAPS_PER_READER // 2)
        self._left -= 1
        self._post, self._sent_at = post, time.monotonic()
        cookie = b"Cookie: %b\r\n" % self._cookie if self._cookie else b""
        request = (
            b"POST /posts/%d/claps HTTP/1.1\r\nHost: %b\r\nUser-Agent: %b\r\nAccept: application/json\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n%b\r\nclaps=1"
            % (post.id, self._loop.target.netloc.encode(), AGENT.encode(), cookie)
        )
        if self.fd >= 0:
            self.send(request)
        else:
            self.connect(request)

    def arrived(self, data: bytes) -> None:
        """Read the answer."""
        data = self._rest + data
        head, end, body = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or (length is not None and len(body) < int(length[1])):
            self._rest = data
            return
        self._rest = b""
        cookie, claps = _COOKIE.search(head), _CLAPS.search(body)
        if cookie is not None:
            self._cookie = cookie[1]
        post, self._post = self._post, None
        if post is not None and head.startswith(b"HTTP/1.1 200") and claps is not None:
            post.acknowledge(int(claps[1]), self._sent_at)
        elif post is not None:
            self._applause.refused += 1
        if length is None or b"\r\nconnection: close" in head.lower():
            self.drop()
        self._applause.idle(self)

    def lost(self) -> None:
        """An idle connection may be closed by the server; a clap under way may have been counted or not.

        Where nobody listened nothing was sent, and so nothing counted.
        """
        self._rest = b""
        if self._post is None:
            return
        self._post = None
        if self.was_open:
            self._applause.unanswered += 1
        else:
            self._applause.refused += 1
        self._applause.idle(self)


class SocketClapper(Connection):
    """A WebSocket that carries JSON, as another program's would; each connection is one guest."""

    __slots__ = ("_applause", "_given", "_number", "_rest", "_sent", "is_open")

    def __init__(self, applause: Applause, number: int) -> None:
        super().__init__(applause.loop)
        self._applause = applause
        self._number = number
        self._given = 0
        self._rest = b""
        self._sent: dict[str, tuple[WatchedPost, float]] = {}
        self.is_open = False

    def open(self) -> None:
        """Connect, as a new guest."""
        self._given, self._rest = 0, b""
        post = self._applause.posts[self._number % len(self._applause.posts)]
        self.connect(
            f"GET /live?topic=post:{post.id} HTTP/1.1\r\nHost: {self._loop.target.netloc}\r\nUser-Agent: {AGENT}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Protocol: claps.json.v1\r\n\r\n".encode()
        )

    def clap(self) -> None:
        """Send one clap; the posts take turns, so that none gets more than 50 from one guest."""
        posts = self._applause.posts
        post = posts[(self._number + self._given) % len(posts)]
        self._given += 1
        mark = f"{self._number}-{self._given}"
        self._sent[mark] = (post, time.monotonic())
        if self._given >= CLAPS_PER_READER * len(posts):
            self.is_open = False
        self.send(text_frame(json.dumps({"clap": 1, "topic": f"post:{post.id}", "id": mark}).encode()))

    def arrived(self, data: bytes) -> None:
        """Read acknowledgements; the news between them is for others."""
        data = self._rest + data
        if not self.is_open and not self._given:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._end()
                return
            self.is_open = True
        frames, self._rest = split(data)
        for opcode, payload in frames:
            if opcode == TEXT:
                self._read_answer(payload)
            elif opcode == PING:
                self.send(pong_frame(payload))
            elif opcode == CLOSE and self.fd >= 0:
                self._end()
                return
        if self._given and not self.is_open and not self._sent and self.fd >= 0:
            # This guest has given all there is to give: the next one, please.
            self.drop()
            self.open()

    def lost(self) -> None:
        """What was under way may have been counted or not; come back after a moment."""
        self.is_open = False
        self._applause.unanswered += len(self._sent)
        self._sent.clear()
        self._loop.later(random.uniform(0.5, 1.5), self.open)

    def _read_answer(self, text: bytes) -> None:
        if not text.startswith((b'{"ack"', b'{"refused"')):
            return
        answer = json.loads(text)
        sent = self._sent.pop(str(answer.get("ack") or answer.get("refused")), None)
        if sent is None:
            return
        if "ack" in answer:
            sent[0].acknowledge(int(answer["claps"]), sent[1])
        else:
            self._applause.refused += 1
