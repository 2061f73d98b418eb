"""How often somebody has asked, in Redis."""

from __future__ import annotations

import logging

import pytest

from claps.hot.connection import open_redis
from claps.hot.rates import Rates
from claps.plain.rates import Rate, neighbourhood
from tests.parts.redis_server import RedisServer

THREE = Rate("three", 3, 60)


def test_whoever_asks_too_often_is_refused_and_nobody_else(redis: RedisServer) -> None:
    rates = Rates(open_redis(redis.url))

    standings = [rates.take(THREE, "ada") for _ in range(4)]

    assert [standing.refused for standing in standings] == [False, False, False, True]
    assert [standing.left for standing in standings] == [2, 1, 0, 0]
    assert all(0 < standing.reset_seconds <= 120 for standing in standings)
    assert not rates.take(THREE, "ben").refused
    assert not rates.take(Rate("other", 3, 60), "ada").refused


def test_looking_counts_nothing(redis: RedisServer) -> None:
    rates = Rates(open_redis(redis.url))

    looks = [rates.look(THREE, "ada").refused for _ in range(5)]
    for _ in range(3):
        rates.take(THREE, "ada")

    assert looks == [False] * 5
    assert rates.look(THREE, "ada").refused


def test_a_name_is_not_to_be_read_in_redis(redis: RedisServer) -> None:
    client = open_redis(redis.url)

    Rates(client).take(THREE, "zyzzyva \udcff")

    assert client.keys("*rate*")
    assert not [key for key in client.keys("*") if "zyzzyva" in key]


def test_without_redis_nobody_is_held_back_and_the_log_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    rates = Rates(open_redis("redis://127.0.0.1:1"))

    with caplog.at_level(logging.WARNING):
        standings = [rates.take(THREE, "ada") for _ in range(5)]

    assert not any(standing.refused for standing in standings)
    assert len([record for record in caplog.records if "nobody is held back" in record.message]) == 1


@pytest.mark.parametrize(
    ("address", "part"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("", "nowhere"), ("x", "nowhere")],
)
def test_one_machine_is_one_address(address: str, part: str) -> None:
    assert neighbourhood(address) == part
