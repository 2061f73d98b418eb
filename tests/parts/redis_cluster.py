"""A private Redis Cluster that can grow: nodes are added, and shards are moved to them while it is used."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import redis
import redis.cluster
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.retry import Retry

from claps.hot.keys import life_key
from claps.plain.limits import SHARDS
from tests.parts.own_address import OwnAddress
from tests.parts.processes import Child, eventually, find_free_port
from tests.parts.redis_server import find_redis_server

SLOTS = 16_384
KEYS_PER_MOVE = 100


class ClusterNode(Child):
    """One Redis of a cluster, safe after every command.

    :ivar own: where it comes from when it connects to the others; they all find it at 127.0.0.1 still.
    """

    def __init__(self, folder: Path, *options: str, lasting: bool = False, address: str = "") -> None:
        self.port, self.bus = find_free_port(), find_free_port()
        data = folder / str(self.port)
        data.mkdir(parents=True)
        self.own = OwnAddress(data, address) if address else None
        command = [
            find_redis_server(), "--port", str(self.port), "--bind", "127.0.0.1", "--protected-mode", "no",
            "--dir", str(data),
            "--cluster-enabled", "yes", "--cluster-port", str(self.bus), "--cluster-announce-ip", "127.0.0.1",
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction",
            "--repl-diskless-sync-delay", "0", *options,
        ]
        super().__init__(command, log=data / "redis.log", lasting=lasting)

    def open_client(self) -> redis.Redis:
        """Return a client of this node alone; use it in a ``with``."""
        never = Retry(NoBackoff(), 0)
        return redis.Redis(port=self.port, decode_responses=True, socket_timeout=5, retry=never)

    def start(self) -> None:
        """Start it and return when it answers."""
        self.launch(self._answers, environ={**os.environ, **(self.own.environ if self.own else {})})

    def _answers(self) -> bool:
        try:
            with self.open_client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class RedisCluster:
    """Some nodes, with the shards of Claps spread over them.

    :param lasting: True for one that outlives a test.
    :ivar nodes: the primaries as they are at first; :meth:`grow` adds more.
    :ivar replicas: those that take their places: one for each of so many of the nodes, and what :meth:`replicate` adds.
    :ivar network: the first three numbers of the addresses from which the nodes reach each other; empty when that is
        where everybody comes from.
    """

    def __init__(
        self, folder: Path, *, nodes: int, replicas: int = 0, options: Sequence[str] = (), lasting: bool = False,
        network: str = "",
    ) -> None:
        self._folder = folder
        self._lasting = lasting
        self._options = options
        self.network = network
        self._made = 0
        self.nodes = [self._make() for _ in range(nodes)]
        self.replicas: list[ClusterNode] = []
        self._followed = self.nodes[:replicas]

    def _make(self) -> ClusterNode:
        self._made += 1
        address = f"{self.network}.{self._made}" if self.network else ""
        return ClusterNode(self._folder, *self._options, lasting=self._lasting, address=address)

    @property
    def url(self) -> str:
        """What CLAPS_REDIS_URL is set to: nodes that lead to all."""
        return f"redis+cluster://{','.join(f'127.0.0.1:{node.port}' for node in self.nodes)}"

    @property
    def servers(self) -> list[ClusterNode]:
        """Every node, whatever it is at present."""
        return [*self.nodes, *self.replicas]

    def open_client(self) -> redis.RedisCluster:
        """Return a client of its own; use it in a ``with``."""
        places = [redis.cluster.ClusterNode("127.0.0.1", node.port) for node in self._awake()]
        return redis.RedisCluster(startup_nodes=places, decode_responses=True, socket_timeout=5)

    def start(self) -> None:
        """Start its nodes and give each its part of the slots."""
        for number, node in enumerate(self.nodes):
            node.start()
            share = range(SLOTS * number // len(self.nodes), SLOTS * (number + 1) // len(self.nodes))
            with node.open_client() as client:
                client.execute_command("CLUSTER ADDSLOTS", *share)
        self._add(followers := [self._make() for _ in self._followed])
        for follower, node in zip(followers, self._followed, strict=True):
            _follow(follower, node)

    def grow(self, count: int) -> None:
        """Add nodes and move to each its share of the shards, key by key, as ``redis-cli --cluster rebalance`` does.

        Only slots with a shard in them are moved; the others stay where they are, empty.
        """
        self.add(count)
        for shard in range(SHARDS):
            self.move(slot_of(shard), self.nodes[shard % len(self.nodes)])

    def add(self, count: int) -> list[ClusterNode]:
        """Add nodes that have no slot yet."""
        added = [self._make() for _ in range(count)]
        for node in added:
            node.start()
        self.nodes += added
        self._meet(added)
        return added

    def move(self, slot: int, target: ClusterNode) -> None:
        """Move a slot and its keys to a node, while both are used."""
        if self.owner_of(slot) is not target:
            self.begin_move(slot, target)
            self.carry(slot, target)
            self.end_move(slot, target)

    def begin_move(self, slot: int, target: ClusterNode) -> None:
        """Say to both ends that a slot moves."""
        owner = self.owner_of(slot)
        with owner.open_client() as source, target.open_client() as goal:
            goal.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", _id_of(owner))
            source.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", _id_of(target))

    def carry(self, slot: int, target: ClusterNode) -> None:
        """Move the keys of a slot that moves."""
        with self.owner_of(slot).open_client() as source:
            while keys := source.execute_command("CLUSTER GETKEYSINSLOT", slot, KEYS_PER_MOVE):
                source.execute_command("MIGRATE", "127.0.0.1", target.port, "", 0, 5_000, "KEYS", *keys)

    def end_move(self, slot: int, target: ClusterNode) -> None:
        """Give a slot whose keys have moved to its new node."""
        # To each once: whoever is told so again puts out all that listen there.
        for node in dict.fromkeys((target, self.owner_of(slot), *self.nodes)):
            with node.open_client() as client:
                client.execute_command("CLUSTER SETSLOT", slot, "NODE", _id_of(target))

    def replicate(self, primary: ClusterNode) -> None:
        """Add a replica of a node, and wait until it follows."""
        self._add([replica := self._make()])
        _follow(replica, primary)

    def _add(self, replicas: list[ClusterNode]) -> None:
        for replica in replicas:
            replica.start()
        self.replicas += replicas
        self._meet([*self.nodes, *replicas])

    def shard_channels(self) -> list[set[str]]:
        """On which channels each node tells within a shard."""
        return [self._ask(node, "PUBSUB", "SHARDCHANNELS") for node in self.nodes]

    def channels(self) -> set[str]:
        """On which channels some node tells what all tell."""
        return set().union(*(self._ask(node, "PUBSUB", "CHANNELS") for node in self.nodes))

    def _ask(self, node: ClusterNode, *question: str) -> set[str]:
        with node.open_client() as client:
            return set(client.execute_command(*question))

    def count_passed_on(self) -> int:
        """How many messages of pub/sub the nodes have passed on to each other."""
        count = 0
        for node in self.nodes:
            with node.open_client() as client:
                told = client.execute_command("CLUSTER INFO")
            names = [f"cluster_stats_messages_{kind}_sent" for kind in ("publish", "publishshard")]
            count += sum(int(told.get(name, 0)) for name in names)
        return count

    def sizes(self) -> list[int]:
        """How many keys each node has."""
        return [self._size_of(node) for node in self.nodes]

    def _size_of(self, node: ClusterNode) -> int:
        with node.open_client() as client:
            return int(client.dbsize())

    @property
    def children(self) -> list[ClusterNode]:
        """Everything that can be killed."""
        return self.servers

    def primaries(self, *, besides: ClusterNode | None = None) -> list[ClusterNode]:
        """The nodes that have shards at present, as one that runs tells it; ``besides`` is not asked."""
        told = self._told(besides)
        ports = {port for port, words in told if "master" in words[2] and "fail" not in words[2] and words[8:]}
        return [node for node in self.servers if node.port in ports]

    def wait_for_promotion(self, before: ClusterNode) -> None:
        """Return when another one has taken the place of ``before``."""
        count = len(self.nodes)

        def is_replaced() -> bool:
            primaries = self.primaries(besides=before)
            return before not in primaries and len(primaries) == count

        eventually(is_replaced, seconds=60)

    def revive(self) -> None:
        """Bring back what is dead or frozen, and return when all know each other and every primary is followed."""
        for node in self.servers:
            node.resume()
            if not node.is_running:
                node.start()
        eventually(lambda: all(map(self._is_whole, self.servers)), seconds=60)
        eventually(lambda: sum(map(_is_followed, self.servers)) == len(self.replicas), seconds=60)

    def kill(self) -> None:
        """Kill every node."""
        for node in self.servers:
            node.resume()
            node.kill()

    def _awake(self) -> list[ClusterNode]:
        return [node for node in self.servers if node.is_running and not node.is_frozen]

    def _told(self, besides: ClusterNode | None) -> list[tuple[int, list[str]]]:
        for node in self._awake():
            if node is besides:
                continue
            try:
                with node.open_client() as client:
                    lines = str(client.execute_command("CLUSTER", "NODES")).splitlines()
            except redis.RedisError:
                continue
            words = [line.split() for line in lines]
            return [(int(one[1].partition("@")[0].rpartition(":")[2]), one) for one in words]
        return []

    def owner_of(self, slot: int) -> ClusterNode:
        """The node that has a slot now."""
        with self.open_client() as client:
            port = client.nodes_manager.slots_cache[slot][0].port
        return next(node for node in self.nodes if node.port == port)

    def _meet(self, newcomers: list[ClusterNode]) -> None:
        with self.nodes[0].open_client() as client:
            for node in newcomers:
                if node is not self.nodes[0]:
                    client.execute_command("CLUSTER MEET", "127.0.0.1", node.port, node.bus)
        eventually(lambda: all(map(self._is_whole, self.servers)), seconds=30)

    def _is_whole(self, node: ClusterNode) -> bool:
        with node.open_client() as client:
            told = client.execute_command("CLUSTER INFO")
            # In two words the answer is left as text: until they have shaken hands, nodes have passing names.
            nodes = client.execute_command("CLUSTER", "NODES")
            shaking = "handshake" in nodes or "fail" in nodes
        count = len(self.servers)
        return not shaking and (told["cluster_state"], int(told["cluster_known_nodes"])) == ("ok", count)


def slot_of(shard: int) -> int:
    """The slot in which a shard of Claps lies."""
    return int(key_slot(life_key(shard).encode()))


def _follow(replica: ClusterNode, primary: ClusterNode) -> None:
    with replica.open_client() as client:
        client.execute_command("CLUSTER REPLICATE", _id_of(primary))
        eventually(lambda: client.info("replication").get("master_link_status") == "up", seconds=30)


def _is_followed(node: ClusterNode) -> bool:
    try:
        with node.open_client() as client:
            told = client.info("replication")
    except redis.RedisError:
        return False
    return bool(told["role"] == "master" and told.get("slave0", {}).get("state") == "online")


def _id_of(node: ClusterNode) -> str:
    with node.open_client() as client:
        return str(client.execute_command("CLUSTER MYID"))
