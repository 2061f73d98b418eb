"""All that can happen, and to which part it belongs in a report."""

from __future__ import annotations

from tests.chaos.faults import of_nodes, of_redis, of_sql, of_ways
from tests.chaos.faults.spell import Fault
from tests.chaos.town import Town
from tests.parts.galera_group import GaleraGroup
from tests.parts.mariadb_pair import MariadbPair
from tests.parts.redis_cluster import RedisCluster
from tests.parts.redis_sentinel import RedisGroup
from tests.parts.redis_server import RedisServer

NODES: tuple[Fault, ...] = (
    of_nodes.kill_a_worker, of_nodes.freeze_a_worker, of_nodes.kill_flushers, of_nodes.kill_a_node,
    of_nodes.freeze_a_node, of_nodes.restart_nodes_in_turn, of_nodes.restart_everything_in_turn,
)
BALANCER: tuple[Fault, ...] = (of_nodes.kill_the_balancer, of_nodes.freeze_the_balancer)
TO_SQL: tuple[Fault, ...] = (of_ways.cut_the_way_to_sql, of_ways.slow_the_way_to_sql)
TO_REDIS: tuple[Fault, ...] = (of_ways.cut_the_way_to_redis, of_ways.slow_the_way_to_redis)
ONE_REDIS: tuple[Fault, ...] = (of_redis.kill_redis, of_redis.freeze_redis, of_redis.bring_back_an_old_redis)
SENTINELS: tuple[Fault, ...] = (
    of_redis.kill_the_redis_primary, of_redis.freeze_the_redis_primary, of_redis.kill_a_redis_replica,
    of_redis.kill_a_sentinel,
)
CLUSTER: tuple[Fault, ...] = (of_redis.kill_a_shard, of_redis.freeze_a_shard, of_redis.kill_a_shards_replica)
ONE_SQL: tuple[Fault, ...] = (of_sql.kill_sql, of_sql.freeze_sql)
PAIR: tuple[Fault, ...] = (
    of_sql.kill_the_sql_primary, of_sql.freeze_the_sql_primary, of_sql.change_the_sql_primary,
    of_sql.kill_the_sql_replica, of_sql.kill_the_sql_balancer,
)
GALERA: tuple[Fault, ...] = (
    of_sql.kill_a_galera_server, of_sql.freeze_a_galera_server, of_sql.kill_the_sql_balancer,
)

GROUND: tuple[Fault, ...] = (
    of_nodes.jump_a_clock, of_redis.fill_the_disk_of_redis, of_sql.fill_the_disk_of_sql, of_ways.lose_packets_to_sql,
    of_ways.drop_all_packets_to_sql, of_ways.lose_packets_to_redis, of_ways.drop_all_packets_to_redis,
    of_redis.cut_off_the_redis_primary, of_sql.cut_off_the_sql_primary,
)
ALL = {*NODES, *BALANCER, *TO_SQL, *TO_REDIS, *ONE_REDIS, *SENTINELS, *CLUSTER, *ONE_SQL, *PAIR, *GALERA, *GROUND}


def faults_of(town: Town) -> tuple[Fault, ...]:
    """What can happen in a town, where it stands."""
    faults = [*NODES, *BALANCER, *TO_SQL]
    if isinstance(town.redis, RedisGroup):
        faults += SENTINELS
    elif isinstance(town.redis, RedisCluster):
        faults += CLUSTER
    else:
        faults += [*ONE_REDIS, *TO_REDIS]
    faults += PAIR if isinstance(town.sql, MariadbPair) else GALERA if isinstance(town.sql, GaleraGroup) else ONE_SQL
    return (*faults, *_on_ground(town))


def _on_ground(town: Town) -> list[Fault]:
    """What takes more rights than every user has, or a compiler."""
    faults: list[Fault] = []
    if all(node.clock.exists for node in town.nodes):
        faults.append(of_nodes.jump_a_clock)
    if town.ground.redis_disk is not None:
        faults.append(of_redis.fill_the_disk_of_redis)
    if town.ground.sql_disk is not None:
        faults.append(of_sql.fill_the_disk_of_sql)
    if town.ground.firewall is not None:
        faults += _of_network(town)
    return faults


def _of_network(town: Town) -> list[Fault]:
    faults: list[Fault] = [of_ways.lose_packets_to_sql, of_ways.drop_all_packets_to_sql]
    if isinstance(town.redis, RedisGroup):
        faults.append(of_redis.cut_off_the_redis_primary)
    elif isinstance(town.redis, RedisServer):
        faults += [of_ways.lose_packets_to_redis, of_ways.drop_all_packets_to_redis]
    if isinstance(town.sql, MariadbPair):
        faults.append(of_sql.cut_off_the_sql_primary)
    return faults
