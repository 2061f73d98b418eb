"""The frame with which other websites show applause."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from claps.acts.sites import register_site
from claps.app import Core
from claps.plain.people import Person
from claps.store.posts import Post
from claps.web.site import Site

BLOG, URL = "https://blog.example", "https://blog.example/post"
BROWSER = {"User-Agent": "Mozilla/5.0", "Sec-Fetch-Site": "same-origin"}
FRAMED = {**BROWSER, "Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def reader(app: Flask, ada: Person) -> FlaskClient:
    """A reader of Ada's site, which is registered."""
    parts: Site = app.extensions["claps"]
    register_site(parts.pages, ada, name="Blog", origins=BLOG)
    return app.test_client()


def policy_of(answer: TestResponse) -> str:
    """What an answer says of who may frame it."""
    return answer.headers["Content-Security-Policy"].partition("frame-ancestors ")[2]


def number_of_pages(core: Core) -> int:
    """How many pages there are."""
    with core.database.reading():
        return int(Post.select().count())


def test_an_unknown_page_shows_none_and_makes_nothing(core: Core, reader: FlaskClient) -> None:
    answer = reader.get(f"/embed?url={URL}")

    assert "<b>0</b> claps" in answer.text and "/embed/live?url=https%3A%2F%2Fblog.example%2Fpost" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert number_of_pages(core) == 0


def test_only_pages_of_the_site_may_show_the_frame(reader: FlaskClient) -> None:
    assert policy_of(reader.get(f"/embed?url={URL}")) == f"'self' {BLOG}"
    assert policy_of(reader.get("/")) == "'self'"


def test_what_nobody_registered_is_told_to_who_tries(reader: FlaskClient) -> None:
    answer = reader.get("/embed?url=https://other.example/", headers=FRAMED)

    assert (answer.status_code, policy_of(answer)) == (404, "*")
    assert "Nobody has registered" in answer.text


def test_the_live_part_makes_the_page(core: Core, reader: FlaskClient) -> None:
    fragment = reader.get(f"/embed/live?url={URL}", headers={**BROWSER, "HX-Request": "true"})
    frame = reader.get(f"/embed/live?url={URL}&theme=dark", headers=FRAMED)

    assert 'id="claps-1">0</b>' in fragment.text and "topic=post:1" in fragment.text
    assert (frame.status_code, frame.headers["Location"]) == (303, "/embed/frame?topic=post:1&theme=dark")
    assert number_of_pages(core) == 1


@pytest.mark.parametrize("headers", [{**BROWSER, "Sec-Fetch-Site": "cross-site"}, {"User-Agent": "Googlebot/2.1"}])
def test_what_no_frame_asks_for_makes_no_page(core: Core, reader: FlaskClient, headers: dict[str, str]) -> None:
    assert reader.get(f"/embed/live?url={URL}", headers=headers).status_code == 403
    assert number_of_pages(core) == 0


def test_a_guest_claps_with_a_cookie_for_that_site_alone(reader: FlaskClient) -> None:
    first = reader.post("/embed/claps", data={"url": URL, "claps": 3}, headers=FRAMED, base_url="https://localhost")

    cookie = first.headers["Set-Cookie"]
    assert cookie.startswith("__Host-embed=")
    assert all(f"; {part}" in cookie for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"))
    assert "Thank you." in first.text and policy_of(first) == f"'self' {BLOG}"


def test_claps_of_one_guest_end_at_fifty_and_are_taken_back(reader: FlaskClient) -> None:
    given = [_clap(reader, claps=30) for _ in range(2)]
    undone = _clap(reader, undo=1)

    assert [answer["yours"] for answer in (*given, undone)] == [30, 50, 0]
    assert undone["claps"] == 0


def _clap(reader: FlaskClient, **fields: int) -> dict[str, int]:
    headers = {**BROWSER, "Accept": "application/json"}
    answer = reader.post("/embed/claps", data={"url": URL, **fields}, headers=headers, base_url="https://localhost")
    found: dict[str, int] = answer.json or {}
    return found


def test_a_form_of_another_site_does_not_clap(core: Core, reader: FlaskClient) -> None:
    answer = reader.post("/embed/claps", data={"url": URL}, headers={"Sec-Fetch-Site": "cross-site", "Origin": BLOG})

    assert answer.status_code == 403
    assert number_of_pages(core) == 0


def test_browsers_without_frames_come_back_to_a_new_address(reader: FlaskClient) -> None:
    answer = reader.post("/embed/claps", data={"url": URL, "theme": "dark"})

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/embed?url=https%3A%2F%2Fblog.example%2Fpost&theme=dark&c=1")
    assert "1 from you" in reader.get(answer.headers["Location"], base_url="https://localhost").text


def test_what_was_given_is_said_when_the_frame_comes_again(reader: FlaskClient) -> None:
    _clap(reader, claps=8)

    assert "8 from you" in reader.get(f"/embed?url={URL}", base_url="https://localhost").text


def test_owners_are_told_that_it_is_their_page(app: Flask, reader: FlaskClient, ada: Person) -> None:
    _clap(reader, claps=8)
    with reader.session_transaction(base_url="https://localhost") as session:
        session["person_id"] = ada.id

    assert "Your page" in reader.get(f"/embed?url={URL}", base_url="https://localhost").text


def test_a_look_is_a_style_sheet_of_its_own(reader: FlaskClient) -> None:
    page = reader.get(f"/embed?url={URL}&color=%230a0&theme=dark")
    sheet = reader.get("/embed/look.css?color=00aa00&theme=dark")

    assert 'href="/embed/look.css?color=00aa00&amp;theme=dark"' in page.text
    assert "--accent:#00aa00" in sheet.text and "color-scheme:dark" in sheet.text
    assert sheet.mimetype == "text/css"


@pytest.mark.parametrize("query", ["color=red;}", "theme=pink", "color=" + "x" * 2_000])
def test_a_look_that_is_none_is_refused(reader: FlaskClient, query: str) -> None:
    assert reader.get(f"/embed/look.css?{query}").status_code in (400, 422)


def test_a_post_that_is_a_page_leads_to_where_it_is(reader: FlaskClient) -> None:
    _clap(reader, claps=1)

    answer = reader.get("/posts/1")

    assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    assert reader.get("/posts/1/likes").status_code == 404
    assert URL not in reader.get("/").text + reader.get("/@ada").text + reader.get("/feed.atom").text
