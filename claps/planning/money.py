"""Which machines a load is put on, and what they cost in a month."""

from __future__ import annotations

import math
from dataclasses import dataclass

from claps.planning.needs import BUSY, Needs
from claps.planning.network import MONTH_DAYS
from claps.planning.prices import USD_PER_EUR, HostedPrice, PriceList, Size

MEMORY_USABLE = 0.85
SYSTEM_BYTES = 0.5 * 1024**3
NODE_BYTES_PER_SECOND = 125e6
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Bill:
    """What a month costs at one price list.

    :param disk: for the rows of one year.
    """

    list_name: str
    currency: str
    size: str
    redis_size: str
    sql_size: str
    app_nodes: int
    redis_nodes: int
    sql_nodes: int
    machines: float
    disk: float
    traffic: float
    total_eur: float

    @property
    def nodes(self) -> int:
        """All machines."""
        return self.app_nodes + self.redis_nodes + self.sql_nodes

    @property
    def total(self) -> float:
        """The sum."""
        return self.machines + self.disk + self.traffic


def make_bill(needs: Needs, prices: PriceList) -> Bill:
    """Put it on one machine if one holds it all; else workers, Redis and SQL have machines of their own."""
    size = next((one for one in prices.sizes if _holds(one, needs)), None)
    if size is not None:
        sizes, app, redis, sql = (size, size, size), 1, 0, 0
    else:
        sizes = (prices.sizes[-1], _size_for_redis(prices, needs), _size_for_sql(prices, needs))
        app, redis, sql = _count_app(sizes[0], needs), _count_redis(sizes[1], needs), needs.sql_servers
    machines = sum(count * one.month for count, one in zip((app, redis, sql), sizes, strict=True))
    disk = needs.sql_bytes_per_day * YEAR_DAYS / 1e9 * prices.disk_gb_month
    traffic = prices.traffic_cost(needs.network.month_out_bytes, machines=app)
    return Bill(
        list_name=prices.name, currency=prices.currency, size=sizes[0].name, redis_size=sizes[1].name,
        sql_size=sizes[2].name, app_nodes=app, redis_nodes=redis, sql_nodes=sql, machines=machines, disk=disk,
        traffic=traffic, total_eur=prices.in_eur(machines + disk + traffic),
    )


def hosted_bill(needs: Needs, prices: HostedPrice, *, connections: int, channels: int, busy_hours: float) -> float:
    """What the messages alone would cost in a month at a hosted service, in euros; counting is still ours."""
    minutes = busy_hours * 60 * MONTH_DAYS
    messages = (needs.traffic.sends + needs.traffic.published) * minutes * 60
    dollars = prices.month + messages / 1e6 * prices.million_messages
    dollars += connections * minutes / 1e6 * prices.million_connection_minutes
    dollars += channels * minutes / 1e6 * prices.million_channel_minutes
    return dollars / USD_PER_EUR


def _holds(size: Size, needs: Needs) -> bool:
    return (
        needs.cores <= size.cores
        and needs.memory_bytes <= _usable_bytes(size)
        and needs.network.out_bytes <= NODE_BYTES_PER_SECOND * BUSY
        # Two on one machine are not safer than one.
        and needs.redis_servers <= needs.redis_shards
    )


def _size_for_redis(prices: PriceList, needs: Needs) -> Size:
    """The smallest machine that holds all shards, or the largest."""
    return next((size for size in prices.sizes if _redis_machines(size, needs) == 1), prices.sizes[-1])


def _size_for_sql(prices: PriceList, needs: Needs) -> Size:
    """The smallest machine with a core to spare for what one server does, or the largest."""
    cores = min(needs.sql_cpu, BUSY) / BUSY + 1
    return next((size for size in prices.sizes if cores <= size.cores), prices.sizes[-1])


def _count_app(size: Size, needs: Needs) -> int:
    memory = math.ceil((needs.app_bytes + needs.kernel_bytes) / _usable_bytes(size))
    return max(
        1, math.ceil(needs.worker_cores / size.cores), memory,
        math.ceil(needs.network.out_bytes / (NODE_BYTES_PER_SECOND * BUSY)),
    )


def _count_redis(size: Size, needs: Needs) -> int:
    return _redis_machines(size, needs) * (needs.redis_servers // needs.redis_shards)


def _redis_machines(size: Size, needs: Needs) -> int:
    # A core stays free on each for the kernel's network and for rewriting the file.
    by_cores = math.ceil(needs.redis_shards / (size.cores - 1))
    return max(1, by_cores, math.ceil(needs.redis_bytes / _usable_bytes(size)))


def _usable_bytes(size: Size) -> float:
    return size.memory_bytes * MEMORY_USABLE - SYSTEM_BYTES
