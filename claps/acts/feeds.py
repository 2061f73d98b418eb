"""Feeds: a post is brought to its writer's followers; beyond a bound of those it is read with each feed instead."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

from claps.acts.errands import Step
from claps.acts.kept import CHANGED
from claps.acts.popular import Popularity
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import Unavailable
from claps.plain.limits import (
    FAN_OUT_FOLLOWERS,
    FAN_OUT_STEP,
    FEED_POSTS_OF_ONE,
    FEED_TRIM_EVERY,
    NEWER_TOLD,
    WRITERS_HEARD,
)
from claps.plain.newer import Newer, newer_of
from claps.plain.news import News
from claps.plain.posts import Post
from claps.plain.topics import Topic
from claps.store import feeds
from claps.store.database import Database
from claps.store.errands import Task
from claps.store.follows import count_followers, followers_after, is_following
from claps.store.posts import find_writer_id, newest_ids, published_posts

log = logging.getLogger(__name__)
Tell = Callable[[Sequence[str], str], None]
# Where it is told that there is a new post, and which.
POSTS_CHANNEL = "posts"
# What all kept copies of home feeds show, by name; each one's own is its channel's.
FEEDS = "feeds"


class Feeds:
    """Does the errands of kind ``feed``, and reads feeds.

    A post is brought to five hundred followers a step, in the order of their ids; the step's rows and the cursor
    behind them are one transaction. Killed half-way it goes on behind the last follower, and who was reached twice
    has the row once. Copies of the feeds that it comes to are dropped before anybody is told to look.

    :param tell: tells one message on many channels.
    """

    def __init__(self, database: Database, tell: Tell, popularity: Popularity) -> None:
        self._database = database
        self._tell = tell
        self._popularity = popularity

    def do(self, task: Task) -> Step:
        """Do one step of an errand; call inside its transaction."""
        body = task.body
        if body["what"] == "published":
            return self._bring(task, int(body["post_id"]), int(body["writer_id"]))
        reader_id = int(body["person_id"])
        self._settle(reader_id, int(body["writer_id"]))
        return Step(tell=lambda: self._drop_copies([feed_channel(reader_id)]))

    def posts_of(self, reader_id: int, before_id: int | None, limit: int) -> list[Post]:
        """Read the newest posts of a person's feed, their own among them, newest first, in at most four queries.

        :param before_id: of the last one already seen; None to begin.
        """
        with self._database.reading():
            ids = feeds.feed_before(reader_id, before_id, limit)
            found = published_posts(ids) if ids else {}
        return [found[post_id] for post_id in ids if post_id in found]

    def _bring(self, task: Task, post_id: int, writer_id: int) -> Step:
        is_shown = find_writer_id(post_id) is not None
        news = [POSTS_CHANNEL, feed_channel(writer_id)] if is_shown and not task.cursor else []
        if not task.cursor and (feeds.is_wide(writer_id) or count_followers(writer_id) > FAN_OUT_FOLLOWERS):
            feeds.note_wide(writer_id)
            told = [*news, written_channel(writer_id)] if is_shown else []
            return Step(tell=lambda: self._tell_of(post_id, told, drop=[FEEDS]))
        # A post that was withdrawn already is brought as well: when it comes back nobody is asked again.
        readers = followers_after(writer_id, task.cursor, FAN_OUT_STEP)
        feeds.bring_post(post_id, readers)
        for reader_id in readers:
            # Each feed is trimmed with one in so many posts that come into it.
            if (reader_id + post_id) % FEED_TRIM_EVERY == 0:
                feeds.trim_feed(reader_id)
        cursor = readers[-1] if len(readers) == FAN_OUT_STEP else None
        brought = [feed_channel(reader_id) for reader_id in readers]
        channels = [*news, *brought] if is_shown else []
        return Step(cursor, tell=lambda: self._tell_of(post_id, channels, drop=brought))

    def _settle(self, reader_id: int, writer_id: int) -> None:
        # It is done as it is now, not as it was when the errand was made: who follows, ceases and follows again in one
        # second makes three errands, which may be done at once. The row that is held puts them in a line.
        feeds.hold_feed(reader_id)
        if not is_following(reader_id, writer_id):
            feeds.take_posts_of(writer_id, reader_id)
        elif not feeds.is_wide(writer_id):
            feeds.bring_posts_of(writer_id, reader_id, limit=FEED_POSTS_OF_ONE)

    def _drop_copies(self, names: Sequence[str]) -> None:
        if names:
            try:
                self._tell([HOUSE_CHANNEL], " ".join((CHANGED, *names)))
            except Unavailable as error:
                log.info("copies of %d feeds are left to get old: %s", len(names), error.message)

    def _tell_of(self, post_id: int, channels: Sequence[str], *, drop: Sequence[str]) -> None:
        if not channels:
            return
        self._drop_copies(drop)
        try:
            self._tell(channels, str(post_id))
        except Unavailable as error:
            log.info("post %d was not told to those who look: %s", post_id, error.message)
        if POSTS_CHANNEL in channels:
            self._popularity.note([post_id])


class PostsSource:
    """How many posts were published since a page was made; told by the errand that brings them to feeds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """One channel for all."""
        return (POSTS_CHANNEL,)

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """Read the newest posts once for all who ask."""
        with self._database.reading():
            newest = newest_ids(NEWER_TOLD)
        return {topic: newer_news(topic, newer_of(topic.after_id, newest)) for topic in topics}

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """Take the id of a new post."""
        known: Newer = news.value
        newer = known.with_post(int(message))
        return None if newer is known or newer == known else newer_news(news.topic, newer)


class FeedSource(PostsSource):
    """How many posts have come into one person's feed since a page was made of it."""

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """The feed's own, and those of the widely followed writers whom the person follows."""
        with self._database.reading():
            writers = feeds.wide_followed(topic.number, limit=WRITERS_HEARD)
        return (feed_channel(topic.number), *map(written_channel, writers))

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """Read the newest posts of each person's feed."""
        wanted = list(topics)
        with self._database.reading():
            newest = {
                reader_id: feeds.feed_before(reader_id, None, NEWER_TOLD)
                for reader_id in {topic.number for topic in wanted}
            }
        return {topic: newer_news(topic, newer_of(topic.after_id, newest[topic.number])) for topic in wanted}


def newer_news(topic: Topic, newer: Newer) -> News:
    """Make news of what has come into a list."""
    return News(topic, newer.version(), state={"newer": newer.count}, value=newer)


def feed_channel(reader_id: int) -> str:
    """Name the channel on which it is told what comes into a person's feed."""
    return f"feed:{reader_id}"


def written_channel(writer_id: int) -> str:
    """Name the channel on which a widely followed writer's posts are told."""
    return f"written:{writer_id}"
