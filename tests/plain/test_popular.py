"""How popular a post is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from claps.plain.errors import Malformed
from claps.plain.popular import Rank, Standing, parse_rank

TODAY = Standing(12, datetime(2026, 11, 21, 12, tzinfo=UTC), people=3)


def days_before(days: float, points: int) -> Standing:
    return replace(TODAY, published_at=TODAY.published_at - timedelta(days=days), people=points)


def test_a_day_later_it_takes_twice_the_points() -> None:
    assert days_before(1, 7).score == TODAY.score
    assert days_before(2, 14).score < TODAY.score < days_before(2, 16).score


def test_one_who_claps_fifty_times_is_one_and_a_comment_counts_twice() -> None:
    assert replace(TODAY, likes=2, comments=3).points == 3 + 2 + 2 * 3
    assert replace(TODAY, people=-1).points == 0


@pytest.mark.parametrize("rank", [Rank(TODAY.score, 12), Rank(0.0, 1), Rank(-3.5, 10**18)])
def test_a_place_is_read_as_it_was_written(rank: Rank) -> None:
    assert parse_rank(rank.key) == rank


@pytest.mark.parametrize("text", ["", "12", "nan-12", "inf-1", "1e9-1", "1.5-", "1.5-x", "1" * 13 + "-1", "1.5-٣"])
def test_nothing_else_is_a_place(text: str) -> None:
    with pytest.raises(Malformed):
        parse_rank(text)
