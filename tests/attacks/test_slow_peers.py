"""Connections that keep a place and say nothing, or a little now and then: others are answered all the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest

from claps.plain.patience import ARRIVING_MOST
from tests.attacks.wire import connect
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually

# More than a worker has places for requests, of which there are two thousand.
CROWD = 2_200
SPARE_FILES = 150
SAYS = {
    "nothing": b"",
    "the beginning of a head": b"GET / HTTP/1.1\r\nHost: claps\r\nX-",
    "a head without its body": (
        b"POST /posts/1/claps HTTP/1.1\r\nHost: claps\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 400\r\n\r\nclaps=5"
    ),
    "chunks that do not end": b"POST /logout HTTP/1.1\r\nHost: claps\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nclaps",
    "half a handshake": b"GET /live?topic=post:1 HTTP/1.1\r\nHost: claps\r\nUpgrade: websocket\r\nConnection: Upgr",
}


@pytest.fixture
def crowd() -> Iterator[ExitStack]:
    """Those who stay until the test is over."""
    with ExitStack() as crowd:
        yield crowd


def is_closed(sock: socket.socket) -> bool:
    """Whether the other end has given somebody up, with an answer or without."""
    sock.setblocking(False)
    try:
        return sock.recv(1) != b"" or True
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@pytest.mark.parametrize("what", SAYS)
def test_who_is_slow_does_not_keep_others_from_being_answered(
    attacked: ClapsServer, crowd: ExitStack, what: str
) -> None:
    [worker] = [psutil.Process(pid) for pid in attacked.worker_pids]
    files = worker.num_fds()

    slow = [crowd.enter_context(connect(attacked.port)) for _ in range(CROWD)]
    for sock in slow:
        sock.sendall(SAYS[what])

    # So many at once may make others late for a moment, who are asked to come back; the slow ones stay meanwhile.
    eventually(lambda: attacked.open_client().get("/posts/1").status == 200, seconds=30)
    eventually(lambda: attacked.open_client().post_json("/posts/1/claps", {"claps": 2}).status == 200, seconds=30)
    eventually(lambda: worker.num_fds() <= files + ARRIVING_MOST + SPARE_FILES, seconds=30)
    if what != "nothing":  # of whom the kernel has told nobody yet
        eventually(lambda: sum(is_closed(sock) for sock in slow) >= CROWD - ARRIVING_MOST, seconds=30)
