"""The client of a Redis Cluster: who is asked for what, and whether its nodes can tell news shard by shard."""

from __future__ import annotations

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import PRIMARY, ClusterNode, RedisCluster
from redis.retry import Retry

from claps.hot.pools import BOUNDS

SHARDED_SINCE = 7


class Cluster(RedisCluster):
    """A cluster's client; a command is never repeated, but where a node says that another one has the key.

    :param nodes: some that lead to all.
    :param options: as redis-py's client takes them.
    :raises RedisClusterException: none of the nodes answers.
    """

    def __init__(self, nodes: list[tuple[str, int]], *, tls: bool, **options: Any) -> None:
        self._tls = tls
        self._options = options
        (host, port), *others = nodes
        super().__init__(
            # Told by an address the library takes the pool that it is given; otherwise one without a bound.
            url=f"{'rediss' if tls else 'redis'}://{host}:{port}",
            startup_nodes=[ClusterNode(*node) for node in others],
            connection_pool_class=redis.BlockingConnectionPool,
            retry=Retry(NoBackoff(), 0), **BOUNDS, **options,
        )
        self.is_sharded = self._find_oldest() >= SHARDED_SINCE

    def get_node(self, host: Any = None, port: Any = None, node_name: Any = None) -> Any:
        """Find a node, also one that the cluster does not name yet.

        Keys on their way to a new node are asked for there before it has a slot; redis-py 8.1 stumbles over it.
        """
        node = super().get_node(host, port, node_name)  # type: ignore[no-untyped-call]
        if node is None and node_name:
            host, _, port = node_name.rpartition(":")
            node = self.nodes_manager.nodes_cache[node_name] = ClusterNode(host, int(port), PRIMARY)
        return node

    def open_connection(self, node: ClusterNode) -> redis.Connection:
        """Make a connection to a node that belongs to no pool; nothing is sent yet.

        The library marks those of its pools to be made anew whenever it looks for the nodes again.
        """
        kind = redis.SSLConnection if self._tls else redis.Connection
        return kind(host=node.host, port=node.port, protocol=3, retry=Retry(NoBackoff(), 0), **self._options)

    def _find_oldest(self) -> int:
        """The first number of the oldest version among the nodes that answer; they are brought up one by one."""
        found = [SHARDED_SINCE]
        for node in self.get_primaries():  # type: ignore[no-untyped-call]
            try:
                told = self.get_redis_connection(node).info("server")["redis_version"]
            except (redis.RedisError, OSError):
                continue  # The others say which it has to be.
            found.append(int(str(told).partition(".")[0]))
        return min(found)


def is_sharded(client: Any) -> bool:
    """Claim that news is told within its shard alone: on a cluster of Redis 7 or newer."""
    return isinstance(client, Cluster) and client.is_sharded
