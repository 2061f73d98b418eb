"""Workers and Redis are killed while many write into a table: nobody who watches misses a change, or has one twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path
from typing import Any

from tests.faults.conftest import MakeServer
from tests.faults.test_killed_workers import kill_a_worker
from tests.parts.claps_server import ROOT, ClapsServer
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer
from tests.parts.tables import make_table

WAYS = ("socket", "socket", "stream", "poll")
WRITERS = 2
KILLS = 2
KEYS = "abcdefgh"


class Watcher:
    """The client of ``examples/watch.py``, running, with all that it has printed."""

    def __init__(self, server: ClapsServer, name: str, way: str, log: Path) -> None:
        command = [sys.executable, str(ROOT / "examples" / "watch.py"), server.url, f"table:{name}", "--by", way]
        self._log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)

    def lines(self) -> list[tuple[int, Any]]:
        """Offsets, each with the table as it was then."""
        whole = [line for line in self._log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        parts = [line.partition(" ") for line in whole]
        return [(int(version.partition(".")[2]), json.loads(state)) for version, _, state in parts]

    def end(self) -> None:
        """Stop it."""
        self.process.kill()
        self.process.wait()


class Writers:
    """Several who put and delete, whether or not anybody answers."""

    def __init__(self, server: ClapsServer, name: str) -> None:
        self._server, self._name, self._is_over = server, name, threading.Event()
        self.written = 0
        self._threads = [threading.Thread(target=self._write, args=(seed,)) for seed in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Stop them."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _write(self, seed: int) -> None:
        chance, client = random.Random(seed), self._server.open_client()
        while not self._is_over.wait(0.01):
            path = f"/api/v1/tables/{self._name}/entries/{chance.choice(KEYS)}"
            try:
                if chance.random() < 0.2:
                    client.ask("DELETE", path)
                else:
                    body = str(chance.randrange(1_000)).encode()
                    client.ask("PUT", path, body=body, headers={"Content-Type": "application/json"})
                self.written += 1
            except (OSError, HTTPException):
                pass  # Killed with its worker: done or not, the log says which.


def test_every_watcher_sees_each_change_once_whatever_is_killed(
    make_server: MakeServer, database_url: str, redis: RedisServer, tmp_path: Path
) -> None:
    server = make_server(database_url=database_url, redis_url=redis.url)
    server.start()
    reader, name = make_table(server)
    path = f"/api/v1/tables/{name}"
    with ExitStack() as stack:
        watchers = [Watcher(server, name, way, tmp_path / f"{number}.log") for number, way in enumerate(WAYS)]
        for watcher in watchers:
            stack.callback(watcher.end)
        eventually(lambda: all(watcher.lines() for watcher in watchers), seconds=20)
        writers = Writers(server, name)
        stack.callback(writers.end)

        for _ in range(KILLS):
            seen = writers.written
            eventually(lambda seen=seen: writers.written > seen + 20, seconds=30)
            kill_a_worker(server)
        # What is written now nobody is told of, until it is found.
        redis.kill()
        seen = writers.written
        eventually(lambda: writers.written > seen + 20, seconds=30)
        writers.end()
        redis.start()

        page = reader.get(f"{path}/entries")
        last = int(page.headers["table-version"].strip('"').partition(".")[2])
        truth = {entry["key"]: entry["value"] for entry in page.json}
        for watcher in watchers:
            eventually(lambda watcher=watcher: watcher.lines()[-1] == (last, truth), seconds=40)
            offsets = [offset for offset, _ in watcher.lines()]
            assert offsets == list(range(offsets[0], last + 1))
