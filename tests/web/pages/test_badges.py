"""Counts as pictures, for pages of others."""

from __future__ import annotations

import pytest
from flask import Flask

from claps.acts.claps import clap
from claps.app import Core
from claps.plain.people import Person, Reader
from claps.plain.posts import Post


def test_a_badge_shows_the_claps_of_a_post(core: Core, app: Flask, article: Post, ben: Person) -> None:
    clap(core.ledger, Reader(ben.id), article, times=7)

    by_number = app.test_client().get(f"/badge.svg?post={article.id}")
    by_address = app.test_client().get(f"/badge.svg?url=http://localhost/posts/{article.id}/on-bells")

    assert (by_number.status_code, by_number.mimetype) == (200, "image/svg+xml")
    assert "7 claps" in by_number.text and by_number.text == by_address.text


def test_a_badge_may_stand_in_any_page_and_be_kept_for_a_minute(app: Flask, article: Post) -> None:
    client = app.test_client()
    badge = client.get(f"/badge.svg?post={article.id}")

    again = client.get(f"/badge.svg?post={article.id}", headers={"If-None-Match": badge.headers["ETag"]})

    assert badge.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert badge.headers["Cache-Control"].startswith("public, max-age=60")
    assert badge.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert (again.status_code, again.data) == (304, b"")


def test_a_badge_looks_as_it_is_asked_to(app: Flask, article: Post) -> None:
    asked = f"/badge.svg?post={article.id}&color=%230a0&dark=1&label=%3Cb%3Ebravo"

    badge = app.test_client().get(asked)

    assert 'fill="#00aa00"' in badge.text and "&lt;b&gt;bravo" in badge.text
    assert "prefers-color-scheme" not in badge.text


@pytest.mark.parametrize("query", ["post=99", "url=/posts/99", "url=/search", "url=https://nobody.example/"])
def test_a_page_that_is_not_there_is_a_picture_that_says_so(app: Flask, query: str) -> None:
    badge = app.test_client().get(f"/badge.svg?{query}")

    assert (badge.status_code, badge.mimetype) == (404, "image/svg+xml")
    assert "no such page" in badge.text


@pytest.mark.parametrize(("query", "status"), [("", 400), ("post=x", 400), ("post=1&theme=blue", 422), ("url=+", 400)])
def test_what_cannot_be_asked_is_refused(app: Flask, query: str, status: int) -> None:
    assert app.test_client().get(f"/badge.svg?{query}").status_code == status
