"""A client that does not read delays nobody, is closed, and gets the newest state if it reads again in time."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import psutil
import pytest

from claps.plain.limits import STUCK_SECONDS, TICK_SECONDS
from tests.faults.conftest import MakeServer
from tests.faults.engines import ON_SQLITE
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

READERS = 200
ROUNDS = 11
TOO_SLOW = 2.0  # times the others, on a machine that is busy with more than this
SMALL_BUFFER = 2_048
# Each is refused in about 230 octets; so many fill the kernel's buffer, and half of what may wait behind it.
NONSENSE = 1_000
# And so many are more than may wait.
TOO_MUCH_NONSENSE = 3_000


@pytest.fixture
def server(make_server: MakeServer, filled_url: str, redis: RedisServer) -> ClapsServer:
    """A site with one worker, so that everybody is on the same."""
    server = make_server(database_url=filled_url, redis_url=redis.url, environ={"CLAPS_WORKERS": "1"})
    server.start()
    return server


def open_program(server: ClapsServer, post_id: int, *, receive_bytes: int | None = None) -> WebSocketClient:
    """Open a WebSocket as a program does."""
    path = f"/live?topic=post:{post_id}"
    return WebSocketClient(server.port, path, protocol=JSON_PROTOCOL, receive_bytes=receive_bytes)


@pytest.fixture
def stuck(server: ClapsServer) -> Iterator[WebSocketClient]:
    """A client on post 1 that asks for much and reads nothing."""
    with open_program(server, 1, receive_bytes=SMALL_BUFFER) as program:
        fill_up(program, NONSENSE)
        yield program


def fill_up(program: WebSocketClient, count: int) -> None:
    """Send messages that are refused, each by its id."""
    for number in range(count):
        program.send_json({"clap": 0, "topic": "post:1", "id": f"{number:064}"})


def see_clap(reader: Client, post_id: int, programs: list[WebSocketClient]) -> float:
    """Clap for a post; return the seconds until the last program has seen it."""
    began = time.monotonic()
    claps = reader.post_json(f"/posts/{post_id}/claps", {"claps": 1}).json["claps"]
    for program in programs:
        program.receive_until(f'"claps":{claps},')
    seconds = time.monotonic() - began
    time.sleep(TICK_SECONDS)  # news of a post comes once a tick: the next is not to wait for its turn
    return seconds


def is_connected(server: ClapsServer, program: WebSocketClient) -> bool:
    """True while the server's end of a connection is open."""
    port = program.socket.getsockname()[1]
    connections = psutil.Process(server.worker_pids[0]).net_connections("tcp")
    return any(connection.raddr and connection.raddr.port == port for connection in connections)


@ON_SQLITE
def test_one_who_does_not_read_delays_nobody_and_is_closed(server: ClapsServer) -> None:
    reader = server.open_client()
    with ExitStack() as stack:
        beside = [stack.enter_context(open_program(server, 1)) for _ in range(READERS)]
        elsewhere = [stack.enter_context(open_program(server, 2)) for _ in range(READERS)]
        stuck = stack.enter_context(open_program(server, 1, receive_bytes=SMALL_BUFFER))
        fill_up(stuck, NONSENSE)

        # In turns, so that whatever else this machine does falls on both.
        rounds = [(see_clap(reader, 1, beside), see_clap(reader, 2, elsewhere)) for _ in range(ROUNDS)]

        assert is_connected(server, stuck)
        eventually(lambda: not is_connected(server, stuck), seconds=2 * STUCK_SECONDS)
    medians = [statistics.median(seconds) for seconds in zip(*rounds, strict=True)]
    print(f"median beside one who is stuck {medians[0] * 1000:.0f} ms, elsewhere {medians[1] * 1000:.0f} ms")
    assert medians[0] < TOO_SLOW * medians[1]


@ON_SQLITE
def test_one_who_lets_too_much_pile_up_is_closed_at_once(server: ClapsServer) -> None:
    with open_program(server, 1, receive_bytes=SMALL_BUFFER) as program:
        with suppress(BrokenPipeError, ConnectionResetError):
            fill_up(program, TOO_MUCH_NONSENSE)

        eventually(lambda: not is_connected(server, program), seconds=STUCK_SECONDS / 2)
    assert "does not read" in server.log_text


@ON_SQLITE
def test_one_who_reads_again_gets_the_newest_state_once(server: ClapsServer, stuck: WebSocketClient) -> None:
    reader = server.open_client()
    with open_program(server, 1) as other:
        for _ in range(5):
            see_clap(reader, 1, [other])
        claps = reader.post_json("/posts/1/claps", {"claps": 1}).json["claps"]

    told: list[dict[str, Any]] = []
    while not told or told[-1].get("state", {}).get("claps") != claps:
        told.append(json.loads(stuck.receive()))

    assert [item["refused"] for item in told if "refused" in item] == [f"{number:064}" for number in range(NONSENSE)]
    assert len([item for item in told if "state" in item]) <= 3  # the first, and the newest when all was written
