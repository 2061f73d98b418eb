"""What can be watched: the sources of news, one a kind of topic."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from claps.acts.mending import Mending
from claps.hot.tallies import Tallies, parse_tally
from claps.live.sources import Astray, HalfRead
from claps.plain.errors import NotFound, Refused, Unavailable
from claps.plain.limits import MINUTES_KEPT
from claps.plain.news import News
from claps.plain.people import Reader
from claps.plain.posts import DeskRow, Post
from claps.plain.tallies import UNHURRIED, Tally, changed_fields
from claps.plain.topics import Topic, post_topic
from claps.plain.versions import Version, epoch_text
from claps.store.database import Database
from claps.store.posts import posts_of, stored_tallies

DESK_POSTS = 200


class PostSource:
    """A post's tally, told by the clap script on the channel of the post's own name."""

    def __init__(self, database: Database, mending: Mending) -> None:
        self._database = database
        self._mending = mending

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """One channel, named as the topic."""
        return (str(topic),)

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """Read tallies; without Redis as last flushed, at a version that the first live one replaces."""
        ids = [topic.number for topic in topics]
        try:
            return _tally_news_of(self._mending.read(ids))
        except Unavailable:
            found = self._mending.find(ids)
        try:
            with self._database.reading():
                stored = stored_tallies(post_id for post_id in ids if post_id not in found)
        except Unavailable:
            if not found:
                raise
            raise HalfRead(_tally_news_of(found)) from None
        return _tally_news_of({**stored, **found})

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """Read a tally as the scripts tell it: version and six counts."""
        tally = parse_tally(news.topic.number, message.split(" "))
        if not _follows(tally.version, news.version):
            return None
        return tally_news(tally, hurried=not changed_fields(news.value, tally) <= UNHURRIED)


def _tally_news_of(tallies: dict[int, Tally]) -> dict[Topic, News]:
    return {post_topic(post_id): tally_news(tally) for post_id, tally in tallies.items()}


def tally_news(tally: Tally, *, hurried: bool = True) -> News:
    """Make news of a tally."""
    return News(post_topic(tally.post_id), tally.version, state=tally.counts(), value=tally, hurried=hurried)


def _follows(version: Version, known: Version) -> bool:
    if version.epoch != known.epoch:
        raise Astray(str(version))
    return version.offset > known.offset


@dataclass(frozen=True, slots=True)
class Desk:
    """A writer's posts with their counts, at one minute (Unix time / 60)."""

    rows: tuple[DeskRow, ...]
    minute: int

    def version(self) -> Version:
        """The same in every process that knows the same: all epochs together, and the sum of the offsets."""
        epochs = "".join(sorted({row.tally.version.epoch for row in self.rows}))
        mark = epoch_text(zlib.crc32(f"{epochs} {len(self.rows)}".encode()))
        return Version(mark, sum(row.tally.version.offset for row in self.rows) + self.minute)

    def with_tally(self, tally: Tally, *, now_minute: int) -> Desk:
        """The desk after a change to one post."""
        aged = self.aged(now_minute)
        rows = tuple(_moved(row, tally) if row.post.id == tally.post_id else row for row in aged.rows)
        return Desk(rows, now_minute)

    def aged(self, now_minute: int) -> Desk:
        """The same desk some minutes later."""
        passed = min(MINUTES_KEPT, max(0, now_minute - self.minute))
        if not passed:
            return self
        empty = (0,) * passed
        rows = tuple(replace(row, minutes=(row.minutes + empty)[-MINUTES_KEPT:]) for row in self.rows)
        return Desk(rows, now_minute)


def _moved(row: DeskRow, tally: Tally) -> DeskRow:
    claps = tally.claps - row.tally.claps
    minutes = (*row.minutes[:-1], max(0, row.minutes[-1] + claps))
    return DeskRow(row.post, tally, minutes)


class WriterSource:
    """A writer's dashboard: it hears the channels of all of the writer's posts."""

    def __init__(self, database: Database, mending: Mending, tallies: Tallies) -> None:
        self._database = database
        self._mending = mending
        self._tallies = tallies

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """The channels of the writer's posts."""
        return tuple(str(post_topic(post.id)) for post in self._posts(topic.number))

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """Read dashboards whole."""
        return {topic: desk_news(topic, self.desk_of(topic.number)) for topic in topics}

    def desk_of(self, writer_id: int) -> Desk:
        """Read one writer's dashboard; without Redis as last flushed."""
        found = self._posts(writer_id)
        ids = [post.id for post in found]
        minute = int(time.time()) // 60
        try:
            tallies = self._mending.read(ids)
            minutes = self._tallies.minutes(ids, now_minute=minute)
        except Unavailable:
            tallies, minutes = self._mending.find(ids), {}
        nothing = (0,) * MINUTES_KEPT
        rows = (
            DeskRow(post, tallies.get(post.id, post.stored), minutes.get(post.id, nothing)) for post in found
        )
        return Desk(tuple(rows), minute)

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """Put one post's new tally into the desk."""
        desk: Desk = news.value
        post_id = int(channel.partition(":")[2])
        known = next((row.tally for row in desk.rows if row.post.id == post_id), None)
        if known is None:
            raise Astray(channel)
        tally = parse_tally(post_id, message.split(" "))
        if not _follows(tally.version, known.version):
            return None
        return desk_news(news.topic, desk.with_tally(tally, now_minute=int(time.time()) // 60))

    def _posts(self, writer_id: int) -> list[Post]:
        with self._database.reading():
            return posts_of(writer_id, limit=DESK_POSTS)


def desk_news(topic: Topic, desk: Desk) -> News:
    """Make news of a dashboard."""
    state: dict[str, Any] = {
        "posts": [
            {"post": row.post.id, **row.tally.counts(), "minutes": list(row.minutes)} for row in desk.rows
        ]
    }
    return News(topic, desk.version(), state=state, value=desk)


def check_may_watch(topic: Topic, reader: Reader | None, *, post_exists: bool) -> None:
    """Say whether a reader may watch a topic.

    :param post_exists: of a post and of its comments: whether it is published.

    :raises NotFound: there is no such topic.
    :raises Refused: it is another person's own.
    """
    if topic.kind in ("person", "writer", "feed"):
        if reader is None or reader.id != topic.number:
            raise Refused("This is only for the person it is about.")
    elif topic.kind != "posts" and (topic.kind not in ("post", "comments") or not post_exists):
        raise NotFound(f"There is no topic “{topic}”.")
