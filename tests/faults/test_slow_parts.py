"""SQL answers in five seconds, Redis in half a second: slow is not dead, nothing piles up, and readers are told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.faults.books import Books
from tests.faults.conftest import MakeServer
from tests.faults.crowd import Crowd
from tests.faults.engines import ON_MARIADB, ON_SQLITE
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.mariadb_server import MariadbServer
from tests.parts.network_path import NetworkPath
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer

SLOW_SECONDS = 6.0
KNOWN = ("/posts/1", "/", "/posts/2")
# Far below what waiting in line would take.
PATIENCE_SECONDS = 10.0
GROWTH_BYTES = 24 * 1024 * 1024
ONE_WORKER = {"CLAPS_WORKERS": "1"}


@contextmanager
def path_to(port: int, folder: Path) -> Iterator[NetworkPath]:
    """A way to a server that can grow long."""
    path = NetworkPath(port, log=folder / "path.log")
    path.start()
    try:
        yield path
    finally:
        path.kill()


def read_for(seconds: float, reader: Client) -> float:
    """Read known posts for some seconds; return how long the slowest took."""
    slowest, ends = 0.0, time.monotonic() + seconds
    while time.monotonic() < ends:
        for path in KNOWN:
            began = time.monotonic()
            assert reader.get(path).status == 200
            slowest = max(slowest, time.monotonic() - began)
    return slowest


def figure(server: ClapsServer, name: str) -> float:
    """Read one of the worker's figures."""
    lines = server.open_client().get("/metrics").text.splitlines()
    return float(next(line.rpartition(" ")[2] for line in lines if line.startswith(f"claps_{name}{{")))


@contextmanager
def nothing_piles_up(server: ClapsServer) -> Iterator[None]:
    """Say that the worker neither grew nor has work left, after what is done meanwhile."""
    (pid,) = server.worker_pids
    before = psutil.Process(pid).memory_info().rss
    yield
    # One of them asks for the figure.
    eventually(lambda: figure(server, "requests_in_work") <= 1)
    assert psutil.Process(pid).memory_info().rss - before < GROWTH_BYTES


@ON_MARIADB
@pytest.mark.timeout(240)
def test_with_sql_that_takes_five_seconds_known_pages_and_claps_go_on(
    make_server: MakeServer, filled_url: str, redis: RedisServer, mariadb: MariadbServer, books: Books, tmp_path: Path
) -> None:
    with path_to(mariadb.port, tmp_path) as path:
        url = filled_url.replace(f":{mariadb.port}/", f":{path.port}/")
        server = make_server(database_url=url, redis_url=redis.url, environ=ONE_WORKER)
        server.start()
        reader = server.open_client()
        read_for(0.5, reader)
        with nothing_piles_up(server), Crowd(server) as crowd:
            crowd.wait_for_claps()
            path.delay(2.5)
            slowest_seconds = read_for(SLOW_SECONDS, reader)
            eventually(lambda: "The database does not answer right now" in reader.get("/posts/1").text, seconds=30)
            # The first is let through, and given up here; the next are refused, because that one waits.
            refused = eventually(lambda: server.open_client().get("/search?q=bells", seconds=3), seconds=30)
            path.let_pass()
            eventually(lambda: reader.get("/search?q=bell").status == 200, seconds=30)

        print(f"slowest page {slowest_seconds:.2f} s, clap {crowd.slowest_seconds:.2f} s")
        assert max(slowest_seconds, crowd.slowest_seconds) < PATIENCE_SECONDS
        assert not crowd.refusals
        assert (refused.status, "retry-after" in refused.headers) == (503, True)


@ON_SQLITE
def test_with_redis_that_takes_half_a_second_everything_goes_on(
    make_server: MakeServer, filled_url: str, redis: RedisServer, books: Books, tmp_path: Path
) -> None:
    before = books.stored()
    with path_to(redis.port, tmp_path) as path:
        url = redis.url.replace(f":{redis.port}/", f":{path.port}/")
        server = make_server(database_url=filled_url, redis_url=url, environ=ONE_WORKER)
        server.start()
        reader = server.open_client()
        with nothing_piles_up(server), Crowd(server) as crowd:
            crowd.wait_for_claps()
            path.delay(0.25)
            slowest_seconds = read_for(SLOW_SECONDS, reader)
            crowd.wait_for_claps(10)
            path.let_pass()

        print(f"slowest page {slowest_seconds:.2f} s, clap {crowd.slowest_seconds:.2f} s")
        assert slowest_seconds < PATIENCE_SECONDS
        assert not crowd.refusals
        assert server.stop() == 0
    crowd.check(books, before)
