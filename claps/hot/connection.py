"""How Redis is reached: one address, clear time limits, and errors in the house's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.commands.core import Script
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry
from redis.sentinel import Sentinel

from claps.hot.cluster import Cluster, is_sharded
from claps.hot.pools import BOUNDS, QUICK, SentinelPool
from claps.plain.errors import Unavailable
from claps.plain.failing import REDIS, note_failure
from claps.plain.meters import meters
from claps.plain.patience import REDIS_ANSWER_SECONDS, REDIS_CONNECT_SECONDS
from claps.plain.spans import spans

_LUA = Path(__file__).parent / "lua"
# How a script tells of a change; and how on a cluster, where the channel lies in the slot of the script's keys.
_TELL = "redis.call('PUBLISH', "
_TELL_SHARD = "redis.call('SPUBLISH', string.match(KEYS[1], '^{%w+}:') .. "


def open_redis(address: str) -> Any:
    """Make a client for ``redis://``, ``unix://``, ``redis+sentinel://a:1,b:2/name`` or ``redis+cluster://a:1,b:2``.

    With ``rediss`` in place of ``redis`` each of them speaks TLS, and the other end's certificate and name are
    checked: against the system's authorities, or against ``?ssl_ca_certs=/path``.

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
        # With notices of maintenance, which only a hosted Redis sends, the library's pool gives connections away in
        # which something lies that nobody has read.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }
    once = Retry(NoBackoff(), 0)
    parts = urlsplit(address)
    kind = parts.scheme.partition("+")[2]
    if kind == "sentinel":
        return _open_sentinel(parts, retry=once, **limits)
    if kind == "cluster":
        tls = _tls(parts)
        with answering("tell its cluster's nodes"):
            return Cluster(_nodes(parts.netloc), tls=bool(tls.pop("ssl", False)), **_identity(parts), **tls, **limits)
    if parts.scheme != "unix":
        limits["socket_keepalive"] = True
    if parts.scheme in QUICK:
        limits["connection_class"] = QUICK[parts.scheme]
    pool = redis.BlockingConnectionPool.from_url(address, retry=once, **BOUNDS, **limits)
    return redis.Redis(connection_pool=pool)


def _open_sentinel(parts: SplitResult, *, retry: Retry, **limits: Any) -> Any:
    options = dict(parse_qsl(parts.query))
    # Sentinels have passwords of their own, or none.
    own = {"username": options.get("sentinel_username"), "password": options.get("sentinel_password")}
    tls = _tls(parts)
    sentinel = Sentinel(
        _nodes(parts.netloc), sentinel_kwargs={**limits, **tls, **own}, **limits, **tls, **_identity(parts)
    )
    return sentinel.master_for(
        parts.path.strip("/") or "mymaster", connection_pool_class=SentinelPool, retry=retry,
        db=int(options.get("db", "0")), **({} if tls else {"connection_class": QUICK[parts.scheme]}), **BOUNDS,
    )


def _identity(parts: SplitResult) -> dict[str, Any]:
    given = {"username": parts.username, "password": parts.password}
    return {name: unquote(value) for name, value in given.items() if value}


def _tls(parts: SplitResult) -> dict[str, Any]:
    if not parts.scheme.startswith("rediss"):
        return {}
    options: dict[str, Any] = {name: value for name, value in parse_qsl(parts.query) if name.startswith("ssl_")}
    if "ssl_check_hostname" in options:
        options["ssl_check_hostname"] = options["ssl_check_hostname"] != "false"
    return {"ssl": True, **options}


def _nodes(netloc: str) -> list[tuple[str, int]]:
    hosts = netloc.rpartition("@")[2].split(",")
    return [(host, int(port or 6379)) for host, _, port in (item.partition(":") for item in hosts)]


def client_of(client: Any, key: str) -> Any:
    """The Redis that holds a key: of a cluster, the client of its node."""
    if isinstance(client, RedisCluster):
        return client.get_redis_connection(client.get_node_from_key(key))
    return client


