"""Who watches which table, over all workers."""

from __future__ import annotations

import time

import gevent
import pytest
import redis as redis_library

from claps.hot.connection import open_redis
from claps.hot.keys import places_key
from claps.hot.places import Places
from claps.plain.errors import Unavailable
from claps.plain.limits import WATCHERS_PER_TABLE, WATCHERS_SECONDS
from tests.parts.redis_server import RedisServer


def test_what_workers_say_is_summed(client: redis_library.Redis) -> None:
    first, second = Places(client, "first"), Places(client, "second")
    first.tell({"prices": 3, "scores": 1})
    second.tell({"prices": 4})
    first.tell({"prices": 1})

    assert first.count(["prices", "scores", "nobody"]) == {"prices": 5, "scores": 1, "nobody": 0}


def test_a_hundred_places_are_taken_and_no_more(client: redis_library.Redis) -> None:
    first, second = Places(client, "first"), Places(client, "second")
    first.tell({"prices": WATCHERS_PER_TABLE - 2})

    taken = [second.take("prices", 1), first.take("prices", WATCHERS_PER_TABLE - 1), second.take("prices", 2)]

    assert taken == [True, True, False]
    assert first.count(["prices"]) == {"prices": WATCHERS_PER_TABLE}


def test_two_workers_never_both_get_the_last_place(redis: RedisServer) -> None:
    workers = [Places(open_redis(redis.url), f"worker {number}") for number in range(4)]
    workers[0].tell({"prices": WATCHERS_PER_TABLE - 1})

    asked = [gevent.spawn(worker.take, "prices", 1) for worker in workers[1:]]
    gevent.joinall(asked, raise_error=True)

    assert [job.value for job in asked].count(True) == 1
    assert workers[0].count(["prices"]) == {"prices": WATCHERS_PER_TABLE}


def test_of_two_words_that_overtake_each_other_the_later_stands(client: redis_library.Redis) -> None:
    late, places = Places(client, "worker"), Places(client, "worker")
    for _ in range(5):
        places.tell({"prices": 2})

    is_in = late.take("prices", 1)

    assert is_in and places.count(["prices"]) == {"prices": 2}


def test_the_places_of_a_dead_worker_are_free_after_its_time(client: redis_library.Redis) -> None:
    places = Places(client, "living")
    client.hset(places_key("prices"), "dead", f"100 7 {int(time.time()) - 1}")

    assert places.take("prices", 1)
    assert client.hkeys(places_key("prices")) == ["living"]


def test_nothing_stays_of_a_table_that_nobody_watches(client: redis_library.Redis) -> None:
    places = Places(client, "worker")
    places.tell({"prices": 1})
    lives = client.ttl(places_key("prices"))

    places.tell({"prices": 0})

    assert 0 < lives <= WATCHERS_SECONDS
    assert client.keys("*watching*") == []


def test_tables_of_all_shards_are_told_at_once(client: redis_library.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.hot.places.TABLES_PER_CALL", 2)
    places, counts = Places(client, "worker"), {f"table-{number}": number for number in range(60)}

    places.tell(counts)

    assert places.count(counts) == counts


def test_without_redis_it_is_said(redis: RedisServer) -> None:
    places = Places(open_redis(redis.url), "worker")
    redis.kill()
    try:
        with pytest.raises(Unavailable):
            places.take("prices", 1)
    finally:
        redis.start()
