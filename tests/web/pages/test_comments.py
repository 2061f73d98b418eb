"""Comments: written under a post, and each with a page of its own."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from claps.acts.comments import Talk, comment
from claps.acts.errands import Errands
from claps.app import Core
from claps.plain.people import Person
from claps.plain.posts import Post
from tests.parts.claps_server import ClapsServer
from tests.parts.http_client import Answer, Client
from tests.web.conftest import SignIn

COMMENTS = "/posts/7/comments"
JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}


def write(person: Client, body: str, **more: str) -> int:
    """Write a comment; return its id."""
    return int(person.post(COMMENTS, {"body": body, **more}, headers=JSON).json["id"])


def follow(person: Client, answer: Answer) -> Answer:
    """Go where a form sends a browser."""
    assert answer.status == 303, answer.text
    return person.get(answer.headers["location"].partition("#")[0])


def test_a_comment_is_shown_under_the_post_and_counted(sign_in: SignIn, guest: Client) -> None:
    ben = sign_in("ben")
    before = guest.get("/posts/7?c=").text.count('<article id="comment-')

    answer = ben.post(COMMENTS, {"body": "Just *so*. <script>alert(1)</script>"})
    pages = [follow(ben, answer) for _ in range(8)]  # whichever worker answers

    assert re.fullmatch(r"/posts/7\?c=c(\d+)#comment-\1", answer.headers["location"])
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


def test_htmx_gets_the_comment_and_an_empty_form(sign_in: SignIn) -> None:
    told = sign_in("ben").post(COMMENTS, {"body": "With script."}, headers=HTMX).text

    comment_id = int(re.findall(r'id="comment-(\d+)"', told)[0])
    assert f'<hx-partial hx-target="#comment-{comment_id}" hx-swap="delete">' in told
    assert '<hx-upsert hx-target="#threads-7">' in told and "></textarea>" in told


def test_an_answer_stands_below_what_it_answers(sign_in: SignIn) -> None:
    ben = sign_in("ben")
    first = write(ben, "A question?")

    page = follow(ben, ben.post(COMMENTS, {"body": "An answer.", "parent": str(first)})).text

    thread = page[page.index(f'id="comment-{first}"') :]
    assert thread.index("A question?") < thread.index('<ol class="answers">') < thread.index("An answer.")


def test_an_empty_answer_comes_back_to_where_it_was_written(sign_in: SignIn) -> None:
    ben = sign_in("ben")

    answer = ben.post(COMMENTS, {"body": " ", "parent": str(write(ben, "A second question?"))})

    assert answer.status == 422 and "A comment has 1 to 5,000 characters." in answer.text


def test_ones_own_comment_is_changed_on_its_own_page(sign_in: SignIn) -> None:
    ben = sign_in("ben")
    url = f"/comments/{write(ben, 'Teh typo.')}"
    assert "Teh typo.</textarea>" in ben.get(url).text

    page = follow(ben, ben.post(f"{url}/edit", {"body": "The typo."})).text
    wrong = ben.post(f"{url}/edit", {"body": "x" * 5_001})

    assert "<p>The typo.</p>" in page and "Saved." in page and "edited" in page
    assert wrong.status == 422 and "x" * 5_001 in wrong.text


def test_a_change_is_taken_back_however_often_the_button_is_pressed(sign_in: SignIn) -> None:
    ben = sign_in("ben")
    url = f"/comments/{write(ben, 'First “words”.')}"
    for _ in range(2):
        ben.post(f"{url}/edit", {"body": "Other words."})
    earlier = "readonly>First “words”.</textarea>"
    assert earlier in ben.get(url).text and earlier not in sign_in("ada").get(url).text

    for _ in range(2):
        page = follow(ben, ben.post(f"{url}/edit", {"body": "First “words”."})).text

    assert "required>First “words”.</textarea>" in page and "readonly>Other words.</textarea>" in page


def test_nobody_changes_what_another_one_wrote(sign_in: SignIn, guest: Client) -> None:
    url = f"/comments/{write(sign_in('ben'), 'Mine alone.')}"

    assert sign_in("cyd").post(f"{url}/edit", {"body": "Hers."}).status == 403
    assert sign_in("cyd").post(f"{url}/remove", {}).status == 403
    assert guest.post(f"{url}/remove", {}).status == 403
    assert "textarea" not in guest.get(url).text


def test_a_comment_is_taken_away_and_put_back(sign_in: SignIn, guest: Client) -> None:
    ben = sign_in("ben")
    url = f"/comments/{write(ben, 'Too hasty.')}"

    gone = follow(ben, ben.post(f"{url}/remove", {"undo": "0"})).text
    assert "You can put it back" in gone and "Too hasty" not in gone
    assert "Too hasty" not in guest.get("/posts/7?c=x").text
    back = follow(ben, ben.post(f"{url}/remove", {"undo": "1"})).text

    assert "Too hasty." in back


@pytest.mark.parametrize("undo", ["0", "1"])
def test_a_guest_likes_a_comment_and_takes_it_back(sign_in: SignIn, guest: Client, undo: str) -> None:
    url = f"/comments/{write(sign_in('ben'), f'Likeable {undo}.')}"

    page = follow(guest, guest.post(f"{url}/like", {"undo": "0"})).text
    if undo == "1":
        page = follow(guest, guest.post(f"{url}/like", {"undo": "1"})).text

    assert ("1 like</span>" in page, "Take back my like" in page) == (undo == "0", undo == "0")


def test_closed_comments_take_no_more(sign_in: SignIn, live_site: ClapsServer) -> None:
    ben = sign_in("ben")
    post = ben.get("/posts/7").text
    writer = re.findall(r'<a href="/@(\w+)" rel="author">', post)[0]
    owner = sign_in(writer)

    owner.post("/posts/7/comments/close", {"undo": "0"})
    refused = ben.post("/posts/7/comments", {"body": "One more thing."})
    not_hers = sign_in("cyd" if writer != "cyd" else "ben").post("/posts/7/comments/close", {"undo": "1"})
    owner.post("/posts/7/comments/close", {"undo": "1"})

    assert (refused.status, not_hers.status) == (403, 403)
    assert ben.post("/posts/7/comments", {"body": "One more thing."}).status == 303


def test_a_comment_that_is_not_there_has_no_page(guest: Client) -> None:
    assert guest.get("/comments/999999").status == 404


def test_who_likes_a_comment_is_listed(sign_in: SignIn, guest: Client) -> None:
    url = f"/comments/{write(sign_in('ben'), 'Liked by two.')}"
    assert "Who likes it" not in guest.get(url).text
    for reader in (sign_in("ada"), guest):
        reader.post(f"{url}/like", {"undo": "0"})

    page = guest.get(f"{url}/likes").text

    assert f'<a href="{url}/likes">Who likes it</a>' in guest.get(url).text
    assert '<a href="/@ada">' in page and "And 1 guest." in page and f'<a href="{url}">A comment by' in page
    assert guest.get("/comments/999999/likes").status == 404


def test_comments_beyond_one_page_are_on_the_next(
    core: Core, app: Flask, article: Post, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("claps.acts.posts", "claps.web.pages.comments"):
        monkeypatch.setattr(f"{place}.COMMENTS_SHOWN", 2)
    talk = Talk(core.database, core.ledger, core.publish, Errands(core.database, {}))
    first, *_ = [comment(talk, ben, article, body=body) for body in ("One.", "Two.", "Three.")]
    comment(talk, ben, article, body="Not one.", parent_id=first.id)
    reader = app.test_client()

    pages = [reader.get(path).text for path in (
        "/posts/1/on-bells", "/posts/1/comments?after=2", "/posts/1/comments?after=4"
    )]

    assert '<a href="/posts/1/comments?after=2" rel="next">' in pages[0] and "Three." not in pages[0]
    assert all(words in pages[1] for words in ("Three.", "Not one.", 'href="/comments/1">Answers an earlier'))
    assert "Nothing more was said." in pages[2] and 'rel="next"' not in pages[2]
