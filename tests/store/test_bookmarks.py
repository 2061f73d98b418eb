"""What people keep for later, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claps.store.bookmarks import add_bookmark, bookmarks_before, has_bookmark, remove_bookmark

pytestmark = pytest.mark.usefixtures("transaction")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BEN, CYD = 2, 3


def test_what_is_kept_twice_is_kept_once_and_by_that_person_alone() -> None:
    for _ in range(2):
        add_bookmark(BEN, 12, at=NOON)

    assert bookmarks_before(BEN, None, 9) == [12]
    assert (has_bookmark(BEN, 12), has_bookmark(CYD, 12)) == (True, False)


def test_what_is_let_go_twice_is_gone() -> None:
    add_bookmark(BEN, 12, at=NOON)
    add_bookmark(CYD, 12, at=NOON)

    for _ in range(2):
        remove_bookmark(BEN, 12)

    assert (bookmarks_before(BEN, None, 9), bookmarks_before(CYD, None, 9)) == ([], [12])


def test_bookmarks_are_read_below_a_key_newest_post_first() -> None:
    for post_id in (5, 12, 9):
        add_bookmark(BEN, post_id, at=NOON)

    assert bookmarks_before(BEN, None, 2) == [12, 9]
    assert bookmarks_before(BEN, 9, 2) == [5]
