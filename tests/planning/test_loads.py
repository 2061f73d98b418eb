"""What is asked of a site."""

from __future__ import annotations

from typing import Any

import pytest

from claps.plain.errors import Invalid
from claps.planning.loads import Load, usual_changes, usual_comments, usual_page_views
from tests.planning.sites import make_load


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"readers": 10, "hot": 11}, "hot"),
        ({"tables": 5, "watched_tables": 6}, "watched_tables"),
        ({"files_per_worker": 256}, "files_per_worker"),
    ],
)
def test_numbers_that_do_not_go_together_are_refused(numbers: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as raised:
        make_load(**numbers)

    assert raised.value.field == field


def test_who_watches_a_table_has_a_connection_too() -> None:
    load = make_load(1_000, 10, tables=30, watched_tables=20, subscribers_per_table=100)

    assert load.connections == 3_000
    assert load.others == 990


def test_no_more_posts_are_watched_than_there_are_readers_for() -> None:
    assert make_load(1_000, 900, posts=5_000).watched_posts == 100


def test_a_scaled_site_has_more_of_everything_but_the_same_habits() -> None:
    before = make_load(1_000, 100, 50, tables=10, watched_tables=5, changes_per_second=2)

    after = before.scaled(2.5)

    assert (after.readers, after.hot, after.posts, after.tables, after.watched_tables) == (2_500, 250, 25_000, 25, 12)
    assert (after.claps_per_second, after.changes_per_second) == (125, 5)
    assert (after.long_poll, after.busy_hours) == (before.long_poll, before.busy_hours)


def test_the_usual_follows_from_how_many_there_are() -> None:
    assert (usual_page_views(180), usual_comments(1_000), usual_changes(60)) == (1, 1, 1)


def test_a_load_is_told_with_all_its_numbers() -> None:
    assert make_load().as_dict().keys() == set(Load.__slots__)
