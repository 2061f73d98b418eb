"""Figures for whoever has the link."""

from __future__ import annotations

import re

from tests.parts.http_client import Client
from tests.web.conftest import SignIn


def make_link(writer: Client, post_id: int) -> str:
    """Share a post's figures; return the link's path."""
    answer = writer.post(f"/dashboard/posts/{post_id}/share")
    assert answer.status == 303
    found = re.search(r"/shared/[\w-]+", writer.get(answer.headers["location"]).text)
    assert found
    return found[0]


def test_a_link_shows_what_readers_may_see_until_it_is_ended(sign_in: SignIn, guest: Client) -> None:
    ben = sign_in("ben")
    path = make_link(ben, 7)

    shown = guest.get(path)

    assert shown.status == 200 and shown.headers["x-robots-tag"] == "noindex, nofollow"
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.text.count('<div class="card">') == 5
    assert "clappers" not in shown.text and "/tables/" not in shown.text
    ben.post("/dashboard/posts/7/share", {"undo": 1})
    assert guest.get(path).status == 404


def test_nobody_shares_or_ends_what_is_anothers(sign_in: SignIn, guest: Client) -> None:
    path = make_link(sign_in("ben"), 7)

    for undo in (0, 1):
        assert sign_in("ada").post("/dashboard/posts/7/share", {"undo": undo}).status == 404
        assert guest.post("/dashboard/posts/7/share", {"undo": undo}).status == 403
    assert guest.get(path).status == 200


def test_an_address_that_is_no_link_is_not_there(guest: Client) -> None:
    for token in ("x", "1-AAAAAAAAAAAAAAAAAAAAAAAAAAA", "1-" + "A" * 400):
        assert guest.get(f"/shared/{token}").status == 404
