"""The dashboard of a writer with 1,000 posts and a year of figures: its pages, and what a clap costs while it is open.

Pages against the same server's hello-world, as ``pages`` does it, on SQLite and MariaDB. Then claps, one after the
other, while 1, 10 and 100 windows have the dashboard open: what it shows is rendered and encoded once for all of them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure, middle
from benchmarks.pages import BROWSER, CONNECTIONS, HELLO, ROUNDS, SECONDS
from benchmarks.programs import Crowd, press
from benchmarks.sites import BenchSite, open_site, upgrade_request
from claps.demo.filling import DEMO_PASSWORD
from claps.settings import ROOT
from tests.parts.mariadb_server import SYSTEM_PATH, MariadbServer

BOUND = 1 / 3
PAGES = {
    HELLO: "/healthz",
    "dashboard": "/dashboard",
    "dashboard, a year": "/dashboard?range=365d",
    "dashboard, rendered": "/dashboard?again",
    "dashboard, a year, rendered": "/dashboard?range=365d&again",
}
OPEN = (1, 10, 100)
# With a hundred windows a clap is written a hundred times: what may be added to rendering it once.
OPEN_BOUND = 3.0
CLAPS = 30


def measure(folder: Path) -> list[Figure]:
    """Measure both databases."""
    figures = _measure_database(folder, "SQLite", "")
    if shutil.which("mariadbd", path=SYSTEM_PATH) is None:
        print("  MariaDB is not measured: it is not installed; `make test-setup` says how to get it")
        return figures
    room = folder / "mariadb"
    room.mkdir()
    server = MariadbServer(room)
    server.start()
    try:
        return figures + _measure_database(folder, "MariaDB", server.make_database())
    finally:
        server.kill()


def _measure_database(folder: Path, name: str, url: str) -> list[Figure]:
    with open_site(folder, CLAPS_DATABASE_URL=url) as site:
        if url:
            site.server.run("demo")
        subprocess.run(
            [sys.executable, "-m", "benchmarks.dashboard_load"], check=True, cwd=ROOT, env=site.server.environ,
            timeout=120,
        )
        ada = site.server.open_client()
        ada.post("/login", {"name": "ada", "password": DEMO_PASSWORD})
        cookie = f"Cookie: {ada.cookie_header}\r\n"
        figures = [*_pages(folder, site, cookie), *_claps(folder, site, cookie)]
    return [Figure(f"{name}: {one.what}", one.value, one.unit, one.bound, one.good) for one in figures]


def _pages(folder: Path, site: BenchSite, cookie: str) -> list[Figure]:
    rates: dict[str, list[float]] = {name: [] for name in PAGES}
    for turn in range(ROUNDS):
        for name, path in PAGES.items():
            if not turn:
                # What a process reads once is no part of it.
                site.server.open_client().get(path, headers={"Cookie": cookie.strip()[8:]}, seconds=90)
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n{BROWSER}{cookie}\r\n".encode()
            used = site.cpu_seconds
            # What is rendered for each request takes so long that of 64 at once none would be through in time.
            connections = 1 if path.endswith("again") else CONNECTIONS
            pressed = press(folder, site.port, [request], connections=connections, seconds=SECONDS)
            assert pressed.count and not pressed.wrong, (name, pressed)
            rates[name].append(pressed.count / (site.cpu_seconds - used))
    per_core = {name: middle(found) for name, found in rates.items()}
    figures = []
    for name, path in PAGES.items():
        if name != HELLO:
            bound = None if path.endswith("again") else BOUND
            ratio = per_core[name] / per_core[HELLO]
            figures.append(Figure(f"{name} to hello-world", ratio, "times", bound, good="over"))
    return figures + [Figure(f"{name}, per core", rate, "per second") for name, rate in per_core.items()]


def _claps(folder: Path, site: BenchSite, cookie: str) -> list[Figure]:
    guest = site.server.open_client()
    topics = "topic=writer:1&since=&topic=person:1&since="
    request = upgrade_request(topics, site.port, json_wire=False).replace(b"User-Agent", f"{cookie}User-Agent".encode())
    costs = {}
    for count in OPEN:
        with Crowd(folder, site.port) as crowd:
            crowd.open(count, request)
            site.settle()
            used = site.cpu_seconds
            for number in range(CLAPS):
                act = {"undo": 1} if number % 2 else {"claps": 3}
                crowd.see("claps-0", lambda act=act: guest.post("/posts/1/claps", act))  # type: ignore[misc]
            costs[count] = (site.cpu_seconds - used) / CLAPS * 1000
            crowd.close()
    figures = [Figure(f"a clap with {count} dashboards open", cost, "ms of a core") for count, cost in costs.items()]
    most = OPEN[-1]
    return [*figures, Figure(f"a clap with {most} open to one with 1", costs[most] / costs[1], "times", OPEN_BOUND)]
