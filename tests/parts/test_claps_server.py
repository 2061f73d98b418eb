"""The tests' Claps server is the one that users start."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually, list_family
from tests.parts.redis_server import RedisServer


def test_ctrl_c_ends_all_of_it_cleanly(make_server: Callable[..., ClapsServer]) -> None:
    server = make_server()
    server.start()
    family = list_family(server.pid)

    code = server.stop(by=signal.SIGINT)

    assert code == 0
    assert not [process for process in family if process.is_running()]
    assert "Traceback" not in server.log_text


def test_a_killed_worker_is_replaced(make_server: Callable[..., ClapsServer]) -> None:
    server = make_server()
    server.start()
    before = server.worker_pids

    os.kill(before[0], signal.SIGKILL)

    eventually(lambda: len(set(server.worker_pids) - set(before)) == 1)
    assert len(before) == 2


def test_it_uses_the_redis_that_it_is_given(make_server: Callable[..., ClapsServer], redis: RedisServer) -> None:
    server = make_server(redis_url=redis.url)

    server.start()

    assert not [process for process in list_family(server.pid) if "redis-server" in process.name()]


def test_the_live_site_shows_its_demo(live_site: ClapsServer) -> None:
    answer = live_site.open_client().get("/")

    assert answer.status == 200
    assert "/posts/" in answer.text
