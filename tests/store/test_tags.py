"""Tags of published posts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claps.plain.people import Person
from claps.store.database import Database
from claps.store.people import add_person
from claps.store.posts import Post as Row
from claps.store.posts import add_post
from claps.store.tags import count_tagged, posts_tagged, set_tags

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def ada(database: Database) -> Person:
    """Ada, who writes."""
    return database.transact(lambda: add_person("ada", "Ada", "no hash"))


def publish(database: Database, ada: Person, *tags: str) -> int:
    """Publish a post with these tags."""

    def work() -> int:
        post_id = add_post({
            "writer_id": ada.id, "title": "On bells", "slug": "on-bells", "body": "Ding.", "summary": "Ding.",
            "body_html": "<p>Ding.</p>", "words": 1, "published_at": NOON,
        })
        set_tags(post_id, tags)
        return post_id

    return database.transact(work)


def tagged(database: Database, tag: str, *, before_id: int | None = None, limit: int = 9) -> list[int]:
    """The numbers of the posts with a tag."""
    with database.reading():
        return [post.id for post in posts_tagged(tag, before_id, limit)]


def test_posts_with_a_tag_come_newest_first_page_by_page(database: Database, ada: Person) -> None:
    posts = [publish(database, ada, "bells", "bread") for _ in range(3)]
    publish(database, ada, "bread")

    first = tagged(database, "bells", limit=2)
    rest = tagged(database, "bells", before_id=first[-1], limit=2)

    assert first + rest == posts[::-1]
    with database.reading():
        assert [count_tagged(tag, most=9) for tag in ("bells", "bread", "none")] == [3, 4, 0]


def test_tags_are_replaced_and_taken_away(database: Database, ada: Person) -> None:
    post_id = publish(database, ada, "bells", "bread")

    database.transact(lambda: set_tags(post_id, ["bread", "bridges"]))

    assert [tagged(database, tag) for tag in ("bells", "bread", "bridges")] == [[], [post_id], [post_id]]
    database.transact(lambda: set_tags(post_id, []))
    assert tagged(database, "bread") == []


def test_tags_are_told_apart_by_their_accents(database: Database, ada: Person) -> None:
    both = publish(database, ada, "cafe", "café")
    one = publish(database, ada, "café")

    assert (tagged(database, "cafe"), tagged(database, "café")) == ([both], [one, both])


def test_what_is_withdrawn_is_left_out(database: Database, ada: Person) -> None:
    post_id = publish(database, ada, "bells")

    database.transact(lambda: Row.update(published_at=None).where(Row.id == post_id).execute())

    assert tagged(database, "bells") == []
