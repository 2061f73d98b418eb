"""How many workers, cores, bytes, shards and rows a load needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from claps.plain.limits import FILES_KEPT_FREE, FLUSH_CHANGES, PEOPLE_KEPT_HOT, PING_SECONDS, SHARDS
from claps.planning.figures import Figures
from claps.planning.loads import Load
from claps.planning.network import Network, count_network
from claps.planning.traffic import (
    Traffic,
    changes_of_hot,
    comment_sends,
    flow,
    mean_send_us,
    publications_of_hot,
    reach,
    spread,
    table_channels,
)

# Above this share of a core, waiting grows faster than the work.
BUSY = 0.7
HOUR_SECONDS = 3600
CLAPS_PER_PERSON = 5
# Counted in MariaDB 10.11 and Redis 7.0 after 210,000 claps by as many guests: table and indexes, hash and stream.
CLAP_ROW_BYTES, READER_ROW_BYTES, COMMENT_ROW_BYTES, CHANGE_ROW_BYTES = 145, 67, 500, 200
TALLY_BYTES, GIVEN_BYTES, ENTRY_BYTES, CHANNEL_BYTES = 600, 77, 28, 200
OUTAGE_SECONDS = 600
REDIS_FORKS = 2
SQL_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Needs:
    """What a load needs; processor figures are cores at full use, ``…_cores`` with room to breathe."""

    workers: int
    worker_cpu: float
    worker_cores: float
    redis_cpu: float
    redis_shards: int
    redis_servers: int
    redis_bytes: float
    sql_cpu: float
    sql_servers: int
    sql_rows_per_second: float
    flushes_per_second: float
    rows_per_day: float
    sql_bytes_per_day: float
    app_bytes: float
    kernel_bytes: float
    files: int
    traffic: Traffic
    network: Network

    @property
    def cores(self) -> int:
        """All cores, with room to breathe."""
        return max(1, math.ceil(self.worker_cores + (self.redis_cpu + self.sql_cpu) / BUSY))

    @property
    def lanes(self) -> int:
        """How many workers run at the same time."""
        return lanes_of(self.workers, self.worker_cores)

    @property
    def memory_bytes(self) -> float:
        """All memory."""
        return self.app_bytes + self.kernel_bytes + self.redis_bytes + SQL_BYTES * self.sql_servers


def find_needs(load: Load, figures: Figures) -> Needs:
    """Find the fewest workers that carry a load at 70 % of their cores, and all that goes with them."""
    workers = max(1, math.ceil(load.connections / (load.files_per_worker - FILES_KEPT_FREE)))
    cores = 1.0
    while True:
        traffic = flow(load, figures, workers=workers, lanes=lanes_of(workers, cores))
        spent = worker_cpu(load, figures, traffic, workers=workers)
        # Both only grow, so this ends: what every worker hears of the hot post is bounded below its whole core.
        need = max(cores, spent / BUSY)
        more = max(workers, math.ceil(need))
        if more == workers and lanes_of(workers, need) == lanes_of(workers, cores):
            break
        workers, cores = more, need
    return _sum_up(load, figures, traffic, workers=workers, spent=spent)


def lanes_of(workers: int, cores: float) -> int:
    """How many workers run at the same time on so many cores."""
    return max(1, min(workers, math.ceil(cores)))


def worker_cpu(load: Load, figures: Figures, traffic: Traffic, *, workers: int) -> float:
    """What all workers together spend, in cores."""
    heard = traffic.hot_published * figures.heard_us * workers
    claps = load.claps_per_second
    spent_us = (
        traffic.sends * mean_send_us(load, figures)
        + (traffic.small_updates + traffic.hot_updates * workers) * figures.update_us
        + heard
        + traffic.overheard * figures.heard_us
        + claps * (1 - load.socket_claps) * figures.http_clap_us
        + claps * load.socket_claps * figures.socket_clap_us
        + load.page_views_per_second * (figures.page_us + figures.upgrade_us)
        + load.comments_per_second * (figures.page_us + figures.http_clap_us)
        + load.connections / PING_SECONDS * figures.ping_us
    )
    # Half of a flush is the worker's own work, the other half the database's.
    return spent_us / 1e6 + _flush_share(load, figures) / 2


def redis_cpu(load: Load, figures: Figures, traffic: Traffic) -> float:
    """What all of Redis spends, in cores: counting, and telling every worker that watches."""
    counted = (load.claps_per_second + load.page_views_per_second + load.comments_per_second) / figures.redis_claps
    return counted + traffic.heard / figures.redis_deliveries


def redis_everywhere(figures: Figures, traffic: Traffic) -> float:
    """What every server of a Redis Cluster spends: a publication goes through all of them, watched there or not."""
    return traffic.published / figures.redis_deliveries


def sql_cpu(load: Load, figures: Figures) -> float:
    """How busy one SQL server would be."""
    commits = load.comments_per_second + load.changes_per_second
    return _flush_share(load, figures) + commits / figures.sql_commits


def hot_call_share(load: Load, figures: Figures) -> float:
    """How much of the one Redis that has the hot post its claps would take."""
    return changes_of_hot(load) / figures.redis_claps


def relay_share(load: Load, figures: Figures, *, workers: int) -> float:
    """How much of every worker's core goes into hearing of the hot post, without any bound."""
    return publications_of_hot(load, figures, workers=workers) * figures.heard_us / 1e6


