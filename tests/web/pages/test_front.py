"""The front page."""

from __future__ import annotations

import re

from tests.parts.http_client import Client


def test_the_newest_posts_come_first_with_live_counts(guest: Client) -> None:
    page = guest.get("/")

    dates = re.findall(r'<time datetime="([^"]+)">', page.text)
    ids = re.findall(r'<b id="claps-(\d+)">', page.text)
    assert dates == sorted(dates, reverse=True)
    assert sorted(ids) == sorted(str(number) for number in range(1, 10))
    assert "/live?" + "&amp;".join(f"topic=post:{number}&amp;since=" for number in ids) in page.text


def test_it_may_be_kept_for_a_minute(guest: Client) -> None:
    assert guest.get("/").headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
