"""The primary of three Redis servers is killed or frozen: one of the others takes its place, with all that was told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.books import Books
from tests.faults.conftest import MakeServer
from tests.faults.crowd import Crowd
from tests.faults.engines import ON_SQLITE
from tests.faults.watchers import watching
from tests.parts.redis_sentinel import RedisGroup

pytestmark = ON_SQLITE


@pytest.fixture
def group(tmp_path: Path) -> Iterator[RedisGroup]:
    """A primary, two replicas and three Sentinels."""
    group = RedisGroup(tmp_path / "group")
    try:
        group.start()
        yield group
    finally:
        group.kill()


@pytest.mark.parametrize("what", ["killed", "frozen"])
def test_under_replica_no_acknowledged_clap_is_lost_with_the_primary(
    make_server: MakeServer, filled_url: str, group: RedisGroup, what: str
) -> None:
    books = Books(filled_url, group)
    before = books.stored()
    server = make_server(database_url=filled_url, redis_url=group.url, environ={"CLAPS_ACK": "replica"})
    server.start()

    with watching(server) as watchers:
        with Crowd(server) as crowd:
            crowd.wait_for_claps()
            primary = group.primary
            primary.kill() if what == "killed" else primary.pause()
            group.wait_for_promotion(primary)
            crowd.wait_for_claps(seconds=40)
            primary.start() if what == "killed" else primary.resume()
            group.wait_for_replicas()
            crowd.wait_for_claps(seconds=40)
        watchers.wait_to_see(books.live()[1])
    server.stop()

    print(f"{what}: {crowd.acknowledged.total()} claps acknowledged, {crowd.refusals}")
    crowd.check(books, before)