def forget_primary(client: Any) -> None:
    """Let the next command ask the Sentinels, or the cluster's nodes, who is primary; with one Redis nothing changes.

    A primary that was away for a moment comes back as one, until the Sentinels tell it otherwise some seconds later.
    """
    if isinstance(client, RedisCluster):
        client.nodes_manager.initialize()
        return
    pool = getattr(client, "connection_pool", None)
    if isinstance(pool, SentinelPool):
        pool.disconnect(inuse_connections=False)


class _Script(Script):
    """A script that a Redis without it is sent whole, with its call.

    The library would bring it to all nodes of a cluster first: to one that is dead, and not to one that has no slot
    yet, though keys are on their way there.
    """

    def __init__(self, client: Any, text: str) -> None:
        super().__init__(client, text)
        # Looked at once: what kind of client it is takes the library's types 5 µs to tell.
        self._pool = None if isinstance(client, RedisCluster) else client.connection_pool

    def __call__(self, keys: Any = None, args: Any = None, client: Any = None) -> Any:
        ours: Any = self.registered_client
        parts = (len(keys or ()), *(keys or ()), *(args or ()))
        try:
            if self._pool is None:
                return ours.evalsha(self.sha, *parts)
            return _ask(self._pool, "EVALSHA", self.sha, *parts)
        except redis.exceptions.NoScriptError:
            return ours.eval(self.script, *parts)


def _ask(pool: Any, *command: Any) -> Any:
    # What the client does for every command, without what it tells of itself meanwhile: half of its time.
    connection = pool.get_connection()
    try:
        connection.send_command(*command)
        # Whatever goes wrong on the way closes the connection, so that no answer is left in it for the next one.
        return connection.read_response()
    finally:
        pool.release(connection)


def load_script(client: Any, name: str) -> Any:
    """Make one of ``lua/NAME.lua`` callable as ``script(keys=…, args=…)``."""
    text = (_LUA / f"{name}.lua").read_text()
    return _Script(client, text.replace(_TELL, _TELL_SHARD) if is_sharded(client) else text)


def call_at_once(client: Any, script: Any, calls: dict[int, list[str]]) -> dict[int, Any]:
    """Call a script that only reads for several lists of keys: one journey, or one to each node of a cluster.

    Sixteen shards of a Redis that is half a second away would be eight seconds away, if each was asked in its turn.

    :param calls: keys of one node each, by any number.
    :return: the replies, by the same numbers; of several, an error in place of each that did not come.
    """
    if len(calls) == 1:
        return {number: script(keys=keys) for number, keys in calls.items()}
    nodes: dict[Any, list[int]] = {}
    for number, keys in calls.items():
        nodes.setdefault(client_of(client, keys[0]), []).append(number)
    replies: dict[int, Any] = {}
    for node, numbers in nodes.items():
        pipe = node.pipeline(transaction=False)
        for number in numbers:
            pipe.evalsha(script.sha, len(calls[number]), *calls[number])
        try:
            replies.update(zip(numbers, pipe.execute(raise_on_error=False), strict=True))
        except redis.RedisError as error:
            replies.update(dict.fromkeys(numbers, error))
    if any(map(is_death, replies.values())):
        # A cluster's client hears nothing of the death of a node that was asked directly.
        forget_primary(client)
    for number, reply in replies.items():
        if isinstance(reply, redis.ResponseError):
            # It does not have the script yet, or the keys are elsewhere now: the client knows what to do.
            try:
                replies[number] = script(keys=calls[number])
            except redis.RedisError as error:
                replies[number] = error
    return replies


def is_death(reply: Any) -> bool:
    """Claim that a node did not answer; where all connections were in use it is well, and asked too much."""
    if isinstance(reply, redis.exceptions.MaxConnectionsError):
        return False
    return isinstance(reply, redis.ConnectionError | redis.TimeoutError)


@contextmanager
def answering(what: str) -> Iterator[None]:
    """Turn Redis's own errors into :class:`Unavailable`.

    :param what: what was being done, as in "count claps".
    :raises Unavailable: Redis did not answer, or answered with an error.
    """
    try:
        if spans.around is None:
            yield
        else:
            with spans.around("redis", what):
                yield
    except (redis.RedisError, redis.exceptions.RedisClusterException, OSError) as error:
        note_failure(REDIS)
        meters.redis_errors[type(error).__name__] += 1
        raise Unavailable(f"Redis cannot {what} right now ({type(error).__name__}).") from error
