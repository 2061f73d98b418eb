"""Workers are killed at random moments under load: what they were flushing is flushed exactly once by others."""

from __future__ import annotations

import os
import random
import signal

from tests.faults.books import Books
from tests.faults.conftest import MakeServer
from tests.faults.crowd import Crowd
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer

KILLS = 6


def test_no_acknowledged_clap_is_lost_with_its_worker(
    make_server: MakeServer, filled_url: str, redis: RedisServer, books: Books
) -> None:
    environ = {"CLAPS_FLUSH_SECONDS": "0.05"}
    server = make_server(database_url=filled_url, redis_url=redis.url, environ=environ)
    server.start()
    before = books.stored()

    with Crowd(server) as crowd:
        for _ in range(KILLS):
            crowd.wait_for_claps()
            kill_a_worker(server)
    server.stop()

    print(f"{KILLS} kills, {crowd.acknowledged.total()} claps acknowledged, {crowd.unknown.total()} unanswered")
    crowd.check(books, before)


def kill_a_worker(server: ClapsServer) -> None:
    """Kill one of a server's workers, and wait for another in its place."""
    pids = set(server.worker_pids)
    os.kill(random.choice(sorted(pids)), signal.SIGKILL)
    eventually(lambda: len(set(server.worker_pids) - pids) == 1)
