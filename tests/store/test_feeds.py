"""What is in whose feed, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claps.plain.limits import FEED_POSTS
from claps.store.database import Database
from claps.store.feeds import (
    Feed,
    WideWriter,
    bring_post,
    bring_posts_of,
    feed_before,
    is_wide,
    note_wide,
    take_posts_of,
    trim_feed,
    wide_followed,
)
from claps.store.follows import add_follow, remove_follow
from claps.store.people import add_person
from claps.store.pieces import get_piece, hide_piece, show_piece
from claps.store.posts import add_post
from tests.parts.queries import noting_queries

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("transaction")


@pytest.fixture
def people(transaction: None) -> list[int]:
    """Ada, Ben, Cyd and Dee; Dee follows the others."""
    ids = [add_person(name, name, "no hash").id for name in ("ada", "ben", "cyd", "dee")]
    for writer_id in ids[:3]:
        add_follow(ids[3], writer_id, at=NOON)
    return ids


def write(writer_id: int, count: int = 1) -> list[int]:
    """Publish some notes."""
    return [
        add_post({
            "writer_id": writer_id, "title": None, "slug": "", "body": "Ding.", "body_html": "<p>Ding.</p>",
            "summary": "Ding.", "words": 1, "published_at": NOON,
        })
        for _ in range(count)
    ]


def test_what_was_brought_is_read_newest_first_and_page_by_page(people: list[int]) -> None:
    ada, ben, _, dee = people
    posts = [post for _ in range(3) for writer in (ada, ben) for post in write(writer)]
    for post in posts:
        bring_post(post, [dee])
        bring_post(post, [dee])

    first = feed_before(dee, None, 4)

    assert first + feed_before(dee, first[-1], 4) == posts[::-1]
    assert feed_before(ada, None, 4) == [post for post in posts[::-1] if post in posts[::2]]  # her own


def test_posts_of_widely_followed_writers_are_read_with_the_feed(people: list[int]) -> None:
    ada, ben, cyd, dee = people
    posts = [post for _ in range(4) for writer in (ada, ben, cyd) for post in write(writer)]
    for post in posts[2::3]:
        bring_post(post, [dee])
    note_wide(ada)
    note_wide(ben)
    note_wide(ben)
    bring_post(posts[0], [dee])  # from the time before Ada was followed so widely

    first = feed_before(dee, None, 5)

    assert first + feed_before(dee, first[-1], 99) == posts[::-1]
    assert is_wide(ada) and not is_wide(cyd)


def test_only_the_writers_who_wrote_last_are_looked_at(people: list[int]) -> None:
    ada, ben, cyd, dee = people
    for writer in (ada, cyd, ben):
        note_wide(writer)
        write(writer)
    note_wide(dee)
    write(dee)

    assert wide_followed(dee, limit=2) == [ben, cyd]
    assert wide_followed(dee, before_id=2, limit=9) == [ada]


def test_a_withdrawn_post_vanishes_and_may_come_back(people: list[int]) -> None:
    ada, ben, _, dee = people
    [brought], [read] = write(ada), write(ben)
    bring_post(brought, [dee])
    note_wide(ben)

    for post in (brought, read):
        hide_piece(get_piece(post))
    assert feed_before(dee, None, 9) == []

    for post in (brought, read):
        show_piece(get_piece(post))
    assert feed_before(dee, None, 9) == [read, brought]


def test_who_is_followed_no_more_is_gone_at_once(people: list[int]) -> None:
    ada, ben, _, dee = people
    [brought] = write(ada)
    write(ben)
    bring_post(brought, [dee])
    note_wide(ben)

    remove_follow(dee, ada)
    remove_follow(dee, ben)

    assert feed_before(dee, None, 9) == []
    assert Feed.select().count() == 1
    take_posts_of(ada, dee)
    take_posts_of(ada, dee)
    assert Feed.select().count() == 0


def test_one_who_begins_to_follow_gets_what_was_there_withdrawn_posts_as_well(people: list[int]) -> None:
    ada, ben, _, dee = people
    posts = write(ada, 5)
    write(ben)
    hide_piece(get_piece(posts[4]))

    bring_posts_of(ada, dee, limit=3)
    bring_posts_of(ada, dee, limit=3)
    bring_posts_of(dee, ada, limit=3)

    assert feed_before(dee, None, 9) == [posts[3], posts[2]]
    assert Feed.select().count() == 3


def test_a_feed_keeps_its_newest_posts(people: list[int]) -> None:
    ada, *_, dee = people
    rows = [{"reader_id": dee, "post_id": number} for number in range(1, FEED_POSTS + 8)]
    Feed.insert_many([*rows, {"reader_id": ada, "post_id": 1}]).execute()

    trim_feed(dee)
    trim_feed(ada)

    kept = [row.post_id for row in Feed.select().where(Feed.reader_id == dee)]
    assert sorted(kept) == list(range(8, FEED_POSTS + 8))
    assert Feed.select().where(Feed.reader_id == ada).count() == 1


@pytest.mark.parametrize("writers", [1, 25])
def test_a_feed_takes_three_queries_whoever_is_in_it(people: list[int], writers: int) -> None:
    *_, dee = people
    for number in range(writers):
        writer = add_person(f"w{number}", "Writer", "no hash").id
        add_follow(dee, writer, at=NOON)
        note_wide(writer)
        write(writer, 2)

    with noting_queries() as queries:
        assert len(feed_before(dee, None, 99)) == 2 * writers

    assert len(queries) == 3


def test_the_feed_leads_the_way_however_many_are_followed(database: Database, people: list[int]) -> None:
    *_, dee = people
    with noting_queries() as queries:
        feed_before(dee, None, 9)
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    text = queries[0].replace("?", "1").replace("%s", "1")

    plan = [str(row) for row in database.peewee.execute_sql(f"{explain} {text}").fetchall()]

    assert [next(name for name in ("b", "p", "f") if f" {name} " in row or f"'{name}'" in row) for row in plan] == [
        "b", "p", "f",
    ]
    assert not [row for row in plan if "TEMP B-TREE" in row or "filesort" in row or "SCAN" in row]
    assert WideWriter.select().count() == 0
