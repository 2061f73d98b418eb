"""Claps by JSON over HTTP against the same server's hello-world, ``/healthz``: what counting safely adds to a request.

64 kept-alive connections, one worker on one core, Redis with fsync on every commit on the other; every request
comes with a guest's signed cookie, and nobody gives more than 50. The two alternate, seven times; the median of the
ratios of such pairs is told, because a machine that others share is quicker in one second than in the next: by the
worker's processor time, until what was counted is in SQL, and by the clock.
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.figures import Figure, middle
from benchmarks.programs import Pressed, press
from benchmarks.sites import BenchSite, guest_cookies, open_site

CONNECTIONS = 64
SECONDS = 1.5
# A flush comes every second, and is a part of what a clap costs.
SETTLED_SECONDS = 1.5
ROUNDS = 7
GUESTS = 10_000
TARGET = 0.7


def measure(folder: Path) -> list[Figure]:
    """Measure both, in turn."""
    hello, clapping = [], []
    with open_site(folder) as site:
        host = f"Host: 127.0.0.1:{site.port}\r\n"
        hello_request = f"GET /healthz HTTP/1.1\r\n{host}\r\n".encode()
        body = '{"claps": 1}'
        clap_requests = [
            f"POST /posts/1/claps HTTP/1.1\r\n{host}Accept: application/json\r\nContent-Type: application/json\r\n"
            f"Cookie: {cookie}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            for cookie in guest_cookies(GUESTS)
        ]
        for _ in range(ROUNDS):
            hello.append(_press(folder, site, [hello_request]))
            clapping.append(_press(folder, site, clap_requests))
    per_core, hello_per_core = (middle([one.count / used for one, used in rounds]) for rounds in (clapping, hello))
    rate, hello_rate = (middle([one.per_second for one, _ in rounds]) for rounds in (clapping, hello))
    pairs = list(zip(clapping, hello, strict=True))
    by_core = middle([(one.count / used) / (other.count / taken) for (one, used), (other, taken) in pairs])
    by_clock = middle([one.per_second / other.per_second for (one, _), (other, _) in pairs])
    return [
        Figure("claps over HTTP to hello-world, per core", by_core, "times", TARGET, good="over"),
        Figure("the same by the clock", by_clock, "times"),
        Figure("claps over HTTP, per core", per_core, "per second"),
        Figure("hello-world, per core", hello_per_core, "per second"),
        Figure("claps over HTTP, by the clock", rate, "per second"),
        Figure("hello-world, by the clock", hello_rate, "per second"),
        Figure("half of the claps are answered within", middle([one.p50_ms for one, _ in clapping]), "ms"),
        Figure("99 of 100 claps are answered within", middle([one.p99_ms for one, _ in clapping]), "ms"),
        Figure("99 of 100 hellos are answered within", middle([one.p99_ms for one, _ in hello]), "ms"),
    ]


def _press(folder: Path, site: BenchSite, requests: list[bytes]) -> tuple[Pressed, float]:
    used = site.cpu_seconds
    pressed = press(folder, site.port, requests, connections=CONNECTIONS, seconds=SECONDS)
    assert pressed.count and not pressed.wrong, pressed
    time.sleep(SETTLED_SECONDS)
    return pressed, site.cpu_seconds - used
