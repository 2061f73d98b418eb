"""Topics of which every event matters: written with what they tell of, told after, and read again where not heard."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from claps.plain.channels import channel_of, put_name
from claps.plain.errors import Unavailable
from claps.plain.limits import LOG_EVENTS_TOLD
from claps.plain.news import News
from claps.plain.topics import Topic
from claps.plain.versions import Version, parse_version
from claps.store import logs
from claps.store.database import Database

log = logging.getLogger(__name__)
Publish = Callable[[str, str], None]


class StoredLog:
    """News of a log topic, from SQL; a message on its channel only says how far the log has come.

    Kinds that carry their event in the message, or keep less in the log than they tell, override ``decode``.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """One channel: the topic's own, or one that it shares."""
        return (channel_of(topic),)

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """Tell how far the logs have come."""
        with self._database.reading():
            return {topic: self.at(topic, version) for topic, version in logs.heads(topics).items()}

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """Read a version, and behind a blank the event that led to it, where it is told at once."""
        text, _, body = message.partition(" ")
        version = parse_version(text)
        if version is None:
            return None
        return News(news.topic, version, events=(json.loads(body),) if body else ())

    def after(self, topic: Topic, offset: int, *, upto: int | None = None) -> News:
        """Read the events behind an offset."""
        with self._database.reading():
            head, told = logs.events_after(topic, offset, upto=upto, limit=LOG_EVENTS_TOLD)
            if told is None:
                return News(topic, head, resync=True)
            events = tuple(self.decode(topic, told))
        return News(topic, Version(head.epoch, told[-1].offset if told else offset), events=events)

    def opening(self, topic: Topic, at: str = "") -> Iterable[News]:
        """Nothing but the version from which on events are told: what is there is on the page."""
        with self._database.reading():
            head = logs.heads([topic])[topic]
        return (News(topic, head, resync=True),)

    def at(self, topic: Topic, version: Version) -> News:
        """News that says no more than how far a log has come."""
        return News(topic, version)

    def decode(self, topic: Topic, told: Sequence[logs.Told]) -> Iterable[dict[str, Any]]:
        """Turn what was written into events, one for one."""
        return [json.loads(event.body) for event in told]


def tell_quietly(publish: Publish, topic: Topic, version: Version, event: dict[str, Any] | None = None) -> None:
    """Tell that a log has come to a version; call after the commit.

    What is not heard is found in SQL within seconds, so a Redis that is away is no error here.
    """
    body = "" if event is None else " " + json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    try:
        publish(channel_of(topic), put_name(topic, f"{version}{body}"))
    except Unavailable as error:
        log.info("%s was not told yet: %s", topic, error.message)
