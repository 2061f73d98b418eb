"""Which posts are popular: ranked in Redis, where they moved, and made anew from SQL when Redis does not know."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from claps.hot.popular import Popular
from claps.plain.errors import Unavailable
from claps.plain.limits import POPULAR_COPY_SECONDS, POPULAR_LOOKED_AT, POPULAR_POSTS
from claps.plain.popular import Rank, Standing
from claps.store.database import Database
from claps.store.posts import newest_standings, standings

log = logging.getLogger(__name__)


class Popularity:
    """The ranking of posts.

    A place is found once for each post and flush, not for each clap: one query and one call for all that a flush has
    moved. When Redis is empty, and every hour, the newest five thousand posts are looked at; what is older comes back
    as soon as somebody claps for it.
    """

    def __init__(self, database: Database, popular: Popular) -> None:
        self._database = database
        self._popular = popular
        self._made: tuple[float, list[Rank]] = (float("-inf"), [])

    def note(self, post_ids: Iterable[int]) -> None:
        """Give posts whose counts in SQL have moved their place; what cannot be noted now is with their next move."""
        wanted = sorted(set(post_ids))
        if not wanted:
            return
        try:
            with self._database.reading():
                found = standings(wanted)
            self._popular.put({standing.post_id: standing.score for standing in found})
        except Unavailable as error:
            log.info("%d posts keep their old place: %s", len(wanted), error.message)

    def ranks(self, after: Rank | None, limit: int) -> list[Rank]:
        """Read posts in their order, best first; without Redis from SQL.

        :param after: the last one already seen.
        :raises Unavailable: neither Redis nor SQL answers.
        """
        try:
            ranks = self._popular.ranks(after, limit)
        except Unavailable as error:
            log.info("ranked without Redis: %s", error.message)
            ranks = None
        if ranks is None:
            best = self._make_anew()
            ranks = [rank for rank in best if after is None or rank < after][:limit]
        return ranks

    def _make_anew(self) -> list[Rank]:
        made_at, best = self._made
        if time.monotonic() - made_at < POPULAR_COPY_SECONDS:
            return best  # Redis is away, or has just lost it again.
        with self._database.reading():
            best = best_of(newest_standings(POPULAR_LOOKED_AT))[:POPULAR_POSTS]
        self._made = (time.monotonic(), best)
        try:
            self._popular.put_all({rank.post_id: rank.score for rank in best})
        except Unavailable as error:
            log.info("the ranking is not kept: %s", error.message)
        return best


def best_of(found: Iterable[Standing]) -> list[Rank]:
    """Rank posts, best first."""
    return sorted((Rank(standing.score, standing.post_id) for standing in found), reverse=True)
