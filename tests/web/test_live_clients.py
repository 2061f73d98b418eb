"""Clients that others wrote listen by every wire: ``websockets``, ``sseclient``, and ``requests`` for long-polls."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import sseclient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.parts.claps_server import ClapsServer
from tests.web.conftest import SignIn
from tests.web.test_live_tokens import desk_of, make_token

Headers = dict[str, str]


def by_socket(site: ClapsServer, path: str, headers: Headers) -> dict[str, Any]:
    """The first message of a WebSocket."""
    address = f"ws://127.0.0.1:{site.port}{path}"
    with connect(address, additional_headers=headers, subprotocols=["claps.json.v1"]) as socket:
        return json.loads(socket.recv(timeout=10))


def by_stream(site: ClapsServer, path: str, headers: Headers) -> dict[str, Any]:
    """The first event of an event stream."""
    asked = {**headers, "Accept": "text/event-stream"}
    with requests.get(site.url + path, headers=asked, stream=True, timeout=10) as answer:
        answer.raise_for_status()
        # Letter by letter: requests waits until a piece is full, and the end of an event is no piece.
        return json.loads(next(sseclient.SSEClient(answer.iter_content(1)).events()).data)


def by_poll(site: ClapsServer, path: str, headers: Headers) -> dict[str, Any]:
    """The answer to a question that does not wait."""
    asked = {**headers, "Accept": "application/json"}
    with requests.get(f"{site.url}{path}&wait=0", headers=asked, timeout=10) as answer:
        answer.raise_for_status()
        return answer.json()


WAYS = [by_socket, by_stream, by_poll]


@pytest.mark.parametrize("ask", WAYS)
def test_everybody_is_told_a_posts_counts(live_site: ClapsServer, ask: Any) -> None:
    told = ask(live_site, "/live?topic=post:4", {})

    assert told["topic"] == "post:4" and told["state"]["claps"] >= 0


@pytest.mark.parametrize("ask", WAYS)
def test_a_token_opens_what_its_scope_says_and_nothing_else(
    live_site: ClapsServer, sign_in: SignIn, ask: Any
) -> None:
    ada = sign_in("ada")
    desk = desk_of(ada)

    told = ask(live_site, desk, make_token(ada, "stats"))
    with pytest.raises((InvalidStatus, requests.HTTPError)) as refused:
        ask(live_site, desk, make_token(ada, "read"))

    assert told["topic"].startswith("writer:") and "all" in told["state"]
    assert refused.value.response.status_code == 403


def test_claps_go_up_a_socket_and_come_back_acknowledged(live_site: ClapsServer) -> None:
    address = f"ws://127.0.0.1:{live_site.port}/live?topic=post:4"

    with connect(address, subprotocols=["claps.json.v1"]) as socket:
        socket.send(json.dumps({"clap": 2, "topic": "post:4", "id": "x1"}))
        while "ack" not in (told := json.loads(socket.recv(timeout=10))):
            assert "state" in told

    assert (told["ack"], told["yours"]) == ("x1", 2)
