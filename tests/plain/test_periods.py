"""Which time a page of figures is about."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from claps.plain.errors import Invalid, NotFound
from claps.plain.periods import Week, read_period, read_week, week_of

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("args", "begin", "end", "grains"),
    [
        ({}, "2026-11-15T00", "2026-11-22T00", 7),
        ({"range": "24h"}, "2026-11-20T13", "2026-11-21T13", 24),
        ({"range": "7d", "grain": "hour"}, "2026-11-14T13", "2026-11-21T13", 168),
        ({"range": "30d"}, "2026-10-23T00", "2026-11-22T00", 30),
        ({"range": "365d", "grain": "hour"}, "2025-11-22T00", "2026-11-22T00", 365),
        ({"from": "2026-11-01", "to": "2026-11-03"}, "2026-11-01T00", "2026-11-04T00", 3),
        ({"from": "2026-11-03", "to": "2026-11-03"}, "2026-11-03T00", "2026-11-04T00", 24),
        ({"from": "2026-11-19"}, "2026-11-19T00", "2026-11-22T00", 3),
    ],
)
def test_a_period_is_whole_hours_or_days(args: dict[str, str], begin: str, end: str, grains: int) -> None:
    period = read_period(args, NOW)

    assert [at.strftime("%Y-%m-%dT%H") for at in (period.span.begin, period.span.end)] == [begin, end]
    assert len(period.span.minutes) == grains


@pytest.mark.parametrize("args", [{}, {"range": "24h"}, {"from": "2026-11-01", "to": "2026-11-03", "grain": "hour"}])
def test_its_address_chooses_it_again(args: dict[str, str]) -> None:
    period = read_period(args, NOW)

    again = read_period(dict(part.split("=") for part in period.query.split("&")), NOW)

    assert again == period


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"range": "8d"}, "range"), ({"grain": "week"}, "grain"), ({"from": "yesterday"}, "from"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "from"), ({"from": "2026-11-03", "to": "2026-11-01"}, "to"),
        ({"from": "2001-11-03", "to": "2026-11-01"}, "from"), ({"to": "2026-11-01"}, "from"),
        ({"from": "2026-01-01", "to": "2026-01-02", "grain": "hour"}, "grain"),
    ],
)
def test_a_period_that_is_none_is_refused_at_its_field(args: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_period(args, NOW)

    assert caught.value.field == field


def test_a_week_is_monday_to_sunday() -> None:
    week = read_week("2026-W47")

    assert (week.monday, week.sunday) == (date(2026, 11, 16), date(2026, 11, 22))
    assert len(week.span.minutes) == 7
    assert week_of(date(2026, 11, 22)) == week
    assert (week.other(-1).name, read_week("2026-W53").other(1).name) == ("2026-W46", "2027-W01")


@pytest.mark.parametrize("name", ["2026-W54", "2026-W00", "2025-W53", "2026-47", "0000-W01", "9999-W52", "x"])
def test_a_week_that_there_is_not_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        read_week(name)


def test_weeks_have_names() -> None:
    assert week_of(date(2027, 1, 1)) == Week("2026-W53", date(2026, 12, 28))
