"""A post's page."""

from __future__ import annotations

import re

import pytest

from tests.parts.http_client import Client
from tests.web.conftest import SignIn

KEPT = "public, max-age=60, stale-while-revalidate=600"


def test_a_post_is_read_at_its_number_with_its_slug_or_none(guest: Client) -> None:
    pages = [guest.get(path) for path in ("/posts/1", "/posts/1/the-bell-that-is-never-on-time")]
    moved = guest.get("/posts/1/any-slug")

    assert {page.status for page in pages} == {200}
    assert (moved.status, moved.headers["location"]) == (301, "/posts/1/the-bell-that-is-never-on-time")
    assert "<h1>The bell that is never on time</h1>" in pages[0].text
    for page in pages:
        assert '<link rel="canonical" href="/posts/1/the-bell-that-is-never-on-time">' in page.text


def test_a_post_is_the_same_for_everybody_and_may_be_kept(guest: Client, sign_in: SignIn) -> None:
    page, for_ada = guest.get("/posts/5"), sign_in("ada").get("/posts/5")

    assert page.headers["cache-control"] == for_ada.headers["cache-control"] == KEPT
    assert page.body == for_ada.body
    assert page.headers["vary"] == "Accept-Encoding"


def test_a_page_watches_its_own_topic_from_the_beginning(guest: Client) -> None:
    page = guest.get("/posts/5").text

    url = r"/live\?topic=post:5&amp;since=&amp;topic=post:5:comments&amp;since=\w+\.\d+"
    assert re.search(f'hx-ws:connect="{url}"', page)
    assert '<iframe name="live" src="/live/frame?topic=post:5"' in page


def test_the_form_works_without_script(guest: Client) -> None:
    page = guest.get("/posts/5").text

    assert '<form method="post" action="/posts/5/claps"' in page
    assert '<input type="hidden" name="claps" value="1"' in page


@pytest.mark.parametrize("path", ["/posts/0", "/posts/999", "/posts/-1", "/posts/x", "/posts/99999999999999999999"])
def test_no_such_post_is_not_found(guest: Client, path: str) -> None:
    assert guest.get(path).status == 404


def test_what_a_reader_gave_is_asked_for_by_the_page(guest: Client, sign_in: SignIn) -> None:
    nobody = guest.get("/posts/1/hand")
    guest.post("/posts/1/claps", {"claps": 8})
    given, own = guest.get("/posts/1/hand"), sign_in("ada").get("/posts/1/hand")

    assert nobody.text == (
        '<hx-partial id="yours-1"><span data-yours="0" data-left="50"></span></hx-partial>'
        '<hx-partial id="like">Like</hx-partial><hx-partial id="bookmark">Bookmark</hx-partial>'
    )
    assert '<hx-partial id="yours-1"><span data-yours="8" data-left="42">8 from you</span></hx-partial>' in given.text
    assert '<span data-own>You wrote this</span> <a href="/write/post-1">Edit</a>' in own.text
    assert {answer.headers["cache-control"] for answer in (nobody, given, own)} == {"private, no-store"}


def test_what_is_wider_than_the_page_can_be_scrolled_by_keyboard(guest: Client) -> None:
    assert '<table tabindex="0">' in guest.get("/posts/1").text
    assert '<pre tabindex="0"><code>' in guest.get("/posts/5").text
