"""A WebSocket's handshake: answered as RFC 6455 says, and refused with a status where it is none."""

from __future__ import annotations

import http.client

import pytest

from tests.parts.claps_server import ClapsServer

# The example of RFC 6455, section 1.3.
KEY, TOKEN = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def shake(site: ClapsServer, **changes: str) -> http.client.HTTPResponse:
    headers = {
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY,
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", "/live?topic=post:1", headers={name: value for name, value in headers.items() if value})
    return connection.getresponse()


def test_a_handshake_is_answered_with_the_accept_token(live_site: ClapsServer) -> None:
    with shake(live_site) as answer:
        assert answer.status == 101
        assert answer.getheader("Sec-WebSocket-Accept") == TOKEN
        assert answer.getheader("Sec-WebSocket-Protocol") is None


def test_json_is_chosen_among_the_protocols_that_are_offered(live_site: ClapsServer) -> None:
    with shake(live_site, Sec_WebSocket_Protocol="chat, claps.json.v1") as answer:
        assert answer.getheader("Sec-WebSocket-Protocol") == "claps.json.v1"


def test_compression_is_not_negotiated(live_site: ClapsServer) -> None:
    with shake(live_site, Sec_WebSocket_Extensions="permessage-deflate") as answer:
        assert answer.status == 101
        assert answer.getheader("Sec-WebSocket-Extensions") is None


def test_another_version_is_told_ours(live_site: ClapsServer) -> None:
    with shake(live_site, Sec_WebSocket_Version="8") as answer:
        assert (answer.status, answer.getheader("Sec-WebSocket-Version")) == (426, "13")


@pytest.mark.parametrize("key", ["", "short", "dGhlIHNhbXBsZQ==", "!" * 24])
def test_a_key_that_is_no_sixteen_bytes_is_refused(live_site: ClapsServer, key: str) -> None:
    with shake(live_site, Sec_WebSocket_Key=key) as answer:
        assert answer.status == 400
