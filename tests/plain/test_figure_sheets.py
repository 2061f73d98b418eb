"""The tables of the dashboard."""

from __future__ import annotations

from datetime import UTC, datetime

from claps.plain.cards import Overview
from claps.plain.dashboard import QUIET, DeskPost, DeskRow, make_desk
from claps.plain.figure_sheets import compared_sheet, minutes_sheet, posts_sheet, referrers_sheet, times_sheet
from claps.plain.figures import Figures, Point
from claps.plain.tallies import Tally
from claps.plain.versions import Version

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_hours_have_their_time_and_days_their_date() -> None:
    points = [Point(AT, Figures(claps=3)), Point(AT.replace(hour=0), Figures(views=9))]

    sheet = times_sheet(points)

    assert [column.name for column in sheet.columns][:4] == ["at", "views", "readers", "claps"]
    assert [row[:4] for row in sheet.rows] == [("2026-11-21T09:00Z", 0, 0, 3), ("2026-11-21", 9, 0, 0)]


def test_posts_that_are_withdrawn_are_missing() -> None:
    sheet = posts_sheet([(12, Figures(claps=3)), (13, Figures(claps=2))], {12: "On bells"})

    assert [row[:2] for row in sheet.rows] == [(12, "On bells")]
    assert sheet.hidden == 1


def test_where_readers_came_from_is_told_in_words_where_it_is_not_known() -> None:
    assert referrers_sheet([("", 4), ("example.org", 2), ("*", 1)]).rows == (
        ("Directly, or not told", 4), ("example.org", 2), ("Other places", 1),
    )


def test_minutes_are_told_newest_first() -> None:
    tally = Tally(12, Version("e", 1), claps=5)
    row = DeskRow(DeskPost(12, "On bells", AT), tally, ((*[0] * 29, 5), *QUIET[1:]))

    sheet = minutes_sheet(make_desk([row], int(AT.timestamp()) // 60))

    assert (len(sheet.rows), sheet.hidden) == (30, 0)
    assert sheet.rows[0] == ("2026-11-21T09:00Z", 5, 0, 0, 0)


def test_totals_stand_beside_those_before() -> None:
    sheet = compared_sheet(Overview(Figures(claps=5), Figures(claps=10), (), ()), names=["claps"])

    assert sheet.rows == (("Claps", 5, 10),)
