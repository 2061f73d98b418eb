"""Floods of frames over open sockets: who floods is closed, or bounded, and others are told what happens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psutil
import pytest

from tests.faults.frames import CONTINUATION, PING, TEXT, frame
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.websocket_client import JSON_PROTOCOL, WebSocketClient

LIVE = "/live?topic=post:8"
FLOODERS = 6
WORTH = 2_000_000
GROWN_BYTES = 40 * 1024 * 1024
NOBODYS = json.dumps({"clap": 1, "topic": "post:999999", "id": "x"}).encode()
SILENT = {
    "pings": frame(PING, b"x"),
    "parts without an end": frame(TEXT, b"", final=False) + frame(CONTINUATION, b"", final=False) * 300,
    "answers to nothing": frame(0xA, b""),
}
SAID = {
    "claps beyond the fiftieth": frame(TEXT, json.dumps({"clap": 50, "topic": "post:8", "id": "x"}).encode()),
    "claps for nothing": frame(TEXT, NOBODYS),
    "nonsense": frame(TEXT, b"[" * 500),
}


@pytest.fixture
def flooders(attacked: ClapsServer) -> Iterator[list[WebSocketClient]]:
    """Programs that mean harm."""
    with ExitStack() as open_ones:
        yield [
            open_ones.enter_context(WebSocketClient(attacked.port, LIVE, protocol=JSON_PROTOCOL))
            for _ in range(FLOODERS)
        ]


def flood(flooders: list[WebSocketClient], octets: bytes) -> None:
    """Send as much of it as the other end takes; nobody reads what it answers."""
    for program in flooders:
        program.socket.settimeout(0.2)
        with suppress(OSError):
            program.socket.sendall(octets * (WORTH // len(octets)))


def others_are_answered(server: ClapsServer) -> bool:
    """Whether another reader is told what happens, and answered."""
    with WebSocketClient(server.port, LIVE, protocol=JSON_PROTOCOL) as other:
        other.send_json({"clap": 1, "topic": "post:8", "id": "mine"})
        return '"mine"' in other.receive_until('"ack"') and server.open_client().get("/posts/8").status == 200


@pytest.mark.parametrize("what", SILENT)
def test_who_floods_with_what_says_nothing_is_closed(
    attacked: ClapsServer, flooders: list[WebSocketClient], what: str
) -> None:
    flood(flooders, SILENT[what])

    assert others_are_answered(attacked)
    assert [has_ended(program) for program in flooders] == [True] * FLOODERS


def has_ended(program: WebSocketClient) -> bool:
    """Whether the other end closes, be it with what was sent still on its way."""
    program.socket.settimeout(30)
    try:
        while program.socket.recv(65_536):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("what", SAID)
def test_who_floods_with_messages_keeps_nobody_from_being_told(
    attacked: ClapsServer, flooders: list[WebSocketClient], what: str
) -> None:
    [worker] = [psutil.Process(pid) for pid in attacked.worker_pids]
    before = worker.memory_info().rss

    flood(flooders, SAID[what])

    assert others_are_answered(attacked)
    eventually(lambda: worker.memory_info().rss < before + GROWN_BYTES, seconds=30)
