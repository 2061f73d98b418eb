"""Feeds: filled step by step, each post once for each follower, whoever dies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from claps.acts.errands import Errands, Step
from claps.acts.feeds import Feeds, FeedSource, PostsSource
from claps.acts.popular import Popularity
from claps.app import Core
from claps.hot.popular import Popular
from claps.plain.channels import HOUSE_CHANNEL
from claps.plain.errors import Unavailable
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.plain.topics import feed_topic, posts_topic
from claps.store.errands import Errand, Task, add_errand, errands_waiting
from claps.store.feeds import Feed, is_wide
from claps.store.follows import Follow, add_follow, remove_follow
from claps.store.people import Person as PersonRow
from claps.store.pieces import get_piece, hide_piece
from tests.parts.inside import ON_SQLITE, publish, write_person
from tests.parts.queries import noting_queries

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STEP = 5


class Told:
    """Stands where Redis is told, and can be away."""

    def __init__(self) -> None:
        self.messages: list[tuple[Sequence[str], str]] = []
        self.dropped: list[str] = []
        self.is_away = False

    def __call__(self, names: Sequence[str], message: str) -> None:
        if self.is_away:
            raise Unavailable("Redis is away.")
        if list(names) == [HOUSE_CHANNEL]:
            self.dropped.append(message)
        else:
            self.messages.append((list(names), message))


@pytest.fixture
def told() -> Told:
    """What was told on which channels."""
    return Told()


@pytest.fixture
def feeds(core: Core, told: Told, monkeypatch: pytest.MonkeyPatch) -> Feeds:
    """Feeds, five followers a step and twelve at most."""
    monkeypatch.setattr("claps.acts.feeds.FAN_OUT_STEP", STEP)
    monkeypatch.setattr("claps.acts.feeds.FAN_OUT_FOLLOWERS", 12)
    return Feeds(core.database, told, Popularity(core.database, Popular(core.redis)))


def followed_by(core: Core, writer: Person, count: int) -> list[int]:
    """Give a writer some followers; only their numbers are needed."""
    readers = list(range(1_001, 1_001 + count))

    def write() -> None:
        Follow.insert_many([{"follower_id": one, "writer_id": writer.id, "at": NOW} for one in readers]).execute()
        PersonRow.update(followers=count).where(PersonRow.id == writer.id).execute()

    core.database.transact(write)
    return readers


def promise(core: Core, post: Post) -> None:
    body = {"what": "published", "post_id": post.id, "writer_id": post.writer.id}
    core.database.transact(lambda: add_errand("feed", body))


def settle(core: Core, feeds: Feeds, reader: Person, writer: Person) -> None:
    """Do what follows from following, or from not doing so any more."""
    body = {"what": "followed", "person_id": reader.id, "writer_id": writer.id}
    core.database.transact(lambda: add_errand("feed", body))
    Errands(core.database, {"feed": feeds.do}).do_one()


def rows(core: Core) -> list[tuple[int, int]]:
    with core.database.reading():
        return [(row.reader_id, row.post_id) for row in Feed.select().order_by(Feed.reader_id, Feed.post_id)]


def test_a_post_comes_to_every_follower_once(core: Core, feeds: Feeds, article: Post, told: Told) -> None:
    readers = followed_by(core, article.writer, 12)
    promise(core, article)
    promise(core, article)
    errands = Errands(core.database, {"feed": feeds.do})

    assert [errands.do_one() for _ in range(3)] == [True, True, False]

    assert rows(core) == [(reader, article.id) for reader in readers]
    assert [names for names, _ in told.messages][:3] == [
        ["posts", f"feed:{article.writer.id}", *[f"feed:{one}" for one in readers[:5]]],
        [f"feed:{one}" for one in readers[5:10]],
        [f"feed:{one}" for one in readers[10:]],
    ]
    steps = (readers[:5], readers[5:10], readers[10:])
    assert told.dropped[:3] == [" ".join(["changed", *[f"feed:{one}" for one in step]]) for step in steps]


@pytest.mark.parametrize("death", range(4))
def test_killed_between_steps_it_goes_on_and_nobody_is_missing(
    core: Core, feeds: Feeds, article: Post, death: int
) -> None:
    readers = followed_by(core, article.writer, 2 * STEP)
    promise(core, article)
    steps = 0

    def dying(task: Task) -> Step:
        nonlocal steps
        steps += 1
        step = feeds.do(task)
        if steps == death:
            raise SystemExit  # after its rows were written, and before they were committed
        return step

    if death:
        with pytest.raises(SystemExit):
            Errands(core.database, {"feed": dying}).do_one()
        assert len(rows(core)) == (death - 1) * STEP
        core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())
    Errands(core.database, {"feed": feeds.do}).do_one()

    assert rows(core) == [(reader, article.id) for reader in readers]
    with core.database.reading():
        assert errands_waiting()[0] == 0


def test_beyond_the_bound_nobody_is_written_to_and_everybody_reads_it(
    core: Core, feeds: Feeds, article: Post, told: Told, ben: Person
) -> None:
    followed_by(core, article.writer, 12)
    core.database.transact(lambda: add_follow(ben.id, article.writer.id, at=NOW))
    promise(core, article)

    Errands(core.database, {"feed": feeds.do}).do_one()

    assert rows(core) == []
    channels = ["posts", f"feed:{article.writer.id}", f"written:{article.writer.id}"]
    assert (told.messages, told.dropped) == ([(channels, str(article.id))], ["changed feeds"])
    assert feeds.posts_of(ben.id, None, 9) == [article]


def test_who_was_followed_so_widely_once_stays_so(core: Core, feeds: Feeds, article: Post, ben: Person) -> None:
    followed_by(core, article.writer, 12)
    core.database.transact(lambda: add_follow(ben.id, article.writer.id, at=NOW))
    promise(core, article)
    Errands(core.database, {"feed": feeds.do}).do_one()

    core.database.transact(lambda: PersonRow.update(followers=1).execute())
    later = publish(core, article.writer)
    promise(core, later)
    Errands(core.database, {"feed": feeds.do}).do_one()

    with core.database.reading():
        assert is_wide(article.writer.id)
    assert feeds.posts_of(ben.id, None, 9) == [later, article]


def test_a_post_that_was_withdrawn_at_once_is_brought_but_not_told(
    core: Core, feeds: Feeds, article: Post, told: Told
) -> None:
    readers = followed_by(core, article.writer, 3)
    core.database.transact(lambda: hide_piece(get_piece(article.id)))
    promise(core, article)

    Errands(core.database, {"feed": feeds.do}).do_one()

    assert [reader for reader, _ in rows(core)] == readers
    assert told.messages == []


def test_without_redis_feeds_are_filled_all_the_same(core: Core, feeds: Feeds, article: Post, told: Told) -> None:
    followed_by(core, article.writer, 8)
    promise(core, article)
    told.is_away = True

    Errands(core.database, {"feed": feeds.do}).do_one()

    assert len(rows(core)) == 8


@pytest.mark.parametrize("trimmed", [True, False])
def test_feeds_are_trimmed_now_and_then(
    core: Core, feeds: Feeds, article: Post, monkeypatch: pytest.MonkeyPatch, trimmed: bool
) -> None:
    monkeypatch.setattr("claps.acts.feeds.FEED_TRIM_EVERY", 1 if trimmed else 10**9)
    monkeypatch.setattr("claps.store.feeds.FEED_POSTS", 1)
    [reader] = followed_by(core, article.writer, 1)
    core.database.transact(lambda: Feed.create(reader_id=reader, post_id=0))
    promise(core, article)

    Errands(core.database, {"feed": feeds.do}).do_one()

    assert rows(core) == ([] if trimmed else [(reader, 0)]) + [(reader, article.id)]


def test_following_brings_what_was_there_and_ceasing_takes_it_away(
    core: Core, feeds: Feeds, article: Post, told: Told, ada: Person, ben: Person
) -> None:
    cyd = write_person(core, "cyd")
    other = publish(core, cyd)
    for writer in (ada, cyd):
        core.database.transact(lambda writer=writer: add_follow(ben.id, writer.id, at=NOW))  # type: ignore[misc]
        settle(core, feeds, ben, writer)
    assert feeds.posts_of(ben.id, None, 9) == [other, article]

    core.database.transact(lambda: remove_follow(ben.id, ada.id))
    assert feeds.posts_of(ben.id, None, 9) == [other]
    settle(core, feeds, ben, ada)

    assert (rows(core), told.dropped) == ([(ben.id, other.id)], [f"changed feed:{ben.id}"] * 3)


def test_ones_own_posts_are_among_those_one_follows(core: Core, feeds: Feeds, article: Post, ben: Person) -> None:
    core.database.transact(lambda: add_follow(ben.id, article.writer.id, at=NOW))
    settle(core, feeds, ben, article.writer)
    own = publish(core, ben)
    later = publish(core, article.writer)
    settle(core, feeds, ben, article.writer)

    assert feeds.posts_of(ben.id, None, 9) == [later, own, article]
    assert feeds.posts_of(ben.id, own.id, 9) == [article]
    assert FeedSource(core.database).read([feed_topic(ben.id, 0)])[feed_topic(ben.id, 0)].state == {"newer": 3}
    core.database.transact(lambda: hide_piece(get_piece(own.id)))
    assert feeds.posts_of(ben.id, None, 9) == [later, article]


def test_an_errand_does_what_is_right_when_it_is_done(
    core: Core, feeds: Feeds, article: Post, ada: Person, ben: Person
) -> None:
    core.database.transact(lambda: add_follow(ben.id, ada.id, at=NOW))
    settle(core, feeds, ben, ada)
    core.database.transact(lambda: remove_follow(ben.id, ada.id))
    core.database.transact(lambda: add_follow(ben.id, ada.id, at=NOW))

    settle(core, feeds, ben, ada)  # made by the ceasing, done after the beginning

    assert feeds.posts_of(ben.id, None, 9) == [article]


@ON_SQLITE
@pytest.mark.parametrize("posts", [1, 20])
def test_a_feed_takes_the_same_number_of_queries_however_long_it_is(
    core: Core, feeds: Feeds, ada: Person, ben: Person, posts: int
) -> None:
    for _ in range(posts):
        publish(core, ada)
    core.database.transact(lambda: add_follow(ben.id, ada.id, at=NOW))
    settle(core, feeds, ben, ada)

    with noting_queries() as queries:
        assert len(feeds.posts_of(ben.id, None, 30)) == posts

    assert len(queries) == 4


@ON_SQLITE
def test_how_many_posts_are_newer_is_read_heard_and_told_once(core: Core, article: Post, ada: Person) -> None:
    source = PostsSource(core.database)
    topics = [posts_topic(0), posts_topic(article.id)]
    later = publish(core, ada)

    found = source.read(topics)
    known = found[topics[1]]

    assert [news.state for news in found.values()] == [{"newer": 2}, {"newer": 1}]
    assert source.channels(topics[0]) == source.channels(topics[1]) == ("posts",)
    assert source.hear(known, "posts", str(later.id)) is None
    assert source.hear(known, "posts", str(article.id)) is None
    news = source.hear(known, "posts", str(later.id + 1))
    assert news is not None and (news.state, str(news.version)) == ({"newer": 2}, "n.2")


@ON_SQLITE
def test_what_comes_into_a_feed_is_heard_from_wide_writers_as_well(
    core: Core, feeds: Feeds, article: Post, ben: Person
) -> None:
    followed_by(core, article.writer, 12)
    core.database.transact(lambda: add_follow(ben.id, article.writer.id, at=NOW))
    promise(core, article)
    Errands(core.database, {"feed": feeds.do}).do_one()
    source, topic = FeedSource(core.database), feed_topic(ben.id, 0)

    assert source.channels(topic) == (f"feed:{ben.id}", f"written:{article.writer.id}")
    assert source.read([topic])[topic].state == {"newer": 1}
