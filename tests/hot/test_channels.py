"""Hearing what other processes tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis as redis_library

from claps.app import Core
from claps.hot.channels import Channels, teller
from claps.plain.errors import Unavailable
from tests.parts.inside import ON_SQLITE
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


class Ear:
    """Channels, and what they have heard."""

    def __init__(self, core: Core) -> None:
        self.heard: list[tuple[str, str]] = []
        self.joined: list[str] = []
        self.channels = Channels(
            core.redis, heard=lambda *told: self.heard.append(told), joined=self.joined.append
        )

    def listen(self, *, messages: int) -> None:
        """Take some messages, confirmations among them."""
        for _ in range(messages):
            self.channels.listen_once()


@pytest.fixture
def ear(core: Core) -> Iterator[Ear]:
    """Somebody who listens to nothing yet."""
    ear = Ear(core)
    yield ear
    ear.channels.close()


def test_a_subscription_is_confirmed_and_then_heard(ear: Ear, client: redis_library.Redis) -> None:
    ear.channels.join(["post:12", "post:13"])
    ear.listen(messages=2)
    client.publish("post:12", "e.1 1 1 0 0 0 0")
    client.publish("post:14", "e.1 1 1 0 0 0 0")
    ear.listen(messages=1)

    assert sorted(ear.joined) == ["post:12", "post:13"]
    assert ear.heard == [("post:12", "e.1 1 1 0 0 0 0")]


def test_what_was_left_is_heard_no_more(ear: Ear, client: redis_library.Redis) -> None:
    ear.channels.join(["post:12", "post:13"])
    ear.listen(messages=2)

    ear.channels.leave(["post:12"])
    ear.listen(messages=1)

    assert client.publish("post:12", "for nobody") == 0
    assert client.publish("post:13", "for one") == 1


def test_telling_reaches_whoever_listens(core: Core, ear: Ear) -> None:
    ear.channels.join(["claps"])
    ear.listen(messages=1)

    core.publish("claps", "hello")
    ear.listen(messages=1)

    assert ear.heard == [("claps", "hello")]


def test_a_lost_connection_is_said_and_everything_is_joined_anew(ear: Ear, redis: RedisServer) -> None:
    names = [f"post:{number}" for number in range(1, 1_204)]
    ear.channels.join(names[:1])
    ear.listen(messages=1)
    redis.kill()
    with pytest.raises(Unavailable):
        ear.channels.listen_once()
    redis.start()

    ear.channels.start_over(names)
    ear.listen(messages=len(names))

    assert ear.joined == [names[0], *names]


def test_one_message_is_told_on_many_channels_at_once(core: Core, ear: Ear) -> None:
    ear.channels.join(["feed:2", "feed:3"])
    ear.listen(messages=2)

    teller(core.redis)(["feed:2", "feed:3", "feed:4"], "12")
    ear.listen(messages=2)

    assert ear.heard == [("feed:2", "12"), ("feed:3", "12")]


def test_a_connection_that_is_closed_while_one_listens_is_gone(ear: Ear) -> None:
    ear.channels.join(["post:12"])
    ear.listen(messages=1)
    ear.channels._pubsub.connection._parser._sock = None

    with pytest.raises(Unavailable):
        ear.channels.listen_once()
