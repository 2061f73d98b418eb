"""What is broken: two nodes behind a load balancer, with Redis and SQL behind ways that can be cut."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults.books import Books
from tests.parts.claps_server import ClapsServer
from tests.parts.haproxy_server import HaproxyServer
from tests.parts.mariadb_server import MariadbServer
from tests.parts.network_path import NetworkPath
from tests.parts.processes import Child
from tests.parts.redis_sentinel import RedisGroup
from tests.parts.redis_server import RedisServer

NODES = 2
SETTINGS = {"CLAPS_FLUSH_SECONDS": "0.2", "CLAPS_TRUSTED_PROXIES": "1", "CLAPS_WORKERS": "2"}


class Node:
    """One ``claps serve``, and its own ways to SQL and to Redis.

    :ivar to_redis: None where Sentinels tell it the address, which leads past every way.
    """

    def __init__(self, folder: Path, database_url: str, redis: RedisServer | RedisGroup, ack: str) -> None:
        folder.mkdir(parents=True)
        parts = urlsplit(database_url)
        self.to_sql = NetworkPath(parts.port or 3306, log=folder / "to-sql.log")
        near = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{self.to_sql.port}").geturl()
        self.to_redis = NetworkPath(redis.port, log=folder / "to-redis.log") if isinstance(redis, RedisServer) else None
        redis_url = redis.url if self.to_redis is None else f"redis://127.0.0.1:{self.to_redis.port}/0"
        self.server = ClapsServer(
            folder, database_url=near, redis_url=redis_url, environ={**SETTINGS, "CLAPS_ACK": ack}
        )

    @property
    def ways(self) -> list[NetworkPath]:
        """The ways that there are."""
        return [self.to_sql, *([self.to_redis] if self.to_redis else [])]

    def start(self) -> None:
        """Start its ways and itself."""
        for way in self.ways:
            way.start()
        self.server.start()


class Town:
    """The whole, on free ports. Not started by being made: call :meth:`start`.

    :param redis: a started Redis or group; it belongs to the town from now on, as ``mariadb`` does.
    """

    def __init__(
        self, folder: Path, database_url: str, *, mariadb: MariadbServer, redis: RedisServer | RedisGroup, ack: str
    ) -> None:
        self.folder = folder
        self.mariadb = mariadb
        self.redis = redis
        self.ack = ack
        self.nodes = [Node(folder / f"node-{number}", database_url, redis, ack) for number in range(NODES)]
        self.balancer = HaproxyServer(folder / "balancer", [node.server.port for node in self.nodes])
        self.books = Books(database_url, redis)

    def start(self) -> None:
        """Start the nodes and the balancer."""
        for node in self.nodes:
            node.start()
        self.balancer.start()

    def stop(self) -> None:
        """Ask the nodes to end, so that what is in the journal is flushed; then end the rest."""
        for node in self.nodes:
            node.server.stop()
        self.kill()

    def kill(self) -> None:
        """Kill whatever runs."""
        for child in self._children():
            with contextlib.suppress(ProcessLookupError):
                child.resume()
            child.kill()

    def heal(self) -> None:
        """Bring back what is dead, frozen or cut; what runs is left as it is."""
        for child in self._children():
            child.resume()
        self.mariadb.revive()
        self._heal_redis()
        for node in self.nodes:
            for way in node.ways:
                way.let_pass()
            _start_unless_running(node.server, node.server.start)
        _start_unless_running(self.balancer, self.balancer.start)

    def _heal_redis(self) -> None:
        if isinstance(self.redis, RedisServer):
            _start_unless_running(self.redis, self.redis.start)
            return
        for server in self.redis.servers:
            _start_unless_running(server, server.start)
        for sentinel in self.redis.sentinels:
            _start_unless_running(sentinel, sentinel.start)

    def _children(self) -> list[Child]:
        redis = [self.redis] if isinstance(self.redis, RedisServer) else [*self.redis.sentinels, *self.redis.servers]
        ways: list[Child] = [way for node in self.nodes for way in node.ways]
        return [self.balancer, *(node.server for node in self.nodes), *ways, *redis]


def _start_unless_running(child: Child, start: Callable[[], None]) -> None:
    if not child.is_running:
        start()
