"""Connections to Redis have a bound, whichever way it is reached; who finds none free waits, and is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis as redis_library

from claps.hot.connection import answering, load_script, open_redis
from claps.hot.keys import tally_key
from claps.plain.errors import Unavailable
from claps.plain.patience import REDIS_CONNECTIONS, REDIS_POOL_SECONDS
from tests.hot.sentinel import answers, sentinel_of
from tests.parts.processes import eventually
from tests.parts.redis_cluster import RedisCluster
from tests.parts.redis_server import RedisServer


@contextmanager
def cluster_in(folder: Path) -> Iterator[str]:
    """A cluster of one node; its address."""
    cluster = RedisCluster(folder / "cluster", nodes=1)
    cluster.start()
    try:
        yield cluster.url
    finally:
        cluster.kill()


@pytest.fixture(params=["one", "sentinel", "cluster"])
def client(request: pytest.FixtureRequest, redis: RedisServer, tmp_path: Path) -> Iterator[Any]:
    """A client of a Redis alone, behind a Sentinel, and of a cluster."""
    with ExitStack() as stack:
        address = redis.url
        if request.param == "sentinel":
            address = stack.enter_context(sentinel_of(redis, tmp_path))
        elif request.param == "cluster":
            address = stack.enter_context(cluster_in(tmp_path))
        yield stack.enter_context(closing(open_redis(address)))


def pool_of(client: Any) -> Any:
    """The connections to where a key lies."""
    if isinstance(client, redis_library.RedisCluster):
        client = client.get_redis_connection(client.get_node_from_key("post"))
    return client.connection_pool


def test_who_finds_no_connection_free_waits_for_a_while_and_is_told(client: Any) -> None:
    pool = pool_of(client)
    assert (pool.max_connections, pool.timeout) == (REDIS_CONNECTIONS, REDIS_POOL_SECONDS)
    pool.timeout = 0.2
    taken = [pool.get_connection() for _ in range(REDIS_CONNECTIONS)]
    began = time.monotonic()

    with pytest.raises(Unavailable, match="MaxConnectionsError"), answering("answer"):
        client.get("post")

    assert time.monotonic() - began >= 0.2
    pool.release(taken.pop())
    assert client.get("post") is None
    for connection in taken:
        pool.release(connection)


def test_an_outage_behind_sentinels_leaves_no_connections_behind(redis: RedisServer, tmp_path: Path) -> None:
    with sentinel_of(redis, tmp_path) as address, closing(open_redis(address)) as client:
        assert client.ping()
        redis.kill()
        for _ in range(2 * REDIS_CONNECTIONS):
            with pytest.raises(redis_library.RedisError):
                client.ping()
        kept = len(client.connection_pool._connections)
        redis.start()

        eventually(lambda: answers(client))

    assert kept <= REDIS_CONNECTIONS


def test_a_connection_that_was_closed_meanwhile_is_made_anew_before_it_is_used(client: Any) -> None:
    script = load_script(client, "read")
    asked = {"keys": [tally_key(1)]}
    told = script(**asked)
    pool = pool_of(client)
    kept = pool.get_connection()
    name = kept._sock.getsockname()
    pool.release(kept)
    host, port = kept._sock.getpeername()
    with closing(redis_library.Redis(host, port)) as other:
        other.client_kill_filter(_type="normal", skipme=True)

    assert script(**asked) == told
    assert kept._sock.getsockname() != name


def test_an_answer_that_nobody_took_is_never_another_ones(client: Any) -> None:
    pool = pool_of(client)
    connection = pool.get_connection()
    connection.send_command("ECHO", "for somebody who has left")
    eventually(lambda: redis_library.Connection.can_read(connection))
    pool.release(connection)

    assert client.get("post") is None
