"""Who comes to a topic of which every event matters is told what it missed, whoever comes when."""

from __future__ import annotations

from typing import Any

import gevent
import pytest

from claps.live.hub import Hub
from claps.live.subscribers import Subscriber
from claps.live.wires import Wires
from claps.plain.news import News
from claps.plain.versions import Version
from tests.live.book import LOG, Book, collect, publish, subscribe, watch
from tests.live.conftest import TOPIC, Clock, MakePeer, know, tell
from tests.live.peers import Peer, until


def poll(hub: Hub, peer: Peer, wires: Wires, *, since: str) -> Subscriber:
    """Let a peer poll for post 12."""
    return hub.subscribe(peer.fd, wires.text_poll, [(TOPIC, since)], wait_seconds=25)


@pytest.mark.parametrize(("seen", "told"), [("e.3", []), ("e.1", [2, 3]), ("0.0", [1, 2, 3]), ("", [{"count": 3}])])
def test_who_comes_is_told_what_it_has_not_seen_and_then_what_is_new(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer, seen: str, told: list[Any]
) -> None:
    peer = make_peer()

    subscriber = subscribe(log_hub, peer, wires.json_socket, seen)
    until(lambda: subscriber in watch(log_hub).groups.get(wires.json_socket, {}))
    book.write()
    publish(log_hub, book, "4!")

    assert collect(peer, len(told) + 1) == [*told, 4]


@pytest.mark.parametrize("seen", ["d.3", "e.99"])
def test_who_has_seen_another_life_of_the_log_is_told_all(
    log_hub: Hub, wires: Wires, make_peer: MakePeer, seen: str
) -> None:
    peer = make_peer()

    subscribe(log_hub, peer, wires.json_socket, seen)

    assert collect(peer, 1) == [{"count": 3}]


def test_who_missed_what_was_compacted_away_is_told_all(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer
) -> None:
    book.oldest = 2
    peer = make_peer()

    subscribe(log_hub, peer, wires.json_socket, "e.1")

    assert collect(peer, 1) == [{"count": 3}]


def test_who_is_ahead_of_this_process_gets_nothing_twice(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer
) -> None:
    book.write(2)
    behind, ahead = make_peer(), make_peer()
    subscribe(log_hub, behind, wires.json_socket, "e.3")

    subscribe(log_hub, ahead, wires.json_socket, "e.5")
    until(lambda: len(watch(log_hub).groups[wires.json_socket]) == 2)
    book.write()
    publish(log_hub, book, "6!")

    assert (collect(behind, 3), collect(ahead, 1)) == ([4, 5, 6], [6])


def test_what_happens_while_one_catches_up_is_told_after(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer
) -> None:
    book.write(300)
    watch(log_hub).news = News(LOG, Version("e", 303))
    peer = make_peer()

    subscribe(log_hub, peer, wires.json_socket, "e.1")
    for offset in range(304, 310):
        book.write()
        publish(log_hub, book, f"{offset}!")
        gevent.sleep(0.01)

    assert collect(peer, 308) == list(range(2, 310))


def test_a_poll_is_answered_with_its_events_and_the_version_behind_them(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer
) -> None:
    known, gap = make_peer(), make_peer()

    subscribe(log_hub, known, wires.json_poll, "e.3")
    subscribe(log_hub, gap, wires.json_poll, "e.1")
    book.write()
    publish(log_hub, book, "4!")

    one, several = known.receive_all().decode(), gap.receive_all().decode()
    assert '{"topic":"table:prices","version":"e.4","event":{"n":4}}' in one and 'ETag: "e.4"' in one
    assert '[{"topic":"table:prices","version":"e.2","event":{"n":2}},' in several and 'ETag: "e.3"' in several


def test_a_poll_that_ends_while_it_catches_up_says_what_it_was_asked_with(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()
    subscriber = subscribe(log_hub, peer, wires.json_poll, "e.1")

    log_hub._nothing_new(subscriber)

    assert b'ETag: "e.1"' in peer.receive_all()


def test_a_heartbeat_waits_until_one_has_caught_up(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer, clock: Clock
) -> None:
    book.away = 10
    peer = make_peer()
    subscriber = subscribe(log_hub, peer, wires.frame, "e.1")

    for slot in range(50):
        log_hub._beat(slot)

    assert peer.take() == b"" and subscriber in log_hub._letting_in.behind


def test_a_poller_with_what_was_told_waits_for_the_tick_with_the_others(
    hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    know(hub, 41)
    topic = hub.watches[TOPIC]
    first, second = make_peer(), make_peer()
    poll(hub, first, wires, since="e.41")
    hub.fan_out.offer(topic, tell(42))
    poll(hub, second, wires, since="e.42")
    hub.fan_out.offer(topic, tell(43))  # waits for its tick

    third = make_peer()
    poll(hub, third, wires, since="e.42")
    at_once = third.take()

    assert at_once == b""
    assert second.receive_until(b"\r\n\r\n43\n") and third.receive_until(b"\r\n\r\n43\n")


def test_a_poll_that_ends_while_news_waits_for_its_tick_is_answered_with_it(
    hub: Hub, wires: Wires, make_peer: MakePeer
) -> None:
    know(hub, 41)
    topic = hub.watches[TOPIC]
    for offset in (42, 43):
        peer = make_peer()
        subscriber = poll(hub, peer, wires, since=f"e.{offset - 1}")
        hub.fan_out.offer(topic, tell(offset))

    hub._nothing_new(subscriber)

    assert peer.take().endswith(b"\r\n\r\n43\n")
