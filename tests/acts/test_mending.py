"""Redis and SQL are brought together wherever Redis does not know something."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from claps.acts.flush import flush_all
from claps.app import Core
from claps.hot.keys import journal_key, life_key, tally_key
from claps.plain.changes import Change
from claps.plain.errors import NotFound
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from claps.plain.topics import shard_of
from claps.store.journal_positions import Position, all_positions, set_position
from claps.store.posts import stored_tallies
from tests.parts.inside import cool_down, publish
from tests.parts.queries import noting_queries
from tests.parts.redis_server import RedisServer

BEN, CYD = 2, 3


def clap(core: Core, post: Post, who: int, times: int) -> Clapped:
    return core.ledger.take(Change("clap", post.id, str(who), times))


def position_of(core: Core, post: Post) -> Position:
    with core.database.reading():
        return all_positions()[shard_of(post.id)]


def forget_tally(core: Core, post: Post) -> None:
    """Flush everything, and let the tally expire."""
    flush_all(core.database, core.journal)
    core.redis.delete(tally_key(post.id))


def test_a_tally_that_expired_comes_back_whole(core: Core, article: Post) -> None:
    clap(core, article, BEN, 48)
    core.ledger.take(Change("like", article.id, str(BEN), 1))
    forget_tally(core, article)

    clapped = clap(core, article, BEN, 5)

    assert (clapped.given, clapped.yours) == (2, 50)
    assert (clapped.tally.claps, clapped.tally.people, clapped.tally.likes) == (50, 1, 1)


def test_a_reader_beyond_those_that_are_kept_has_the_total_that_sql_knows(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.mending.PEOPLE_KEPT_HOT", 1)
    clap(core, article, BEN, 48)
    clap(core, article, CYD, 3)
    forget_tally(core, article)

    outcomes = [clap(core, article, who, 5) for who in (BEN, CYD, 9)]

    assert [(outcome.given, outcome.yours) for outcome in outcomes] == [(2, 50), (5, 8), (5, 5)]
    assert (outcomes[-1].tally.claps, outcomes[-1].tally.people) == (63, 3)
    assert core.redis.hget(tally_key(article.id), "full") == "0"


def test_after_a_flush_such_a_posts_rows_are_exact_too(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.mending.PEOPLE_KEPT_HOT", 1)
    for who, times in ((BEN, 48), (CYD, 3)):
        clap(core, article, who, times)
    forget_tally(core, article)
    clap(core, article, BEN, -50)

    forget_tally(core, article)

    assert clap(core, article, BEN, 1).yours == 1
    assert core.mending.read([article.id])[article.id].claps == 4


def test_posts_that_do_not_exist_are_named(core: Core, article: Post) -> None:
    assert core.mending.warm([article.id, 999]) == {999}
    assert set(core.mending.read([article.id, 999])) == {article.id}
    with pytest.raises(NotFound):
        core.mending.warm_for_claps(999)


@pytest.mark.parametrize("bound", [20_000, 1])
def test_many_cold_posts_take_as_many_queries_as_one(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch, bound: int
) -> None:
    posts = [article, *[publish(core, article.writer) for _ in range(19)]]
    for post in posts[:3]:
        clap(core, post, BEN, 3)
        core.ledger.take(Change("like", post.id, str(CYD), 1))
    core.mending.read([post.id for post in posts])  # every shard has an epoch
    counts = []
    monkeypatch.setattr("claps.acts.mending.PEOPLE_KEPT_HOT", bound)
    for some in (posts[:1], posts):
        cool_down(core)
        with noting_queries() as queries:
            tallies = core.mending.read([post.id for post in some])
        counts.append(len(queries))

    assert [(tallies[post.id].claps, tallies[post.id].likes) for post in posts[:4]] == [(3, 1)] * 3 + [(0, 0)]
    assert counts == ([3, 3] if bound > 1 else [3, 9])
    assert [clap(core, post, BEN, 50).yours for post in posts[:4]] == [50] * 4


def test_many_posts_are_read_at_once_warm_or_not(core: Core, article: Post) -> None:
    posts = [article, *[publish(core, article.writer) for _ in range(20)]]
    clap(core, posts[3], BEN, 3)

    tallies = core.mending.read([post.id for post in posts])

    assert [tallies[post.id].claps for post in posts] == [3 if post is posts[3] else 0 for post in posts]


def test_a_restarted_redis_begins_a_new_epoch_and_keeps_what_was_acknowledged(
    core: Core, article: Post, redis: RedisServer
) -> None:
    before = clap(core, article, BEN, 8).tally.version

    redis.restart()
    core.redis.connection_pool.disconnect()
    tally = core.mending.read([article.id])[article.id]

    assert tally.claps == 8
    assert int(tally.version.epoch, 36) > int(before.epoch, 36)
    with core.database.reading():
        assert stored_tallies([article.id])[article.id].claps == 8  # its journal went to SQL with the new epoch


def test_an_emptied_redis_counts_on_from_what_sql_has(core: Core, article: Post) -> None:
    clap(core, article, BEN, 8)
    flush_all(core.database, core.journal)

    core.redis.flushall()

    assert clap(core, article, BEN, 1).yours == 9
    flush_all(core.database, core.journal)
    with core.database.reading():
        assert stored_tallies([article.id])[article.id].claps == 9


def test_an_epoch_is_the_time_so_that_none_is_used_again(core: Core, article: Post) -> None:
    before = int(time.time())

    core.mending.reopen(shard_of(article.id))

    assert before <= position_of(core, article).epoch <= time.time()


def test_an_epoch_is_newer_than_the_last_also_under_a_slow_clock(core: Core, article: Post) -> None:
    late = replace(position_of(core, article), epoch=9_000_000_000)
    core.database.transact(lambda: set_position(late))

    core.mending.reopen(late.shard)

    assert position_of(core, article).epoch == 9_000_000_001


def test_a_good_shard_is_left_as_it_is(core: Core, article: Post) -> None:
    version = clap(core, article, BEN, 1).tally.version

    core.mending.reopen(shard_of(article.id))

    assert core.mending.read([article.id])[article.id].version == version


def test_what_was_closed_and_never_opened_is_opened_by_the_next(core: Core, article: Post) -> None:
    clap(core, article, BEN, 8)
    core.journal.close(shard_of(article.id))  # by one who was killed then

    assert clap(core, article, BEN, 1).yours == 9
    assert core.redis.hexists(life_key(shard_of(article.id)), "token") == 0


def test_entries_of_a_life_that_sql_never_saw_are_carried_over(core: Core, article: Post) -> None:
    clap(core, article, BEN, 8)
    core.redis.hset(life_key(shard_of(article.id)), "run_id", "another process")

    core.mending.reopen(shard_of(article.id))

    with core.database.reading():
        assert stored_tallies([article.id])[article.id].claps == 8
    assert core.redis.xlen(journal_key(shard_of(article.id))) == 0
