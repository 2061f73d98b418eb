"""Joining, signing in and signing out."""

from __future__ import annotations

import secrets

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.parts.processes import eventually
from tests.web.conftest import SignIn

PASSWORD = "a few words in a row"


@pytest.fixture
def name() -> str:
    """A name that nobody has."""
    return f"eve_{secrets.token_hex(4)}"


def test_who_joins_is_signed_in_and_sent_on(guest: Client, name: str) -> None:
    form = {"name": name, "display_name": "Eve", "password": PASSWORD, "next": "/posts/7#comments"}

    answer = guest.post("/join", form)

    assert (answer.status, answer.headers["location"]) == (303, "/posts/7#comments")
    assert f'<a class="me" href="/@{name}">Eve</a>' in guest.get("/dashboard").text


def test_what_a_guest_has_given_is_theirs_when_they_join(guest: Client, name: str) -> None:
    guest.post("/posts/3/claps", {"claps": 4})

    answer = guest.post("/join", {"name": name, "display_name": "Eve", "password": PASSWORD})

    [gone] = [cookie for cookie in answer.cookies if cookie.startswith("reader=;")]
    assert "Max-Age=0" in gone
    eventually(lambda: 'data-yours="4"' in guest.get("/posts/3/hand").text, seconds=20)


def test_what_a_guest_has_given_is_theirs_when_they_sign_in(guest: Client, live_site: ClapsServer, name: str) -> None:
    live_site.open_client().post("/join", {"name": name, "display_name": "Eve", "password": PASSWORD})
    guest.post("/posts/3/claps", {"claps": 4})

    answer = guest.post("/login", {"name": name, "password": PASSWORD})

    assert [cookie.partition(";")[0] for cookie in answer.cookies if "Max-Age=0" in cookie] == ["reader="]
    eventually(lambda: 'data-yours="4"' in guest.get("/posts/3/hand").text, seconds=20)


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [({"name": "ada"}, 409, "name"), ({"name": "4"}, 422, "name"), ({"password": "short"}, 422, "password")],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(
    guest: Client, name: str, change: dict[str, str], status: int, field: str
) -> None:
    answer = guest.post("/join", {"name": name, "display_name": "E <v> e", "password": PASSWORD, **change})

    assert (answer.status, answer.cookies) == (status, ())
    assert f'id="{field}-error"' in answer.text and "Not yet:" in answer.text
    assert 'value="E &lt;v&gt; e"' in answer.text
    assert PASSWORD not in answer.text


def test_a_wrong_password_is_refused_without_saying_which(guest: Client) -> None:
    answers = [guest.post("/login", {"name": who, "password": "wrong"}) for who in ("ada", "nobody")]

    assert [answer.status for answer in answers] == [403, 403]
    assert len({answer.body.replace(b"nobody", b"ada") for answer in answers}) == 1


@pytest.mark.parametrize(
    ("where", "address"),
    [("/posts/7", "/posts/7"), ("", "/dashboard"), ("https://evil.test/", "/dashboard"), ("//evil.test", "/dashboard"),
     ("/\t/evil.test", "/dashboard")],
)
def test_nobody_is_sent_to_another_site(guest: Client, where: str, address: str) -> None:
    answer = guest.post("/login", {"name": "ben", "password": "applause", "next": where})

    assert (answer.status, answer.headers["location"]) == (303, address)


def test_who_is_signed_in_already_is_sent_on(sign_in: SignIn) -> None:
    answer = sign_in("ben").get("/login?next=/posts/7")

    assert (answer.status, answer.headers["location"]) == (303, "/posts/7")


@pytest.mark.parametrize("path", ["/login", "/join"])
def test_forms_remember_where_to_go_and_are_not_kept(guest: Client, path: str) -> None:
    page = guest.get(f"{path}?next=/posts/7")

    assert '<input type="hidden" name="next" value="/posts/7">' in page.text
    assert page.headers["cache-control"] == "private, no-store"


def test_an_old_session_is_not_gone_on_with(sign_in: SignIn, name: str) -> None:
    client = sign_in("ben")
    before = client.cookies["session"]

    client.post("/join", {"name": name, "display_name": "", "password": PASSWORD})

    assert client.cookies["session"] != before
    assert f"/@{name}" in client.get("/dashboard").text
