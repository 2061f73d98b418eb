"""What a writer's pages of figures say of a period: read together, and kept for as long as it was dear."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from cachetools import LRUCache
from gevent.event import Event

from claps.acts import figures
from claps.plain.cards import Overview
from claps.plain.desk_limits import DESK_POSTS
from claps.plain.errors import NotFound
from claps.plain.figures import Figures, Span
from claps.plain.limits import FIGURE_COPIES_KEPT, FIGURE_SHARE, PAGE_FRESH_SECONDS
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.database import Database
from claps.store.posts import outlines_of

T = TypeVar("T")
Ranked = tuple[tuple[int, Figures], ...]


class Overviews:
    """Reads figures of periods.

    To add up a year of a thousand posts takes SQL a moment. What is read is kept twenty times as long as reading took,
    and two seconds at least: so looking at figures never takes more than a twentieth of a worker's time.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._kept: LRUCache[Hashable, tuple[float, Any]] = LRUCache(FIGURE_COPIES_KEPT)
        self._readings: dict[Hashable, Event] = {}

    def of_writer(self, writer: Person, span: Span) -> Overview:
        """Read what all posts of a writer got."""
        return self._get(("writer", writer.id, span), lambda: self._read(
            figures.series_of_writer, figures.total_of_writer, writer.id, span
        ))

    def of_post(self, post: Post, span: Span) -> Overview:
        """Read what one post got."""
        return self._get(("post", post.id, span), lambda: self._read(
            figures.series_of_post, figures.total_of_post, post.id, span
        ))

    def ranked(self, writer: Person, span: Span, *, by: str, limit: int) -> Ranked:
        """Read which posts of a writer got most of something."""
        return self._get(("ranked", writer.id, span, by, limit), lambda: figures.posts_by_figure(
            self._database, writer.id, span, by=by, limit=limit
        ))

    def titles(self, writer: Person) -> dict[int, str]:
        """Read the titles of a writer's posts, those of the newest two thousand."""

        def read() -> dict[int, str]:
            with self._database.reading():
                return {key: post.title_text for key, (post, _) in outlines_of(writer.id, limit=DESK_POSTS).items()}

        return self._get(("titles", writer.id), read)

    def referrers_of_writer(self, writer: Person, span: Span, *, limit: int) -> list[tuple[str, int]]:
        """Read from where the readers of a writer came."""
        return self._get(("hosts", writer.id, span, limit), lambda: figures.referrers_of_writer(
            self._database, writer.id, span, limit=limit
        ))

    def referrers_of_post(self, post: Post, span: Span, *, limit: int) -> list[tuple[str, int]]:
        """Read from where the readers of one post came."""
        return self._get(("post hosts", post.id, span, limit), lambda: figures.referrers_of_post(
            self._database, post.id, span, limit=limit
        ))

    def forget(self) -> None:
        """Read everything anew, because counts were corrected."""
        self._kept.clear()

    def _read(self, series: Any, total: Any, subject_id: int, span: Span) -> Overview:
        before = span.before()
        return Overview(
            total(self._database, subject_id, span), total(self._database, subject_id, before),
            series(self._database, subject_id, span), series(self._database, subject_id, before),
        )

    def _get(self, key: Hashable, read: Callable[[], T]) -> T:
        kept = self._kept.get(key)
        # While somebody reads it anew, the others have what was read before, or wait.
        if kept is not None and (self._clock() < kept[0] or key in self._readings):
            return cast(T, kept[1])
        if key in self._readings:
            self._readings[key].wait()
            return self._get(key, read)
        self._readings[key] = reading = Event()
        try:
            began = self._clock()
            value = read()
            now = self._clock()
            self._kept[key] = now + max(PAGE_FRESH_SECONDS, (now - began) / FIGURE_SHARE), value
            return value
        finally:
            del self._readings[key]
            reading.set()


def check_own_post(post: Post, me: Person) -> Post:
    """Let only the writer see a post's figures.

    :raises NotFound: somebody else wrote it: there is no such page for others.
    """
    if post.writer.id != me.id:
        raise NotFound("There is no such post of yours.")
    return post
