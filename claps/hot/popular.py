"""The ranking of popular posts: a sorted set of a thousand, that can be made anew from SQL at any time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from claps.hot.connection import answering
from claps.plain.failing import REDIS
from claps.plain.limits import POPULAR_POSTS, POPULAR_SECONDS
from claps.plain.patience import REDIS_SILENT_SECONDS
from claps.plain.popular import Rank
from claps.plain.silence import Silence

# Both in one slot of a cluster.
RANKING = "{popular}:ranking"
WHOLE = "{popular}:whole"
# So many posts may have the same score as the last one of a page.
EQUALS = 20


class Popular:
    """The ranking that all workers share.

    :param client: a client as :func:`open_redis` makes it.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._silence = Silence(REDIS, REDIS_SILENT_SECONDS)

    def put(self, scores: Mapping[int, float]) -> None:
        """Give posts their place; what falls behind the thousandth is dropped.

        :raises Unavailable: Redis does not answer.
        """
        if not scores:
            return
        with answering("rank posts"):
            pipe = self._client.pipeline(transaction=False)
            pipe.zadd(RANKING, {str(post_id): score for post_id, score in scores.items()})
            pipe.zremrangebyrank(RANKING, 0, -POPULAR_POSTS - 1)
            pipe.execute()

    def put_all(self, scores: Mapping[int, float]) -> None:
        """Make the ranking anew; it counts as whole for an hour.

        :raises Unavailable: Redis does not answer.
        """
        with answering("rank posts"):
            self._client.delete(RANKING)
        self.put(scores)
        with answering("rank posts"):
            self._client.set(WHOLE, 1, ex=POPULAR_SECONDS)

    def ranks(self, after: Rank | None, limit: int) -> list[Rank] | None:
        """Read posts in their order, best first; None when the ranking must be made anew.

        :param after: the last one already seen.
        :raises Unavailable: Redis does not answer.
        """
        best = "+inf" if after is None else repr(after.score)
        with self._silence.asking(), answering("read the ranking"):
            pipe = self._client.pipeline(transaction=False)
            pipe.exists(WHOLE)
            pipe.zrevrangebyscore(RANKING, best, "-inf", start=0, num=limit + EQUALS, withscores=True)
            is_whole, pairs = pipe.execute()
        if not is_whole:
            return None
        ranks = [Rank(round(float(score), 9), int(member)) for member, score in pairs]
        return sorted((rank for rank in ranks if after is None or rank < after), reverse=True)[:limit]
