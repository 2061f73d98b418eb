"""Does a clap arrive? Through a real Redis, whose connection for pub/sub may be open and dead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest

from claps.app import Core
from claps.hot.canary import canary_clapper
from claps.hot.channels import Channels
from claps.hot.connection import open_redis
from claps.live.canary import Canary, CanarySource
from claps.live.hub import Hub
from claps.plain.errors import Unavailable
from claps.plain.meters import meters
from tests.live.conftest import MakeHub
from tests.live.peers import until
from tests.parts.inside import ON_SQLITE
from tests.parts.network_path import NetworkPath
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


@pytest.fixture
def path(redis: RedisServer, tmp_path: Path) -> Iterator[NetworkPath]:
    """The way over which a worker listens to Redis; everything else goes to Redis itself."""
    path = NetworkPath(redis.port, log=tmp_path / "path.log")
    path.start()
    yield path
    path.kill()


@pytest.fixture
def hub(core: Core, make_hub: MakeHub, path: NetworkPath) -> Iterator[Hub]:
    """A hub that listens over that way."""
    hub = make_hub({"canary": CanarySource()})
    client = open_redis(f"redis://127.0.0.1:{path.port}/0")
    hub.relay.start(Channels(client, heard=hub.relay.heard, joined=hub.relay.confirmed))
    until(lambda: hub.relay.connected)
    yield hub
    client.connection_pool.disconnect()


@pytest.fixture
def canary(core: Core, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Canary:
    """A canary in a hurry."""
    for name, seconds in (("CLAP_SECONDS", 0.05), ("DOUBT_SECONDS", 0.2), ("DEAD_SECONDS", 0.5)):
        monkeypatch.setattr(f"claps.live.canary.{name}", seconds)
    return Canary(hub, canary_clapper(core.redis, core.confirmation, "w1"), worker="w1")


def sights() -> int:
    """How many claps have been seen."""
    return sum(meters.sight.counts)


def test_claps_that_arrive_are_timed(canary: Canary) -> None:
    before = sights()

    canary.start()

    until(lambda: sights() >= before + 3)
    assert canary.is_alive
    assert canary.updates >= 3


def test_a_dead_connection_is_replaced_and_said(
    canary: Canary, hub: Hub, path: NetworkPath, caplog: pytest.LogCaptureFixture
) -> None:
    canary.start()
    until(lambda: canary.updates)
    reconnects = hub.relay.reconnects

    path.fall_silent()
    until(lambda: not canary.is_alive)
    path.let_pass()

    until(lambda: canary.is_alive and hub.relay.reconnects > reconnects)
    assert "subscribing anew" in caplog.text and "is heard again" in caplog.text


def test_of_a_clap_that_redis_refuses_nothing_is_expected(core: Core, hub: Hub) -> None:
    def refuse(number: int, channel: str) -> None:
        raise Unavailable("Redis is away.")

    canary = Canary(hub, refuse, worker="w1")

    with pytest.raises(Unavailable):
        canary.clap()
    gevent.sleep(0)
    assert canary.silent_seconds == 0
