"""One frame to many, with io_uring where there is one and one by one where there is none: nobody may see which."""

from __future__ import annotations

import os

import pytest

from claps.live.rings import FRAME_BYTES
from claps.live.subscribers import Subscriber
from tests.live.conftest import Attendant, MakePeer
from tests.live.peers import Peer, until

MANY = 300  # more than two calls' worth, and not a multiple of them


@pytest.fixture(params=["in-few-calls", "one-by-one"])
def crowd(
    request: pytest.FixtureRequest, attendant: Attendant, make_peer: MakePeer
) -> tuple[list[Peer], list[Subscriber]]:
    """Many parked sockets, written to in one of the two ways."""
    attendant.lot.spreading.may_use_ring = request.param == "in-few-calls"
    peers = [make_peer(send_buffer=4_096) for _ in range(MANY)]
    return peers, [attendant.park(peer) for peer in peers]


def test_everybody_gets_each_frame_once_and_in_order(
    attendant: Attendant, crowd: tuple[list[Peer], list[Subscriber]]
) -> None:
    peers, parked = crowd
    frames = [b"first", b"the second is longer", b"3"]

    slow = [attendant.lot.send_state(parked, frame, "topic") for frame in frames]

    assert slow == [0, 0, 0]
    assert {peer.take() for peer in peers} == {b"".join(frames)}


def test_a_frame_that_one_takes_half_of_is_finished(
    attendant: Attendant, crowd: tuple[list[Peer], list[Subscriber]]
) -> None:
    peers, parked = crowd
    frame = bytes(range(250)) * (FRAME_BYTES // 250)
    rounds = 0

    while parked[7].unsent is None:
        attendant.lot.send_state(parked[:40], frame, "topic")
        rounds += 1
    received = b""
    while len(received) < rounds * len(frame):
        received += peers[7].receive()

    assert received == rounds * frame


def test_who_is_full_is_told_the_newest_later_and_who_is_gone_is_let_go(
    attendant: Attendant, crowd: tuple[list[Peer], list[Subscriber]]
) -> None:
    peers, parked = crowd
    attendant.lot.send(parked[130], b"x" * 200_000)
    peers[131].socket.close()

    slow = attendant.lot.send_state(parked, b"news", "topic")
    while not attendant.drained:
        peers[130].receive()

    assert slow == 1
    assert attendant.drained == [(parked[130], "topic")]
    assert [subscriber.alive for subscriber in parked].index(False) == 131
    assert {peer.take() for peer in peers[:130] + peers[132:]} == {b"news"}


def test_a_ring_that_fails_is_left_and_everybody_has_the_frame(
    attendant: Attendant, crowd: tuple[list[Peer], list[Subscriber]]
) -> None:
    peers, parked = crowd
    attendant.lot.send_state(parked, b"before,", "topic")
    rings = [fd for fd in map(int, os.listdir("/proc/self/fd")) if is_ring(fd)]
    file = os.open(os.devnull, os.O_RDWR)
    for ring in rings:
        os.dup2(file, ring)
    os.close(file)

    attendant.lot.send_state(parked, b"after", "topic")

    until(lambda: not attendant.lot.spreading.may_use_ring)
    assert {peer.take() for peer in peers} == {b"before,after"}


def is_ring(fd: int) -> bool:
    try:
        return "io_uring" in os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return False
