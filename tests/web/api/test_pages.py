"""Pages of other websites for programs and scripts: many counts in one call, and claps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from claps.acts.claps import clap
from claps.acts.sites import register_site
from claps.acts.tokens import make_personal_token
from claps.app import Core
from claps.plain.people import Person, Reader
from claps.plain.posts import Post

ORIGIN = "https://blog.example"
PAGE = f"{ORIGIN}/bells"


@pytest.fixture
def client(app: Flask, ada: Person) -> FlaskClient:
    """A browser at a site whose owner is Ada."""
    register_site(app.extensions["claps"].pages, ada, name="Blog", origins=ORIGIN)
    return app.test_client()


@pytest.fixture
def calm(app: Flask, ada: Person) -> Iterator[None]:
    """Ada keeps the numbers of her page from readers."""
    parts = app.extensions["claps"]
    page = parts.library.get_counted(parts.pages.open_page(PAGE).post_id)
    parts.calm.hide_from_readers(ada, page, is_calm=True)
    yield


def give(client: FlaskClient, claps: int, *, url: str = PAGE, origin: str | None = ORIGIN, agent: str = "Ben's") -> Any:
    """Clap as the element does: as text, so that no browser asks beforehand."""
    headers = {"User-Agent": agent, "Content-Type": "text/plain"} | ({"Origin": origin} if origin else {})
    return client.post("/api/v1/pages/claps", json={"url": url, "claps": claps}, headers=headers)


def test_counts_of_pages_and_posts_come_in_the_order_they_were_asked_for(
    core: Core, client: FlaskClient, article: Post
) -> None:
    give(client, 3)
    clap(core.ledger, Reader(article.writer.id + 1), article, times=7)
    urls = [f"/posts/{article.id}", "https://nobody.example/", PAGE + "?utm_source=x", "no address", f"{ORIGIN}/new"]

    asked = client.get("/api/v1/counts", query_string=[("url", url) for url in urls])
    posted = client.post("/api/v1/counts", json={"urls": urls})

    assert [(count["url"], count["claps"], count["people"]) for count in asked.json] == [
        (urls[0], 7, 1), (urls[1], 0, 0), (urls[2], 3, 1), (urls[3], 0, 0), (urls[4], 0, 0)
    ]
    assert posted.json == asked.json


def test_a_hundred_addresses_may_be_asked_for_at_once(client: FlaskClient) -> None:
    urls = [f"{ORIGIN}/{number}" for number in range(101)]

    answers = [client.post("/api/v1/counts", json={"urls": some}) for some in (urls[:100], urls)]
    too_many = client.get("/api/v1/counts", query_string=[("url", url) for url in urls])

    assert [answer.status_code for answer in (*answers, too_many)] == [200, 422, 400]
    assert len(answers[0].json) == 100


def test_claps_are_counted_for_the_guest_of_an_address_up_to_fifty(client: FlaskClient) -> None:
    first, second = give(client, 30), give(client, 30)
    others = give(client, 1, agent="Cyd's")

    assert [(told.json["claps"], told.json["yours"]) for told in (first, second, others)] == [
        (30, 30), (50, 50), (51, 1)
    ]
    assert "Set-Cookie" not in first.headers


def test_only_pages_of_the_site_itself_may_clap_and_read(client: FlaskClient) -> None:
    ours, theirs, nobodys = (give(client, 1, origin=origin) for origin in (ORIGIN, "https://evil.example", None))

    assert [answer.status_code for answer in (ours, theirs, nobodys)] == [200, 403, 200]
    assert ours.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in ours.headers
    assert "Access-Control-Allow-Origin" not in theirs.headers
    assert give(client, 1, url="https://nobody.example/").status_code == 404


def test_a_script_that_sends_json_may_ask_beforehand(client: FlaskClient) -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}

    allowed = client.options("/api/v1/counts", headers=headers)

    assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in allowed.headers["Access-Control-Allow-Methods"]


def test_claps_are_taken_back(client: FlaskClient) -> None:
    give(client, 5)

    taken = client.delete(f"/api/v1/pages/claps?url={PAGE}", headers={"User-Agent": "Ben's", "Origin": ORIGIN})

    assert (taken.json["claps"], taken.json["yours"]) == (0, 0)
    assert client.delete(f"/api/v1/pages/claps?url={ORIGIN}/new").status_code == 404


def test_who_shows_a_token_claps_as_that_person(app: Flask, client: FlaskClient, ada: Person, ben: Person) -> None:
    passes = app.extensions["claps"].passes
    answers = []
    for person in (ben, ada):
        token = make_personal_token(passes, person, name="Mine", scopes={"clap": ""}, days=7)
        headers = {"Authorization": f"Bearer {token}"}
        answers.append(client.post("/api/v1/pages/claps", json={"url": PAGE, "claps": 4}, headers=headers))

    assert answers[0].json["yours"] == 4
    assert answers[1].status_code == 403  # it is her own


def test_numbers_that_are_kept_from_readers_are_not_told(client: FlaskClient, calm: None) -> None:
    clapped = give(client, 3)

    assert (clapped.json["claps"], clapped.json["yours"]) == (None, 3)
    assert client.get("/api/v1/counts", query_string={"url": PAGE}).json[0]["claps"] is None
    assert "3" not in client.get(f"/badge.svg?url={PAGE}&label=").text.partition("<title>")[2].partition("</title>")[0]
