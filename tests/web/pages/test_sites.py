"""The settings of one's own websites."""

from __future__ import annotations

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient

from claps.plain.people import Person

ORIGIN = "https://blog.example"


@pytest.fixture
def owner(app: Flask, ada: Person) -> FlaskClient:
    """Ada, signed in."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["person_id"] = ada.id
    return client


def register(owner: FlaskClient, origins: str = ORIGIN) -> str:
    """Register a site; return where its settings are."""
    answer = owner.post("/settings/sites", data={"name": "Blog", "origins": origins})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"].partition("?")[0])


def test_a_site_is_registered_and_tells_what_to_copy(owner: FlaskClient) -> None:
    page = owner.get(register(owner))

    frame = '<iframe src="http://localhost/embed?url=https%3A%2F%2Fblog.example%2Fthe-page"'
    assert frame in html.unescape(page.text)
    assert "None so far" in page.text
    assert "/settings/sites/1" in owner.get("/settings/sites").text


def test_what_is_wrong_is_said_beside_the_field(owner: FlaskClient) -> None:
    place = register(owner)

    wrong = owner.post("/settings/sites", data={"name": "", "origins": "https://other.example"})
    taken = owner.post("/settings/sites", data={"name": "Again", "origins": ORIGIN})
    elsewhere = owner.post(f"{place}/aliases", data={"url": f"{ORIGIN}/a", "alias": "https://other.example/a"})

    assert (wrong.status_code, taken.status_code, elsewhere.status_code) == (422, 409, 422)
    assert "A name of 1 to 60" in wrong.text and "https://other.example" in wrong.text
    assert "belongs to another site" in taken.text
    assert "is no origin of this site" in elsewhere.text


def test_pages_stand_there_with_what_they_got(owner: FlaskClient, app: Flask) -> None:
    place = register(owner)
    app.test_client().post("/embed/claps", data={"url": f"{ORIGIN}/post", "claps": 8})

    page = owner.get(place)

    assert f'<a href="{ORIGIN}/post"' in page.text and "/dashboard/posts/1" in page.text
    assert owner.get("/dashboard/posts/1").status_code == 200
    assert "blog.example/post" in owner.get("/dashboard").text


def test_an_address_is_added_and_taken_away(owner: FlaskClient) -> None:
    place = register(owner)

    added = owner.post(f"{place}/aliases", data={"url": f"{ORIGIN}/new", "alias": f"{ORIGIN}/old"})
    listed = owner.get(place)
    owner.post(f"{place}/aliases", data={"undo": "1", "alias": f"{ORIGIN}/old"})

    assert added.status_code == 303
    assert f"Take away: {ORIGIN}/old" in listed.text
    assert f"{ORIGIN}/old" not in owner.get(place).text


def test_a_site_is_changed_and_deleted(owner: FlaskClient) -> None:
    place = register(owner)

    owner.post(place, data={"name": "Moved", "origins": "https://new.example"})
    assert "Moved" in owner.get(place).text
    owner.post(f"{place}/delete")

    assert owner.get(place).status_code == 404


def test_nobody_else_sees_it(owner: FlaskClient, app: Flask, ben: Person) -> None:
    place = register(owner)
    other = app.test_client()

    assert other.get(place).headers["Location"] == f"/login?next={place}"
    with other.session_transaction() as session:
        session["person_id"] = ben.id
    assert other.get(place).status_code == 404
    assert other.post(f"{place}/delete").status_code == 404
