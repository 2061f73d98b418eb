"""How many are reading now, over all workers."""

from __future__ import annotations

import time

import pytest
import redis as redis_library

from claps.app import Core
from claps.hot.keys import tally_key
from claps.hot.presence import Presence
from claps.plain.limits import PRESENCE_SECONDS
from claps.plain.posts import Post
from tests.hot.conftest import BEN, Take
from tests.parts.inside import ON_SQLITE, publish

pytestmark = ON_SQLITE


def test_what_workers_say_is_summed(core: Core, article: Post) -> None:
    core.mending.warm([article.id])
    first, second = Presence(core.redis, "first"), Presence(core.redis, "second")

    totals = [worker.tell({article.id: count}) for worker, count in ((first, 3), (second, 4), (first, 1))]

    assert totals == [{article.id: 3}, {article.id: 7}, {article.id: 5}]
    assert core.tallies.find([article.id])[article.id].readers == 5


def test_a_worker_without_readers_counts_no_more(core: Core, client: redis_library.Redis, article: Post) -> None:
    core.mending.warm([article.id])
    presence = Presence(core.redis, "first")
    presence.tell({article.id: 3})

    assert presence.tell({article.id: 0}) == {article.id: 0}
    assert client.hlen(f"{tally_key(article.id)}:readers") == 0


def test_the_count_of_a_dead_worker_ends_with_its_time(core: Core, client: redis_library.Redis, article: Post) -> None:
    core.mending.warm([article.id])
    client.hset(f"{tally_key(article.id)}:readers", "dead", f"5 {int(time.time()) - 1}")
    client.hset(f"{tally_key(article.id)}:readers", "living", f"2 {int(time.time()) + 9}")

    assert Presence(core.redis, "first").tell({article.id: 1}) == {article.id: 3}
    assert set(client.hkeys(f"{tally_key(article.id)}:readers")) == {"living", "first"}


def test_all_counts_end_when_nobody_renews_them(core: Core, client: redis_library.Redis, article: Post) -> None:
    core.mending.warm([article.id])

    Presence(core.redis, "first").tell({article.id: 3})

    assert 0 < client.ttl(f"{tally_key(article.id)}:readers") <= PRESENCE_SECONDS


def test_a_change_is_told_as_a_new_version_and_a_renewal_is_not(
    core: Core, client: redis_library.Redis, article: Post, take: Take
) -> None:
    before = take("clap", BEN, 8).tally.version
    with client.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(f"post:{article.id}")
        listener.get_message(timeout=5)

        for _ in range(2):
            Presence(core.redis, "first").tell({article.id: 3})

        messages = [listener.get_message(timeout=5), listener.get_message(timeout=0.05)]
    assert messages[0]["data"] == f"{before.epoch}.{before.offset + 1} 8 1 0 0 0 3"
    assert messages[1] is None


def test_readers_of_a_tally_that_is_not_here_are_not_counted(core: Core, article: Post) -> None:
    assert Presence(core.redis, "first").tell({article.id: 3}) == {}


def test_readers_do_not_keep_an_old_epochs_tally(core: Core, client: redis_library.Redis, article: Post) -> None:
    core.mending.warm([article.id])
    client.hset("{s1}:life", "run_id", "another process")

    assert Presence(core.redis, "first").tell({article.id: 3}) == {}


def test_many_posts_are_told_at_once_each_with_its_own_sum(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.hot.presence.POSTS_PER_CALL", 2)
    posts = [article, *[publish(core, article.writer) for _ in range(40)]]
    core.mending.warm([post.id for post in posts[:-1]])
    counts = {post.id: post.id + 100 for post in posts}
    Presence(core.redis, "first").tell({article.id: 1})

    totals = Presence(core.redis, "second").tell(counts)

    del counts[posts[-1].id]  # which is not warm
    assert totals == {**counts, article.id: counts[article.id] + 1}


def test_a_clap_tells_who_is_reading_too(core: Core, article: Post, take: Take) -> None:
    core.mending.warm([article.id])
    Presence(core.redis, "first").tell({article.id: 3})

    assert take("clap", BEN, 1).tally.readers == 3
