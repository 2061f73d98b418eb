"""Changing one's password and signing out everywhere, in the browser where one does it and in the others."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.processes import eventually
from tests.parts.websocket_client import JSON_PROTOCOL, Rejected, WebSocketClient

PASSWORD, OTHER = "a few words in a row", "quite other words now"
Open = Callable[[str], Client]


@pytest.fixture
def name(live_site: ClapsServer) -> str:
    """Eve, who has just joined."""
    name = f"eve_{secrets.token_hex(4)}"
    live_site.open_client().post("/join", {"name": name, "display_name": "Eve", "password": PASSWORD})
    return name


@pytest.fixture
def enter(live_site: ClapsServer, name: str) -> Open:
    """Open another browser of Eve's; whether she is let in is for the test to see."""

    def enter(password: str) -> Client:
        client = live_site.open_client()
        client.post("/login", {"name": name, "password": password})
        return client

    return enter


def is_in(client: Client) -> bool:
    """Whether somebody is signed in there."""
    return client.get("/settings").status == 200


def test_a_new_password_replaces_the_old_one_and_ends_every_other_session(enter: Open) -> None:
    here, there = enter(PASSWORD), enter(PASSWORD)

    answer = here.post("/settings/password", {"current": PASSWORD, "new": OTHER})

    assert (answer.status, answer.headers["location"]) == (303, "/settings?c=password#password")
    assert is_in(here)
    # The other workers hear of it over Redis.
    eventually(lambda: not any(is_in(there) for _ in range(6)))
    assert (is_in(enter(PASSWORD)), is_in(enter(OTHER))) == (False, True)


@pytest.mark.parametrize(
    ("current", "new", "field"), [("not it at all", OTHER, "current"), (PASSWORD, "short", "new"), ("", "", "current")]
)
def test_what_is_wrong_is_said_beside_its_field(enter: Open, current: str, new: str, field: str) -> None:
    here, there = enter(PASSWORD), enter(PASSWORD)

    answer = here.post("/settings/password", {"current": current, "new": new})

    assert answer.status == 422
    assert f'id="{field}-error"' in answer.text
    assert not re.search(r'type="password"[^>]*value', answer.text)
    assert is_in(there)


def test_who_is_signed_out_everywhere_is_shown_out_and_not_let_in_again(
    live_site: ClapsServer, enter: Open
) -> None:
    here, there = enter(PASSWORD), enter(PASSWORD)
    number = re.search(r"topic=person:(\d+)", there.get("/notifications").text)[1]  # type: ignore[index]
    ask = {"protocol": JSON_PROTOCOL, "headers": {"Cookie": there.cookie_header}}

    with WebSocketClient(live_site.port, f"/live?topic=person:{number}", **ask) as box:
        box.receive_json()
        answer = here.post("/settings/sign-out")
        assert box.wait_for_close().code == 1012

    assert (answer.status, is_in(here)) == (303, True)
    eventually(lambda: not any(is_in(there) for _ in range(6)))
    with pytest.raises(Rejected) as rejected:
        WebSocketClient(live_site.port, f"/live?topic=person:{number}", **ask)
    assert rejected.value.status == 403


@pytest.mark.parametrize("path", ["/settings/password", "/settings/sign-out"])
def test_it_is_for_who_is_signed_in(live_site: ClapsServer, path: str) -> None:
    assert live_site.open_client().post(path, {"current": PASSWORD, "new": OTHER}).status == 403
