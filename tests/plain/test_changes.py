"""Journal entries add up, by post and by reader."""

from __future__ import annotations

from claps.plain.changes import JournalEntry, Sums


def test_what_one_reader_gave_and_took_back_is_one_number() -> None:
    sums = Sums()

    sums.add(JournalEntry("1-0", post_id=12, claps=((7, 8), (9, 1))))
    sums.add(JournalEntry("2-0", post_id=12, claps=((7, -3),)))

    assert sums.claps == {(12, 7): 5, (12, 9): 1}


def test_posts_likes_and_views_are_kept_apart() -> None:
    sums = Sums()

    sums.add(JournalEntry("1-0", post_id=12, likes=((7, 1),), views=2))
    sums.add(JournalEntry("2-0", post_id=13, likes=((7, 1),), views=1))
    sums.add(JournalEntry("3-0", post_id=12, likes=((7, -1),), views=3))

    assert sums.likes == {(12, 7): 0, (13, 7): 1}
    assert sums.views == {12: 5, 13: 1}


def test_who_viewed_is_known_once() -> None:
    sums = Sums()

    sums.add(JournalEntry("1-0", post_id=12, views=2, viewers=("h1", "7")))
    sums.add(JournalEntry("2-0", post_id=12, views=1, viewers=("7",)))

    assert sums.viewers == {12: {"h1", "7"}}


def test_what_moved_nothing_in_the_end_is_left_out() -> None:
    sums = Sums()

    sums.add(JournalEntry("1-0", post_id=12, claps=((7, 8), (9, 1)), held=((8, 2),)))
    sums.add(JournalEntry("2-0", post_id=12, claps=((7, -8),), held=((8, -2),)))

    assert sums.drop_nothing().claps == {(12, 9): 1}
    assert not sums.held


def test_an_entry_knows_its_minute() -> None:
    assert JournalEntry("119999-3", post_id=12).minute == 1


def test_an_entry_is_as_many_rows_as_it_has_readers() -> None:
    entry = JournalEntry("1-0", post_id=12, claps=((7, 8), (9, 1)), likes=((7, 1),), views=40)

    assert entry.changes == 3
