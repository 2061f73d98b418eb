"""What a writer's dashboard is made of, and the source of its news."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from claps.acts.feeds import feed_channel
from claps.acts.figures import minutes_of_posts
from claps.acts.mending import Mending
from claps.hot.tallies import Tallies, Unverified, parse_tally
from claps.live.sources import Astray, Elsewhere
from claps.plain.dashboard import KINDS, Desk, DeskPost, DeskRow, Remark, make_desk
from claps.plain.desk_limits import DESK_PART, DESK_POSTS, DESK_REACTIONS, DESK_REMARKS
from claps.plain.errors import Unavailable
from claps.plain.figures import Minutes
from claps.plain.limits import MINUTES_KEPT
from claps.plain.news import News
from claps.plain.prose import summarise
from claps.plain.reactions import Reaction, read_reactions
from claps.plain.tallies import UNHURRIED, Tally, changed_fields
from claps.plain.topics import Topic, post_topic, writer_topic
from claps.store.comments import newest_comments
from claps.store.database import Database
from claps.store.posts import outlines_of
from claps.store.reactions import reactions_to

# On a writer's own channel: a page of a website of theirs has been seen for the first time.
NEW_PAGE = "page"


class WriterSource:
    """A writer's dashboard: it hears the channels of the newest two thousand of the writer's posts.

    Its parts, one post or a page of posts, are dashboards as well, and hear of their own posts alone.
    """

    def __init__(self, database: Database, mending: Mending, tallies: Tallies) -> None:
        self._database = database
        self._mending = mending
        self._tallies = tallies

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """Those of the posts, the writer's own, and that of the writer's feed, in which new posts are told."""
        with self._database.reading():
            found = _outlines(topic)
        news = () if topic.part[1] else (feed_channel(topic.number),)
        return (str(writer_topic(topic.number)), *news, *(str(post_topic(post_id)) for post_id in found))

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """Read dashboards whole."""
        return {topic: desk_news(topic, self.desk(topic)) for topic in topics}

    def desk_of(self, writer_id: int) -> Desk:
        """Read one writer's dashboard; without Redis as last flushed."""
        return self.desk(writer_topic(writer_id))

    def desk(self, topic: Topic) -> Desk:
        """Read a dashboard or a part of one; without Redis as last flushed."""
        minute = int(time.time()) // 60
        with self._database.reading():
            found = _outlines(topic)
        minutes = minutes_of_posts(self._database, topic.number, minute=minute)
        tallies = self._tallies_of(found)
        rows = [
            _row(post, stored, minutes.get(post_id), tallies.get(post_id))
            for post_id, (post, stored) in found.items()
        ]
        remarks = self._remarks([row for row in rows if any(row.minutes[-1])])
        desk = make_desk(rows, minute, remarks, is_part=bool(topic.part[0]))
        return desk.with_reactions(self._reactions(desk))

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """Put one post's new tally into the dashboard, or the names of who reacted."""
        desk: Desk = news.value
        if channel == str(writer_topic(news.topic.number)):
            if message == NEW_PAGE:
                raise Elsewhere(channel)
            named = desk.with_reactions(read_reactions(message))
            return desk_news(news.topic, named) if named.reactions != desk.reactions else None
        if channel == feed_channel(news.topic.number):
            # It may be a post of somebody whom the writer follows; then nothing is found to have changed.
            raise Elsewhere(channel)
        post_id = int(channel.partition(":")[2])
        row = desk.rows.get(post_id)
        if row is None:
            raise Astray(channel)
        tally = parse_tally(post_id, message.split(" "))
        if tally.version.epoch != row.tally.version.epoch:
            raise Astray(str(tally.version))
        if tally.version.offset <= row.tally.version.offset:
            return None
        changed = changed_fields(row.tally, tally)
        if "comments" in changed:
            # What was said is read with everything else.
            raise Astray(channel)
        after = desk.with_tally(tally, now_minute=int(time.time()) // 60)
        return desk_news(news.topic, after, hurried=not changed <= UNHURRIED)

    def _tallies_of(self, post_ids: Iterable[int]) -> dict[int, Tally]:
        # What Redis does not hold has not moved for a day and is in SQL as it is: nothing is warmed for being listed.
        ids = list(post_ids)
        try:
            return self._tallies.find(ids)
        except Unverified:
            return self._mending.read(ids)
        except Unavailable:
            return {}

    def _reactions(self, desk: Desk) -> list[Reaction]:
        posts = {tick.post.id for tick in desk.ticks()}
        if not posts:
            return []
        with self._database.reading():
            return reactions_to(posts, since=desk.minute - MINUTES_KEPT + 1, limit=DESK_REACTIONS)

    def _remarks(self, rows: list[DeskRow]) -> tuple[Remark, ...]:
        posts = {row.post.id: row.post for row in rows[:DESK_REMARKS]}
        with self._database.reading():
            found = newest_comments(posts, limit=DESK_REMARKS)
        return tuple(
            Remark(one.id, posts[one.post_id], one.person.display_name, summarise(one.body_html), one.created_at)
            for one in found
        )


def _outlines(topic: Topic) -> dict[int, tuple[DeskPost, Tally]]:
    word, post_id = topic.part
    if word == "post":
        return outlines_of(topic.number, limit=1, only_id=post_id)
    if word == "below":
        return outlines_of(topic.number, limit=DESK_PART, below_id=post_id or None)
    return outlines_of(topic.number, limit=DESK_POSTS)


def _row(post: DeskPost, stored: Tally, lately: Minutes | None, tally: Tally | None) -> DeskRow:
    # What Redis knows beyond SQL came after the last flush: it stands in this minute.
    if lately is None:
        row = DeskRow(post, stored)
    else:
        row = DeskRow(post, lately.stored, tuple(lately.series[kind] for kind in KINDS))
    return row if tally is None else row.with_tally(tally)


def desk_news(topic: Topic, desk: Desk, *, hurried: bool = True) -> News:
    """Make news of a dashboard; of 1,000 posts JSON tells those that have changed."""

    def tell(before: News | None) -> dict[str, Any]:
        return desk.told(before.value if before is not None else None)

    return News(topic, desk.version(), value=desk, hurried=hurried, tell=tell)
