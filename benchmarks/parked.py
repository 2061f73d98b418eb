"""What parking costs beside the worker's memory: the kernel's memory, pings, and the news of small topics.

And what a worker weighs before anybody comes. The kernel's memory is its slab (sockets, files, epoll entries) with
1,000 and with 15,000 connections, whose both ends are on this machine and look alike: half of the growth is a
server's share. Pings are the processor time of a worker to which nothing happens, per ping and pong. An update of a
topic with four readers is nearly all work that does not depend on how many they are (the relay, the template); one
that is heard within a tick, and so told to nobody, is the relay's alone.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.programs import Crowd
from benchmarks.sites import BenchSite, Teller, open_site, upgrade_request
from claps.plain.limits import PING_SECONDS

FEW = 1_000
MANY = 15_000
STEP = 1_000
SMALL_POSTS = 400
READERS_OF_EACH = 4
UPDATES = 50
HEARD = 20_000
IDLE_SECONDS = 5
TURN_SECONDS = 0.4


class Clock:
    """A worker's processor time, without what it uses when nothing happens."""

    def __init__(self, pid: int, *, idle_share: float) -> None:
        self._pid = pid
        self._idle_share = idle_share

    def microseconds(self, what: Callable[[], None]) -> float:
        """Do something and tell what it cost the worker."""
        used, began = _processor_ns(self._pid), time.monotonic()
        what()
        idle = self._idle_share * (time.monotonic() - began)
        return (_processor_ns(self._pid) - used) / 1000 - idle * 1e6


def measure(folder: Path) -> list[Figure]:
    """Measure all of it on one worker."""
    with open_site(folder) as site:
        time.sleep(1)
        empty_bytes = site.resident_bytes
        idle = _processor_ns(site.worker)
        time.sleep(IDLE_SECONDS)
        clock = Clock(site.worker, idle_share=(_processor_ns(site.worker) - idle) / 1e9 / IDLE_SECONDS)
        with Crowd(folder, site.port) as crowd:
            _park(site, crowd, FEW)
            few_bytes = _slab_bytes()
            _park(site, crowd, MANY)
            kernel_bytes = (_slab_bytes() - few_bytes) / (MANY - FEW) / 2
            ping_us = clock.microseconds(lambda: time.sleep(PING_SECONDS)) / MANY
        site.wait_for_nobody()
        topics = _add_posts(site)
        with Crowd(folder, site.port) as crowd:
            for topic in topics:
                crowd.open(READERS_OF_EACH, upgrade_request(f"topic={topic}", site.port, json_wire=False))
            site.settle()
            tellers = [site.teller(topic) for topic in topics]
            told = site.metric("claps_updates_sent_total")
            spent_us = clock.microseconds(lambda: _update(tellers))
            update_us = spent_us / (site.metric("claps_updates_sent_total") - told)
            heard_us = clock.microseconds(lambda: _shout(tellers[0])) / HEARD
    return [
        Figure("resident memory of a worker that nobody has come to", empty_bytes, "bytes"),
        Figure("kernel memory of a connection, the server's end", kernel_bytes, "bytes"),
        Figure("a ping and its pong: processor time", ping_us, "us"),
        Figure(f"an update of a post with {READERS_OF_EACH} readers: processor time", update_us, "us"),
        Figure("an update that is heard and told to nobody: processor time", heard_us, "us"),
    ]


def _park(site: BenchSite, crowd: Crowd, target: int) -> None:
    for count in range(crowd.count()[0] + STEP, target + 1, STEP):
        # Two topics: who names one is counted as its reader, and that is news.
        crowd.open(STEP, upgrade_request("topic=post:1&topic=post:2", site.port, json_wire=False))
        site.wait_for_subscribers(count)
    site.settle()


def _slab_bytes() -> int:
    found = re.search(r"^Slab: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def _processor_ns(pid: int) -> int:
    # In nanoseconds, where the worker's other clock ticks a hundred times a second.
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def _add_posts(site: BenchSite) -> list[str]:
    """Copy the demo's first article often enough that many posts can move at once."""
    with closing(sqlite3.connect(site.server.var / "claps.sqlite")) as database, database:
        names = [row[1] for row in database.execute("PRAGMA table_info(post)") if row[1] != "id"]
        columns = ", ".join(f'"{name}"' for name in names)
        copy = f"INSERT INTO post ({columns}) SELECT {columns} FROM post WHERE id = 1 RETURNING id"
        return [f"post:{database.execute(copy).fetchone()[0]}" for _ in range(SMALL_POSTS)]


def _update(tellers: list[Teller]) -> None:
    """Tell each post's news again and again, none of them twice within its tick."""
    for _ in range(UPDATES):
        began = time.monotonic()
        for number, teller in enumerate(tellers, 1):
            teller.next()
            teller.tell()
            if not number % (SMALL_POSTS // 10):
                time.sleep(max(0.0, began + number / SMALL_POSTS * TURN_SECONDS - time.monotonic()))


def _shout(teller: Teller) -> None:
    for _ in range(HEARD):
        teller.next()
        teller.tell()
    time.sleep(1)
