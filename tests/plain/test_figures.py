"""Figures, and the spans they are of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.plain.figures import (
    BLOCK,
    DAY,
    Figures,
    Grain,
    Span,
    days_and_blocks,
    grain_kept,
    minute_of,
    span_of,
    time_of,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_claps_per_person_and_the_rate_need_somebody() -> None:
    assert (Figures().claps_per_person, Figures().clap_rate) == (None, None)
    assert Figures(claps=-8, people=-1).claps_per_person is None


def test_claps_per_person_and_the_rate_are_shares() -> None:
    figures = Figures(readers=40, claps=30, people=10)

    assert (figures.claps_per_person, figures.clap_rate) == (3, 0.25)


def test_readers_do_not_add_up() -> None:
    assert Figures(views=1, readers=1, follows=2) + Figures(views=2, readers=1) == Figures(views=3, follows=2)


def test_a_span_is_of_whole_grains() -> None:
    span = span_of(NOON + timedelta(minutes=5), NOON + timedelta(hours=2, minutes=1), "hour")

    assert span == Span(NOON, NOON + timedelta(hours=3), "hour")
    assert [time_of(minute).hour for minute in span.minutes] == [12, 13, 14]
    assert span_of(NOON, NOON, "day") == Span(NOON.replace(hour=0), NOON.replace(hour=0, day=22), "day")


def test_the_time_before_is_as_long() -> None:
    span = span_of(NOON, NOON + timedelta(hours=3), "hour")

    assert span.before() == Span(NOON - timedelta(hours=3), NOON, "hour")


def test_a_long_time_is_read_in_blocks_and_the_days_at_its_ends() -> None:
    assert days_and_blocks(BLOCK - 2 * DAY, 3 * BLOCK + DAY) == [
        (DAY, BLOCK - 2 * DAY, BLOCK), (BLOCK, BLOCK, 3 * BLOCK), (DAY, 3 * BLOCK, 3 * BLOCK + DAY),
    ]
    assert days_and_blocks(DAY, BLOCK + DAY) == [(DAY, DAY, BLOCK + DAY)]
    assert days_and_blocks(BLOCK, 2 * BLOCK) == [(BLOCK, BLOCK, 2 * BLOCK)]


@pytest.mark.parametrize(
    ("age", "grain"), [(timedelta(hours=3), "minute"), (timedelta(hours=4), "hour"), (timedelta(days=36), "day")]
)
def test_the_finest_grain_that_is_kept(age: timedelta, grain: Grain) -> None:
    assert grain_kept(NOON - age, NOON) == grain


def test_minutes_count_from_1970() -> None:
    assert minute_of(datetime(1970, 1, 2, tzinfo=UTC)) == 24 * 60
    assert time_of(minute_of(NOON)) == NOON
