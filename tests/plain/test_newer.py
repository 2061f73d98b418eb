"""What is newer than a page."""

from __future__ import annotations

from claps.plain.limits import NEWER_TOLD
from claps.plain.newer import Newer, newer_of


def test_only_posts_behind_the_page_are_newer() -> None:
    newer = newer_of(12, [15, 14, 12, 11])

    assert (newer.count, newer.newest_id) == (2, 15)
    assert (newer_of(15, [15, 14]).count, newer_of(15, [15, 14]).newest_id) == (0, 15)


def test_a_post_counts_once_however_often_it_is_told() -> None:
    newer = Newer(12).with_post(14).with_post(13).with_post(14).with_post(12)

    assert newer == newer_of(12, [14, 13, 12])
    assert str(newer.version()) == "n.2"


def test_no_more_are_counted_than_can_be_read_again() -> None:
    newer = newer_of(0, list(range(500, 0, -1)))

    assert newer.is_full and newer.count == NEWER_TOLD
    assert newer.with_post(501) == newer
