"""Counts at one version, and what one reader gave."""

from __future__ import annotations

from claps.plain.tallies import FIELDS, Hand, Tally, changed_fields
from claps.plain.versions import Version

BEFORE = Tally(12, Version("e", 40), claps=157, people=12, likes=3, views=912, comments=4, readers=37)


def test_counts_are_told_by_name_without_post_and_version() -> None:
    assert BEFORE.counts() == {
        "claps": 157, "people": 12, "likes": 3, "views": 912, "comments": 4, "readers": 37,
    }


def test_only_what_differs_is_named() -> None:
    after = Tally(12, Version("e", 41), claps=160, people=12, likes=3, views=912, comments=4, readers=38)

    assert changed_fields(BEFORE, after) == {"claps", "readers"}
    assert changed_fields(BEFORE, BEFORE) == frozenset()


def test_with_nothing_to_compare_everything_is_named() -> None:
    assert changed_fields(None, BEFORE) == frozenset(FIELDS)


def test_a_hand_tells_what_is_left() -> None:
    assert Hand(12, 0).left == 50
    assert Hand(12, 8).left == 42
    assert not Hand(12, 49).all_given


def test_a_hand_with_fifty_has_given_all() -> None:
    assert Hand(12, 50).all_given
    assert Hand(12, 50).left == 0
