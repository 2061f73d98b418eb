"""What an acknowledgement promises, by ``CLAPS_ACK``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis as redis_library

from claps.acts.mending import Mending
from claps.app import Core
from claps.hot.connection import load_script
from claps.hot.durability import Confirmation, read_persistence
from claps.hot.journal import Journal
from claps.hot.keys import life_key
from claps.plain.changes import Change
from claps.plain.errors import Unavailable
from claps.plain.posts import Post
from claps.plain.topics import shard_of
from claps.store.journal_positions import all_positions
from tests.parts.inside import ON_SQLITE
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


@pytest.fixture
def client(redis: RedisServer) -> Iterator[redis_library.Redis]:
    """A client of the test's own; the server persists again afterwards as it did before."""
    with redis.open_client() as client:
        yield client
        client.config_set("appendfsync", "always")
        client.config_set("appendonly", "yes")


@pytest.fixture
def replica(redis: RedisServer, tmp_path: Path) -> Iterator[RedisServer]:
    """A second Redis, that follows the first."""
    server = RedisServer(tmp_path / "replica")
    server.start()
    with redis.open_client() as client:
        client.config_set("repl-diskless-sync-delay", 0)
    with server.open_client() as client:
        client.replicaof("127.0.0.1", redis.port)
        eventually(lambda: client.info("replication")["master_link_status"] == "up")
    yield server
    server.kill()


def confirm(core: Core, ack: str, confirmation: Confirmation | None = None) -> object:
    """Call a script that writes and answers, and confirm it."""
    script = load_script(core.redis, "seed")
    script.script = "redis.call('SET', KEYS[1], ARGV[1]) return ARGV[1]"
    script.sha = core.redis.script_load(script.script)
    return (confirmation or Confirmation(core.redis, ack)).call(script, ["k"], ["written"])


def test_a_redis_that_fsyncs_before_it_answers_is_as_safe_as_disk(core: Core) -> None:
    assert confirm(core, "disk") == "written"


def test_a_redis_that_writes_no_file_takes_nothing(core: Core, client: redis_library.Redis) -> None:
    client.config_set("appendonly", "no")

    with pytest.raises(Unavailable, match="keeps nothing on disk"):
        confirm(core, "disk")

    assert client.get("k") is None


def test_a_redis_that_fsyncs_later_is_asked_whether_it_has_it_on_disk_or_takes_nothing(
    core: Core, client: redis_library.Redis
) -> None:
    client.config_set("appendfsync", "everysec")

    if can_be_asked(client):
        assert confirm(core, "disk") == "written"
        assert client.get("k") == "written"
    else:
        with pytest.raises(Unavailable, match="keeps nothing on disk"):
            confirm(core, "disk")
        assert client.get("k") is None


def test_memory_is_promised_by_every_redis(core: Core, client: redis_library.Redis) -> None:
    client.config_set("appendonly", "no")

    assert confirm(core, "memory") == "written"


def test_what_changed_is_seen_after_another_look(core: Core, client: redis_library.Redis) -> None:
    client.config_set("appendonly", "no")
    confirmation = Confirmation(core.redis, "disk")
    with pytest.raises(Unavailable):
        confirm(core, "disk", confirmation)
    client.config_set("appendonly", "yes")

    confirmation.look_again()

    assert confirm(core, "disk", confirmation) == "written"


def test_without_a_replica_nothing_is_confirmed_though_it_was_taken(
    core: Core, client: redis_library.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.hot.durability.CONFIRM_MILLISECONDS", 20)

    with pytest.raises(Unavailable, match="not yet as safely as promised"):
        confirm(core, "replica")

    assert client.get("k") == "written"


def test_what_no_replica_follows_brings_nothing_to_sql(
    core: Core, client: redis_library.Redis, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.hot.durability.CONFIRM_MILLISECONDS", 20)
    shard = shard_of(article.id)
    core.ledger.take(Change("clap", article.id, "7", 1))
    with core.database.reading():
        before = all_positions()
    forsaken = Mending(core.database, Journal(core.redis, Confirmation(core.redis, "replica")), core.tallies)
    client.hdel(life_key(shard), "run_id")  # as after a restart

    with pytest.raises(Unavailable):
        forsaken.reopen(shard)

    with core.database.reading():
        assert all_positions() == before
    core.mending.reopen(shard)
    assert core.mending.read([article.id])[article.id].claps == 1


def test_a_replica_confirms(core: Core, replica: RedisServer) -> None:
    assert confirm(core, "replica") == "written"

    with replica.open_client() as client:
        assert client.get("k") == "written"


def test_a_redis_that_forgot_the_script_is_told_it_again(
    core: Core, client: redis_library.Redis, replica: RedisServer
) -> None:
    confirmation = Confirmation(core.redis, "replica")
    script = load_script(core.redis, "seed")
    client.script_flush()

    assert confirmation.call(script, ["{s1}:life", "{s1}:post:1"], ["no epoch"]) == 0


def test_persistence_is_read_as_the_server_tells_it(core: Core, client: redis_library.Redis) -> None:
    told = read_persistence(core.redis)

    assert told == {
        "appendonly": "yes", "appendfsync": "always", "maxmemory": "0", "maxmemory-policy": "noeviction",
        "redis_version": client.info("server")["redis_version"],
    }


def test_what_a_server_does_not_tell_is_empty_and_trusted(
    core: Core, client: redis_library.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    client.execute_command("ACL", "SETUSER", "default", "-config|get")
    try:
        told = read_persistence(core.redis)
        answer = confirm(core, "disk")
    finally:
        client.execute_command("ACL", "SETUSER", "default", "+config|get")

    assert (told["appendonly"], answer) == ("", "written")
    assert "CLAPS_ACK=disk trusts it" in caplog.text


def can_be_asked(client: redis_library.Redis) -> bool:
    """Whether this Redis has WAITAOF, which came with 7.2."""
    major, minor = client.info("server")["redis_version"].split(".")[:2]
    return (int(major), int(minor)) >= (7, 2)
