"""Builds towns: which parts, and where the first posts come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from tests.chaos.town import AnyRedis, AnySql, Ground, Town
from tests.faults.conftest import fill
from tests.parts.claps_server import ClapsServer
from tests.parts.galera_group import GaleraGroup
from tests.parts.mariadb_pair import MariadbPair
from tests.parts.mariadb_server import MariadbServer
from tests.parts.own_network import Firewall
from tests.parts.redis_cluster import RedisCluster
from tests.parts.redis_sentinel import RedisGroup
from tests.parts.redis_server import RedisServer
from tests.parts.small_disk import SmallDisk

Kind = Literal["one-redis", "sentinels", "cluster", "replica", "galera"]
RedisKind = Literal["one", "sentinels", "cluster"]
SqlKind = Literal["one", "replica", "galera"]
# What stands in a report.
KINDS: dict[Kind, str] = {
    "one-redis": "one Redis, one MariaDB",
    "sentinels": "Redis with two replicas and three Sentinels, one MariaDB",
    "cluster": "a Redis Cluster of three primaries and three replicas, one MariaDB",
    "replica": "one Redis, MariaDB with a semi-synchronous replica",
    "galera": "one Redis, three MariaDB with Galera",
}
PARTS: dict[Kind, tuple[RedisKind, SqlKind]] = {
    "one-redis": ("one", "one"), "sentinels": ("sentinels", "one"), "cluster": ("cluster", "one"),
    "replica": ("one", "replica"), "galera": ("one", "galera"),
}
SHARDS_APART = 3
CLUSTER_NETWORK = "127.0.2"
# Quicker than outside of tests, as with the Sentinels. What lies on the other nodes goes on without the lost ones.
CLUSTER_OPTIONS = (
    "--cluster-node-timeout", "1500", "--cluster-require-full-coverage", "no",
    "--cluster-allow-replica-migration", "no",
)
REDIS_DISK_MB, SQL_DISK_MB = 256, 512


@contextmanager
def build(
    folder: Path, redis_kind: RedisKind, sql_kind: SqlKind, *, firewall: Firewall | None = None,
    has_disks: bool = False, settle: Callable[[str, str], None] | None = None,
) -> Iterator[Town]:
    """Start a town with people and posts in it, those of the demo; everything ends with the block.

    All have two nodes and HAProxy. Where Redis has replicas CLAPS_ACK is ``replica``, else ``disk``, and Redis is
    safe after every command.

    :param folder: an empty one, that MariaDB's own user can reach.
    :param firewall: of the network that this process has for itself.
    :param has_disks: let Redis and MariaDB, where there is one of each, have small disks of their own.
    :param settle: what brings others than the demo's: called with the URLs of SQL and Redis.
    """
    with ExitStack() as stack:
        has_one_of_each = (redis_kind, sql_kind) == ("one", "one")
        redis_disk, sql_disk = _mount(folder, stack) if has_disks and has_one_of_each else (None, None)
        sql, redis = _make_sql(folder / "sql", sql_kind), _make_redis(folder / "redis", redis_kind)
        for part in (sql, redis):
            stack.callback(part.kill)
        with ThreadPoolExecutor() as threads:
            for started in [threads.submit(part.start) for part in (sql, redis)]:
                started.result()
        database_url = sql.make_database()
        if settle is not None:
            settle(database_url, redis.url)
        else:
            fill(ClapsServer(folder / "filling", database_url=database_url, redis_url=redis.url))
        copy = None
        if isinstance(redis, RedisServer):
            redis.copy_data(copy := folder / "copy")
        ground = Ground(redis_disk, sql_disk, firewall, copy)
        ack = "disk" if isinstance(redis, RedisServer) else "replica"
        town = Town(folder / "town", database_url, sql=sql, redis=redis, ack=ack, ground=ground)
        stack.callback(town.kill)
        town.start()
        yield town


def _mount(folder: Path, stack: ExitStack) -> tuple[SmallDisk, SmallDisk]:
    disks = SmallDisk(folder / "redis", size_mb=REDIS_DISK_MB), SmallDisk(folder / "sql", size_mb=SQL_DISK_MB)
    for disk in disks:
        disk.mount()
        stack.callback(disk.unmount)
    return disks


def _make_sql(folder: Path, kind: SqlKind) -> AnySql:
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "galera":
        return GaleraGroup(folder)
    return MariadbPair(folder) if kind == "replica" else MariadbServer(folder)


def _make_redis(folder: Path, kind: RedisKind) -> AnyRedis:
    if kind == "cluster":
        return RedisCluster(
            folder, nodes=SHARDS_APART, replicas=SHARDS_APART, options=CLUSTER_OPTIONS, network=CLUSTER_NETWORK
        )
    return RedisGroup(folder) if kind == "sentinels" else RedisServer(folder)
