"""A poller that comes back on the same connection with the same question is let in again without ceremony.

An answer to a long-poll leaves its connection open and **resting** in the lot. What comes next over it is nearly
always the same request with another ``since``: same address, same cookie, same everything. Its head is compared, by
a hash of all its bytes but the versions, with the head that the whole application has let in before; only when
they are the same does it skip the application. Everything else is handed back to the HTTP server, bytes and all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from claps.plain.topics import Topic

_HEAD = re.compile(rb"(GET /live\?[!-~]*since=[!-~]* HTTP/1\.1\r\n)(.*\r\n\r\n)", re.DOTALL)
# A proxy gives each request another one; it decides nothing.
_ID = re.compile(rb"^X-Request-ID:[^\r\n]*\r\n", re.IGNORECASE | re.MULTILINE)
_SINCE = re.compile(rb"(?<=since=)[0-9a-z]+\.[0-9]+(?=[& ])")


class Head(NamedTuple):
    """A request's head: a mark of all of it but the versions, and the versions."""

    mark: int
    seen: tuple[str, ...]


class Rest:
    """What a kept connection remembers between two questions."""

    __slots__ = ("is_open", "mark", "topics", "wait_seconds")

    def __init__(self, mark: int | None, topics: tuple[Topic, ...], wait_seconds: float) -> None:
        self.mark = mark
        self.topics = topics
        self.wait_seconds = wait_seconds
        self.is_open = False


def read_head(data: bytes) -> Head | None:
    """Read the head of a whole long-poll request with one ``since`` for each topic; None for anything else."""
    match = _HEAD.fullmatch(data)
    if match is None or data.count(b"\r\n\r\n") != 1:
        return None
    line = match[1]
    seen = _SINCE.findall(line)
    if not len(seen) == line.count(b"since=") == line.count(b"topic="):
        return None
    rest = _ID.sub(b"", match[2]) if b"equest-I" in match[2] or b"equest-i" in match[2] else match[2]
    return Head(hash((_SINCE.sub(b"", line), rest)), tuple(version.decode() for version in seen))
