"""The server of a run, as ``claps serve`` runs it, with its posts, its truth, and the cut."""

from __future__ import annotations

import os
import signal
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import redis

from benchmarks.hundred.plans import Plan
from claps.hot.keys import tally_key
from claps.settings import embedded_socket
from tests.parts.claps_server import ROOT, ClapsServer

POSTS_PER_READ = 5_000


class Place:
    """A server with many posts; nothing runs until :meth:`start`."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.server = ClapsServer(folder / "site", environ={"CLAPS_WORKERS": str(plan.workers)})
        self._plan = plan
        self.hot_id = int(self._posts("fill", str(plan.posts)))
        self._redis: Any = redis.Redis(unix_socket_path=str(embedded_socket(self.server.var)), decode_responses=True)

    @property
    def first_id(self) -> int:
        """The id of the first post that is not the hot one."""
        return self.hot_id + 1

    def start(self) -> None:
        """Start it, and return when all workers are there."""
        self.server.start()

    @property
    def workers(self) -> list[int]:
        """The workers that run now."""
        return self.server.worker_pids

    def kinds(self) -> dict[str, list[int]]:
        """The processes of the server by what they are."""
        family = psutil.Process(self.server.pid).children(recursive=True)
        kept = [process.pid for process in family if "redis-server" in process.name()]
        return {"workers": self.workers, "Redis": kept}

    def cut(self) -> None:
        """Kill all workers at once: every connection ends, and nobody says goodbye."""
        for pid in self.workers:
            os.kill(pid, signal.SIGKILL)

    def clap_everywhere(self) -> int:
        """Give every post one clap, without any worker."""
        return int(self._posts("clap"))

    def truth(self) -> bytes:
        """What Redis has of each post: its claps and its version's offset, as 32-bit numbers; 0 of one it has not."""
        ids = [self.hot_id, *range(self.first_id, self.first_id + self._plan.posts)]
        rows: list[list[str | None]] = []
        for start in range(0, len(ids), POSTS_PER_READ):
            pipe = self._redis.pipeline(transaction=False)
            for post_id in ids[start : start + POSTS_PER_READ]:
                pipe.hmget(tally_key(post_id), "claps", "v")
            rows += pipe.execute()
        return b"".join(struct.pack("=ii", int(claps or 0), int(offset or 0)) for claps, offset in rows)

    def claps_in_redis(self) -> int:
        """All claps of all posts, as Redis counts them."""
        return sum(claps for claps, _ in struct.iter_unpack("=ii", self.truth()))

    def claps_in_sql(self) -> tuple[int, int]:
        """All claps, as the posts' rows and as the readers' rows have them."""
        with sqlite3.connect(f"file:{self.server.var / 'claps.sqlite'}?mode=ro", uri=True, timeout=10) as connection:
            posts, = connection.execute("SELECT SUM(claps) FROM post").fetchone()
            readers, = connection.execute("SELECT SUM(claps) FROM clap").fetchone()
        connection.close()
        return int(posts or 0), int(readers or 0)

    def visit_head(self) -> bytes:
        """The request of a browser for the article that everybody reads."""
        return (
            f"GET /posts/{self.hot_id}/the-post HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n"
            "Accept: text/html,application/xhtml+xml\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\r\n"
        ).encode()

    def _posts(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.hundred.posts", *words], env=self.server.environ, cwd=ROOT,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return done.stdout.strip()
