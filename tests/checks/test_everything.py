"""``claps check``, from its command line to its exit code."""

from __future__ import annotations

from collections.abc import Callable

from tests.parts.claps_server import ClapsServer
from tests.parts.redis_server import RedisServer

RANDOM_KEY = {"CLAPS_SECRET_KEY": "Zk3vT8_mQpL5xW2cY9rB-nH4jF7sD1gE"}


def test_the_embedded_default_is_clean(make_server: Callable[..., ClapsServer]) -> None:
    server = make_server(environ={"CLAPS_SECRET_KEY": ""})
    server.start()

    done = server.run("check", "--subscribers", "1000")

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith(" ok")
    assert "warn" not in done.stdout


def test_what_a_stopped_server_hides_is_said(make_server: Callable[..., ClapsServer]) -> None:
    done = make_server(environ=RANDOM_KEY).run("check", "--subscribers", "1000")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "is a child of “claps serve”, which does not run" in done.stdout
    assert "7 unseen" in done.stdout


def test_an_unsafe_redis_ends_with_exit_code_one(make_server: Callable[..., ClapsServer], redis: RedisServer) -> None:
    server = make_server(redis_url=redis.url, environ=RANDOM_KEY)
    with redis.open_client() as client:
        client.config_set("appendonly", "no")
        done = server.run("check", "--subscribers", "1000")
        client.config_set("appendonly", "yes")

    assert done.returncode == 1
    assert "unsafe  has no append-only file" in done.stdout


def test_more_readers_than_files_end_with_exit_code_one(make_server: Callable[..., ClapsServer]) -> None:
    done = make_server(environ=RANDOM_KEY).run("check", "--subscribers", "1000000000")

    assert done.returncode == 1
    assert "ulimit" in done.stdout
