"""How many are reading now: a count per worker that expires with it, summed; never added and taken away."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from claps.hot.connection import answering, load_script
from claps.hot.keys import life_key, tally_key
from claps.plain.limits import PRESENCE_SECONDS
from claps.plain.topics import shard_of

POSTS_PER_CALL = 200


class Presence:
    """This worker's word on who is here.

    :param client: a client as ``open_redis`` makes it.
    :param worker: a name that no other living worker has.
    """

    def __init__(self, client: Any, worker: str) -> None:
        self._client = client
        self._worker = worker
        self._script = load_script(client, "presence")

    def tell(self, readers: dict[int, int]) -> dict[int, int]:
        """Say how many readers this worker has on some posts.

        :param readers: this worker's counts by post.
        :return: how many all workers have, by post; a post whose tally Redis does not hold is missing.
        :raises Unavailable: Redis does not answer; some may have been told.
        """
        by_shard: dict[int, list[int]] = defaultdict(list)
        for post_id in readers:
            by_shard[shard_of(post_id)].append(post_id)
        totals: dict[int, int] = {}
        for shard, post_ids in by_shard.items():
            for part in batched(post_ids):
                keys = [life_key(shard), *map(tally_key, part)]
                args: list[Any] = [self._worker, int(time.time()), PRESENCE_SECONDS]
                for post_id in part:
                    args += (post_id, readers[post_id])
                with answering("count readers"):
                    sums = self._script(keys=keys, args=args)
                totals.update({post_id: int(total) for post_id, total in zip(part, sums, strict=True) if total >= 0})
        return totals


def batched(post_ids: list[int]) -> Iterator[list[int]]:
    """Cut a list so that no call keeps Redis for long."""
    for start in range(0, len(post_ids), POSTS_PER_CALL):
        yield post_ids[start : start + POSTS_PER_CALL]
