"""How many are reading now is told to Redis, a little behind."""

from __future__ import annotations

import pytest

from claps.acts.feeds import PostsSource
from claps.acts.looking import PostSource
from claps.app import Core
from claps.hot.presence import Presence
from claps.live.hub import Hub
from claps.live.reading_now import ReadingNow
from claps.live.wires import Wires
from claps.plain.limits import PRESENCE_RENEW_SECONDS
from claps.plain.posts import Post
from claps.plain.topics import post_topic, posts_topic
from tests.live.conftest import Clock, MakeHub, MakePeer
from tests.live.peers import until
from tests.parts.inside import ON_SQLITE
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


@pytest.fixture
def hub(core: Core, make_hub: MakeHub) -> Hub:
    """A worker's hub."""
    return make_hub({"post": PostSource(core.database, core.mending)})


@pytest.fixture
def reading_now(core: Core, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> ReadingNow:
    """What tells Redis, a hundred times a second."""
    monkeypatch.setattr("claps.live.reading_now.PRESENCE_TELL_SECONDS", 0.01)
    reading_now = ReadingNow(hub, Presence(core.redis, "worker").tell)
    reading_now.start()
    return reading_now


def readers(core: Core, post: Post) -> int:
    """How many Redis says are reading."""
    return core.mending.read([post.id])[post.id].readers


@pytest.mark.usefixtures("reading_now")
def test_readers_are_told_as_they_come_and_go(
    core: Core, article: Post, hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    asks = [(post_topic(article.id), "")]
    subscribers = [hub.subscribe(make_peer().fd, wires.frame, asks) for _ in range(3)]
    until(lambda: readers(core, article) == 3)

    for subscriber in subscribers[:2]:
        hub.lot.drop(subscriber)

    until(lambda: readers(core, article) == 1)


def test_a_stopping_worker_takes_its_readers_back(
    core: Core, article: Post, hub: Hub, wires: Wires, make_peer: MakePeer, reading_now: ReadingNow
) -> None:
    hub.subscribe(make_peer().fd, wires.frame, [(post_topic(article.id), "")])
    until(lambda: readers(core, article) == 1)

    reading_now.take_back()

    assert readers(core, article) == 0


@pytest.mark.usefixtures("reading_now")
def test_who_goes_on_reading_is_told_again_before_the_count_expires(
    clock: Clock, core: Core, article: Post, hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    hub.subscribe(make_peer().fd, wires.frame, [(post_topic(article.id), "")])
    until(lambda: readers(core, article) == 1)
    core.redis.delete(f"{{s{article.id}}}:post:{article.id}:readers")  # it has expired
    assert readers(core, article) == 0

    clock.ahead += PRESENCE_RENEW_SECONDS + 1

    until(lambda: readers(core, article) == 1)


@pytest.mark.usefixtures("reading_now")
def test_readers_of_a_post_that_redis_has_not_are_told_when_it_has(
    core: Core, article: Post, hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    hub.subscribe(make_peer().fd, wires.frame, [(post_topic(article.id), "")])
    until(lambda: not hub.unsettled)
    until(lambda: hub.unsettled)
    assert core.tallies.epoch(article.id) is None

    core.mending.warm([article.id])

    until(lambda: readers(core, article) == 1)


@pytest.mark.usefixtures("reading_now")
def test_readers_who_come_while_redis_is_away_are_told_when_it_is_back(
    core: Core, article: Post, hub: Hub, wires: Wires, make_peer: MakePeer, redis: RedisServer
) -> None:
    redis.kill()
    hub.subscribe(make_peer().fd, wires.frame, [(post_topic(article.id), "")])
    until(lambda: not hub.unsettled)

    redis.start()

    until(lambda: readers(core, article) == 1)


def test_who_looks_over_a_list_of_one_post_is_not_reading_it(
    core: Core, article: Post, make_hub: MakeHub, wires: Wires, make_peer: MakePeer
) -> None:
    hub = make_hub({"post": PostSource(core.database, core.mending), "posts": PostsSource(core.database)})
    topic = post_topic(article.id)

    hub.subscribe(make_peer().fd, wires.html_socket, [(topic, ""), (posts_topic(article.id), "n.0")])

    assert hub.watches[topic].readers == 0
