"""Twice the load that a worker can take, with the door and without it; and 20,000 readers who come back at once.

The load is an open one: readers come at a rate, whether those before them were answered or not, each over a connection
of its own, and ask for an article that is rendered for each. "Without" is the same application under gunicorn's own
gevent worker. What is served counts when it came within two seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from benchmarks.figures import Figure, middle
from benchmarks.programs import Crowd, cores, pin, press
from benchmarks.sites import open_site, upgrade_request
from claps.settings import embedded_socket
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually, list_family

ROOT = Path(__file__).resolve().parent.parent
REQUEST = b"GET /posts/1?again HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\n%s\r\n"
SECONDS = 12
AFTER_SECONDS = 8
GOOD_MS = 2_000
TIMED_CAPACITY = 19
READERS = 20_000
STORM_BOUND_SECONDS = 20
GOOD_SHARE = 0.7
Seconds = list[dict[str, Any]]


def measure(folder: Path) -> list[Figure]:
    """Measure with work that is only time, and so the same on a busy machine; with articles; and the storm."""
    figures = _timed(folder)
    with open_site(folder) as site:
        pressed = press(folder, site.port, [REQUEST % b""], connections=16, seconds=4)
        capacity = pressed.per_second
        figures.append(Figure("rendered articles that one worker serves at most", capacity, "per second"))
        figures += _overloaded("with the door", site.port, capacity)
        figures += _without(folder, site.server.var, capacity)
    return figures + _storm(folder)


def _timed(folder: Path) -> list[Figure]:
    figures = [Figure("requests of 50 ms that one worker serves at most", TIMED_CAPACITY, "per second")]
    workers = {"of 50 ms, with the door": "claps.running.worker.Worker", "of 50 ms, without it": "gevent"}
    for name, worker in workers.items():
        command = ("gunicorn", "-k", worker, "--backlog", "65535", "tests.running.slow_site:app")
        server = ClapsServer(folder / worker, command=command)
        server.start()
        try:
            figures += _overloaded(name, server.port, TIMED_CAPACITY)
        finally:
            server.stop()
    return figures


def _overloaded(name: str, port: int, capacity: float) -> list[Figure]:
    figures = []
    for times, bound in ((1, None), (2, GOOD_SHARE if "with the door" in name else None)):
        told = _load(port, capacity * times, SECONDS)[3:SECONDS]
        good = sum(len([ms for ms in one["served_ms"] if ms <= GOOD_MS]) for one in told) / len(told)
        served = sorted(ms for one in told for ms in one["served_ms"])
        what = f"{times} times that, {name}"
        figures += [
            Figure(f"{what}: served within 2 s, of what it can", good / capacity, "", bound, good="over"),
            Figure(f"{what}: half of those served within", middle(served), "ms"),
            Figure(f"{what}: 99 of 100 of those served within", served[int(len(served) * 0.99)] if served else 0, "ms"),
            Figure(f"{what}: told to come back", sum(one["refused"] for one in told) / len(told), "per second"),
            Figure(f"{what}: not answered at all", sum(one["failed"] for one in told) / len(told), "per second"),
        ]
    return [*figures, _recovery(name, port, capacity)]


def _recovery(name: str, port: int, capacity: float) -> Figure:
    told = _load(port, capacity / 2, AFTER_SECONDS)
    # The second after which all are served, and soon.
    bad = [number for number, one in enumerate(told) if one["refused"] or any(ms > 500 for ms in one["served_ms"])]
    return Figure(f"half of that, {name}, after it: normal after", bad[-1] + 1 if bad else 0, "s")


def _without(folder: Path, var: Path, capacity: float) -> list[Figure]:
    command = ("gunicorn", "-k", "gevent", "-w", "1", "--backlog", "65535", "wsgi:app")
    # Beside the first one, which has nothing to do meanwhile.
    server = ClapsServer(
        folder / "without", database_url=f"sqlite:///{var}/claps.sqlite", redis_url=f"unix://{embedded_socket(var)}",
        command=command,
    )
    server.start()
    try:
        for process in list_family(server.pid):
            pin(process.pid, cores()[0])
        return _overloaded("without it", server.port, capacity)
    finally:
        server.stop()


def _load(port: int, per_second: float, seconds: int) -> Seconds:
    command = [sys.executable, "-m", "benchmarks.overload_load", str(port), f"{per_second:.0f}", str(seconds)]
    done = subprocess.run(
        [*command, str(cores()[1])], input=REQUEST % b"Connection: close\r\n", capture_output=True, cwd=ROOT, check=True
    )
    told: Seconds = json.loads(done.stdout)
    return told


def _storm(folder: Path) -> list[Figure]:
    server = ClapsServer(folder / "storm", environ={"CLAPS_WORKERS": "2"})
    server.start()
    try:
        with Crowd(folder, server.port) as one, Crowd(folder, server.port) as two:
            for crowd in (one, two):
                crowd.open(READERS // 2, upgrade_request("topic=post:1", server.port, json_wire=False), window=500)
            for crowd in (one, two):
                crowd.close()
            eventually(lambda: _files(server) < READERS / 10, seconds=30)
            began = time.monotonic()
            with ThreadPoolExecutor(2) as threads:
                coming = [threads.submit(_come_back, crowd, server.port) for crowd in (one, two)]
                slowest = _read_while(server, lambda: not all(task.done() for task in coming))
            took = time.monotonic() - began
    finally:
        server.stop()
    return [
        Figure(f"{READERS:,} readers come back at once, all are in after", took, "s", STORM_BOUND_SECONDS),
        Figure("told to come back later, of them", sum(task.result() for task in coming), ""),
        Figure("the slowest page meanwhile", slowest, "s"),
    ]


def _come_back(crowd: Crowd, port: int) -> int:
    request, missing, refused = upgrade_request("topic=post:1", port, json_wire=False), READERS // 2, 0
    while missing:
        opened = crowd.open(missing, request, window=missing)
        missing -= opened.open
        refused += opened.refused
        if missing:
            time.sleep(1)
    return refused


def _read_while(server: ClapsServer, lasts: Callable[[], bool]) -> float:
    slowest = 0.0
    while lasts():
        began = time.monotonic()
        server.open_client().get("/posts/1", seconds=60)
        slowest = max(slowest, time.monotonic() - began)
    return slowest


def _files(server: ClapsServer) -> int:
    return sum(psutil.Process(pid).num_fds() for pid in server.worker_pids)
