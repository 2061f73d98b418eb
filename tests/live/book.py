"""A log topic for the tests of the live core: its source, and what is done with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import gevent

from claps.live.hub import Hub
from claps.live.subscribers import Subscriber
from claps.live.watches import LogWatch
from claps.live.wires import Wire
from claps.plain.errors import Unavailable
from claps.plain.news import News
from claps.plain.topics import Topic
from claps.plain.versions import Version
from tests.live.peers import Peer, read_frames, until

LOG = Topic("table", "prices")


class Book:
    """A log's source that a test writes by hand; ``away`` is how many readings still fail."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.epoch, self.oldest, self.away, self.read_offsets = "e", 0, 0, list[int]()

    def write(self, count: int = 1) -> None:
        """Write events that nobody is told of."""
        self.events += [{"n": len(self.events) + n} for n in range(1, count + 1)]

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """One, named as the topic."""
        return (str(topic),)

    def read(self, topics: object) -> dict[Topic, News]:
        """How far it has come."""
        return {LOG: News(LOG, Version(self.epoch, len(self.events)))}

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """A message is an offset, and carries its event when it ends with an exclamation mark."""
        offset = int(message.rstrip("!"))
        events = (self.events[offset - 1],) if message.endswith("!") else ()
        return News(LOG, Version(self.epoch, offset), events=events)

    def after(self, topic: Topic, offset: int, *, upto: int | None = None) -> News:
        """At most 100 events."""
        gevent.sleep(0.01)
        self.read_offsets.append(offset)
        if self.away:
            self.away -= 1
            raise Unavailable("The database does not answer.")
        if offset < self.oldest:
            return News(topic, Version(self.epoch, len(self.events)), resync=True)
        events = tuple(self.events[offset : len(self.events) if upto is None else upto][:100])
        return News(topic, Version(self.epoch, offset + len(events)), events=events)

    def opening(self, topic: Topic, at: str = "") -> Iterable[News]:
        """The whole, in one message."""
        gevent.sleep(0.01)
        yield News(topic, Version(self.epoch, len(self.events)), state={"count": len(self.events)})


def watch(hub: Hub) -> LogWatch:
    """The hub's watch of the log; somebody is watching it from now on."""
    found = hub._watch(LOG)
    assert isinstance(found, LogWatch)
    return found


def publish(hub: Hub, book: Book, message: str) -> None:
    """Let the hub hear a message."""
    news = watch(hub).news
    assert news is not None
    told = book.hear(news, str(LOG), message)
    assert told is not None
    hub.logs.offer(watch(hub), told)


def subscribe(hub: Hub, peer: Peer, wire: Wire, seen: str) -> Subscriber:
    """Wait for the log alone."""
    return hub.subscribe(peer.fd, wire, [(LOG, seen)], wait_seconds=25)


def take_told(peer: Peer) -> list[Any]:
    """What a JSON socket was told, each as its event's number or as what else it is."""
    told = [json.loads(payload) for opcode, payload in read_frames(peer.take()) if opcode == 1]
    assert all(message["topic"] == "table:prices" for message in told)
    return [message["event"]["n"] if "event" in message else message.get("state", "resync") for message in told]


def collect(peer: Peer, count: int) -> list[Any]:
    """Wait until so much was told."""
    told: list[Any] = []
    until(lambda: told.extend(take_told(peer)) or len(told) >= count)
    return told
