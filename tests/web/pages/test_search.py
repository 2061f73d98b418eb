"""The search page."""

from __future__ import annotations

from urllib.parse import quote

from tests.parts.http_client import Client


def test_posts_and_people_are_found(guest: Client) -> None:
    page = guest.get("/search?q=ada").text
    posts = guest.get("/search?q=clapping").text

    assert '<a href="/@ada">' in page
    assert "How a room stops clapping" in posts


def test_what_was_typed_comes_back_and_is_no_markup(guest: Client) -> None:
    typed = quote('<script>alert(1)</script> " xyzzy')

    page = guest.get(f"/search?q={typed}").text

    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt; &#34; xyzzy" in page
    assert "No post has all of these words." in page


def test_nothing_typed_is_only_the_form(guest: Client) -> None:
    assert guest.get("/search").text.count("<h2>") == 0
    assert "no word in this" in guest.get("/search?q=%21%3F").text
