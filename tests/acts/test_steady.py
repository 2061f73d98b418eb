"""A clock that is never set back."""

from __future__ import annotations

from claps.acts.steady import SteadyClock
from tests.parts.realtime import Hands


def test_it_goes_with_the_machines_clock_but_never_back() -> None:
    hands = Hands()
    clock = SteadyClock(lambda: hands.wall, lambda: hands.steady)
    begin = clock.now_ms()

    hands.pass_by(1.5)
    assert clock.now_ms() == begin + 1_500
    hands.wall -= 3_600
    assert clock.now_ms() == begin + 1_500
    hands.pass_by(10)
    assert clock.now_ms() == begin + 11_500
    hands.wall += 7_200
    assert clock.now_ms() == begin + 3_600_000 + 11_500


def test_a_clock_that_was_wrong_by_more_than_a_day_is_not_followed() -> None:
    hands = Hands()
    clock = SteadyClock(lambda: hands.wall, lambda: hands.steady)
    hands.wall += 365 * 24 * 3_600
    assert clock.now_ms() == int(hands.wall * 1000)

    hands.wall -= 365 * 24 * 3_600
    assert clock.now_ms() == int(hands.wall * 1000)
    clock.take(int(hands.wall * 1000) + 25 * 3_600_000)
    assert clock.now_ms() == int(hands.wall * 1000)


def test_what_others_have_seen_is_taken_for_true() -> None:
    hands = Hands()
    clock = SteadyClock(lambda: hands.wall, lambda: hands.steady)

    clock.take(int(hands.wall * 1000) - 5)
    clock.take(int(hands.wall * 1000) + 60_000)
    hands.pass_by(1)

    assert clock.now_ms() == int(hands.wall * 1000) + 60_000
