"""Counts are read and given while a shard moves to a new node, and while a node is dead."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from claps.app import Core
from claps.hot.cluster import is_sharded
from claps.hot.connection import open_redis
from claps.hot.inspection import read_facts
from claps.hot.keys import tally_key
from claps.hot.moves import find_moves
from claps.hot.tallies import HalfFound
from claps.plain.changes import Change
from claps.plain.errors import Unavailable
from tests.parts.inside import open_core, publish, write_person
from tests.parts.processes import eventually
from tests.parts.redis_cluster import ClusterNode, RedisCluster, slot_of

# On both nodes.
POSTS = (1, 2, 3, 9)
MOVING = 9


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """A cluster of two nodes with half of the slots each, which may be killed, and one that has none yet."""
    # A node that has given its last slot away would make itself a replica.
    options = ("--cluster-allow-replica-migration", "no")
    cluster = RedisCluster(tmp_path_factory.mktemp("cluster"), nodes=2, options=options, lasting=True)
    cluster.start()
    cluster.add(1)
    yield cluster
    cluster.kill()


@pytest.fixture(scope="module")
def core(cluster: RedisCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """The parts of a worker on that cluster, with posts that have three claps each."""
    with open_core(f"sqlite:///{tmp_path_factory.mktemp('core') / 'claps.db'}", cluster.url, ack="memory") as core:
        ada = write_person(core, "ada")
        for _ in range(MOVING):
            publish(core, ada)
        for post_id in POSTS:
            core.ledger.take(Change("clap", post_id, "7", 3))
        yield core


@pytest.fixture
def move(cluster: RedisCluster) -> Iterator[Callable[[], ClusterNode]]:
    """Begin to move the shard of post 9 to the new node; at the end of the test it is there."""
    slot, newcomer = slot_of(MOVING), cluster.nodes[-1]

    def move() -> ClusterNode:
        cluster.begin_move(slot, newcomer)
        return newcomer

    yield move
    cluster.carry(slot, newcomer)
    cluster.end_move(slot, newcomer)
    cluster.move(slot, cluster.nodes[0])


def claps_of(core: Core) -> dict[int, int]:
    """The counts of all the posts, as a list of them reads."""
    return {post_id: tally.claps for post_id, tally in core.mending.read(POSTS).items()}


def given(core: Core) -> bool:
    """Clap for the post whose shard moves."""
    try:
        core.ledger.take(Change("clap", MOVING, "8", 1))
    except Unavailable:
        return False
    return True


def test_a_cluster_of_today_tells_shard_by_shard_and_one_redis_does_not(core: Core) -> None:
    assert is_sharded(core.redis)
    assert not read_facts(core.redis).floods
    assert not is_sharded(open_redis("redis://127.0.0.1:1/0"))


def test_a_shard_is_read_and_clapped_for_at_a_node_that_has_no_slot_yet(
    core: Core, cluster: RedisCluster, move: Callable[[], ClusterNode]
) -> None:
    newcomer = move()
    cluster.carry(slot_of(MOVING), newcomer)
    with newcomer.open_client() as client:
        client.execute_command("SCRIPT", "FLUSH")

    assert {shard: node.port for shard, node in find_moves(core.redis).items()} == {MOVING: newcomer.port}
    # Its Redis is another one: it is compared with SQL, and has an epoch of its own from now on.
    eventually(lambda: given(core))
    assert claps_of(core) == {post_id: 4 if post_id == MOVING else 3 for post_id in POSTS}


def test_a_shard_that_is_torn_apart_spoils_no_list(
    core: Core, cluster: RedisCluster, move: Callable[[], ClusterNode]
) -> None:
    core.mending.read(POSTS)
    newcomer = move()
    with cluster.owner_of(slot_of(MOVING)).open_client() as source:
        source.execute_command("MIGRATE", "127.0.0.1", newcomer.port, tally_key(MOVING), 0, 5_000)

    with pytest.raises(HalfFound) as half:
        core.tallies.find(POSTS)

    assert set(half.value.found) == set(POSTS) - {MOVING}
    assert core.mending.find(POSTS) == half.value.found


def test_the_posts_of_living_nodes_are_found_while_another_is_dead(core: Core, cluster: RedisCluster) -> None:
    core.mending.read(POSTS)
    dead = cluster.owner_of(slot_of(1))
    lost = {post_id for post_id in POSTS if cluster.owner_of(slot_of(post_id % 16)) is dead}
    dead.kill()
    try:
        found = core.mending.find(POSTS)
    finally:
        dead.start()

    assert set(found) == set(POSTS) - lost
    assert lost and found
    eventually(lambda: set(claps_of_all(core)) == set(POSTS))


def claps_of_all(core: Core) -> dict[int, int]:
    """The counts of the posts, or none while they cannot be read."""
    try:
        return claps_of(core)
    except Unavailable:
        return {}
