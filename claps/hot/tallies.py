"""Reading tallies, and putting them in their place when Redis does not have them."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from claps.hot.connection import answering, call_at_once, load_script
from claps.hot.keys import life_key, tally_key
from claps.plain.errors import Unavailable
from claps.plain.failing import REDIS
from claps.plain.limits import CLAPS_PER_READER, TALLY_IDLE_SECONDS
from claps.plain.patience import REDIS_SILENT_SECONDS
from claps.plain.silence import Silence
from claps.plain.tallies import Tally
from claps.plain.topics import shard_of
from claps.plain.versions import Version

STAGED_FIELDS = 1_000
STAGED_SECONDS = 60


class Unverified(Exception):
    """Shards whose Redis has not been compared with SQL since it started: nothing in them may be used."""

    def __init__(self, shards: list[int]) -> None:
        super().__init__(f"shards {shards}")
        self.shards = shards


class HalfFound(Unavailable):
    """Some nodes of a cluster did not answer; ``found`` is what the others said."""

    def __init__(self, message: str, found: dict[int, Tally]) -> None:
        super().__init__(message)
        self.found = found


class Tallies:
    """The tallies that Redis holds.

    :param client: a client as :func:`open_redis` makes it.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._silence = Silence(REDIS, REDIS_SILENT_SECONDS)
        self._read = load_script(client, "read")
        self._warm = load_script(client, "warm")
        self._seed = load_script(client, "seed")

    def find(self, post_ids: Iterable[int]) -> dict[int, Tally]:
        """Read the tallies that are here; those that are not are missing from the answer.

        :raises Unverified: some shards must be compared with SQL first.
        :raises Unavailable: Redis does not answer; :class:`HalfFound` where only some of its nodes do not.
        """
        by_shard: dict[int, list[int]] = defaultdict(list)
        for post_id in dict.fromkeys(post_ids):
            by_shard[shard_of(post_id)].append(post_id)
        found: dict[int, Tally] = {}
        unverified = []
        try:
            with self._reading():
                keys = {shard: [life_key(shard), *map(tally_key, ids)] for shard, ids in by_shard.items()}
                answers = call_at_once(self._client, self._read, keys)
                for shard, replies in answers.items():
                    if replies == ["unverified"]:
                        unverified.append(shard)
                    elif not isinstance(replies, Exception):
                        found.update(_parse_known(by_shard[shard], replies))
                for error in answers.values():
                    if isinstance(error, Exception):
                        raise error
        except Unavailable as error:
            if found:
                raise HalfFound(error.message, found) from error
            raise
        if unverified:
            raise Unverified(unverified)
        return found

    def epoch(self, shard: int) -> str | None:
        """Tell the shard's epoch, or None before the first."""
        with self._reading():
            value: str | None = self._client.hget(life_key(shard), "epoch")
        return value

    def warm(
        self, stored: Tally, readers: dict[str, int] | None, *, epoch: str, comments_offset: int = -1
    ) -> bool:
        """Put a tally that was read from SQL in its place.

        :param stored: the counts as SQL has them, read after ``epoch`` was.
        :param readers: the totals of all its readers by field (``c:77`` claps, ``l:77`` likes), or None when
            they are too many to keep; then each reader's is asked for when that reader claps.
        :param epoch: the shard's epoch when SQL was read.
        :param comments_offset: how far the comments' log had come, read before ``stored``: an older number of
            comments that arrives late is not taken.
        :return: False when the epoch has changed meanwhile: read SQL again.
        """
        key = tally_key(stored.post_id)
        ready = f"{key}:ready:{secrets.token_hex(6)}"
        fields: dict[str, Any] = {
            "full": 0 if readers is None else 1, "claps": stored.claps, "people": stored.people,
            "likes": stored.likes, "views": stored.views, "comments": stored.comments,
            "log": comments_offset, "readers": 0, **(readers or {}),
        }
        names = list(fields)
        with answering("take in counts"):
            for start in range(0, len(names), STAGED_FIELDS):
                part = names[start : start + STAGED_FIELDS]
                self._client.hset(ready, mapping={name: fields[name] for name in part})
            self._client.expire(ready, STAGED_SECONDS)
            keys = [life_key(shard_of(stored.post_id)), key, ready]
            return bool(self._warm(keys=keys, args=[epoch, TALLY_IDLE_SECONDS]))

    def seed(self, post_id: int, totals: dict[str, int], *, epoch: str) -> bool:
        """Put single readers' totals, read from SQL, into a tally that does not hold all of them."""
        pairs = [part for pair in totals.items() for part in pair]
        with answering("take in counts"):
            keys = [life_key(shard_of(post_id)), tally_key(post_id)]
            return bool(self._seed(keys=keys, args=[epoch, *pairs]))

    def given(self, post_id: int, reader_id: int) -> dict[str, int] | None:
        """Tell what a reader gave to a post, as ``c:77`` claps and ``l:77`` likes; None when Redis does not know.

        Who was taken out of the count has given it all the same.
        """
        names = [f"c:{reader_id}", f"l:{reader_id}"]
        with self._reading():
            full, *totals = self._client.hmget(tally_key(post_id), "full", *names)
        if None in totals and full != "1":
            return None
        claps, likes = (int(total or 0) for total in totals)
        return dict(zip(names, (min(CLAPS_PER_READER, abs(claps)), likes), strict=True))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        # Who reads must not wait for a frozen Redis: the counts as last flushed will do.
        with self._silence.asking(), answering("read counts"):
            yield


def _parse_known(post_ids: list[int], replies: list[Any]) -> dict[int, Tally]:
    pairs = zip(post_ids, replies, strict=True)
    return {post_id: parse_tally(post_id, reply) for post_id, reply in pairs if reply[0] != "cold"}


def parse_tally(post_id: int, reply: list[str]) -> Tally:
    """Read a tally from the seven fields in which scripts and channels tell it, version first."""
    epoch, _, offset = str(reply[0]).partition(".")
    claps, people, likes, views, comments, readers = map(int, reply[1:7])
    return Tally(post_id, Version(epoch, int(offset)), claps, people, likes, views, comments, readers)
