"""Fixtures: sites with posts in them, whose parts may be killed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.books import Books
from tests.parts.claps_server import ClapsServer
from tests.parts.redis_server import RedisServer

MakeServer = Callable[..., ClapsServer]


@pytest.fixture
def filled_server(make_server: MakeServer, database_url: str, redis: RedisServer) -> ClapsServer:
    """A site with the demo's posts, not started; on SQLite and on MariaDB."""
    return fill(make_server(database_url=database_url, redis_url=redis.url))


@pytest.fixture
def books(database_url: str, redis: RedisServer) -> Books:
    """The books of ``filled_server``."""
    return Books(database_url, redis)


def fill(server: ClapsServer) -> ClapsServer:
    """Give a site that is not started its tables and the demo's posts."""
    for command in ("migrate", "demo"):
        done = server.run(command)
        assert done.returncode == 0, done.stderr
    return server
