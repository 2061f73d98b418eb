"""A person's page."""

from __future__ import annotations

import pytest

from tests.parts.http_client import Client


@pytest.mark.parametrize("path", ["/@ada", "/@ADA"])
def test_a_person_is_shown_with_what_they_have_published(guest: Client, path: str) -> None:
    page = guest.get(path)

    assert "Ada Marsh" in page.text
    assert "/posts/1/the-bell-that-is-never-on-time" in page.text
    assert "topic=post:1&amp;since=" in page.text
    assert page.headers["cache-control"].startswith("public, max-age=60")


@pytest.mark.parametrize("path", ["/@nobody", "/@", "/@a%00b", "/@%3Cscript%3E"])
def test_nobody_is_not_found(guest: Client, path: str) -> None:
    answer = guest.get(path)

    assert answer.status == 404
    assert "<script>" not in answer.text
