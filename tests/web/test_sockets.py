"""A WebSocket's handshake: answered as RFC 6455 says, and refused with a status where it is none."""

from __future__ import annotations

import http.client
from contextlib import closing

import pytest

from tests.parts.claps_server import ClapsServer

# The example of RFC 6455, section 1.3.
KEY, TOKEN = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def shake(site: ClapsServer, **changes: str) -> tuple[int, http.client.HTTPMessage]:
    """Ask for a WebSocket, with other headers; return the answer's status and headers."""
    headers = {
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY,
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    wanted = {name: value for name, value in headers.items() if value}
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)) as connection:
        connection.request("GET", "/live?topic=post:1", headers=wanted)
        with connection.getresponse() as answer:
            return answer.status, answer.headers


def test_a_handshake_is_answered_with_the_accept_token(live_site: ClapsServer) -> None:
    status, headers = shake(live_site)

    assert (status, headers["Sec-WebSocket-Accept"]) == (101, TOKEN)
    assert "Sec-WebSocket-Protocol" not in headers


def test_json_is_chosen_among_the_protocols_that_are_offered(live_site: ClapsServer) -> None:
    _, headers = shake(live_site, Sec_WebSocket_Protocol="chat, claps.json.v1")

    assert headers["Sec-WebSocket-Protocol"] == "claps.json.v1"


def test_compression_is_not_negotiated(live_site: ClapsServer) -> None:
    status, headers = shake(live_site, Sec_WebSocket_Extensions="permessage-deflate")

    assert status == 101
    assert "Sec-WebSocket-Extensions" not in headers


def test_another_version_is_told_ours(live_site: ClapsServer) -> None:
    status, headers = shake(live_site, Sec_WebSocket_Version="8")

    assert (status, headers["Sec-WebSocket-Version"]) == (426, "13")


@pytest.mark.parametrize("key", ["", "short", "dGhlIHNhbXBsZQ==", "!" * 24])
def test_a_key_that_is_no_sixteen_bytes_is_refused(live_site: ClapsServer, key: str) -> None:
    status, _ = shake(live_site, Sec_WebSocket_Key=key)

    assert status == 400
