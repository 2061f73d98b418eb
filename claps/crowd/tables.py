"""A realtime table that somebody of the crowd writes to and others watch; in the end each must have it as it is."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from typing import Any

from claps.crowd import visits
from claps.crowd.connections import Connection, Loop
from claps.crowd.people import Company, length_of
from claps.crowd.programs import Program
from claps.crowd.readers import AGENT
from claps.crowd.sightings import Sights, rank
from claps.crowd.visits import Account

WRITERS = 4
KEYS = 20
FAULTS_TOLD = 5


class Board:
    """One table of one person, who writes to it over some connections; it goes when that person leaves.

    :param watchers: how many follow it, each over a WebSocket.
    """

    def __init__(self, loop: Loop, company: Company, *, watchers: int) -> None:
        self.loop = loop
        self.name = ""
        self.account: Account | None = None
        self.sent = self.acknowledged = self.refused = self.unanswered = self.told = 0
        self.milliseconds: Counter[int] = Counter()
        self.watchers = [TableWatcher(self) for _ in range(watchers)]
        self._company = company
        self._writers = [TableWriter(self) for _ in range(WRITERS)]

    @property
    def outstanding(self) -> int:
        """How many puts have no answer yet."""
        return sum(writer.sent_at > 0 for writer in self._writers)

    @property
    def times(self) -> Sights:
        """How many milliseconds it took from a put to each watcher."""
        return rank(self.milliseconds)

    def open(self) -> None:
        """Make the table, and let everybody watch it; nothing when nobody shall, or nobody is there to make it.

        :raises Unavailable: the site makes no table.
        """
        if not self.watchers or not self._company.members:
            self.watchers = []
            return
        self.account = self._company.members[0].account
        self.name = visits.make_table(self.loop.target, self.account)
        for watcher in self.watchers:
            watcher.open()

    def write(self) -> bool:
        """Put a value under one of twenty keys, or delete one; False when all connections wait for an answer."""
        idle = next((writer for writer in self._writers if not writer.sent_at), None)
        if idle is None or not self.name:
            return False
        self.sent += 1
        idle.write()
        return True

    def find_faults(self) -> list[str]:
        """Compare what each watcher has with the table; empty when all have the same.

        :raises Unavailable: the site does not answer.
        """
        if not self.name or self.account is None:
            return []
        entries = visits.read_table(self.loop.target, self.account, self.name)
        faults = []
        for number, watcher in enumerate(self.watchers, 1):
            wrong = [key for key in {*entries, *watcher.entries} if entries.get(key) != watcher.entries.get(key)]
            if wrong or not watcher.is_there:
                faults.append(f"watcher {number} of table {self.name} has {len(wrong)} other entries")
        return faults


class TableWriter(Connection):
    """A connection over which the table's owner changes it, one change after the other."""

    __slots__ = ("_board", "_rest", "sent_at")

    def __init__(self, board: Board) -> None:
        super().__init__(board.loop)
        self._board = board
        self._rest = b""
        self.sent_at = 0.0

    def write(self) -> None:
        """Send a change; one in ten deletes."""
        self.sent_at = time.monotonic()
        deletes = not random.randrange(10)
        body = "" if deletes else json.dumps({"number": self._board.sent, "sent_at": self.sent_at})
        assert self._board.account is not None
        request = (
            f"{'DELETE' if deletes else 'PUT'} /api/v1/tables/{self._board.name}/entries/key-{random.randrange(KEYS)} "
            f"HTTP/1.1\r\nHost: {self._loop.target.netloc}\r\nUser-Agent: {AGENT}\r\nAccept: application/json\r\n"
            f"Cookie: {self._board.account.cookie}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        if self.fd >= 0:
            self.send(request)
        else:
            self.connect(request)

    def arrived(self, data: bytes) -> None:
        """Read the answer; to delete what is not there is answered 404, and is no fault."""
        data = self._rest + data
        head, end, body = data.partition(b"\r\n\r\n")
        length = length_of(head)
        if not end or (length is not None and len(body) < length):
            self._rest = data
            return
        self._rest = b""
        if self.sent_at:
            done = head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201", b"HTTP/1.1 404"))
            self._board.acknowledged += done
            self._board.refused += not done
        self.sent_at = 0.0
        if length is None or b"\r\nconnection: close" in head.lower():
            self.drop()

    def lost(self) -> None:
        """An idle connection may be closed by the server; of what was under way nobody knows."""
        self._rest = b""
        self._board.unanswered += self.sent_at > 0
        self.sent_at = 0.0


class TableWatcher(Program):
    """A program that follows the table, and comes back with the last version that it has seen.

    :ivar entries: the table as it was told, by key.
    """

    __slots__ = ("_board", "_since", "entries", "is_there")

    def __init__(self, board: Board) -> None:
        super().__init__(board.loop)
        self._board = board
        self._since = ""
        self.is_there = False
        self.entries: dict[str, Any] = {}

    def open(self) -> None:
        """Connect."""
        assert self._board.account is not None
        self.ask(f"topic=table:{self._board.name}&since={self._since}", self._board.account.cookie)

    def take(self, message: dict[str, Any]) -> None:
        """Do what a message says."""
        self._since = message["version"]
        if message.get("resync"):
            self.entries.clear()
            self.is_there = False
        self.is_there |= message.get("snapshot") == "end"
        for entry in message.get("state", {}).get("entries", ()):
            self.entries[entry["key"]] = entry["value"]
        event = message.get("event")
        if event is None:
            return
        self._board.told += 1
        if event["op"] != "put":
            self.entries.pop(event["key"], None)
            return
        self.entries[event["key"]] = event["value"]
        self._board.milliseconds[int((time.monotonic() - event["value"]["sent_at"]) * 1000) + 1] += 1
