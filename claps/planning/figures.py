"""What single things cost, as they were measured: here, or on the machine that ``docs/design.md`` speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

REFERENCE = "reference: a shared virtual machine with two cores, Python 3.11, Redis 7.0, MariaDB 10.11"

ELSEWHERE = {
    "redis_deliveries": "published: Centrifugo's test of Redis pub/sub on a cluster, June 2026",
    "redis_calls": "reference: an early script that counted as ours does, one caller",
    "sql_commits": "reference: one commit of one row takes 0.5 ms there, one after the other",
    "watch_bytes": "counted in Python's own memory, with its news and its channel",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Processor times in microseconds of one core, sizes in bytes, rates a second of one process or server.

    The defaults are the reference figures. ``origins`` tells for each name where another value comes from.
    """

    send_us: float = 7.4
    poll_us: float = 20.0
    update_us: float = 88.0
    heard_us: float = 24.0
    ping_us: float = 29.0
    upgrade_us: float = 77.0
    page_us: float = 1_290.0
    http_clap_us: float = 377.0
    socket_clap_us: float = 57.0
    reader_bytes: float = 527.0
    poll_bytes: float = 688.0
    kernel_bytes: float = 4_430.0
    worker_bytes: float = 58e6
    watch_bytes: float = 2_000.0
    table_bytes: float = 4_900.0
    watcher_bytes: float = 1_200.0
    redis_claps: float = 147_000.0
    redis_calls: float = 62_000.0
    redis_deliveries: float = 400_000.0
    sql_rows: float = 34_000.0
    sql_commits: float = 2_000.0
    commit_ms: float = 0.5
    commit_slow_ms: float = 7.7
    origins: Mapping[str, str] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        """Tell where a figure comes from."""
        return self.origins.get(name) or ELSEWHERE.get(name, REFERENCE)


NAMES = tuple(one.name for one in fields(Figures) if one.name != "origins")
WHAT = {
    "send_us": "one update written to one WebSocket",
    "poll_us": "one long-poll answered, and asked again",
    "update_us": "one update of a small topic, before it is written",
    "heard_us": "one update heard and told to nobody",
    "ping_us": "one ping and its pong",
    "upgrade_us": "one WebSocket accepted, of a kind that came before",
    "page_us": "one article, rendered anew",
    "http_clap_us": "one clap as a request",
    "socket_clap_us": "one clap up a WebSocket",
    "reader_bytes": "memory of a parked WebSocket",
    "poll_bytes": "memory of a parked long-poll",
    "kernel_bytes": "kernel memory of a connection",
    "worker_bytes": "memory of a worker without readers",
    "watch_bytes": "memory of a watched post in a worker",
    "table_bytes": "memory of a watched table in a worker",
    "watcher_bytes": "memory of one who watches a table",
    "redis_claps": "claps one Redis takes",
    "redis_calls": "script calls one Redis takes",
    "redis_deliveries": "published messages one Redis delivers",
    "sql_rows": "rows one SQL server takes from flushes",
    "sql_commits": "single commits one SQL server takes",
    "commit_ms": "one fsync, half of the time",
    "commit_slow_ms": "one acknowledgement, 99 of 100",
}


def unit_of(name: str) -> str:
    """Tell a figure's unit from its name."""
    endings = {"_us": "µs", "_bytes": "bytes", "_ms": "ms"}
    return next((unit for ending, unit in endings.items() if name.endswith(ending)), "per second")
