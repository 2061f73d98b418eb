"""Fixtures: the real parts, each started once and found clean by every test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts import processes
from tests.parts.mariadb_server import MariadbServer
from tests.parts.redis_server import RedisServer

processes.adopt_orphans()


@pytest.fixture(autouse=True)
def nothing_is_left_running() -> Iterator[None]:
    """Fail a test that leaves a child process behind."""
    before = processes.list_children()
    yield
    left = processes.list_left_behind(before)
    commands = [" ".join(process.cmdline()) for process in left]
    processes.kill_all(left)
    assert not commands, f"left running: {commands}"


@pytest.fixture(scope="session")
def parts_folder() -> Iterator[Path]:
    """A folder for the lasting parts; other users may pass through it, as MariaDB's does."""
    with tempfile.TemporaryDirectory(prefix="claps-tests-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def lasting_redis(parts_folder: Path) -> Iterator[RedisServer]:
    """The one Redis of this run; tests ask for ``redis``."""
    server = RedisServer(parts_folder / "redis", lasting=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def redis(lasting_redis: RedisServer) -> RedisServer:
    """A running, empty Redis. It may be killed, frozen or wiped."""
    lasting_redis.flush()
    return lasting_redis


@pytest.fixture(scope="session")
def lasting_mariadb(parts_folder: Path) -> Iterator[MariadbServer]:
    """The one MariaDB of this run; tests ask for ``mariadb``."""
    folder = parts_folder / "mariadb"
    folder.mkdir()
    server = MariadbServer(folder, lasting=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def mariadb(lasting_mariadb: MariadbServer) -> MariadbServer:
    """A running MariaDB. It may be killed or frozen."""
    lasting_mariadb.revive()
    return lasting_mariadb


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: every test that asks runs on SQLite and on MariaDB."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'claps.db'}"
        return
    mariadb: MariadbServer = request.getfixturevalue("mariadb")
    url = mariadb.make_database()
    yield url
    mariadb.revive()
    mariadb.drop_database(url)
