"""Counts as pictures, for pages of others."""

from __future__ import annotations

import pytest

from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Client


def test_a_badge_shows_the_claps_of_a_post_by_its_number_or_its_address(live_site: ClapsServer, guest: Client) -> None:
    claps = guest.post_json("/posts/3/claps", {"claps": 3}).json["claps"]

    by_number, by_address = (
        guest.get(f"/badge.svg?{query}") for query in ("post=3", f"url=http://127.0.0.1:{live_site.port}/posts/3/words")
    )

    assert (by_number.status, by_number.headers["content-type"]) == (200, "image/svg+xml")
    assert f"{claps:,} claps" in by_number.text and by_number.text == by_address.text


def test_a_badge_may_stand_in_any_page_and_be_kept_for_a_minute(guest: Client) -> None:
    badge = guest.get("/badge.svg?post=5")

    again = guest.get("/badge.svg?post=5", headers={"If-None-Match": badge.headers["etag"]})

    assert badge.headers["cross-origin-resource-policy"] == "cross-origin"
    assert badge.headers["cache-control"].startswith("public, max-age=60")
    assert badge.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert (again.status, again.body) == (304, b"")


def test_a_badge_looks_as_it_is_asked_to(guest: Client) -> None:
    badge = guest.get("/badge.svg?post=5&color=%230a0&dark=1&label=%3Cb%3Ebravo")

    assert 'fill="#00aa00"' in badge.text and "&lt;b&gt;bravo" in badge.text
    assert "prefers-color-scheme" not in badge.text


@pytest.mark.parametrize("query", ["post=9999", "url=/posts/9999", "url=/search", "url=https://nobody.example/"])
def test_a_page_that_is_not_there_is_a_picture_that_says_so(guest: Client, query: str) -> None:
    badge = guest.get(f"/badge.svg?{query}")

    assert (badge.status, badge.headers["content-type"]) == (404, "image/svg+xml")
    assert "no such page" in badge.text


@pytest.mark.parametrize(("query", "status"), [("", 400), ("post=x", 400), ("post=1&theme=blue", 422), ("url=+", 400)])
def test_what_cannot_be_asked_is_refused(guest: Client, query: str, status: int) -> None:
    assert guest.get(f"/badge.svg?{query}").status == status


def test_a_live_badge_is_a_picture_after_the_other(live_site: ClapsServer, guest: Client) -> None:
    claps = guest.post_json("/posts/3/claps", {"claps": 1}).json["claps"]

    with live_site.open_client().open_stream("/badge.svg?post=3&live=1&label=live") as stream:
        first = stream.read_until("</svg>")
        told = guest.post_json("/posts/3/claps", {"claps": 2}).json["claps"]
        stream.read_until(f"{told:,} live")

    assert f"{claps:,} live" in first
    assert stream.headers["content-type"] == "multipart/x-mixed-replace; boundary=claps"
