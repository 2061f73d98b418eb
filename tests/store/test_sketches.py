"""Distinct readers, kept as sketches by minute, hour and day; on both databases."""

from __future__ import annotations

from claps.plain.figures import BLOCK, DAY, HOUR, MINUTE, span_of, time_of
from claps.plain.limits import HOURS_KEPT
from claps.store.database import Database
from claps.store.figures import now_minute
from claps.store.sketches import (
    PostSketch,
    WriterSketch,
    add_readers,
    drop_old_readers,
    fold_readers,
    readers_in,
    readers_of,
)
from tests.parts.inside import ON_SQLITE


def view(database: Database, written: tuple[int, int], minute: int, *names: str) -> None:
    """Let a post have been viewed in one minute."""
    database.transact(lambda: add_readers({(written[0], minute): set(names)}, {written[0]: written[1]}))


def fold(database: Database, limit: int = 100) -> list[int]:
    """Fold until nothing is left; return how many rows each step took."""
    steps = [1]
    while steps[-1]:
        steps.append(database.transact(lambda: fold_readers(limit)))
    return steps[1:-1]


def grains(database: Database) -> list[tuple[int, int]]:
    """The post's rows by grain, each with how many readers it says."""
    with database.reading():
        return sorted((row.grain, row.readers) for row in PostSketch.select())


def lately(database: Database, written: tuple[int, int], minutes: int) -> int:
    """How many readers the post had lately."""
    end = now_minute() + 1
    with database.reading():
        return readers_of(PostSketch, [written[0]], end - minutes, end).get(written[0], 0)


def test_minutes_of_hours_that_are_over_become_hours_and_days(database: Database, written: tuple[int, int]) -> None:
    old = (now_minute() - 3 * DAY) // DAY * DAY
    for minute, names in ((old, "ab"), (old + 5, "bc"), (old + HOUR, "cd")):
        view(database, written, minute, *names)

    taken = fold(database, limit=1)

    assert taken == [2, 2, 2]  # one of the post and one of the writer each time
    assert grains(database) == [(HOUR, 2), (HOUR, 3), (DAY, 4), (BLOCK, 4)]


def test_any_time_counts_each_reader_once(database: Database, written: tuple[int, int]) -> None:
    now = now_minute()
    for ago, names in ((0, "ab"), (9, "bc"), (10, "de"), (5 * HOUR, "fa"), (3 * DAY, "gb")):
        view(database, written, now - ago, *names)
    before = [lately(database, written, minutes) for minutes in (10, 11, 6 * HOUR, 4 * DAY)]

    fold(database)

    assert before == [lately(database, written, minutes) for minutes in (10, 11, 6 * HOUR, 4 * DAY)] == [3, 5, 6, 7]


@ON_SQLITE
def test_an_hour_that_is_half_folded_is_told_whole(database: Database, written: tuple[int, int]) -> None:
    hour = (now_minute() - 5 * HOUR) // HOUR * HOUR
    view(database, written, hour, "a", "b")
    fold(database)
    view(database, written, hour + 1, "b", "c")  # as of a journal that waited for SQL

    span = span_of(time_of(hour), time_of(hour + HOUR), "hour")

    with database.reading():
        assert readers_in(PostSketch, written[0], span) == {hour: 3}
        assert readers_in(WriterSketch, written[1], span) == {hour: 3}


@ON_SQLITE
def test_old_hours_go_and_their_days_stay(database: Database, written: tuple[int, int]) -> None:
    old = (now_minute() - HOURS_KEPT * HOUR) // DAY * DAY
    view(database, written, old, "a", "b")
    fold(database)
    moved = {PostSketch.begins: PostSketch.begins - DAY}
    database.transact(lambda: PostSketch.update(moved).where(PostSketch.grain < BLOCK).execute())

    assert [database.transact(drop_old_readers) for _ in range(2)] == [1, 0]
    assert grains(database) == [(DAY, 2), (BLOCK, 2)]
    assert lately(database, written, HOURS_KEPT * HOUR + 2 * DAY) == 2


def test_a_year_counts_each_reader_once(database: Database, written: tuple[int, int]) -> None:
    now = now_minute()
    for ago in range(0, 400, 5):
        view(database, written, now - ago * DAY, "a", str(ago % 30))
    fold(database)

    assert [lately(database, written, days * DAY - 2 * HOUR) for days in (10, 100, 365)] == [3, 7, 7]


@ON_SQLITE
def test_a_thousand_readers_take_a_kilobyte(database: Database, written: tuple[int, int]) -> None:
    view(database, written, now_minute(), *map(str, range(1_000)))
    view(database, written, now_minute(), *map(str, range(500, 1_500)))

    with database.reading():
        sizes = [len(bytes(row.sketch)) for row in PostSketch.select().where(PostSketch.grain == MINUTE)]

    assert max(sizes) < 2_000
    assert abs(lately(database, written, 5) - 1_500) < 1_500 * 0.05
