"""On which channel a topic is told of, between processes."""

from __future__ import annotations

import zlib

from claps.plain.limits import TABLE_CHANNELS
from claps.plain.topics import Topic

# Where workers tell each other about themselves.
HOUSE_CHANNEL = "claps"
_SHARED = "tables:"


def channel_of(topic: Topic) -> str:
    """Name a topic's channel: its own, or the one that a table shares with others; it never changes for a topic."""
    if topic.kind == "table":
        return f"{_SHARED}{zlib.crc32(str(topic).encode()) % TABLE_CHANNELS}"
    return str(topic)


def put_name(topic: Topic, message: str) -> str:
    """Say whose a message is, where its channel does not."""
    return f"{topic.key} {message}" if topic.kind == "table" else message


def take_name(channel: str, message: str) -> tuple[str, str]:
    """Read whose a message is, and what it says; nobody's name where the channel is one topic's."""
    if not channel.startswith(_SHARED):
        return "", message
    name, _, rest = message.partition(" ")
    return name, rest
