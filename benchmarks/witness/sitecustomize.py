"""Tells what keeps a worker from its sockets; Python imports it at its start where this folder is on PYTHONPATH.

For benchmarks only. Each line that it writes is about one thing that took more than a millisecond, with the time at
which it ended (``time.monotonic()``) and how long it took, in milliseconds:

``collection``   the garbage collector went round
``commit``       SQL was asked to commit, and the greenlet that asked waited; others may have gone on
``turn``         the loop called everybody who had something to do; ``computed`` of it on the processor, ``core``
                 waiting for the processor while other programs had it, and the rest in the kernel, as for the disk
``wake``         the worker had slept, something came, and other programs had the processor
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from typing import Any, TextIO

LEAST_MS = 1.0
COLLECT_SECONDS = 2.0


class Witness:
    """Looks at the loop of the worker's thread."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._schedule = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        self._collecting_since = self._turn_since = time.monotonic()
        self._computed, self._waited = time.thread_time(), self._read_waited()

    def start(self) -> None:
        """Begin to look."""
        import gevent
        import peewee

        gc.callbacks.append(self._on_collection)
        loop = gevent.get_hub().loop
        # Before and after everybody else's watchers, by priority.
        self._ends, self._begins = loop.prepare(ref=False, priority=-2), loop.check(ref=False, priority=2)
        self._ends.start(self._on_end)
        self._begins.start(self._on_begin)
        for kind in (peewee.SqliteDatabase, peewee.MySQLDatabase):
            kind.commit = self._timed(kind.commit)
        gevent.spawn(self._collect)

    def _collect(self) -> None:
        # By itself the collector looks at everything so rarely that no measurement would meet it.
        import gevent

        while True:
            gevent.sleep(COLLECT_SECONDS)
            gc.collect()

    def _read_waited(self) -> float:
        return int(os.pread(self._schedule, 64, 0).split()[1]) / 1e9

    def _tell(self, what: str, seconds: float, **more: float) -> None:
        if seconds * 1000 > LEAST_MS:
            told = {"what": what, "at": time.monotonic(), "ms": seconds * 1000, **more}
            self._out.write(json.dumps(told) + "\n")

    def _on_collection(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._collecting_since = time.monotonic()
        else:
            self._tell("collection", time.monotonic() - self._collecting_since, generation=info["generation"])

    def _timed(self, commit: Any) -> Any:
        def timed(database: Any) -> None:
            began = time.monotonic()
            try:
                commit(database)
            finally:
                self._tell("commit", time.monotonic() - began)

        return timed

    def _on_begin(self) -> None:
        waited = self._read_waited()
        self._tell("wake", waited - self._waited)
        self._turn_since, self._computed, self._waited = time.monotonic(), time.thread_time(), waited

    def _on_end(self) -> None:
        took = time.monotonic() - self._turn_since
        if took * 1000 > LEAST_MS:
            waited = self._read_waited()
            computed, core = time.thread_time() - self._computed, waited - self._waited
            self._waited = waited
            self._tell("turn", took, computed=computed * 1000, core=core * 1000)


def _look_at_worker() -> None:
    # Only gunicorn forks after it has imported gevent.
    if "gevent" in sys.modules and any("gunicorn" in word for word in sys.argv):
        Witness(open(os.environ["WITNESS"], "w", buffering=1)).start()


if "WITNESS" in os.environ:
    os.register_at_fork(after_in_child=_look_at_worker)
