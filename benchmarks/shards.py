"""Claps a second with the shards on one Redis, on a cluster of one node, and on a cluster of four; fsync on every call.

Two processes clap straight into the ledger for all posts of the demo, which lie on nine shards. Where there are fewer
cores than processes, as here, the rate says which of them is in the way, and not how far it goes on: so the
processor time of each Redis for a million claps is shown as well. Its reverse is what a machine with a
core for every node can take.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.figures import Figure
from benchmarks.ledgers import Ledgers
from tests.parts.redis_cluster import RedisCluster
from tests.parts.redis_server import RedisServer

SECONDS = 12
PROCESSES = 2
ROUNDS = 2
MILLION = 1_000_000
Parts = tuple[str, list[int]]


@contextmanager
def _alone(folder: Path) -> Iterator[Parts]:
    server = RedisServer(folder)
    server.start()
    try:
        yield server.url, [server.pid]
    finally:
        server.kill()


def _cluster_of(nodes: int) -> Callable[[Path], object]:
    @contextmanager
    def open_cluster(folder: Path) -> Iterator[Parts]:
        cluster = RedisCluster(folder, nodes=nodes)
        cluster.start()
        try:
            yield cluster.url, [node.pid for node in cluster.nodes]
        finally:
            cluster.kill()

    return open_cluster


KINDS = {"one Redis": _alone, "a cluster of one": _cluster_of(1), "a cluster of four": _cluster_of(4)}


def measure(folder: Path) -> list[Figure]:
    """Measure each, one after another."""
    figures = []
    for number, (name, open_parts) in enumerate(KINDS.items()):
        with open_parts(folder / str(number)) as (url, pids):  # type: ignore[attr-defined]
            figures += _measure(folder / f"ledgers-{number}", name, url, pids)
    return figures


def _measure(folder: Path, name: str, url: str, pids: list[int]) -> list[Figure]:
    ledgers = Ledgers(folder, redis_url=url)
    rates, claps = [], 0.0
    before, began, clients = _used(pids), time.monotonic(), _used_by_children()
    for _ in range(ROUNDS):
        told = ledgers.run("claps", str(SECONDS), processes=PROCESSES)
        rates.append(sum(one["claps"] / one["seconds"] for one in told))
        claps += sum(one["claps"] for one in told)
    passed, clients = time.monotonic() - began, _used_by_children() - clients
    used = [after - start for start, after in zip(before, _used(pids), strict=True)]
    busiest = max(used) / claps * MILLION
    return [
        Figure(f"{name}: claps counted", max(rates), "per second"),
        Figure(f"{name}: time of all its Redis processes, a million claps", sum(used) / claps * MILLION, "s"),
        Figure(f"{name}: time of the busiest one, a million claps", busiest, "s"),
        Figure(f"{name}: claps that the busiest one's core would take", MILLION / busiest, "per second"),
        Figure(f"{name}: cores that Redis used", sum(used) / passed, "cores"),
        Figure(f"{name}: cores that those who clap used", clients / passed, "cores"),
    ]


def _used(pids: list[int]) -> list[float]:
    return [sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids]


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
