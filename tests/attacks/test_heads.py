"""Heads that are too large, or ask for what nobody should: refused, and the next one is answered."""

from __future__ import annotations

import pytest

from tests.attacks.wire import exchange, statuses
from tests.parts.claps_server import ClapsServer

NEXT = b"GET /healthz HTTP/1.1\r\nHost: claps\r\nConnection: close\r\n\r\n"
GIANTS = {
    "an address": (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: claps\r\n\r\n", 414),
    "a field": (b"GET / HTTP/1.1\r\nHost: claps\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n", 431),
    "cookies": (b"GET / HTTP/1.1\r\nHost: claps\r\nCookie: " + b"reader=x; " * 2_000 + b"\r\n\r\n", 431),
    "fields": (b"GET / HTTP/1.1\r\nHost: claps\r\n" + b"X-Many: 1\r\n" * 500 + b"\r\n", 431),
    "a head without an end": (b"GET / HTTP/1.1\r\nHost: claps\r\n" + b"X-Many: 1\r\n" * 200_000, 431),
    "a field without an end": (b"GET / HTTP/1.1\r\nHost: claps\r\nX-Long: " + b"a" * 2_000_000, 431),
    "a method": (b"A" * 20_000 + b" / HTTP/1.1\r\nHost: claps\r\n\r\n", 414),
}


@pytest.mark.parametrize("what", GIANTS)
def test_giant_heads_are_refused(attacked: ClapsServer, what: str) -> None:
    octets, status = GIANTS[what]

    assert statuses(exchange(attacked.port, octets)) in ([status], [])
    assert statuses(exchange(attacked.port, NEXT)) == [200]


def test_cookies_that_others_have_stuffed_in_hide_nobody(attacked: ClapsServer) -> None:
    reader = attacked.open_client()
    reader.post_json("/posts/2/claps", {"claps": 3})
    others = [f"other{number}={'x' * 50}" for number in range(100)]
    stuffed = "; ".join([*others, reader.cookie_header, "reader=stolen"])

    answer = attacked.open_client().post_json("/posts/2/claps", {"claps": 2}, headers={"Cookie": stuffed})

    assert (answer.status, answer.json["yours"]) == (200, 5)


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"DEBUG", b"PRI"])
def test_nothing_is_echoed(attacked: ClapsServer, method: bytes) -> None:
    answer = exchange(attacked.port, method + b" / HTTP/1.1\r\nHost: claps\r\nX-Mark: m4rked\r\n\r\n")

    assert b"m4rked" not in answer
    assert statuses(answer)[0] in (400, 405, 501)