def _flush_share(load: Load, figures: Figures) -> float:
    return load.claps_per_second / figures.sql_rows


def _sum_up(load: Load, figures: Figures, traffic: Traffic, *, workers: int, spent: float) -> Needs:
    redis, sql = redis_cpu(load, figures, traffic), sql_cpu(load, figures)
    # What all servers do alike cannot be shared; where it leaves no room, the plan says so elsewhere.
    room = max(BUSY - redis_everywhere(figures, traffic), BUSY / 10)
    shards = 1 if redis <= BUSY else math.ceil(redis / room)
    day = load.busy_hours * HOUR_SECONDS
    people = load.claps_per_second * day / CLAPS_PER_PERSON
    changes = load.changes_per_second * day
    comments = load.comments_per_second * day
    polls = load.readers * load.long_poll
    return Needs(
        workers=workers, worker_cpu=spent, worker_cores=spent / BUSY,
        redis_cpu=redis, redis_shards=shards, redis_servers=shards * (2 if load.ack == "replica" else 1),
        redis_bytes=_redis_bytes(load, people, channels=count_channels(load, workers)) * REDIS_FORKS,
        sql_cpu=sql, sql_servers=max(1, math.ceil(sql / BUSY)),
        sql_rows_per_second=load.claps_per_second + load.comments_per_second + load.changes_per_second,
        flushes_per_second=_flushes(load),
        rows_per_day=2 * people + comments + changes,
        sql_bytes_per_day=people * (CLAP_ROW_BYTES + READER_ROW_BYTES) + comments * COMMENT_ROW_BYTES
        + changes * CHANGE_ROW_BYTES,
        app_bytes=workers * figures.worker_bytes + polls * figures.poll_bytes
        + (load.readers - polls) * figures.reader_bytes + _bytes_of_watches(load, figures, workers),
        kernel_bytes=load.connections * figures.kernel_bytes,
        files=load.connections + workers * FILES_KEPT_FREE,
        traffic=traffic, network=count_network(load, traffic, comment_sends=comment_sends(load)),
    )


def _bytes_of_watches(load: Load, figures: Figures, workers: int) -> float:
    tables, posts = count_table_watches(load, workers), count_post_watches(load, workers)
    watchers = load.connections - load.readers
    return posts * figures.watch_bytes + tables * figures.table_bytes + watchers * figures.watcher_bytes


def count_post_watches(load: Load, workers: int) -> float:
    """How many pairs there are of a post and a worker in which it is watched."""
    posts = load.watched_posts
    watched = posts * spread(load.others / posts, reach(load, workers)) if posts else 0.0
    return watched + (workers if load.hot else 0)


def count_table_watches(load: Load, workers: int) -> float:
    """How many pairs there are of a table and a worker in which it is watched."""
    return load.watched_tables * spread(load.subscribers_per_table, reach(load, workers))


def count_channels(load: Load, workers: int) -> float:
    """How many subscriptions there are in Redis: posts have channels of their own, tables share theirs."""
    return count_post_watches(load, workers) + workers * table_channels(load, workers)


def _redis_bytes(load: Load, people: float, *, channels: float) -> float:
    hot = min(PEOPLE_KEPT_HOT, people * load.hot_claps)
    others = min(PEOPLE_KEPT_HOT * load.posts, people * (1 - load.hot_claps))
    tallies = (load.posts + 1) * TALLY_BYTES + (hot + others) * GIVEN_BYTES
    waiting = load.claps_per_second * OUTAGE_SECONDS * ENTRY_BYTES
    return tallies + waiting + channels * CHANNEL_BYTES


def _flushes(load: Load) -> float:
    # Every shard with something in its journal, and a transaction takes no more than so many changes.
    each = load.claps_per_second * load.flush_seconds
    busy = SHARDS * -math.expm1(-each / SHARDS)
    return (busy + each / FLUSH_CHANGES) / load.flush_seconds
