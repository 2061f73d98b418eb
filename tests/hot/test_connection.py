"""How Redis is reached, alone, behind Sentinels, as a cluster; and what is said when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import redis as redis_library
from redis.crc import key_slot

from claps.acts.flush import flush_all
from claps.app import Core
from claps.hot.channels import Channels, publisher
from claps.hot.connection import answering, load_script, open_redis
from claps.hot.inspection import read_journal
from claps.hot.keys import life_key
from claps.hot.sharded import open_channels
from claps.plain.changes import Change
from claps.plain.errors import Unavailable
from claps.plain.posts import Post
from claps.plain.topics import shard_of
from tests.hot.sentinel import sentinel_of
from tests.live.peers import until
from tests.parts.inside import open_core, publish, write_person
from tests.parts.processes import find_free_port
from tests.parts.redis_cluster import RedisCluster
from tests.parts.redis_server import RedisServer


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    """A cluster of two nodes, half of the slots each."""
    cluster = RedisCluster(tmp_path / "cluster", nodes=2)
    cluster.start()
    yield cluster
    cluster.kill()


@pytest.fixture
def sentinel(redis: RedisServer, tmp_path: Path) -> Iterator[str]:
    """The address of a Redis behind a Sentinel that calls it ``applause``."""
    with sentinel_of(redis, tmp_path) as address:
        yield address


def test_an_address_leads_to_its_redis(redis: RedisServer) -> None:
    with closing(open_redis(redis.url)) as client:
        assert client.info("server")["tcp_port"] == redis.port


def test_a_sentinel_tells_where_the_primary_is(redis: RedisServer, sentinel: str) -> None:
    with closing(open_redis(sentinel)) as client:
        assert client.info("server")["tcp_port"] == redis.port


def test_a_sentinel_that_knows_no_such_primary_is_as_good_as_none(redis: RedisServer, sentinel: str) -> None:
    with closing(open_redis(sentinel.replace("applause", "nobody"))) as client, pytest.raises(Unavailable):
        with answering("answer"):
            client.ping()


def test_a_cluster_counts_and_flushes_on_whatever_node_a_post_lies(cluster: RedisCluster, tmp_path: Path) -> None:
    with open_core(f"sqlite:///{tmp_path / 'claps.db'}", cluster.url) as core:
        writer = write_person(core, "ada")
        posts = [publish(core, writer) for _ in range(16)]

        given = [core.ledger.take(Change("clap", post.id, "7", 3)).tally.claps for post in posts]

        assert given == [3] * 16
        assert [tally.claps for tally in core.tallies.find(post.id for post in posts).values()] == [3] * 16
        assert min(cluster.sizes()) > 0
        assert all(read_journal(core.redis, shard).verified for shard in range(16))
        assert flush_all(core.database, core.journal) == 16


def test_a_cluster_waits_for_the_replica_of_the_node_that_has_the_clap(cluster: RedisCluster, tmp_path: Path) -> None:
    cluster.replicate(cluster.nodes[1])
    with open_core(f"sqlite:///{tmp_path / 'claps.db'}", cluster.url, ack="replica") as core:
        writer = write_person(core, "ada")
        # Post 1 lies on the second node, and post 2 on the first.
        outcomes = [clap(core, publish(core, writer)) for _ in range(2)]

    assert outcomes == [3, "The clap was taken, but not yet as safely as promised."]


def test_a_shard_that_another_node_took_over_takes_claps_again(tmp_path: Path) -> None:
    cluster = RedisCluster(tmp_path / "cluster", nodes=3, options=("--cluster-node-timeout", "500"))
    try:
        cluster.start()
        owner = cluster.owner_of(key_slot(life_key(shard_of(1)).encode()))
        for _ in range(2):
            cluster.replicate(owner)
        with open_core(f"sqlite:///{tmp_path / 'claps.db'}", cluster.url, ack="replica") as core:
            post = publish(core, write_person(core, "ada"))
            assert clap(core, post) == 3
            with listening(core, "post:1") as (joined, heard):
                owner.kill()
                cluster.wait_for_promotion(owner)

                until(lambda: clap(core, post) == 6, seconds=20)
                # Who listened there listens where the shard is now, and reads its posts once more.
                until(lambda: len(joined) > 1, seconds=20)
                assert clap(core, post) == 9
                until(lambda: heard and heard[-1].split()[1] == "9", seconds=20)
    finally:
        cluster.kill()


@contextmanager
def listening(core: Core, name: str) -> Iterator[tuple[list[str], list[str]]]:
    """Listen on a channel meanwhile; what is joined, and what is heard."""
    joined: list[str] = []
    heard: list[str] = []
    channels = open_channels(core.redis, heard=lambda _, message: heard.append(message), joined=joined.append)
    channels.join([name])
    until(lambda: joined, seconds=20)
    yield joined, heard
    channels.close()


def clap(core: Core, post: Post) -> int | str:
    """Clap; return the count, or why it is not told."""
    try:
        return core.ledger.take(Change("clap", post.id, "7", 3)).tally.claps
    except Unavailable as error:
        return error.message


def test_a_cluster_tells_on_every_node_what_was_said_on_one(cluster: RedisCluster) -> None:
    with closing(open_redis(cluster.url)) as client:
        # Each at a node by chance.
        heard = [hear_one(client) for _ in range(6)]

    assert heard == [["claps", "told"]] * 6


def hear_one(client: redis_library.RedisCluster) -> list[str]:
    """Listen, tell something, and return what was heard: the channel, and the message."""
    heard: list[str] = []
    channels = Channels(client, heard=lambda _, message: heard.append(message), joined=heard.append)
    channels.join(["claps"])
    for count in (1, 2):
        while len(heard) < count:
            channels.listen_once()
        if count == 1:
            publisher(client)("claps", "told")
    channels.close()
    return heard


def test_nothing_is_sent_before_something_is_asked() -> None:
    open_redis(f"redis://127.0.0.1:{find_free_port()}/0").close()


def test_a_dead_redis_is_said_in_our_own_words() -> None:
    with closing(open_redis(f"redis://127.0.0.1:{find_free_port()}/0")) as client:
        with pytest.raises(Unavailable) as error, answering("count claps"):
            client.ping()

    assert error.value.message == "Redis cannot count claps right now (ConnectionError)."


def test_a_dead_cluster_is_said_in_our_own_words() -> None:
    with pytest.raises(Unavailable, match="Redis cannot tell its cluster's nodes"):
        open_redis(f"redis+cluster://127.0.0.1:{find_free_port()}")


def test_an_error_that_is_not_rediss_stays_what_it_is() -> None:
    with pytest.raises(ZeroDivisionError), answering("count claps"):
        1 / 0  # noqa: B018


def test_scripts_lie_beside_the_code(redis: RedisServer) -> None:
    with closing(open_redis(redis.url)) as client:
        assert load_script(client, "read")(keys=["{s1}:life"]) == ["unverified"]
