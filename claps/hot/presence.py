"""How many are reading now: a count per worker that expires with it, summed; never added and taken away."""

from __future__ import annotations

import time
from typing import Any

from claps.hot.connection import answering, load_script
from claps.hot.keys import life_key, tally_key
from claps.plain.limits import PRESENCE_SECONDS
from claps.plain.topics import shard_of


class Presence:
    """This worker's word on who is here.

    :param client: a client as ``open_redis`` makes it.
    :param worker: a name that no other living worker has.
    """

    def __init__(self, client: Any, worker: str) -> None:
        self._client = client
        self._worker = worker
        self._script = load_script(client, "presence")

    def tell(self, post_id: int, readers: int) -> int | None:
        """Say how many readers this worker has on a post.

        :return: how many all workers have, or None when Redis does not hold that post's tally.
        """
        keys = [life_key(shard_of(post_id)), tally_key(post_id)]
        with answering("count readers"):
            args = [post_id, self._worker, readers, int(time.time()), PRESENCE_SECONDS]
            total = int(self._script(keys=keys, args=args))
        return None if total < 0 else total
