"""News between processes, through a real Redis; two hubs here are two workers."""

from __future__ import annotations

import json
from collections.abc import Iterable

import gevent
import pytest
from gevent.event import Event

from claps.acts.dashboard import WriterSource
from claps.acts.logs import StoredLog, tell_quietly
from claps.acts.looking import PostSource
from claps.app import Core
from claps.hot.channels import Channels
from claps.hot.keys import life_key
from claps.live.hub import Hub
from claps.live.wires import Wires
from claps.plain.changes import Change
from claps.plain.channels import channel_of
from claps.plain.limits import TABLE_CHANNELS
from claps.plain.news import News
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.topics import Topic, post_topic
from claps.plain.versions import Version
from claps.store.logs import append
from tests.live.conftest import Clock, MakeHub, MakePeer
from tests.live.peers import Peer, until
from tests.parts.inside import GUEST, ON_SQLITE, publish
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


@pytest.fixture
def hubs(core: Core, make_hub: MakeHub) -> list[Hub]:
    """The hubs of two workers, which listen."""
    posts, writers = PostSource(core.database, core.mending), WriterSource(core.database, core.mending, core.tallies)
    hubs = [make_hub({"post": posts, "writer": writers}) for _ in range(2)]
    for hub in hubs:
        hub.relay.start(Channels(core.redis, heard=hub.relay.heard, joined=hub.relay.confirmed))
        until(lambda hub=hub: hub.relay.connected)  # type: ignore[misc]
    return hubs


def clap(core: Core, post: Post, times: int = 1) -> str:
    """Give claps; return the version after them."""
    return str(core.ledger.take(Change("clap", post.id, str(GUEST.id), times)).tally.version)


def until_told(peer: Peer, text: str) -> None:
    """Wait until an event says something."""
    while text.encode() not in peer.receive_until(b"}\n\n"):
        pass


def test_a_clap_reaches_the_readers_of_every_worker(
    core: Core, article: Post, hubs: list[Hub], wires: Wires, make_peer: MakePeer
) -> None:
    peers = [make_peer(), make_peer()]
    for hub, peer in zip(hubs, peers, strict=True):
        hub.subscribe(peer.fd, wires.frame, [(post_topic(article.id), "")])

    # On a busy machine a sign of life may come before it.
    assert all(peer.receive_until(b"<p>0 claps</p>\n") for peer in peers)
    clap(core, article, 8)

    assert all(peer.receive_until(b"<p>8 claps</p>\n") for peer in peers)


def test_what_changed_between_page_and_subscription_is_told_at_once(
    core: Core, article: Post, hubs: list[Hub], wires: Wires, make_peer: MakePeer
) -> None:
    page, now = clap(core, article), clap(core, article)
    late, present = make_peer(), make_peer()

    hubs[0].subscribe(late.fd, wires.frame, [(post_topic(article.id), page)])
    hubs[0].subscribe(present.fd, wires.frame, [(post_topic(article.id), now)])

    assert late.receive() == b"<p>2 claps</p>\n"
    assert present.take() == b""


def test_no_change_is_missed_while_a_topic_is_taken_up(
    core: Core, article: Post, hubs: list[Hub], wires: Wires, make_peer: MakePeer
) -> None:
    core.mending.warm([article.id])
    peer = make_peer()
    hubs[0].subscribe(peer.fd, wires.frame, [(post_topic(article.id), "")])

    for _ in range(40):  # from before Redis has the subscription until after the state was read
        clap(core, article)

    assert peer.receive_until(b"<p>40 claps</p>\n")


class Slow(PostSource):
    """Posts that are read at once and told late, as when others in the same reading must come from SQL."""

    def __init__(self, core: Core) -> None:
        super().__init__(core.database, core.mending)
        self.has_read, self.may_tell = Event(), Event()

    def read(self, topics: Iterable[Topic]) -> dict[Topic, News]:
        """Read, then wait."""
        found = super().read(topics)
        self.has_read.set()
        self.may_tell.wait(5)
        return found


def test_a_change_between_the_reading_of_a_state_and_its_arrival_is_not_missed(
    core: Core, article: Post, make_hub: MakeHub, wires: Wires, make_peer: MakePeer
) -> None:
    source, peer = Slow(core), make_peer()
    hub = make_hub({"post": source})
    hub.relay.start(Channels(core.redis, heard=hub.relay.heard, joined=hub.relay.confirmed))
    until(lambda: hub.relay.connected)
    hub.subscribe(peer.fd, wires.frame, [(post_topic(article.id), "")])
    source.has_read.wait(5)

    clap(core, article, 8)
    until(lambda: hub.relay._to_load)
    source.may_tell.set()

    assert peer.receive_until(b"<p>8 claps</p>\n")


