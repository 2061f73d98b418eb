"""What a process counts."""

from __future__ import annotations

from claps.plain.meters import SECONDS_BOUNDS, Times


def test_a_time_is_counted_under_the_first_bound_that_it_does_not_pass() -> None:
    times = Times()

    for seconds in (0.001, 0.0011, 3600):
        times.note(seconds)

    assert times.counts == [1, 1, *[0] * (len(SECONDS_BOUNDS) - 2), 1]
    assert times.seconds == 3600.0021
