"""A person's page."""

from __future__ import annotations

import secrets

import pytest

from tests.parts.http_client import Client
from tests.web.conftest import SignIn


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


def test_a_follow_by_plain_form_leads_to_a_page_of_ones_own_that_can_undo(sign_in: SignIn) -> None:
    ben = sign_in("ben")
    before = ben.post_json("/@ada/follow", {"undo": True}).json["followers"]

    answer = ben.post("/@ada/follow")
    pages = [ben.get(answer.headers["location"].partition("#")[0]) for _ in range(6)]  # whichever worker answers
    everybodys = ben.get("/@ada")

    assert (answer.status, answer.headers["location"].rpartition("#")[2]) == (303, "follow")
    assert {page.headers["cache-control"] for page in pages} == {"private, no-store"}
    for page in pages:
        assert '<span data-on>Following</span><span class="vh">, stop following</span>' in page.text
        assert f"{before + 1}</b></a>" in page.text
    assert "data-on" not in everybodys.text


def test_following_twice_counts_once_and_is_undone_once(sign_in: SignIn) -> None:
    cyd = sign_in("cyd")
    before = cyd.post_json("/@ada/follow", {"undo": True}).json["followers"]

    answers = [cyd.post_json("/@ada/follow", body).json for body in ({}, {}, {"undo": 1}, {"undo": 1})]

    assert [answer["followers"] - before for answer in answers] == [1, 1, 0, 0]
    assert [answer["following"] for answer in answers] == [True, True, False, False]


def test_the_button_comes_as_who_looks_needs_it(sign_in: SignIn, guest: Client) -> None:
    ben = sign_in("ben")
    followed = ben.post("/@ada/follow", headers={"HX-Request": "true"}).text
    hands = [client.get("/@ada/hand") for client in (ben, sign_in("ada"), guest)]

    assert {hand.headers["cache-control"] for hand in hands} == {"private, no-store"}
    assert "<span data-on>Following</span>" in hands[0].text
    assert "This is you." in hands[1].text
    assert '<a href="/login?next=/@ada">Sign in</a> to follow Ada Marsh.' in hands[2].text
    assert '<hx-partial id="say">You follow Ada Marsh.</hx-partial>' in followed
    assert '<hx-partial id="followers-' in followed


def test_nobody_follows_themselves_or_nobody_or_without_an_account(sign_in: SignIn, guest: Client) -> None:
    ada = sign_in("ada")
    own, unknown = ada.post("/@ADA/follow"), guest.post("/@ada/follow")

    assert (own.status, "Nobody follows themselves." in own.text) == (403, True)
    assert (unknown.status, '<a href="/login?next=/%40ada%23follow">' in unknown.text) == (403, True)
    assert ada.post("/@nobody/follow").status == 404


def test_who_follows_whom_is_listed(sign_in: SignIn, guest: Client) -> None:
    sign_in("cyd").post("/@ben/follow")

    assert '<a href="/@cyd">' in guest.get("/@ben/followers?c=").text
    assert '<a href="/@ben">' in guest.get("/@cyd/following?c=").text
    name = f"eve_{secrets.token_hex(4)}"
    guest.post("/join", {"name": name, "display_name": "Eve", "password": "a few words in a row"})
    assert "Eve follows nobody yet." in guest.get(f"/@{name}/following").text
    assert "Nobody follows Eve yet." in guest.get(f"/@{name}/followers").text
    assert guest.get("/@nobody/followers").status == 404


def test_earlier_posts_are_behind_a_key(guest: Client) -> None:
    page = guest.get("/@ada?before=2").text

    assert "/posts/1/the-bell-that-is-never-on-time" in page
    assert '<h2><a href="/posts/4/' not in page
    assert guest.get("/@ada?before=now").status == 400
