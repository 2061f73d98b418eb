"""Comments for programs."""

from __future__ import annotations

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
