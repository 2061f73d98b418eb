"""Making tables and finding them, and saying who may do what in them."""

from __future__ import annotations

import time

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client
from tests.web.conftest import SignIn


@pytest.fixture
def ada(sign_in: SignIn) -> Client:
    """Ada, signed in."""
    return sign_in("ada")


@pytest.fixture
def name(ada: Client) -> str:
    """A table of Ada's."""
    name = f"of-ada-{time.time_ns()}"
    assert ada.post("/tables", {"name": name}).headers["location"] == f"/tables/{name}?c=made"
    return name


def test_a_table_that_was_made_is_listed_for_its_owner_and_for_everybody(
    ada: Client, guest: Client, name: str
) -> None:
    link = f'<a href="/tables/{name}">'

    assert ada.get("/tables").text.count(link) == 2
    assert guest.get("/tables").text.count(link) == 1
    assert "This is your table." in ada.get(f"/tables/{name}?c=made").text


def test_what_cannot_be_made_is_refused_where_it_was_typed(ada: Client, name: str) -> None:
    taken, odd = (ada.post("/tables", {"name": text, "visibility": "members"}) for text in (name, "Größen"))

    assert (taken.status, odd.status) == (409, 422)
    assert 'value="Größen"' in odd.text and "small letters" in odd.text
    assert 'value="members" checked' in odd.text


def test_only_people_make_tables_that_stay(guest: Client) -> None:
    assert guest.post("/tables", {"name": "mine"}).status == 403


def test_a_guest_tries_one_out(guest: Client, live_site: ClapsServer) -> None:
    location = guest.post("/tables/scratch", {"try": 1}).headers["location"]
    path = location.partition("?")[0]

    anybody = live_site.open_client()
    anybody.post(f"{path}/put", {"key": "hello", "value": "world", "new": 1})

    page = guest.get(path).text
    assert '<th scope="row">hello</th>' in page and "Whoever has this address may write" in page
    assert "Who may read and write" not in page


def test_members_are_let_in_and_taken_out(ada: Client, sign_in: SignIn, name: str) -> None:
    ben = sign_in("ben")
    refused = ben.post(f"/tables/{name}/put", {"key": "k", "value": "1"})
    ada.post(f"/tables/{name}/members", {"person": "@Ben", "role": "editor"})
    written = ben.post(f"/tables/{name}/put", {"key": "k", "value": "1"})
    page = ada.get(f"/tables/{name}").text
    ada.post(f"/tables/{name}/members/remove", {"person": "ben"})

    assert (refused.status, written.status) == (403, 303)
    assert '<a href="/@ben">' in page and "reads and writes</span>" in page
    assert ben.post(f"/tables/{name}/put", {"key": "k", "value": "2"}).status == 403


def test_who_is_nobody_is_not_let_in(ada: Client, name: str) -> None:
    answer = ada.post(f"/tables/{name}/members", {"person": "nobody-at-all", "role": "reader"})

    assert answer.status == 404
    assert 'value="nobody-at-all" aria-invalid="true"' in answer.text


def test_a_table_for_members_is_neither_listed_nor_shown(ada: Client, guest: Client, name: str) -> None:
    answer = ada.post(f"/tables/{name}/visibility", {"visibility": "members"})

    assert answer.headers["location"] == f"/tables/{name}?c=members#members"
    assert guest.get(f"/tables/{name}").status == 403
    assert name not in guest.get("/tables").text
    assert f"{name}</a>" in ada.get("/tables").text


def test_a_table_is_deleted_by_its_owner(ada: Client, sign_in: SignIn, name: str) -> None:
    assert sign_in("ben").post(f"/tables/{name}/drop").status == 403

    assert ada.post(f"/tables/{name}/drop").headers["location"] == "/tables?c=gone"
    assert ada.get(f"/tables/{name}").status == 404
    assert "It is deleted." in ada.get("/tables?c=gone").text


def test_a_long_list_goes_on_on_another_page(ada: Client) -> None:
    mark = f"z-{time.time_ns()}"
    for number in range(51):
        ada.post("/tables", {"name": f"{mark}-{number:02}"})

    first = ada.get(f"/tables?mine={mark}&after={mark}").text
    second = ada.get(f"/tables?mine={mark}-49&after={mark}").text

    assert (f"{mark}-49</a>" in first, f"/tables?mine={mark}-49" in first) == (True, True)
    assert first.count(f"{mark}-50") == 0 and second.count(f"{mark}-50</a>") == 1
