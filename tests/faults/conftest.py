"""Fixtures: sites with posts in them, whose parts may be killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.books import Books
from tests.parts.claps_server import ClapsServer
from tests.parts.mariadb_server import MariadbServer
from tests.parts.redis_server import RedisServer

MakeServer = Callable[..., ClapsServer]


@pytest.fixture(scope="session")
def filled_sqlite(parts_folder: Path, lasting_redis: RedisServer) -> Path:
    """A SQLite file with the demo's posts, to be copied."""
    path = parts_folder / "filled.db"
    fill(ClapsServer(parts_folder / "filled", database_url=f"sqlite:///{path}", redis_url=lasting_redis.url))
    return path


@pytest.fixture(scope="session")
def filled_mariadb(parts_folder: Path, lasting_mariadb: MariadbServer, lasting_redis: RedisServer) -> str:
    """The name of a database in MariaDB with the demo's posts, to be copied."""
    lasting_mariadb.revive()
    url = lasting_mariadb.make_database()
    fill(ClapsServer(parts_folder / "filled", database_url=url, redis_url=lasting_redis.url))
    return urlsplit(url).path[1:]


def fill(server: ClapsServer) -> None:
    """Give a site that is not started its tables and the demo's posts; Redis may be emptied after it."""
    for command in ("migrate", "demo"):
        done = server.run(command)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def filled_url(request: pytest.FixtureRequest, database_url: str, redis: RedisServer) -> str:
    """The URL of a database with the demo's posts; on SQLite and on MariaDB."""
    target = urlsplit(database_url).path[1:]
    if database_url.startswith("sqlite"):
        source = request.getfixturevalue("filled_sqlite")
        with closing(sqlite3.connect(source)) as from_here, closing(sqlite3.connect(target)) as to_there:
            from_here.backup(to_there)
    else:
        source = request.getfixturevalue("filled_mariadb")
        server: MariadbServer = request.getfixturevalue("mariadb")
        for (table,) in server.run(f"SHOW TABLES IN {source}"):
            server.run(f"CREATE TABLE {target}.`{table}` LIKE {source}.`{table}`")
            server.run(f"INSERT INTO {target}.`{table}` SELECT * FROM {source}.`{table}`")
    redis.flush()
    return database_url


@pytest.fixture
def filled_server(make_server: MakeServer, filled_url: str, redis: RedisServer) -> ClapsServer:
    """A site with the demo's posts, not started; on SQLite and on MariaDB."""
    return make_server(database_url=filled_url, redis_url=redis.url)


@pytest.fixture
def books(filled_url: str, redis: RedisServer) -> Books:
    """The books of ``filled_server``."""
    return Books(filled_url, redis)
