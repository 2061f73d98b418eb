"""Twice the load that a worker can take, with the door and without it; and 20,000 readers who come back at once.

The load is an open one: readers come at a rate, whether those before them were answered or not, each over a connection
of its own, and ask for an article that is rendered for each. "Without" is the same application under gunicorn's own
gevent worker. What is served counts when it came within two seconds.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, middle
from benchmarks.programs import cores, pin
from benchmarks.sites import open_site
from benchmarks.storms import measure_storms
from claps.running.door import Door
from claps.settings import embedded_socket
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import list_family

ROOT = Path(__file__).resolve().parent.parent
REQUEST = b"GET /posts/1?again HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\n%s\r\n"
SECONDS = 8
AFTER_SECONDS = 6
LOOKS = 100_000
PUSH_PER_SECOND = 700
GOOD_MS = 2_000
TIMED_CAPACITY = 19
GOOD_SHARE = 0.7
Seconds = list[dict[str, Any]]


def measure(folder: Path) -> list[Figure]:
    """Measure with work that is only time, and so the same on a busy machine; with articles; the door; and storms."""
    figures = _timed(folder)
    with open_site(folder) as site:
        capacity = _capacity(site.port)
        figures.append(Figure("rendered articles that one worker serves at most", capacity, "per second"))
        figures += _overloaded("with the door", site.port, capacity)
        figures += _without(folder, site.server.var, capacity)
    return [*figures, _cost(), *measure_storms(folder)]


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


def _capacity(port: int) -> float:
    # With a connection for each, as the load has it: over one that is kept it is twice as many. More than it can for a
    # second, and how long it takes for all of them.
    _load(port, PUSH_PER_SECOND / 4, 1)
    served = [ms for one in _load(port, PUSH_PER_SECOND, 1) for ms in one["served_ms"]]
    return len(served) / (1 + served[-1] / 1000)


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


def _cost() -> Figure:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as reader:
        server, _ = listener.accept()
        with server:
            reader.sendall(REQUEST % b"")
            door, began = Door(), time.perf_counter()
            for _ in range(LOOKS):
                door.turns_away_early(server, REQUEST)
                door.lets_in(server, "/posts/1")
            took = time.perf_counter() - began
    return Figure("what the door costs each request", took / LOOKS * 1e6, "µs")
