"""Pages of other websites for programs and scripts: many counts in one call, and claps."""

from __future__ import annotations

from itertools import count
from urllib.parse import quote, urlencode

import pytest
from flask import Flask

from claps.acts.sites import register_site
from claps.plain.people import Person
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Answer, Client
from tests.parts.sites import register
from tests.web.conftest import SignIn
from tests.web.test_live_tokens import make_token

_NUMBERS = count(1)
CLAPS = "/api/v1/pages/claps"


@pytest.fixture
def origin(live_site: ClapsServer) -> str:
    """A website that Ada has registered."""
    origin = f"https://blog{next(_NUMBERS)}.example"
    register(live_site, origin)
    return origin


@pytest.fixture
def page(origin: str) -> str:
    """A page of it."""
    return f"{origin}/bells"


def give(client: Client, claps: int, page: str, *, origin: str | None = None, agent: str = "Ben's") -> Answer:
    """Clap as the element does."""
    headers = {"User-Agent": agent} | ({"Origin": origin} if origin else {})
    return client.post_json(CLAPS, {"url": page, "claps": claps}, headers=headers)


def test_counts_of_pages_and_posts_come_in_the_order_they_were_asked_for(guest: Client, origin: str, page: str) -> None:
    give(guest, 3, page)
    claps = guest.post_json("/posts/6/claps", {"claps": 1}).json["claps"]
    urls = ["/posts/6", "https://nobody.example/", f"{page}?utm_source=x", "no address", f"{origin}/new"]

    asked = guest.get("/api/v1/counts?" + urlencode([("url", url) for url in urls]))
    posted = guest.post_json("/api/v1/counts", {"urls": urls})

    assert [(count["url"], count["claps"]) for count in asked.json] == list(zip(urls, (claps, 0, 3, 0, 0), strict=True))
    assert asked.json[2]["people"] == 1
    assert posted.json == asked.json


def test_a_hundred_addresses_may_be_asked_for_at_once(guest: Client, origin: str) -> None:
    urls = [f"{origin}/{number}" for number in range(101)]

    answers = [guest.post_json("/api/v1/counts", {"urls": some}) for some in (urls[:100], urls)]
    too_many = guest.get("/api/v1/counts?" + urlencode([("url", url) for url in urls]))

    assert [answer.status for answer in (*answers, too_many)] == [200, 422, 400]
    assert len(answers[0].json) == 100


def test_claps_are_counted_for_the_guest_of_an_address_up_to_fifty(guest: Client, page: str) -> None:
    first, second = give(guest, 30, page), give(guest, 30, page)
    others = give(guest, 1, page, agent="Cyd's")

    told = [(answer.json["claps"], answer.json["yours"]) for answer in (first, second, others)]

    assert told == [(30, 30), (50, 50), (51, 1)]
    assert not first.cookies


def test_the_pages_own_site_is_told_how_many_claps_are_ones_own(guest: Client, origin: str, page: str) -> None:
    give(guest, 4, page)
    before = guest.get(f"{CLAPS}?url={quote(page)}/new", headers={"User-Agent": "Ben's"})

    mine, others, elsewhere = (
        guest.get(f"{CLAPS}?url={quote(page)}", headers={"User-Agent": agent, "Origin": one})
        for agent, one in (("Ben's", origin), ("Cyd's", origin), ("Ben's", "https://evil.example"))
    )

    assert [(told.json["claps"], told.json["yours"]) for told in (before, mine, others)] == [(0, 0), (4, 4), (4, 0)]
    assert elsewhere.status == 403


def test_only_pages_of_the_site_itself_may_clap_and_read(guest: Client, origin: str, page: str) -> None:
    ours, theirs, nobodys = (give(guest, 1, page, origin=one) for one in (origin, "https://evil.example", None))

    assert [answer.status for answer in (ours, theirs, nobodys)] == [200, 403, 200]
    assert ours.headers["access-control-allow-origin"] == origin
    assert "access-control-allow-credentials" not in ours.headers
    assert "access-control-allow-origin" not in theirs.headers
    assert give(guest, 1, "https://nobody.example/").status == 404


def test_a_script_that_sends_json_may_ask_beforehand(guest: Client, origin: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    allowed = guest.ask("OPTIONS", "/api/v1/counts", headers=headers)

    assert allowed.headers["access-control-allow-origin"] == origin
    assert "POST" in allowed.headers["access-control-allow-methods"]


def test_claps_are_taken_back(guest: Client, origin: str, page: str) -> None:
    give(guest, 5, page)

    taken = guest.ask("DELETE", f"{CLAPS}?url={quote(page)}", headers={"User-Agent": "Ben's", "Origin": origin})
    unknown = guest.ask("DELETE", f"{CLAPS}?url={quote(origin)}/new")

    assert (taken.json["claps"], taken.json["yours"], unknown.status) == (0, 0, 404)


def test_who_shows_a_token_claps_as_that_person(guest: Client, sign_in: SignIn, page: str) -> None:
    answers = [
        guest.post_json(CLAPS, {"url": page, "claps": 4}, headers=make_token(sign_in(name), "clap"))
        for name in ("cyd", "ada")
    ]

    assert (answers[0].status, answers[0].json["yours"]) == (200, 4)
    assert answers[1].status == 403  # it is her own


def test_numbers_that_are_kept_from_readers_are_not_told(app: Flask, ada: Person) -> None:
    parts, client, page = app.extensions["claps"], app.test_client(), "https://blog.example/bells"
    register_site(parts.pages, ada, name="Blog", origins=page)
    post = parts.library.get_counted(parts.pages.open_page(page).post_id)
    parts.calm.hide_from_readers(ada, post, is_calm=True)

    clapped = client.post(CLAPS, json={"url": page, "claps": 3})

    assert (clapped.json["claps"], clapped.json["yours"]) == (None, 3)
    assert client.get("/api/v1/counts", query_string={"url": page}).json[0]["claps"] is None
    assert "<title>claps</title>" in client.get(f"/badge.svg?url={page}").text
