"""Posts, in their order, and their counts as last flushed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from claps.plain.errors import NotFound
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.database import Database
from claps.store.people import add_person
from claps.store.posts import (
    STORED_VERSION,
)
from claps.store.posts import Post as Row
from claps.store.posts import (
    add_post,
    find_writer_id,
    get_post,
    latest_posts,
    move_counts,
    newest_ids,
    newest_standings,
    posts_before,
    posts_of,
    standings,
    stored_tallies,
    totals_of_writer,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
Publish = Callable[..., int]


@pytest.fixture
def ada(database: Database) -> Person:
    """Ada, who writes."""
    return database.transact(lambda: add_person("ada", "Ada", "no hash"))


@pytest.fixture
def publish(database: Database, ada: Person) -> Publish:
    """Publish a post: ``publish(title="On bells")``."""

    def publish(**fields: Any) -> int:
        given = {
            "writer_id": ada.id, "title": "On bells", "slug": "on-bells", "body": "Ding.", "summary": "Ding.",
            "body_html": "<p>Ding.</p>", "words": 1, "published_at": NOON, **fields,
        }
        return database.transact(lambda: add_post(given))

    return publish


def test_a_post_is_read_with_its_writer(database: Database, ada: Person, publish: Publish) -> None:
    here = datetime(2026, 11, 21, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    post_id = publish(title="Glocken 🔔", published_at=here)

    with database.reading():
        post = get_post(post_id)

    assert (post.title, post.writer, post.body_html, post.words) == ("Glocken 🔔", ada, "<p>Ding.</p>", 1)
    assert post.published_at == here
    assert post.published_at.tzinfo is UTC
    assert not post.closed


def test_a_note_has_no_title(database: Database, publish: Publish) -> None:
    post_id = publish(title=None)

    with database.reading():
        assert get_post(post_id).title is None


def test_what_is_not_published_is_not_there(database: Database, ada: Person, publish: Publish) -> None:
    post_id = publish()
    database.transact(lambda: Row.update(published_at=None).execute())

    with database.reading():
        assert find_writer_id(post_id) is None
        assert stored_tallies([post_id]) == {}
        assert posts_of(ada.id, limit=9) == latest_posts(before=None, limit=9) == []
        with pytest.raises(NotFound):
            get_post(post_id)


def test_a_writer_is_told(database: Database, ada: Person, publish: Publish) -> None:
    post_id = publish()

    with database.reading():
        assert (find_writer_id(post_id), find_writer_id(post_id + 1)) == (ada.id, None)


def test_the_latest_come_first_page_by_page(database: Database, publish: Publish) -> None:
    oldest = publish(published_at=NOON - timedelta(hours=1))
    twins = [publish(), publish()]

    with database.reading():
        first = latest_posts(before=None, limit=2)
        rest = latest_posts(before=(first[0].published_at, first[0].id), limit=2)

    assert ids(first) == [twins[1], twins[0]]
    assert ids(rest) == [twins[0], oldest]


def test_a_writers_posts_are_that_writers(database: Database, ada: Person, publish: Publish) -> None:
    mine = [publish(), publish(published_at=NOON + timedelta(hours=1))]
    publish(writer_id=database.transact(lambda: add_person("ben", "Ben", "no hash")).id)

    with database.reading():
        assert ids(posts_of(ada.id, limit=9)) == mine[::-1]
        assert ids(posts_of(ada.id, limit=1)) == mine[1:]


def test_a_writers_posts_are_read_below_a_key(database: Database, ada: Person, publish: Publish) -> None:
    first, second, third = (publish() for _ in range(3))

    with database.reading():
        assert ids(posts_of(ada.id, third, limit=1)) == [second]
        assert ids(posts_of(ada.id, second, limit=9)) == [first]


def test_a_writers_totals_are_those_of_what_is_published(database: Database, ada: Person, publish: Publish) -> None:
    post_ids = [publish() for _ in range(3)]
    for post_id in post_ids:
        database.transact(lambda post_id=post_id: move_counts(post_id, {"claps": 9}))  # type: ignore[misc]
    database.transact(lambda: Row.update(published_at=None).where(Row.id == post_ids[0]).execute())

    with database.reading():
        assert totals_of_writer(ada.id) == (2, 18)
        assert totals_of_writer(999) == (0, 0)


def test_counts_are_added_and_read_at_a_version_that_nothing_live_has(database: Database, publish: Publish) -> None:
    first, second = publish(), publish()
    database.transact(lambda: move_counts(first, {"claps": 9, "people": 2, "likes": 1, "views": 40}))
    database.transact(lambda: move_counts(first, {"claps": -3, "people": -1, "likes": 0, "views": 1}))

    with database.reading():
        tallies = stored_tallies([first, second, 999])

    assert list(tallies[first].counts().values()) == [6, 1, 1, 41, 0, 0]
    assert sum(tallies[second].counts().values()) == 0
    assert set(tallies) == {first, second}
    assert tallies[first].version == STORED_VERSION


def ids(posts: list[Post]) -> list[int]:
    """The posts' numbers."""
    return [post.id for post in posts]


def test_lists_go_by_number_and_leave_out_what_is_withdrawn(database: Database, publish: Publish) -> None:
    ids = [publish() for _ in range(4)]
    database.transact(lambda: Row.update(published_at=None).where(Row.id == ids[2]).execute())

    with database.reading():
        first = posts_before(None, 2)
        rest = posts_before(first[-1].id, 2)

        assert [post.id for post in first + rest] == newest_ids(9) == [ids[3], ids[1], ids[0]]
        assert newest_ids(1) == [ids[3]]


def test_what_ranks_depend_on_is_read_for_many_posts_at_once(database: Database, publish: Publish) -> None:
    ids = [publish() for _ in range(3)]
    database.transact(lambda: move_counts(ids[1], {"people": 5, "likes": 2}))
    database.transact(lambda: Row.update(published_at=None).where(Row.id == ids[2]).execute())

    with database.reading():
        found = standings([*ids, 999])

        assert sorted(found, key=lambda standing: standing.post_id) == newest_standings(9)[::-1]
        assert [(standing.points, standing.published_at) for standing in newest_standings(1)] == [(7, NOON)]
