"""Topics of which every event matters: all told, in order, none twice."""

from __future__ import annotations

import gevent
import pytest

from claps.live.hub import Hub
from claps.live.wires import Wires
from claps.plain.limits import LOG_EVENTS_AT_HAND
from tests.live.book import LOG, Book, collect, publish, subscribe, watch
from tests.live.conftest import TOPIC as POST
from tests.live.conftest import MakePeer, tell
from tests.live.peers import until


def test_every_event_is_told_once_and_in_order(log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer) -> None:
    peers = [make_peer() for _ in range(3)]
    for peer in peers:
        subscribe(log_hub, peer, wires.json_socket, "e.3")

    for offset in range(4, 24):
        book.write()
        publish(log_hub, book, f"{offset}!")
        gevent.sleep(0.003)

    assert [collect(peer, 20) for peer in peers] == [list(range(4, 24))] * 3
    assert book.read_offsets == []


def test_what_was_not_heard_is_read_before_what_was(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer
) -> None:
    peer = make_peer()
    subscribe(log_hub, peer, wires.json_socket, "e.3")

    book.write(150)
    publish(log_hub, book, "153!")
    publish(log_hub, book, "152!")

    assert collect(peer, 150) == list(range(4, 154))


def test_a_message_without_its_event_has_it_read(log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer) -> None:
    peer = make_peer()
    subscribe(log_hub, peer, wires.json_socket, "e.3")

    book.write()
    publish(log_hub, book, "4")

    assert collect(peer, 1) == [4]


def test_what_nobody_told_is_found(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.live.hub.LOG_DOUBT_SECONDS", 0.0)
    monkeypatch.setattr(log_hub.relay, "read_again", lambda watch: log_hub.logs.offer(watch, book.read([LOG])[LOG]))
    peer = make_peer()
    subscribe(log_hub, peer, wires.json_socket, "e.3")

    book.write()

    assert collect(peer, 1) == [4]


def test_reading_goes_on_when_the_database_is_back(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.live.logs.RELOAD_SECONDS", 0.01)
    peer = make_peer()
    subscribe(log_hub, peer, wires.json_socket, "e.3")
    book.write(2)
    book.away = 1

    publish(log_hub, book, "4!")
    publish(log_hub, book, "5")
    until(lambda: not watch(log_hub).filling)
    publish(log_hub, book, "5")

    assert collect(peer, 2) == [4, 5]


def test_the_newest_events_are_kept_at_hand_and_no_more(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer
) -> None:
    subscribe(log_hub, make_peer(), wires.json_socket, "e.3")

    for offset in range(4, 60):
        book.write()
        publish(log_hub, book, f"{offset}!")
        gevent.sleep(0)
    until(lambda: watch(log_hub).version_text == "e.59")
    peer = make_peer()

    subscribe(log_hub, peer, wires.json_socket, f"e.{59 - LOG_EVENTS_AT_HAND}")

    assert collect(peer, LOG_EVENTS_AT_HAND) == list(range(60 - LOG_EVENTS_AT_HAND, 60))
    assert book.read_offsets == [] and len(watch(log_hub).at_hand) == LOG_EVENTS_AT_HAND


def test_no_answer_claims_an_event_that_was_not_told(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The post's news arrives in the middle of the telling of an event.
    monkeypatch.setattr("claps.live.logs.TELLS_PER_LOOK", 1)
    monkeypatch.setattr("claps.live.breath.TURN_SECONDS", 0)
    peers = [make_peer() for _ in range(3)]
    for peer, wire in zip(peers, (wires.json_poll, wires.json_poll, wires.event_stream), strict=True):
        log_hub.subscribe(peer.fd, wire, [(POST, "e.41"), (LOG, "e.3")], wait_seconds=25)

    book.write()
    publish(log_hub, book, "4!")
    gevent.sleep(0)
    log_hub.fan_out.offer(log_hub.watches[POST], tell(42))
    gevent.sleep(0.05)

    for told in (peer.take().decode() for peer in peers):
        assert '"event":{"n":4}' in told and told.index('"event"') < (told.find('"e.42"') % 10_000)


def test_who_reads_nothing_is_closed_with_a_reason(
    log_hub: Hub, book: Book, wires: Wires, make_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.live.logs.PENDING_BYTES", 2_000)
    peer = make_peer(send_buffer=4_096)
    subscriber = subscribe(log_hub, peer, wires.json_socket, "e.3")

    offset = 3
    while subscriber.unsent is None or not subscriber.unsent.ending:
        offset += 1
        book.write()
        publish(log_hub, book, f"{offset}!")
        gevent.sleep(0.001)

    assert peer.receive_all().endswith(b"\x03\xf5too much unread; come back")
