"""What can be watched: posts, and writers' dashboards with their minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claps.acts.flush import flush_all
from claps.acts.looking import Desk, PostSource, WriterSource, check_may_watch, desk_news, tally_news
from claps.app import Core
from claps.live.sources import Astray
from claps.plain.changes import Change
from claps.plain.errors import NotFound, Refused
from claps.plain.people import Reader
from claps.plain.posts import DeskRow, Post
from claps.plain.tallies import Tally
from claps.plain.topics import Topic, parse_topic
from claps.plain.versions import Version
from tests.parts.inside import GUEST, ON_SQLITE, publish
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE
MINUTE = 29_900_000


@pytest.fixture
def posts(core: Core) -> PostSource:
    """Where the news of posts comes from."""
    return PostSource(core.database, core.mending)


@pytest.fixture
def writers(core: Core) -> WriterSource:
    """Where the news of dashboards comes from."""
    return WriterSource(core.database, core.mending, core.tallies)


def clap(core: Core, post: Post, times: int) -> str:
    """Give claps; return what the post's channel was told."""
    with core.redis.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(f"post:{post.id}")
        listener.get_message(timeout=5)
        core.ledger.take(Change("clap", post.id, str(GUEST.id), times))
        return str(listener.get_message(timeout=5)["data"])


def test_a_post_is_read_with_its_state(core: Core, article: Post, posts: PostSource) -> None:
    clap(core, article, 8)
    topic = Topic("post", str(article.id))

    [news] = posts.read([topic, Topic("post", "999")]).values()

    assert news.topic == topic
    assert news.state == {"claps": 8, "people": 1, "likes": 0, "views": 0, "comments": 0, "readers": 0}
    assert posts.channels(topic) == (f"post:{article.id}",)


def test_a_message_that_is_newer_is_news(core: Core, article: Post, posts: PostSource) -> None:
    clap(core, article, 8)
    [before] = posts.read([Topic("post", str(article.id))]).values()

    news = posts.hear(before, "", clap(core, article, 3))

    assert news is not None and news.state is not None
    assert news.state["claps"] == 11
    assert news.version.offset == before.version.offset + 1
    assert posts.hear(news, "", f"{before.version} 8 1 0 0 0 0") is None
    assert posts.hear(news, "", f"{news.version} 11 1 0 0 0 0") is None


def test_who_comes_and_goes_may_wait_and_a_clap_may_not(article: Post, posts: PostSource) -> None:
    before = tally_news(Tally(article.id, Version("e", 40), claps=8, people=1))

    came, clapped = posts.hear(before, "", "e.41 8 1 0 3 0 7"), posts.hear(before, "", "e.41 9 1 0 3 0 7")

    assert came is not None and not came.hurried
    assert clapped is not None and clapped.hurried


def test_a_message_of_another_epoch_follows_nothing(article: Post, posts: PostSource) -> None:
    before = tally_news(Tally(article.id, Version("e1", 40)))

    with pytest.raises(Astray):
        posts.hear(before, "", "e2.41 8 1 0 0 0 0")


def test_without_redis_a_post_is_as_last_flushed(
    core: Core, article: Post, posts: PostSource, redis: RedisServer
) -> None:
    clap(core, article, 8)
    flush_all(core.database, core.journal)
    clap(core, article, 3)
    redis.kill()

    [news] = posts.read([Topic("post", str(article.id))]).values()

    assert news.state is not None
    assert (news.state["claps"], str(news.version)) == (8, "0.0")


def test_a_dashboard_has_the_writers_posts_newest_first(core: Core, article: Post, writers: WriterSource) -> None:
    newer = publish(core, article.writer, "On bridges")
    clap(core, article, 8)
    topic = Topic("writer", str(article.writer.id))

    [news] = writers.read([topic]).values()

    assert [(row.post.id, row.tally.claps, sum(row.minutes)) for row in news.value.rows] == [
        (newer.id, 0, 0), (article.id, 8, 8),
    ]
    assert set(writers.channels(topic)) == {f"post:{newer.id}", f"post:{article.id}"}
    assert news.state is not None
    assert [row["post"] for row in news.state["posts"]] == [newer.id, article.id]
    assert len(news.state["posts"][0]["minutes"]) == 30


