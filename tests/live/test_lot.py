"""Parked sockets: written to without waiting, slow ones apart, and none forgotten."""

from __future__ import annotations

import os

import pytest

from claps.live.lot import Lot
from claps.live.returning import Rest
from claps.live.subscribers import Subscriber
from claps.live.wires import Wires
from claps.plain.limits import CLOSING_SECONDS, PENDING_BYTES, REST_SECONDS, STUCK_SECONDS
from tests.live.conftest import Attendant, Clock, MakePeer
from tests.live.peers import Peer, until

BIG = b"x" * 1_000_000


@pytest.fixture
def slow(attendant: Attendant, make_peer: MakePeer) -> tuple[Peer, Subscriber]:
    """A peer that does not read, with a socket that is full."""
    peer = make_peer(send_buffer=4_096)
    subscriber = attendant.park(peer)
    attendant.lot.send(subscriber, BIG[:PENDING_BYTES])
    assert subscriber.unsent is not None
    return peer, subscriber


def is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def test_what_arrives_is_handed_on_and_so_is_the_end(attendant: Attendant, make_peer: MakePeer) -> None:
    peer = make_peer()
    subscriber = attendant.park(peer)

    peer.socket.sendall(b"hello")
    until(lambda: attendant.arrived)
    peer.socket.close()
    until(lambda: len(attendant.arrived) > 1)

    assert attendant.arrived[:2] == [(subscriber, b"hello"), (subscriber, b"")]


