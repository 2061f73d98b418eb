"""Readers who are cut off at once and come back at once, and what those get who want something meanwhile."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import psutil
from itsdangerous import URLSafeSerializer

from benchmarks.figures import Figure, middle
from benchmarks.programs import Crowd
from benchmarks.sites import upgrade_request
from claps.plain.people import GUEST_ID_LEAST
from tests.parts.claps_server import SECRET_KEY, ClapsServer
from tests.parts.processes import eventually
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

READERS = 20_000
# With a cookie each has to be asked about, and costs five times as much.
READERS_KNOWN = 10_000
BOUND_SECONDS = 20
AGAIN_SECONDS = 1.0
SOMAXCONN = Path("/proc/sys/net/core/somaxconn")


def measure_storms(folder: Path) -> list[Figure]:
    """Measure with readers who are like others before them, and with readers who show a cookie."""
    server = ClapsServer(folder / "storm", environ={"CLAPS_WORKERS": "2"})
    server.start()
    cookie = URLSafeSerializer(SECRET_KEY, salt="reader").dumps(GUEST_ID_LEAST + 7)
    plain = upgrade_request("topic=post:1", server.port, json_wire=False)
    signed = plain.replace(b"\r\n\r\n", b"\r\nCookie: reader=%b\r\n\r\n" % str(cookie).encode())
    try:
        figures = [Figure("who may stand in the kernel's queue (net.core.somaxconn)", int(SOMAXCONN.read_text()), "")]
        figures += _storm(folder, server, f"{READERS:,} like others before them", plain, READERS)
        return figures + _storm(folder, server, f"{READERS_KNOWN:,} with a cookie", signed, READERS_KNOWN)
    finally:
        server.stop()


def _storm(folder: Path, server: ClapsServer, who: str, request: bytes, count: int) -> list[Figure]:
    quiet = _files(server)
    with ExitStack() as ends:
        crowds = [ends.enter_context(Crowd(folder, server.port)) for _ in range(2)]
        for crowd in crowds:
            _come_in(crowd, request, count // 2, window=200)
        for crowd in crowds:
            crowd.close()
        eventually(lambda: _files(server) < quiet + count / 10, seconds=60)
        with _others(server) as times, ThreadPoolExecutor(2) as threads:
            began = time.monotonic()
            coming = [threads.submit(_come_in, crowd, request, count // 2, window=count) for crowd in crowds]
            refused = sum(task.result() for task in coming)
            took = time.monotonic() - began
    figures = [
        Figure(f"{who}, all at once: all are in after", took, "s", BOUND_SECONDS),
        Figure(f"{who}: told to come back later, of them", refused, ""),
    ]
    for what, seconds in times.items():
        figures += [
            Figure(f"{who}: {what} meanwhile, half within", middle(seconds) * 1000, "ms"),
            Figure(f"{who}: {what} meanwhile, the slowest", max(seconds) * 1000, "ms"),
        ]
    return figures


def _come_in(crowd: Crowd, request: bytes, count: int, *, window: int) -> int:
    missing, refused = count, 0
    while missing:
        opened = crowd.open(missing, request, window=min(missing, window))
        missing = count - opened.open
        refused += opened.refused
        if missing:
            time.sleep(AGAIN_SECONDS)
    return refused


@contextmanager
def _others(server: ClapsServer) -> Iterator[dict[str, list[float]]]:
    """Let others read and clap until the block ends; yields how long each time took."""
    with ExitStack() as ends:
        kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        ends.callback(kept.close)
        program = ends.enter_context(WebSocketClient(server.port, "/live?topic=post:2", protocol=JSON_PROTOCOL))
        acts: dict[str, Callable[[], None]] = {
            "a page over a connection that is open": partial(_read_again, kept),
            "a page over a new one": partial(_read_anew, server),
            "a clap over a socket": partial(_clap, program),
        }
        times: dict[str, list[float]] = {what: [] for what in acts}
        ending = threading.Event()
        threads = [threading.Thread(target=_go_on, args=(act, times[what], ending)) for what, act in acts.items()]
        for thread in threads:
            thread.start()
        try:
            yield times
        finally:
            ending.set()
            for thread in threads:
                thread.join()


def _go_on(act: Callable[[], None], times: list[float], ending: threading.Event) -> None:
    while not times or not ending.wait(0.01):
        began = time.monotonic()
        act()
        times.append(time.monotonic() - began)


def _read_again(kept: http.client.HTTPConnection) -> None:
    kept.request("GET", "/posts/1")
    answer = kept.getresponse()
    answer.read()
    assert answer.status == 200, answer.status


def _read_anew(server: ClapsServer) -> None:
    answer = server.open_client().get("/posts/1", seconds=120)
    assert answer.status == 200, answer.status


def _clap(program: WebSocketClient) -> None:
    program.send_json({"clap": 1, "topic": "post:2", "id": "x"})
    program.receive_until('"ack"', seconds=120)


def _files(server: ClapsServer) -> int:
    return sum(psutil.Process(pid).num_fds() for pid in server.worker_pids)
