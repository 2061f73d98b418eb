"""What somebody has written, and what it said before."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from claps.acts.writing import PIECES_SHOWN
from claps.app import Core
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.writing import new_key
from tests.parts.inside import publish
from tests.parts.queries import noting_queries
from tests.web.conftest import SignIn
from tests.web.pages.conftest import Enter

DONG = {"title": "On bells", "tags": "", "slug": "on-bells", "body": "Dong.", "seen": "1.0", "act": "publish"}


def test_a_post_is_withdrawn_and_published_again(enter: Enter, desk: FlaskClient, article: Post) -> None:
    address = f"/write/post-{article.id}"
    assert f'action="{address}/withdraw"' in desk.get("/write/drafts").text

    for _ in range(2):
        assert desk.post(f"{address}/withdraw").headers["Location"].endswith("#withdrawn")
    assert enter(None).get(f"/posts/{article.id}").status_code == 404
    assert f'action="{address}/publish-again"' in desk.get("/write/drafts").text
    assert "Publish again" in desk.get(address).text
    for _ in range(2):
        assert desk.post(f"{address}/publish-again").status_code == 303

    assert enter(None).get(f"/posts/{article.id}").status_code == 200


def test_nobody_comments_on_what_was_withdrawn_meanwhile(
    enter: Enter, desk: FlaskClient, ben: Person, article: Post
) -> None:
    for_ben = enter(ben)
    assert for_ben.get(f"/posts/{article.id}").status_code == 200

    desk.post(f"/write/post-{article.id}/withdraw")
    answer = for_ben.post(f"/posts/{article.id}/comments", data={"body": "Hear, hear!"})

    assert answer.status_code == 404
    desk.post(f"/write/post-{article.id}/publish-again")
    assert "Hear, hear!" not in for_ben.get(f"/posts/{article.id}?c=1").text


def test_earlier_versions_are_listed_read_and_restored(desk: FlaskClient, article: Post) -> None:
    address = f"/write/post-{article.id}"
    desk.post(address, data=DONG)

    listed = desk.get(f"{address}/revisions").text
    old = desk.get(f"{address}/revisions/1").text
    restored = [desk.post(f"{address}/revisions/1").headers["Location"] for _ in range(2)]

    assert f'<a href="{address}/revisions/1">' in listed and "version 2, the present one" in listed
    assert "<p>Ding.</p>" in old and '<pre tabindex="0">Ding.</pre>' in old
    assert restored == [f"/posts/{article.id}/on-bells?c=3"] * 2
    assert "<p>Ding.</p>" in desk.get(restored[0]).text
    assert desk.get(f"{address}/revisions/9").status_code == 404


def test_what_was_withdrawn_is_restored_out_of_sight(enter: Enter, desk: FlaskClient, article: Post) -> None:
    address = f"/write/post-{article.id}"
    desk.post(address, data=DONG)
    desk.post(f"{address}/withdraw")

    answer = desk.post(f"{address}/revisions/1")

    assert answer.headers["Location"] == f"{address}?c=3"
    assert enter(None).get(f"/posts/{article.id}").status_code == 404


def test_comments_are_closed_and_opened_beside_what_one_has_written(desk: FlaskClient, article: Post) -> None:
    address = f"/posts/{article.id}/comments/close"
    assert "Close comments</button>" in desk.get("/write/drafts").text

    desk.post(address, data={"undo": "0"})

    closed = desk.get("/write/drafts").text
    assert f'action="{address}"><input type="hidden" name="undo" value="1">' in closed
    assert "Open comments</button>" in closed
    assert "Comments are closed." in desk.get(f"/posts/{article.id}?c=closed").text


def test_what_one_has_written_is_read_page_by_page(core: Core, desk: FlaskClient, ada: Person) -> None:
    posts = [publish(core, ada, f"Bell {number}") for number in range(PIECES_SHOWN + 2)]

    first = desk.get("/write/drafts").text
    older = desk.get(f"/write/drafts?before={posts[2].id}").text

    assert f'href="/write/drafts?before={posts[2].id}"' in first
    assert first.count("/withdraw") == PIECES_SHOWN and older.count("/withdraw") == 2
    assert "Bell 1<" in older and "Drafts</h2>" not in older


def test_the_number_of_queries_does_not_grow_with_what_one_has_written(
    core: Core, desk: FlaskClient, ada: Person, article: Post
) -> None:
    paths = ("/write/drafts", "/write/images", f"/write/post-{article.id}", f"/write/post-{article.id}/revisions")
    counts = []
    for _ in range(2):
        with noting_queries() as statements:
            assert [desk.get(path).status_code for path in paths] == [200] * len(paths)
        counts.append(len(statements))
        for number in range(6):
            publish(core, ada, f"Bell {number}")
            desk.post(f"/write/{new_key()}", data={**DONG, "act": "save"})
            desk.post(f"/write/post-{article.id}", data={**DONG, "body": f"Dong {number}.", "seen": f"{number + 1}.0"})

    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("path", ["/write/post-{}/revisions", "/write/post-1/revisions/{}", "/write/post-{}"])
def test_numbers_that_sql_cannot_count_to_are_not_found(desk: FlaskClient, article: Post, path: str) -> None:
    assert desk.get(path.format("9" * 30)).status_code == 404


def test_every_worker_shows_what_was_changed(sign_in: SignIn) -> None:
    dina = sign_in("dina")
    key = new_key()
    address = dina.post(f"/write/{key}", DONG).headers["location"]
    number = address.split("/")[2]
    assert {dina.get(f"/posts/{number}").status for _ in range(8)} == {200}

    changed = dina.post(f"/write/post-{number}", {**DONG, "body": "Ding dong.", "seen": "1.0"})

    assert all("<p>Ding dong.</p>" in dina.get(changed.headers["location"]).text for _ in range(8))
    dina.post(f"/write/post-{number}/withdraw", {"withdraw": "1"})
    assert {dina.get(f"/posts/{number}?c=2").status for _ in range(8)} == {404}
