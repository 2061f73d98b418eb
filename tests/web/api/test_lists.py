"""Feeds, tags and searching, for programs."""

from __future__ import annotations

from flask import Flask

from claps.acts.follows import follow
from claps.app import Core
from claps.plain.people import Person
from claps.plain.posts import Post
from tests.web.api.conftest import Hand


def test_a_feed_is_ones_own(core: Core, app: Flask, hand: Hand, ada: Person, ben: Person, article: Post) -> None:
    follow(core.database, ben, ada)
    while app.extensions["claps"].errands.do_one():
        pass

    assert [post["id"] for post in hand(ben, "read").get("/feed").json] == [article.id]
    assert hand(ben, "stats").get("/feed").status_code == 403
    assert hand(None).get("/feed").status_code == 401


def test_what_is_popular_is_everybodys(hand: Hand, article: Post) -> None:
    assert [post["id"] for post in hand(None).get("/popular").json] == [article.id]
    assert hand(None).get("/popular?before=x").status_code == 400


def test_posts_with_a_tag_are_listed_newest_and_best_first(hand: Hand, ada: Person) -> None:
    made = [
        hand(ada).ask("POST", "/posts", {"title": f"Part {n}", "markdown": "Ding.", "tags": ["bells"]}).json["id"]
        for n in range(2)
    ]

    newest, top = (hand(None).get(f"/tags/bells/{which}") for which in ("posts", "top"))

    assert [post["id"] for post in newest.json] == made[::-1]
    assert {post["id"] for post in top.json} == set(made)
    assert hand(None).get("/tags/nothing/posts").status_code == 404


def test_a_search_finds_posts_and_people(hand: Hand, ada: Person) -> None:
    made = hand(ada).ask("POST", "/posts", {"title": "On bells", "markdown": "Ding."}).json

    found = hand(None).get("/search?q=bells").json, hand(None).get("/search?q=@ad").json

    assert [post["id"] for post in found[0]["posts"]] == [made["id"]]
    assert [person["name"] for person in found[1]["people"]] == ["ada"]
    assert hand(None).get("/search").json == {"posts": [], "people": []}
