"""Who watches which table: a count per worker that expires with it, summed, and never more than may watch."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, islice
from typing import Any

from claps.hot.connection import answering, load_script
from claps.hot.keys import places_key
from claps.plain.limits import WATCHERS_PER_TABLE, WATCHERS_SECONDS

TABLES_PER_CALL = 200


class Places:
    """This worker's word on who watches tables here.

    What is said is always the whole count, never that one has come or gone; and each word has a number, so that of two
    that overtake each other on their way the later one stands.

    :param client: a client as ``open_redis`` makes it.
    :param worker: a name that no other living worker has.
    """

    def __init__(self, client: Any, worker: str) -> None:
        self._client = client
        self._worker = worker
        self._script = load_script(client, "places")
        self._words = count(1)

    def take(self, table: str, watchers: int) -> bool:
        """Ask for one place more, which makes ``watchers`` of this worker; never two are let in for the last one.

        :raises Unavailable: Redis does not answer.
        """
        (total,) = self._say({table: watchers}, most=WATCHERS_PER_TABLE).values()
        return total <= WATCHERS_PER_TABLE

    def tell(self, watchers: Mapping[str, int]) -> None:
        """Say how many of this worker's readers watch some tables.

        :raises Unavailable: Redis does not answer; some may have been told.
        """
        self._say(watchers)

    def count(self, tables: Iterable[str]) -> dict[str, int]:
        """Tell how many watch some tables, over all workers.

        :raises Unavailable: Redis does not answer.
        """
        return self._say(dict.fromkeys(tables, -1))

    def _say(self, watchers: Mapping[str, int], *, most: int = 0) -> dict[str, int]:
        word, totals = next(self._words), {}
        for part in _batched(watchers):
            keys = [places_key(table) for table in part]
            args = [self._worker, word, int(time.time()), WATCHERS_SECONDS, most, *(watchers[table] for table in part)]
            with answering("count who watches"):
                sums = self._script(keys=keys, args=args)
            totals.update({table: int(total) for table, total in zip(part, sums, strict=True)})
        return totals


def _batched(tables: Iterable[str]) -> Iterator[list[str]]:
    # By shard, because one call may name keys of one slot only.
    by_shard: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        by_shard[places_key(table).partition("}")[0]].append(table)
    for some in by_shard.values():
        names = iter(some)
        while part := list(islice(names, TABLES_PER_CALL)):
            yield part
