"""What can be watched: the sources of news, one a kind of topic."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from claps.acts.mending import Mending
from claps.hot.tallies import parse_tally
from claps.live.sources import Astray, HalfRead
from claps.plain.errors import NotFound, Refused, Unavailable
from claps.plain.news import News
from claps.plain.people import Reader
from claps.plain.tallies import UNHURRIED, Tally, calm_tally, changed_fields
from claps.plain.topics import Topic, post_topic
from claps.plain.versions import Version
from claps.store.database import Database
from claps.store.posts import stored_tallies


class PostSource:
    """A post's tally, told by the clap script on the channel of the post's own name."""

    def __init__(
        self, database: Database, mending: Mending, hides: Callable[[int], bool] = lambda post_id: False
    ) -> None:
        self._database = database
        self._mending = mending
        self._hides = hides

    def channels(self, topic: Topic) -> tuple[str, ...]:
        """One channel, named as the topic."""
        return (str(topic),)

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """Read tallies; without Redis as last flushed, at a version that the first live one replaces."""
        ids = [topic.number for topic in topics]
        try:
            return self._news_of(self._mending.read(ids))
        except Unavailable:
            found = self._mending.find(ids)
        try:
            with self._database.reading():
                stored = stored_tallies(post_id for post_id in ids if post_id not in found)
        except Unavailable:
            if not found:
                raise
            raise HalfRead(self._news_of(found)) from None
        return self._news_of({**stored, **found})

    def hear(self, news: News, channel: str, message: str) -> News | None:
        """Read a tally as the scripts tell it: version and six counts."""
        is_calm = isinstance(news.value, Tally) and news.value.is_calm
        if is_calm != self._hides(news.topic.number):
            raise Astray("the numbers were hidden, or are shown")
        if is_calm:
            return None
        tally = parse_tally(news.topic.number, message.split(" "))
        if not _follows(tally.version, news.version):
            return None
        return tally_news(tally, hurried=not changed_fields(news.value, tally) <= UNHURRIED)

    def _news_of(self, tallies: dict[int, Tally]) -> dict[Topic, News]:
        return {
            post_topic(post_id): tally_news(calm_tally(post_id) if self._hides(post_id) else tally)
            for post_id, tally in tallies.items()
        }


def tally_news(tally: Tally, *, hurried: bool = True) -> News:
    """Make news of a tally."""
    return News(post_topic(tally.post_id), tally.version, state=tally.counts(), value=tally, hurried=hurried)


def _follows(version: Version, known: Version) -> bool:
    if version.epoch != known.epoch:
        raise Astray(str(version))
    return version.offset > known.offset


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
