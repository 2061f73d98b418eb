"""Looks into Redis and SQL past the product, and says where they disagree."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pymysql

from claps.hot.keys import journal_key, life_key, tally_key
from claps.plain.limits import SHARDS
from claps.plain.topics import shard_of
from tests.parts.redis_cluster import RedisCluster
from tests.parts.redis_sentinel import RedisGroup
from tests.parts.redis_server import RedisServer

# As the product's own scripts ask it: of the node that has the key.
_RUN_ID = "return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')"


@dataclass(frozen=True)
class Books:
    """One database and one Redis, which should tell the same."""

    database_url: str
    redis: RedisServer | RedisGroup | RedisCluster
    _kept: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement: on a connection of its own, or on the one that is kept open."""
        with nullcontext(self._kept[-1]) if self._kept else closing(self.connect()) as connection:
            with closing(connection.cursor()) as cursor:
                cursor.execute(sql)
                rows = list(cursor.fetchall())
            connection.commit()  # The next one shall see what is newest then.
            return rows

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Run all statements of a block on one connection."""
        with closing(self.connect()) as connection:
            self._kept.append(connection)
            try:
                yield
            finally:
                self._kept.pop()

    def connect(self) -> Any:
        """Open a connection to SQL; the caller closes it."""
        parts = urlsplit(self.database_url)
        if parts.scheme == "sqlite":
            return sqlite3.connect(parts.path[1:], timeout=30)
        return pymysql.connect(
            host=parts.hostname, port=parts.port or 3306, user=parts.username, password=parts.password or "",
            database=parts.path[1:],
        )

    def stored(self) -> dict[int, int]:
        """Claps by post as the posts' rows have them."""
        return {post_id: int(claps) for post_id, claps in self.query("SELECT id, claps FROM post")}

    def given(self) -> dict[tuple[int, int], int]:
        """Claps by post and reader as the claps' rows have them."""
        rows = self.query("SELECT post_id, reader_id, claps FROM clap")
        return {(post_id, reader_id): int(claps) for post_id, reader_id, claps in rows}

    def live(self) -> dict[int, int]:
        """Claps by post as Redis has them; posts that Redis does not hold in the present epoch are missing.

        In a Redis that came back older an epoch is written down that was another process's: until somebody asks for
        something of a shard, and it is opened anew, nothing that lies there is told to anybody.
        """
        found = {}
        with self.redis.open_client() as client:
            for post_id in self.stored():
                life = life_key(shard_of(post_id))
                epoch, claps = client.hmget(tally_key(post_id), "e", "claps")
                present, opened_in = client.hmget(life, "epoch", "run_id")
                if epoch is not None and epoch == present and opened_in == client.eval(_RUN_ID, 1, life):
                    found[post_id] = int(str(claps))
        return found

    def live_claps(self, post_id: int) -> int:
        """A post's claps as Redis has them; SQL is not asked."""
        with self.redis.open_client() as client:
            return int(str(client.hget(tally_key(post_id), "claps")))

    def positions(self) -> dict[int, tuple[int, int]]:
        """How far each shard's journal has come into SQL."""
        return {shard: parse_id(text) for shard, text in self.query("SELECT shard, entry_id FROM journal_position")}

    def move_positions(self, positions: dict[int, tuple[int, int]]) -> None:
        """Pretend that the journals have come to other places."""
        with closing(self.connect()) as connection, closing(connection.cursor()) as cursor:
            for shard, (ms, number) in positions.items():
                cursor.execute(f"UPDATE journal_position SET entry_id = '{ms}-{number}' WHERE shard = {shard}")
            connection.commit()

    def journal_ids(self, shard: int) -> list[tuple[int, int]]:
        """The entries of a shard's journal that are not trimmed."""
        with self.redis.open_client() as client:
            return [parse_id(name) for name, _ in client.xrange(journal_key(shard))]

    def journal_posts(self) -> set[int]:
        """The posts that the journals have entries about."""
        with self.redis.open_client() as client:
            entries = [entry for shard in range(SHARDS) for entry in client.xrange(journal_key(shard))]
        return {int(fields["post"]) for _, fields in entries}

    def committed_but_not_trimmed(self) -> int:
        """Count the entries that a flusher left in the journal by dying between COMMIT and the trimming."""
        positions = self.positions()
        return sum(entry <= positions[shard] for shard in range(SHARDS) for entry in self.journal_ids(shard))

    def check(self) -> None:
        """Say that the laws hold, now that everything is flushed."""
        stored, live, given = self.stored(), self.live(), self.given()
        rows = dict.fromkeys(stored, 0)
        for (post_id, _), claps in given.items():
            rows[post_id] += claps
        assert stored == rows, "a post's claps are not the sum of its readers' claps"
        strange = {post_id: (claps, stored[post_id]) for post_id, claps in live.items() if claps != stored[post_id]}
        assert not strange, f"Redis and SQL disagree, by post: {strange}"
        assert all(0 < claps <= 50 for claps in given.values()), "a reader is out of bounds"
        self.check_figures()

    def check_figures(self) -> None:
        """Say that days add up to the counts, hours to their days and minutes to their hours, of posts and writers."""
        names = ("views", "claps", "people", "likes", "comments")
        columns, sums = ", ".join(names), ", ".join(f"SUM({name})" for name in names)
        totals = {"post": f"SELECT id, {columns} FROM post"}
        totals["writer"] = f"SELECT writer_id, {sums} FROM post GROUP BY writer_id"
        for whose, query in totals.items():
            rows = self.query(f"SELECT {whose}_id, grain, begins, {columns} FROM {whose}_figure")
            days = add_up(((row[0],), row[3:]) for row in rows if row[1] == 24 * 60)
            for subject, *counts in self.query(query):
                assert days.get((subject,), [0] * len(names)) == list(map(int, counts)), f"days of {whose} {subject}"
            for fine, coarse in ((1, 60), (60, 24 * 60)):
                whole = {(row[0], row[2]): list(row[3:]) for row in rows if row[1] == coarse}
                parts = add_up(((row[0], row[2] // coarse * coarse), row[3:]) for row in rows if row[1] == fine)
                assert parts and parts == {key: whole.get(key) for key in parts}, f"figures of {fine} minutes"


def add_up(rows: Iterable[tuple[tuple[int, ...], tuple[int, ...]]]) -> dict[tuple[int, ...], list[int]]:
    """Add numbers up by their keys."""
    sums: dict[tuple[int, ...], list[int]] = {}
    for key, numbers in rows:
        sums[key] = [a + b for a, b in zip(sums.get(key, [0] * len(numbers)), numbers, strict=True)]
    return sums


def parse_id(text: str) -> tuple[int, int]:
    """Read a journal's id, so that ids compare."""
    match = re.fullmatch(r"(\d+)-(\d+)", text)
    assert match, text
    return int(match[1]), int(match[2])
