"""The same measurement on SQLite and on MariaDB, each with a Redis of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Figure
from tests.parts.mariadb_server import SYSTEM_PATH, MariadbServer
from tests.parts.redis_server import RedisServer

Measure = Callable[[Path, str, str, str], list[Figure]]


def measure_both(folder: Path, measure: Measure) -> list[Figure]:
    """Measure on each database that is installed.

    :param measure: called with a folder, the database's name, Redis' address and the database's, which is empty for
        a SQLite in the folder.
    """
    figures = _with_redis(folder / "sqlite", "SQLite", "", measure)
    if shutil.which("mariadbd", path=SYSTEM_PATH) is None:
        print("  MariaDB is not measured: it is not installed; `make test-setup` says how to get it")
        return figures
    room = folder / "mariadb"
    room.mkdir()
    server = MariadbServer(room)
    server.start()
    try:
        return figures + _with_redis(folder / "beside-mariadb", "MariaDB", server.make_database(), measure)
    finally:
        server.kill()


def _with_redis(folder: Path, name: str, url: str, measure: Measure) -> list[Figure]:
    server = RedisServer(folder)
    server.start()
    try:
        return measure(folder, name, server.url, url)
    finally:
        server.kill()
