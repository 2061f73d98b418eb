"""The tests' Redis keeps what it has acknowledged."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.parts.redis_server import RedisServer


def test_what_it_acknowledged_survives_a_kill(redis: RedisServer) -> None:
    with redis.open_client() as client:
        client.set("claps", 157)

    redis.restart()

    with redis.open_client() as client:
        assert client.get("claps") == "157"


def test_a_wiped_one_is_empty(redis: RedisServer) -> None:
    with redis.open_client() as client:
        client.set("claps", 157)

    redis.wipe()

    with redis.open_client() as client:
        assert client.dbsize() == 0


def test_an_older_copy_can_be_restored(redis: RedisServer, tmp_path: Path) -> None:
    with redis.open_client() as client:
        client.set("claps", 1)
        redis.copy_data(tmp_path / "copy")
        client.set("claps", 2)

    redis.restore_data(tmp_path / "copy")

    with redis.open_client() as client:
        assert client.get("claps") == "1"


def test_a_killed_one_refuses_connections(redis: RedisServer) -> None:
    redis.kill()

    with pytest.raises(RedisConnectionError), redis.open_client() as client:
        client.ping()


def test_each_test_finds_it_running_and_empty(redis: RedisServer) -> None:
    with redis.open_client() as client:
        assert client.dbsize() == 0