def test_a_clap_moves_its_row_and_its_last_minute(core: Core, article: Post, writers: WriterSource) -> None:
    other = publish(core, article.writer, "On bridges")
    clap(core, article, 8)
    before = desk_news(Topic("writer", "1"), writers.desk_of(article.writer.id))

    news = writers.hear(before, f"post:{article.id}", clap(core, article, 3))

    assert news is not None
    assert [(row.post.id, row.tally.claps, sum(row.minutes)) for row in news.value.rows] == [
        (other.id, 0, 0), (article.id, 11, 11),
    ]
    assert news.version != before.version


def test_a_message_that_is_known_or_about_somebody_elses_post_changes_no_dashboard(
    core: Core, article: Post, writers: WriterSource
) -> None:
    told = clap(core, article, 8)
    before = desk_news(Topic("writer", "1"), writers.desk_of(article.writer.id))

    assert writers.hear(before, f"post:{article.id}", told) is None
    with pytest.raises(Astray):
        writers.hear(before, "post:999", told)


def test_two_processes_give_a_dashboard_the_same_version(core: Core, article: Post, writers: WriterSource) -> None:
    clap(core, article, 8)
    other = WriterSource(core.database, core.mending, core.tallies)

    first, second = writers.desk_of(article.writer.id), other.desk_of(article.writer.id)

    assert (first.version(), first.rows) == (replace(second, minute=first.minute).version(), second.rows)


def desk(article: Post, minutes: tuple[int, ...], *, claps: int = 8) -> Desk:
    """A dashboard of one post."""
    return Desk((DeskRow(article, Tally(article.id, Version("e1", 40), claps=claps), minutes),), MINUTE)


def test_minutes_pass_without_anybodys_clap(article: Post) -> None:
    before = desk(article, (7, *[0] * 28, 5))

    after = before.aged(MINUTE + 2)

    assert after.rows[0].minutes == (*[0] * 27, 5, 0, 0)
    assert after.version().offset == before.version().offset + 2
    assert before.aged(MINUTE) is before
    assert sum(before.aged(MINUTE + 10_000).rows[0].minutes) == 0


def test_a_clock_that_is_set_back_takes_no_minute_back(article: Post) -> None:
    before = desk(article, (7, *[0] * 28, 5))

    assert before.aged(MINUTE - 5) is before


def test_a_clap_in_a_new_minute_stands_in_that_minute(article: Post) -> None:
    after = desk(article, (7, *[0] * 28, 5)).with_tally(
        Tally(article.id, Version("e1", 41), claps=11), now_minute=MINUTE + 1
    )

    assert after.rows[0].minutes == (*[0] * 28, 5, 3)


def test_taking_back_more_than_a_minute_has_leaves_nought(article: Post) -> None:
    after = desk(article, (7, *[0] * 28, 2)).with_tally(
        Tally(article.id, Version("e1", 41), claps=0), now_minute=MINUTE
    )

    assert after.rows[0].minutes == (7, *[0] * 29)


def test_a_dashboard_without_redis_is_as_last_flushed(
    core: Core, article: Post, writers: WriterSource, redis: RedisServer
) -> None:
    clap(core, article, 8)
    flush_all(core.database, core.journal)
    redis.kill()

    [row] = writers.desk_of(article.writer.id).rows

    assert (row.tally.claps, row.minutes) == (8, (0,) * 30)


@pytest.mark.parametrize(
    ("name", "reader", "refusal"),
    [
        ("post:12", None, None), ("post:12", GUEST, None), ("post:13", None, NotFound),
        ("writer:2", Reader(2), None), ("writer:2", Reader(3), Refused), ("writer:2", None, Refused),
        ("person:2", Reader(2), None), ("person:2", GUEST, Refused), ("post:12:comments", None, None),
        ("post:13:comments", None, NotFound),
        ("table:prices", Reader(2), NotFound),
    ],
)
def test_who_may_watch_what(name: str, reader: Reader | None, refusal: type[Exception] | None, core: Core) -> None:
    def ask() -> None:
        check_may_watch(parse_topic(name), reader, post_exists=name.startswith("post:12"))

    if refusal is None:
        ask()
    else:
        with pytest.raises(refusal):
            ask()
