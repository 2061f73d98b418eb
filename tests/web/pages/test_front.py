"""The front page."""

from __future__ import annotations

import re

from tests.parts.http_client import Client

# Those of the demo, behind which come its notes and what other tests have published.
ARTICLES = range(1, 10)


def test_the_newest_posts_come_first_with_live_counts(guest: Client) -> None:
    page = guest.get("/")

    dates = re.findall(r'<time datetime="([^"]+)">', page.text)
    ids = re.findall(r'<b id="claps-(\d+)">', page.text)
    assert dates == sorted(dates, reverse=True)
    assert set(map(str, ARTICLES)) <= set(ids)
    assert "/live?" + "&amp;".join(f"topic=post:{number}&amp;since=" for number in ids) in page.text


def test_it_may_be_kept_for_a_minute(guest: Client) -> None:
    assert guest.get("/").headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"


def test_what_is_newer_than_the_page_can_be_watched(guest: Client) -> None:
    page = guest.get("/")

    newest, second, third = sorted(map(int, re.findall(r'<b id="claps-(\d+)">', page.text)), reverse=True)[:3]
    assert f"topic=posts:{newest}&amp;since=n.0" in page.text
    told = guest.get(f"/live?topic=posts:{third}&wait=0", headers={"Accept": "application/json"})
    assert newest > second and told.json["state"] == {"newer": 2}


def test_older_posts_are_on_pages_of_their_own(guest: Client) -> None:
    page = guest.get("/?before=4")

    assert re.findall(r'<b id="claps-(\d+)">', page.text) == ["3", "2", "1"]
    assert "topic=posts:" not in page.text and '<meta name="robots" content="noindex, follow">' in page.text
    assert guest.get("/?before=no").status == 400


def test_popular_posts_are_ranked(guest: Client) -> None:
    page = guest.get("/popular")

    assert set(map(str, ARTICLES)) <= set(re.findall(r'<b id="claps-(\d+)">', page.text))
    assert '<a href="/popular" aria-current="page">Popular</a>' in page.text
    assert guest.get("/popular?before=0.5-1").text.count("<li>") == 0
    assert guest.get("/popular?before=nan-1").status == 400
