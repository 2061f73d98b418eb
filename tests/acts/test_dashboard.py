"""Where the news of a writer's dashboard comes from."""

from __future__ import annotations

import pytest

from claps.acts.dashboard import NEW_PAGE, WriterSource, desk_news
from claps.acts.flush import flush_all
from claps.acts.reactions import Reactions
from claps.app import Core
from claps.live.sources import Astray, Elsewhere
from claps.plain.changes import Change
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.topics import Topic
from tests.parts.inside import GUEST, ON_SQLITE, publish
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


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


def test_a_dashboard_has_the_writers_posts_newest_first(core: Core, article: Post, writers: WriterSource) -> None:
    newer = publish(core, article.writer, "On bridges")
    clap(core, article, 8)
    topic = Topic("writer", str(article.writer.id))

    [news] = writers.read([topic]).values()

    assert [(row.post.id, row.tally.claps, sum(row.claps_minutes)) for row in news.value.rows.values()] == [
        (newer.id, 0, 0), (article.id, 8, 8),
    ]
    assert set(writers.channels(topic)) == {
        f"post:{newer.id}", f"post:{article.id}", f"feed:{article.writer.id}", f"writer:{article.writer.id}",
    }


def test_parts_of_a_dashboard_are_one_post_or_a_page_of_them(
    core: Core, article: Post, ben: Person, writers: WriterSource
) -> None:
    me, newer = article.writer.id, publish(core, article.writer, "On bridges")
    others = publish(core, ben, "Not hers")
    names = (f"{me}:post:{newer.id}", f"{me}:below:{newer.id}", f"{me}:below:0", f"{me}:post:{others.id}")
    topics = [Topic("writer", name) for name in names]

    found = writers.read(topics)

    shown = [[row.post.id for row in found[topic].value.shown()] for topic in topics]
    assert shown == [[newer.id], [article.id], [newer.id, article.id], []]
    feeds = [f"feed:{me}" in writers.channels(topic) for topic in topics]
    assert feeds == [False, False, True, False]


def test_who_it_was_is_told_after_the_flush_and_read_with_the_rest(
    core: Core, article: Post, ben: Person, writers: WriterSource
) -> None:
    topic, told = Topic("writer", str(article.writer.id)), []
    clap(core, article, 8)
    core.ledger.take(Change("clap", article.id, str(ben.id), 3))
    before = desk_news(topic, writers.desk(topic))

    names = Reactions(core.database, lambda channel, message: told.append((channel, message)))
    flush_all(core.database, core.journal, given=names.tell)

    [(channel, message)] = told
    news = writers.hear(before, channel, message)
    assert news is not None and writers.hear(news, channel, message) is None
    for desk in (news.value, writers.desk(topic)):
        [tick] = desk.ticks()
        assert (tick.count, [one.name for one in tick.givers], tick.has_others) == (11, ["ben"], True)


def test_a_flush_changes_nothing_on_a_dashboard(core: Core, article: Post, writers: WriterSource) -> None:
    clap(core, article, 8)
    before = writers.desk_of(article.writer.id)

    flush_all(core.database, core.journal)

    after = writers.desk_of(article.writer.id)
    assert (after.sums, after.minutes) == (before.sums, before.minutes)


def test_a_clap_is_heard(core: Core, article: Post, writers: WriterSource) -> None:
    clap(core, article, 8)
    before = desk_news(Topic("writer", "1"), writers.desk_of(article.writer.id))

    news = writers.hear(before, f"post:{article.id}", clap(core, article, 3))

    assert news is not None
    assert (news.value.sums.claps, sum(news.value.minutes[0])) == (11, 11)
    assert news.version != before.version


def test_who_comes_and_goes_may_wait_and_a_clap_may_not(core: Core, article: Post, writers: WriterSource) -> None:
    epoch = clap(core, article, 8).partition(".")[0]
    before = desk_news(Topic("writer", "1"), writers.desk_of(article.writer.id))

    came, clapped = (writers.hear(before, f"post:{article.id}", f"{epoch}.{told}") for told in (
        "90 8 1 0 3 0 7", "91 9 1 0 3 0 7",
    ))

    assert came is not None and not came.hurried
    assert clapped is not None and clapped.hurried


def test_what_is_known_already_or_about_somebody_elses_post_is_no_news(
    core: Core, article: Post, writers: WriterSource
) -> None:
    told = clap(core, article, 8)
    before = desk_news(Topic("writer", "1"), writers.desk_of(article.writer.id))

    assert writers.hear(before, f"post:{article.id}", told) is None
    with pytest.raises(Astray):
        writers.hear(before, "post:999", told)


def test_a_comment_is_read_with_everything_else(core: Core, article: Post, writers: WriterSource) -> None:
    epoch = clap(core, article, 8).partition(".")[0]
    before = desk_news(Topic("writer", "1"), writers.desk_of(article.writer.id))

    with pytest.raises(Astray):
        writers.hear(before, f"post:{article.id}", f"{epoch}.90 8 1 0 0 1 0")


def test_a_new_post_is_told_of_on_a_channel_of_its_own(core: Core, article: Post, writers: WriterSource) -> None:
    topic = Topic("writer", str(article.writer.id))
    before = desk_news(topic, writers.desk_of(article.writer.id))

    with pytest.raises(Elsewhere):
        writers.hear(before, f"feed:{article.writer.id}", "99")


def test_a_page_that_is_seen_for_the_first_time_is_told_of_as_well(
    core: Core, article: Post, writers: WriterSource
) -> None:
    topic = Topic("writer", str(article.writer.id))
    [news] = writers.read([topic]).values()

    with pytest.raises(Elsewhere):
        writers.hear(news, f"writer:{article.writer.id}", NEW_PAGE)


def test_two_processes_give_a_dashboard_the_same_version(core: Core, article: Post, writers: WriterSource) -> None:
    clap(core, article, 8)
    other = WriterSource(core.database, core.mending, core.tallies)

    first, second = writers.desk_of(article.writer.id), other.desk_of(article.writer.id)

    assert (first.aged(second.minute).version(), first.rows.keys()) == (second.version(), second.rows.keys())


def test_a_dashboard_without_redis_is_as_last_flushed(
    core: Core, article: Post, writers: WriterSource, redis: RedisServer
) -> None:
    clap(core, article, 8)
    flush_all(core.database, core.journal)
    redis.kill()

    [row] = writers.desk_of(article.writer.id).rows.values()

    assert row.tally.claps == 8
