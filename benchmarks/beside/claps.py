"""Claps end to end: up a WebSocket, counted in MySQL, acknowledged, and seen by 1,000 who watch.

2,000 others clap, each waiting for the last acknowledgement before the next clap; the peers do one UPDATE and one
broadcast a clap. Ten claps a second, then a hundred, and so on, until a program falls over: acknowledges less than
nine in ten of what was asked for, or shows one in a hundred later than a second. It ends there, and when all is
quiet SQL is asked for the count.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.beside.contenders import BINARIES, Contender, open_contender
from benchmarks.beside.crowds import NotingCrowd, clap_to_sight_ms, share
from benchmarks.beside.dialects import NEEDLE
from benchmarks.programs import Missing, cores, pin
from tests.parts.mariadb_server import MariadbServer
from tests.parts.processes import eventually, list_family

NAMES = ("Claps", "ws", "Socket.IO", "python-socketio", "flask-sock")
RATES = (10, 100, 1_000, 10_000)
SECONDS = 5
WATCHERS = 1_000
CLAPPERS = 2_000
NOTING_EACH = 50
REST_SECONDS = 1.0
QUIET_SECONDS = 60
LEAST_SHARE = 0.9
SIGHT_MS_MOST = 1_000
PEERS_TABLE = "CREATE TABLE {database}.post (topic VARCHAR(40) PRIMARY KEY, claps BIGINT UNSIGNED NOT NULL)"


class Shelf:
    """A database of one program, and how many claps SQL holds there."""

    def __init__(self, mariadb: MariadbServer, name: str) -> None:
        self._mariadb = mariadb
        self.url = mariadb.make_database()
        self._database = self.url.rpartition("/")[2]
        self._where = "id = 1" if name == "Claps" else "topic = 'post:1'"
        if name != "Claps":
            mariadb.run(PEERS_TABLE.format(database=self._database))
            mariadb.run(f"INSERT INTO {self._database}.post VALUES ('post:1', 0)")

    def count(self) -> int:
        """The claps of the first post."""
        return int(self._mariadb.run(f"SELECT claps FROM {self._database}.post WHERE {self._where}")[0][0])


def measure(
    folder: Path, names: Sequence[str] = NAMES, *, rates: Sequence[int] = RATES, watchers: int = WATCHERS,
    clappers: int = CLAPPERS, seconds: float = SECONDS, mariadb: MariadbServer | None = None,
    binaries: Path = BINARIES,
) -> dict[str, dict[str, float]]:
    """Measure those of the named that are installed, one after the other; return their values by name."""
    with ExitStack() as stack:
        if mariadb is None:
            mariadb = _start_mariadb(folder / "mariadb", stack)
        found = {}
        for name in names:
            shelf = Shelf(mariadb, name)
            try:
                with open_contender(name, folder, database_url=shelf.url, binaries=binaries) as contender:
                    found[name] = _Stage(folder, contender, shelf).climb(
                        rates, watchers=watchers, clappers=clappers, seconds=seconds
                    )
            except Missing as missing:
                print(f"  {name} is left out: {missing}")
    return found


def _start_mariadb(room: Path, stack: ExitStack) -> MariadbServer:
    room.mkdir()
    server = MariadbServer(room)
    stack.callback(server.kill)
    server.start()
    for process in list_family(server.pid):
        pin(process.pid, cores()[1])
    return server


class _Stage:
    def __init__(self, folder: Path, contender: Contender, shelf: Shelf) -> None:
        self._folder = folder
        self._contender = contender
        self._shelf = shelf
        self._values: dict[str, float] = {}

    def climb(self, rates: Sequence[int], *, watchers: int, clappers: int, seconds: float) -> dict[str, float]:
        """Clap at each rate until it is too much."""
        port, dialect = self._contender.port, self._contender.dialect
        with NotingCrowd(self._folder, port) as watching, NotingCrowd(self._folder, port) as clapping:
            for crowd, count, topic in ((watching, watchers, "post:1"), (clapping, clappers, "post:2")):
                request = self._contender.upgrade_request(topic)
                opened = crowd.open(count, request, wait_for=dialect.wait_for)
                assert opened.open == count, (self._contender.name, opened)
            self._contender.settle()
            watching.watch(max(1, watchers // NOTING_EACH), NEEDLE)
            clapping.watch(clappers, NEEDLE)
            for rate in rates:
                if not self._clap(watching, clapping, rate, seconds):
                    break
        return self._values

    def _clap(self, watching: NotingCrowd, clapping: NotingCrowd, rate: int, seconds: float) -> bool:
        base = self._shelf.count()
        for crowd in (watching, clapping):
            crowd.sightings()
        used, began = self._contender.cpu_seconds, time.monotonic()
        got = clapping.clap(self._contender.dialect.clap, seconds=seconds, rate=rate)
        cpu_share = (self._contender.cpu_seconds - used) / (time.monotonic() - began)
        time.sleep(REST_SECONDS)
        is_right = self._is_right(base + got.sent - got.refused)
        # Read last: what was shown late is late, and not lost.
        sights = clap_to_sight_ms(clapping.sightings(), watching.sightings(), base)
        per_second = got.acked / max(got.seconds, seconds)
        late_ms = share(sights, 0.99)
        self._values |= {
            f"{rate}_acked_per_second": per_second, f"{rate}_ack_p50_ms": got.p50_ms, f"{rate}_ack_p99_ms": got.p99_ms,
            f"{rate}_sight_p50_ms": share(sights, 0.5), f"{rate}_sight_p99_ms": late_ms,
            f"{rate}_sql_is_right": float(is_right), f"{rate}_cpu_share": cpu_share,
            f"{rate}_lost": got.sent - got.acked - got.refused,
        }
        return per_second >= LEAST_SHARE * rate and late_ms <= SIGHT_MS_MOST

    def _is_right(self, expected: int) -> bool:
        try:
            eventually(lambda: self._shelf.count() >= expected, seconds=QUIET_SECONDS)
        except AssertionError:
            return False
        # As many again could still come, if something counted twice.
        time.sleep(REST_SECONDS)
        return self._shelf.count() == expected
