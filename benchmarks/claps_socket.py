"""Claps over JSON WebSockets of one worker, each acknowledged when it is on disk; and what one Redis takes.

The sockets clap for one post and watch another, so that counting is measured and not fan-out. What one Redis takes
is measured through the ledger without any socket: claps by many readers for all posts, with fsync on every commit.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.ledgers import Ledgers
from benchmarks.programs import Crowd
from benchmarks.sites import open_site, upgrade_request
from tests.parts.redis_server import RedisServer

PEOPLE = 6_000
WINDOW = 512
SECONDS = 8
LEDGER_SECONDS = 6
BOUND = 50_000
MESSAGE = b'{"clap":1,"topic":"post:1","id":"x1"}'


def measure(folder: Path) -> list[Figure]:
    """Measure the sockets, then one and two processes on one Redis."""
    with open_site(folder) as site, Crowd(folder, site.port) as crowd:
        opened = crowd.open(PEOPLE, upgrade_request("topic=post:2", site.port, json_wire=True))
        assert opened.open == PEOPLE, opened
        site.settle()
        used = site.cpu_seconds
        got = crowd.clap(MESSAGE, seconds=SECONDS, window=WINDOW)
        used = site.cpu_seconds - used
    assert got.acked == got.sent and not got.refused, got
    return [
        Figure("claps over sockets of one worker, per core", got.acked / used, "per second"),
        Figure("claps over sockets of one worker, by the clock", got.acked / got.seconds, "per second"),
        Figure("claps over sockets: half are acknowledged within", got.p50_ms, "ms"),
        Figure("claps over sockets: 99 of 100 are acknowledged within", got.p99_ms, "ms"),
        *_measure_ledger(folder),
    ]


def _measure_ledger(folder: Path) -> list[Figure]:
    rates = {}
    for processes in (1, 2):
        server = RedisServer(folder / f"ledger-{processes}")
        server.start()
        try:
            ledgers = Ledgers(folder / f"ledger-{processes}", redis_url=server.url)
            told = ledgers.run("claps", str(LEDGER_SECONDS), processes=processes)
        finally:
            server.kill()
        rates[processes] = sum(one["claps"] / one["seconds"] for one in told)
    return [
        Figure("claps taken by one Redis, fsync always, 1 process", rates[1], "per second"),
        Figure("claps taken by one Redis, fsync always, 2 processes", rates[2], "per second", BOUND, good="over"),
    ]
