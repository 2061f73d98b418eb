"""All that can happen, and to which part it belongs in a report."""

from __future__ import annotations

from tests.chaos.faults import of_nodes, of_redis, of_sql, of_ways
from tests.chaos.faults.spell import Fault
from tests.chaos.town import Town
from tests.parts.galera_group import GaleraGroup
from tests.parts.mariadb_pair import MariadbPair
from tests.parts.redis_cluster import RedisCluster
from tests.parts.redis_sentinel import RedisGroup

NODES: tuple[Fault, ...] = (
    of_nodes.kill_a_worker, of_nodes.freeze_a_worker, of_nodes.kill_flushers, of_nodes.freeze_flushers,
    of_nodes.kill_a_node, of_nodes.freeze_a_node,
)
IN_TURN: tuple[Fault, ...] = (of_nodes.restart_nodes_in_turn, of_nodes.restart_everything_in_turn)
BALANCER: tuple[Fault, ...] = (
    of_nodes.kill_the_balancer, of_nodes.freeze_the_balancer, of_nodes.reload_the_balancer,
)
TO_SQL: tuple[Fault, ...] = (of_ways.cut_the_way_to_sql, of_ways.slow_the_way_to_sql)
TO_REDIS: tuple[Fault, ...] = (of_ways.cut_the_way_to_redis, of_ways.slow_the_way_to_redis)
ONE_REDIS: tuple[Fault, ...] = (
    of_redis.kill_redis, of_redis.freeze_redis, of_redis.bring_back_an_old_redis, of_redis.bring_back_an_hour_old_redis,
)
SENTINELS: tuple[Fault, ...] = (
    of_redis.kill_the_redis_primary, of_redis.freeze_the_redis_primary, of_redis.kill_a_redis_replica,
    of_redis.freeze_a_redis_replica, of_redis.kill_a_sentinel, of_redis.freeze_a_sentinel,
)
CLUSTER: tuple[Fault, ...] = (
    of_redis.kill_a_shard, of_redis.freeze_a_shard, of_redis.kill_a_shards_replica, of_redis.freeze_a_shards_replica,
)
ONE_SQL: tuple[Fault, ...] = (of_sql.kill_sql, of_sql.freeze_sql)
SQL_BALANCER: tuple[Fault, ...] = (of_sql.kill_the_sql_balancer, of_sql.freeze_the_sql_balancer)
PAIR: tuple[Fault, ...] = (
    of_sql.kill_the_sql_primary, of_sql.freeze_the_sql_primary, of_sql.change_the_sql_primary,
    of_sql.kill_the_sql_replica, of_sql.freeze_the_sql_replica, *SQL_BALANCER,
)
GALERA: tuple[Fault, ...] = (of_sql.kill_a_galera_server, of_sql.freeze_a_galera_server, *SQL_BALANCER)
CUT_OFF_SHARDS: tuple[Fault, ...] = (of_redis.cut_off_a_shard, of_redis.cut_off_a_shards_replica)
PACKETS: tuple[Fault, ...] = (
    of_ways.lose_packets_to_sql, of_ways.drop_all_packets_to_sql, of_ways.lose_packets_to_redis,
    of_ways.drop_all_packets_to_redis,
)

GROUND: tuple[Fault, ...] = (
    of_nodes.jump_a_clock, of_redis.fill_the_disk_of_redis, of_sql.fill_the_disk_of_sql, *PACKETS,
    of_redis.cut_off_the_redis_primary, *CUT_OFF_SHARDS, of_sql.cut_off_the_sql_primary, of_sql.cut_off_a_galera_server,
)
ALL = {
    *NODES, *IN_TURN, *BALANCER, *TO_SQL, *TO_REDIS, *ONE_REDIS, *SENTINELS, *CLUSTER, *ONE_SQL, *PAIR, *GALERA,
    *GROUND,
}


def faults_of(town: Town) -> tuple[Fault, ...]:
    """What can happen in a town, where it stands."""
    nodes = [*NODES, *IN_TURN, *BALANCER, *TO_SQL]
    return (*nodes, *faults_of_redis(town), *faults_of_sql(town), *_on_ground(town))


def faults_of_redis(town: Town) -> tuple[Fault, ...]:
    """What can happen to its Redis, without more rights than every user has."""
    if isinstance(town.redis, RedisGroup):
        return SENTINELS
    return CLUSTER if isinstance(town.redis, RedisCluster) else (*ONE_REDIS, *TO_REDIS)


def faults_of_sql(town: Town) -> tuple[Fault, ...]:
    """What can happen to its SQL, without more rights than every user has."""
    if isinstance(town.sql, MariadbPair):
        return PAIR
    return GALERA if isinstance(town.sql, GaleraGroup) else ONE_SQL


def _on_ground(town: Town) -> list[Fault]:
    """What takes more rights than every user has, or a compiler."""
    faults: list[Fault] = []
    if all(node.clock.exists for node in town.nodes):
        faults.append(of_nodes.jump_a_clock)
    if town.ground.redis_disk is not None:
        faults.append(of_redis.fill_the_disk_of_redis)
    if town.ground.sql_disk is not None:
        faults.append(of_sql.fill_the_disk_of_sql)
    if town.ground.firewall is not None and all(node.own.exists for node in town.nodes):
        faults += _of_network(town)
    return faults


def _of_network(town: Town) -> list[Fault]:
    faults = [*PACKETS]
    if isinstance(town.redis, RedisGroup):
        faults.append(of_redis.cut_off_the_redis_primary)
    elif isinstance(town.redis, RedisCluster):
        faults += CUT_OFF_SHARDS
    if isinstance(town.sql, MariadbPair):
        faults.append(of_sql.cut_off_the_sql_primary)
    elif isinstance(town.sql, GaleraGroup):
        faults.append(of_sql.cut_off_a_galera_server)
    return faults
