"""What came in each minute, hour and day; on both databases."""

from __future__ import annotations

from functools import partial

from claps.plain.figures import BLOCK, DAY, HOUR, MINUTE, Figures, minute_of, span_of, time_of
from claps.plain.limits import HOURS_KEPT, MINUTES_OF_FIGURES_KEPT
from claps.store.bulk import sum_rows
from claps.store.database import Database
from claps.store.figures import (
    POST_COUNTS,
    PostFigure,
    WriterFigure,
    add_figures,
    add_follows,
    add_to_post,
    drop_old,
    now_minute,
    series,
    totals,
)
from tests.parts.inside import ON_SQLITE

KEYS = ("post_id", "grain", "begins")


def rows(database: Database) -> dict[tuple[int, int], int]:
    """The claps of all rows of posts, by grain and beginning."""
    with database.reading():
        return {(row.grain, row.begins): row.claps for row in PostFigure.select()}


def test_each_move_is_in_its_minute_hour_and_day(database: Database, written: tuple[int, int]) -> None:
    post_id, writer_id = written
    now = now_minute()

    for counts in ([1, 8, 0, 0, 0], [1, -3, 0, 0, 0]):
        database.transact(partial(add_figures, {(post_id, now): counts}, {post_id: writer_id}))

    assert rows(database) == {(grain, now - now % grain): 5 for grain in (MINUTE, HOUR, DAY, BLOCK)}
    with database.reading():
        assert [row.views for row in WriterFigure.select()] == [2, 2, 2, 2]


@ON_SQLITE
def test_what_comes_late_is_only_where_there_is_room_for_it(database: Database, written: tuple[int, int]) -> None:
    post_id, writer_id = written
    late, very_late = now_minute() - MINUTES_OF_FIGURES_KEPT - HOUR, now_minute() - (HOURS_KEPT + 24) * HOUR

    moves = {(post_id, late): [0, 1, 0, 0, 0], (post_id, very_late): [0, 10, 0, 0, 0]}
    database.transact(lambda: add_figures(moves, {post_id: writer_id}))

    found = sorted((grain, claps) for (grain, _), claps in rows(database).items() if grain < BLOCK)
    assert found == [(HOUR, 1), (DAY, 1), (DAY, 10)]


@ON_SQLITE
def test_a_clock_that_is_ahead_counts_now(database: Database, written: tuple[int, int]) -> None:
    post_id, writer_id = written

    database.transact(lambda: add_figures({(post_id, now_minute() + 99): [0, 1, 0, 0, 0]}, {post_id: writer_id}))

    assert max(begins for grain, begins in rows(database) if grain == MINUTE) <= now_minute()


@ON_SQLITE
def test_comments_and_follows_are_written_by_the_act(database: Database, written: tuple[int, int]) -> None:
    post_id, writer_id = written
    day = span_of(time_of(now_minute() - DAY), time_of(now_minute() + 1), "day")

    database.transact(lambda: add_to_post(post_id, comments=2))
    database.transact(lambda: add_follows({writer_id: 3}))

    with database.reading():
        assert totals(PostFigure, [post_id], day) == {post_id: Figures(comments=2)}
        assert totals(WriterFigure, [writer_id], day) == {writer_id: Figures(comments=2, follows=3)}
        assert sum(found.follows for found in series(WriterFigure, writer_id, day).values()) == 3


def test_a_year_is_read_by_blocks_and_days(database: Database, written: tuple[int, int]) -> None:
    post_id, writer_id = written
    now = now_minute()
    moves = {(post_id, now - ago * DAY): [0, 1, 0, 0, 0] for ago in range(400)}
    database.transact(lambda: add_figures(moves, {post_id: writer_id}))

    with database.reading():
        for days in (1, 30, 100, 365):
            span = span_of(time_of(now - (days - 1) * DAY), time_of(now), "day")
            assert totals(PostFigure, [post_id], span)[post_id].claps == days
            assert totals(WriterFigure, [writer_id], span)[writer_id].claps == days


def test_old_minutes_and_hours_go_in_bounded_steps(database: Database, written: tuple[int, int]) -> None:
    old = now_minute() - 36 * DAY
    keys = [(written[0], grain, old + number) for grain in (MINUTE, HOUR, DAY) for number in range(5)]

    database.transact(lambda: sum_rows("post_figure", KEYS, POST_COUNTS, [(*key, 0, 1, 0, 0, 0) for key in keys]))

    assert [database.transact(lambda: drop_old(limit=3)) for _ in range(3)] == [6, 4, 0]
    assert {grain for grain, _ in rows(database)} == {DAY}


@ON_SQLITE
def test_a_post_takes_a_bounded_number_of_rows_a_year(database: Database, written: tuple[int, int]) -> None:
    """Claps in every minute of the newest hours, every hour of the weeks before and every day of the year before."""
    post_id, writer_id = written
    now = now_minute()
    minutes = {*range(now - 4 * HOUR, now), *range(now - 37 * DAY, now, HOUR), *range(now - 365 * DAY, now, DAY)}
    moves = {(post_id, minute): [1, 1, 1, 1, 1] for minute in minutes}

    database.transact(lambda: add_figures(moves, {post_id: writer_id}))
    while database.transact(drop_old):
        pass

    most = MINUTES_OF_FIGURES_KEPT + HOUR + HOURS_KEPT + 24 + 366 + 13
    assert len(rows(database)) <= most == 1_483
    assert minute_of(time_of(now)) == now
