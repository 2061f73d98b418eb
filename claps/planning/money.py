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
        app, redis, sql = 1, 0, 0
    else:
        size = prices.sizes[-1]
        app, redis, sql = _count_app(size, needs), _count_redis(size, needs), needs.sql_servers
    machines = (app + redis + sql) * size.month
    disk = needs.sql_bytes_per_day * YEAR_DAYS / 1e9 * prices.disk_gb_month
    traffic = prices.traffic_cost(needs.network.month_out_bytes, machines=app)
    total = prices.in_eur(machines + disk + traffic)
    return Bill(prices.name, prices.currency, size.name, app, redis, sql, machines, disk, traffic, total)


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
        and needs.memory_bytes + SYSTEM_BYTES <= size.memory_bytes * MEMORY_USABLE
        and needs.network.out_bytes <= NODE_BYTES_PER_SECOND * BUSY
        # Two on one machine are not safer than one.
        and needs.redis_servers <= needs.redis_shards
    )


def _count_app(size: Size, needs: Needs) -> int:
    usable = size.memory_bytes * MEMORY_USABLE - SYSTEM_BYTES
    return max(
        1, math.ceil(needs.worker_cores / size.cores), math.ceil((needs.app_bytes + needs.kernel_bytes) / usable),
        math.ceil(needs.network.out_bytes / (NODE_BYTES_PER_SECOND * BUSY)),
    )


def _count_redis(size: Size, needs: Needs) -> int:
    usable = size.memory_bytes * MEMORY_USABLE - SYSTEM_BYTES
    copies = needs.redis_servers // needs.redis_shards
    # A core stays free on each for the kernel's network and for rewriting the file.
    each = max(math.ceil(needs.redis_shards / (size.cores - 1)), math.ceil(needs.redis_bytes / usable))
    return max(1, each) * copies
