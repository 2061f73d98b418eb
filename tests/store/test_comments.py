"""Comments in SQL, and their number on the post's row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claps.plain.people import Person
from claps.store.comments import add_comment, comments_of
from claps.store.database import Database
from claps.store.people import add_person
from claps.store.posts import add_post, stored_tallies

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def ben(database: Database) -> Person:
    """Ben, who reads and comments."""
    return database.transact(lambda: add_person("ben", "Ben", "no hash"))


@pytest.fixture
def post_id(database: Database, ben: Person) -> int:
    """A post to comment on."""
    fields = {"slug": "", "body": "", "body_html": "", "summary": "", "words": 0, "published_at": NOON}
    return database.transact(lambda: add_post({"writer_id": ben.id, **fields}))


def test_comments_are_counted_and_their_log_moves_on(database: Database, ben: Person, post_id: int) -> None:
    counts = [
        database.transact(lambda text=text: add_comment(post_id, ben.id, text, text, created_at=NOON))  # type: ignore
        for text in ("Hm.", "Hm!")
    ]

    assert [version.offset for _, version in counts] == [1, 2]
    with database.reading():
        assert stored_tallies([post_id])[post_id].comments == 2


def test_comments_are_read_oldest_first_with_who_wrote_them(database: Database, ben: Person, post_id: int) -> None:
    for text in ("<p>One 🔔</p>", "<p>Two</p>", "<p>Three</p>"):
        database.transact(lambda html=text: add_comment(post_id, ben.id, html, html, created_at=NOON))  # type: ignore

    with database.reading():
        comments = comments_of(post_id, limit=2)

    assert [comment.body_html for comment in comments] == ["<p>One 🔔</p>", "<p>Two</p>"]
    assert {(comment.person, comment.post_id, comment.created_at) for comment in comments} == {(ben, post_id, NOON)}


def test_a_comment_that_fails_is_not_counted(database: Database, ben: Person, post_id: int) -> None:
    def fail() -> None:
        add_comment(post_id, ben.id, "Hm.", "<p>Hm.</p>", created_at=NOON)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.transact(fail)

    with database.reading():
        assert (comments_of(post_id, limit=9), stored_tallies([post_id])[post_id].comments) == ([], 0)
