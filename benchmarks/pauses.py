"""The longest pause of a worker with 15,000 parked sockets, while claps run.

A reader's socket is pinged about once a millisecond, and a pong that is late tells that the worker was doing
something else: collecting garbage, looking at its files, telling others. Once the claps are for a post that nobody
watches, and once for the one that all 15,000 watch. The pinger runs before everything else where that is allowed,
so that its own waiting is not taken for the worker's.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.programs import Clapping, Crowd, Pings
from benchmarks.sites import open_site, upgrade_request

READERS = 15_000
CLAPPING = 500
CLAPS_PER_SECOND = 200
SECONDS = 8
TARGET_MS = 20


def measure(folder: Path) -> list[Figure]:
    """Measure both."""
    with (
        open_site(folder) as site,
        Crowd(folder, site.port) as readers,
        Crowd(folder, site.port) as clapping,
        Crowd(folder, site.port) as pinging,
    ):
        pinging.open(1, upgrade_request("topic=post:2", site.port, json_wire=True))
        clapping.open(CLAPPING, upgrade_request("topic=post:3", site.port, json_wire=True))
        opened = readers.open(READERS, upgrade_request("topic=post:1", site.port, json_wire=False))
        assert opened.open == READERS, opened
        site.settle()
        quiet = _measure(pinging, clapping, post_id=4)
        telling = _measure(pinging, clapping, post_id=1)
    return [
        *_figures("claps for a post nobody watches", *quiet),
        *_figures(f"claps for what {READERS:,} watch", *telling),
    ]


def _measure(pinging: Crowd, clapping: Crowd, *, post_id: int) -> tuple[Pings, Clapping]:
    outcome = pinging.ping(seconds=SECONDS)
    message = f'{{"clap":1,"topic":"post:{post_id}","id":"x1"}}'.encode()
    got = clapping.clap(message, seconds=SECONDS - 1, rate=CLAPS_PER_SECOND)
    assert got.acked == got.sent and not got.refused, got
    return outcome(), got


def _figures(what: str, pings: Pings, got: Clapping) -> list[Figure]:
    return [
        Figure(f"{what}: longest pause", pings.max_ms, "ms", TARGET_MS),
        Figure("    99 of 100 pings are answered within", pings.p99_ms, "ms"),
        Figure("    half of the pings are answered within", pings.p50_ms, "ms"),
        Figure("    99 of 100 claps are acknowledged within", got.p99_ms, "ms"),
    ]
