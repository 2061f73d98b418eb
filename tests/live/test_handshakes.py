"""A handshake like one that was let in before needs not ask the application."""

from __future__ import annotations

import base64

import pytest

from claps.live.handshakes import answer_handshake, read_handshake

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
HEAD = (
    b"GET /live?topic=post:12&since=e.41&topic=post:12:comments&since=l.7 HTTP/1.1\r\nHost: claps\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Key: " + KEY + b"\r\nX-Forwarded-For: 10.0.0.9\r\nX-Request-ID: a1\r\n"
    b"Origin: http://claps\r\n\r\n"
)


def test_topics_and_versions_are_read() -> None:
    handshake = read_handshake(HEAD)

    assert handshake is not None
    assert (handshake.topics, handshake.seen) == (("post:12", "post:12:comments"), ("e.41", "l.7"))
    assert (handshake.key, handshake.forwarded_for) == (KEY, "10.0.0.9")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (KEY, base64.b64encode(b"0123456789abcdef")), (b"e.41", b"e.42"), (b"post:12", b"post:13"),
        (b"since=e.41", b"since="), (b"&since=e.41&topic=post:12:comments&since=l.7", b""),
        (b"10.0.0.9", b"1.2.3.4, ::1"),
        (b"-ID: a1", b"-ID: b2"), (b"post:12:comments", b"posts:120"), (b"post:12&", b"post%3A12&"),
    ],
)
def test_another_key_or_post_or_reader_is_the_same_question(old: bytes, new: bytes) -> None:
    first, second = read_handshake(HEAD), read_handshake(HEAD.replace(old, new))

    assert first is not None and second is not None
    assert first.mark == second.mark


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b" HTTP", b"&listed=1 HTTP"), (b"Host: claps", b"Host: other"), (b"http://claps", b"http://evil"),
        (b"websocket", b"Websocket"), (b"X-Request-ID: a1", b"id"), (b"X-Forwarded-For: 10.0.0.9", b"for"),
        (b"\r\n\r\n", b"\r\nCookie: reader=x\r\n\r\n"), (b"X-Forwarded-For: 10.0.0.9\r\n", b""),
        (b"\r\n\r\n", b"\r\n X-Request-ID: a1\r\n\r\n"),
    ],
)
def test_any_other_difference_is_another_question(old: bytes, new: bytes) -> None:
    first, second = read_handshake(HEAD), read_handshake(HEAD.replace(old, new))

    assert first is not None and second is not None
    assert first.mark != second.mark


@pytest.mark.parametrize(
    "data",
    [
        b"", HEAD[:-2], HEAD + HEAD, HEAD + b"x", HEAD.replace(b"GET", b"POST"), HEAD.replace(b"1.1\r", b"1.0\r"),
        HEAD.replace(b"/live?", b"/live/frame?"), HEAD.replace(b"post:12", b"table:prices"),
        HEAD.replace(b"&topic", b"&listed=1&topic"), HEAD.replace(b" HTTP", b"&listed=2 HTTP"),
        HEAD.replace(b"e.41", b"E.41"), HEAD.replace(b"e.41", b"e.41~c"),
        HEAD.replace(b"topic=post:12&since=e.41", b"since=e.41&topic=post:12"), HEAD.replace(b"post:12", b"post:012"),
        HEAD.replace(b"Origin", b"X-Forwarded-For: ::1\r\nOrigin"),
        HEAD.replace(b"Origin", b"Sec-WebSocket-Key: " + KEY + b"\r\nOrigin"), HEAD.replace(KEY, KEY[:-1]),
        HEAD.replace(b"&topic", b"&since=e.1&since=e.1&topic"),
        HEAD.replace(b"&topic=post:12:c", b"&topic=post:12" * 50),
    ],
)
def test_anything_else_is_left_to_the_http_server(data: bytes) -> None:
    assert read_handshake(data) is None


def test_the_answer_is_that_of_the_standard() -> None:
    # RFC 6455, section 1.3.
    answer = answer_handshake(KEY, "claps.json.v1")

    assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in answer
    assert answer.endswith(b"\r\nSec-WebSocket-Protocol: claps.json.v1\r\n\r\n")


@pytest.mark.parametrize("key", [b"", b"short", KEY[:-2], b"*" * 24, base64.b64encode(b"0" * 17)])
def test_a_key_that_is_none_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError):
        answer_handshake(key, None)
