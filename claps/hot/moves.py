"""Which shards are on their way from one node of a cluster to another at this moment."""

from __future__ import annotations

import re
from typing import Any

import redis
from redis.cluster import ClusterNode
from redis.crc import key_slot

from claps.hot.keys import life_key
from claps.plain.limits import SHARDS

SHARDS_BY_SLOT = {key_slot(life_key(shard).encode()): shard for shard in range(SHARDS)}
_LEAVING = re.compile(r"\[([0-9]+)->-([0-9a-f]+)\]")


def find_moves(client: Any) -> dict[int, ClusterNode]:
    """Ask the nodes which of their shards they are giving away, and to whom.

    A node says that of itself alone; those that do not answer have nothing to say.
    """
    moves: dict[int, ClusterNode] = {}
    for node in client.get_primaries():
        try:
            # In two words, because the library would make something of one that leaves the moves out.
            told = client.get_redis_connection(node).execute_command("CLUSTER", "NODES")
        except (redis.RedisError, OSError):
            continue
        moves.update(_read_moves(client, str(told)))
    return moves


def _read_moves(client: Any, told: str) -> dict[int, ClusterNode]:
    lines = [line.split() for line in told.splitlines()]
    # As in “127.0.0.1:7001@17001,host”.
    addresses = {words[0]: words[1].partition("@")[0] for words in lines}
    found = _LEAVING.findall(next((" ".join(words[8:]) for words in lines if "myself" in words[2]), ""))
    return {
        SHARDS_BY_SLOT[int(slot)]: client.get_node(node_name=addresses[to])
        for slot, to in found
        if int(slot) in SHARDS_BY_SLOT and to in addresses
    }
