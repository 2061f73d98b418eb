"""The journal, and the lives of its shards."""

from __future__ import annotations

import pytest
import redis as redis_library

from claps.app import Core
from claps.hot.journal import Life
from claps.hot.keys import journal_key, life_key, tally_key
from claps.plain.changes import JournalEntry
from claps.plain.limits import SHARDS, TALLY_IDLE_SECONDS
from claps.plain.posts import Post
from claps.plain.topics import shard_of
from tests.hot.conftest import BEN, CYD, GUEST, Take
from tests.parts.inside import ON_SQLITE
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE
FUTURE_MS = 9_000_000_000_000  # the year 2255


def test_entries_are_read_after_a_position_oldest_first(core: Core, article: Post, take: Take) -> None:
    for who, amount in ((BEN, 8), (GUEST, 1), (BEN, -50)):
        take("clap", who, amount)
    shard = shard_of(article.id)

    entries = core.journal.entries_after(shard, "0-0")

    assert [entry.claps for entry in entries] == [((2, 8),), ((int(GUEST), 1),), ((2, -8),)]
    assert core.journal.entries_after(shard, entries[1].entry_id) == entries[2:]


def test_entries_tell_likes_and_views(core: Core, article: Post, take: Take) -> None:
    take("like", BEN, 1)
    take("view", "h1", 1)

    like, view = core.journal.entries_after(shard_of(article.id), "0-0")

    assert like == JournalEntry(like.entry_id, article.id, likes=((2, 1),))
    assert view == JournalEntry(view.entry_id, article.id, views=1, viewers=("h1",))


def test_one_reading_ends_when_it_has_enough_rows(
    core: Core, article: Post, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in (BEN, CYD, GUEST):
        take("clap", who, 1)
    monkeypatch.setattr("claps.hot.journal.FLUSH_CHANGES", 2)

    assert len(core.journal.entries_after(shard_of(article.id), "0-0")) == 2


def test_many_small_entries_are_read_in_their_order(
    core: Core, client: redis_library.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.hot.journal.FLUSH_ENTRIES", 90)
    for number in range(1, 101):
        client.xadd(journal_key(3), {"post": "3", "claps": f"{number}:1"}, id=f"{number}-0")

    entries = core.journal.entries_after(3, "2-0")

    assert [entry.entry_id for entry in entries] == [f"{number}-0" for number in range(3, 93)]
    assert core.journal.entries_after(3, "99-0") == [JournalEntry("100-0", 3, claps=((100, 1),))]


def test_lengths_are_told_of_every_shard(core: Core, article: Post, take: Take) -> None:
    take("clap", BEN, 1)
    take("clap", CYD, 1)

    assert core.journal.lengths() == [2 if shard == shard_of(article.id) else 0 for shard in range(SHARDS)]


def test_settling_trims_what_sql_has_and_nothing_more(core: Core, article: Post, take: Take) -> None:
    take("clap", BEN, 1)
    take("clap", CYD, 1)
    shard = shard_of(article.id)
    first, second = core.journal.entries_after(shard, "0-0")

    core.journal.settle(shard, first.entry_id, [article.id])

    assert core.journal.entries_after(shard, "0-0") == [second]


def test_a_tally_with_entries_that_are_not_in_sql_never_expires(
    core: Core, client: redis_library.Redis, article: Post, take: Take
) -> None:
    take("clap", BEN, 1)
    take("clap", CYD, 1)
    shard, key = shard_of(article.id), tally_key(article.id)
    first, second = core.journal.entries_after(shard, "0-0")

    core.journal.settle(shard, first.entry_id, [article.id])
    after_one = client.ttl(key)
    core.journal.settle(shard, second.entry_id, [article.id])

    assert after_one == -1
    assert TALLY_IDLE_SECONDS - 10 < client.ttl(key) <= TALLY_IDLE_SECONDS


def test_a_settled_tally_that_is_clapped_for_again_stays(
    core: Core, client: redis_library.Redis, article: Post, take: Take
) -> None:
    take("clap", BEN, 1)
    [entry] = core.journal.entries_after(shard_of(article.id), "0-0")
    core.journal.settle(shard_of(article.id), entry.entry_id, [article.id])

    take("clap", BEN, 1)

    assert client.ttl(tally_key(article.id)) == -1


def test_a_new_redis_has_no_life(core: Core) -> None:
    assert core.journal.life(3) == Life(verified=False, epoch=None)


def test_a_shard_that_was_opened_is_this_processs_own(core: Core) -> None:
    token = core.journal.close(3)

    assert core.journal.open(3, token, epoch="tope0w", entry_id="0-0")

    assert core.journal.life(3) == Life(verified=True, epoch="tope0w")


def test_a_restarted_redis_is_not_the_one_that_was_compared_with_sql(core: Core, redis: RedisServer) -> None:
    core.journal.open(3, core.journal.close(3), epoch="tope0w", entry_id="0-0")

    redis.restart()
    core.redis.connection_pool.disconnect()

    assert core.journal.life(3) == Life(verified=False, epoch="tope0w")


def test_a_closed_shard_is_opened_by_the_one_who_closed_it_last(core: Core) -> None:
    first, second = core.journal.close(3), core.journal.close(3)

    assert not core.journal.open(3, first, epoch="a", entry_id="0-0")
    assert core.journal.open(3, second, epoch="b", entry_id="0-0")
    assert not core.journal.open(3, second, epoch="c", entry_id="0-0")
    assert core.journal.life(3).epoch == "b"


def test_a_lost_journal_under_a_slow_clock_goes_on_past_sqls_position(core: Core, client: redis_library.Redis) -> None:
    core.journal.open(3, core.journal.close(3), epoch="a", entry_id=f"{FUTURE_MS}-7")

    entry_id = client.xadd(journal_key(3), {"post": "3"})

    assert entry_id == f"{FUTURE_MS}-9"
    assert client.xlen(journal_key(3)) == 1


def test_an_older_journal_under_a_slow_clock_goes_on_past_sqls_position(
    core: Core, client: redis_library.Redis
) -> None:
    client.xadd(journal_key(3), {"post": "3"})

    core.journal.open(3, core.journal.close(3), epoch="a", entry_id=f"{FUTURE_MS}-7")

    assert client.xlen(journal_key(3)) == 0
    assert client.xadd(journal_key(3), {"post": "3"}) == f"{FUTURE_MS}-8"


def test_a_newer_journal_is_trimmed_to_sqls_position(core: Core, client: redis_library.Redis) -> None:
    for number in range(1, 4):
        client.xadd(journal_key(3), {"post": "3"}, id=f"5-{number}")

    core.journal.open(3, core.journal.close(3), epoch="a", entry_id="5-2")

    assert [name for name, _ in client.xrange(journal_key(3))] == ["5-3"]


def test_a_new_epoch_counts_versions_from_its_beginning(core: Core, client: redis_library.Redis) -> None:
    client.hset(life_key(3), "offset", 40)

    core.journal.open(3, core.journal.close(3), epoch="a", entry_id="0-0")

    assert client.hget(life_key(3), "offset") == "0"
