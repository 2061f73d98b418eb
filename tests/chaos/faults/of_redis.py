"""What happens to Redis."""

from __future__ import annotations

import time

from claps.plain.limits import SHARDS
from tests.chaos.faults.spell import Spell
from tests.chaos.town import Town
from tests.parts.processes import eventually
from tests.parts.redis_cluster import ClusterNode, RedisCluster
from tests.parts.redis_sentinel import RedisGroup
from tests.parts.redis_server import RedisServer

AN_HOUR = 3_600


def kill_redis(town: Town, spell: Spell) -> None:
    """kill -9 of the one Redis."""
    _the_one(town).kill()
    spell.last()


def freeze_redis(town: Town, spell: Spell) -> None:
    """SIGSTOP of the one Redis."""
    _the_one(town).pause()
    spell.freeze()


def kill_the_redis_primary(town: Town, spell: Spell) -> None:
    """kill -9 of the primary; the Sentinels promote another."""
    primary = _group(town).primary
    primary.kill()
    _group(town).wait_for_promotion(primary)
    spell.last(0.25)


def freeze_the_redis_primary(town: Town, spell: Spell) -> None:
    """SIGSTOP of the primary, which does not know afterwards that it is none any more."""
    primary = _group(town).primary
    primary.pause()
    _group(town).wait_for_promotion(primary)
    spell.freeze()


def cut_off_the_redis_primary(town: Town, spell: Spell) -> None:
    """Nothing reaches the primary and nothing leaves it, though it runs."""
    primary = _group(town).primary
    _cut_off(town, primary.port)
    _group(town).wait_for_promotion(primary)
    spell.last()


def kill_a_redis_replica(town: Town, spell: Spell) -> None:
    """kill -9 of a Redis that is not primary."""
    primary = _group(town).primary
    spell.dice.choice([server for server in _group(town).servers if server is not primary]).kill()
    spell.last()


def freeze_a_redis_replica(town: Town, spell: Spell) -> None:
    """SIGSTOP of a Redis that is not primary."""
    primary = _group(town).primary
    spell.dice.choice([server for server in _group(town).servers if server is not primary]).pause()
    spell.freeze()


def kill_a_sentinel(town: Town, spell: Spell) -> None:
    """kill -9 of one of the three Sentinels."""
    spell.dice.choice(_group(town).sentinels).kill()
    spell.last()


def freeze_a_sentinel(town: Town, spell: Spell) -> None:
    """SIGSTOP of one of the three Sentinels."""
    spell.dice.choice(_group(town).sentinels).pause()
    spell.freeze()


def kill_a_shard(town: Town, spell: Spell) -> None:
    """kill -9 of a primary of the cluster; its replica takes its place."""
    primary = _a_shard(town, spell)
    primary.kill()
    _cluster(town).wait_for_promotion(primary)
    spell.last(0.25)


def freeze_a_shard(town: Town, spell: Spell) -> None:
    """SIGSTOP of a primary of the cluster."""
    primary = _a_shard(town, spell)
    primary.pause()
    _cluster(town).wait_for_promotion(primary)
    spell.freeze()


def cut_off_a_shard(town: Town, spell: Spell) -> None:
    """A primary of the cluster and the others hear nothing of each other; everybody else still reaches all of them."""
    primary = _a_shard(town, spell)
    _cut_off_from_the_others(town, primary)
    _cluster(town).wait_for_promotion(primary)
    spell.last()


def kill_a_shards_replica(town: Town, spell: Spell) -> None:
    """kill -9 of a replica of the cluster: nobody confirms what its primary takes."""
    _a_shards_replica(town, spell).kill()
    spell.last()


def freeze_a_shards_replica(town: Town, spell: Spell) -> None:
    """SIGSTOP of a replica of the cluster."""
    _a_shards_replica(town, spell).pause()
    spell.freeze()


def cut_off_a_shards_replica(town: Town, spell: Spell) -> None:
    """A replica of the cluster and the others hear nothing of each other."""
    _cut_off_from_the_others(town, _a_shards_replica(town, spell))
    spell.last()


def bring_back_an_old_redis(town: Town, spell: Spell) -> None:
    """Redis is restored from a copy that is as old as the town, and so older than nearly all that was flushed.

    What is acknowledged and not flushed is nowhere but in the newer Redis: so first nobody is let in any more, and what
    is under way in the nodes comes to its end.
    """
    assert town.ground.copy is not None
    town.balancer.kill()
    spell.last()
    eventually(lambda: not any(town.books.journal_ids(shard) for shard in range(SHARDS)))
    _the_one(town).restore_data(town.ground.copy)


def bring_back_an_hour_old_redis(town: Town, spell: Spell) -> None:
    """Redis is restored from a copy that was made in the middle of the day, and is an hour old.

    What makes a copy an hour old is here without the hour: it has claps in its journal that are in SQL since, SQL and
    its positions are ahead of it by as many claps as this crowd gives in an hour, and what would have run out is gone.
    """
    made, aged = town.folder / f"copy-{time.monotonic()}", RedisServer(town.folder / f"aged-{time.monotonic()}")
    _the_one(town).copy_data(made)
    spell.rush()
    town.balancer.kill()
    eventually(lambda: not any(town.books.journal_ids(shard) for shard in range(SHARDS)), seconds=60)
    try:
        aged.restore_data(made)
        aged.pass_over(AN_HOUR)
    finally:
        aged.stop()
    _the_one(town).restore_data(aged.data)


def fill_the_disk_of_redis(town: Town, spell: Spell) -> None:
    """Redis finds no room for its file: it ends rather than acknowledge what it cannot keep."""
    assert town.ground.redis_disk is not None
    town.ground.redis_disk.fill()
    spell.last()


def _the_one(town: Town) -> RedisServer:
    assert isinstance(town.redis, RedisServer)
    return town.redis


def _group(town: Town) -> RedisGroup:
    assert isinstance(town.redis, RedisGroup)
    return town.redis


def _cluster(town: Town) -> RedisCluster:
    assert isinstance(town.redis, RedisCluster)
    return town.redis


def _a_shard(town: Town, spell: Spell) -> ClusterNode:
    return spell.dice.choice(_cluster(town).primaries())


def _a_shards_replica(town: Town, spell: Spell) -> ClusterNode:
    primaries = _cluster(town).primaries()
    return spell.dice.choice([node for node in _cluster(town).servers if node not in primaries])


def _cut_off_from_the_others(town: Town, node: ClusterNode) -> None:
    assert town.ground.firewall is not None and node.own is not None
    town.ground.firewall.silence(node.own.address)
    town.ground.firewall.cut_off([node.port, node.bus], whose=f"{_cluster(town).network}.0/24")


def _cut_off(town: Town, *ports: int) -> None:
    assert town.ground.firewall is not None
    town.ground.firewall.cut_off(ports)
