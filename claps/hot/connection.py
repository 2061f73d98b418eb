"""How Redis is reached: one address, clear time limits, and errors in the house's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from claps.plain.errors import Unavailable
from claps.plain.patience import (
    REDIS_ANSWER_SECONDS,
    REDIS_CONNECT_SECONDS,
    REDIS_CONNECTIONS,
    REDIS_POOL_SECONDS,
)

_LUA = Path(__file__).parent / "lua"


def open_redis(address: str) -> Any:
    """Make a client for ``redis://``, ``unix://``, ``redis+sentinel://a:1,b:2/name`` or ``redis+cluster://a:1,b:2``.

    Nothing is sent yet, but to a cluster, which is asked for its nodes. A command is never repeated by the
    client itself: a clap that timed out may have been counted, and counting it again would be worse than
    saying so.

    :return: a redis-py client; Sentinel's follows the primary.
    :raises Unavailable: no node of a cluster answers.
    """
    limits: dict[str, Any] = {
        "socket_timeout": REDIS_ANSWER_SECONDS,
        "socket_connect_timeout": REDIS_CONNECT_SECONDS,
        "decode_responses": True,
    }
    once = Retry(NoBackoff(), 0)
    parts = urlsplit(address)
    if parts.scheme == "redis+sentinel":
        name = parts.path.strip("/") or "mymaster"
        sentinel = Sentinel(_nodes(parts.netloc), sentinel_kwargs=dict(limits), **limits)
        return sentinel.master_for(name, retry=once, db=_number(parts.query, "db"))
    if parts.scheme == "redis+cluster":
        nodes = [ClusterNode(host, port) for host, port in _nodes(parts.netloc)]
        with answering("tell its cluster's nodes"):
            return RedisCluster(startup_nodes=nodes, retry=once, **limits)
    if parts.scheme != "unix":
        limits["socket_keepalive"] = True
    pool = redis.BlockingConnectionPool.from_url(
        address, max_connections=REDIS_CONNECTIONS, timeout=REDIS_POOL_SECONDS, retry=once, **limits
    )
    return redis.Redis(connection_pool=pool)


def _nodes(netloc: str) -> list[tuple[str, int]]:
    hosts = netloc.rpartition("@")[2].split(",")
    return [(host, int(port or 6379)) for host, _, port in (item.partition(":") for item in hosts)]


def _number(query: str, name: str) -> int:
    return int(parse_qs(query).get(name, ["0"])[0])


def client_of(client: Any, key: str) -> Any:
    """The Redis that holds a key: of a cluster, the client of its node."""
    if isinstance(client, RedisCluster):
        return client.get_redis_connection(client.get_node_from_key(key))
    return client


def forget_primary(client: Any) -> None:
    """Let the next command ask the Sentinels who is primary; without Sentinels nothing changes.

    A primary that was away for a moment comes back as one, until the Sentinels tell it otherwise some seconds later.
    """
    pool = getattr(client, "connection_pool", None)
    if isinstance(pool, SentinelConnectionPool):
        pool.disconnect(inuse_connections=False)


def load_script(client: Any, name: str) -> Any:
    """Make one of ``lua/NAME.lua`` callable as ``script(keys=…, args=…)``."""
    return client.register_script((_LUA / f"{name}.lua").read_text())


@contextmanager
def answering(what: str) -> Iterator[None]:
    """Turn Redis's own errors into :class:`Unavailable`.

    :param what: what was being done, as in "count claps".
    :raises Unavailable: Redis did not answer, or answered with an error.
    """
    try:
        yield
    except (redis.RedisError, redis.exceptions.RedisClusterException, OSError) as error:
        raise Unavailable(f"Redis cannot {what} right now ({type(error).__name__}).") from error
