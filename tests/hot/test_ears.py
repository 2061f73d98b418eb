"""One connection to one node, which may be open and dead; any Redis tells within shards, a cluster or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis as redis_library

from claps.app import Core
from claps.hot.ears import Ear
from tests.live.peers import until
from tests.parts.inside import ON_SQLITE
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


class Notes:
    """Notes what an ear tells."""

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []

    def told(self, key: str, message: str) -> None:
        """A message."""
        self.said.append(("told", key, message))

    def confirmed(self, ear: Ear, key: str) -> None:
        """A subscription."""
        self.said.append(("confirmed", key))

    def put_out(self, ear: Ear, key: str) -> None:
        """The end of one that was not asked for."""
        self.said.append(("put out", key))

    def refused(self, ear: Ear, error: redis_library.ResponseError) -> None:
        """An error."""
        self.said.append(("refused", type(error).__name__))

    def lost(self, ear: Ear) -> None:
        """The end."""
        self.said.append(("lost",))


@pytest.fixture
def notes() -> Notes:
    """Nothing yet."""
    return Notes()


@pytest.fixture
def ear(core: Core, redis: RedisServer, notes: Notes) -> Iterator[Ear]:
    """An ear at a Redis, open."""
    connection = redis_library.Connection(port=redis.port, protocol=3, decode_responses=True, socket_timeout=5)
    ear = Ear(connection, notes)
    ear.open()
    yield ear
    ear.close()


def test_what_is_joined_is_confirmed_and_heard_until_it_is_left(
    ear: Ear, notes: Notes, client: redis_library.Redis
) -> None:
    ear.join(["{s1}:a", "{s1}:b"])
    until(lambda: len(notes.said) == 2)
    client.execute_command("SPUBLISH", "{s1}:a", "hello")
    until(lambda: len(notes.said) == 3)
    ear.leave(["{s1}:a"])
    until(lambda: client.execute_command("SPUBLISH", "{s1}:a", "for nobody") == 0)

    assert client.execute_command("SPUBLISH", "{s1}:b", "for one") == 1
    until(lambda: len(notes.said) == 4)
    assert [said[:2] for said in notes.said] == [
        ("confirmed", "{s1}:a"), ("confirmed", "{s1}:b"), ("told", "{s1}:a"), ("told", "{s1}:b"),
    ]


def test_a_silent_node_is_asked_for_a_sign_and_one_that_gives_none_is_lost(
    ear: Ear, notes: Notes, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("HEAR_SECONDS", 0.05), ("PING_AFTER_SECONDS", 0.1), ("GONE_AFTER_SECONDS", 60.0)):
        monkeypatch.setattr(f"claps.hot.ears.{name}", seconds)
    ear.join(["{s1}:a"])
    until(lambda: notes.said)
    begun = ear._heard_at
    until(lambda: ear._heard_at > begun + 0.3, seconds=20)
    assert ear.is_alive

    redis.pause()
    monkeypatch.setattr("claps.hot.ears.GONE_AFTER_SECONDS", 0.5)
    try:
        until(lambda: ("lost",) in notes.said, seconds=20)
    finally:
        redis.resume()

    assert not ear.is_alive


def test_a_connection_that_breaks_is_lost_and_not_made_anew(ear: Ear, notes: Notes, redis: RedisServer) -> None:
    ear.join(["{s1}:a"])
    until(lambda: notes.said)
    redis.kill()
    redis.start()
    until(lambda: ("lost",) in notes.said)

    ear.join(["{s1}:b"])

    assert notes.said == [("confirmed", "{s1}:a"), ("lost",)]
    assert not ear._connection.is_connected


def test_what_is_refused_is_passed_on_and_more_can_be_joined(
    ear: Ear, notes: Notes, client: redis_library.Redis
) -> None:
    client.execute_command("ACL", "SETUSER", "default", "resetchannels", "&{s1}:*")
    try:
        ear.join(["{s2}:a"])
        ear.join(["{s1}:a"])
        until(lambda: len(notes.said) == 2)
    finally:
        client.execute_command("ACL", "SETUSER", "default", "allchannels")

    assert notes.said == [("refused", "NoPermissionError"), ("confirmed", "{s1}:a")]


def test_what_the_owner_stumbles_over_ends_the_ear(
    ear: Ear, notes: Notes, client: redis_library.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear.join(["{s1}:a"])
    until(lambda: notes.said)
    monkeypatch.setattr(notes, "told", None)

    client.execute_command("SPUBLISH", "{s1}:a", "hello")

    until(lambda: ("lost",) in notes.said)
