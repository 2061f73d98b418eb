"""The door of a worker: who has waited too long is told so before any work is done."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from claps.plain.patience import COME_BACK_SECONDS, REQUESTS_IN_WORK
from claps.running.door import ALWAYS, STAYING, Door, waited_seconds
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually

Pair = tuple[socket.socket, socket.socket]
CROWD = 80
ASKED = b"GET /api/v1/posts HTTP/1.1\r\nHost: here\r\n\r\n"


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A reader's end of a connection, and the server's."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0)))
        reader = sockets.enter_context(socket.create_connection(listener.getsockname()))
        server = sockets.enter_context(closing(listener.accept()[0]))
        yield reader, server


def test_a_request_waits_from_when_its_bytes_came(pair: Pair) -> None:
    reader, server = pair
    reader.sendall(ASKED)

    eventually(lambda: waited_seconds(server) > 0.2)
    reader.sendall(b"more")

    eventually(lambda: waited_seconds(server) < 0.2)


def test_who_came_by_a_unix_socket_is_not_known_to_have_waited() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert waited_seconds(ours) == 0


def test_a_full_worker_answers_nothing_but_how_it_goes(pair: Pair) -> None:
    _, server = pair
    door = Door()
    door.in_work = REQUESTS_IN_WORK

    assert not door.lets_in(server, "/posts/1")
    assert all(door.lets_in(server, path) for path in (*ALWAYS, STAYING))


def test_who_is_turned_away_is_told_when_to_come_back(pair: Pair) -> None:
    reader, server = pair
    reader.sendall(ASKED)

    Door().turn_away(server, "/api/v1/posts")
    server.close()

    head, _, body = reader.makefile("rb").read().partition(b"\r\n\r\n")
    least, most = COME_BACK_SECONDS
    assert head.startswith(b"HTTP/1.1 503 ") and b"application/problem+json" in head
    assert least <= int(head.partition(b"Retry-After: ")[2].partition(b"\r\n")[0]) <= most
    assert b'"status": 503' in body


def test_whoever_has_just_come_is_looked_at_only_when_it_is_crowded(pair: Pair) -> None:
    reader, server = pair
    reader.sendall(ASKED)

    assert not Door().turns_away_early(server, ASKED)
    assert server.recv(len(ASKED)) == ASKED


def test_of_more_than_can_be_served_the_surplus_is_turned_away_before_work(tmp_path: Path) -> None:
    slow = ["gunicorn", "-k", "claps.running.worker.Worker", "tests.running.slow_site:app"]
    server = ClapsServer(tmp_path, command=tuple(slow))
    server.start()
    try:
        answers = [answer_of(sock) for sock in knock(server.port)]

        served = answers.count(b"200")
        assert served + answers.count(b"503") == CROWD
        assert 0 < served < CROWD
        assert server.open_client().get("/healthz").text == str(served)
        assert eventually(lambda: server.open_client().get("/").status == 200)
    finally:
        server.stop()


def knock(port: int) -> list[socket.socket]:
    """Let a crowd come at once, each with a request."""
    crowd = [socket.create_connection(("127.0.0.1", port)) for _ in range(CROWD)]
    for sock in crowd:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    return crowd


def answer_of(sock: socket.socket) -> bytes:
    """Read a whole answer; return its status."""
    with sock, sock.makefile("rb") as stream:
        text = stream.read()
    assert b" 200 " in text or b"Retry-After: " in text
    return text.partition(b" ")[2][:3]
