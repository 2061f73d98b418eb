"""Posts for programs: the same acts as on the pages."""

from __future__ import annotations

import pytest

from claps.app import Core
from claps.plain.limits import LINES_PER_PAGE
from claps.plain.people import Person
from claps.plain.posts import Post
from tests.parts import inside
from tests.web.api.conftest import Hand

PROBLEM = "application/problem+json"


def test_everybody_reads_a_post_and_is_told_nothing_twice(hand: Hand, article: Post) -> None:
    guest = hand(None)

    read = guest.get(f"/posts/{article.id}")
    again = guest.get(f"/posts/{article.id}", If_None_Match=read.headers["ETag"])

    assert (read.json["title"], read.json["html"], read.json["claps"]) == ("On bells", "<p>Ding.</p>", 0)
    assert read.json["person"] == {"name": "ada", "display_name": "Ada", "url": "http://localhost/@ada"}
    assert (again.status_code, again.data) == (304, b"")
    assert {"Authorization", "Origin"} <= set(read.vary)
    assert guest.get("/posts/999").status_code == guest.get(f"/posts/{10**17}").status_code == 404


def test_lists_lead_from_page_to_page(core: Core, hand: Hand, ada: Person) -> None:
    ids = [inside.publish(core, ada).id for _ in range(LINES_PER_PAGE + 1)]

    for path in ("/posts", "/people/ada/posts"):
        first = hand(None).get(path)
        link, _, relation = first.headers["Link"].partition(">; ")
        second = hand(None).get(link.removeprefix("<http://localhost/api/v1"))
        assert relation == 'rel="next"'
        assert [post["id"] for post in first.json + second.json] == ids[::-1]
        assert "Link" not in second.headers


def test_claps_are_given_and_taken_back(hand: Hand, article: Post, ben: Person, ada: Person) -> None:
    program, path = hand(ben, "clap"), f"/posts/{article.id}/claps"

    answers = [
        program.ask("POST", path, {"claps": 3}), program.ask("POST", path), program.ask("DELETE", path),
        hand(ada).ask("POST", path),
    ]

    assert [(one.json.get("claps"), one.json.get("yours")) for one in answers[:3]] == [(3, 3), (4, 4), (0, 0)]
    assert (answers[3].status_code, answers[3].content_type) == (403, PROBLEM)
    for wrong in ({"claps": 0}, {"claps": 51}, {"claps": "3"}, {"claps": True}, {"clap": 1}, [], "x"):
        refused = program.ask("POST", path, wrong)
        assert (refused.status_code, refused.content_type) == (422, PROBLEM), wrong


def test_likes_come_and_go(hand: Hand, article: Post, ben: Person) -> None:
    program, path = hand(ben, "clap"), f"/posts/{article.id}/like"

    answers = [program.ask(method, path) for method in ("PUT", "PUT", "DELETE", "DELETE")]

    assert [(one.json["likes"], one.json["liked"]) for one in answers] == [(1, True)] * 2 + [(0, False)] * 2


def test_an_article_is_published_changed_withdrawn_and_brought_back(hand: Hand, ada: Person) -> None:
    program = hand(ada, "post", "read")
    made = program.ask("POST", "/posts", {"title": "On ropes", "markdown": "Pull *once*.", "tags": ["ropes", "bells"]})
    path = made.headers["Location"].removeprefix("http://localhost/api/v1")
    changed = program.ask("PATCH", path, {"markdown": "Pull twice.", "revision": made.json["revision"]})

    stale = program.ask("PATCH", path, {"markdown": "Pull thrice.", "revision": made.json["revision"]})

    assert (made.status_code, made.json["title"], made.json["slug"]) == (201, "On ropes", "on-ropes")
    assert sorted(made.json["tags"]) == ["bells", "ropes"]
    assert (changed.json["markdown"], changed.json["title"]) == ("Pull twice.", "On ropes")
    assert stale.status_code == 409
    assert program.get(path).json["html"] == "<p>Pull twice.</p>\n"
    assert program.ask("DELETE", path).status_code == 204
    assert program.get(path).status_code == 404
    assert program.get(f"{path}/source").json["published"] is False
    assert program.ask("PATCH", path, {"revision": changed.json["revision"]}).json["published"] is True


def test_a_note_is_a_post_without_a_title(hand: Hand, ada: Person) -> None:
    made = hand(ada).ask("POST", "/posts", {"markdown": "Ding #bells"})

    assert (made.status_code, made.json["title"]) == (201, None)
    assert hand(ada).ask("POST", "/posts", {"markdown": "x" * 501}).status_code == 422


def test_what_is_anothers_is_not_changed(hand: Hand, article: Post, ben: Person) -> None:
    program, path = hand(ben), f"/posts/{article.id}"

    answers = [
        program.ask("PATCH", path, {"markdown": "Mine.", "revision": 0}), program.ask("DELETE", path),
        program.get(f"{path}/source"),
    ]

    assert {answer.status_code for answer in answers} <= {403, 404}
    assert program.get(path).json["html"] == "<p>Ding.</p>"


@pytest.mark.parametrize(("scopes", "expected"), [(("read",), 403), ((), 401)])
def test_what_changes_something_takes_the_scope_of_it(
    hand: Hand, article: Post, ben: Person, scopes: tuple[str, ...], expected: int
) -> None:
    program, path = hand(ben if scopes else None, *scopes), f"/posts/{article.id}"
    asked = (("POST", "/posts"), ("PATCH", path), ("DELETE", path), ("POST", f"{path}/claps"), ("PUT", f"{path}/like"))

    answers = [program.ask(method, where, {"markdown": "x", "revision": 0}) for method, where in asked]

    assert [answer.status_code for answer in answers] == [expected] * 5
    assert all(answer.headers["WWW-Authenticate"].startswith("Bearer") for answer in answers)


def test_what_is_no_address_is_a_problem_too(hand: Hand) -> None:
    answers = [hand(None).get("/nothing", Accept="text/html"), hand(None).ask("DELETE", "/posts", HX_Request="true")]

    assert [(one.status_code, one.content_type) for one in answers] == [(404, PROBLEM), (405, PROBLEM)]
