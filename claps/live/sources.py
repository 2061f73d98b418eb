"""Where the news of a topic comes from; given by the floor above, one source a kind of topic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from claps.plain.news import News
from claps.plain.topics import Topic


class Source(Protocol):
    """Knows the state of one kind of topic."""

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """Name the channels on which changes of this topic are told; may wait for SQL."""

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """Read the newest state of some topics; may wait for Redis and SQL.

        :return: a topic that does not exist is missing.
        :raises Unavailable: none can be read now.
        :raises HalfRead: some cannot be read now.
        """

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """Turn a message into news that is newer than ``news``.

        :return: None when the message tells nothing new.
        :raises Astray: the message does not follow ``news``: the state must be read again.
        """


class LogSource(Source, Protocol):
    """Knows one kind of topic of which every event matters.

    ``read`` tells how far logs have come, as news without events. ``hear`` makes news of a message; with its
    event when the message carries it, and without when it must be read. Whether it follows is not its concern.
    """

    def after(self, topic: Topic, offset: int, *, upto: int | None = None) -> News:
        """Read the events behind an offset, at most 500; may wait for SQL.

        :param upto: the last one wanted.
        :return: news at the version of its last event; ``resync`` when the first ones are not there any more.
        """

    def opening(self, topic: Topic, at: str = "") -> Iterable[News]:
        """What one is told who has seen nothing: the last news has the version from which events go on.

        :param at: what one came with that cannot be gone on from, or the position within an opening that was cut.
        :raises Astray: the log was begun anew, or compacted, before the opening came to its end.
        """


class Astray(Exception):
    """A message that does not follow what is known."""


class Elsewhere(Astray):
    """The state must be read again, and is told of on other channels from now on."""


class HalfRead(Exception):
    """Some topics cannot be read now; ``found`` has the news of the others."""

    def __init__(self, found: dict[Topic, News]) -> None:
        super().__init__(f"{len(found)} could be read")
        self.found = found
