"""The tests' WebSocket reader tells what a server really sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

from tests.parts.websocket_client import JSON_PROTOCOL, Closed, Rejected, WebSocketClient

Answer = Callable[[WSConnection, socket.socket], None]
Serve = Callable[[Answer], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve one handshake: ``answer(wire, sock)`` is called when the request is read."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def run(answer: Answer) -> None:
        sock, _ = listener.accept()
        with sock:
            wire = WSConnection(ConnectionType.SERVER)
            wire.receive_data(sock.recv(65536))
            assert isinstance(next(wire.events()), Request)
            answer(wire, sock)

    def start(answer: Answer) -> int:
        threads.append(threading.Thread(target=run, args=(answer,)))
        threads[0].start()
        return int(listener.getsockname()[1])

    yield start
    threads[0].join(10)
    listener.close()


def accept(wire: WSConnection, sock: socket.socket, *events: Event) -> None:
    sock.sendall(wire.send(AcceptConnection(subprotocol=JSON_PROTOCOL)))
    for event in events:
        sock.sendall(wire.send(event))


def test_messages_come_whole_and_in_order(serve: Serve) -> None:
    parts = (TextMessage("15", message_finished=False), TextMessage("7"), TextMessage('{"claps": 158}'))
    port = serve(lambda wire, sock: accept(wire, sock, *parts))

    with WebSocketClient(port, "/live", protocol=JSON_PROTOCOL) as reader:
        assert reader.protocol == JSON_PROTOCOL
        assert reader.receive_text() == "157"
        assert reader.receive_json() == {"claps": 158}


def test_pings_are_counted_and_answered(serve: Serve) -> None:
    answers: list[bytes] = []

    def answer(wire: WSConnection, sock: socket.socket) -> None:
        accept(wire, sock, Ping(b"still there?"))
        answers.append(sock.recv(64))

    with WebSocketClient(serve(answer), "/live", protocol=JSON_PROTOCOL) as reader:
        reader.wait_for_pings(1)
        closed = reader.wait_for_close()

    assert answers[0][0] == 0x8A
    assert closed.code == 1006


def test_a_close_tells_its_code_and_reason(serve: Serve) -> None:
    port = serve(lambda wire, sock: accept(wire, sock, CloseConnection(1012, "service restart")))

    with WebSocketClient(port, "/live", protocol=JSON_PROTOCOL) as reader, pytest.raises(Closed) as closed:
        reader.receive()

    assert (closed.value.code, closed.value.reason) == (1012, "service restart")


def test_a_refused_handshake_tells_its_answer(serve: Serve) -> None:
    def refuse(wire: WSConnection, sock: socket.socket) -> None:
        headers = [(b"content-length", b"2")]
        sock.sendall(wire.send(RejectConnection(status_code=403, has_body=True, headers=headers)))
        sock.sendall(wire.send(RejectData(b"no")))

    port = serve(refuse)

    with pytest.raises(Rejected) as rejected:
        WebSocketClient(port, "/live")
    assert (rejected.value.status, rejected.value.body) == (403, b"no")


def test_silence_is_a_timeout(serve: Serve) -> None:
    done = threading.Event()

    def fall_silent(wire: WSConnection, sock: socket.socket) -> None:
        accept(wire, sock)
        done.wait(10)

    port = serve(fall_silent)

    with WebSocketClient(port, "/live", protocol=JSON_PROTOCOL) as reader, pytest.raises(TimeoutError):
        reader.receive(seconds=0.05)
    done.set()
