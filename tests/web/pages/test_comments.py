"""Commenting."""

from __future__ import annotations

from tests.parts.http_client import Client
from tests.web.conftest import SignIn

COMMENTS = "/posts/7/comments"


def test_a_comment_is_shown_under_the_post_and_counted(sign_in: SignIn, guest: Client) -> None:
    ben = sign_in("ben")
    before = guest.get("/posts/7?c=").text.count('<li id="comment-')

    answer = ben.post(COMMENTS, {"body": "Just *so*. <script>alert(1)</script>"})
    pages = [ben.get(answer.headers["location"].partition("#")[0]) for _ in range(8)]  # whichever worker answers

    assert (answer.status, answer.headers["location"]) == (303, f"/posts/7?c={before + 1}c#comments")
    for page in pages:
        assert "<p>Just <em>so</em>. &lt;script&gt;" in page.text
        assert f'<span id="comments-7">{before + 1}</span>' in page.text


def test_a_comment_needs_a_name(guest: Client) -> None:
    answer = guest.post(COMMENTS, {"body": "Anonymous."})

    assert answer.status == 403
    assert '<a href="/login?next=/posts/7%23comments">Sign in</a>' in answer.text


def test_an_empty_comment_is_refused(sign_in: SignIn) -> None:
    answer = sign_in("ben").post(COMMENTS, {"body": "  "}, headers={"Accept": "application/json"})

    assert (answer.status, answer.json["field"]) == (422, "body")


def test_a_comment_is_under_a_post(sign_in: SignIn) -> None:
    assert sign_in("ben").post("/posts/999/comments", {"body": "Lost."}).status == 404
