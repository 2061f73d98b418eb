"""Comments for programs."""

from __future__ import annotations

import pytest

from claps.plain.people import Person
from claps.plain.posts import Post
from tests.web.api.conftest import Hand


def test_a_comment_is_written_answered_changed_liked_and_taken_away(
    hand: Hand, article: Post, ada: Person, ben: Person
) -> None:
    bens, adas, path = hand(ben), hand(ada), f"/posts/{article.id}/comments"
    made = bens.ask("POST", path, {"body": "Ding, *dong*."})
    one = made.headers["Location"].removeprefix("http://localhost/api/v1")
    answer = adas.ask("POST", path, {"body": "Dong!", "parent": made.json["id"]})

    changed = bens.ask("PATCH", one, {"body": "Dong."})
    likes = [adas.ask(method, f"{one}/like").json["likes"] for method in ("PUT", "PUT", "DELETE")]

    assert (made.status_code, made.json["html"], made.json["person"]["name"]) == (
        201, "<p>Ding, <em>dong</em>.</p>\n", "ben"
    )
    assert answer.json["parent"] == made.json["id"]
    assert (changed.json["html"], changed.json["edited"], likes) == ("<p>Dong.</p>\n", True, [1, 1, 0])
    assert [told["id"] for told in hand(None).get(path).json] == [made.json["id"], answer.json["id"]]
    assert adas.ask("DELETE", one).status_code == 204
    assert hand(None).get(one).status_code == 404


def test_what_cannot_be_is_said(hand: Hand, article: Post, ada: Person, ben: Person) -> None:
    path = f"/posts/{article.id}/comments"
    made = hand(ben).ask("POST", path, {"body": "Ding."}).json["id"]

    refused = [
        hand(ben).ask("POST", path, {"body": ""}), hand(ben).ask("POST", path, {"body": "x", "parent": 999}),
        hand(ben).ask("POST", path), hand(ben).ask("POST", "/posts/999/comments", {"body": "x"}),
        hand(ada).ask("PATCH", f"/comments/{made}", {"body": "Mine."}), hand(None).ask("POST", path, {"body": "x"}),
        hand(ben).get(f"/comments/{10**30}"), hand(ben, "read", "clap").ask("POST", path, {"body": "x"}),
    ]

    assert [answer.status_code for answer in refused] == [422, refused[1].status_code, 422, 404, 403, 401, 404, 403]
    assert refused[1].status_code in (404, 422)
    assert all(answer.content_type == "application/problem+json" for answer in refused)


def test_comments_come_page_by_page(
    hand: Hand, article: Post, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.web.api.comments.COMMENTS_PER_PAGE", 2)
    path = f"/posts/{article.id}/comments"
    made = [hand(ben).ask("POST", path, {"body": f"Ding {n}."}).json["id"] for n in range(3)]

    first = hand(None).get(path)
    second = hand(None).get(first.headers["Link"].partition("/api/v1")[2].partition(">")[0])

    assert [[one["id"] for one in page.json] for page in (first, second)] == [made[:2], made[2:]]
    assert "Link" not in second.headers


def test_a_comment_comes_back_and_a_post_is_closed(hand: Hand, article: Post, ada: Person, ben: Person) -> None:
    bens, adas, path = hand(ben), hand(ada), f"/posts/{article.id}/comments"
    one = f"/comments/{bens.ask('POST', path, {'body': 'Ding.'}).json['id']}"
    adas.ask("PUT", f"{one}/like")
    likers = hand(None).get(f"{one}/likes").json
    bens.ask("DELETE", one)

    restored = [program.ask("POST", f"{one}/restore").status_code for program in (adas, bens)]
    closed = [adas.ask("PUT", f"{path}/closed").status_code, bens.ask("POST", path, {"body": "Dong."}).status_code]
    opened = [adas.ask("DELETE", f"{path}/closed").status_code, bens.ask("POST", path, {"body": "Dong."}).status_code]

    assert ([person["name"] for person in likers], restored) == (["ada"], [403, 200])
    assert (closed, opened, bens.ask("PUT", f"{path}/closed").status_code) == ([204, 403], [204, 201], 403)
