"""More ask than a worker can serve: who is in already hears and claps on, and afterwards all is as before."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from types import TracebackType
from typing import Any, Self

import pytest

from tests.faults.conftest import MakeServer
from tests.faults.engines import ON_SQLITE
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

# At once, of requests of which twenty are a second's work.
WAVE = 80
CLAPS = 4
LONG_SECONDS = 60
ASKED = b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


class Surge:
    """Waves of requests, one after another; use it in a ``with``. ``statuses`` counts what was answered."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._go_on)
        self.statuses: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()

    def wait_for_refusals(self) -> None:
        """Return when some more have been turned away."""
        before = self.statuses["503"]
        eventually(lambda: self.statuses["503"] > before, seconds=LONG_SECONDS)

    def _go_on(self) -> None:
        while not self._ending.is_set():
            self.statuses.update(ask_together(self._port, WAVE))


def ask_together(port: int, count: int) -> list[str]:
    """Let so many ask at once; return what each was answered."""
    crowd = [socket.create_connection(("127.0.0.1", port), timeout=LONG_SECONDS) for _ in range(count)]
    for sock in crowd:
        sock.sendall(ASKED)
    return [status_of(sock) for sock in crowd]


def status_of(sock: socket.socket) -> str:
    """Read a whole answer; return its status."""
    with sock, sock.makefile("rb") as stream:
        return stream.read()[9:12].decode()


def claps_seen(reader: WebSocketClient) -> int:
    """What the next news says that a post has."""
    news: Any = reader.receive_json(seconds=LONG_SECONDS)
    return int(news["state"]["claps"])


@pytest.fixture
def server(make_server: MakeServer, filled_url: str, redis: RedisServer) -> ClapsServer:
    """One worker, with something to do that takes it long."""
    command = ("gunicorn", "-k", "claps.running.worker.Worker", "tests.faults.slow_claps:app")
    server = make_server(database_url=filled_url, redis_url=redis.url, command=command)
    server.start()
    return server


@ON_SQLITE
def test_while_the_surplus_is_turned_away_who_is_in_hears_and_claps_and_then_all_is_as_before(
    server: ClapsServer,
) -> None:
    live = "/live?topic=post:1"
    with (
        WebSocketClient(server.port, live, protocol=JSON_PROTOCOL) as reader,
        WebSocketClient(server.port, live, protocol=JSON_PROTOCOL) as clapper,
        Surge(server.port) as surge,
    ):
        claps = claps_seen(reader)
        for number in range(CLAPS):
            surge.wait_for_refusals()
            clapper.send_json({"clap": 1, "topic": "post:1", "id": str(number)})
            told = clapper.receive_until(f'"{number}"', seconds=LONG_SECONDS)
            assert "ack" in told
        eventually(lambda: claps_seen(reader) == claps + CLAPS, seconds=LONG_SECONDS)
        surge.wait_for_refusals()

    assert set(surge.statuses) == {"200", "503"}
    eventually(lambda: ask_together(server.port, 5) == ["200"] * 5, seconds=LONG_SECONDS)
    assert server.open_client().get("/posts/1").status == 200
