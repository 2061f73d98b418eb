"""The demo of a first run."""

from __future__ import annotations

import pytest

from claps.acts.people import sign_in
from claps.app import Core
from claps.demo.filling import DEMO_PASSWORD, fill_demo, is_empty
from claps.plain.posts import make_threads
from claps.store.comments import comments_of
from claps.store.feeds import feed_before
from claps.store.laws import find_drifts
from claps.store.people import get_person
from claps.store.posts import latest_posts, published_posts
from claps.store.tags import posts_tagged
from tests.parts.inside import ON_SQLITE
from tests.parts.telling import make_notifier, settle, texts

pytestmark = ON_SQLITE


@pytest.fixture
def filled(core: Core) -> int:
    """A site with the demo in it; the number of its posts."""
    assert is_empty(core.database)
    return fill_demo(core)


def test_an_empty_site_gets_posts_by_several_writers(core: Core, filled: int) -> None:
    with core.database.reading():
        posts = latest_posts(before=None, limit=99)

    assert len([post for post in posts if post.title]) == filled == 9
    assert len(posts) == 11
    assert {post.writer.name for post in posts} >= {"ada", "ben", "cyd"}
    assert not is_empty(core.database)


def test_every_post_can_be_read(core: Core, filled: int) -> None:
    with core.database.reading():
        for post in latest_posts(before=None, limit=99):
            assert post.summary_text and bool(post.title) == bool(post.slug)
            assert post.body_html.startswith("<") and "<h1" not in post.body_html
            assert post.words > (100 if post.title else 10)
            assert post in posts_tagged(post.tags[0], None, 9)


def test_its_claps_are_in_sql_and_in_redis_and_add_up(core: Core, filled: int) -> None:
    with core.database.reading():
        posts = latest_posts(before=None, limit=99)
        assert find_drifts(most=99) == []

    tallies = core.mending.read([post.id for post in posts])
    assert sum(core.journal.lengths()) == 0
    for post in posts:
        assert (0 < post.stored.people <= post.stored.claps) == bool(post.title)
        assert tallies[post.id].claps == post.stored.claps


def test_its_posts_are_liked(core: Core, filled: int) -> None:
    with core.database.reading():
        assert sum(post.stored.likes for post in latest_posts(before=None, limit=99)) > 0


def test_its_comments_are_threads_and_some_are_liked(core: Core, filled: int) -> None:
    with core.database.reading():
        posts = latest_posts(before=None, limit=99)
        threads = [thread for post in posts for thread in make_threads(comments_of(post.id, limit=99))]

    assert any(thread.answers for thread in threads)
    assert any(thread.comment.likes for thread in threads)


def test_its_people_comment_and_can_sign_in(core: Core, filled: int) -> None:
    with core.database.reading():
        posts = latest_posts(before=None, limit=99)
        comments = [comment for post in posts for comment in comments_of(post.id, limit=99)]

    assert comments
    for name in {comment.person.name for comment in comments[:2]} | {"ada"}:
        assert sign_in(core.database, name, DEMO_PASSWORD).name == name


def test_its_people_follow_each_other_and_have_feeds(core: Core, filled: int) -> None:
    with core.database.reading():
        ben = get_person("ben")
        feed = published_posts(feed_before(ben.id, None, 99)).values()

        assert {post.writer.name for post in feed} == {"ada", "ben", "cyd"}


def test_its_writers_are_told_what_happened(core: Core, filled: int) -> None:
    settle(core, make_notifier(core))

    with core.database.reading():
        ada = get_person("ada")
    told = texts(core, ada)

    assert any(" commented on “" in text for text in told)
    assert any(" clapped for “" in text for text in told)
    assert any(text.endswith(" you") for text in told)
