"""What is broken: two nodes behind a load balancer, with Redis and SQL behind ways that can be cut."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults.books import Books
from tests.parts.claps_server import ClapsServer
from tests.parts.galera_group import GaleraGroup
from tests.parts.haproxy_server import HaproxyServer
from tests.parts.mariadb_pair import MariadbPair
from tests.parts.mariadb_server import MariadbServer
from tests.parts.network_path import NetworkPath
from tests.parts.own_address import OwnAddress
from tests.parts.own_clock import OwnClock
from tests.parts.own_network import Firewall
from tests.parts.preloaded import put_together
from tests.parts.processes import Child
from tests.parts.redis_cluster import RedisCluster
from tests.parts.redis_sentinel import RedisGroup
from tests.parts.redis_server import RedisServer
from tests.parts.small_disk import SmallDisk

NODES = 2
NETWORK = "127.0.1"
SETTINGS = {"CLAPS_FLUSH_SECONDS": "0.2", "CLAPS_TRUSTED_PROXIES": "1", "CLAPS_WORKERS": "2"}
AnyRedis = RedisServer | RedisGroup | RedisCluster
AnySql = MariadbServer | MariadbPair | GaleraGroup


@dataclass(frozen=True, slots=True)
class Ground:
    """What a town stands on, where that is possible: disks that can be filled, and a network of its own.

    :ivar copy: the data of the one Redis as it was at the beginning.
    """

    redis_disk: SmallDisk | None = None
    sql_disk: SmallDisk | None = None
    firewall: Firewall | None = None
    copy: Path | None = None

    def heal(self) -> None:
        """Let everything pass, and give room back."""
        for disk in (self.redis_disk, self.sql_disk):
            if disk is not None:
                disk.free()
        if self.firewall is not None:
            self.firewall.open()


class Node:
    """One ``claps serve``, its own ways to SQL and to Redis, a clock and an address of its own.

    :ivar to_redis: None where Sentinels or a cluster tell it addresses, which lead past every way: there a firewall
        knows it by its address.
    """

    def __init__(self, folder: Path, database_url: str, redis: AnyRedis, ack: str, *, address: str) -> None:
        folder.mkdir(parents=True)
        parts = urlsplit(database_url)
        self.to_sql = NetworkPath(parts.port or 3306, log=folder / "to-sql.log")
        near = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{self.to_sql.port}").geturl()
        self.to_redis = NetworkPath(redis.port, log=folder / "to-redis.log") if isinstance(redis, RedisServer) else None
        redis_url = redis.url if self.to_redis is None else f"redis://127.0.0.1:{self.to_redis.port}/0"
        self.clock = OwnClock(folder / "clock")
        self.own = OwnAddress(folder / "own", address)
        self.server = ClapsServer(
            folder, database_url=near, redis_url=redis_url,
            environ={**SETTINGS, "CLAPS_ACK": ack, **put_together(self.clock.environ, self.own.environ)},
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

    def heal(self) -> None:
        """Bring back what is dead, cut or wrong."""
        self.clock.jump(0)
        for way in self.ways:
            way.let_pass()
        if not self.server.is_running:
            self.server.start()


class Town:
    """The whole, on free ports. Not started by being made: call :meth:`start`.

    :param redis: started; it belongs to the town from now on, as ``sql`` does.
    """

    def __init__(
        self, folder: Path, database_url: str, *, sql: AnySql, redis: AnyRedis, ack: str, ground: Ground | None = None
    ) -> None:
        self.folder = folder
        self.sql = sql
        self.redis = redis
        self.ack = ack
        self.ground = ground or Ground()
        self.nodes = [
            Node(folder / f"node-{number}", database_url, redis, ack, address=f"{NETWORK}.{number}")
            for number in range(1, 1 + NODES)
        ]
        self.balancer = HaproxyServer(folder / "balancer", [node.server.port for node in self.nodes])
        self.books = Books(database_url, redis)

    def start(self) -> None:
        """Start the nodes and the balancer."""
        with ThreadPoolExecutor(NODES) as threads:
            for started in [threads.submit(node.start) for node in self.nodes]:
                started.result()
        self.balancer.start()

    def stop(self) -> None:
        """Ask the nodes to end, so that what is in the journal is flushed; then end the rest."""
        for node in self.nodes:
            node.server.stop()
        self.kill()

    def kill(self) -> None:
        """Kill whatever runs."""
        children = self._children()
        with ThreadPoolExecutor(len(children)) as threads:
            for killed in [threads.submit(_kill, child) for child in children]:
                killed.result()

    def heal(self) -> None:
        """Bring back what is dead, frozen, full or cut; what runs is left as it is."""
        self.ground.heal()
        for child in self._children():
            child.resume()
        self.sql.revive()
        self.redis.revive()
        for node in self.nodes:
            node.heal()
        if not self.balancer.is_running:
            self.balancer.start()

    def _children(self) -> list[Child]:
        ways: list[Child] = [way for node in self.nodes for way in node.ways]
        return [self.balancer, *(node.server for node in self.nodes), *ways, *self.redis.children, *self.sql.children]


def _kill(child: Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.resume()
    child.kill()
