"""Notes: published once, from a form that keeps what was typed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from claps.app import Core
from claps.plain.posts import Post
from claps.plain.writing import new_key
from tests.web.pages.test_write import hidden, published, shown_body


def test_a_note_is_published_once_and_shown_whole(core: Core, desk: FlaskClient) -> None:
    key = hidden(desk.get("/write/note").text, "key")

    addresses = {desk.post("/write/note", data={"key": key, "body": "A #bell."}).headers["Location"] for _ in range(2)}

    [post] = published(core)
    assert addresses == {f"/posts/{post.id}?c=new"}
    assert '<a href="/tags/bell"' in desk.get(addresses.pop()).text
    page = desk.get(f"/write/post-{post.id}").text
    assert 'id="title"' not in page and shown_body(page) == "A #bell."


def test_a_note_that_is_too_long_comes_back(core: Core, desk: FlaskClient) -> None:
    answer = desk.post("/write/note", data={"key": new_key(), "body": "x" * 501})

    assert (answer.status_code, shown_body(answer.text), published(core)) == (422, "x" * 501, [])
    assert "these are 501" in answer.text


@pytest.mark.parametrize("key", ["post-1", "x", "../x"])
def test_a_note_with_a_key_of_something_else_is_none(core: Core, desk: FlaskClient, article: Post, key: str) -> None:
    assert desk.post("/write/note", data={"key": key, "body": "A bell."}).status_code == 404
    assert published(core) == [article]
