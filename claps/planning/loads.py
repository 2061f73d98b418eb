"""What is asked of a site: how many look on, and how much they do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Literal

from claps.plain.errors import Invalid
from claps.plain.limits import FILES_KEPT_FREE

Ack = Literal["memory", "disk", "replica"]
STAY_SECONDS = 180
COMMENTS_PER_VIEW = 0.001
CHANGES_PER_TABLE_SECOND = 1 / 60


@dataclass(frozen=True, slots=True)
class Load:
    """The busiest moment of a day.

    :param readers: who have a post open, each with one connection.
    :param hot: those of them who have the same post open; the others are spread evenly over ``posts``.
    :param hot_claps: the share of the claps that the hot post gets, 0 to 1.
    :param long_poll: the share of the readers whose WebSocket does not get through.
    :param socket_claps: the share of the claps that programs send up a WebSocket; the others are requests.
    :param subscribers_per_table: who watch each watched table, each with a connection of their own.
    :param changes_per_second: of all tables together.
    :param busy_hours: a day is worth so many hours of this moment.
    :param files_per_worker: how many files a process may have open.
    :param publish_most: how often a second Redis would publish one post at most; it has no such bound today.
    :param by_topic: proxies send those who name the same small topic to the same machine.
    """

    readers: int
    hot: int
    claps_per_second: float
    posts: int = 10_000
    hot_claps: float = 0.5
    long_poll: float = 0.1
    socket_claps: float = 0.0
    page_views_per_second: float = 0.0
    comments_per_second: float = 0.0
    tables: int = 0
    watched_tables: int = 0
    subscribers_per_table: int = 100
    changes_per_second: float = 0.0
    ack: Ack = "disk"
    flush_seconds: float = 1.0
    busy_hours: float = 8.0
    files_per_worker: int = 20_000
    by_topic: bool = False
    publish_most: float = float("inf")

    def __post_init__(self) -> None:
        if self.hot > self.readers:
            raise Invalid("hot", f"{self.hot:,} cannot read one post when {self.readers:,} read at all.")
        if self.watched_tables > self.tables:
            raise Invalid("watched_tables", f"{self.watched_tables:,} of {self.tables:,} tables cannot be watched.")
        if self.files_per_worker <= FILES_KEPT_FREE:
            raise Invalid("files_per_worker", f"A worker keeps {FILES_KEPT_FREE} files for itself; it needs more.")

    @property
    def connections(self) -> int:
        """Everybody who is connected."""
        return self.readers + self.watched_tables * self.subscribers_per_table

    @property
    def others(self) -> int:
        """Who read another post than the hot one."""
        return self.readers - self.hot

    @property
    def watched_posts(self) -> int:
        """The posts, without the hot one, that somebody has open."""
        return min(self.posts, self.others)

    def scaled(self, factor: float) -> Load:
        """The same site with ``factor`` times as many people, posts and tables."""
        counts = {name: round(getattr(self, name) * factor) for name in ("readers", "posts", "tables")}
        rates = ("claps_per_second", "page_views_per_second", "comments_per_second", "changes_per_second")
        return replace(
            self, **{name: getattr(self, name) * factor for name in rates}, **counts,
            hot=min(counts["readers"], round(self.hot * factor)),
            watched_tables=min(counts["tables"], round(self.watched_tables * factor)),
        )

    def as_dict(self) -> dict[str, object]:
        """All numbers by name; None for a bound that there is not."""
        return {name: None if value == float("inf") else value for name, value in asdict(self).items()}


def usual_page_views(readers: int) -> float:
    """How many pages a second keep so many readers there, when each stays three minutes."""
    return readers / STAY_SECONDS


def usual_comments(page_views_per_second: float) -> float:
    """How many comments a second are written when one of a thousand views ends in one."""
    return page_views_per_second * COMMENTS_PER_VIEW


def usual_changes(watched_tables: int) -> float:
    """How many changes a second there are when each watched table changes once a minute."""
    return watched_tables * CHANGES_PER_TABLE_SECOND
