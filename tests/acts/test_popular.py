"""Which posts are popular: noted where they move, and known without Redis."""

from __future__ import annotations

import pytest

from claps.acts.flush import flush_all
from claps.acts.popular import Popularity
from claps.app import Core
from claps.hot.popular import Popular
from claps.plain.changes import Change
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.pieces import get_piece, hide_piece
from tests.parts.inside import ON_SQLITE, publish
from tests.parts.queries import noting_queries
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


@pytest.fixture
def popularity(core: Core) -> Popularity:
    """The ranking of an empty site."""
    return Popularity(core.database, Popular(core.redis))


def ranked(popularity: Popularity) -> list[int]:
    return [rank.post_id for rank in popularity.ranks(None, 9)]


def clap(core: Core, post: Post, people: int) -> None:
    for who in range(people):
        core.ledger.take(Change("clap", post.id, str(100 + who), 50))


def test_a_post_moves_when_its_claps_are_flushed(
    core: Core, popularity: Popularity, article: Post, ada: Person
) -> None:
    later = publish(core, ada)
    assert ranked(popularity) == [later.id, article.id]

    clap(core, article, people=2)
    clap(core, later, people=1)
    flush_all(core.database, core.journal, moved=popularity.note)

    assert ranked(popularity) == [article.id, later.id]


def test_all_that_a_flush_has_moved_takes_one_query(core: Core, popularity: Popularity, ada: Person) -> None:
    ids = [publish(core, ada).id for _ in range(20)]

    with noting_queries() as queries:
        popularity.note([*ids, *ids])
        popularity.note([])

    assert len(queries) == 1


def test_a_redis_that_lost_everything_is_told_again(
    core: Core, article: Post, redis: RedisServer, ada: Person
) -> None:
    assert ranked(Popularity(core.database, Popular(core.redis))) == [article.id]
    redis.flush()

    popularity = Popularity(core.database, Popular(core.redis))

    assert ranked(popularity) == [article.id]
    with noting_queries() as queries:
        assert ranked(popularity) == [article.id]
    assert queries == []


def test_without_redis_sql_ranks_and_is_not_asked_each_time(
    popularity: Popularity, article: Post, redis: RedisServer
) -> None:
    redis.kill()

    with noting_queries() as queries:
        assert ranked(popularity) == ranked(popularity) == [article.id]
        assert popularity.ranks(popularity.ranks(None, 1)[-1], 9) == []
        popularity.note([article.id])

    assert len(queries) == 2
    redis.start()


def test_what_is_withdrawn_gets_no_new_place(core: Core, popularity: Popularity, article: Post) -> None:
    core.database.transact(lambda: hide_piece(get_piece(article.id)))

    popularity.note([article.id])

    assert ranked(popularity) == []
