"""What one keeps for later, for programs."""

from __future__ import annotations

from claps.plain.people import Person
from claps.plain.posts import Post
from tests.web.api.conftest import Hand


def test_a_bookmark_is_set_once_and_taken_away(hand: Hand, article: Post, ben: Person, ada: Person) -> None:
    bens, path = hand(ben), f"/posts/{article.id}/bookmark"

    kept = [bens.ask("PUT", path).status_code for _ in range(2)]
    listed = [[post["id"] for post in program.get("/bookmarks").json] for program in (bens, hand(ada))]
    gone = [bens.ask("DELETE", path).status_code for _ in range(2)]

    assert (kept, listed, gone, bens.get("/bookmarks").json) == ([204, 204], [[article.id], []], [204, 204], [])
    assert [bens.ask("PUT", "/posts/999/bookmark").status_code, hand(None).get("/bookmarks").status_code] == [404, 401]
