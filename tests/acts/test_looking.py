"""What can be watched, and by whom."""

from __future__ import annotations

import pytest

from claps.acts.flush import flush_all
from claps.acts.looking import PostSource, check_may_watch, tally_news
from claps.app import Core
from claps.live.sources import Astray
from claps.plain.changes import Change
from claps.plain.errors import NotFound, Refused
from claps.plain.people import Reader
from claps.plain.posts import Post
from claps.plain.tallies import Tally
from claps.plain.topics import Topic, parse_topic
from claps.plain.versions import Version
from tests.parts.inside import GUEST, ON_SQLITE
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


@pytest.fixture
def posts(core: Core) -> PostSource:
    """Where the news of posts comes from."""
    return PostSource(core.database, core.mending)


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
