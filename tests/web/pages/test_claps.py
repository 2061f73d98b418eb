"""Clapping, by every road of HTTP."""

from __future__ import annotations

import re

import pytest

from tests.parts.http_client import Client
from tests.web.conftest import SignIn

CLAPS = "/posts/3/claps"
FRAMED = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}
HTMX = {"HX-Request": "true"}


def claps_now(client: Client) -> int:
    """What post 3 has."""
    return int(client.post_json(CLAPS, {"undo": True}).json["claps"])


def test_a_plain_form_leads_back_to_the_claps_at_a_new_address(guest: Client) -> None:
    before = claps_now(guest)

    answer = guest.post(CLAPS, {"claps": 3})

    assert (answer.status, answer.headers["location"]) == (303, f"/posts/3?c={before + 3}#claps")


def test_an_address_is_new_also_when_nothing_has_changed(guest: Client) -> None:
    guest.post(CLAPS, {"claps": 50})

    addresses = {guest.post(CLAPS, {"claps": 1}).headers["location"] for _ in range(3)}

    assert len(addresses) == 3


def test_the_page_after_a_plain_form_says_what_was_given_and_is_nobody_elses(guest: Client) -> None:
    page = guest.get(guest.post(CLAPS, {"claps": 8}).headers["location"].partition("#")[0])

    assert page.headers["cache-control"] == "private, no-store"
    assert "Thank you: 8 from you, 42 left." in page.text
    assert 'data-yours="8"' in page.text


def test_a_program_gets_counts_and_version(guest: Client) -> None:
    before = claps_now(guest)

    answer = guest.post_json(CLAPS, {"claps": 8})

    assert set(answer.json) == {"claps", "yours", "version"}
    assert (answer.json["claps"], answer.json["yours"]) == (before + 8, 8)
    assert re.fullmatch(r"[0-9a-z]+\.\d+", answer.json["version"])


def test_htmx_gets_every_number_and_the_readers_own(guest: Client) -> None:
    before = claps_now(guest)

    answer = guest.post(CLAPS, {"claps": 8}, headers=HTMX)

    ids = re.findall(r'<hx-partial id="([a-z]+)(?:-3)?">', answer.text)
    assert sorted(ids) == sorted(["claps", "word", "people", "readers", "likes", "views", "comments", "yours", "say"])
    assert f'<hx-partial id="claps-3">{before + 8:,}</hx-partial>' in answer.text
    assert '<span data-yours="8" data-left="42">8 from you</span>' in answer.text


@pytest.mark.parametrize(
    ("form", "text"),
    [({"claps": 3}, "Thank you: 3 from you, 47 left."), ({"claps": 50}, "You have given all 50."), ({}, "1 from you")],
)
def test_htmx_says_where_the_reader_stands(guest: Client, form: dict[str, int], text: str) -> None:
    assert text in guest.post(CLAPS, form, headers=HTMX).text


def test_taking_back_says_so(guest: Client) -> None:
    guest.post(CLAPS, {"claps": 8})

    answer = guest.post(CLAPS, {"undo": 1}, headers=HTMX)

    assert '<hx-partial id="say">Taken back.</hx-partial>' in answer.text
    assert 'data-yours="0" data-left="50"' in answer.text


def test_a_frame_is_thanked_once_and_then_left_as_it_is(guest: Client) -> None:
    first, second = (guest.post(CLAPS, {"claps": 1}, headers=FRAMED) for _ in range(2))

    assert (first.status, "Thank you." in first.text, second.status, second.body) == (200, True, 204, b"")


def test_a_frame_is_told_when_all_are_given_and_when_they_are_taken_back(guest: Client) -> None:
    given = guest.post(CLAPS, {"claps": 50}, headers=FRAMED)
    taken = guest.post(CLAPS, {"undo": 1}, headers=FRAMED)

    assert "You have given all 50." in given.text
    assert "Taken back." in taken.text


def test_undo_that_is_nought_is_a_clap(guest: Client) -> None:
    assert guest.post_json(CLAPS, {"undo": False}).json["yours"] == 1
    assert guest.post_json(CLAPS, {"undo": "0", "claps": 2}).json["yours"] == 3


def test_a_writer_is_refused(sign_in: SignIn) -> None:
    answer = sign_in("ada").post_json("/posts/1/claps", {"claps": 1})

    assert (answer.status, answer.json["detail"]) == (403, "You wrote this: others clap for it.")
