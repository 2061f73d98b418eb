"""What the published client of applause-button is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from claps.acts.sites import register_site
from claps.plain.people import Person

ORIGIN = "https://blog.example"


@pytest.fixture
def client(app: Flask, ada: Person) -> FlaskClient:
    """A browser at a site whose owner is Ada; an old part of it has no TLS."""
    register_site(app.extensions["claps"].pages, ada, name="Blog", origins=f"{ORIGIN}\nhttp://old.example")
    return app.test_client()


def update(client: FlaskClient, body: Any, path: str = "?url=https://blog.example/bells", **headers: str) -> Any:
    """Clap as the client does: a JSON text of the claps and its version, sent as plain text."""
    sent = {"Content-Type": "text/plain", "Origin": ORIGIN, "Sec-Fetch-Site": "cross-site", **headers}
    return client.post(f"/update-claps{path}", data=json.dumps(body), headers=sent)


def test_claps_are_a_bare_number(client: FlaskClient) -> None:
    before = client.get("/get-claps?url=https://blog.example/bells", headers={"Origin": ORIGIN})

    clapped = update(client, "3,4.0.5")

    after = client.get("/get-claps?url=https://blog.example/bells?a=b&c=d")
    assert (before.text, clapped.text, after.text) == ("0", "3", "3")
    assert before.headers["Access-Control-Allow-Origin"] == ORIGIN == clapped.headers["Access-Control-Allow-Origin"]


def test_the_page_is_named_by_its_address_with_or_without_scheme_or_by_where_the_request_comes_from(
    client: FlaskClient,
) -> None:
    update(client, "2,4.0.5")
    update(client, "1,4.0.5", path="", Referer="http://old.example/attic?x=y", Origin="http://old.example")

    counts = [
        client.get("/get-claps?url=blog.example/bells"),
        client.get("/get-claps", headers={"Referer": f"{ORIGIN}/bells?from=feed"}),
        client.get("/get-claps?url=old.example/attic"),
        client.get("/get-claps"),
    ]

    assert [answer.text for answer in counts] == ["2", "2", "1", '"no referer set"']


def test_a_request_has_one_to_ten_claps_and_what_is_no_count_is_one(client: FlaskClient) -> None:
    bodies = ("99,4.0.5", -39.95, 9.9, 4, "4", True)

    given = [update(client, body, path=f"?url=blog.example/{n}").json for n, body in enumerate(bodies)]

    assert given == [10, 1, 1, 4, 4, 1]


def test_claps_past_fifty_leave_the_number_as_it_is_so_that_the_client_stops(client: FlaskClient) -> None:
    told = [update(client, "10,4.0.5").json for _ in range(6)]

    assert told == [10, 20, 30, 40, 50, 50]


def test_many_pages_are_a_list_of_those_with_claps(client: FlaskClient) -> None:
    update(client, "3,4.0.5")
    urls = ["https://blog.example/bells?a", "blog.example/bells", "blog.example/new", "nobody.example", ""]

    told = client.post("/get-multiple", data=json.dumps(urls), headers={"Origin": ORIGIN})

    assert told.json == [{"url": "blog.example/bells", "claps": 3}]
    assert told.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_what_is_asked_wrongly_or_from_elsewhere_is_refused(client: FlaskClient) -> None:
    answers = [
        update(client, "1,4.0.5", Origin="https://evil.example"),
        update(client, "1,4.0.5", path="?url=nobody.example"),
        update(client, "1,4.0.5", path=""),
        client.post("/update-claps?url=blog.example", data="{", headers={"Origin": ORIGIN}),
        client.post("/get-multiple", data='{"url": 1}'),
        client.get("/get-claps?url=nobody.example"),
    ]

    assert [answer.status_code for answer in answers] == [403, 404, 400, 400, 422, 404]
    assert "Access-Control-Allow-Origin" not in answers[0].headers
