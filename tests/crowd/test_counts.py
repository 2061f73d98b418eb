"""Do all say the same in the end?"""

from __future__ import annotations

from claps.crowd.counts import Counts


def make(
    *, shown: tuple[int, ...] = (15,), redis: int | None = 15, row: int | None = 15, rows: int | None = 15
) -> Counts:
    """The counts of a post that began at 10 and had five claps acknowledged."""
    return Counts(post_id=1, start=10, acknowledged=5, shown=shown, redis=redis, row=row, rows=rows)


def test_one_number_everywhere_is_agreement() -> None:
    assert make().agree
    assert not make().lost


def test_any_other_number_is_none() -> None:
    assert not make(shown=(14, 15)).agree
    assert not make(redis=16).agree
    assert not make(row=14).agree
    assert not make(rows=14).agree


def test_what_cannot_be_read_is_left_out() -> None:
    assert make(redis=None, row=None, rows=None).agree
    assert make(redis=None, row=None, rows=None).counted == 5


def test_an_acknowledged_clap_that_nobody_has_is_lost_though_all_agree() -> None:
    counts = make(shown=(13,), redis=13, row=13, rows=13)

    assert counts.agree
    assert counts.lost == 2
