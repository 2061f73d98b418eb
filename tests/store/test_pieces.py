"""Posts as their writers know them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from claps.plain.errors import NotFound
from claps.plain.people import Person
from claps.store.database import Database
from claps.store.people import add_person
from claps.store.pieces import (
    find_piece_of,
    get_piece,
    hide_piece,
    lock_piece,
    pieces_of,
    rewrite_piece,
    show_piece,
)
from claps.store.posts import add_post, get_post
from claps.store.tags import posts_tagged, set_tags

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def ada(database: Database) -> Person:
    """Ada, who writes."""
    return database.transact(lambda: add_person("ada", "Ada", "no hash"))


def publish(database: Database, ada: Person, **more: Any) -> int:
    """Publish a post about bells."""

    def work() -> int:
        post_id = add_post({
            "writer_id": ada.id, "title": "On bells", "slug": "on-bells", "body": "*Ding.*", "summary": "Ding.",
            "body_html": "<p>Ding.</p>", "words": 1, "published_at": NOON, "tags": "bells", **more,
        })
        set_tags(post_id, ["bells"])
        return post_id

    return database.transact(work)


def test_a_piece_has_its_markdown_and_says_where_it_is_read(database: Database, ada: Person) -> None:
    post_id = publish(database, ada)

    with database.reading():
        piece = get_piece(post_id)
        with pytest.raises(NotFound):
            get_piece(post_id + 1)

    assert (piece.body, piece.tags, piece.revision, piece.changed_at) == ("*Ding.*", ("bells",), 1, NOON)
    assert (piece.address, piece.is_note, piece.is_published) == (f"/posts/{post_id}/on-bells", False, True)


def test_a_piece_is_rewritten_as_its_next_revision(database: Database, ada: Person) -> None:
    post_id = publish(database, ada)
    fields = {
        "title": "On loaves", "slug": "on-loaves", "body": "Crust.", "body_html": "<p>Crust.</p>", "summary": "Crust.",
        "words": 1,
    }

    database.transact(lambda: rewrite_piece(lock_piece(post_id), fields, tags=["bread"], at=LATER))

    with database.reading():
        piece, post = get_piece(post_id), get_post(post_id)
        assert (posts_tagged("bells", None, 9), posts_tagged("bread", None, 9)) == ([], [post])
    assert (piece.title, piece.body, piece.revision, piece.changed_at) == ("On loaves", "Crust.", 2, LATER)
    assert (post.published_at, post.edited_at, post.tags) == (NOON, LATER, ("bread",))


def test_a_withdrawn_piece_comes_back_to_its_old_place(database: Database, ada: Person) -> None:
    post_id = publish(database, ada)

    database.transact(lambda: hide_piece(lock_piece(post_id)))

    with database.reading():
        hidden = get_piece(post_id)
        assert (hidden.is_published, hidden.published_at) == (False, NOON)
        assert posts_tagged("bells", None, 9) == pieces_of(ada.id, published=True, limit=9) == []
        assert [piece.id for piece in pieces_of(ada.id, published=False, limit=9)] == [post_id]
        with pytest.raises(NotFound):
            get_post(post_id)
    database.transact(lambda: show_piece(lock_piece(post_id)))
    with database.reading():
        assert get_post(post_id).published_at == NOON
        assert len(posts_tagged("bells", None, 9)) == 1


def test_what_a_draft_has_become_is_found_by_its_key(database: Database, ada: Person) -> None:
    post_id = publish(database, ada, draft_key="abc")

    with database.reading():
        found, others = find_piece_of(ada.id, "abc"), find_piece_of(ada.id + 1, "abc")

    assert found is not None and found.id == post_id
    assert others is None


def test_a_writers_pieces_come_newest_first_page_by_page(database: Database, ada: Person) -> None:
    posts = [publish(database, ada) for _ in range(3)]

    with database.reading():
        first = pieces_of(ada.id, published=True, limit=2)
        rest = pieces_of(ada.id, published=True, before_id=first[-1].id, limit=2)

    assert [piece.id for piece in first + rest] == posts[::-1]
    assert first[0].body == "Ding."
