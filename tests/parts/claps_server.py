"""A Claps server of its own, started as its users start it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

from tests.parts.http_client import Client
from tests.parts.processes import Child, find_free_port

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
SECRET_KEY = "a key that only the tests sign with"
READY_SECONDS = 180


class ClapsServer(Child):
    """``claps serve`` on a free port, with everything that it keeps in ``folder``.

    Without URLs it uses what ``make run`` uses: SQLite and a Redis child. Not started by being made:
    call :meth:`start`. The port stays the same over restarts.

    :param environ: more ``CLAPS_…`` settings; an empty text leaves a setting at its default.
    :param command: ``("gunicorn", "-k", "gevent", "wsgi:app")`` for the way it is run behind nginx.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str = "",
        redis_url: str = "",
        environ: Mapping[str, str] | None = None,
        command: tuple[str, ...] = ("claps", "serve"),
        lasting: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = find_free_port()
        self.var = folder / "var"
        self.environ = _without_settings(os.environ) | {
            "CLAPS_BIND": f"127.0.0.1:{self.port}",
            "CLAPS_VAR": str(self.var),
            "CLAPS_SECRET_KEY": SECRET_KEY,
            "CLAPS_DATABASE_URL": database_url,
            "CLAPS_REDIS_URL": redis_url,
            **(environ or {}),
        }
        arguments = list(command)
        if command[0] == "gunicorn":
            arguments[1:1] = ["-b", f"127.0.0.1:{self.port}"]
        arguments[0] = str(BIN / command[0])
        super().__init__(arguments, log=folder / "claps.log", lasting=lasting)

    @property
    def url(self) -> str:
        """Where it is: ``http://127.0.0.1:…``, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def worker_pids(self) -> list[int]:
        """The processes that answer requests: its descendants that have no children, without Redis."""
        return [process.pid for process in psutil.Process(self.pid).children(recursive=True) if _is_worker(process)]

    def start(self) -> None:
        """Start it and return when it answers; the first time, it migrates and fills its demo."""
        self.launch(self._answers, environ=self.environ, folder=ROOT, seconds=READY_SECONDS)

    def restart(self) -> None:
        """Kill it if it runs, and start it with the data that it had."""
        self.kill()
        self.start()

    def run(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run another ``claps`` command with the same settings, to its end."""
        return subprocess.run(
            [str(BIN / "claps"), *arguments], env=self.environ, cwd=ROOT, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=seconds,
        )

    def open_client(self) -> Client:
        """Return a new reader with no cookies."""
        return Client(self.port)

    def _answers(self) -> bool:
        return Client(self.port).get("/healthz", seconds=2).status == 200


def _is_worker(process: psutil.Process) -> bool:
    try:
        is_zombie = process.status() == psutil.STATUS_ZOMBIE
        return not process.children() and not is_zombie and "redis-server" not in process.name()
    except psutil.NoSuchProcess:
        return False  # it has ended since it was listed


def _without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("CLAPS_")}