def test_what_does_not_fit_into_a_turn_is_taken_in_the_next(
    attendant: Attendant, make_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.live.breath.TURN_SECONDS", 0)
    peers = [make_peer() for _ in range(50)]
    parked = [attendant.park(peer) for peer in peers]

    for peer in peers:
        peer.socket.sendall(b"hello")
    until(lambda: len(attendant.arrived) == 50)

    assert {subscriber for subscriber, _ in attendant.arrived} == set(parked)
    assert attendant.lot.send_state(parked * 3, b"news", "topic") == 0
    assert [peer.take() for peer in peers] == [b"news" * 3] * 50


def test_one_frame_goes_to_many(attendant: Attendant, make_peer: MakePeer) -> None:
    peers = [make_peer() for _ in range(20)]

    slow = attendant.lot.send_state([attendant.park(peer) for peer in peers], b"news", "topic")

    assert slow == 0
    assert [peer.take() for peer in peers] == [b"news"] * 20


def test_what_a_slow_one_missed_is_told_when_it_has_read(
    attendant: Attendant, slow: tuple[Peer, Subscriber]
) -> None:
    peer, subscriber = slow
    for _ in range(5):
        assert attendant.lot.send_state([subscriber], b"news", "topic") == 1

    received = 0
    while received < PENDING_BYTES:
        received += len(peer.receive())
    until(lambda: attendant.drained)

    assert received == PENDING_BYTES
    assert attendant.drained == [(subscriber, "topic")]
    assert subscriber.unsent is None


def test_a_frame_that_was_begun_is_finished_before_anything_else(attendant: Attendant, make_peer: MakePeer) -> None:
    peer = make_peer(send_buffer=4_096)
    subscriber = attendant.park(peer)
    attendant.lot.send_state([subscriber], BIG[:100_000], "topic")

    attendant.lot.send(subscriber, b"an answer")

    assert len(peer.receive_until(b"an answer")) == 100_000 + len(b"an answer")
    assert attendant.drained == []


def test_others_do_not_wait_for_a_slow_one(
    attendant: Attendant, make_peer: MakePeer, slow: tuple[Peer, Subscriber]
) -> None:
    quick = make_peer()

    attendant.lot.send_state([slow[1], attendant.park(quick)], b"news", "topic")

    assert quick.take() == b"news"


def test_who_lets_too_much_pile_up_is_closed(attendant: Attendant, slow: tuple[Peer, Subscriber]) -> None:
    _, subscriber = slow

    attendant.lot.send(subscriber, BIG[:PENDING_BYTES])

    assert (subscriber.alive, is_open(subscriber.fd), attendant.lot.count) == (False, False, 0)
    assert attendant.left == [subscriber]


def test_who_reads_nothing_for_long_is_closed(
    clock: Clock, attendant: Attendant, slow: tuple[Peer, Subscriber]
) -> None:
    clock.ahead += STUCK_SECONDS + 2

    attendant.lot.sweep()

    assert not slow[1].alive


def test_who_reads_slowly_is_not(clock: Clock, attendant: Attendant, slow: tuple[Peer, Subscriber]) -> None:
    peer, subscriber = slow
    before = subscriber.unsent
    assert before is not None
    clock.ahead += STUCK_SECONDS + 2
    peer.receive()
    until(lambda: subscriber.unsent is None or before.since > clock.monotonic() - 5)

    attendant.lot.sweep()

    assert subscriber.alive


def test_a_peer_that_is_gone_costs_the_others_nothing(attendant: Attendant, make_peer: MakePeer) -> None:
    gone, here = make_peer(), make_peer()
    subscribers = [attendant.park(gone), attendant.park(here)]
    gone.socket.close()

    attendant.lot.send_state(subscribers, b"news", "topic")

    assert (subscribers[0].alive, attendant.left, here.take()) == (False, [subscribers[0]], b"news")


def test_a_number_that_is_another_readers_by_now_is_not_written_to(
    attendant: Attendant, make_peer: MakePeer
) -> None:
    gone = attendant.park(make_peer())
    attendant.lot.drop(gone)
    newcomer = make_peer()
    os.dup2(newcomer.fd, gone.fd)
    attendant.park(newcomer)

    attendant.lot.send_state([gone], b"news", "topic")
    attendant.lot.send(gone, b"news")
    attendant.lot.drop(gone)

    assert newcomer.take() == b""
    assert is_open(gone.fd)
    if gone.fd != newcomer.fd:
        os.close(gone.fd)


def test_the_last_word_is_heard_before_the_end(attendant: Attendant, make_peer: MakePeer) -> None:
    peer = make_peer()
    subscriber = attendant.park(peer)

    attendant.lot.end(subscriber, b"goodbye")

    assert peer.receive_all() == b"goodbye"
    assert attendant.left == [subscriber]
    peer.socket.close()
    until(lambda: not subscriber.alive)
    assert attendant.left == [subscriber]


def test_who_does_not_close_after_the_last_word_is_closed(
    clock: Clock, attendant: Attendant, make_peer: MakePeer
) -> None:
    subscriber = attendant.park(make_peer())
    attendant.lot.end(subscriber, b"goodbye")

    clock.ahead += CLOSING_SECONDS + 2
    attendant.lot.sweep()

    assert not is_open(subscriber.fd)


def test_after_the_last_word_nothing_is_said(attendant: Attendant, make_peer: MakePeer) -> None:
    peer = make_peer()
    subscriber = attendant.park(peer)
    attendant.lot.end(subscriber, b"goodbye")

    attendant.lot.send(subscriber, b"one more thing")
    attendant.lot.send_state([subscriber], b"news", "topic")
    attendant.lot.end(subscriber, b"goodbye again")

    assert peer.receive_all() == b"goodbye"


@pytest.mark.parametrize("size", [10, 500_000])
def test_a_whole_answer_is_followed_by_the_end(attendant: Attendant, make_peer: MakePeer, size: int) -> None:
    peer = make_peer(send_buffer=4_096)
    subscriber = attendant.park(peer)

    attendant.lot.send_last(subscriber, BIG[:size])

    assert peer.receive_all() == BIG[:size]
    assert attendant.left == [subscriber]


@pytest.mark.parametrize("size", [10, 500_000])
def test_a_kept_connection_rests_after_its_answer(attendant: Attendant, make_peer: MakePeer, size: int) -> None:
    attendant.lot.hand_back = lambda fd, data: os.close(fd)
    peer = make_peer(send_buffer=4_096)
    subscriber = attendant.park(peer)
    subscriber.rest = Rest(7, (), 25)

    attendant.lot.send_last(subscriber, BIG[:size])

    received = len(peer.receive())
    while received < size:
        received += len(peer.receive())
    until(lambda: subscriber.rest is not None and subscriber.rest.is_open)
    assert (received, subscriber.alive, subscriber.unsent, subscriber.watches) == (size, True, None, ())


def test_a_resting_connection_is_closed_in_the_end(clock: Clock, attendant: Attendant, make_peer: MakePeer) -> None:
    attendant.lot.hand_back = lambda fd, data: os.close(fd)
    subscriber = attendant.park(make_peer())
    subscriber.rest = Rest(7, (), 25)
    attendant.lot.send_last(subscriber, b"answer")

    clock.ahead += REST_SECONDS + 2
    attendant.lot.sweep()

    assert (subscriber.alive, attendant.overdue) == (False, [])


def test_a_connection_is_given_back_with_what_came_over_it(attendant: Attendant, make_peer: MakePeer) -> None:
    given: list[tuple[int, bytes]] = []
    attendant.lot.hand_back = lambda fd, data: given.append((fd, data))
    peer = make_peer()
    subscriber = attendant.park(peer)

    attendant.lot.give_back(subscriber, b"GET / HTTP/1.1")

    assert given == [(peer.fd, b"GET / HTTP/1.1")]
    assert (attendant.lot.count, is_open(peer.fd)) == (0, True)
    os.close(peer.fd)


def test_who_has_waited_long_enough_is_told_of(clock: Clock, attendant: Attendant, make_peer: MakePeer) -> None:
    subscriber = attendant.park(make_peer())
    attendant.lot.dues.set(subscriber, 25)

    clock.ahead += 27
    attendant.lot.sweep()

    assert attendant.overdue == [subscriber]


def test_one_whose_handling_fails_is_closed_and_the_others_go_on(
    wires: Wires, make_peer: MakePeer, caplog: pytest.LogCaptureFixture
) -> None:
    arrived: list[bytes] = []

    def stumble(_: Subscriber, data: bytes) -> None:
        assert data != b"bad"
        arrived.append(data)

    lot = Lot(arrived=stumble, drained=lambda *_: None, left=lambda _: None, overdue=lambda _: None)
    peers = [make_peer(), make_peer()]
    subscribers = [Subscriber(peer.fd, wires.json_socket, None) for peer in peers]
    for subscriber in subscribers:
        lot.park(subscriber.fd, subscriber)

    peers[0].socket.sendall(b"bad")
    until(lambda: not subscribers[0].alive)
    peers[1].socket.sendall(b"good")
    until(lambda: arrived)

    assert (arrived, subscribers[1].alive) == ([b"good"], True)
    assert "could not be handled" in caplog.text
    lot.drop(subscribers[1])
