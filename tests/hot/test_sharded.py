"""Hearing what other processes tell on a real cluster, whose shards move and whose nodes die."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from redis.crc import key_slot

from claps.app import Core
from claps.hot.canary import canary_clapper
from claps.hot.channels import Channels, publisher, teller
from claps.hot.connection import load_script
from claps.hot.presence import Presence
from claps.hot.sharded import ShardedChannels, open_channels
from claps.plain.changes import Change
from claps.plain.meters import meters
from claps.plain.topics import shard_of
from tests.live.peers import until
from tests.parts.inside import ON_SQLITE, open_core, publish, write_person
from tests.parts.redis_cluster import RedisCluster, slot_of

NAMES = ["post:1", "post:2", "post:2:comments", "person:7", "tables:984", "posts", "claps"]


class Ear:
    """Channels, and what they have heard."""

    def __init__(self, core: Core) -> None:
        self.heard: list[tuple[str, str]] = []
        self.joined: list[str] = []
        self.channels = open_channels(
            core.redis, heard=lambda *told: self.heard.append(told), joined=self.joined.append
        )

    def join(self, *names: str) -> None:
        """Listen, and return when Redis has said so."""
        self.channels.join(names)
        self.wait_until(lambda: set(self.joined) >= set(names))

    def wait_until(self, check: Callable[[], object], *, seconds: float = 20) -> None:
        """Return when a check is true, listening meanwhile."""
        until(lambda: self.channels.listen_once() or check(), seconds=seconds)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """A cluster of two nodes, half of the slots each. They may be killed, and others be added."""
    cluster = RedisCluster(tmp_path_factory.mktemp("cluster"), nodes=2, lasting=True)
    cluster.start()
    yield cluster
    cluster.kill()


@pytest.fixture(scope="module")
def sharded(cluster: RedisCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """The parts of a worker on that cluster, with posts 1 to 16 by Ada."""
    with open_core(f"sqlite:///{tmp_path_factory.mktemp('core') / 'claps.db'}", cluster.url, ack="memory") as core:
        ada = write_person(core, "ada")
        for _ in range(16):
            publish(core, ada)
        yield core


@pytest.fixture
def ear(sharded: Core, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    """Somebody who listens to nothing yet, and is quick."""
    monkeypatch.setattr("claps.hot.channels.LISTEN_SECONDS", 0.01)
    monkeypatch.setattr("claps.hot.sharded.LOOK_SECONDS", 0.1)
    ear = Ear(sharded)
    yield ear
    ear.channels.close()


def clap(core: Core, post_id: int) -> str:
    """Clap once for a post; how it is told."""
    tally = core.ledger.take(Change("clap", post_id, "7", 1)).tally
    return " ".join(map(str, (tally.version, tally.claps, tally.people, 0, 0, 0, 0)))


@ON_SQLITE
def test_one_redis_tells_on_the_names_themselves(core: Core) -> None:
    channels = open_channels(core.redis, heard=print, joined=print)

    assert type(channels) is Channels
    assert "SPUBLISH" not in load_script(core.redis, "clap").script
    channels.close()


def test_a_cluster_before_redis_7_tells_as_one_redis_does(
    sharded: Core, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharded.redis, "is_sharded", False)
    older = Ear(sharded)
    older.join("post:1", "claps")

    publisher(sharded.redis)("post:1", "to all")
    teller(sharded.redis)(["post:1"], "to all as well")

    older.wait_until(lambda: len(older.heard) == 2)
    assert type(older.channels) is Channels
    assert "SPUBLISH" not in load_script(sharded.redis, "clap").script
    older.channels.close()


def test_news_is_told_by_the_node_that_has_the_shard(sharded: Core, cluster: RedisCluster, ear: Ear) -> None:
    ear.join(*NAMES)

    for name in NAMES:
        publisher(sharded.redis)(name, f"of {name}")
    teller(sharded.redis)(["post:1", "person:7", "nobody:3"], "to many")

    ear.wait_until(lambda: len(ear.heard) == len(NAMES) + 2)
    assert set(ear.heard) == {*((name, f"of {name}") for name in NAMES), ("post:1", "to many"), ("person:7", "to many")}
    told = cluster.shard_channels()
    assert {key.partition(":")[2] for keys in told for key in keys} == {*NAMES} - {"claps"}
    assert all(told)
    for node, keys in zip(cluster.nodes, told, strict=True):
        assert {cluster.owner_of(key_slot(key.encode())) for key in keys} == {node}
    assert cluster.channels() == {"claps"}


def test_what_scripts_tell_is_told_in_the_shard(sharded: Core, ear: Ear) -> None:
    ear.join("post:3", "post:4", "canary:w1")

    told = clap(sharded, 3)
    clap(sharded, 4)
    Presence(sharded.redis, "w1").tell({4: 9})
    canary = canary_clapper(sharded.redis, sharded.confirmation, "w1")
    for number in range(16):
        canary(number, "canary:w1")

    ear.wait_until(lambda: len(ear.heard) == 19)
    assert ("post:3", told) in ear.heard
    assert [message.split()[-1] for name, message in ear.heard if name == "post:4"] == ["0", "9"]
    assert {int(message) for name, message in ear.heard if name == "canary:w1"} == set(range(16))


def test_no_other_node_is_told(sharded: Core, cluster: RedisCluster, ear: Ear) -> None:
    ear.join("post:5", "post:6", "claps")
    before = cluster.count_passed_on()

    for post_id in (5, 6):
        clap(sharded, post_id)
        publisher(sharded.redis)(f"post:{post_id}:comments", "e.1 {}")
    ear.wait_until(lambda: len(ear.heard) == 2)

    assert cluster.count_passed_on() == before
    publisher(sharded.redis)("claps", "to all")
    ear.wait_until(lambda: cluster.count_passed_on() > before)


def test_what_was_left_is_heard_no_more(sharded: Core, cluster: RedisCluster, ear: Ear) -> None:
    ear.join("post:7", "person:7", "post:8")

    ear.channels.leave(["post:7", "post:8"])
    ear.channels.join(["post:8"])

    ear.wait_until(lambda: set().union(*cluster.shard_channels()) == {"{s7}:person:7", "{s8}:post:8"})
    clap(sharded, 7)
    clap(sharded, 8)
    ear.wait_until(lambda: ear.heard)
    assert [name for name, _ in ear.heard] == ["post:8"]
    assert ear.joined.count("person:7") == 1


def test_a_shard_on_its_way_is_heard_at_both_ends_and_then_at_its_new_one(
    sharded: Core, cluster: RedisCluster, ear: Ear
) -> None:
    clap(sharded, 9)
    ear.join("post:9", "post:9:comments", "post:10")
    [newcomer] = cluster.add(1)
    slot = slot_of(shard_of(9))
    cluster.begin_move(slot, newcomer)
    cluster.carry(slot, newcomer)
    ear.wait_until(lambda: ear.joined.count("post:9") == 2)

    # The tally is where the shard will be, and is told there; a comment is told where the shard is.
    told = [("post:9", clap(sharded, 9)), ("post:9:comments", "a comment")]
    publisher(sharded.redis)(*told[1])
    ear.wait_until(lambda: len(ear.heard) == 2)
    cluster.end_move(slot, newcomer)
    ear.wait_until(lambda: ear.joined.count("post:9:comments") == 3)
    told += [("post:9", clap(sharded, 9)), ("post:10", clap(sharded, 10))]
    ear.wait_until(lambda: len(ear.heard) == 4)

    assert sorted(ear.heard) == sorted(told)
    assert ear.joined.count("post:10") == 1
    assert cluster.shard_channels()[-1] == {"{s9}:post:9", "{s9}:post:9:comments"}


def test_the_other_shards_are_heard_while_a_node_is_dead(sharded: Core, cluster: RedisCluster, ear: Ear) -> None:
    dead = cluster.owner_of(slot_of(11))
    living = next(shard for shard in range(1, 16) if cluster.owner_of(slot_of(shard)) is not dead)
    ear.join("post:11", f"post:{living}")
    dead.kill()
    try:
        # What cannot be subscribed to is read as far as it is known.
        ear.channels.join(["post:11:comments"])
        ear.wait_until(lambda: "post:11:comments" in ear.joined)
        assert meters.shards_unheard == 1
        publisher(sharded.redis)(f"post:{living}", "of the living")
        ear.wait_until(lambda: ear.heard)
    finally:
        dead.start()
    ear.wait_until(lambda: ear.joined.count("post:11") == 2 and ear.joined.count("post:11:comments") == 2)
    assert meters.shards_unheard == 0
    publisher(sharded.redis)("post:11", "it is back")
    ear.wait_until(lambda: len(ear.heard) == 2)

    assert ear.joined.count(f"post:{living}") == 1
    assert isinstance(ear.channels, ShardedChannels)


def test_everything_is_joined_anew_when_told_to(sharded: Core, ear: Ear) -> None:
    ear.join("post:12", "post:13", "claps")

    ear.channels.start_over(["post:13", "post:14", "claps"])
    ear.wait_until(lambda: (ear.joined.count("post:13"), ear.joined.count("post:14")) == (2, 1))

    for name in ("post:12", "post:13", "post:14"):
        publisher(sharded.redis)(name, "again")
    ear.wait_until(lambda: len(ear.heard) == 2)
    assert sorted(ear.heard) == [("post:13", "again"), ("post:14", "again")]
