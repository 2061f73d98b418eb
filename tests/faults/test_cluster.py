"""A Redis Cluster grows from one node to four while readers clap and watch, and nobody notices but by a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.books import Books
from tests.faults.conftest import MakeServer
from tests.faults.crowd import POSTS, Crowd, id_of
from tests.faults.engines import ON_SQLITE
from tests.faults.watchers import watching
from tests.parts.redis_cluster import RedisCluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    """A cluster of one node."""
    cluster = RedisCluster(tmp_path / "cluster", nodes=1)
    cluster.start()
    yield cluster
    cluster.kill()


@ON_SQLITE
def test_a_cluster_grows_under_claps_and_loses_none(
    make_server: MakeServer, filled_url: str, cluster: RedisCluster
) -> None:
    environ = {"CLAPS_FLUSH_SECONDS": "0.1", "CLAPS_WORKERS": "1"}
    options = {"database_url": filled_url, "redis_url": cluster.url, "environ": environ}
    server, other = make_server(**options), make_server(**options)
    server.start()
    other.start()
    books = Books(filled_url, cluster)
    before = books.stored()

    # Nobody claps where they watch: all that they see came from one Claps to the other.
    with watching(other) as watchers, Crowd(server) as crowd:
        crowd.wait_for_claps(100)
        cluster.grow(3)
        crowd.wait_for_claps(400)
        reader = server.open_client()
        told = [reader.post_json(f"/posts/{post}/claps", {"claps": 1}).json["claps"] for post in POSTS]
        crowd.acknowledged.update((post, id_of(reader)) for post in POSTS)
        seen = watchers.wait_for_programs(told[0])
        told_by = [{key.partition(":")[2] for key in keys} for keys in cluster.shard_channels()]
    server.stop()
    other.stop()

    print(f"refused meanwhile: {dict(crowd.refusals)}")
    assert all(news["state"]["claps"] >= told[0] for news in seen)
    crowd.check(books, before)
    assert min(cluster.sizes()) > 0
    # Each node tells of its own shards, and none of posts on behalf of the others.
    assert sum("post:1" in names for names in told_by) == 1
    assert all(told_by)
    assert cluster.channels() <= {"claps"}
