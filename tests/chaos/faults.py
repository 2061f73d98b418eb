"""What can happen to a town. Each fault is one function: it happens, lasts a while, and the town is healed after it."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable

from claps.plain.limits import SHARDS
from tests.chaos.town import Node, Town
from tests.parts.processes import eventually
from tests.parts.redis_sentinel import RedisGroup
from tests.parts.redis_server import RedisServer

Fault = Callable[[Town, random.Random, float], None]
DELAY_SECONDS = {"SQL": 0.5, "Redis": 0.2}


def kill_a_worker(town: Town, dice: random.Random, seconds: float) -> None:
    """kill -9 of one worker; its node starts another."""
    os.kill(dice.choice(sorted(_a_node(town, dice).server.worker_pids)), signal.SIGKILL)
    time.sleep(seconds / 4)


def freeze_a_worker(town: Town, dice: random.Random, seconds: float) -> None:
    """SIGSTOP of one worker; its gunicorn may lose patience and kill it."""
    pid = dice.choice(sorted(_a_node(town, dice).server.worker_pids))
    os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        pass


def kill_flushers(town: Town, dice: random.Random, seconds: float) -> None:
    """kill -9 of every worker of a node while SQL holds their transactions open."""
    node = _a_node(town, dice)
    town.mariadb.pause()
    time.sleep(seconds / 4)
    for pid in node.server.worker_pids:
        os.kill(pid, signal.SIGKILL)
    town.mariadb.resume()


def kill_a_node(town: Town, dice: random.Random, seconds: float) -> None:
    """kill -9 of a whole node."""
    _a_node(town, dice).server.kill()
    time.sleep(seconds)


def freeze_a_node(town: Town, dice: random.Random, seconds: float) -> None:
    """SIGSTOP of every process of a node."""
    server = _a_node(town, dice).server
    pids = [server.pid, *server.worker_pids]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in reversed(pids):
        os.kill(pid, signal.SIGCONT)


def restart_all_in_turn(town: Town, dice: random.Random, seconds: float) -> None:
    """A rolling restart: one node after the other, as an upgrade does it."""
    for node in dice.sample(town.nodes, len(town.nodes)):
        node.server.stop()
        node.server.start()


def kill_redis(town: Town, dice: random.Random, seconds: float) -> None:
    """kill -9 of Redis; of a group, its primary, and the Sentinels promote another."""
    primary = _primary(town)
    primary.kill()
    _wait_for_promotion(town, primary, seconds)


def freeze_redis(town: Town, dice: random.Random, seconds: float) -> None:
    """SIGSTOP of Redis; of a group, its primary, which does not know afterwards that it is none any more."""
    primary = _primary(town)
    primary.pause()
    _wait_for_promotion(town, primary, seconds)


def kill_a_replica(town: Town, dice: random.Random, seconds: float) -> None:
    """kill -9 of a Redis that is not the primary."""
    assert isinstance(town.redis, RedisGroup)
    primary = town.redis.primary
    dice.choice([server for server in town.redis.servers if server is not primary]).kill()
    time.sleep(seconds)


def kill_a_sentinel(town: Town, dice: random.Random, seconds: float) -> None:
    """kill -9 of one of the three Sentinels."""
    assert isinstance(town.redis, RedisGroup)
    dice.choice(town.redis.sentinels).kill()
    time.sleep(seconds)


def bring_back_an_older_redis(town: Town, dice: random.Random, seconds: float) -> None:
    """Redis is restored from a copy that is older than what was flushed since.

    What is acknowledged and not flushed is nowhere but in the newer Redis: so first nobody is let in any more.
    """
    assert isinstance(town.redis, RedisServer)
    copy = town.folder / f"copy-{time.monotonic_ns()}"
    town.redis.copy_data(copy)
    time.sleep(seconds)
    town.balancer.kill()
    eventually(lambda: not any(town.books.journal_ids(shard) for shard in range(SHARDS)))
    town.redis.restore_data(copy)


def kill_sql(town: Town, dice: random.Random, seconds: float) -> None:
    """kill -9 of MariaDB."""
    town.mariadb.kill()
    time.sleep(seconds)


def freeze_sql(town: Town, dice: random.Random, seconds: float) -> None:
    """SIGSTOP of MariaDB."""
    town.mariadb.pause()
    time.sleep(seconds)


def kill_the_balancer(town: Town, dice: random.Random, seconds: float) -> None:
    """kill -9 of the load balancer, and with it of every connection."""
    town.balancer.kill()
    time.sleep(seconds / 4)


def freeze_the_balancer(town: Town, dice: random.Random, seconds: float) -> None:
    """SIGSTOP of the load balancer."""
    town.balancer.pause()
    time.sleep(seconds)


def cut_the_way_to_sql(town: Town, dice: random.Random, seconds: float) -> None:
    """One node cannot reach SQL; the other one can."""
    way = _a_node(town, dice).to_sql
    dice.choice((way.cut, way.fall_silent))()
    time.sleep(seconds)


def slow_the_way_to_sql(town: Town, dice: random.Random, seconds: float) -> None:
    """SQL answers one node late."""
    _a_node(town, dice).to_sql.delay(DELAY_SECONDS["SQL"])
    time.sleep(seconds)


def cut_the_way_to_redis(town: Town, dice: random.Random, seconds: float) -> None:
    """One node cannot reach Redis; the other one can."""
    way = _a_node(town, dice).to_redis
    assert way is not None
    dice.choice((way.cut, way.fall_silent))()
    time.sleep(seconds)


def slow_the_way_to_redis(town: Town, dice: random.Random, seconds: float) -> None:
    """Redis answers one node late."""
    way = _a_node(town, dice).to_redis
    assert way is not None
    way.delay(DELAY_SECONDS["Redis"])
    time.sleep(seconds)


EVERYWHERE: tuple[Fault, ...] = (
    kill_a_worker, freeze_a_worker, kill_flushers, kill_a_node, freeze_a_node, restart_all_in_turn,
    kill_redis, freeze_redis, kill_sql, freeze_sql, kill_the_balancer, freeze_the_balancer,
    cut_the_way_to_sql, slow_the_way_to_sql,
)
WITH_ONE_REDIS: tuple[Fault, ...] = (
    *EVERYWHERE, bring_back_an_older_redis, cut_the_way_to_redis, slow_the_way_to_redis,
)
WITH_SENTINELS: tuple[Fault, ...] = (*EVERYWHERE, kill_a_replica, kill_a_sentinel)


def faults_of(town: Town) -> tuple[Fault, ...]:
    """What can happen in a town."""
    return WITH_ONE_REDIS if isinstance(town.redis, RedisServer) else WITH_SENTINELS


def _a_node(town: Town, dice: random.Random) -> Node:
    return dice.choice(town.nodes)


def _primary(town: Town) -> RedisServer:
    return town.redis if isinstance(town.redis, RedisServer) else town.redis.primary


def _wait_for_promotion(town: Town, primary: RedisServer, seconds: float) -> None:
    if isinstance(town.redis, RedisGroup):
        town.redis.wait_for_promotion(primary)
    else:
        time.sleep(seconds)
