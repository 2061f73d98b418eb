"""Frames that are wrong end their own connection with the right code; frames that are only unusual are read."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.faults.frames import BINARY, CLOSE, CONTINUATION, PING, RESERVED, TEXT, frame
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

LIVE = "/live?topic=post:3"
KIB = 1024
CLAP = json.dumps({"clap": 1, "topic": "post:3", "id": "x1"}).encode()
WRONG = {
    "oversized": (frame(TEXT, b"a" * (16 * KIB + 1)), 1009),
    "oversized, of which only the head has come": (frame(TEXT, b"a" * 70 * KIB)[:14], 1009),
    "oversized in parts": (frame(TEXT, b"a" * 9 * KIB, final=False) + frame(CONTINUATION, b"a" * 9 * KIB), 1009),
    "binary": (frame(BINARY, b"\x00"), 1003),
    "not masked": (frame(TEXT, CLAP, mask=b""), 1002),
    "with a reserved bit": (frame(TEXT, CLAP, reserved=RESERVED), 1002),
    "with a reserved opcode": (frame(0x3, CLAP), 1002),
    "with a reserved control opcode": (frame(0xB, b""), 1002),
    "no UTF-8": (frame(TEXT, b"\xff\xfe"), 1007),
    "half a character": (frame(TEXT, "👏".encode()[:2]), 1007),
    "a continuation of nothing": (frame(CONTINUATION, CLAP), 1002),
    "a beginning in the middle": (frame(TEXT, b"{", final=False) + frame(TEXT, b"}"), 1002),
    "a ping in parts": (frame(PING, b"", final=False), 1002),
    "a long ping": (frame(PING, b"a" * 126), 1002),
    "a close of one octet": (frame(CLOSE, b"\x03"), 1002),
    "a close with a code that may not be sent": (frame(CLOSE, struct.pack("!H", 1005)), 1002),
}


@pytest.fixture
def program(live_site: ClapsServer) -> Iterator[WebSocketClient]:
    """A WebSocket that has had its first news."""
    with WebSocketClient(live_site.port, LIVE, protocol=JSON_PROTOCOL) as program:
        program.receive_json()
        yield program


def receive_ack(program: WebSocketClient) -> dict[str, object]:
    """Pass over news until a clap is acknowledged."""
    answer: dict[str, object] = json.loads(program.receive_until('"ack"'))
    return answer


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_frame_ends_its_connection(program: WebSocketClient, name: str) -> None:
    octets, code = WRONG[name]

    program.send_raw(octets)

    assert program.wait_for_close().code == code


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_frame_on_a_page_ends_its_connection(live_site: ClapsServer, name: str) -> None:
    octets, code = WRONG[name]

    with WebSocketClient(live_site.port, LIVE) as page:
        page.send_raw(octets)

        assert page.wait_for_close().code in (code, 1003)  # on a page every message is one too many


def test_a_message_in_parts_is_read_whole(program: WebSocketClient) -> None:
    parts = [CLAP[:7], CLAP[7:30], CLAP[30:]]

    program.send_raw(frame(TEXT, parts[0], final=False))
    program.send_raw(frame(CONTINUATION, parts[1], final=False) + frame(PING, b"between"))
    program.send_raw(frame(CONTINUATION, parts[2]))

    assert receive_ack(program)["yours"] == 1


def test_a_frame_that_comes_octet_by_octet_is_read_whole(program: WebSocketClient) -> None:
    for octet in frame(TEXT, CLAP):
        program.send_raw(bytes([octet]))

    assert receive_ack(program)["yours"] == 1


def test_many_messages_in_one_packet_are_all_answered(program: WebSocketClient) -> None:
    program.send_raw(frame(TEXT, CLAP) * 20)

    assert [receive_ack(program)["yours"] for _ in range(20)] == [*range(1, 21)]


def test_half_a_frame_delays_nobody(live_site: ClapsServer, program: WebSocketClient) -> None:
    with WebSocketClient(live_site.port, LIVE, protocol=JSON_PROTOCOL) as other:
        other.send_raw(frame(TEXT, CLAP)[:9])
        program.send_raw(frame(TEXT, CLAP))

        assert receive_ack(program)["yours"] == 1
        other.send_raw(frame(TEXT, CLAP)[9:])
        assert receive_ack(other)["yours"] == 1


def test_who_leaves_within_a_frame_is_not_counted_any_more(live_site: ClapsServer) -> None:
    with WebSocketClient(live_site.port, "/live?topic=post:9", protocol=JSON_PROTOCOL) as stays:
        with WebSocketClient(live_site.port, "/live?topic=post:9", protocol=JSON_PROTOCOL) as leaves:
            stays.receive_until('"readers":2')
            leaves.send_raw(frame(TEXT, CLAP)[:9])

        assert stays.receive_until('"readers":1')


def test_a_ping_is_answered_with_what_it_carried(program: WebSocketClient) -> None:
    program.send_raw(frame(PING, b"are you there?"))

    assert eventually(lambda: b"\x8a\x0eare you there?" in program.socket.recv(4096))


@pytest.mark.parametrize("payload", [b"", struct.pack("!H", 1000) + b"bye", struct.pack("!H", 3001)])
def test_a_goodbye_is_answered(program: WebSocketClient, payload: bytes) -> None:
    code = struct.unpack("!H", payload[:2])[0] if payload else 1000

    program.send_raw(frame(CLOSE, payload))

    assert program.wait_for_close().code == code


def test_compression_is_not_negotiated(live_site: ClapsServer) -> None:
    request = (
        f"GET {LIVE} HTTP/1.1\r\nHost: 127.0.0.1:{live_site.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
    )

    with socket.create_connection(("127.0.0.1", live_site.port), timeout=10) as sock, sock.makefile("rb") as answer:
        sock.sendall(request.encode())
        head = [line.strip().lower() for line in iter(answer.readline, b"\r\n")]

    assert head[0].startswith(b"http/1.1 101")
    assert b"sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head
    assert not [line for line in head if line.startswith(b"sec-websocket-extensions")]
