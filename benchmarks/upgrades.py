"""WebSocket upgrades a second of one worker: connect, request, Flask, handshake, park.

The bound is for a second of the worker's processor time, so that others on this machine do not change the figure;
the rate by the clock is shown beside it.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure, middle
from benchmarks.programs import Crowd
from benchmarks.sites import open_site, upgrade_request

READERS = 3_000
ROUNDS = 3
BOUND = 2_500


def measure(folder: Path) -> list[Figure]:
    """Measure with 64 and with 1,000 handshakes under way at once."""
    figures = []
    with open_site(folder) as site, Crowd(folder, site.port) as crowd:
        request = upgrade_request("topic=post:1", site.port, json_wire=False)
        for window in (64, 1_000):
            rates, costs = [], []
            for _ in range(ROUNDS):
                used = site.cpu_seconds
                opened = crowd.open(READERS, request, window=window)
                assert opened.open == READERS, opened
                rates.append(READERS / opened.seconds)
                costs.append((site.cpu_seconds - used) / READERS * 1000)
                crowd.close()
                site.wait_for_nobody()
            what = f"upgrades, {window:,} at a time"
            figures.append(Figure(f"{what}, per core", 1000 / middle(costs), "per second", BOUND, good="over"))
            figures.append(Figure(f"{what}, by the clock", middle(rates), "per second"))
    return figures
