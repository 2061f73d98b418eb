"""A poller that comes back on the same connection with the same question is let in again without ceremony.

An answer to a long-poll leaves its connection open and **resting** in the lot. What comes next over it is nearly
always the same request with another ``since``: same address, same cookie, same everything. Its head is compared, by
a hash of all its bytes but the version, with the head that the whole application has let in before; only when
they are the same does it skip the application. Everything else is handed back to the HTTP server, bytes and all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from claps.plain.topics import Topic

_HEAD = re.compile(rb"(GET /live\?[!-~]*?since=)([0-9a-z]+\.[0-9]+)((?:&[!-~]*)? HTTP/1\.1\r\n.*\r\n\r\n)", re.DOTALL)


class Head(NamedTuple):
    """A request's head: a mark of all of it but the version, and the version."""

    mark: int
    since: str


class Rest:
    """What a kept connection remembers between two questions."""

    __slots__ = ("is_open", "mark", "topic", "wait_seconds")

    def __init__(self, mark: int | None, topic: Topic | None, wait_seconds: float) -> None:
        self.mark = mark
        self.topic = topic
        self.wait_seconds = wait_seconds
        self.is_open = False


def read_head(data: bytes) -> Head | None:
    """Read the head of a whole long-poll request for one topic with one ``since``; None for anything else."""
    match = _HEAD.fullmatch(data)
    if match is None or data.count(b"\r\n\r\n") != 1 or data.count(b"since=") != 1 or data.count(b"topic=") != 1:
        return None
    return Head(hash((match[1], match[3])), match[2].decode())
