"""Where a changing request may come from."""

from __future__ import annotations

import gzip
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import RequestEntityTooLarge

from claps.plain.errors import Refused
from claps.plain.limits import BATCH_BYTES, BODY_BYTES
from claps.web.guard import refuse_cross_site, refuse_large

OURS = "http://claps.test"
SOCKET = {"Upgrade": "WebSocket"}


@pytest.mark.parametrize(
    ("method", "headers", "passes"),
    [
        ("GET", {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"}, True),
        ("HEAD", {"Origin": "https://evil.test"}, True),
        ("POST", {}, True),
        ("POST", {"Sec-Fetch-Site": "same-origin"}, True),
        ("POST", {"Sec-Fetch-Site": "none"}, True),
        ("POST", {"Sec-Fetch-Site": "same-site"}, False),
        ("POST", {"Sec-Fetch-Site": "cross-site", "Origin": OURS}, False),
        ("POST", {"Sec-Fetch-Site": "", "Origin": OURS}, False),
        ("POST", {"Origin": OURS}, True),
        ("POST", {"Origin": "https://claps.test"}, True),
        ("POST", {"Origin": "http://claps.test.evil.test"}, False),
        ("POST", {"Origin": "http://claps.test:81"}, False),
        ("POST", {"Origin": "null"}, False),
        ("POST", {"Origin": ""}, False),
        ("POST", {"Origin": "ftp://claps.test"}, False),
        ("DELETE", {"Origin": "https://evil.test"}, False),
        ("POST", {"Origin": "http://[evil"}, False),
        ("POST", {"Referer": f"{OURS}/settings?c=1"}, True),
        ("POST", {"Referer": "https://evil.test/claps.test"}, False),
        ("POST", {"Referer": "http://[evil"}, False),
        ("POST", {"Referer": "https://evil.test/", "Origin": OURS}, True),
        ("POST", {"Referer": "https://evil.test/", "Sec-Fetch-Site": "same-origin"}, True),
        ("GET", {"Referer": "https://evil.test/"}, True),
        ("GET", {**SOCKET, "Referer": "https://evil.test/"}, True),
        ("GET", SOCKET, True),
        ("GET", {**SOCKET, "Origin": OURS}, True),
        ("GET", {**SOCKET, "Origin": "https://evil.test"}, False),
        ("GET", {**SOCKET, "Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"}, False),
    ],
)
def test_what_changes_something_must_be_ours(app: Flask, method: str, headers: dict[str, str], passes: bool) -> None:
    with app.test_request_context("/live", method=method, headers=headers, base_url=OURS):
        if passes:
            refuse_cross_site()
        else:
            with pytest.raises(Refused, match="another site"):
                refuse_cross_site()


@pytest.mark.parametrize(
    ("path", "size_bytes", "passes"),
    [
        ("/logout", BODY_BYTES, True),
        ("/logout", BODY_BYTES + 1, False),
        ("/nowhere", 5_000_000, False),
        ("/write/images", 5_000_000, True),
        ("/write/images", 50_000_000, False),
        ("/api/v1/posts/1/bookmark", 5_000_000, False),
        ("/api/v1/tables/a/batch", BATCH_BYTES, True),
    ],
)
def test_what_is_larger_than_an_address_takes_is_refused_unread(
    app: Flask, path: str, size_bytes: int, passes: bool
) -> None:
    with app.test_request_context(path, method="POST", environ_overrides={"CONTENT_LENGTH": str(size_bytes)}):
        if passes:
            refuse_large()
        else:
            with pytest.raises(RequestEntityTooLarge):
                refuse_large()


@pytest.mark.parametrize(("size_bytes", "passes"), [(BODY_BYTES, True), (BODY_BYTES + 1, False)])
def test_a_body_without_a_length_is_bounded_as_others_are(app: Flask, size_bytes: int, passes: bool) -> None:
    chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    chunked["wsgi.input"] = BytesIO(b"x" * size_bytes)
    with app.test_request_context("/logout", method="POST", environ_overrides=chunked):
        if passes:
            refuse_large()
        else:
            with pytest.raises(RequestEntityTooLarge):
                refuse_large()


@pytest.mark.parametrize("coding", ["gzip", "br", "GZIP", "gzip, gzip", "deflate"])
def test_nothing_compressed_is_taken(app: Flask, coding: str) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    client, headers = app.test_client(), {"Content-Encoding": coding}

    assert len(bomb) < BODY_BYTES
    for path in ("/posts/1/claps", "/api/v1/tables", "/oauth/token", "/write/images"):
        assert client.post(path, data=bomb, headers=headers).status_code == 415, path
