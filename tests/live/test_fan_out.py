"""News of a state: the first at once, then at most one a tick, and the newest wins."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import gevent
import pytest

from claps.live.fan_out import INLINE, FanOut
from claps.live.lot import Lot
from claps.live.subscribers import Subscriber
from claps.live.watches import Watch
from claps.live.wires import Wire, Wires
from claps.plain.limits import TICK_SECONDS, UNHURRIED_SECONDS
from claps.plain.topics import post_topic
from tests.live.conftest import TOPIC, MakePeer, tell
from tests.live.peers import Peer, read_frames, until

KINDS = ("html_socket", "json_socket", "event_stream", "frame", "json_poll", "text_poll")


@pytest.fixture
def lot() -> Iterator[Lot]:
    """A lot whose sockets are closed with the test."""
    lot = Lot(arrived=lambda *_: None, drained=lambda *_: None, left=lambda _: None, overdue=lambda _: None)
    yield lot
    for subscriber in filter(None, list(lot.by_fd)):
        lot.drop(subscriber)


@pytest.fixture
def fan_out(lot: Lot) -> FanOut:
    """What tells news to those in the lot."""
    return FanOut(lot)


@pytest.fixture
def watch() -> Watch:
    """Post 12, of which nothing is known yet."""
    return Watch(TOPIC)


def park(lot: Lot, peer: Peer, wire: Wire, *watches: Watch) -> Subscriber:
    """Let a peer watch some topics."""
    subscriber = Subscriber(peer.fd, wire, None)
    subscriber.watches = watches
    lot.park(peer.fd, subscriber)
    for watch in watches:
        watch.add(subscriber)
    return subscriber


def test_the_first_change_is_told_at_once(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()
    park(lot, peer, wires.frame, watch)

    fan_out.offer(watch, tell(1))

    assert peer.take() == b"<p>1 claps</p>\n"


def test_what_comes_within_a_tick_waits_for_its_end_and_the_newest_wins(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()
    park(lot, peer, wires.frame, watch)
    gevent.sleep(0)  # timers count from the loop's last turn
    began = time.monotonic()

    for offset in range(1, 30):
        fan_out.offer(watch, tell(offset))
    first, second = peer.take(), peer.receive()

    assert (first, second) == (b"<p>1 claps</p>\n", b"<p>29 claps</p>\n")
    assert time.monotonic() - began >= 0.9 * TICK_SECONDS
    assert fan_out.updates == 2


def test_updates_do_not_grow_with_claps(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()
    park(lot, peer, wires.frame, watch)
    began, offset = time.monotonic(), 0

    while offset < 2_000:
        offset += 1
        fan_out.offer(watch, tell(offset))
        if not offset % 500:
            until(lambda: not watch.turning)

    assert fan_out.updates <= 3 + (time.monotonic() - began) / TICK_SECONDS
    assert peer.take().endswith(b"<p>2000 claps</p>\n")


@pytest.mark.parametrize(("hurried", "quiet_seconds"), [(True, TICK_SECONDS), (False, UNHURRIED_SECONDS)])
def test_after_a_quiet_time_a_change_is_told_at_once_again(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer, hurried: bool, quiet_seconds: float
) -> None:
    peer = make_peer()
    park(lot, peer, wires.frame, watch)
    fan_out.offer(watch, tell(1))
    peer.take()
    watch.sent_at -= quiet_seconds

    fan_out.offer(watch, replace(tell(2), hurried=hurried))

    assert peer.take() == b"<p>2 claps</p>\n"


def test_many_are_told_without_keeping_the_one_who_tells(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    peers = [make_peer() for _ in range(INLINE + 1)]
    for peer in peers:
        park(lot, peer, wires.frame, watch)

    fan_out.offer(watch, tell(1))
    before = peers[0].take()

    assert before == b""
    assert {peer.receive() for peer in peers} == {b"<p>1 claps</p>\n"}
    assert fan_out.deliveries == len(peers)


def test_the_tick_grows_so_that_telling_takes_its_share_and_no_more(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.live.fan_out.FAN_OUT_SHARE", 1e-9)
    park(lot, make_peer(), wires.frame, watch)

    fan_out.offer(watch, tell(1))

    assert watch.tick_seconds > 10


def test_only_what_changed_is_told_to_those_who_saw_the_last(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()
    park(lot, peer, wires.html_socket, watch)
    fan_out.offer(watch, tell(1))
    peer.take()

    fan_out.offer(watch, tell(2))

    assert read_frames(peer.receive()) == [(1, b"<claps 2>")]


def test_who_joins_between_two_tellings_misses_nothing(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    early, late = make_peer(), make_peer()
    park(lot, early, wires.html_socket, watch)
    fan_out.offer(watch, tell(1))
    early.take()
    fan_out.offer(watch, tell(2))

    fan_out.catch_up(park(lot, late, wires.html_socket, watch), watch)
    everything = b"<claps 2><comments 0><likes 0><people 0><readers 0><views 0>"

    assert read_frames(late.take()) == [(1, everything)]
    # Those who were here are told what the newcomer knows already, and all of it.
    assert read_frames(early.receive()) == read_frames(late.receive()) == [(1, everything)]


def test_each_wire_gets_its_own_bytes_of_one_telling(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    kinds = [getattr(wires, name) for name in KINDS]
    peers = [make_peer() for _ in kinds]
    for peer, wire in zip(peers, kinds, strict=True):
        park(lot, peer, wire, watch)

    fan_out.offer(watch, tell(1))

    told = [peer.take() for peer in peers]
    assert [piece[:9] for piece in told] == [
        b"\x81\x3c<claps ", b"\x81\x6f" + b'{"topic', b"id: e.1\nd", b"<p>1 clap", b"HTTP/1.1 ", b"HTTP/1.1 ",
    ]
    assert told[5].endswith(b"\r\n\r\n1\n")


def test_an_answered_poller_is_told_nothing_more(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()
    subscriber = park(lot, peer, wires.text_poll, watch)

    fan_out.offer(watch, tell(1))

    assert not subscriber.alive
    assert peer.receive_all().endswith(b"\r\n\r\n1\n")


def test_an_event_stream_of_several_topics_is_told_the_position_of_all(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    peer, other = make_peer(), Watch(post_topic(13))
    other.news = tell(7, post_id=13)
    park(lot, peer, wires.event_stream, watch, other)

    fan_out.offer(watch, tell(1))

    assert peer.take().startswith(b'id: e.1,e.7\ndata: {"topic":"post:12","version":"e.1",')


def test_news_of_a_topic_that_nobody_watches_is_kept_and_not_told(fan_out: FanOut, watch: Watch) -> None:
    fan_out.offer(watch, tell(1))

    assert (watch.version_text, fan_out.updates) == ("e.1", 0)


@pytest.mark.parametrize(("tick_seconds", "quiet_seconds"), [(TICK_SECONDS, UNHURRIED_SECONDS), (0.5, 5.0)])
def test_who_comes_and_goes_is_told_at_most_once_a_second_and_in_ten_ticks(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer, tick_seconds: float,
    quiet_seconds: float,
) -> None:
    peer = make_peer()
    park(lot, peer, wires.frame, watch)
    fan_out.offer(watch, tell(1))
    peer.take()
    watch.tick_seconds = tick_seconds
    watch.sent_at -= quiet_seconds - UNHURRIED_SECONDS

    for offset in range(2, 30):
        fan_out.offer(watch, replace(tell(offset), hurried=False))
        fan_out.tell_unhurried()
    at_once = peer.take()
    watch.sent_at -= UNHURRIED_SECONDS
    fan_out.tell_unhurried()

    assert at_once == b""
    assert peer.take() == b"<p>29 claps</p>\n"


def test_where_very_many_topics_have_newcomers_the_first_are_told_first(
    lot: Lot, fan_out: FanOut, wires: Wires, make_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.live.fan_out.UNHURRIED_PER_LOOK", 2)
    watches, peers = [Watch(post_topic(number)) for number in range(5)], [make_peer() for _ in range(5)]
    for watch, peer in zip(watches, peers, strict=True):
        park(lot, peer, wires.frame, watch)
        watch.sent_at = time.monotonic()
    for number, watch in enumerate(watches):
        fan_out.offer(watch, replace(tell(1, post_id=number), hurried=False))
        watch.sent_at -= UNHURRIED_SECONDS

    told = []
    for _ in range(3):
        fan_out.tell_unhurried()
        told.append([bool(peer.take()) for peer in peers])

    assert told == [
        [True, True, False, False, False], [False, False, True, True, False], [False, False, False, False, True],
    ]


def test_a_clap_does_not_wait_for_what_may(
    lot: Lot, fan_out: FanOut, watch: Watch, wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()
    park(lot, peer, wires.frame, watch)
    fan_out.offer(watch, tell(1))
    fan_out.offer(watch, replace(tell(2), hurried=False))
    peer.take()
    watch.sent_at -= TICK_SECONDS

    fan_out.offer(watch, tell(3))

    assert peer.take() == b"<p>3 claps</p>\n"
