"""Deleting one's account, in the browser where one does it and in the others."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.processes import eventually

PASSWORD = "a few words in a row"
JSON = {"Accept": "application/json"}


@pytest.fixture
def name() -> str:
    """A name that nobody had."""
    return f"eve_{secrets.token_hex(4)}"


@pytest.fixture
def open_eve(live_site: ClapsServer, name: str) -> Callable[[], Client]:
    """Open another browser of Eve's, who has just joined."""
    live_site.open_client().post("/join", {"name": name, "display_name": "Eve", "password": PASSWORD})

    def open_eve() -> Client:
        client = live_site.open_client()
        assert client.post("/login", {"name": name, "password": PASSWORD}).status == 303
        return client

    return open_eve


def test_who_leaves_is_gone_everywhere(live_site: ClapsServer, open_eve: Callable[[], Client], name: str) -> None:
    here, there = open_eve(), open_eve()
    key = re.search(r'name="key" value="(\w+)"', here.get("/write/note").text)[1]  # type: ignore[index]
    note = here.post("/write/note", {"body": "Not for ever.", "key": key}).headers["location"].partition("?")[0]
    guest = live_site.open_client()
    assert (guest.get(note).status, guest.get(f"/@{name}").status) == (200, 200)

    answer = here.post("/settings/leave", {"password": PASSWORD, "now": 1})

    assert (answer.status, answer.headers["location"]) == (303, "/left")
    assert "Your account is gone." in here.get("/left").text
    assert guest.get(f"/@{name}").status == 404
    for browser in (here, there):
        assert browser.get("/settings").headers["location"] == "/login?next=/settings"
    assert guest.post("/login", {"name": name, "password": PASSWORD}).status == 403
    eventually(lambda: guest.get(note).status == 404)


def test_a_session_that_is_still_about_claps_for_nobody(open_eve: Callable[[], Client]) -> None:
    here, there = open_eve(), open_eve()
    before = there.post("/posts/1/claps", {"claps": "3"}, headers=JSON).json["yours"]
    here.post("/settings/leave", {"password": PASSWORD, "now": 1})

    def claps_as_a_guest() -> bool:
        return bool(there.post("/posts/1/claps", {"claps": "1"}, headers=JSON).json["yours"] == 1)

    assert before == 3
    eventually(claps_as_a_guest)


def test_the_form_sent_twice_leaves_once(open_eve: Callable[[], Client]) -> None:
    here, there = open_eve(), open_eve()

    answers = [browser.post("/settings/leave", {"password": PASSWORD, "now": 1}) for browser in (here, there)]

    assert [answer.headers["location"] for answer in answers] == ["/left"] * 2


def test_a_wrong_password_is_said_and_nothing_happens(open_eve: Callable[[], Client], name: str) -> None:
    eve = open_eve()

    answer = eve.post("/settings/leave", {"password": "another password"})

    assert answer.status == 422
    assert '<strong class="error" id="password-error">This is not your password.</strong>' in answer.text
    assert eve.get(f"/@{name}").status == 200
    assert "cannot be taken back" in eve.get("/settings/leave").text


def test_who_leaves_soon_stays_by_signing_in_or_by_a_button(open_eve: Callable[[], Client], name: str) -> None:
    here, there = open_eve(), open_eve()

    answer = here.post("/settings/leave", {"password": PASSWORD})

    assert answer.headers["location"] == "/left/soon" and "in 7 days" in here.get("/left/soon").text
    assert here.get("/settings").headers["location"] == "/login?next=/settings"
    assert there.get(f"/@{name}").status == 200
    assert "Keep my account" in there.get("/settings").text
    back = here.post("/login", {"name": name, "password": PASSWORD, "next": "/write"}).headers["location"]
    assert back == "/settings?c=stay#leave" and "Your account stays as it is." in here.get("/settings?c=stay").text
    assert "Keep my account" not in there.get("/settings").text
    here.post("/settings/leave", {"password": PASSWORD})
    for _ in range(2):
        assert there.post("/settings/stay", {"stay": 1}).status == 303
    assert "Keep my account" not in there.get("/settings").text


def test_a_guest_cannot_leave(live_site: ClapsServer) -> None:
    guest = live_site.open_client()

    assert guest.get("/settings/leave").headers["location"] == "/login?next=/settings/leave"
    assert guest.post("/settings/leave", {"password": PASSWORD, "now": 1}).status == 403
