"""Liking, by every road of HTTP, and who does."""

from __future__ import annotations

import re

import pytest

from tests.parts.http_client import Client
from tests.parts.processes import eventually
from tests.web.conftest import SignIn

LIKE = "/posts/4/like"
HTMX = {"HX-Request": "true"}
FRAMED = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}


def test_a_plain_form_leads_to_a_page_of_ones_own_that_can_undo(guest: Client) -> None:
    answer = guest.post(LIKE)
    page = guest.get(answer.headers["location"].partition("#")[0])

    assert answer.status == 303
    assert re.fullmatch(r"/posts/4\?c=\d+l[0-9a-f]{4}#like", answer.headers["location"])
    assert page.headers["cache-control"] == "private, no-store"
    assert '<span data-on>Liked</span><span class="vh">, take back</span><input type="hidden" name="undo"' in page.text


def test_a_like_counts_once_and_is_taken_back_once(guest: Client) -> None:
    before = guest.post_json(LIKE, {"undo": True}).json["likes"]

    answers = [guest.post_json(LIKE, body).json for body in ({}, {}, {"undo": 1}, {"undo": 1})]

    assert [answer["likes"] - before for answer in answers] == [1, 1, 0, 0]
    assert [answer["liked"] for answer in answers] == [True, True, False, False]
    assert set(answers[0]) == {"likes", "liked", "version"}


def test_htmx_gets_the_numbers_and_the_inside_of_the_button(guest: Client) -> None:
    liked, taken = guest.post(LIKE, headers=HTMX).text, guest.post(LIKE, {"undo": 1}, headers=HTMX).text

    assert '<hx-partial id="like"><span data-on>Liked</span>' in liked
    assert '<hx-partial id="say">You like this.</hx-partial>' in liked
    assert re.search(r'<hx-partial id="likes-4">\d+</hx-partial>', liked)
    assert '<hx-partial id="like">Like</hx-partial>' in taken


def test_a_frame_is_told_in_a_sentence(guest: Client) -> None:
    assert "You like this." in guest.post(LIKE, headers=FRAMED).text


def test_a_writer_is_refused_and_a_missing_post_is_not_found(sign_in: SignIn, guest: Client) -> None:
    answer = sign_in("ada").post_json("/posts/1/like", {})

    assert (answer.status, answer.json["detail"]) == (403, "You wrote this: others like it.")
    assert (guest.post("/posts/999/like").status, guest.get("/posts/999/likes").status) == (404, 404)


def test_who_likes_is_listed_people_by_name_and_guests_by_number(sign_in: SignIn, guest: Client) -> None:
    sign_in("ben").post("/posts/6/like")
    guest.post("/posts/6/like")

    page = eventually(lambda: '<a href="/@ben">' in (page := guest.get("/posts/6/likes?c=").text) and page)

    assert re.search(r"And \d+ guests?\.", str(page))


@pytest.mark.parametrize("after", ["x", "-1", "9" * 19, "%D9%A3"])
def test_a_page_begins_at_an_id(guest: Client, after: str) -> None:
    assert guest.get(f"/posts/6/likes?after={after}").status == 400
