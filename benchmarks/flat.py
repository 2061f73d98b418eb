"""Updates told for a post while claps go from 10 to 10,000 a second: they must not grow with the claps.

200 readers watch the post over JSON sockets; others clap for it over theirs, in one worker. A count is a state,
and the newest one wins: a worker tells at most one update a tick, which is 10 a second, and one more at the start.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.programs import Crowd
from benchmarks.sites import BenchSite, open_site, upgrade_request

RATES = (10, 100, 1_000, 10_000)
WATCHING = 200
CLAPPING = 3_000
SECONDS = 4
BOUND = 11
MESSAGE = b'{"clap":1,"topic":"post:1","id":"x1"}'


def measure(folder: Path) -> list[Figure]:
    """Measure every rate."""
    figures = []
    with open_site(folder) as site, Crowd(folder, site.port) as watching, Crowd(folder, site.port) as clapping:
        watching.open(WATCHING, upgrade_request("topic=post:1", site.port, json_wire=True))
        opened = clapping.open(CLAPPING, upgrade_request("topic=post:2", site.port, json_wire=True))
        assert opened.open == CLAPPING, opened
        site.settle()
        for rate in RATES:
            figures += _measure_rate(site, watching, clapping, rate)
    return figures


def _measure_rate(site: BenchSite, watching: Crowd, clapping: Crowd, rate: int) -> list[Figure]:
    updates, (open_now, texts) = site.metric("claps_updates_sent_total"), watching.count()
    got = clapping.clap(MESSAGE, seconds=SECONDS, rate=rate)
    assert got.acked == got.sent and not got.refused, got
    told = site.metric("claps_updates_sent_total") - updates
    seen = (watching.count()[1] - texts) / open_now
    return [
        Figure(f"updates told at {rate:,} claps/s asked", told / got.seconds, "per second", BOUND),
        Figure("    and seen by each reader", seen / got.seconds, "per second"),
        Figure("    claps acknowledged", got.acked / got.seconds, "per second"),
    ]
