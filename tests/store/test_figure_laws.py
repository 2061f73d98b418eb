"""Figures add up to the counts; gaps are found, and closed once; on both databases."""

from __future__ import annotations

import pytest
from playhouse.migrations import Runner

from claps.settings import ROOT
from claps.store.database import Database
from claps.store.figure_laws import Gap, find_gaps, settle_gaps
from claps.store.figures import PostFigure, add_figures, now_minute
from claps.store.migrations import migrate
from claps.store.people import Person
from claps.store.posts import move_counts
from tests.parts.inside import ON_SQLITE

HOUR, DAY = 60, 24 * 60
AGES = {0: 1, 70: 20, 26 * HOUR: 300, 40 * DAY: 4_000}


@pytest.fixture
def clapped(database: Database, written: tuple[int, int]) -> int:
    """A post that got claps at several times, today and weeks ago."""
    post_id, writer_id = written

    def work() -> None:
        for minutes_ago, claps in AGES.items():
            move_counts(post_id, {"claps": claps, "people": 1})
            add_figures({(post_id, now_minute() - minutes_ago): [0, claps, 1, 0, 0]}, {post_id: writer_id})

    database.transact(work)
    return post_id


def gaps(database: Database) -> list[Gap]:
    with database.reading():
        return find_gaps(most=9)


def test_what_was_flushed_with_its_figures_has_no_gap(database: Database, clapped: int) -> None:
    assert gaps(database) == []


def test_what_was_counted_without_figures_is_found_and_settled_once(database: Database, clapped: int) -> None:
    database.transact(lambda: move_counts(clapped, {"claps": 7, "views": 2}))
    database.transact(lambda: Person.update(followers=3).execute())
    found = {(gap.whose, gap.name, gap.told - gap.counted) for gap in gaps(database)}

    settled = [database.transact(lambda: settle_gaps(database)) for _ in range(2)]

    assert found == {
        ("post", "claps", 7), ("post", "views", 2), ("writer", "claps", 7), ("writer", "views", 2),
        ("writer", "follows", 3),
    }
    assert settled == [2, 0]
    assert gaps(database) == []


@ON_SQLITE
@pytest.mark.parametrize("grain", [1, HOUR])
def test_a_finer_row_that_is_gone_is_found(database: Database, clapped: int, grain: int) -> None:
    database.transact(lambda: PostFigure.delete().where(PostFigure.grain == grain, PostFigure.claps == 1).execute())

    assert {(gap.whose, gap.name, gap.told - gap.counted) for gap in gaps(database)} >= {("post", "claps", 1)}


def test_what_was_counted_before_the_migration_is_in_opening_rows(database: Database, clapped: int) -> None:
    database.transact(lambda: Person.update(followers=3).execute())
    with database.reading():
        Runner(database.peewee, str(ROOT / "migrations")).down("0014_keep_figures")

    migrate(database, ROOT / "migrations")

    assert gaps(database) == []
    with database.reading():
        [row] = PostFigure.select()
    assert (row.begins, row.grain, row.claps, row.people) == (0, DAY, sum(AGES.values()), len(AGES))
