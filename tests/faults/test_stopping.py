"""A server that stops tells its subscribers; one that is killed is missed by nobody for long."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

from tests.faults.engines import ON_SQLITE
from tests.faults.test_killed_workers import kill_a_worker
from tests.faults.watchers import LIVE, see, watching
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.websocket_client import JSON_PROTOCOL, Closed, WebSocketClient

SUBSCRIBERS = 8


@ON_SQLITE
def test_a_worker_that_is_just_starting_does_not_hold_up_the_end(filled_server: ClapsServer) -> None:
    filled_server.start()

    kill_a_worker(filled_server)

    assert filled_server.stop(seconds=10) == 0


@ON_SQLITE
def test_a_server_that_stops_tells_everybody(filled_server: ClapsServer) -> None:
    filled_server.start()
    poller = filled_server.open_client()
    headers = {"Accept": "application/json"}
    version = poller.get(f"{LIVE}&wait=0", headers=headers).json["version"]

    with watching(filled_server) as watchers, ThreadPoolExecutor(20) as threads:
        poll = threads.submit(poller.get, f"{LIVE}&since={version}&wait=60", headers=headers)
        watchers.wait_for_readers(len(watchers.programs) + len(watchers.pages) + 2)
        ends = threads.map(WebSocketClient.wait_for_close, (*watchers.programs, *watchers.pages))
        code = filled_server.stop(seconds=15)

    assert code == 0
    assert {(end.code, end.reason) for end in ends} == {(1012, "service restart")}
    assert poll.result(10).status in (200, 304)


@ON_SQLITE
def test_who_loses_a_worker_comes_back_and_misses_nothing(filled_server: ClapsServer) -> None:
    filled_server.start()
    reader = filled_server.open_client()
    sockets = [open_program(filled_server, LIVE) for _ in range(SUBSCRIBERS)]
    versions = [socket.receive_json()["version"] for socket in sockets]

    os.kill(filled_server.worker_pids[0], signal.SIGKILL)
    claps = eventually(lambda: reader.post_json("/posts/1/claps", {"claps": 5}).json["claps"])

    pairs = zip(sockets, versions, strict=True)
    assert [see_after_all(filled_server, *pair, claps) for pair in pairs] == [claps] * SUBSCRIBERS


def open_program(server: ClapsServer, path: str) -> WebSocketClient:
    """Open a WebSocket as a program does."""
    return WebSocketClient(server.port, path, protocol=JSON_PROTOCOL)


def see_after_all(server: ClapsServer, socket: WebSocketClient, version: str, claps: int) -> int:
    """Return the count when it is seen; one whose worker is gone comes back with the version that it had seen."""
    with socket:
        try:
            return int(see(socket, claps)["state"]["claps"])
        except Closed:
            with open_program(server, f"{LIVE}&since={version}") as again:
                return int(again.receive_json()["state"]["claps"])
