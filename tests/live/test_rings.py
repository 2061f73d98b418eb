"""A ring: what it could not send whole it says, and where the kernel has none, that is said once."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Iterator

import pytest

from claps.live.rings import WRITES_PER_CALL, Ring, open_ring

Pairs = list[tuple[socket.socket, socket.socket]]


@pytest.fixture
def pairs() -> Iterator[Pairs]:
    """Connected sockets; the first of each does not block."""
    made = [socket.socketpair() for _ in range(WRITES_PER_CALL)]
    for ours, _ in made:
        ours.setblocking(False)
    yield made
    for pair in made:
        for end in pair:
            end.close()


def send(ring: Ring | None, pairs: Pairs, data: bytes) -> list[tuple[int, int]]:
    """Send with the ring, or as it would be without one."""
    if ring is not None:
        return ring.send([ours.fileno() for ours, _ in pairs], data)
    found = []
    for index, (ours, _) in enumerate(pairs):
        try:
            sent = ours.send(data)
        except OSError as error:
            sent = -int(error.errno or 0)
        if sent != len(data):
            found.append((index, sent))
    return found


def test_calls_of_any_size_reach_whom_they_name(pairs: Pairs) -> None:
    ring = open_ring()

    for many, data in ((128, b"a"), (5, b"longer"), (128, b"b"), (127, b"c"), (1, b"d")):
        assert send(ring, pairs[:many], data) == []

    assert pairs[0][1].recv(100) == b"alongerbcd"
    assert pairs[126][1].recv(100) == b"abc"
    assert pairs[127][1].recv(100) == b"ab"


def test_what_was_not_sent_whole_is_told_by_its_place(pairs: Pairs) -> None:
    ring = open_ring()
    pairs[3][1].close()
    while (size := 16_000) and not send(ring, pairs[9:10], b"x" * size):
        pass

    told = dict(send(ring, pairs[:20], b"news"))

    assert told == {3: -errno.EPIPE, 9: -errno.EAGAIN}
    assert pairs[19][1].recv(100) == b"news"


def test_without_a_ring_it_is_said_why(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "claps.live.rings"):
        ring = open_ring()

    assert (ring is None) == ("no io_uring" in caplog.text)