def test_only_what_somebody_watches_is_listened_to(
    clock: Clock, core: Core, article: Post, hubs: list[Hub], wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()
    reader = hubs[0].subscribe(peer.fd, wires.frame, [(post_topic(article.id), "")])
    peer.receive()
    before = set(core.redis.pubsub_channels())

    hubs[0].lot.drop(reader)
    clock.ahead += 60
    until(lambda: not hubs[0].watches)
    until(lambda: set(core.redis.pubsub_channels()) == {"claps"})

    assert before == {"claps", f"post:{article.id}"}


def write_event(core: Core, topic: Topic, number: int) -> Version:
    """Write an event that is a number; nobody is told."""
    return core.database.transact(lambda: append(topic, [json.dumps({"n": number})]))


class Followed(StoredLog):
    """Logs that tell which of them had to be read for their events."""

    def __init__(self, core: Core) -> None:
        super().__init__(core.database)
        self.were_read: list[Topic] = []

    def after(self, topic: Topic, offset: int, *, upto: int | None = None) -> News:
        """Take it down, and read."""
        self.were_read.append(topic)
        return super().after(topic, offset, upto=upto)


def test_tables_that_share_a_channel_are_told_their_own_changes(
    clock: Clock, core: Core, make_hub: MakeHub, wires: Wires, make_peer: MakePeer
) -> None:
    source = Followed(core)
    hub = make_hub({"table": source})
    hub.relay.start(Channels(core.redis, heard=hub.relay.heard, joined=hub.relay.confirmed))
    until(lambda: hub.relay.connected)
    one = Topic("table", "prices")
    names = (Topic("table", f"prices-{number}") for number in range(100 * TABLE_CHANNELS))
    other = next(topic for topic in names if channel_of(topic) == channel_of(one))
    readers, peers = [], []
    for topic in (one, other):
        peers.append(make_peer())
        seen = str(write_event(core, topic, 1))
        readers.append(hub.subscribe(peers[-1].fd, wires.json_socket, [(topic, seen)]))
        until(lambda topic=topic: hub.news_of(topic) is not None)  # type: ignore[misc]

    source.were_read.clear()
    tell_quietly(core.publish, one, write_event(core, one, 2), {"n": 2})
    tell_quietly(core.publish, other, write_event(core, other, 3), {"n": 3})

    assert [peer.receive_until(b"}}").count(b'"event":') for peer in peers] == [1, 1]
    assert not source.were_read
    hub.lot.drop(readers[0])
    clock.ahead += 60
    until(lambda: list(hub.watches) == [other])
    tell_quietly(core.publish, other, write_event(core, other, 4), {"n": 4})
    assert b'"event":{"n":4}' in peers[1].receive_until(b"}}")
    hub.lot.drop(readers[1])
    clock.ahead += 60
    # Others of this process may still be heard that ended a moment ago.
    until(lambda: channel_of(one) not in core.redis.pubsub_channels())


def test_after_a_lost_connection_everything_is_read_again(
    core: Core, article: Post, hubs: list[Hub], wires: Wires, make_peer: MakePeer, redis: RedisServer
) -> None:
    peer = make_peer()
    hubs[0].subscribe(peer.fd, wires.frame, [(post_topic(article.id), "")])
    peer.receive()
    redis.kill()
    until(lambda: not hubs[0].relay.connected)
    redis.start()

    core.redis.connection_pool.disconnect()
    clap(core, article, 5)

    assert peer.receive_until(b"<p>5 claps</p>\n")


def test_a_message_of_a_new_epoch_lets_the_state_be_read_again(
    core: Core, article: Post, hubs: list[Hub], wires: Wires, make_peer: MakePeer
) -> None:
    clap(core, article, 5)
    peer = make_peer()
    hubs[0].subscribe(peer.fd, wires.frame, [(post_topic(article.id), "")])
    assert peer.receive() == b"<p>5 claps</p>\n"

    core.redis.hset(life_key(article.id), "run_id", "another process")
    clap(core, article, 1)

    assert peer.receive_until(b"<p>6 claps</p>\n")


def test_a_dashboard_hears_of_all_its_writers_posts(
    core: Core, article: Post, ada: Person, hubs: list[Hub], wires: Wires, make_peer: MakePeer
) -> None:
    other, topic, peer = publish(core, ada, "On bridges"), Topic("writer", str(ada.id)), make_peer()
    hubs[0].subscribe(peer.fd, wires.event_stream, [(topic, "")])
    peer.receive_until(b"}\n\n")

    clap(core, article, 3)
    first = peer.receive_until(b"}\n\n")
    clap(core, other, 4)
    second = peer.receive_until(b"}\n\n")

    assert f'"post":{article.id},"claps":3,'.encode() in first
    assert f'"post":{other.id},"claps":4,'.encode() in second
    assert f'"post":{article.id},'.encode() not in second


def test_a_post_that_is_published_meanwhile_comes_and_is_heard_of(
    core: Core, article: Post, ada: Person, hubs: list[Hub], wires: Wires, make_peer: MakePeer
) -> None:
    topic, peer = Topic("writer", str(ada.id)), make_peer()
    hubs[0].subscribe(peer.fd, wires.event_stream, [(topic, "")])
    peer.receive_until(b"}\n\n")

    new = publish(core, ada, "On bridges")
    core.publish(f"feed:{ada.id}", str(new.id))
    until_told(peer, f'"post":{new.id},"claps":0,')
    clap(core, new, 4)

    until_told(peer, f'"post":{new.id},"claps":4,')


def test_a_topic_whose_writer_cannot_be_found_yet_is_tried_again(
    core: Core, article: Post, hubs: list[Hub], wires: Wires, make_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.live.relay.RELOAD_SECONDS", 0.01)
    monkeypatch.setattr("claps.store.database.TRIES", 1)
    topic, peer = Topic("writer", str(article.writer.id)), make_peer()
    core.database._shunned_until = float("inf")  # as after a refusal
    hubs[0].subscribe(peer.fd, wires.event_stream, [(topic, "")])
    gevent.sleep(0.02)

    core.database.close()
    core.database._shunned_until = 0

    assert peer.receive_until(b"}\n\n")


def test_who_takes_what_workers_say_is_told_when_that_may_have_been_missed(
    hubs: list[Hub], redis: RedisServer
) -> None:
    looked: list[int] = []
    hubs[0].relay.house_joined.append(lambda: looked.append(1))

    redis.kill()
    until(lambda: not hubs[0].relay.connected)
    redis.start()

    until(lambda: looked, seconds=10)
