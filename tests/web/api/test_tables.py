"""Realtime tables over HTTP: made, listed, shared and deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from claps.app import Core
from claps.plain.people import Person
from tests.parts.realtime import Room

URL = "/api/v1/tables"
As = Callable[[Person | None], FlaskClient]
pytestmark = pytest.mark.parametrize("shared_core", ["sqlite"], indirect=True, scope="module")


@pytest.fixture
def core(shared_core: Core) -> Core:
    """One database for all of these tests."""
    return shared_core


@pytest.fixture
def room(core: Core) -> Room:
    """Somebody with tables."""
    return Room(core)


@pytest.fixture
def as_person(app: Flask) -> As:
    """A program with a person's cookie, or with none."""

    def open_client(person: Person | None) -> FlaskClient:
        client = app.test_client()
        if person is not None:
            with client.session_transaction() as session:
                session["person_id"] = person.id
        return client

    return open_client


@pytest.fixture
def mine(room: Room, as_person: As) -> FlaskClient:
    """The program of the person who has the tables."""
    return as_person(room.person)


def test_a_table_is_made_shown_and_deleted(mine: FlaskClient) -> None:
    made = mine.post(URL, json={"name": "made-here", "visibility": "members"})

    shown = mine.get(made.headers["Location"])
    assert (made.status_code, shown.status_code) == (201, 200)
    assert shown.json == made.json
    assert shown.json.items() >= {"name": "made-here", "visibility": "members", "role": "owner", "entries": 0}.items()
    assert mine.delete(made.headers["Location"]).status_code == 204
    assert mine.get(made.headers["Location"]).status_code == 404


def test_a_name_is_given_once(room: Room, mine: FlaskClient) -> None:
    table = room.make_table()

    answer = mine.post(URL, json={"name": table.name})

    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Prices"}, 422), ({"name": "a" * 65}, 422), ({"name": ""}, 422), ({"name": "scratch-1"}, 422),
        ({"name": 5}, 422), ({}, 422), ({"name": "a", "visibility": "nobody"}, 422), ({"name": "a", "colour": 1}, 422),
        ([], 422), ({"scratch": True, "name": "a"}, 422),
    ],
)
def test_what_cannot_be_a_table_is_refused(mine: FlaskClient, body: object, status: int) -> None:
    answer = mine.post(URL, json=body)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_guests_make_nothing_but_tables_to_try_out(as_person: As) -> None:
    guest, other = as_person(None), as_person(None)

    refused = guest.post(URL, json={"name": "of-a-guest"})
    made = guest.post(URL, json={"scratch": True})

    address = made.headers["Location"]
    assert (refused.status_code, refused.json["title"], made.status_code) == (401, "Sign in first", 201)
    assert made.json["expires_at"] > made.json["created_at"]
    assert other.put(f"{address}/entries/a", json=1).status_code == 201
    assert (other.delete(address).status_code, guest.delete(address).status_code) == (401, 204)


def test_ones_tables_are_listed_page_by_page(room: Room, mine: FlaskClient, as_person: As) -> None:
    names = sorted(room.make_table().name for _ in range(3))

    first = mine.get(f"{URL}?limit=2")
    second = mine.get(first.headers["Link"].partition(">")[0].removeprefix("<http://localhost"))

    assert [[table["name"] for table in page.json] for page in (first, second)] == [names[:2], names[2:]]
    assert "Link" not in second.headers
    assert as_person(None).get(URL).status_code == 401


def test_everybodys_tables_are_listed_for_everybody(room: Room, as_person: As) -> None:
    public, hidden = room.make_table(), room.make_table(visibility="members")

    answer = as_person(None).get(f"{URL}?of=everybody")

    names = {table["name"] for table in answer.json}
    assert public.name in names and hidden.name not in names


def test_members_are_let_in_and_out(room: Room, mine: FlaskClient, as_person: As) -> None:
    name, ben = room.make_table(visibility="members").name, room.make_person()
    theirs = as_person(ben)

    before = theirs.get(f"{URL}/{name}")
    added = mine.put(f"{URL}/{name}/members/{ben.name}", json={"role": "reader"})

    assert (before.status_code, added.status_code) == (403, 200)
    assert theirs.get(f"{URL}/{name}/members").json == [added.json] == [
        {"name": ben.name, "display_name": ben.display_name, "role": "reader"}
    ]
    assert theirs.get(f"{URL}/{name}").json["role"] == "reader"
    assert theirs.put(f"{URL}/{name}/entries/a", json=1).status_code == 403
    assert theirs.delete(f"{URL}/{name}/members/{ben.name}").status_code == 204
    assert theirs.get(f"{URL}/{name}").status_code == 403


def test_who_may_read_can_be_changed(room: Room, mine: FlaskClient, as_person: As) -> None:
    address = f"{URL}/{room.make_table(visibility='members').name}"

    assert as_person(None).get(address).json["title"] == "Sign in first"
    assert as_person(room.make_person()).patch(address, json={"visibility": "public"}).status_code == 403
    assert mine.patch(address, json={"visibility": "public"}).json["visibility"] == "public"
    assert as_person(None).get(address).json["role"] is None


def test_a_list_of_tables_that_was_read_before_is_not_sent_again(mine: FlaskClient) -> None:
    first = mine.get(URL)

    again = mine.get(URL, headers={"If-None-Match": first.headers["ETag"]})
    mine.post(URL, json={"name": "etags"})
    changed = mine.get(URL, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert changed.headers["ETag"] != first.headers["ETag"]
