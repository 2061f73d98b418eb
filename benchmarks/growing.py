"""A worker is added under load and one is taken away, then a node: how long until the load is even, and what it costs.

12,000 readers (one in ten polls, the others hold a WebSocket) follow versions and come back by themselves, with
the pages' own full jitter, while they clap 500 times a second. Every worker's number of readers is what the
workers tell each other. A new node is used as a load balancer with ``leastconn`` does it: the crowd itself opens
each connection at the node where it has the fewest. Draws docs/plots/growing.svg and growing-reconnects.svg.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pymysql

from benchmarks.figures import Figure
from benchmarks.plots import line_plot
from benchmarks.returning_crowd import ReturningCrowd
from benchmarks.told_loads import ToldLoads
from tests.parts.claps_server import ClapsServer
from tests.parts.mariadb_server import SYSTEM_PATH, MariadbServer
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer

SOCKETS, POLLERS = 10_800, 1_200
READERS = SOCKETS + POLLERS
CLAPS_PER_SECOND = 500
WINDOW = 200
CALM_SECONDS = 8.0
EVEN = 1.15
BOUND_SECONDS = 30
PLOTS = Path(__file__).parent.parent / "docs" / "plots"


class Story:
    """What is done to the servers, one thing after another, and what was seen of each."""

    def __init__(self, first: ClapsServer, second: ClapsServer, redis_url: str, stack: ExitStack) -> None:
        self.first, self.second = first, second
        self.loads = stack.enter_context(ToldLoads(redis_url))
        self.crowd = stack.enter_context(ReturningCrowd(first.port))
        self.marks: list[tuple[float, str]] = []
        self.figures: list[Figure] = []

    def run(self) -> None:
        """Let everything happen."""
        self.crowd.say(f"open {SOCKETS} {POLLERS} {WINDOW}")
        eventually(lambda: self.crowd.last.open == READERS, seconds=120)
        self.crowd.say(f"clap {CLAPS_PER_SECOND}")
        time.sleep(CALM_SECONDS)
        self._mark("a worker more")
        os.kill(self.first.pid, signal.SIGTTIN)
        self._wait_until_even("a third worker", workers=3)
        self._mark("a worker less")
        os.kill(self.first.pid, signal.SIGTTOU)
        self._wait_until_back("a worker taken away", workers=2)
        self._mark("a node more")
        self.second.start()
        self.crowd.say(f"ports {self.first.port} {self.second.port}")
        self._wait_until_even("a second node", workers=4)
        self._mark("a node less")
        self.crowd.say(f"ports {self.first.port}")
        self.second.stop()
        self._wait_until_back("a node taken away", workers=2)

    def _mark(self, word: str) -> None:
        self.marks.append((time.monotonic(), word))

    def _wait_until_even(self, what: str, *, workers: int) -> None:
        since = self.marks[-1][0]
        eventually(lambda: self.loads.are_even(workers, EVEN), seconds=120)
        seconds = time.monotonic() - since
        eventually(lambda: self.crowd.last.open == READERS, seconds=60)
        time.sleep(CALM_SECONDS)
        self.figures.append(
            Figure(f"{what}: until the busiest is within 15 % of the mean", seconds, "s", BOUND_SECONDS)
        )
        self._add_reconnects(what, since)

    def _wait_until_back(self, what: str, *, workers: int) -> None:
        since = self.marks[-1][0]
        eventually(lambda: self.loads.count() >= READERS and len(self.loads.now) == workers, seconds=120)
        eventually(lambda: self.crowd.last.open == READERS, seconds=60)
        seconds = time.monotonic() - since
        time.sleep(CALM_SECONDS)
        self.figures.append(Figure(f"{what}: until all are back", seconds, "s", BOUND_SECONDS))
        self._add_reconnects(what, since)

    def _add_reconnects(self, what: str, since: float) -> None:
        rates = self.crowd.reconnects(since)
        self.figures += [
            Figure(f"{what}: most reconnects in half a second", max(rate for _, rate in rates) / 2, "connections"),
            Figure(f"{what}: reconnects in all", sum(rate for _, rate in rates) / 2, "connections"),
        ]


def measure(folder: Path) -> list[Figure]:
    """Let it all happen, and look at who has missed what."""
    with ExitStack() as stack:
        database_url = stack.enter_context(_open_database(folder))
        redis = RedisServer(folder / "parts")
        redis.start()
        stack.callback(redis.kill)
        servers = [
            ClapsServer(folder / name, database_url=database_url, redis_url=redis.url, environ={"CLAPS_WORKERS": "2"})
            for name in ("first", "second")
        ]
        for command in ("migrate", "demo"):
            done = servers[0].run(command)
            assert done.returncode == 0, done.stderr
        for server in servers:
            stack.callback(server.kill)
        servers[0].start()
        before = _stored(database_url)
        story = Story(*servers, redis.url, stack)
        story.run()
        told = story.crowd.end()
        servers[0].stop()
        _draw(story)
        return story.figures + _books(story.crowd, told, before, _stored(database_url))


def _books(
    crowd: ReturningCrowd, shown: dict[int, dict[int, int]], before: dict[int, int], after: dict[int, int]
) -> list[Figure]:
    missed = sum(
        readers for post, counts in shown.items() for claps, readers in counts.items() if claps != after[post]
    )
    counted = sum(after.values()) - sum(before.values())
    acknowledged, unknown = crowd.sum_of("acknowledged"), crowd.sum_of("unknown")
    return [
        Figure("readers who did not end at the truth", missed, "readers", 0),
        Figure("older states shown after newer ones", crowd.sum_of("older"), "states", 0),
        Figure("states shown", crowd.sum_of("updates"), "states"),
        Figure("claps acknowledged and not in SQL", max(0, acknowledged - counted), "claps", 0),
        Figure("claps in SQL beyond those sent", max(0, counted - acknowledged - unknown), "claps", 0),
        Figure("claps acknowledged", acknowledged, "claps"),
        Figure("claps of which the end of a connection left it open", unknown, "claps"),
    ]


def _draw(story: Story) -> None:
    began = story.marks[0][0] - CALM_SECONDS
    marks = [(at - began, word) for at, word in story.marks]
    end = story.marks[-1][0] + CALM_SECONDS
    series = {
        name: [(at - began, count) for at, count in points if began <= at <= end]
        for name, points in story.loads.series().items()
    }
    line_plot(
        PLOTS / "growing.svg", title_text=f"{READERS:,} readers, {CLAPS_PER_SECOND} claps a second",
        x_text="seconds", y_text="readers of each worker", series=series, marks=marks,
    )
    rates = [(at - began, rate) for at, rate in story.crowd.reconnects(began) if at <= end]
    line_plot(
        PLOTS / "growing-reconnects.svg", title_text="Reconnects while workers and nodes come and go",
        x_text="seconds", y_text="reconnects per second", series={"reconnects": rates}, marks=marks,
    )


@contextmanager
def _open_database(folder: Path) -> Iterator[str]:
    if shutil.which("mariadbd", path=SYSTEM_PATH) is None:
        yield f"sqlite:///{folder / 'claps.db'}"
        return
    room = folder / "mariadb"
    room.mkdir()
    server = MariadbServer(room)
    server.start()
    try:
        yield server.make_database()
    finally:
        server.kill()


def _stored(database_url: str) -> dict[int, int]:
    parts = urlsplit(database_url)
    if parts.scheme == "sqlite":
        connection = sqlite3.connect(parts.path[1:])
    else:
        connection = pymysql.connect(
            host=parts.hostname, port=parts.port, user=parts.username, password=parts.password,
            database=parts.path[1:],
        )
    with closing(connection), closing(connection.cursor()) as cursor:
        cursor.execute("SELECT id, claps FROM post")
        return {int(post_id): int(claps) for post_id, claps in cursor.fetchall()}
