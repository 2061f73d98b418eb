"""Fixtures: a short way to the ledger, and to what it leaves in Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import redis as redis_library

from claps.app import Core
from claps.plain.changes import Change, Kind
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from tests.parts.redis_server import RedisServer

Take = Callable[..., Clapped]
BEN, CYD, GUEST = "2", "3", str((1 << 62) + 7)


@pytest.fixture
def client(redis: RedisServer) -> Iterator[redis_library.Redis]:
    """A client of the test's own, to look and to meddle with."""
    with redis.open_client() as client:
        yield client


@pytest.fixture
def take(core: Core, article: Post) -> Take:
    """Change the article's tally: ``take("clap", BEN, 8)``."""

    def take(kind: Kind, who: str, amount: int, *, post_id: int = article.id) -> Clapped:
        return core.ledger.take(Change(kind, post_id, who, amount))

    return take
