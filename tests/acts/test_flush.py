"""The journal goes into SQL, each entry exactly once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gevent
import pytest

from claps.acts.flush import flush_all, flush_forever, flush_shard
from claps.app import Core
from claps.hot.keys import journal_key, life_key, tally_key
from claps.plain.changes import Change, Kind
from claps.plain.meters import meters
from claps.plain.posts import Post
from claps.plain.topics import shard_of
from claps.store.claps import totals_of_posts
from claps.store.journal_positions import all_positions, set_position
from claps.store.posts import stored_tallies
from claps.store.readers import Reader
from tests.live.peers import until
from tests.parts.inside import GUEST, ON_SQLITE, publish
from tests.parts.redis_server import RedisServer

BEN, CYD = 2, 3


def take(core: Core, post: Post, kind: Kind, who: object, amount: int) -> None:
    core.ledger.take(Change(kind, post.id, str(who), amount))


def stored(core: Core, post: Post) -> tuple[dict[str, int], dict[str, int] | None]:
    """What SQL has: the post's counts, and its readers' rows."""
    with core.database.reading():
        return stored_tallies([post.id])[post.id].counts(), (totals_of_posts([post.id], most=99) or {})[post.id]


def test_everything_that_was_taken_is_in_sql_and_the_journal_is_empty(core: Core, article: Post) -> None:
    for kind, who, amount in (("clap", BEN, 8), ("clap", GUEST.id, 50), ("like", BEN, 1), ("view", "h1", 1)):
        take(core, article, kind, who, amount)  # type: ignore[arg-type]

    assert flush_all(core.database, core.journal) == 4

    counts, readers = stored(core, article)
    assert counts == {"claps": 58, "people": 2, "likes": 1, "views": 1, "comments": 0, "readers": 0}
    assert readers == {f"c:{BEN}": 8, f"c:{GUEST.id}": 50, f"l:{BEN}": 1}
    assert sum(core.journal.lengths()) == 0


def test_a_second_flush_finds_nothing(core: Core, article: Post) -> None:
    take(core, article, "clap", BEN, 8)
    flush_all(core.database, core.journal)

    assert flush_all(core.database, core.journal) == 0
    assert stored(core, article)[0]["claps"] == 8


def test_what_was_given_and_taken_back_between_two_flushes_leaves_no_row(core: Core, article: Post) -> None:
    take(core, article, "clap", GUEST.id, 8)
    take(core, article, "clap", GUEST.id, -50)

    flush_all(core.database, core.journal)

    assert stored(core, article) == (dict.fromkeys(stored(core, article)[0], 0), {})
    with core.database.reading():
        assert Reader.select().where(Reader.id == GUEST.id).count() == 0


def test_who_claps_is_a_reader_from_then_on(core: Core, article: Post) -> None:
    take(core, article, "clap", GUEST.id, 1)
    take(core, article, "like", CYD, 1)

    flush_all(core.database, core.journal)

    with core.database.reading():
        assert {row.id for row in Reader.select()} >= {GUEST.id, CYD}


def test_all_shards_are_flushed(core: Core, article: Post) -> None:
    posts = [article, *[publish(core, article.writer) for _ in range(3)]]
    for post in posts:
        take(core, post, "clap", BEN, post.id)

    flush_all(core.database, core.journal)

    assert [stored(core, post)[0]["claps"] for post in posts] == [post.id for post in posts]


def test_a_long_journal_goes_in_several_turns(core: Core, article: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.hot.journal.FLUSH_ENTRIES", 2)
    for _ in range(5):
        take(core, article, "clap", BEN, 1)

    turns = [flush_shard(core.database, core.journal, shard_of(article.id)).entries for _ in range(4)]

    assert turns == [2, 2, 1, 0]
    assert stored(core, article)[0]["claps"] == 5


def test_entries_that_sql_has_already_are_trimmed_and_not_counted(core: Core, article: Post) -> None:
    take(core, article, "clap", BEN, 8)
    shard = shard_of(article.id)
    copy = core.redis.dump(journal_key(shard))
    flush_all(core.database, core.journal)
    core.redis.restore(journal_key(shard), 0, copy, replace=True)  # as if the trimming had never happened

    assert flush_all(core.database, core.journal) == 0

    assert stored(core, article)[0]["claps"] == 8
    assert sum(core.journal.lengths()) == 0


@pytest.mark.parametrize(("field", "value"), [("run_id", "another process"), ("epoch", "0")])
def test_a_shard_that_was_not_compared_with_sql_is_left_alone(
    core: Core, article: Post, field: str, value: str
) -> None:
    take(core, article, "clap", BEN, 8)
    shard = shard_of(article.id)
    core.redis.hset(life_key(shard), field, value)

    flushed = flush_shard(core.database, core.journal, shard)

    assert (flushed.fenced, flushed.entries) == (True, 0)
    assert flush_all(core.database, core.journal) == 0
    assert (stored(core, article)[0]["claps"], core.journal.lengths()[shard]) == (0, 1)


def test_the_position_is_that_of_the_last_entry(core: Core, article: Post) -> None:
    take(core, article, "clap", BEN, 8)
    take(core, article, "clap", BEN, 1)
    shard = shard_of(article.id)
    last = core.journal.entries_after(shard, "0-0")[-1]

    flush_all(core.database, core.journal)

    with core.database.reading():
        assert all_positions()[shard].entry_id == last.entry_id


@ON_SQLITE
def test_only_a_flushed_tally_expires(core: Core, article: Post) -> None:
    take(core, article, "clap", BEN, 8)
    before = core.redis.ttl(tally_key(article.id))

    flush_all(core.database, core.journal)

    assert before == -1
    assert core.redis.ttl(tally_key(article.id)) > 0


@ON_SQLITE
def test_a_redis_that_came_back_older_does_not_count_twice(
    core: Core, article: Post, redis: RedisServer, tmp_path: Path
) -> None:
    take(core, article, "clap", BEN, 8)
    redis.copy_data(tmp_path / "copy")
    flush_all(core.database, core.journal)
    take(core, article, "clap", BEN, 2)
    flush_all(core.database, core.journal)

    redis.restore_data(tmp_path / "copy")
    core.redis.connection_pool.disconnect()
    take(core, article, "clap", CYD, 1)
    flush_all(core.database, core.journal)

    assert stored(core, article) == ({**article.stored.counts(), "claps": 11, "people": 2}, {"c:2": 10, "c:3": 1})
    assert core.mending.read([article.id])[article.id].claps == 11


@ON_SQLITE
def test_a_clock_that_runs_behind_loses_no_clap(core: Core, article: Post) -> None:
    [position] = [item for item in read_positions(core) if item.shard == shard_of(article.id)]
    core.database.transact(lambda: set_position(replace(position, entry_id="9000000000000-7")))

    take(core, article, "clap", BEN, 8)
    flush_all(core.database, core.journal)

    assert stored(core, article)[0]["claps"] == 8


def read_positions(core: Core) -> list:  # type: ignore[type-arg]
    with core.database.reading():
        return all_positions()


@ON_SQLITE
def test_that_it_cannot_be_done_is_said_once(
    core: Core, article: Post, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    failed = meters.flushes_failed
    redis.kill()
    quiet = {"moved": lambda ids: None, "given": lambda rows: None, "pause_seconds": 0.01}
    flushing = gevent.spawn(flush_forever, core.database, core.journal, core.mending.reopen, **quiet)
    until(lambda: meters.flushes_failed >= failed + 3)
    redis.start()
    until(lambda: "goes into SQL again" in caplog.text)
    flushing.kill()

    assert caplog.text.count("the journal waits") == 1
