"""Errors in the words of whoever asks, and what every answer carries."""

from __future__ import annotations

import pytest

from claps.plain.errors import ClapsError, Conflict, Invalid, Malformed, NotFound, Refused, TooMany, Unavailable
from claps.web.answers import problem_of, status_of
from tests.parts.http_client import Client

FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Malformed("body", "No."), 400), (Refused("No."), 403), (NotFound("No."), 404), (Conflict("No."), 409),
        (Invalid("claps", "No."), 422), (TooMany("No.", retry_after_seconds=1), 429), (Unavailable("No."), 503),
        (ClapsError("No."), 500),
    ],
)
def test_every_error_has_its_status(error: ClapsError, status: int) -> None:
    assert status_of(error) == status
    assert problem_of(error)["status"] == status


def test_problem_details_name_the_field_that_is_wrong() -> None:
    assert problem_of(Invalid("claps", "From 1 to 50.")) == {
        "type": "about:blank", "title": "Invalid value", "status": 422, "detail": "From 1 to 50.", "field": "claps",
    }


def test_a_browser_gets_a_page(guest: Client) -> None:
    answer = guest.get("/posts/999", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert answer.status == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Not found</h1>" in answer.text and "There is no such post." in answer.text


def test_a_program_gets_problem_details(guest: Client) -> None:
    answer = guest.get("/posts/999", headers={"Accept": "application/json"})

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json == {
        "type": "about:blank", "title": "Not found", "status": 404, "detail": "There is no such post.",
    }


def test_plain_text_gets_a_line(guest: Client) -> None:
    answer = guest.get("/posts/999", headers={"Accept": "text/plain"})

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "Not found: There is no such post.\n"


def test_htmx_gets_a_sentence_where_sentences_are_shown(guest: Client) -> None:
    answer = guest.post("/posts/1/claps", {"claps": 51}, headers={"HX-Request": "true"})

    assert answer.status == 422
    assert answer.text.strip() == '<hx-partial id="say">Claps must be a whole number from 1 to 50.</hx-partial>'


def test_a_frame_gets_a_small_document(guest: Client) -> None:
    answer = guest.post("/posts/1/claps", {"claps": 51}, headers=FRAME)

    assert answer.status == 422
    assert '<p role="status">Claps must be a whole number from 1 to 50.</p>' in answer.text
    assert "<nav>" not in answer.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/html"), ("*/*", "text/html"), ("application/json", "application/problem+json"),
        ("text/html;q=0.5, application/json", "application/problem+json"), ("text/*", "text/html"),
        ("text/plain, text/html;q=0.9", "text/plain"), ("image/png", "text/html"), ("nonsense", "text/html"),
    ],
)
def test_what_is_asked_for_is_answered(guest: Client, accept: str, kind: str) -> None:
    answers = [guest.get("/posts/999", headers={"Accept": accept}) for _ in range(2)]

    assert [answer.headers["content-type"].partition(";")[0] for answer in answers] == [kind, kind]


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/logout", 405)])
def test_flasks_own_errors_are_told_in_the_same_way(guest: Client, path: str, status: int) -> None:
    html, program = guest.get(path), guest.get(path, headers={"Accept": "application/json"})

    assert (html.status, program.status, program.json["status"]) == (status,) * 3
    assert program.json["detail"] in html.text
    assert status != 405 or "POST" in program.headers["allow"]


@pytest.mark.parametrize("path", ["/", "/posts/1", "/nowhere", "/login", "/healthz", "/static/css/claps.css"])
def test_every_answer_says_what_may_be_done_with_it(guest: Client, path: str) -> None:
    headers = guest.get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/nowhere", "/posts/999", "/@nobody"])
def test_an_error_is_not_kept(guest: Client, path: str) -> None:
    assert guest.get(path).headers["cache-control"] == "no-store"


def test_what_changes_something_is_not_kept(guest: Client) -> None:
    for answer in (guest.post("/posts/1/claps"), guest.post_json("/posts/1/claps", {})):
        assert answer.headers["cache-control"] == "no-store"
