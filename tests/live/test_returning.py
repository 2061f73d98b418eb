"""A poller that comes back with the same question is known by its head."""

from __future__ import annotations

import pytest

from claps.live.returning import read_head

HEAD = b"GET /live?topic=post:12&since=e.41&wait=5 HTTP/1.1\r\nHost: claps\r\nCookie: reader=x\r\n\r\n"


def test_the_version_is_read_and_is_no_part_of_the_mark() -> None:
    first, second = read_head(HEAD), read_head(HEAD.replace(b"e.41", b"e2.9"))

    assert first is not None and second is not None
    assert (first.seen, second.seen) == (("e.41",), ("e2.9",))
    assert first.mark == second.mark


@pytest.mark.parametrize("name", [b"X-Request-ID", b"x-request-id"])
def test_what_a_proxy_calls_a_request_is_no_part_of_the_mark(name: bytes) -> None:
    first, second = (read_head(HEAD.replace(b"Host", name + b": %d\r\nHost" % number)) for number in (1, 2))

    assert first is not None and second is not None
    assert first.mark == second.mark


def test_every_topic_has_its_version() -> None:
    head = read_head(HEAD.replace(b"&wait=5", b"&topic=post:12:comments&since=l.7"))

    assert head is not None and head.seen == ("e.41", "l.7")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"reader=x", b"reader=y"), (b"post:12", b"post:13"), (b"wait=5", b"wait=6"), (b"Host: claps", b"Host: other"),
        (b"\r\n\r\n", b"\r\nAccept: text/plain\r\n\r\n"),
    ],
)
def test_any_other_difference_is_another_question(old: bytes, new: bytes) -> None:
    first, second = read_head(HEAD), read_head(HEAD.replace(old, new))

    assert first is not None and second is not None
    assert first.mark != second.mark


@pytest.mark.parametrize(
    "data",
    [
        b"", HEAD[:-2], HEAD + HEAD, HEAD + b"x", HEAD.replace(b"GET", b"POST"),
        HEAD.replace(b"/live?", b"/live/frame?"),
        HEAD.replace(b"since=e.41", b"since="), HEAD.replace(b"since=e.41", b"since=E.41"),
        HEAD.replace(b"since=e.41", b"since=e.41,e.42"), HEAD.replace(b"HTTP/1.1", b"HTTP/1.0"),
        HEAD.replace(b"&wait=5", b"&topic=post:13"), HEAD.replace(b"&wait=5", b"&since=e.3"),
    ],
)
def test_anything_else_is_left_to_the_http_server(data: bytes) -> None:
    assert read_head(data) is None
