"""The ranking of popular posts in Redis."""

from __future__ import annotations

import pytest

from claps.app import Core
from claps.hot.popular import RANKING, Popular
from claps.plain.errors import Unavailable
from claps.plain.limits import POPULAR_POSTS
from claps.plain.popular import Rank
from tests.parts.inside import ON_SQLITE
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


@pytest.fixture
def popular(core: Core) -> Popular:
    """An empty ranking."""
    return Popular(core.redis)


def test_a_ranking_that_was_never_made_is_not_known(popular: Popular) -> None:
    popular.put({12: 5.0})

    assert popular.ranks(None, 9) is None


def test_the_best_comes_first_and_pages_follow_each_other(popular: Popular) -> None:
    popular.put_all({number: 5.0 + number // 3 for number in range(8)})

    first = popular.ranks(None, 3) or []
    second = popular.ranks(first[-1], 3) or []
    rest = popular.ranks(second[-1], 3)

    assert [rank.post_id for rank in first + second] == [7, 6, 5, 4, 3, 2]
    assert rest == [Rank(5.0, 1), Rank(5.0, 0)]


def test_a_post_that_moves_changes_its_place(popular: Popular) -> None:
    popular.put_all({1: 1.0, 2: 2.0})

    popular.put({1: 3.0})
    popular.put({})

    assert popular.ranks(None, 9) == [Rank(3.0, 1), Rank(2.0, 2)]


def test_a_thousand_are_ranked_at_most(core: Core, popular: Popular) -> None:
    popular.put_all({number: float(number) for number in range(POPULAR_POSTS)})

    popular.put({POPULAR_POSTS: 0.5, POPULAR_POSTS + 1: 5_000.0})

    assert core.redis.zcard(RANKING) == POPULAR_POSTS
    assert popular.ranks(None, 1) == [Rank(5_000.0, POPULAR_POSTS + 1)]


def test_while_redis_is_away_that_is_said(popular: Popular, redis: RedisServer) -> None:
    redis.kill()

    with pytest.raises(Unavailable):
        popular.ranks(None, 9)
    redis.start()
