"""Bookmarks: one's own, by every road of HTTP."""

from __future__ import annotations

from tests.parts.http_client import Client
from tests.web.conftest import SignIn

BOOKMARK = "/posts/2/bookmark"
HTMX = {"HX-Request": "true"}


def test_what_is_kept_is_on_the_page_of_whoever_keeps_it(sign_in: SignIn) -> None:
    ben, ada = sign_in("ben"), sign_in("ada")
    answers = [ben.post(BOOKMARK) for _ in range(2)]

    page = ben.get("/bookmarks")

    assert [answer.status for answer in answers] == [303, 303]
    assert answers[0].headers["location"] != answers[1].headers["location"]
    assert page.text.count('<h2><a href="/posts/2/') == 1
    assert page.headers["cache-control"] == "private, no-store"
    assert '<a href="/posts/2/' not in ada.get("/bookmarks").text


def test_the_page_after_a_plain_form_shows_it_and_can_undo(sign_in: SignIn) -> None:
    ben = sign_in("ben")
    page = ben.get(ben.post(BOOKMARK).headers["location"].partition("#")[0])

    ben.post(BOOKMARK, {"undo": 1})

    assert "<span data-on>Bookmarked</span>" in page.text
    assert '<a href="/posts/2/' not in ben.get("/bookmarks").text


def test_htmx_and_programs_are_told_the_state(sign_in: SignIn) -> None:
    ben = sign_in("ben")

    htmx, json = ben.post(BOOKMARK, headers=HTMX), ben.post_json(BOOKMARK, {"undo": True})

    assert '<hx-partial id="bookmark"><span data-on>Bookmarked</span>' in htmx.text
    assert json.json == {"kept": False}


def test_a_bookmark_needs_an_account(guest: Client) -> None:
    answer, page = guest.post(BOOKMARK), guest.get("/bookmarks")

    assert answer.status == 403
    assert '<a href="/login?next=/posts/2%23bookmark">Sign in</a>' in answer.text
    assert (page.status, page.headers["location"]) == (303, "/login?next=/bookmarks")


def test_only_what_is_there_is_kept(sign_in: SignIn) -> None:
    ben = sign_in("ben")

    assert ben.post("/posts/999/bookmark").status == 404
    assert ben.post("/posts/999/bookmark", {"undo": 1}).status == 303
    assert ben.get("/bookmarks?before=x").status == 400
