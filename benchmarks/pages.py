"""Article, lists of posts and a home feed against the same server's hello-world, ``/healthz``: what showing them takes.

64 kept-alive connections, one worker on one core; every request has the head of a browser of today and asks for
brotli. All are pressed in turn; the medians are compared by the worker's processor time, which others on this machine
do not change. An address with a query is rendered for itself: that is what all pages would take without copies. A home
feed is one person's own and is kept for that one.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure, middle
from benchmarks.programs import press
from benchmarks.sites import BenchSite, open_site
from claps.demo.filling import DEMO_PASSWORD

CONNECTIONS = 64
SECONDS = 2
ROUNDS = 3
BOUND = 0.5
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
)
HELLO = "hello-world"
# Each with its path, and whether it must keep the bound.
PAGES = {
    HELLO: ("/healthz", False),
    "article": ("/posts/1", True),
    "front page": ("/", True),
    "person's page": ("/@ada", True),
    "popular posts": ("/popular", True),
    "tag's page": ("/tags/theatre", True),
    "home feed": ("/following", True),
    "article, rendered": ("/posts/1?again", False),
    "front page, rendered": ("/?again", False),
    "home feed, rendered": ("/following?again", False),
}


def measure(folder: Path) -> list[Figure]:
    """Measure all of them, in turn."""
    rates: dict[str, list[float]] = {name: [] for name in PAGES}
    with open_site(folder) as site:
        reader = site.server.open_client()
        reader.post("/login", {"name": "ben", "password": DEMO_PASSWORD})
        for _ in range(ROUNDS):
            for name, (path, _) in PAGES.items():
                cookie = f"Cookie: {reader.cookie_header}\r\n" if path.startswith("/following") else ""
                rates[name].append(_press(folder, site, path, cookie))
    per_core = {name: middle(found) for name, found in rates.items()}
    figures = []
    for name, (_, bound) in PAGES.items():
        if name != HELLO:
            ratio = per_core[name] / per_core[HELLO]
            figures.append(Figure(f"{name} to hello-world", ratio, "times", BOUND if bound else None, good="over"))
    return figures + [Figure(f"{name}, per core", rate, "per second") for name, rate in per_core.items()]


def _press(folder: Path, site: BenchSite, path: str, cookie: str) -> float:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n{BROWSER}{cookie}\r\n".encode()
    used = site.cpu_seconds
    pressed = press(folder, site.port, [request], connections=CONNECTIONS, seconds=SECONDS)
    assert pressed.count and not pressed.wrong, pressed
    return pressed.count / (site.cpu_seconds - used)
